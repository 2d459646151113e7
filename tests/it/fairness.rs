//! Chats that flood the bot, chats that the operator blocks, and commands that end the process: other chats are answered
//! and alerted nevertheless.

use std::sync::Arc;
use std::time::Duration;

use ceasewire::app::{self, PlatformParts};
use ceasewire::chat::telegram::Telegram;
use ceasewire::chat::{Limits, Messenger, Received, SendError};
use ceasewire::store::KeptUpdate;
use ceasewire_model::{Address, Clock, Message, Platform, Timestamp};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::support::world::{TRUCE, USER, World, item};
use ceasewire_testkit::bot_api::{Fault, RateLimits, Sent};

const GROUP: i64 = -1_001_000_000_001;
const STRANGER: i64 = 99;
/// Generous: the machine may be busy.
const SOON: Duration = Duration::from_secs(40);

/// A running bot with its dispatcher.
struct RunningBot {
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

impl RunningBot {
    fn start(PlatformParts { bot, dispatcher }: PlatformParts) -> Self {
        let stop = CancellationToken::new();
        let tasks =
            vec![tokio::spawn(Arc::new(bot).run(stop.clone())), tokio::spawn(Arc::new(dispatcher).run(stop.clone()))];
        Self { stop, tasks }
    }

    async fn stop(self) {
        self.stop.cancel();
        for task in self.tasks {
            task.await.unwrap();
        }
    }
}

/// Starts the world's bot at Telegram's rate, with Telegram's limits on.
async fn run_at_telegrams_rate(world: &mut World) -> RunningBot {
    world.settings.config.delivery.messages_per_second = 30;
    world.parts = world.another_node().await;
    world.api.limit(Some(RateLimits::default()));
    RunningBot::start(world.parts.platforms.remove(0))
}

async fn wait_for(world: &World, chat: i64, count: usize) -> Vec<Sent> {
    let of_chat = |sent: &[Sent]| sent.iter().filter(|sent| sent.chat_id == chat).cloned().collect::<Vec<_>>();
    world.api.wait_until(SOON, |state| of_chat(state.sent()).len() >= count).await.unwrap();
    of_chat(&world.api.sent())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_flood_of_a_group_delays_no_other_chat() {
    let mut world = World::new().await;
    world.api.add_group(GROUP, "Flood", false);
    let bot = run_at_telegrams_rate(&mut world).await;
    for number in 0..1100 {
        world.api.group_says(GROUP, 100 + number % 5, None, "/help");
    }
    wait_for(&world, GROUP, 1).await;
    let before = world.api.sent().len();
    world.api.user_says(USER, "/settings");
    wait_for(&world, USER, 1).await;
    let sent = world.api.sent();
    let answered = sent.iter().position(|sent| sent.chat_id == USER).unwrap();
    assert!(answered < before + 20, "{answered} messages, {before} before the question");
    // The bot reads on, and the group hears once that commands are left out.
    wait_for(&world, GROUP, 4).await;
    let reports = world.api.sent().iter().filter(|sent| sent.plain.contains("leave out")).count();
    assert_eq!(reports, 1);
    assert_eq!(world.api.too_many_served(), 0, "the answers keep the pace of the group");
    bot.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_hostile_chats_do_not_delay_the_answer_to_an_honest_one() {
    let mut world = World::new().await;
    let bot = run_at_telegrams_rate(&mut world).await;
    for number in 0..30 {
        for chat in 1000..1100 {
            world.api.user_says(chat, ["/help", "/settings", "/search truce", "/latest", "x"][number % 5]);
        }
    }
    world.api.wait_until(SOON, |state| state.sent().len() > 60).await.unwrap();
    for question in 0..3 {
        let before = world.api.sent().len();
        world.api.user_says(USER, ["/topics", "/latest", "/settings"][question]);
        wait_for(&world, USER, question + 1).await;
        let sent = world.api.sent();
        let answered = sent.iter().rposition(|sent| sent.chat_id == USER).unwrap();
        // Sixty messages are two seconds at this rate.
        assert!(answered < before + 60, "{answered} messages, {before} before question {question}");
    }
    bot.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_never_answer_hold_up_no_quick_command() {
    let mut world = World::with_chat_feeds().await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    world.settings.config.fetch.allow_ports.push(port);
    world.parts = world.another_node().await;
    let bot = RunningBot::start(world.parts.platforms.remove(0));
    for chat in 1000..1040 {
        world.api.user_says(chat, &format!("/feed add http://127.0.0.1:{port}/{chat}"));
    }
    world.api.user_says(USER, "/help");
    world.api.user_says(USER, "/search truce");
    wait_for(&world, USER, 2).await;
    assert_eq!(world.api.sent().iter().filter(|sent| sent.chat_id >= 1000).count(), 0);
    bot.stop().await;
}

#[tokio::test]
async fn a_blocked_chat_is_ignored_and_its_alerts_wait_until_the_block_ends() {
    let mut world = World::with_chat_feeds().await;
    let feed = world.site.url("/mine");
    world.publish("/mine", &[]);
    world.send_command("/subscribe ceasefire").await;
    world.send_command("/mute football").await;
    world.send_command(&format!("/feed add {feed}")).await;
    world.poll().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;

    let block = |store: ceasewire::store::Store| async move {
        store.block_chat(Platform::Telegram, &USER.to_string(), Timestamp::now()).await.unwrap()
    };
    assert!(block(world.store.clone()).await);
    assert!(!block(world.store.clone()).await);
    let before = world.api.sent().len();
    world.api.user_says(USER, "/help");
    world.process_updates().await;
    assert!(world.store.find_feed(&feed).await.unwrap().is_none(), "the feed rests");
    world.publish(
        "/wire",
        &[item("2", "Shusha truce broken by shelling near Karabakh", "<p>The truce was broken on Sunday.</p>")],
    );
    world.poll_and_send().await;
    assert_eq!(world.texts_since(before), [""; 0]);
    let [chat] = world.store.list_chats().await.unwrap().try_into().unwrap();
    assert_eq!((chat.rules, chat.mutes, chat.feeds, chat.blocked_at.is_some()), (1, 1, 1, true));

    assert!(world.store.unblock_chat(Platform::Telegram, &USER.to_string()).await.unwrap());
    assert!(!world.store.unblock_chat(Platform::Telegram, &USER.to_string()).await.unwrap());
    world.send().await;
    let alerts: Vec<String> = world.texts_since(before);
    assert!(alerts.len() == 1 && alerts[0].contains("Karabakh ceasefire agreed"), "{alerts:?}");
    assert!(world.store.find_feed(&feed).await.unwrap().is_some());
    world.publish(
        "/wire",
        &[item(
            "3",
            "Humanitarian ceasefire for Lachin begins on Monday, mediators say",
            "<p>Mediators in Moscow announced a humanitarian ceasefire for Lachin and Karabakh from Monday morning.</p>",
        )],
    );
    world.poll_and_send().await;
    assert_eq!(world.texts_since(before).len(), 2, "its rules match again");
    assert!(world.send_command("/mute").await.contains("football"));
}

#[tokio::test]
async fn a_block_follows_a_group_to_its_new_id() {
    let world = World::new().await;
    let new = -1_001_000_000_777;
    world.api.add_group(-500, "Desk", false);
    world.store.block_chat(Platform::Telegram, "-500", world.now).await.unwrap();
    let platform = world.another_node().await.platforms.remove(0);
    let bot = RunningBot::start(platform);
    world.api.migrate_group(-500, new);
    world.api.group_says(new, USER, None, "/help");
    world.api.user_says(USER, "/help");
    wait_for(&world, USER, 1).await;
    bot.stop().await;
    assert!(world.store.list_blocked_chats(Platform::Telegram).await.unwrap().contains(&new.to_string()));
    assert_eq!(world.api.sent().iter().filter(|sent| sent.chat_id == new).count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn updates_that_wait_at_a_stop_are_answered_after_the_next_start() {
    let mut world = World::new().await;
    let bot = run_at_telegrams_rate(&mut world).await;
    for _ in 0..9 {
        world.api.user_says(USER, "/settings");
    }
    // A private chat gets three answers at once, and then one a second.
    wait_for(&world, USER, 2).await;
    bot.stop().await;
    let answered = world.api.sent().len();
    assert!(answered < 9, "{answered} answers before the stop");
    let bot = RunningBot::start(world.another_node().await.platforms.remove(0));
    wait_for(&world, USER, 9).await;
    world.api.user_says(USER, "/help");
    let sent = wait_for(&world, USER, 10).await;
    assert!(sent[9].plain.contains("/subscribe"), "each update is answered once");
    bot.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_in_hand_when_the_process_died_is_set_aside() {
    let mut world = World::new().await;
    world.api.add_private(USER, "Reader");
    let account = "telegram:123456";
    let kept = KeptUpdate { number: 7, chat: USER.to_string(), command: Some("/search".into()), body: None };
    world.store.keep_updates(account, Uuid::now_v7(), &[kept], world.now).await.unwrap();
    let bot = RunningBot::start(world.parts.platforms.remove(0));
    let sent = wait_for(&world, USER, 1).await;
    assert_eq!(
        sent[0].plain,
        "I was interrupted while I worked on /search, and I do not try it again by myself. Please type it again if you \
         still need it."
    );
    bot.stop().await;
    assert_eq!(world.store.take_kept_updates(account, Uuid::now_v7()).await.unwrap(), []);
}

#[tokio::test]
async fn presses_of_a_member_ask_once_who_is_admin() {
    let world = World::new().await;
    world.api.add_group(GROUP, "Desk", false);
    world.api.set_admin(GROUP, USER);
    world.send_group_command(GROUP, USER, None, "/topics").await;
    let message = world.api.sent().pop().unwrap();
    let before = world.api.requests("getChatMember");
    for _ in 0..5 {
        world.api.press(STRANGER, message.message_id, GROUP, "on:ceasefire");
    }
    world.process_updates().await;
    assert_eq!(world.api.requests("getChatMember"), before + 1);
    assert_eq!(world.store.list_all_rules().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wait_that_telegram_asks_for_before_updates_is_kept() {
    let mut world = World::new().await;
    world.api.answer_always("getUpdates", Some(Fault::TooManyRequests { retry_after_secs: 600 }));
    let bot = RunningBot::start(world.parts.platforms.remove(0));
    let before = world.api.requests("getUpdates");
    world.api.wait_until(SOON, |state| state.requests("getUpdates") > before).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(world.api.requests("getUpdates"), before + 1);
    bot.stop().await;
}

#[tokio::test]
async fn large_articles_are_read_in_small_pages() {
    let mut world = World::new().await;
    let items: Vec<_> = ["Shusha", "Lachin", "Hadrut"]
        .into_iter()
        .map(|town| {
            let text = format!("<p>A truce near {town} holds.</p>").repeat(15_000);
            item(town, &format!("A truce near {town} holds today"), &text)
        })
        .collect();
    world.publish("/wire", &items);
    world.poll().await;
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let page = world.store.list_recent_articles(None, Timestamp(0), after, 100).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.seen_at, last.id));
        let bytes: usize = page.iter().map(|article| article.title.len() + article.text.len()).sum();
        assert!(page.len() == 1 || bytes <= 1_000_000, "{bytes}");
        pages.push(page.len());
    }
    assert_eq!(pages.iter().sum::<usize>(), 3);
    let headlines = world.store.list_recent_headlines(None, Timestamp(0), None, 100).await.unwrap();
    assert!(headlines.len() == 3 && headlines.iter().all(|article| article.text.is_empty()));
    assert!(world.send_command("/search lachin").await.contains("Lachin"));
}

/// A platform on which the check of an admin panics.
#[derive(Debug)]
struct Brittle(Telegram);

#[async_trait::async_trait]
impl Messenger for Brittle {
    fn platform(&self) -> Platform {
        self.0.platform()
    }

    fn limits(&self) -> Limits {
        self.0.limits()
    }

    async fn connect(&self, commands: &[(&str, String)]) -> Result<(), SendError> {
        self.0.connect(commands).await
    }

    fn bot_name(&self) -> Option<String> {
        self.0.bot_name()
    }

    fn chat_gap_ms(&self, chat: &str) -> i64 {
        self.0.chat_gap_ms(chat)
    }

    async fn probe(&self) -> Result<(), SendError> {
        self.0.probe().await
    }

    async fn send(&self, to: &Address, message: &Message) -> Result<String, SendError> {
        self.0.send(to, message).await
    }

    async fn edit(&self, at: &Address, message_id: &str, message: &Message) -> Result<(), SendError> {
        self.0.edit(at, message_id, message).await
    }

    async fn acknowledge(&self, press_id: &str, note: Option<&str>) -> Result<(), SendError> {
        self.0.acknowledge(press_id, note).await
    }

    fn account(&self) -> String {
        self.0.account()
    }

    async fn receive(&self, after: Option<i64>) -> Result<Vec<Received>, SendError> {
        self.0.receive(after).await
    }

    async fn is_admin(&self, _chat: &str, _user: &str) -> Result<bool, SendError> {
        panic!("a handler panics")
    }
}

#[tokio::test]
async fn a_panic_of_a_handler_is_answered_and_costs_nothing_else() {
    let mut world = World::new().await;
    let telegram = Telegram::new(world.api.token().to_owned().into(), world.api.url().parse().unwrap(), 1, 2).unwrap();
    let messenger: Arc<dyn Messenger> = Arc::new(Brittle(telegram));
    world.parts = app::build(&world.settings, &world.store, &[messenger], Clock::System, 0).unwrap();
    world.api.add_group(GROUP, "Desk", false);
    let bot = RunningBot::start(world.parts.platforms.remove(0));
    for _ in 0..2 {
        world.api.group_says(GROUP, USER, None, "/pause");
    }
    let sent = wait_for(&world, GROUP, 2).await;
    assert!(sent.iter().all(|sent| sent.plain.starts_with("Something went wrong")), "{sent:?}");
    world.api.group_says(GROUP, USER, None, "/settings");
    assert!(!wait_for(&world, GROUP, 3).await[2].plain.starts_with("Something went wrong"));
    bot.stop().await;
}

#[tokio::test]
async fn the_budget_of_filters_is_named_when_it_is_reached() {
    let mut world = World::new().await;
    world.settings.config.budgets.chats.max_filters = 1;
    world.settings.config.budgets.chats.max_mutes = 1;
    world.parts = world.another_node().await;
    world.parts.platforms[0].bot.connect().await.unwrap();
    let script = world.converse(&["/filter add shusha", "/filter add lachin", "/mute football", "/mute chess"]).await;
    assert!(script.contains("You can have 1 filters."), "{script}");
    assert!(script.contains("You can have 1 mutes."), "{script}");
}
