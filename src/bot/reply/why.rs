//! Answers of `/why`.

use super::{article_line, join, shortened};
use crate::bot::context::Ctx;
use crate::locale::Locale;
use crate::store::ArticleVersion;
use ceasewire_feeds::shown::shown;
use ceasewire_model::{Article, DeliveryState, DeliveryStatus, Feed, Mute, SilentReason, Style, Text, Timestamp};
use ceasewire_rules::eval::FailedPart;

/// The most failed parts of a rule in the answer.
const MAX_PARTS: usize = 5;
/// The most earlier versions of an article in the answer.
const MAX_VERSIONS: usize = 5;
/// A delivery due within these seconds is about to leave.
const SOON_SECS: i64 = 300;

#[derive(Clone, Debug)]
pub(in crate::bot) enum RuleName {
    /// A topic's name.
    Topic(String),
    /// A filter's text.
    Filter(String),
}

/// A rule that matched an article.
#[derive(Clone, Debug)]
pub(in crate::bot) struct MatchReason {
    /// The rule.
    pub(in crate::bot) name: RuleName,
    /// The rule was edited since, and does not match any more.
    pub(in crate::bot) changed: bool,
    /// The passages of the article that the rule matched.
    pub(in crate::bot) passages: Vec<Text>,
}

/// The outcome of an article for a subscriber.
#[derive(Clone, Debug)]
pub(in crate::bot) enum ArticleOutcome {
    /// The chat has no rules.
    NoRules,
    /// The article was stored without alerting.
    Silent(SilentReason),
    /// None of the rules matched.
    Unmatched(Vec<RuleMiss>),
    /// A mute matched; `None` where the mute was deleted since.
    Muted(Option<Mute>),
    /// The subscriber has an alert of the article.
    Delivery(DeliveryStatus, Vec<MatchReason>),
    /// The subscriber has an alert of the story, through another article.
    Story(DeliveryStatus, Option<Box<Article>>),
    /// Alerts are paused, since this time.
    Paused(Timestamp),
    /// A rule matched while alerts were paused, or the chat was out of reach.
    HeldBack,
}

/// A rule that did not match an article.
#[derive(Clone, Debug)]
pub(in crate::bot) struct RuleMiss {
    /// The rule.
    pub(in crate::bot) name: RuleName,
    pub(in crate::bot) reason: MissReason,
}

/// The reason why a rule did not match an article.
#[derive(Clone, Debug)]
pub(in crate::bot) enum MissReason {
    /// These parts of the rule failed.
    Failed(Vec<FailedPart>),
    /// The rule would match now: it is newer than the article.
    NewerRule,
    /// The article has none of the topic's words.
    NoTopicWords,
    /// The article has the topic's words, but not at its beginning, or is about something else.
    TopicInPassing,
    /// The profile does not allow the rule any more.
    Unusable,
}

pub(in crate::bot) fn no_address(locale: Locale, typed: &str) -> Text {
    locale.text("why-no-address", &[("typed", shortened(typed).into())])
}

/// Answers for a page that no feed named, with the feeds of its host.
pub(in crate::bot) fn unknown(ctx: &Ctx<'_>, host: &str, polled: &[&Feed]) -> Text {
    let text = ctx.text("why-unknown", &[]).with("\n", Style::Plain);
    if polled.is_empty() {
        return join(text, ctx.text("why-no-feed", &[("host", host.into())]));
    }
    let text = join(text, ctx.text("why-feeds", &[("host", host.into())]));
    polled.iter().fold(text, |text, feed| {
        let outlet = ctx.profile.outlet(&feed.outlet).map_or(feed.outlet.as_str(), |outlet| outlet.name.as_str());
        let text = text.with(format!("\n– {outlet}: "), Style::Plain).with(shown(&feed.url), Style::Code);
        match (feed.last_success_at, &feed.last_error) {
            // The error names settings, which are the operator's business.
            (_, Some(_)) => join(text, ctx.text("why-feed-fails", &[])),
            (Some(time), None) => join(text, with_time(ctx.locale, "why-feed-read", time)),
            (None, None) => text,
        }
    })
}

/// Explains an alert.
pub(in crate::bot) fn alert(ctx: &Ctx<'_>, article: &Article, reasons: &[MatchReason]) -> Text {
    with_reasons(ctx.locale, article_line(ctx, article).with("\n", Style::Plain), reasons)
}

/// Adds the earlier versions of an article, the last ones of many.
pub(in crate::bot) fn with_versions(locale: Locale, text: Text, versions: &[ArticleVersion]) -> Text {
    let last = &versions[versions.len().saturating_sub(MAX_VERSIONS)..];
    let text = if last.is_empty() { text } else { text.with("\n", Style::Plain) };
    last.iter().fold(text, |text, version| {
        let arguments = [("time", locale.moment(version.ended_at).into()), ("title", shortened(&version.title).into())];
        join(text.with("\n", Style::Plain), locale.text("why-version", &arguments))
    })
}

/// Explains the outcome of an article.
pub(in crate::bot) fn article(ctx: &Ctx<'_>, article: &Article, outcome: &ArticleOutcome) -> Text {
    let locale = ctx.locale;
    let text = article_line(ctx, article).with("\n\n", Style::Plain);
    match outcome {
        ArticleOutcome::NoRules => join(text, locale.text("why-no-rules", &[])),
        ArticleOutcome::Silent(SilentReason::FirstFetch) => {
            join(text, with_time(locale, "why-silent", article.seen_at))
        }
        ArticleOutcome::Silent(SilentReason::TooOld) => {
            let published = article.published_at.unwrap_or(article.seen_at);
            let times =
                [("published", locale.moment(published).into()), ("time", locale.moment(article.seen_at).into())];
            join(text, locale.text("why-old", &times))
        }
        ArticleOutcome::Unmatched(misses) => {
            let text = join(text, with_time(locale, "why-unmatched", article.seen_at));
            misses.iter().fold(text, |text, miss| {
                join(named(locale, text.with("\n", Style::Plain), &miss.name), miss_reason(locale, &miss.reason))
            })
        }
        ArticleOutcome::Muted(Some(mute)) => join(text, super::with_rule(locale, "why-muted", &mute.text)),
        ArticleOutcome::Muted(None) => join(text, locale.text("why-muted-then", &[])),
        ArticleOutcome::Delivery(delivery, reasons) => {
            let text = join(text, state(ctx, delivery));
            match delivery.state {
                DeliveryState::Sent => with_reasons(locale, text.with("\n", Style::Plain), reasons),
                _ => text,
            }
        }
        ArticleOutcome::Story(delivery, other) => {
            let text = join(text, locale.text("why-story", &[])).with(" ", Style::Plain);
            let text = join(text, state(ctx, delivery));
            match other {
                Some(other) => join(text.with("\n\n", Style::Plain), article_line(ctx, other)),
                None => text,
            }
        }
        ArticleOutcome::Paused(since) => join(text, with_time(locale, "why-paused", *since)),
        ArticleOutcome::HeldBack => join(text, locale.text("why-held-back", &[])),
    }
}

fn with_time(locale: Locale, id: &str, time: Timestamp) -> Text {
    locale.text(id, &[("time", locale.moment(time).into())])
}

/// Describes the state of a delivery.
fn state(ctx: &Ctx<'_>, delivery: &DeliveryStatus) -> Text {
    let locale = ctx.locale;
    let error = delivery.last_error.as_deref().unwrap_or_default();
    let due_at = delivery.due_at.max(ctx.blocked_until());
    match (delivery.state, delivery.sent_at) {
        (DeliveryState::Sent, Some(time)) => with_time(locale, "why-sent", time),
        (DeliveryState::Sent, None) => locale.text("why-sent-undated", &[]),
        (DeliveryState::Pending, _) if error.is_empty() && due_at > ctx.now.plus_secs(SOON_SECS) => {
            with_time(locale, "why-put-off", due_at)
        }
        (DeliveryState::Pending, _) if error.is_empty() => locale.text("why-pending", &[]),
        (DeliveryState::Pending, _) if due_at <= ctx.now => {
            locale.text("why-postponed-soon", &[("error", error.into())])
        }
        (DeliveryState::Pending, _) => {
            let args = [("time", locale.moment(due_at).into()), ("error", error.into())];
            locale.text("why-postponed", &args)
        }
        (DeliveryState::Parked, _) => locale.text("why-parked", &[]),
        (DeliveryState::Failed, _) => locale.text("why-failed", &[("error", error.into())]),
        (DeliveryState::Cancelled, _) => locale.text("why-cancelled", &[]),
    }
}

fn with_reasons(locale: Locale, text: Text, reasons: &[MatchReason]) -> Text {
    if reasons.is_empty() {
        return join(text.with("\n", Style::Plain), locale.text("why-rules-gone", &[]));
    }
    reasons.iter().fold(text, |text, reason| {
        let text = named(locale, text.with("\n", Style::Plain), &reason.name);
        if reason.changed {
            return join(text, locale.text("why-changed", &[]));
        }
        if reason.passages.is_empty() {
            return join(text, locale.text("why-no-words", &[]));
        }
        let text = join(text, locale.text("why-found", &[]));
        reason.passages.iter().fold(text, |text, passage| join(text.with("\n– ", Style::Plain), passage.clone()))
    })
}

fn named(locale: Locale, text: Text, name: &RuleName) -> Text {
    let name = match name {
        RuleName::Topic(name) => locale.text("why-topic", &[("name", name.as_str().into())]),
        RuleName::Filter(rule) => super::with_rule(locale, "why-filter", rule),
    };
    join(text, name).with(" ", Style::Plain)
}

fn miss_reason(locale: Locale, reason: &MissReason) -> Text {
    match reason {
        MissReason::Failed(parts) => {
            let parts = parts.iter().take(MAX_PARTS).map(|FailedPart { part, found }| {
                let part = [("part", shortened(part).into())];
                if *found { locale.text("why-present", &part) } else { locale.text("why-missing", &part) }
            });
            parts.reduce(|text, part| join(text.with("; ", Style::Plain), part)).unwrap_or_default()
        }
        MissReason::NewerRule => locale.text("why-newer", &[]),
        MissReason::NoTopicWords => locale.text("why-no-topic", &[]),
        MissReason::TopicInPassing => locale.text("why-topic-aside", &[]),
        MissReason::Unusable => locale.text("why-unusable", &[]),
    }
}
