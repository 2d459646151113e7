//! Owns the compared pollers, each with a cold round and some warm ones.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use ceasewire::config::{self, SettingsSource};
use ceasewire::pipeline::{Gates, PatternBudget, Pipeline};
use ceasewire::poller::{Poller, PollerParts};
use ceasewire::store::Store;
use ceasewire_feeds::fetch::Fetcher;
use ceasewire_model::{FeedSource, Tick, Timestamp};
use ceasewire_testkit::clock::{median, peak_mb, process_cpu};
use futures::StreamExt;
use tokio::sync::watch;

use crate::PollOptions;
use crate::measured::Measured;

/// This crate's poller, as the program runs it, on a database of its own.
pub async fn ours(options: &PollOptions) -> anyhow::Result<()> {
    let settings = format!(
        "[poller]\nconcurrency = {}\ninterval_secs = 60\nmin_interval_secs = 60\n[fetch]\nallow_private_networks = true\n\
         [conflict]\nprofile_feeds = false\n",
        options.concurrency
    );
    let settings = config::load(SettingsSource::Text("bench", &settings), [])?;
    let folder = tempfile::tempdir()?;
    let store = Store::open(&format!("sqlite://{}", folder.path().join("bench.db").display())).await?;
    let feeds: Vec<FeedSource> = (0..options.feeds)
        .map(|feed| FeedSource {
            url: format!("{}/{feed}", options.server),
            outlet: format!("outlet{feed}"),
            ..FeedSource::default()
        })
        .collect();
    let start = Timestamp::now();
    store.sync_feeds(&feeds, start).await?;
    drop(feeds);
    let gates = Gates {
        max_age_secs: 72 * 3600,
        burst: 20,
        many_killed: 5,
        chat_articles_a_day: 500,
        chat_bytes_a_day: 20_000_000,
    };
    let patterns = PatternBudget { steps: 4_000_000, steps_in_all: 50_000_000 };
    let ingest = Pipeline::new(
        store.clone(),
        Arc::clone(&settings.profile),
        gates,
        patterns,
        Arc::default(),
        watch::channel(()).0,
    );
    // The one host of the bench stands for the hosts of all feeds, each of which keeps its connection.
    let fetcher = Fetcher::with_idle_connections(&settings.config.fetch, options.concurrency)?;
    let poller = Poller::new(PollerParts {
        store: store.clone(),
        fetcher,
        credentials: BTreeMap::new(),
        pipeline: Arc::new(ingest),
        config: settings.config.poller.clone(),
        chat_concurrency: 0,
        budget: settings.config.budgets.feeds,
        chat_budget: settings.config.budgets.chat_feeds.feed(),
        fetch_timeout_secs: 30,
        backfill: 0,
    });

    let begun = process_cpu();
    let polled = poller.tick(start).await?;
    anyhow::ensure!(polled == Tick::Worked(options.feeds), "not every feed was polled: {polled:?}");
    let cold_cpu = process_cpu() - begun;
    let (mut cpus, mut walls) = (Vec::new(), Vec::new());
    for round in 1..=options.rounds as i64 {
        let (begun, clock) = (process_cpu(), Instant::now());
        let polled = poller.tick(start.plus_secs(61 * round)).await?;
        anyhow::ensure!(polled == Tick::Worked(options.feeds), "not every feed was polled: {polled:?}");
        cpus.push(process_cpu() - begun);
        walls.push(clock.elapsed().as_secs_f64());
    }
    let failed = store.list_feeds().await?.into_iter().find_map(|feed| feed.last_error);
    anyhow::ensure!(failed.is_none(), "a poll failed: {failed:?}");
    store.close().await;
    Measured { cold_cpu, warm_cpu: median(cpus), warm_wall: median(walls), peak_mb: peak_mb() }.print()
}

/// A loop that requests each feed and keeps nothing but its `ETag`.
pub async fn bare(options: &PollOptions, parse: bool) -> anyhow::Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build()?;
    let mut tags: Vec<Option<String>> = vec![None; options.feeds];
    let begun = process_cpu();
    round(&client, options, parse, &mut tags).await?;
    let cold_cpu = process_cpu() - begun;
    anyhow::ensure!(tags.iter().all(Option::is_some), "a feed has no ETag");
    let (mut cpus, mut walls) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        let (begun, clock) = (process_cpu(), Instant::now());
        round(&client, options, parse, &mut tags).await?;
        cpus.push(process_cpu() - begun);
        walls.push(clock.elapsed().as_secs_f64());
    }
    Measured { cold_cpu, warm_cpu: median(cpus), warm_wall: median(walls), peak_mb: peak_mb() }.print()
}

async fn round(
    client: &reqwest::Client,
    options: &PollOptions,
    parse: bool,
    tags: &mut [Option<String>],
) -> anyhow::Result<()> {
    let requests = tags.iter().enumerate().map(|(feed, tag)| {
        let mut request = client.get(format!("{}/{feed}", options.server));
        if let Some(tag) = tag {
            request = request.header("if-none-match", tag);
        }
        async move {
            let response = request.send().await?;
            let tag = response.headers().get("etag").and_then(|tag| tag.to_str().ok()).map(str::to_owned);
            let bytes = response.bytes().await?;
            if parse && !bytes.is_empty() {
                feed_rs::parser::parse(&bytes[..]).context("parsing a feed")?;
            }
            anyhow::Ok((feed, tag))
        }
    });
    let answers: Vec<anyhow::Result<(usize, Option<String>)>> =
        futures::stream::iter(requests.collect::<Vec<_>>()).buffer_unordered(options.concurrency).collect().await;
    for answer in answers {
        let (feed, tag) = answer?;
        tags[feed] = tag;
    }
    Ok(())
}
