//! The vocabulary that a conflict profile adds to the rule language: topics, and names with their spellings.
//!
//! A topic is a rule. The title and the first paragraphs of an article show its topics; a single mention further down
//! is background. So a topic's rule must match within title and lead together, or in two passages after the lead.

use parking_lot::Mutex;
use std::ops::Range;

use ceasewire_model::{NamedEntity, Topic};
use ceasewire_rules::grammar::{Expr, RuleError, RuleFault, Term, Written, parse_with_topics};
use ceasewire_rules::{Index, eval};
use ceasewire_text::Doc;

pub use crate::names::Named;

use crate::names::NameIndex;

/// Words of the lead: the first four or five paragraphs of an agency report.
const LEAD_WORDS: usize = 150;
/// Words of a passage after the lead: a paragraph or two.
const PASSAGE_WORDS: usize = 60;
/// The most words searched for topics: the background of a long article retells the whole war.
const SEARCHED_WORDS: usize = 600;
/// Passages that must match if title and lead do not.
const MIN_PASSAGES: usize = 2;
/// The scope's owner in the topic index.
const SCOPE: usize = usize::MAX;

/// The topics and names of a conflict profile, compiled.
#[derive(Debug, Default)]
pub struct Vocabulary {
    topics: Vec<(Topic, Expr)>,
    scope: Option<Expr>,
    names: NameIndex,
    /// The topics by number, and the scope.
    topic_index: Mutex<Index<usize>>,
}

/// A fault in a profile's rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {error}")]
pub struct VocabularyError {
    /// The rule: `conflict.scope`, or the topic's id.
    pub place: String,
    /// The fault.
    pub error: RuleError,
}

impl Vocabulary {
    /// Compiles a profile's names, the scope of its topics, and its topics. Reports a topic with a fault and omits it.
    pub fn new(topics: &[Topic], scope: Option<&str>, names: Vec<NamedEntity>) -> (Self, Vec<VocabularyError>) {
        let mut vocabulary = Self { names: NameIndex::new(names), ..Self::default() };
        let mut errors = Vec::new();
        let mut topic_index = Index::default();
        if let Some(scope) = scope {
            match vocabulary.compile(scope) {
                Ok(expr) => {
                    topic_index.insert(&expr, SCOPE);
                    vocabulary.scope = Some(expr);
                }
                Err(error) => errors.push(VocabularyError { place: "conflict.scope".into(), error }),
            }
        }
        for topic in topics {
            // A topic's rule may name only earlier topics, so that topics cannot form a circle.
            match vocabulary.compile(&topic.rule) {
                Ok(expr) => {
                    let expr = vocabulary.with_topics(expr);
                    topic_index.insert(&expr, vocabulary.topics.len());
                    vocabulary.topics.push((topic.clone(), expr));
                }
                Err(error) => errors.push(VocabularyError { place: format!("topic {}", topic.id), error }),
            }
        }
        vocabulary.topic_index = Mutex::new(topic_index);
        (vocabulary, errors)
    }

    /// Returns the topics, in the profile's order.
    pub fn topics(&self) -> impl Iterator<Item = &Topic> {
        self.topics.iter().map(|(topic, _)| topic)
    }

    /// Finds a topic by its id.
    pub fn topic(&self, id: &str) -> Option<&Topic> {
        self.topics().find(|topic| topic.id == id)
    }

    /// Finds a topic by its id or by its name in lower case.
    pub fn topic_called(&self, typed: &str) -> Option<&Topic> {
        self.topics().find(|topic| topic.id == typed || topic.name.to_lowercase() == typed)
    }

    /// Finds the rule of a topic, with all spellings of its names.
    pub fn topic_rule(&self, id: &str) -> Option<&Expr> {
        self.topics.iter().find(|(topic, _)| topic.id == id).map(|(_, rule)| rule)
    }

    /// Parses a rule that a person typed, checks the topics that it names, and adds all spellings to its names. The
    /// result prints as the rule's normal form.
    ///
    /// # Errors
    /// Fails if the rule has a fault or names a topic that the profile lacks.
    pub fn compile(&self, rule: &str) -> Result<Expr, RuleError> {
        self.compile_written(rule, Written::Typed)
    }

    /// Compiles the stored normal form of a rule, as [`Self::compile`] compiled the rule.
    ///
    /// # Errors
    /// As [`Self::compile`].
    pub fn compile_stored(&self, rule: &str) -> Result<Expr, RuleError> {
        self.compile_written(rule, Written::Stored)
    }

    fn compile_written(&self, rule: &str, written: Written) -> Result<Expr, RuleError> {
        let (expr, topics) = parse_with_topics(rule, written)?;
        if let Some((name, span)) = topics.into_iter().find(|(name, _)| self.topic(name).is_none()) {
            let topics: Vec<String> = self.topics().map(|topic| topic.id.clone()).collect();
            let similar = closest(&name, topics.iter().map(String::as_str)).map(str::to_owned);
            let with = |similar: &String| format!("{}{similar}{}", &rule[..span.start], &rule[span.end..]);
            let proposal = similar.as_ref().and_then(|similar| self.compile(&with(similar)).ok());
            return Err(RuleError {
                rule: rule.into(),
                span,
                fault: RuleFault::UnknownTopic { name, similar, topics },
                proposals: proposal.iter().map(ToString::to_string).collect(),
            });
        }
        Ok(self.with_names(expr))
    }

    /// Finds a name by the number of its set.
    pub fn name(&self, set: u32) -> Option<&NamedEntity> {
        self.names.get(set)
    }

    /// Finds the time zone of a place by any spelling of its name.
    pub fn time_zone_of(&self, place: &str) -> Option<&str> {
        self.names.find(place)?.time_zone.as_deref()
    }

    /// Finds the names of the profile in an article, in any spelling and inflected form, in order. Of overlapping names
    /// the first counts, and of names with the same beginning the longest.
    pub fn names_in(&self, doc: &Doc) -> Vec<Named> {
        self.names.find_in(doc)
    }

    /// Whether an article is within the scope of the profile; a profile without a scope has no article within it.
    pub fn is_in_scope(&self, doc: &Doc) -> bool {
        self.scope.as_ref().is_some_and(|scope| eval::matches(scope, doc))
    }

    /// Finds the topics of an article and returns their ids.
    pub fn find_topics(&self, doc: &Doc) -> Vec<String> {
        // The index stays usable after a panic: the next match clears its buffers.
        let mut index = self.topic_index.lock();
        let mut possible = index.matches(doc).to_vec();
        if self.scope.is_some() && !possible.contains(&SCOPE) {
            return Vec::new();
        }
        possible.retain(|&number| number != SCOPE);
        possible.sort_unstable();
        if possible.is_empty() {
            return Vec::new();
        }
        let lead = index.matches_within(doc, 0..doc.len().min(doc.title_len() + LEAD_WORDS)).to_vec();
        let mut passages: Vec<usize> = Vec::new();
        if possible.iter().any(|number| !lead.contains(number)) {
            for words in passages_after_the_lead(doc) {
                passages.extend(index.matches_within(doc, words).iter());
            }
        }
        possible.retain(|number| {
            lead.contains(number) || passages.iter().filter(|&passage| passage == number).count() >= MIN_PASSAGES
        });
        possible.into_iter().map(|number| self.topics[number].0.id.clone()).collect()
    }

    /// Adds all spellings to the names in a rule.
    fn with_names(&self, expr: Expr) -> Expr {
        match expr {
            Expr::Near { left, right, within } => {
                let all = |terms: Vec<Term>| terms.into_iter().map(|term| self.with_spellings(term)).collect();
                Expr::Near { left: all(left), right: all(right), within }
            }
            Expr::Term(term) => Expr::Term(self.with_spellings(term)),
            other => other.map_parts(|part| self.with_names(part)),
        }
    }

    fn with_spellings(&self, term: Term) -> Term {
        Term { spellings: self.names.spellings(&term).cloned(), ..term }
    }

    /// Replaces the topics in a rule by their rules.
    fn with_topics(&self, expr: Expr) -> Expr {
        match expr {
            Expr::Topic(id) => self.topic_rule(&id).cloned().unwrap_or(Expr::Topic(id)),
            other => other.map_parts(|part| self.with_topics(part)),
        }
    }
}

fn passages_after_the_lead(doc: &Doc) -> impl Iterator<Item = Range<usize>> {
    let from = doc.title_len() + LEAD_WORDS;
    let end = doc.len().min(doc.title_len() + SEARCHED_WORDS);
    (from..end).step_by(PASSAGE_WORDS).map(move |start| start..end.min(start + PASSAGE_WORDS))
}

/// Finds the name most similar to `typed`, if one is similar.
pub fn closest<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Two typing errors, or a third of a long word: a suggestion beyond that misleads.
    let near = (typed.chars().count() / 3).max(2);
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(typed, name), name))
        .filter(|(distance, name)| *distance <= near || (!typed.is_empty() && name.starts_with(typed)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(id: &str, rule: &str) -> Topic {
        Topic { id: id.into(), name: id.into(), rule: rule.into(), attention: None }
    }

    fn vocabulary() -> Vocabulary {
        let topics = [topic("ceasefire", "ceasefire* OR truce"), topic("broken", "topic:ceasefire violat*")];
        let name = |spellings: &[&str]| NamedEntity {
            names: spellings.iter().map(|&spelling| spelling.to_owned()).collect(),
            ..NamedEntity::default()
        };
        let names = vec![name(&["Karabakh", "Карабах", "Dağlıq Qarabağ", "Qarabağ"]), name(&["Qarabağ atları"])];
        let (vocabulary, errors) = Vocabulary::new(&topics, Some("karabakh"), names);
        assert_eq!(errors, []);
        vocabulary
    }

    #[test]
    fn a_name_stands_for_its_spellings_unless_exact() {
        let doc = Doc::new("Перемирие в Карабах", "");
        assert!(eval::matches(&vocabulary().compile("karabakh").unwrap(), &doc));
        assert!(!eval::matches(&vocabulary().compile("=karabakh").unwrap(), &doc));
        let phrase = Doc::new("Dağlıq Qarabağ", "");
        assert!(eval::matches(&vocabulary().compile("title:Карабах").unwrap(), &phrase));
    }

    #[test]
    fn names_are_found_in_every_language_and_the_longer_one_counts() {
        let vocabulary = vocabulary();
        let named = |title: &str, text: &str, language: &str| -> Vec<(u32, Range<usize>)> {
            let doc = Doc::new(title, text).in_language(Some(language));
            vocabulary.names_in(&doc).into_iter().map(|named| (named.set, named.words)).collect()
        };
        assert_eq!(named("Бои в Карабахе", "", "ru"), [(0, 2..3)]);
        assert_eq!(named("Dağlıq Qarabağda döyüşlər", "Qarabağ atları", "az"), [(0, 0..2), (1, 3..5)]);
        assert_eq!(named("Dağlıq", "Qarabağ", "az"), [(0, 1..2)]);
        assert!(named("Nothing here", "", "en").is_empty());
    }

    #[test]
    fn every_spelling_of_a_place_finds_its_time_zone() {
        let place = |spellings: &[&str], time_zone: Option<&str>| NamedEntity {
            names: spellings.iter().map(|&spelling| spelling.to_owned()).collect(),
            time_zone: time_zone.map(str::to_owned),
            ..NamedEntity::default()
        };
        let places = vec![place(&["Baku", "Bakı", "Баку"], Some("Asia/Baku")), place(&["Karabakh"], None)];
        let (vocabulary, _) = Vocabulary::new(&[], None, places);
        for (typed, expected) in [
            ("Baku", Some("Asia/Baku")),
            (" BAKI ", Some("Asia/Baku")),
            ("баку", Some("Asia/Baku")),
            ("karabakh", None),
            ("Baku and beyond", None),
            ("", None),
        ] {
            assert_eq!(vocabulary.time_zone_of(typed), expected, "{typed}");
        }
    }

    #[test]
    fn topics_build_on_each_other_and_stay_in_scope() {
        let vocabulary = vocabulary();
        let topics = |title: &str, text: &str| vocabulary.find_topics(&Doc::new(title, text));
        assert_eq!(topics("Karabakh truce violated", ""), ["ceasefire", "broken"]);
        assert!(topics("Libya truce", "").is_empty());
    }

    #[test]
    fn a_mention_in_the_background_is_no_topic() {
        let vocabulary = vocabulary();
        let topics = |title: &str, text: &str| vocabulary.find_topics(&Doc::new(title, text));
        let words = |count: usize| "word ".repeat(count);
        assert!(topics("Diary", &format!("Karabakh {} truce", words(300))).is_empty());
        assert_eq!(topics("Diary", &format!("Karabakh {} truce", words(90))), ["ceasefire"]);
        let twice = format!("Karabakh {} truce {} truce", words(200), words(100));
        assert_eq!(topics("Diary", &twice), ["ceasefire"]);
        let close = format!("Karabakh {} truce truce", words(335));
        assert!(topics("Diary", &close).is_empty());
        let late = format!("Karabakh {} truce {} truce", words(650), words(100));
        assert!(topics("Diary", &late).is_empty());
    }

    #[test]
    fn an_unknown_topic_is_reported_with_a_similar_one() {
        let error = vocabulary().compile("topic:ceasefire Karabakh topic:ceasfire").unwrap_err();
        assert_eq!((&error.rule[error.span.clone()], error.span.start), ("ceasfire", 31));
        assert!(error.to_string().contains("did you mean \"ceasefire\"?"), "{error}");
    }

    #[test]
    fn a_topic_with_a_fault_is_omitted() {
        let (vocabulary, errors) = Vocabulary::new(&[topic("bad", "(a"), topic("good", "a")], None, Vec::new());
        assert_eq!(errors.len(), 1);
        assert_eq!(vocabulary.topics().map(|topic| topic.id.as_str()).collect::<Vec<_>>(), ["good"]);
    }
}
