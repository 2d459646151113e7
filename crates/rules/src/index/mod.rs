//! Matches many rules at once, and evaluates only the rules that a document can satisfy.
//!
//! Each rule is posted under its presearch terms: keys of which every matching document has at least one (`presearch`).
//! Of words that must all occur, the one with the fewest rules is chosen. A document's words select its keys
//! (`lexicon`), and the keys select the rules (`postings`). Most rules need no evaluation: a presearch term decides a
//! rule of one word, and a term with a prefilter, which is a second key that must be present or absent, a rule of two.
//! The other rules are evaluated as short programs (`program`). Equal rules are stored once, with all their owners.
//! Rules without a presearch term, such as a lone regular expression, are evaluated for every document; a caller that
//! accepts rules from others must bound their number.
//!
//! Evaluation is bounded in steps, the same ones on every machine. A program that takes many of them waits for the
//! cheaper ones, and is cut off at last ([`Index::cut_off`]). Regular expressions cost most: [`Index::matches`] bounds
//! them for all rules together, [`Index::matches_of_words`] leaves them to the caller.
//!
//! An insertion takes some microseconds for any number of rules, and never rebuilds the index. A removal searches
//! the posting lists of the rule's keys. Keys are never removed.

mod atoms;
mod collector;
mod document_keys;
mod key;
mod lexicon;
mod patterns;
mod postings;
mod presearch;
mod program;
mod tables;
mod word_cache;

use std::collections::BTreeMap;
use std::hash::BuildHasher;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use hashbrown::DefaultHashBuilder;

use super::grammar::Expr;
use crate::budget::{CutOff, StepBudget};
use crate::pattern_search::PatternSearch;
use ceasewire_text::analysis::{Analysis, Doc};
use collector::MatchCollector;
use document_keys::DocumentKeys;
use key::{KeyId, TermCost};
use lexicon::KeyLexicon;
use patterns::PatternTable;
use postings::{Posting, PostingList};
use presearch::PresearchTerm;
use program::{Clause, PatternCondition, Truth};
use tables::{ShardedTable, push_tight};

/// The number of a rule of more than one key.
type RuleNumber = u32;

/// Steps that the programs of all rules may take for one document, without regular expressions: some 50 ms.
const DOCUMENT_STEPS: u64 = 20_000_000;
/// Steps of a program at first, and later, if it is still without an answer.
const FIRST_STEPS: u64 = 1_000;
const LATER_STEPS: [u64; 3] = [16_000, 256_000, 4_000_000];
/// Steps that [`Index::matches`] takes for the regular expressions of all rules.
const PATTERN_STEPS: u64 = 50_000_000;

/// Rules of many owners, ready to be matched against documents. `K` identifies an owner; an owner may have many rules.
///
/// ```
/// use ceasewire_rules::{Doc, Index, parse};
///
/// let mut index = Index::default();
/// index.insert(&parse("ceasefire -football")?, "Anahit");
/// index.insert(&parse("(shusha OR lachin) NEAR/5 captured")?, "Leyla");
///
/// let doc = Doc::new("Ceasefires hold", "Both sides report a quiet night.");
/// assert_eq!(index.matches(&doc), ["Anahit"]);
/// # Ok::<(), ceasewire_rules::RuleError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Index<K> {
    analysis: Analysis,
    lexicon: KeyLexicon,
    patterns: PatternTable,
    /// By key. A rule of one key has no number and no program: its posting list holds its owners.
    postings: Vec<PostingList<K>>,
    /// Rules without a presearch term.
    always_evaluated: Vec<RuleNumber>,
    /// By rule its owner, the first one of a shared rule.
    owners: Vec<K>,
    /// By rule the beginning of its program in `code`.
    programs: Vec<u32>,
    code: Vec<u8>,
    /// The owners of shared rules, sorted. A tree, since it grows without copying itself.
    shared: BTreeMap<RuleNumber, Vec<K>>,
    /// By length the places in `code` that removed programs left.
    free_code: Vec<Vec<u32>>,
    free_numbers: Vec<RuleNumber>,
    /// Rules by their program.
    by_program: ShardedTable,
    hasher: DefaultHashBuilder,
    len: usize,
    /// Buffers of a match, reused by the next one.
    document_keys: DocumentKeys,
    collector: MatchCollector<K>,
    /// Rules that the last match left without an answer.
    cut_off: usize,
    /// Rules whose evaluation panicked in the last match.
    broken: Vec<Posting>,
}

/// The matches that the words of a document decide, of [`Index::matches_of_words`].
#[derive(Debug)]
pub struct WordMatches<'i, K> {
    /// The owners of the rules that match, one for each rule, in no particular order.
    pub owners: &'i [K],
    /// The rules that regular expressions decide.
    pub undecided: Vec<UndecidedRule<K>>,
    /// The number of rules without an answer, since their evaluation takes too many steps.
    pub cut_off: usize,
    /// The owners of rules without an answer, since their evaluation panicked: a fault of this crate.
    pub broken: Vec<K>,
}

/// A rule that regular expressions decide for a document.
#[derive(Clone, Debug)]
pub struct UndecidedRule<K> {
    /// The owners of the rule.
    pub owners: Vec<K>,
    condition: PatternCondition,
}

impl<K> UndecidedRule<K> {
    /// Replaces each owner, or drops it; `None` if no owner remains.
    pub fn filter_map_owners<L>(self, owner: impl FnMut(K) -> Option<L>) -> Option<UndecidedRule<L>> {
        let owners: Vec<L> = self.owners.into_iter().filter_map(owner).collect();
        (!owners.is_empty()).then_some(UndecidedRule { owners, condition: self.condition })
    }

    /// Returns whether the rule matches the document of the search, which must be the one that left it undecided.
    ///
    /// # Errors
    /// Fails if the search needs more steps than the budget has.
    pub fn matches(&self, search: &mut PatternSearch<'_>, steps: &mut StepBudget) -> Result<bool, CutOff> {
        self.condition.holds(search, steps)
    }
}

/// The evaluation of programs against one document.
struct Evaluation {
    /// The remaining steps for all of them.
    steps: StepBudget,
    /// Rules that need more steps than they had. They are evaluated after the others, again and again with more steps:
    /// a rule waits only for rules that cost less.
    costly: Vec<Posting>,
    undecided: Vec<(Posting, PatternCondition)>,
    broken: Vec<Posting>,
}

impl Evaluation {
    fn new() -> Self {
        Self { steps: StepBudget::new(DOCUMENT_STEPS), costly: Vec::new(), undecided: Vec::new(), broken: Vec::new() }
    }
}

impl<K: Copy + Ord> Default for Index<K> {
    fn default() -> Self {
        Self::new(Analysis::Full)
    }
}

impl<K: Copy + Ord> Index<K> {
    /// Creates an empty index for documents with this analysis.
    pub fn new(analysis: Analysis) -> Self {
        Self {
            analysis,
            lexicon: KeyLexicon::new(analysis),
            patterns: PatternTable::default(),
            postings: Vec::new(),
            always_evaluated: Vec::new(),
            owners: Vec::new(),
            programs: Vec::new(),
            code: Vec::new(),
            shared: BTreeMap::new(),
            free_code: Vec::new(),
            free_numbers: Vec::new(),
            by_program: ShardedTable::default(),
            hasher: DefaultHashBuilder::default(),
            len: 0,
            document_keys: DocumentKeys::default(),
            collector: MatchCollector::default(),
            cut_off: 0,
            broken: Vec::new(),
        }
    }

    /// Returns the number of rules; a rule of several owners counts once for each of them.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Returns whether the index has no rules.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns the number of different rules without a presearch term: the index evaluates them for every document.
    pub fn always_evaluated(&self) -> usize {
        self.always_evaluated.len()
    }

    /// Returns whether any rule asks for a topic, so that a document needs its topics before it is matched.
    pub fn needs_topics(&self) -> bool {
        self.lexicon.has_topics()
    }

    /// Returns an estimate of the bytes on the heap, in constant time. A removal does not lower it, since keys stay and
    /// the places of programs are only used again: a caller whose rules change for ever builds a new index once the
    /// estimate has multiplied.
    pub fn footprint(&self) -> usize {
        const KEY_BYTES: usize = 128;
        self.lexicon.len() * KEY_BYTES + self.code.len() + self.owners.len() * (size_of::<K>() + size_of::<u32>())
    }

    /// Returns the bytes on the heap, with spare room and without compiled regular expressions.
    pub fn memory_bytes(&self) -> usize {
        let numbers = [&self.always_evaluated, &self.programs, &self.free_numbers];
        self.lexicon.memory_bytes()
            + self.by_program.memory_bytes()
            + self.postings.capacity() * size_of::<PostingList<K>>()
            + self.postings.iter().map(PostingList::memory_bytes).sum::<usize>()
            + numbers.into_iter().chain(&self.free_code).map(|list| list.capacity() * size_of::<u32>()).sum::<usize>()
            + self.free_code.capacity() * size_of::<Vec<u32>>()
            // The nodes of a B-tree are at least half full.
            + self.shared.len() * 2 * size_of::<(RuleNumber, Vec<K>)>()
            + self.shared.values().chain([&self.owners]).map(|list| list.capacity() * size_of::<K>()).sum::<usize>()
            + self.code.capacity()
            + self.document_keys.memory_bytes()
            + self.collector.memory_bytes()
    }

    /// Adds a rule of an owner.
    pub fn insert(&mut self, rule: &Expr, owner: K) {
        let clause = self.compile(rule);
        self.len += 1;
        if let Clause::Key(key) = clause {
            self.postings[key as usize].add_single_key(owner);
            return;
        }
        let mut code = Vec::new();
        clause.encode(&mut code);
        program::for_each_pattern(&code, &mut |pattern| self.patterns.acquire(pattern));
        self.patterns.drop_unused();
        if let Some(rule) = self.find(&code) {
            self.add_owner(rule, owner);
            return;
        }
        let number = self.add_rule(&code, owner);
        match presearch::choose(&clause, &|key| self.cost(key)) {
            Some(terms) => self.post(number, owner, terms),
            None => self.always_evaluated.push(number),
        }
    }

    /// Removes a rule of an owner; `false` if the owner has no such rule.
    pub fn remove(&mut self, rule: &Expr, owner: K) -> bool {
        let clause = self.compile(rule);
        let removed = if let Clause::Key(key) = clause {
            self.postings[key as usize].remove_single_key(owner)
        } else {
            let mut code = Vec::new();
            clause.encode(&mut code);
            let removed = self.remove_program(&clause, &code, owner);
            if removed {
                program::for_each_pattern(&code, &mut |pattern| self.patterns.release(pattern));
            }
            self.patterns.drop_unused();
            removed
        };
        self.len -= usize::from(removed);
        removed
    }

    fn remove_program(&mut self, clause: &Clause, code: &[u8], owner: K) -> bool {
        let Some(rule) = self.find(code) else { return false };
        if self.shared.contains_key(&rule) {
            return self.remove_owner(rule, owner);
        }
        if self.owners[rule as usize] != owner {
            return false;
        }
        self.by_program.remove(self.hasher.hash_one(code), rule);
        program::for_each_key(code, &mut |key| self.postings[key as usize].remove(rule));
        if presearch::choose(clause, &|key| self.cost(key)).is_none() {
            self.always_evaluated.retain(|&other| other != rule);
        }
        if self.free_code.len() <= code.len() {
            self.free_code.resize(code.len() + 1, Vec::new());
        }
        self.free_code[code.len()].push(self.programs[rule as usize]);
        self.free_numbers.push(rule);
        true
    }

    /// Returns the owners of the rules that a document satisfies, one for each rule, in no particular order.
    ///
    /// `&mut` because a match reuses buffers and caches words.
    pub fn matches(&mut self, doc: &Doc) -> &[K] {
        self.matches_within(doc, 0..doc.len())
    }

    /// Returns the owners of the rules that the words with these numbers satisfy. Regular expressions still search the
    /// whole document.
    pub fn matches_within(&mut self, doc: &Doc, words: Range<usize>) -> &[K] {
        self.match_all(doc, words, &mut StepBudget::new(PATTERN_STEPS))
    }

    /// As [`Self::matches`], with a budget for the regular expressions of several documents. Rules beyond it do not
    /// match, and count in [`Self::cut_off`].
    pub fn matches_bounded(&mut self, doc: &Doc, patterns: &mut StepBudget) -> &[K] {
        self.match_all(doc, 0..doc.len(), patterns)
    }

    fn match_all(&mut self, doc: &Doc, words: Range<usize>, patterns: &mut StepBudget) -> &[K] {
        let undecided = self.collect_matches(doc, words);
        let mut search = PatternSearch::new(doc);
        for (posting, condition) in undecided {
            match condition.holds(&mut search, patterns) {
                Ok(true) => self.collector.add_pending(posting),
                Ok(false) => {}
                Err(CutOff) => self.cut_off += 1,
            }
        }
        self.resolve_owners();
        self.collector.owners()
    }

    /// Matches a document as far as its words decide: the rules that regular expressions decide are returned as they
    /// are, so that the caller bounds the search for each owner.
    pub fn matches_of_words(&mut self, doc: &Doc) -> WordMatches<'_, K> {
        let undecided = self.collect_matches(doc, 0..doc.len());
        self.resolve_owners();
        let owners = |posting: Posting| match posting.is_shared() {
            true => self.all_owners(posting).to_vec(),
            false => vec![self.owners[posting.rule() as usize]],
        };
        let rule = |(posting, condition)| UndecidedRule { owners: owners(posting), condition };
        let undecided = undecided.into_iter().map(rule).collect();
        let broken = self.broken.iter().flat_map(|&posting| owners(posting)).collect();
        WordMatches { owners: self.collector.owners(), undecided, cut_off: self.cut_off, broken }
    }

    /// Returns the number of rules that the last match left without an answer, since their evaluation takes too many
    /// steps. They do not match.
    pub fn cut_off(&self) -> usize {
        self.cut_off
    }

    /// Collects the matching rules, and returns the rules that regular expressions decide.
    fn collect_matches(&mut self, doc: &Doc, words: Range<usize>) -> Vec<(Posting, PatternCondition)> {
        debug_assert_eq!(doc.analysis(), self.analysis, "the index and the document use one analysis");
        self.collect_keys(doc, words);
        let mut collector = std::mem::take(&mut self.collector);
        collector.clear(self.owners.len());
        // Reads the beginning of every list before it reads any list: with very many keys each beginning is a cache
        // miss, and these misses overlap.
        let mut touched = 0;
        let lists = self.document_keys.satisfied().iter().map(|&key| &self.postings[key as usize]);
        let lists: Vec<&PostingList<K>> = lists.inspect(|list| touched ^= list.prefetch()).collect();
        std::hint::black_box(touched);
        let mut evaluation = Evaluation::new();
        for list in lists {
            collector.add_single_key(list.single_key());
            for &decided in list.decided() {
                collector.add(decided, || self.all_owners(decided.posting));
            }
            for (prefilter, posting) in list.prefiltered() {
                if prefilter.admits(&self.document_keys) {
                    collector.add_pending(posting);
                }
            }
            for (prefilter, posting) in list.evaluated() {
                if prefilter.admits(&self.document_keys) && collector.is_first_try(posting) {
                    self.evaluate(posting, FIRST_STEPS, &mut evaluation, &mut collector);
                }
            }
        }
        for &rule in &self.always_evaluated {
            let posting = Posting::new(rule, self.shared.contains_key(&rule));
            self.evaluate(posting, FIRST_STEPS, &mut evaluation, &mut collector);
        }
        for steps in LATER_STEPS {
            for posting in std::mem::take(&mut evaluation.costly) {
                self.evaluate(posting, steps, &mut evaluation, &mut collector);
            }
        }
        self.collector = collector;
        self.cut_off = evaluation.costly.len();
        self.broken = evaluation.broken;
        evaluation.undecided
    }

    /// Evaluates a rule's program within a number of steps.
    fn evaluate(&self, posting: Posting, steps: u64, evaluation: &mut Evaluation, collector: &mut MatchCollector<K>) {
        let allowed = steps.min(evaluation.steps.left());
        let mut budget = StepBudget::new(allowed);
        // One broken rule must not keep the others from their answers. The program changes nothing but its budget.
        let evaluated = catch_unwind(AssertUnwindSafe(|| self.evaluate_program(posting.rule(), &mut budget)));
        match evaluated {
            Ok(Ok((Truth::False, _))) => {}
            Ok(Ok((Truth::True, _))) => collector.add_pending(posting),
            Ok(Ok((Truth::Undecided, condition))) => {
                evaluation.undecided.extend(condition.map(|condition| (posting, condition)));
            }
            Ok(Err(CutOff)) => evaluation.costly.push(posting),
            Err(_) => evaluation.broken.push(posting),
        }
        evaluation.steps.charge(allowed - budget.left());
    }

    /// Evaluates a rule's program, and returns the condition that regular expressions decide.
    fn evaluate_program(
        &self,
        rule: RuleNumber,
        steps: &mut StepBudget,
    ) -> Result<(Truth, Option<PatternCondition>), CutOff> {
        let code = program(&self.programs, &self.code, rule);
        match program::holds(code, &self.document_keys, steps)? {
            Truth::Undecided => {
                let condition = program::undecided_part(code, &self.document_keys, &self.patterns, steps)?;
                Ok((Truth::Undecided, condition))
            }
            truth => Ok((truth, None)),
        }
    }

    fn resolve_owners(&mut self) {
        let mut collector = std::mem::take(&mut self.collector);
        collector.resolve_owners(&self.owners, |posting| self.all_owners(posting));
        self.collector = collector;
    }

    /// The owners of a shared rule.
    fn all_owners(&self, posting: Posting) -> &[K] {
        self.shared.get(&posting.rule()).map_or(&[], Vec::as_slice)
    }

    /// Fills `document_keys` with the keys of the words and of the document's attributes.
    fn collect_keys(&mut self, doc: &Doc, words: Range<usize>) {
        let (lexicon, keys) = (&mut self.lexicon, &mut self.document_keys);
        keys.clear(lexicon.len());
        let language = doc.article_language();
        for number in words {
            let in_title = number < doc.title_len();
            lexicon.look_up(doc.word(number), language, |satisfied| {
                if satisfied.in_title() && !in_title {
                    return;
                }
                let key = satisfied.key();
                let first = keys.insert(key);
                if first && satisfied.starts_name() {
                    keys.add_name_start(key);
                }
                if satisfied.is_positional() {
                    let position = doc.position(number);
                    keys.add_occurrence(key, position, position, first);
                }
            });
        }
        keys.add_names(lexicon);
        for key in lexicon.attribute_keys(doc.sources(), doc.language(), doc.topics()) {
            keys.insert(key);
        }
    }

    /// Replaces the words of a rule by keys and makes a posting list for every new key.
    fn compile(&mut self, rule: &Expr) -> Clause {
        let clause = Clause::new(rule, &mut self.lexicon, &mut self.patterns);
        while self.postings.len() < self.lexicon.len() {
            push_tight(&mut self.postings, PostingList::EMPTY);
        }
        clause
    }

    /// Finds the rule with a program.
    fn find(&self, code: &[u8]) -> Option<RuleNumber> {
        let (programs, all) = (&self.programs, &self.code);
        self.by_program.find(self.hasher.hash_one(code), |rule| program(programs, all, rule) == code)
    }

    fn add_rule(&mut self, code: &[u8], owner: K) -> RuleNumber {
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
        assert!(number < Posting::MAX_RULES, "fewer than two billion rules");
        let (programs, all, hasher) = (&self.programs, &self.code, &self.hasher);
        self.by_program.insert(hasher.hash_one(code), number, |number| hasher.hash_one(program(programs, all, number)));
        number
    }

    /// Stores a program and returns its beginning in `code`.
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

    /// Adds an owner to a rule.
    fn add_owner(&mut self, rule: RuleNumber, owner: K) {
        let first = self.owners[rule as usize];
        let owners = self.shared.entry(rule).or_insert_with(|| vec![first]);
        // Sorted, so that removal is a binary search. Most owners come in order, which makes this an append.
        let place = owners.partition_point(|&other| other < owner);
        if place == owners.len() {
            push_tight(owners, owner)
        } else {
            owners.insert(place, owner)
        }
        if owners.len() == 2 {
            self.update_postings(Posting::new(rule, true));
        }
    }

    /// Removes an owner of a shared rule; `false` if the rule has no such owner.
    fn remove_owner(&mut self, rule: RuleNumber, owner: K) -> bool {
        let Some(owners) = self.shared.get_mut(&rule) else { return false };
        let Ok(place) = owners.binary_search(&owner) else { return false };
        owners.remove(place);
        if let &mut [last] = owners.as_mut_slice() {
            self.owners[rule as usize] = last;
            self.shared.remove(&rule);
            self.update_postings(Posting::new(rule, false));
        }
        true
    }

    /// Writes the shared flag and the first owner of a rule to the posting lists of its keys.
    fn update_postings(&mut self, posting: Posting) {
        let (rule, owner) = (posting.rule(), self.owners[posting.rule() as usize]);
        let code = program(&self.programs, &self.code, rule);
        program::for_each_key(code, &mut |key| self.postings[key as usize].update_owner(posting, owner));
    }

    /// Posts a rule under its presearch terms.
    fn post(&mut self, rule: RuleNumber, owner: K, mut terms: Vec<PresearchTerm>) {
        terms.sort_unstable_by_key(|term| (term.key, term.prefilter));
        terms.dedup_by_key(|term| (term.key, term.prefilter));
        for term in terms {
            let list = &mut self.postings[term.key as usize];
            list.add(term.remaining_check(), term.prefilter, Posting::new(rule, false), owner);
        }
    }

    /// The cost of a key as a presearch term: its kind, and the length of its posting list, since words in many rules
    /// are in many documents too.
    fn cost(&self, key: KeyId) -> TermCost {
        self.lexicon.cost(key) + self.postings[key as usize].len() as TermCost + 1
    }
}

/// The program of a rule.
fn program<'a>(programs: &[u32], code: &'a [u8], rule: RuleNumber) -> &'a [u8] {
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
        /// The number of different rules of more than one key.
        fn numbered_rules(&self) -> usize {
            self.owners.len() - self.free_numbers.len()
        }
    }

    #[test]
    fn equal_rules_are_stored_once_with_all_their_owners() {
        let mut index = index(&["truce baku", "baku truce", "(baku baku) truce", "truce", "truce -baku"]);
        assert_eq!((index.len(), index.numbered_rules()), (5, 2));
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
    fn a_removed_rule_leaves_its_place_to_the_next() {
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
    fn an_unused_regular_expression_is_dropped() {
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
    fn only_rules_without_presearch_term_are_always_evaluated() {
        for (rule, always_evaluated) in [
            ("a -b", 0),
            ("a OR b*", 0),
            ("lang:ru", 0),
            ("source:x -a", 0),
            ("/a/ b", 0),
            ("a NEAR/3 (b OR c)", 0),
            ("/a/", 1),
            ("a OR /b/", 1),
        ] {
            assert_eq!(index(&[rule]).always_evaluated(), always_evaluated, "{rule}");
        }
    }

    #[test]
    fn costly_rules_are_cut_off_and_the_others_match() {
        // Each word is everywhere, and yet no two of them are neighbours.
        let text: String = (0..24_000).map(|number| format!("and w{} ", number % 8)).collect();
        let doc = Doc::new("", &format!("Shusha was captured. {text}"));
        let sides = || (0..8).flat_map(|one| (one + 1..8).map(move |other| format!("(w{one} OR w{other})")));
        let pairs = sides().flat_map(|left| sides().map(move |right| format!("{left} NEAR/1 {right}")));
        let pairs: Vec<String> = pairs.collect();
        let mut index = Index::default();
        for (owner, pairs) in pairs.chunks(110).take(3).enumerate() {
            index.insert(&parse(&format!("x{owner} OR {}", pairs.join(" OR "))).unwrap(), owner);
        }
        index.insert(&parse("shusha NEAR/5 captured").unwrap(), 100);
        index.insert(&parse("\"was captured\" and").unwrap(), 101);
        let mut found = index.matches(&doc).to_vec();
        found.sort_unstable();
        assert_eq!(found, [100, 101]);
        assert_eq!(index.cut_off(), 3);
        // A document without the words costs nothing.
        assert_eq!(index.matches(&Doc::new("", "Shusha was captured.")), [100]);
        assert_eq!(index.cut_off(), 0);
    }

    #[test]
    fn a_broken_rule_keeps_no_other_from_its_answer() {
        let mut index = index(&["\"truce in\" baku", "truce -shusha", "(truce OR armistice) NEAR/3 baku"]);
        let doc = Doc::new("Truce in Baku", "");
        assert_eq!(index.matches_of_words(&doc).broken, [0_usize; 0]);
        // The last program lacks its end.
        index.code.truncate(index.code.len() - 1);
        let words = index.matches_of_words(&doc);
        let mut owners = words.owners.to_vec();
        owners.sort_unstable();
        assert_eq!((owners, words.broken), (vec![0, 1], vec![2]));
    }

    #[test]
    fn regular_expressions_are_left_to_the_caller() {
        let mut index =
            index(&["truce", "truce /b.ku/", "truce -/b.ku/", "/b.ku/", "truce moscow /b.ku/", "x OR truce"]);
        let doc = Doc::new("Truce in Baku", "");
        let words = index.matches_of_words(&doc);
        let mut owners = words.owners.to_vec();
        owners.sort_unstable();
        assert_eq!(owners, [0, 5]);
        let mut search = PatternSearch::new(&doc);
        let mut decided: Vec<(usize, bool)> = words
            .undecided
            .iter()
            .map(|rule| (rule.owners[0], rule.matches(&mut search, &mut StepBudget::unlimited()).unwrap()))
            .collect();
        decided.sort_unstable();
        assert_eq!(decided, [(1, true), (2, false), (3, true)]);
        assert!(words.undecided[0].matches(&mut PatternSearch::new(&doc), &mut StepBudget::new(10)).is_err());
    }
}
