//! `/feed`: feeds that a chat adds for itself; `/feeds`: those that the operator should look at.

use std::time::Duration;

use tokio::sync::Semaphore;
use url::Url;

use super::web_address;
use crate::bot::reply::feed as reply;
use crate::store::{NewFeed, Store, StoreError};
use ceasewire_feeds::fetch::{FetchRequest, Fetcher, Trust};
use ceasewire_feeds::probe::{self, FeedProbe, ProbeError};
use ceasewire_model::{Address, Feed, FeedOrigin, FeedSource, Message, Platform, SubscriberId, Timestamp};

/// How long an address is tried: a person is waiting.
const TRY_WITHIN: Duration = Duration::from_secs(25);
/// Addresses that are tried at the same time, over all chats.
const TRIALS: usize = 4;
/// Entries that are shown of a new feed.
const SHOWN: usize = 3;

/// What it takes to add feeds for chats.
#[derive(Debug)]
pub struct FeedDesk {
    fetcher: Fetcher,
    most: usize,
    operators: Vec<String>,
    trials: Semaphore,
}

impl FeedDesk {
    /// Builds a desk at which a chat may add `most` feeds (0: none) and the chats `operators` may see how all feeds do.
    pub fn new(fetcher: Fetcher, most: usize, operators: Vec<String>) -> Self {
        Self { fetcher, most, operators, trials: Semaphore::new(TRIALS) }
    }

    /// Whether who speaks from here runs the program: at its own terminal, or in a chat that the settings name.
    fn is_operator(&self, at: &Address) -> bool {
        at.platform == Platform::Console || self.operators.contains(&at.chat)
    }

    async fn find(&self, url: &str, now: Timestamp) -> Result<FeedProbe, Option<ProbeError>> {
        let tried = async {
            let _turn = self.trials.acquire().await;
            probe::probe_feed(&self.fetcher, FetchRequest::new(url, Trust::Stranger, now)).await
        };
        tokio::time::timeout(TRY_WITHIN, tried).await.map_err(|_| None)?.map_err(Some)
    }
}

pub(in crate::bot) async fn list(store: &Store, desk: &FeedDesk, at: &Address) -> anyhow::Result<Message> {
    if desk.most == 0 {
        return Ok(reply::switched_off().into());
    }
    Ok(reply::feeds(&feeds(store, at).await?, desk.most).into())
}

/// The feeds of a chat, in the order in which they are numbered.
async fn feeds(store: &Store, at: &Address) -> Result<Vec<Feed>, StoreError> {
    match store.find_subscriber(at).await? {
        Some(subscriber) => store.list_chat_feeds(subscriber.id).await,
        None => Ok(Vec::new()),
    }
}

pub(in crate::bot) async fn add(
    store: &Store,
    desk: &FeedDesk,
    at: &Address,
    typed: &str,
    now: Timestamp,
) -> anyhow::Result<Message> {
    if desk.most == 0 {
        return Ok(reply::switched_off().into());
    }
    let Some(address) = web_address(typed) else { return Ok(reply::no_address(typed).into()) };
    if let Some(answer) = there_already(store, at, address.as_str()).await? {
        return Ok(answer);
    }
    if feeds(store, at).await?.len() >= desk.most {
        return Ok(reply::too_many(desk.most).into());
    }
    let found = match desk.find(address.as_str(), now).await {
        Ok(found) => found,
        Err(error) => return Ok(reply::not_found(error.as_ref()).into()),
    };
    if let Some(answer) = there_already(store, at, &found.url).await? {
        return Ok(answer);
    }
    let subscriber = store.insert_subscriber(at, now).await?;
    insert(store, subscriber.id, &found, now).await?;
    let mut newest: Vec<_> = found.feed.entries.iter().collect();
    if newest.iter().all(|entry| entry.published.is_some()) {
        newest.sort_by_key(|entry| std::cmp::Reverse(entry.published));
    }
    newest.truncate(SHOWN);
    let number = store.list_chat_feeds(subscriber.id).await?.len();
    Ok(reply::added(&found, number, &newest).into())
}

/// What is said of a feed that need not be added: everybody gets it, or this chat has it.
async fn there_already(store: &Store, at: &Address, url: &str) -> anyhow::Result<Option<Message>> {
    let Some(feed) = store.find_feed(url).await? else { return Ok(None) };
    if feed.origin != FeedOrigin::Chat {
        return Ok(Some(reply::watched(&feed).into()));
    }
    let own = feeds(store, at).await?;
    Ok(own.iter().any(|other| other.id == feed.id).then(|| reply::there(&feed).into()))
}

async fn insert(store: &Store, subscriber: SubscriberId, found: &FeedProbe, now: Timestamp) -> Result<(), StoreError> {
    let host = Url::parse(&found.url).ok().and_then(|url| super::host(&url)).unwrap_or_default();
    let source = FeedSource {
        url: found.url.clone(),
        outlet: host,
        language: found.feed.language.clone(),
        ..FeedSource::default()
    };
    let new = NewFeed { source, origin: FeedOrigin::Chat, title: found.feed.title.clone() };
    store.insert_feed_of_chat(&new, subscriber, now).await
}

pub(in crate::bot) async fn remove(store: &Store, at: &Address, which: &str) -> anyhow::Result<Message> {
    let Some(subscriber) = store.find_subscriber(at).await? else { return Ok(reply::no_such(which, 0).into()) };
    let feeds = store.list_chat_feeds(subscriber.id).await?;
    let by_number = which.parse::<usize>().ok().and_then(|number| feeds.get(number.checked_sub(1)?));
    let address = web_address(which);
    let by_address = || feeds.iter().find(|feed| address.as_ref().is_some_and(|url| url.as_str() == feed.url));
    let Some(feed) = by_number.or_else(by_address) else { return Ok(reply::no_such(which, feeds.len()).into()) };
    store.delete_chat_feed(subscriber.id, feed.id).await?;
    Ok(reply::removed(feed).into())
}

/// The feeds that are in trouble, for the operator.
pub(in crate::bot) async fn troubled(store: &Store, desk: &FeedDesk, at: &Address) -> anyhow::Result<Message> {
    if !desk.is_operator(at) {
        return Ok(reply::operators_only(&at.chat).into());
    }
    Ok(reply::troubled(&store.count_feeds().await?, &store.list_troubled_feeds().await?).into())
}
