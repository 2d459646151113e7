//! `ceasewire inspect events`: the events of each article, with their facts.

use std::collections::HashSet;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use ceasewire_articles::{clean, markup};
use clap::Args;
use serde_json::json;

use super::lines::for_each_article;
use super::{exit_code, per_second};
use crate::cli::complain;
use crate::config::Settings;
use crate::pipeline::enrich::Enricher;

#[derive(Debug, Args)]
pub(in crate::cli) struct EventsArgs {
    /// Articles as JSON Lines; standard input if left out or -
    articles: Option<PathBuf>,
}

pub(super) fn run(settings: &Settings, args: &EventsArgs) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let enricher = Enricher::new(Arc::clone(&settings.profile));
    let mut found = 0_usize;
    let longest = settings.config.fetch.max_body_bytes;
    let counts = for_each_article(args.articles.as_deref(), longest, |article, out| {
        let published = article.published()?;
        let (title, text) = (article.title(), without_teasers(article.text()));
        let language = enricher.find_language(title, &text, article.language.as_deref(), article.outlet());
        let events = enricher.find_events(title, &text, language.as_deref(), published);
        found += events.len();
        writeln!(out, "{}", json!({"article": article.id, "events": events})).context("writing to standard output")
    })?;
    complain(&format!(
        "{} articles, {found} events in {}",
        counts.articles,
        per_second(counts.articles, started.elapsed())
    ));
    Ok(exit_code(&counts))
}

/// The lines that the pipeline keeps, as they stand: a teaser for another article is not the article's.
fn without_teasers(text: &str) -> String {
    if !text.trim().contains('\n') {
        return text.to_owned();
    }
    let html: String = text.lines().map(|line| format!("<p>{}</p>\n", markup::escape(line))).collect();
    let cleaned = clean::plain_text(&html);
    let kept: HashSet<&str> = cleaned.lines().collect();
    let lines = text.lines().filter(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        kept.contains(words.join(" ").as_str())
    });
    let lines: Vec<&str> = lines.collect();
    // Text that cleaning changes otherwise, say in its blanks, stays as cleaning leaves it.
    if lines.len() == kept.len() { lines.join("\n") } else { cleaned }
}
