//! Decides whether and when the next message to one platform may leave: by the bot-wide rate, by the waits that the
//! platform asks for, and by its outages.

use parking_lot::{Mutex, MutexGuard};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::breaker::{CircuitBreaker, CircuitState};
use super::rate::{AdaptiveRateLimiter, LearnedRate, SendSlot};
use crate::chat::SendError;
use ceasewire_model::Timestamp;

/// The longest believable wait. Telegram has asked for twelve hours; a wait of more than a day comes from a clock jump.
const LONGEST_BLOCK_SECS: i64 = 86_400;
/// Microseconds between two messages to one chat that count as a burst.
const BURST_SPACING: u64 = 3_000_000;
/// Milliseconds by which messages to a chat may run ahead of the chat's gap. Platforms accept short bursts; Telegram
/// accepts three messages in a private chat.
const BURST_MS: i64 = 2000;
/// Time without bursts after a chat refused one.
const NO_BURSTS: Duration = Duration::from_secs(3600);
/// Factor that widens a chat's gap after a refusal, its maximum, and its decay with each message.
const WIDEN: f64 = 2.0;
const WIDEST: f64 = 16.0;
const DECAY: f64 = 0.9;
/// Slots of alerts in a row while an answer waits: an alert waits for one answer at most, and a person is answered
/// during a burst of alerts too.
const ALERTS_PER_ANSWER: u32 = 4;
/// Microseconds between answers at one message a second: answers use four fifths of the rate, so that a flood of them
/// stays below the platform's limit, whose block would stop the alerts too.
const ANSWER_SPACING: f64 = 1.25e6;

/// Which limit a refused message exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThrottleScope {
    /// The limit of the message's chat.
    Chat,
    /// The limit of the whole bot.
    Bot,
}

/// Grants send slots to the messages of one bot.
#[derive(Debug)]
pub struct SendLimiter {
    created: Instant,
    state: Mutex<LimiterState>,
    /// Serialise the waiting tasks of a class, so that they get slots in the order of their requests.
    next_alert: tokio::sync::Mutex<()>,
    next_answer: tokio::sync::Mutex<()>,
    /// Notified when the other class may be entitled to the next slot.
    entitled: Notify,
    /// Claimed messages that hold no slot yet.
    queued: Arc<AtomicUsize>,
    /// Notified when a queued message got its slot.
    dequeued: Arc<Notify>,
}

/// The class of a message that waits for a send slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotClass {
    /// An alert, or the edit of one.
    Alert,
    /// An answer to a person.
    Answer,
}

/// The waiting messages of both classes, and their shares of the slots.
#[derive(Debug, Default)]
struct SlotShares {
    waiting_alerts: usize,
    waiting_answers: usize,
    /// Slots of alerts since the last slot of an answer.
    alerts_in_row: u32,
}

impl SlotShares {
    fn waiting(&mut self, class: SlotClass) -> &mut usize {
        match class {
            SlotClass::Alert => &mut self.waiting_alerts,
            SlotClass::Answer => &mut self.waiting_answers,
        }
    }

    /// Whether the next slot is for this class, which waits for it.
    fn entitles(&self, class: SlotClass) -> bool {
        match class {
            SlotClass::Alert => self.waiting_answers == 0 || self.alerts_in_row < ALERTS_PER_ANSWER,
            SlotClass::Answer => self.waiting_alerts == 0 || self.alerts_in_row >= ALERTS_PER_ANSWER,
        }
    }

    fn record_slot(&mut self, class: SlotClass) {
        self.alerts_in_row = match class {
            SlotClass::Alert => self.alerts_in_row.saturating_add(1),
            SlotClass::Answer => 0,
        };
    }
}

/// A message among the waiting ones of its class, until its drop.
struct WaitingForSlot<'a> {
    limiter: &'a SendLimiter,
    class: SlotClass,
}

impl Drop for WaitingForSlot<'_> {
    fn drop(&mut self) {
        *self.limiter.lock().shares.waiting(self.class) -= 1;
        self.limiter.entitled.notify_waiters();
    }
}

#[derive(Debug)]
struct LimiterState {
    rate: AdaptiveRateLimiter,
    shares: SlotShares,
    /// No answer leaves before this time.
    next_answer_at: u64,
    breaker: CircuitBreaker,
    /// No message leaves before this time.
    blocked_until: Timestamp,
    /// Refused messages by slot number, with chat and end of the wait. An accepted later slot removes the earlier ones.
    throttled: BTreeMap<u64, (String, Timestamp)>,
    /// Time of the last message per chat, for recent messages.
    last_sent: HashMap<String, u64>,
    /// Factor of the gap per chat that refused a message.
    widened: HashMap<String, f64>,
    /// End of the time without bursts.
    no_bursts_until: Option<Instant>,
}

/// A claimed message that waits for its send slot. Dropping the ticket leaves the queue.
#[derive(Debug)]
pub struct QueueTicket {
    queued: Arc<AtomicUsize>,
    dequeued: Arc<Notify>,
}

impl Drop for QueueTicket {
    fn drop(&mut self) {
        self.queued.fetch_sub(1, Ordering::Relaxed);
        self.dequeued.notify_one();
    }
}

impl SendLimiter {
    /// Builds a limiter of at most `ceiling` messages per second.
    pub fn new(ceiling: u32) -> Self {
        let state = LimiterState {
            rate: AdaptiveRateLimiter::new(ceiling, LearnedRate::default(), 0),
            shares: SlotShares::default(),
            next_answer_at: 0,
            breaker: CircuitBreaker::default(),
            blocked_until: Timestamp::default(),
            throttled: BTreeMap::new(),
            last_sent: HashMap::new(),
            widened: HashMap::new(),
            no_bursts_until: None,
        };
        Self {
            created: Instant::now(),
            state: Mutex::new(state),
            next_alert: tokio::sync::Mutex::default(),
            next_answer: tokio::sync::Mutex::default(),
            entitled: Notify::new(),
            queued: Arc::default(),
            dequeued: Arc::default(),
        }
    }

    /// Continues from the previous leader's learned rate and block.
    pub fn adopt(&self, ceiling: u32, learned: LearnedRate, blocked_until: Timestamp) {
        let now = self.elapsed();
        let mut state = self.lock();
        state.rate = AdaptiveRateLimiter::new(ceiling, learned, now);
        // Slot numbers restart.
        state.throttled.clear();
        state.blocked_until = state.blocked_until.max(blocked_until);
    }

    /// Returns the rates learned so far.
    pub fn learned(&self) -> LearnedRate {
        self.lock().rate.learned()
    }

    /// Returns whether messages may leave at `now`, by outages and by the platform's waits.
    pub fn circuit(&self, now: Timestamp) -> CircuitState {
        let mut state = self.lock();
        // A clock that moved back would otherwise extend the block by the jump.
        if state.blocked_until > now.plus_secs(LONGEST_BLOCK_SECS) {
            state.blocked_until = now;
        }
        match state.breaker.state(now) {
            CircuitState::Closed | CircuitState::HalfOpen if now < state.blocked_until => {
                CircuitState::Open(state.blocked_until)
            }
            circuit => circuit,
        }
    }

    /// Returns the present rate in messages per second.
    pub fn rate(&self) -> f64 {
        self.lock().rate.rate()
    }

    /// Adds a claimed message to the queue.
    pub fn enqueue(&self) -> QueueTicket {
        self.queued.fetch_add(1, Ordering::Relaxed);
        QueueTicket { queued: Arc::clone(&self.queued), dequeued: Arc::clone(&self.dequeued) }
    }

    /// Returns the length of the queue.
    pub fn queued(&self) -> usize {
        self.queued.load(Ordering::Relaxed)
    }

    /// Waits until a message leaves the queue.
    pub async fn dequeued(&self) {
        self.dequeued.notified().await;
    }

    /// Waits for a send slot. Alerts go before answers; where both wait, every fifth slot is an answer's.
    pub async fn acquire(&self, class: SlotClass) -> SendSlot {
        *self.lock().shares.waiting(class) += 1;
        let _waiting = WaitingForSlot { limiter: self, class };
        let _next = match class {
            SlotClass::Alert => self.next_alert.lock().await,
            SlotClass::Answer => self.next_answer.lock().await,
        };
        loop {
            let mut changed = std::pin::pin!(self.entitled.notified());
            // Registered before the look at the shares, or a change in between would go unheard.
            changed.as_mut().enable();
            let free_at = {
                let elapsed = self.elapsed();
                let mut state = self.lock();
                match class {
                    _ if !state.shares.entitles(class) => None,
                    SlotClass::Answer if state.next_answer_at > elapsed => Some(state.next_answer_at),
                    _ => match state.rate.try_acquire(elapsed) {
                        Ok(slot) => {
                            state.shares.record_slot(class);
                            if class == SlotClass::Answer {
                                state.next_answer_at = elapsed + (ANSWER_SPACING / state.rate.rate()) as u64;
                            }
                            return slot;
                        }
                        Err(at) => Some(at),
                    },
                }
            };
            match free_at {
                Some(at) => tokio::time::sleep_until((self.created + Duration::from_micros(at)).into()).await,
                None => changed.await,
            }
        }
    }

    /// Moves a slot to the present, when its message leaves later than it got the slot.
    pub fn depart(&self, slot: SendSlot) -> SendSlot {
        self.lock().rate.depart(slot, self.elapsed())
    }

    /// Records the time of the platform's answer, of any content.
    pub fn record_response(&self, slot: SendSlot) {
        self.lock().rate.record_response(slot, self.elapsed());
    }

    fn elapsed(&self) -> u64 {
        self.created.elapsed().as_micros() as u64
    }

    /// Records that the platform did not throttle a message.
    pub fn record_accepted(&self, slot: SendSlot) {
        // The platform still serves other chats: earlier refusals concerned their chats, not the whole bot.
        self.lock().throttled.retain(|number, _| *number > slot.number());
        self.record_answer();
    }

    /// Records an error: an outage, a throttled message, or a rejection for another reason.
    pub fn record_error(&self, slot: SendSlot, error: &SendError, now: Timestamp) {
        match error {
            error if error.is_outage() => self.record_failure(now),
            SendError::RateLimited { .. } => self.record_answer(),
            _ => self.record_accepted(slot),
        }
    }

    /// Records that the platform throttled a message to `chat` until `until`, and returns which limit was exceeded.
    ///
    /// The platform does not name the limit. It is the bot's, and the whole bot then waits, when the platform throttles
    /// two chats and accepts no message in between, or three if the message is an answer: people can make the bot
    /// answer too fast in chats of theirs, and must not stop it thereby. Otherwise it is the chat's: a chat has limits
    /// of its own and may have to wait for hours.
    pub fn record_throttled(
        &self,
        class: SlotClass,
        slot: SendSlot,
        chat: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> ThrottleScope {
        let elapsed = self.elapsed();
        let mut state = self.lock();
        state.throttled.retain(|_, (_, until)| *until > now && until.0 - now.0 <= LONGEST_BLOCK_SECS * 1000);
        let others: HashSet<&String> =
            state.throttled.values().map(|(other, _)| other).filter(|other| *other != chat).collect();
        let of_bot = match class {
            SlotClass::Alert => !others.is_empty(),
            SlotClass::Answer => others.len() >= 2,
        };
        state.throttled.insert(slot.number(), (chat.to_owned(), until));
        if of_bot {
            // Messages sent before the block began do not lower the rate again.
            if state.blocked_until <= now {
                state.rate.record_refusal(elapsed);
            }
            state.blocked_until = state.blocked_until.max(until);
            // The refusals did not concern these chats.
            let LimiterState { throttled, widened, .. } = &mut *state;
            widened.retain(|chat, _| throttled.values().all(|(other, _)| other != chat));
            return ThrottleScope::Bot;
        }
        let factor = state.widened.entry(chat.to_owned()).or_insert(1.0);
        *factor = (*factor * WIDEN).min(WIDEST);
        if state.last_sent.get(chat).is_some_and(|at| elapsed.saturating_sub(*at) <= BURST_SPACING) {
            state.no_bursts_until = Some(Instant::now() + NO_BURSTS);
        }
        ThrottleScope::Chat
    }

    /// Whether a few messages to one chat may follow each other without the chat's gap.
    pub fn allows_bursts(&self) -> bool {
        self.lock().no_bursts_until.is_none_or(|until| until < Instant::now())
    }

    /// Returns the milliseconds by which messages to a chat may run ahead of the chat's gap now.
    pub fn burst_ms(&self) -> i64 {
        if self.allows_bursts() { BURST_MS } else { 0 }
    }

    /// Records a message to `chat` and returns the milliseconds before the next one: the platform's `gap_ms`, or more
    /// after a refusal.
    pub fn record_sent_to(&self, chat: &str, gap_ms: i64) -> i64 {
        let elapsed = self.elapsed();
        let mut state = self.lock();
        if state.last_sent.len() >= state.last_sent.capacity() {
            // Drops old entries before the table would grow.
            state.last_sent.retain(|_, at| elapsed.saturating_sub(*at) <= BURST_SPACING);
        }
        state.last_sent.insert(chat.to_owned(), elapsed);
        let Some(factor) = state.widened.get_mut(chat) else { return gap_ms };
        let gap = gap_ms as f64 * *factor;
        *factor *= DECAY;
        if *factor <= 1.0 {
            state.widened.remove(chat);
        }
        gap as i64
    }

    /// Returns the end of the platform's block.
    pub fn blocked_until(&self) -> Timestamp {
        self.lock().blocked_until
    }

    /// Blocks all messages until `until`.
    pub fn block_until(&self, until: Timestamp) {
        let mut state = self.lock();
        state.blocked_until = state.blocked_until.max(until);
    }

    /// Keeps the remaining length of a block after the clock moved back.
    pub fn shift_block(&self, by_ms: i64) {
        let mut state = self.lock();
        state.blocked_until.0 = state.blocked_until.0.saturating_sub(by_ms);
    }

    /// Whether an outage lasts.
    pub fn is_outage(&self) -> bool {
        self.lock().breaker.is_open()
    }

    pub fn record_probe_answer(&self) {
        self.lock().breaker.record_probe_answer();
    }

    fn record_answer(&self) {
        if self.lock().breaker.record_answer() {
            tracing::info!("the chat platform answers again; sending resumes");
        }
    }

    /// Records a missing answer.
    pub fn record_failure(&self, now: Timestamp) {
        if self.lock().breaker.record_failure(now) {
            tracing::warn!("the chat platform does not answer; sending pauses until a probe succeeds");
        }
    }

    fn lock(&self) -> MutexGuard<'_, LimiterState> {
        self.state.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    #[tokio::test]
    async fn two_throttled_chats_in_a_row_block_the_bot() {
        let limiter = SendLimiter::new(1000);
        let (one, two) = (limiter.acquire(SlotClass::Alert).await, limiter.acquire(SlotClass::Alert).await);
        assert_eq!(limiter.record_throttled(SlotClass::Alert, one, "7", NOW.plus_secs(9), NOW), ThrottleScope::Chat);
        assert_eq!(limiter.circuit(NOW), CircuitState::Closed);
        assert_eq!(limiter.record_throttled(SlotClass::Alert, two, "7", NOW.plus_secs(9), NOW), ThrottleScope::Chat);
        assert_eq!(
            limiter.record_throttled(
                SlotClass::Alert,
                limiter.acquire(SlotClass::Alert).await,
                "8",
                NOW.plus_secs(5),
                NOW
            ),
            ThrottleScope::Bot
        );
        assert_eq!(limiter.circuit(NOW), CircuitState::Open(NOW.plus_secs(5)));
        assert_eq!(limiter.circuit(NOW.plus_secs(5)), CircuitState::Closed);
    }

    #[tokio::test]
    async fn throttled_chats_wait_alone_while_others_are_served() {
        let limiter = SendLimiter::new(1000);
        for chat in 1..=20 {
            let (refused, accepted) =
                (limiter.acquire(SlotClass::Alert).await, limiter.acquire(SlotClass::Alert).await);
            assert_eq!(
                limiter.record_throttled(SlotClass::Alert, refused, &chat.to_string(), NOW.plus_secs(9000), NOW),
                ThrottleScope::Chat
            );
            limiter.record_accepted(accepted);
        }
        assert_eq!((limiter.rate(), limiter.circuit(NOW)), (1000.0, CircuitState::Closed));
        // A message sent before a refusal and accepted after it proves nothing.
        let (early, refused) = (limiter.acquire(SlotClass::Alert).await, limiter.acquire(SlotClass::Alert).await);
        assert_eq!(
            limiter.record_throttled(SlotClass::Alert, refused, "7", NOW.plus_secs(9), NOW),
            ThrottleScope::Chat
        );
        limiter.record_accepted(early);
        assert_eq!(
            limiter.record_throttled(
                SlotClass::Alert,
                limiter.acquire(SlotClass::Alert).await,
                "8",
                NOW.plus_secs(9),
                NOW
            ),
            ThrottleScope::Bot
        );
    }

    #[tokio::test]
    async fn messages_in_flight_at_a_block_lower_the_rate_once() {
        let limiter = SendLimiter::new(1000);
        let mut messages = Vec::new();
        for _ in 0..20 {
            messages.push(limiter.acquire(SlotClass::Alert).await);
        }
        let refused = messages.into_iter().zip(1..);
        let scopes: Vec<ThrottleScope> = refused
            .map(|(message, chat)| {
                limiter.record_throttled(SlotClass::Alert, message, &chat.to_string(), NOW.plus_secs(chat), NOW)
            })
            .collect();
        assert!(
            scopes[0] == ThrottleScope::Chat && scopes[1..].iter().all(|scope| *scope == ThrottleScope::Bot),
            "{scopes:?}"
        );
        assert_eq!(limiter.rate(), 900.0);
        assert_eq!(limiter.circuit(NOW), CircuitState::Open(NOW.plus_secs(20)));
    }

    #[tokio::test]
    async fn a_new_leader_forgets_refusals_of_its_own_replies() {
        let limiter = SendLimiter::new(1000);
        for _ in 0..9 {
            limiter.acquire(SlotClass::Alert).await;
        }
        limiter.record_throttled(
            SlotClass::Alert,
            limiter.acquire(SlotClass::Alert).await,
            "7",
            NOW.plus_secs(9000),
            NOW,
        );
        limiter.adopt(1000, LearnedRate::default(), Timestamp::default());
        limiter.record_accepted(limiter.acquire(SlotClass::Alert).await);
        assert_eq!(
            limiter.record_throttled(
                SlotClass::Alert,
                limiter.acquire(SlotClass::Alert).await,
                "8",
                NOW.plus_secs(9),
                NOW
            ),
            ThrottleScope::Chat
        );
    }

    #[test]
    fn a_clock_that_moves_back_extends_no_block() {
        let limiter = SendLimiter::new(30);
        limiter.block_until(NOW.plus_secs(9));
        limiter.shift_block(36_000_000);
        assert_eq!(limiter.circuit(NOW.plus_secs(-36_000)), CircuitState::Open(NOW.plus_secs(9 - 36_000)));
        assert_eq!(limiter.circuit(NOW.plus_secs(9 - 36_000)), CircuitState::Closed);
    }

    #[tokio::test]
    async fn a_throttled_chat_gets_wider_gaps_and_no_bursts() {
        let limiter = SendLimiter::new(30);
        limiter.record_throttled(SlotClass::Alert, limiter.acquire(SlotClass::Alert).await, "6", NOW.plus_secs(9), NOW);
        assert!(limiter.allows_bursts(), "the chat had no recent message");
        limiter.record_accepted(limiter.acquire(SlotClass::Alert).await);
        limiter.record_sent_to("7", 1000);
        limiter.record_throttled(SlotClass::Alert, limiter.acquire(SlotClass::Alert).await, "7", NOW.plus_secs(9), NOW);
        let gaps: Vec<i64> = (0..9).map(|_| limiter.record_sent_to("7", 1000)).collect();
        assert_eq!(gaps, [2000, 1800, 1620, 1458, 1312, 1180, 1062, 1000, 1000]);
        assert_eq!(limiter.record_sent_to("8", 1000), 1000);
        assert!(!limiter.allows_bursts());
    }

    #[tokio::test]
    async fn throttled_answers_of_three_chats_in_a_row_block_the_bot() {
        let limiter = SendLimiter::new(1000);
        let scope = async |chat| {
            let slot = limiter.acquire(SlotClass::Answer).await;
            limiter.record_throttled(SlotClass::Answer, slot, chat, NOW.plus_secs(9), NOW)
        };
        assert_eq!([scope("7").await, scope("8").await, scope("8").await], [ThrottleScope::Chat; 3]);
        limiter.record_accepted(limiter.acquire(SlotClass::Answer).await);
        assert_eq!([scope("7").await, scope("8").await], [ThrottleScope::Chat; 2]);
        assert_eq!(limiter.circuit(NOW), CircuitState::Closed);
        assert_eq!(scope("9").await, ThrottleScope::Bot);
        assert_eq!(limiter.circuit(NOW), CircuitState::Open(NOW.plus_secs(9)));
    }

    #[tokio::test]
    async fn alerts_go_before_answers_and_every_fifth_slot_is_an_answers() {
        let limiter = Arc::new(SendLimiter::new(100));
        let order = Arc::new(Mutex::new(Vec::new()));
        // Answers of a flood wait first.
        let tasks: Vec<_> = [(SlotClass::Answer, 12), (SlotClass::Alert, 12)]
            .into_iter()
            .flat_map(|(class, count)| std::iter::repeat_n(class, count))
            .map(|class| {
                let (limiter, order) = (Arc::clone(&limiter), Arc::clone(&order));
                tokio::spawn(async move {
                    limiter.acquire(class).await;
                    order.lock().push(class);
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let order: String =
            order.lock().iter().map(|class| if *class == SlotClass::Alert { 'a' } else { '.' }).collect();
        // Nothing else waited when the first answer took its slot.
        let order = order.trim_start_matches('.');
        let alerts = order.rfind('a').unwrap_or_default();
        assert!(order[..=alerts].split('.').all(|run| (1..=4).contains(&run.len())), "{order}");
        assert_eq!(order[..=alerts].matches('.').count(), 2, "{order}");
    }

    #[tokio::test]
    async fn a_cancelled_wait_leaves_the_slots_to_the_other_class() {
        let limiter = SendLimiter::new(1);
        limiter.acquire(SlotClass::Alert).await;
        {
            let waiting = limiter.acquire(SlotClass::Alert);
            assert!(tokio::time::timeout(Duration::from_millis(1), waiting).await.is_err());
        }
        let shares = &limiter.lock().shares;
        assert!((shares.waiting_alerts, shares.entitles(SlotClass::Answer)) == (0, true));
    }
}
