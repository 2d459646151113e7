//! Answers about feeds.

use super::{join, shortened};
use crate::alert::render::{self, inert};
use crate::locale::Locale;
use crate::store::FeedCounts;
use ceasewire_articles::clean;
use ceasewire_feeds::fetch::FetchError;
use ceasewire_feeds::probe::{FeedProbe, ProbeError};
use ceasewire_feeds::relocation;
use ceasewire_feeds::shown::{holds_secret, shown};
use ceasewire_model::{Entry, Feed, FeedOrigin, FeedTrouble, Style, Text, Timestamp};

/// Troubled feeds in one answer.
const MAX_TROUBLED: usize = 50;

pub(in crate::bot) fn no_address(locale: Locale, typed: &str) -> Text {
    locale.text("feed-no-address", &[("typed", shortened(typed).into())])
}

/// Returns a message that names a feed.
pub(in crate::bot) fn with_name(locale: Locale, id: &str, feed: &Feed) -> Text {
    locale.text(id, &[("name", name(feed).into())])
}

pub(in crate::bot) fn no_such(locale: Locale, typed: &str, count: usize) -> Text {
    locale.text("feed-no-such", &[("typed", shortened(typed).into()), ("count", count.into())])
}

/// Explains why a probe found no feed; `None`: it took too long. The explanation leaves out remedies for operators.
pub(in crate::bot) fn not_found(locale: Locale, error: Option<&ProbeError>) -> Text {
    let fetch = match error {
        None => return locale.text("feed-slow", &[]),
        Some(ProbeError::Fetch(fetch)) => fetch,
        Some(ProbeError::Challenge) => return locale.text("feed-challenge", &[]),
        Some(ProbeError::Login) => return locale.text("feed-login", &[]),
        Some(ProbeError::NoFeed) => return locale.text("feed-none-there", &[]),
        Some(ProbeError::Parse(fault)) => {
            return locale.text("feed-unparsable", &[("fault", fault.to_string().into())]);
        }
    };
    match fetch {
        FetchError::Status { status, .. } => locale.text("feed-status", &[("status", status.to_string().into())]),
        FetchError::Timeout { .. } | FetchError::Busy => locale.text("feed-slow", &[]),
        FetchError::Empty(_) => locale.text("feed-empty", &[]),
        FetchError::TooLarge(_) => locale.text("feed-too-large", &[]),
        // One answer for all: another one would show which names exist in the operator's network.
        FetchError::Address(_)
        | FetchError::Refused(_)
        | FetchError::Redirect(_)
        | FetchError::Network { .. }
        | FetchError::CutOff { .. } => locale.text("feed-unreachable", &[]),
    }
}

/// Describes a new feed, and its newest entries.
pub(in crate::bot) fn added(locale: Locale, found: &FeedProbe, number: usize, newest: &[&Entry]) -> Text {
    let title = found.feed.title.clone().unwrap_or_else(|| shown(&found.url));
    let mut text = locale.text("feed-added", &[("name", inert(&shortened(&title)).into()), ("number", number.into())]);
    if !newest.is_empty() {
        text = join(text.with("\n\n", Style::Plain), locale.text("feed-newest", &[]));
    }
    for entry in newest {
        let words = if entry.title.is_empty() { clean::plain_text(&entry.html) } else { String::new() };
        let title = inert(&shortened(&render::heading(&entry.title, &words, locale)));
        let style = entry.url.clone().map_or(Style::Plain, Style::Link);
        let date = entry.published.map_or_else(|| locale.label("alert-undated"), |time| locale.moment(time));
        text = text.with("\n", Style::Plain).with(title, style).with(format!(" · {date}"), Style::Plain);
    }
    if !found.others.is_empty() {
        text = join(text.with("\n\n", Style::Plain), locale.text("feed-others", &[]));
        for other in &found.others {
            text = text.with("\n", Style::Plain).with(other.clone(), Style::Code);
        }
    }
    text
}

/// Lists the feeds of a chat.
pub(in crate::bot) fn feeds(locale: Locale, feeds: &[Feed], most: i64) -> Text {
    if feeds.is_empty() {
        return locale.text("feed-list-none", &[("most", most.into())]);
    }
    let mut text = locale.text("feed-list", &[]);
    for (at, feed) in feeds.iter().enumerate() {
        // Every member of a group may read the list, and the address may hold a key.
        let style = if holds_secret(&feed.url) { Style::Plain } else { Style::Link(feed.url.clone()) };
        text = text.with(format!("\n{}. ", at + 1), Style::Plain).with(name(feed), style);
        // The error of an operator's feed names settings.
        if let Some(error) = feed.last_error.as_ref().filter(|_| feed.origin == FeedOrigin::Chat) {
            let args = [("count", feed.failures.into()), ("error", shortened(error).into())];
            text = join(text, locale.text("feed-fails", &args));
        } else if feed.last_success_at.is_none() {
            text = join(text, locale.text("feed-unread", &[]));
        }
    }
    join(text.with("\n", Style::Plain), locale.text("feed-list-how", &[]))
}

/// Adds a line about a feed whose next articles wait, since it has brought `most` in 24 hours.
pub(in crate::bot) fn with_budget_reached(locale: Locale, list: Text, feed: &Feed, most: u64) -> Text {
    let args = [("name", name(feed).into()), ("most", i64::try_from(most).unwrap_or(i64::MAX).into())];
    join(list.with("\n", Style::Plain), locale.text("feed-budget", &args))
}

/// Lists the feeds that an operator should look at.
pub(in crate::bot) fn troubled(locale: Locale, counts: &FeedCounts, feeds: &[Feed], now: Timestamp) -> Text {
    let counted = [
        ("polled", counts.polled.into()),
        ("failing", counts.failing.into()),
        ("silent", counts.silent.into()),
        ("too-old", counts.too_old.into()),
    ];
    let mut text = locale.text("feeds-counts", &counted);
    for feed in feeds.iter().take(MAX_TROUBLED) {
        // The address may hold a key; the title and the outlet identify the feed.
        text = text
            .with("\n", Style::Plain)
            .with(name(feed), Style::Bold)
            .with(format!(" ({})", feed.outlet), Style::Plain);
        if feed.crashes.count > 0 {
            let next = locale.moment(feed.next_poll_at);
            text = join(
                text,
                locale.text("feeds-crashed", &[("count", feed.crashes.count.into()), ("time", next.into())]),
            );
        }
        if let Some(pending) = &feed.relocation.pending {
            let (since, to) = (locale.moment(pending.since), shortened(&shown(&pending.to)));
            text = join(text, locale.text("feeds-moving", &[("time", since.into()), ("to", to.into())]));
        }
        if let Some(to) = relocation::new_host(feed, now) {
            text = join(text, locale.text("feeds-moved", &[("to", shortened(&shown(to)).into())]));
        }
        let trouble = match feed.trouble {
            None => continue,
            Some(FeedTrouble::Silent) => {
                let since = feed.stats.last_new_at.map(|time| locale.moment(time)).unwrap_or_default();
                locale.text("feeds-silent", &[("time", since.into())])
            }
            Some(FeedTrouble::TooOld) => locale.text("feeds-too-old", &[("count", feed.stats.too_old_in_a_row.into())]),
            Some(FeedTrouble::Failing) => {
                let since = feed.failing_since.map(|time| locale.moment(time)).unwrap_or_default();
                let error = feed.last_error.as_deref().unwrap_or_default();
                locale.text("feeds-failing", &[("time", since.into()), ("error", shortened(error).into())])
            }
        };
        text = join(text, trouble);
    }
    text
}

fn name(feed: &Feed) -> String {
    inert(&shortened(feed.title.as_deref().filter(|title| !title.is_empty()).unwrap_or(&feed.outlet)))
}
