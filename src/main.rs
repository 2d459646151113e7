//! Starts the runtime and runs the command line.
#![allow(clippy::print_stderr, reason = "logging starts after the runtime")]

use std::process::ExitCode;

use ceasewire::cli;
use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("the runtime cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(cli::run(cli));
    // A pending read of the terminal would otherwise block the exit.
    runtime.shutdown_background();
    code
}
