//! What a round of polling costs: this crate's poller, with its schedule and its store, beside a bare loop of HTTP
//! requests, over the same feeds on a loopback server that answers 304 where it may.
//!
//! Each round is measured in a process of its own, so that CPU time and peak memory are its own; the server is another one.
//! `cargo bench --bench poll -- --help` lists the options. Without cargo's `--bench`, as under `cargo test`, a handful of
//! feeds shows that all of it works, and no figure is worth reading.

#![allow(clippy::print_stdout, reason = "the table is the result")]

mod pollers;
mod server;
mod usage;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::Context;
use clap::{Parser, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use usage::Measured;

/// Measures what polling costs.
#[derive(Clone, Debug, Parser)]
#[command(name = "cargo bench --bench poll --")]
struct Options {
    /// How many feeds
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    feeds: usize,
    /// Entries of a feed, of a kilobyte or so each
    #[arg(long, value_name = "N", default_value_t = 10)]
    entries: usize,
    /// Requests at the same time
    #[arg(long, value_name = "N", default_value_t = 100)]
    concurrency: usize,
    /// Warm rounds, of which the median counts
    #[arg(long, value_name = "N", default_value_t = 3)]
    rounds: usize,
    /// Cargo's way to say that this is no test
    #[arg(long, hide = true)]
    bench: bool,
    /// What a child process does
    #[arg(long, hide = true, value_enum)]
    role: Option<Role>,
    /// Where the server listens
    #[arg(long, hide = true, default_value = "")]
    server: String,
}

/// What a process of this benchmark does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Role {
    /// Serves the feeds.
    Serve,
    /// Polls with this crate's poller.
    Ours,
    /// Requests with a bare loop.
    Bare,
    /// Requests and parses with a bare loop, where a body came.
    BareParsed,
}

impl Role {
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
        Options::parse()
    } else {
        // Under `cargo test`, whose own options mean nothing here.
        Options { feeds: 20, entries: 2, rounds: 1, ..Options::parse_from(["poll"]) }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match options.role {
        Some(Role::Serve) => runtime.block_on(server::serve(options.feeds, options.entries)),
        Some(Role::Ours) => runtime.block_on(pollers::ours(&options)),
        Some(role @ (Role::Bare | Role::BareParsed)) => {
            runtime.block_on(pollers::bare(&options, role == Role::BareParsed))
        }
        None => compare(&options),
    }
}

/// Runs each poller against one server and prints what they took.
fn compare(options: &Options) -> anyhow::Result<()> {
    let mut server = spawn(options, Role::Serve, "")?;
    let mut address = String::new();
    BufReader::new(server.stdout.take().context("the server says nothing")?).read_line(&mut address)?;
    let roles = [Role::Bare, Role::BareParsed, Role::Ours];
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

fn spawn(options: &Options, role: Role, server: &str) -> anyhow::Result<Child> {
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
