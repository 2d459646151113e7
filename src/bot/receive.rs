//! Receives updates, in one process at a time, and handles them: the updates of a chat in their order, the updates of
//! different chats side by side.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::reachability::{Evidence, ReturnedChat};
use super::{Bot, FIRST_PAUSE};
use crate::chat::{Received, Update};
use crate::store::{Receiver, StoreError};
use ceasewire_model::{Tick, Timestamp};

/// The longest pause between attempts to reach the platform.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The most chats answered at the same time.
const MAX_CHATS: usize = 32;
/// Updates that wait for a chat before them; then the process receives no more.
const MAX_WAITING: usize = 1000;
/// The lease of the process that receives, the pause between its renewals, and the time limit of a renewal. Together
/// the last two are less than the first, so a process that cannot renew has stopped before its lease ends. Other
/// processes ask
/// for the lease after each [`FIRST_PAUSE`]: when a process dies, another one receives within ten seconds.
const LEASE_SECS: i64 = 7;
const RENEW_AFTER: Duration = Duration::from_secs(2);
const RENEW_TIMEOUT: Duration = Duration::from_secs(4);
/// The validity of the last update's number, in seconds: Telegram keeps updates for a day.
const NUMBER_VALID_SECS: i64 = 86_400;

/// The updates of each chat in their order, and the chats side by side.
struct ChatQueues {
    /// The last unhandled update of each chat.
    last: HashMap<String, JoinHandle<()>>,
    chats: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl ChatQueues {
    fn new() -> Self {
        Self {
            last: HashMap::new(),
            chats: Arc::new(Semaphore::new(MAX_CHATS)),
            waiting: Arc::new(Semaphore::new(MAX_WAITING)),
        }
    }

    /// Has an update handled after the updates of its chat before it. Waits while too many updates wait.
    async fn push(&mut self, bot: Arc<Bot>, update: Update) {
        let chat = update.address().chat.clone();
        let before = self.last.remove(&chat);
        let chats = Arc::clone(&self.chats);
        let waiting = Arc::clone(&self.waiting).acquire_owned().await;
        let handled = tokio::spawn(async move {
            let _waiting = waiting;
            if let Some(before) = before {
                let _ = before.await;
            }
            let _permit = chats.acquire().await;
            bot.update(update).await;
        });
        self.last.insert(chat, handled);
    }

    fn forget_handled(&mut self) {
        self.last.retain(|_, handled| !handled.is_finished());
    }

    async fn finish(self) {
        for handled in self.last.into_values() {
            let _ = handled.await;
        }
    }
}

impl Bot {
    /// Receives updates for a while and handles them, unless another process receives for this bot.
    pub async fn tick(&self) -> anyhow::Result<Tick> {
        let Some(received) = self.receive(None, &CancellationToken::new()).await? else { return Ok(Tick::Idle) };
        if !self.record_received(&received).await? {
            return Ok(Tick::Idle);
        }
        let worked = received.len();
        for update in received.into_iter().filter_map(|received| received.update) {
            self.update(update).await;
        }
        Ok(Tick::Worked(worked))
    }

    /// Receives updates and handles them until `stop`; then finishes the updates in hand.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut pause = FIRST_PAUSE;
        let mut connected = false;
        let mut queues = ChatQueues::new();
        let mut last = None;
        while !stop.is_cancelled() {
            let received = async {
                if !connected {
                    self.connect().await?;
                    connected = true;
                }
                self.receive(last, &stop).await
            };
            let wait = match received.await {
                Ok(Some(received)) => {
                    pause = FIRST_PAUSE;
                    queues.forget_handled();
                    if self.accept(received, &mut last, &mut queues).await {
                        continue;
                    }
                    FIRST_PAUSE
                }
                Ok(None) => FIRST_PAUSE,
                Err(error) => {
                    let wait = pause;
                    tracing::warn!(
                        error = format!("{error:#}"),
                        retry_in_secs = wait.as_secs(),
                        "updates not received; trying again"
                    );
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    wait
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = stop.cancelled() => {}
            }
        }
        queues.finish().await;
        if let Err(error) = self.services.store.release_receiver(&self.messenger.account(), self.holder).await {
            tracing::warn!(%error, "receiver's lease not released; another process receives when the lease ends");
        }
    }

    /// Queues received updates; returns `false` where the platform must send them again.
    async fn accept(
        self: &Arc<Self>,
        received: Vec<Received>,
        last: &mut Option<i64>,
        queues: &mut ChatQueues,
    ) -> bool {
        let mut returned = Vec::new();
        let recorded = self.record_chats(&received, &mut returned).await;
        for chat in returned {
            let bot = Arc::clone(self);
            tokio::spawn(async move { bot.report_missed(chat).await });
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
        *last = received.last().map(|received| received.number).or(*last);
        let updates = received.into_iter().filter_map(|received| received.update);
        for update in updates.filter(|update| matches!(update, Update::Message(_) | Update::Press(_))) {
            queues.push(Arc::clone(self), update).await;
        }
        true
    }

    /// Stores the number of the newest update before it is handled; `false` when another process receives now.
    ///
    /// The platform learns with the next request that these updates arrived; the store tells a restart the same. A
    /// process that is killed now loses the commands in hand, and the chat gets no answer. A command that runs twice
    /// would be worse.
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
    async fn claim(&self, account: &str) -> anyhow::Result<Option<Receiver>> {
        let store = &self.services.store;
        let now = store.find_time().await.context("asking the store for the time")?;
        let (until, horizon) = (now.plus_secs(LEASE_SECS), now.plus_secs(10 * LEASE_SECS));
        store.claim_receiver(account, self.holder, now, until, horizon).await.context("claiming the receiver's lease")
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
