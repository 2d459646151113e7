//! Stories one after another: whether the same people wait longest each time.

use std::time::Duration;

use clap::Args;

use crate::figures::{ages, jain, mean_ages, out_of_order, pace, quantile, secs};
use crate::report::{Column, print};
use crate::server::Setup;
use crate::stage::{Plan, Stage};
use crate::story::eprint;
use crate::{Common, progress};

#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Subscribers
    #[arg(long, value_name = "N", default_value_t = 300)]
    subscribers: usize,
    /// Stories
    #[arg(long, value_name = "N", default_value_t = 20)]
    stories: u32,
    /// Messages a second that the Bot API allows, and that the program is told to send
    #[arg(long, value_name = "N", default_value_t = 30)]
    rate: usize,
    #[command(flatten)]
    common: Common,
}

pub async fn run(options: &Options) -> anyhow::Result<bool> {
    let Options { subscribers, stories, rate, common } = options;
    let setup = Setup {
        chats: *subscribers,
        nodes: 1,
        rate: Some(*rate),
        mark: common.mark.clone(),
        seed: common.seed,
        ..Setup::default()
    };
    let mut stage = Stage::new(Plan {
        setup,
        messages_per_second: *rate,
        feeds: 1,
        timeout_and_lease: (20, 60),
        long_poll_secs: 30,
        sqlite: false,
        settings: common.settings.clone(),
        arguments: Vec::new(),
    })
    .await?;
    let expected = subscribers * *stories as usize;
    let bar = progress(expected, "told")?;
    let mut told = 0;
    for story in 0..*stories {
        stage.publish(0, [story]);
        // Each waits until the one before is out: this is not about overload.
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
