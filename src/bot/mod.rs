//! The bot: takes what people do in a chat and answers. It knows no platform; a [`Messenger`] brings updates in and takes
//! answers out.

pub mod command;
mod handlers;
mod keyboard;
mod passages;
mod reply;
mod search;
mod zones;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::alert::sender::Answers;
use crate::chat::{Author, ChatKind, Incoming, Messenger, Press, Received, SendError, Update, html};
use crate::locale;
use crate::model::{Address, Clock, Message, Outlet, Platform, SubscriberId, Tick, Timestamp};
use crate::rule::Vocabulary;
use crate::store::{Receiver, Store, StoreError};
use command::{Access, Command, Name};
use handlers::why::Sources;

pub use handlers::feed::FeedDesk;

/// Pauses between attempts to reach the platform.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Chats that are answered at the same time.
const LANES: usize = 32;
/// Seconds for which a process is the one that receives, the pause after which it says so again, and how long the store may
/// take to hear it: together less than the first, so that who cannot be heard has stopped when the lease ends. The others
/// ask after each [`FIRST_PAUSE`]; when a process dies, one of them answers people within ten seconds.
const LEASE_SECS: i64 = 7;
const RENEW: Duration = Duration::from_secs(2);
const RENEWED_WITHIN: Duration = Duration::from_secs(4);
/// Seconds for which an update's number says what has been handled: Telegram keeps updates for a day.
const NUMBERS_LAST_SECS: i64 = 86_400;
/// Attempts to send an answer; a person who got none will ask again.
const ATTEMPTS: u32 = 3;
/// The longest wait that is taken for an answer's sake when the platform asks for one.
const LONGEST_WAIT_SECS: i64 = 30;

/// What the bot does in answer to an update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Says something.
    Say(Message),
    /// Replaces the message whose button was pressed.
    Edit(Message),
    /// Shows a short note to the person who pressed.
    Note(String),
}

/// The conflict that is watched, as answers tell of it.
#[derive(Clone, Debug)]
pub struct Conflict {
    /// Its name.
    pub name: String,
    /// The countries at war, as ISO 3166-1 alpha-2 codes.
    pub sides: Arc<[String]>,
}

/// Answers people.
#[derive(Debug)]
pub struct Bot {
    store: Store,
    messenger: Arc<dyn Messenger>,
    answers: Answers,
    vocabulary: Arc<Vocabulary>,
    outlets: Arc<BTreeMap<String, Outlet>>,
    conflict: Conflict,
    feeds: FeedDesk,
    clock: Clock,
    /// Tells this process from others that serve the same bot.
    holder: Uuid,
}

impl Bot {
    /// Builds a bot.
    pub fn new(
        store: Store,
        answers: Answers,
        vocabulary: Arc<Vocabulary>,
        outlets: Arc<BTreeMap<String, Outlet>>,
        conflict: Conflict,
        feeds: FeedDesk,
        clock: Clock,
    ) -> Self {
        let messenger = Arc::clone(answers.messenger());
        Self { store, messenger, answers, vocabulary, outlets, conflict, feeds, clock, holder: Uuid::now_v7() }
    }

    /// Makes the bot and its commands known to the platform.
    ///
    /// # Errors
    /// When the platform cannot be reached.
    pub async fn connect(&self) -> Result<(), SendError> {
        let commands: Vec<(&str, String)> =
            Name::ALL.iter().map(|name| (name.as_str(), reply::description(*name))).collect();
        self.messenger.connect(&commands).await?;
        tracing::info!(platform = self.messenger.platform().as_str(), "connected");
        Ok(())
    }

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
                    match self.take_in_hand(&received).await {
                        Ok(true) => {}
                        // They come to whoever receives now.
                        Ok(false) => continue,
                        Err(error) => tracing::warn!("a restart may handle the last updates again: {error}"),
                    }
                    last = received.last().map(|received| received.number).or(last);
                    for update in received.into_iter().filter_map(|received| received.update) {
                        let chat = update.address().chat.clone();
                        let before = lanes.remove(&chat);
                        let (bot, places) = (Arc::clone(&self), Arc::clone(&places));
                        let lane = tokio::spawn(async move {
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
        self.store.mark_updates_handled(&account, self.holder, newest.number, Timestamp::now()).await
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

    /// Handles one update to its end.
    pub async fn update(&self, update: Update) {
        let now = self.clock.now();
        if let Update::Message(Incoming { address, .. }) | Update::Press(Press { address, .. }) = &update
            && let Err(error) = self.reachable(address, true, now).await
        {
            tracing::error!("a chat that is back could not be marked: {error:#}");
        }
        let done = match &update {
            Update::Message(incoming) => self.message(incoming, now).await,
            Update::Press(press) => self.press(press, now).await,
            Update::Reachable(address, reachable) => self.reachable(address, *reachable, now).await,
            Update::Moved { at, from, to } => self.moved(at.platform, from, to).await,
        };
        if let Err(error) = done {
            // The person learns that it was not them; the operator learns what it was.
            tracing::error!("an update could not be handled: {error:#}");
            if let Update::Message(Incoming { address, .. }) | Update::Press(Press { address, .. }) = &update {
                self.say(address, &reply::failed().into()).await;
            }
        }
    }

    /// Takes note of whether a chat can be written to; of one that is back, tells it what happened meanwhile.
    async fn reachable(&self, at: &Address, reachable: bool, now: Timestamp) -> anyhow::Result<()> {
        let since = (!reachable).then_some(now);
        let back = self.store.mark_chat_suspended(at.platform, &at.chat, since).await?;
        self.say_missed(at.platform, &at.chat, back).await
    }

    /// Follows a chat to its new id. Where it could not be reached at the old one, it is told what happened meanwhile.
    async fn moved(&self, platform: Platform, from: &str, to: &str) -> anyhow::Result<()> {
        let back = self.store.move_chat(platform, from, to).await?;
        self.say_missed(platform, to, back).await
    }

    /// Tells those of a chat who are back, each in its forum topic, what happened since they were away.
    async fn say_missed(
        &self,
        platform: Platform,
        chat: &str,
        back: Vec<(SubscriberId, Option<i64>, Timestamp)>,
    ) -> anyhow::Result<()> {
        for (subscriber, thread, since) in back {
            let missed = self.store.count_missed_stories(subscriber, since).await?;
            if missed > 0 {
                self.say(&Address { platform, chat: chat.to_owned(), thread }, &reply::back(missed).into()).await;
            }
        }
        Ok(())
    }

    async fn message(&self, incoming: &Incoming, now: Timestamp) -> anyhow::Result<()> {
        let bot_name = self.messenger.bot_name();
        let command = match command::parse(&incoming.text, bot_name.as_deref()) {
            command::Parsed::Command(command) => command,
            command::Parsed::Fault(fault) => {
                // In a group an unknown command may be meant for another bot, unless it names this one.
                if incoming.kind == ChatKind::Private || fault.is_ours() {
                    self.say(&incoming.address, &reply::command_fault(&fault).into()).await;
                }
                return Ok(());
            }
            command::Parsed::Chatter => {
                if incoming.kind == ChatKind::Private {
                    self.say(&incoming.address, &reply::not_a_command().into()).await;
                }
                return Ok(());
            }
            command::Parsed::NotForUs => return Ok(()),
        };
        if command.access() == Access::Admins
            && !self.may_change(&incoming.address, incoming.kind, &incoming.author).await?
        {
            self.say(&incoming.address, &reply::admins_only().into()).await;
            return Ok(());
        }
        let message = self.command(incoming, command, now).await?;
        self.say(&incoming.address, &message).await;
        Ok(())
    }

    async fn press(&self, press: &Press, now: Timestamp) -> anyhow::Result<()> {
        let pressed = keyboard::parse(&press.data);
        let answers = match pressed {
            None => vec![Answer::Note(locale::word("press-unknown"))],
            Some(pressed)
                if pressed.only_shows() || self.may_change(&press.address, press.kind, &press.author).await? =>
            {
                self.pressed(&press.address, pressed, now).await?
            }
            Some(_) => vec![Answer::Note(reply::admins_only().to_plain())],
        };
        let mut note = None;
        for answer in answers {
            match answer {
                Answer::Say(message) => self.say(&press.address, &message).await,
                Answer::Edit(message) => match self.answers.edit(&press.address, &press.message_id, &message).await {
                    Ok(()) | Err(SendError::NotModified) => {}
                    // A message that is too old to be changed, or gone: the new state is said instead.
                    Err(error) => {
                        tracing::debug!("a message could not be changed: {error}");
                        self.say(&press.address, &message).await;
                    }
                },
                Answer::Note(text) => note = Some(text),
            }
        }
        if let Err(error) = self.messenger.acknowledge(&press.id, note.as_deref()).await {
            tracing::debug!("a press could not be acknowledged: {error}");
        }
        Ok(())
    }

    async fn pressed(
        &self,
        at: &Address,
        pressed: keyboard::Pressed<'_>,
        now: Timestamp,
    ) -> anyhow::Result<Vec<Answer>> {
        use keyboard::Pressed;

        let (store, vocabulary, outlets) = (&self.store, &*self.vocabulary, &*self.outlets);
        match pressed {
            Pressed::Topic(topic, on) => handlers::topics::pressed(store, vocabulary, at, topic, on, now).await,
            Pressed::Forget(sure) => handlers::forget::decided(store, at, sure).await,
            Pressed::Why(delivery) => {
                let message = handlers::why::pressed(Sources { store, vocabulary, outlets, now }, at, delivery).await?;
                Ok(vec![Answer::Say(message)])
            }
            Pressed::Hush(delivery) => handlers::hush::pressed(store, at, delivery, now).await,
            Pressed::HushOne(delivery) => handlers::hush::ask(store, at, delivery).await,
            Pressed::Calendar(meeting) => {
                Ok(vec![Answer::Say(handlers::meetings::calendar(store, meeting, now).await?)])
            }
            Pressed::Add(rule) => handlers::filter::add_pressed(store, vocabulary, outlets, at, rule, now).await,
            Pressed::UndoAdd(filter) => handlers::filter::undo_add(store, at, filter).await,
            Pressed::UndoEdit(filter, rule) => handlers::filter::undo_edit(store, vocabulary, at, filter, rule).await,
        }
    }

    async fn command(&self, incoming: &Incoming, command: Command, now: Timestamp) -> anyhow::Result<Message> {
        let (store, vocabulary, outlets) = (&self.store, &*self.vocabulary, &*self.outlets);
        let at = &incoming.address;
        let sources = Sources { store, vocabulary, outlets, now };
        match command {
            Command::Start => handlers::start::handle(store, vocabulary, &self.conflict.name, at, now).await,
            Command::Subscribe(topics) => handlers::subscribe::handle(store, vocabulary, at, &topics, now).await,
            Command::Unsubscribe(which) => handlers::unsubscribe::handle(store, vocabulary, at, &which, now).await,
            Command::Topics => handlers::topics::handle(store, vocabulary, at, now).await,
            Command::FilterList => handlers::filter::list(store, at).await,
            Command::FilterAdd(rule) => handlers::filter::add(store, vocabulary, outlets, at, &rule, now).await,
            Command::FilterRemove(number) => handlers::filter::remove(store, at, number).await,
            Command::FilterTest(rule) => handlers::filter::test(store, vocabulary, outlets, at, &rule, now).await,
            Command::FilterEdit(number, rule) => {
                handlers::filter::edit(store, vocabulary, outlets, at, number, &rule, now).await
            }
            Command::FeedList => handlers::feed::list(store, &self.feeds, at).await,
            Command::FeedAdd(address) => handlers::feed::add(store, &self.feeds, at, &address, now).await,
            Command::FeedRemove(which) => handlers::feed::remove(store, at, &which).await,
            Command::FeedsTroubled => handlers::feed::troubled(store, &self.feeds, at).await,
            Command::MuteList => handlers::mute::list(store, at).await,
            Command::Mute(rule) => handlers::mute::mute(store, vocabulary, outlets, at, &rule, now).await,
            Command::UnmuteNumber(number) => handlers::mute::unmute_number(store, at, number).await,
            Command::UnmuteRule(rule) => handlers::mute::unmute_rule(store, at, &rule).await,
            Command::WhyAlert => handlers::why::alert(sources, at, incoming.reply_to.as_deref()).await,
            Command::WhyArticle(address) => handlers::why::article(sources, at, &address).await,
            Command::Latest(what) => handlers::latest::handle(store, vocabulary, outlets, at, &what, now).await,
            Command::Story => {
                handlers::story::handle(sources, &self.conflict.sides, at, incoming.reply_to.as_deref()).await
            }
            Command::Search(rule) => handlers::search::handle(store, vocabulary, outlets, at, &rule).await,
            Command::MeetingList => handlers::meetings::list(store, at, now).await,
            Command::MeetingRemind(on) => handlers::meetings::remind(store, at, on, now).await,
            Command::Timeline(days) => {
                handlers::timeline::handle(store, vocabulary, &self.conflict.name, at, days, now).await
            }
            Command::UpdateList => handlers::updates::show(store, at).await,
            Command::Updates(loud) => handlers::updates::set(store, at, loud, now).await,
            Command::AttentionList => handlers::attention::list(store, vocabulary, at).await,
            Command::Attention(which, attention) => {
                handlers::attention::set(store, vocabulary, at, &which, attention).await
            }
            Command::QuietShow => handlers::quiet::show(store, at).await,
            Command::Quiet(quiet) => handlers::quiet::set(store, at, quiet, now).await,
            Command::TimeZoneShow => handlers::timezone::show(store, at, now).await,
            Command::TimeZone(typed) => handlers::timezone::set(store, vocabulary, at, &typed, now).await,
            Command::DigestShow => handlers::digest::show(store, at, now).await,
            Command::Digest(digests) => handlers::digest::set(store, at, digests, now).await,
            Command::CapShow => handlers::cap::show(store, at).await,
            Command::Cap(cap) => handlers::cap::set(store, at, cap, now).await,
            Command::Pause => handlers::pause::pause(store, at, now).await,
            Command::Resume => handlers::pause::resume(store, at, now).await,
            Command::Settings => handlers::settings::handle(store, vocabulary, at).await,
            Command::Help => Ok(reply::help(&self.conflict.name).into()),
            Command::HelpRules => Ok(reply::help_rules().into()),
            Command::Forget => handlers::forget::ask(store, at).await,
        }
    }

    async fn may_change(&self, address: &Address, kind: ChatKind, author: &Author) -> anyhow::Result<bool> {
        match (kind, author) {
            // Only admins post in a channel; but anyone who reads it can press a button there.
            (ChatKind::Private, _) | (_, Author::Chat) => Ok(true),
            (ChatKind::Group | ChatKind::Channel, Author::User(user)) => {
                self.messenger.is_admin(&address.chat, user).await.context("asking who is an admin")
            }
        }
    }

    /// Sends an answer, in as many messages as it needs; the buttons stand under the last one.
    async fn say(&self, to: &Address, message: &Message) {
        let mut pages = html::pages(&message.text);
        let last = pages.pop().unwrap_or_default();
        let pages = pages.into_iter().map(Message::from);
        for page in pages.chain([Message { text: last, ..message.clone() }]) {
            if let Err(error) = self.send(to, &page).await {
                tracing::warn!("an answer could not be sent: {error}");
                return;
            }
        }
    }

    async fn send(&self, to: &Address, message: &Message) -> Result<(), SendError> {
        let mut attempt = 1;
        loop {
            let error = match self.answers.send(to, message).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            let wait = match error {
                SendError::TooFast { retry_after_secs } if retry_after_secs <= LONGEST_WAIT_SECS => {
                    Duration::from_secs(retry_after_secs.max(1).unsigned_abs())
                }
                SendError::Unanswered(_) | SendError::GatewayTimeout(_) => FIRST_PAUSE,
                _ => return Err(error),
            };
            if attempt == ATTEMPTS {
                return Err(error);
            }
            attempt += 1;
            tokio::time::sleep(wait).await;
        }
    }
}
