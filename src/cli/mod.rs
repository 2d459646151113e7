//! The command line. Data goes to standard output, messages for people to standard error.

mod chats;
#[cfg(feature = "encoder")]
mod encoder;
mod feeds;
mod input;
mod inspect;
mod replay;

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::app::Role;
use crate::config::{self, Settings, SettingsSource};
use crate::encoder::{LOSS, NoEncoder};
use crate::store::Store;
use crate::{app, demo, telemetry};

/// News alerts about an armed conflict: one alert per story, to Telegram or this terminal.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    /// The configuration file; without one the defaults of config/default.toml apply.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: CliCommand,
}

#[derive(Debug, Subcommand)]
enum CliCommand {
    /// Poll, match, alert and answer commands until SIGINT or SIGTERM
    Run {
        /// Alert the newest N articles of a feed's first fetch, which otherwise stores what is there silently
        #[arg(long, default_value_t = 0, value_name = "N")]
        backfill: usize,
        /// What this process does, where several share a PostgreSQL database
        #[arg(long, value_enum, value_delimiter = ',', default_value = "poll,send,chat", value_name = "ROLES")]
        roles: Vec<Role>,
    },
    /// Replay autumn 2020 offline, in this terminal
    Demo {
        /// Answer commands typed meanwhile
        #[arg(long)]
        interactive: bool,
    },
    /// Validate configuration, profile, topics and database without starting
    Check,
    /// Show, try, add and remove feeds
    Feeds {
        #[command(subcommand)]
        command: feeds::FeedsCommand,
    },
    /// Show, block and unblock chats
    Chats {
        #[command(subcommand)]
        command: chats::ChatsCommand,
    },
    /// Import the optional model with which reports in different languages meet
    #[cfg(feature = "encoder")]
    Encoder {
        #[command(subcommand)]
        command: encoder::EncoderCommand,
    },
    /// Write a consistent copy of the database while the bot runs
    Backup {
        /// The file to write; it must not exist
        file: PathBuf,
    },
    /// Show the messages that subscribers would have got of a stream of articles, as JSON Lines
    Replay(replay::ReplayArgs),
    /// Look at what the pipeline makes of something
    Inspect {
        #[command(subcommand)]
        command: inspect::InspectCommand,
    },
}

/// Runs the command of this process's arguments to its end, on a runtime of its own.
///
/// The runtime starts here and not in `main.rs`: the compiler generates the code of an async function where something
/// polls it, and the whole program would be compiled a second time with the binary.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&format!("the runtime cannot start: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(run(cli));
    // A pending read of the terminal would otherwise block the exit.
    runtime.shutdown_background();
    code
}

/// Runs a command to its end.
async fn run(cli: Cli) -> ExitCode {
    let code = match execute(cli).await {
        Ok(code) => code,
        // The reader of the output has read enough, as `head` does.
        Err(error) if is_closed_output(&error) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    };
    telemetry::flush();
    code
}

fn is_closed_output(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    causes.any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}

async fn execute(cli: Cli) -> anyhow::Result<ExitCode> {
    let settings = || load(cli.config.as_deref());
    match cli.command {
        CliCommand::Run { backfill, roles } => {
            let stop = stop_on_signal()?;
            // Caught from the start: it would end the process at once.
            let hangup = signal(SignalKind::hangup())?;
            let settings = settings()?;
            telemetry::init(&settings.config.log.filter)?;
            for warning in &settings.warnings {
                tracing::warn!("{warning}");
            }
            let token = settings.config.token(std::env::var("TELOXIDE_TOKEN").ok())?;
            let in_terminal = token.is_none() || std::io::stdin().is_terminal();
            follow_hangups(hangup, in_terminal.then(|| stop.clone()));
            app::run(settings, token, backfill, &roles, stop).await?;
        }
        CliCommand::Demo { interactive } => {
            telemetry::init("warn")?;
            let stop = stop_on_signal()?;
            follow_hangups(signal(SignalKind::hangup())?, Some(stop.clone()));
            demo::run(interactive, stop).await?;
        }
        CliCommand::Check => return check(&settings()?).await,
        CliCommand::Feeds { command } => return feeds::run(command, &settings()?).await,
        CliCommand::Chats { command } => return chats::run(command, &settings()?).await,
        #[cfg(feature = "encoder")]
        CliCommand::Encoder { command } => return encoder::run(command, &settings()?),
        CliCommand::Backup { file } => {
            let settings = settings()?;
            let url = &settings.config.database.url;
            anyhow::ensure!(Store::exists(url), "there is no database at database.url yet; nothing to copy");
            let store = Store::attach(url).await?;
            store.backup(&file).await?;
            store.close().await;
            complain(&format!("copied to {}", file.display()));
        }
        CliCommand::Replay(args) => {
            telemetry::init("warn")?;
            return replay::run(&args, &settings()?).await;
        }
        CliCommand::Inspect { command } => return inspect::run(command, cli.config.as_deref()).await,
    }
    Ok(ExitCode::SUCCESS)
}

fn load(file: Option<&std::path::Path>) -> anyhow::Result<Settings> {
    Ok(config::load(file.map_or(SettingsSource::Defaults, SettingsSource::File), std::env::vars())?)
}

/// Checks the token, the database and the encoder, which loading the settings leaves out.
async fn check(settings: &Settings) -> anyhow::Result<ExitCode> {
    let mut faults = Vec::new();
    for warning in &settings.warnings {
        complain(&format!("warning: {warning}"));
    }
    let token = settings.config.token(std::env::var("TELOXIDE_TOKEN").ok());
    let chat = match &token {
        Ok(Some(_)) => "Telegram",
        Ok(None) => "this terminal, since there is no token",
        Err(error) => {
            faults.push(error.to_string());
            "unknown"
        }
    };
    if let Err(error) = Store::probe(&settings.config.database.url).await {
        faults.push(format!("database.url: {error}"));
    }
    match app::open_encoder(&settings.config) {
        Ok(_) => {}
        // An optional file that nobody has named is no oddity.
        Err(error @ (NoEncoder::NoFile(_) | NoEncoder::NotBuilt)) if !app::model_place(&settings.config).is_named => {
            complain(&format!("note: {error}: {LOSS}"));
        }
        Err(error) => complain(&format!("warning: encoder.file: {error}; {LOSS}")),
    }
    for fault in &faults {
        complain(fault);
    }
    if !faults.is_empty() {
        return Ok(ExitCode::FAILURE);
    }
    print(&format!(
        "The configuration is right: {}, {} feeds of {} outlets, {} topics; alerts go to {chat}.\n",
        settings.profile.name,
        settings.feeds.len(),
        settings.profile.outlets.len(),
        settings.profile.vocabulary.topics().count(),
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Returns a token that SIGINT and SIGTERM cancel.
fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let token = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        token.cancel();
    });
    Ok(stop)
}

/// Handles SIGHUP: a closed terminal stops the program in order. Without a terminal the signal asks to read the
/// configuration again, and the program goes on.
fn follow_hangups(mut hangup: Signal, stop: Option<CancellationToken>) {
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            match &stop {
                Some(stop) => stop.cancel(),
                None => tracing::warn!("SIGHUP received; a new configuration applies after a restart"),
            }
        }
    });
}

/// Writes data.
fn print(text: &str) -> anyhow::Result<()> {
    std::io::stdout().write_all(text.as_bytes()).context("writing to standard output")
}

/// Writes a message for people. There is no remedy where standard error is closed.
fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
