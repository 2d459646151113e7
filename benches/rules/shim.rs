//! The index as the benchmark and the fuzz targets call it, over the one that there is.

use std::collections::BTreeSet;

use ceasewire::rule::{self, Doc, Expr};

/// How words are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Analysis {
    /// By stem and spelling.
    Full,
    /// Whole folded words.
    Plain,
}

/// Rules with keys, ready to be matched.
pub struct Index<K> {
    rules: rule::Index<K>,
    removed: BTreeSet<K>,
}

impl<K: Copy + Ord> Index<K> {
    pub fn new(_: Analysis) -> Self {
        Self { rules: rule::Index::default(), removed: BTreeSet::new() }
    }

    /// Adds a rule; one that was removed before comes back.
    pub fn insert(&mut self, rule: &Expr, key: K) {
        if !self.removed.remove(&key) {
            self.rules.insert(key, rule.clone());
        }
    }

    pub fn remove(&mut self, _: &Expr, key: K) -> bool {
        self.removed.insert(key)
    }

    pub fn len(&self) -> usize {
        self.rules.len() - self.removed.len()
    }

    pub fn matches(&mut self, doc: &Doc) -> Vec<K> {
        self.rules.matches(doc).into_iter().copied().filter(|key| !self.removed.contains(key)).collect()
    }

    /// Nothing is known of it.
    pub fn memory_bytes(&self) -> usize {
        0
    }
}

/// An article whose words are compared whole.
pub fn plain(title: &str, text: &str) -> Doc {
    Doc::new(title, text)
}
