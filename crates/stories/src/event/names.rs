//! The names in a sentence: names of the profile, and other capitalised runs of words.

use super::cues::EventCue;
use super::sentence::{AnnotatedSentence, TokenGap};
use ceasewire_model::{NameKind, NamedEntity};
use ceasewire_profile::Vocabulary;
use ceasewire_profile::vocabulary::Named;

/// A name in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EntityMention {
    /// The kind of its bearer; `None` for a name outside the profile.
    pub(super) kind: Option<NameKind>,
    /// The number of its first word.
    pub(super) from: usize,
    /// The number of the word after its last.
    pub(super) to: usize,
    /// The form for readers.
    pub(super) name: String,
    /// Whether a person's title stands before the name, or is the name.
    pub(super) titled: bool,
}

impl EntityMention {
    /// Whether the name may be the place of an event.
    pub(super) fn is_place(&self) -> bool {
        !self.titled && matches!(self.kind, None | Some(NameKind::Place | NameKind::Country))
    }

    /// Whether its bearer may act.
    pub(super) fn acts(&self) -> bool {
        self.titled || !matches!(self.kind, Some(NameKind::Place | NameKind::Term))
    }
}

/// Finds the names of a sentence, in order. In a script without capitals it finds only the names of the profile.
pub(super) fn find_mentions(
    sentence: &AnnotatedSentence<'_>,
    vocabulary: &Vocabulary,
    found: &[Named],
) -> Vec<EntityMention> {
    let mut mentions = Vec::new();
    let mut at = 0;
    let mut known = found.iter().peekable();
    while at < sentence.tokens.len() {
        while known.next_if(|named| named.words.start < at).is_some() {}
        let named = known.peek().filter(|named| named.words.start == at);
        let name = named.and_then(|named| vocabulary.name(named.set).map(|name| (named.words.end, name)));
        match name {
            Some((_, name)) if name.kind == NameKind::Term || cue_at(sentence, at, EventCue::Civilian).is_some() => {}
            // A title may follow the name of a ministry: "foreign minister".
            Some((end, _)) if cue_at(sentence, at, EventCue::Title).is_some_and(|title| title >= end) => {
                let name = sentence.slice(at, end).to_owned();
                mentions.push(EntityMention { kind: Some(NameKind::Office), from: at, to: end, name, titled: true });
                at = end;
                continue;
            }
            Some((end, name)) if matches!(name.kind, NameKind::Person | NameKind::Office | NameKind::People) => {
                mentions.push(known_mention(sentence, name, at, at, end));
                at = end;
                continue;
            }
            Some((end, name)) => {
                // "Washington Post" is no place; "United Nations Security Council" is one body.
                let run = run_end(sentence, at);
                let longer = run > end
                    && name.kind != NameKind::Country
                    && !sentence.hits.iter().any(|hit| hit.from == end && hit.cue == EventCue::Title)
                    && !found.iter().any(|other| (end..run).contains(&other.words.start));
                let written = sentence.slice(at, end);
                let first = name.names.first().map_or(written, String::as_str);
                let shown = if is_english(sentence) && name.kind != NameKind::Place { written } else { first };
                if longer {
                    let kind = if name.kind == NameKind::Body {
                        NameKind::Body
                    } else {
                        kind_of_run(sentence, at, run).unwrap_or(NameKind::Body)
                    };
                    mentions.push(EntityMention {
                        kind: Some(kind),
                        from: at,
                        to: run,
                        name: sentence.slice(at, run).to_owned(),
                        titled: false,
                    });
                    at = run;
                } else {
                    mentions.push(EntityMention {
                        kind: Some(name.kind),
                        from: at,
                        to: end,
                        name: shown.to_owned(),
                        titled: false,
                    });
                    at = end;
                }
                continue;
            }
            None => {}
        }
        if let Some((mention, end)) = capitalised(sentence, at, found, vocabulary) {
            at = end;
            mentions.extend(mention);
        } else {
            at += 1;
        }
    }
    mentions
}

/// Builds the mention of a profile's name that ends at `end`. Its own words begin at `own`, a first name before them at
/// `from`. Readers see an inflected name in its first spelling.
fn known_mention(
    sentence: &AnnotatedSentence<'_>,
    name: &NamedEntity,
    from: usize,
    own: usize,
    end: usize,
) -> EntityMention {
    let written = sentence.slice(from, end);
    let first = name.names.first().map_or(written, String::as_str);
    let shown = if is_english(sentence) { written.to_owned() } else { first.to_owned() };
    let before = from > 0 && cue_ends(sentence, from, EventCue::Title);
    let titled = name.kind == NameKind::Office || name.kind == NameKind::Person && (before || own > from);
    EntityMention { kind: Some(name.kind), from, to: end, name: shown, titled }
}

fn cue_ends(sentence: &AnnotatedSentence<'_>, word: usize, cue: EventCue) -> bool {
    sentence.hits.iter().any(|hit| hit.cue == cue && hit.to == word)
}

fn is_english(sentence: &AnnotatedSentence<'_>) -> bool {
    sentence.text.chars().filter(|c| c.is_alphabetic()).take(8).all(|c| c.is_ascii())
}

/// Finds the end of a run of capitalised words.
fn run_end(sentence: &AnnotatedSentence<'_>, from: usize) -> usize {
    let mut end = from + 1;
    while end < sentence.tokens.len() {
        let token = &sentence.tokens[end];
        // "J. Smith", "U.S. Army"; a stop after a longer word ends the name.
        let joined = token.gap == TokenGap::Joined
            || token.gap == TokenGap::Stop && sentence.words[end - 1].chars().count() <= 3;
        if !joined {
            break;
        }
        if token.capital && !is_function(sentence, end) {
            end += 1;
            continue;
        }
        let next = sentence.tokens.get(end + 1);
        let joint = sentence.hits.iter().any(|hit| hit.from == end && hit.cue == EventCue::Joint);
        if joint && next.is_some_and(|next| next.capital && next.gap == TokenGap::Joined) {
            end += 2;
            continue;
        }
        break;
    }
    end
}

fn is_function(sentence: &AnnotatedSentence<'_>, word: usize) -> bool {
    sentence.hits.iter().any(|hit| hit.from == word && hit.cue == EventCue::Function)
}

fn cue_at(sentence: &AnnotatedSentence<'_>, word: usize, cue: EventCue) -> Option<usize> {
    sentence.hits.iter().find(|hit| hit.cue == cue && hit.from == word).map(|hit| hit.to)
}

fn kind_of_run(sentence: &AnnotatedSentence<'_>, from: usize, to: usize) -> Option<NameKind> {
    let last = to.saturating_sub(1).max(from);
    cue_at(sentence, last, EventCue::Body).map(|_| NameKind::Body)
}

/// Reads a capitalised run outside the profile. Returns the name, if it is one, and the word after the run.
fn capitalised(
    sentence: &AnnotatedSentence<'_>,
    at: usize,
    found: &[Named],
    vocabulary: &Vocabulary,
) -> Option<(Option<EntityMention>, usize)> {
    let token = &sentence.tokens[at];
    if !token.capital || is_function(sentence, at) && cue_at(sentence, at, EventCue::Title).is_none() {
        return None;
    }
    let mut end = run_end(sentence, at);
    // A name of the profile inside the run is a mention of its own.
    if let Some(named) = found.iter().find(|named| named.words.start > at && named.words.start < end) {
        end = named.words.start.max(at + 1);
        let titles = skip_titles(sentence, at, end);
        // "Mike Pompeo": the first name belongs to the person.
        let person = vocabulary.name(named.set).filter(|name| name.kind == NameKind::Person);
        if let Some(name) = person.filter(|_| end - titles.min(end) <= 2) {
            return Some((Some(known_mention(sentence, name, titles.min(end), end, named.words.end)), named.words.end));
        }
        if titles >= end {
            return Some((None, end));
        }
    }
    let name = skip_titles(sentence, at, end);
    let titled = name > at || sentence.before(EventCue::Title, at, 1).is_some();
    let from = if name >= end { at } else { name };
    if from == at && titled && name >= end {
        // A title alone: "the Minister".
        return Some((None, end));
    }
    // Where every noun has a capital, a title decides.
    if sentence.capital_nouns && !titled {
        return Some((None, at + 1));
    }
    // Every sentence begins with a capital; for a first word the next word decides.
    let sure = from > 0
        || end - from > 1
        || cue_at(sentence, end, EventCue::Said).is_some()
        || cue_at(sentence, end, EventCue::Met).is_some()
        || cue_at(sentence, end, EventCue::Spoke).is_some()
        || sentence.hits.iter().any(|hit| {
            hit.from == end
                && matches!(
                    hit.cue,
                    EventCue::Call
                        | EventCue::Refuse
                        | EventCue::Agree
                        | EventCue::Will
                        | EventCue::Attacked
                        | EventCue::And
                )
        });
    let plain_cue = end - from == 1
        && sentence
            .hits
            .iter()
            .any(|hit| hit.from == from && !matches!(hit.cue, EventCue::Body | EventCue::Title | EventCue::Joint));
    if !sure || plain_cue {
        return Some((None, end));
    }
    // "US Secretary of State", "UK officials"
    let adjective = end - from == 1
        && sentence.words[from].chars().count() <= 3
        && sentence.slice(from, end).chars().all(char::is_uppercase)
        && (cue_at(sentence, end, EventCue::Title).is_some() || found.iter().any(|named| named.words.start == end));
    let kind = if adjective {
        Some(NameKind::People)
    } else if titled {
        Some(NameKind::Person)
    } else {
        kind_of_run(sentence, from, end)
    };
    Some((Some(EntityMention { kind, from, to: end, name: sentence.slice(from, end).to_owned(), titled }), end))
}

/// Finds the word after the last title in a run of capitalised words.
fn skip_titles(sentence: &AnnotatedSentence<'_>, from: usize, to: usize) -> usize {
    (from..to).rev().find_map(|at| cue_at(sentence, at, EventCue::Title).filter(|&end| end <= to)).unwrap_or(from)
}
