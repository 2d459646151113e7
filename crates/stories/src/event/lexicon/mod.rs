//! The words by which sentences are read, by language, and where they stand in a sentence.
//!
//! A pattern is one word or several in a row; `*` at the end of a word stands for any ending. Of patterns that begin at
//! one word the longest counts, and its words are used up: "cease fire" is no fire, "death penalty" no death.

use std::collections::HashMap;
use std::sync::LazyLock;

use ceasewire_text::analysis;

mod armenian;
mod azerbaijani;
mod english;
mod french;
mod georgian;
mod persian;
mod russian;
mod turkish;

/// What a word says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Cue {
    /// A ceasefire.
    Truce,
    /// To stop fighting.
    StopFire,
    /// To break what was agreed.
    Break,
    /// To refuse what was asked.
    Refuse,
    /// To let it go on for longer.
    Extend,
    /// To agree.
    Agree,
    /// To declare, to come into force, to be in force.
    Announce,
    /// To bring about between others.
    Broker,
    /// Humanitarian.
    Humane,
    /// To meet, as something that has happened.
    Met,
    /// To meet, as something that is to happen.
    Meet,
    /// To receive a visitor.
    Receive,
    /// A meeting.
    Meeting,
    /// Talks.
    Talks,
    /// A conference or another gathering that is called by a name of its own.
    Gathering,
    /// To hold, host, attend.
    Hold,
    /// With, between.
    With,
    /// What is met without anybody meeting: needs, demands, deadlines.
    Demand,
    /// Was killed, died: certain of itself.
    Killed,
    /// Killing, to kill: certain with a victim.
    Killing,
    /// Death, dead: certain with a number or a victim.
    Death,
    /// How many have died so far: certain where it is said to have risen.
    Toll,
    /// To rise.
    Rise,
    /// Was wounded.
    Wounded,
    /// People who bear arms.
    Military,
    /// People who do not.
    Civilian,
    /// An attack by its means, certain of itself: an air strike, a bombing.
    Strike,
    /// To attack, as something that has happened.
    Attacked,
    /// An attack: certain with a place, a target, a number.
    Attack,
    /// Fighting: certain where it is said to go on.
    Fighting,
    /// To go on, to break out.
    Occur,
    /// To take a place.
    Taken,
    /// What is attacked with.
    Weapon,
    /// To say that one has done it.
    Claim,
    /// To say that another has done it.
    Blame,
    /// To mediate.
    Mediate,
    /// To call for.
    Call,
    /// To speak about: neither called for nor agreed.
    Discuss,
    /// To propose.
    Propose,
    /// To offer.
    Offer,
    /// What is called for or proposed beside a ceasefire and talks.
    Peace,
    /// Humanitarian aid.
    Aid,
    /// A humanitarian corridor.
    Corridor,
    /// An exchange of prisoners.
    Exchange,
    /// The return of the dead.
    Bodies,
    /// An evacuation.
    Evacuate,
    /// Refugees.
    Refugees,
    /// To give or send.
    Give,
    /// Not, no, without.
    Not,
    /// To deny, to fail to.
    Deny,
    /// If, could, to be feared.
    If,
    /// Will, is to.
    Will,
    /// Will not take place.
    Cancel,
    /// Will take place later.
    Postpone,
    /// At the invitation of.
    Invite,
    /// According to.
    According,
    /// Said, told, reported.
    Said,
    /// A place follows.
    In,
    /// A place that something moves to or from, or is about, may follow.
    To,
    /// The person, body or side that acts follows.
    By,
    /// From when on.
    From,
    /// Despite.
    Despite,
    /// Another clause begins.
    But,
    /// And.
    And,
    /// Was, were, been: what follows was done to somebody.
    Was,
    /// The title of a person.
    Title,
    /// The last word of a body's name.
    Body,
    /// A word that is no name, however it is written.
    Function,
    /// Joins the parts of a name.
    Joint,
    /// Nothing that matters here.
    Nothing,
}

/// A cue, and the words it stands in, by their numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    pub(super) cue: Cue,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// What is written in a language's table: a cue, and its patterns, parted by `|`.
type Table = &'static [(Cue, &'static [&'static str])];

struct Pattern {
    words: Vec<(String, bool)>,
    cue: Cue,
}

impl Pattern {
    fn new(cue: Cue, text: &str) -> Self {
        let mut words = Vec::new();
        for part in text.split_whitespace() {
            let open = part.ends_with('*');
            let folded = analysis::words(part);
            let last = folded.len().saturating_sub(1);
            words.extend(folded.into_iter().enumerate().map(|(at, word)| (plain(&word), open && at == last)));
        }
        Self { words, cue }
    }
}

/// The patterns of one language.
pub(super) struct Lexicon {
    /// By the first letters of the first word.
    by_beginning: HashMap<String, Vec<Pattern>>,
}

/// Letters of a word by which its patterns are looked up; a word with `*` has at least so many.
const BEGINNING: usize = 3;

fn beginning(word: &str) -> &str {
    word.char_indices().nth(BEGINNING).map_or(word, |(at, _)| &word[..at])
}

/// Writers of Russian leave the dots of ё out or not.
pub(super) fn plain(word: &str) -> String {
    word.replace('ё', "е")
}

impl Lexicon {
    fn new(table: Table) -> Self {
        let mut by_beginning: HashMap<String, Vec<Pattern>> = HashMap::new();
        for (cue, lines) in table {
            for text in lines.iter().flat_map(|line| line.split('|')) {
                let pattern = Pattern::new(*cue, text);
                if let Some((first, _)) = pattern.words.first() {
                    by_beginning.entry(beginning(first).to_owned()).or_default().push(pattern);
                }
            }
        }
        for patterns in by_beginning.values_mut() {
            patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.words.len()));
        }
        Self { by_beginning }
    }

    /// The lexicon of the language with this tag; where there is none, that of the text's script.
    pub(super) fn of(tag: Option<&str>, text: &str) -> &'static Self {
        static ALL: LazyLock<[Lexicon; 8]> = LazyLock::new(|| {
            [
                english::WORDS,
                russian::WORDS,
                french::WORDS,
                turkish::WORDS,
                azerbaijani::WORDS,
                armenian::WORDS,
                georgian::WORDS,
                persian::WORDS,
            ]
            .map(Lexicon::new)
        });
        let primary = tag.and_then(|tag| tag.trim().split(['-', '_']).next()).map(str::to_ascii_lowercase);
        let number = match primary.as_deref() {
            Some("en") => 0,
            Some("ru") => 1,
            Some("fr") => 2,
            Some("tr") => 3,
            Some("az") => 4,
            Some("hy") => 5,
            Some("ka") => 6,
            Some("fa") => 7,
            _ => match text.chars().find(|c| c.is_alphabetic()) {
                Some('\u{400}'..='\u{52F}') => 1,
                Some('\u{530}'..='\u{58F}') => 5,
                Some('\u{10A0}'..='\u{10FF}') => 6,
                Some('\u{600}'..='\u{6FF}') => 7,
                _ => 0,
            },
        };
        &ALL[number]
    }

    /// Where the cues stand in these folded words, in order.
    pub(super) fn hits(&self, words: &[String]) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let patterns = self.by_beginning.get(beginning(&words[at])).map_or(&[][..], Vec::as_slice);
            let mut length = 0;
            for pattern in patterns {
                if pattern.words.len() < length {
                    break;
                }
                let Some(here) = words.get(at..at + pattern.words.len()) else { continue };
                let fits = here.iter().zip(&pattern.words).all(|(word, (wanted, open))| {
                    if *open { word.starts_with(wanted.as_str()) } else { word == wanted }
                });
                if fits {
                    length = pattern.words.len();
                    hits.push(Hit { cue: pattern.cue, from: at, to: at + length });
                }
            }
            at += length.max(1);
        }
        hits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cues(language: &str, text: &str) -> Vec<Cue> {
        let words: Vec<String> = analysis::words(text).iter().map(|word| plain(word)).collect();
        Lexicon::of(Some(language), text).hits(&words).iter().map(|hit| hit.cue).collect()
    }

    #[test]
    fn the_longest_pattern_uses_its_words_up() {
        assert!(cues("en", "cease fire").contains(&Cue::Truce));
        assert!(!cues("en", "cease fire").contains(&Cue::Attack));
        assert_eq!(cues("en", "death penalty"), [Cue::Nothing]);
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
        ] {
            assert!(cues(language, word).contains(&Cue::Truce), "{language}");
        }
    }
}
