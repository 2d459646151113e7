//! What a process has used: CPU time and peak memory.

use anyhow::Context;
use serde::{Deserialize, Serialize};

/// What a poller took for a cold and a warm round.
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
    /// Reads what a child process printed.
    pub fn read(text: &str) -> anyhow::Result<Self> {
        serde_json::from_str(text.lines().last().unwrap_or_default()).context("a process printed no figures")
    }

    /// Prints it for the parent process.
    pub fn print(self) -> anyhow::Result<()> {
        println!("{}", serde_json::to_string(&self)?);
        Ok(())
    }
}

/// Seconds of CPU that this process has used.
pub fn cpu() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// The most resident memory of this process so far, in MB; 0 where the system does not say.
pub fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse().unwrap_or(0.0);
    kilobytes / 1024.0
}

/// The median of some figures; 0 of none.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(0.0)
}
