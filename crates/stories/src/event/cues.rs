//! The cues of each language, from `cues.txt` of its folder, and their matches in a sentence.
//!
//! A pattern is one word or several; `*` at the end of a word stands for any ending, at its beginning for any beginning:
//! German and Dutch compounds carry the meaning in their last part. Of the patterns that begin at one word the longest
//! counts, and it uses its words up: "cease fire" is no fire, "death penalty" no death.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::file_keys::file_keys;
use ceasewire_text::analysis;
use ceasewire_text::languages::{Language, LanguageData, entries};
use ceasewire_text::script::Script;
use ceasewire_text::stem;

file_keys! {
    /// The meaning of a word or phrase for the extraction of events.
    EventCue:
    /// A ceasefire.
    Truce = "truce",
    /// To stop fighting.
    StopFire = "stop-fire",
    /// A breach of an agreement.
    Break = "break",
    /// A refusal.
    Refuse = "refuse",
    /// An extension.
    Extend = "extend",
    /// An agreement.
    Agree = "agree",
    /// A declaration; to come into force, to be in force.
    Announce = "announce",
    /// To broker an agreement.
    Broker = "broker",
    /// Humanitarian.
    Humane = "humane",
    /// To meet, in the past.
    Met = "met",
    /// To meet, in the future.
    Meet = "meet",
    /// To receive a visitor.
    Receive = "receive",
    /// A meeting.
    Meeting = "meeting",
    /// Talks.
    Talks = "talks",
    /// A summit, a conference or another gathering.
    Gathering = "gathering",
    /// To hold, host, attend.
    Hold = "hold",
    /// With, between.
    With = "with",
    /// An object of "to meet" without people: needs, demands, deadlines.
    Demand = "demand",
    /// Was killed, died: certain by itself.
    Killed = "killed",
    /// Killing, to kill: certain with a victim.
    Killing = "killing",
    /// Death, dead: certain with a number or a victim.
    Death = "death",
    /// A death toll: certain with a word for rising.
    Toll = "toll",
    /// To rise.
    Rise = "rise",
    /// Was wounded.
    Wounded = "wounded",
    /// Soldiers, fighters, police.
    Military = "military",
    /// Civilians.
    Civilian = "civilian",
    /// A kind of attack, certain by itself: an air strike, a bombing.
    Strike = "strike",
    /// To attack, in the past.
    Attacked = "attacked",
    /// An attack: certain with a place, a target, a number.
    Attack = "attack",
    /// Fighting: certain with a word for its course.
    Fighting = "fighting",
    /// To go on, to break out.
    Occur = "occur",
    /// To take a place.
    Taken = "taken",
    /// A weapon.
    Weapon = "weapon",
    /// To claim responsibility.
    Claim = "claim",
    /// To accuse another side.
    Blame = "blame",
    /// To mediate.
    Mediate = "mediate",
    /// To call for.
    Call = "call",
    /// To discuss: neither a call nor an agreement.
    Discuss = "discuss",
    /// To propose.
    Propose = "propose",
    /// To offer.
    Offer = "offer",
    /// A goal of mediation beside a ceasefire and talks.
    Peace = "peace",
    /// Humanitarian aid.
    Aid = "aid",
    /// A humanitarian corridor.
    Corridor = "corridor",
    /// An exchange of prisoners.
    Exchange = "exchange",
    /// The return of the dead.
    Bodies = "bodies",
    /// An evacuation.
    Evacuate = "evacuate",
    /// Refugees.
    Refugees = "refugees",
    /// To give or send.
    Give = "give",
    /// Not, no, without.
    Not = "not",
    /// To deny, to fail to.
    Deny = "deny",
    /// If, could, to be feared.
    If = "if",
    /// Will, is to.
    Will = "will",
    /// Will not take place.
    Cancel = "cancel",
    /// Will take place later.
    Postpone = "postpone",
    /// At the invitation of.
    Invite = "invite",
    /// According to.
    According = "according",
    /// Said, told, reported.
    Said = "said",
    /// A preposition before a place.
    In = "in",
    /// A preposition before a destination, an origin or a subject.
    To = "to",
    /// A preposition before the actor.
    By = "by",
    /// From a time on.
    From = "from",
    /// Despite.
    Despite = "despite",
    /// The beginning of another clause.
    But = "but",
    /// And.
    And = "and",
    /// Was, were, been: the passive voice.
    Was = "was",
    /// The title of a person.
    Title = "title",
    /// The last word of a body's name.
    Body = "body",
    /// No name, even with a capital.
    Function = "function",
    /// A word inside a name: "of", "de".
    Joint = "joint",
    /// A sign of an armed conflict.
    War = "war",
    /// A country or a people at war: a weaker sign.
    Theatre = "theatre",
    /// A sign of crime, an accident, sport, trade, a court, the weather: of no armed conflict.
    Civil = "civil",
    /// A sign of the past: an anniversary, a film, a museum.
    History = "history",
    /// A sign of a remark about events: an analysis, a prayer.
    Remark = "remark",
    /// A halt of fighting without its noun: certain with a status.
    Lull = "lull",
    /// To halt fighting: certain by itself.
    Halted = "halted",
    /// An agreement: a ceasefire where it comes into force.
    Deal = "deal",
    /// To expire, to end.
    Over = "over",
    /// To last: a breach beside a number.
    Last = "last",
    /// To observe or watch over a ceasefire.
    Observe = "observe",
    /// A surrender.
    Surrender = "surrender",
    /// Talks by phone or video: certain with an official.
    Spoke = "spoke",
    /// A session of a body.
    Session = "session",
    /// A visit: certain beside talks.
    Visit = "visit",
    /// To see a person: certain between two people.
    Saw = "saw",
    /// To move to another day or place.
    Moved = "moved",
    /// Violence: an attack in an article about a conflict.
    Violence = "violence",
    /// An explosion: an attack with victims, a weapon or an accusation.
    Explosion = "explosion",
    /// Was kidnapped.
    Abducted = "abducted",
    /// Is missing.
    Missing = "missing",
    /// Prisoners, hostages.
    Captive = "captive",
    /// To release or exchange.
    Release = "release",
    /// Hospitals, power, water.
    Service = "service",
    /// To cut or restore.
    Cut = "cut",
    /// Demining.
    Demining = "demining",
    /// Rebuilding.
    Rebuild = "rebuild",
    /// A phrase without meaning for events; it uses up its words.
    Nothing = "nothing",
}

/// A cue with its words in a sentence.
#[derive(Clone, Copy, Debug)]
pub(super) struct CueMatch {
    pub(super) cue: EventCue,
    /// The number of its first word.
    pub(super) from: usize,
    /// The number of the word after its last.
    pub(super) to: usize,
}

/// A word of a pattern, folded and without proclitics.
enum PatternWord {
    Whole(String),
    /// A word with any ending, `word*`.
    Beginning(String),
    /// A word with any beginning, `*word`.
    Ending(String),
}

impl PatternWord {
    fn fits(&self, word: &str) -> bool {
        match self {
            Self::Whole(whole) => word == whole,
            Self::Beginning(beginning) => word.starts_with(beginning.as_str()),
            Self::Ending(ending) => word.ends_with(ending.as_str()),
        }
    }
}

struct CuePattern {
    words: Vec<PatternWord>,
    cue: EventCue,
}

impl CuePattern {
    fn new(cue: EventCue, text: &str, proclitics: &Proclitics) -> Self {
        let mut words = Vec::new();
        for part in text.split_whitespace() {
            let folded = analysis::words(part);
            let last = folded.len().saturating_sub(1);
            for (at, word) in folded.into_iter().enumerate() {
                let word = proclitics.strip(&fold_yo(&word)).to_owned();
                words.push(match part {
                    _ if at == last && part.ends_with('*') => PatternWord::Beginning(word),
                    _ if at == 0 && part.starts_with('*') => PatternWord::Ending(word),
                    _ => PatternWord::Whole(word),
                });
            }
        }
        Self { words, cue }
    }
}

/// Words that a language writes as the beginning of the next word, such as the Arabic article. They are taken off the
/// words of patterns and of sentences alike, so that a letter of the word itself may go too.
#[derive(Default)]
struct Proclitics {
    /// Folded, longer ones first.
    beginnings: Vec<String>,
}

impl Proclitics {
    /// Letters that a word keeps.
    const LEAST: usize = 3;

    fn strip<'w>(&self, word: &'w str) -> &'w str {
        let shorter = self
            .beginnings
            .iter()
            .filter_map(|beginning| word.strip_prefix(beginning.as_str()))
            .find(|rest| rest.chars().nth(Self::LEAST - 1).is_some());
        shorter.map_or(word, |rest| self.strip(rest))
    }
}

/// The cues and the grammar of one language.
pub(super) struct CueLexicon {
    /// The patterns by the first letters of their first word.
    by_beginning: HashMap<String, Vec<CuePattern>>,
    /// The patterns whose first word may have any beginning, by its last letters.
    by_ending: HashMap<String, Vec<CuePattern>>,
    proclitics: Proclitics,
    /// Whether verbs end the sentence.
    is_verb_final: bool,
    /// Whether the extractors read all facts in this language.
    is_read_in_full: bool,
    /// Whether all nouns have a capital, so that a capital shows no name.
    has_capital_nouns: bool,
}

/// Letters of a word in the lexicon's index of patterns; a word with `*` has at least as many.
const INDEXED: usize = 3;

fn beginning(word: &str) -> &str {
    word.char_indices().nth(INDEXED).map_or(word, |(at, _)| &word[..at])
}

fn ending(word: &str) -> &str {
    word.char_indices().nth_back(INDEXED - 1).map_or(word, |(at, _)| &word[at..])
}

/// Replaces ё by е: Russian writers often omit the dots.
pub(super) fn fold_yo(word: &str) -> String {
    word.replace('ё', "е")
}

/// The lexicons, by the index of their language.
static LEXICONS: LazyLock<Vec<CueLexicon>> =
    LazyLock::new(|| Language::all().map(|language| CueLexicon::from(language.data())).collect());

/// The scripts that only languages with the verb last use.
static VERB_FINAL_SCRIPTS: LazyLock<Vec<Script>> = LazyLock::new(|| {
    let is_final = |script: &Script| {
        let mut languages = Language::all().filter(|language| language.data().scripts.contains(script)).peekable();
        languages.peek().is_some() && languages.all(|language| LEXICONS[language.index()].is_verb_final)
    };
    Script::ALL.into_iter().filter(is_final).collect()
});

impl From<&LanguageData> for CueLexicon {
    fn from(language: &LanguageData) -> Self {
        let text = language.file("cues.txt").unwrap_or_default();
        let has = |wanted| entries(text).any(|entry| entry == wanted);
        let words_of = |wanted| entries(text).filter(move |(key, _)| *key == wanted).map(|(_, words)| words);
        let mut beginnings: Vec<String> = words_of("proclitics").flat_map(analysis::words).collect();
        beginnings.sort_by_key(|beginning| std::cmp::Reverse(beginning.len()));
        let proclitics = Proclitics { beginnings };
        let mut by_beginning: HashMap<String, Vec<CuePattern>> = HashMap::new();
        let mut by_ending: HashMap<String, Vec<CuePattern>> = HashMap::new();
        let cues = entries(text).filter_map(|(key, patterns)| Some((EventCue::from_key(key)?, patterns)));
        for (cue, pattern) in cues.flat_map(|(cue, patterns)| patterns.split('|').map(move |text| (cue, text))) {
            let pattern = CuePattern::new(cue, pattern, &proclitics);
            let (index, key) = match pattern.words.first() {
                Some(PatternWord::Ending(word)) => (&mut by_ending, ending(word)),
                Some(PatternWord::Whole(word) | PatternWord::Beginning(word)) => (&mut by_beginning, beginning(word)),
                None => continue,
            };
            index.entry(key.to_owned()).or_default().push(pattern);
        }
        Self {
            by_beginning,
            by_ending,
            proclitics,
            is_verb_final: has(("word-order", "verb-final")),
            is_read_in_full: has(("facts", "full")),
            has_capital_nouns: has(("nouns", "capitalised")),
        }
    }
}

impl CueLexicon {
    /// Finds the lexicon of a BCP 47 tag, or the lexicon of the text's script for a tag outside the registry.
    pub(super) fn find(tag: Option<&str>, text: &str) -> &'static Self {
        let of_script = || stem::candidates(text).first().or_else(|| stem::candidates("a").first()).copied();
        let language = tag.and_then(|tag| tag.trim().parse().ok()).or_else(of_script);
        language.map_or(&LEXICONS[0], |language| &LEXICONS[language.index()])
    }

    /// Whether all nouns have a capital, so that a capital shows no name.
    pub(super) fn has_capital_nouns(&self) -> bool {
        self.has_capital_nouns
    }

    /// Finds the cues in folded words, in order.
    pub(super) fn find_cues(&self, words: &[String]) -> Vec<CueMatch> {
        let bare: Vec<&str> = words.iter().map(|word| self.proclitics.strip(word)).collect();
        let mut hits = Vec::new();
        let mut at = 0;
        while at < bare.len() {
            let indexed = [self.by_beginning.get(beginning(bare[at])), self.by_ending.get(ending(bare[at]))];
            let fitting = indexed.into_iter().flatten().flatten().filter(|pattern| {
                let here = bare.get(at..at + pattern.words.len());
                here.is_some_and(|here| pattern.words.iter().zip(here).all(|(wanted, word)| wanted.fits(word)))
            });
            let fitting: Vec<&CuePattern> = fitting.collect();
            let length = fitting.iter().map(|pattern| pattern.words.len()).max().unwrap_or_default();
            let longest = || fitting.iter().filter(|pattern| pattern.words.len() == length);
            // A whole word without meaning beats a part of it: "Cyberangriff" is no "*angriff".
            let is_nothing = longest().any(|pattern| pattern.cue == EventCue::Nothing);
            let longest = longest().filter(|pattern| !is_nothing || pattern.cue == EventCue::Nothing);
            hits.extend(longest.map(|pattern| CueMatch { cue: pattern.cue, from: at, to: at + length }));
            at += length.max(1);
        }
        hits
    }
}

/// Whether verbs end the sentence: in the tag's language, or in a language whose script the text contains.
pub(super) fn is_verb_final(tag: Option<&str>, text: &str) -> bool {
    let is_final = |language: Language| LEXICONS[language.index()].is_verb_final;
    if tag.and_then(|tag| tag.parse().ok()).is_some_and(is_final) {
        return true;
    }
    text.chars().filter_map(Script::of_letter).any(|script| VERB_FINAL_SCRIPTS.contains(&script))
}

/// Lists the languages whose facts the extractors read in full.
pub(super) fn languages_read_in_full() -> impl Iterator<Item = Language> {
    Language::all().filter(|language| LEXICONS[language.index()].is_read_in_full)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cues(language: &str, text: &str) -> Vec<EventCue> {
        let words: Vec<String> = analysis::words(text).iter().map(|word| fold_yo(word)).collect();
        CueLexicon::find(Some(language), text).find_cues(&words).iter().map(|hit| hit.cue).collect()
    }

    #[test]
    fn every_key_of_every_language_is_known() {
        for language in Language::all() {
            let text = language.data().file("cues.txt").expect("a cues.txt");
            for (key, value) in entries(text) {
                let is_grammar =
                    matches!((key, value), ("word-order", "verb-final") | ("facts", "full") | ("nouns", "capitalised"));
                assert!(
                    is_grammar || key == "proclitics" || EventCue::from_key(key).is_some(),
                    "{language}: {key}: {value}"
                );
            }
        }
    }

    #[test]
    fn the_longest_pattern_uses_its_words_up() {
        assert!(cues("en", "cease fire").contains(&EventCue::Truce));
        assert!(!cues("en", "cease fire").contains(&EventCue::Attack));
        assert_eq!(cues("en", "death penalty"), [EventCue::Nothing]);
    }

    #[test]
    fn compounds_and_proclitics_carry_a_cue() {
        assert!(cues("de", "Drohnenangriffe").contains(&EventCue::Strike));
        assert!(cues("de", "Waffenstillstandsverhandlungen").contains(&EventCue::Talks));
        for word in ["هدنة", "الهدنة", "وبالهدنة", "للهدنة"] {
            assert!(cues("ar", word).contains(&EventCue::Truce), "{word}");
        }
    }

    #[test]
    fn every_language_knows_a_ceasefire() {
        for (language, word) in [
            ("en", "ceasefire"),
            ("ru", "перемирие"),
            ("fr", "cessez-le-feu"),
            ("tr", "ateşkes"),
            ("az", "atəşkəs"),
            ("hy", "հրադադար"),
            ("ka", "ცეცხლის შეწყვეტა"),
            ("fa", "آتش‌بس"),
            ("uk", "перемир'я"),
            ("de", "Waffenruhe"),
            ("es", "alto el fuego"),
            ("it", "cessate il fuoco"),
            ("nl", "staakt-het-vuren"),
            ("ar", "وقف إطلاق النار"),
        ] {
            assert!(cues(language, word).contains(&EventCue::Truce), "{language}");
        }
    }

    #[test]
    fn the_script_chooses_the_lexicon_of_an_unknown_language() {
        for (text, word) in [("Перемирие", "перемирие"), ("Հրադադար", "հրադադար"), ("Truce", "truce")]
        {
            let hits = CueLexicon::find(None, text).find_cues(&[word.to_owned()]);
            assert!(hits.iter().any(|hit| hit.cue == EventCue::Truce), "{text}");
        }
        assert!(
            is_verb_final(None, "Հրադադար") && is_verb_final(Some("tr"), "ateşkes") && !is_verb_final(None, "truce")
        );
    }
}
