//! Owns Telegram's rate limits: messages a second for the whole bot, one a second in a private chat, twenty a minute in
//! a group. It must not know the messages, nor the clock: time enters as an argument.
//!
//! A refused client has to wait for `retry_after`; an earlier request makes the wait longer, as Telegram does.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// The allowed rates; the default limits nothing but single chats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// Messages a second of the whole bot.
    pub bot_a_second: usize,
    /// Messages a second of the whole bot with `allow_paid_broadcast`.
    pub paid_a_second: usize,
    /// Messages that a private chat takes at once, before it takes one a second.
    pub private_burst: usize,
    /// Messages a minute of a group.
    pub group_a_minute: usize,
    /// The longest wait after requests that come too early.
    pub longest_wait: Duration,
}

impl Default for RateLimits {
    /// The limits of Telegram's FAQ, and the burst that its servers allow in practice.
    fn default() -> RateLimits {
        RateLimits {
            bot_a_second: 30,
            paid_a_second: 1000,
            private_burst: 3,
            group_a_minute: 20,
            longest_wait: Duration::from_secs(30),
        }
    }
}

/// Counts messages and refuses those that come too fast.
#[derive(Debug)]
pub(super) struct Limiter {
    limits: RateLimits,
    bot: SendWindow,
    chats: HashMap<i64, SendWindow>,
}

/// The recent messages of the bot or of one chat, and the end of its wait.
#[derive(Debug, Default)]
struct SendWindow {
    sent: VecDeque<Instant>,
    /// The time when a private chat's burst, which gains one message a second, is full again.
    full_at: Option<Instant>,
    blocked_until: Option<Instant>,
}

impl Limiter {
    pub(super) fn new(limits: RateLimits) -> Limiter {
        Limiter { limits, bot: SendWindow::default(), chats: HashMap::new() }
    }

    /// Counts a message to a chat, or returns the seconds to wait.
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

impl SendWindow {
    /// Checks that the client kept its wait; if not, the wait grows by a second.
    fn obeyed(&mut self, now: Instant, longest: Duration) -> Result<(), u64> {
        let Some(until) = self.blocked_until.filter(|until| *until > now) else {
            self.blocked_until = None;
            return Ok(());
        };
        let until = (until + SECOND).min(now + longest).max(until);
        self.blocked_until = Some(until);
        Err(whole_secs(until - now))
    }

    /// Checks that fewer than `most` messages were sent within the period; if not, a wait begins that makes room for
    /// one.
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

    /// Takes one message from the burst, unless it is used up.
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

/// Rounds a time up to whole seconds, so that no client returns too early.
fn whole_secs(time: Duration) -> u64 {
    (time.as_secs() + u64::from(time.subsec_nanos() > 0)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: RateLimits = RateLimits {
        bot_a_second: 3,
        paid_a_second: 5,
        private_burst: 2,
        group_a_minute: 4,
        longest_wait: Duration::from_secs(3),
    };

    /// Sends messages to chats at milliseconds and lists the answers.
    fn said(asked: &[(u64, i64, bool)]) -> Vec<Result<(), u64>> {
        let (begun, mut limiter) = (Instant::now(), Limiter::new(LIMITS));
        asked.iter().map(|&(at, chat, paid)| limiter.admit(chat, paid, begun + Duration::from_millis(at))).collect()
    }

    #[test]
    fn no_second_holds_more_than_the_bot_may_send() {
        let asked = [(0, 1, false), (900, 2, false), (950, 3, false), (999, 4, false), (1999, 5, false)];
        // The third second would have room for one from 1,000 on, but waits are whole seconds.
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
    fn paid_broadcasts_have_the_larger_limit() {
        let asked: Vec<_> = (0..6).map(|chat| (0, chat + 1, true)).collect();
        assert_eq!(said(&asked), [Ok(()), Ok(()), Ok(()), Ok(()), Ok(()), Err(1)]);
    }
}
