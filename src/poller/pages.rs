//! Reading the pages of new articles whose feed carries only their beginnings.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use url::Url;

use super::{Poller, trust};
use crate::store::StoreError;
use ceasewire_articles::markup::escape;
use ceasewire_articles::{charset, clean, page};
use ceasewire_feeds::fetch::{Answer, Fetched, Request, Trust};
use ceasewire_model::{Entry, Feed, Timestamp};

/// Pages that are read at one poll; an outlet rarely publishes more between two.
const MOST_PAGES: usize = 20;
/// A text of so many characters is no beginning, and its page is left alone.
const WHOLE_CHARS: usize = 1500;
/// How long the pages of one poll may take together: what has not come until then goes without.
const PAGES_WITHIN: Duration = Duration::from_secs(30);

/// Who named the address of an article: the operator, as far as it stands where the feed does; else the publisher, who is
/// a stranger.
fn trust_of_link(feed: &Feed, address: &str) -> Trust {
    let origin = |address: &str| Url::parse(address).ok().map(|url| url.origin());
    let own = [Some(feed.url.as_str()), feed.moved_to.as_deref()].into_iter().flatten();
    let at_home = own.filter_map(origin).any(|home| Some(home) == origin(address));
    if at_home { trust(feed) } else { Trust::Stranger }
}

impl Poller {
    /// Completes the new entries of a feed with the texts of their pages, as far as they can be had in time. The same
    /// guards apply as to the feed.
    pub(super) async fn complete(
        &self,
        feed: &Feed,
        entries: &mut [Entry],
        now: Timestamp,
        stop: &CancellationToken,
    ) -> Result<(), StoreError> {
        let unknown = self.ingest.unknown(feed, entries, now).await?;
        let read_all = async {
            for at in unknown.into_iter().take(MOST_PAGES) {
                let text = clean::plain_text(&entries[at].html);
                if text.chars().count() >= WHOLE_CHARS {
                    continue;
                }
                let Some(page) = self.page(feed, &entries[at], now).await else { continue };
                let entry = &mut entries[at];
                if page.text.chars().count() > text.chars().count() {
                    entry.html = page.text.lines().map(|line| format!("<p>{}</p>", escape(line))).collect();
                }
            }
        };
        tokio::select! {
            () = read_all => {}
            () = tokio::time::sleep(PAGES_WITHIN) => {
                tracing::warn!(feed.id = %feed.id, feed.outlet = feed.outlet, "not all pages of new articles came in time");
            }
            () = stop.cancelled() => {}
        }
        Ok(())
    }

    /// The page of an entry; `None` where it has none that can be read.
    async fn page(&self, feed: &Feed, entry: &Entry, now: Timestamp) -> Option<page::Page> {
        let address = entry.url.as_deref().filter(|address| Url::parse(address).is_ok())?;
        let body = match self.fetcher.fetch(Request::new(address, trust_of_link(feed, address), now)).await {
            Ok(Answer { fetched: Fetched::Body(body), .. }) => body,
            Ok(Answer { fetched: Fetched::NotModified, .. }) => return None,
            Err(error) => {
                tracing::debug!(feed.id = %feed.id, "the page of an article could not be read: {error}");
                return None;
            }
        };
        // A large page takes a tenth of a second and more: not where others wait for their turn.
        let extracted = tokio::task::spawn_blocking(move || {
            let html = charset::decode(&body.bytes, body.content_type.as_deref());
            page::extract(&html, Some(&body.url))
        });
        extracted.await.inspect_err(|error| tracing::error!("a page could not be extracted: {error}")).ok()
    }
}
