//! The circuit breaker of one platform. After several failures in a row it stops sending and probes the platform with
//! growing pauses. After an answered probe it lets one message through before it closes. Pure.

use ceasewire_model::Timestamp;

/// Consecutive failures, of any chats, that open the circuit. One message in twenty may fail for its own chat alone.
const FAILURES_TO_OPEN: u32 = 5;
/// Milliseconds before the first probe; each further wait is twice as long.
const FIRST_WAIT_MS: i64 = 1000;
/// The longest wait. It bounds the delay of an urgent alert after the platform's return.
const LONGEST_WAIT_MS: i64 = 30_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CircuitState {
    /// Messages may leave.
    Closed,
    /// No message may leave before this time.
    Open(Timestamp),
    /// No message may leave before the platform answers a probe.
    ProbeDue,
    /// One message may leave, to test whether the platform answers messages too.
    HalfOpen,
}

impl CircuitState {
    /// Whether a message that holds a send slot may leave.
    pub fn allows_send(self) -> bool {
        matches!(self, Self::Closed | Self::HalfOpen)
    }
}

/// Counts failures and decides when to send again.
#[derive(Clone, Copy, Debug, Default)]
pub struct CircuitBreaker {
    failures: u32,
    wait_ms: i64,
    open_until: Option<Timestamp>,
    /// Whether the platform answered a probe after the circuit opened.
    probe_answered: bool,
}

impl CircuitBreaker {
    /// Returns the state at `now`.
    pub fn state(&self, now: Timestamp) -> CircuitState {
        match self.open_until {
            None => CircuitState::Closed,
            Some(_) if self.probe_answered => CircuitState::HalfOpen,
            // The second condition guards against a clock that moved back: it would keep the circuit open for too long.
            Some(until) if now < until && until.0 - now.0 <= LONGEST_WAIT_MS => CircuitState::Open(until),
            Some(_) => CircuitState::ProbeDue,
        }
    }

    /// Whether an outage lasts.
    pub fn is_open(&self) -> bool {
        self.open_until.is_some()
    }

    pub fn record_probe_answer(&mut self) {
        self.probe_answered = self.open_until.is_some();
        if !self.probe_answered {
            self.failures = 0;
        }
    }

    /// Records any answer to a message and closes the circuit. Returns whether this ends an outage.
    pub fn record_answer(&mut self) -> bool {
        let ended = self.open_until.is_some();
        *self = Self::default();
        ended
    }

    /// Records a missing answer or a failed connection. Returns whether this begins an outage.
    pub fn record_failure(&mut self, now: Timestamp) -> bool {
        self.failures = self.failures.saturating_add(1);
        if self.failures < FAILURES_TO_OPEN {
            return false;
        }
        let begins = self.open_until.is_none();
        // Failures of requests sent before the circuit opened carry no new information.
        if begins || matches!(self.state(now), CircuitState::ProbeDue | CircuitState::HalfOpen) {
            self.probe_answered = false;
            self.wait_ms = (self.wait_ms * 2).clamp(FIRST_WAIT_MS, LONGEST_WAIT_MS);
            self.open_until = Some(Timestamp(now.0 + self.wait_ms));
        }
        begins
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn open() -> CircuitBreaker {
        let mut breaker = CircuitBreaker::default();
        let began: Vec<bool> = (0..5).map(|_| breaker.record_failure(NOW)).collect();
        assert_eq!(began, [false, false, false, false, true]);
        breaker
    }

    #[test]
    fn single_failures_do_not_open_the_circuit() {
        let mut breaker = CircuitBreaker::default();
        for _ in 0..100 {
            breaker.record_failure(NOW);
            breaker.record_failure(NOW);
            assert_eq!(breaker.state(NOW), CircuitState::Closed);
            assert!(!breaker.record_answer());
        }
    }

    #[test]
    fn pauses_between_probes_grow() {
        let mut breaker = open();
        let (mut now, mut pauses) = (NOW, Vec::new());
        for _ in 0..7 {
            let CircuitState::Open(until) = breaker.state(now) else { panic!("{breaker:?}") };
            // A message sent before the outage fails too and changes nothing.
            assert!(!breaker.record_failure(now));
            assert_eq!(breaker.state(now), CircuitState::Open(until));
            pauses.push((until.0 - now.0) / 1000);
            now = until;
            assert_eq!(breaker.state(now), CircuitState::ProbeDue);
            breaker.record_failure(now);
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
    }

    #[test]
    fn after_an_answered_probe_the_circuit_is_half_open() {
        let mut breaker = open();
        let CircuitState::Open(until) = breaker.state(NOW) else { panic!("{breaker:?}") };
        breaker.record_probe_answer();
        assert_eq!(breaker.state(until), CircuitState::HalfOpen);
        assert!(!breaker.record_failure(until));
        assert_eq!(breaker.state(until), CircuitState::Open(until.plus_secs(2)));
        breaker.record_probe_answer();
        assert!(breaker.record_answer());
        assert_eq!(breaker.state(until), CircuitState::Closed);
    }

    #[test]
    fn an_answer_closes_the_circuit() {
        let mut breaker = open();
        assert!(breaker.record_answer());
        assert_eq!(breaker.state(NOW), CircuitState::Closed);
    }

    #[test]
    fn a_clock_that_moves_back_does_not_keep_the_circuit_open() {
        assert_eq!(open().state(NOW.plus_secs(-3600)), CircuitState::ProbeDue);
    }
}
