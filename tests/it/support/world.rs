//! The whole program in this process, driven step by step: a feed site, a Bot API, a database, and the loops' ticks.

use std::sync::Arc;
use std::time::Instant;

use chrono::Datelike;
use insta::internals::SettingsBindDropGuard;

use ceasewire::app::{self, Parts};
use ceasewire::chat::Messenger;
use ceasewire::chat::telegram::Telegram;
use ceasewire::config::{self, Settings, SettingsSource};
use ceasewire::store::{Claim, SendRecord, Store};
use ceasewire_model::attention::Attention;
use ceasewire_model::{Clock, Delivery, Platform, Tick, Timestamp};

use ceasewire_testkit::bot_api::{FakeBotApi, Sent};
use ceasewire_testkit::database::Database;
use ceasewire_testkit::feed_site::{FeedItem, FeedSite, Rss};

/// The user who plays the subscriber in most tests.
pub const USER: i64 = 7;

const SETTINGS: &str = "
[poller]
min_interval_secs = 1
max_interval_secs = 60
[telegram]
long_poll_secs = 1
[fetch]
allow_private_networks = true
timeout_secs = 5
[conflict]
profile_feeds = false
[delivery]
messages_per_second = 1000
send_timeout_secs = 2
lease_secs = 4
";

/// The outlets of most tests: id, name and country.
const OUTLETS: &[(&str, &str, &str)] = &[("wire", "The Wire", "GE"), ("post", "The Post", "US")];
/// Those outlets with the press of both sides and of a mediator.
const NATIONS: &[(&str, &str, &str)] = &[
    ("wire", "The Wire", "GE"),
    ("post", "The Post", "US"),
    ("yerevan", "Yerevan Daily", "AM"),
    ("baku", "Baku Daily", "AZ"),
    ("moscow", "Moscow Daily", "RU"),
];

pub struct World {
    pub api: FakeBotApi,
    pub site: FeedSite,
    pub store: Store,
    pub parts: Parts,
    pub settings: Settings,
    pub database: Database,
    /// The time of the next tick.
    pub now: Timestamp,
    /// While it lives, snapshots of this thread show neither ports nor the machine's time.
    _snapshots: SettingsBindDropGuard,
}

impl World {
    /// Starts with two empty, polled feeds, `/wire` and `/post`, and a connected bot.
    pub async fn new() -> Self {
        let world = Self::unpolled(0).await;
        world.publish("/wire", &[]);
        world.publish("/post", &[]);
        let mut world = world;
        world.poll().await;
        world
    }

    /// Starts before the first poll; the first fetch alerts for `backfill` entries.
    pub async fn unpolled(backfill: usize) -> Self {
        Self::unpolled_at(backfill, Timestamp::now()).await
    }

    /// Starts before the first poll, at another time.
    pub async fn unpolled_at(backfill: usize, now: Timestamp) -> Self {
        Self::built(backfill, now, OUTLETS, |_| Vec::new()).await
    }

    /// Starts with five empty, polled feeds, among them the press of both sides: `/wire`, `/post`, `/yerevan`, `/baku`,
    /// `/moscow`.
    pub async fn with_both_sides() -> Self {
        let mut world = Self::built(0, Timestamp::now(), NATIONS, |_| Vec::new()).await;
        for (outlet, ..) in NATIONS {
            world.publish(&format!("/{outlet}"), &[]);
        }
        world.poll().await;
        world
    }

    /// Starts with two empty, polled feeds. Chats may add feeds of the site, and the user is the operator.
    pub async fn with_chat_feeds() -> Self {
        Self::with_chat_feed_settings(&[]).await
    }

    /// As [`World::with_chat_feeds`], with more settings of the environment.
    pub async fn with_chat_feed_settings(env: &[(&str, &str)]) -> Self {
        let more = env.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect::<Vec<_>>();
        let mut world = Self::built(0, Timestamp::now(), OUTLETS, |site| {
            let port = site.url("").rsplit(':').next().unwrap().to_owned();
            let settings = vec![
                ("CEASEWIRE__FETCH__ALLOW_NETWORKS".into(), "[\"127.0.0.1/32\"]".into()),
                ("CEASEWIRE__FETCH__ALLOW_PORTS".into(), format!("[80, {port}]")),
                ("CEASEWIRE__CHATS__MAX_FEEDS".into(), "2".into()),
                ("CEASEWIRE__CHATS__OPERATORS".into(), format!("[{USER}]")),
            ];
            settings.into_iter().chain(more).collect()
        })
        .await;
        world.publish("/wire", &[]);
        world.publish("/post", &[]);
        world.poll().await;
        world
    }

    /// Starts with two empty, polled feeds whose articles' pages are fetched too.
    pub async fn full_text() -> Self {
        let mut world = Self::unpolled(0).await;
        for source in &mut world.settings.feeds {
            source.full_text = true;
        }
        world.store.sync_feeds(&world.settings.feeds, world.now).await.unwrap();
        world.publish("/wire", &[]);
        world.publish("/post", &[]);
        world.poll().await;
        world
    }

    async fn built(
        backfill: usize,
        now: Timestamp,
        outlets: &[(&str, &str, &str)],
        env: impl FnOnce(&FeedSite) -> Vec<(String, String)>,
    ) -> Self {
        let database = Database::new().await;
        let site = FeedSite::start().await;
        let api = FakeBotApi::start().await;
        let described = |(id, name, country): &(&str, &str, &str)| {
            let url = site.url(&format!("/{id}"));
            format!(
                "[[outlets]]\nid = \"{id}\"\nname = \"{name}\"\ncountry = \"{country}\"\n\
                 [[feeds]]\nurl = \"{url}\"\noutlet = \"{id}\"\n"
            )
        };
        let feeds: String = outlets.iter().map(described).collect();
        let settings = config::load(SettingsSource::Text("test", &format!("{SETTINGS}{feeds}")), env(&site)).unwrap();
        let store = app::open_store(&database.url, Some(&settings.feeds), now).await.unwrap();
        let telegram = Telegram::new(api.token().to_owned().into(), api.url().parse().unwrap(), 1, 2).unwrap();
        let messenger: Arc<dyn Messenger> = Arc::new(telegram);
        let parts = app::build(&settings, &store, &[messenger], Clock::System, backfill).unwrap();
        parts.platforms[0].bot.connect().await.unwrap();
        let is_present = now.0.abs_diff(Timestamp::now().0) < 365 * 86_400_000;
        Self { api, site, store, parts, settings, database, now, _snapshots: stable_snapshots(is_present) }
    }

    /// Builds the parts of another process on the database and the platform, with the present settings.
    pub async fn another_node(&self) -> Parts {
        self.node_at(Clock::System).await
    }

    /// Builds the parts of another process with another clock for replies.
    pub async fn node_at(&self, clock: Clock) -> Parts {
        // Processes share a PostgreSQL database; a SQLite file belongs to one.
        let shared = self.store.is_shared();
        let store = if shared { Store::open(&self.database.url).await.unwrap() } else { self.store.clone() };
        let telegram =
            Telegram::new(self.api.token().to_owned().into(), self.api.url().parse().unwrap(), 1, 2).unwrap();
        let messenger: Arc<dyn Messenger> = Arc::new(telegram);
        app::build(&self.settings, &store, &[messenger], clock, 0).unwrap()
    }

    /// Sets the items of a feed, newest first.
    pub fn publish(&self, path: &str, items: &[FeedItem]) {
        let feed = items.iter().cloned().fold(Rss::new("Feed"), Rss::item);
        self.site.set(path, feed.to_xml());
    }

    /// Lets a minute pass and polls the due feeds.
    pub async fn poll(&mut self) {
        self.now = self.now.plus_secs(61);
        self.parts.poller.tick(self.now).await.unwrap();
    }

    /// Sends all due deliveries. The world's clock runs meanwhile, since chats have their rate to the millisecond.
    pub async fn send(&self) {
        let began = Instant::now();
        let now = || Timestamp(self.now.0 + began.elapsed().as_millis() as i64);
        while self.parts.platforms[0].dispatcher.tick(now()).await.unwrap() != Tick::Idle {}
    }

    /// Polls and sends.
    pub async fn poll_and_send(&mut self) {
        self.poll().await;
        self.send().await;
    }

    /// Lets the bot process its updates.
    pub async fn process_updates(&self) {
        self.parts.platforms[0].bot.tick().await.unwrap();
    }

    /// Claims up to three deliveries for an hour, as the dispatcher does.
    pub async fn claim_deliveries(&self, attention: Attention) -> Vec<Delivery> {
        let claim = Claim {
            platform: Platform::Telegram,
            now: self.now,
            lease_secs: 3600,
            attention,
            limit: 3,
            busy: &[],
            ahead_ms: 0,
        };
        self.store.claim_due_deliveries(&claim).await.unwrap()
    }

    /// Marks a claimed delivery as in flight; returns `false` when the store refuses.
    pub async fn mark_in_flight(&self, delivery: &Delivery) -> bool {
        let mark = SendRecord::Intent { ids: vec![delivery.id], lease_until: delivery.lease_until };
        self.store.record_sends(&[mark]).await.unwrap() == [true]
    }

    /// Sends a command or a text from the user's private chat and returns the bot's replies.
    pub async fn send_command(&self, text: &str) -> String {
        let before = self.api.sent().len();
        self.api.user_says(USER, text);
        self.process_updates().await;
        self.texts_since(before).join("\n---\n")
    }

    /// Sends a text as a member of a group and returns the bot's replies.
    pub async fn send_group_command(&self, group: i64, user: i64, thread: Option<i64>, text: &str) -> String {
        let before = self.api.sent().len();
        self.api.group_says(group, user, thread, text);
        self.process_updates().await;
        self.texts_since(before).join("\n---\n")
    }

    /// Sends commands one after another and returns the script: each command, then the bot's replies to it.
    pub async fn converse(&self, commands: &[&str]) -> String {
        let mut script = Vec::new();
        for command in commands {
            let reply = self.send_command(command).await;
            script.push(format!("> {command}\n{}", reply.trim_end()));
        }
        script.join("\n\n")
    }

    /// Returns the buttons under the last message: label and callback data.
    pub fn buttons(&self) -> Vec<(String, String)> {
        buttons_of(&self.api.sent().pop().unwrap())
    }

    /// Presses the button with this label under the last message, as the user, and lets the bot answer.
    pub async fn press_button(&self, label: &str) {
        let message = self.api.sent().pop().unwrap();
        let buttons = self.buttons();
        let (_, data) = buttons.iter().find(|(other, _)| other == label).unwrap_or_else(|| panic!("{buttons:?}"));
        self.api.press(USER, message.message_id, message.chat_id, data);
        self.process_updates().await;
    }

    /// Presses the only button under the last message, as the user, and lets the bot answer.
    pub async fn press_only_button(&self) {
        let message = self.api.sent().pop().unwrap();
        let buttons = self.buttons();
        let [(_, data)] = buttons.as_slice() else { panic!("{buttons:?}") };
        self.api.press(USER, message.message_id, message.chat_id, data);
        self.process_updates().await;
    }

    /// Returns the texts of the messages after the first `before`.
    pub fn texts_since(&self, before: usize) -> Vec<String> {
        self.api.sent()[before..].iter().map(|sent| sent.plain.clone()).collect()
    }

    /// Lists the messages that begin with `start`. The first line counts without the event that it names behind the topics.
    pub fn messages_starting_with(&self, start: &str) -> Vec<Sent> {
        self.api.sent().into_iter().filter(|sent| without_event(&sent.plain).starts_with(start)).collect()
    }
}

/// Drops the event from an alert's first line: "Ceasefire" of "Ceasefire · Truce agreed (The Wire)".
fn without_event(text: &str) -> String {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let event = [" · Truce ", " · Meeting "].iter().find_map(|event| first.find(event));
    format!("{}\n{rest}", &first[..event.unwrap_or(first.len())])
}

/// Filters the parts of a snapshot that change from run to run: ports and, in a world of the present, its times.
fn stable_snapshots(is_present: bool) -> SettingsBindDropGuard {
    const MONTH: &str = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*";
    const WEEKDAY: &str = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*";
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"127\.0\.0\.1:\d+", "127.0.0.1:[port]");
    if is_present {
        let present = Timestamp::now().to_datetime();
        let years = [-1, 0, 1].map(|step| (present.year() + step).to_string()).join("|");
        let day = format!("(?:{WEEKDAY},? )?[0-9]{{1,2}} {MONTH}");
        // The hour of the next digest is a setting, and stays.
        settings.add_filter(&format!("The next one: {day},"), "The next one: [day],");
        // A row of a chart.
        settings.add_filter(&format!("(?m)^{WEEKDAY} +[0-9]{{1,2}} {MONTH} +"), "[date] ");
        settings.add_filter(&format!("{day} (?:{years})"), "[date]");
        settings.add_filter(&format!("{day},"), "[date],");
        settings.add_filter(&format!("{MONTH} [0-9]{{1,2}}\\b"), "[date]");
        settings.add_filter(r"\[date\],? [0-9]{2}:[0-9]{2}", "[date], [time]");
        settings.add_filter("(?m)(^|Changed |where it is )[0-9]{2}:[0-9]{2}\\b", "${1}[time]");
    }
    settings.bind_to_scope()
}

/// Joins the texts of messages.
pub fn plain_texts(messages: &[Sent]) -> String {
    messages.iter().map(|sent| sent.plain.as_str()).collect::<Vec<_>>().join("\n---\n")
}

/// Shows the labels of the buttons under a message, a row a line.
pub fn button_labels(sent: &Sent) -> String {
    let markup = sent.markup.clone().unwrap_or_default();
    let rows = markup["inline_keyboard"].as_array().cloned().unwrap_or_default();
    let label = |button: &serde_json::Value| format!("[{}]", button["text"].as_str().unwrap());
    let line = |row: &serde_json::Value| row.as_array().unwrap().iter().map(label).collect::<Vec<_>>().join(" ");
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Returns the buttons under a message: label and callback data.
pub fn buttons_of(sent: &Sent) -> Vec<(String, String)> {
    let markup = sent.markup.clone().unwrap_or_default();
    let rows = markup["inline_keyboard"].as_array().cloned().unwrap_or_default();
    let text = |button: &serde_json::Value, name: &str| button[name].as_str().unwrap().to_owned();
    let buttons = rows.iter().flat_map(|row| row.as_array().unwrap());
    buttons.map(|button| (text(button, "text"), text(button, "callback_data"))).collect()
}

/// Makes an item of a feed.
pub fn item(id: &str, title: &str, description: &str) -> FeedItem {
    FeedItem {
        guid: id.into(),
        link: format!("https://news.example/{id}"),
        title: title.into(),
        description: description.into(),
        ..FeedItem::default()
    }
}

/// A wire text that the topic "ceasefire" is about, long enough to be recognised when another outlet carries it.
pub const TRUCE: &str = "<p>The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon \
    on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of \
    the Red Cross.</p><p>Details will be settled later, Russia&rsquo;s foreign minister told reporters.</p>\
    <p>Read: Pipelines in danger as shells fall near Ganja</p>";
