//! Who does it, who says so, where it is: what all topics ask for.

use super::lexicon::{Cue, Hit};
use super::names::Mention;
use super::sentence::{Gap, Sentence};
use ceasewire_model::NameKind;

/// What stands between what is done and what it is about: "talks over Karabakh" are not held there.
const MATTER: &[&str] = &["over", "about", "on", "regarding", "concerning", "о", "об", "по", "про", "sur"];

/// How many words a place may stand away from what happens there.
const FAR: usize = 30;

impl Sentence<'_> {
    /// Where it happens: the place that is named nearest to a word, rather after it than before.
    pub(super) fn place(&self, word: usize) -> Option<String> {
        let candidates = self.names.iter().filter(|name| name.is_place() && !self.speaks(name));
        let scored = candidates.filter_map(|name| {
            let known = name.kind == Some(NameKind::Place);
            let led = self.hits.iter().any(|hit| {
                let into = hit.cue == Cue::In || hit.cue == Cue::To && known;
                into && hit.to <= name.from && name.from - hit.to <= 1 && self.tokens[name.from].gap == Gap::Joined
            });
            // Without capitals nothing but the profile says what a place is; where endings say "in", no word does.
            // "struck Ganja", "the Ganja strike"
            let object =
                known && (name.from >= word && name.from - word <= 8 || word > name.from && word - name.from <= 4);
            let matter = name.from > 0 && MATTER.contains(&self.words[name.from - 1].as_str());
            if !(led || object && !matter || known && self.verb_final) {
                return None;
            }
            let distance = if name.from >= word { name.from - word } else { 2 * (word - name.from) + 4 };
            let loose = match name.kind {
                Some(NameKind::Place) => 0,
                Some(NameKind::Country) => 10,
                _ => 6,
            };
            (distance <= FAR).then_some((distance + loose, name))
        });
        scored.min_by_key(|(distance, _)| *distance).map(|(_, name)| name.name.clone())
    }

    /// Who says what the sentence says: "according to X", "X said", "said X".
    pub(super) fn source(&self) -> Option<String> {
        if !self.is_read_in_full() {
            return None;
        }
        // "office" alone names nobody.
        let named = |source: &String| source.contains(' ') || !source.bytes().all(|byte| byte.is_ascii_lowercase());
        self.speaker().filter(named)
    }

    /// Whether the sentence is in a language whose facts are read in full. Where verbs stand last, or endings say who did
    /// what, the nearest name or number is as often another one's.
    pub(super) fn is_read_in_full(&self) -> bool {
        ["", "en", "ru"].iter().any(|tag| self.doc.language() == *tag || self.doc.is_in_language(tag))
    }

    fn speaker(&self) -> Option<String> {
        if let Some(hit) = self.all(Cue::According).next() {
            return self.after_words(hit.to, 6);
        }
        self.all(Cue::Said).find_map(|said| {
            let before = self.names.iter().rev().find(|name| {
                let tight = self.tokens[said.from].gap < Gap::Comma;
                tight
                    && name.to <= said.from
                    && said.from - name.to <= 1
                    && (name.acts() || name.kind == Some(NameKind::Place))
            });
            if let Some(name) = before {
                return Some(self.with_titles(name));
            }
            // "the Defence Ministry said": a body that is no name of the profile.
            let body = self.before(Cue::Body, said.from, 2).or_else(|| self.before(Cue::Title, said.from, 2));
            if let Some(body) = body {
                return Some(self.phrase_back(body));
            }
            let after = self.names.iter().find(|name| {
                name.from >= said.to && name.from - said.to <= 3 && (name.acts() || name.kind == Some(NameKind::Place))
            });
            (self.tokens.get(said.from).is_some_and(|token| token.gap >= Gap::Comma))
                .then_some(after)
                .flatten()
                .map(|name| self.with_titles(name))
        })
    }

    /// A name with the titles, peoples and bodies right before and after it.
    pub(super) fn with_titles(&self, name: &Mention) -> String {
        let mut from = name.from;
        while from > 0 && self.tokens[from].gap <= Gap::Stop {
            let title = self.hits.iter().any(|hit| {
                hit.from < from
                    && hit.to == from
                    && matches!(hit.cue, Cue::Title | Cue::Body)
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

    fn phrase_back(&self, hit: &Hit) -> String {
        let mut from = hit.from;
        while from > 0 && self.tokens[from].gap <= Gap::Stop {
            let of = matches!(self.words[from - 1].as_str(), "of");
            let named = self.names.iter().any(|name| name.from < from && name.to >= from);
            let title =
                self.hits.iter().any(|hit| hit.to == from && matches!(hit.cue, Cue::Title | Cue::Body | Cue::Military));
            if !of && !named && !title && !self.tokens[from - 1].capital {
                break;
            }
            from -= 1;
        }
        if self.hits.iter().any(|other| other.from == from && other.cue == Cue::Function) && from + 1 < hit.to {
            from += 1;
        }
        self.slice(from, hit.to).to_owned()
    }

    /// The noun phrase that begins at a word: up to the next mark, verb or preposition that is not "of".
    fn after_words(&self, from: usize, most: usize) -> Option<String> {
        let article = self.words.get(from).is_some_and(|word| matches!(word.as_str(), "the" | "a" | "an"));
        let from = if article { from + 1 } else { from };
        let mut to = from;
        while to < self.tokens.len() && to < from + most {
            let stop = to > from
                && (self.tokens[to].gap >= Gap::Comma
                    || self.hits.iter().any(|hit| {
                        hit.from == to
                            && matches!(hit.cue, Cue::In | Cue::But | Cue::Said | Cue::Killed | Cue::Met | Cue::Will)
                    }));
            if stop {
                break;
            }
            to += 1;
        }
        Some(self.slice(from, to).to_owned()).filter(|phrase| !phrase.is_empty())
    }

    /// Whether a name is the one that is quoted.
    pub(super) fn speaks(&self, name: &Mention) -> bool {
        self.hits.iter().any(|hit| {
            hit.cue == Cue::Said && hit.from >= name.to && hit.from - name.to <= 1
                || hit.cue == Cue::According && hit.to <= name.from && name.from - hit.to <= 3
        })
    }

    /// Who acts before a word: the last name in its clause that can, else the first name of the sentence that can.
    pub(super) fn actor_before(&self, word: usize) -> Option<&Mention> {
        let start = self.clause_start(word);
        let acts = |name: &&Mention| name.to <= word && (name.acts() || name.kind == Some(NameKind::Place));
        self.names
            .iter()
            .find(|name| acts(name) && name.from >= start && !self.is_led(name))
            .or_else(|| self.names.iter().find(|name| acts(name) && !self.is_led(name)))
    }

    /// Who acts before a word, with those named beside it: "Russia, France and the US".
    pub(super) fn actors_before(&self, word: usize) -> Option<String> {
        let start = self.clause_start(word);
        let able = |name: &&Mention| name.from >= start && name.to <= word && !self.is_led(name);
        if let Some(person) = self.names.iter().filter(able).find(|name| name.kind == Some(NameKind::Person)) {
            return Some(person.name.clone());
        }
        let first = self.actor_before(word)?;
        let mut names = vec![self.with_titles(first)];
        let mut end = first.to;
        for name in self.names.iter().filter(|name| name.from >= first.to && name.to <= word) {
            let between = &self.words[end..name.from.max(end)];
            if !between.iter().all(|word| matches!(word.as_str(), "and" | "the" | "и" | "et" | "la" | "les" | "l"))
                || between.len() > 2
            {
                break;
            }
            names.push(name.name.clone());
            end = name.to;
        }
        Some(names.join(", "))
    }

    /// Whether "in" or "at" stands before a name.
    pub(super) fn is_led(&self, name: &Mention) -> bool {
        self.hits.iter().any(|hit| hit.cue == Cue::In && hit.to <= name.from && name.from - hit.to <= 1)
    }

    /// The first name that can act up to `reach` words after this one.
    pub(super) fn actor_after(&self, word: usize, reach: usize) -> Option<&Mention> {
        self.names.iter().find(|name| {
            name.from >= word && name.from < word + reach && (name.acts() || name.kind == Some(NameKind::Place))
        })
    }
}
