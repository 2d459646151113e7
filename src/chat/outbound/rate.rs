//! The bot-wide rate limiter. It spaces messages to the microsecond, lowers its rate after refusals and raises it again
//! step by step. Pure: times are microseconds since the limiter's creation.
//!
//! Telegram does not publish its bot-wide limit, and the limit changes. The configured rate is therefore a ceiling. The
//! limiter remembers two rates: the highest one that the platform accepted for a while, and the lowest one that it
//! refused. The limit lies between them, and bisection finds it. The limiter never lets more than one second's worth of
//! messages arrive within any second. It counts by arrival at the platform: a message with an unusually late answer
//! counts as arrived late.

use std::collections::{BTreeSet, VecDeque};

/// A second in microseconds.
const SECOND: u64 = 1_000_000;
/// Widening of the one-second window, because arrival times are estimates.
const WINDOW_MARGIN: f64 = 1.003;
/// The most time, lost by a late wake-up, that later messages may make up for. It is small: messages after a pause need
/// new connections, arrive late and crowd together with the messages behind them.
const CATCH_UP: u64 = 5_000;
/// A spacing that no platform's limit can distinguish from none.
const NEGLIGIBLE_SPACING: u64 = 2_000;
/// Time of use without a refusal that makes a rate an accepted one.
const ACCEPTED_AFTER: u64 = 3 * SECOND;
/// Factors that lower a rate without an accepted rate: a little at first, because the limit is mostly near, and more
/// after a repeated refusal.
const LOWER: f64 = 0.9;
const LOWER_AGAIN: f64 = 0.75;
/// A refusal within this time after another one is a repeated refusal.
const REPEATED_WITHIN: u64 = 30 * SECOND;
/// Factor that raises an accepted rate towards the ceiling while the limiter knows no refused rate.
const RAISE: f64 = 1.05;
/// The bisection ends when the two rates differ by less than this share.
const CLOSE_ENOUGH: f64 = 0.0025;
/// The limiter forgets older refused rates, because limits change.
const FORGET_REFUSED_AFTER: u64 = 1800 * SECOND;
/// Consecutive messages at the limiter's spacing that show that the rate is in use.
const CONSECUTIVE: usize = 4;
/// How late a busy machine wakes a task.
const LATE_WAKE_UP: u64 = SECOND / 5;
/// An answer is late when it takes longer than the mean plus this number of deviations (RFC 6298, 2.3).
const DEVIATIONS: f64 = 4.0;
/// Weight of one answer in the mean. The RFC uses an eighth; answers are frequent here, and one stall must not count
/// twice.
const GAIN: f64 = 1.0 / 32.0;
/// The lowest rate, as a share of the ceiling.
const FLOOR: f64 = 0.02;

/// A token-bucket limiter that learns the platform's rate.
#[derive(Debug)]
pub struct AdaptiveRateLimiter {
    /// Configured messages per second.
    ceiling: f64,
    /// Messages per second at present.
    rate: f64,
    /// The highest rate that the platform accepted.
    accepted: Option<f64>,
    /// The lowest rate that the platform refused, and the time of the refusal.
    refused: Option<(f64, u64)>,
    /// The time of the next slot by the rate alone.
    next: u64,
    /// Departure times of the last few messages.
    departures: VecDeque<u64>,
    /// Estimated arrival times at the platform, with slot numbers: one second's worth.
    arrivals: BTreeSet<(u64, u64)>,
    /// Slots given out so far.
    count: u64,
    response_times: ResponseTimes,
    /// The beginning of uninterrupted use of the present rate.
    used_since: u64,
}

/// Permission to send one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendSlot {
    number: u64,
    at: u64,
}

impl SendSlot {
    /// The slot's number; numbers ascend.
    pub fn number(self) -> u64 {
        self.number
    }
}

/// Rates learned from a platform, in messages per thousand seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LearnedRate {
    /// The highest accepted rate.
    pub accepted: Option<i64>,
    /// The lowest refused rate.
    pub refused: Option<i64>,
}

impl AdaptiveRateLimiter {
    /// Builds a limiter of at most `ceiling` messages per second that continues from `learned`.
    pub fn new(ceiling: u32, learned: LearnedRate, now: u64) -> Self {
        let ceiling = f64::from(ceiling.max(1));
        let per_second = |thousandths: i64| thousandths as f64 / 1000.0;
        let refused = learned.refused.map(per_second).filter(|rate| *rate <= ceiling && *rate > 0.0);
        let accepted = learned
            .accepted
            .map(|rate| per_second(rate).min(ceiling))
            .filter(|accepted| refused.is_none_or(|refused| *accepted < refused));
        let rate = match (accepted, refused) {
            (_, None) => ceiling,
            (Some(accepted), Some(_)) => accepted,
            (None, Some(refused)) => refused * LOWER,
        };
        Self {
            ceiling,
            rate,
            accepted,
            refused: refused.map(|rate| (rate, now)),
            next: 0,
            departures: VecDeque::new(),
            arrivals: BTreeSet::new(),
            count: 0,
            response_times: ResponseTimes::default(),
            used_since: 0,
        }
    }

    /// Returns the present rate in messages per second.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Returns the rates learned so far.
    pub fn learned(&self) -> LearnedRate {
        let thousandths = |rate: f64| (rate * 1000.0).round() as i64;
        LearnedRate {
            accepted: self.accepted.map(thousandths),
            refused: self.refused.map(|(rate, _)| thousandths(rate)),
        }
    }

    /// Takes the next slot at `now`.
    ///
    /// # Errors
    /// The time of the next slot, later than `now`, when none is free yet.
    pub fn try_acquire(&mut self, now: u64) -> Result<SendSlot, u64> {
        if self.refused.is_some_and(|(_, at)| now.saturating_sub(at) > FORGET_REFUSED_AFTER) {
            self.refused = None;
        }
        let spacing = self.spacing();
        let after_last = match self.departures.back() {
            Some(last) if spacing / 2 >= NEGLIGIBLE_SPACING => last + spacing / 2,
            _ => 0,
        };
        let earliest = self.next.max(self.window_opens()).max(after_last);
        if now < earliest {
            return Err(earliest);
        }
        if self.departures.back().is_none_or(|last| now - last > 3 * spacing.max(SECOND / 20)) {
            self.used_since = now;
        }
        self.next = self.next.max(now.saturating_sub(CATCH_UP)) + spacing;
        self.departures.push_back(now);
        if self.departures.len() > CONSECUTIVE {
            self.departures.pop_front();
        }
        self.count += 1;
        self.insert_arrival(now, self.count);
        if now - self.used_since >= ACCEPTED_AFTER {
            self.accept_rate(now);
        }
        Ok(SendSlot { number: self.count, at: now })
    }

    /// Moves a slot to `now`, the real departure of its message.
    pub fn depart(&mut self, slot: SendSlot, now: u64) -> SendSlot {
        if self.arrivals.remove(&(slot.at, slot.number)) {
            self.insert_arrival(now, slot.number);
        }
        SendSlot { at: now, ..slot }
    }

    /// Records the platform's answer to the message of a slot.
    pub fn record_response(&mut self, slot: SendSlot, now: u64) {
        let lateness = self.response_times.record(slot.number, now.saturating_sub(slot.at));
        if lateness > 0 && self.arrivals.remove(&(slot.at, slot.number)) {
            self.insert_arrival(slot.at + lateness, slot.number);
        }
    }

    fn insert_arrival(&mut self, at: u64, number: u64) {
        self.arrivals.insert((at, number));
        while self.arrivals.len() > self.messages_per_window() {
            self.arrivals.pop_first();
        }
    }

    /// Lowers the rate after the platform refused the whole bot.
    pub fn record_refusal(&mut self, now: u64) {
        // A bot that hardly sends is not refused for its rate.
        if !self.is_in_use(now) {
            return;
        }
        let repeated = self.refused.is_some_and(|(_, at)| now.saturating_sub(at) < REPEATED_WITHIN);
        let factor = if repeated { LOWER_AGAIN } else { LOWER };
        let accepted = self.accepted.take().filter(|rate| *rate < self.rate * (1.0 - CLOSE_ENOUGH / 2.0));
        self.refused = Some((self.rate, now));
        self.accepted = accepted;
        self.rate = accepted.unwrap_or(self.rate * factor).max(self.ceiling * FLOOR);
        self.used_since = now;
    }

    /// Whether messages leave at about the present rate.
    pub fn is_in_use(&self, now: u64) -> bool {
        let first = self.departures.len().checked_sub(CONSECUTIVE).and_then(|at| self.departures.get(at));
        let Some((first, last)) = first.zip(self.departures.back()) else { return false };
        let longest = 2 * CONSECUTIVE as u64 * self.spacing() + LATE_WAKE_UP;
        last - first <= longest && now.saturating_sub(*last) <= SECOND
    }

    fn accept_rate(&mut self, now: u64) {
        self.accepted = Some(self.accepted.map_or(self.rate, |accepted| accepted.max(self.rate)));
        self.rate = match self.refused {
            Some((refused, _)) if refused - self.rate > refused * CLOSE_ENOUGH => f64::midpoint(self.rate, refused),
            Some(_) => self.rate,
            None => (self.rate * RAISE).min(self.ceiling),
        };
        self.used_since = now;
    }

    fn spacing(&self) -> u64 {
        (SECOND as f64 / self.rate) as u64
    }

    fn messages_per_window(&self) -> usize {
        // Rounded up: then any integer limit that the rate respects holds in every second.
        (self.rate.ceil() as usize).max(1)
    }

    /// Returns the earliest time of one more message by the one-second window.
    fn window_opens(&self) -> u64 {
        let messages = self.messages_per_window();
        match self.arrivals.first().filter(|_| self.arrivals.len() >= messages) {
            Some((first, _)) => first + (SECOND as f64 * WINDOW_MARGIN * messages as f64 / self.rate) as u64,
            None => 0,
        }
    }
}

/// Mean and deviation of the platform's response times in microseconds (RFC 6298, section 2).
#[derive(Debug, Default)]
struct ResponseTimes {
    mean: f64,
    deviation: f64,
    /// The highest answered slot number.
    newest: u64,
}

impl ResponseTimes {
    /// Records one response time and returns how late its message arrived. An answer overtaken by answers to later
    /// messages tells nothing about the arrival.
    fn record(&mut self, number: u64, took: u64) -> u64 {
        let took = took as f64;
        if self.newest == 0 {
            (self.mean, self.deviation) = (took, took / 2.0);
        }
        let overtaken = number < self.newest;
        self.newest = self.newest.max(number);
        let (mean, longest) = (self.mean, self.mean + DEVIATIONS * self.deviation);
        // Capped, so that an outlier hardly moves the mean.
        let capped = took.min(longest);
        self.deviation += ((capped - mean).abs() - self.deviation) * 2.0 * GAIN;
        self.mean += (capped - mean) * GAIN;
        if overtaken || took <= longest { 0 } else { (took - mean) as u64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A platform that allows a fixed number of messages in any second.
    struct SecondWindowLimit {
        allows: usize,
        accepted: VecDeque<u64>,
        refused: Vec<u64>,
    }

    impl SecondWindowLimit {
        fn new(allows: usize) -> Self {
            Self { allows, accepted: VecDeque::new(), refused: Vec::new() }
        }

        fn accepts(&mut self, now: u64) -> bool {
            while self.accepted.front().is_some_and(|at| at + SECOND <= now) {
                self.accepted.pop_front();
            }
            let accepts = self.accepted.len() < self.allows;
            if accepts {
                self.accepted.push_back(now)
            } else {
                self.refused.push(now)
            }
            accepts
        }
    }

    /// Sends at full rate for `secs` seconds, waking up to a millisecond late. Returns the number of accepted messages.
    fn send(limiter: &mut AdaptiveRateLimiter, platform: &mut SecondWindowLimit, from: u64, secs: u64) -> (usize, u64) {
        let (mut now, mut sent, mut seed) = (from, 0, 88_172_645_463_325_252u64);
        while now < from + secs * SECOND {
            match limiter.try_acquire(now) {
                Err(at) => {
                    assert!(at > now);
                    seed ^= seed << 13;
                    seed ^= seed >> 7;
                    seed ^= seed << 17;
                    now = at + seed % 1000;
                }
                Ok(_) if platform.accepts(now) => sent += 1,
                Ok(_) => {
                    limiter.record_refusal(now);
                    now += SECOND;
                }
            }
        }
        (sent, now)
    }

    #[test]
    fn the_rate_is_used_and_never_exceeded() {
        for rate in [1, 7, 30, 500, 1000] {
            let (mut limiter, mut platform) =
                (AdaptiveRateLimiter::new(rate, LearnedRate::default(), 0), SecondWindowLimit::new(rate as usize));
            let (sent, _) = send(&mut limiter, &mut platform, 0, 60);
            let used = sent as f64 / (f64::from(rate) * 60.0);
            assert!(platform.refused.is_empty() && (0.99..=1.02).contains(&used), "{rate}: {used}");
        }
    }

    #[test]
    fn a_lower_limit_is_learned_and_then_used_without_refusals() {
        for allows in [5, 13, 24, 29] {
            let (mut limiter, mut platform) =
                (AdaptiveRateLimiter::new(30, LearnedRate::default(), 0), SecondWindowLimit::new(allows));
            let (_, now) = send(&mut limiter, &mut platform, 0, 240);
            let learning = platform.refused.len();
            assert!((1..20).contains(&learning), "{allows}: {learning} refusals");
            let (sent, _) = send(&mut limiter, &mut platform, now, 600);
            let used = sent as f64 / (allows as f64 * 600.0);
            assert!(used > 0.99 && platform.refused.len() == learning, "{allows}: {used} at {}", limiter.rate());
        }
    }

    #[test]
    fn a_new_limiter_continues_from_learned_rates() {
        let (mut limiter, mut platform) =
            (AdaptiveRateLimiter::new(30, LearnedRate::default(), 0), SecondWindowLimit::new(20));
        let (_, now) = send(&mut limiter, &mut platform, 0, 240);
        let mut next = AdaptiveRateLimiter::new(30, limiter.learned(), 0);
        let refused = platform.refused.len();
        // Another leader starts a second later at the earliest.
        send(&mut next, &mut platform, now + SECOND, 60);
        assert_eq!(platform.refused.len(), refused);
    }

    #[test]
    fn a_limit_that_is_lifted_is_found_again() {
        let (mut limiter, mut platform) =
            (AdaptiveRateLimiter::new(30, LearnedRate::default(), 0), SecondWindowLimit::new(10));
        let (_, now) = send(&mut limiter, &mut platform, 0, 120);
        platform.allows = 30;
        send(&mut limiter, &mut platform, now, 2100);
        assert!(limiter.rate() > 29.0, "{}", limiter.rate());
    }

    #[test]
    fn late_messages_count_at_their_arrival() {
        let (mut limiter, mut platform) =
            (AdaptiveRateLimiter::new(100, LearnedRate::default(), 0), SecondWindowLimit::new(100));
        let (mut now, mut sent, mut stalled) = (0, 0, Vec::new());
        while now < 60 * SECOND {
            // For sixty milliseconds in every seven seconds the platform stalls, then it takes all held messages at
            // once.
            let stalls = now % (7 * SECOND) > 7 * SECOND - 60_000;
            if !stalls {
                for message in stalled.drain(..) {
                    assert!(platform.accepts(now), "{now}");
                    limiter.record_response(message, now + 1000);
                }
            }
            match limiter.try_acquire(now) {
                Err(at) => now = if stalled.is_empty() { at } else { at.min(now + 1000) },
                Ok(message) if stalls => stalled.push(message),
                Ok(message) => {
                    assert!(platform.accepts(now), "{now}");
                    limiter.record_response(message, now + 1000);
                    sent += 1;
                }
            }
        }
        assert!(sent as f64 / 6000.0 > 0.97, "{sent}");
    }

    #[test]
    fn jitter_of_a_real_connection_costs_no_rate() {
        let (mut limiter, mut platform) =
            (AdaptiveRateLimiter::new(30, LearnedRate::default(), 0), SecondWindowLimit::new(30));
        let (mut now, mut sent, mut seed) = (0, 0, 88_172_645_463_325_252u64);
        let mut answers: BTreeSet<(u64, u64)> = BTreeSet::new();
        let mut departures = Vec::new();
        while now < 120 * SECOND {
            while let Some((_, index)) = answers.first().copied().filter(|(at, _)| *at <= now) {
                let (at, _) = answers.pop_first().unwrap();
                limiter.record_response(departures[index as usize], at);
            }
            match limiter.try_acquire(now) {
                Err(at) => now = at.min(now + 1000),
                Ok(message) => {
                    seed ^= seed << 13;
                    seed ^= seed >> 7;
                    seed ^= seed << 17;
                    // A message needs some 10 ms to arrive, and its answer 20 to 120 in all.
                    answers.insert((now + 20_000 + seed % 100_000, departures.len() as u64));
                    departures.push(message);
                    assert!(platform.accepts(now + 10_000), "{now}");
                    sent += 1;
                }
            }
        }
        assert!(sent as f64 / 3600.0 > 0.99, "{sent}");
    }

    #[test]
    fn a_refusal_of_an_idle_bot_lowers_nothing() {
        let mut limiter = AdaptiveRateLimiter::new(30, LearnedRate::default(), 0);
        limiter.try_acquire(SECOND).unwrap();
        limiter.record_refusal(SECOND);
        assert_eq!(limiter.rate(), 30.0);
    }

    #[test]
    fn messages_are_spread_without_bursts() {
        let mut limiter = AdaptiveRateLimiter::new(30, LearnedRate::default(), 0);
        let mut left = Vec::new();
        // Asks only every tenth of a second: a late wake-up must not release ten messages at once.
        for now in (0..3000).map(|millis| millis * 1000) {
            if now % 100_000 < 20_000 && limiter.try_acquire(now).is_ok() {
                left.push(now);
            }
        }
        assert!(left.windows(3).all(|three| three[2] - three[0] >= SECOND / 30 - 2000), "{left:?}");
    }
}
