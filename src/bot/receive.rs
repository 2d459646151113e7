//! Receives updates, in one process at a time, and queues them for the workers.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio_util::sync::CancellationToken;

use super::queues::QueuedAnswer;
use super::reachability::{Evidence, ReturnedChat};
use super::{Bot, FIRST_PAUSE, kept, reply};
use crate::chat::{Received, SendError, Update};
use crate::locale::locale_of;
use crate::store::{KeptUpdate, ReceiverLease, RuleNotice, StoreError};
use ceasewire_model::{Address, Tick, Timestamp};

/// The longest pause between attempts to reach the platform.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The longest wait that the platform may ask for.
const LONGEST_BLOCK: Duration = Duration::from_secs(3600);
/// An answer without updates that comes faster was no long poll: the next one waits, or both sides would spin.
const FAST_ANSWER: Duration = Duration::from_millis(500);
/// Numbers of accepted updates that recognise a repeated one: more than one answer has.
const KNOWN_NUMBERS: usize = 300;
/// The lease of the process that receives, the pause between its renewals, and the time limit of a renewal. Together
/// the last two are less than the first, so a process that cannot renew has stopped before its lease ends. Other
/// processes ask
/// for the lease after each [`FIRST_PAUSE`]: when a process dies, another one receives within ten seconds.
const LEASE_SECS: i64 = 7;
const RENEW_AFTER: Duration = Duration::from_secs(2);
const RENEW_TIMEOUT: Duration = Duration::from_secs(4);
/// The validity of the last update's number, in seconds: Telegram keeps updates for a day.
const NUMBER_VALID_SECS: i64 = 86_400;

/// The state of a running receiver.
#[derive(Debug, Default)]
struct ReceiverState {
    connected: bool,
    /// Whether the updates that an earlier process kept are queued.
    restored: bool,
    last: Option<i64>,
    /// The numbers of the last accepted updates.
    known: VecDeque<i64>,
}

impl ReceiverState {
    /// Leaves out the updates accepted already. A platform without numbers gives each update once.
    fn leave_out_known(&self, received: &mut Vec<Received>) {
        received.retain(|received| received.number == 0 || !self.known.contains(&received.number));
    }

    fn accept(&mut self, received: &[Received]) {
        self.last = received.last().map(|received| received.number).or(self.last);
        self.known.extend(received.iter().map(|received| received.number));
        let surplus = self.known.len().saturating_sub(KNOWN_NUMBERS);
        self.known.drain(..surplus);
    }
}

impl Bot {
    /// Receives updates for a while and handles them, unless another process receives for this bot.
    pub async fn tick(&self) -> anyhow::Result<Tick> {
        let Some(received) = self.receive(None, &CancellationToken::new()).await? else { return Ok(Tick::Idle) };
        if !self.record_received(&received).await? {
            return Ok(Tick::Idle);
        }
        self.refresh_blocked().await?;
        for notice in self.rule_notices().await? {
            self.send_now(notice).await;
        }
        let worked = received.len();
        for update in received.into_iter().filter_map(|received| received.update) {
            if !self.is_blocked(&update.address().chat) {
                self.update(update).await;
            }
        }
        Ok(Tick::Worked(worked))
    }

    /// Receives updates and has them handled until `stop`; then finishes the updates in hand. Receiving never waits for
    /// a chat: the queues drop the updates of a chat that asks for too much.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let (mut pause, mut failing) = (FIRST_PAUSE, false);
        let mut state = ReceiverState::default();
        let workers = self.start_workers();
        while !stop.is_cancelled() {
            let asked = Instant::now();
            let received = self.receive_next(&mut state, &stop).await;
            let fast = asked.elapsed() < FAST_ANSWER;
            if received.is_ok() && std::mem::take(&mut failing) {
                tracing::info!("updates are received again");
            }
            let wait = match received {
                Ok(Some(received)) if received.is_empty() && fast => {
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    pause / 2
                }
                Ok(Some(received)) => {
                    pause = FIRST_PAUSE;
                    if self.accept(received, &mut state).await {
                        continue;
                    }
                    FIRST_PAUSE
                }
                Ok(None) => {
                    // Another process may leave updates behind when it stops.
                    state.restored = false;
                    FIRST_PAUSE
                }
                Err(error) => {
                    let asked_for = match error.downcast_ref() {
                        Some(SendError::RateLimited { retry_after_secs }) => {
                            Duration::from_secs(retry_after_secs.max(&0).unsigned_abs()).min(LONGEST_BLOCK)
                        }
                        _ => Duration::ZERO,
                    };
                    let wait = pause.max(asked_for);
                    if !std::mem::replace(&mut failing, true) {
                        tracing::warn!(
                            error = format!("{error:#}"),
                            retry_in_secs = wait.as_secs(),
                            "updates not received; trying again until the platform answers"
                        );
                    }
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    wait
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = stop.cancelled() => {}
            }
        }
        self.stop_workers(workers).await;
        if let Err(error) = self.services.store.release_receiver_lease(&self.messenger.account(), self.holder).await {
            tracing::warn!(%error, "receiver's lease not released; another process receives when the lease ends");
        }
    }

    /// Connects, queues the updates that an earlier process kept, and receives the next ones. `None` while another
    /// process receives for this bot.
    async fn receive_next(
        &self,
        state: &mut ReceiverState,
        stop: &CancellationToken,
    ) -> anyhow::Result<Option<Vec<Received>>> {
        if !state.connected {
            self.connect().await?;
            state.connected = true;
        }
        if !state.restored {
            if self.claim(&self.messenger.account()).await?.is_none() {
                return Ok(None);
            }
            self.restore_kept().await?;
            state.restored = true;
        }
        for notice in self.rule_notices().await? {
            self.queue_answer(notice);
        }
        let received = self.receive(state.last, stop).await?;
        Ok(received.map(|mut received| {
            state.leave_out_known(&mut received);
            received
        }))
    }

    /// Queues the updates that waited when an earlier process stopped, and sets aside the commands that it had in hand
    /// when it died: one of them may be the cause.
    async fn restore_kept(&self) -> anyhow::Result<()> {
        self.refresh_blocked().await?;
        let (account, platform) = (self.messenger.account(), self.messenger.platform());
        for kept in self.services.store.take_kept_updates(&account, self.holder).await? {
            let KeptUpdate { number, chat, command, body } = kept;
            if self.is_blocked(&chat) {
                continue;
            }
            if let Some(update) = body.and_then(|body| kept::restore(platform, &chat, &body)) {
                self.queue(number, update);
            } else if let Some(command) = command {
                tracing::error!(
                    chat.id = chat,
                    command,
                    "a process died while it handled this command; the command is set aside; \
                     if this happens again, block the chat with `ceasewire chats block`"
                );
                let address = Address { platform, chat, thread: None };
                let text = locale_of(None).text("set-aside", &[("command", command.as_str().into())]);
                self.queue_answer(self.paged(&address, text.into()));
            }
        }
        Ok(())
    }

    /// Takes the notices that chats are due about rules that match nothing any more.
    async fn rule_notices(&self) -> Result<Vec<QueuedAnswer>, StoreError> {
        let notices = self.services.store.take_rule_notices(self.messenger.platform()).await?;
        let answer = |notice: RuleNotice| {
            let text = reply::rule_trouble(locale_of(None), &notice.rule, notice.trouble);
            self.paged(&notice.to, text.into())
        };
        Ok(notices.into_iter().map(answer).collect())
    }

    /// Queues received updates; returns `false` where the platform must send them again.
    async fn accept(self: &Arc<Self>, mut received: Vec<Received>, state: &mut ReceiverState) -> bool {
        if let Err(error) = self.keep_blocked_out(&mut received).await {
            tracing::warn!(%error, "blocked chats not read; the updates are received again");
            return false;
        }
        let mut returned = Vec::new();
        let recorded = self.record_chats(&received, &mut returned).await;
        for chat in returned {
            let bot = Arc::clone(self);
            tokio::spawn(async move {
                for answer in bot.report_missed(chat).await {
                    bot.queue_answer(answer);
                }
            });
        }
        if let Err(error) = recorded {
            tracing::warn!(%error, "state of chats not stored; the updates are received again");
            return false;
        }
        match self.record_received(&received).await {
            Ok(true) => {}
            // Another process receives now; the platform sends it the updates again.
            Ok(false) => return true,
            Err(error) => {
                tracing::warn!(%error, "number of the last update not stored; a restart may handle it again");
            }
        }
        state.accept(&received);
        for Received { number, update } in received {
            if let Some(update @ (Update::Message(_) | Update::Press(_))) = update {
                self.queue(number, update);
            }
        }
        true
    }

    /// Takes the events out of updates of blocked chats. A block follows its chat to a new id.
    async fn keep_blocked_out(&self, received: &mut [Received]) -> Result<(), StoreError> {
        if received.is_empty() {
            return Ok(());
        }
        self.refresh_blocked().await?;
        for received in received {
            let Some(update) = &received.update else { continue };
            if let Update::Moved { at, from, to } = update
                && self.is_blocked(from)
            {
                let store = &self.services.store;
                store.migrate_chat(at.platform, from, to).await?;
                store.block_chat(at.platform, to, Timestamp::now()).await?;
                self.refresh_blocked().await?;
                received.update = None;
            } else if self.is_blocked(&update.address().chat) {
                received.update = None;
            }
        }
        Ok(())
    }

    async fn refresh_blocked(&self) -> Result<(), StoreError> {
        let blocked = self.services.store.list_blocked_chats(self.messenger.platform()).await?;
        *self.blocked.lock() = blocked;
        Ok(())
    }

    /// Whether the operator has blocked a chat.
    pub(super) fn is_blocked(&self, chat: &str) -> bool {
        self.blocked.lock().contains(chat)
    }

    /// Stores the number of the newest update before it is handled; `false` when another process receives now.
    ///
    /// The platform learns with the next request that these updates arrived; the store tells a restart the same. A
    /// process killed now loses the commands in hand, and the chat gets no answer; one that stops in order
    /// keeps them. A command that runs twice would be worse.
    async fn record_received(&self, received: &[Received]) -> Result<bool, StoreError> {
        let Some(newest) = received.last() else { return Ok(true) };
        let account = self.messenger.account();
        self.services.store.record_updates_handled(&account, self.holder, newest.number, Timestamp::now()).await
    }

    /// Receives the updates after the update `last`, or after the last recorded one; `None` when another process
    /// receives for this bot.
    async fn receive(&self, last: Option<i64>, stop: &CancellationToken) -> anyhow::Result<Option<Vec<Received>>> {
        let account = self.messenger.account();
        let Some(receiver) = self.claim(&account).await? else { return Ok(None) };
        // Platforms start anew with lower numbers after a quiet time, so an old number does not count.
        let valid = receiver.handled_at.is_some_and(|at| at > Timestamp::now().plus_secs(-NUMBER_VALID_SECS));
        let lost = async {
            loop {
                tokio::time::sleep(RENEW_AFTER).await;
                let renewed = tokio::time::timeout(RENEW_TIMEOUT, self.claim(&account)).await;
                if !matches!(renewed, Ok(Ok(Some(_)))) {
                    return;
                }
            }
        };
        tokio::select! {
            received = self.messenger.receive(last.max(receiver.handled.filter(|_| valid))) => Ok(Some(received?)),
            () = lost => Ok(None),
            () = stop.cancelled() => Ok(Some(Vec::new())),
        }
    }

    /// Claims or renews the lease of the process that receives for the bot.
    async fn claim(&self, account: &str) -> anyhow::Result<Option<ReceiverLease>> {
        let store = &self.services.store;
        let now = store.find_time().await.context("asking the store for the time")?;
        let (until, horizon) = (now.plus_secs(LEASE_SECS), now.plus_secs(10 * LEASE_SECS));
        store
            .claim_receiver_lease(account, self.holder, now, until, horizon)
            .await
            .context("claiming the receiver's lease")
    }

    /// Stores which chats can be written to and where they have moved, before the updates are recorded as received: a
    /// killed process must not lose this. Adds the returned chats to `returned`.
    async fn record_chats(&self, received: &[Received], returned: &mut Vec<ReturnedChat>) -> Result<(), StoreError> {
        for update in received.iter().filter_map(|received| received.update.as_ref()) {
            returned.extend(self.record_chat(update, Evidence::Stated, self.clock.now()).await?);
        }
        Ok(())
    }
}
