//! Owns the pace that Telegram allows: so many messages a second for the whole bot, one a second in a private chat, twenty
//! a minute in a group. It must not know what is sent, nor the clock: it is given the time.
//!
//! Whoever is refused has to wait for the time that he was told; asking earlier makes it longer, as it does there.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// What is allowed. What has no limit of its own is as good as free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Messages of the whole bot in any second.
    pub bot_a_second: usize,
    /// The same with `allow_paid_broadcast`.
    pub paid_a_second: usize,
    /// Messages that a private chat takes at once; after them it takes one a second.
    pub private_burst: usize,
    /// Messages of a group in any minute.
    pub group_a_minute: usize,
    /// The longest wait that asking too early leads to.
    pub longest_wait: Duration,
}

impl Default for Limits {
    /// What Telegram's FAQ says, and a burst as it is seen to allow.
    fn default() -> Limits {
        Limits {
            bot_a_second: 30,
            paid_a_second: 1000,
            private_burst: 3,
            group_a_minute: 20,
            longest_wait: Duration::from_secs(30),
        }
    }
}

/// Counts what was sent, and says who is too fast.
#[derive(Debug)]
pub(super) struct Limiter {
    limits: Limits,
    bot: Pace,
    chats: HashMap<i64, Pace>,
}

/// What the bot, or one chat, has sent lately, and until when it has to wait.
#[derive(Debug, Default)]
struct Pace {
    sent: VecDeque<Instant>,
    /// When a burst that is refilled by one a second is full again; for private chats.
    full_at: Option<Instant>,
    blocked_until: Option<Instant>,
}

impl Limiter {
    pub(super) fn new(limits: Limits) -> Limiter {
        Limiter { limits, bot: Pace::default(), chats: HashMap::new() }
    }

    /// Counts a message to a chat, or says after how many seconds it may be asked for again.
    pub(super) fn admit(&mut self, chat_id: i64, paid: bool, now: Instant) -> Result<(), u64> {
        let limits = self.limits;
        let longest = limits.longest_wait;
        let chat = self.chats.entry(chat_id).or_default();
        self.bot.obeyed(now, longest)?;
        chat.obeyed(now, longest)?;
        let (most, within) = (if paid { limits.paid_a_second } else { limits.bot_a_second }, SECOND);
        self.bot.has_room(most, within, now)?;
        if chat_id < 0 {
            chat.has_room(limits.group_a_minute, MINUTE, now)?;
        } else {
            chat.has_recovered(limits.private_burst, now)?;
        }
        self.bot.sent.push_back(now);
        if chat_id < 0 {
            chat.sent.push_back(now);
        }
        Ok(())
    }
}

impl Pace {
    /// Whether the wait that was asked for has been kept; if not, it grows by a second.
    fn obeyed(&mut self, now: Instant, longest: Duration) -> Result<(), u64> {
        let Some(until) = self.blocked_until.filter(|until| *until > now) else {
            self.blocked_until = None;
            return Ok(());
        };
        let until = (until + SECOND).min(now + longest).max(until);
        self.blocked_until = Some(until);
        Err(whole_secs(until - now))
    }

    /// Whether fewer than so many were sent within that time; if not, the wait begins that makes room for one.
    fn has_room(&mut self, most: usize, within: Duration, now: Instant) -> Result<(), u64> {
        while self.sent.front().is_some_and(|at| now.duration_since(*at) >= within) {
            self.sent.pop_front();
        }
        if self.sent.len() < most {
            return Ok(());
        }
        let leaves = self.sent.get(self.sent.len() - most).map_or(now, |at| *at + within);
        Err(self.hold(leaves.saturating_duration_since(now), now))
    }

    /// Takes one from the burst, if it is not used up.
    fn has_recovered(&mut self, burst: usize, now: Instant) -> Result<(), u64> {
        let full_at = self.full_at.map_or(now, |at| at.max(now)) + SECOND;
        let room = SECOND * u32::try_from(burst).unwrap_or(u32::MAX);
        let needed = full_at - now;
        if needed > room {
            return Err(self.hold(needed - room, now));
        }
        self.full_at = Some(full_at);
        Ok(())
    }

    /// Begins a wait of whole seconds.
    fn hold(&mut self, at_least: Duration, now: Instant) -> u64 {
        let secs = whole_secs(at_least);
        self.blocked_until = Some(now + Duration::from_secs(secs));
        secs
    }
}

/// A time in whole seconds, never too short: nobody is told to come back too early.
fn whole_secs(time: Duration) -> u64 {
    (time.as_secs() + u64::from(time.subsec_nanos() > 0)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        bot_a_second: 3,
        paid_a_second: 5,
        private_burst: 2,
        group_a_minute: 4,
        longest_wait: Duration::from_secs(3),
    };

    /// Asks for messages at milliseconds, each to a chat, and lists what was said.
    fn said(asked: &[(u64, i64, bool)]) -> Vec<Result<(), u64>> {
        let (begun, mut limiter) = (Instant::now(), Limiter::new(LIMITS));
        asked.iter().map(|&(at, chat, paid)| limiter.admit(chat, paid, begun + Duration::from_millis(at))).collect()
    }

    #[test]
    fn no_second_holds_more_than_the_bot_may_send() {
        let asked = [(0, 1, false), (900, 2, false), (950, 3, false), (999, 4, false), (1999, 5, false)];
        // The third second would have room for one from 1,000 on, but the wait is told in whole seconds.
        assert_eq!(said(&asked), [Ok(()), Ok(()), Ok(()), Err(1), Ok(())]);
        let full_again = [(0, 1, false), (900, 2, false), (950, 3, false), (1000, 4, false), (1001, 5, false)];
        assert_eq!(said(&full_again), [Ok(()), Ok(()), Ok(()), Ok(()), Err(1)]);
    }

    #[test]
    fn asking_during_a_wait_makes_it_longer_up_to_a_bound() {
        let asked = [0, 0, 0, 10, 20, 30, 40, 3_030, 3_041].map(|at| (at, at as i64 + 1, false));
        let first = [(0, 100, false), (0, 101, false)];
        let said = said(&[&first[..], &asked[..]].concat());
        assert_eq!(said, [Ok(()), Ok(()), Ok(()), Err(1), Err(2), Err(3), Err(3), Err(3), Err(3), Err(2), Err(2)]);
    }

    #[test]
    fn a_private_chat_takes_a_burst_and_then_one_a_second() {
        let asked =
            [(0, 7, false), (0, 7, false), (100, 7, false), (100, 8, false), (1_100, 7, false), (2_000, 7, false)];
        assert_eq!(said(&asked), [Ok(()), Ok(()), Err(1), Ok(()), Ok(()), Ok(())]);
        let faster = [(0, 7, false), (0, 7, false), (1_000, 7, false), (1_500, 7, false)];
        assert_eq!(said(&faster), [Ok(()), Ok(()), Ok(()), Err(1)]);
    }

    #[test]
    fn a_group_takes_so_many_a_minute_and_its_wait_is_its_own() {
        let asked = (0..5).map(|at| (at * 2_000, -5, false)).chain([(8_001, -6, false), (60_000, -5, false)]);
        let asked: Vec<_> = asked.collect();
        assert_eq!(said(&asked), [Ok(()), Ok(()), Ok(()), Ok(()), Err(52), Ok(()), Ok(())]);
    }

    #[test]
    fn what_is_paid_for_has_the_larger_limit() {
        let asked: Vec<_> = (0..6).map(|chat| (0, chat + 1, true)).collect();
        assert_eq!(said(&asked), [Ok(()), Ok(()), Ok(()), Ok(()), Ok(()), Err(1)]);
    }
}
