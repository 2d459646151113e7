//! Starts the runtime and runs the command line.

use std::io::Write as _;
use std::process::ExitCode;

use ceasewire::cli;
use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            // Where standard error is gone, there is no place for the message.
            let _ = writeln!(std::io::stderr(), "the runtime cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(cli::run(cli));
    // A pending read of the terminal would otherwise block the exit.
    runtime.shutdown_background();
    code
}
