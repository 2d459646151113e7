//! Owns the state of the stand-in: chats, users, messages, updates, calls. It must not know HTTP, and takes checked
//! parameters only.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};

use super::{
    ApiRefusal,
    chance::Chance,
    faults::{FaultScript, known},
    files::SentFile,
    html::Entity,
    ledger::Ledger,
    limits::Limiter,
    params::Params,
};

/// The bot's own account, as in getMe.
pub const BOT_ID: i64 = 123_456;
/// The bot's user name, without the at sign.
pub const BOT_USERNAME: &str = "ceasewire_test_bot";

/// Ids below this belong to supergroups and channels, those between it and zero to basic groups.
const SUPERGROUPS_BELOW: i64 = -1_000_000_000_000;

/// A message of the bot, with its later edits.
#[derive(Clone, Debug)]
pub struct Sent {
    pub chat_id: i64,
    /// Its number, which counts from 1 in every chat.
    pub message_id: i64,
    /// The forum topic of the message.
    pub thread: Option<i64>,
    /// The text, or a file's caption, as the bot first sent it, markup included.
    pub text: String,
    /// The text as the subscriber first saw it: parsed, and without space at its ends.
    pub plain: String,
    /// The parse_mode it was first sent with.
    pub parse_mode: Option<String>,
    /// The formatting it was first sent with.
    pub entities: Vec<Entity>,
    /// The message it answers.
    pub reply_to: Option<i64>,
    /// Sent without a sound.
    pub silent: bool,
    /// When it arrived, for measuring pace.
    pub at: Instant,
    /// The text as the bot sent it last, in an edit or at first.
    pub current_text: String,
    /// The present text as the subscriber sees it.
    pub current_plain: String,
    /// The present formatting.
    pub current_entities: Vec<Entity>,
    /// The present keyboard.
    pub markup: Option<Value>,
    /// The file whose caption the text is.
    pub file: Option<SentFile>,
    /// The number of edits of its text or keyboard.
    pub edits: usize,
    /// The bot has deleted it.
    pub deleted: bool,
    pub(super) date: i64,
}

impl Sent {
    /// Lists the commands that Telegram makes tappable in the present text.
    pub fn commands(&self) -> Vec<String> {
        let text: Vec<char> = self.current_plain.chars().collect();
        let is_name = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
        let begins = |at: usize| {
            let before = at.checked_sub(1).map(|before| text[before]);
            text[at] == '/'
                && before.is_none_or(|before| !before.is_alphanumeric() && !matches!(before, '_' | '/' | '<' | '>'))
        };
        let commands =
            (0..text.len()).filter(|at| begins(*at)).map(|at| text[at + 1..].iter().take_while(|c| is_name(c)));
        commands.map(|name| name.collect::<String>()).filter(|name| !name.is_empty()).collect()
    }

    /// Returns the present buttons as JSON text; empty without any.
    pub fn markup_text(&self) -> String {
        self.markup.as_ref().map(Value::to_string).unwrap_or_default()
    }
}

/// The state of the server; `wait_until` passes it to its closure.
pub struct State {
    pub(super) chats: BTreeMap<i64, Chat>,
    pub(super) users: HashMap<i64, User>,
    pub(super) sent: Vec<Sent>,
    pub(super) sent_index: HashMap<(i64, i64), usize>,
    /// Callback queries that may be answered.
    pub(super) callbacks: BTreeSet<String>,
    /// Commands by scope and language.
    pub(super) commands: HashMap<String, Value>,
    pub(super) updates: VecDeque<(i64, Value)>,
    pub(super) next_update_id: i64,
    /// Empty means the default.
    pub(super) allowed_updates: Vec<String>,
    /// Counts getUpdates calls: only the latest may wait.
    pub(super) polls: u64,
    pub(super) faults: FaultScript,
    pub(super) limiter: Option<Limiter>,
    pub(super) chance: Option<Chance>,
    /// Replaces `sent` and `calls` under a load of many messages.
    pub(super) ledger: Option<Ledger>,
    calls: HashMap<&'static str, Vec<(Instant, Value)>>,
    /// Requests by method, whether `calls` has them or not.
    requests: HashMap<&'static str, usize>,
    pub(super) too_many_served: usize,
    /// The bytes that the bot took of the last answer without an end.
    pub(super) endless_bytes: usize,
}

pub(super) struct User {
    pub name: String,
    pub language: String,
}

pub(super) enum TelegramChatKind {
    Private,
    Group { forum: bool },
    Channel,
}

/// The people whom a group shows to administrators alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HiddenPeople {
    None,
    Members,
    MembersAndAdmins,
}

pub(super) struct Chat {
    pub id: i64,
    pub kind: TelegramChatKind,
    /// The title, or the name of the user.
    pub title: String,
    pub admins: BTreeSet<i64>,
    pub members: BTreeSet<i64>,
    /// The bot's own `ChatMember.status` here.
    pub bot_status: String,
    pub topics: BTreeSet<i64>,
    /// Topics where only administrators may write; General has number 1.
    pub closed_topics: BTreeSet<i64>,
    /// Members may not write at present.
    pub silenced: bool,
    /// The people hidden from bots without admin rights.
    pub hidden: HiddenPeople,
    /// The group that receives a channel's posts.
    pub linked_group: Option<i64>,
    pub migrated_to: Option<i64>,
    /// Message ids count from 1 in every chat, so that a bot that mixes up chats is found out.
    pub last_message_id: i64,
    pub deleted: BTreeSet<i64>,
}

impl State {
    pub(super) fn new() -> State {
        State {
            chats: BTreeMap::new(),
            users: HashMap::new(),
            sent: Vec::new(),
            sent_index: HashMap::new(),
            callbacks: BTreeSet::new(),
            commands: HashMap::new(),
            updates: VecDeque::new(),
            next_update_id: 1,
            allowed_updates: Vec::new(),
            polls: 0,
            faults: FaultScript::default(),
            limiter: None,
            chance: None,
            ledger: None,
            calls: HashMap::new(),
            requests: HashMap::new(),
            too_many_served: 0,
            endless_bytes: 0,
        }
    }

    /// Lists the messages sent by the bot, in order, deleted ones included.
    pub fn sent(&self) -> &[Sent] {
        &self.sent
    }

    /// Counts the requests to a method, refused ones included.
    pub fn requests(&self, method: &str) -> usize {
        self.requests.get(known(method)).copied().unwrap_or(0)
    }

    /// Lists the parameters of the requests to a method, in order; `null` stands for a body that could not be read.
    pub fn calls(&self, method: &str) -> Vec<Value> {
        self.calls.get(known(method)).into_iter().flatten().map(|(_, params)| params.clone()).collect()
    }

    /// Lists when the requests to a method arrived.
    pub fn call_times(&self, method: &str) -> Vec<Instant> {
        self.calls.get(known(method)).into_iter().flatten().map(|(at, _)| *at).collect()
    }

    /// Counts the answers 429 given.
    pub fn too_many_served(&self) -> usize {
        self.too_many_served
    }

    /// Counts the updates that no getUpdates has confirmed yet.
    pub fn pending_updates(&self) -> usize {
        self.updates.len()
    }

    /// Lists the commands and descriptions set for all chats and languages.
    pub fn commands(&self) -> Vec<(String, String)> {
        let text = |command: &Value, field: &str| command[field].as_str().unwrap_or_default().to_owned();
        let commands = self.commands.get(&commands_key(None, None)).and_then(Value::as_array);
        commands.into_iter().flatten().map(|c| (text(c, "command"), text(c, "description"))).collect()
    }

    /// Returns the light record of a load test.
    pub fn ledger(&self) -> Option<&Ledger> {
        self.ledger.as_ref()
    }

    pub(super) fn note_call(&mut self, method: &'static str, params: Option<&Params>, node: usize) {
        *self.requests.entry(method).or_default() += 1;
        match &mut self.ledger {
            Some(ledger) if method == "getUpdates" => ledger.note_poll(node),
            Some(_) => {}
            None => {
                let params = params.map_or(Value::Null, |params| Value::Object(params.clone()));
                self.calls.entry(method).or_default().push((Instant::now(), params));
            }
        }
    }

    /// Returns a chat that the test has made; panics at any other.
    pub(super) fn chat_mut(&mut self, chat_id: i64) -> &mut Chat {
        self.chats.get_mut(&chat_id).unwrap_or_else(|| panic!("no chat {chat_id}: add it first"))
    }

    /// Adds a user with a private chat, unless they exist.
    pub(super) fn add_user(&mut self, user_id: i64, name: Option<&str>) {
        let user = self
            .users
            .entry(user_id)
            .or_insert_with(|| User { name: format!("User {user_id}"), language: "en".to_owned() });
        if let Some(name) = name {
            user.name = name.to_owned();
        }
    }

    pub(super) fn add_chat(&mut self, id: i64, kind: TelegramChatKind, title: &str) -> &mut Chat {
        self.chats.entry(id).or_insert_with(|| {
            let mut chat = Chat {
                id,
                kind,
                title: title.to_owned(),
                admins: BTreeSet::new(),
                members: BTreeSet::new(),
                bot_status: String::new(),
                topics: BTreeSet::new(),
                closed_topics: BTreeSet::new(),
                silenced: false,
                hidden: HiddenPeople::None,
                linked_group: None,
                migrated_to: None,
                last_message_id: 0,
                deleted: BTreeSet::new(),
            };
            chat.readmit_bot();
            chat
        })
    }

    pub(super) fn add_private(&mut self, user_id: i64, name: Option<&str>) -> &mut Chat {
        self.add_user(user_id, name);
        let title = self.users[&user_id].name.clone();
        self.add_chat(user_id, TelegramChatKind::Private, &title)
    }

    /// Makes a group's successor with the same people, and lets the old id answer only where it went.
    pub(super) fn migrate(&mut self, old: i64, new: i64) {
        let Some(group) = self.chats.get_mut(&old) else { return };
        group.migrated_to = Some(new);
        let (title, admins, members) = (group.title.clone(), group.admins.clone(), group.members.clone());
        let status = group.bot_status.clone();
        let successor = self.add_chat(new, TelegramChatKind::Group { forum: false }, &title);
        (successor.admins, successor.members, successor.bot_status) = (admins, members, status);
    }

    /// Queues an update with the next id, if the bot has asked for its kind.
    pub(super) fn push_update(&mut self, mut update: Value) {
        let kind =
            update.as_object().and_then(|u| u.keys().find(|key| *key != "update_id")).cloned().unwrap_or_default();
        let by_default = !matches!(kind.as_str(), "chat_member" | "message_reaction" | "message_reaction_count");
        if if self.allowed_updates.is_empty() { by_default } else { self.allowed_updates.contains(&kind) } {
            update["update_id"] = json!(self.next_update_id);
            self.updates.push_back((self.next_update_id, update));
            self.next_update_id += 1;
        }
    }

    pub(super) fn user_json(&self, user_id: i64) -> Value {
        if user_id == BOT_ID {
            return json!({ "id": BOT_ID, "is_bot": true, "first_name": "Ceasewire", "username": BOT_USERNAME });
        }
        let user = self.users.get(&user_id);
        let name = user.map_or_else(|| format!("User {user_id}"), |user| user.name.clone());
        let language = user.map_or("en", |user| user.language.as_str());
        json!({
            "id": user_id, "is_bot": false, "first_name": name,
            "username": format!("user{user_id}"), "language_code": language,
        })
    }

    /// Writes a member with all the rights that its status calls for.
    pub(super) fn member_json(&self, user_id: i64, status: &str) -> Value {
        let mut member = json!({ "user": self.user_json(user_id), "status": status });
        let flags: &[&str] = match status {
            "creator" => &[],
            "administrator" => &[
                "can_be_edited can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members",
                "can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories",
                "can_delete_stories can_post_messages can_edit_messages can_pin_messages can_manage_topics",
            ],
            "restricted" => &[
                "is_member can_send_messages can_send_audios can_send_documents can_send_photos can_send_videos",
                "can_send_video_notes can_send_voice_notes can_send_polls can_send_other_messages",
                "can_add_web_page_previews can_change_info can_invite_users can_pin_messages can_manage_topics",
            ],
            _ => &[],
        };
        for flag in flags.iter().flat_map(|line| line.split(' ')) {
            member[flag] = json!(true);
        }
        match status {
            "creator" | "administrator" => member["is_anonymous"] = json!(false),
            "restricted" | "kicked" => member["until_date"] = json!(0),
            _ => {}
        }
        member
    }

    pub(super) fn chat_json(&self, chat_id: i64) -> Value {
        self.chats.get(&chat_id).map_or(Value::Null, Chat::to_json)
    }

    /// Writes one of the bot's messages as it stands now.
    pub(super) fn message_json(&self, sent: &Sent) -> Value {
        let chat = self.chat_json(sent.chat_id);
        let mut message = json!({
            "message_id": sent.message_id, "date": sent.date, "chat": chat,
        });
        let (text, entities) = match &sent.file {
            Some(file) => {
                file.write_to(&mut message);
                ("caption", "caption_entities")
            }
            None => ("text", "entities"),
        };
        if !sent.current_plain.is_empty() {
            message[text] = json!(sent.current_plain);
        }
        if chat["type"] == "channel" {
            message["sender_chat"] = chat;
        } else {
            message["from"] = self.user_json(BOT_ID);
        }
        if !sent.current_entities.is_empty() {
            message[entities] = sent.current_entities.iter().map(Entity::to_json).collect();
        }
        if sent.edits > 0 {
            message["edit_date"] = json!(now());
        }
        if let Some(thread) = sent.thread {
            message["message_thread_id"] = json!(thread);
            message["is_topic_message"] = json!(true);
        }
        // Other markups than an inline keyboard are not shown in a message.
        if let Some(markup) = sent.markup.as_ref().filter(|markup| markup["inline_keyboard"].is_array()) {
            message["reply_markup"] = markup.clone();
        }
        message
    }
}

impl Chat {
    pub(super) fn type_name(&self) -> &'static str {
        match self.kind {
            TelegramChatKind::Private => "private",
            TelegramChatKind::Channel => "channel",
            TelegramChatKind::Group { .. } if self.id < SUPERGROUPS_BELOW => "supergroup",
            TelegramChatKind::Group { .. } => "group",
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let mut chat = json!({ "id": self.id, "type": self.type_name() });
        match self.kind {
            TelegramChatKind::Private => {
                chat["first_name"] = json!(self.title);
                chat["username"] = json!(format!("user{}", self.id));
            }
            TelegramChatKind::Group { forum: true } => {
                chat["title"] = json!(self.title);
                chat["is_forum"] = json!(true);
            }
            TelegramChatKind::Group { forum: false } | TelegramChatKind::Channel => chat["title"] = json!(self.title),
        }
        chat
    }

    /// Makes the bot a member again, in a channel an administrator, since only those can be there.
    pub(super) fn readmit_bot(&mut self) {
        let is_channel = matches!(self.kind, TelegramChatKind::Channel);
        self.bot_status = if is_channel { "administrator" } else { "member" }.to_owned();
    }

    /// Returns Telegram's reason why the bot cannot write here, by the kind of chat.
    pub(super) fn admits_bot(&self) -> Result<(), ApiRefusal> {
        if let Some(new) = self.migrated_to {
            return Err(ApiRefusal::migrated(new));
        }
        let kind = self.type_name();
        match (self.bot_status.as_str(), kind) {
            ("kicked", "private") => Err(ApiRefusal::forbidden("bot was blocked by the user")),
            ("kicked", _) => Err(ApiRefusal::forbidden(&format!("bot was kicked from the {kind} chat"))),
            ("left", _) => Err(ApiRefusal::forbidden(&format!("bot is not a member of the {kind} chat"))),
            ("member", "channel") => Err(ApiRefusal::bad_request("need administrator rights in the channel chat")),
            _ => Ok(()),
        }
    }

    /// Returns Telegram's reason why the bot cannot write in a topic, or in the main thread of a chat.
    pub(super) fn admits_message(&self, thread: Option<i64>) -> Result<(), ApiRefusal> {
        self.admits_bot()?;
        if self.bot_status == "administrator" {
            return Ok(());
        }
        if self.silenced {
            return Err(ApiRefusal::bad_request("not enough rights to send text messages to the chat"));
        }
        if self.closed_topics.contains(&thread.unwrap_or(1)) {
            return Err(ApiRefusal::bad_request("TOPIC_CLOSED"));
        }
        Ok(())
    }

    pub(super) fn new_message_id(&mut self) -> i64 {
        self.last_message_id += 1;
        self.last_message_id
    }

    /// Checks that the chat has a message with this number, from any author.
    pub(super) fn has_message(&self, message_id: i64) -> bool {
        (1..=self.last_message_id).contains(&message_id) && !self.deleted.contains(&message_id)
    }

    pub(super) fn status_of(&self, user_id: i64) -> &str {
        match self.kind {
            _ if user_id == BOT_ID => &self.bot_status,
            TelegramChatKind::Private if user_id == self.id => "member",
            _ if self.admins.contains(&user_id) => "administrator",
            _ if self.members.contains(&user_id) => "member",
            _ => "left",
        }
    }
}

/// Returns the key of the commands of a scope and a language.
pub(super) fn commands_key(scope: Option<&Value>, language: Option<&Value>) -> String {
    let default = json!({ "type": "default" });
    format!("{} {}", scope.unwrap_or(&default), language.and_then(Value::as_str).unwrap_or_default())
}

/// Returns the present time in Unix seconds.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
