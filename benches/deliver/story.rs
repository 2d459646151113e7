//! Sends one breaking story to all subscribers: time to deliver, use of the allowed rate, and cost.

use std::time::{Duration, Instant};

use anyhow::Context;
use clap::{Args, ValueEnum};

use crate::report::{Column, print};
use crate::server::Setup;
use crate::stage::{BenchStage, Plan};
use crate::{CommonOptions, progress};
use ceasewire_testkit::bot_api::Outcome;
use ceasewire_testkit::clock::{now_us, process_usage};
use ceasewire_testkit::load::figures::{ages, jain, mean_ages, out_of_order, pace, quantile, secs};

/// The least rate of a run without limits, even on slow machines and in unoptimised builds; it sets the patience.
const LEAST_FREE_RATE: f64 = 50.0;
/// The interval between looks into the outbox until it has the story.
const LOOK_EVERY: Duration = Duration::from_millis(10);

#[derive(Args, Clone, Debug)]
pub struct StoryOptions {
    /// Subscribers; several numbers with commas between them make several runs
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "1000")]
    subscribers: Vec<usize>,
    /// Messages a second that the Bot API allows, and in the program's settings
    #[arg(long, value_name = "N", default_value_t = 30)]
    rate: usize,
    /// Whether the Bot API limits rates
    #[arg(long, value_enum, default_value_t = LimitsMode::Both)]
    limits: LimitsMode,
    /// Messages a second in the program's settings where the Bot API limits nothing: the largest setting
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    free_rate: usize,
    /// Seconds of sends until the rate counts as learned
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    learned_secs: u64,
    #[command(flatten)]
    common: CommonOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LimitsMode {
    On,
    Off,
    Both,
}

pub async fn run(options: &StoryOptions) -> anyhow::Result<bool> {
    let (mut columns, mut well) = (Vec::new(), true);
    for subscribers in &options.subscribers {
        let limited = [true, false].into_iter().filter(|limited| match options.limits {
            LimitsMode::On => *limited,
            LimitsMode::Off => !limited,
            LimitsMode::Both => true,
        });
        for limited in limited {
            let (column, all) = one(options, *subscribers, limited).await?;
            columns.push(column);
            well &= all;
        }
    }
    print("One story; seconds from when the feed's body was handed out", &columns);
    Ok(well)
}

async fn one(options: &StoryOptions, subscribers: usize, limited: bool) -> anyhow::Result<(Column, bool)> {
    let rate = if limited { options.rate } else { options.free_rate };
    let setup = Setup { rate: limited.then_some(rate), ..Setup::unlimited(subscribers, &options.common) };
    let mut stage = BenchStage::new(Plan::new(setup, rate, &options.common)).await?;
    let before = (stage.usage(), process_usage(stage.server.process()).unwrap_or_default());
    stage.publish(0, [0]);
    let patience = options.common.patience(subscribers, if limited { rate as f64 } else { LEAST_FREE_RATE });
    let until = Instant::now() + patience;
    let committed = async {
        loop {
            match stage.outbox().await {
                Some((pending, sent)) if pending + sent >= subscribers as i64 => return Some(now_us()),
                _ if Instant::now() > until => return None,
                _ => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
    };
    let bar = progress(subscribers, "told")?;
    let told = stage.told(subscribers, patience, |counts| bar.set_position(counts.pairs as u64));
    let (committed, counts) = tokio::join!(committed, told);
    let counts = counts?;
    let pending = stage.drained(Duration::from_secs(30)).await;
    let drained = now_us();
    bar.finish_and_clear();

    let (record, handed_out) = (stage.record().await?, stage.handed_out());
    let begun = *handed_out.get(&0).context("the feed with the story was never asked for")?;
    let (usage, server) = (stage.usage(), process_usage(stage.server.process()).unwrap_or_default());
    let ages_of = ages(&record, &handed_out);
    let mut sorted: Vec<u64> = ages_of.values().copied().collect();
    sorted.sort_unstable();
    let (all, learned) = (pace(&record, 0), pace(&record, options.learned_secs * 1_000_000));
    let since = |at: Option<u64>| at.map_or("never".into(), |at| format!("{:.3}", secs(at.saturating_sub(begun))));

    let mut column = Column::new(if limited { format!("limit {rate}/s") } else { "no limit".into() });
    column.row("subscribers", subscribers);
    column.row("database", if stage.is_shared() { "PostgreSQL" } else { "SQLite" });
    column.number("inserting the subscribers, s", stage.inserted.as_secs_f64());
    column.row("the program's own rate, messages/s", rate);
    column.row("messages sent", all.sent);
    column.row("told of the story", counts.pairs);
    column.number("messages a second", all.rate);
    if limited {
        column.row("share of the allowed rate", format!("{:.2} %", 100.0 * all.rate / rate as f64));
    }
    column.row("answers 429", all.too_many);
    if limited && learned.sent > 1 {
        column.row("share once learned", format!("{:.2} %", 100.0 * learned.rate / rate as f64));
        column.row("answers 429 once learned", learned.too_many);
    } else if limited {
        column.row("share once learned", "too short a run");
    }
    column.row("other refusals", record.count(Outcome::Refused) + record.count(Outcome::Error));
    column.row("all deliveries committed", since(committed));
    column
        .row("first request to send", since(record.attempts.iter().map(|attempt| attempt.at).find(|at| *at >= begun)));
    for (name, share) in [("first told", 0.0), ("median told", 0.5), ("95 % told", 0.95), ("last told", 1.0)] {
        column.row(name, format!("{:.3}", secs(quantile(&sorted, share))));
    }
    column.row("outbox empty", since((pending == Some(0)).then_some(drained)));
    column.row("chats told out of order", out_of_order(&record));
    column.row("Jain's index of the ages", format!("{:.4}", jain(&mean_ages(&ages_of))));
    column.number("CPU of the program, s", usage.cpu - before.0.cpu);
    column.number("CPU of the Bot API, s", server.cpu - before.1.cpu);
    column.number("peak memory of the program, MB", usage.peak_mb);
    let well = counts.pairs >= subscribers;
    if !well {
        eprint(&stage.log_tail());
    }
    Ok((column, well))
}

/// Prints the program's last log lines on standard error.
pub fn eprint(log: &str) {
    eprintln!("something is missing; the program's last lines:\n{log}");
}
