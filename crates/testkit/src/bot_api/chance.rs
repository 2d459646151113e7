//! Owns faults by chance: errors, lost answers, storms of 429. A seed brings the same faults each time. It must not
//! know the requests; `faults` has the faults that a test scripts.

use std::time::{Duration, Instant};

use super::faults::Fault;
use crate::random::XorShift64;

/// Seconds of a storm, and `retry_after` of its answers.
const STORM_SECS: u64 = 1;

/// Shares of the requests that send or edit, by fault.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Odds {
    /// Answered with a 5xx; nothing is done.
    pub errors: f64,
    /// Done, but the connection is cut before the answer.
    pub lost_answers: f64,
    /// Begins a storm: for a second every request is answered with a 429.
    pub storms: f64,
}

/// The dice.
#[derive(Debug)]
pub(super) struct Chance {
    odds: Odds,
    random: XorShift64,
    storm_until: Option<Instant>,
}

impl Chance {
    pub(super) fn new(odds: Odds, seed: u64) -> Chance {
        Chance { odds, random: XorShift64::new(seed), storm_until: None }
    }

    /// Draws the fault that a request meets.
    pub(super) fn fault(&mut self, now: Instant) -> Option<Fault> {
        let storm = Some(Fault::TooManyRequests { retry_after_secs: STORM_SECS });
        if self.storm_until.is_some_and(|until| now < until) {
            return storm;
        }
        let Odds { errors, lost_answers, storms } = self.odds;
        // One number decides, so that no share depends on the others.
        let drawn = self.random.fraction();
        if drawn < errors {
            Some(Fault::ServerError(if self.random.below(2) == 0 { 500 } else { 502 }))
        } else if drawn < errors + lost_answers {
            Some(Fault::LostAnswer)
        } else if drawn < errors + lost_answers + storms {
            self.storm_until = Some(now + Duration::from_secs(STORM_SECS));
            storm
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_kept_and_a_seed_brings_the_same_again() {
        let odds = Odds { errors: 0.05, lost_answers: 0.02, storms: 0.0 };
        let drawn = |seed: u64| {
            let (now, mut chance) = (Instant::now(), Chance::new(odds, seed));
            (0..10_000).map(|_| chance.fault(now).map(|fault| format!("{fault:?}"))).collect::<Vec<_>>()
        };
        let faults = drawn(1);
        let count = |name: &str| faults.iter().flatten().filter(|fault| fault.starts_with(name)).count();
        assert!((400..600).contains(&count("ServerError")), "{}", count("ServerError"));
        assert!((140..260).contains(&count("LostAnswer")), "{}", count("LostAnswer"));
        assert_eq!(count("TooMany"), 0);
        assert!(faults == drawn(1) && faults != drawn(2));
    }

    #[test]
    fn a_storm_spares_nobody_and_passes() {
        let (now, mut chance) = (Instant::now(), Chance::new(Odds { storms: 1.0, ..Odds::default() }, 1));
        assert!(chance.fault(now).is_some());
        chance.odds.storms = 0.0;
        let told = |fault| matches!(fault, Some(Fault::TooManyRequests { retry_after_secs: 1 }));
        assert!(told(chance.fault(now + Duration::from_millis(999))));
        assert!(chance.fault(now + Duration::from_millis(1000)).is_none());
    }
}
