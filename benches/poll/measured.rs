//! Owns the figures of a poller, which its process prints for the bench.

use anyhow::Context;
use serde::{Deserialize, Serialize};

/// The cost of a cold and a warm round.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Measured {
    /// Seconds of CPU for the cold round.
    pub cold_cpu: f64,
    /// Seconds of CPU for a warm round.
    pub warm_cpu: f64,
    /// Seconds by the clock for a warm round.
    pub warm_wall: f64,
    /// Most resident memory of the process over all rounds, in MB.
    pub peak_mb: f64,
}

impl Measured {
    /// Reads the figures from the output of a child process.
    pub fn read(text: &str) -> anyhow::Result<Self> {
        serde_json::from_str(text.lines().last().unwrap_or_default()).context("a process printed no figures")
    }

    /// Prints it for the parent process.
    pub fn print(self) -> anyhow::Result<()> {
        println!("{}", serde_json::to_string(&self)?);
        Ok(())
    }
}
