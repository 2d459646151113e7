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

mod anchor;
mod filing;
mod hits;
mod lexicon;
mod patterns;
mod present;
mod program;
mod tables;

use std::hash::BuildHasher;
use std::ops::Range;

use hashbrown::DefaultHashBuilder;

use super::analysis::{Analysis, Doc};
use super::grammar::Expr;
use super::stem::ArticleLanguage;
use anchor::Anchor;
use filing::{Filed, Filing, Guard, Left};
use hits::Hits;
use lexicon::{Key, Lexicon};
use patterns::Patterns;
use present::Present;
use program::Part;
use tables::{NONE, Sharded, push_tight};

/// Rules under a key, of all kinds, beside which further holdings of the rule that is just this key are filed one by one;
/// beyond so many they are kept in order instead, where one of them is found in a few steps.
const BESIDE: usize = 4096;

/// The number of a holding: a rule with one of its owners. That of a rule's first owner is the number of the rule.
type Number = u32;

/// Rules with owners of the caller's, ready to be matched.
#[derive(Clone, Debug)]
pub struct Index<K> {
    analysis: Analysis,
    lexicon: Lexicon,
    patterns: Patterns,
    /// By key.
    filed: Vec<Filed>,
    unanchored: Vec<Number>,
    /// By holding.
    owners: Vec<K>,
    /// By rule, where its program stands.
    programs: Vec<u32>,
    code: Vec<u8>,
    /// By rule, the place in `shared` of its further holdings.
    sharing: Vec<u32>,
    /// Further holdings of a rule, ordered by their owners.
    shared: Vec<Vec<Number>>,
    /// What is free again: places in `code` by length, numbers of holdings, and places in `shared`.
    free_code: Vec<Vec<u32>>,
    free_numbers: Vec<Number>,
    free_shared: Vec<u32>,
    /// Rules of more than one key, by program.
    equal: Sharded,
    hasher: DefaultHashBuilder,
    len: usize,
    /// What a match uses and leaves clean.
    present: Present,
    hits: Hits,
}

/// The rules that an article satisfies, with their owners, in the order in which they were added as long as none was
/// removed.
#[derive(Clone, Copy, Debug)]
pub struct Matches<'a, K> {
    numbers: &'a [Number],
    owners: &'a [K],
}

impl<'a, K: Copy> Matches<'a, K> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// The owner of each.
    pub fn iter(&self) -> impl Iterator<Item = K> + use<'a, K> {
        let owners = self.owners;
        self.numbers.iter().map(move |&number| owners[number as usize])
    }

    /// The owners as a list.
    pub fn to_vec(&self) -> Vec<K> {
        self.iter().collect()
    }
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
            sharing: Vec::new(),
            shared: Vec::new(),
            free_code: Vec::new(),
            free_numbers: Vec::new(),
            free_shared: Vec::new(),
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
        let numbers = [&self.unanchored, &self.programs, &self.sharing, &self.free_numbers, &self.free_shared];
        let lists = self.shared.iter().chain(&self.free_code);
        self.lexicon.memory_bytes()
            + self.equal.memory_bytes()
            + self.filed.capacity() * size_of::<Filed>()
            + self.filed.iter().map(Filed::memory_bytes).sum::<usize>()
            + numbers.into_iter().chain(lists).map(|list| list.capacity() * size_of::<u32>()).sum::<usize>()
            + (self.shared.capacity() + self.free_code.capacity()) * size_of::<Vec<u32>>()
            + self.owners.capacity() * size_of::<K>()
            + self.code.capacity()
            + self.present.memory_bytes()
            + self.hits.memory_bytes()
    }

    /// Adds a rule for an owner.
    pub fn insert(&mut self, rule: &Expr, owner: K) {
        let part = self.part(rule);
        let mut code = Vec::new();
        part.encode(&mut code);
        self.len += 1;
        let number = self.add_holding(owner);
        program::for_each_pattern(&code, &mut |pattern| self.patterns.hold(pattern));
        self.patterns.tidy();
        if let Some(rule) = self.find(&part, &code) {
            match part {
                // The rules of one key are read together with what else is filed under it.
                Part::Key(key) if self.filed[key as usize].len() < BESIDE => {
                    self.filed[key as usize].add(Left::Nothing, Guard::NONE, Filing(number));
                    self.filed[key as usize].beside += 1;
                }
                _ => self.share(rule, number),
            }
            return;
        }
        self.programs[number as usize] = self.add_program(&code);
        if let Part::Key(key) = part {
            self.filed[key as usize].alone = number;
        } else {
            let (programs, all, hasher) = (&self.programs, &self.code, &self.hasher);
            self.equal.insert(hasher.hash_one(&code), number, |number| hasher.hash_one(program(programs, all, number)));
        }
        match anchor::choose(&part, &|key| self.burden(key)) {
            Some(anchors) => self.file(number, anchors),
            None => self.unanchored.push(number),
        }
    }

    /// Removes a rule of an owner; `false` when there is none such.
    pub fn remove(&mut self, rule: &Expr, owner: K) -> bool {
        let part = self.part(rule);
        let mut code = Vec::new();
        part.encode(&mut code);
        let removed = self.remove_part(&part, &code, owner);
        if removed {
            self.len -= 1;
            program::for_each_pattern(&code, &mut |pattern| self.patterns.let_go(pattern));
        }
        self.patterns.tidy();
        removed
    }

    fn remove_part(&mut self, part: &Part, code: &[u8], owner: K) -> bool {
        let Some(rule) = self.find(part, code) else { return false };
        if let &Part::Key(key) = part
            && let Some(beside) = self.beside(key, rule, owner)
        {
            // The rule keeps its number, and gets the other's owner where its own goes.
            if self.owners[rule as usize] == owner {
                self.owners[rule as usize] = self.owners[beside as usize];
            }
            self.filed[key as usize].remove(beside);
            self.filed[key as usize].beside -= 1;
            self.free_numbers.push(beside);
            return true;
        }
        if self.sharing[rule as usize] != NONE {
            return self.unshare(rule, owner);
        }
        if self.owners[rule as usize] != owner {
            return false;
        }
        if let &Part::Key(key) = part {
            self.filed[key as usize].alone = NONE;
        } else {
            self.equal.remove(self.hasher.hash_one(code), rule);
        }
        program::for_each_key(code, &mut |key| self.filed[key as usize].remove(rule));
        if anchor::choose(part, &|key| self.burden(key)).is_none() {
            self.unanchored.retain(|&other| other != rule);
        }
        if self.free_code.len() <= code.len() {
            self.free_code.resize(code.len() + 1, Vec::new());
        }
        self.free_code[code.len()].push(self.programs[rule as usize]);
        self.free_numbers.push(rule);
        true
    }

    /// The rules that an article satisfies.
    pub fn matches(&mut self, doc: &Doc) -> Matches<'_, K> {
        self.matches_within(doc, 0..doc.len())
    }

    /// The rules that a part of an article satisfies: the words with these numbers.
    pub fn matches_within(&mut self, doc: &Doc, words: Range<usize>) -> Matches<'_, K> {
        debug_assert_eq!(doc.analysis(), self.analysis, "an article is cut as the index compares");
        self.find_keys(doc, words);
        let mut hits = std::mem::take(&mut self.hits);
        hits.make_room(self.programs.len());
        // The first rule of each list is read before any list is gone through: among very many keys each is a wait for
        // memory, and these waits pass together.
        let mut touched = 0;
        let lists = self.present.active().iter().map(|&key| &self.filed[key as usize]);
        let lists: Vec<&Filed> =
            lists.filter(|filed| filed.first().inspect(|word| touched ^= word).is_some()).collect();
        std::hint::black_box(touched);
        for filed in lists {
            for filing in filed.sure() {
                hits.add(filing, true);
            }
            for (guard, filing) in filed.guarded() {
                hits.add(filing, guard.admits(&self.present));
            }
            for (guard, filing) in filed.evaluated() {
                hits.add(filing, guard.admits(&self.present) && self.holds(filing.number(), doc));
            }
        }
        for &rule in self.unanchored.iter().filter(|&&rule| self.holds(rule, doc)) {
            let shared = if self.sharing[rule as usize] == NONE { 0 } else { Filing::SHARED };
            hits.add(Filing(rule | shared), true);
        }
        hits.add_further(|rule| &self.shared[self.sharing[rule as usize] as usize]);
        hits.list();
        self.hits = hits;
        Matches { numbers: self.hits.numbers(), owners: &self.owners }
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

    /// The rule that is kept and equal to this one.
    fn find(&self, part: &Part, code: &[u8]) -> Option<Number> {
        if let Part::Key(key) = part {
            return Some(self.filed[*key as usize].alone).filter(|&number| number != NONE);
        }
        let (programs, all) = (&self.programs, &self.code);
        self.equal.find(self.hasher.hash_one(code), |rule| program(programs, all, rule) == code)
    }

    fn add_holding(&mut self, owner: K) -> Number {
        if let Some(number) = self.free_numbers.pop() {
            self.owners[number as usize] = owner;
            self.programs[number as usize] = NONE;
            self.sharing[number as usize] = NONE;
            return number;
        }
        let number = self.owners.len() as u32;
        assert!(number < Filing::NUMBERS, "fewer than two billion rules");
        push_tight(&mut self.owners, owner);
        push_tight(&mut self.programs, NONE);
        push_tight(&mut self.sharing, NONE);
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

    /// A holding that stands beside the rule of one key: that of `owner`, or any where the rule itself is that owner's.
    fn beside(&self, key: Key, rule: Number, owner: K) -> Option<Number> {
        if self.filed[key as usize].beside == 0 {
            return None;
        }
        let first = self.owners[rule as usize] == owner;
        // Only a holding that is not the first of its rule has no program.
        let sure = self.filed[key as usize].sure().map(Filing::number);
        let mut beside = sure.filter(|&number| self.programs[number as usize] == NONE);
        beside.find(|&number| first || self.owners[number as usize] == owner)
    }

    /// Lets a holding be one more of a rule.
    fn share(&mut self, rule: Number, holding: Number) {
        if self.sharing[rule as usize] == NONE {
            self.sharing[rule as usize] = self.free_shared.pop().unwrap_or_else(|| {
                push_tight(&mut self.shared, Vec::new());
                self.shared.len() as u32 - 1
            });
            self.mark_shared(rule, true);
        }
        let shared = &mut self.shared[self.sharing[rule as usize] as usize];
        // In the order of their owners, which is how they mostly come: to find one among very many takes a few steps.
        let owner = self.owners[holding as usize];
        let place = shared.partition_point(|&other| self.owners[other as usize] < owner);
        if place == shared.len() { push_tight(shared, holding) } else { shared.insert(place, holding) }
    }

    /// Takes one of several owners from a rule; `false` when it is none of them.
    fn unshare(&mut self, rule: Number, owner: K) -> bool {
        let place = self.sharing[rule as usize];
        let shared = &mut self.shared[place as usize];
        let freed = if self.owners[rule as usize] == owner {
            // The rule keeps its number, which is filed in many places, and gets another first owner.
            let Some(last) = shared.pop() else { return false };
            self.owners[rule as usize] = self.owners[last as usize];
            last
        } else {
            match shared.binary_search_by(|&other| self.owners[other as usize].cmp(&owner)) {
                Ok(at) => shared.remove(at),
                Err(_) => return false,
            }
        };
        self.free_numbers.push(freed);
        if shared.is_empty() {
            *shared = Vec::new();
            self.free_shared.push(place);
            self.sharing[rule as usize] = NONE;
            self.mark_shared(rule, false);
        }
        true
    }

    fn mark_shared(&mut self, rule: Number, shared: bool) {
        let code = program(&self.programs, &self.code, rule);
        program::for_each_key(code, &mut |key| self.filed[key as usize].mark_shared(rule, shared));
    }

    fn file(&mut self, rule: Number, mut anchors: Vec<Anchor>) {
        anchors.sort_unstable_by_key(|anchor| (anchor.key, anchor.guard));
        anchors.dedup_by_key(|anchor| (anchor.key, anchor.guard));
        for anchor in anchors {
            self.filed[anchor.key as usize].add(anchor.left(), anchor.guard, Filing(rule));
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
    use crate::rule::parse;

    fn index(rules: &[&str]) -> Index<usize> {
        let mut index = Index::default();
        for (number, rule) in rules.iter().enumerate() {
            index.insert(&parse(rule).unwrap(), number);
        }
        index
    }

    impl Index<usize> {
        /// How many different rules there are.
        fn equal_rules(&self) -> usize {
            self.len - self.shared.iter().map(Vec::len).sum::<usize>()
        }
    }

    #[test]
    fn equal_rules_are_kept_once_with_all_their_owners() {
        let mut index = index(&["truce baku", "baku truce", "(baku baku) truce", "truce", "truce -baku"]);
        assert_eq!((index.len(), index.equal_rules()), (5, 3));
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
