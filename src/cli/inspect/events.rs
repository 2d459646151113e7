//! `inspect events`: what articles tell of, as JSON Lines.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use chrono::DateTime;
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{for_each_line, input};
use crate::cli::complain;
use crate::config::Settings;
use ceasewire_articles::{clean, markup};
use ceasewire_model::Timestamp;
use ceasewire_stories::event::Events;
use ceasewire_text::language;

#[derive(Debug, Args)]
pub(in crate::cli) struct EventsArgs {
    /// Articles as JSON Lines; standard input if left out or -
    articles: Option<PathBuf>,
}

#[derive(Deserialize)]
struct ArticleLine {
    id: Value,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
    outlet: Option<String>,
    published: Option<String>,
    language: Option<String>,
}

pub(super) fn run(settings: &Settings, args: &EventsArgs) -> anyhow::Result<ExitCode> {
    let events = Events::new(Arc::clone(&settings.profile.vocabulary));
    let started = Instant::now();
    let (mut faulty, mut articles, mut found) = (0_usize, 0_usize, 0_usize);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let (lines, name) = input(args.articles.as_deref())?;
    for_each_line(lines, &name, &mut faulty, |line| {
        let article: ArticleLine = serde_json::from_str(line)?;
        let published =
            article.published.as_deref().map(DateTime::parse_from_rfc3339).transpose().context("published")?;
        let published = published.map(|moment| Timestamp(moment.timestamp_millis()));
        let text = without_teasers(&article.text);
        let described = article.outlet.as_ref().and_then(|outlet| settings.profile.outlets.get(outlet));
        let stated = article.language.as_deref().or(described.map(|outlet| outlet.language.as_str()));
        // As at ingest.
        let language = language::identify(&article.title, &text, stated).or(stated);
        let list = events.find(&article.title, &text, language, published);
        articles += 1;
        found += list.len();
        writeln!(out, "{}", json!({"article": article.id, "events": list})).context("writing to standard output")
    })?;
    out.flush().context("writing to standard output")?;
    let seconds = started.elapsed().as_secs_f64();
    complain(&format!(
        "{articles} articles, {found} events in {seconds:.2} s ({:.0} articles/s)",
        articles as f64 / seconds.max(1e-9),
    ));
    Ok(if faulty == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The lines that ingest would keep, as they stand: what advertises other articles is not the article's.
fn without_teasers(text: &str) -> String {
    if !text.trim().contains('\n') {
        return text.to_owned();
    }
    let html: String = text.lines().map(|line| format!("<p>{}</p>\n", markup::escape(line))).collect();
    let cleaned = clean::plain_text(&html);
    let kept: std::collections::HashSet<&str> = cleaned.lines().collect();
    let lines = text.lines().filter(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        kept.contains(words.join(" ").as_str())
    });
    let lines: Vec<&str> = lines.collect();
    // Text that cleaning writes otherwise, say with other blanks, is taken as it is cleaned.
    if lines.len() == kept.len() { lines.join("\n") } else { cleaned }
}
