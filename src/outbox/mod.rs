//! The sender: takes what is due from the outbox and tells it, chat by chat.
//!
//! One process sends for a bot at a time, since the bot's rate is one; it holds a lease in the store, and another takes over
//! when that runs out (`lead`). It claims a few deliveries with a lease of their own, no more than may leave at once (`claim`),
//! words and sends them outside of any transaction, and records what was sent with one update (`turn`). When it dies in
//! between, the delivery is claimed again, and the message says that it may be a repeat.
//!
//! Whether a message may leave is decided by the `gate`: the bot's `pace`, the platform's wishes, its outages
//! (`breaker`). Whose turn it is, is decided by the outbox: what is urgent first, then what has waited longest, among the
//! subscribers of one story in an order that is new each time. At its turn a chat is told all that waits for it.

mod answers;
mod batch;
mod breaker;
mod claim;
mod dispatch;
mod edits;
mod fallback;
mod journal;
mod leader;
mod limiter;
mod rate;
mod renderer;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use futures::future::join_all;
use tokio::sync::Notify;
use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::chat::Messenger;
use crate::config;
use crate::store::Store;
pub use answers::Answers;
use breaker::Circuit;
use ceasewire_model::{Clock, Delivery, DeliveryId, Tick, Timestamp};
use ceasewire_profile::Profile;
use journal::SendJournal;
use leader::Leadership;
use limiter::SendLimiter;
use renderer::AlertRenderer;

/// Deliveries claimed by one [`Dispatcher::tick`].
const CLAIM: usize = 10;
/// Chats that are sent to at the same time: as many as are told in this many seconds, so that slow answers do not slow the
/// rate, within these bounds.
const LANES_SECS: f64 = 1.5;
const FEWEST_LANES: usize = 64;
const MOST_LANES: usize = 512;
/// Seconds' worth of messages that are claimed ahead of their turn: few, since what is in hand when the process dies comes
/// again marked as a possible repeat.
const AHEAD_SECS: f64 = 0.1;
/// With many chats under way it is not worth while to claim for fewer places than this, where so many are claimed at once.
const WORTH_CLAIMING: usize = 16;
/// How long an idle sender waits before it looks into the outbox unasked: for retries, and for what other nodes put there.
const IDLE: Duration = Duration::from_millis(500);
/// How long one that may not send waits before it asks again.
const ASK: Duration = Duration::from_secs(1);
/// How long the platform's answer is waited for when it is asked whether it is back.
const PROBE: Duration = Duration::from_secs(3);
/// How often meetings ahead are looked for, to remind of, and clocks are seen to.
const HOUSEKEEPING: Duration = Duration::from_secs(30);
/// How often the queue is counted.
const COUNT: Duration = Duration::from_millis(500);
/// A clock that runs back by more milliseconds was set.
const SET_BACK_MS: i64 = 2000;
/// How often the same trouble is logged.
const SAY_AGAIN: Duration = Duration::from_secs(60);

/// Sends what is in the outbox.
#[derive(Debug)]
pub struct Dispatcher {
    store: Store,
    messenger: Arc<dyn Messenger>,
    wording: AlertRenderer,
    config: config::DeliveryConfig,
    outbox: Arc<Notify>,
    gate: Arc<SendLimiter>,
    marks: SendJournal,
    /// Tells this process from others that send for the same bot.
    holder: Uuid,
    lead: Mutex<Leadership>,
    /// Deliveries that were claimed and could not be given back yet.
    owed: Mutex<Vec<Delivery>>,
    /// Deliveries that were refused together with others, and are sent by themselves.
    apart: Mutex<HashSet<DeliveryId>>,
    /// Whether the queue is longer than can be sent soon.
    overloaded: AtomicBool,
    claims: AtomicUsize,
    /// How many claims in a row held nothing that was to be told yet.
    asleep: AtomicUsize,
}

/// The time while something is done that began at a known moment.
#[derive(Clone, Copy, Debug)]
struct Watch {
    began_at: Timestamp,
    began: Instant,
}

impl Watch {
    fn at(now: Timestamp) -> Self {
        Self { began_at: now, began: Instant::now() }
    }

    fn now(self) -> Timestamp {
        Timestamp(self.began_at.0.saturating_add(self.began.elapsed().as_millis() as i64))
    }

    /// By how many milliseconds the clock was set back meanwhile, which shows `now`.
    fn set_back_by(self, now: Timestamp) -> Option<i64> {
        let by = self.now().0.saturating_sub(now.0);
        (by > SET_BACK_MS).then_some(by)
    }
}

impl Dispatcher {
    /// Builds a sender; a notification on `outbox` makes it look at once.
    pub fn new(
        store: Store,
        messenger: Arc<dyn Messenger>,
        profile: Arc<Profile>,
        config: config::DeliveryConfig,
        outbox: Arc<Notify>,
    ) -> Self {
        let wording = AlertRenderer::new(store.clone(), profile, config.summary_sentences);
        Self {
            store,
            messenger,
            wording,
            gate: Arc::new(SendLimiter::new(config.messages_per_second)),
            config,
            outbox,
            marks: SendJournal::default(),
            holder: Uuid::now_v7(),
            lead: Mutex::default(),
            owed: Mutex::default(),
            apart: Mutex::default(),
            overloaded: AtomicBool::new(false),
            claims: AtomicUsize::new(0),
            asleep: AtomicUsize::new(0),
        }
    }

    /// What sends answers to people at the pace of this sender; `clock` is theirs.
    pub fn answers(&self, clock: Clock) -> Answers {
        Answers::new(self.store.clone(), Arc::clone(&self.messenger), Arc::clone(&self.gate), clock)
    }

    /// Sends what is due at `now`, a message for each chat at most, and waits until that is done.
    ///
    /// # Errors
    /// When the store cannot say what is due. What goes wrong with one delivery is recorded and leaves the others alone.
    pub async fn tick(&self, now: Timestamp) -> anyhow::Result<Tick> {
        if !self.lead(now).await? {
            return Ok(Tick::Idle);
        }
        self.keep_house(now).await?;
        self.count(now).await?;
        match self.gate.circuit(now) {
            Circuit::Closed | Circuit::One => {}
            Circuit::Ask if self.ask(now).await => {}
            Circuit::Ask | Circuit::Open(_) => return Ok(Tick::Idle),
        }
        let (stop, watch) = (CancellationToken::new(), Watch::at(now));
        let claimed = self.claim(now, CLAIM, &[]).await?;
        let turns = claimed.turns.into_iter().map(|turn| self.turn(turn, watch, &stop, self.gate.place()));
        let told: usize = join_all(turns).await.into_iter().sum();
        let mut worked = told + claimed.put_off;
        if worked == 0 {
            let edits = self.claim_edits(now, CLAIM, &[]).await?;
            worked = edits.len();
            join_all(edits.iter().map(|edit| self.edit(edit, watch, self.gate.place()))).await;
        }
        Ok(if worked == 0 { Tick::Idle } else { Tick::Worked(worked) })
    }

    /// Sends until `stop`; then finishes the messages in hand and gives back the rest.
    ///
    /// Each chat is a task of its own, so that one that does not answer holds up nobody else.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut lanes = JoinSet::new();
        let mut busy: HashMap<Id, String> = HashMap::new();
        let mut trouble = Trouble::default();
        let (mut kept, mut counted): (Option<Instant>, Option<Instant>) = (None, None);
        let mut last = Watch::at(Timestamp::now());
        let mut set_back = 0;
        while !stop.is_cancelled() {
            while let Some(lane) = lanes.try_join_next_with_id() {
                busy.remove(&ended(lane));
            }
            // What follows may take a while: times are counted from here.
            let watch = Watch::at(Timestamp::now());
            let now = watch.began_at;
            set_back += last.set_back_by(now).unwrap_or_default();
            last = watch;
            let mut wait = IDLE;
            let looked = async {
                if !self.keep_leading().await? {
                    // Whose clock it was does not send.
                    set_back = 0;
                    wait = ASK;
                    return Ok(false);
                }
                if set_back > 0 {
                    self.clock_was_set_back(set_back, now).await?;
                    set_back = 0;
                }
                if is_over(&mut kept, HOUSEKEEPING) {
                    self.keep_house(now).await?;
                }
                if is_over(&mut counted, COUNT) {
                    self.count(now).await?;
                }
                match self.gate.circuit(now) {
                    Circuit::Closed | Circuit::One => {}
                    Circuit::Open(until) => {
                        wait = Duration::from_millis(until.0.saturating_sub(now.0).max(1).unsigned_abs()).min(ASK);
                        return Ok(false);
                    }
                    Circuit::Ask => return Ok(self.ask(now).await),
                }
                let limit = match self.gate.circuit(now) {
                    // One message shows whether it is back indeed.
                    Circuit::One => usize::from(lanes.is_empty()),
                    _ => self.room(lanes.len()),
                };
                if limit == 0 {
                    return Ok(false);
                }
                let chats: Vec<String> = busy.values().cloned().collect();
                let claimed = self.claim(now, limit, &chats).await?;
                let mut found = claimed.put_off + claimed.turns.len();
                for turn in claimed.turns {
                    let (sender, stop) = (Arc::clone(&self), stop.clone());
                    let (chat, place) = (turn.chat.clone(), self.gate.place());
                    let lane = lanes.spawn(async move { sender.turn(turn, watch, &stop, place).await });
                    busy.insert(lane.id(), chat);
                }
                // Whoever has not heard of a thing yet goes before who has.
                if found == 0 {
                    for edit in self.claim_edits(now, limit, &chats).await? {
                        found += 1;
                        let sender = Arc::clone(&self);
                        let (chat, place) = (edit.delivery.address.chat.clone(), self.gate.place());
                        let lane = lanes.spawn(async move {
                            sender.edit(&edit, watch, place).await;
                            1
                        });
                        busy.insert(lane.id(), chat);
                    }
                }
                Ok(found > 0 && self.room(lanes.len()) > 0)
            };
            match trouble.note(looked.await) {
                Some(true) => continue,
                Some(false) => {}
                None => wait = ASK,
            }
            tokio::select! {
                Some(lane) = lanes.join_next_with_id() => { busy.remove(&ended(lane)); }
                () = self.gate.moved() => {}
                () = self.outbox.notified() => {}
                () = tokio::time::sleep(wait) => {}
                () = stop.cancelled() => {}
            }
        }
        while let Some(lane) = lanes.join_next_with_id().await {
            ended(lane);
        }
        self.stop_leading().await;
    }

    /// For how many more chats something may be claimed while `in_flight` are sent to.
    fn room(&self, in_flight: usize) -> usize {
        let rate = self.gate.rate();
        let ahead = (rate * AHEAD_SECS).ceil().max(1.0) as usize;
        let lanes = ((rate * LANES_SECS) as usize).clamp(FEWEST_LANES, MOST_LANES);
        let room = lanes.saturating_sub(in_flight).min(ahead.saturating_sub(self.gate.ahead()));
        let worth = WORTH_CLAIMING.min(ahead);
        if room < worth && in_flight > lanes - 2 * worth { 0 } else { room }
    }

    /// Looks for meetings ahead, and for what a clock that was set back has put off.
    async fn keep_house(&self, now: Timestamp) -> anyhow::Result<()> {
        self.store.insert_due_reminders(now).await.context("looking for meetings ahead")?;
        self.store.repair_due_times(now).await.context("looking for what a clock put off")?;
        self.store.repair_edit_times(now).await.context("looking for edits that a clock put off")
    }

    /// Has what waits for a time wait for that time by the clock as it is now.
    async fn clock_was_set_back(&self, by_ms: i64, now: Timestamp) -> anyhow::Result<()> {
        tracing::warn!("the clock was set back by {} s; what waits for a time is judged again", by_ms / 1000);
        self.store.shift_waits(self.messenger.platform(), by_ms, now).await.context("following the clock")?;
        self.gate.clock_was_set_back(by_ms);
        Ok(())
    }

    /// Finds out whether the queue is longer than can be sent soon.
    async fn count(&self, now: Timestamp) -> anyhow::Result<()> {
        let soon = self.gate.rate() * self.config.fold_after_secs as f64;
        let more = self.store.has_more_due(self.messenger.platform(), now, soon as i64).await;
        self.overloaded.store(more.context("counting the queue")?, Ordering::Relaxed);
        Ok(())
    }

    /// Asks the platform whether it is back.
    async fn ask(&self, now: Timestamp) -> bool {
        // Shorter than the lease on sending, which is not renewed meanwhile.
        let timeout = Duration::from_secs(self.config.send_timeout_secs).min(PROBE);
        let answer = tokio::time::timeout(timeout, self.messenger.probe()).await;
        // A refusal is an answer.
        let answers = answer.is_ok_and(|answer| !answer.is_err_and(|error| error.is_outage()));
        if answers {
            self.gate.came_back()
        } else {
            self.gate.failed(now)
        }
        answers
    }
}

/// Trouble that is logged when it begins, now and then while it lasts, and when it is over.
#[derive(Debug, Default)]
struct Trouble(Option<Instant>);

impl Trouble {
    fn note<T>(&mut self, result: anyhow::Result<T>) -> Option<T> {
        match result {
            Ok(value) => {
                if self.0.take().is_some() {
                    tracing::warn!("sending goes on");
                }
                Some(value)
            }
            Err(error) => {
                if self.0.is_none_or(|said| said.elapsed() > SAY_AGAIN) {
                    tracing::error!("sending pauses: {error:#}");
                    self.0 = Some(Instant::now());
                }
                None
            }
        }
    }
}

/// Whether so much time is over since the last time that this was so.
fn is_over(last: &mut Option<Instant>, every: Duration) -> bool {
    let over = last.is_none_or(|last| last.elapsed() >= every);
    if over {
        *last = Some(Instant::now());
    }
    over
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lane that has ended. One that panicked leaves its deliveries to their leases, and the operator must know.
fn ended(lane: Result<(Id, usize), JoinError>) -> Id {
    match lane {
        Ok((id, _)) => id,
        Err(error) => {
            tracing::error!("sending to a chat died: {error}");
            error.id()
        }
    }
}
