//! Many rules at once: only those that an article can satisfy are evaluated.
//!
//! Each rule is filed under keys of which at least one must be satisfied for it to match (its anchors): of words that must
//! all occur, under the one that fewest rules are filed under. An article's words select the keys (`lexicon`), the keys
//! the rules. Most rules are decided there and then: a lone word by its key, two words by their anchor and a guard, which
//! is a second key that must be satisfied too, or must not. What is left is evaluated as a short program (`program`).
//! Rules that are equal are kept once, with all their owners. Rules without an anchor, such as a lone regular expression,
//! are evaluated for every article; whoever lets people add rules has to bound how many of those there are.
//!
//! Adding a rule costs some microseconds whatever the number of rules, and nothing is ever built anew. Removing one looks
//! through the rules that are filed under its keys. Words that rules have named stay known until a restart.

mod document_keys;
mod hits;
mod lexicon;
mod patterns;
mod postings;
mod presearch;
mod program;
mod tables;

use std::collections::BTreeMap;
use std::hash::BuildHasher;
use std::ops::Range;

use hashbrown::DefaultHashBuilder;

use super::grammar::Expr;
use ceasewire_text::analysis::{Analysis, Doc};
use ceasewire_text::stem::ArticleLanguage;
use document_keys::Present;
use hits::Hits;
use lexicon::{Key, Lexicon};
use patterns::Patterns;
use postings::{Filed, Filing};
use presearch::Anchor;
use program::Part;
use tables::{Sharded, push_tight};

/// The number of a rule of more than one key.
type Number = u32;

/// Rules with owners of the caller's, ready to be matched.
#[derive(Clone, Debug)]
pub struct Index<K> {
    analysis: Analysis,
    lexicon: Lexicon,
    patterns: Patterns,
    /// By key. Rules that are just a key have no number: what is kept of them is whose they are, and that stands here.
    filed: Vec<Filed<K>>,
    unanchored: Vec<Number>,
    /// By rule, its owner where it has just one.
    owners: Vec<K>,
    /// By rule, where its program stands.
    programs: Vec<u32>,
    code: Vec<u8>,
    /// The owners of the rules that have several, in their order. A tree, since it never stops to grow as a whole.
    shared: BTreeMap<Number, Vec<K>>,
    /// What is free again: places in `code` by length, and numbers of rules.
    free_code: Vec<Vec<u32>>,
    free_numbers: Vec<Number>,
    /// Rules by program.
    equal: Sharded,
    hasher: DefaultHashBuilder,
    len: usize,
    /// What a match uses and leaves clean.
    present: Present,
    hits: Hits<K>,
}

impl<K: Copy + Ord> Default for Index<K> {
    fn default() -> Self {
        Self::new(Analysis::Full)
    }
}

impl<K: Copy + Ord> Index<K> {
    /// An index without rules, for articles whose words are compared as `analysis` says.
    pub fn new(analysis: Analysis) -> Self {
        Self {
            analysis,
            lexicon: Lexicon::new(analysis),
            patterns: Patterns::default(),
            filed: Vec::new(),
            unanchored: Vec::new(),
            owners: Vec::new(),
            programs: Vec::new(),
            code: Vec::new(),
            shared: BTreeMap::new(),
            free_code: Vec::new(),
            free_numbers: Vec::new(),
            equal: Sharded::default(),
            hasher: DefaultHashBuilder::default(),
            len: 0,
            present: Present::default(),
            hits: Hits::default(),
        }
    }

    /// How many rules there are, equal ones of several owners included.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no rules.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many different rules are evaluated for every article, having nothing to be filed under.
    pub fn unanchored(&self) -> usize {
        self.unanchored.len()
    }

    /// Whether any rule asks for a topic, so that an article's topics must be found before it is matched.
    pub fn needs_topics(&self) -> bool {
        self.lexicon.knows_topics()
    }

    /// Bytes that the index holds on the heap, spare room included and compiled regular expressions not.
    pub fn memory_bytes(&self) -> usize {
        let numbers = [&self.unanchored, &self.programs, &self.free_numbers];
        self.lexicon.memory_bytes()
            + self.equal.memory_bytes()
            + self.filed.capacity() * size_of::<Filed<K>>()
            + self.filed.iter().map(Filed::memory_bytes).sum::<usize>()
            + numbers.into_iter().chain(&self.free_code).map(|list| list.capacity() * size_of::<u32>()).sum::<usize>()
            + self.free_code.capacity() * size_of::<Vec<u32>>()
            // A tree's nodes are at least half full.
            + self.shared.len() * 2 * size_of::<(Number, Vec<K>)>()
            + self.shared.values().chain([&self.owners]).map(|list| list.capacity() * size_of::<K>()).sum::<usize>()
            + self.code.capacity()
            + self.present.memory_bytes()
            + self.hits.memory_bytes()
    }

    /// Adds a rule for an owner.
    pub fn insert(&mut self, rule: &Expr, owner: K) {
        let part = self.part(rule);
        self.len += 1;
        if let Part::Key(key) = part {
            self.filed[key as usize].add_lone(owner);
            return;
        }
        let mut code = Vec::new();
        part.encode(&mut code);
        program::for_each_pattern(&code, &mut |pattern| self.patterns.hold(pattern));
        self.patterns.tidy();
        if let Some(rule) = self.find(&code) {
            self.share(rule, owner);
            return;
        }
        let number = self.add_rule(&code, owner);
        match presearch::choose(&part, &|key| self.burden(key)) {
            Some(anchors) => self.file(number, owner, anchors),
            None => self.unanchored.push(number),
        }
    }

    /// Removes a rule of an owner; `false` when there is none such.
    pub fn remove(&mut self, rule: &Expr, owner: K) -> bool {
        let part = self.part(rule);
        let removed = if let Part::Key(key) = part {
            self.filed[key as usize].remove_lone(owner)
        } else {
            let mut code = Vec::new();
            part.encode(&mut code);
            let removed = self.remove_holding(&part, &code, owner);
            if removed {
                program::for_each_pattern(&code, &mut |pattern| self.patterns.let_go(pattern));
            }
            self.patterns.tidy();
            removed
        };
        self.len -= usize::from(removed);
        removed
    }

    fn remove_holding(&mut self, part: &Part, code: &[u8], owner: K) -> bool {
        let Some(rule) = self.find(code) else { return false };
        if self.shared.contains_key(&rule) {
            return self.unshare(rule, owner);
        }
        if self.owners[rule as usize] != owner {
            return false;
        }
        self.equal.remove(self.hasher.hash_one(code), rule);
        program::for_each_key(code, &mut |key| self.filed[key as usize].remove(rule));
        if presearch::choose(part, &|key| self.burden(key)).is_none() {
            self.unanchored.retain(|&other| other != rule);
        }
        if self.free_code.len() <= code.len() {
            self.free_code.resize(code.len() + 1, Vec::new());
        }
        self.free_code[code.len()].push(self.programs[rule as usize]);
        self.free_numbers.push(rule);
        true
    }

    /// The owners of the rules that an article satisfies, one for each, in no order of meaning.
    pub fn matches(&mut self, doc: &Doc) -> &[K] {
        self.matches_within(doc, 0..doc.len())
    }

    /// The owners of the rules that a part of an article satisfies: the words with these numbers.
    pub fn matches_within(&mut self, doc: &Doc, words: Range<usize>) -> &[K] {
        debug_assert_eq!(doc.analysis(), self.analysis, "an article is cut as the index compares");
        self.find_keys(doc, words);
        let mut hits = std::mem::take(&mut self.hits);
        hits.clear(self.owners.len());
        // The beginning of each list is read before any list is gone through: among very many keys each is a wait for
        // memory, and these waits pass together.
        let mut touched = 0;
        let lists = self.present.active().iter().map(|&key| &self.filed[key as usize]);
        let lists: Vec<&Filed<K>> = lists.inspect(|filed| touched ^= filed.touch()).collect();
        std::hint::black_box(touched);
        for filed in lists {
            hits.add_lone(filed.lone());
            for &sure in filed.sure() {
                hits.add(sure, || self.all_owners(sure.filing));
            }
            for (guard, filing) in filed.guarded() {
                if guard.admits(&self.present) {
                    hits.add_pending(filing);
                }
            }
            for (guard, filing) in filed.evaluated() {
                if guard.admits(&self.present) && self.holds(filing.number(), doc) {
                    hits.add_pending(filing);
                }
            }
        }
        for &rule in self.unanchored.iter().filter(|&&rule| self.holds(rule, doc)) {
            hits.add_pending(Filing::new(rule, self.shared.contains_key(&rule)));
        }
        hits.add_owners(&self.owners, |filing| self.all_owners(filing));
        self.hits = hits;
        self.hits.owners()
    }

    fn all_owners(&self, filing: Filing) -> &[K] {
        self.shared.get(&filing.number()).map_or(&[], Vec::as_slice)
    }

    fn holds(&self, rule: Number, doc: &Doc) -> bool {
        program::holds(program(&self.programs, &self.code, rule), &self.present, &self.patterns, doc)
    }

    /// Works out which keys an article's words satisfy.
    fn find_keys(&mut self, doc: &Doc, words: Range<usize>) {
        let (lexicon, present) = (&mut self.lexicon, &mut self.present);
        present.clear(lexicon.len());
        let language = ArticleLanguage::of_tag(Some(doc.language()));
        for number in words {
            let in_title = number < doc.title_len();
            lexicon.look_up(doc.word(number), language, |activation| {
                if activation.in_title() && !in_title {
                    return;
                }
                let key = activation.key();
                let first = present.set(key);
                if first && activation.starts_run() {
                    present.add_start(key);
                }
                if activation.is_positional() {
                    let position = doc.position(number);
                    present.add_place(key, position, position, first);
                }
            });
        }
        present.find_names(lexicon);
        for key in lexicon.facts(doc.sources(), doc.language(), doc.topics()) {
            present.set(key);
        }
    }

    /// A rule over keys, with room for what is filed under them.
    fn part(&mut self, rule: &Expr) -> Part {
        let part = Part::new(rule, &mut self.lexicon, &mut self.patterns);
        while self.filed.len() < self.lexicon.len() {
            push_tight(&mut self.filed, Filed::EMPTY);
        }
        part
    }

    /// The rule with this program.
    fn find(&self, code: &[u8]) -> Option<Number> {
        let (programs, all) = (&self.programs, &self.code);
        self.equal.find(self.hasher.hash_one(code), |rule| program(programs, all, rule) == code)
    }

    fn add_rule(&mut self, code: &[u8], owner: K) -> Number {
        let place = self.add_program(code);
        let number = match self.free_numbers.pop() {
            Some(number) => {
                self.owners[number as usize] = owner;
                self.programs[number as usize] = place;
                number
            }
            None => {
                push_tight(&mut self.owners, owner);
                push_tight(&mut self.programs, place);
                self.owners.len() as u32 - 1
            }
        };
        assert!(number < Filing::NUMBERS, "fewer than two billion rules");
        let (programs, all, hasher) = (&self.programs, &self.code, &self.hasher);
        self.equal.insert(hasher.hash_one(code), number, |number| hasher.hash_one(program(programs, all, number)));
        number
    }

    /// Stores a program and says where.
    fn add_program(&mut self, code: &[u8]) -> u32 {
        if let Some(place) = self.free_code.get_mut(code.len()).and_then(Vec::pop) {
            self.code[place as usize..place as usize + code.len()].copy_from_slice(code);
            return place;
        }
        let place = self.code.len() as u32;
        for &byte in code {
            push_tight(&mut self.code, byte);
        }
        place
    }

    /// Gives a rule one owner more.
    fn share(&mut self, rule: Number, owner: K) {
        let first = self.owners[rule as usize];
        let owners = self.shared.entry(rule).or_insert_with(|| vec![first]);
        // In their order, which is how they mostly come: to find one among very many takes a few steps.
        let place = owners.partition_point(|&other| other < owner);
        if place == owners.len() {
            push_tight(owners, owner)
        } else {
            owners.insert(place, owner)
        }
        if owners.len() == 2 {
            self.mark(Filing::new(rule, true));
        }
    }

    /// Takes one of several owners from a rule; `false` when it is none of them.
    fn unshare(&mut self, rule: Number, owner: K) -> bool {
        let Some(owners) = self.shared.get_mut(&rule) else { return false };
        let Ok(place) = owners.binary_search(&owner) else { return false };
        owners.remove(place);
        if let &mut [last] = owners.as_mut_slice() {
            self.owners[rule as usize] = last;
            self.shared.remove(&rule);
            self.mark(Filing::new(rule, false));
        }
        true
    }

    /// Says at a rule's keys whether it has several owners.
    fn mark(&mut self, filing: Filing) {
        let (rule, owner) = (filing.number(), self.owners[filing.number() as usize]);
        let code = program(&self.programs, &self.code, rule);
        program::for_each_key(code, &mut |key| self.filed[key as usize].mark(filing, owner));
    }

    fn file(&mut self, rule: Number, owner: K, mut anchors: Vec<Anchor>) {
        anchors.sort_unstable_by_key(|anchor| (anchor.key, anchor.guard));
        anchors.dedup_by_key(|anchor| (anchor.key, anchor.guard));
        for anchor in anchors {
            self.filed[anchor.key as usize].add(anchor.left(), anchor.guard, Filing::new(rule, false), owner);
        }
    }

    /// What it costs to file another rule under a key: what it is, and how many there are already, since words that many
    /// rules name are those that many articles contain.
    fn burden(&self, key: Key) -> u64 {
        self.lexicon.burden(key) + self.filed[key as usize].len() as u64 + 1
    }
}

/// The program of a rule.
fn program<'a>(programs: &[u32], code: &'a [u8], rule: Number) -> &'a [u8] {
    let code = &code[programs[rule as usize] as usize..];
    &code[..program::length(code)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    fn index(rules: &[&str]) -> Index<usize> {
        let mut index = Index::default();
        for (number, rule) in rules.iter().enumerate() {
            index.insert(&parse(rule).unwrap(), number);
        }
        index
    }

    impl Index<usize> {
        /// How many different rules of more than one key there are.
        fn equal_rules(&self) -> usize {
            self.owners.len() - self.free_numbers.len()
        }
    }

    #[test]
    fn equal_rules_are_kept_once_with_all_their_owners() {
        let mut index = index(&["truce baku", "baku truce", "(baku baku) truce", "truce", "truce -baku"]);
        assert_eq!((index.len(), index.equal_rules()), (5, 2));
        let mut found = index.matches(&Doc::new("Truce in Baku", "")).to_vec();
        found.sort_unstable();
        assert_eq!(found, [0, 1, 2, 3]);
        assert!(index.remove(&parse("truce baku").unwrap(), 0));
        assert!(!index.remove(&parse("truce baku").unwrap(), 0));
        assert!(index.remove(&parse("baku truce").unwrap(), 2));
        assert_eq!(index.len(), 3);
        let mut found = index.matches(&Doc::new("Truce in Baku", "")).to_vec();
        found.sort_unstable();
        assert_eq!(found, [1, 3]);
    }

    #[test]
    fn a_rule_that_goes_leaves_its_room_to_the_next() {
        let mut index = index(&["shusha truce", "hadrut truce"]);
        let before = (index.code.len(), index.programs.len());
        for round in 2..50 {
            let rule = if round % 2 == 0 { "shusha truce" } else { "hadrut truce" };
            assert!(index.remove(&parse(rule).unwrap(), round - 2));
            index.insert(&parse(rule).unwrap(), round);
        }
        assert_eq!((index.code.len(), index.programs.len()), before);
        assert_eq!(index.matches(&Doc::new("truce in Hadrut", "")).to_vec(), [49]);
    }

    #[test]
    fn a_regular_expression_is_kept_as_long_as_a_rule_has_it() {
        let mut index = index(&["/a/ b", "/a/ b", "/a/ c", "b"]);
        assert_eq!(index.patterns.len(), 1);
        assert!(!index.remove(&parse("/z/ b").unwrap(), 0));
        for (number, rule, left) in [(0, "/a/ b", 1), (1, "/a/ b", 1), (2, "/a/ c", 0)] {
            assert!(index.remove(&parse(rule).unwrap(), number));
            assert_eq!(index.patterns.len(), left, "{rule}");
        }
        index.insert(&parse("/e/ b").unwrap(), 4);
        assert_eq!(index.matches(&Doc::new("b e", "")).to_vec().len(), 2);
    }

    #[test]
    fn only_rules_with_nothing_to_file_them_under_are_tried_on_every_article() {
        for (rule, unanchored) in [
            ("a -b", 0),
            ("a OR b*", 0),
            ("lang:ru", 0),
            ("source:x -a", 0),
            ("/a/ b", 0),
            ("a NEAR/3 (b OR c)", 0),
            ("/a/", 1),
            ("a OR /b/", 1),
        ] {
            assert_eq!(index(&[rule]).unanchored(), unanchored, "{rule}");
        }
    }
}
