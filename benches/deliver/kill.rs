//! kill -9 at moments while messages are sent, and errors, lost answers and storms of 429 by chance.

use std::time::Duration;

use clap::Args;

use crate::report::{Column, print};
use crate::server::Setup;
use crate::stage::{BenchStage, Plan};
use crate::story::eprint;
use crate::{CommonOptions, progress};
use ceasewire_testkit::bot_api::Outcome;
use ceasewire_testkit::load::losses::{Kill, Losses, judge};
use ceasewire_testkit::load::record::RunRecord;
use ceasewire_testkit::random::XorShift64;

/// The wait of a kill for the first message since the start. After it all deliveries wait for a retry, and the next
/// story has to come.
const FIRST_WITHIN: Duration = Duration::from_secs(4);
/// The wait of a kill for further messages: few deliveries may be left.
const OTHERS_WITHIN: Duration = Duration::from_millis(500);
/// The most stories of a run that lacks kills, as a multiple of `--stories`.
const MOST_STORIES: u32 = 4;
/// A kill counts as one during sends if a message came within this time before it.
const WHILE_SENDING_US: u64 = 100_000;
/// The wait for repeats at the end: a lease has to expire, and a poll to come.
const REPEATS_WITHIN: Duration = Duration::from_secs(4);

#[derive(Args, Clone, Debug)]
pub struct KillOptions {
    /// Subscribers
    #[arg(long, value_name = "N", default_value_t = 100)]
    subscribers: usize,
    /// Stories; more come until the number of kills is reached
    #[arg(long, value_name = "N", default_value_t = 50)]
    stories: u32,
    /// Kills of the program
    #[arg(long, value_name = "N", default_value_t = 200)]
    kills: usize,
    /// Messages a second in the program's settings
    #[arg(long, value_name = "N", default_value_t = 500)]
    rate: usize,
    #[command(flatten)]
    faults: FaultOptions,
    #[command(flatten)]
    common: CommonOptions,
}

/// The faults by chance, and the repeats that they excuse.
#[derive(Args, Clone, Debug)]
pub struct FaultOptions {
    /// Share of requests with an answer 5xx
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    pub errors: f64,
    /// Share of requests with an effect but no answer
    #[arg(long, value_name = "SHARE", default_value_t = 0.02)]
    pub lost_answers: f64,
    /// Share of requests that begin a storm, a second of answers 429
    #[arg(long, value_name = "SHARE", default_value_t = 0.002)]
    pub storms: f64,
    /// Milliseconds before a kill for which a missing record is excused
    #[arg(long, value_name = "MS", default_value_t = 250)]
    pub excused_ms: u64,
}

pub async fn run(options: &KillOptions) -> anyhow::Result<bool> {
    let KillOptions { subscribers, stories, kills, rate, faults, common } = options;
    let setup = Setup {
        odds: [faults.errors, faults.lost_answers, faults.storms],
        seed: common.seed,
        ..Setup::unlimited(*subscribers, common)
    };
    let plan = Plan::with_kills(setup, *rate, common);
    let mut stage = BenchStage::new(Plan { sqlite: true, ..plan }).await?;
    let mut random = XorShift64::new(common.seed);
    let (mut killed, mut published) = (Vec::new(), 0);
    let bar = progress(*kills, "killed")?;
    while published < *stories || (killed.len() < *kills && published < stories * MOST_STORIES) {
        stage.publish(0, [published]);
        published += 1;
        let expected = subscribers * published as usize;
        let stories_left = stories.saturating_sub(published) as usize + 1;
        let mut here = (kills - killed.len()).div_ceil(stories_left);
        let mut counts = stage.server.wait(0, 0, Duration::ZERO).await?;
        while here > 0 && counts.pairs < expected {
            let before = counts;
            counts = stage.server.wait(before.attempts + 1, 0, FIRST_WITHIN).await?;
            if counts.attempts == before.attempts {
                break;
            }
            // Kills are spread over the pending deliveries, so that each finds messages in flight.
            let further = random.below((expected - before.pairs).div_ceil(here + 1));
            stage.server.wait(counts.attempts + further, 0, OTHERS_WITHIN).await?;
            tokio::time::sleep(Duration::from_micros(random.below(15_000) as u64)).await;
            killed.push(Kill { at: stage.kill(0)?, node: 0 });
            stage.restart(0)?;
            counts = stage.server.wait(0, 0, Duration::ZERO).await?;
            here -= 1;
            bar.inc(1);
        }
    }
    let expected = subscribers * published as usize;
    stage.told(expected, common.patience(expected, *rate as f64), |_| {}).await?;
    stage.drained(Duration::from_secs(30)).await;
    tokio::time::sleep(REPEATS_WITHIN).await;
    bar.finish_and_clear();

    let record = stage.record().await?;
    let all: Vec<u32> = (0..published).collect();
    let losses = judge(&record, &stage.chats(), &all, &killed, faults.excused_ms * 1000);
    let mut column = Column::new("SQLite");
    column.row("subscribers", subscribers);
    column.row("stories", published);
    column.row("kill -9", killed.len());
    column.row("of them while messages were sent", while_sending(&record, &killed));
    losses_rows(&mut column, &record, &losses);
    print("Killed while sending", &[column]);
    if !losses.are_none() {
        eprint(&stage.log_tail());
    }
    Ok(losses.are_none() && killed.len() >= *kills)
}

/// Counts the kills right after a message.
pub fn while_sending(record: &RunRecord, kills: &[Kill]) -> usize {
    let was_sending = |kill: &&Kill| {
        let times = kill.at.saturating_sub(WHILE_SENDING_US)..=kill.at;
        record.attempts.iter().any(|attempt| attempt.node == kill.node && times.contains(&attempt.at))
    };
    kills.iter().filter(was_sending).count()
}

/// Adds the rows of messages, faults and losses.
pub fn losses_rows(column: &mut Column, record: &RunRecord, losses: &Losses) {
    column.row("messages sent", record.messages().count());
    column.row("answers 5xx", record.count(Outcome::Error));
    column.row("answers lost", record.count(Outcome::AnswerLost));
    column.row("answers 429", record.count(Outcome::TooMany));
    column.row("other refusals", record.count(Outcome::Refused));
    column.row("to be told, subscribers x stories", losses.expected);
    column.row("lost", losses.lost);
    column.row("doubled", losses.doubled);
    column.row("repeats that are marked", losses.marked);
    column.row("repeats without a mark", losses.unmarked);
    column.row("repeated since the answer was lost", losses.by_lost_answer);
    column.row("repeated since the process was killed", losses.by_kill);
    column.row("longest from message to kill, ms", losses.longest_until_kill / 1000);
    column.row("repeated for no such reason", losses.for_no_reason);
    if losses.for_no_reason > 0 {
        let never = losses.no_reason_until_kill == u64::MAX;
        let time = if never { "none came".into() } else { format!("{}", losses.no_reason_until_kill / 1000) };
        column.row("longest from those to the next kill, ms", time);
    }
    column.row("marked though it came once", losses.marked_single);
}
