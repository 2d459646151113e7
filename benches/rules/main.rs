//! Measures how fast an article's rules are found: by this project's index and by other engines, over one set of
//! articles and rules in one run. The answers of all engines are compared first.
//!
//! `cargo bench --bench rules -- --help` lists the options. Without cargo's `--bench`, as under `cargo test`, a handful
//! of rules shows that the bench works; its figures mean nothing.

#![allow(clippy::print_stdout, reason = "the tables are the result")]

mod engines;
mod postgres;
mod report;
mod workload;

use std::path::PathBuf;
use std::rc::Rc;

use anyhow::{Context, bail};
use ceasewire::config::{self, SettingsSource};
use ceasewire_profile::Vocabulary;
use ceasewire_rules::{Expr, parse};
use ceasewire_testkit::clock::{TimeSpent, median, timed};
use ceasewire_testkit::data;
use ceasewire_text::Analysis;
use clap::Parser;
use engines::{Engine, EveryRule, LookUp, Number, OneAutomaton, Ours, Substring, Tokenise};
use indicatif::{ProgressBar, ProgressStyle};
use postgres::StoredQueries;
use report::{EngineRow, whole};
use workload::{Article, Rule, Workload};

/// Laps of each engine, in turns, so that a neighbour's busy minute does not fall on one of them.
const ROUNDS: usize = 3;
/// Evaluations in a lap of an engine that evaluates every rule; they set its number of articles, at least two.
const EVALUATIONS: usize = 4_000_000;
/// Rules to remove and add again.
const CHANGES: usize = 1_000;
/// The most rules for PostgreSQL without `--all`.
const POSTGRES_RULES: usize = 100_000;

/// Measures how fast rules are matched.
#[derive(Debug, Parser)]
#[command(name = "cargo bench --bench rules --")]
struct RulesOptions {
    /// How many rules
    #[arg(long, value_name = "N,…", value_delimiter = ',', value_parser = count, default_value = "10k,100k,1m")]
    rules: Vec<usize>,
    /// How many articles, at most
    #[arg(long, value_name = "N", value_parser = count, default_value = "2000")]
    articles: usize,
    /// Folder of the data; CEASEWIRE_DATA, or what lies beside the project, if left out
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Made-up words, even where there is data
    #[arg(long, conflicts_with = "data")]
    made: bool,
    /// PostgreSQL with more than 100,000 rules too, which takes minutes
    #[arg(long)]
    all: bool,
    /// Cargo's way to say that this is no test
    #[arg(long, hide = true)]
    bench: bool,
    /// Seconds of a lap, at least
    #[arg(skip = 0.3)]
    lap: f64,
}

fn count(text: &str) -> Result<usize, String> {
    let lower = text.to_lowercase();
    let (digits, unit) = match lower.strip_suffix(['k', 'm']) {
        Some(digits) if lower.ends_with('k') => (digits, 1_000),
        Some(digits) => (digits, 1_000_000),
        None => (lower.as_str(), 1),
    };
    let count = digits.parse::<usize>().ok().and_then(|count| count.checked_mul(unit)).filter(|&count| count > 0);
    count.ok_or_else(|| format!("{text:?} is no number such as 500, 10k or 1m"))
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<_> = std::env::args_os().collect();
    let options = if arguments.iter().any(|argument| argument == "--bench") {
        RulesOptions::parse_from(arguments)
    } else if arguments.iter().any(|argument| argument == "--list") {
        // A test runner asks which tests there are.
        return Ok(());
    } else {
        // The other options of a test runner mean nothing here.
        RulesOptions { lap: 0.0, ..RulesOptions::parse_from(["rules", "--made", "--rules=300", "--articles=30"]) }
    };
    let most = options.rules.iter().copied().max().context("--rules names no size")?;
    let folder = options.data.as_deref().or_else(|| if options.made { None } else { data::data() });
    let workload = match folder {
        Some(folder) => Workload::load(folder, options.articles, most)?,
        None => Workload::made(options.articles, most),
    };
    if workload.articles.is_empty() {
        bail!("there are no articles");
    }
    let settings = config::load(SettingsSource::Defaults, []).context("the default configuration")?;
    let length: usize = workload.articles.iter().map(|article| workload::words(&article.text).count()).sum();
    println!(
        "{}: {} articles of {} words. One thread; medians of {ROUNDS} interleaved rounds; CPU seconds unless wall is said.",
        workload.origin,
        whole(workload.articles.len()),
        whole(length / workload.articles.len()),
    );
    report::parsing(&settings.profile.vocabulary, &workload.articles[0], options.lap);
    for &rules in &options.rules {
        measure(&options, &workload, rules, &settings.profile.vocabulary)?;
    }
    report::notes();
    Ok(())
}

/// An engine and its measurements.
struct Candidate {
    engine: Box<dyn Engine>,
    row: EngineRow,
    /// Which engines must give the same answers; `None` for a step of an engine, which gives none.
    answers: Option<Analysis>,
    /// The number of its articles.
    articles: usize,
    laps: Vec<TimeSpent>,
}

impl Candidate {
    fn new(
        name: &str,
        answers: Option<Analysis>,
        articles: usize,
        engine: impl Engine + 'static,
        built: TimeSpent,
    ) -> Self {
        let row = EngineRow {
            name: name.into(),
            articles,
            built: built.best(),
            bytes: engine.bytes(),
            ..EngineRow::default()
        };
        Self { engine: Box::new(engine), row, answers, articles, laps: Vec::new() }
    }

    /// Goes over its articles, again and again until the clock has something to measure.
    fn lap(&mut self, articles: &[Article], seconds: f64) -> anyhow::Result<()> {
        let (wall, cpu) = (std::time::Instant::now(), self.engine.cpu());
        let mut passes = 0.0;
        while passes == 0.0 || wall.elapsed().as_secs_f64() < seconds {
            for article in &articles[..self.articles] {
                std::hint::black_box(self.engine.matches(article)?);
            }
            passes += 1.0;
        }
        let count = passes * self.articles as f64;
        let cpu = cpu.and_then(|before| Some((self.engine.cpu()? - before).as_secs_f64() / count));
        self.laps.push(TimeSpent { wall: wall.elapsed().as_secs_f64() / count, cpu });
        Ok(())
    }

    /// Seconds an article.
    fn median(&self) -> TimeSpent {
        let cpu: Option<Vec<f64>> = self.laps.iter().map(|lap| lap.cpu).collect();
        TimeSpent { wall: median(self.laps.iter().map(|lap| lap.wall).collect()), cpu: cpu.map(median) }
    }
}

fn measure(options: &RulesOptions, workload: &Workload, rules: usize, vocabulary: &Vocabulary) -> anyhow::Result<()> {
    let articles = &workload.articles;
    let progress = ProgressBar::new_spinner().with_style(ProgressStyle::with_template("{spinner} {msg} {elapsed}")?);
    // Draws on a terminal and nowhere else.
    progress.enable_steady_tick(std::time::Duration::from_millis(200));
    let say = |what: &str| progress.set_message(format!("{} rules: {what}", whole(rules)));

    say("parsing");
    let rules = &workload.rules[..rules];
    let (mut candidates, mut splits) = (Vec::new(), Vec::new());
    let few = (EVALUATIONS / rules.len()).clamp(2, articles.len().max(2)).min(articles.len());
    for (analysis, name, every) in [
        (Analysis::Full, "ceasewire, full analysis", "each rule, full analysis"),
        (Analysis::Plain, "ceasewire, whole words", "each rule, whole words"),
    ] {
        let compile = |rule: &Rule| -> anyhow::Result<Expr> {
            let text = rule.to_string();
            let rule = if analysis == Analysis::Full { vocabulary.compile(&text) } else { parse(&text) };
            rule.with_context(|| text)
        };
        let compiled: Rc<[Expr]> = rules.iter().map(compile).collect::<anyhow::Result<_>>()?;
        let absent = rules.iter().map(|rule| compile(&rule.map_words(LookUp::absent)));
        let absent: Rc<[Expr]> = absent.collect::<anyhow::Result<_>>()?;
        say(name);
        let (ours, built) = timed(|| Ours::new(analysis, &compiled));
        splits.push(candidates.len());
        candidates.push(Candidate::new(name, Some(analysis), articles.len(), ours, built));
        let tokenise = Tokenise(analysis);
        candidates.push(Candidate::new("tokenise", None, articles.len(), tokenise, TimeSpent::default()));
        let look_up = LookUp::new(analysis, &absent, articles);
        candidates.push(Candidate::new("look up", None, articles.len(), look_up, TimeSpent::default()));
        let naive = EveryRule { analysis, rules: compiled };
        candidates.push(Candidate::new(every, Some(analysis), few, naive, TimeSpent::default()));
    }
    let plain = Some(Analysis::Plain);
    say("substrings");
    let (substring, built) = timed(|| Substring::new(rules));
    candidates.push(Candidate::new("substrings", plain, few, substring, built));
    say("aho-corasick");
    let (automaton, built) = timed(|| OneAutomaton::new(rules, articles));
    candidates.push(Candidate::new("aho-corasick + verification", plain, articles.len(), automaton?, built));
    let server = std::env::var("TEST_DATABASE_URL").ok().filter(|url| url.starts_with("postgres"));
    let mut left_out = None;
    match server {
        None => left_out = Some("PostgreSQL is left out: TEST_DATABASE_URL names no server".to_owned()),
        Some(_) if rules.len() > POSTGRES_RULES && !options.all => {
            left_out =
                Some("PostgreSQL is left out: with so many rules it takes minutes; --all asks for it".to_owned());
        }
        Some(url) => {
            say("PostgreSQL");
            let (stored, TimeSpent { wall, .. }) = timed(|| StoredQueries::new(&url, rules));
            let built = TimeSpent { wall, cpu: None };
            candidates.push(Candidate::new("PostgreSQL, stored tsquery", plain, few, stored?, built));
        }
    }

    say("adding and removing");
    // From all parts of the workload.
    let every = (rules.len() / CHANGES).max(1);
    let changed: Vec<usize> = (0..rules.len()).step_by(every).take(CHANGES).collect();
    for candidate in &mut candidates {
        candidate.row.changes = candidate.engine.change(&changed)?;
    }
    say("comparing answers");
    compare(&mut candidates, workload, rules)?;
    for round in 1..=ROUNDS {
        for candidate in &mut candidates {
            say(&format!("round {round} of {ROUNDS}, {}", candidate.row.name));
            candidate.lap(articles, options.lap)?;
        }
    }
    progress.finish_and_clear();

    let split: Vec<String> = splits
        .iter()
        .map(|&at| {
            let [total, tokenise, look_up] = [0, 1, 2].map(|step| candidates[at + step].median().best());
            report::split(&candidates[at].row.name, total, tokenise, look_up)
        })
        .collect();
    let rows = candidates.into_iter().filter(|candidate| candidate.answers.is_some()).map(|candidate| {
        let spent = candidate.median();
        EngineRow { spent, ..candidate.row }
    });
    report::table(rules.len(), &rows.collect::<Vec<_>>());
    split.iter().chain(&left_out).for_each(|line| println!("{line}"));
    Ok(())
}

/// Compares every engine's answers with those of the first of its kind.
fn compare(candidates: &mut [Candidate], workload: &Workload, rules: &[Rule]) -> anyhow::Result<()> {
    let mut known: Vec<(Analysis, String, Vec<Vec<Number>>)> = Vec::new();
    for candidate in candidates {
        let Some(analysis) = candidate.answers else { continue };
        let name = candidate.row.name.clone();
        let mut answers = Vec::new();
        for article in &workload.articles[..candidate.articles] {
            let mut found = candidate.engine.matches(article)?;
            found.sort_unstable();
            if let Some((_, other, known)) = known.iter().find(|(kind, ..)| *kind == analysis) {
                differ(article, rules, (&name, &found), (other, &known[article.number]))?;
            }
            answers.push(found);
        }
        candidate.row.matches = answers.iter().map(Vec::len).sum::<usize>() as f64 / answers.len() as f64;
        if !known.iter().any(|(kind, ..)| *kind == analysis) {
            known.push((analysis, name, answers));
        }
    }
    let expected = workload.expected.as_ref().filter(|_| rules.len() == 10_000);
    let plain = known.iter().find(|(kind, ..)| *kind == Analysis::Plain);
    if let (Some(expected), Some((_, name, answers))) = (expected, plain) {
        for (article, found) in workload.articles.iter().zip(answers) {
            let listed =
                expected.get(&article.id).with_context(|| format!("article {} is not expected", article.id))?;
            differ(article, rules, (name, found), ("the list beside the data", listed))?;
        }
    }
    Ok(())
}

/// An error that names the article and the first rule about which two disagree.
fn differ(article: &Article, rules: &[Rule], one: (&str, &[Number]), other: (&str, &[Number])) -> anyhow::Result<()> {
    for ((name, found), (against, known)) in [(one, other), (other, one)] {
        if let Some(&rule) = found.iter().find(|rule| known.binary_search(rule).is_err()) {
            let text = &rules[rule as usize];
            bail!("article {}: rule {rule} ({text}) matches by {name}, not by {against}", article.id);
        }
        if found.len() > known.len() {
            bail!("article {}: {name} names a rule twice", article.id);
        }
    }
    Ok(())
}
