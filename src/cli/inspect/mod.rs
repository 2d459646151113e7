//! `ceasewire inspect`: the pipeline's functions on a file, an address or standard input, without a database.

mod events;
pub(super) mod lines;
mod matches;
mod stories;
mod summary;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use ceasewire_articles::{charset, clean, identity, page};
use ceasewire_feeds::fetch::{FetchConfig, FetchError, FetchRequest, FetchedContent, Fetcher, ResponseBody, Trust};
use ceasewire_feeds::parse;
use ceasewire_model::{Entry, Timestamp};
use ceasewire_rules::grammar::{DoubtKind, doubts};
use ceasewire_rules::{Expr, eval};
use ceasewire_text::language;
use clap::Subcommand;
use serde_json::{Value, json};

use super::complain;
use super::input::read_input;
use crate::config::Settings;
use lines::LineCounts;

#[derive(Debug, Subcommand)]
pub(super) enum InspectCommand {
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
    Match(matches::MatchArgs),
    /// Events of articles (meetings, ceasefires, casualties) with their facts, as JSON Lines
    Events(events::EventsArgs),
    /// A few sentences of each article, as JSON Lines
    Summary(summary::SummaryArgs),
    /// The story of each article, as JSON Lines
    Stories {
        /// Articles as JSON Lines; standard input if left out or -
        articles: Option<PathBuf>,
    },
}

pub(super) async fn run(command: InspectCommand, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let settings = super::load(config)?;
    match command {
        InspectCommand::Feed { source } => feed(&settings, &source).await,
        InspectCommand::Page { source, url } => page(&settings, &source, url.as_deref()).await,
        InspectCommand::Rule { rule } => show_rule(&settings, &rule),
        InspectCommand::Match(args) => matches::run(&settings, &args),
        InspectCommand::Events(args) => events::run(&settings, &args),
        InspectCommand::Summary(args) => summary::run(&settings, &args),
        InspectCommand::Stories { articles } => stories::run(&settings, articles.as_deref()),
    }
}

/// The bytes of a file, an address or standard input.
async fn body(settings: &Settings, source: &str) -> anyhow::Result<ResponseBody> {
    if source.starts_with("http://") || source.starts_with("https://") {
        // The person at the terminal may fetch any address.
        let config = FetchConfig { allow_private_networks: true, ..settings.config.fetch.clone() };
        let request = FetchRequest {
            credentials: settings.access.get(source),
            ..FetchRequest::new(source, Trust::Operator, Timestamp::now())
        };
        let response = match Fetcher::new(&config)?.fetch(request).await {
            Err(FetchError::CutOff { response, cause }) => {
                complain(&format!("the answer broke off: {cause}"));
                response.0
            }
            fetched => fetched?,
        };
        return match response.content {
            FetchedContent::Body(body) => Ok(body),
            FetchedContent::NotModified => anyhow::bail!("the server says \"not modified\" to a first request"),
        };
    }
    let bytes = read_input(Path::new(source), settings.config.fetch.max_body_bytes)?;
    Ok(ResponseBody { bytes, ..ResponseBody::default() })
}

async fn page(settings: &Settings, source: &str, url: Option<&str>) -> anyhow::Result<ExitCode> {
    let body = body(settings, source).await?;
    let html = charset::decode(&body.bytes, body.content_type.as_deref());
    let found = page::extract(&html, url.or(Some(body.url.as_str()).filter(|url| !url.is_empty())));
    if let Some(notice) = found.notice {
        complain(&format!("{source} is {notice}, not an article"));
    }
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
    let budget = &settings.config.budgets.feeds;
    let feed =
        parse::parse(&body.bytes, body.content_type.as_deref(), url, budget).with_context(|| source.to_owned())?;
    for sentence in feed.skipped.sentences() {
        complain(&format!("skipping entries: {sentence}"));
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
            let doubts = doubts(rule);
            doubts.iter().for_each(|doubt| complain(&doubt.to_string()));
            let is_capitals = doubts.iter().any(|doubt| matches!(doubt.kind, DoubtKind::Capitals(_)));
            if eval::asks_only_for_stop_words(&expr) && !is_capitals {
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

/// `2.00 s (500 articles/s)`.
fn per_second(articles: usize, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64();
    format!("{seconds:.2} s ({:.0} articles/s)", articles as f64 / seconds.max(1e-9))
}

fn exit_code(counts: &LineCounts) -> ExitCode {
    if counts.faulty == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
