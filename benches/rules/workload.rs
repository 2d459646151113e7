//! Articles and rules: the real ones where they lie beside the project, else made ones of the same kind.
//!
//! Both keep to words of ASCII letters and digits, and to a part of the language that every engine can be asked: the
//! benchmark reads rules by itself, so that the other engines owe nothing to the code that they are compared with.

use ceasewire_testkit::random::SplitMix64;
use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, bail, ensure};
use serde::Deserialize;

/// An article.
#[derive(Clone, Debug, Deserialize)]
pub struct Article {
    pub id: String,
    pub title: String,
    pub text: String,
    /// Its place in the workload.
    #[serde(skip)]
    pub number: usize,
}

/// A word, several in a row, or the beginning of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub words: Vec<String>,
    pub prefix: bool,
}

/// A rule in the form of the other engines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// All of the first, none of the second.
    All { with: Vec<Term>, without: Vec<Term> },
    /// One of these.
    Any(Vec<Term>),
}

/// The articles and rules of a run.
pub struct Workload {
    pub articles: Vec<Article>,
    pub rules: Vec<Rule>,
    /// By article id the rules among the first 10,000 that match, as brute force found them elsewhere.
    pub expected: Option<BTreeMap<String, Vec<u32>>>,
    pub origin: String,
}

impl Rule {
    fn read(text: &str) -> anyhow::Result<Self> {
        let mut terms = Vec::new();
        let mut without = Vec::new();
        let mut any = false;
        let mut rest = text.trim();
        while !rest.is_empty() {
            let negative = rest.starts_with('-');
            rest = rest.trim_start_matches('-');
            let (term, after) = match rest.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').context("a quote without an end")?,
                None => rest.split_once(' ').unwrap_or((rest, "")),
            };
            rest = after.trim_start();
            if term == "OR" {
                any = true;
                continue;
            }
            let prefix = term.ends_with('*');
            let words: Vec<String> = term.trim_end_matches('*').split(' ').map(str::to_owned).collect();
            ensure!(words.iter().all(|word| is_plain(word)), "{term:?} is more than plain words");
            if negative { &mut without } else { &mut terms }.push(Term { words, prefix });
        }
        ensure!(!terms.is_empty() && (!any || without.is_empty()), "not a rule of this workload");
        Ok(if any { Self::Any(terms) } else { Self::All { with: terms, without } })
    }

    /// Returns the rule with every word changed.
    pub fn map_words(&self, change: impl Fn(&str) -> String) -> Self {
        let all = |terms: &[Term]| {
            let term = |term: &Term| Term { words: term.words.iter().map(|word| change(word)).collect(), ..*term };
            terms.iter().map(term).collect()
        };
        match self {
            Self::All { with, without } => Self::All { with: all(with), without: all(without) },
            Self::Any(terms) => Self::Any(all(terms)),
        }
    }

    /// Evaluates the rule, given the presence of each word and phrase.
    pub fn holds(&self, mut occurs: impl FnMut(&Term) -> bool) -> bool {
        match self {
            Self::All { with, without } => with.iter().all(&mut occurs) && !without.iter().any(&mut occurs),
            Self::Any(terms) => terms.iter().any(&mut occurs),
        }
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = if self.words.len() > 1 { "\"" } else { "" };
        write!(f, "{quote}{}{}{quote}", self.words.join(" "), if self.prefix { "*" } else { "" })
    }
}

impl Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (terms, without, between) = match self {
            Self::All { with, without } => (with, without.as_slice(), " "),
            Self::Any(terms) => (terms, [].as_slice(), " OR "),
        };
        f.write_str(&terms.iter().map(Term::to_string).collect::<Vec<_>>().join(between))?;
        without.iter().try_for_each(|term| write!(f, " -{term}"))
    }
}

fn is_plain(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The lower-case words of a text.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_ascii_lowercase)
}

impl Article {
    /// The article as ` title \n text `: each word with a blank before and after it.
    pub fn padded(&self) -> String {
        let mut padded = String::with_capacity(self.title.len() + self.text.len() + 8);
        padded.push(' ');
        for (field, end) in [(&self.title, "\n "), (&self.text, "")] {
            for c in field.chars() {
                if c.is_ascii_alphanumeric() {
                    padded.push(c.to_ascii_lowercase());
                } else if !padded.ends_with(' ') {
                    padded.push(' ');
                }
            }
            if !padded.ends_with(' ') {
                padded.push(' ');
            }
            padded.push_str(end);
        }
        padded
    }
}

impl Term {
    /// The term as it stands in [`Article::padded`].
    pub fn padded(&self) -> String {
        format!(" {}{}", self.words.join(" "), if self.prefix { "" } else { " " })
    }
}

impl Workload {
    /// Reads the workload in a folder of data.
    pub fn load(data: &Path, articles: usize, rules: usize) -> anyhow::Result<Self> {
        #[derive(Deserialize)]
        struct RuleLine {
            id: usize,
            rule: String,
        }
        #[derive(Deserialize)]
        struct ExpectedLine {
            article: String,
            rules: Vec<u32>,
        }
        let folder = data.join("rules");
        let mut workload = Self {
            articles: lines(&folder.join("articles.jsonl"), articles)?,
            rules: Vec::with_capacity(rules),
            expected: None,
            origin: "real articles and the rules beside them".into(),
        };
        for (number, line) in lines::<RuleLine>(&folder.join("rules_1M.jsonl"), rules)?.into_iter().enumerate() {
            ensure!(line.id == number, "rule {number} has the id {}", line.id);
            workload.rules.push(Rule::read(&line.rule).with_context(|| format!("rule {number}: {}", line.rule))?);
        }
        if workload.rules.len() < rules {
            bail!("there are {} rules, {rules} were asked for", workload.rules.len());
        }
        let expected = folder.join("expected_10k.jsonl");
        if expected.exists() {
            let lines = lines::<ExpectedLine>(&expected, usize::MAX)?;
            workload.expected = Some(lines.into_iter().map(|line| (line.article, line.rules)).collect());
        }
        Ok(workload.numbered())
    }

    /// Makes a workload of made-up words, always the same one.
    pub fn made(articles: usize, rules: usize) -> Self {
        let mut random = SplitMix64(0x5eed);
        let vocabulary = vocabulary(&mut random);
        // In articles the word of rank r stands about 1/r as often as the first. People ask for the rarer ones: in
        // rules popularity falls much more slowly.
        let (written, wanted) = (Zipf::new(vocabulary.len(), 1.0), Zipf::new(vocabulary.len(), 0.1));
        let run = |random: &mut SplitMix64, count: usize| {
            (0..count).map(|_| vocabulary[written.draw(random)].as_str()).collect::<Vec<_>>().join(" ")
        };
        let article = |number: usize, random: &mut SplitMix64| {
            let (title, text) = (6 + random.below(8), 300 + random.below(301));
            Article { id: number.to_string(), title: run(random, title), text: run(random, text), number }
        };
        let articles: Vec<Article> = (0..articles).map(|number| article(number, &mut random)).collect();
        let rules = (0..rules).map(|_| made_rule(&mut random, &vocabulary, &wanted, &articles)).collect();
        Self { articles, rules, expected: None, origin: "made-up words".into() }
    }

    fn numbered(mut self) -> Self {
        self.articles.iter_mut().enumerate().for_each(|(number, article)| article.number = number);
        self
    }
}

fn lines<T: for<'a> Deserialize<'a>>(path: &Path, limit: usize) -> anyhow::Result<Vec<T>> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let read = |line: std::io::Result<String>| Ok(serde_json::from_str(&line?)?);
    BufReader::new(file)
        .lines()
        .take(limit)
        .map(read)
        .collect::<anyhow::Result<_>>()
        .context(path.display().to_string())
}

/// Words of the vocabulary that articles are written with.
const VOCABULARY: usize = 40_000;

fn vocabulary(random: &mut SplitMix64) -> Vec<String> {
    let mut known = std::collections::HashSet::new();
    let mut words = Vec::with_capacity(VOCABULARY);
    while words.len() < VOCABULARY {
        // Frequent words are short.
        let syllables = 1 + random.below(2 + words.len().min(8_000) / 4_000);
        let word: String = (0..syllables).map(|_| syllable(random)).collect();
        if known.insert(word.clone()) {
            words.push(word);
        }
    }
    words
}

fn syllable(random: &mut SplitMix64) -> String {
    let (onset, vowel, coda) = (b"bdfghklmnprstvz", b"aeiou", b"lmnrst");
    let mut syllable = String::new();
    syllable.push(onset[random.below(onset.len())].into());
    syllable.push(vowel[random.below(vowel.len())].into());
    if random.below(3) == 0 {
        syllable.push(coda[random.below(coda.len())].into());
    }
    syllable
}

fn made_rule(random: &mut SplitMix64, vocabulary: &[String], wanted: &Zipf, articles: &[Article]) -> Rule {
    let single = |word: String| Term { words: vec![word], prefix: false };
    let word = |random: &mut SplitMix64| {
        let word = vocabulary[wanted.draw(random)].clone();
        // No word of an article has an "x" in it.
        if random.below(10) == 0 { word + "x" } else { word }
    };
    let some = |random: &mut SplitMix64, count: usize| (0..count).map(|_| single(word(random))).collect::<Vec<Term>>();
    let without = Vec::new();
    match random.below(100) {
        0..60 => {
            let count = 1 + random.below(2);
            Rule::All { with: some(random, count), without }
        }
        60..80 => {
            let count = 3 + random.below(3);
            Rule::Any(some(random, count))
        }
        80..90 => {
            // Words that stand together somewhere; any two at random never would.
            let article = &articles[random.below(articles.len())];
            let text: Vec<String> = words(&article.text).collect();
            let count = 2 + usize::from(random.below(5) == 0);
            let from = random.below(text.len() - count);
            Rule::All { with: vec![Term { words: text[from..from + count].to_vec(), prefix: false }], without }
        }
        90..95 => {
            let count = 1 + random.below(2);
            Rule::All { with: some(random, count), without: some(random, 1) }
        }
        _ => {
            let count = random.below(2);
            let mut with = some(random, count);
            let mut stem = word(random);
            stem.truncate(stem.len().saturating_sub(2).max(4));
            with.push(Term { words: vec![stem], prefix: true });
            Rule::All { with, without }
        }
    }
}

/// Ranks, the lower the likelier.
struct Zipf(Vec<f64>);

impl Zipf {
    fn new(ranks: usize, exponent: f64) -> Self {
        let mut sum = 0.0;
        Self(
            (1..=ranks)
                .map(|rank| {
                    sum += (rank as f64).powf(-exponent);
                    sum
                })
                .collect(),
        )
    }

    fn draw(&self, random: &mut SplitMix64) -> usize {
        let all = self.0.last().copied().unwrap_or_default();
        let at = random.fraction() * all;
        self.0.partition_point(|&sum| sum < at).min(self.0.len() - 1)
    }
}
