//! Reads the pages of new articles of a feed that carries teasers only.

use std::time::Duration;

use async_trait::async_trait;
use ceasewire_articles::markup::escape;
use ceasewire_articles::{charset, clean, page};
use ceasewire_feeds::fetch::{FetchRequest, FetchResponse, FetchedContent, Trust};
use ceasewire_feeds::shown::shown;
use ceasewire_model::{Entry, Feed, Timestamp};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::Poller;
use super::poll::trust;
use crate::pipeline::PageReader;

/// Pages of one poll; an outlet rarely publishes more articles between two.
const MOST_PAGES: usize = 20;
/// A text of this many characters is no teaser: its page is not read.
const WHOLE_CHARS: usize = 1500;
/// How long the pages of one poll may take together. An article whose page comes later is stored with its teaser.
const PAGES_WITHIN: Duration = Duration::from_secs(30);

/// The trust in an article's URL: the operator's where it leads to the feed's own site, else a stranger's.
fn trust_of_link(feed: &Feed, url: &str) -> Trust {
    let origin = |url: &str| Url::parse(url).ok().map(|url| url.origin());
    let own = [Some(feed.url.as_str()), feed.relocation.moved_to.as_deref()].into_iter().flatten();
    let at_home = own.filter_map(origin).any(|home| Some(home) == origin(url));
    if at_home { trust(feed) } else { Trust::Stranger }
}

/// Reads the pages of one poll.
pub(super) struct PollPages<'a> {
    pub(super) poller: &'a Poller,
    pub(super) stop: &'a CancellationToken,
    pub(super) now: Timestamp,
}

#[async_trait]
impl PageReader for PollPages<'_> {
    /// Completes the new entries of a feed that carries teasers only, as far as the pages come in time. A first fetch
    /// is stored silently: its teasers are enough.
    async fn complete(&self, feed: &Feed, new: Vec<&mut Entry>) {
        if !feed.full_text || feed.seeded_at.is_none() {
            return;
        }
        let read_all = async {
            for entry in new.into_iter().take(MOST_PAGES) {
                let html = entry.html.clone();
                let Ok(text) = crate::cpu::run(move || clean::plain_text(&html)).await else { continue };
                if text.chars().count() >= WHOLE_CHARS {
                    continue;
                }
                let Some(page) = self.poller.read_marked_page(feed, entry, self.now).await else { continue };
                if page.text.chars().count() > text.chars().count() {
                    entry.html = page.text.lines().map(|line| format!("<p>{}</p>", escape(line))).collect();
                }
            }
        };
        tokio::select! {
            () = read_all => {}
            () = tokio::time::sleep(PAGES_WITHIN) => {
                tracing::warn!(
                    feed.id = %feed.id, feed.outlet = feed.outlet,
                    "pages of new articles came too late; storing their teasers"
                );
            }
            () = self.stop.cancelled() => {}
        }
    }
}

/// Whether the program may have died of a page: of this one, or, where another one was to blame before, of any page of
/// the feed. The entry is stored with its teaser, and its page is never read.
fn is_set_aside(feed: &Feed, url: &str) -> bool {
    feed.crashes.page_set_aside.as_ref().is_some_and(|page| page == url || feed.crashes.count > 1)
}

impl Poller {
    /// Reads the page of an entry, with a mark in the store meanwhile: a start that finds the mark sets the page aside.
    async fn read_marked_page(&self, feed: &Feed, entry: &Entry, now: Timestamp) -> Option<page::ExtractedPage> {
        let url = entry.url.as_deref()?;
        if is_set_aside(feed, url) {
            tracing::warn!(
                feed.url = %shown(&feed.url), feed.outlet = feed.outlet, page = %shown(url),
                "the program ended while it read a page of this feed; storing the article with its teaser"
            );
            return None;
        }
        if let Err(error) = self.store.mark_page(feed.id, Some(url)).await {
            tracing::warn!(feed.id = %feed.id, %error, "a page is not marked in the store; storing the article's teaser");
            return None;
        }
        let page = self.read_page(feed, entry, now).await;
        if let Err(error) = self.store.mark_page(feed.id, None).await {
            tracing::warn!(feed.id = %feed.id, %error, "the mark of a page stays until the poll is recorded");
        }
        page
    }

    /// Fetches and extracts the page of an entry; `None` where it has none or the page cannot be read.
    async fn read_page(&self, feed: &Feed, entry: &Entry, now: Timestamp) -> Option<page::ExtractedPage> {
        let url = entry.url.as_deref().filter(|url| Url::parse(url).is_ok())?;
        let request =
            FetchRequest { configured: Some(&feed.url), ..FetchRequest::new(url, trust_of_link(feed, url), now) };
        let body = match self.fetcher.fetch(request).await {
            Ok(FetchResponse { content: FetchedContent::Body(body), .. }) => body,
            Ok(FetchResponse { content: FetchedContent::NotModified, .. }) => return None,
            Err(error) => {
                tracing::debug!(feed.id = %feed.id, %error, "cannot read an article's page; storing its teaser");
                return None;
            }
        };
        // A large page takes a tenth of a second and more.
        let extracted = crate::cpu::run(move || {
            let html = charset::decode(&body.bytes, body.content_type.as_deref());
            page::extract(&html, Some(&body.url))
        });
        extracted.await.inspect_err(|_| tracing::error!("the extraction of a page panicked")).ok()
    }
}
