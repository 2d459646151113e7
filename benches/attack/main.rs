//! Attacks the real program on loopback and says which attacks it survives: hostile feeds, chats and publishers, a wrong
//! clock, a full disk. The program runs as a child process between stand-ins and is judged from outside: by exit code,
//! messages, seconds, memory, CPU time, bytes of its files.
//!
//! `cargo bench --bench attack -- --help` lists the options; `--binary FILE` attacks another version of the program. Each
//! case is bounded in time and memory and ends its children itself. Without cargo's `--bench`, as under `cargo test`, two
//! quick cases show that the bench works.

#![allow(clippy::print_stdout, reason = "the figures are the result")]
#![allow(clippy::print_stderr, reason = "a bench has no logging")]

mod clock;
mod crowd;
mod disk;
mod finding;
mod growth;
mod output;
mod poison;
mod program;
mod publisher;
mod scene;
mod shapes;
mod telegram;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use futures::{StreamExt, stream};
use tokio::signal::unix::{SignalKind, signal};

use finding::{Case, Finding, Ruling};
use scene::Lab;

/// Attacks a build of the program on loopback.
#[derive(Clone, Debug, Parser)]
#[command(name = "cargo bench --bench attack --")]
struct Cli {
    /// Words in the names of cases or families; all cases without one
    #[arg(value_name = "WORD")]
    words: Vec<String>,
    /// The program to attack, instead of this build's
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Print only the results, as one line of JSON
    #[arg(long)]
    json: bool,
    /// List the cases
    #[arg(long)]
    list: bool,
    /// Keep the folders of the cases, and name them
    #[arg(long)]
    keep: bool,
    /// Cargo's way to say that this is no test
    #[arg(long, hide = true)]
    bench: bool,
}

/// The families that judge neither seconds nor memory of honest work, so that their cases may run at the same time.
const SIDE_BY_SIDE: [&str; 3] = ["disk", "output", "telegram"];
const AT_ONCE: usize = 4;

/// Returns the families of cases, the most severe ones first.
fn families() -> Vec<(&'static str, Vec<Case>)> {
    vec![
        ("poison", poison::cases()),
        ("clock", clock::cases()),
        ("crowd", crowd::cases()),
        ("publisher", publisher::cases()),
        ("growth", growth::cases()),
        ("disk", disk::cases()),
        ("output", output::cases()),
        ("telegram", telegram::cases()),
        ("shapes", shapes::cases()),
    ]
}

fn main() -> anyhow::Result<ExitCode> {
    let is_asked = std::env::args().any(|argument| argument == "--bench");
    let cli =
        if is_asked { Cli::parse() } else { Cli::try_parse_from(["attack", "feeds-remove", "file-modes", "--json"])? };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let code = runtime.block_on(async {
        let (mut interrupted, mut ended) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        // Every end comes here, so that the started processes are dropped and killed.
        tokio::select! {
            code = run(&cli) => code,
            _ = interrupted.recv() => anyhow::bail!("interrupted"),
            _ = ended.recv() => anyhow::bail!("terminated"),
        }
    });
    // A stand-in may still sleep on a blocking thread.
    runtime.shutdown_timeout(Duration::from_secs(1));
    // A case that falls is a result, not a failure of the trial under `cargo test`.
    code.map(|fell| if fell && is_asked { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Runs the chosen cases one after another; returns whether one of them fell.
async fn run(cli: &Cli) -> anyhow::Result<bool> {
    let chosen = |family: &str, case: &Case| {
        cli.words.is_empty() || cli.words.iter().any(|word| family == word || case.name.contains(word.as_str()))
    };
    let cases: Vec<(&'static str, Case)> = families()
        .into_iter()
        .flat_map(|(family, cases)| cases.into_iter().map(move |case| (family, case)))
        .filter(|(family, case)| chosen(family, case))
        .collect();
    if cli.list {
        for (family, case) in &cases {
            println!("{family:<10} {:<24} {}", case.name, case.about);
        }
        return Ok(false);
    }
    anyhow::ensure!(!cases.is_empty(), "no case has one of these words in its name: {}", cli.words.join(", "));
    let binary = cli.binary.clone().unwrap_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_ceasewire")));
    let lab = Lab { binary: std::fs::canonicalize(binary)?, keep: cli.keep };
    let began = Instant::now();
    let (side_by_side, alone): (Vec<_>, Vec<_>) =
        cases.into_iter().partition(|(family, _)| SIDE_BY_SIDE.contains(family));
    let mut results = Vec::new();
    for (family, case) in alone {
        results.push(run_case(&lab, family, case, cli.json).await);
    }
    let running = side_by_side.into_iter().map(|(family, case)| run_case(&lab, family, case, cli.json));
    results.extend(stream::iter(running).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await);
    if !cli.json {
        print_table(&results);
    }
    println!("{}", to_json(&lab, &results, began.elapsed()));
    Ok(results.iter().any(|(_, _, finding, _)| matches!(finding.ruling, Ruling::Fell | Ruling::Error)))
}

/// Runs a case within its bound and prints its line.
async fn run_case(lab: &Lab, family: &'static str, case: Case, is_quiet: bool) -> CaseResult {
    let began = Instant::now();
    let finding = match tokio::time::timeout(Duration::from_secs(case.most_secs), (case.run)(lab.clone())).await {
        Ok(Ok(finding)) => finding,
        Ok(Err(error)) => Finding::error(format!("{error:#}")),
        Err(_) => Finding::error(format!("the case did not end within {} s", case.most_secs)),
    };
    if !is_quiet {
        println!("{:<24} {:<7} {}", case.name, finding.ruling.name(), finding.line());
    }
    (family, case, finding, began.elapsed().as_secs_f64())
}

type CaseResult = (&'static str, Case, Finding, f64);

fn print_table(results: &[CaseResult]) {
    println!("\n| family | case | ruling | seconds | figures |\n|---|---|---|---:|---|");
    for (family, case, finding, secs) in results {
        println!("| {family} | {} | {} | {secs:.0} | {} |", case.about, finding.ruling.name(), finding.line());
    }
    let counts: Vec<String> = Ruling::ALL
        .iter()
        .map(|ruling| (results.iter().filter(|(_, _, finding, _)| finding.ruling == *ruling).count(), ruling.name()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    println!("\n{} cases: {}\n", results.len(), counts.join(", "));
}

fn to_json(lab: &Lab, results: &[CaseResult], took: Duration) -> serde_json::Value {
    let cases: Vec<serde_json::Value> = results
        .iter()
        .map(|(family, case, finding, secs)| {
            serde_json::json!({
                "family": family, "case": case.name, "ruling": finding.ruling.name(), "secs": secs,
                "faults": finding.faults, "figures": finding.figures_json(),
            })
        })
        .collect();
    serde_json::json!({ "binary": lab.binary, "secs": took.as_secs_f64(), "cases": cases })
}
