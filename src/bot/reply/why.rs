//! What is said about why an alert came, or an article did not.

use std::collections::BTreeMap;

use super::{join, moment, shortened};
use crate::alert::render;
use crate::locale::{Locale, say};
use ceasewire_model::{
    Article, DeliveryState, DeliveryStatus, Feed, Mute, Outlet, SilentReason, Style, Text, Timestamp,
};
use ceasewire_rules::eval::FailedPart;

/// Parts of a rule that are named as missing.
const MOST_PARTS: usize = 5;

/// What a rule is called.
#[derive(Clone, Debug)]
pub(in crate::bot) enum RuleName {
    /// A topic, by its name.
    Topic(String),
    /// A filter, by its text.
    Filter(String),
}

/// A rule that asked for an article, with what it found there.
#[derive(Clone, Debug)]
pub(in crate::bot) struct Reason {
    /// The rule.
    pub(in crate::bot) name: RuleName,
    /// It does not match any more: it has been changed since.
    pub(in crate::bot) changed: bool,
    /// The article's words around what it found.
    pub(in crate::bot) passages: Vec<Text>,
}

/// What became of an article on its way to a subscriber.
#[derive(Clone, Debug)]
pub(in crate::bot) enum Became {
    /// Nobody asked for anything here.
    NothingAsked,
    /// It was stored silently.
    Silent(SilentReason),
    /// None of the rules matched it.
    Unmatched(Vec<Lack>),
    /// A mute kept it back; which one, unless it is gone.
    Muted(Option<Mute>),
    /// The subscriber has an alert of it.
    Delivery(DeliveryStatus, Vec<Reason>),
    /// The subscriber has an alert of its story, through another article.
    Story(DeliveryStatus, Option<Box<Article>>),
    /// Alerts are paused, since then.
    Paused(Timestamp),
    /// A rule matched, and yet it was not put into the outbox: paused or out of reach at that time.
    SilentReason,
}

/// Why a rule did not match an article.
#[derive(Clone, Debug)]
pub(in crate::bot) struct Lack {
    /// The rule.
    pub(in crate::bot) name: RuleName,
    /// What was wrong.
    pub(in crate::bot) why: Why,
}

/// What can be wrong between a rule and an article.
#[derive(Clone, Debug)]
pub(in crate::bot) enum Why {
    /// These parts of the rule were missing, or were there although they must not be.
    Failed(Vec<FailedPart>),
    /// It would match now: it is newer than the article.
    Newer,
    /// Nothing in the article is about the topic.
    NoTopic,
    /// The topic's words come up, but not at the beginning, or in an article about something else.
    TopicAside,
    /// The profile does not allow the rule any more.
    Unusable,
}

pub(in crate::bot) fn none_yet() -> Text {
    say("why-none-yet", &[])
}

pub(in crate::bot) fn no_alert() -> Text {
    say("why-no-alert", &[])
}

pub(in crate::bot) fn no_address(typed: &str) -> Text {
    say("why-no-address", &[("typed", shortened(typed).into())])
}

/// The page is in no feed that was read; what is read of its host.
pub(in crate::bot) fn unknown(host: &str, readers: &[&Feed], outlets: &BTreeMap<String, Outlet>) -> Text {
    let text = say("why-unknown", &[]).with("\n", Style::Plain);
    if readers.is_empty() {
        return join(text, say("why-no-feed", &[("host", host.into())]));
    }
    let text = join(text, say("why-feeds", &[("host", host.into())]));
    readers.iter().fold(text, |text, feed| {
        let outlet = outlets.get(&feed.outlet).map_or(feed.outlet.as_str(), |outlet| outlet.name.as_str());
        let text = text.with(format!("\n– {outlet}: "), Style::Plain).with(feed.url.as_str(), Style::Code);
        match (feed.last_success_at, &feed.last_error) {
            (_, Some(error)) => join(text, say("why-feed-fails", &[("error", error.as_str().into())])),
            (Some(time), None) => join(text, say("why-feed-read", &[("time", moment(time).into())])),
            (None, None) => text,
        }
    })
}

/// Why an alert came.
pub(in crate::bot) fn alert(article: &Article, outlet: Option<&Outlet>, reasons: &[Reason]) -> Text {
    explained(render::article_line(article, outlet, Locale::default()).with("\n", Style::Plain), reasons)
}

/// What became of an article.
pub(in crate::bot) fn article(
    article: &Article,
    outlets: &BTreeMap<String, Outlet>,
    became: &Became,
    now: Timestamp,
) -> Text {
    let line = |article: &Article| render::article_line(article, outlets.get(&article.outlet), Locale::default());
    let text = line(article).with("\n\n", Style::Plain);
    match became {
        Became::NothingAsked => join(text, say("why-nothing-asked", &[])),
        Became::Silent(SilentReason::FirstFetch) => {
            join(text, say("why-silent", &[("time", moment(article.seen_at).into())]))
        }
        Became::Silent(SilentReason::TooOld) => {
            let published = article.published_at.unwrap_or(article.seen_at);
            let times = [("published", moment(published).into()), ("time", moment(article.seen_at).into())];
            join(text, say("why-old", &times))
        }
        Became::Unmatched(lacks) => {
            let text = join(text, say("why-unmatched", &[("time", moment(article.seen_at).into())]));
            lacks
                .iter()
                .fold(text, |text, lack| join(named(text.with("\n", Style::Plain), &lack.name), because(&lack.why)))
        }
        Became::Muted(Some(mute)) => join(text, say("why-muted", &[("rule", shortened(&mute.text).into())])),
        Became::Muted(None) => join(text, say("why-muted-then", &[])),
        Became::Delivery(delivery, reasons) => {
            let text = join(text, stands(delivery, now));
            if delivery.state == DeliveryState::Sent { explained(text.with("\n", Style::Plain), reasons) } else { text }
        }
        Became::Story(delivery, other) => {
            let text = join(join(text, say("why-story", &[])).with(" ", Style::Plain), stands(delivery, now));
            match other {
                Some(other) => join(text.with("\n\n", Style::Plain), line(other)),
                None => text,
            }
        }
        Became::Paused(since) => join(text, say("why-paused", &[("time", moment(*since).into())])),
        Became::SilentReason => join(text, say("why-held-back", &[])),
    }
}

/// What is due within so many seconds is about to be sent.
const SOON_SECS: i64 = 300;

/// Where a delivery stands.
fn stands(delivery: &DeliveryStatus, now: Timestamp) -> Text {
    let error = delivery.last_error.as_deref().unwrap_or_default();
    match (delivery.state, delivery.sent_at) {
        (DeliveryState::Sent, Some(time)) => say("why-sent", &[("time", moment(time).into())]),
        (DeliveryState::Sent, None) => say("why-sent-undated", &[]),
        (DeliveryState::Pending | DeliveryState::Parked, _)
            if error.is_empty() && delivery.due_at > now.plus_secs(SOON_SECS) =>
        {
            say("why-put-off", &[("time", moment(delivery.due_at).into())])
        }
        (DeliveryState::Pending | DeliveryState::Parked, _) if error.is_empty() => say("why-pending", &[]),
        (DeliveryState::Pending | DeliveryState::Parked, _) => {
            say("why-postponed", &[("time", moment(delivery.due_at).into()), ("error", error.into())])
        }
        (DeliveryState::Failed, _) => say("why-failed", &[("error", error.into())]),
        (DeliveryState::Cancelled, _) => say("why-withdrawn", &[]),
    }
}

fn explained(text: Text, reasons: &[Reason]) -> Text {
    if reasons.is_empty() {
        return join(text.with("\n", Style::Plain), say("why-rules-gone", &[]));
    }
    reasons.iter().fold(text, |text, reason| {
        let text = named(text.with("\n", Style::Plain), &reason.name);
        if reason.changed {
            return join(text, say("why-changed", &[]));
        }
        if reason.passages.is_empty() {
            return join(text, say("why-no-words", &[]));
        }
        let text = join(text, say("why-found", &[]));
        reason.passages.iter().fold(text, |text, passage| join(text.with("\n– ", Style::Plain), passage.clone()))
    })
}

fn named(text: Text, name: &RuleName) -> Text {
    join(
        text,
        match name {
            RuleName::Topic(name) => say("why-topic", &[("name", name.as_str().into())]),
            RuleName::Filter(rule) => say("why-filter", &[("rule", shortened(rule).into())]),
        },
    )
    .with(" ", Style::Plain)
}

fn because(why: &Why) -> Text {
    match why {
        Why::Failed(parts) => {
            let parts = parts.iter().take(MOST_PARTS).map(|FailedPart { part, found }| {
                let part = ("part", shortened(part).into());
                if *found { say("why-present", &[part]) } else { say("why-missing", &[part]) }
            });
            parts.reduce(|text, part| join(text.with("; ", Style::Plain), part)).unwrap_or_default()
        }
        Why::Newer => say("why-newer", &[]),
        Why::NoTopic => say("why-no-topic", &[]),
        Why::TopicAside => say("why-topic-aside", &[]),
        Why::Unusable => say("why-unusable", &[]),
    }
}
