//! Measures the answers and alerts of honest chats while hostile chats flood the real program with commands, presses,
//! regular expressions and feeds of servers that hardly answer.
//!
//! `cargo bench --bench hostile` runs a thousand hostile chats for a minute; `-- --help` lists the options. The Bot API
//! has Telegram's rates. The run ends by itself, and fails when an honest question gets no answer. Without cargo's
//! `--bench`, as under `cargo test`, a handful of chats shows that the scene works; its figures mean nothing.

#![allow(clippy::print_stdout, reason = "the figures are the result")]
#![allow(clippy::print_stderr, reason = "a bench has no logging")]

use std::fmt::Write as _;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Parser;
use tokio::task::JoinSet;

use ceasewire_testkit::bot_api::{FakeBotApi, RateLimits, Sent};
use ceasewire_testkit::clock::process_usage;
use ceasewire_testkit::feed_site::{FeedItem, FeedSite, Page, Rss};
use ceasewire_testkit::load::figures::{quantile, secs};
use ceasewire_testkit::random::SplitMix64;

/// The first honest chat that asks, and the first one that subscribes.
const FIRST_ASKING: i64 = 1;
const FIRST_SUBSCRIBED: i64 = 1001;
const FIRST_HOSTILE: i64 = 10_001;
/// The beginning of a word in each story, which the honest chats' filter asks for.
const WANTED: &str = "quill";
/// Questions of honest chats; each has an answer of one message.
const QUESTIONS: [&str; 4] = ["/settings", "/topics", "/latest 3", "/search ceasefire"];
/// The pauses between the questions of one honest chat, from the shortest.
const SHORTEST_PAUSE: Duration = Duration::from_secs(3);
const PAUSE_RANGE_MS: usize = 6000;
/// The pause between two stories.
const STORY_EVERY: Duration = Duration::from_secs(4);
/// The pause between two rounds of hostile chats.
const ROUND: Duration = Duration::from_millis(100);
/// The longest wait for an honest answer, for an alert, and for the start.
const PATIENCE: Duration = Duration::from_secs(60);
/// The delay of the hostile feeds.
const FEED_DELAY: Duration = Duration::from_secs(20);

/// Measures honest chats among hostile ones.
#[derive(Clone, Debug, Parser)]
#[command(name = "cargo bench --bench hostile --")]
struct Options {
    /// Hostile chats
    #[arg(long, value_name = "N", default_value_t = 1000)]
    hostile: i64,
    /// Honest chats that ask, and as many that subscribe
    #[arg(long, value_name = "N", default_value_t = 10)]
    honest: i64,
    /// Updates a second of all hostile chats
    #[arg(long, value_name = "N", default_value_t = 500)]
    updates: usize,
    /// Seconds of the flood
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u64,
    /// Messages a second that the Bot API allows
    #[arg(long, value_name = "N", default_value_t = 30)]
    rate: usize,
    /// The seed of the chats' choices
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Cargo's way to say that this is no test
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    let is_asked = std::env::args().any(|argument| argument == "--bench");
    let options = if is_asked {
        Options::parse()
    } else {
        Options { hostile: 30, honest: 2, updates: 100, seconds: 5, rate: 30, seed: 1, bench: false }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(&options))?;
    Ok(ExitCode::SUCCESS)
}

/// The program as a process of its own; killed when dropped.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn run(options: &Options) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let (api, site) = (Arc::new(FakeBotApi::start().await), Arc::new(FeedSite::start().await));
    api.limit(Some(RateLimits { bot_a_second: options.rate, ..RateLimits::default() }));
    site.set("/wire", Rss::new("Wire").to_xml());
    site.set_page("/slow", Page::ok(Rss::new("Slow").to_xml()).delay(FEED_DELAY));
    let config = folder.path().join("hostile.toml");
    std::fs::write(&config, settings(options, &api, &site, folder.path())?)?;
    let log = std::fs::File::create(folder.path().join("log"))?;
    let program = Command::new(env!("CARGO_BIN_EXE_ceasewire"))
        .args(["run", "--config"])
        .arg(&config)
        .env("TELOXIDE_TOKEN", api.token())
        .env_remove("RUST_LOG")
        .stdin(Stdio::null())
        .stderr(log)
        .spawn()
        .context("starting the program")?;
    let program = Program(program);
    for chat in FIRST_SUBSCRIBED..FIRST_SUBSCRIBED + options.honest {
        api.user_says(chat, &format!("/filter add {WANTED}*"));
        answer(&api, chat, 0).await.context("the program answers before the flood")?;
    }
    let before = process_usage(program.0.id()).map_or(0.0, |usage| usage.peak_mb);
    let end = Instant::now() + Duration::from_secs(options.seconds);
    let mut honest = JoinSet::new();
    for chat in FIRST_ASKING..FIRST_ASKING + options.honest {
        honest.spawn(ask(Arc::clone(&api), chat, end, SplitMix64(options.seed + chat.unsigned_abs())));
    }
    let alerts = tokio::spawn(publish(Arc::clone(&api), Arc::clone(&site), options.honest, end));
    let made = flood(options, &api, &site, end).await;
    let mut answers: [Vec<u64>; QUESTIONS.len()] = Default::default();
    while let Some(asked) = honest.join_next().await {
        for (number, took) in asked??.into_iter().enumerate() {
            answers[number % QUESTIONS.len()].push(took);
        }
    }
    let alerts = alerts.await??;
    let usage = process_usage(program.0.id()).context("the program has ended")?;
    println!(
        "{} hostile chats, {made} updates in {} s, {} messages a second",
        options.hostile, options.seconds, options.rate
    );
    for (question, took) in QUESTIONS.iter().zip(&answers) {
        print(&format!("answers to {question}"), took.clone());
    }
    print(&format!("answers to {} honest chats", options.honest), answers.concat());
    print(&format!("alerts to {} honest chats, polls included", options.honest), alerts);
    println!("answers 429: {}", api.too_many_served());
    println!("peak memory: {:.0} MB, before the flood {before:.0} MB; CPU {:.1} s", usage.peak_mb, usage.cpu);
    Ok(())
}

fn settings(options: &Options, api: &FakeBotApi, site: &FeedSite, folder: &std::path::Path) -> anyhow::Result<String> {
    let feed = site.url("/wire");
    let port = feed.trim_end_matches("/wire").rsplit(':').next().unwrap_or_default().to_owned();
    let mut text = String::new();
    writeln!(text, "database.url = \"sqlite://{}\"", folder.join("hostile.db").display())?;
    writeln!(text, "[telegram]\napi_url = \"{}\"\nlong_poll_secs = 5", api.url())?;
    writeln!(text, "[poller]\nmin_interval_secs = 1\nmax_interval_secs = 1\ninterval_secs = 1")?;
    writeln!(
        text,
        "[fetch]\nallow_private_networks = true\nallow_networks = [\"127.0.0.1/32\"]\nallow_ports = [{port}]"
    )?;
    writeln!(text, "per_host_spacing_ms = 0\n[conflict]\nprofile_feeds = false")?;
    writeln!(text, "[delivery]\nmessages_per_second = {}", options.rate)?;
    writeln!(text, "[[outlets]]\nid = \"wire\"\nname = \"The Wire\"\ncountry = \"GE\"")?;
    writeln!(text, "[[feeds]]\nurl = \"{feed}\"\noutlet = \"wire\"")?;
    Ok(text)
}

/// Waits for the message to a chat after the first `count` ones, and returns the time of its arrival.
async fn answer(api: &FakeBotApi, chat: i64, count: usize) -> anyhow::Result<Instant> {
    let mut arrived = None;
    // Only the new messages are looked at: there are many.
    let (mut seen, mut found) = (0, 0);
    let waited = api.wait_until(PATIENCE, |state| {
        let sent: &[Sent] = state.sent();
        for sent in &sent[seen..] {
            if sent.chat_id == chat {
                found += 1;
                if found == count + 1 {
                    arrived = Some(sent.at);
                }
            }
        }
        seen = sent.len();
        arrived.is_some()
    });
    waited.await.map_err(|late| anyhow::anyhow!("chat {chat} has no message {}: {late}", count + 1))?;
    arrived.context("a message without a time")
}

/// Asks one question after another, and returns the microseconds to each answer.
async fn ask(api: Arc<FakeBotApi>, chat: i64, end: Instant, mut random: SplitMix64) -> anyhow::Result<Vec<u64>> {
    let mut took = Vec::new();
    while Instant::now() < end {
        let pause = SHORTEST_PAUSE + Duration::from_millis(random.below(PAUSE_RANGE_MS) as u64);
        tokio::time::sleep(pause).await;
        let asked = Instant::now();
        api.user_says(chat, QUESTIONS[took.len() % QUESTIONS.len()]);
        let arrived = answer(&api, chat, took.len()).await?;
        took.push(arrived.saturating_duration_since(asked).as_micros() as u64);
    }
    Ok(took)
}

/// Publishes stories, and returns the microseconds to the alert of each subscribed chat.
async fn publish(api: Arc<FakeBotApi>, site: Arc<FeedSite>, chats: i64, end: Instant) -> anyhow::Result<Vec<u64>> {
    let (mut took, mut items) = (Vec::new(), Vec::<FeedItem>::new());
    let mut random = SplitMix64(1);
    while Instant::now() < end {
        tokio::time::sleep(STORY_EVERY).await;
        let number = items.len();
        // Words of its own, so that each is a story of its own.
        let title = words(&mut random, 6);
        let text = format!("<p>{} {WANTED}{}.</p>", words(&mut random, 30), words(&mut random, 1));
        items.insert(
            0,
            FeedItem {
                guid: format!("story-{number}"),
                link: format!("https://news.example/{number}"),
                title,
                description: text,
                pub_date: None,
            },
        );
        site.set("/wire", items.iter().cloned().fold(Rss::new("Wire"), Rss::item).to_xml());
        let published = Instant::now();
        for chat in FIRST_SUBSCRIBED..FIRST_SUBSCRIBED + chats {
            let arrived = answer(&api, chat, number + 1).await?;
            took.push(arrived.saturating_duration_since(published).as_micros() as u64);
        }
    }
    Ok(took)
}

/// Words that mean nothing and hardly occur twice.
fn words(random: &mut SplitMix64, count: usize) -> String {
    const SYLLABLES: [&str; 16] =
        ["ba", "dre", "fi", "glo", "ku", "la", "mou", "ni", "po", "que", "ri", "stu", "ta", "vo", "we", "zi"];
    let mut word = || (0..4).map(|_| SYLLABLES[random.below(SYLLABLES.len())]).collect::<String>();
    (0..count).map(|_| word()).collect::<Vec<_>>().join(" ")
}

/// Lets the hostile chats act until the end, and returns the number of their updates.
async fn flood(options: &Options, api: &FakeBotApi, site: &FeedSite, end: Instant) -> usize {
    let mut random = SplitMix64(options.seed);
    for chat in FIRST_HOSTILE..FIRST_HOSTILE + options.hostile {
        api.add_private(chat, "Hostile");
    }
    let (mut made, begun) = (0, Instant::now());
    while Instant::now() < end {
        let due = (begun.elapsed().as_secs_f64() * options.updates as f64) as usize;
        while made < due {
            let chat = FIRST_HOSTILE + random.below(options.hostile.unsigned_abs() as usize) as i64;
            let word = random.below(1_000_000);
            match random.below(8) {
                0 => drop(api.user_says(chat, "/help")),
                1 => drop(api.user_says(chat, &format!("/search word{word} OR truce{word}"))),
                2 => drop(api.user_says(chat, &format!("/filter test zzz /[a-m][^q]{{30}}[n-z]{word}#/"))),
                3 => drop(api.user_says(chat, &format!("/filter add zzz{word} /[a-m][^q]{{30}}[n-z]#/"))),
                4 => drop(api.user_says(chat, &format!("/feed add {}?{word}", site.url("/slow")))),
                5 => drop(api.press(chat, 1, chat, "on:meeting")),
                6 => drop(api.user_says(chat, "/timeline 365")),
                _ => drop(api.user_says(chat, &"x".repeat(4000))),
            }
            made += 1;
        }
        tokio::time::sleep(ROUND).await;
    }
    made
}

fn print(what: &str, mut took: Vec<u64>) {
    took.sort_unstable();
    let [half, most, worst] = [0.5, 0.99, 1.0].map(|share| secs(quantile(&took, share)));
    println!("{what}: {} measured, p50 {half:.3} s, p99 {most:.3} s, worst {worst:.3} s", took.len());
}
