//! Owns what goes wrong by chance: errors, lost answers, storms of 429. The same seed brings the same chances. It must not
//! know what a request asks for; `faults` has what a test scripts.

use std::time::{Duration, Instant};

use super::faults::Fault;

/// Seconds that each request of a storm is told to wait, and that a storm lasts.
const STORM_SECS: u64 = 1;

/// How often things go wrong, as shares of the requests that send or edit.
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
    random: Random,
    storm_until: Option<Instant>,
}

impl Chance {
    pub(super) fn new(odds: Odds, seed: u64) -> Chance {
        Chance { odds, random: Random::new(seed), storm_until: None }
    }

    /// Says what a request meets.
    pub(super) fn fault(&mut self, now: Instant) -> Option<Fault> {
        let storm = Some(Fault::TooManyRequests { retry_after_secs: STORM_SECS });
        if self.storm_until.is_some_and(|until| now < until) {
            return storm;
        }
        let Odds { errors, lost_answers, storms } = self.odds;
        // One number decides, so that a share is what is said whatever the others are.
        let drawn = self.random.share();
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

/// Numbers by chance, the same ones for the same seed: xorshift64* (Vigna, "An experimental exploration of Marsaglia's
/// xorshift generators, scrambled").
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Begins a series.
    pub fn new(seed: u64) -> Random {
        // Zero would stay zero for ever; neighbouring seeds are to begin far from each other.
        Random(seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Draws a number of 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Draws from zero up to, not including, one.
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Draws from zero up to, not including, a number; zero of none.
    pub fn below(&mut self, end: usize) -> usize {
        (self.share() * end as f64) as usize
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
