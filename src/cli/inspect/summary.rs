//! `ceasewire inspect summary`: a few sentences of each article.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use ceasewire_stories::summary::summarise_article;
use clap::Args;
use serde_json::json;

use super::lines::for_each_article;
use super::{exit_code, per_second};
use crate::cli::complain;
use crate::config::Settings;
use crate::pipeline::enrich::Enricher;

#[derive(Debug, Args)]
pub(in crate::cli) struct SummaryArgs {
    /// Articles as JSON Lines; standard input if left out or -
    articles: Option<PathBuf>,
    /// How many sentences at most
    #[arg(long, value_name = "N", default_value_t = 3)]
    sentences: usize,
}

pub(super) fn run(settings: &Settings, args: &SummaryArgs) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let enricher = Enricher::new(Arc::clone(&settings.profile));
    let mut empty = 0_usize;
    let longest = settings.config.fetch.max_body_bytes;
    let counts = for_each_article(args.articles.as_deref(), longest, |article, out| {
        let (title, text) = (article.title(), article.text());
        let language = enricher.find_language(title, text, article.language.as_deref(), article.outlet());
        let summary = summarise_article(title, text, language.as_deref(), args.sentences);
        empty += usize::from(summary.is_empty());
        writeln!(out, "{}", json!({"article": article.id, "summary": summary})).context("writing to standard output")
    })?;
    complain(&format!(
        "{} articles, {empty} without a sentence to quote, in {}",
        counts.articles,
        per_second(counts.articles, started.elapsed())
    ));
    Ok(exit_code(&counts))
}
