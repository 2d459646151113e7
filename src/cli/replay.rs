//! `ceasewire replay`: the messages that subscribers would have got of a stream of articles, and their scores.

use std::io::{BufReader, BufWriter, Stdout, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use clap::Args;
use serde::Deserialize;
use serde_json::Value;

use super::complain;
use super::input::read_input;
use super::inspect::lines::{ArticleLine, for_each_article, for_each_line, open};
use crate::config::Settings;
use crate::replay::{self, Expectations, ReplayArticle, ReplayInput, ReplayMessage, ReplayOutput, ReplaySubscriber};

#[derive(Debug, Args)]
pub(super) struct ReplayArgs {
    /// A TOML file with the subscriber's commands
    #[arg(long, value_name = "FILE")]
    subscriber: PathBuf,
    /// What should ring and which stories there are, as JSON Lines; the scores go to standard error
    #[arg(long, value_name = "FILE")]
    expected: Option<PathBuf>,
    /// Articles as JSON Lines; standard input if left out or -
    articles: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
struct ExpectedLine {
    article: Value,
    ring: Option<bool>,
    story: Option<Value>,
}

/// Writes messages to standard output, and keeps them for the scores.
struct Lines {
    out: BufWriter<Stdout>,
    messages: Vec<ReplayMessage>,
}

impl ReplayOutput for Lines {
    fn message(&mut self, message: &ReplayMessage) -> anyhow::Result<()> {
        let line = serde_json::to_string(message).context("writing a message as JSON")?;
        writeln!(self.out, "{line}").and_then(|()| self.out.flush()).context("writing to standard output")?;
        self.messages.push(message.clone());
        Ok(())
    }

    fn answer(&mut self, command: &str, answer: &str) {
        complain(&format!("{command}: {}", answer.lines().find(|line| !line.is_empty()).unwrap_or("(no answer)")));
    }
}

pub(super) async fn run(args: &ReplayArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    let name = args.subscriber.display();
    let longest = settings.config.fetch.max_body_bytes;
    let text = read_input(&args.subscriber, longest)?;
    let text = String::from_utf8(text).with_context(|| name.to_string())?;
    let subscribers = replay::parse_subscribers(&text).with_context(|| name.to_string())?;
    let mut faulty = 0;
    let expected = args.expected.as_deref().map(|file| -> anyhow::Result<Expectations> {
        let mut expected = Expectations::default();
        let lines = BufReader::new(open(file)?);
        for_each_line(lines, &file.display().to_string(), longest, &mut faulty, |line| {
            let line: ExpectedLine = serde_json::from_str(line)?;
            expected.add(&line.article, line.ring, line.story.as_ref())
        })?;
        Ok(expected)
    });
    let expected = expected.transpose()?;
    let mut input = ReplayInput::default();
    let counts = for_each_article(args.articles.as_deref(), longest, |line, _| input.add(article(line)?))?;
    faulty += counts.faulty;

    let started = Instant::now();
    let mut lines = Lines { out: BufWriter::new(std::io::stdout()), messages: Vec::new() };
    let stored = replay::run(settings, &subscribers, input, &mut lines).await?;
    let (articles, seconds) = (counts.articles, started.elapsed().as_secs_f64());
    complain(&format!("{articles} articles, {} messages in {seconds:.2} s", lines.messages.len()));
    if let Some(expected) = expected {
        for ReplaySubscriber { name, .. } in &subscribers {
            let messages: Vec<_> = lines.messages.iter().filter(|message| message.subscriber == *name).collect();
            let mut score = replay::score(&expected, &messages, &stored);
            score.subscriber.clone_from(name);
            complain(&score.sentences());
            complain(&serde_json::to_string(&score).context("writing the scores as JSON")?);
        }
    }
    Ok(if faulty == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn article(line: ArticleLine) -> anyhow::Result<ReplayArticle> {
    Ok(ReplayArticle {
        published: line.published()?,
        title: line.title().to_owned(),
        text: line.text().to_owned(),
        outlet: line.outlet().to_owned(),
        id: line.id,
        version_of: line.version_of.filter(|id| !id.is_null()),
        url: line.url,
        language: line.language,
    })
}
