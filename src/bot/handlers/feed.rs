//! `/feed`: the feeds that a chat adds for itself; `/feeds`: the feeds that the operator should look at.

use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Semaphore;
use url::Url;

use super::web_address;
use crate::bot::command::{Access, ArgumentFault, Command, ParsedRequest, Request, word_and_rest};
use crate::bot::context::{Ctx, answer};
use crate::bot::queues::Cost;
use crate::bot::reply::feed as reply;
use crate::store::{ChatFeedLimits, ChatFeedRefusal, NewFeed, StoreError};
use ceasewire_feeds::budget::FeedBudget;
use ceasewire_feeds::fetch::{FetchRequest, Fetcher, Trust};
use ceasewire_feeds::probe::{self, FeedProbe, ProbeError};
use ceasewire_feeds::relocation;
use ceasewire_model::{Address, Feed, FeedOrigin, FeedSource, Message, Platform, SubscriberId, Timestamp};

pub(in crate::bot) const COMMAND: Command = Command {
    name: "feed",
    arguments: "[add ADDRESS | remove N]",
    examples: &["add https://www.osce.org", "remove 2"],
    description: "describe-feed",
    parse,
};

pub(in crate::bot) const FEEDS: Command = Command {
    name: "feeds",
    arguments: "[bad]",
    examples: &["bad"],
    description: "describe-feeds",
    parse: |arguments| match arguments {
        "" => Ok(Box::new(TroubledFeedsRequest)),
        bad if bad.eq_ignore_ascii_case("bad") => Ok(Box::new(TroubledFeedsRequest)),
        _ => Err(ArgumentFault::Unknown(arguments.to_owned())),
    },
};

/// The time limit of a probe: a person waits for the answer.
const PROBE_TIMEOUT: Duration = Duration::from_secs(25);
/// Probes at the same time, over all chats: a few servers that never answer must not keep the others waiting.
const MAX_PROBES: usize = 16;
const DAY_SECS: i64 = 86_400;
/// Entries of a new feed in the answer.
const SHOWN: usize = 3;

/// What chats may do with feeds, and the means to probe a new one.
#[derive(Debug)]
pub struct ChatFeedPolicy {
    fetcher: Fetcher,
    limits: ChatFeedLimits,
    budget: FeedBudget,
    articles_a_day: u64,
    operators: Vec<String>,
    probes: Semaphore,
}

impl ChatFeedPolicy {
    /// Builds a policy: chats may add feeds within `limits` (0: none), each within `budget`, and the chats `operators`
    /// may see the state of all feeds.
    pub fn new(fetcher: Fetcher, limits: ChatFeedLimits, budget: FeedBudget, operators: Vec<String>) -> Self {
        let probes = Semaphore::new(MAX_PROBES);
        Self { fetcher, limits, budget, articles_a_day: u64::MAX, operators, probes }
    }

    /// Sets the new articles that a chat's feed may bring in 24 hours.
    pub fn with_articles_a_day(self, articles_a_day: u64) -> Self {
        Self { articles_a_day, ..self }
    }

    /// Checks whether an address is the operator's: the terminal of the program, or a chat that the settings name.
    fn is_operator(&self, address: &Address) -> bool {
        address.platform == Platform::Console || self.operators.contains(&address.chat)
    }

    /// Probes an address; the error is `None` where the time limit has passed.
    async fn probe(&self, url: &str, now: Timestamp) -> Result<FeedProbe, Option<ProbeError>> {
        let probed = async {
            let _permit = self.probes.acquire().await;
            let request = FetchRequest::new(url, Trust::Stranger, now);
            probe::probe_feed(&self.fetcher, request, &self.budget).await
        };
        tokio::time::timeout(PROBE_TIMEOUT, probed).await.map_err(|_| None)?.map_err(Some)
    }
}

#[derive(Debug)]
enum FeedRequest {
    List,
    Add(String),
    /// Removes a feed by its number, from 1, or its address.
    Remove(String),
}

fn parse(arguments: &str) -> ParsedRequest {
    let (verb, rest) = word_and_rest(arguments);
    Ok(Box::new(match (verb.to_lowercase().as_str(), rest) {
        ("" | "list", "") => FeedRequest::List,
        ("add", rest) if !rest.is_empty() => FeedRequest::Add(rest.to_owned()),
        ("remove", rest) if !rest.is_empty() => FeedRequest::Remove(rest.to_owned()),
        // An address without a verb is an address to add.
        (address, "") if address.contains("://") => FeedRequest::Add(arguments.to_owned()),
        _ => return Err(ArgumentFault::explained("feed-how", arguments)),
    }))
}

#[async_trait]
impl Request for FeedRequest {
    fn access(&self) -> Access {
        match self {
            Self::List => Access::Everyone,
            Self::Add(_) | Self::Remove(_) => Access::Admins,
        }
    }

    fn cost(&self) -> Cost {
        match self {
            Self::List | Self::Remove(_) => Cost::Quick,
            Self::Add(_) => Cost::Fetch,
        }
    }

    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        match self {
            Self::List | Self::Add(_) if ctx.feeds.limits.per_chat == 0 => answer(ctx.text("feed-off", &[])),
            Self::List => list(ctx).await,
            Self::Add(address) => add(ctx, address).await,
            Self::Remove(feed) => remove(ctx, feed).await,
        }
    }
}

/// Asks for the feeds in trouble.
#[derive(Debug)]
struct TroubledFeedsRequest;

#[async_trait]
impl Request for TroubledFeedsRequest {
    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        if !ctx.feeds.is_operator(ctx.address) {
            return answer(ctx.text("feeds-operators-only", &[("chat", ctx.address.chat.as_str().into())]));
        }
        let (counts, mut troubled) = (ctx.store.count_feeds().await?, ctx.store.list_troubled_feeds().await?);
        troubled.retain(|feed| {
            let is_moving = feed.relocation.pending.is_some() || relocation::new_host(feed, ctx.now).is_some();
            feed.trouble.is_some() || feed.crashes.count > 0 || is_moving
        });
        answer(reply::troubled(ctx.locale, &counts, &troubled, ctx.now))
    }
}

/// Lists the feeds of the chat, in the order of their numbers.
async fn list_own(ctx: &Ctx<'_>) -> Result<Vec<Feed>, StoreError> {
    match ctx.subscriber_id() {
        Some(subscriber) => ctx.store.list_chat_feeds(subscriber).await,
        None => Ok(Vec::new()),
    }
}

/// Lists the feeds of the chat, and names those that have reached the budget of a day.
async fn list(ctx: &Ctx<'_>) -> anyhow::Result<Message> {
    let (feeds, most) = (list_own(ctx).await?, ctx.feeds.articles_a_day);
    let mut text = reply::feeds(ctx.locale, &feeds, ctx.feeds.limits.per_chat);
    for feed in &feeds {
        if ctx.store.count_feed_articles(feed.id, ctx.now.plus_secs(-DAY_SECS)).await?.0 >= most {
            text = reply::with_budget_reached(ctx.locale, text, feed, most);
        }
    }
    answer(text)
}

async fn add(ctx: &Ctx<'_>, typed: &str) -> anyhow::Result<Message> {
    let Some(address) = web_address(typed) else { return answer(reply::no_address(ctx.locale, typed)) };
    if let Some(message) = find_existing(ctx, address.as_str()).await? {
        return Ok(message);
    }
    // Before the probe, which takes its time; the insertion counts again.
    let (of_chat, in_all) = ctx.store.count_chat_feeds(ctx.address).await?;
    if of_chat >= ctx.feeds.limits.per_chat {
        return refuse(ctx, ChatFeedRefusal::PerChat);
    }
    if in_all >= ctx.feeds.limits.in_all {
        return refuse(ctx, ChatFeedRefusal::InAll);
    }
    let found = match ctx.feeds.probe(address.as_str(), ctx.now).await {
        Ok(found) => found,
        Err(error) => return answer(reply::not_found(ctx.locale, error.as_ref())),
    };
    if let Some(message) = find_existing(ctx, &found.url).await? {
        return Ok(message);
    }
    let subscriber = ctx.insert_subscriber().await?;
    if let Err(refusal) = insert(ctx, subscriber.id, &found).await? {
        return refuse(ctx, refusal);
    }
    let mut newest: Vec<_> = found.feed.entries.iter().collect();
    if newest.iter().all(|entry| entry.published.is_some()) {
        newest.sort_by_key(|entry| std::cmp::Reverse(entry.published));
    }
    newest.truncate(SHOWN);
    let number = ctx.store.list_chat_feeds(subscriber.id).await?.len();
    answer(reply::added(ctx.locale, &found, number, &newest))
}

/// Answers a chat at a bound.
fn refuse(ctx: &Ctx<'_>, refusal: ChatFeedRefusal) -> anyhow::Result<Message> {
    answer(match refusal {
        ChatFeedRefusal::PerChat => ctx.text("feed-too-many", &[("most", ctx.feeds.limits.per_chat.into())]),
        ChatFeedRefusal::InAll => ctx.text("feed-too-many-in-all", &[]),
    })
}

/// Answers where a feed need not be added: all chats get it, or this chat has it.
async fn find_existing(ctx: &Ctx<'_>, url: &str) -> anyhow::Result<Option<Message>> {
    let Some(feed) = ctx.store.find_feed(url).await? else { return Ok(None) };
    if feed.origin != FeedOrigin::Chat {
        return Ok(Some(reply::with_name(ctx.locale, "feed-watched", &feed).into()));
    }
    let own = list_own(ctx).await?;
    Ok(own.iter().any(|other| other.id == feed.id).then(|| reply::with_name(ctx.locale, "feed-there", &feed).into()))
}

async fn insert(
    ctx: &Ctx<'_>,
    subscriber: SubscriberId,
    found: &FeedProbe,
) -> Result<Result<(), ChatFeedRefusal>, StoreError> {
    let host = Url::parse(&found.url).ok().and_then(|url| super::host(&url)).unwrap_or_default();
    let source = FeedSource {
        url: found.url.clone(),
        outlet: host,
        language: found.feed.language.clone(),
        ..FeedSource::default()
    };
    let new = NewFeed { source, origin: FeedOrigin::Chat, title: found.feed.title.clone() };
    ctx.store.insert_feed_of_chat(&new, ctx.address, subscriber, ctx.feeds.limits, ctx.now).await
}

async fn remove(ctx: &Ctx<'_>, typed: &str) -> anyhow::Result<Message> {
    let feeds = list_own(ctx).await?;
    let by_number = typed.parse::<usize>().ok().and_then(|number| feeds.get(number.checked_sub(1)?));
    let address = web_address(typed);
    let by_address = || feeds.iter().find(|feed| address.as_ref().is_some_and(|url| url.as_str() == feed.url));
    let (Some(subscriber), Some(feed)) = (ctx.subscriber_id(), by_number.or_else(by_address)) else {
        return answer(reply::no_such(ctx.locale, typed, feeds.len()));
    };
    ctx.store.delete_chat_feed(subscriber, feed.id).await?;
    answer(reply::with_name(ctx.locale, "feed-removed", feed))
}
