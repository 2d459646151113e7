//! Ways to find the rules that an article satisfies.

use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use aho_corasick::automaton::Automaton;
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, MatchError, PatternID};
use anyhow::ensure;
use ceasewire_rules::{Expr, Index, eval};
use ceasewire_testkit::clock::thread_cpu;
use ceasewire_text::{Analysis, Doc};

use crate::workload::{Article, Rule, Term};

/// The number of a rule in the workload.
pub type Number = u32;

/// A way to match rules, with its rules.
pub trait Engine {
    /// Lists the rules that an article satisfies, in any order; from the article's text, so that the tokenisation
    /// counts.
    fn matches(&mut self, article: &Article) -> anyhow::Result<Vec<Number>>;

    /// Reads the CPU time so far of the thread or process that works, where it can be measured.
    fn cpu(&self) -> Option<Duration> {
        Some(thread_cpu())
    }

    /// Returns the bytes of the indexed rules, where they can be measured.
    fn bytes(&self) -> Option<u64> {
        None
    }

    /// Removes these rules one by one and adds them again; `None` for an engine that has to build anew.
    fn change(&mut self, _: &[usize]) -> anyhow::Result<Option<ChangeTimes>> {
        Ok(None)
    }
}

/// The seconds of each change.
#[derive(Default)]
pub struct ChangeTimes {
    pub remove: Vec<f64>,
    pub add: Vec<f64>,
}

impl ChangeTimes {
    /// Records the time of a change.
    pub fn note<T>(to: &mut Vec<f64>, change: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let done = change();
        to.push(started.elapsed().as_secs_f64());
        done
    }
}

/// An article as it is matched.
pub fn doc(analysis: Analysis, article: &Article) -> Doc {
    match analysis {
        Analysis::Full => Doc::new(&article.title, &article.text).in_language(Some("en")),
        Analysis::Plain => Doc::with(analysis, &article.title, &article.text),
    }
}

/// This crate's index.
pub struct Ours {
    analysis: Analysis,
    rules: Rc<[Expr]>,
    index: Index<Number>,
}

impl Ours {
    pub fn new(analysis: Analysis, rules: &Rc<[Expr]>) -> Self {
        let mut index = Index::new(analysis);
        for (number, rule) in (0..).zip(rules.iter()) {
            index.insert(rule, number);
        }
        Self { analysis, rules: Rc::clone(rules), index }
    }
}

impl Engine for Ours {
    fn matches(&mut self, article: &Article) -> anyhow::Result<Vec<Number>> {
        Ok(self.index.matches(&doc(self.analysis, article)).to_vec())
    }

    fn bytes(&self) -> Option<u64> {
        Some(self.index.memory_bytes() as u64).filter(|&bytes| bytes > 0)
    }

    fn change(&mut self, rules: &[usize]) -> anyhow::Result<Option<ChangeTimes>> {
        let mut changes = ChangeTimes::default();
        for &number in rules {
            let rule = &self.rules[number];
            let was_there = ChangeTimes::note(&mut changes.remove, || self.index.remove(rule, number as Number));
            ensure!(was_there, "rule {number} could not be removed");
        }
        ensure!(self.index.len() + rules.len() == self.rules.len(), "the index counts its rules wrongly");
        for &number in rules {
            let rule = &self.rules[number];
            ChangeTimes::note(&mut changes.add, || self.index.insert(rule, number as Number));
        }
        Ok(Some(changes))
    }
}

/// Only the first step of it: the article's words.
pub struct Tokenise(pub Analysis);

impl Engine for Tokenise {
    fn matches(&mut self, article: &Article) -> anyhow::Result<Vec<Number>> {
        std::hint::black_box(doc(self.0, article));
        Ok(Vec::new())
    }
}

/// Only the second step: tokenised articles, looked up in an index of as many rules of the same shapes, whose words no
/// article has.
pub struct LookUp {
    docs: Vec<Doc>,
    index: Index<Number>,
}

impl LookUp {
    pub fn new(analysis: Analysis, rules: &Rc<[Expr]>, articles: &[Article]) -> Self {
        let docs = articles.iter().map(|article| doc(analysis, article)).collect();
        Self { docs, index: Ours::new(analysis, rules).index }
    }

    /// A word that no article has.
    pub fn absent(word: &str) -> String {
        format!("{word}qzx")
    }
}

impl Engine for LookUp {
    fn matches(&mut self, article: &Article) -> anyhow::Result<Vec<Number>> {
        let found = self.index.matches(&self.docs[article.number]);
        ensure!(found.is_empty(), "a rule of words that no article has matches article {}", article.id);
        Ok(found.to_vec())
    }
}

/// Every rule evaluated by the reference, one after the other.
pub struct EveryRule {
    pub analysis: Analysis,
    pub rules: Rc<[Expr]>,
}

impl Engine for EveryRule {
    fn matches(&mut self, article: &Article) -> anyhow::Result<Vec<Number>> {
        let doc = doc(self.analysis, article);
        Ok((0..)
            .zip(self.rules.iter())
            .filter(|(_, rule)| eval::matches(rule, &doc))
            .map(|(number, _)| number)
            .collect())
    }
}

/// Every word of every rule searched in the text, until the rule is decided.
pub struct Substring {
    /// The terms of each rule, as the searched words.
    rules: Vec<Rule>,
}

impl Substring {
    pub fn new(rules: &[Rule]) -> Self {
        let needle = |term: &Term| Term { words: vec![term.padded()], ..*term };
        let needles = |terms: &[Term]| terms.iter().map(needle).collect();
        let prepared = |rule: &Rule| match rule {
            Rule::All { with, without } => Rule::All { with: needles(with), without: needles(without) },
            Rule::Any(terms) => Rule::Any(needles(terms)),
        };
        Self { rules: rules.iter().map(prepared).collect() }
    }
}

impl Engine for Substring {
    fn matches(&mut self, article: &Article) -> anyhow::Result<Vec<Number>> {
        let text = article.padded();
        let holds = |rule: &Rule| rule.holds(|term| text.contains(&term.words[0]));
        Ok((0..).zip(&self.rules).filter(|(_, rule)| holds(rule)).map(|(number, _)| number).collect())
    }
}

/// Marks a filed rule that needs no verification.
const DECIDED: Number = 1 << 31;

/// One automaton that finds all words, phrases and beginnings of words of all rules in one pass. Each rule is filed
/// under that of its terms which the fewest articles have, and verified when that one is found.
pub struct OneAutomaton {
    automaton: NFA,
    /// Rule after rule: how many terms must be there, how many must not, and these terms.
    code: Vec<u32>,
    code_starts: Vec<u32>,
    /// Term after term its filed rules; a mark on those that it alone decides.
    filed: Vec<Number>,
    filed_starts: Vec<u32>,
    /// By term and by rule its last article; articles are counted from 1.
    term_seen: Vec<u32>,
    rule_found: Vec<u32>,
    article: u32,
}

impl OneAutomaton {
    pub fn new(rules: &[Rule], articles: &[Article]) -> anyhow::Result<Self> {
        let mut terms: HashMap<String, u32> = HashMap::new();
        let mut texts = Vec::new();
        let mut number = |term: &Term| {
            let text = term.padded();
            *terms.entry(text).or_insert_with_key(|text| {
                texts.push(text.clone());
                texts.len() as u32 - 1
            })
        };
        let (mut code, mut code_starts) = (Vec::new(), Vec::with_capacity(rules.len()));
        let mut candidates: Vec<Vec<u32>> = Vec::with_capacity(rules.len());
        for rule in rules {
            code_starts.push(code.len() as u32);
            match rule {
                Rule::All { with, without } => {
                    code.extend([with.len() as u32, without.len() as u32]);
                    code.extend(with.iter().chain(without).map(&mut number));
                    candidates.push(code[code.len() - with.len() - without.len()..code.len() - without.len()].to_vec());
                }
                // One term is enough: filed under each of them there is nothing to verify.
                Rule::Any(any) => {
                    code.extend([0, 0]);
                    candidates.push(any.iter().map(&mut number).collect());
                }
            }
        }
        code_starts.push(code.len() as u32);
        let automaton = NFA::new(&texts)?;

        let mut articles_with = vec![0_u32; texts.len()];
        let mut seen = vec![0_u32; texts.len()];
        for (article, count) in articles.iter().zip(1..) {
            each_pattern(&automaton, &article.padded(), |pattern| {
                let term = pattern.as_usize();
                articles_with[term] += u32::from(seen[term] != count);
                seen[term] = count;
            })?;
        }
        let mut by_term: Vec<Vec<Number>> = vec![Vec::new(); texts.len()];
        for ((number, rule), candidates) in (0..).zip(rules).zip(candidates) {
            match rule {
                Rule::Any(_) => candidates.into_iter().for_each(|term| by_term[term as usize].push(number | DECIDED)),
                Rule::All { with, without } => {
                    let mark = if with.len() == 1 && without.is_empty() { DECIDED } else { 0 };
                    let rarest = candidates.into_iter().min_by_key(|&term| articles_with[term as usize]);
                    rarest.into_iter().for_each(|term| by_term[term as usize].push(number | mark));
                }
            }
        }
        let mut filed_starts = vec![0];
        filed_starts.extend(by_term.iter().scan(0, |sum, rules| {
            *sum += rules.len() as u32;
            Some(*sum)
        }));
        Ok(Self {
            automaton,
            code,
            code_starts,
            filed: by_term.concat(),
            filed_starts,
            term_seen: vec![0; texts.len()],
            rule_found: vec![0; rules.len()],
            article: 0,
        })
    }
}

/// Visits every place of every pattern. The crate's own iterator starts anew after each of the many matches.
fn each_pattern(automaton: &NFA, text: &str, mut visit: impl FnMut(PatternID)) -> Result<(), MatchError> {
    let mut state = automaton.start_state(Anchored::No)?;
    for &byte in text.as_bytes() {
        state = automaton.next_state(Anchored::No, state, byte);
        if automaton.is_special(state) && automaton.is_match(state) {
            (0..automaton.match_len(state)).for_each(|index| visit(automaton.match_pattern(state, index)));
        }
    }
    Ok(())
}

impl Engine for OneAutomaton {
    fn matches(&mut self, article: &Article) -> anyhow::Result<Vec<Number>> {
        self.article += 1;
        let mut present = Vec::new();
        each_pattern(&self.automaton, &article.padded(), |pattern| {
            let term = pattern.as_usize();
            if self.term_seen[term] != self.article {
                self.term_seen[term] = self.article;
                present.push(term);
            }
        })?;
        let mut matching = Vec::new();
        let there = |&term: &u32| self.term_seen[term as usize] == self.article;
        for term in present {
            for &rule in &self.filed[self.filed_starts[term] as usize..self.filed_starts[term + 1] as usize] {
                let number = (rule & !DECIDED) as usize;
                let decided = rule & DECIDED != 0 || {
                    let code = &self.code[self.code_starts[number] as usize..self.code_starts[number + 1] as usize];
                    let (with, without) = code[2..].split_at(code[0] as usize);
                    with.iter().all(there) && !without.iter().any(there)
                };
                if decided && self.rule_found[number] != self.article {
                    self.rule_found[number] = self.article;
                    matching.push(rule & !DECIDED);
                }
            }
        }
        Ok(matching)
    }

    fn bytes(&self) -> Option<u64> {
        let tables =
            [&self.code, &self.code_starts, &self.filed, &self.filed_starts, &self.term_seen, &self.rule_found];
        Some((self.automaton.memory_usage() + tables.iter().map(|table| table.len() * 4).sum::<usize>()) as u64)
    }
}
