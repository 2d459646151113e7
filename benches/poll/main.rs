//! Measures the cost of a round of polls: the project's poller, with its schedule and its store, beside a bare loop of
//! HTTP requests, over one set of feeds on a loopback server that answers 304 where it may.
//!
//! Each poller runs in a process of its own with its own CPU time and peak memory; the server is another process.
//! `cargo bench --bench poll -- --help` lists the options. Without cargo's `--bench`, as under `cargo test`, a handful
//! of feeds shows that the bench works; its figures mean nothing.

#![allow(clippy::print_stdout, reason = "the table is the result")]

mod measured;
mod pollers;
mod server;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::Context;
use clap::{Parser, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use measured::Measured;

/// Measures the cost of polling.
#[derive(Clone, Debug, Parser)]
#[command(name = "cargo bench --bench poll --")]
struct PollOptions {
    /// How many feeds
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    feeds: usize,
    /// Entries of a feed, of a kilobyte or so each
    #[arg(long, value_name = "N", default_value_t = 10)]
    entries: usize,
    /// Requests at the same time
    #[arg(long, value_name = "N", default_value_t = 100)]
    concurrency: usize,
    /// Warm rounds; their median counts
    #[arg(long, value_name = "N", default_value_t = 3)]
    rounds: usize,
    /// Cargo's way to say that this is no test
    #[arg(long, hide = true)]
    bench: bool,
    /// ProcessRole of a child process
    #[arg(long, hide = true, value_enum)]
    role: Option<ProcessRole>,
    /// Where the server listens
    #[arg(long, hide = true, default_value = "")]
    server: String,
}

/// The role of a process of this bench.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ProcessRole {
    /// Serves the feeds.
    Serve,
    /// Polls with this crate's poller.
    Ours,
    /// Requests with a bare loop.
    Bare,
    /// Requests and parses with a bare loop, where a body came.
    BareParsed,
}

impl ProcessRole {
    fn name(self) -> &'static str {
        match self {
            Self::Serve => "server",
            Self::Ours => "ours: schedule, fetch, parse, match, store",
            Self::Bare => "bare reqwest, nothing read",
            Self::BareParsed => "bare reqwest + feed-rs, nothing stored",
        }
    }
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<_> = std::env::args_os().collect();
    let options = if arguments.iter().any(|argument| argument == "--bench" || argument == "--role") {
        PollOptions::parse()
    } else {
        // Under `cargo test`, whose own options mean nothing here.
        PollOptions { feeds: 20, entries: 2, rounds: 1, ..PollOptions::parse_from(["poll"]) }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match options.role {
        Some(ProcessRole::Serve) => runtime.block_on(server::serve(options.feeds, options.entries)),
        Some(ProcessRole::Ours) => runtime.block_on(pollers::ours(&options)),
        Some(role @ (ProcessRole::Bare | ProcessRole::BareParsed)) => {
            runtime.block_on(pollers::bare(&options, role == ProcessRole::BareParsed))
        }
        None => compare(&options),
    }
}

/// Runs each poller against one server and prints the figures.
fn compare(options: &PollOptions) -> anyhow::Result<()> {
    let mut server = spawn(options, ProcessRole::Serve, "")?;
    let mut address = String::new();
    BufReader::new(server.stdout.take().context("the server says nothing")?).read_line(&mut address)?;
    let roles = [ProcessRole::Bare, ProcessRole::BareParsed, ProcessRole::Ours];
    let progress = ProgressBar::new(roles.len() as u64).with_style(ProgressStyle::with_template("{pos}/{len} {msg}")?);
    let mut rows = Vec::new();
    for role in roles {
        progress.set_message(role.name());
        let output = spawn(options, role, address.trim())?.wait_with_output()?;
        anyhow::ensure!(output.status.success(), "{} failed", role.name());
        rows.push((role, Measured::read(&String::from_utf8_lossy(&output.stdout))?));
        progress.inc(1);
    }
    progress.finish_and_clear();
    server.kill()?;
    server.wait()?;

    let feeds = options.feeds as f64;
    println!(
        "{} feeds of {} entries on loopback, {} requests at a time; CPU of the polling process\n",
        options.feeds, options.entries, options.concurrency
    );
    println!(
        "{:<44}{:>12}{:>14}{:>12}{:>14}{:>12}{:>9}",
        "", "cold CPU s", "µs a feed", "warm CPU s", "µs a feed", "feeds/s wall", "peak MB"
    );
    for (role, measured) in &rows {
        println!(
            "{:<44}{:>12.2}{:>14.0}{:>12.3}{:>14.1}{:>12.0}{:>9.0}",
            role.name(),
            measured.cold_cpu,
            measured.cold_cpu * 1e6 / feeds,
            measured.warm_cpu,
            measured.warm_cpu * 1e6 / feeds,
            feeds / measured.warm_wall,
            measured.peak_mb
        );
    }
    if let ([(_, bare), .., (_, ours)], true) = (rows.as_slice(), options.bench) {
        println!("\na warm round of ours takes {:.2} times the CPU of the bare loop", ours.warm_cpu / bare.warm_cpu);
    }
    Ok(())
}

fn spawn(options: &PollOptions, role: ProcessRole, server: &str) -> anyhow::Result<Child> {
    let role = role.to_possible_value().context("every role has a name")?;
    let numbers =
        [options.feeds, options.entries, options.concurrency, options.rounds].map(|number| number.to_string());
    let [feeds, entries, concurrency, rounds] = &numbers;
    Command::new(std::env::current_exe()?)
        .args(["--role", role.get_name(), "--server", server, "--feeds", feeds, "--entries", entries])
        .args(["--concurrency", concurrency, "--rounds", rounds])
        .stdout(Stdio::piped())
        .spawn()
        .context("starting a process")
}
