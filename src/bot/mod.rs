//! The bot: takes what people do in a chat and answers. It knows no platform; a [`Messenger`] brings updates in and takes
//! answers out.

pub mod command;
mod handlers;
mod keyboard;
mod passages;
mod receive;
mod reply;
mod search;
mod zones;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use uuid::Uuid;

use crate::chat::outbound::ReplySender;
use crate::chat::{Author, ChatKind, Incoming, Messenger, Press, SendError, Update, text};
use crate::locale;
use crate::store::{Store, StoreError};
use ceasewire_model::{Address, Clock, Message, Platform, SubscriberId, Timestamp};
use ceasewire_profile::Profile;
use command::{Access, Command, CommandName};
use handlers::why::Sources;

pub use handlers::feed::FeedDesk;

/// The pause after a first attempt to reach the platform.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
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

/// A chat that can be written to again: its subscribers, each with its forum topic and since when it could not.
#[derive(Debug)]
struct Back {
    platform: Platform,
    chat: String,
    who: Vec<(SubscriberId, Option<i64>, Timestamp)>,
}

/// Answers people.
#[derive(Debug)]
pub struct Bot {
    store: Store,
    messenger: Arc<dyn Messenger>,
    answers: ReplySender,
    profile: Arc<Profile>,
    feeds: FeedDesk,
    clock: Clock,
    /// Tells this process from others that serve the same bot.
    holder: Uuid,
}

impl Bot {
    /// Builds a bot.
    pub fn new(store: Store, answers: ReplySender, profile: Arc<Profile>, feeds: FeedDesk, clock: Clock) -> Self {
        let messenger = Arc::clone(answers.messenger());
        Self { store, messenger, answers, profile, feeds, clock, holder: Uuid::now_v7() }
    }

    /// Makes the bot and its commands known to the platform.
    ///
    /// # Errors
    /// When the platform cannot be reached.
    pub async fn connect(&self) -> Result<(), SendError> {
        let commands: Vec<(&str, String)> =
            CommandName::ALL.iter().map(|name| (name.as_str(), reply::description(*name))).collect();
        self.messenger.connect(&commands).await?;
        tracing::info!(platform = self.messenger.platform().as_str(), "connected");
        Ok(())
    }

    /// Handles one update to its end.
    pub async fn update(&self, update: Update) {
        let now = self.clock.now();
        // Whoever writes can be written to.
        let place = match &update {
            Update::Message(Incoming { address, .. }) | Update::Press(Press { address, .. }) => {
                &Update::Reachable(address.clone(), true)
            }
            update => update,
        };
        match self.place(place, place == &update, now).await {
            Ok(Some(back)) => self.say_missed(back).await,
            Ok(None) => {}
            Err(error) => tracing::error!("a chat that is back, away or moved could not be marked: {error}"),
        }
        let done = match &update {
            Update::Message(incoming) => self.message(incoming, now).await,
            Update::Press(press) => self.press(press, now).await,
            Update::Reachable(..) | Update::Moved { .. } => Ok(()),
        };
        if let Err(error) = done {
            // The person learns that it was not them; the operator learns what it was.
            tracing::error!("an update could not be handled: {error:#}");
            if let Update::Message(Incoming { address, .. }) | Update::Press(Press { address, .. }) = &update {
                self.say(address, &reply::failed().into()).await;
            }
        }
    }

    /// Takes note of whether and where a chat can be written to, as far as an update says so; `told` is false where that is
    /// only concluded from what people do.
    async fn place(&self, update: &Update, told: bool, now: Timestamp) -> Result<Option<Back>, StoreError> {
        let (platform, chat, who) = match update {
            Update::Reachable(at, reachable) => {
                let since = (!reachable).then_some(now);
                if *reachable && told {
                    // It may be that it only may write again.
                    self.store.record_chat_open(at.platform, &at.chat).await?;
                }
                (at.platform, &at.chat, self.store.record_chat_suspended(at.platform, &at.chat, since).await?)
            }
            Update::Moved { at, from, to } => (at.platform, to, self.store.migrate_chat(at.platform, from, to).await?),
            Update::Message(_) | Update::Press(_) => return Ok(None),
        };
        Ok((!who.is_empty()).then(|| Back { platform, chat: chat.clone(), who }))
    }

    /// Tells those of a chat who are back, each in its forum topic, what happened since they were away.
    async fn say_missed(&self, back: Back) {
        for (subscriber, thread, since) in back.who {
            match self.store.count_missed_stories(subscriber, since).await {
                Ok(0) => {}
                Ok(missed) => {
                    let at = Address { platform: back.platform, chat: back.chat.clone(), thread };
                    self.say(&at, &reply::back(missed).into()).await;
                }
                Err(error) => tracing::warn!("a chat that is back is not told what it missed: {error}"),
            }
        }
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
                // What is shown in a channel is posted there.
                if (pressed.only_shows() && press.kind != ChatKind::Channel)
                    || self.may_change(&press.address, press.kind, &press.author).await? =>
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

        let (store, vocabulary, outlets) = (&self.store, &*self.profile.vocabulary, &self.profile.outlets);
        match pressed {
            Pressed::Topic(topic, on) => handlers::topics::pressed(store, vocabulary, at, topic, on, now).await,
            Pressed::Forget(sure) => handlers::forget::decided(store, at, sure).await,
            Pressed::Why(delivery) => {
                let message = handlers::why::pressed(Sources { store, vocabulary, outlets, now }, at, delivery).await?;
                Ok(vec![Answer::Say(message)])
            }
            Pressed::Hush(delivery) => handlers::mute_story::pressed(store, at, delivery, now).await,
            Pressed::HushOne(delivery) => handlers::mute_story::ask(store, at, delivery).await,
            Pressed::Calendar(meeting) => {
                Ok(vec![Answer::Say(handlers::meetings::calendar(store, meeting, now).await?)])
            }
            Pressed::Add(rule) => handlers::filter::add_pressed(store, vocabulary, outlets, at, rule, now).await,
            Pressed::UndoAdd(filter) => handlers::filter::undo_add(store, at, filter).await,
            Pressed::UndoEdit(filter, rule) => handlers::filter::undo_edit(store, vocabulary, at, filter, rule).await,
        }
    }

    async fn command(&self, incoming: &Incoming, command: Command, now: Timestamp) -> anyhow::Result<Message> {
        let (store, vocabulary, outlets) = (&self.store, &*self.profile.vocabulary, &self.profile.outlets);
        let at = &incoming.address;
        let sources = Sources { store, vocabulary, outlets, now };
        match command {
            Command::Start => handlers::start::handle(store, vocabulary, &self.profile.name, at, now).await,
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
                handlers::story::handle(sources, &self.profile.sides, at, incoming.reply_to.as_deref()).await
            }
            Command::Search(rule) => handlers::search::handle(store, vocabulary, outlets, at, &rule).await,
            Command::MeetingList => handlers::meetings::list(store, at, now).await,
            Command::MeetingRemind(on) => handlers::meetings::remind(store, at, on, now).await,
            Command::Timeline(days) => {
                handlers::timeline::handle(store, vocabulary, &self.profile.name, at, days, now).await
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
            Command::Help => Ok(reply::help(&self.profile.name).into()),
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
        let mut pages = text::pages(&message.text, self.messenger.limits().text_chars);
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
                SendError::RateLimited { retry_after_secs } if retry_after_secs <= LONGEST_WAIT_SECS => {
                    Duration::from_secs(retry_after_secs.max(1).unsigned_abs())
                }
                _ if error.is_outage() => FIRST_PAUSE,
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
