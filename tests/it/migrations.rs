//! Stores of earlier versions, opened by this program: no row is lost, values are renamed, and every state is counted.
//! And the registry of subscribers' data against the real schema.

use std::collections::{BTreeMap, BTreeSet};

use ceasewire::health::HealthMonitor;
use ceasewire::store::{OnChatMigration, OnForget, OnMerge, SUBSCRIBER_COLUMNS, SUBSCRIBER_TABLES, Store, StoreError};
use ceasewire::web;
use ceasewire_model::attention::{Digests, Quiet, RuleAttention};
use ceasewire_model::event::MeetingStatus;
use ceasewire_model::{
    Address, ArticleId, CrashHistory, DateNote, DeliveryId, DeliveryState, FeedId, FeedOrigin, FeedTrouble, MeetingId,
    PendingMove, Platform, SilentReason, Subscriber, SubscriberId, Timestamp, VerdictName,
};
use regex::{Captures, Regex};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use ceasewire_testkit::database::Database;

/// The rows that each version adds.
const SAMPLES: [&str; 15] = [
    include_str!("../fixtures/migrations/0001.sql"),
    include_str!("../fixtures/migrations/0002.sql"),
    include_str!("../fixtures/migrations/0003.sql"),
    include_str!("../fixtures/migrations/0004.sql"),
    include_str!("../fixtures/migrations/0005.sql"),
    // The sixth only renames.
    "",
    include_str!("../fixtures/migrations/0007.sql"),
    include_str!("../fixtures/migrations/0008.sql"),
    // The ninth adds an index and deletes.
    "",
    include_str!("../fixtures/migrations/0010.sql"),
    include_str!("../fixtures/migrations/0011.sql"),
    include_str!("../fixtures/migrations/0012.sql"),
    include_str!("../fixtures/migrations/0014.sql"),
    include_str!("../fixtures/migrations/0015.sql"),
    include_str!("../fixtures/migrations/0018.sql"),
];
const CHAT: &str = "-100";
const OTHER_CHAT: &str = "-200";

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// A connection beside the store's, for statements that the store does not have.
pub enum RawConnection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl RawConnection {
    pub async fn open(database: &Database) -> Self {
        if database.is_shared() {
            Self::Postgres(PgConnection::connect(&database.url).await.unwrap())
        } else {
            Self::Sqlite(SqliteConnection::connect(&database.url).await.unwrap())
        }
    }

    /// The statements with this database's literals for `uuid(N)` and `bytes(HEX)`.
    fn literals(&self, sql: &str) -> String {
        let uuids = Regex::new(r"\buuid\((\d+)\)").unwrap();
        let bytes = Regex::new(r"\bbytes\(([0-9a-f]+)\)").unwrap();
        let uuid = |found: &Captures<'_>| {
            let uuid = id(found[1].parse().unwrap());
            match self {
                Self::Sqlite(_) => format!("x'{}'", uuid.simple()),
                Self::Postgres(_) => format!("'{uuid}'::uuid"),
            }
        };
        let byte = |found: &Captures<'_>| match self {
            Self::Sqlite(_) => format!("x'{}'", &found[1]),
            Self::Postgres(_) => format!("'\\x{}'::bytea", &found[1]),
        };
        bytes.replace_all(&uuids.replace_all(sql, uuid), byte).into_owned()
    }

    pub async fn run(&mut self, sql: &str) {
        let sql = AssertSqlSafe(self.literals(sql));
        match self {
            Self::Sqlite(connection) => sqlx::raw_sql(sql).execute(connection).await.map(|_| ()).unwrap(),
            Self::Postgres(connection) => sqlx::raw_sql(sql).execute(connection).await.map(|_| ()).unwrap(),
        }
    }

    /// The first column of a query, as text.
    async fn texts(&mut self, sql: &str) -> Vec<Option<String>> {
        let sql = AssertSqlSafe(self.literals(sql));
        match self {
            Self::Sqlite(connection) => sqlx::query_scalar(sql).fetch_all(connection).await.unwrap(),
            Self::Postgres(connection) => sqlx::query_scalar(sql).fetch_all(connection).await.unwrap(),
        }
    }

    async fn names(&mut self, sql: &str) -> BTreeSet<String> {
        self.texts(sql).await.into_iter().flatten().collect()
    }

    async fn tables(&mut self) -> BTreeSet<String> {
        let mut tables = match self {
            Self::Sqlite(_) => self.names("select name from sqlite_master where type = 'table'").await,
            Self::Postgres(_) => {
                self.names("select tablename::text from pg_tables where schemaname = current_schema()").await
            }
        };
        tables.remove("_sqlx_migrations");
        tables
    }

    async fn columns(&mut self, table: &str) -> BTreeSet<String> {
        let sql = match self {
            Self::Sqlite(_) => format!("select name from pragma_table_info('{table}')"),
            Self::Postgres(_) => format!(
                "select column_name::text from information_schema.columns
                where table_schema = current_schema() and table_name = '{table}'"
            ),
        };
        self.names(&sql).await
    }

    async fn count(&mut self, from: &str) -> i64 {
        let sql = format!("select cast(count(*) as text) from {from}");
        self.texts(&sql).await.remove(0).unwrap().parse().unwrap()
    }

    /// The number of rows of each table.
    async fn counts(&mut self) -> BTreeMap<String, i64> {
        let mut counts = BTreeMap::new();
        for table in self.tables().await {
            let count = self.count(&table).await;
            counts.insert(table, count);
        }
        counts
    }
}

/// A database of an earlier version with rows in every table.
async fn database_of_version(version: usize) -> (Database, RawConnection) {
    let database = Database::new().await;
    for (number, sample) in (1..).zip(&SAMPLES[..version]) {
        Store::open_at_step(&database.url, number).await.unwrap().close().await;
        RawConnection::open(&database).await.run(sample).await;
    }
    let connection = RawConnection::open(&database).await;
    (database, connection)
}

/// What the metrics of a store say of its deliveries.
async fn delivery_metrics(store: &Store) -> Vec<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut connection = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let stop = CancellationToken::new();
    let health = HealthMonitor::new(store.clone(), None).reports();
    let server = tokio::spawn(web::serve(listener, store.clone(), health, std::sync::Arc::default(), stop.clone()));
    connection.write_all(b"GET /metrics HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    stop.cancel();
    server.await.unwrap().unwrap();
    answer.lines().filter_map(|line| line.strip_prefix("ceasewire_deliveries")).map(str::to_owned).collect()
}

async fn find(store: &Store, chat: &str) -> Option<Subscriber> {
    let address = Address { platform: Platform::Telegram, chat: chat.to_owned(), thread: None };
    store.find_subscriber(&address).await.unwrap()
}

#[tokio::test]
async fn a_store_of_every_earlier_version_keeps_its_rows() {
    for version in 1..=SAMPLES.len() {
        let (database, mut connection) = database_of_version(version).await;
        let before = connection.counts().await;
        assert!(before.values().all(|&count| count > 0), "version {version} has an empty table: {before:?}");
        let store = Store::open(&database.url).await.unwrap();
        let after = connection.counts().await;
        for (table, count) in before {
            let name = match table.as_str() {
                // Version 4 compares articles in memory.
                "story_keys" => continue,
                "senders" => "leader_leases",
                "receivers" => "receiver_leases",
                name => name,
            };
            assert_eq!(after.get(name), Some(&count), "{table} of version {version}");
        }
        check_first_rows(&store).await;
        check_deliveries(&store, version).await;
        if version >= 2 {
            check_second_rows(&store).await;
        }
        if version >= 3 {
            check_third_rows(&store).await;
        }
        if version >= 4 {
            check_fourth_rows(&store).await;
        }
        if version >= 5 {
            check_fifth_rows(&store, &mut connection).await;
        }
        if version >= 7 {
            check_seventh_rows(&store).await;
        }
        if version >= 8 {
            check_eighth_rows(&store).await;
        }
        if version >= 10 {
            check_tenth_rows(&store).await;
        }
        if version >= 11 {
            check_eleventh_rows(&store).await;
        }
        if version >= 12 {
            let feed = store.find_feed("https://wire.example/rss").await.unwrap().unwrap();
            let times = (feed.validators.read_at, feed.validators.distrusted_at);
            assert_eq!(times, (Some(Timestamp(4200)), Some(Timestamp(4100))));
        }
        if version >= 13 {
            let feed = store.find_feed("https://post.example/rss").await.unwrap().unwrap();
            assert_eq!(feed.crashes.page_set_aside.as_deref(), Some("https://post.example/5"));
            let troubles = connection.texts("select trouble from rules where trouble is not null").await;
            assert_eq!(troubles, [Some("unreadable".to_owned())]);
        }
        if version >= 14 {
            check_version_rows(&store).await;
        }
    }
}

async fn check_first_rows(store: &Store) {
    let feed = store.find_feed("https://wire.example/rss").await.unwrap().unwrap();
    assert_eq!((feed.outlet.as_str(), feed.language.as_deref(), feed.interval_secs), ("wire", Some("en"), Some(300)));
    assert_eq!(
        (feed.validators.etag.as_deref(), feed.body_hash.as_deref()),
        (Some("\"abc\""), Some([0, 255].as_slice()))
    );
    assert_eq!((feed.failures, feed.last_error.as_deref()), (2, Some("timeout")));
    assert_eq!(feed.seeded_at, Some(Timestamp(1000)));
    assert!(store.find_feed("https://old.example/rss").await.unwrap().is_none());
    let article = store.find_article(ArticleId(id(201))).await.unwrap().unwrap();
    assert_eq!((article.title.as_str(), article.topics.join(",")), ("Truce agreed", "ceasefire,karabakh".to_owned()));
    let key = std::array::from_fn(|place| place as u8);
    assert_eq!(store.find_article_keys("wire", feed.id, &[key]).await.unwrap()[&key], article.id);
    assert_eq!(store.list_articles_by_keys(&[key]).await.unwrap(), [article.id]);
    assert!(store.find_article_keys("post", FeedId(id(999)), &[key]).await.unwrap().is_empty());
    let other = find(store, OTHER_CHAT).await.unwrap();
    assert_eq!((other.id, other.paused_at), (SubscriberId(id(302)), Some(Timestamp(600))));
    let rules = store.list_rules(SubscriberId(id(301))).await.unwrap();
    assert_eq!((rules[0].topic.as_deref(), rules[0].text.as_str()), (Some("ceasefire"), "topic:ceasefire"));
    assert_eq!(store.list_rules(other.id).await.unwrap()[0].text, "shusha");
    let receiver =
        store.claim_receiver_lease("telegram:1", id(903), Timestamp(9999), Timestamp(10_000), Timestamp(11_000));
    assert_eq!(receiver.await.unwrap().unwrap().handled, Some(42));
}

async fn check_deliveries(store: &Store, version: usize) {
    let cancelled = if version < 4 { 1 } else { 2 };
    let (pending, sent) = if version < 4 { (1, 1) } else { (2, 2) };
    let expected = [("pending", pending), ("parked", 1), ("sent", sent), ("failed", 1), ("cancelled", cancelled)];
    let expected = expected.map(|(state, count)| format!("{{state=\"{state}\"}} {count}"));
    assert_eq!(delivery_metrics(store).await, expected, "version {version}");
    let states = [
        (301, 501, DeliveryState::Pending),
        (301, 502, DeliveryState::Sent),
        (301, 503, DeliveryState::Failed),
        (301, 504, DeliveryState::Cancelled),
        (302, 505, DeliveryState::Parked),
    ];
    for (subscriber, delivery, state) in states {
        let found = store.find_delivery(SubscriberId(id(subscriber)), DeliveryId(id(delivery))).await.unwrap().unwrap();
        assert_eq!(found.state, state);
    }
    let sent = store.find_delivery_sent_as(SubscriberId(id(301)), "77").await.unwrap().unwrap();
    assert_eq!(sent.sent_at, Some(Timestamp(1500)));
}

async fn check_second_rows(store: &Store) {
    let changes = store.list_rule_changes(5).await.unwrap().unwrap();
    assert_eq!(changes.iter().map(|change| change.text.as_str()).collect::<Vec<_>>(), ["lachin", "football"]);
    let mutes = store.list_mutes(SubscriberId(id(301))).await.unwrap();
    assert_eq!(mutes[0].text, "football");
    assert!(store.find_silent_reason(ArticleId(id(202))).await.unwrap().is_some());
    assert!(store.is_match_muted(ArticleId(id(202)), SubscriberId(id(301))).await.unwrap());
}

async fn check_third_rows(store: &Store) {
    let feed = store.find_feed("https://wire.example/rss").await.unwrap().unwrap();
    assert_eq!((feed.origin, feed.trouble), (FeedOrigin::Config, Some(FeedTrouble::Failing)));
    assert_eq!((feed.title.as_deref(), feed.full_text), (Some("Wire"), true));
    assert_eq!((feed.hints.every_secs, feed.hints.skip_hours, feed.hints.skip_days), (Some(3600), 3, 96));
    let post = store.find_feed("https://post.example/rss").await.unwrap().unwrap();
    assert_eq!((post.origin, post.trouble), (FeedOrigin::Operator, Some(FeedTrouble::Silent)));
    let own = store.list_chat_feeds(SubscriberId(id(301))).await.unwrap();
    assert_eq!(own[0].origin, FeedOrigin::Chat);
    let reasons = [(202, SilentReason::FirstFetch, DateNote::Zoneless), (203, SilentReason::TooOld, DateNote::Future)];
    for (article, reason, note) in reasons {
        let article = ArticleId(id(article));
        assert_eq!(store.find_silent_reason(article).await.unwrap(), Some(reason));
        assert_eq!(store.find_article(article).await.unwrap().unwrap().date_note, Some(note));
    }
    let changes = store.list_article_changes(ArticleId(id(201)), Timestamp(0)).await.unwrap();
    assert_eq!(changes[0].figures[0].new, "5");
    assert!(store.find_outlet_lines("wire").await.unwrap().is_some());
}

async fn check_fourth_rows(store: &Store) {
    let meeting = |meeting| store.find_meeting(MeetingId(id(meeting)));
    assert_eq!(meeting(801).await.unwrap().unwrap().status, MeetingStatus::Planned);
    assert_eq!(meeting(802).await.unwrap().unwrap().status, MeetingStatus::Postponed);
    let subscriber = find(store, CHAT).await.unwrap();
    assert!(subscriber.reminders && subscriber.loud_updates);
}

async fn check_fifth_rows(store: &Store, connection: &mut RawConnection) {
    let preferences = find(store, CHAT).await.unwrap().preferences;
    assert_eq!(preferences.quiet, Some(Quiet { from: 1380, until: 420, lets_urgent: false }));
    assert_eq!((preferences.digests, preferences.hourly_cap), (Digests::Daily(1230), Some(5)));
    let rules = store.list_rules(SubscriberId(id(301))).await.unwrap();
    let attentions: Vec<Option<RuleAttention>> = rules.iter().map(|rule| rule.attention).collect();
    assert_eq!(attentions, [Some(RuleAttention::Urgent), Some(RuleAttention::Digest)]);
    assert_eq!(store.count_story_mutes(SubscriberId(id(301))).await.unwrap(), 1);
    for verdict in VerdictName::ALL {
        assert_eq!(store.count_attempts(DeliveryId(id(501)), verdict).await.unwrap(), 1, "{verdict:?}");
    }
    let kinds = connection.texts("select kind from deliveries where id in (uuid(506), uuid(507)) order by id").await;
    assert_eq!(kinds, [Some("update".to_owned()), Some("day-before".to_owned())]);
    let flying = "select cast(possible_duplicates as text) from deliveries where in_flight and queued_since = 1200";
    assert_eq!(connection.texts(flying).await, [Some("2".to_owned())]);
    assert_eq!(store.find_leader_block("telegram:1").await.unwrap(), Timestamp(7200));
    let times = "select cast(blocked_until + next_slot_at as text) from subscribers where id = uuid(301)";
    assert_eq!(connection.texts(times).await, [Some("14100".to_owned())]);
}

async fn check_seventh_rows(store: &Store) {
    let feed = store.find_feed("https://wire.example/rss").await.unwrap().unwrap();
    let (reading_since, last_at) = (Some(Timestamp(6000)), Some(Timestamp(5500)));
    let crashes = CrashHistory { reading_since, count: 2, last_at, ..CrashHistory::default() };
    assert_eq!((feed.crashes, feed.scheduled_at), (crashes, Some(Timestamp(4500))));
    let pending = PendingMove { to: "https://other.example/rss".into(), since: Timestamp(4000), polls: 3 };
    assert_eq!(feed.relocation.pending, Some(pending));
    let clock = store.find_retention_clock(Timestamp(9000)).await.unwrap();
    assert_eq!((clock.trusted_at, clock.ahead), (Timestamp(7000), Some((Timestamp(8000), Timestamp(8500)))));
}

async fn check_eighth_rows(store: &Store) {
    let blocked = store.list_blocked_chats(Platform::Telegram).await.unwrap();
    assert!(blocked.contains("-666") && blocked.len() == 1);
    let kept = store.take_kept_updates("telegram:1", id(999)).await.unwrap();
    let kept: Vec<_> = kept.iter().map(|kept| (kept.number, kept.command.as_deref(), kept.body.as_deref())).collect();
    assert_eq!(kept, [(43, Some("filter add"), None), (44, None, Some("{\"update_id\":44}"))]);
}

async fn check_tenth_rows(store: &Store) {
    let key = std::array::from_fn(|place| 15 - place as u8);
    for (outlet, article) in [("post", 203), ("wire", 201)] {
        let feed = store.find_feed(&format!("https://{outlet}.example/rss")).await.unwrap().unwrap();
        let found = store.find_article_keys(outlet, feed.id, &[key]).await.unwrap();
        assert_eq!(found[&key], ArticleId(id(article)), "{outlet}");
    }
    assert_eq!(store.find_article(ArticleId(id(203))).await.unwrap().unwrap().links_to.as_deref(), Some("wire"));
}

async fn check_eleventh_rows(store: &Store) {
    let feed = store.find_feed("https://wire.example/rss").await.unwrap().unwrap();
    assert_eq!((feed.stats.too_old, feed.stats.too_old_in_a_row), (5, 2));
    assert_eq!(store.count_too_old().await.unwrap(), [("wire".to_owned(), 5)]);
    assert_eq!(store.count_feeds().await.unwrap().failing, 1);
}

async fn check_version_rows(store: &Store) {
    let article = ArticleId(id(201));
    let known = store.list_known_articles(&[article]).await.unwrap().remove(0);
    assert_eq!((known.guid.as_deref(), known.entry_form), (Some("tag:wire.example,2020:1"), Some(-5)));
    let version = store.find_version(article, 7).await.unwrap().unwrap();
    assert_eq!((version.title.as_str(), version.ended_at), ("Truce near", Timestamp(6500)));
    assert_eq!((version.sentences.len(), version.news), (8, vec!["The truce begins at noon.".to_owned()]));
}

#[tokio::test]
async fn a_name_of_another_version_is_an_error() {
    let (database, mut connection) = database_of_version(5).await;
    let store = Store::open(&database.url).await.unwrap();
    connection.run("update deliveries set state = 'recalled' where id = uuid(502)").await;
    let error = store.count_deliveries().await.unwrap_err();
    assert!(error.to_string().contains("unknown delivery state \"recalled\""), "{error}");
    assert!(store.find_delivery(SubscriberId(id(301)), DeliveryId(id(502))).await.is_err());
    connection.run("update subscribers set digest = 'weekly' where id = uuid(301)").await;
    let address = Address { platform: Platform::Telegram, chat: CHAT.to_owned(), thread: None };
    assert!(matches!(store.find_subscriber(&address).await, Err(StoreError::UnknownName(_))));
}

#[tokio::test]
async fn the_registry_names_every_subscriber_table_and_column() {
    let database = Database::new().await;
    let store = Store::open(&database.url).await.unwrap();
    let mut connection = RawConnection::open(&database).await;
    let mut tables = BTreeSet::new();
    for table in connection.tables().await {
        if connection.columns(&table).await.contains("subscriber_id") {
            tables.insert(table);
        }
    }
    let registered: BTreeSet<String> = SUBSCRIBER_TABLES.iter().map(|table| table.name.to_owned()).collect();
    assert_eq!(registered, tables, "src/store/subscriber_tables.rs must say what becomes of a table's rows");
    let columns = connection.columns("subscribers").await;
    let registered: BTreeSet<String> = SUBSCRIBER_COLUMNS.iter().map(|column| column.name.to_owned()).collect();
    assert_eq!(registered, columns, "src/store/subscriber_tables.rs must say what becomes of a column");
    store.close().await;
}

#[tokio::test]
async fn a_chat_migration_moves_every_table_and_fills_every_setting() {
    let (database, mut connection) = database_of_version(5).await;
    let store = Store::open(&database.url).await.unwrap();
    connection.run("update subscribers set paused_at = 650, suspended_at = null where id = uuid(301)").await;
    connection
        .run(
            "insert into subscribers (id, platform, chat, thread, blocked_until, created_at)
        values (uuid(303), 'telegram', '-300', 0, 0, 802)",
        )
        .await;
    let mut rows = BTreeMap::new();
    for table in SUBSCRIBER_TABLES {
        let count = connection.count(&format!("{} where subscriber_id = uuid(301)", table.name)).await;
        assert!(count > 0, "{} has no sample row", table.name);
        rows.insert(table.name, count);
    }
    let value = |column: &str, subscriber: u32| {
        format!("select cast({column} as text) from subscribers where id = uuid({subscriber})")
    };
    let mut settings = BTreeMap::new();
    for column in SUBSCRIBER_COLUMNS.iter().filter(|column| !matches!(column.on_merge, OnMerge::Keep | OnMerge::Clear))
    {
        let old = connection.texts(&value(column.name, 301)).await;
        let new = connection.texts(&value(column.name, 303)).await;
        assert_ne!(old, new, "the sample does not set {}", column.name);
        settings.insert(column.name, old);
    }

    store.migrate_chat(Platform::Telegram, CHAT, "-300").await.unwrap();

    for (column, old) in settings {
        assert_eq!(connection.texts(&value(column, 303)).await, old, "{column}");
    }
    for table in SUBSCRIBER_TABLES {
        let moved = connection.count(&format!("{} where subscriber_id = uuid(303)", table.name)).await;
        let expected = match table.on_chat_migration {
            OnChatMigration::Move { .. } => rows[table.name],
            // The log has the moves.
            OnChatMigration::Keep => moved.max(1),
        };
        assert_eq!(moved, expected, "{}", table.name);
    }
    assert!(find(&store, CHAT).await.is_none());
}

#[tokio::test]
async fn a_deleted_subscriber_leaves_only_anonymous_changes() {
    let (database, mut connection) = database_of_version(5).await;
    let store = Store::open(&database.url).await.unwrap();
    store.delete_subscriber(SubscriberId(id(301))).await.unwrap();
    for table in SUBSCRIBER_TABLES {
        let left = connection.count(&format!("{} where subscriber_id = uuid(301)", table.name)).await;
        assert_eq!(left, 0, "{}", table.name);
        let has_rows = connection.count(table.name).await > 0;
        assert!(has_rows || table.on_forget != OnForget::Anonymize, "{}", table.name);
    }
    assert_eq!(connection.count("rule_changes where text <> ''").await, 0);
    assert_eq!(connection.count("delivery_attempts").await, 0);
}
