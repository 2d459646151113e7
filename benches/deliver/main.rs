//! Measures delivery under load and under faults: the real program, driven by its configuration file and by signals,
//! runs between a feed site and the strict Bot API, which limits rates and fails by chance in a process of its own.
//!
//! `cargo bench --bench deliver -- --help` lists the scenes, docs/delivery.md describes them. Each scene ends by
//! itself, and fails after a lost message or a repeat without a reason. Without cargo's `--bench`, as under `cargo
//! test`, a handful of
//! subscribers shows that the scenes work; their figures mean nothing.

#![allow(clippy::print_stdout, reason = "the figures are the result")]
#![allow(clippy::print_stderr, reason = "a bench has no logging")]

mod fair;
mod kill;
mod latency;
mod nodes;
mod overload;
mod report;
mod server;
mod stage;
mod stories;
mod story;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::signal::unix::{SignalKind, signal};

/// Measures how alerts are delivered.
#[derive(Clone, Debug, Parser)]
#[command(name = "cargo bench --bench deliver --", args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(flatten)]
    story: story::StoryOptions,
    #[command(subcommand)]
    what: Option<What>,
    /// Cargo's way to say that this is no test
    #[arg(long, hide = true, global = true)]
    bench: bool,
}

/// The scenes.
#[derive(Clone, Debug, Subcommand)]
enum What {
    /// One breaking story to all subscribers, with limits on and off; this is done where nothing is named
    Story(story::StoryOptions),
    /// Stories one after another: whether the same people wait longest each time
    Fair(fair::FairOptions),
    /// Stories that come faster than they can be sent: how old the oldest news gets, and that none is lost
    Overload(overload::OverloadOptions),
    /// Single stories to few: from the feed's body to the first request that sends
    Latency(latency::LatencyOptions),
    /// kill -9 while errors, lost answers and 429s come by chance: nothing lost, nothing doubled without a mark
    Kill(kill::KillOptions),
    /// The same with several processes on one PostgreSQL, and how fast another one takes over
    Nodes(nodes::NodesOptions),
    /// Prints stories as JSON Lines, for `ceasewire inspect stories`, which has to tell them all apart
    #[command(hide = true)]
    Stories { count: u32 },
    /// Plays the Bot API
    #[command(hide = true, name = server::ROLE)]
    Serve { setup: String },
}

/// The options of all scenes.
#[derive(Args, Clone, Debug)]
struct CommonOptions {
    /// Another setting of the program, such as delivery.summary_sentences=1; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// The seed of faults and moments
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Seconds to wait before a missing message counts as lost; by default computed from rate and number
    #[arg(long, value_name = "SECONDS")]
    within: Option<u64>,
    /// Words of the note on a possible duplicate
    #[arg(long, value_name = "WORDS", default_value = "possible repeat")]
    mark: String,
}

impl CommonOptions {
    /// Returns the wait for a number of messages: one and a half times their time at the rate, and two minutes for
    /// retries.
    fn patience(&self, messages: usize, rate: f64) -> Duration {
        let reckoned = messages as f64 / rate * 1.5 + 120.0;
        Duration::from_secs(self.within.unwrap_or(reckoned as u64))
    }
}

fn main() -> anyhow::Result<ExitCode> {
    let is_asked = std::env::args().any(|argument| argument == "--bench" || argument == server::ROLE);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let well = runtime.block_on(async {
        let (mut interrupted, mut ended) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        // Every end comes here, so that the started processes are dropped and killed.
        tokio::select! {
            well = async { if is_asked { run(Cli::parse()).await } else { trial().await } } => well,
            _ = interrupted.recv() => anyhow::bail!("interrupted"),
            _ = ended.recv() => anyhow::bail!("terminated"),
        }
    });
    match well {
        Ok(true) => Ok(ExitCode::SUCCESS),
        Ok(false) => Ok(ExitCode::FAILURE),
        Err(error) => {
            eprintln!("{error:#}");
            Ok(ExitCode::FAILURE)
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<bool> {
    match cli.what.unwrap_or(What::Story(cli.story)) {
        What::Story(options) => story::run(&options).await,
        What::Fair(options) => fair::run(&options).await,
        What::Overload(options) => overload::run(&options).await,
        What::Latency(options) => latency::run(&options).await,
        What::Kill(options) => kill::run(&options).await,
        What::Nodes(options) => nodes::run(&options).await,
        What::Stories { count } => {
            for story in (0..count).map(stories::Story::new) {
                let line =
                    serde_json::json!({ "id": story.number.to_string(), "title": story.title, "text": story.text });
                println!("{line}");
            }
            Ok(true)
        }
        What::Serve { setup } => server::serve(&setup).await.map(|()| true),
    }
}

/// Runs a handful of each scene under `cargo test`, whose own options mean nothing here. A lost message fails the
/// trial; the notes on repeats have their own tests, and limits mean nothing for a handful.
async fn trial() -> anyhow::Result<bool> {
    for line in [
        "story --subscribers 20 --rate 100",
        "latency --subscribers 2 --stories 4 --feeds 2",
        "kill --subscribers 10 --stories 2 --kills 2 --errors 0 --lost-answers 0 --storms 0",
    ] {
        let words = std::iter::once("deliver").chain(line.split_whitespace());
        let well = run(Cli::try_parse_from(words)?).await?;
        anyhow::ensure!(well || line.starts_with("kill"), "{line}: something was lost");
    }
    Ok(true)
}

/// Shows the progress of a run on a terminal.
fn progress(length: usize, what: &'static str) -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template("{elapsed} {msg} {pos}/{len}")?;
    Ok(ProgressBar::new(length as u64).with_style(style).with_message(what))
}
