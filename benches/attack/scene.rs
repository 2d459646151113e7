//! The surroundings of a case: a folder, a Telegram, a publisher, a configuration file, an honest subscriber and an
//! honest person. It must not know any attack.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context;
use ceasewire_testkit::bot_api::{FakeBotApi, State};
use ceasewire_testkit::feed_site::{FeedItem, FeedSite, Rss, http_date};
use tempfile::TempDir;

use crate::program::{Finished, Limits, Program, finish, limited};

/// The subscriber whose alerts are measured, the person whose answers are, and the first of the strangers.
pub const SUBSCRIBER: i64 = 7;
pub const PERSON: i64 = 8;
pub const STRANGER: i64 = 66_000;

/// The word of the subscriber's filter.
pub const WORD: &str = "zorvak";

/// How much later than without an attack an answer and an alert may come, in seconds: more than the two seconds and the
/// one that are promised, since stand-ins and program share the machine.
pub const LATE_SECS: f64 = 3.0;

/// How long the program may take to start, to poll and to answer without an attack.
const START_WITHIN: Duration = Duration::from_secs(30);

/// The attacked program.
#[derive(Clone, Debug)]
pub struct Lab {
    pub binary: PathBuf,
    /// Whether folders stay.
    pub keep: bool,
}

/// The surroundings of the program.
pub struct Scene {
    pub lab: Lab,
    folder: Option<TempDir>,
    pub api: FakeBotApi,
    /// The operator's publisher.
    pub site: FeedSite,
    /// Ports that strangers' feeds may have.
    pub ports: Vec<u16>,
    /// Private networks that strangers' addresses may lead to, as TOML.
    pub networks: &'static str,
    /// Lines of the configuration file after the sections.
    pub tables: String,
    /// Settings over those of the file, as `CHATS__MAX_FEEDS`, and other variables of the environment.
    pub settings: Vec<(String, String)>,
    pub env: Vec<(String, String)>,
    pub limits: Limits,
    pub log: Option<PathBuf>,
    pub database: PathBuf,
    /// Another Bot API, where the strict one would refuse to misbehave.
    pub api_url: Option<String>,
    shown: Vec<FeedItem>,
    starts: usize,
}

impl Scene {
    pub async fn new(lab: Lab) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let (api, site) = (FakeBotApi::start().await, FeedSite::start().await);
        site.set("/wire", Rss::new("The Wire").to_xml());
        let tables = format!(
            "[[outlets]]\nid = \"wire\"\nname = \"The Wire\"\ncountry = \"GE\"\n[[feeds]]\nurl = \"{}\"\noutlet = \"wire\"\n",
            site.url("/wire")
        );
        let (ports, database) = (vec![site.port()], folder.path().join("bot.db"));
        Ok(Self {
            lab,
            folder: Some(folder),
            api,
            site,
            ports,
            networks: "[\"127.0.0.0/8\"]",
            tables,
            settings: Vec::new(),
            env: Vec::new(),
            limits: Limits::default(),
            log: None,
            database,
            api_url: None,
            shown: Vec::new(),
            starts: 0,
        })
    }

    pub fn folder(&self) -> &Path {
        self.folder.as_ref().map_or(Path::new("/"), |folder| folder.path())
    }

    pub fn set(&mut self, name: &str, value: impl ToString) {
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.to_owned(), value.to_string()));
    }

    /// Adds a feed of the operator.
    pub fn add_feed(&mut self, url: &str, outlet: &str) {
        self.tables += &format!(
            "[[outlets]]\nid = \"{outlet}\"\nname = \"Outlet {outlet}\"\ncountry = \"GB\"\n\
             [[feeds]]\nurl = \"{url}\"\noutlet = \"{outlet}\"\n"
        );
    }

    /// Writes the configuration file; returns it with the address of the program's server.
    pub fn config(&self) -> anyhow::Result<(PathBuf, std::net::SocketAddr)> {
        // The system picks a free port, which the program opens a moment later.
        let listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let api_url = self.api_url.clone().unwrap_or_else(|| self.api.url());
        let text = format!(
            "[database]\nurl = \"sqlite://{}\"\n[telegram]\napi_url = \"{api_url}\"\nlong_poll_secs = 2\n\
             [poller]\ninterval_secs = 1\nmin_interval_secs = 1\nmax_interval_secs = 2\n\
             [fetch]\nallow_private_networks = true\nallow_networks = {}\nallow_ports = {:?}\n\
             per_host_concurrency = 1000\nper_host_spacing_ms = 0\n\
             [conflict]\nprofile_feeds = false\n[delivery]\nmessages_per_second = 1000\n\
             [log]\nfilter = \"info\"\n[web]\nlisten = \"{listen}\"\n{}",
            self.database.display(),
            self.networks,
            self.ports,
            self.tables,
        );
        let file = self.folder().join("config.toml");
        std::fs::write(&file, text)?;
        Ok((file, listen))
    }

    /// Starts the program, with standard error in a new log file.
    pub fn start(&mut self) -> anyhow::Result<Program> {
        self.starts += 1;
        let log = self.log.clone().unwrap_or_else(|| self.folder().join(format!("run{}.log", self.starts)));
        let stderr = std::fs::File::options().create(true).append(true).open(&log)?;
        self.start_with(log, stderr.into(), self.limits)
    }

    pub fn start_with(&self, log: PathBuf, stderr: Stdio, limits: Limits) -> anyhow::Result<Program> {
        let (config, listen) = self.config()?;
        let mut command = limited(&self.lab.binary, limits);
        command.arg("run").arg("--config").arg(config).current_dir(self.folder());
        self.give_environment(&mut command);
        command.stdout(Stdio::null()).stderr(stderr);
        Program::new(command, log, listen)
    }

    /// Starts the program, subscribes the subscriber, and waits until everything is at work.
    pub async fn open(&mut self) -> anyhow::Result<Program> {
        let mut program = self.start()?;
        self.settle(&mut program).await?;
        for (chat, text) in [(SUBSCRIBER, "/start"), (SUBSCRIBER, &*format!("/filter add {WORD}")), (PERSON, "/start")]
        {
            self.say(chat, text, START_WITHIN).await.with_context(|| format!("no answer to {text}"))?;
        }
        self.alert_secs(START_WITHIN).await.context("no alert without any attack")?;
        Ok(program)
    }

    /// Waits until the program polls its feed.
    pub async fn settle(&self, program: &mut Program) -> anyhow::Result<()> {
        let (hits, began) = (self.site.hits("/wire").len(), Instant::now());
        while self.site.hits("/wire").len() < hits + 2 {
            if !program.is_alive() || began.elapsed() > START_WITHIN {
                anyhow::bail!("the program does not poll: {}; {}", program.end(), tail(&program.log_text()));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Makes another command of the program, with the scene's configuration.
    pub async fn command(&self, arguments: &[&str], within: Duration) -> anyhow::Result<Finished> {
        let (config, _) = self.config()?;
        let mut command = limited(&self.lab.binary, self.limits);
        command.arg("--config").arg(config).args(arguments).current_dir(self.folder());
        self.give_environment(&mut command);
        finish(command, self.folder(), within).await
    }

    pub fn give_environment(&self, command: &mut std::process::Command) {
        command.env("TELOXIDE_TOKEN", self.api.token());
        for (name, value) in &self.settings {
            command.env(format!("CEASEWIRE__{name}"), value);
        }
        command.envs(self.env.iter().cloned());
    }

    /// Has a person write in private, and returns the first message to that chat afterwards.
    pub async fn say(&self, chat: i64, text: &str, within: Duration) -> Option<String> {
        let before = self.api.read(|state| messages_to(state, chat));
        self.api.user_says(chat, text);
        self.api.wait_until(within, |state| messages_to(state, chat) > before).await.ok()?;
        self.api
            .read(|state| state.sent().iter().filter(|sent| sent.chat_id == chat).nth(before).map(|m| m.plain.clone()))
    }

    /// Measures the seconds to an answer to the honest person.
    pub async fn answer_secs(&self, within: Duration) -> Option<f64> {
        let began = Instant::now();
        self.say(PERSON, "/settings", within).await.map(|_| began.elapsed().as_secs_f64())
    }

    /// Publishes a story and returns its headline.
    pub fn publish(&mut self) -> String {
        let number = self.shown.len();
        let item = story(number);
        let title = item.title.clone();
        self.shown.push(item);
        // The newest first, as in every feed.
        let feed = self.shown.iter().rev().take(40).cloned().fold(Rss::new("The Wire"), Rss::item);
        self.site.set("/wire", feed.to_xml());
        title
    }

    /// Waits for an alert with a headline.
    pub async fn alerted(&self, title: &str, within: Duration) -> bool {
        let is_alert = |state: &State| state.sent().iter().any(|m| m.chat_id == SUBSCRIBER && m.plain.contains(title));
        self.api.wait_until(within, |state| is_alert(state)).await.is_ok()
    }

    /// Measures the seconds from the publication of a story to its alert.
    pub async fn alert_secs(&mut self, within: Duration) -> Option<f64> {
        let (title, began) = (self.publish(), Instant::now());
        self.alerted(&title, within).await.then(|| began.elapsed().as_secs_f64())
    }

    /// Measures an answer and an alert at the same time.
    pub async fn honest_secs(&mut self, within: Duration) -> (Option<f64>, Option<f64>) {
        let (title, began) = (self.publish(), Instant::now());
        let alert = async { self.alerted(&title, within).await.then(|| began.elapsed().as_secs_f64()) };
        tokio::join!(self.answer_secs(within), alert)
    }

    /// Counts the messages to a chat.
    pub fn messages(&self, chat: i64) -> usize {
        self.api.read(|state| messages_to(state, chat))
    }

    /// Sums the sizes of the store's files, in MB.
    pub fn store_mb(&self) -> f64 {
        self.store_files()
            .iter()
            .filter_map(|file| std::fs::metadata(file).ok())
            .map(|file| file.len() as f64 / 1e6)
            .sum()
    }

    /// Lists the store's files that exist.
    pub fn store_files(&self) -> Vec<PathBuf> {
        let name = |ending: &str| PathBuf::from(format!("{}{ending}", self.database.display()));
        ["", "-wal", "-shm", ".lock"].map(name).into_iter().filter(|file| file.exists()).collect()
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        if self.lab.keep
            && let Some(folder) = self.folder.take()
        {
            eprintln!("kept {}", folder.keep().display());
        }
    }
}

fn messages_to(state: &State, chat: i64) -> usize {
    state.sent().iter().filter(|sent| sent.chat_id == chat).count()
}

/// Returns the last lines of a text.
pub fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(4)..].join(" / ")
}

/// Writes a story of its own, which the subscriber's filter finds.
pub fn story(number: usize) -> FeedItem {
    const EVENTS: [(&str, &str); 8] = [
        ("Bakery of {v} burns after midnight", "The ovens of {v} were still warm when {a} called the fire brigade"),
        ("Bus drivers strike in {v}", "Driver {a} parked across the square of {v} and asked for higher wages"),
        ("Bridge at {v} closed by flood", "Engineer {a} measured the river at {v} and sent the lorries back"),
        ("Choir of {v} wins a prize abroad", "Conductor {a} carried the cup home to {v} on a tractor"),
        ("Bear seen in the orchards of {v}", "Beekeeper {a} counted the broken hives of {v} at dawn"),
        ("Museum of {v} finds a lost map", "Curator {a} unrolled the map in the cellar of {v}"),
        ("Chess final in {v} ends in a draw", "Champion {a} shook hands in {v} after seven hours"),
        ("Wedding in {v} halted by hail", "The bride {a} waited in the mill of {v} until the ice melted"),
    ];
    let name = |salt: usize| {
        const SYLLABLES: [&str; 12] =
            ["ka", "vo", "ri", "shu", "ben", "tol", "mir", "gash", "dur", "pel", "nax", "yor"];
        let mut rest = number * 7919 + salt * 104_729 + 12_345;
        let mut name = String::new();
        for _ in 0..4 {
            name += SYLLABLES[rest % 12];
            rest /= 12;
        }
        name[..1].to_uppercase() + &name[1..]
    };
    let (title, text) = EVENTS[number % EVENTS.len()];
    let written = |text: &str| text.replace("{v}", &name(1)).replace("{a}", &name(2));
    FeedItem {
        guid: format!("story-{number}"),
        link: format!("https://wire.example/{}", name(3)),
        title: written(title),
        description: format!("{}. A {WORD} from {} looked on.", written(text), name(4)),
        pub_date: Some(http_date(SystemTime::now())),
    }
}
