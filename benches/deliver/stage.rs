//! Owns the parts of a run: the Bot API's process, a feed site, a database with subscribers, and the program itself.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use ceasewire::store::Store;
use ceasewire_model::{Address, Platform, Timestamp};
use futures::{StreamExt, TryStreamExt};
use tempfile::TempDir;

use crate::CommonOptions;
use crate::server::{Counts, FIRST_CHAT, Server, Setup};
use crate::stories::{Story, TOPIC};
use ceasewire_testkit::clock::{ProcessUsage, instant_to_us, now_us, process_usage};
use ceasewire_testkit::database::Database;
use ceasewire_testkit::feed_site::{FeedItem, FeedSite, Rss};
use ceasewire_testkit::load::record::RunRecord;

/// Items that a feed shows; older ones have left it, as they do everywhere.
const SHOWN: usize = 40;
/// How long the program may take to start and to poll its empty feeds.
const START_WITHIN: Duration = Duration::from_secs(60);
/// Concurrent inserts of rules on a PostgreSQL database.
const AT_ONCE: usize = 8;

/// The setup of a run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The setup of the Bot API.
    pub setup: Setup,
    /// The program's own rate.
    pub messages_per_second: usize,
    /// The number of feeds.
    pub feeds: usize,
    /// Seconds of one attempt and of a lease.
    pub timeout_and_lease: (u64, u64),
    /// Seconds of a request for updates.
    pub long_poll_secs: u64,
    /// SQLite even with TEST_DATABASE_URL.
    pub sqlite: bool,
    /// Settings beside these, as `delivery.messages_per_second=30`.
    pub settings: Vec<String>,
    /// Arguments after `ceasewire run --config FILE`.
    pub arguments: Vec<String>,
}

impl Plan {
    /// Plans a run of one feed with the program's own timeouts.
    pub fn new(setup: Setup, messages_per_second: usize, common: &CommonOptions) -> Self {
        Self {
            setup,
            messages_per_second,
            feeds: 1,
            timeout_and_lease: (20, 60),
            long_poll_secs: 30,
            sqlite: false,
            settings: common.settings.clone(),
            arguments: Vec::new(),
        }
    }

    /// Plans a run of one program at a rate that the Bot API limits too.
    pub fn limited(chats: usize, rate: usize, common: &CommonOptions) -> Self {
        let setup = Setup { rate: Some(rate), seed: common.seed, ..Setup::unlimited(chats, common) };
        Self::new(setup, rate, common)
    }

    /// Plans a run whose program gives up fast, so that it can be killed often.
    pub fn with_kills(setup: Setup, messages_per_second: usize, common: &CommonOptions) -> Self {
        Self { timeout_and_lease: (1, 2), long_poll_secs: 1, ..Self::new(setup, messages_per_second, common) }
    }
}

/// The parts of a run; all of them end when it is dropped.
pub struct BenchStage {
    plan: Plan,
    pub server: Server,
    site: FeedSite,
    /// What each feed shows, newest first.
    shown: Vec<Vec<FeedItem>>,
    /// The feed and the time of each published story.
    published: BTreeMap<u32, (usize, Instant)>,
    nodes: Vec<Node>,
    client: reqwest::Client,
    url: String,
    /// The time to insert the subscribers.
    pub inserted: Duration,
    _database: Option<Database>,
    folder: TempDir,
}

impl BenchStage {
    /// Sets up all parts and starts the program; returns after it has polled its empty feeds and loaded all rules.
    pub async fn new(plan: Plan) -> anyhow::Result<Self> {
        let (site, folder) = (FeedSite::start().await, tempfile::tempdir()?);
        let database = if plan.sqlite { None } else { Some(Database::new().await) };
        let own = || format!("sqlite://{}", folder.path().join("deliver.db").display());
        let url = database.as_ref().map_or_else(own, |database| database.url.clone());
        let began = Instant::now();
        subscribe(&url, plan.setup.chats).await?;
        let inserted = began.elapsed();
        let server = Server::start(&plan.setup)?;
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build()?;
        let (shown, published) = (vec![Vec::new(); plan.feeds], BTreeMap::new());
        let mut stage = Self {
            plan,
            server,
            site,
            shown,
            published,
            nodes: Vec::new(),
            client,
            url,
            inserted,
            _database: database,
            folder,
        };
        for feed in 0..stage.plan.feeds {
            stage.show(feed);
        }
        for node in 0..stage.plan.setup.nodes {
            let started = stage.start(node)?;
            stage.nodes.push(started);
        }
        // The second poll begins after the commit of the first.
        futures::future::try_join_all((0..stage.plan.feeds).map(|feed| stage.polled(feed, 2))).await?;
        // Without rules in memory the first story would also count the time to read them all.
        stage.shown[0].push(Story::of_no_concern().item());
        stage.show(0);
        stage.polled(0, 2).await?;
        Ok(stage)
    }

    /// Whether several processes can share the database.
    pub fn is_shared(&self) -> bool {
        self.url.starts_with("postgres")
    }

    /// The subscribers' chats.
    pub fn chats(&self) -> Vec<i64> {
        (0..self.plan.setup.chats as i64).map(|chat| FIRST_CHAT + chat).collect()
    }

    /// Publishes stories in a feed, at once.
    pub fn publish(&mut self, feed: usize, stories: impl IntoIterator<Item = u32>) {
        for story in stories {
            self.shown[feed].insert(0, Story::new(story).item());
            self.published.insert(story, (feed, Instant::now()));
        }
        self.shown[feed].truncate(SHOWN);
        self.show(feed);
    }

    /// Returns the time at which the feed first served each story, in microseconds of the shared clock.
    pub fn handed_out(&self) -> BTreeMap<u32, u64> {
        let mut handed_out = BTreeMap::new();
        for feed in 0..self.plan.feeds {
            let hits = self.site.hits(&path(feed));
            for (story, (_, at)) in self.published.iter().filter(|(_, (of, _))| *of == feed) {
                let hit = hits.iter().find(|hit| hit.answered_status == 200 && hit.at >= *at);
                handed_out.extend(hit.map(|hit| (*story, instant_to_us(hit.at))));
            }
        }
        handed_out
    }

    /// Waits for `times` further polls of a feed.
    async fn polled(&self, feed: usize, times: usize) -> anyhow::Result<()> {
        let hits = self.site.hits(&path(feed)).len();
        let reached = self.site.wait_for_hits(&path(feed), hits + times, START_WITHIN).await;
        reached.map(|_| ()).map_err(|late| anyhow::anyhow!("the program does not poll: {late}\n{}", self.log_tail()))
    }

    fn show(&self, feed: usize) {
        let items = self.shown[feed].iter().cloned();
        self.site.set(&path(feed), items.fold(Rss::new("Wire"), Rss::item).to_xml());
    }

    /// Waits for messages of `pairs` pairs of a chat and a story, at most `within`.
    pub async fn told(&self, pairs: usize, within: Duration, mut seen: impl FnMut(Counts)) -> anyhow::Result<Counts> {
        let until = Instant::now() + within;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let counts = self.server.wait(0, pairs, left.min(Duration::from_millis(200))).await?;
            seen(counts);
            if counts.pairs >= pairs || left.is_zero() {
                return Ok(counts);
            }
        }
    }

    /// Waits for an empty outbox, at most `within`; returns the number of pending deliveries.
    pub async fn drained(&self, within: Duration) -> Option<i64> {
        let until = Instant::now() + within;
        loop {
            let pending = self.outbox().await.map(|(pending, _)| pending);
            if pending == Some(0) || Instant::now() > until {
                return pending;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Reads the pending and sent deliveries from `/metrics` of the first node that answers.
    pub async fn outbox(&self) -> Option<(i64, i64)> {
        for node in &self.nodes {
            let Ok(text) = node.metrics(&self.client).await else { continue };
            let value = |state: &str| {
                let name = format!("ceasewire_deliveries{{state=\"{state}\"}} ");
                text.lines().find_map(|line| line.strip_prefix(&name)?.trim().parse().ok())
            };
            return Some((value("pending")?, value("sent")?));
        }
        None
    }

    /// Fetches the record of the Bot API.
    pub async fn record(&self) -> anyhow::Result<RunRecord> {
        self.server.record().await
    }

    /// Sums the usage of the program's processes; 0 on a system without `/proc`.
    pub fn usage(&self) -> ProcessUsage {
        let each = self.nodes.iter().filter_map(|node| process_usage(node.process));
        each.fold(ProcessUsage::default(), |all, one| ProcessUsage {
            cpu: all.cpu + one.cpu,
            peak_mb: all.peak_mb + one.peak_mb,
        })
    }

    /// Sends kill -9 to a node and returns the time.
    pub fn kill(&mut self, node: usize) -> anyhow::Result<u64> {
        let at = now_us();
        self.nodes[node].kill().context("killing the program")?;
        self.server.forget(self.nodes[node].process)?;
        Ok(at)
    }

    /// Starts a killed node again.
    pub fn restart(&mut self, node: usize) -> anyhow::Result<()> {
        self.nodes[node] = self.start(node)?;
        Ok(())
    }

    fn start(&mut self, node: usize) -> anyhow::Result<Node> {
        // The system picks a free port, which the program opens a moment later.
        let listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let Plan { messages_per_second, timeout_and_lease: (timeout, lease), long_poll_secs, .. } = self.plan;
        let mut text = format!(
            "[database]\nurl = \"{}\"\n[telegram]\napi_url = \"{}\"\nlong_poll_secs = {long_poll_secs}\n\
             [poller]\ninterval_secs = 1\nmin_interval_secs = 1\nmax_interval_secs = 2\n[articles]\nburst = 1000\n\
             [fetch]\nallow_private_networks = true\ntimeout_secs = 5\n[conflict]\nprofile_feeds = false\n\
             [delivery]\nmessages_per_second = {messages_per_second}\nsend_timeout_secs = {timeout}\nlease_secs = {lease}\n\
             [log]\nfilter = \"warn\"\n[web]\nlisten = \"{listen}\"\n",
            self.url,
            self.server.url(node),
        );
        for feed in 0..self.plan.feeds {
            let url = self.site.url(&path(feed));
            text += &format!(
                "[[outlets]]\nid = \"wire{feed}\"\nname = \"Wire {feed}\"\ncountry = \"GE\"\n\
                 [[feeds]]\nurl = \"{url}\"\noutlet = \"wire{feed}\"\n"
            );
        }
        let (config, log) = (self.file(node, "toml"), self.file(node, "log"));
        std::fs::write(&config, text)?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_ceasewire"));
        command.arg("run").arg("--config").arg(&config).args(&self.plan.arguments).env_remove("RUST_LOG");
        command.env("TELOXIDE_TOKEN", self.server.token()).stdin(Stdio::null()).stdout(Stdio::null());
        for setting in &self.plan.settings {
            let (key, value) = setting.split_once('=').with_context(|| format!("--set {setting}: no KEY=VALUE"))?;
            command.env(format!("CEASEWIRE__{}", key.to_uppercase().replace('.', "__")), value);
        }
        command.stderr(std::fs::File::options().create(true).append(true).open(log)?);
        let child = command.spawn().context("starting the program")?;
        let process = child.id();
        let node = Node { child: Some(child), process, metrics: format!("http://{listen}/metrics") };
        self.server.keep(process)?;
        Ok(node)
    }

    fn file(&self, node: usize, ending: &str) -> PathBuf {
        self.folder.path().join(format!("node{node}.{ending}"))
    }

    /// Returns the last log lines of the program's processes.
    pub fn log_tail(&self) -> String {
        const LINES: usize = 15;
        let mut tail = String::new();
        for node in 0..self.plan.setup.nodes {
            let log = std::fs::read(self.file(node, "log")).unwrap_or_default();
            let log = String::from_utf8_lossy(&log);
            let lines: Vec<&str> = log.lines().collect();
            for line in &lines[lines.len().saturating_sub(LINES)..] {
                tail += &format!("node {node}: {line}\n");
            }
        }
        tail
    }
}

/// A process of the program; killed when dropped.
struct Node {
    child: Option<Child>,
    process: u32,
    metrics: String,
}

impl Node {
    fn kill(&mut self) -> std::io::Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    async fn metrics(&self, client: &reqwest::Client) -> anyhow::Result<String> {
        anyhow::ensure!(self.child.is_some(), "it was killed");
        Ok(client.get(&self.metrics).send().await?.error_for_status()?.text().await?)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

fn path(feed: usize) -> String {
    format!("/wire{feed}")
}

/// Makes a database of subscribers to the stories' topic.
async fn subscribe(url: &str, chats: usize) -> anyhow::Result<()> {
    let store = Store::open(url).await.context("opening the database")?;
    let at_once = if store.is_shared() { AT_ONCE } else { 1 };
    let now = Timestamp::now();
    futures::stream::iter(0..chats as i64)
        .map(Ok)
        .try_for_each_concurrent(at_once, |chat| {
            let store = &store;
            async move {
                let chat = (FIRST_CHAT + chat).to_string();
                let address = Address { platform: Platform::Telegram, chat, thread: None };
                let subscriber = store.insert_subscriber(&address, now).await?;
                store.insert_rule(subscriber.id, Some(TOPIC), &format!("topic:{TOPIC}"), now).await?;
                anyhow::Ok(())
            }
        })
        .await
        .context("inserting the subscribers")?;
    store.close().await;
    Ok(())
}
