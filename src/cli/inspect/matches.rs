//! `ceasewire inspect match`: the rules that each article matches.

use std::io::{BufReader, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use ceasewire_profile::Profile;
use ceasewire_rules::{Expr, Index, RuleError, parse};
use ceasewire_text::{Analysis, Doc};
use clap::Args;
use serde_json::json;

use super::lines::{ArticleLine, RuleLine, for_each_article, for_each_line, open};
use super::{exit_code, per_second};
use crate::cli::complain;
use crate::config::Settings;
use crate::pipeline::enrich::Enricher;

#[derive(Debug, Args)]
pub(in crate::cli) struct MatchArgs {
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

pub(super) fn run(settings: &Settings, args: &MatchArgs) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let analysis = if args.plain { Analysis::Plain } else { Analysis::Full };
    let compile = |rule: &str| -> Result<Expr, RuleError> {
        if args.plain { parse(rule) } else { settings.profile.vocabulary.compile(rule) }
    };
    let mut index: Index<u32> = Index::new(analysis);
    // The index holds each rule's place in this list: half the size of an id.
    let mut ids: Vec<i64> = Vec::new();
    let mut faulty_rules = 0;
    let longest = settings.config.fetch.max_body_bytes;
    let rules = BufReader::new(open(&args.rules)?);
    for_each_line(rules, &args.rules.display().to_string(), longest, &mut faulty_rules, |line| {
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
        index.always_evaluated(),
    ));

    let started = Instant::now();
    let enricher = Enricher::new(Arc::clone(&settings.profile));
    let (mut matches, mut cut_off) = (0_usize, 0_usize);
    let mut counts = for_each_article(args.articles.as_deref(), longest, |article, out| {
        let mut document = document(&settings.profile, &enricher, &article, analysis);
        if index.needs_topics() && analysis == Analysis::Full {
            let topics = enricher.find_topics(&document);
            document = document.about(topics);
        }
        let found = index.matches(&document);
        matches += found.len();
        let line = if args.count {
            json!({"article": article.id, "matches": found.len()})
        } else {
            let mut rules: Vec<i64> = found.iter().map(|&place| ids[place as usize]).collect();
            rules.sort_unstable();
            json!({"article": article.id, "rules": rules})
        };
        cut_off += index.cut_off();
        writeln!(out, "{line}").context("writing to standard output")
    })?;
    counts.faulty += faulty_rules;
    if cut_off > 0 {
        complain(&format!(
            "{cut_off} times a rule took too many steps for an article and was not evaluated to its end"
        ));
    }
    complain(&format!(
        "{} articles, {matches} matches in {}",
        counts.articles,
        per_second(counts.articles, started.elapsed())
    ));
    Ok(exit_code(&counts))
}

/// Whole words are the same in every language: a plain document needs none.
fn document(profile: &Profile, enricher: &Enricher, article: &ArticleLine, analysis: Analysis) -> Doc {
    let (title, text, outlet) = (article.title(), article.text(), article.outlet());
    let language = match analysis {
        Analysis::Full => enricher.find_language(title, text, article.language.as_deref(), outlet),
        Analysis::Plain => enricher.stated_language(article.language.as_deref(), outlet).map(str::to_owned),
    };
    profile.describe(Doc::with(analysis, title, text), outlet, article.url.as_deref(), language.as_deref())
}
