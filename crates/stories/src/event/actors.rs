//! Actors, sources and places of a sentence, for all topics.

use super::cues::{self, CueMatch, EventCue};
use super::names::EntityMention;
use super::sentence::{AnnotatedSentence, TokenGap};
use crate::grammar::WordRole;
use ceasewire_model::NameKind;

/// Most words between an event and its place, nearness-weighted.
const MAX_DISTANCE: usize = 30;

impl AnnotatedSentence<'_> {
    /// Finds the place of an event: the place nearest to a word, rather after it than before.
    pub(super) fn place(&self, word: usize) -> Option<String> {
        let candidates = self.names.iter().filter(|name| name.is_place() && !self.speaks(name));
        let scored = candidates.filter_map(|name| {
            let known = name.kind == Some(NameKind::Place);
            let led = self.hits.iter().any(|hit| {
                let into = hit.cue == EventCue::In || hit.cue == EventCue::To && known;
                into && hit.to <= name.from && name.from - hit.to <= 1 && self.tokens[name.from].gap == TokenGap::Joined
            });
            // "struck Ganja", "the Ganja strike"
            let object =
                known && (name.from >= word && name.from - word <= 8 || word > name.from && word - name.from <= 4);
            let is_subject = self.follows(name.from, WordRole::SubjectPreposition);
            if !(led || object && !is_subject || known && self.verb_final) {
                return None;
            }
            let distance = if name.from >= word { name.from - word } else { 2 * (word - name.from) + 4 };
            let loose = match name.kind {
                Some(NameKind::Place) => 0,
                Some(NameKind::Country) => 10,
                _ => 6,
            };
            (distance <= MAX_DISTANCE).then_some((distance + loose, name))
        });
        scored.min_by_key(|(distance, _)| *distance).map(|(_, name)| name.name.clone())
    }

    /// Finds the source of the statement: "according to X", "X said", "said X".
    pub(super) fn attribution(&self) -> Option<String> {
        if !self.is_read_in_full() {
            return None;
        }
        // "office" alone is no source.
        let is_named = |source: &String| source.contains(' ') || !source.bytes().all(|byte| byte.is_ascii_lowercase());
        self.speaker().filter(is_named)
    }

    /// Whether the sentence is in a language whose facts the extractors read in full. In languages with the verb last,
    /// or with case endings, the nearest name or number often belongs to another word.
    pub(super) fn is_read_in_full(&self) -> bool {
        self.doc.language().is_empty()
            || cues::languages_read_in_full().any(|language| self.doc.is_in_language(language.code()))
    }

    fn speaker(&self) -> Option<String> {
        if let Some(hit) = self.all(EventCue::According).next() {
            return self.phrase_after(hit.to, 6);
        }
        // The side that denies gives no figure.
        let denies = |said: &CueMatch| self.hits.iter().any(|hit| hit.cue == EventCue::Deny && hit.from == said.from);
        self.all(EventCue::Said).filter(|said| !denies(said)).find_map(|said| {
            let before = self.names.iter().rev().find(|name| {
                let tight = self.tokens[said.from].gap < TokenGap::Comma;
                tight
                    && name.to <= said.from
                    && said.from - name.to <= 1
                    && (name.acts() || name.kind == Some(NameKind::Place))
            });
            if let Some(name) = before {
                return Some(self.with_titles(name));
            }
            // "the Defence Ministry said": a body outside the profile.
            let body = self.before(EventCue::Body, said.from, 2).or_else(|| self.before(EventCue::Title, said.from, 2));
            if let Some(body) = body {
                return Some(self.phrase_before(body));
            }
            let after = self.names.iter().find(|name| {
                name.from >= said.to && name.from - said.to <= 3 && (name.acts() || name.kind == Some(NameKind::Place))
            });
            (self.tokens.get(said.from).is_some_and(|token| token.gap >= TokenGap::Comma))
                .then_some(after)
                .flatten()
                .map(|name| self.with_titles(name))
        })
    }

    /// A name with the titles, peoples and bodies right before it.
    pub(super) fn with_titles(&self, name: &EntityMention) -> String {
        let mut from = name.from;
        while from > 0 && self.tokens[from].gap <= TokenGap::Stop {
            let title = self.hits.iter().any(|hit| {
                hit.from < from
                    && hit.to == from
                    && matches!(hit.cue, EventCue::Title | EventCue::Body)
                    && self.tokens[from - 1].capital
            });
            let other = self
                .names
                .iter()
                .any(|other| other.to == from && matches!(other.kind, Some(NameKind::People | NameKind::Office)));
            if !title && !other {
                break;
            }
            from -= 1;
        }
        if from == name.from { name.name.clone() } else { self.slice(from, name.to).to_owned() }
    }

    /// The noun phrase that ends with a title or a body.
    fn phrase_before(&self, hit: &CueMatch) -> String {
        let mut from = hit.from;
        while from > 0 && self.tokens[from].gap <= TokenGap::Stop {
            let of = self.has_role(from - 1, WordRole::Of);
            let named = self.names.iter().any(|name| name.from < from && name.to >= from);
            let title = self
                .hits
                .iter()
                .any(|hit| hit.to == from && matches!(hit.cue, EventCue::Title | EventCue::Body | EventCue::Military));
            // "Azerbaijan's health ministry", "the Lebanese health ministry"
            let owned = self.has_role(from - 1, WordRole::Possessive)
                || from == hit.from
                    && from > 1
                    && (self.has_role(from - 2, WordRole::Possessive)
                        || self.names.iter().any(|name| name.to + 1 == from));
            if !of && !named && !title && !owned && !self.tokens[from - 1].capital {
                break;
            }
            from -= 1;
        }
        if self.hits.iter().any(|other| other.from == from && other.cue == EventCue::Function) && from + 1 < hit.to {
            from += 1;
        }
        self.slice(from, hit.to).to_owned()
    }

    /// The noun phrase that begins at a word: up to the next mark, verb or preposition other than "of".
    fn phrase_after(&self, from: usize, most: usize) -> Option<String> {
        let from = from + usize::from(self.has_role(from, WordRole::Article));
        let mut to = from;
        while to < self.tokens.len() && to < from + most {
            let stop = to > from
                && (self.tokens[to].gap >= TokenGap::Comma
                    || self.hits.iter().any(|hit| {
                        hit.from == to
                            && matches!(
                                hit.cue,
                                EventCue::In
                                    | EventCue::But
                                    | EventCue::Said
                                    | EventCue::Killed
                                    | EventCue::Met
                                    | EventCue::Will
                            )
                    }));
            if stop {
                break;
            }
            to += 1;
        }
        Some(self.slice(from, to).to_owned()).filter(|phrase| !phrase.is_empty())
    }

    /// Whether a name is the source of the statement.
    pub(super) fn speaks(&self, name: &EntityMention) -> bool {
        self.hits.iter().any(|hit| {
            hit.cue == EventCue::Said && hit.from >= name.to && hit.from - name.to <= 1
                || hit.cue == EventCue::According && hit.to <= name.from && name.from - hit.to <= 3
        })
    }

    /// Finds the actor before a word: the first actor of its clause, else the first of the sentence.
    pub(super) fn actor_before(&self, word: usize) -> Option<&EntityMention> {
        let start = self.clause_start(word);
        let acts = |name: &&EntityMention| name.to <= word && (name.acts() || name.kind == Some(NameKind::Place));
        self.names
            .iter()
            .find(|name| acts(name) && name.from >= start && !self.is_led(name))
            .or_else(|| self.names.iter().find(|name| acts(name) && !self.is_led(name)))
    }

    /// Lists the actors before a word: "Russia, France and the US".
    pub(super) fn actors_before(&self, word: usize) -> Option<String> {
        let start = self.clause_start(word);
        let may_act = |name: &&EntityMention| name.from >= start && name.to <= word && !self.is_led(name);
        if let Some(person) = self.names.iter().filter(may_act).find(|name| name.kind == Some(NameKind::Person)) {
            return Some(person.name.clone());
        }
        let first = self.actor_before(word)?;
        let mut names = vec![self.with_titles(first)];
        let mut end = first.to;
        for name in self.names.iter().filter(|name| name.from >= first.to && name.to <= word) {
            let mut between = end..name.from;
            if between.len() > 2 || !between.all(|word| self.has_role(word, WordRole::NameLink)) {
                break;
            }
            names.push(name.name.clone());
            end = name.to;
        }
        Some(names.join(", "))
    }

    /// Whether "in" or "at" stands right before a name.
    pub(super) fn is_led(&self, name: &EntityMention) -> bool {
        self.hits.iter().any(|hit| hit.cue == EventCue::In && hit.to <= name.from && name.from - hit.to <= 1)
    }

    /// Finds the first actor up to `reach` words after a word.
    pub(super) fn actor_after(&self, word: usize, reach: usize) -> Option<&EntityMention> {
        self.names.iter().find(|name| {
            name.from >= word && name.from < word + reach && (name.acts() || name.kind == Some(NameKind::Place))
        })
    }
}
