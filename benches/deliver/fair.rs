//! Sends stories one after another: do some chats always wait longest?

use std::time::Duration;

use clap::Args;

use crate::report::{Column, print};
use crate::stage::{BenchStage, Plan};
use crate::story::eprint;
use crate::{CommonOptions, progress};
use ceasewire_testkit::load::figures::{ages, jain, mean_ages, out_of_order, pace, quantile, secs};

#[derive(Args, Clone, Debug)]
pub struct FairOptions {
    /// Subscribers
    #[arg(long, value_name = "N", default_value_t = 300)]
    subscribers: usize,
    /// Stories
    #[arg(long, value_name = "N", default_value_t = 20)]
    stories: u32,
    /// Messages a second that the Bot API allows, and in the program's settings
    #[arg(long, value_name = "N", default_value_t = 30)]
    rate: usize,
    #[command(flatten)]
    common: CommonOptions,
}

pub async fn run(options: &FairOptions) -> anyhow::Result<bool> {
    let FairOptions { subscribers, stories, rate, common } = options;
    let mut stage = BenchStage::new(Plan::limited(*subscribers, *rate, common)).await?;
    let expected = subscribers * *stories as usize;
    let bar = progress(expected, "told")?;
    let mut told = 0;
    for story in 0..*stories {
        stage.publish(0, [story]);
        // Each story waits for the end of the one before: this scene has no overload.
        let wanted = subscribers * (story as usize + 1);
        let patience = common.patience(*subscribers, *rate as f64);
        told = stage.told(wanted, patience, |counts| bar.set_position(counts.pairs as u64)).await?.pairs;
        if told < wanted {
            break;
        }
    }
    stage.drained(Duration::from_secs(10)).await;
    bar.finish_and_clear();
    let record = stage.record().await?;
    let ages = ages(&record, &stage.handed_out());
    let means = mean_ages(&ages);
    let mut sorted: Vec<u64> = ages.values().copied().collect();
    sorted.sort_unstable();
    let (fewest, most) =
        means.iter().fold((f64::MAX, 0.0_f64), |(least, most), mean| (least.min(*mean), most.max(*mean)));

    let mut column = Column::new(format!("limit {rate}/s"));
    column.row("subscribers", subscribers);
    column.row("stories", stories);
    column.row("told, subscribers x stories", format!("{told} of {expected}"));
    column.row("answers 429", pace(&record, 0).too_many);
    column.row("Jain's index of the mean ages", format!("{:.4}", jain(&means)));
    column.row("mean age of the luckiest, s", format!("{fewest:.3}"));
    column.row("mean age of the unluckiest, s", format!("{most:.3}"));
    column.row("median age, s", format!("{:.3}", secs(quantile(&sorted, 0.5))));
    column.row("worst age, s", format!("{:.3}", secs(quantile(&sorted, 1.0))));
    column.row("chats told out of order", out_of_order(&record));
    print("Stories one after another; seconds from when the feed's body was handed out", &[column]);
    if told < expected {
        eprint(&stage.log_tail());
    }
    Ok(told >= expected)
}
