//! Wall time and CPU time.
//!
//! On a machine with neighbours the wall tells how busy they are; the CPU time of the one thread that works tells more
//! about the work.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// CPU time that this thread has had.
pub fn thread() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// What something took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spent {
    /// Seconds that went by.
    pub wall: f64,
    /// Seconds of computing, where that can be told.
    pub cpu: Option<f64>,
}

impl Spent {
    /// CPU seconds, or where they are not known those of the wall.
    pub fn best(self) -> f64 {
        self.cpu.unwrap_or(self.wall)
    }
}

/// Does something on this thread, and says what it took.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Spent) {
    let (wall, cpu) = (Instant::now(), thread());
    let done = work();
    (done, Spent { wall: wall.elapsed().as_secs_f64(), cpu: Some((thread() - cpu).as_secs_f64()) })
}

/// The middle one; of an even number the upper of the two.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
