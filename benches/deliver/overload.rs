//! Publishes stories faster than the program can send them: the age of the oldest news, and losses.

use std::time::Duration;

use clap::Args;
use tokio::time::MissedTickBehavior;

use crate::report::{Column, print};
use crate::stage::{BenchStage, Plan};
use crate::story::eprint;
use crate::{CommonOptions, progress};
use ceasewire_testkit::load::figures::{ages, jain, mean_ages, out_of_order, pace, quantile, secs};

#[derive(Args, Clone, Debug)]
pub struct OverloadOptions {
    /// Subscribers
    #[arg(long, value_name = "N", default_value_t = 300)]
    subscribers: usize,
    /// Stories
    #[arg(long, value_name = "N", default_value_t = 30)]
    stories: u32,
    /// Messages a second that the Bot API allows, and in the program's settings
    #[arg(long, value_name = "N", default_value_t = 30)]
    rate: usize,
    /// Rate of the stories, as a multiple of the rate at which they can be sent
    #[arg(long, value_name = "TIMES", default_value_t = 3.0)]
    times: f64,
    #[command(flatten)]
    common: CommonOptions,
}

pub async fn run(options: &OverloadOptions) -> anyhow::Result<bool> {
    let OverloadOptions { subscribers, stories, rate, times, common } = options;
    let mut stage = BenchStage::new(Plan::limited(*subscribers, *rate, common)).await?;
    let round = *subscribers as f64 / *rate as f64;
    let mut clock = tokio::time::interval(Duration::from_secs_f64(round / times));
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let expected = subscribers * *stories as usize;
    let bar = progress(expected, "told")?;
    for story in 0..*stories {
        clock.tick().await;
        stage.publish(0, [story]);
        bar.set_position(stage.server.wait(0, 0, Duration::ZERO).await?.pairs as u64);
    }
    // At worst each story has a message of its own.
    let patience = common.patience(expected, *rate as f64);
    let counts = stage.told(expected, patience, |counts| bar.set_position(counts.pairs as u64)).await?;
    stage.drained(Duration::from_secs(10)).await;
    bar.finish_and_clear();
    let record = stage.record().await?;
    let ages = ages(&record, &stage.handed_out());
    let mut sorted: Vec<u64> = ages.values().copied().collect();
    sorted.sort_unstable();
    let (all, worst) = (pace(&record, 0), secs(quantile(&sorted, 1.0)));
    let fullest = record.messages().map(|message| message.stories.len()).max().unwrap_or_default();

    let mut column = Column::new(format!("limit {rate}/s"));
    column.row("subscribers", subscribers);
    column.row("stories", stories);
    column.row("times as fast as can be sent", times);
    column.row("told, subscribers x stories", format!("{} of {expected}", counts.pairs));
    column.row("lost", expected.saturating_sub(counts.pairs));
    column.row("messages", all.sent);
    column.row("stories in the fullest message", fullest);
    column.number("messages a second", all.rate);
    column.row("answers 429", all.too_many);
    column.row("subscribers / rate, s", format!("{round:.2}"));
    column.row("median age, s", format!("{:.2}", secs(quantile(&sorted, 0.5))));
    column.row("worst age, s", format!("{worst:.2}"));
    column.row("worst age as a multiple of that", format!("{:.3}", worst / round));
    column.row("Jain's index of the mean ages", format!("{:.4}", jain(&mean_ages(&ages))));
    column.row("chats told out of order", out_of_order(&record));
    print("Stories faster than they can be sent; ages from when the feed's body was handed out", &[column]);
    let well = counts.pairs >= expected;
    if !well {
        eprint(&stage.log_tail());
    }
    Ok(well)
}
