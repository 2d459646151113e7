//! Owns the clocks of the benches: wall time, CPU time and peak memory of a thread, of this process or of another one.
//!
//! On a machine with busy neighbours, wall time measures the neighbours too; CPU time measures the work alone.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// Ticks of a second in `/proc/PID/stat`; Linux shows programs this number, even if the kernel uses another.
const TICKS_A_SECOND: f64 = 100.0;

/// Reads the machine's monotonic clock in microseconds; all processes see one clock.
pub fn now_us() -> u64 {
    u64::try_from(read(ClockId::Monotonic).as_micros()).unwrap_or(u64::MAX)
}

/// Converts a moment of this process to microseconds of [`now_us`].
pub fn instant_to_us(at: Instant) -> u64 {
    now_us().saturating_sub(at.elapsed().as_micros() as u64)
}

/// Reads the CPU time of this thread.
pub fn thread_cpu() -> Duration {
    read(ClockId::ThreadCPUTime)
}

/// Reads the CPU time of this process, in seconds.
pub fn process_cpu() -> f64 {
    read(ClockId::ProcessCPUTime).as_secs_f64()
}

fn read(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Wall and CPU time of a piece of work.
#[derive(Clone, Copy, Debug, Default)]
pub struct TimeSpent {
    /// Seconds of wall time.
    pub wall: f64,
    /// Seconds of CPU time, where they can be measured.
    pub cpu: Option<f64>,
}

impl TimeSpent {
    /// Returns the CPU time, or the wall time where the CPU time is unknown.
    pub fn best(self) -> f64 {
        self.cpu.unwrap_or(self.wall)
    }
}

/// Does a piece of work on this thread and measures its time.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, TimeSpent) {
    let (wall, cpu) = (Instant::now(), thread_cpu());
    let done = work();
    (done, TimeSpent { wall: wall.elapsed().as_secs_f64(), cpu: Some((thread_cpu() - cpu).as_secs_f64()) })
}

/// Returns the median, the upper of the two for an even number; 0 of none.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// CPU time and memory of a process.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProcessUsage {
    /// Seconds of CPU time.
    pub cpu: f64,
    /// Peak of resident memory, in MB.
    pub peak_mb: f64,
}

/// Reads the usage of a running process; `None` on a system without `/proc`.
pub fn process_usage(process: u32) -> Option<ProcessUsage> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, in parentheses, may hold spaces; the user's and the system's time are the 12th and 13th after it.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: f64 = fields.get(11..13)?.iter().filter_map(|field| field.parse::<f64>().ok()).sum();
    Some(ProcessUsage { cpu: ticks / TICKS_A_SECOND, peak_mb: peak_mb_of(&process.to_string())? })
}

/// Reads the peak of this process's resident memory, in MB; 0 on a system without `/proc`.
pub fn peak_mb() -> f64 {
    peak_mb_of("self").unwrap_or_default()
}

fn peak_mb_of(process: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = peak.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes / 1024.0)
}
