//! What is said of feeds.

use super::{join, moment, shortened};
use crate::locale::say;
use crate::store::FeedCounts;
use ceasewire_feeds::fetch::FetchError;
use ceasewire_feeds::probe::{FeedProbe, ProbeError};
use ceasewire_model::{Entry, Feed, FeedTrouble, Style, Text};

/// Troubled feeds that are named in one answer.
const MOST_NAMED: usize = 50;

pub(in crate::bot) fn switched_off() -> Text {
    say("feed-off", &[])
}

pub(in crate::bot) fn no_address(typed: &str) -> Text {
    say("feed-no-address", &[("typed", shortened(typed).into())])
}

pub(in crate::bot) fn too_many(most: usize) -> Text {
    say("feed-too-many", &[("most", most.into())])
}

pub(in crate::bot) fn watched(feed: &Feed) -> Text {
    say("feed-watched", &[("name", name(feed).into())])
}

pub(in crate::bot) fn there(feed: &Feed) -> Text {
    say("feed-there", &[("name", name(feed).into())])
}

pub(in crate::bot) fn no_such(typed: &str, count: usize) -> Text {
    say("feed-no-such", &[("typed", shortened(typed).into()), ("count", count.into())])
}

pub(in crate::bot) fn removed(feed: &Feed) -> Text {
    say("feed-removed", &[("name", name(feed).into())])
}

pub(in crate::bot) fn operators_only(chat: &str) -> Text {
    say("feeds-operators-only", &[("chat", chat.into())])
}

/// Why an address could not be added; `None`: it took too long. What an operator would do about it is left out.
pub(in crate::bot) fn not_found(error: Option<&ProbeError>) -> Text {
    let fetch = match error {
        None => return say("feed-slow", &[]),
        Some(ProbeError::Fetch(fetch)) => fetch,
        Some(other) => return say("feed-none-there", &[("fault", other.to_string().into())]),
    };
    match fetch {
        FetchError::Address(_) | FetchError::Refused(_) => say("feed-refused", &[]),
        FetchError::Status { status, .. } => say("feed-status", &[("status", status.to_string().into())]),
        FetchError::Timeout { .. } | FetchError::Busy => say("feed-slow", &[]),
        FetchError::Empty(_) => say("feed-empty", &[]),
        FetchError::TooLarge(_) => say("feed-too-large", &[]),
        FetchError::Redirect(_) | FetchError::Network { .. } => say("feed-unreachable", &[]),
    }
}

/// A feed was added: what it is, and its newest entries.
pub(in crate::bot) fn added(found: &FeedProbe, number: usize, newest: &[&Entry]) -> Text {
    let title = found.feed.title.clone().unwrap_or_else(|| found.url.clone());
    let mut text = say("feed-added", &[("name", shortened(&title).into()), ("number", number.into())]);
    if !newest.is_empty() {
        text = join(text.with("\n\n", Style::Plain), say("feed-newest", &[]));
    }
    for entry in newest {
        let title =
            if entry.title.is_empty() { say("alert-untitled", &[]).to_plain() } else { shortened(&entry.title) };
        let style = entry.url.clone().map_or(Style::Plain, Style::Link);
        let date = entry.published.map_or_else(|| say("alert-undated", &[]).to_plain(), moment);
        text = text.with("\n", Style::Plain).with(title, style).with(format!(" · {date}"), Style::Plain);
    }
    if !found.others.is_empty() {
        text = join(text.with("\n\n", Style::Plain), say("feed-others", &[]));
        for other in &found.others {
            text = text.with("\n", Style::Plain).with(other.clone(), Style::Code);
        }
    }
    text
}

/// A chat's own feeds.
pub(in crate::bot) fn feeds(feeds: &[Feed], most: usize) -> Text {
    if feeds.is_empty() {
        return say("feed-list-none", &[("most", most.into())]);
    }
    let mut text = say("feed-list", &[]);
    for (at, feed) in feeds.iter().enumerate() {
        text = text.with(format!("\n{}. ", at + 1), Style::Plain).with(name(feed), Style::Link(feed.url.clone()));
        if let Some(error) = &feed.last_error {
            let count = feed.failures;
            text = join(text, say("feed-fails", &[("count", count.into()), ("error", shortened(error).into())]));
        } else if feed.last_success_at.is_none() {
            text = join(text, say("feed-unread", &[]));
        }
    }
    join(text.with("\n", Style::Plain), say("feed-list-how", &[]))
}

/// The feeds that an operator should look at.
pub(in crate::bot) fn troubled(counts: &FeedCounts, feeds: &[Feed]) -> Text {
    let counted =
        [("polled", counts.polled.into()), ("failing", counts.failing.into()), ("silent", counts.silent.into())];
    let mut text = say("feeds-counts", &counted);
    for feed in feeds.iter().take(MOST_NAMED) {
        // The address may hold a key; its outlet and title say which feed it is.
        text = text
            .with("\n", Style::Plain)
            .with(name(feed), Style::Bold)
            .with(format!(" ({})", feed.outlet), Style::Plain);
        let what = match feed.reported {
            Some(FeedTrouble::Silent) => {
                let since = feed.stats.last_new_at.map(moment).unwrap_or_default();
                say("feeds-silent", &[("time", since.into())])
            }
            _ => {
                let since = feed.failing_since.map(moment).unwrap_or_default();
                let error = feed.last_error.as_deref().unwrap_or_default();
                say("feeds-failing", &[("time", since.into()), ("error", shortened(error).into())])
            }
        };
        text = join(text, what);
    }
    text
}

fn name(feed: &Feed) -> String {
    shortened(feed.title.as_deref().filter(|title| !title.is_empty()).unwrap_or(&feed.outlet))
}
