//! Whether, and when, the next message may leave: the bot's pace, the platform's wishes, and its outages.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::breaker::{Breaker, Circuit};
use super::rate::{AdaptiveRateLimiter, Departure, LearnedRate};
use crate::chat::SendError;
use ceasewire_model::Timestamp;

/// The longest wait that Telegram has been seen to ask for is twelve hours; more than a day is a clock that jumped.
const LONGEST_HOLD_SECS: i64 = 86_400;
/// Where a chat refuses a message that follows another within so many microseconds, messages to no chat follow each other
/// closely for this time.
const CLOSELY: u64 = 3_000_000;
const NO_BURSTS: Duration = Duration::from_secs(3600);
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
pub(super) struct SendLimiter {
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
    pace: AdaptiveRateLimiter,
    breaker: Breaker,
    /// Nothing is sent before this time.
    blocked_until: Timestamp,
    /// Messages that were refused as too fast since one that left later was answered otherwise: to whom, and until when they
    /// were to wait.
    told_to_wait: BTreeMap<u64, (String, Timestamp)>,
    /// Chats that were just told something, and when.
    told: HashMap<String, u64>,
    /// Chats that were too fast, and how much slower they are told.
    slower: HashMap<String, f64>,
    /// Until when messages to one chat do not follow each other closely.
    no_bursts_until: Option<Instant>,
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

impl SendLimiter {
    pub(super) fn new(ceiling: u32) -> Self {
        let state = State {
            pace: AdaptiveRateLimiter::new(ceiling, LearnedRate::default(), 0),
            breaker: Breaker::default(),
            blocked_until: Timestamp::default(),
            told_to_wait: BTreeMap::new(),
            told: HashMap::new(),
            slower: HashMap::new(),
            no_bursts_until: None,
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
    pub(super) fn learn(&self, ceiling: u32, learned: LearnedRate, blocked_until: Timestamp) {
        let now = self.elapsed();
        let mut state = self.lock();
        state.pace = AdaptiveRateLimiter::new(ceiling, learned, now);
        // Messages are numbered anew.
        state.told_to_wait.clear();
        state.blocked_until = state.blocked_until.max(blocked_until);
    }

    pub(super) fn learned(&self) -> LearnedRate {
        self.lock().pace.learned()
    }

    /// Whether messages may leave.
    pub(super) fn circuit(&self, now: Timestamp) -> Circuit {
        let mut state = self.lock();
        // A clock that was set back would otherwise hold for as long as it jumped.
        if state.blocked_until > now.plus_secs(LONGEST_HOLD_SECS) {
            state.blocked_until = now;
        }
        match state.breaker.circuit(now) {
            Circuit::Closed | Circuit::One if now < state.blocked_until => Circuit::Open(state.blocked_until),
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

    /// A message that had its turn leaves, which may be a while later.
    pub(super) fn leaves(&self, message: Departure) -> Departure {
        self.lock().pace.leaves(message, self.elapsed())
    }

    /// The platform's answer to a message has come, whatever it says.
    pub(super) fn arrived(&self, message: Departure) {
        self.lock().pace.answered(message, self.elapsed());
    }

    fn elapsed(&self) -> u64 {
        self.begun.elapsed().as_micros() as u64
    }

    /// A message was accepted.
    pub(super) fn accepted(&self, message: Departure) {
        self.served(message);
        self.answered();
    }

    /// A message came to nothing: the platform is away, or it has answered that it does not take it.
    pub(super) fn refused(&self, message: Departure, error: &SendError, now: Timestamp) {
        match error {
            error if error.is_outage() => self.failed(now),
            SendError::TooFast { .. } => self.answered(),
            _ => self.accepted(message),
        }
    }

    /// Not everybody is told to wait: what was told so before this message left was not meant for the whole bot.
    fn served(&self, message: Departure) {
        self.lock().told_to_wait.retain(|number, _| *number > message.number());
    }

    /// The platform says that a message to `chat` came too fast, and to wait until `until`. It does not say whether the chat
    /// or the bot is meant. It is the bot, which then waits, when one chat after another is told so and nothing is accepted
    /// between them: a single chat may have limits of its own, and may be told to wait for hours.
    pub(super) fn too_fast(&self, message: Departure, chat: &str, until: Timestamp, now: Timestamp) -> Whose {
        let elapsed = self.elapsed();
        let mut state = self.lock();
        state.told_to_wait.retain(|_, (_, until)| *until > now && until.0 - now.0 <= LONGEST_HOLD_SECS * 1000);
        let others = state.told_to_wait.values().any(|(other, _)| other != chat);
        state.told_to_wait.insert(message.number(), (chat.to_owned(), until));
        if others {
            // What was on its way when the bot was first told so says nothing new of its rate.
            if state.blocked_until <= now {
                state.pace.too_fast(elapsed);
            }
            state.blocked_until = state.blocked_until.max(until);
            // The chats were not meant.
            let State { told_to_wait, slower, .. } = &mut *state;
            slower.retain(|chat, _| told_to_wait.values().all(|(other, _)| other != chat));
            return Whose::Bot;
        }
        let slower = state.slower.entry(chat.to_owned()).or_insert(1.0);
        *slower = (*slower * SLOWER).min(16.0);
        if state.told.get(chat).is_some_and(|at| elapsed.saturating_sub(*at) <= CLOSELY) {
            state.no_bursts_until = Some(Instant::now() + NO_BURSTS);
        }
        Whose::Chat
    }

    /// Whether a few messages to one chat may follow each other closely.
    pub(super) fn lets_burst(&self) -> bool {
        self.lock().no_bursts_until.is_none_or(|until| until < Instant::now())
    }

    /// A chat was told something. Returns the milliseconds until the next message to it, of which the platform says `gap_ms`.
    pub(super) fn told(&self, chat: &str, gap_ms: i64) -> i64 {
        let elapsed = self.elapsed();
        let mut state = self.lock();
        if state.told.len() >= state.told.capacity() {
            // Before it grows.
            state.told.retain(|_, at| elapsed.saturating_sub(*at) <= CLOSELY);
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
    pub(super) fn blocked_until(&self) -> Timestamp {
        self.lock().blocked_until
    }

    /// Nothing is sent before this time.
    pub(super) fn hold(&self, until: Timestamp) {
        let mut state = self.lock();
        state.blocked_until = state.blocked_until.max(until);
    }

    /// The platform's wishes last as long as before, though the clock shows less.
    pub(super) fn clock_was_set_back(&self, by_ms: i64) {
        let mut state = self.lock();
        state.blocked_until.0 = state.blocked_until.0.saturating_sub(by_ms);
    }

    /// Whether the platform is away.
    pub(super) fn is_away(&self) -> bool {
        self.lock().breaker.is_open()
    }

    /// The platform has answered a harmless question.
    pub(super) fn came_back(&self) {
        self.lock().breaker.came_back();
    }

    /// The platform answered to a message.
    fn answered(&self) {
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

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    #[tokio::test]
    async fn chats_that_are_told_to_wait_one_after_another_mean_the_bot() {
        let gate = SendLimiter::new(1000);
        let (one, two) = (gate.take_turn().await, gate.take_turn().await);
        assert_eq!(gate.too_fast(one, "7", NOW.plus_secs(9), NOW), Whose::Chat);
        assert_eq!(gate.circuit(NOW), Circuit::Closed);
        assert_eq!(gate.too_fast(two, "7", NOW.plus_secs(9), NOW), Whose::Chat);
        assert_eq!(gate.too_fast(gate.take_turn().await, "8", NOW.plus_secs(5), NOW), Whose::Bot);
        assert_eq!(gate.circuit(NOW), Circuit::Open(NOW.plus_secs(5)));
        assert_eq!(gate.circuit(NOW.plus_secs(5)), Circuit::Closed);
    }

    #[tokio::test]
    async fn chats_that_are_told_to_wait_while_others_are_served_wait_by_themselves() {
        let gate = SendLimiter::new(1000);
        for chat in 1..=20 {
            let (refused, accepted) = (gate.take_turn().await, gate.take_turn().await);
            assert_eq!(gate.too_fast(refused, &chat.to_string(), NOW.plus_secs(9000), NOW), Whose::Chat);
            gate.accepted(accepted);
        }
        assert_eq!((gate.rate(), gate.circuit(NOW)), (1000.0, Circuit::Closed));
        // What left before a refusal and is answered after it says nothing.
        let (early, refused) = (gate.take_turn().await, gate.take_turn().await);
        assert_eq!(gate.too_fast(refused, "7", NOW.plus_secs(9), NOW), Whose::Chat);
        gate.accepted(early);
        assert_eq!(gate.too_fast(gate.take_turn().await, "8", NOW.plus_secs(9), NOW), Whose::Bot);
    }

    #[tokio::test]
    async fn what_was_on_its_way_when_the_bot_was_told_to_wait_lowers_its_rate_no_further() {
        let gate = SendLimiter::new(1000);
        let mut messages = Vec::new();
        for _ in 0..20 {
            messages.push(gate.take_turn().await);
        }
        let refused = messages.into_iter().zip(1..);
        let whose: Vec<Whose> = refused
            .map(|(message, chat)| gate.too_fast(message, &chat.to_string(), NOW.plus_secs(chat), NOW))
            .collect();
        assert!(whose[0] == Whose::Chat && whose[1..].iter().all(|whose| *whose == Whose::Bot), "{whose:?}");
        assert_eq!(gate.rate(), 900.0);
        assert_eq!(gate.circuit(NOW), Circuit::Open(NOW.plus_secs(20)));
    }

    #[tokio::test]
    async fn who_takes_over_sending_forgets_what_its_answers_to_people_were_told() {
        let gate = SendLimiter::new(1000);
        for _ in 0..9 {
            gate.take_turn().await;
        }
        gate.too_fast(gate.take_turn().await, "7", NOW.plus_secs(9000), NOW);
        gate.learn(1000, LearnedRate::default(), Timestamp::default());
        gate.accepted(gate.take_turn().await);
        assert_eq!(gate.too_fast(gate.take_turn().await, "8", NOW.plus_secs(9), NOW), Whose::Chat);
    }

    #[test]
    fn a_clock_that_is_set_back_makes_no_wait_longer() {
        let gate = SendLimiter::new(30);
        gate.hold(NOW.plus_secs(9));
        gate.clock_was_set_back(36_000_000);
        assert_eq!(gate.circuit(NOW.plus_secs(-36_000)), Circuit::Open(NOW.plus_secs(9 - 36_000)));
        assert_eq!(gate.circuit(NOW.plus_secs(9 - 36_000)), Circuit::Closed);
    }

    #[tokio::test]
    async fn a_chat_that_was_too_fast_is_told_more_slowly_for_a_while_and_none_gets_a_burst() {
        let gate = SendLimiter::new(30);
        gate.too_fast(gate.take_turn().await, "6", NOW.plus_secs(9), NOW);
        assert!(gate.lets_burst(), "it had not just been told something");
        gate.accepted(gate.take_turn().await);
        gate.told("7", 1000);
        gate.too_fast(gate.take_turn().await, "7", NOW.plus_secs(9), NOW);
        let gaps: Vec<i64> = (0..9).map(|_| gate.told("7", 1000)).collect();
        assert_eq!(gaps, [2000, 1800, 1620, 1458, 1312, 1180, 1062, 1000, 1000]);
        assert_eq!(gate.told("8", 1000), 1000);
        assert!(!gate.lets_burst());
    }
}
