//! The whole program in this process, driven step by step: a feed site, a Bot API, a database, and the loops' ticks.

use std::sync::Arc;
use std::time::Instant;

use ceasewire::app::{self, Parts};
use ceasewire::chat::Messenger;
use ceasewire::chat::telegram::Telegram;
use ceasewire::config::{self, Settings, SettingsSource};
use ceasewire::store::{Claim, SendRecord, Store};
use ceasewire_model::attention::Attention;
use ceasewire_model::{Clock, Delivery, Platform, Tick, Timestamp};

use super::bot_api::{FakeBotApi, Sent};
use super::database::Database;
use super::feed_site::{FeedSite, Item, Rss};

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

/// Id, name and country of the outlets of most tests.
const OUTLETS: &[(&str, &str, &str)] = &[("wire", "The Wire", "GE"), ("post", "The Post", "US")];
/// The same with the press of both sides, and of a mediator.
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
    /// The time that the next tick is told.
    pub now: Timestamp,
}

impl World {
    /// Two feeds, `/wire` and `/post`, that were polled while they were empty, and a bot that is connected.
    pub async fn new() -> Self {
        let world = Self::unpolled(0).await;
        world.publish("/wire", &[]);
        world.publish("/post", &[]);
        let mut world = world;
        world.poll().await;
        world
    }

    /// The same before the first poll, with a number of entries that the first fetch alerts.
    pub async fn unpolled(backfill: usize) -> Self {
        Self::unpolled_at(backfill, Timestamp::now()).await
    }

    /// The same, begun at another time.
    pub async fn unpolled_at(backfill: usize, now: Timestamp) -> Self {
        Self::built(backfill, now, OUTLETS, |_| Vec::new()).await
    }

    /// Five empty feeds that were polled, among them the press of both sides: `/wire`, `/post`, `/yerevan`, `/baku`, `/moscow`.
    pub async fn of_nations() -> Self {
        let mut world = Self::built(0, Timestamp::now(), NATIONS, |_| Vec::new()).await;
        for (outlet, ..) in NATIONS {
            world.publish(&format!("/{outlet}"), &[]);
        }
        world.poll().await;
        world
    }

    /// Two empty feeds that were polled, and chats that may add feeds of the site, whose user is the operator too.
    pub async fn open_to_strangers() -> Self {
        let mut world = Self::built(0, Timestamp::now(), OUTLETS, |site| {
            let port = site.url("").rsplit(':').next().unwrap().to_owned();
            vec![
                ("CEASEWIRE__FETCH__ALLOW_NETWORKS".into(), "[\"127.0.0.1/32\"]".into()),
                ("CEASEWIRE__FETCH__ALLOW_PORTS".into(), format!("[80, {port}]")),
                ("CEASEWIRE__CHATS__MAX_FEEDS".into(), "2".into()),
                ("CEASEWIRE__CHATS__OPERATORS".into(), format!("[{USER}]")),
            ]
        })
        .await;
        world.publish("/wire", &[]);
        world.publish("/post", &[]);
        world.poll().await;
        world
    }

    /// Two empty feeds that were polled, whose articles' pages are read too.
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
        Self { api, site, store, parts, settings, database, now }
    }

    /// The parts of another process on the same database and the same platform, with the settings as they are now.
    pub async fn another_node(&self) -> Parts {
        self.node_at(Clock::System).await
    }

    /// The same with another clock for answers to people.
    pub async fn node_at(&self, clock: Clock) -> Parts {
        // Processes share a PostgreSQL database; a SQLite file belongs to one.
        let shared = self.store.is_shared();
        let store = if shared { Store::open(&self.database.url).await.unwrap() } else { self.store.clone() };
        let telegram =
            Telegram::new(self.api.token().to_owned().into(), self.api.url().parse().unwrap(), 1, 2).unwrap();
        let messenger: Arc<dyn Messenger> = Arc::new(telegram);
        app::build(&self.settings, &store, &[messenger], clock, 0).unwrap()
    }

    /// Sets what a feed holds, newest first.
    pub fn publish(&self, path: &str, items: &[Item]) {
        let feed = items.iter().cloned().fold(Rss::new("Feed"), Rss::item);
        self.site.set(path, feed.to_xml());
    }

    /// Lets a minute pass and polls what is due.
    pub async fn poll(&mut self) {
        self.now = self.now.plus_secs(61);
        self.parts.poller.tick(self.now).await.unwrap();
    }

    /// Sends what is due, until nothing is. The time that this takes passes, since a chat's pace is kept to the millisecond.
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

    /// Lets the bot answer what has been said or pressed.
    pub async fn answer(&self) {
        self.parts.platforms[0].bot.tick().await.unwrap();
    }

    /// Takes up to three deliveries in hand for an hour, as a sender does.
    pub async fn claim(&self, attention: Attention) -> Vec<Delivery> {
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

    /// Has a delivery in hand leave, as far as the store knows; `false` when it may not.
    pub async fn leaves(&self, delivery: &Delivery) -> bool {
        let mark = SendRecord::Intent { ids: vec![delivery.id], lease_until: delivery.lease_until };
        self.store.record_sends(&[mark]).await.unwrap() == [true]
    }

    /// Says something in the user's private chat and returns what the bot says to it.
    pub async fn say(&self, text: &str) -> String {
        let before = self.api.sent().len();
        self.api.user_says(USER, text);
        self.answer().await;
        self.answers_since(before).join("\n---\n")
    }

    /// The buttons under the last message, each with what it carries.
    pub fn buttons(&self) -> Vec<(String, String)> {
        buttons_of(&self.api.sent().pop().unwrap())
    }

    /// Has the user press the button with this label under the last message, and lets the bot answer.
    pub async fn press_button(&self, label: &str) {
        let message = self.api.sent().pop().unwrap();
        let buttons = self.buttons();
        let (_, data) = buttons.iter().find(|(other, _)| other == label).unwrap_or_else(|| panic!("{buttons:?}"));
        self.api.press(USER, message.message_id, message.chat_id, data);
        self.answer().await;
    }

    /// Has the user press the only button under the last message, and lets the bot answer.
    pub async fn press_only_button(&self) {
        let message = self.api.sent().pop().unwrap();
        let buttons = self.buttons();
        let [(_, data)] = buttons.as_slice() else { panic!("{buttons:?}") };
        self.api.press(USER, message.message_id, message.chat_id, data);
        self.answer().await;
    }

    /// The texts of the messages sent since there were `before`.
    pub fn answers_since(&self, before: usize) -> Vec<String> {
        self.api.sent()[before..].iter().map(|sent| sent.plain.clone()).collect()
    }

    /// The messages sent that begin with `start`.
    pub fn sent_starting(&self, start: &str) -> Vec<Sent> {
        self.api.sent().into_iter().filter(|sent| sent.plain.starts_with(start)).collect()
    }
}

/// The buttons under a message, each with what it carries.
pub fn buttons_of(sent: &Sent) -> Vec<(String, String)> {
    let markup = sent.markup.clone().unwrap_or_default();
    let rows = markup["inline_keyboard"].as_array().cloned().unwrap_or_default();
    let text = |button: &serde_json::Value, name: &str| button[name].as_str().unwrap().to_owned();
    let buttons = rows.iter().flat_map(|row| row.as_array().unwrap());
    buttons.map(|button| (text(button, "text"), text(button, "callback_data"))).collect()
}

/// A news item.
pub fn item(id: &str, title: &str, description: &str) -> Item {
    Item {
        guid: id.into(),
        link: format!("https://news.example/{id}"),
        title: title.into(),
        description: description.into(),
        ..Item::default()
    }
}

/// A wire text that the topic "ceasefire" is about, long enough to be recognised when another outlet carries it.
pub const TRUCE: &str = "<p>The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon \
    on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of \
    the Red Cross.</p><p>Details will be settled later, Russia&rsquo;s foreign minister told reporters.</p>\
    <p>Read: Pipelines in danger as shells fall near Ganja</p>";
