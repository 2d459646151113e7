//! The clock that the processes of this tool share, and what a process has used.

use std::time::Instant;

/// Ticks of a second in `/proc/PID/stat`; Linux has kept this number for programs, whatever its own is.
const TICKS_A_SECOND: f64 = 100.0;

/// Microseconds of the machine's clock that never jumps; the same in every process.
pub fn now_us() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    time.tv_sec.unsigned_abs() * 1_000_000 + time.tv_nsec.unsigned_abs() / 1000
}

/// The same of a moment in this process.
pub fn us_of(at: Instant) -> u64 {
    now_us().saturating_sub(at.elapsed().as_micros() as u64)
}

/// What a process has used.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// Seconds of CPU.
    pub cpu: f64,
    /// The most resident memory so far, in MB.
    pub peak_mb: f64,
}

/// What a running process has used so far; `None` where the system does not say.
pub fn usage(process: u32) -> Option<Usage> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, in parentheses, may hold spaces; the user's and the system's time are the 12th and 13th after it.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: f64 = fields.get(11..13)?.iter().filter_map(|field| field.parse::<f64>().ok()).sum();
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = peak.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(Usage { cpu: ticks / TICKS_A_SECOND, peak_mb: kilobytes / 1024.0 })
}
