//! The workers behind the queues of the chats: they handle updates and send answers.
//!
//! Each lane has workers of its own, so that searches and slow servers hold up no quick command. An answer gets its
//! send slot first and is chosen then, so that the chat with the lowest load is answered next under any flood. A chat
//! that the platform lets wait holds no worker meanwhile.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt;
use parking_lot::Mutex;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::queues::{AnswerPart, ChatQueues, ChatWork, Cost, Lane, Pushed, QueuedAnswer, QueuedUpdate};
use super::{Bot, FIRST_PAUSE, dispatch, kept, reply};
use crate::chat::outbound::SendSlot;
use crate::chat::{Incoming, Press, SendError, Update, text};
use crate::config::ChatBudget;
use crate::locale::locale_of;
use crate::store::KeptUpdate;
use ceasewire_model::{Address, Message, Timestamp};

/// Workers of each lane of commands. Searches take turns at their pages, which lets many be under way; a picture cannot
/// be interrupted, so that those that wait for it hold no worker of the searches; a fetch mostly waits for a slow
/// server.
const MAX_COMMANDS: [(Lane, usize); 4] = [(Lane::Quick, 32), (Lane::Search, 64), (Lane::Draw, 2), (Lane::Fetch, 16)];
/// Answers in flight.
const MAX_ANSWERS: usize = 32;
/// Attempts to send a part of an answer; a person without an answer asks again.
const ATTEMPTS: u32 = 3;
/// The same where the platform asks for a pause: a block of the whole bot is no fault of the chat.
const THROTTLED_ATTEMPTS: u32 = 10;
/// The longest wait for the platform's rate limit; a longer one drops the answer.
const LONGEST_WAIT_SECS: i64 = 30;
/// The time for commands in hand, and then for answers, when the process stops.
const FINISH_COMMANDS_WITHIN: Duration = Duration::from_secs(4);
const FINISH_ANSWERS_WITHIN: Duration = Duration::from_secs(2);
/// The pause between two prunings of the queues.
const PRUNE_EVERY: Duration = Duration::from_secs(60);
/// Characters of a command's name in the store and the log.
const NAME_CHARS: usize = 32;

/// The queues of the chats, and the bells of their workers.
#[derive(Debug)]
pub(super) struct ChatWorkers {
    queues: Mutex<ChatQueues>,
    commands: Notify,
    answers: Notify,
}

impl ChatWorkers {
    pub(super) fn new(budget: ChatBudget) -> Self {
        Self { queues: Mutex::new(ChatQueues::new(budget)), commands: Notify::new(), answers: Notify::new() }
    }

    fn ring(&self) {
        self.commands.notify_one();
        self.answers.notify_one();
    }
}

#[derive(Debug)]
pub(super) struct RunningWorkers {
    commands: tokio::task::JoinHandle<()>,
    answers: tokio::task::JoinHandle<()>,
    stop: CancellationToken,
}

impl Bot {
    pub(super) fn start_workers(self: &Arc<Self>) -> RunningWorkers {
        let stop = CancellationToken::new();
        RunningWorkers {
            commands: tokio::spawn(Arc::clone(self).run_commands(stop.clone())),
            answers: tokio::spawn(Arc::clone(self).run_answers()),
            stop,
        }
    }

    /// Finishes the commands and answers in hand within a time limit, and leaves the other updates to the next start.
    pub(super) async fn stop_workers(&self, running: RunningWorkers) {
        running.stop.cancel();
        let _ = running.commands.await;
        let answered = async {
            while !self.workers.queues.lock().is_answered() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(FINISH_ANSWERS_WITHIN, answered).await.is_err() {
            tracing::warn!("some answers did not leave before the stop; their chats may ask again");
        }
        running.answers.abort();
        let left: Vec<KeptUpdate> = self.workers.queues.lock().drain().into_iter().filter_map(kept::keep).collect();
        if left.is_empty() {
            return;
        }
        let account = self.messenger.account();
        match self.services.store.keep_updates(&account, self.holder, &left, Timestamp::now()).await {
            Ok(()) => tracing::info!(updates = left.len(), "updates in hand are left for the next start"),
            Err(error) => tracing::warn!(
                updates = left.len(), %error,
                "updates in hand are lost, because the store refused them; their chats may ask again"
            ),
        }
    }

    /// Queues an update of a chat.
    pub(super) fn queue(&self, number: i64, mut update: Update) {
        dispatch::forget_chatter(&mut update);
        let (address, cost, now) = (update.address().clone(), self.cost(&update), Instant::now());
        let pace = self.messenger.answer_pace(&address.chat);
        let mut queues = self.workers.queues.lock();
        if let Pushed::DroppedFirst(reached) = queues.push(QueuedUpdate { number, update, cost }, pace, now) {
            let text = reply::reached_budget(locale_of(None), reached, &self.services.budget);
            tracing::info!(chat.id = address.chat, budget = reached.name(), "commands of a chat are dropped");
            queues.push_answer(self.paged(&address, text.into()), pace, now);
        }
        drop(queues);
        self.workers.ring();
    }

    /// Queues an answer before the other work of its chat.
    pub(super) fn queue_answer(&self, answer: QueuedAnswer) {
        let pace = self.messenger.answer_pace(&answer.to.chat);
        self.workers.queues.lock().push_answer(answer, pace, Instant::now());
        self.workers.ring();
    }

    /// Starts a worker for each command that may begin, until `stop`; then finishes the commands in hand.
    async fn run_commands(self: Arc<Self>, stop: CancellationToken) {
        let mut running = MAX_COMMANDS.map(|_| JoinSet::new());
        while !stop.is_cancelled() {
            for ((lane, most), running) in MAX_COMMANDS.into_iter().zip(&mut running) {
                while running.try_join_next().is_some() {}
                while running.len() < most {
                    let Some((chat, ChatWork::Update(queued))) = self.workers.queues.lock().take(lane) else { break };
                    let bot = Arc::clone(&self);
                    running.spawn(async move { bot.work(&chat, &queued).await });
                }
            }
            tokio::select! {
                () = self.workers.commands.notified() => {}
                () = stop.cancelled() => {}
            }
        }
        let finished = async {
            for running in &mut running {
                while running.join_next().await.is_some() {}
            }
        };
        // The next start repeats the commands cut off here.
        let _ = tokio::time::timeout(FINISH_COMMANDS_WITHIN, finished).await;
        for mut running in running {
            running.shutdown().await;
        }
    }

    /// Sends answers for ever, each in the slot that it got.
    async fn run_answers(self: Arc<Self>) {
        let mut running = JoinSet::new();
        let permits = Arc::new(Semaphore::new(MAX_ANSWERS));
        let mut prune_at = Instant::now() + PRUNE_EVERY;
        loop {
            while running.try_join_next().is_some() {}
            if !self.tend(&mut prune_at).await {
                continue;
            }
            let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
            let slot = match self.answers.acquire().await {
                Ok(slot) => slot,
                Err(error) => {
                    tracing::debug!(%error, "answers wait for the end of the platform's block");
                    tokio::time::sleep(FIRST_PAUSE).await;
                    continue;
                }
            };
            let Some((chat, ChatWork::Answer(answer))) = self.workers.queues.lock().take(Lane::Answer) else {
                continue;
            };
            let bot = Arc::clone(&self);
            running.spawn(async move {
                let _permit = permit;
                bot.send_queued(&chat, answer, slot).await;
            });
        }
    }

    /// Wakes the chats whose wait has ended, prunes the queues, and returns whether an answer can leave. Waits for an
    /// event if none can.
    async fn tend(&self, prune_at: &mut Instant) -> bool {
        let pace = |chat: &str| self.messenger.answer_pace(chat);
        let now = Instant::now();
        let (ready, woken, next) = {
            let mut queues = self.workers.queues.lock();
            let woken = queues.next_timer().is_some_and(|at| at <= now);
            queues.wake(pace, now);
            if *prune_at <= now {
                queues.prune(pace, now);
                *prune_at = now + PRUNE_EVERY;
            }
            (queues.has_work(Lane::Answer), woken, queues.next_timer().map_or(*prune_at, |at| at.min(*prune_at)))
        };
        if woken {
            self.workers.commands.notify_one();
        }
        if !ready {
            tokio::select! {
                () = self.workers.answers.notified() => {}
                () = tokio::time::sleep_until(next.into()) => {}
            }
        }
        ready
    }

    /// Handles an update, and leaves its answers in the queue of its chat.
    async fn work(&self, chat: &str, queued: &QueuedUpdate) {
        let began = Instant::now();
        let answers = if self.is_blocked(chat) { Vec::new() } else { self.handle_on_record(queued).await };
        let pace = self.messenger.answer_pace(chat);
        self.workers.queues.lock().finish(chat, answers, began.elapsed(), pace, Instant::now());
        self.workers.ring();
    }

    /// Handles an update; the store knows a command while it is in hand, because it may cost the process its life.
    async fn handle_on_record(&self, queued: &QueuedUpdate) -> Vec<QueuedAnswer> {
        if queued.cost == Cost::Nothing {
            return self.handle(&queued.update).await;
        }
        let (store, account) = (&self.services.store, self.messenger.account());
        let in_hand = KeptUpdate {
            number: queued.number,
            chat: queued.update.address().chat.clone(),
            command: Some(command_name(&queued.update)),
            body: None,
        };
        let kept = store.keep_updates(&account, self.holder, &[in_hand], Timestamp::now()).await;
        if let Err(error) = &kept {
            tracing::warn!(%error, "a command in hand is not recorded; a crash would not name it");
        }
        let answers = self.handle(&queued.update).await;
        if kept.is_ok()
            && let Err(error) = store.delete_kept_update(&account, queued.number).await
        {
            tracing::warn!(%error, "the record of a handled command stays; the next start may report it");
        }
        answers
    }

    /// Handles an update and returns the answers. A fault or a panic of a handler is answered with a sentence.
    pub(super) async fn handle(&self, update: &Update) -> Vec<QueuedAnswer> {
        let error = match AssertUnwindSafe(self.answers_to(update)).catch_unwind().await {
            Ok(Ok(answers)) => return answers,
            Ok(Err(error)) => format!("{error:#}"),
            Err(panic) => format!("panic: {}", panic_text(panic.as_ref())),
        };
        let (Update::Message(Incoming { address, .. }) | Update::Press(Press { address, .. })) = update else {
            return Vec::new();
        };
        tracing::error!(chat.id = address.chat, error, "update failed; the chat is asked to try again");
        vec![self.paged(address, self.locale_at(address).await.text("failed", &[]).into())]
    }

    /// Returns a message as an answer, in as many parts as it needs; the last one has the buttons.
    pub(super) fn paged(&self, to: &Address, message: Message) -> QueuedAnswer {
        let mut pages = text::pages(&message.text, self.services.limits.text_chars);
        let last = pages.pop().unwrap_or_default();
        let pages = pages.into_iter().map(Message::from).chain([Message { text: last, ..message }]);
        QueuedAnswer { to: to.clone(), parts: pages.map(AnswerPart::Send).collect(), attempts: 0 }
    }

    /// Sends the first part of an answer in its slot; the rest comes next in the queue of the chat.
    async fn send_queued(&self, chat: &str, mut answer: QueuedAnswer, slot: SendSlot) {
        let wait = self.send_part(&mut answer, slot).await;
        let pace = self.messenger.answer_pace(chat);
        let next: Vec<QueuedAnswer> = [answer].into_iter().filter(|answer| !answer.parts.is_empty()).collect();
        let now = Instant::now();
        let mut queues = self.workers.queues.lock();
        queues.finish(chat, next, Duration::ZERO, pace, now);
        if !wait.is_zero() {
            queues.block(chat, now + wait, pace, now);
        }
        drop(queues);
        self.workers.ring();
    }

    /// Sends an answer to its end.
    pub(super) async fn send_now(&self, mut answer: QueuedAnswer) {
        while !answer.parts.is_empty() {
            match self.answers.acquire().await {
                Ok(slot) => tokio::time::sleep(self.send_part(&mut answer, slot).await).await,
                Err(error) => {
                    tracing::warn!(chat.id = answer.to.chat, %error, "answer not sent; it is dropped");
                    return;
                }
            }
        }
    }

    /// Sends the first part of an answer, and returns the pause before the next message to the chat.
    async fn send_part(&self, answer: &mut QueuedAnswer, slot: SendSlot) -> Duration {
        let Some(part) = answer.parts.pop_front() else { return Duration::ZERO };
        let sent = match &part {
            AnswerPart::Send(message) => self.answers.send_in(slot, &answer.to, message).await,
            AnswerPart::Edit(id, message) => self.answers.edit_in(slot, &answer.to, id, message).await,
        };
        let error = match sent {
            Ok(()) | Err(SendError::NotModified) => {
                answer.attempts = 0;
                return Duration::ZERO;
            }
            Err(error) => error,
        };
        let wait = match error {
            SendError::RateLimited { retry_after_secs } if retry_after_secs <= LONGEST_WAIT_SECS => {
                Some(Duration::from_secs(retry_after_secs.max(1).unsigned_abs()))
            }
            _ if error.is_outage() => Some(FIRST_PAUSE),
            _ => None,
        };
        let attempts = if matches!(error, SendError::RateLimited { .. }) { THROTTLED_ATTEMPTS } else { ATTEMPTS };
        answer.attempts += 1;
        match (wait, part) {
            (Some(wait), part) if answer.attempts < attempts => {
                answer.parts.push_front(part);
                wait
            }
            // The message is gone, or too old to be edited.
            (None, AnswerPart::Edit(_, message)) => {
                tracing::debug!(chat.id = answer.to.chat, %error, "edit failed; a new message is sent");
                let rest = std::mem::take(&mut answer.parts);
                *answer = self.paged(&answer.to, message);
                answer.parts.extend(rest);
                Duration::ZERO
            }
            _ => {
                tracing::warn!(chat.id = answer.to.chat, %error, "answer not sent; it is dropped");
                answer.parts.clear();
                Duration::ZERO
            }
        }
    }
}

/// Returns the name of a command, or of a button's action, without its arguments.
fn command_name(update: &Update) -> String {
    let name = match update {
        Update::Message(Incoming { text, .. }) => text.split_whitespace().next(),
        Update::Press(Press { data, .. }) => data.split(':').next(),
        Update::Reachable(..) | Update::Moved { .. } => None,
    };
    name.unwrap_or_default().chars().take(NAME_CHARS).collect()
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no text")
}
