//! Many rules at once: only those that an article can satisfy are evaluated.
//!
//! Each rule is filed under words of which at least one must occur for it to match (its anchors). An article's words
//! then select the candidates. A rule without anchors, such as a lone prefix, is a candidate for every article.

use std::collections::HashMap;

use super::analysis::Doc;
use super::eval;
use super::grammar::{Expr, Term};

/// Rules with keys of the caller's, ready to be matched.
#[derive(Clone, Debug)]
pub struct Index<K> {
    rules: Vec<(K, Expr)>,
    anchored: HashMap<Anchor, Vec<u32>>,
    unanchored: Vec<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Anchor {
    Word(String),
    Source(String),
    Topic(String),
}

impl<K> Default for Index<K> {
    fn default() -> Self {
        Self { rules: Vec::new(), anchored: HashMap::new(), unanchored: Vec::new() }
    }
}

impl<K> Index<K> {
    /// Adds a rule under a key.
    pub fn insert(&mut self, key: K, rule: Expr) {
        let number = u32::try_from(self.rules.len()).expect("fewer rules than u32 counts");
        match anchors(&rule) {
            Some(mut anchors) => {
                anchors.sort_unstable();
                anchors.dedup();
                for anchor in anchors {
                    self.anchored.entry(anchor).or_default().push(number);
                }
            }
            None => self.unanchored.push(number),
        }
        self.rules.push((key, rule));
    }

    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there are no rules.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The keys of the rules that an article satisfies, in the order in which the rules were added.
    pub fn matches(&self, doc: &Doc) -> Vec<&K> {
        let words = doc.words().map(|word| Anchor::Word(word.to_owned()));
        let sources = doc.sources().iter().map(|source| Anchor::Source(source.clone()));
        let topics = doc.topics().iter().map(|topic| Anchor::Topic(topic.clone()));
        let mut candidates = self.unanchored.clone();
        for anchor in words.chain(sources).chain(topics) {
            candidates.extend(self.anchored.get(&anchor).into_iter().flatten());
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates
            .into_iter()
            .map(|number| &self.rules[number as usize])
            .filter(|(_, rule)| eval::matches(rule, doc))
            .map(|(key, _)| key)
            .collect()
    }
}

/// Anchors of which an article must have at least one to satisfy the rule; `None` where there are none such.
fn anchors(expr: &Expr) -> Option<Vec<Anchor>> {
    match expr {
        // One part's anchors are enough: the fewest, and among those the longest words, which are the rarest.
        Expr::All(parts) => parts.iter().filter_map(anchors).min_by_key(|anchors| {
            let shortest = anchors.iter().map(Anchor::weight).min().unwrap_or(0);
            (anchors.len(), usize::MAX - shortest)
        }),
        Expr::Any(parts) => parts.iter().map(anchors).collect::<Option<Vec<_>>>().map(|parts| parts.concat()),
        Expr::Not(_) | Expr::Language(_) => None,
        Expr::Term(term) => term_anchor(term).map(|anchor| vec![anchor]),
        Expr::Near { left, right, .. } => {
            let side = |terms: &[Term]| terms.iter().map(term_anchor).collect::<Option<Vec<_>>>();
            side(left).or_else(|| side(right))
        }
        Expr::Source(name) => Some(vec![Anchor::Source(name.clone())]),
        Expr::Topic(name) => Some(vec![Anchor::Topic(name.clone())]),
    }
}

fn term_anchor(term: &Term) -> Option<Anchor> {
    let whole = if term.prefix { term.tokens.len() - 1 } else { term.tokens.len() };
    term.tokens[..whole].iter().max_by_key(|word| word.len()).map(|word| Anchor::Word(word.clone()))
}

impl Anchor {
    fn weight(&self) -> usize {
        match self {
            Self::Word(word) => word.len(),
            // An outlet or a topic selects far more articles than a word does.
            Self::Source(_) | Self::Topic(_) => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rule::parse;

    /// Rules over few words, so that they often match.
    fn rule() -> impl Strategy<Value = String> {
        let word = prop::sample::select(vec![
            "a",
            "b",
            "c",
            "d",
            "ab",
            "a*",
            "\"a b\"",
            "title:a",
            "source:s",
            "topic:t",
            "a NEAR/2 b",
        ]);
        let leaf = word.prop_map(str::to_owned);
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("({})", parts.join(" "))),
                prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("({})", parts.join(" OR "))),
                inner.prop_map(|part| format!("-({part})")),
            ]
        })
    }

    fn article() -> impl Strategy<Value = Doc> {
        let text = || prop::collection::vec(prop::sample::select(vec!["a", "b", "c", "d", "ab", "x"]), 0..8);
        (text(), text(), any::<bool>(), any::<bool>()).prop_map(|(title, text, source, topic)| {
            Doc::new(&title.join(" "), &text.join(" "))
                .from_source(source.then_some("s"), None)
                .about(topic.then(|| "t".to_owned()).into_iter().collect())
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn the_index_finds_what_evaluating_every_rule_finds(
            rules in prop::collection::vec(rule(), 1..20),
            docs in prop::collection::vec(article(), 1..5),
        ) {
            let parsed: Vec<Expr> = rules.iter().filter_map(|rule| parse(rule).ok()).collect();
            let mut index = Index::default();
            for (number, expr) in parsed.iter().enumerate() {
                index.insert(number, expr.clone());
            }
            for doc in &docs {
                let every: Vec<usize> = (0..parsed.len()).filter(|&n| eval::matches(&parsed[n], doc)).collect();
                let found: Vec<usize> = index.matches(doc).into_iter().copied().collect();
                prop_assert_eq!(found, every);
            }
        }

        #[test]
        fn the_normal_form_parses_back_to_an_equal_rule(rule in rule(), docs in prop::collection::vec(article(), 5)) {
            if let Ok(expr) = parse(&rule) {
                let normal = expr.to_string();
                let again = parse(&normal).expect("a normal form parses");
                prop_assert_eq!(again.to_string(), normal);
                for doc in &docs {
                    prop_assert_eq!(eval::matches(&expr, doc), eval::matches(&again, doc));
                }
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(rule in "\\PC*") {
            if let Ok(expr) = parse(&rule) {
                let normal = expr.to_string();
                prop_assert_eq!(parse(&normal).map(|again| again.to_string()), Ok(normal));
            }
        }
    }
}
