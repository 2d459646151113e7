//! Several processes on one PostgreSQL, killed and restarted by chance while stories arrive.

use std::time::{Duration, Instant};

use clap::Args;

use crate::kill::{FaultOptions, losses_rows, while_sending};
use crate::report::{Column, print};
use crate::server::Setup;
use crate::stage::{BenchStage, Plan};
use crate::story::eprint;
use crate::{CommonOptions, progress};
use ceasewire_testkit::load::figures::{pace, quantile, secs};
use ceasewire_testkit::load::losses::{Kill, fail_overs, judge, owed};
use ceasewire_testkit::random::XorShift64;

/// The wait for repeats at the end: a lease has to expire, and another node to claim.
const REPEATS_WITHIN: Duration = Duration::from_secs(10);

#[derive(Args, Clone, Debug)]
pub struct NodesOptions {
    /// Processes
    #[arg(long, value_name = "N", default_value_t = 3)]
    nodes: usize,
    /// Subscribers
    #[arg(long, value_name = "N", default_value_t = 200)]
    subscribers: usize,
    /// Kills of a process
    #[arg(long, value_name = "N", default_value_t = 50)]
    kills: usize,
    /// Milliseconds between two kills, on average
    #[arg(long, value_name = "MS", default_value_t = 5000)]
    kill_every_ms: u64,
    /// Milliseconds until a killed process is started again, on average
    #[arg(long, value_name = "MS", default_value_t = 4000)]
    down_ms: u64,
    /// Milliseconds between two stories
    #[arg(long, value_name = "MS", default_value_t = 2000)]
    story_every_ms: u64,
    /// Messages a second that the Bot API allows, and that the settings of the processes add up to
    #[arg(long, value_name = "N", default_value_t = 120)]
    rate: usize,
    /// Roles of the processes, as in poll,send,chat; all of them by default
    #[arg(long, value_name = "LIST")]
    roles: Option<String>,
    #[command(flatten)]
    faults: FaultOptions,
    #[command(flatten)]
    common: CommonOptions,
}

pub async fn run(options: &NodesOptions) -> anyhow::Result<bool> {
    let NodesOptions { nodes, subscribers, kills, rate, faults, common, .. } = options;
    let is_there = std::env::var("TEST_DATABASE_URL").is_ok_and(|url| url.starts_with("postgres"));
    anyhow::ensure!(is_there, "several processes share a PostgreSQL: name one's server in TEST_DATABASE_URL");
    anyhow::ensure!(*nodes >= 2, "--nodes {nodes}: another one has to take over");
    let setup = Setup {
        nodes: *nodes,
        rate: Some(*rate),
        odds: [faults.errors, faults.lost_answers, faults.storms],
        seed: common.seed,
        ..Setup::unlimited(*subscribers, common)
    };
    let roles = options.roles.iter().flat_map(|roles| ["--roles".to_owned(), roles.clone()]);
    let plan = Plan::with_kills(setup, *rate, common);
    let mut stage = BenchStage::new(Plan { arguments: roles.collect(), ..plan }).await?;
    let (killed, published) = kill_by_chance(options, &mut stage).await?;
    let expected = subscribers * published as usize;
    stage.told(expected, common.patience(expected, *rate as f64), |_| {}).await?;
    stage.drained(Duration::from_secs(60)).await;
    tokio::time::sleep(REPEATS_WITHIN).await;

    let record = stage.record().await?;
    let all: Vec<u32> = (0..published).collect();
    let losses = judge(&record, &stage.chats(), &all, &killed, faults.excused_ms * 1000);
    let mut column = Column::new("PostgreSQL");
    column.row("processes", nodes);
    column.row("subscribers", subscribers);
    column.row("stories", published);
    column.row("kill -9", killed.len());
    column.row("of them while that one sent", while_sending(&record, &killed));
    column.number("messages a second", pace(&record, 0).rate);
    losses_rows(&mut column, &record, &losses);
    let sends: Vec<(u64, usize)> = record.attempts.iter().map(|attempt| (attempt.at, attempt.node)).collect();
    // A fail-over is invisible while the outbox has next to nothing to send.
    let owing = |kill: &&Kill| owed(&record, *subscribers, kill.at) * 10 >= *subscribers;
    let while_owing: Vec<Kill> = killed.iter().filter(owing).copied().collect();
    for (names, acts, kills) in [(SEND_ROWS, &sends, &while_owing), (POLL_ROWS, &record.polls, &killed)] {
        let (times, back) = fail_overs(acts, kills);
        column.row(names[0], times.len());
        column.row(names[1], back);
        if !times.is_empty() {
            column.number(names[2], secs(quantile(&times, 0.5)));
            column.number(names[3], secs(quantile(&times, 1.0)));
        }
    }
    print("Several processes on one database, killed by chance", &[column]);
    if !losses.are_none() {
        eprint(&stage.log_tail());
    }
    Ok(losses.are_none() && killed.len() >= *kills)
}

const SEND_ROWS: [&str; 4] = [
    "fail-overs of sending",
    "of them to the killed one, started again",
    "median until the next one sends, s",
    "longest until the next one sends, s",
];
const POLL_ROWS: [&str; 4] = [
    "fail-overs of receiving",
    "of them to the killed one, restarted",
    "median until the next one receives, s",
    "longest until the next one receives, s",
];

/// Publishes stories while nodes are killed and started again; at least one is always up.
async fn kill_by_chance(options: &NodesOptions, stage: &mut BenchStage) -> anyhow::Result<(Vec<Kill>, u32)> {
    let mut random = XorShift64::new(options.common.seed);
    // From half to one and a half times as long.
    let mut soon = |ms: u64| Instant::now() + Duration::from_millis(ms / 2 + random.below(ms as usize + 1) as u64);
    let mut picks = XorShift64::new(options.common.seed + 1);
    let (mut killed, mut published) = (Vec::new(), 0);
    let mut back_at: Vec<Option<Instant>> = vec![None; options.nodes];
    let mut next_story = Instant::now();
    let mut next_kill = soon(options.kill_every_ms);
    let bar = progress(options.kills, "killed")?;
    while killed.len() < options.kills || back_at.iter().any(Option::is_some) {
        let next = back_at.iter().flatten().copied().chain([next_story, next_kill]).min().unwrap_or(next_kill);
        tokio::time::sleep_until(next.into()).await;
        let now = Instant::now();
        if now >= next_story {
            stage.publish(0, [published]);
            published += 1;
            next_story += Duration::from_millis(options.story_every_ms.max(1));
        }
        for (node, at) in back_at.iter_mut().enumerate() {
            if at.is_some_and(|at| now >= at) {
                *at = None;
                stage.restart(node)?;
            }
        }
        if now >= next_kill {
            next_kill = soon(options.kill_every_ms);
            let up: Vec<usize> = (0..options.nodes).filter(|node| back_at[*node].is_none()).collect();
            if up.len() > 1 && killed.len() < options.kills {
                let node = up[picks.below(up.len())];
                killed.push(Kill { at: stage.kill(node)?, node });
                back_at[node] = Some(soon(options.down_ms));
                bar.inc(1);
            }
        }
    }
    bar.finish_and_clear();
    Ok((killed, published))
}
