//! Receives what people do, one process at a time, and has it handled: each chat's in its order, different chats' side by side.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{Back, Bot, FIRST_PAUSE};
use crate::chat::{Received, Update};
use crate::store::{Receiver, StoreError};
use ceasewire_model::{Tick, Timestamp};

/// The longest pause between attempts to reach the platform.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Chats that are answered at the same time, and updates that may wait for that before no more are received.
const LANES: usize = 32;
const MOST_WAITING: usize = 1000;
/// Seconds for which a process is the one that receives, the pause after which it says so again, and how long the store may
/// take to hear it: together less than the first, so that who cannot be heard has stopped when the lease ends. The others
/// ask after each [`FIRST_PAUSE`]; when a process dies, one of them answers people within ten seconds.
const LEASE_SECS: i64 = 7;
const RENEW: Duration = Duration::from_secs(2);
const RENEWED_WITHIN: Duration = Duration::from_secs(4);
/// Seconds for which an update's number says what has been handled: Telegram keeps updates for a day.
const NUMBERS_LAST_SECS: i64 = 86_400;

impl Bot {
    /// Waits for what people do, for a while, and answers it, unless another process does.
    ///
    /// # Errors
    /// When the platform or the store cannot be reached.
    pub async fn tick(&self) -> anyhow::Result<Tick> {
        let Some(received) = self.receive(None, &CancellationToken::new()).await? else { return Ok(Tick::Idle) };
        if !self.take_in_hand(&received).await? {
            return Ok(Tick::Idle);
        }
        let worked = received.len();
        for update in received.into_iter().filter_map(|received| received.update) {
            self.update(update).await;
        }
        Ok(Tick::Worked(worked))
    }

    /// Answers people until `stop`; then finishes what is in hand.
    ///
    /// The updates of a chat are handled in their order, those of different chats side by side: one chat that is slow to
    /// answer keeps nobody waiting.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut pause = FIRST_PAUSE;
        let mut connected = false;
        let mut lanes: HashMap<String, JoinHandle<()>> = HashMap::new();
        let mut last = None;
        let places = Arc::new(Semaphore::new(LANES));
        let waiting = Arc::new(Semaphore::new(MOST_WAITING));
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
                    lanes.retain(|_, lane| !lane.is_finished());
                    let mut back = Vec::new();
                    let settled = self.settle(&received, &mut back).await;
                    for back in back {
                        let bot = Arc::clone(&self);
                        tokio::spawn(async move { bot.say_missed(back).await });
                    }
                    if let Err(error) = settled {
                        tracing::warn!("updates are received again: {error}");
                        tokio::time::sleep(FIRST_PAUSE).await;
                        continue;
                    }
                    match self.take_in_hand(&received).await {
                        Ok(true) => {}
                        // They come to whoever receives now.
                        Ok(false) => continue,
                        Err(error) => tracing::warn!("a restart may handle the last updates again: {error}"),
                    }
                    last = received.last().map(|received| received.number).or(last);
                    let updates = received.into_iter().filter_map(|received| received.update);
                    for update in updates.filter(|update| matches!(update, Update::Message(_) | Update::Press(_))) {
                        let chat = update.address().chat.clone();
                        let before = lanes.remove(&chat);
                        let (bot, places) = (Arc::clone(&self), Arc::clone(&places));
                        let waits = Arc::clone(&waiting).acquire_owned().await;
                        let lane = tokio::spawn(async move {
                            let _waits = waits;
                            if let Some(before) = before {
                                let _ = before.await;
                            }
                            let _place = places.acquire().await;
                            bot.update(update).await;
                        });
                        lanes.insert(chat, lane);
                    }
                    continue;
                }
                Ok(None) => FIRST_PAUSE,
                Err(error) => {
                    let secs = pause.as_secs();
                    tracing::warn!("the chat platform cannot be reached: {error:#}; trying again in {secs} s");
                    let wait = pause;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    wait
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = stop.cancelled() => {}
            }
        }
        for lane in lanes.into_values() {
            let _ = lane.await;
        }
        if let Err(error) = self.store.release_receiver(&self.messenger.account(), self.holder).await {
            tracing::warn!("another process can receive only when this one's lease ends: {error}");
        }
    }

    /// Writes down that updates are about to be handled; `false` when another process has become the one that receives.
    ///
    /// The platform is told with the next request that these were taken; written down, a restart tells it the same. A process
    /// that is killed now loses commands in hand, and who typed them sees no answer; one that did them twice would surprise
    /// people more.
    async fn take_in_hand(&self, received: &[Received]) -> Result<bool, StoreError> {
        let Some(newest) = received.last() else { return Ok(true) };
        let account = self.messenger.account();
        self.store.record_updates_handled(&account, self.holder, newest.number, Timestamp::now()).await
    }

    /// Receives what comes after the update `last`, or after the last one that was ever handled; `None` when another
    /// process receives for this bot.
    async fn receive(&self, last: Option<i64>, stop: &CancellationToken) -> anyhow::Result<Option<Vec<Received>>> {
        let account = self.messenger.account();
        let Some(receiver) = self.hold(&account).await? else { return Ok(None) };
        // An old number may be higher than new ones: platforms begin anew after a quiet while.
        let fresh = receiver.handled_at.is_some_and(|at| at > Timestamp::now().plus_secs(-NUMBERS_LAST_SECS));
        let keep = async {
            loop {
                tokio::time::sleep(RENEW).await;
                let held = tokio::time::timeout(RENEWED_WITHIN, self.hold(&account)).await;
                if !matches!(held, Ok(Ok(Some(_)))) {
                    return;
                }
            }
        };
        tokio::select! {
            received = self.messenger.receive(last.max(receiver.handled.filter(|_| fresh))) => Ok(Some(received?)),
            () = keep => Ok(None),
            () = stop.cancelled() => Ok(Some(Vec::new())),
        }
    }

    /// Makes or keeps this process the one that receives for the bot.
    async fn hold(&self, account: &str) -> anyhow::Result<Option<Receiver>> {
        let now = self.store.find_time().await.context("asking what time it is")?;
        let (until, horizon) = (now.plus_secs(LEASE_SECS), now.plus_secs(10 * LEASE_SECS));
        self.store
            .claim_receiver(account, self.holder, now, until, horizon)
            .await
            .context("becoming the one that receives")
    }

    /// Takes note of what must not be lost with the updates of a process that is killed: which chats can be written to, and
    /// where they have moved. Adds who is `back`.
    async fn settle(&self, received: &[Received], back: &mut Vec<Back>) -> Result<(), StoreError> {
        for update in received.iter().filter_map(|received| received.update.as_ref()) {
            back.extend(self.place(update, true, self.clock.now()).await?);
        }
        Ok(())
    }
}
