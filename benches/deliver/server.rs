//! Owns the process of the Bot API: its setup, its control and its record.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::{Query, State};
use axum::routing::get;
use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};

use crate::CommonOptions;
use crate::stories::PREFIX;
use ceasewire_testkit::bot_api::{FakeBotApi, Marks, Odds, Outcome, RateLimits};
use ceasewire_testkit::clock::instant_to_us;
use ceasewire_testkit::load::record::{RecordedAttempt, RunRecord};

/// The argument that makes a process of this tool the Bot API.
pub const ROLE: &str = "play-bot-api";
/// The first subscriber's chat; the others follow.
pub const FIRST_CHAT: i64 = 1000;

/// The setup of the Bot API.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Setup {
    /// Private chats.
    pub chats: usize,
    /// Addresses, one for each node.
    pub nodes: usize,
    /// Messages a second of the whole bot, with Telegram's limits for chats; `None` for no limits.
    pub rate: Option<usize>,
    /// Shares of requests: 5xx, lost answers, beginnings of a storm of 429.
    pub odds: [f64; 3],
    /// The seed of those faults.
    pub seed: u64,
    /// The words of the note on a possible duplicate.
    pub mark: String,
}

impl Setup {
    /// Sets up chats of one program, with no limit of rates.
    pub fn unlimited(chats: usize, common: &CommonOptions) -> Self {
        Self { chats, nodes: 1, mark: common.mark.clone(), ..Self::default() }
    }
}

/// The addresses of the process.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct BotApiAddresses {
    urls: Vec<String>,
    token: String,
    control: String,
}

/// The progress of a run.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Requests that send or edit.
    pub attempts: usize,
    /// Pairs of a chat and a story with a message.
    pub pairs: usize,
}

/// The running process; it ends when this is dropped.
pub struct Server {
    child: Child,
    found: BotApiAddresses,
    client: reqwest::Client,
}

impl Server {
    /// Starts the process.
    pub fn start(setup: &Setup) -> anyhow::Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut child = Command::new(std::env::current_exe()?)
            .args([ROLE, &serde_json::to_string(setup)?])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting the Bot API")?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("the Bot API has no output")?).read_line(&mut line)?;
        let found = serde_json::from_str(&line).context("the Bot API did not start")?;
        Ok(Self { child, found, client: reqwest::Client::builder().no_proxy().build()? })
    }

    /// Returns the address for a node.
    pub fn url(&self, node: usize) -> &str {
        &self.found.urls[node]
    }

    /// Has a process killed together with this one, even after a kill -9 of the bench.
    pub fn keep(&mut self, process: u32) -> anyhow::Result<()> {
        self.tell(&format!("+{process}"))
    }

    /// Forgets an ended process: the system may reuse its number.
    pub fn forget(&mut self, process: u32) -> anyhow::Result<()> {
        self.tell(&format!("-{process}"))
    }

    fn tell(&mut self, line: &str) -> anyhow::Result<()> {
        writeln!(self.child.stdin.as_mut().context("the Bot API has no input")?, "{line}")
            .context("telling the Bot API")
    }

    /// Returns the bot's token.
    pub fn token(&self) -> &str {
        &self.found.token
    }

    /// Returns the process's number.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Waits for numbers of requests and of pairs, at most `at_most`; returns the progress.
    pub async fn wait(&self, attempts: usize, pairs: usize, at_most: Duration) -> anyhow::Result<Counts> {
        let ms = at_most.as_millis();
        let url = format!("{}/wait?attempts={attempts}&pairs={pairs}&ms={ms}", self.found.control);
        let text = self.client.get(url).send().await?.text().await?;
        serde_json::from_str(&text).context("the Bot API says nothing of how far it is")
    }

    /// Fetches the record.
    pub async fn record(&self) -> anyhow::Result<RunRecord> {
        let text = self.client.get(format!("{}/record", self.found.control)).send().await?.text().await?;
        let mut record = RunRecord::default();
        for line in text.lines() {
            let fields: Vec<u64> = line.split(' ').map(str::parse).collect::<Result<_, _>>()?;
            match fields.as_slice() {
                [at, node] => record.polls.push((*at, *node as usize)),
                [at, chat, node, outcome, edit, marked, stories @ ..] => record.attempts.push(RecordedAttempt {
                    at: *at,
                    chat: *chat as i64,
                    node: *node as usize,
                    outcome: OUTCOMES[*outcome as usize],
                    edit: *edit == 1,
                    marked: *marked == 1,
                    stories: stories.iter().map(|story| *story as u32).collect(),
                }),
                _ => anyhow::bail!("the Bot API's record cannot be read: {line}"),
            }
        }
        Ok(record)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const OUTCOMES: [Outcome; 5] = [Outcome::Sent, Outcome::AnswerLost, Outcome::TooMany, Outcome::Error, Outcome::Refused];

/// Serves until the process is killed or the bench has ended.
pub async fn serve(setup: &str) -> anyhow::Result<()> {
    let setup: Setup = serde_json::from_str(setup).context("the setup")?;
    let api = FakeBotApi::start().await;
    for chat in 0..setup.chats {
        api.add_private(FIRST_CHAT + chat as i64, "Ani");
    }
    api.record_lightly(Marks { story: PREFIX.into(), repeat: setup.mark });
    api.limit(setup.rate.map(|rate| RateLimits { bot_a_second: rate, ..RateLimits::default() }));
    let [errors, lost_answers, storms] = setup.odds;
    api.play_odds(Odds { errors, lost_answers, storms }, setup.seed);
    let mut urls = vec![api.url()];
    for node in 1..setup.nodes {
        urls.push(api.listen_too(node).await);
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let control = format!("http://{}", listener.local_addr()?);
    println!("{}", serde_json::to_string(&BotApiAddresses { urls, token: api.token().into(), control })?);
    std::thread::spawn(end_with_parent);
    let router = Router::new().route("/wait", get(wait)).route("/record", get(record)).with_state(Arc::new(api));
    axum::serve(listener, router).await?;
    Ok(())
}

/// Ends this process and the registered ones when the input ends, since the bench has ended then.
fn end_with_parent() {
    let mut kept: BTreeSet<i32> = BTreeSet::new();
    for line in std::io::stdin().lines().map_while(Result::ok) {
        match (line.get(..1), line.get(1..).and_then(|process| process.parse().ok())) {
            (Some("+"), Some(process)) => drop(kept.insert(process)),
            (_, Some(process)) => drop(kept.remove(&process)),
            _ => {}
        }
    }
    for process in kept.into_iter().filter_map(Pid::from_raw) {
        let _ = kill_process(process, Signal::KILL);
    }
    std::process::exit(0);
}

#[derive(Deserialize)]
struct WaitQuery {
    attempts: usize,
    pairs: usize,
    ms: u64,
}

async fn wait(State(api): State<Arc<FakeBotApi>>, Query(wanted): Query<WaitQuery>) -> String {
    let mut counts = Counts::default();
    let reached = api.wait_until(Duration::from_millis(wanted.ms), |state| {
        counts = state.ledger().map_or(Counts::default(), |ledger| Counts {
            attempts: ledger.attempts().len(),
            pairs: ledger.delivered(),
        });
        counts.attempts >= wanted.attempts && counts.pairs >= wanted.pairs
    });
    // The answer is the progress, in time or late.
    let _ = reached.await;
    serde_json::to_string(&counts).unwrap_or_default()
}

async fn record(State(api): State<Arc<FakeBotApi>>) -> String {
    use std::fmt::Write as _;

    api.read(|state| {
        let mut text = String::new();
        let Some(ledger) = state.ledger() else { return text };
        for (at, node) in ledger.polls() {
            let _ = writeln!(text, "{} {node}", instant_to_us(*at));
        }
        for attempt in ledger.attempts() {
            let outcome = OUTCOMES.iter().position(|outcome| *outcome == attempt.outcome).unwrap_or_default();
            let (edit, marked) = (u8::from(attempt.edit), u8::from(attempt.marked));
            let _ = write!(
                text,
                "{} {} {} {outcome} {edit} {marked}",
                instant_to_us(attempt.at),
                attempt.chat_id,
                attempt.node
            );
            for story in ledger.stories(attempt) {
                let _ = write!(text, " {story}");
            }
            text.push('\n');
        }
        text
    })
}
