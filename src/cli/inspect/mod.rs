//! `ceasewire inspect`: the code of the pipeline on a file, an address or standard input, without a database.

mod stories;
mod summary;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::{Value, json};

use super::complain;
use crate::config::Settings;
use ceasewire_articles::{charset, clean, identity, page};
use ceasewire_feeds::fetch::{Body, FetchConfig, Fetched, Fetcher, Request, Trust};
use ceasewire_feeds::parse;
use ceasewire_model::{Entry, Timestamp};
use ceasewire_rules::{Expr, Index, RuleError, eval, parse as parse_rule};
use ceasewire_text::language;
use ceasewire_text::{Analysis, Doc};

mod events;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// A feed as JSON
    Feed {
        /// A file, an address, or - for standard input
        source: String,
    },
    /// An article's page as JSON
    Page {
        /// A file, an address, or - for standard input
        source: String,
        /// The page's own address, if it is not the source
        #[arg(long)]
        url: Option<String>,
    },
    /// A rule's normal form and its words; a fault is drawn with a caret
    Rule {
        /// The rule
        #[arg(allow_hyphen_values = true)]
        rule: String,
    },
    /// Which rules each article matches, as JSON Lines
    Match(MatchArgs),
    /// What articles tell of: meetings, ceasefires, casualties, with their facts, as JSON Lines
    Events(events::EventsArgs),
    /// A few sentences of each article, as JSON Lines
    Summary(summary::SummaryArgs),
    /// Which story each article tells, as JSON Lines
    Stories {
        /// Articles as JSON Lines; standard input if left out or -
        articles: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(super) struct MatchArgs {
    /// Rules as JSON Lines: {"id": 1, "rule": "…"}
    #[arg(long, value_name = "FILE")]
    rules: PathBuf,
    /// Articles as JSON Lines; standard input if left out or -
    articles: Option<PathBuf>,
    /// Whole folded words only: no other spellings, no topics
    #[arg(long)]
    plain: bool,
    /// Write how many rules match instead of which
    #[arg(long)]
    count: bool,
}

pub(super) async fn run(command: Command, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let settings = super::load(config)?;
    match command {
        Command::Feed { source } => feed(&settings, &source).await,
        Command::Page { source, url } => page(&settings, &source, url.as_deref()).await,
        Command::Rule { rule } => show_rule(&settings, &rule),
        Command::Match(args) => match_articles(&settings, &args),
        Command::Events(args) => events::run(&settings, &args),
        Command::Summary(args) => summary::run(&settings, &args),
        Command::Stories { articles } => stories::run(&settings, articles.as_deref()),
    }
}

/// The bytes of a file, an address or standard input.
async fn body(settings: &Settings, source: &str) -> anyhow::Result<Body> {
    if source.starts_with("http://") || source.starts_with("https://") {
        // Whoever types an address into a terminal may look at it, wherever it leads.
        let config = FetchConfig { allow_private_networks: true, ..settings.config.fetch.clone() };
        let request =
            Request { access: settings.access.get(source), ..Request::new(source, Trust::Operator, Timestamp::now()) };
        return match Fetcher::new(&config)?.fetch(request).await?.fetched {
            Fetched::Body(body) => Ok(body),
            Fetched::NotModified => anyhow::bail!("the server says \"not modified\" to a first request"),
        };
    }
    let mut bytes = Vec::new();
    if source == "-" {
        std::io::stdin().read_to_end(&mut bytes).context("reading standard input")?;
    } else {
        bytes = std::fs::read(source).with_context(|| source.to_owned())?;
    }
    Ok(Body { bytes, ..Body::default() })
}

async fn page(settings: &Settings, source: &str, url: Option<&str>) -> anyhow::Result<ExitCode> {
    let body = body(settings, source).await?;
    let html = charset::decode(&body.bytes, body.content_type.as_deref());
    let found = page::extract(&html, url.or(Some(body.url.as_str()).filter(|url| !url.is_empty())));
    let out = json!({
        "title": found.title,
        "text": Some(found.text).filter(|text| !text.is_empty()),
        "published": found.published.map(Timestamp::to_rfc3339),
        "author": found.author,
        "site": found.site,
        "language": found.language,
    });
    super::print(&format!("{out}\n"))?;
    Ok(ExitCode::SUCCESS)
}

async fn feed(settings: &Settings, source: &str) -> anyhow::Result<ExitCode> {
    let body = body(settings, source).await?;
    let url = Some(body.url.as_str()).filter(|url| !url.is_empty());
    let feed = parse::parse(&body.bytes, body.content_type.as_deref(), url).with_context(|| source.to_owned())?;
    for skipped in &feed.skipped {
        complain(&format!("an entry was passed over: {skipped}"));
    }
    let entries: Vec<Value> = feed.entries.iter().map(entry).collect();
    let out = json!({"title": feed.title, "home": feed.home, "language": feed.language, "entries": entries});
    super::print(&format!("{out}\n"))?;
    Ok(ExitCode::SUCCESS)
}

fn entry(entry: &Entry) -> Value {
    let text = clean::plain_text(&entry.html);
    let found = || language::identify(&entry.title, &text, None).map(str::to_owned);
    let time = |time: Option<Timestamp>| time.map(Timestamp::to_rfc3339);
    json!({
        "id": entry.guid.clone().or_else(|| entry.url.as_deref().and_then(identity::canonical_url)),
        "url": entry.url,
        "title": entry.title,
        "text": text,
        "published": time(entry.published),
        "updated": time(entry.updated),
        "authors": entry.authors,
        "language": entry.language.clone().or_else(found),
    })
}

fn show_rule(settings: &Settings, rule: &str) -> anyhow::Result<ExitCode> {
    match settings.profile.vocabulary.compile(rule) {
        Ok(expr) => {
            if eval::asks_only_for_stop_words(&expr) {
                complain("nearly every article has these words; add one that says what you want");
            }
            let mut terms: Vec<String> = Vec::new();
            expr.for_each_leaf(&mut |leaf| match leaf {
                Expr::Near { left, right, .. } => terms.extend(left.iter().chain(right).map(ToString::to_string)),
                leaf => terms.push(leaf.to_string()),
            });
            super::print(&format!("{}\n", json!({"rule": expr.to_string(), "terms": terms})))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            complain(&error.to_string());
            Ok(ExitCode::FAILURE)
        }
    }
}

#[derive(Deserialize)]
struct RuleLine {
    id: i64,
    rule: String,
}

#[derive(Deserialize)]
struct ArticleLine {
    id: Value,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
    url: Option<String>,
    outlet: Option<String>,
    language: Option<String>,
}

fn match_articles(settings: &Settings, args: &MatchArgs) -> anyhow::Result<ExitCode> {
    let mut faulty = 0_usize;
    let started = Instant::now();
    let compile = |rule: &str| -> Result<Expr, RuleError> {
        if args.plain { parse_rule(rule) } else { settings.profile.vocabulary.compile(rule) }
    };
    let analysis = if args.plain { Analysis::Plain } else { Analysis::Full };
    let mut index: Index<u32> = Index::new(analysis);
    // The index knows rules by their place here: half the size of an id.
    let mut ids: Vec<i64> = Vec::new();
    for_each_line(BufReader::new(open(&args.rules)?), &args.rules.display().to_string(), &mut faulty, |line| {
        let line: RuleLine = serde_json::from_str(line)?;
        let rule = compile(&line.rule)?;
        let place = u32::try_from(ids.len()).context("more rules than can be counted")?;
        index.insert(&rule, place);
        ids.push(line.id);
        Ok(())
    })?;
    let built = started.elapsed().as_secs_f64();
    complain(&format!(
        "{} rules indexed in {built:.2} s; {:.1} bytes of index a rule, {} rules evaluated for every article",
        index.len(),
        index.memory_bytes() as f64 / index.len().max(1) as f64,
        index.unanchored(),
    ));

    let started = Instant::now();
    let (mut articles, mut matches) = (0_usize, 0_usize);
    let mut out = BufWriter::new(std::io::stdout().lock());
    let (lines, name) = input(args.articles.as_deref())?;
    for_each_line(lines, &name, &mut faulty, |line| {
        let article: ArticleLine = serde_json::from_str(line)?;
        let described = article.outlet.as_ref().and_then(|outlet| settings.profile.outlets.get(outlet));
        let names = article.outlet.as_deref().into_iter().chain(described.map(|outlet| outlet.name.as_str()));
        let stated = article.language.as_deref().or(described.map(|outlet| outlet.language.as_str()));
        // As at ingest; whole words are the same in every language.
        let found = if args.plain { None } else { language::identify(&article.title, &article.text, stated) };
        let language = found.or(stated);
        let mut doc = Doc::with(analysis, &article.title, &article.text)
            .from_source(names, article.url.as_deref())
            .in_language(language);
        if index.needs_topics() && !args.plain {
            let topics = settings.profile.vocabulary.find_topics(&doc);
            doc = doc.about(topics);
        }
        let found = index.matches(&doc);
        articles += 1;
        matches += found.len();
        let line = if args.count {
            json!({"article": article.id, "matches": found.len()})
        } else {
            let mut rules: Vec<i64> = found.iter().map(|&place| ids[place as usize]).collect();
            rules.sort_unstable();
            json!({"article": article.id, "rules": rules})
        };
        writeln!(out, "{line}").context("writing to standard output")
    })?;
    out.flush().context("writing to standard output")?;
    let seconds = started.elapsed().as_secs_f64();
    complain(&format!(
        "{articles} articles, {matches} matches in {seconds:.2} s ({:.0} articles/s)",
        articles as f64 / seconds.max(1e-9),
    ));
    Ok(if faulty == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The lines of a file or of standard input, and what to call them.
fn input(file: Option<&Path>) -> anyhow::Result<(Box<dyn BufRead>, String)> {
    Ok(match file {
        Some(file) if file.as_os_str() != "-" => (Box::new(BufReader::new(open(file)?)), file.display().to_string()),
        _ => (Box::new(std::io::stdin().lock()), "standard input".into()),
    })
}

fn open(file: &Path) -> anyhow::Result<File> {
    File::open(file).with_context(|| file.display().to_string())
}

/// Hands each line over; a faulty one is reported with its number, counted and skipped.
fn for_each_line(
    mut input: impl BufRead,
    name: &str,
    faulty: &mut usize,
    mut each: impl FnMut(&str) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        if input.read_until(b'\n', &mut bytes).with_context(|| name.to_owned())? == 0 {
            break;
        }
        let done = match std::str::from_utf8(&bytes) {
            Ok(line) if line.trim().is_empty() => Ok(()),
            Ok(line) => each(line.trim_start_matches('\u{FEFF}')),
            Err(error) => Err(error.into()),
        };
        if let Err(error) = done {
            // A reader of the output that has gone away is no fault of the line.
            if error.downcast_ref::<std::io::Error>().is_some() {
                return Err(error);
            }
            *faulty += 1;
            complain(&format!("{name}: line {number}: {error:#}"));
        }
    }
    Ok(())
}
