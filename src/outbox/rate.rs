//! How fast messages may leave: the rate of the whole bot, kept to the millisecond, learned down from refusals and
//! carefully up again. Pure: time is microseconds since some beginning.
//!
//! What Telegram allows in all is not specified, and changes. So the configured rate is a ceiling. Two rates are
//! remembered: one that has held for a while, and one at which the platform said that it was too fast; the truth lies in
//! between and is found by halving. A message leaves when its turn has come by the rate, and never so that more than a
//! second's worth falls into any second: what is lost by a late wake-up is made up for only within that bound. The second is
//! the platform's: of a message whose answer comes much later than others' it is assumed that the message came late.

use std::collections::{BTreeSet, VecDeque};

/// A second.
const SECOND: u64 = 1_000_000;
/// By how much a second's worth is stretched: when a request arrives is known only so exactly.
const STRETCH: f64 = 1.003;
/// How much of the time that was lost by waking up late may be made up for. Little: what leaves after a pause needs new
/// connections and arrives late, just before what comes after it.
const CATCH_UP: u64 = 5_000;
/// Messages that follow each other more closely than this are not told apart by any limit.
const CLOSE: u64 = 2_000;
/// A rate has held when it was made use of for so long without a refusal.
const HOLDS: u64 = 3 * SECOND;
/// To what part a rate is lowered where none is known that has held: a little at first, since the limit is mostly near, and
/// more when that was not enough.
const LOWER: f64 = 0.9;
const LOWER_AGAIN: f64 = 0.75;
/// What comes so soon after another refusal comes again.
const AGAIN: u64 = 30 * SECOND;
/// By what part a rate that has held is raised towards the ceiling where none is known that is too fast.
const RAISE: f64 = 1.05;
/// Two rates closer than this part are told apart no further.
const NEAR: f64 = 0.0025;
/// What was too fast may not be half an hour later.
const FORGET: u64 = 1800 * SECOND;
/// So many messages that followed each other at the rate make use of it.
const IN_A_ROW: usize = 4;
/// A busy machine wakes up so late.
const LATE: u64 = SECOND / 5;
/// An answer is late that takes longer than the mean and so many deviations (RFC 6298, 2.3). Each answer moves the mean by
/// this part of what it differs by, less than the RFC's eighth: there are many answers, and one stall should not count twice.
const DEVIATIONS: f64 = 4.0;
const GAIN: f64 = 1.0 / 32.0;
/// The slowest that a rate is lowered to, as a part of the ceiling.
const SLOWEST: f64 = 0.02;

/// The rate of a bot.
#[derive(Debug)]
pub struct AdaptiveRateLimiter {
    /// Messages a second that are allowed by the configuration.
    ceiling: f64,
    /// Messages a second at present.
    rate: f64,
    /// The highest rate that has held.
    good: Option<f64>,
    /// The lowest rate that was too fast, and when that was.
    bad: Option<(f64, u64)>,
    /// When the next message is due by the rate.
    next: u64,
    /// When the last messages left: a few.
    left: VecDeque<u64>,
    /// When those arrived that arrived last, as far as is known, with their numbers: a second's worth.
    arrived: BTreeSet<(u64, u64)>,
    /// How many messages have left.
    count: u64,
    /// How long answers take.
    answers: Answers,
    /// Since when the rate is being made use of.
    used_since: u64,
}

/// A message that has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departure {
    number: u64,
    at: u64,
}

impl Departure {
    /// Its place among the messages that left: numbers ascend.
    pub fn number(self) -> u64 {
        self.number
    }
}

/// What was learned of a rate, in messages a thousand seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LearnedRate {
    /// A rate that has held.
    pub good: Option<i64>,
    /// A rate that was too fast.
    pub bad: Option<i64>,
}

impl AdaptiveRateLimiter {
    /// A rate of at most `ceiling` messages a second, as far as what was `learned` until `now` lets it.
    pub fn new(ceiling: u32, learned: LearnedRate, now: u64) -> Self {
        let ceiling = f64::from(ceiling.max(1));
        let rate = |thousand: i64| thousand as f64 / 1000.0;
        let bad = learned.bad.map(rate).filter(|bad| *bad <= ceiling && *bad > 0.0);
        let good =
            learned.good.map(rate).map(|good| good.min(ceiling)).filter(|good| bad.is_none_or(|bad| *good < bad));
        let start = match (good, bad) {
            (_, None) => ceiling,
            (Some(good), Some(_)) => good,
            (None, Some(bad)) => bad * LOWER,
        };
        Self {
            ceiling,
            rate: start,
            good,
            bad: bad.map(|bad| (bad, now)),
            next: 0,
            left: VecDeque::new(),
            arrived: BTreeSet::new(),
            count: 0,
            answers: Answers::default(),
            used_since: 0,
        }
    }

    /// Messages a second at present.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// What was learned until now.
    pub fn learned(&self) -> LearnedRate {
        let thousand = |rate: f64| (rate * 1000.0).round() as i64;
        LearnedRate { good: self.good.map(thousand), bad: self.bad.map(|(bad, _)| thousand(bad)) }
    }

    /// Takes the turn of one message at `now`; or says when to ask again.
    ///
    /// # Errors
    /// The time at which the next message may leave, which is later than `now`.
    pub fn take(&mut self, now: u64) -> Result<Departure, u64> {
        if self.bad.is_some_and(|(_, at)| now.saturating_sub(at) > FORGET) {
            self.bad = None;
        }
        let spacing = self.spacing();
        let earliest = self.next.max(self.window_opens()).max(match (self.left.back(), spacing / 2 >= CLOSE) {
            (Some(last), true) => last + spacing / 2,
            _ => 0,
        });
        if now < earliest {
            return Err(earliest);
        }
        if self.left.back().is_none_or(|last| now - last > 3 * spacing.max(SECOND / 20)) {
            self.used_since = now;
        }
        self.next = self.next.max(now.saturating_sub(CATCH_UP)) + spacing;
        self.left.push_back(now);
        if self.left.len() > IN_A_ROW {
            self.left.pop_front();
        }
        self.count += 1;
        self.arrives(now, self.count);
        if now - self.used_since >= HOLDS {
            self.holds(now);
        }
        Ok(Departure { number: self.count, at: now })
    }

    /// A message that had its turn leaves: what it had to wait for may have taken a while.
    pub fn leaves(&mut self, message: Departure, now: u64) -> Departure {
        if self.arrived.remove(&(message.at, message.number)) {
            self.arrives(now, message.number);
        }
        Departure { at: now, ..message }
    }

    /// The answer to a message has come.
    pub fn answered(&mut self, message: Departure, now: u64) {
        let late = self.answers.late_by(message.number, now.saturating_sub(message.at));
        if late > 0 && self.arrived.remove(&(message.at, message.number)) {
            self.arrives(message.at + late, message.number);
        }
    }

    fn arrives(&mut self, at: u64, number: u64) {
        self.arrived.insert((at, number));
        while self.arrived.len() > self.a_seconds_worth() {
            self.arrived.pop_first();
        }
    }

    /// The platform says that the bot as a whole is too fast.
    pub fn too_fast(&mut self, now: u64) {
        // A refusal of a bot that hardly sends is not about its rate.
        if !self.is_in_use(now) {
            return;
        }
        let again = self.bad.is_some_and(|(_, at)| now.saturating_sub(at) < AGAIN);
        let lower = if again { LOWER_AGAIN } else { LOWER };
        let known = self.good.take().filter(|good| *good < self.rate * (1.0 - NEAR / 2.0));
        self.bad = Some((self.rate, now));
        self.good = known;
        self.rate = known.unwrap_or(self.rate * lower).max(self.ceiling * SLOWEST);
        self.used_since = now;
    }

    /// Whether messages leave at about the rate.
    pub fn is_in_use(&self, now: u64) -> bool {
        let Some((first, last)) =
            self.left.len().checked_sub(IN_A_ROW).and_then(|at| self.left.get(at)).zip(self.left.back())
        else {
            return false;
        };
        last - first <= 2 * IN_A_ROW as u64 * self.spacing() + LATE && now.saturating_sub(*last) <= SECOND
    }

    fn holds(&mut self, now: u64) {
        self.good = Some(self.good.map_or(self.rate, |good| good.max(self.rate)));
        self.rate = match self.bad {
            Some((bad, _)) if bad - self.rate > bad * NEAR => f64::midpoint(self.rate, bad),
            Some(_) => self.rate,
            None => (self.rate * RAISE).min(self.ceiling),
        };
        self.used_since = now;
    }

    fn spacing(&self) -> u64 {
        (SECOND as f64 / self.rate) as u64
    }

    fn a_seconds_worth(&self) -> usize {
        // Rounded up: any limit of so many whole messages a second that the rate keeps to is then kept in every second.
        (self.rate.ceil() as usize).max(1)
    }

    /// When one more message does not make it more than a second's worth in a second.
    fn window_opens(&self) -> u64 {
        let worth = self.a_seconds_worth();
        match self.arrived.first().filter(|_| self.arrived.len() >= worth) {
            Some((first, _)) => first + (SECOND as f64 * STRETCH * worth as f64 / self.rate) as u64,
            None => 0,
        }
    }
}

/// How long answers take, as RFC 6298 estimates it (section 2: a mean, and a mean deviation), in microseconds.
#[derive(Debug, Default)]
struct Answers {
    mean: f64,
    deviation: f64,
    /// The latest message that was answered.
    newest: u64,
}

impl Answers {
    /// By how much later than it should have a message has come, judging by how long its answer took. An answer that takes
    /// its time while later messages are answered says nothing of when its message came.
    fn late_by(&mut self, number: u64, took: u64) -> u64 {
        let took = took as f64;
        if self.newest == 0 {
            (self.mean, self.deviation) = (took, took / 2.0);
        }
        let overtaken = number < self.newest;
        self.newest = self.newest.max(number);
        let (mean, longest) = (self.mean, self.mean + DEVIATIONS * self.deviation);
        // What is out of the common changes little of what is common.
        let common = took.min(longest);
        self.deviation += ((common - mean).abs() - self.deviation) * 2.0 * GAIN;
        self.mean += (common - mean) * GAIN;
        if overtaken || took <= longest { 0 } else { (took - mean) as u64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A platform that allows so many messages in any second.
    struct Platform {
        allows: usize,
        accepted: VecDeque<u64>,
        refused: Vec<u64>,
    }

    impl Platform {
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

    /// Sends for so many seconds as fast as the pace lets it, waking up to a millisecond late; returns what was accepted.
    fn send(pace: &mut AdaptiveRateLimiter, platform: &mut Platform, from: u64, secs: u64) -> (usize, u64) {
        let (mut now, mut sent, mut seed) = (from, 0, 88_172_645_463_325_252u64);
        while now < from + secs * SECOND {
            match pace.take(now) {
                Err(at) => {
                    assert!(at > now);
                    seed ^= seed << 13;
                    seed ^= seed >> 7;
                    seed ^= seed << 17;
                    now = at + seed % 1000;
                }
                Ok(_) if platform.accepts(now) => sent += 1,
                Ok(_) => {
                    pace.too_fast(now);
                    now += SECOND;
                }
            }
        }
        (sent, now)
    }

    #[test]
    fn the_rate_is_made_use_of_and_never_exceeded() {
        for rate in [1, 7, 30, 500, 1000] {
            let (mut pace, mut platform) =
                (AdaptiveRateLimiter::new(rate, LearnedRate::default(), 0), Platform::new(rate as usize));
            let (sent, _) = send(&mut pace, &mut platform, 0, 60);
            let used = sent as f64 / (f64::from(rate) * 60.0);
            assert!(platform.refused.is_empty() && (0.99..=1.02).contains(&used), "{rate}: {used}");
        }
    }

    #[test]
    fn a_lower_limit_is_learned_and_then_used_without_a_refusal() {
        for allows in [5, 13, 24, 29] {
            let (mut pace, mut platform) =
                (AdaptiveRateLimiter::new(30, LearnedRate::default(), 0), Platform::new(allows));
            let (_, now) = send(&mut pace, &mut platform, 0, 240);
            let learning = platform.refused.len();
            assert!((1..20).contains(&learning), "{allows}: {learning} refusals");
            let (sent, _) = send(&mut pace, &mut platform, now, 600);
            let used = sent as f64 / (allows as f64 * 600.0);
            assert!(used > 0.99 && platform.refused.len() == learning, "{allows}: {used} at {}", pace.rate());
        }
    }

    #[test]
    fn what_was_learned_outlives_the_process() {
        let (mut pace, mut platform) = (AdaptiveRateLimiter::new(30, LearnedRate::default(), 0), Platform::new(20));
        let (_, now) = send(&mut pace, &mut platform, 0, 240);
        let mut next = AdaptiveRateLimiter::new(30, pace.learned(), 0);
        let refused = platform.refused.len();
        // Nobody takes over within a second.
        send(&mut next, &mut platform, now + SECOND, 60);
        assert_eq!(platform.refused.len(), refused);
    }

    #[test]
    fn a_limit_that_is_lifted_is_found_again() {
        let (mut pace, mut platform) = (AdaptiveRateLimiter::new(30, LearnedRate::default(), 0), Platform::new(10));
        let (_, now) = send(&mut pace, &mut platform, 0, 120);
        platform.allows = 30;
        send(&mut pace, &mut platform, now, 2100);
        assert!(pace.rate() > 29.0, "{}", pace.rate());
    }

    #[test]
    fn messages_that_arrive_late_are_counted_when_they_arrive() {
        let (mut pace, mut platform) = (AdaptiveRateLimiter::new(100, LearnedRate::default(), 0), Platform::new(100));
        let (mut now, mut sent, mut stalled) = (0, 0, Vec::new());
        while now < 60 * SECOND {
            // For sixty milliseconds of each seven seconds the platform takes nothing in; what came meanwhile comes at once.
            let stalls = now % (7 * SECOND) > 7 * SECOND - 60_000;
            if !stalls {
                for message in stalled.drain(..) {
                    assert!(platform.accepts(now), "{now}");
                    pace.answered(message, now + 1000);
                }
            }
            match pace.take(now) {
                Err(at) => now = if stalled.is_empty() { at } else { at.min(now + 1000) },
                Ok(message) if stalls => stalled.push(message),
                Ok(message) => {
                    assert!(platform.accepts(now), "{now}");
                    pace.answered(message, now + 1000);
                    sent += 1;
                }
            }
        }
        assert!(sent as f64 / 6000.0 > 0.97, "{sent}");
    }

    #[test]
    fn answers_that_differ_as_they_do_on_a_real_line_cost_no_rate() {
        let (mut pace, mut platform) = (AdaptiveRateLimiter::new(30, LearnedRate::default(), 0), Platform::new(30));
        let (mut now, mut sent, mut seed) = (0, 0, 88_172_645_463_325_252u64);
        let mut answers: BTreeSet<(u64, u64)> = BTreeSet::new();
        let mut departures = Vec::new();
        while now < 120 * SECOND {
            while let Some((_, index)) = answers.first().copied().filter(|(at, _)| *at <= now) {
                let (at, _) = answers.pop_first().unwrap();
                pace.answered(departures[index as usize], at);
            }
            match pace.take(now) {
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
    fn a_refusal_of_a_bot_that_hardly_sends_lowers_nothing() {
        let mut pace = AdaptiveRateLimiter::new(30, LearnedRate::default(), 0);
        pace.take(SECOND).unwrap();
        pace.too_fast(SECOND);
        assert_eq!(pace.rate(), 30.0);
    }

    #[test]
    fn messages_are_spread_and_not_sent_in_bursts() {
        let mut pace = AdaptiveRateLimiter::new(30, LearnedRate::default(), 0);
        let mut left = Vec::new();
        // Asked only every tenth of a second: a late wake-up must not let ten out at once.
        for now in (0..3000).map(|millis| millis * 1000) {
            if now % 100_000 < 20_000 && pace.take(now).is_ok() {
                left.push(now);
            }
        }
        assert!(left.windows(3).all(|three| three[2] - three[0] >= SECOND / 30 - 2000), "{left:?}");
    }
}
