//! Time during a dispatch. The wall clock may jump meanwhile; the elapsed time never does.

use std::time::Instant;

use ceasewire_model::Timestamp;

/// A backward move of the clock by fewer milliseconds is drift, not a jump.
const JUMP_MS: i64 = 2000;

/// A point of the wall clock and the time elapsed since.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stopwatch {
    started_at: Timestamp,
    started: Instant,
}

impl Stopwatch {
    pub(super) fn start(now: Timestamp) -> Self {
        Self { started_at: now, started: Instant::now() }
    }

    pub(super) fn started_at(self) -> Timestamp {
        self.started_at
    }

    /// Returns the start plus the elapsed time.
    pub(super) fn now(self) -> Timestamp {
        Timestamp(self.started_at.0.saturating_add(self.started.elapsed().as_millis() as i64))
    }
}

/// Adds up backward jumps of the wall clock between the steps of a loop.
#[derive(Debug)]
pub(super) struct ClockWatch {
    last: Stopwatch,
    moved_back_ms: i64,
}

impl ClockWatch {
    pub(super) fn new(start: Stopwatch) -> Self {
        Self { last: start, moved_back_ms: 0 }
    }

    /// Compares the wall clock at `current` with the elapsed time.
    pub(super) fn observe(&mut self, current: Stopwatch) {
        let jump = self.last.now().0.saturating_sub(current.started_at.0);
        if jump > JUMP_MS {
            self.moved_back_ms += jump;
        }
        self.last = current;
    }

    /// Returns the milliseconds of all jumps after the last reset; `None` without a jump.
    pub(super) fn moved_back(&self) -> Option<i64> {
        (self.moved_back_ms > 0).then_some(self.moved_back_ms)
    }

    pub(super) fn reset(&mut self) {
        self.moved_back_ms = 0;
    }
}
