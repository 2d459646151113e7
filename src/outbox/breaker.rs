//! The circuit breaker: when a platform is away, it is asked now and then whether it is back, instead of being hammered
//! with messages that may or may not arrive. When it answers, one message is sent to see whether messages are answered
//! too, and the others follow that one. Pure.

use ceasewire_model::Timestamp;

/// Failures in a row, of whichever chats, that are an outage. One chat's message in twenty may fail by itself.
const OUTAGE: u32 = 5;
/// Milliseconds before the platform is first asked whether it is back; each further wait is twice as long.
const FIRST_WAIT_MS: i64 = 1000;
/// The longest wait: a ceasefire must not wait longer for a platform that is back.
const LONGEST_WAIT_MS: i64 = 30_000;

/// Whether messages may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circuit {
    /// They may.
    Closed,
    /// They may not before this time.
    Open(Timestamp),
    /// They may not until the platform has answered a harmless question.
    Ask,
    /// One may, to see whether it is answered.
    One,
}

impl Circuit {
    /// Whether a message that has its turn may leave.
    pub fn lets_send(self) -> bool {
        matches!(self, Self::Closed | Self::One)
    }
}

/// Watches how requests end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Breaker {
    failures: u32,
    wait_ms: i64,
    open_until: Option<Timestamp>,
    /// Whether it has answered a harmless question since.
    is_back: bool,
}

impl Breaker {
    /// Whether messages may be sent at `now`.
    pub fn circuit(&self, now: Timestamp) -> Circuit {
        match self.open_until {
            None => Circuit::Closed,
            Some(_) if self.is_back => Circuit::One,
            // A clock that was set back would otherwise keep it open.
            Some(until) if now < until && until.0 - now.0 <= LONGEST_WAIT_MS => Circuit::Open(until),
            Some(_) => Circuit::Ask,
        }
    }

    /// Whether there is an outage.
    pub fn is_open(&self) -> bool {
        self.open_until.is_some()
    }

    /// The platform has answered a harmless question.
    pub fn came_back(&mut self) {
        self.is_back = self.open_until.is_some();
        if !self.is_back {
            self.failures = 0;
        }
    }

    /// The platform answered to a message, whatever it said. Returns whether an outage has ended by that.
    pub fn answered(&mut self) -> bool {
        let ended = self.open_until.is_some();
        *self = Self::default();
        ended
    }

    /// The platform did not answer, or could not be reached. Returns whether an outage has begun by that.
    pub fn failed(&mut self, now: Timestamp) -> bool {
        self.failures = self.failures.saturating_add(1);
        if self.failures < OUTAGE {
            return false;
        }
        let begins = self.open_until.is_none();
        // Requests that were on their way when it began say nothing new.
        if begins || matches!(self.circuit(now), Circuit::Ask | Circuit::One) {
            self.is_back = false;
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

    fn open() -> Breaker {
        let mut breaker = Breaker::default();
        let began: Vec<bool> = (0..5).map(|_| breaker.failed(NOW)).collect();
        assert_eq!(began, [false, false, false, false, true]);
        breaker
    }

    #[test]
    fn single_failures_are_no_outage() {
        let mut breaker = Breaker::default();
        for _ in 0..100 {
            breaker.failed(NOW);
            breaker.failed(NOW);
            assert_eq!(breaker.circuit(NOW), Circuit::Closed);
            assert!(!breaker.answered());
        }
    }

    #[test]
    fn an_outage_is_waited_out_with_growing_pauses() {
        let mut breaker = open();
        let (mut now, mut pauses) = (NOW, Vec::new());
        for _ in 0..7 {
            let Circuit::Open(until) = breaker.circuit(now) else { panic!("{breaker:?}") };
            // What was on its way when it began fails too, and says nothing new.
            assert!(!breaker.failed(now));
            assert_eq!(breaker.circuit(now), Circuit::Open(until));
            pauses.push((until.0 - now.0) / 1000);
            now = until;
            assert_eq!(breaker.circuit(now), Circuit::Ask);
            breaker.failed(now);
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
    }

    #[test]
    fn after_an_answer_one_message_shows_whether_messages_are_answered_too() {
        let mut breaker = open();
        let Circuit::Open(until) = breaker.circuit(NOW) else { panic!("{breaker:?}") };
        breaker.came_back();
        assert_eq!(breaker.circuit(until), Circuit::One);
        assert!(!breaker.failed(until));
        assert_eq!(breaker.circuit(until), Circuit::Open(until.plus_secs(2)));
        breaker.came_back();
        assert!(breaker.answered());
        assert_eq!(breaker.circuit(until), Circuit::Closed);
    }

    #[test]
    fn an_answer_ends_it() {
        let mut breaker = open();
        assert!(breaker.answered());
        assert_eq!(breaker.circuit(NOW), Circuit::Closed);
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_keep_it_open() {
        assert_eq!(open().circuit(NOW.plus_secs(-3600)), Circuit::Ask);
    }
}
