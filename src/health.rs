//! The program's health: whether feeds are polled, whether the store can be written and stands where it was opened, and
//! whether the clock runs evenly. `web` shows it at `/health`.

use std::time::{Duration, Instant};

use ceasewire_model::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::store::{PollTimes, Store};

/// The pause between two checks.
const EVERY: Duration = Duration::from_secs(10);
/// The longest time that one check waits for the store, which has other work too.
const CHECK_WITHIN: Duration = Duration::from_secs(15);
/// The longest time without a successful write, in seconds: a backup may hold the store for some.
const WRITES_WITHIN_SECS: i64 = 30;
/// Bounds, in seconds, of the longest time without a successful poll.
const POLLS_WITHIN_SECS: (i64, i64) = (60, 600);
/// Free bytes of the disk below which the next write may fail.
const LEAST_FREE_BYTES: u64 = 1 << 20;
/// The least difference, in seconds, between the clock and the elapsed time that counts as a jump.
const JUMP_SECS: i64 = 60;
/// The longest time, in seconds, that a jump of the clock counts; a successful poll ends it earlier.
const JUMP_COUNTS_SECS: i64 = 600;

/// The health as of the last check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HealthReport {
    /// The last successful poll of any feed.
    pub last_poll_at: Option<Timestamp>,
    /// The last time that this process could write into the store.
    pub last_write_at: Option<Timestamp>,
    pub problems: Vec<HealthProblem>,
}

/// A reason why a person should look at the program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HealthProblem {
    #[error("no poll of any feed has succeeded since {}", .0.map_or_else(|| "the start".to_owned(), Timestamp::to_rfc3339))]
    NoPolls(Option<Timestamp>),
    #[error("the store cannot be written: {0}")]
    Unwritable(String),
    #[error("{0}")]
    Misplaced(String),
    #[error("the disk of the store is full: {0} bytes are free")]
    DiskFull(u64),
    #[error("the clock jumped by {0} seconds, and no poll has succeeded since")]
    ClockJumped(i64),
}

#[derive(Clone, Copy, Debug)]
struct ClockJump {
    /// The first time after it.
    at: Timestamp,
    by_secs: i64,
}

/// Checks the health again and again.
#[derive(Debug)]
pub struct HealthMonitor {
    store: Store,
    /// The longest time without a successful poll, in seconds; `None` in a process that polls no feeds.
    polls_within_secs: Option<i64>,
    report: watch::Sender<HealthReport>,
    /// The time of the last check, and the elapsed time since the first one.
    last_check: Option<(Timestamp, Duration)>,
    last_write: Option<(Timestamp, Duration)>,
    jump: Option<ClockJump>,
}

impl HealthMonitor {
    /// Builds a monitor of a process; `max_poll_interval_secs` is `None` where it polls no feeds.
    pub fn new(store: Store, max_poll_interval_secs: Option<u64>) -> Self {
        let (least, most) = POLLS_WITHIN_SECS;
        let polls_within =
            |secs: u64| i64::try_from(secs).map_or(most, |secs| secs.saturating_mul(2)).clamp(least, most);
        Self {
            store,
            polls_within_secs: max_poll_interval_secs.map(polls_within),
            report: watch::Sender::new(HealthReport::default()),
            last_check: None,
            last_write: None,
            jump: None,
        }
    }

    /// Returns the place of the newest report.
    pub fn reports(&self) -> watch::Receiver<HealthReport> {
        self.report.subscribe()
    }

    /// Checks once. `uptime` is the elapsed time since the first check, by a clock that never jumps.
    pub async fn tick(&mut self, now: Timestamp, uptime: Duration) {
        let mut problems = Vec::new();
        self.observe_clock(now, uptime);
        let written = tokio::time::timeout(CHECK_WITHIN, self.store.record_health_check(now)).await;
        match written {
            Ok(Ok(())) => self.last_write = Some((now, uptime)),
            failed => {
                let silent = uptime.saturating_sub(self.last_write.map_or(Duration::ZERO, |(_, at)| at));
                if silent.as_secs() as i64 >= WRITES_WITHIN_SECS {
                    let error = failed.map_or_else(
                        |_| "it does not answer".to_owned(),
                        |done| done.err().map_or_else(String::new, |error| error.to_string()),
                    );
                    problems.push(HealthProblem::Unwritable(error));
                }
            }
        }
        if let Err(error) = self.store.check_file() {
            problems.push(HealthProblem::Misplaced(error.to_string()));
        }
        problems
            .extend(self.store.find_free_bytes().filter(|&free| free < LEAST_FREE_BYTES).map(HealthProblem::DiskFull));
        let times = tokio::time::timeout(CHECK_WITHIN, self.store.find_poll_times(now)).await;
        // A store that cannot be read cannot be written either, which is reported above.
        let times = times.ok().and_then(Result::ok);
        if let (Some(times), Some(within)) = (times, self.polls_within_secs) {
            problems.extend(self.judge_clock(times, now));
            let is_due = uptime.as_secs() as i64 >= within && !is_polled(times, within, now);
            problems.extend(is_due.then_some(HealthProblem::NoPolls(times.last_success_at)));
        }
        let last_poll_at = times.and_then(|times| times.last_success_at);
        self.publish(HealthReport { last_poll_at, last_write_at: self.last_write.map(|(at, _)| at), problems });
    }

    /// Checks every ten seconds until `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        let began = Instant::now();
        while !stop.is_cancelled() {
            self.tick(Timestamp::now(), began.elapsed()).await;
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Compares the clock with the elapsed time since the last check.
    fn observe_clock(&mut self, now: Timestamp, uptime: Duration) {
        let last = self.last_check.replace((now, uptime));
        let Some((then, uptime_then)) = last else { return };
        let passed = i64::try_from(uptime.saturating_sub(uptime_then).as_millis()).unwrap_or(i64::MAX);
        let by_secs = now.0.saturating_sub(then.0).saturating_sub(passed) / 1000;
        if by_secs.abs() >= JUMP_SECS {
            tracing::warn!(clock.jumped_secs = by_secs, "the clock jumped; due times follow the new clock");
            self.jump = Some(ClockJump { at: now, by_secs });
        }
    }

    /// Returns the last jump of the clock until a poll succeeds after it, or for ten minutes.
    fn judge_clock(&mut self, times: PollTimes, now: Timestamp) -> Option<HealthProblem> {
        self.jump = self.jump.filter(|jump| {
            let is_polled = times.last_success_at.is_some_and(|at| at >= jump.at);
            !is_polled && now < jump.at.plus_secs(JUMP_COUNTS_SECS)
        });
        self.jump.map(|jump| HealthProblem::ClockJumped(jump.by_secs))
    }

    /// Logs problems that come and go, and publishes the report.
    fn publish(&self, report: HealthReport) {
        let kinds = |report: &HealthReport| report.problems.iter().map(std::mem::discriminant).collect::<Vec<_>>();
        let before = self.report.send_replace(report.clone());
        for problem in &report.problems {
            if !kinds(&before).contains(&std::mem::discriminant(problem)) {
                tracing::error!(%problem, "the program is not well; /health says so until it is");
            }
        }
        if !before.problems.is_empty() && report.problems.is_empty() {
            tracing::info!("the program is well again");
        }
    }
}

/// Whether polls go on: one succeeded lately, or a well feed waits for its next one.
fn is_polled(times: PollTimes, within_secs: i64, now: Timestamp) -> bool {
    let oldest = now.plus_secs(-within_secs);
    let has_succeeded = times.last_success_at.is_some_and(|at| at >= oldest);
    let waits = times.next_poll_at.is_some_and(|at| at >= oldest);
    times.feeds == 0 || has_succeeded || waits
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_602_288_000_000);

    fn times(last_success_secs: Option<i64>, next_poll_secs: Option<i64>) -> PollTimes {
        let at = |secs: i64| NOW.plus_secs(secs);
        PollTimes { feeds: 3, last_success_at: last_success_secs.map(at), next_poll_at: next_poll_secs.map(at) }
    }

    #[test]
    fn polling_is_well_while_a_poll_succeeded_lately_or_a_feed_waits_for_its_time() {
        for (times, well) in [
            (PollTimes::default(), true),
            (times(Some(-30), Some(90)), true),
            (times(Some(-3000), Some(600)), true),
            (times(Some(-3000), Some(-30)), true),
            (times(Some(-3000), Some(-700)), false),
            (times(Some(-3000), None), false),
            (times(None, None), false),
        ] {
            assert_eq!(is_polled(times, 600, NOW), well, "{times:?}");
        }
    }
}
