//! Whether, and when, the next message may leave: the bot's pace, the platform's wishes, and its outages.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::breaker::{Breaker, Circuit};
use super::pace::{Departure, Learned, Pace};
use crate::chat::SendError;
use crate::model::Timestamp;

/// The longest wait that Telegram has been seen to ask for is twelve hours; more than a day is a clock that jumped.
const LONGEST_HOLD_SECS: i64 = 86_400;
/// Two chats that are told to wait within so many microseconds, or as long as so many messages take, mean the bot: of
/// several messages that are on their way all are refused then.
const JUST_NOW: u64 = 2_000_000;
const MESSAGES: f64 = 2.0;
/// The longest time over which a platform counts the messages to one chat, in microseconds.
const MINUTE: u64 = 60_000_000;
/// How much slower a chat is told that was too fast, and how much of that is left after each message.
const SLOWER: f64 = 2.0;
const FASTER: f64 = 0.9;

/// Whose fault it was that a message came too fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    Chat,
    Bot,
}

/// What decides over each message.
#[derive(Debug)]
pub(super) struct Gate {
    begun: Instant,
    state: Mutex<State>,
    /// Held by whoever waits for the next turn, so that turns are taken in order.
    turn: tokio::sync::Mutex<()>,
    /// Messages that were claimed and have not had their turn.
    ahead: Arc<AtomicUsize>,
    /// Told when one has had its turn.
    moved: Arc<Notify>,
}

#[derive(Debug)]
struct State {
    pace: Pace,
    breaker: Breaker,
    /// Nothing is sent before this time.
    held_until: Timestamp,
    /// Chats that were told to wait, and when they were.
    waiting: HashMap<String, u64>,
    /// Chats that were told something in the last minute, and when.
    told: HashMap<String, u64>,
    /// Chats that were too fast, and how much slower they are told.
    slower: HashMap<String, f64>,
}

/// A message that was claimed and waits for its turn.
#[derive(Debug)]
pub(super) struct Place {
    ahead: Arc<AtomicUsize>,
    moved: Arc<Notify>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.ahead.fetch_sub(1, Ordering::Relaxed);
        self.moved.notify_one();
    }
}

impl Gate {
    pub(super) fn new(ceiling: u32) -> Self {
        let state = State {
            pace: Pace::new(ceiling, Learned::default(), 0),
            breaker: Breaker::default(),
            held_until: Timestamp::default(),
            waiting: HashMap::new(),
            told: HashMap::new(),
            slower: HashMap::new(),
        };
        Self {
            begun: Instant::now(),
            state: Mutex::new(state),
            turn: tokio::sync::Mutex::default(),
            ahead: Arc::default(),
            moved: Arc::default(),
        }
    }

    /// Goes on with what another process has learned.
    pub(super) fn learn(&self, ceiling: u32, learned: Learned, held_until: Timestamp) {
        let now = self.elapsed();
        let mut state = self.lock();
        state.pace = Pace::new(ceiling, learned, now);
        state.held_until = state.held_until.max(held_until);
    }

    pub(super) fn learned(&self) -> Learned {
        self.lock().pace.learned()
    }

    /// Whether messages may leave.
    pub(super) fn circuit(&self, now: Timestamp) -> Circuit {
        let mut state = self.lock();
        // A clock that was set back would otherwise hold for as long as it jumped.
        if state.held_until > now.plus_secs(LONGEST_HOLD_SECS) {
            state.held_until = now;
        }
        match state.breaker.circuit(now) {
            Circuit::Closed | Circuit::One if now < state.held_until => Circuit::Open(state.held_until),
            circuit => circuit,
        }
    }

    /// Messages a second at present.
    pub(super) fn rate(&self) -> f64 {
        self.lock().pace.rate()
    }

    /// A place among the messages that were claimed and wait for their turn.
    pub(super) fn place(&self) -> Place {
        self.ahead.fetch_add(1, Ordering::Relaxed);
        Place { ahead: Arc::clone(&self.ahead), moved: Arc::clone(&self.moved) }
    }

    /// How many have a place.
    pub(super) fn ahead(&self) -> usize {
        self.ahead.load(Ordering::Relaxed)
    }

    /// Waits until one of them has had its turn.
    pub(super) async fn moved(&self) {
        self.moved.notified().await;
    }

    /// Waits for the turn of one message.
    pub(super) async fn take_turn(&self) -> Departure {
        let _turn = self.turn.lock().await;
        loop {
            let taken = self.lock().pace.take(self.elapsed());
            match taken {
                Ok(departure) => return departure,
                Err(at) => tokio::time::sleep_until((self.begun + Duration::from_micros(at)).into()).await,
            }
        }
    }

    /// The platform's answer to a message has come, whatever it says.
    pub(super) fn arrived(&self, message: Departure) {
        self.lock().pace.answered(message, self.elapsed());
    }

    fn elapsed(&self) -> u64 {
        self.begun.elapsed().as_micros() as u64
    }

    /// The platform says that a message to `chat` came too fast, and to wait until `until`. It does not say whether the chat
    /// or the bot is meant. It is the bot, which then waits, when another chat was told so just before, or when the bot uses
    /// all of its rate and the chat was told nothing for a minute, so that no limit of its own can be meant.
    pub(super) fn too_fast(&self, chat: &str, until: Timestamp, now: Timestamp) -> Whose {
        let elapsed = self.elapsed();
        let mut state = self.lock();
        let just_now = JUST_NOW.max((MESSAGES * 1e6 / state.pace.rate()) as u64);
        state.waiting.retain(|_, at| elapsed.saturating_sub(*at) <= just_now);
        let others = state.waiting.keys().any(|other| other != chat);
        state.waiting.insert(chat.to_owned(), elapsed);
        let fresh = state.told.get(chat).is_none_or(|at| elapsed.saturating_sub(*at) > MINUTE);
        if others || (fresh && state.pace.is_in_use(elapsed)) {
            // What was on its way when the bot was first told so says nothing new of its rate.
            if state.held_until <= now {
                state.pace.too_fast(elapsed);
            }
            state.held_until = state.held_until.max(until);
            return Whose::Bot;
        }
        let slower = state.slower.entry(chat.to_owned()).or_insert(1.0);
        *slower = (*slower * SLOWER).min(16.0);
        Whose::Chat
    }

    /// A chat was told something. Returns the milliseconds until the next message to it, of which the platform says `gap_ms`.
    pub(super) fn told(&self, chat: &str, gap_ms: i64) -> i64 {
        let elapsed = self.elapsed();
        let mut state = self.lock();
        if state.told.len() >= state.told.capacity() {
            // Before it grows: what is older than a minute says nothing any more.
            state.told.retain(|_, at| elapsed.saturating_sub(*at) <= MINUTE);
        }
        state.told.insert(chat.to_owned(), elapsed);
        let Some(slower) = state.slower.get_mut(chat) else { return gap_ms };
        let gap = gap_ms as f64 * *slower;
        *slower *= FASTER;
        if *slower <= 1.0 {
            state.slower.remove(chat);
        }
        gap as i64
    }

    /// Until when nothing is sent, as the platform wants it.
    pub(super) fn held_until(&self) -> Timestamp {
        self.lock().held_until
    }

    /// Nothing is sent before this time.
    pub(super) fn hold(&self, until: Timestamp) {
        let mut state = self.lock();
        state.held_until = state.held_until.max(until);
    }

    /// Whether the platform is away.
    pub(super) fn is_away(&self) -> bool {
        self.lock().breaker.is_open()
    }

    /// The platform has answered a harmless question.
    pub(super) fn is_back(&self) {
        self.lock().breaker.is_back();
    }

    /// The platform answered to a message.
    pub(super) fn answered(&self) {
        if self.lock().breaker.answered() {
            tracing::warn!("the chat platform answers again");
        }
    }

    /// The platform did not answer, or has failed.
    pub(super) fn failed(&self, now: Timestamp) {
        if self.lock().breaker.failed(now) {
            tracing::error!("the chat platform is away; what is to be sent waits until it answers");
        }
    }

    /// A message came to nothing: the platform is away, or it has answered that it does not take it.
    pub(super) fn refused(&self, error: &SendError, now: Timestamp) {
        if error.is_outage() { self.failed(now) } else { self.answered() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    #[test]
    fn the_first_chat_that_is_told_to_wait_waits_alone_and_the_second_means_the_bot() {
        let gate = Gate::new(30);
        assert_eq!(gate.too_fast("7", NOW.plus_secs(9), NOW), Whose::Chat);
        assert_eq!(gate.circuit(NOW), Circuit::Closed);
        assert_eq!(gate.too_fast("7", NOW.plus_secs(9), NOW), Whose::Chat);
        assert_eq!(gate.too_fast("8", NOW.plus_secs(5), NOW), Whose::Bot);
        assert_eq!(gate.circuit(NOW), Circuit::Open(NOW.plus_secs(5)));
        assert_eq!(gate.circuit(NOW.plus_secs(5)), Circuit::Closed);
    }

    #[tokio::test]
    async fn what_was_on_its_way_when_the_bot_was_told_to_wait_lowers_its_rate_no_further() {
        let gate = Gate::new(1000);
        for _ in 0..10 {
            gate.take_turn().await;
        }
        for chat in 1..=20 {
            assert_eq!(gate.too_fast(&chat.to_string(), NOW.plus_secs(chat), NOW), Whose::Bot);
        }
        assert_eq!(gate.rate(), 900.0);
        assert_eq!(gate.circuit(NOW), Circuit::Open(NOW.plus_secs(20)));
    }

    #[tokio::test]
    async fn a_chat_that_was_just_told_something_may_have_had_too_much_of_its_own_while_the_bot_is_busy() {
        let gate = Gate::new(1000);
        for _ in 0..10 {
            gate.take_turn().await;
        }
        gate.told("-7", 3000);
        assert_eq!(gate.too_fast("-7", NOW.plus_secs(40), NOW), Whose::Chat);
        assert_eq!((gate.rate(), gate.circuit(NOW)), (1000.0, Circuit::Closed));
        // A second one just after it means the bot.
        gate.told("-8", 3000);
        assert_eq!(gate.too_fast("-8", NOW.plus_secs(40), NOW), Whose::Bot);
    }

    #[test]
    fn a_chat_that_was_too_fast_is_told_more_slowly_for_a_while() {
        let gate = Gate::new(30);
        gate.too_fast("7", NOW.plus_secs(9), NOW);
        let gaps: Vec<i64> = (0..9).map(|_| gate.told("7", 1000)).collect();
        assert_eq!(gaps, [2000, 1800, 1620, 1458, 1312, 1180, 1062, 1000, 1000]);
        assert_eq!(gate.told("8", 1000), 1000);
    }
}
