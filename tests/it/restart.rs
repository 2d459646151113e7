//! The real binary, killed at the worst moments.

use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use crate::support::program::{self, Running};
use crate::support::world::{TRUCE, USER, item};
use ceasewire_testkit::bot_api::{FakeBotApi, Fault, Sent};
use ceasewire_testkit::database::Database;
use ceasewire_testkit::feed_site::{FeedItem, FeedSite, Rss};

/// Long enough for a busy machine; nothing waits this long when all is well.
pub const SOON: Duration = Duration::from_secs(30);

/// The two servers, a database and a configuration for programs to work with.
pub struct Stage {
    pub api: FakeBotApi,
    pub site: FeedSite,
    config: PathBuf,
    pub database: Database,
    _folder: TempDir,
}

impl Stage {
    pub async fn new() -> Self {
        let (api, site, database) = (FakeBotApi::start().await, FeedSite::start().await, Database::new().await);
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("ceasewire.toml");
        let text = format!(
            "[database]\nurl = \"{}\"\n[telegram]\napi_url = \"{}\"\n[poller]\nmin_interval_secs = 1\nmax_interval_secs = 2\n[articles]\nburst = 1000\n\
             [fetch]\nallow_private_networks = true\ntimeout_secs = 1\n[conflict]\nprofile_feeds = false\n[delivery]\nmessages_per_second = 1000\nsend_timeout_secs = 1\n\
             lease_secs = 2\n[[feeds]]\nurl = \"{}\"\noutlet = \"wire\"\n",
            database.url,
            api.url(),
            site.url("/wire")
        );
        std::fs::write(&config, text).unwrap();
        let stage = Self { api, site, config, database, _folder: folder };
        stage.publish(&[]);
        stage
    }

    /// Adds lines to the end of the configuration: settings of the feed.
    pub fn add_settings(&self, lines: &str) {
        let text = std::fs::read_to_string(&self.config).unwrap();
        std::fs::write(&self.config, text + lines).unwrap();
    }

    pub fn config_path(&self) -> &str {
        self.config.to_str().unwrap()
    }

    pub fn publish(&self, items: &[FeedItem]) {
        self.site.set("/wire", items.iter().cloned().fold(Rss::new("Wire"), Rss::item).to_xml());
    }

    pub fn start(&self) -> Running {
        Running::start(&self.config, Some(self.api.token()))
    }

    /// The command that runs the program.
    pub fn command(&self) -> std::process::Command {
        self.command_with("")
    }

    /// The command that runs the program with more settings.
    pub fn command_with(&self, settings: &str) -> std::process::Command {
        let text = std::fs::read_to_string(&self.config).unwrap();
        let config = self.config.with_file_name("more.toml");
        std::fs::write(&config, format!("{text}{settings}")).unwrap();
        let mut command = program::command();
        command.arg("run").arg("--config").arg(config).env("TELOXIDE_TOKEN", self.api.token());
        command
    }

    /// A program that does a part of the work.
    pub fn start_as(&self, roles: &str) -> Running {
        Running::start_with(&self.config, Some(self.api.token()), &["--roles", roles])
    }

    /// Starts a program with a configuration without feeds.
    pub fn start_without_feeds_as(&self, roles: &str) -> Running {
        let text = std::fs::read_to_string(&self.config).unwrap();
        let config = self.config.with_file_name("without-feeds.toml");
        std::fs::write(&config, text.split("[[feeds]]").next().unwrap()).unwrap();
        Running::start_with(&config, Some(self.api.token()), &["--roles", roles])
    }

    /// Starts a program, which polls the empty feed, with a subscriber to ceasefires and the Minsk Group.
    pub async fn subscribed(&self) -> Running {
        let program = self.start();
        self.subscribe().await;
        program
    }

    /// Lets the user subscribe with the programs that run.
    pub async fn subscribe(&self) {
        self.site.wait_for_hits("/wire", 1, SOON).await.unwrap();
        self.api.user_says(USER, "/start");
        let greeting = self.api.wait_for_sent(1, SOON).await.unwrap().remove(0);
        self.api.press(USER, greeting.message_id, USER, "on:ceasefire");
        self.api.user_says(USER, "/filter add \"Minsk Group\"");
        self.api.wait_for_sent(2, SOON).await.unwrap();
        // The answer to the press comes after its edit; both before the next command is answered.
        assert_eq!(self.api.requests("answerCallbackQuery"), 1);
        // A poll that began after the answers means that the feed has been seeded.
        let hits = self.site.hits("/wire").len();
        self.site.wait_for_hits("/wire", hits + 2, SOON).await.unwrap();
    }

    pub fn alerts(&self) -> usize {
        self.api.sent().iter().filter(|sent| sent.plain.starts_with("Ceasefire")).count()
    }

    pub async fn wait_for_alerts(&self, count: usize) {
        let reached = self.api.wait_until(SOON, |state| {
            state.sent().iter().filter(|sent| sent.plain.starts_with("Ceasefire")).count() >= count
        });
        reached.await.unwrap_or_else(|late| panic!("{late}: {} of {count} alerts", self.alerts()));
    }

    /// Lists the numbers of the ceasefires in each message, with its note on a possible duplicate.
    pub fn sent_ceasefires(&self) -> Vec<(usize, bool)> {
        list_ceasefires(&self.api.sent())
    }

    /// Waits for messages of the first `count` ceasefires.
    pub async fn wait_for_ceasefires(&self, count: usize) {
        let reached = self.api.wait_until(SOON, |state| {
            let told = list_ceasefires(state.sent());
            (0..count).all(|number| told.iter().any(|(other, _)| *other == number))
        });
        reached.await.unwrap_or_else(|late| panic!("{late}: {} of {count} ceasefires", self.sent_ceasefires().len()));
    }

    /// Waits until the program has polled and had time to send: two polls after now.
    pub async fn two_polls_later(&self) {
        let hits = self.site.hits("/wire").len();
        self.site.wait_for_hits("/wire", hits + 3, SOON).await.unwrap();
    }
}

fn list_ceasefires(sent: &[Sent]) -> Vec<(usize, bool)> {
    let numbers = |sent: &Sent| {
        let mut numbers: Vec<usize> = sent
            .plain
            .split("ceasefire number ")
            .skip(1)
            .filter_map(|rest| rest.split(' ').next()?.parse().ok())
            .collect();
        numbers.dedup();
        numbers
    };
    let repeat = |sent: &Sent| sent.plain.contains("possible repeat");
    sent.iter().flat_map(|sent| numbers(sent).into_iter().map(|number| (number, repeat(sent)))).collect()
}

pub fn ceasefire() -> FeedItem {
    item("1", "Armenia and Azerbaijan agree to a ceasefire", TRUCE)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_comes_once_and_not_again_after_kill_and_restart() {
    let stage = Stage::new().await;
    let mut program = stage.subscribed().await;
    stage.publish(&[ceasefire()]);
    stage.wait_for_alerts(1).await;
    stage.two_polls_later().await;
    program.kill();
    let _program = stage.start();
    stage.two_polls_later().await;
    assert_eq!(stage.alerts(), 1);
    // The subscriber is still there.
    stage.publish(&[item("2", "Minsk Group statement", "<p>The Minsk Group spoke on Karabakh.</p>"), ceasefire()]);
    stage
        .api
        .wait_until(SOON, |state| state.sent().iter().any(|sent| sent.plain.starts_with("\"Minsk Group\"")))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_before_the_send_delays_the_alert() {
    let stage = Stage::new().await;
    let mut program = stage.subscribed().await;
    let held = stage.api.hold("sendMessage");
    stage.publish(&[ceasefire()]);
    stage.api.wait_for_held("sendMessage", 1, SOON).await.unwrap();
    program.kill();
    held.discard();
    assert_eq!(stage.alerts(), 0);
    let _program = stage.start();
    stage.wait_for_alerts(1).await;
    stage.two_polls_later().await;
    assert_eq!(stage.alerts(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_before_the_record_repeats_the_alert() {
    let stage = Stage::new().await;
    let mut program = stage.subscribed().await;
    // Telegram has the message, the program never hears of it.
    stage.api.answer_next("sendMessage", Fault::Delay(Duration::from_secs(60)));
    stage.publish(&[ceasefire()]);
    stage.wait_for_alerts(1).await;
    program.kill();
    let _program = stage.start();
    stage.wait_for_alerts(2).await;
    stage.two_polls_later().await;
    assert_eq!(stage.alerts(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_while_storing_loses_and_doubles_nothing() {
    let stage = Stage::new().await;
    let mut program = stage.subscribed().await;
    let items: Vec<FeedItem> = (0..200)
        .map(|number| item(&number.to_string(), &format!("Karabakh ceasefire number {number} was agreed today"), ""))
        .collect();
    stage.publish(&items);
    // Storing two hundred articles takes far longer than to see that they were fetched.
    let hits = stage.site.hits("/wire").len();
    stage.site.wait_for_hits("/wire", hits + 1, SOON).await.unwrap();
    program.kill();
    let before = stage.sent_ceasefires().len();
    assert!(before < 200);
    let _program = stage.start();
    stage.wait_for_ceasefires(200).await;
    stage.two_polls_later().await;
    // Only messages in flight at the kill came again, with the note.
    let mut told = stage.sent_ceasefires();
    let twice = told.len() - 200;
    assert!(twice <= told.iter().filter(|(_, repeat)| *repeat).count(), "{before} before the restart, {twice} twice");
    told.sort();
    told.dedup_by_key(|(number, _)| *number);
    assert_eq!(told.len(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_stops_the_program_after_the_send_in_flight() {
    let stage = Stage::new().await;
    let mut program = stage.subscribed().await;
    stage.api.answer_next("sendMessage", Fault::Delay(Duration::from_millis(700)));
    stage.publish(&[ceasefire()]);
    stage.wait_for_alerts(1).await;
    let (status, took) = program.terminate();
    assert!(status.success(), "{}", program.log());
    assert!(took < Duration::from_secs(10), "{took:?}");
    let _program = stage.start();
    stage.two_polls_later().await;
    assert_eq!(stage.alerts(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_are_not_run_again_after_a_restart() {
    let stage = Stage::new().await;
    for kill in [false, true] {
        let mut program = stage.start();
        let before = stage.api.sent().len();
        stage.api.user_says(USER, "/filter add shusha");
        stage.api.user_says(USER, "/filter add lachin");
        stage.api.user_says(USER, "/filter remove 1");
        stage.api.wait_for_sent(before + 3, SOON).await.unwrap();
        if kill {
            program.kill();
        } else {
            program.terminate();
        }
        let mut program = stage.start();
        stage.api.user_says(USER, "/filter");
        let sent = stage.api.wait_for_sent(before + 4, SOON).await.unwrap();
        insta::allow_duplicates! {
            insta::assert_snapshot!(sent.last().unwrap().plain, @"
            Your filters
            1. lachin
            Change one with /filter edit, its number and a rule; remove one with /filter remove and its number.
            ");
        }
        stage.api.user_says(USER, "/filter remove 1");
        stage.api.wait_for_sent(before + 5, SOON).await.unwrap();
        program.terminate();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_whose_answer_is_slow_keeps_nobody_waiting() {
    let stage = Stage::new().await;
    let _program = stage.start();
    stage.api.answer_next("sendMessage", Fault::Delay(Duration::from_secs(60)));
    stage.api.user_says(8, "/help");
    stage.api.wait_for_sent(1, SOON).await.unwrap();
    stage.api.user_says(9, "/help");
    stage
        .api
        .wait_until(Duration::from_secs(20), |state| state.sent().iter().any(|sent| sent.chat_id == 9))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_group_moves_before_its_supergroup_is_answered() {
    const GROUP: i64 = -500;
    const SUPERGROUP: i64 = -1_001_000_000_500;
    // The bot knows for a while that the first one is an admin.
    const OTHER_ADMIN: i64 = 8;
    let stage = Stage::new().await;
    let _program = stage.start();
    stage.api.add_group(GROUP, "Desk", false);
    stage.api.set_admin(GROUP, USER);
    stage.api.set_admin(GROUP, OTHER_ADMIN);
    stage.api.group_says(GROUP, USER, None, "/filter add shusha");
    stage.api.wait_for_sent(1, SOON).await.unwrap();
    // A command in the group waits to hear who is an admin, and what the group says of its end waits for that.
    let guard = stage.api.hold("getChatMember");
    stage.api.group_says(GROUP, OTHER_ADMIN, None, "/filter add lachin");
    stage.api.wait_for_held("getChatMember", 1, SOON).await.unwrap();
    stage.api.migrate_group(GROUP, SUPERGROUP);
    stage.api.group_says(SUPERGROUP, USER, None, "/filter");
    let sent = stage.api.wait_for_sent(2, SOON).await.unwrap().remove(1);
    assert_eq!(sent.chat_id, SUPERGROUP);
    insta::assert_snapshot!(sent.plain, @"
    Your filters
    1. shusha
    Change one with /filter edit, its number and a rule; remove one with /filter remove and its number.
    ");
    drop(guard);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_is_in_no_line_of_the_log() {
    let stage = Stage::new().await;
    let mut program = stage.subscribed().await;
    stage.api.answer_always("getUpdates", Some(Fault::Html(502)));
    stage.api.answer_next("sendMessage", Fault::LostAnswer);
    stage.publish(&[ceasefire()]);
    stage.wait_for_alerts(2).await;
    program.terminate();
    let log = program.log();
    let secret = stage.api.token().split(':').nth(1).unwrap();
    assert!(log.contains("message not sent") && log.contains("no answer") && !log.contains(secret), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_the_platform_without_end_is_cut_off() {
    let stage = Stage::new().await;
    let program = stage.subscribed().await;
    // The bound of request.rs, and what sockets and buffers hold beside it.
    let most = (16 << 20) + (12 << 20);
    let cut_off = |count: usize| {
        let (log, bytes) = (program.log(), stage.api.endless_bytes());
        assert_eq!(log.matches("the answer is longer than any answer of the Bot API").count(), count, "{log}");
        assert!(bytes > 16 << 20 && bytes <= most, "{bytes} bytes were taken");
    };
    stage.api.answer_next("getUpdates", Fault::Endless);
    program.wait_for_log("updates not received", SOON).await;
    cut_off(1);
    stage.api.user_says(USER, "/filter");
    let answered =
        stage.api.wait_until(SOON, |state| state.sent().iter().any(|sent| sent.plain.starts_with("Your filters")));
    answered.await.unwrap();
    // The message comes again, as after any lost answer.
    stage.api.answer_next("sendMessage", Fault::Endless);
    stage.publish(&[ceasefire()]);
    program.wait_for_log("message not sent", SOON).await;
    cut_off(2);
    stage.wait_for_alerts(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_on_one_postgresql_send_each_alert_once() {
    let stage = Stage::new().await;
    if !stage.database.is_shared() {
        return;
    }
    let _first = stage.subscribed().await;
    let _second = stage.start();
    stage.two_polls_later().await;
    let items: Vec<FeedItem> = (0..40)
        .map(|number| item(&number.to_string(), &format!("Karabakh ceasefire number {number} was agreed today"), ""))
        .collect();
    stage.publish(&items);
    stage.wait_for_ceasefires(40).await;
    stage.two_polls_later().await;
    assert_eq!(stage.sent_ceasefires().len(), 40);
}
