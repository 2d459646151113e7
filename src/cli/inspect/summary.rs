//! `ceasewire inspect summary`: what is quoted of each article when nothing in particular was asked for.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use clap::Args;
use serde_json::json;

use super::{ArticleLine, complain, for_each_line, open};
use crate::config::Settings;
use ceasewire_stories::summary::of_article;
use ceasewire_text::language;

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
    let (mut articles, mut empty, mut faulty) = (0_usize, 0_usize, 0_usize);
    let mut out = BufWriter::new(std::io::stdout().lock());
    let (input, name): (Box<dyn BufRead>, String) = match &args.articles {
        Some(file) if file.as_os_str() != "-" => (Box::new(BufReader::new(open(file)?)), file.display().to_string()),
        _ => (Box::new(std::io::stdin().lock()), "standard input".into()),
    };
    for_each_line(input, &name, &mut faulty, |line| {
        let article: ArticleLine = serde_json::from_str(line)?;
        let described = article.outlet.as_ref().and_then(|outlet| settings.profile.outlets.get(outlet));
        let stated = article.language.as_deref().or(described.map(|outlet| outlet.language.as_str()));
        let found = language::identify(&article.title, &article.text, stated).or(stated);
        let summary = of_article(&article.title, &article.text, found, args.sentences);
        articles += 1;
        empty += usize::from(summary.is_empty());
        writeln!(out, "{}", json!({"article": article.id, "summary": summary})).context("writing to standard output")
    })?;
    out.flush().context("writing to standard output")?;
    let seconds = started.elapsed().as_secs_f64();
    complain(&format!(
        "{articles} articles, {empty} without a sentence to quote, in {seconds:.2} s ({:.0} articles/s)",
        articles as f64 / seconds.max(1e-9),
    ));
    Ok(if faulty == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
