//! Many rules at once: only those that an article can satisfy are evaluated.
//!
//! Each rule is filed under keys of which at least one must be satisfied for it to match (its anchors): of words that must
//! all occur, under the one that fewest rules are filed under. An article's words select the keys ([`lexicon`]), the keys
//! the rules. Most rules are decided there and then: a lone word by its key, two words by their anchor and a guard, which
//! is a second key that must be satisfied too, or must not. What is left is evaluated as a short program ([`program`]).
//! Rules that are equal are kept once, with all their owners. Rules without an anchor, such as a lone regular expression,
//! are evaluated for every article; whoever lets people add rules has to bound how many of those there are.
//!
//! Adding and removing a rule costs some microseconds whatever the number of rules; nothing is ever built anew.

mod lexicon;
mod present;
mod program;
mod tables;

use std::hash::BuildHasher;
use std::ops::Range;

use hashbrown::DefaultHashBuilder;

use super::analysis::{Analysis, Doc};
use super::grammar::{Expr, Pattern};
use super::stem::ArticleLanguage;
use lexicon::{Key, Lexicon};
use present::Present;
use program::Part;
use tables::{NONE, Sharded, push_tight};

/// The number of a rule that is kept.
type RuleNumber = u32;

/// Rules with owners of the caller's, ready to be matched.
#[derive(Clone, Debug)]
pub struct Index<K> {
    analysis: Analysis,
    lexicon: Lexicon,
    patterns: Vec<Pattern>,
    /// By key.
    filed: Vec<Filed<K>>,
    unanchored: Vec<RuleNumber>,
    /// By rule, where its program stands.
    programs: Vec<u32>,
    code: Vec<u8>,
    /// Places in `code` that are free again, by length.
    free_code: Vec<Vec<u32>>,
    free_rules: Vec<RuleNumber>,
    /// By rule.
    owners: Vec<Owners<K>>,
    /// Owners beyond the first.
    more_owners: Vec<Vec<K>>,
    free_more: Vec<u32>,
    /// Rules of more than one key, by program.
    equal: Sharded,
    hasher: DefaultHashBuilder,
    len: usize,
    /// What a match uses and leaves clean.
    present: Present,
    hits: Hits<K>,
}

/// The rules that an article has been found to satisfy.
#[derive(Clone, Debug)]
struct Hits<K> {
    /// The first owners; those from `count` on are of meaning no more.
    owners: Vec<K>,
    count: usize,
    /// The rules with further owners, likewise.
    shared: Vec<RuleNumber>,
    shared_count: usize,
    /// A bit a rule: those under several anchors that are among the hits.
    repeated: Vec<u64>,
}

impl<K> Default for Hits<K> {
    fn default() -> Self {
        Self { owners: Vec::new(), count: 0, shared: Vec::new(), shared_count: 0, repeated: Vec::new() }
    }
}

impl<K: Copy> Hits<K> {
    /// Makes it empty, with room for so many rules.
    fn clear(&mut self, rules: usize) {
        self.count = 0;
        self.shared_count = 0;
        self.repeated.fill(0);
        if self.repeated.len() < rules / 64 + 1 {
            self.repeated.resize(rules / 64 + rules / 512 + 64, 0);
        }
    }

    /// Adds those of the rules that are `satisfied` and not among the hits yet. Each is written down before it is known
    /// whether it counts: a jump that cannot be foreseen costs more than a write.
    fn add(&mut self, rules: &[Filing<K>], satisfied: impl Fn(&Filing<K>) -> bool) {
        let Some(first) = rules.first() else { return };
        self.make_room(rules.len(), first.owner);
        if self.shared.len() < self.shared_count + rules.len() {
            self.shared.resize((self.shared_count + rules.len()) * 2, NONE);
        }
        for filing in rules {
            let mut hit = satisfied(filing);
            if filing.rule & REPEATED != 0 {
                let (word, bit) = (filing.number() as usize / 64, filing.number() % 64);
                let known = &mut self.repeated[word];
                hit &= *known >> bit & 1 == 0;
                *known |= u64::from(hit) << bit;
            }
            self.owners[self.count] = filing.owner;
            self.count += usize::from(hit);
            self.shared[self.shared_count] = filing.number();
            self.shared_count += usize::from(hit & (filing.rule & SHARED != 0));
        }
    }

    fn extend(&mut self, owners: &[K]) {
        let Some(&first) = owners.first() else { return };
        self.make_room(owners.len(), first);
        self.owners[self.count..self.count + owners.len()].copy_from_slice(owners);
        self.count += owners.len();
    }

    /// Makes room for more owners; any one fills it.
    fn make_room(&mut self, more: usize, any: K) {
        if self.owners.len() < self.count + more {
            self.owners.resize((self.count + more) * 2, any);
        }
    }

    fn memory_bytes(&self) -> usize {
        self.owners.capacity() * size_of::<K>()
            + self.shared.capacity() * size_of::<RuleNumber>()
            + self.repeated.capacity() * size_of::<u64>()
    }
}

/// What is filed under a key.
#[derive(Clone, Debug)]
struct Filed<K> {
    /// The rule that is just this key.
    alone: RuleNumber,
    /// Where, among the rules, those begin of which the guard, and then those of which the program is left to decide: each
    /// kind is gone through in a loop of its own, whose way the processor can foresee.
    guarded_from: u32,
    evaluated_from: u32,
    rules: Vec<Filing<K>>,
}

impl<K: Copy> Filed<K> {
    const EMPTY: Self = Self { alone: NONE, guarded_from: 0, evaluated_from: 0, rules: Vec::new() };

    /// The rules by what is left to decide.
    fn parts(&self) -> [&[Filing<K>]; 3] {
        let (sure, rest) = self.rules.split_at(self.guarded_from as usize);
        let (guarded, evaluated) = rest.split_at((self.evaluated_from - self.guarded_from) as usize);
        [sure, guarded, evaluated]
    }

    fn add(&mut self, left: Left, filing: Filing<K>) {
        push_tight(&mut self.rules, filing);
        let mut place = self.rules.len() - 1;
        // The first of each later kind moves to the end of its kind, and leaves its place.
        if left < Left::Program {
            self.rules.swap(place, self.evaluated_from as usize);
            place = self.evaluated_from as usize;
            self.evaluated_from += 1;
        }
        if left < Left::Guard {
            self.rules.swap(place, self.guarded_from as usize);
            self.guarded_from += 1;
        }
    }

    fn remove(&mut self, mut place: usize) {
        if place < self.guarded_from as usize {
            self.guarded_from -= 1;
            self.rules.swap(place, self.guarded_from as usize);
            place = self.guarded_from as usize;
        }
        if place < self.evaluated_from as usize {
            self.evaluated_from -= 1;
            self.rules.swap(place, self.evaluated_from as usize);
            place = self.evaluated_from as usize;
        }
        self.rules.swap_remove(place);
    }
}

/// A rule under one of its anchors, with what decides most rules at hand: among a million of them each look elsewhere would
/// miss the processor's caches.
#[derive(Clone, Copy, Debug)]
struct Filing<K> {
    guard: Guard,
    /// The rule, with flags above it.
    rule: u32,
    /// The rule's first owner.
    owner: K,
}

/// What must hold besides the anchor: nothing, or that a key is, or is not, satisfied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Guard(u32);

impl Guard {
    const NONE: Self = Self(NONE);
    const ABSENT: u32 = 1 << 31;

    fn present(key: Key) -> Self {
        Self(key)
    }

    fn absent(key: Key) -> Self {
        Self(key | Self::ABSENT)
    }

    fn admits(self, present: &Present) -> bool {
        self == Self::NONE || present.has(self.0 & !Self::ABSENT) == (self.0 & Self::ABSENT == 0)
    }
}

/// The rule is filed under other keys too.
const REPEATED: u32 = 1 << 31;
/// The rule has further owners.
const SHARED: u32 = 1 << 30;
const RULE: u32 = SHARED - 1;

impl<K> Filing<K> {
    fn number(&self) -> RuleNumber {
        self.rule & RULE
    }
}

/// What is left to decide once an anchor is satisfied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Left {
    /// Nothing.
    Nothing,
    /// The guard.
    Guard,
    /// The guard, and then the program.
    Program,
}

#[derive(Clone, Copy, Debug)]
struct Owners<K> {
    first: K,
    /// Place of the others in `more_owners`.
    more: u32,
}

/// A key of which one must be satisfied, with a guard; `complete` when both together decide the rule.
#[derive(Clone, Copy, Debug)]
struct Anchor {
    key: Key,
    guard: Guard,
    complete: bool,
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
            patterns: Vec::new(),
            filed: Vec::new(),
            unanchored: Vec::new(),
            programs: Vec::new(),
            code: Vec::new(),
            free_code: Vec::new(),
            free_rules: Vec::new(),
            owners: Vec::new(),
            more_owners: Vec::new(),
            free_more: Vec::new(),
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

    /// Bytes that the index holds on the heap, spare room included.
    pub fn memory_bytes(&self) -> usize {
        self.lexicon.memory_bytes()
            + self.equal.memory_bytes()
            + self.filed.capacity() * size_of::<Filed<K>>()
            + self.filed.iter().map(|filed| filed.rules.capacity() * size_of::<Filing<K>>()).sum::<usize>()
            + (self.unanchored.capacity() + self.programs.capacity()) * size_of::<u32>()
            + self.code.capacity()
            + self.free_code.iter().map(|free| free.capacity() * size_of::<u32>()).sum::<usize>()
            + (self.free_rules.capacity() + self.free_more.capacity()) * size_of::<u32>()
            + self.owners.capacity() * size_of::<Owners<K>>()
            + self.more_owners.capacity() * size_of::<Vec<K>>()
            + self.more_owners.iter().map(|more| more.capacity() * size_of::<K>()).sum::<usize>()
            + self.present.memory_bytes()
            + self.hits.memory_bytes()
    }

    /// Adds a rule for an owner.
    pub fn insert(&mut self, rule: &Expr, owner: K) {
        let part = self.part(rule);
        self.len += 1;
        if let Some(number) = self.find(&part) {
            self.add_owner(number, owner);
            return;
        }
        let mut code = Vec::new();
        part.encode(&mut code);
        let number = self.add_rule(&code, owner);
        if let Part::Key(key) = part {
            self.filed[key as usize].alone = number;
        } else {
            let hash = self.hasher.hash_one(&code);
            let (programs, all, hasher) = (&self.programs, &self.code, &self.hasher);
            self.equal.insert(hash, number, |number| hasher.hash_one(program_of(programs, all, number)));
        }
        match self.anchors(&part) {
            Some(anchors) => self.file(number, owner, anchors),
            None => self.unanchored.push(number),
        }
    }

    /// Removes a rule of an owner; `false` when there is none such.
    pub fn remove(&mut self, rule: &Expr, owner: K) -> bool {
        let part = self.part(rule);
        let Some(number) = self.find(&part) else { return false };
        let Some(left) = self.remove_owner(number, owner) else { return false };
        self.len -= 1;
        if left {
            return true;
        }
        let code = program_of(&self.programs, &self.code, number);
        if let Part::Key(key) = part {
            self.filed[key as usize].alone = NONE;
        } else {
            self.equal.remove(self.hasher.hash_one(code), number);
        }
        let filed = &mut self.filed;
        program::for_each_key(code, &mut |key| {
            let filed = &mut filed[key as usize];
            while let Some(place) = filed.rules.iter().position(|filing| filing.number() == number) {
                filed.remove(place);
            }
        });
        self.unanchored.retain(|&other| other != number);
        self.free_rule(number);
        true
    }

    /// The owners of the rules that an article satisfies, one for each rule, in no order.
    pub fn matches(&mut self, doc: &Doc) -> &[K] {
        self.matches_within(doc, 0..doc.len())
    }

    /// The same for a part of an article: the words with these numbers.
    pub fn matches_within(&mut self, doc: &Doc, words: Range<usize>) -> &[K] {
        debug_assert_eq!(doc.analysis(), self.analysis, "an article is cut as the index compares");
        self.find_keys(doc, words);
        let mut hits = std::mem::take(&mut self.hits);
        hits.clear(self.programs.len());
        // The first rule of each list is read before any list is gone through: among very many keys each is a wait for
        // memory, and these waits pass together.
        let mut touched = 0;
        let lists = self.present.active().iter().map(|&key| &self.filed[key as usize]);
        let lists = lists.filter(|filed| filed.rules.first().inspect(|first| touched ^= first.rule).is_some());
        let lists: Vec<&Filed<K>> = lists.collect();
        std::hint::black_box(touched);
        for filed in lists {
            let [sure, guarded, evaluated] = filed.parts();
            hits.add(sure, |_| true);
            hits.add(guarded, |filing| filing.guard.admits(&self.present));
            for filing in evaluated {
                if filing.guard.admits(&self.present) && self.holds(filing.number(), doc) {
                    hits.add(std::slice::from_ref(filing), |_| true);
                }
            }
        }
        for place in 0..hits.shared_count {
            hits.extend(self.more_owners_of(hits.shared[place]));
        }
        for &number in self.unanchored.iter().filter(|&&number| self.holds(number, doc)) {
            hits.extend(std::slice::from_ref(&self.owners[number as usize].first));
            hits.extend(self.more_owners_of(number));
        }
        self.hits = hits;
        &self.hits.owners[..self.hits.count]
    }

    fn more_owners_of(&self, number: RuleNumber) -> &[K] {
        match self.owners[number as usize].more {
            NONE => &[],
            more => &self.more_owners[more as usize],
        }
    }

    fn holds(&self, number: RuleNumber, doc: &Doc) -> bool {
        let code = program_of(&self.programs, &self.code, number);
        program::holds(code, &self.present, &self.patterns, doc)
    }

    /// Works out which keys an article's words satisfy.
    fn find_keys(&mut self, doc: &Doc, words: Range<usize>) {
        let (lexicon, present) = (&mut self.lexicon, &mut self.present);
        present.clear(lexicon.len());
        let language = ArticleLanguage::of_tag(Some(doc.language()));
        for number in words {
            let in_title = number < doc.title_len();
            for activation in lexicon.look_up(doc.word(number), language) {
                let activation = lexicon.activation(activation);
                if activation.in_title() && !in_title {
                    continue;
                }
                let key = activation.key();
                if present.set(key) && activation.starts_run() {
                    present.add_start(key);
                }
                if activation.is_positional() {
                    let position = doc.position(number);
                    present.add_place(key, position, position);
                }
            }
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
    fn find(&self, part: &Part) -> Option<RuleNumber> {
        if let Part::Key(key) = part {
            return Some(self.filed[*key as usize].alone).filter(|&number| number != NONE);
        }
        let mut code = Vec::new();
        part.encode(&mut code);
        let (programs, all) = (&self.programs, &self.code);
        self.equal.find(self.hasher.hash_one(&code), |number| program_of(programs, all, number) == code)
    }

    fn add_rule(&mut self, code: &[u8], owner: K) -> RuleNumber {
        let place = match self.free_code.get_mut(code.len()).and_then(Vec::pop) {
            Some(place) => {
                self.code[place as usize..place as usize + code.len()].copy_from_slice(code);
                place
            }
            None => {
                let place = self.code.len() as u32;
                for &word in code {
                    push_tight(&mut self.code, word);
                }
                place
            }
        };
        let owners = Owners { first: owner, more: NONE };
        if let Some(number) = self.free_rules.pop() {
            self.programs[number as usize] = place;
            self.owners[number as usize] = owners;
            return number;
        }
        let number = self.programs.len() as u32;
        assert!(number < RULE, "fewer than half a billion different rules");
        push_tight(&mut self.programs, place);
        push_tight(&mut self.owners, owners);
        number
    }

    fn free_rule(&mut self, number: RuleNumber) {
        let place = self.programs[number as usize];
        let length = program::length(&self.code[place as usize..]);
        if self.free_code.len() <= length {
            self.free_code.resize(length + 1, Vec::new());
        }
        self.free_code[length].push(place);
        self.free_rules.push(number);
    }

    fn add_owner(&mut self, number: RuleNumber, owner: K) {
        let owners = &mut self.owners[number as usize];
        if owners.more == NONE {
            owners.more = match self.free_more.pop() {
                Some(place) => place,
                None => {
                    push_tight(&mut self.more_owners, Vec::new());
                    self.more_owners.len() as u32 - 1
                }
            };
            self.each_filing(number, |filing| filing.rule |= SHARED);
        }
        let owners = self.owners[number as usize];
        let more = &mut self.more_owners[owners.more as usize];
        // In order, which is how owners mostly come: to find one among very many takes a few steps.
        let place = more.partition_point(|other| *other < owner);
        if place == more.len() { push_tight(more, owner) } else { more.insert(place, owner) }
    }

    /// Removes an owner and says whether others are left; `None` when it is none of the owners.
    fn remove_owner(&mut self, number: RuleNumber, owner: K) -> Option<bool> {
        let owners = &mut self.owners[number as usize];
        if owners.more == NONE {
            return (owners.first == owner).then_some(false);
        }
        let more = &mut self.more_owners[owners.more as usize];
        if owners.first == owner {
            owners.first = more.pop()?;
        } else {
            let place = more.binary_search(&owner).ok()?;
            more.remove(place);
        }
        let alone = more.is_empty();
        if alone {
            *more = Vec::new();
            self.free_more.push(std::mem::replace(&mut owners.more, NONE));
        }
        let first = owners.first;
        self.each_filing(number, |filing| {
            filing.owner = first;
            filing.rule &= if alone { !SHARED } else { u32::MAX };
        });
        Some(true)
    }

    /// Changes what stands under each anchor of a rule.
    fn each_filing(&mut self, number: RuleNumber, change: impl Fn(&mut Filing<K>)) {
        let code = program_of(&self.programs, &self.code, number);
        let filed = &mut self.filed;
        program::for_each_key(code, &mut |key| {
            let rules = &mut filed[key as usize].rules;
            rules.iter_mut().filter(|filing| filing.number() == number).for_each(&change);
        });
    }

    fn file(&mut self, number: RuleNumber, owner: K, mut anchors: Vec<Anchor>) {
        anchors.sort_unstable_by_key(|anchor| (anchor.key, anchor.guard.0));
        anchors.dedup_by_key(|anchor| (anchor.key, anchor.guard));
        let repeated = if anchors.len() > 1 { REPEATED } else { 0 };
        for anchor in anchors {
            let left = match (anchor.complete, anchor.guard) {
                (false, _) => Left::Program,
                (true, Guard::NONE) => Left::Nothing,
                (true, _) => Left::Guard,
            };
            let filing = Filing { guard: anchor.guard, rule: number | repeated, owner };
            self.filed[anchor.key as usize].add(left, filing);
        }
    }

    /// Anchors of which an article must satisfy at least one to satisfy the rule; `None` where there are none such.
    fn anchors(&self, part: &Part) -> Option<Vec<Anchor>> {
        match part {
            Part::Key(key) => Some(vec![Anchor { key: *key, guard: Guard::NONE, complete: true }]),
            Part::Run(keys) => {
                let anchor = *keys.iter().min_by_key(|&&key| self.burden(key))?;
                let guard = keys.iter().filter(|&&key| key != anchor).min_by_key(|&&key| self.burden(key));
                let guard = guard.map_or(Guard::NONE, |&key| Guard::present(key));
                Some(vec![Anchor { key: anchor, guard, complete: false }])
            }
            Part::Near { left, right, .. } => {
                let side = |parts: &[Part]| -> Option<Vec<Anchor>> {
                    let parts = parts.iter().map(|part| self.anchors(part)).collect::<Option<Vec<_>>>()?;
                    Some(parts.concat())
                };
                let sides = [side(left), side(right)].into_iter().flatten();
                let mut chosen = sides.min_by_key(|anchors| self.burdens(anchors))?;
                chosen.iter_mut().for_each(|anchor| anchor.complete = false);
                Some(chosen)
            }
            Part::Any(parts) => {
                let parts = parts.iter().map(|part| self.anchors(part)).collect::<Option<Vec<_>>>()?;
                Some(parts.concat())
            }
            Part::All(parts) => {
                let (number, mut chosen) = parts
                    .iter()
                    .enumerate()
                    .filter_map(|(number, part)| Some((number, self.anchors(part)?)))
                    .min_by_key(|(_, anchors)| self.burdens(anchors))?;
                let others = parts.iter().enumerate().filter(|(other, _)| *other != number).map(|(_, part)| part);
                let guard = others
                    .filter_map(|part| match part {
                        Part::Key(key) => Some((self.burden(*key), Guard::present(*key))),
                        Part::Not(inner) => match **inner {
                            // A word is rarely there, so that its absence rules out little.
                            Part::Key(key) => Some((u64::MAX, Guard::absent(key))),
                            _ => None,
                        },
                        _ => None,
                    })
                    .min_by_key(|(burden, _)| *burden)
                    .map(|(_, guard)| guard);
                for anchor in &mut chosen {
                    match guard {
                        Some(guard) if anchor.guard == Guard::NONE => {
                            anchor.guard = guard;
                            anchor.complete &= parts.len() == 2;
                        }
                        _ => anchor.complete = false,
                    }
                }
                Some(chosen)
            }
            Part::Not(_) | Part::Pattern(_) => None,
        }
    }

    fn burdens(&self, anchors: &[Anchor]) -> u64 {
        anchors.iter().map(|anchor| self.burden(anchor.key)).sum()
    }

    /// What it costs to file another rule under a key: what it is, and how many there are already, since words that many
    /// rules name are those that many articles contain.
    fn burden(&self, key: Key) -> u64 {
        self.lexicon.burden(key) + self.filed[key as usize].rules.len() as u64 + 1
    }
}

fn program_of<'a>(programs: &[u32], code: &'a [u8], number: RuleNumber) -> &'a [u8] {
    let code = &code[programs[number as usize] as usize..];
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

    #[test]
    fn equal_rules_are_kept_once_with_all_their_owners() {
        let mut index = index(&["truce baku", "baku truce", "(baku baku) truce", "truce", "truce -baku"]);
        assert_eq!((index.len(), index.programs.len()), (5, 3));
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
        assert_eq!(index.matches(&Doc::new("truce in Hadrut", "")), [49]);
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
