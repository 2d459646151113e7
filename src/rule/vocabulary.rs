//! What a conflict profile adds to the language: topics, and names with their other spellings.

use std::collections::HashMap;

use super::analysis::{self, Doc};
use super::eval;
use super::grammar::{Expr, Fault, Field, RuleError, Term, parse_with_topics};
use crate::model::Topic;

/// Words of an article's text, after its title, in which a topic is looked for. What an article is about stands in
/// its title and first paragraphs; a topic that comes up only at the end is background.
const TOPIC_WORDS: usize = 200;

/// The topics and aliases of a conflict profile, ready for use.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    topics: Vec<(Topic, Expr)>,
    scope: Option<Expr>,
    /// From the words of a name to all names of its set.
    aliases: HashMap<Vec<String>, Vec<Vec<String>>>,
}

/// A fault in a profile's rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {error}")]
pub struct VocabularyError {
    /// Which rule it is: `conflict.scope`, or the topic's id.
    pub place: String,
    /// What is wrong with it.
    pub error: RuleError,
}

impl Vocabulary {
    /// Compiles a profile's aliases, the scope within which its topics apply, and its topics. A topic with a fault is
    /// left out and reported beside the rest.
    pub fn new(topics: &[Topic], scope: Option<&str>, aliases: &[Vec<String>]) -> (Self, Vec<VocabularyError>) {
        let mut vocabulary = Self::default();
        let mut errors = Vec::new();
        for names in aliases {
            let names: Vec<Vec<String>> =
                names.iter().map(|name| analysis::words(name)).filter(|words| !words.is_empty()).collect();
            for name in &names {
                vocabulary.aliases.entry(name.clone()).or_insert_with(|| names.clone());
            }
        }
        if let Some(scope) = scope {
            match vocabulary.compile(scope) {
                Ok(expr) => vocabulary.scope = Some(expr),
                Err(error) => errors.push(VocabularyError { place: "conflict.scope".into(), error }),
            }
        }
        for topic in topics {
            // A topic's rule may name the topics before it, which also keeps them from naming each other in a ring.
            match vocabulary.compile(&topic.rule) {
                Ok(expr) => vocabulary.topics.push((topic.clone(), expr)),
                Err(error) => errors.push(VocabularyError { place: format!("topic {}", topic.id), error }),
            }
        }
        (vocabulary, errors)
    }

    /// The topics, in the profile's order.
    pub fn topics(&self) -> impl Iterator<Item = &Topic> {
        self.topics.iter().map(|(topic, _)| topic)
    }

    /// The topic with this id.
    pub fn topic(&self, id: &str) -> Option<&Topic> {
        self.topics().find(|topic| topic.id == id)
    }

    /// The topic that a person means: by its id, or by the name on its button.
    pub fn topic_called(&self, typed: &str) -> Option<&Topic> {
        self.topics().find(|topic| topic.id == typed || topic.name.to_lowercase() == typed)
    }

    /// The rule of the topic with this id, in all spellings.
    pub fn topic_rule(&self, id: &str) -> Option<&Expr> {
        self.topics.iter().find(|(topic, _)| topic.id == id).map(|(_, rule)| rule)
    }

    /// Parses a rule, checks the topics that it names, and lets each name stand for all its spellings.
    ///
    /// # Errors
    /// When the rule has a fault or names a topic that the profile does not have.
    pub fn compile(&self, rule: &str) -> Result<Expr, RuleError> {
        let (expr, topics) = parse_with_topics(rule)?;
        if let Some((name, span)) = topics.into_iter().find(|(name, _)| self.topic(name).is_none()) {
            let topics: Vec<String> = self.topics().map(|topic| topic.id.clone()).collect();
            let similar = closest(&name, topics.iter().map(String::as_str)).map(str::to_owned);
            return Err(RuleError {
                rule: rule.to_owned(),
                span,
                fault: Fault::UnknownTopic { name, similar, topics },
            });
        }
        Ok(self.expand(expr))
    }

    /// The ids of the topics found in an article.
    pub fn find_topics(&self, title: &str, text: &str) -> Vec<String> {
        if self.scope.as_ref().is_some_and(|scope| !eval::matches(scope, &Doc::new(title, text))) {
            return Vec::new();
        }
        let end = analysis::tokens(text).nth(TOPIC_WORDS).map_or(text.len(), |(span, _)| span.start);
        let mut doc = Doc::new(title, &text[..end]);
        for (topic, expr) in &self.topics {
            if eval::matches(expr, &doc) {
                let mut found = doc.topics().to_vec();
                found.push(topic.id.clone());
                doc = doc.about(found);
            }
        }
        doc.topics().to_vec()
    }

    fn expand(&self, expr: Expr) -> Expr {
        match expr {
            Expr::All(parts) => Expr::All(parts.into_iter().map(|part| self.expand(part)).collect()),
            Expr::Any(parts) => Expr::Any(parts.into_iter().map(|part| self.expand(part)).collect()),
            Expr::Not(inner) => Expr::Not(Box::new(self.expand(*inner))),
            Expr::Near { left, right, within } => {
                let all = |terms: Vec<Term>| terms.into_iter().flat_map(|term| self.spellings(term)).collect();
                Expr::Near { left: all(left), right: all(right), within }
            }
            Expr::Term(term) => {
                let mut terms: Vec<Expr> = self.spellings(term).into_iter().map(Expr::Term).collect();
                if terms.len() == 1 { terms.remove(0) } else { Expr::Any(terms) }
            }
            leaf => leaf,
        }
    }

    fn spellings(&self, term: Term) -> Vec<Term> {
        let (Field::Anywhere | Field::Title) = term.field;
        match self.aliases.get(&term.tokens) {
            Some(names) if !term.prefix && !term.exact => names
                .iter()
                .map(|tokens| Term { text: tokens.join(" "), tokens: tokens.clone(), ..term.clone() })
                .collect(),
            _ => vec![term],
        }
    }
}

/// The name that `typed` most likely was meant to be, if one is close.
pub fn closest<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Two slips, or a third of a long word: beyond that a suggestion misleads.
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
        Topic { id: id.into(), name: id.into(), rule: rule.into() }
    }

    fn vocabulary() -> Vocabulary {
        let topics = [topic("ceasefire", "ceasefire* OR truce"), topic("broken", "topic:ceasefire violat*")];
        let aliases = [vec!["Karabakh".to_owned(), "Карабах".to_owned(), "Dağlıq Qarabağ".to_owned()]];
        let (vocabulary, errors) = Vocabulary::new(&topics, Some("karabakh"), &aliases);
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
    fn topics_build_on_each_other_and_stay_in_scope() {
        let vocabulary = vocabulary();
        assert_eq!(vocabulary.find_topics("Karabakh truce violated", ""), ["ceasefire", "broken"]);
        assert!(vocabulary.find_topics("Libya truce", "").is_empty());
        let late = format!("Karabakh {} truce", "word ".repeat(300));
        assert!(vocabulary.find_topics("Diary", &late).is_empty());
    }

    #[test]
    fn an_unknown_topic_is_named_with_the_one_that_was_meant() {
        let error = vocabulary().compile("topic:ceasefire Karabakh topic:ceasfire").unwrap_err();
        assert_eq!((&error.rule[error.span.clone()], error.span.start), ("ceasfire", 31));
        assert!(error.to_string().contains("did you mean \"ceasefire\"?"), "{error}");
    }

    #[test]
    fn a_topic_with_a_fault_leaves_the_others_standing() {
        let (vocabulary, errors) = Vocabulary::new(&[topic("bad", "(a"), topic("good", "a")], None, &[]);
        assert_eq!(errors.len(), 1);
        assert_eq!(vocabulary.topics().map(|topic| topic.id.as_str()).collect::<Vec<_>>(), ["good"]);
    }
}
