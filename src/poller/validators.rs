//! The validators of a poll: the request with or without them, and the judgement of a server that may answer 304 to a
//! changed feed.

use ceasewire_feeds::fetch::{FetchRequest, FetchResponse, FetchedContent};
use ceasewire_feeds::shown::shown;
use ceasewire_model::{Feed, Timestamp};
use tokio_util::sync::CancellationToken;

use super::Poller;
use super::poll::{PolledFeed, trust};
use crate::store::PollOutcome;

impl Poller {
    /// The request of a poll at `url`, conditional by the feed's validators or not.
    pub(super) fn request<'a>(
        &'a self,
        feed: &'a Feed,
        url: &'a str,
        is_conditional: bool,
        now: Timestamp,
    ) -> FetchRequest<'a> {
        let validators = Some(&feed.validators).filter(|_| is_conditional);
        FetchRequest {
            configured: Some(&feed.url),
            etag: validators.and_then(|validators| validators.etag.as_deref()),
            last_modified: validators.and_then(|validators| validators.last_modified.as_deref()),
            credentials: self.credentials.get(&feed.url),
            ..FetchRequest::new(url, trust(feed), now)
        }
    }

    /// Distrusts the validators of a feed after a request without them has brought new articles, if the server answers
    /// a request with them as though there were none.
    pub(super) async fn judge_validators(
        &self,
        feed: &Feed,
        url: &str,
        polled: &mut PolledFeed,
        now: Timestamp,
        stop: &CancellationToken,
    ) {
        let PollOutcome::NewBody(body) = &mut polled.outcome else { return };
        if body.stats.last_new_at == feed.stats.last_new_at {
            return;
        }
        let answer = tokio::select! {
            answer = self.fetcher.fetch(self.request(feed, url, true, now)) => answer,
            () = stop.cancelled() => return,
        };
        if let Ok(FetchResponse { content: FetchedContent::NotModified, .. }) = answer {
            body.validators.distrusted_at = Some(now);
            tracing::warn!(
                feed.url = %shown(&feed.url), feed.outlet = feed.outlet,
                "the server answers 304 Not Modified although the feed has new articles; the feed is read whole at \
                 each poll for a month"
            );
        }
    }
}
