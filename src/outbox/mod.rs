//! The outbox: takes due deliveries of one platform to their chats.
//!
//! One process, the leader, dispatches for a bot, because the platform limits the bot as a whole (`leader`). The
//! leader claims a few deliveries under a lease (`claim`), combines those of a chat into a `batch`, renders them
//! (`renderer`), sends the message outside of any transaction (`dispatch`) and records the result (`outcome`,
//! `journal`). If the leader dies in between, the next claim marks the message as a possible duplicate.
//!
//! The outbox decides which chat comes next: urgent deliveries first, then the longest waiting, and the subscribers of
//! one story in a new random order each time. The limiter of [`crate::chat::outbound`] decides when a message may
//! leave.

mod batch;
mod claim;
mod dispatch;
mod edits;
mod failure_log;
mod fallback;
mod journal;
mod leader;
mod maintenance;
mod outcome;
mod renderer;
mod send_guard;
mod stopwatch;
mod tasks;

use std::sync::Arc;

use std::time::Duration;

use futures::future::join_all;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::chat::outbound::{CircuitState, Outbound};
use crate::config;
use crate::store::Store;
use batch::ChatBatch;
use ceasewire_model::{Tick, Timestamp};
use ceasewire_profile::Profile;
use claim::{ClaimedBatches, DeliveryClaimer};
use dispatch::{MessageSender, SendContext};
use edits::AlertEditor;
use failure_log::FailureLog;
use leader::Leadership;
use maintenance::Maintenance;
use outcome::OutcomeRecorder;
use renderer::AlertRenderer;
use send_guard::SendGuard;
use stopwatch::{ClockWatch, Stopwatch};
use tasks::ChatTasks;

/// Chats claimed by one [`Dispatcher::tick`].
const CLAIMED_BY_TICK: usize = 10;
/// Concurrent chats: the messages of this many seconds, within these bounds, so that slow answers do not lower the
/// rate.
const CONCURRENT_SECS: f64 = 1.5;
const FEWEST_CONCURRENT: usize = 64;
const MOST_CONCURRENT: usize = 512;
/// Seconds' worth of messages claimed ahead of their send slots. It is short, because a crash makes each claimed and
/// leaving message a possible duplicate.
const AHEAD_SECS: f64 = 0.1;
/// The smallest claim near the maximum of concurrent chats; smaller ones cost more than they bring.
const SMALLEST_CLAIM: usize = 16;
/// The pause before an idle dispatcher looks into the outbox for retries and for deliveries of other nodes.
const IDLE: Duration = Duration::from_millis(500);
/// The pause after an error and between checks of a follower.
const RETRY: Duration = Duration::from_secs(1);
/// The longest wait for the answer to a probe. The leader renews no lease meanwhile.
const PROBE_TIMEOUT: Duration = Duration::from_secs(3);

/// Dispatches the deliveries of one platform.
#[derive(Debug)]
pub struct Dispatcher {
    outbound: Arc<Outbound>,
    /// Announces new deliveries.
    outbox: watch::Receiver<()>,
    probe_timeout: Duration,
    leadership: Arc<Leadership>,
    maintenance: Maintenance,
    claimer: Arc<DeliveryClaimer>,
    sender: MessageSender,
    editor: AlertEditor,
}

/// The action after a step of the loop.
enum LoopStep {
    /// Takes the next step at once.
    Again,
    /// Waits for an event, at most this long.
    Wait(Duration),
}

/// The state of a running loop.
struct LoopState {
    tasks: ChatTasks,
    clock: ClockWatch,
}

impl Dispatcher {
    /// Builds a dispatcher for the platform of `outbound`. A change of `outbox` wakes it.
    pub fn new(
        store: Store,
        outbound: Arc<Outbound>,
        profile: Arc<Profile>,
        config: config::DeliveryConfig,
        outbox: watch::Receiver<()>,
    ) -> Self {
        let leadership = Arc::new(Leadership::new(store.clone(), Arc::clone(&outbound), config.messages_per_second));
        let outcomes = OutcomeRecorder::new(store.clone(), &outbound, &leadership, config.unconfirmed);
        let outcomes = Arc::new(outcomes);
        let claimer = Arc::new(DeliveryClaimer::new(store.clone(), Arc::clone(&outbound), &config));
        let renderer = AlertRenderer::new(store.clone(), profile, config.summary_sentences, outbound.limits());
        let renderer = Arc::new(renderer);
        let guard = SendGuard::new(Arc::clone(&outbound), Arc::clone(&leadership), config.send_timeout_secs);
        Self {
            outbox,
            probe_timeout: guard.timeout().min(PROBE_TIMEOUT),
            maintenance: Maintenance::new(store.clone(), Arc::clone(&outbound), config.fold_after_secs),
            sender: MessageSender {
                store: store.clone(),
                outcomes: Arc::clone(&outcomes),
                claimer: Arc::clone(&claimer),
                renderer: Arc::clone(&renderer),
                guard: guard.clone(),
            },
            editor: AlertEditor { store, outcomes, renderer, guard, lease_secs: config.lease_secs as i64 },
            claimer,
            leadership,
            outbound,
        }
    }

    /// Dispatches the deliveries due at `now`, at most one message per chat, and waits for the results.
    ///
    /// # Errors
    /// When the store cannot be read. An error of one delivery is recorded and does not affect the others.
    pub async fn tick(&self, now: Timestamp) -> anyhow::Result<Tick> {
        if !self.leadership.acquire(now).await? {
            return Ok(Tick::Idle);
        }
        self.maintenance.run(now).await?;
        match self.outbound.limiter().circuit(now) {
            CircuitState::Closed | CircuitState::HalfOpen => {}
            CircuitState::ProbeDue if self.outbound.probe(self.probe_timeout, now).await => {}
            CircuitState::ProbeDue | CircuitState::Open(_) => return Ok(Tick::Idle),
        }
        let (stop, stopwatch) = (CancellationToken::new(), Stopwatch::start(now));
        let claimed = self.claimer.claim(now, CLAIMED_BY_TICK, &[]).await?;
        let sends = claimed.batches.into_iter().map(|batch| self.dispatch(batch, self.context(stopwatch, &stop)));
        let sent: usize = join_all(sends).await.into_iter().sum();
        let mut worked = sent + claimed.deferred;
        if worked == 0 {
            let edits = self.editor.claim(now, CLAIMED_BY_TICK, &[]).await?;
            worked = edits.len();
            let limiter = self.outbound.limiter();
            join_all(edits.iter().map(|edit| self.editor.edit(edit, stopwatch, limiter.enqueue()))).await;
        }
        Ok(if worked == 0 { Tick::Idle } else { Tick::Worked(worked) })
    }

    /// Dispatches until `stop`. Then finishes the messages in flight, releases the other claims and the leadership.
    ///
    /// Each chat has its own task, so that a slow answer delays no other chat.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let clock = ClockWatch::new(Stopwatch::start(Timestamp::now()));
        let mut state = LoopState { tasks: ChatTasks::default(), clock };
        let mut failures = FailureLog::default();
        let mut outbox = self.outbox.clone();
        while !stop.is_cancelled() {
            state.tasks.reap();
            let step = self.step(&mut state, &stop).await;
            let wait = match failures.observe(step) {
                Some(LoopStep::Again) => continue,
                Some(LoopStep::Wait(wait)) => wait,
                None => RETRY,
            };
            tokio::select! {
                Some(()) = state.tasks.next() => {}
                () = self.outbound.limiter().dequeued() => {}
                Ok(()) = outbox.changed() => {}
                () = tokio::time::sleep(wait) => {}
                () = stop.cancelled() => {}
            }
        }
        while state.tasks.next().await.is_some() {}
        self.leadership.release().await;
    }

    /// Renews the leadership, maintains the outbox, and starts tasks for due chats.
    async fn step(self: &Arc<Self>, state: &mut LoopState, stop: &CancellationToken) -> anyhow::Result<LoopStep> {
        let stopwatch = Stopwatch::start(Timestamp::now());
        let now = stopwatch.started_at();
        state.clock.observe(stopwatch);
        if !self.leadership.renew().await? {
            // Only the leader's clock sets due times.
            state.clock.reset();
            return Ok(LoopStep::Wait(RETRY));
        }
        if let Some(by_ms) = state.clock.moved_back() {
            self.maintenance.follow_clock(by_ms, now).await?;
            state.clock.reset();
        }
        self.maintenance.tick(now).await?;
        let room = match self.outbound.limiter().circuit(now) {
            CircuitState::Closed => self.room(state.tasks.len()),
            CircuitState::HalfOpen => usize::from(state.tasks.is_empty()),
            CircuitState::Open(until) => {
                let wait = until.0.saturating_sub(now.0).max(1).unsigned_abs();
                return Ok(LoopStep::Wait(Duration::from_millis(wait).min(RETRY)));
            }
            CircuitState::ProbeDue if self.outbound.probe(self.probe_timeout, now).await => return Ok(LoopStep::Again),
            CircuitState::ProbeDue => 0,
        };
        if room == 0 {
            return Ok(LoopStep::Wait(IDLE));
        }
        let worked = self.start_tasks(&mut state.tasks, room, stopwatch, stop).await?;
        let again = worked > 0 && self.room(state.tasks.len()) > 0;
        Ok(if again { LoopStep::Again } else { LoopStep::Wait(IDLE) })
    }

    /// Starts tasks for up to `room` chats: new messages first, edits only when no message is due. Returns the number
    /// of started tasks and deferred deliveries.
    async fn start_tasks(
        self: &Arc<Self>,
        tasks: &mut ChatTasks,
        room: usize,
        stopwatch: Stopwatch,
        stop: &CancellationToken,
    ) -> anyhow::Result<usize> {
        let now = stopwatch.started_at();
        let busy = tasks.chats();
        let ClaimedBatches { batches, deferred } = self.claimer.claim(now, room, &busy).await?;
        let worked = batches.len() + deferred;
        for batch in batches {
            let (dispatcher, stop) = (Arc::clone(self), stop.clone());
            let (chat, ticket) = (batch.chat.clone(), self.outbound.limiter().enqueue());
            tasks.spawn(chat, async move {
                dispatcher.dispatch(batch, SendContext { stopwatch, stop: &stop, ticket }).await;
            });
        }
        if worked > 0 {
            return Ok(worked);
        }
        let edits = self.editor.claim(now, room, &busy).await?;
        let worked = edits.len();
        for edit in edits {
            let dispatcher = Arc::clone(self);
            let (chat, ticket) = (edit.delivery.address.chat.clone(), self.outbound.limiter().enqueue());
            tasks.spawn(chat, async move { dispatcher.editor.edit(&edit, stopwatch, ticket).await });
        }
        Ok(worked)
    }

    /// Sends the next message of a batch and releases the rest. Returns the number of deliveries in the message.
    async fn dispatch(&self, batch: ChatBatch, context: SendContext<'_>) -> usize {
        self.sender.dispatch(batch, self.maintenance.is_overloaded(), context).await
    }

    fn context<'a>(&self, stopwatch: Stopwatch, stop: &'a CancellationToken) -> SendContext<'a> {
        SendContext { stopwatch, stop, ticket: self.outbound.limiter().enqueue() }
    }

    /// Returns the number of further chats to claim while `in_flight` chats have tasks.
    fn room(&self, in_flight: usize) -> usize {
        let limiter = self.outbound.limiter();
        let rate = limiter.rate();
        let ahead = (rate * AHEAD_SECS).ceil().max(1.0) as usize;
        let most = ((rate * CONCURRENT_SECS) as usize).clamp(FEWEST_CONCURRENT, MOST_CONCURRENT);
        let room = most.saturating_sub(in_flight).min(ahead.saturating_sub(limiter.queued()));
        let smallest = SMALLEST_CLAIM.min(ahead);
        if room < smallest && in_flight > most - 2 * smallest { 0 } else { room }
    }
}
