//! /forget: nothing of the chat is left, in no row and in no byte of a SQLite store's files; other chats keep theirs.

use ceasewire::config::RetentionConfig;
use ceasewire::retention::Retention;
use ceasewire::store::Store;
use ceasewire_model::{Address, FeedOrigin, Platform, RuleId, SubscriberId, Tick, Timestamp};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::support::world::{TRUCE, World, item};
use ceasewire_testkit::database::Database;
use ceasewire_testkit::feed_site::Rss;

/// A chat with a number long enough to be searched for.
const CHAT: i64 = 731_845_209_377;
const OTHER: i64 = 8;

/// The bytes of everything that the database stores.
async fn stored_bytes(database: &Database) -> Vec<u8> {
    if !database.is_shared() {
        let path = database.url.strip_prefix("sqlite://").unwrap();
        let files = ["", "-wal", "-shm"].map(|suffix| std::fs::read(format!("{path}{suffix}")));
        return files.into_iter().flatten().flatten().collect();
    }
    let mut connection = PgConnection::connect(&database.url).await.unwrap();
    let list = "select tablename::text from pg_tables where schemaname = current_schema()";
    let tables: Vec<String> = sqlx::query_scalar(list).fetch_all(&mut connection).await.unwrap();
    let mut bytes = Vec::new();
    for table in tables {
        let sql = AssertSqlSafe(format!("select cast(t as text) from {table} t"));
        let rows: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap();
        bytes.extend(rows.join("\n").into_bytes());
    }
    bytes
}

/// The needles that the store has.
async fn found<'a>(database: &Database, needles: &'a [Vec<u8>]) -> Vec<String> {
    let bytes = stored_bytes(database).await;
    let has = |needle: &&'a Vec<u8>| memchr::memmem::find(&bytes, needle).is_some();
    needles.iter().filter(has).map(|needle| String::from_utf8_lossy(needle).into_owned()).collect()
}

async fn say(world: &World, chat: i64, text: &str) -> String {
    let before = world.api.sent().len();
    world.api.user_says(chat, text);
    world.process_updates().await;
    world.texts_since(before).join("\n---\n")
}

async fn forget(world: &World, chat: i64) {
    say(world, chat, "/forget").await;
    let question = world.api.sent().pop().unwrap();
    world.api.press(chat, question.message_id, chat, "forget:yes");
    world.process_updates().await;
}

fn publish(world: &World, path: &str, items: &[(&str, &str, &str)]) {
    let rss = items.iter().fold(Rss::new("Quillfeed"), |rss, (id, title, text)| rss.item(item(id, title, text)));
    world.site.set(path, rss.to_xml());
}

fn address(chat: i64) -> Address {
    Address { platform: Platform::Telegram, chat: chat.to_string(), thread: None }
}

#[tokio::test]
async fn no_byte_of_a_forgotten_chat_is_left() {
    let mut world = World::with_chat_feeds().await;
    say(&world, OTHER, "/filter add zanzibar OR karabakh").await;
    for command in ["/subscribe ceasefire", "/filter add vexillology", "/filter add numismatics", "/mute philately"] {
        say(&world, CHAT, command).await;
    }
    say(&world, CHAT, "/filter remove 2").await;
    let path = "/quill?token=HUSHTOKEN";
    publish(&world, path, &[("a", "Silent quagmire of old", "Text")]);
    say(&world, CHAT, &format!("/feed add {}", world.site.url(path))).await;
    world.poll().await;
    let long =
        format!("<p>A ceasefire near Xylophonia holds.</p>{}", "<p>Gobbledygook fills the pages.</p>".repeat(400));
    publish(&world, path, &[("b", "Quibblers agree on vexillology", &long), ("c", "Ceasefire in Wherever", TRUCE)]);
    world.publish("/wire", &[item("w", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    publish(&world, path, &[("b", "Quibblers agree on vexillology after all", &long)]);
    world.poll_and_send().await;

    let subscriber = world.store.find_subscriber(&address(CHAT)).await.unwrap().unwrap();
    let feed = world.store.list_chat_feeds(subscriber.id).await.unwrap().remove(0);
    let texts = [
        &CHAT.to_string(),
        "vexillology",
        "numismatics",
        "philately",
        "HUSHTOKEN",
        "/quill",
        "Quillfeed",
        "quagmire",
        "Quibblers",
        "Xylophonia",
        "Gobbledygook",
        "Wherever",
    ];
    let mut needles: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    if world.store.is_shared() {
        needles.extend([subscriber.id.to_string().into_bytes(), feed.id.to_string().into_bytes()]);
    } else {
        // SQLite stores ids as bytes, and a number of this size in six.
        needles.extend([subscriber.id.0.as_bytes().to_vec(), feed.id.0.as_bytes().to_vec()]);
    }
    let before = found(&world.database, &needles).await;
    assert_eq!(before.len(), needles.len(), "the search finds what is there: {before:?}");
    needles.push(CHAT.to_be_bytes()[2..].to_vec());

    forget(&world, CHAT).await;

    assert_eq!(found(&world.database, &needles).await, [""; 0]);
    assert!(world.store.list_feeds().await.unwrap().iter().all(|feed| feed.origin != FeedOrigin::Chat));
    // The other chat has its filter, and hears of the next article; the forgotten one does not.
    let before = world.api.sent().len();
    world.publish("/post", &[item("p", "Zanzibar vexillology ceasefire", "Vexillology and philately in Zanzibar.")]);
    world.poll_and_send().await;
    let chats: Vec<i64> = world.api.sent()[before..].iter().map(|sent| sent.chat_id).collect();
    assert_eq!(chats, [OTHER]);
}

#[tokio::test]
async fn removing_a_feed_deletes_it_when_no_chat_lists_it() {
    let mut world = World::with_chat_feeds().await;
    let path = "/quill?token=HUSHTOKEN";
    publish(&world, path, &[]);
    for chat in [CHAT, OTHER] {
        say(&world, chat, "/subscribe ceasefire").await;
        say(&world, chat, &format!("/feed add {}", world.site.url(path))).await;
    }
    world.poll().await;
    publish(&world, path, &[("q", "Quagmire ceasefire in Karabakh", TRUCE)]);
    world.poll_and_send().await;
    let needles = ["HUSHTOKEN", "Quagmire"].map(|text| text.as_bytes().to_vec());
    say(&world, CHAT, "/feed remove 1").await;
    assert_eq!(found(&world.database, &needles).await.len(), 2, "the other chat has it");
    say(&world, OTHER, "/feed remove 1").await;
    assert_eq!(found(&world.database, &needles).await, [""; 0]);
    // The address can be added again.
    assert!(say(&world, OTHER, &format!("/feed add {}", world.site.url(path))).await.starts_with("Added as number 1"));
}

#[tokio::test]
async fn a_removed_feed_makes_no_story_alert_twice() {
    let mut world = World::with_chat_feeds().await;
    say(&world, CHAT, "/subscribe ceasefire").await;
    publish(&world, "/quill", &[]);
    say(&world, CHAT, &format!("/feed add {}", world.site.url("/quill"))).await;
    world.poll().await;
    publish(&world, "/quill", &[("q", "Karabakh ceasefire agreed in Moscow", TRUCE)]);
    world.poll_and_send().await;
    world.publish("/wire", &[item("w", "Karabakh ceasefire agreed in Moscow", TRUCE)]);
    world.poll_and_send().await;
    say(&world, CHAT, "/feed remove 1").await;
    world.publish("/post", &[item("p", "Karabakh ceasefire agreed in Moscow", TRUCE)]);
    world.poll_and_send().await;
    let alerts = world.messages_starting_with("Ceasefire").into_iter().filter(|sent| sent.chat_id == CHAT).count();
    assert_eq!(alerts, 1);
}

#[tokio::test]
async fn a_chat_that_migrated_is_forgotten_whole() {
    let database = Database::new().await;
    let store = Store::open(&database.url).await.unwrap();
    let now = Timestamp::now();
    let (old, new) = (CHAT, CHAT + 1);
    let here = store.insert_subscriber(&address(old), now).await.unwrap().id;
    let there = store.insert_subscriber(&address(new), now).await.unwrap().id;
    for (subscriber, texts) in [(here, ["vexillology", "numismatics"]), (there, ["numismatics", "philately"])] {
        for text in texts {
            store.insert_rule(subscriber, None, text, now).await.unwrap();
        }
    }
    let seen = store.find_rules_revision().await.unwrap();
    store.migrate_chat(Platform::Telegram, &old.to_string(), &new.to_string()).await.unwrap();
    // A matcher that read all before the migration learns every change by the log.
    assert!(store.list_rule_changes(seen).await.unwrap().is_some());
    store.delete_subscriber(there).await.unwrap();
    assert!(store.list_rule_changes(seen).await.unwrap().is_some());
    let texts = [old.to_string(), "vexillology".into(), "numismatics".into(), "philately".into()];
    let needles: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
    assert_eq!(found(&database, &needles).await, [""; 0]);
}

#[tokio::test]
async fn the_pages_of_a_large_store_keep_no_forgotten_rule() {
    let database = Database::new().await;
    let store = Store::open(&database.url).await.unwrap();
    let now = Timestamp::now();
    let mut subscribers: Vec<SubscriberId> = Vec::new();
    for chat in 0..60 {
        subscribers.push(store.insert_subscriber(&address(CHAT + chat), now).await.unwrap().id);
    }
    // Rules of all chats mixed, so that pages split where rows of several chats stand.
    for rule in 0..30 {
        for (chat, &subscriber) in subscribers.iter().enumerate() {
            let text =
                format!("gobbledygook{rule} {}{}", "quagmire".repeat(rule % 7), if chat % 2 == 0 { "a" } else { "b" });
            store.insert_rule(subscriber, None, &text, now).await.unwrap();
        }
    }
    let rules: Vec<RuleId> = store.list_rules(subscribers[1]).await.unwrap().into_iter().map(|rule| rule.id).collect();
    for rule in rules.into_iter().step_by(2) {
        store.delete_rule(rule).await.unwrap();
    }
    for &subscriber in &subscribers {
        store.delete_subscriber(subscriber).await.unwrap();
    }
    let needles = ["gobbledygook", "quagmire", "7318452"].map(|text| text.as_bytes().to_vec());
    assert_eq!(found(&database, &needles).await, [""; 0]);
}

#[tokio::test]
async fn articles_of_chats_feeds_have_a_shorter_life() {
    let mut world = World::with_chat_feeds().await;
    say(&world, CHAT, "/subscribe ceasefire").await;
    publish(&world, "/quill", &[]);
    say(&world, CHAT, &format!("/feed add {}", world.site.url("/quill"))).await;
    world.poll().await;
    publish(&world, "/quill", &[("q", "Quagmire ceasefire", TRUCE), ("r", "Quibble about chess", "Text")]);
    world.publish("/wire", &[item("w", "Wirework of today", "Text")]);
    world.poll_and_send().await;
    let config = RetentionConfig { deliveries_days: 90, articles_days: 365, step_rows: 500 };
    let retention = Retention::new(world.store.clone(), config, 30);
    let needles = ["Quagmire", "Quibble", "Wirework"].map(|text| text.as_bytes().to_vec());
    retention.tick(world.now.plus_secs(29 * 86_400)).await.unwrap();
    assert_eq!(found(&world.database, &needles).await.len(), 3);
    retention.tick(world.now.plus_secs(31 * 86_400)).await.unwrap();
    let left = world.store.list_recent_articles(None, Timestamp(0), None, 10).await.unwrap();
    assert_eq!(left.iter().map(|article| article.title.as_str()).collect::<Vec<_>>(), ["Wirework of today"]);
    let subscriber = world.store.find_subscriber(&address(CHAT)).await.unwrap().unwrap();
    let own = world.store.list_recent_articles(Some(subscriber.id), Timestamp(0), None, 10).await.unwrap();
    assert_eq!(own.len(), 1);
}

#[tokio::test]
async fn a_crash_amid_a_removal_leaves_the_rest_to_retention() {
    let mut world = World::with_chat_feeds().await;
    publish(&world, "/quill", &[]);
    say(&world, CHAT, &format!("/feed add {}", world.site.url("/quill"))).await;
    world.poll().await;
    publish(&world, "/quill", &[("q", "Quagmire of today", "Text")]);
    world.poll().await;
    // The list's row is gone, and nothing else.
    let sql = "delete from chat_feeds";
    if world.store.is_shared() {
        let mut connection = PgConnection::connect(&world.database.url).await.unwrap();
        sqlx::query(sql).execute(&mut connection).await.unwrap();
    } else {
        let mut connection = sqlx::SqliteConnection::connect(&world.database.url).await.unwrap();
        sqlx::query(sql).execute(&mut connection).await.unwrap();
    }
    let config = RetentionConfig { deliveries_days: 90, articles_days: 365, step_rows: 500 };
    let retention = Retention::new(world.store.clone(), config, 30);
    while retention.tick(world.now).await.unwrap() != Tick::Idle {}
    let needles = ["Quagmire", "Quillfeed"].map(|text| text.as_bytes().to_vec());
    assert_eq!(found(&world.database, &needles).await, [""; 0]);
}

#[tokio::test]
async fn a_chats_feed_brings_bounded_bytes_a_day() {
    let mut world =
        World::with_chat_feed_settings(&[("CEASEWIRE__BUDGETS__CHAT_FEEDS__MAX_BYTES_PER_DAY", "10000")]).await;
    publish(&world, "/quill", &[]);
    say(&world, CHAT, &format!("/feed add {}", world.site.url("/quill"))).await;
    world.poll().await;
    let text = "A sentence of the quill. ".repeat(120);
    let titles = ["Roads of the north", "A harvest in the valley", "The old bridge", "Snow on the pass"];
    let items: Vec<(&str, &str, &str)> = titles.iter().map(|title| (*title, *title, text.as_str())).collect();
    publish(&world, "/quill", &items);
    let subscriber = world.store.find_subscriber(&address(CHAT)).await.unwrap().unwrap();
    for (later_secs, expected) in [(0, 3), (60, 3), (86_400, 4)] {
        world.now = world.now.plus_secs(later_secs);
        world.poll().await;
        let stored = world.store.list_recent_articles(Some(subscriber.id), Timestamp(0), None, 100).await.unwrap();
        assert_eq!(stored.len(), expected, "{later_secs}");
    }
}

#[tokio::test]
async fn a_chats_feed_brings_a_bounded_number_of_articles_a_day() {
    let mut world =
        World::with_chat_feed_settings(&[("CEASEWIRE__BUDGETS__CHAT_FEEDS__MAX_ARTICLES_PER_DAY", "3")]).await;
    publish(&world, "/quill", &[]);
    say(&world, CHAT, &format!("/feed add {}", world.site.url("/quill"))).await;
    say(&world, CHAT, "/filter add quagmire").await;
    world.poll().await;
    let titles: Vec<String> =
        (0..7).map(|number| format!("Quagmire number {number} of {}", "abcdefg".repeat(number + 1))).collect();
    let items: Vec<(String, &str)> =
        titles.iter().enumerate().map(|(id, title)| (id.to_string(), title.as_str())).collect();
    let items: Vec<(&str, &str, &str)> = items.iter().map(|(id, title)| (id.as_str(), *title, "Text")).collect();
    publish(&world, "/quill", &items);
    world.publish("/wire", &[item("1", "First of wire", "Text"), item("2", "Second of wire", "Text")]);
    let subscriber = world.store.find_subscriber(&address(CHAT)).await.unwrap().unwrap();
    let stored = async |world: &World| {
        world.store.list_recent_articles(Some(subscriber.id), Timestamp(0), None, 100).await.unwrap().len()
    };
    for _ in 0..3 {
        world.poll_and_send().await;
        assert_eq!(stored(&world).await, 3 + 2, "the wire has no such budget");
    }
    let listed = say(&world, CHAT, "/feed").await;
    assert!(listed.contains("Quillfeed has brought 3 articles in 24 hours"), "{listed}");
    // The rest comes on later days, although the feed's body is the same.
    for expected in [8, 9, 9] {
        world.now = world.now.plus_secs(86_400);
        world.poll_and_send().await;
        assert_eq!(stored(&world).await, expected);
    }
}
