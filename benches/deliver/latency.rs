//! Sends single stories to few chats: the time from the served feed to the first request that sends the story.

use std::collections::HashMap;
use std::time::Duration;

use clap::Args;

use crate::report::{Column, print};
use crate::server::Setup;
use crate::stage::{BenchStage, Plan};
use crate::story::eprint;
use crate::{CommonOptions, progress};
use ceasewire_testkit::load::figures::{quantile, secs};
use ceasewire_testkit::random::XorShift64;

#[derive(Args, Clone, Debug)]
pub struct LatencyOptions {
    /// Subscribers
    #[arg(long, value_name = "N", default_value_t = 3)]
    subscribers: usize,
    /// Stories
    #[arg(long, value_name = "N", default_value_t = 100)]
    stories: u32,
    /// Feeds that they come in by turns; each is polled every second
    #[arg(long, value_name = "N", default_value_t = 10)]
    feeds: usize,
    /// Milliseconds between two stories, on average; two are at least half of that apart, by default more than the
    /// second that each message takes in a chat
    #[arg(long, value_name = "MS", default_value_t = 2200)]
    every_ms: u64,
    #[command(flatten)]
    common: CommonOptions,
}

pub async fn run(options: &LatencyOptions) -> anyhow::Result<bool> {
    let LatencyOptions { subscribers, stories, feeds, every_ms, common } = options;
    let plan = Plan::new(Setup::unlimited(*subscribers, common), 1000, common);
    let mut stage = BenchStage::new(Plan { feeds: (*feeds).max(1), ..plan }).await?;
    let expected = subscribers * *stories as usize;
    let bar = progress(*stories as usize, "published")?;
    let mut random = XorShift64::new(common.seed);
    for story in 0..*stories {
        stage.publish(story as usize % (*feeds).max(1), [story]);
        bar.inc(1);
        // Not in step with the polls.
        tokio::time::sleep(Duration::from_millis(every_ms / 2 + random.below(*every_ms as usize + 1) as u64)).await;
    }
    let counts = stage.told(expected, common.patience(expected, 50.0), |_| {}).await?;
    bar.finish_and_clear();
    let (record, handed_out) = (stage.record().await?, stage.handed_out());
    let mut first: HashMap<u32, u64> = HashMap::new();
    for attempt in &record.attempts {
        for story in &attempt.stories {
            first.entry(*story).or_insert(attempt.at);
        }
    }
    let times = handed_out.iter().filter_map(|(story, at)| Some(first.get(story)?.saturating_sub(*at)));
    let mut times: Vec<u64> = times.collect();
    times.sort_unstable();

    let mut column = Column::new("ms");
    column.row("subscribers", subscribers);
    column.row("stories", stories);
    column.row("stories of which one was told", times.len());
    for (name, share) in [("fastest", 0.0), ("median", 0.5), ("95 %", 0.95), ("99 %", 0.99), ("slowest", 1.0)] {
        column.row(name, format!("{:.1}", secs(quantile(&times, share)) * 1e3));
    }
    print("From when the feed's body was handed out to the first request that sends its story", &[column]);
    let well = counts.pairs >= expected;
    if !well {
        eprint(&stage.log_tail());
    }
    Ok(well)
}
