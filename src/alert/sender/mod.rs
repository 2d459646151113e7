//! The sender: takes what is due from the outbox and tells it, chat by chat.
//!
//! One process sends for a bot at a time, since the bot's rate is one; it holds a lease in the store, and another takes over
//! when that runs out. It claims a few deliveries with a lease of their own, no more than may leave at once, words and sends
//! them outside of any transaction, and records what was sent with one update (`turn`). When it dies in between, the
//! delivery is claimed again, and the message says that it may be a repeat.
//!
//! Whether a message may leave is decided by the `gate`: the bot's `pace`, the platform's wishes, its outages
//! (`breaker`). Whose turn it is, is decided by the outbox: what is urgent first, then what has waited longest, among the
//! subscribers of one story in an order that is new each time. At its turn a chat is told all that waits for it.

mod breaker;
mod edits;
mod forms;
mod gate;
mod marks;
mod pace;
mod turn;
mod wording;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use futures::future::join_all;
use tokio::sync::Notify;
use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::attention::{Telling, Waits, telling};
use crate::chat::Messenger;
use crate::config;
use crate::model::attention::Attention;
use crate::model::{Delivery, DeliveryId, Outlet, SubscriberId, Tick, Timestamp};
use crate::rule::Vocabulary;
use crate::store::{Claim, Recipient, Store};
use breaker::Circuit;
use gate::Gate;
use marks::Marks;
use pace::Learned;
use turn::{Item, Turn};
use wording::{Reasons, Wording};

/// Deliveries claimed by one [`Sender::tick`].
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
/// Deliveries that are judged at once when those before were all put off: what is not told takes no part of the rate.
const MOST_JUDGED: usize = 256;
/// Deliveries of one chat that are claimed at its turn; as many as fit are told of in one message.
const MOST_TOGETHER: usize = 50;
/// One claim in so many begins with what is less urgent, so that a night of urgent news starves nobody.
const OTHERS_EVERY: usize = 10;
/// How long an idle sender waits before it looks into the outbox unasked: for retries, and for what other nodes put there.
const IDLE: Duration = Duration::from_millis(500);
/// Seconds for which a process is the one that sends, the pause after which it says so again, and the one after which others
/// ask whether they may.
const LEAD_SECS: i64 = 6;
const RENEW: Duration = Duration::from_secs(2);
const ASK: Duration = Duration::from_secs(1);
/// How long the platform's answer is waited for when it is asked whether it is back.
const PROBE: Duration = Duration::from_secs(3);
/// How often meetings ahead are looked for, to remind of, and clocks are seen to.
const HOUSEKEEPING: Duration = Duration::from_secs(30);
/// How often the queue is counted.
const COUNT: Duration = Duration::from_millis(500);
/// How often the same trouble is logged.
const SAY_AGAIN: Duration = Duration::from_secs(60);

/// Sends what is in the outbox.
#[derive(Debug)]
pub struct Sender {
    store: Store,
    messenger: Arc<dyn Messenger>,
    wording: Wording,
    config: config::Delivery,
    outbox: Arc<Notify>,
    gate: Gate,
    marks: Marks,
    /// Tells this process from others that send for the same bot.
    holder: Uuid,
    /// When it last made sure that it is the one that sends.
    leads: Mutex<Option<Instant>>,
    /// What was learned of the rate when it was last written down.
    learned: Mutex<Learned>,
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

/// What came of looking into the outbox.
#[derive(Debug, Default)]
struct Claimed {
    turns: Vec<Turn>,
    /// How many deliveries were put off, since their chats are not to be told of them yet.
    put_off: usize,
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
}

impl Sender {
    /// Builds a sender; `sides` are the countries at war, and a notification on `outbox` makes it look at once.
    pub fn new(
        store: Store,
        messenger: Arc<dyn Messenger>,
        vocabulary: Arc<Vocabulary>,
        outlets: Arc<BTreeMap<String, Outlet>>,
        sides: Arc<[String]>,
        config: config::Delivery,
        outbox: Arc<Notify>,
    ) -> Self {
        let wording = Wording::new(store.clone(), vocabulary, outlets, sides, config.summary_sentences);
        Self {
            store,
            messenger,
            wording,
            gate: Gate::new(config.messages_per_second),
            config,
            outbox,
            marks: Marks::default(),
            holder: Uuid::now_v7(),
            leads: Mutex::default(),
            learned: Mutex::default(),
            owed: Mutex::default(),
            apart: Mutex::default(),
            overloaded: AtomicBool::new(false),
            claims: AtomicUsize::new(0),
            asleep: AtomicUsize::new(0),
        }
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
        while !stop.is_cancelled() {
            while let Some(lane) = lanes.try_join_next_with_id() {
                busy.remove(&ended(lane));
            }
            let now = Timestamp::now();
            let mut wait = IDLE;
            let looked = async {
                if !self.keep_leading().await? {
                    wait = ASK;
                    return Ok(false);
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
                    let (sender, stop, watch) = (Arc::clone(&self), stop.clone(), Watch::at(now));
                    let (chat, place) = (turn.chat.clone(), self.gate.place());
                    let lane = lanes.spawn(async move { sender.turn(turn, watch, &stop, place).await });
                    busy.insert(lane.id(), chat);
                }
                // Whoever has not heard of a thing yet goes before who has.
                if found == 0 {
                    for edit in self.claim_edits(now, limit, &chats).await? {
                        found += 1;
                        let (sender, watch) = (Arc::clone(&self), Watch::at(now));
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
        if let Err(error) = self.store.release_sender(&self.messenger.account(), self.holder).await {
            tracing::warn!("another process can send only when this one's lease ends: {error}");
        }
    }

    /// For how many more chats something may be claimed while `under_way` are sent to.
    fn room(&self, under_way: usize) -> usize {
        let rate = self.gate.rate();
        let ahead = (rate * AHEAD_SECS).ceil().max(1.0) as usize;
        let lanes = ((rate * LANES_SECS) as usize).clamp(FEWEST_LANES, MOST_LANES);
        let room = lanes.saturating_sub(under_way).min(ahead.saturating_sub(self.gate.ahead()));
        let worth = WORTH_CLAIMING.min(ahead);
        if room < worth && under_way > lanes - 2 * worth { 0 } else { room }
    }

    /// Makes or keeps this process the one that sends for the bot, and learns what the one before it knew.
    async fn lead(&self, now: Timestamp) -> anyhow::Result<bool> {
        let (until, horizon) = (now.plus_secs(LEAD_SECS), now.plus_secs(10 * LEAD_SECS));
        let account = self.messenger.account();
        let lease = self.store.claim_sender(&account, self.holder, now, until, horizon).await;
        let lease = lease.context("becoming the one that sends")?;
        let mut leads = lock(&self.leads);
        match lease {
            Some(lease) if leads.is_none() => {
                let learned = Learned { good: lease.rate_good, bad: lease.rate_bad };
                self.gate.learn(self.config.messages_per_second, learned, lease.held_until);
                *lock(&self.learned) = learned;
                *leads = Some(Instant::now());
            }
            Some(_) => *leads = Some(Instant::now()),
            None => *leads = None,
        }
        Ok(leads.is_some())
    }

    /// The same, asking the store only now and then. While the store does not answer, nothing is claimed; when it answers
    /// before the lease has ended, what was learned counts on.
    async fn keep_leading(&self) -> anyhow::Result<bool> {
        let last = *lock(&self.leads);
        if last.is_some_and(|last| last.elapsed() < RENEW) {
            return Ok(true);
        }
        // Nodes' clocks differ; who leads is settled by the database's.
        let lead = match self.store.find_time().await {
            Ok(now) => self.lead(now).await,
            Err(error) => Err(error).context("asking the database for the time"),
        };
        if lead.is_err() && last.is_some_and(|last| last.elapsed() > Duration::from_secs(LEAD_SECS as u64)) {
            *lock(&self.leads) = None;
        }
        let learned = self.gate.learned();
        if matches!(lead, Ok(true)) && *lock(&self.learned) != learned {
            let account = self.messenger.account();
            self.store.mark_sender_rate(&account, self.holder, learned.good, learned.bad).await?;
            *lock(&self.learned) = learned;
        }
        lead
    }

    /// Looks for meetings ahead, and for what a clock that was set back has put off.
    async fn keep_house(&self, now: Timestamp) -> anyhow::Result<()> {
        self.store.insert_due_reminders(now).await.context("looking for meetings ahead")?;
        self.store.mend_due_times(now).await.context("looking for what a clock put off")?;
        self.store.mend_edit_times(now).await.context("looking for edits that a clock put off")
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
            self.gate.is_back()
        } else {
            self.gate.failed(now)
        }
        answers
    }

    /// Claims what is due, of up to `limit` chats, and puts off what is not to be told yet.
    async fn claim(&self, now: Timestamp, limit: usize, busy: &[String]) -> anyhow::Result<Claimed> {
        let owed = std::mem::take(&mut *lock(&self.owed));
        self.give_back(&owed).await?;
        // At night most of what is due may be put off: whoever is awake should not wait until all of it was judged in
        // portions that are meant for sending.
        let asleep = self.asleep.load(Ordering::Relaxed).min(16);
        let limit = limit.max((limit << asleep).min(MOST_JUDGED));
        let mut claimed = Vec::new();
        for attention in self.order() {
            let claim = Claim {
                platform: self.messenger.platform(),
                now,
                lease_secs: self.config.lease_secs as i64,
                attention,
                limit: limit - claimed.len().min(limit),
                busy,
            };
            if claim.limit == 0 {
                break;
            }
            match self.store.claim_due_deliveries(&claim).await.context("claiming deliveries") {
                Ok(more) => claimed.extend(more),
                Err(error) => return self.drop_claimed(&claimed, error).await,
            }
        }
        if claimed.is_empty() {
            return Ok(Claimed::default());
        }
        match self.prepare(&mut claimed, now).await {
            Ok(claimed) => {
                let asleep = if claimed.turns.is_empty() { asleep + 1 } else { 0 };
                self.asleep.store(asleep, Ordering::Relaxed);
                Ok(claimed)
            }
            Err(error) => self.drop_claimed(&claimed, error).await,
        }
    }

    /// What was claimed is in nobody's hands any more.
    async fn drop_claimed(&self, claimed: &[Delivery], error: anyhow::Error) -> anyhow::Result<Claimed> {
        // What cannot be given back is kept for the next time.
        let _ = self.give_back(claimed).await;
        Err(error)
    }

    /// The order in which kinds of deliveries are claimed.
    fn order(&self) -> [Attention; 3] {
        let claims = self.claims.fetch_add(1, Ordering::Relaxed);
        match claims % (2 * OTHERS_EVERY) {
            0 => [Attention::Normal, Attention::Urgent, Attention::Digest],
            OTHERS_EVERY => [Attention::Digest, Attention::Normal, Attention::Urgent],
            _ => Attention::ALL,
        }
    }

    /// Adds what else is due to the chats of what was claimed, and judges what of it is to be told now.
    async fn prepare(&self, claimed: &mut Vec<Delivery>, now: Timestamp) -> anyhow::Result<Claimed> {
        claimed.extend(self.store.claim_rest(claimed, now, MOST_TOGETHER * claimed.len()).await?);
        let mut subscribers: Vec<SubscriberId> = claimed.iter().map(|delivery| delivery.subscriber_id).collect();
        subscribers.sort_unstable();
        subscribers.dedup();
        let recipients = self.store.list_recipients(&subscribers).await?;
        let recipients: BTreeMap<SubscriberId, Recipient> =
            recipients.into_iter().map(|recipient| (recipient.id, recipient)).collect();
        let mut allowances = HashMap::new();
        for recipient in recipients.values() {
            if let Some(cap) = recipient.preferences.hourly_cap {
                allowances.insert(recipient.id, self.allowance(recipient.id, cap, now).await?);
            }
        }
        let stale = self.config.stale_after_secs as i64;
        let (mut put_off, mut items) = (Vec::new(), Vec::new());
        for delivery in claimed.iter() {
            // Whoever is not there any more has taken the delivery along.
            let Some(recipient) = recipients.get(&delivery.subscriber_id) else { continue };
            let attention = delivery.attention;
            let waits = Waits { created_at: delivery.created_at, since: delivery.waits_since };
            let mut told = telling(&recipient.preferences, attention, waits, stale, now);
            let allowance = allowances.get(&recipient.id);
            if let (Some(Allowance::After(at)), true) = (allowance, attention != Attention::Urgent) {
                told = Telling::Later(*at);
            }
            match told {
                Telling::Later(at) => put_off.push((delivery, Some(at))),
                Telling::Now { silent, digest } => {
                    let last = allowance == Some(&Allowance::Last);
                    items.push(Item { delivery: delivery.clone(), silent, digest, last });
                }
            }
        }
        self.store.release_claimed(&put_off).await?;
        let put_off = put_off.len();
        // Read after the claim: who commits an article from here on sees what is in hand.
        let revision = self.store.find_stories_revision().await?;
        let ids: Vec<DeliveryId> = items.iter().map(|item| item.delivery.id).collect();
        let mut reasons: HashMap<DeliveryId, Reasons> = HashMap::new();
        for (delivery, topic, text) in self.store.list_reasons(&ids).await? {
            reasons.entry(delivery).or_default().push((topic, text));
        }
        let mut turns: BTreeMap<String, Turn> = BTreeMap::new();
        for item in items {
            let chat = item.delivery.address.chat.clone();
            let turn = turns.entry(chat).or_insert_with_key(|chat| Turn::new(chat.clone(), revision));
            let id = item.delivery.id;
            turn.reasons.insert(id, reasons.remove(&id).unwrap_or_default());
            if let Some(recipient) = recipients.get(&item.delivery.subscriber_id) {
                turn.recipients.entry(recipient.id).or_insert_with(|| recipient.clone());
            }
            turn.items.push(item);
        }
        let mut turns: Vec<Turn> = turns.into_values().collect();
        // The longest waiting first.
        turns.sort_by_key(|turn| turn.items.iter().map(|item| (item.delivery.attention, item.delivery.id)).min());
        Ok(Claimed { turns, put_off })
    }

    /// What a chat with a cap may still be told within the hour.
    async fn allowance(&self, subscriber: SubscriberId, cap: i64, now: Timestamp) -> anyhow::Result<Allowance> {
        let (sent, first) = self.store.count_messages_since(subscriber, now.plus_secs(-3600)).await?;
        Ok(match first {
            Some(first) if sent >= cap => Allowance::After(Timestamp(first.plus_secs(3600).0.max(now.0 + 1))),
            _ if sent + 1 >= cap => Allowance::Last,
            _ => Allowance::Some,
        })
    }

    /// Gives back what was claimed and not tried; what the store does not take is kept for the next time.
    async fn give_back(&self, deliveries: &[Delivery]) -> anyhow::Result<()> {
        let back: Vec<_> = deliveries.iter().map(|delivery| (delivery, None)).collect();
        let done = self.store.release_claimed(&back).await;
        if done.is_err() {
            lock(&self.owed).extend(deliveries.iter().cloned());
        }
        done.context("giving back what was claimed")
    }
}

/// What a chat with a cap may still be told within the hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Allowance {
    Some,
    /// One more message, which tells of all that waits.
    Last,
    /// Nothing before this time.
    After(Timestamp),
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
