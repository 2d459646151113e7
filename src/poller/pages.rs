//! Reads the pages of new articles of a feed that carries teasers only, and tries failed pages again.
//!
//! A page never takes away the words of the feed: it adds to them, and only where it is about the same article.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use async_trait::async_trait;
use ceasewire_articles::markup::escape;
use ceasewire_articles::page::{self, ExtractedPage, LinkedEntry};
use ceasewire_articles::{charset, clean};
use ceasewire_feeds::fetch::{FetchRequest, FetchResponse, FetchedContent, Trust};
use ceasewire_feeds::schedule;
use ceasewire_feeds::shown::shown;
use ceasewire_model::{Entry, Feed, FeedId, Timestamp};
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::Poller;
use super::poll::trust;
use crate::pipeline::{Alerting, Fetch, PageReader};

/// Pages of one poll; an outlet rarely publishes more articles between two.
const MOST_PAGES: usize = 20;
/// A text of this many characters is no teaser: its page is not read.
const WHOLE_CHARS: usize = 1500;
/// How long the pages of one poll may take together. An article whose page comes later is stored with its teaser.
const PAGES_WITHIN: Duration = Duration::from_secs(30);
/// Seconds after a failed try until the feed's next poll tries the page again. Most late pages come within
/// minutes; a wall stays.
const RETRIES_AFTER_SECS: [i64; 2] = [4 * 60, 25 * 60];
/// Pages of all feeds that wait for another try, and those of one feed.
const MOST_LATE: usize = 2000;
const MOST_LATE_OF_FEED: usize = 50;

/// Entries whose pages could not be read, by their feeds. They are lost with the process: their articles are stored with
/// the words of the feed.
#[derive(Debug, Default)]
pub(super) struct LatePages {
    waiting: Mutex<HashMap<FeedId, Vec<LatePage>>>,
}

/// An entry as its feed carries it, whose page is tried again.
#[derive(Clone, Debug)]
struct LatePage {
    entry: Entry,
    /// The tries so far.
    tries: usize,
    due_at: Timestamp,
}

impl LatePages {
    /// Notes an entry whose page failed for the `tries`-th time, unless the tries are used up.
    fn put_off(&self, feed: FeedId, entry: Entry, tries: usize, now: Timestamp) {
        let Some(secs) = tries.checked_sub(1).and_then(|tries| RETRIES_AFTER_SECS.get(tries)) else { return };
        let mut waiting = self.waiting.lock();
        let all: usize = waiting.values().map(Vec::len).sum();
        let of_feed = waiting.entry(feed).or_default();
        if all < MOST_LATE && of_feed.len() < MOST_LATE_OF_FEED {
            of_feed.push(LatePage { entry, tries, due_at: now.plus_secs(*secs) });
        }
    }

    /// Takes the entries of a feed whose next try is due.
    fn take_due(&self, feed: FeedId, now: Timestamp) -> Vec<LatePage> {
        let mut waiting = self.waiting.lock();
        let Some(of_feed) = waiting.get_mut(&feed) else { return Vec::new() };
        let due: Vec<LatePage> = of_feed.extract_if(.., |late| late.due_at <= now).take(MOST_PAGES).collect();
        if of_feed.is_empty() {
            waiting.remove(&feed);
        }
        due
    }
}

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
        // An entry waits for another try until its page has come.
        let mut unread = Vec::new();
        let read_all = async {
            for entry in new.into_iter().take(MOST_PAGES) {
                let html = entry.html.clone();
                let Ok(text) = ceasewire_cpu::run(move || clean::plain_text(&html)).await else { continue };
                if entry.url.is_none() || text.chars().count() >= WHOLE_CHARS {
                    continue;
                }
                unread.push(entry.clone());
                if let Some(html) = self.poller.read_marked_page(feed, entry, text, self.now).await {
                    entry.html = html;
                    unread.pop();
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
        for entry in unread {
            self.poller.late_pages.put_off(feed.id, entry, 1, self.now);
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
    async fn read_marked_page(&self, feed: &Feed, entry: &Entry, teaser: String, now: Timestamp) -> Option<String> {
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
        let page = self.read_page(feed, entry, teaser, now).await;
        if let Err(error) = self.store.mark_page(feed.id, None).await {
            tracing::warn!(feed.id = %feed.id, %error, "the mark of a page stays until the poll is recorded");
        }
        page
    }

    /// Tries the due pages of a feed's articles again, and hands the articles whose page has come to the pipeline as new
    /// versions of known entries.
    pub(super) async fn process_late_pages(&self, feed: &Feed, now: Timestamp, stop: &CancellationToken) {
        let mut entries = Vec::new();
        for LatePage { mut entry, tries, .. } in self.late_pages.take_due(feed.id, now) {
            let html = entry.html.clone();
            let Ok(text) = ceasewire_cpu::run(move || clean::plain_text(&html)).await else { continue };
            let page = tokio::select! {
                page = self.read_marked_page(feed, &entry, text, now) => page,
                () = stop.cancelled() => return,
            };
            match page {
                Some(html) => {
                    entry.html = html;
                    entries.push(entry);
                }
                None => self.late_pages.put_off(feed.id, entry, tries + 1, now),
            }
        }
        if entries.is_empty() {
            return;
        }
        tracing::debug!(feed.id = %feed.id, articles = entries.len(), "pages of known articles have come");
        let marks_rules = schedule::is_suspect(feed, now);
        let fetch = Fetch { feed, entries, alerting: Alerting::All, marks_rules, now };
        if let Err(error) = self.pipeline.process(fetch, &PollPages { poller: self, stop, now }).await {
            tracing::warn!(feed.id = %feed.id, %error, "cannot store the pages of known articles; their teasers stay");
        }
    }

    /// Reads the page of an entry with the clean text `teaser`; returns the text of both as HTML. `None` where the page
    /// cannot be read, or is no article of the entry's subject.
    async fn read_page(&self, feed: &Feed, entry: &Entry, teaser: String, now: Timestamp) -> Option<String> {
        let url = entry.url.clone().filter(|url| Url::parse(url).is_ok())?;
        let request =
            FetchRequest { configured: Some(&feed.url), ..FetchRequest::new(&url, trust_of_link(feed, &url), now) };
        let body = match self.fetcher.fetch(request).await {
            Ok(FetchResponse { content: FetchedContent::Body(body), .. }) => body,
            Ok(FetchResponse { content: FetchedContent::NotModified, .. }) => return None,
            Err(error) => {
                tracing::debug!(feed.id = %feed.id, %error, "cannot read an article's page; storing its teaser");
                return None;
            }
        };
        let title = entry.title.clone();
        // A large page takes a tenth of a second and more.
        let judged = ceasewire_cpu::run(move || {
            let html = charset::decode(&body.bytes, body.content_type.as_deref());
            let page = page::extract(&html, Some(&body.url));
            let completes = page.completes(LinkedEntry { title: &title, text: &teaser, url: &url }, &body.url);
            let html = completes.then(|| with_page(&teaser, &page.text));
            (html, page)
        });
        let judged = judged.await.inspect_err(|_| tracing::error!("the extraction of a page panicked"));
        let (html, ExtractedPage { notice, .. }) = judged.ok()?;
        if html.is_none() {
            let reason = notice.map_or_else(|| "a page about something else".to_owned(), |notice| notice.to_string());
            tracing::debug!(feed.id = %feed.id, reason, "a link does not lead to its article; storing the teaser");
        }
        html
    }
}

/// The text of a page, and the lines of the teaser with words that it lacks, as HTML.
fn with_page(teaser: &str, page: &str) -> String {
    let words = |text: &str| -> HashSet<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let known = words(page);
    let is_missing = |line: &&str| !words(line).is_subset(&known);
    let lines = page.lines().chain(teaser.lines().filter(is_missing));
    lines.map(|line| format!("<p>{}</p>", escape(line))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_adds_to_the_words_of_the_feed() {
        for (teaser, page, html) in [
            ("", "One.\nTwo < 3.", "<p>One.</p><p>Two &lt; 3.</p>"),
            ("Truce at noon.", "One.", "<p>One.</p><p>Truce at noon.</p>"),
            ("Truce at noon…", "Truce, at noon, and more.", "<p>Truce, at noon, and more.</p>"),
            ("Truce.\nMore soon.", "Truce.", "<p>Truce.</p><p>More soon.</p>"),
        ] {
            assert_eq!(with_page(teaser, page), html);
        }
    }

    #[test]
    fn a_failed_page_is_tried_twice_again_within_the_hour() {
        let (pages, feed) = (LatePages::default(), FeedId::new());
        let entry = Entry { title: "Truce".into(), ..Entry::default() };
        let start = Timestamp(0);
        pages.put_off(feed, entry.clone(), 1, start);
        assert!(pages.take_due(feed, start.plus_secs(60)).is_empty());
        let due = pages.take_due(feed, start.plus_secs(240));
        assert_eq!((due.len(), due[0].tries), (1, 1));
        assert!(pages.take_due(feed, start.plus_secs(240)).is_empty());
        pages.put_off(feed, entry.clone(), 2, start.plus_secs(240));
        assert_eq!(pages.take_due(feed, start.plus_secs(1740)).len(), 1);
        pages.put_off(feed, entry.clone(), 3, start.plus_secs(1740));
        assert!(pages.take_due(feed, start.plus_secs(100_000)).is_empty());
        for _ in 0..100 {
            pages.put_off(feed, entry.clone(), 1, start);
        }
        let due = || pages.take_due(feed, start.plus_secs(9000)).len();
        assert_eq!((due(), due(), due(), due()), (20, 20, 10, 0));
    }
}
