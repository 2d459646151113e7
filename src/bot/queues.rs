//! The queues of the chats: the work of each chat in its order, and the order of the chats. Pure: times are arguments.
//!
//! A chat has one queue with a bound and does one thing at a time. Its next work waits in a lane: quick commands,
//! searches, pictures, fetches, answers. Each lane has workers of its own. In each lane the chat with the lowest load comes next,
//! by turns between equals, so that a chat that floods the bot waits for the others and never the other way round.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::{Duration, Instant};

use super::quota::{BucketRate, TokenBucket};
use crate::chat::{AnswerPace, Author, ChatKind, Update};
use crate::config::ChatBudget;
use ceasewire_model::{Address, Message};

/// The half-life of the load of a chat's commands.
const DEMAND_HALF_LIFE: Duration = Duration::from_secs(60);
/// The half-life of the load of a chat's searches and fetches, which cost more.
const USAGE_HALF_LIFE: Duration = Duration::from_secs(600);
/// The factor of the load of a command typed before the last one is answered: most people wait.
const IMPATIENT_FACTOR: f64 = 5.0;
/// After this time without a dropped command, a chat learns of the next dropped one.
const FLOOD_ENDS_AFTER: Duration = Duration::from_secs(60);
/// Bytes of all waiting updates; beyond, a chat with a waiting update gets no second one, and beyond twice as many none.
const MAX_BYTES: usize = 16_000_000;
/// Bytes of an update beside its text.
const UPDATE_BYTES: usize = 512;
/// The share of a group's commands that one member may use.
const MEMBER_SHARE: u32 = 4;
/// The load of updates without an answer.
const NO_ANSWER: u64 = u64::MAX;

/// The cost of handling an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cost {
    /// The update gets no answer: words between members of a group.
    Nothing,
    /// A few rows of the store.
    Quick,
    /// A search of the stored articles.
    Search,
    /// A search, and a picture of its finds.
    Draw,
    /// A request to another server.
    Fetch,
}

impl Cost {
    /// Returns the load of one command: at the beginning of a flood, when every chat has asked once, the chats that ask
    /// for little come first.
    fn load(self) -> f64 {
        match self {
            Self::Nothing | Self::Quick => 1.0,
            Self::Search => 2.0,
            Self::Draw | Self::Fetch => 3.0,
        }
    }

    fn is_slow(self) -> bool {
        matches!(self, Self::Search | Self::Draw | Self::Fetch)
    }
}

/// The workers that a chat's next work waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lane {
    Quick,
    Search,
    Draw,
    Fetch,
    Answer,
}

impl Lane {
    const COUNT: usize = 5;
}

/// An update that waits.
#[derive(Clone, Debug)]
pub(super) struct QueuedUpdate {
    pub(super) number: i64,
    pub(super) update: Update,
    pub(super) cost: Cost,
}

/// An answer of several messages and edits.
#[derive(Clone, Debug)]
pub(super) struct QueuedAnswer {
    pub(super) to: Address,
    pub(super) parts: VecDeque<AnswerPart>,
    /// Attempts at the first part.
    pub(super) attempts: u32,
}

#[derive(Clone, Debug)]
pub(super) enum AnswerPart {
    Send(Message),
    /// Replaces the message with this id; sends a new one where that fails.
    Edit(String, Message),
}

#[derive(Clone, Debug)]
pub(super) enum ChatWork {
    Update(QueuedUpdate),
    Answer(QueuedAnswer),
}

/// A budget that a chat has reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReachedBudget {
    Waiting,
    Commands,
    SlowCommands,
}

impl ReachedBudget {
    /// Returns the setting's name in `budgets.chats`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Waiting => "max_waiting",
            Self::Commands => "commands_per_minute",
            Self::SlowCommands => "slow_commands_per_minute",
        }
    }
}

/// The result of [`ChatQueues::push`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pushed {
    Queued,
    Dropped,
    /// Dropped, and the chat is not informed yet.
    DroppedFirst(ReachedBudget),
}

/// The rates of one chat.
#[derive(Clone, Copy, Debug)]
struct ChatRates {
    commands: BucketRate,
    slow: BucketRate,
    member_commands: BucketRate,
    member_slow: BucketRate,
}

/// The commands that a chat or one of its members may still make.
#[derive(Clone, Copy, Debug)]
struct CommandQuota {
    commands: TokenBucket,
    slow: TokenBucket,
}

/// A load that halves with time.
#[derive(Clone, Copy, Debug)]
struct DecayingLoad {
    load: f64,
    at: Instant,
}

impl DecayingLoad {
    fn at(self, now: Instant, half_life: Duration) -> f64 {
        let passed = now.saturating_duration_since(self.at).as_secs_f64() / half_life.as_secs_f64();
        self.load * 0.5f64.powf(passed)
    }

    fn add(&mut self, more: f64, now: Instant, half_life: Duration) {
        *self = Self { load: self.at(now, half_life) + more, at: now };
    }
}

/// The queue of one chat.
#[derive(Debug)]
struct ChatQueue {
    work: VecDeque<ChatWork>,
    /// Updates in `work`.
    updates: usize,
    /// The work in hand.
    in_hand: Option<ChatWork>,
    /// The place in a lane.
    ready: Option<(Lane, LaneKey)>,
    /// The time until which the chat waits for its pace.
    timer: Option<Instant>,
    quota: CommandQuota,
    members: HashMap<String, CommandQuota>,
    pace: TokenBucket,
    /// The end of the platform's block.
    blocked_until: Option<Instant>,
    demand: DecayingLoad,
    /// Seconds of searches and fetches.
    usage: DecayingLoad,
    /// When a command was dropped last.
    dropped_at: Option<Instant>,
}

/// The order in a lane: the load, and then the turn.
type LaneKey = (u64, u64);

/// The queues of all chats.
#[derive(Debug)]
pub(super) struct ChatQueues {
    budget: ChatBudget,
    rates: ChatRates,
    chats: HashMap<String, ChatQueue>,
    lanes: [BTreeSet<(LaneKey, String)>; Lane::COUNT],
    timers: BTreeSet<(Instant, String)>,
    turns: u64,
    /// Bytes of the waiting updates.
    bytes: usize,
}

impl ChatQueues {
    pub(super) fn new(budget: ChatBudget) -> Self {
        let (commands, slow) = (budget.commands_per_minute, budget.slow_commands_per_minute);
        let share = |count: u32| BucketRate::per_minute(count.div_ceil(MEMBER_SHARE));
        let rates = ChatRates {
            commands: BucketRate::per_minute(commands),
            slow: BucketRate::per_minute(slow),
            member_commands: share(commands),
            member_slow: share(slow),
        };
        Self {
            budget,
            rates,
            chats: HashMap::new(),
            lanes: Default::default(),
            timers: BTreeSet::new(),
            turns: 0,
            bytes: 0,
        }
    }

    /// Queues an update behind the work of its chat, unless the chat or the author has used up a budget.
    pub(super) fn push(&mut self, queued: QueuedUpdate, pace: AnswerPace, now: Instant) -> Pushed {
        let chat = queued.update.address().chat.clone();
        let member = member(&queued.update).map(str::to_owned);
        let (budget, rates, cost) = (self.budget.max_waiting, self.rates, queued.cost);
        let (busy, crowded) = (self.bytes > MAX_BYTES, self.bytes > 2 * MAX_BYTES);
        let queue = self.queue(&chat, pace, now);
        if cost == Cost::Nothing {
            // Such an update shows that the chat can be reached, as does any other one in the queue.
            if !queue.work.is_empty() || queue.in_hand.is_some() {
                return Pushed::Dropped;
            }
        } else {
            let patient = queue.updates == 0 && !matches!(queue.in_hand, Some(ChatWork::Update(_)));
            let load = cost.load() * if patient { 1.0 } else { IMPATIENT_FACTOR };
            queue.demand.add(load, now, DEMAND_HALF_LIFE);
            // A short memory is no fault of this chat's.
            let crowded = crowded || (busy && !patient);
            let reached = queue.admit(member.as_deref(), cost, budget, rates, now);
            if let Some(reached) = reached.or(crowded.then_some(ReachedBudget::Waiting)) {
                let before = queue.dropped_at.replace(now);
                let first = before.is_none_or(|at| now.saturating_duration_since(at) > FLOOD_ENDS_AFTER);
                self.schedule(&chat, pace, now);
                return if first { Pushed::DroppedFirst(reached) } else { Pushed::Dropped };
            }
        }
        let bytes = bytes(&queued.update);
        queue.work.push_back(ChatWork::Update(queued));
        queue.updates += 1;
        self.bytes += bytes;
        self.schedule(&chat, pace, now);
        Pushed::Queued
    }

    /// Puts an answer before the other work of its chat.
    pub(super) fn push_answer(&mut self, answer: QueuedAnswer, pace: AnswerPace, now: Instant) {
        let chat = answer.to.chat.clone();
        let most = 2 * self.budget.max_waiting;
        let queue = self.queue(&chat, pace, now);
        if queue.work.len() > most {
            return;
        }
        queue.work.push_front(ChatWork::Answer(answer));
        self.schedule(&chat, pace, now);
    }

    /// Takes the next work of a lane into hand.
    pub(super) fn take(&mut self, lane: Lane) -> Option<(String, ChatWork)> {
        let (_, chat) = self.lanes[lane as usize].pop_first()?;
        let queue = self.chats.get_mut(&chat)?;
        queue.ready = None;
        let work = queue.work.pop_front()?;
        if let ChatWork::Update(queued) = &work {
            queue.updates -= 1;
            self.bytes -= bytes(&queued.update);
        }
        queue.in_hand = Some(work.clone());
        Some((chat, work))
    }

    /// Whether a lane has work.
    pub(super) fn has_work(&self, lane: Lane) -> bool {
        !self.lanes[lane as usize].is_empty()
    }

    /// Ends the work in hand of a chat: the answers that an update leaves, or the rest of an answer, come next.
    pub(super) fn finish(
        &mut self,
        chat: &str,
        next: Vec<QueuedAnswer>,
        took: Duration,
        pace: AnswerPace,
        now: Instant,
    ) {
        let queue = self.queue(chat, pace, now);
        match queue.in_hand.take() {
            Some(ChatWork::Update(update)) if update.cost.is_slow() => {
                queue.usage.add(took.as_secs_f64(), now, USAGE_HALF_LIFE);
            }
            Some(ChatWork::Answer(_)) => queue.pace.take(BucketRate::with_gap(pace.burst, pace.gap_ms), now),
            Some(ChatWork::Update(_)) | None => {}
        }
        for answer in next.into_iter().rev() {
            queue.work.push_front(ChatWork::Answer(answer));
        }
        self.schedule(chat, pace, now);
    }

    /// Lets a chat wait: the platform accepts no message to it before `until`.
    pub(super) fn block(&mut self, chat: &str, until: Instant, pace: AnswerPace, now: Instant) {
        self.queue(chat, pace, now).blocked_until = Some(until);
        self.schedule(chat, pace, now);
    }

    /// Returns the time of the next waiting chat.
    pub(super) fn next_timer(&self) -> Option<Instant> {
        self.timers.first().map(|(at, _)| *at)
    }

    /// Moves the chats whose wait has ended into their lanes.
    pub(super) fn wake(&mut self, pace: impl Fn(&str) -> AnswerPace, now: Instant) {
        while let Some((_, chat)) = self.timers.first().filter(|(at, _)| *at <= now).cloned() {
            self.timers.pop_first();
            self.schedule(&chat, pace(&chat), now);
        }
    }

    /// Drops the chats without work whose quotas are full again.
    pub(super) fn prune(&mut self, pace: impl Fn(&str) -> AnswerPace, now: Instant) {
        let rates = self.rates;
        self.chats.retain(|chat, queue| {
            let pace = pace(chat);
            queue.members.retain(|_, quota| !quota.is_full(rates.member_commands, rates.member_slow, now));
            let full = queue.quota.is_full(rates.commands, rates.slow, now);
            let idle =
                queue.work.is_empty() && queue.in_hand.is_none() && queue.blocked_until.is_none_or(|at| at <= now);
            let forgotten = queue.usage.at(now, USAGE_HALF_LIFE) < 0.1 && queue.demand.at(now, DEMAND_HALF_LIFE) < 0.1;
            let paced = queue.pace.is_full(BucketRate::with_gap(pace.burst, pace.gap_ms), now);
            !(idle && full && forgotten && paced && queue.members.is_empty())
        });
    }

    /// Returns the updates that wait or are in hand, by their numbers, and empties the queues.
    pub(super) fn drain(&mut self) -> Vec<QueuedUpdate> {
        let chats = std::mem::take(&mut self.chats).into_values();
        let work = chats.flat_map(|queue| queue.in_hand.into_iter().chain(queue.work));
        let mut updates: Vec<QueuedUpdate> = work
            .filter_map(|work| match work {
                ChatWork::Update(update) if update.cost != Cost::Nothing => Some(update),
                ChatWork::Update(_) | ChatWork::Answer(_) => None,
            })
            .collect();
        updates.sort_by_key(|queued| queued.number);
        self.lanes = Default::default();
        self.timers.clear();
        self.bytes = 0;
        updates
    }

    /// Whether no answer waits or is in hand.
    pub(super) fn is_answered(&self) -> bool {
        let is_answer = |work: &ChatWork| matches!(work, ChatWork::Answer(_));
        self.chats.values().all(|queue| !queue.work.iter().chain(&queue.in_hand).any(is_answer))
    }

    fn queue(&mut self, chat: &str, pace: AnswerPace, now: Instant) -> &mut ChatQueue {
        let rates = self.rates;
        self.chats.entry(chat.to_owned()).or_insert_with(|| ChatQueue {
            work: VecDeque::new(),
            updates: 0,
            in_hand: None,
            ready: None,
            timer: None,
            quota: CommandQuota::full(rates.commands, rates.slow, now),
            members: HashMap::new(),
            pace: TokenBucket::full(BucketRate::with_gap(pace.burst, pace.gap_ms), now),
            blocked_until: None,
            demand: DecayingLoad { load: 0.0, at: now },
            usage: DecayingLoad { load: 0.0, at: now },
            dropped_at: None,
        })
    }

    /// Puts a chat in the lane of its next work, or among the waiting ones, in the place of its present load.
    fn schedule(&mut self, chat: &str, pace: AnswerPace, now: Instant) {
        let Some(queue) = self.chats.get_mut(chat) else { return };
        let old = queue.ready.take();
        if let Some((lane, key)) = old {
            self.lanes[lane as usize].remove(&(key, chat.to_owned()));
        }
        if let Some(at) = queue.timer.take() {
            self.timers.remove(&(at, chat.to_owned()));
        }
        let Some(next) = queue.work.front().filter(|_| queue.in_hand.is_none()) else { return };
        let cost = match next {
            ChatWork::Update(update) => Some(update.cost),
            ChatWork::Answer(_) => None,
        };
        // A command whose answer could not leave would only hold a worker.
        let paced = queue.pace.next_token(BucketRate::with_gap(pace.burst, pace.gap_ms), now);
        let at = queue.blocked_until.unwrap_or(now).max(paced);
        if at > now && cost != Some(Cost::Nothing) {
            queue.timer = Some(at);
            self.timers.insert((at, chat.to_owned()));
            return;
        }
        let lane = match cost {
            None => Lane::Answer,
            Some(Cost::Nothing | Cost::Quick) => Lane::Quick,
            Some(Cost::Search) => Lane::Search,
            Some(Cost::Draw) => Lane::Draw,
            Some(Cost::Fetch) => Lane::Fetch,
        };
        let load = match cost {
            Some(Cost::Nothing) => NO_ANSWER,
            // In tenths of a second.
            Some(Cost::Search | Cost::Draw | Cost::Fetch) => (queue.usage.at(now, USAGE_HALF_LIFE) * 10.0) as u64,
            Some(Cost::Quick) | None => queue.demand.at(now, DEMAND_HALF_LIFE) as u64,
        };
        // A chat keeps its turn in its lane, however often it asks.
        let turn = match old {
            Some((before, (_, turn))) if before == lane => turn,
            _ => {
                self.turns += 1;
                self.turns
            }
        };
        queue.ready = Some((lane, (load, turn)));
        self.lanes[lane as usize].insert(((load, turn), chat.to_owned()));
    }
}

impl ChatQueue {
    /// Takes a command from the quotas; returns the budget that the chat or the member has reached.
    fn admit(
        &mut self,
        member: Option<&str>,
        cost: Cost,
        max_waiting: usize,
        rates: ChatRates,
        now: Instant,
    ) -> Option<ReachedBudget> {
        if self.updates >= max_waiting {
            return Some(ReachedBudget::Waiting);
        }
        let mut of_member = member.map(|member| {
            self.members
                .entry(member.to_owned())
                .or_insert_with(|| CommandQuota::full(rates.member_commands, rates.member_slow, now))
        });
        // The member first: beyond the own share, a member takes nothing from the group's.
        if let Some(quota) = &mut of_member
            && let Some(reached) = quota.reached(cost, rates.member_commands, rates.member_slow, now)
        {
            return Some(reached);
        }
        if let Some(reached) = self.quota.reached(cost, rates.commands, rates.slow, now) {
            return Some(reached);
        }
        if let Some(quota) = of_member {
            quota.take(cost, rates.member_commands, rates.member_slow, now);
        }
        self.quota.take(cost, rates.commands, rates.slow, now);
        None
    }
}

impl CommandQuota {
    fn full(commands: BucketRate, slow: BucketRate, now: Instant) -> Self {
        Self { commands: TokenBucket::full(commands, now), slow: TokenBucket::full(slow, now) }
    }

    fn is_full(&mut self, commands: BucketRate, slow: BucketRate, now: Instant) -> bool {
        self.commands.is_full(commands, now) && self.slow.is_full(slow, now)
    }

    fn reached(&mut self, cost: Cost, commands: BucketRate, slow: BucketRate, now: Instant) -> Option<ReachedBudget> {
        if !self.commands.has_token(commands, now) {
            Some(ReachedBudget::Commands)
        } else if cost.is_slow() && !self.slow.has_token(slow, now) {
            Some(ReachedBudget::SlowCommands)
        } else {
            None
        }
    }

    fn take(&mut self, cost: Cost, commands: BucketRate, slow: BucketRate, now: Instant) {
        self.commands.take(commands, now);
        if cost.is_slow() {
            self.slow.take(slow, now);
        }
    }
}

/// Returns the bytes that an update takes in a queue.
fn bytes(update: &Update) -> usize {
    UPDATE_BYTES
        + match update {
            Update::Message(message) => message.text.len(),
            Update::Press(press) => press.data.len(),
            Update::Reachable(..) | Update::Moved { .. } => 0,
        }
}

/// Returns the author of an update in a chat of several people.
fn member(update: &Update) -> Option<&str> {
    let (kind, author) = match update {
        Update::Message(message) => (message.kind, &message.author),
        Update::Press(press) => (press.kind, &press.author),
        Update::Reachable(..) | Update::Moved { .. } => return None,
    };
    match author {
        Author::User(user) | Author::Channel(user) if kind != ChatKind::Private => Some(user),
        Author::User(_) | Author::Channel(_) | Author::Chat => None,
    }
}

#[cfg(test)]
mod tests;
