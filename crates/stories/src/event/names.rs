//! The names in a sentence: those of the profile, and what else is written like one.

use super::lexicon::Cue;
use super::sentence::{Gap, Sentence};
use ceasewire_model::{NameKind, NamedEntity};
use ceasewire_profile::Vocabulary;
use ceasewire_profile::vocabulary::Named;

/// A name, with the titles that belong to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    /// What it is the name of; `None` where only its capitals say that it is one.
    pub(super) kind: Option<NameKind>,
    /// Its words, by their numbers.
    pub(super) from: usize,
    pub(super) to: usize,
    /// As readers are shown it.
    pub(super) name: String,
    /// Whether a person's title stands before it, or is all there is of it.
    pub(super) titled: bool,
}

impl Mention {
    /// Whether it can be where something happens.
    pub(super) fn is_place(&self) -> bool {
        !self.titled && matches!(self.kind, None | Some(NameKind::Place | NameKind::Country))
    }

    /// Whether it can act.
    pub(super) fn acts(&self) -> bool {
        self.titled || !matches!(self.kind, Some(NameKind::Place | NameKind::Term))
    }
}

/// The names in a sentence, in order. In a script without capitals only those of the profile are known.
pub(super) fn mentions(sentence: &Sentence<'_>, vocabulary: &Vocabulary, found: &[Named]) -> Vec<Mention> {
    let mut mentions = Vec::new();
    let mut at = 0;
    let mut known = found.iter().peekable();
    while at < sentence.tokens.len() {
        while known.next_if(|named| named.words.start < at).is_some() {}
        let named = known.peek().filter(|named| named.words.start == at);
        let name = named.and_then(|named| vocabulary.name(named.set).map(|name| (named.words.end, name)));
        match name {
            Some((_, name)) if name.kind == NameKind::Term || cue_at(sentence, at, Cue::Civilian).is_some() => {}
            // What the profile takes for a ministry may be who leads it.
            Some((end, _)) if cue_at(sentence, at, Cue::Title).is_some_and(|title| title >= end) => {
                let name = sentence.slice(at, end).to_owned();
                mentions.push(Mention { kind: Some(NameKind::Office), from: at, to: end, name, titled: true });
                at = end;
                continue;
            }
            Some((end, name)) if matches!(name.kind, NameKind::Person | NameKind::Office | NameKind::People) => {
                mentions.push(known_mention(sentence, name, at, at, end));
                at = end;
                continue;
            }
            Some((end, name)) => {
                // "Washington Post" is no place, "United Nations Security Council" one body.
                let run = run_end(sentence, at);
                let longer = run > end
                    && name.kind != NameKind::Country
                    && !sentence.hits.iter().any(|hit| hit.from == end && hit.cue == Cue::Title)
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
                    mentions.push(Mention {
                        kind: Some(kind),
                        from: at,
                        to: run,
                        name: sentence.slice(at, run).to_owned(),
                        titled: false,
                    });
                    at = run;
                } else {
                    mentions.push(Mention {
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

/// A name of the profile that ends at `end`; its own words begin at `own`, a first name before them at `from`. What is
/// inflected is shown by the name's first spelling.
fn known_mention(sentence: &Sentence<'_>, name: &NamedEntity, from: usize, own: usize, end: usize) -> Mention {
    let written = sentence.slice(from, end);
    let first = name.names.first().map_or(written, String::as_str);
    let shown = if is_english(sentence) { written.to_owned() } else { first.to_owned() };
    let before = from > 0 && cue_ends(sentence, from, Cue::Title);
    let titled = name.kind == NameKind::Office || name.kind == NameKind::Person && (before || own > from);
    Mention { kind: Some(name.kind), from, to: end, name: shown, titled }
}

fn cue_ends(sentence: &Sentence<'_>, word: usize, cue: Cue) -> bool {
    sentence.hits.iter().any(|hit| hit.cue == cue && hit.to == word)
}

fn is_english(sentence: &Sentence<'_>) -> bool {
    sentence.text.chars().filter(|c| c.is_alphabetic()).take(8).all(|c| c.is_ascii())
}

/// The word after a run of capitalised words.
fn run_end(sentence: &Sentence<'_>, from: usize) -> usize {
    let mut end = from + 1;
    while end < sentence.tokens.len() {
        let token = &sentence.tokens[end];
        // "J. Smith", "U.S. Army"; a stop after a longer word ends the name.
        let joined = token.gap == Gap::Joined || token.gap == Gap::Stop && sentence.words[end - 1].chars().count() <= 3;
        if !joined {
            break;
        }
        if token.capital && !is_function(sentence, end) {
            end += 1;
            continue;
        }
        let next = sentence.tokens.get(end + 1);
        let joint = sentence.hits.iter().any(|hit| hit.from == end && hit.cue == Cue::Joint)
            && !matches!(sentence.words[end].as_str(), "of" | "the");
        if joint && next.is_some_and(|next| next.capital && next.gap == Gap::Joined) {
            end += 2;
            continue;
        }
        break;
    }
    end
}

fn is_function(sentence: &Sentence<'_>, word: usize) -> bool {
    sentence.hits.iter().any(|hit| hit.from == word && hit.cue == Cue::Function)
}

fn cue_at(sentence: &Sentence<'_>, word: usize, cue: Cue) -> Option<usize> {
    sentence.hits.iter().find(|hit| hit.cue == cue && hit.from == word).map(|hit| hit.to)
}

fn kind_of_run(sentence: &Sentence<'_>, from: usize, to: usize) -> Option<NameKind> {
    let last = to.saturating_sub(1).max(from);
    cue_at(sentence, last, Cue::Body).map(|_| NameKind::Body)
}

/// A name that begins at a capitalised word which the profile does not have, and the word after it.
fn capitalised(
    sentence: &Sentence<'_>,
    at: usize,
    found: &[Named],
    vocabulary: &Vocabulary,
) -> Option<(Option<Mention>, usize)> {
    let token = &sentence.tokens[at];
    if !token.capital || is_function(sentence, at) && cue_at(sentence, at, Cue::Title).is_none() {
        return None;
    }
    let mut end = run_end(sentence, at);
    // A name of the profile within the run stands for itself.
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
    let titled = name > at || sentence.before(Cue::Title, at, 1).is_some();
    let from = if name >= end { at } else { name };
    if from == at && titled && name >= end {
        // A title alone: "the Minister".
        return Some((None, end));
    }
    // Any first word of a sentence is capitalised; what follows it tells.
    let sure = from > 0
        || end - from > 1
        || cue_at(sentence, end, Cue::Said).is_some()
        || cue_at(sentence, end, Cue::Met).is_some()
        || sentence.hits.iter().any(|hit| {
            hit.from == end
                && matches!(hit.cue, Cue::Call | Cue::Refuse | Cue::Agree | Cue::Will | Cue::Attacked | Cue::And)
        });
    let plain_cue = end - from == 1
        && sentence.hits.iter().any(|hit| hit.from == from && !matches!(hit.cue, Cue::Body | Cue::Title | Cue::Joint));
    if !sure || plain_cue {
        return Some((None, end));
    }
    // "US Secretary of State", "UK officials"
    let adjective = end - from == 1
        && sentence.words[from].chars().count() <= 3
        && sentence.slice(from, end).chars().all(char::is_uppercase)
        && (cue_at(sentence, end, Cue::Title).is_some() || found.iter().any(|named| named.words.start == end));
    let kind = if adjective {
        Some(NameKind::People)
    } else if titled {
        Some(NameKind::Person)
    } else {
        kind_of_run(sentence, from, end)
    };
    Some((Some(Mention { kind, from, to: end, name: sentence.slice(from, end).to_owned(), titled }), end))
}

/// The word after the last title in a run of capitalised words.
fn skip_titles(sentence: &Sentence<'_>, from: usize, to: usize) -> usize {
    (from..to).rev().find_map(|at| cue_at(sentence, at, Cue::Title).filter(|&end| end <= to)).unwrap_or(from)
}
