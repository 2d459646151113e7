//! The Bot API as a process of its own: how it is told what to play, and how it tells what it saw.

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

use crate::bot_api::{FakeBotApi, Limits, Marks, Odds, Outcome};
use crate::clock::us_of;
use crate::record::{Attempt, Record};
use crate::stories::PREFIX;

/// The argument that makes a process of this tool the Bot API.
pub const ROLE: &str = "play-bot-api";
/// The first subscriber's chat; the others follow.
pub const FIRST_CHAT: i64 = 1000;

/// What is played.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Setup {
    /// Private chats.
    pub chats: usize,
    /// Addresses at which it listens, one for each node.
    pub nodes: usize,
    /// Messages a second of the whole bot, with Telegram's limits for chats; none limits nothing.
    pub rate: Option<usize>,
    /// Shares of requests: 5xx, lost answers, beginnings of a storm of 429.
    pub odds: [f64; 3],
    /// Which chances those are.
    pub seed: u64,
    /// The words by which a message says that it may be a repeat.
    pub mark: String,
}

/// Where it is to be found.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Found {
    urls: Vec<String>,
    token: String,
    control: String,
}

/// How far it is.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Requests that send or edit.
    pub attempts: usize,
    /// Pairs of a chat and a story that has been named in a message to it.
    pub pairs: usize,
}

/// The running process; it ends when this is dropped.
pub struct Server {
    child: Child,
    found: Found,
    client: reqwest::Client,
}

impl Server {
    /// Starts it.
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

    /// The address for a node.
    pub fn url(&self, node: usize) -> &str {
        &self.found.urls[node]
    }

    /// Has a process killed when whoever started this is gone, even by a kill -9, and leaves no time to do so itself.
    pub fn keep(&mut self, process: u32) -> anyhow::Result<()> {
        self.tell(&format!("+{process}"))
    }

    /// Forgets a process that has ended: its number may become another one's.
    pub fn forget(&mut self, process: u32) -> anyhow::Result<()> {
        self.tell(&format!("-{process}"))
    }

    fn tell(&mut self, line: &str) -> anyhow::Result<()> {
        writeln!(self.child.stdin.as_mut().context("the Bot API has no input")?, "{line}")
            .context("telling the Bot API")
    }

    /// The bot's token.
    pub fn token(&self) -> &str {
        &self.found.token
    }

    /// What the process has used.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it has seen so many requests and so many pairs, or for that long; says how far it is.
    pub async fn wait(&self, attempts: usize, pairs: usize, at_most: Duration) -> anyhow::Result<Counts> {
        let ms = at_most.as_millis();
        let url = format!("{}/wait?attempts={attempts}&pairs={pairs}&ms={ms}", self.found.control);
        let text = self.client.get(url).send().await?.text().await?;
        serde_json::from_str(&text).context("the Bot API says nothing of how far it is")
    }

    /// Everything that it saw.
    pub async fn record(&self) -> anyhow::Result<Record> {
        let text = self.client.get(format!("{}/record", self.found.control)).send().await?.text().await?;
        let mut record = Record::default();
        for line in text.lines() {
            let fields: Vec<u64> = line.split(' ').map(str::parse).collect::<Result<_, _>>()?;
            match fields.as_slice() {
                [at, node] => record.polls.push((*at, *node as usize)),
                [at, chat, node, outcome, edit, marked, stories @ ..] => record.attempts.push(Attempt {
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

/// What the process does: serves until it is killed, or until whoever started it is gone.
pub async fn serve(setup: &str) -> anyhow::Result<()> {
    let setup: Setup = serde_json::from_str(setup).context("the setup")?;
    let api = FakeBotApi::start().await;
    for chat in 0..setup.chats {
        api.add_private(FIRST_CHAT + chat as i64, "Ani");
    }
    api.record_lightly(Marks { story: PREFIX.into(), repeat: setup.mark });
    api.limit(setup.rate.map(|rate| Limits { bot_a_second: rate, ..Limits::default() }));
    let [errors, lost_answers, storms] = setup.odds;
    api.play_odds(Odds { errors, lost_answers, storms }, setup.seed);
    let mut urls = vec![api.url()];
    for node in 1..setup.nodes {
        urls.push(api.listen_too(node).await);
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let control = format!("http://{}", listener.local_addr()?);
    println!("{}", serde_json::to_string(&Found { urls, token: api.token().into(), control })?);
    std::thread::spawn(end_with_parent);
    let router = Router::new().route("/wait", get(wait)).route("/record", get(record)).with_state(Arc::new(api));
    axum::serve(listener, router).await?;
    Ok(())
}

/// Ends this process, and those that it was told to keep, when its input ends: then whoever started it is gone.
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
struct Wanted {
    attempts: usize,
    pairs: usize,
    ms: u64,
}

async fn wait(State(api): State<Arc<FakeBotApi>>, Query(wanted): Query<Wanted>) -> String {
    let mut counts = Counts::default();
    let reached = api.wait_until(Duration::from_millis(wanted.ms), |state| {
        counts = state.ledger().map_or(Counts::default(), |ledger| Counts {
            attempts: ledger.attempts().len(),
            pairs: ledger.delivered(),
        });
        counts.attempts >= wanted.attempts && counts.pairs >= wanted.pairs
    });
    // Late or not, it says how far it is.
    let _ = reached.await;
    serde_json::to_string(&counts).unwrap_or_default()
}

async fn record(State(api): State<Arc<FakeBotApi>>) -> String {
    use std::fmt::Write as _;

    api.read(|state| {
        let mut text = String::new();
        let Some(ledger) = state.ledger() else { return text };
        for (at, node) in ledger.polls() {
            let _ = writeln!(text, "{} {node}", us_of(*at));
        }
        for attempt in ledger.attempts() {
            let outcome = OUTCOMES.iter().position(|outcome| *outcome == attempt.outcome).unwrap_or_default();
            let (edit, marked) = (u8::from(attempt.edit), u8::from(attempt.marked));
            let _ =
                write!(text, "{} {} {} {outcome} {edit} {marked}", us_of(attempt.at), attempt.chat_id, attempt.node);
            for story in ledger.stories(attempt) {
                let _ = write!(text, " {story}");
            }
            text.push('\n');
        }
        text
    })
}
