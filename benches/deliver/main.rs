//! What delivery does under load and under fire: the real program, driven by its configuration file and by signals, between
//! a feed site and the strict Bot API, which limits rates and fails by chance in a process of its own.
//!
//! `cargo bench --bench deliver -- --help` lists what can be measured, docs/delivery.md says how. Whatever runs ends by
//! itself, and fails where something was lost or came twice without a reason. Without cargo's `--bench`, as under
//! `cargo test`, a handful of subscribers shows that all of it works, and no figure is worth reading.

#![allow(clippy::print_stdout, reason = "the figures are the result")]
#![allow(clippy::print_stderr, reason = "a bench has no logging")]
#![allow(missing_docs, reason = "what is shared with the tests has names that say it")]

#[path = "../../tests/it/support/bot_api/mod.rs"]
mod bot_api;
mod clock;
#[allow(clippy::unwrap_used, dead_code, reason = "shared with the tests, where whatever cannot go on may panic")]
#[path = "../../tests/it/support/database.rs"]
mod database;
mod fair;
#[path = "../../tests/it/support/feed_site/mod.rs"]
mod feed_site;
mod figures;
mod kill;
mod latency;
mod losses;
mod nodes;
mod overload;
mod record;
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
    story: story::Options,
    #[command(subcommand)]
    what: Option<What>,
    /// Cargo's way to say that this is no test
    #[arg(long, hide = true, global = true)]
    bench: bool,
}

/// What is measured.
#[derive(Clone, Debug, Subcommand)]
enum What {
    /// One breaking story to all subscribers, with limits on and off; this is done where nothing is named
    Story(story::Options),
    /// Stories one after another: whether the same people wait longest each time
    Fair(fair::Options),
    /// Stories that come faster than they can be sent: how old the oldest news gets, and that none is lost
    Overload(overload::Options),
    /// Single stories to few: from the feed's body to the first request that sends
    Latency(latency::Options),
    /// kill -9 while errors, lost answers and 429s come by chance: nothing lost, nothing doubled without a mark
    Kill(kill::Options),
    /// The same with several processes on one PostgreSQL, and how fast another one takes over
    Nodes(nodes::Options),
    /// Prints stories as JSON Lines, for `ceasewire inspect stories`, which has to tell them all apart
    #[command(hide = true)]
    Stories { count: u32 },
    /// Plays the Bot API
    #[command(hide = true, name = server::ROLE)]
    Serve { setup: String },
}

/// What all of them know.
#[derive(Args, Clone, Debug)]
struct Common {
    /// Another setting of the program, such as delivery.summary_sentences=1; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// Which chances are played
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Seconds to wait for what is missing before it counts as lost; otherwise reckoned from rate and number
    #[arg(long, value_name = "SECONDS")]
    within: Option<u64>,
    /// Words by which a message says that it may be a repeat
    #[arg(long, value_name = "WORDS", default_value = "possible repeat")]
    mark: String,
}

impl Common {
    /// How long to wait for so many messages at a rate: half as long again as they need, and two minutes for what is retried.
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
        // Whatever ends this ends here, so that what it has started is dropped and killed with it.
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

/// A handful of each, under `cargo test`, whose own options mean nothing here. What is lost fails it; how repeats are marked
/// is the sender's tests' to say, and what limits do to a handful says nothing.
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

/// Shows how far a run is, on a terminal.
fn progress(length: usize, what: &'static str) -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template("{elapsed} {msg} {pos}/{len}")?;
    Ok(ProgressBar::new(length as u64).with_style(style).with_message(what))
}
