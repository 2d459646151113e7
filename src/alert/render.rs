//! How an alert is worded: why it comes, what happened, who says so, when, and where to read on. Pure.

use super::meeting::calendar_button;
use crate::locale::{say, word};
use ceasewire_model::event::{CasualtyKind, CombatantStatus};
use ceasewire_model::story::{CasualtyFigure, Corroboration, StoryUpdate, UpdateKind};
use ceasewire_model::{Article, ArticleChange, Button, DateNote, DeliveryId, MeetingId, Message, Outlet, Style, Text};

/// What the data of the button under an alert begins with; the delivery's id follows a colon.
pub const WHY: &str = "why";
/// The same of the button that mutes the alert's story.
pub const HUSH: &str = "hush";
/// The same of the button that asks which of the stories to mute of which the alert's message tells.
pub const HUSH_ONE: &str = "hush-one";

/// What an alert tells.
#[derive(Clone, Debug)]
pub struct Alert<'a> {
    /// Its delivery, for the button that asks for the reason.
    pub delivery: DeliveryId,
    /// The article.
    pub article: &'a Article,
    /// Its outlet, if it is described.
    pub outlet: Option<&'a Outlet>,
    /// Names of the topics that the subscriber asked for and the article is about.
    pub topics: Vec<&'a str>,
    /// The subscriber's filters that the article matches.
    pub filters: Vec<&'a str>,
    /// What has changed in the article since the alert was sent, oldest first.
    pub changes: &'a [ArticleChange],
    /// Sentences of the article; may be empty.
    pub summary: String,
    /// Who reports the story, what turned it, and the figures that stand side by side.
    pub weight: &'a Corroboration,
    /// What other sources of the story say, each with its name.
    pub quotes: Vec<(String, String)>,
    /// The meeting that the article announces, if a calendar can hold it.
    pub calendar: Option<MeetingId>,
}

/// Changes that an alert tells of; the last ones are what counts.
const MOST_CHANGES: usize = 3;
/// Sources that an alert names beside its own; the others are counted.
const MOST_SOURCES: usize = 6;

/// Words an alert.
pub fn render(alert: &Alert<'_>) -> Message {
    let mut text = Text::default();
    let mut reasons: Vec<(String, Style)> =
        alert.topics.iter().map(|topic| ((*topic).to_owned(), Style::Bold)).collect();
    reasons.extend(alert.filters.iter().map(|filter| ((*filter).to_owned(), Style::Code)));
    for (index, (reason, style)) in reasons.into_iter().enumerate() {
        if index > 0 {
            text = text.with(" · ", Style::Plain);
        }
        text = text.with(reason, style);
    }
    if !text.0.is_empty() {
        text = text.with("\n", Style::Plain);
    }
    text = text.with(title(alert.article), Style::Bold).with("\n", Style::Plain);
    if !alert.summary.is_empty() {
        text = text.with(format!("\n{}\n", alert.summary), Style::Plain);
    }
    for (source, sentence) in &alert.quotes {
        text = text.with(format!("\n{source}: "), Style::Bold).with(format!("{sentence}\n"), Style::Plain);
    }
    let figures: Vec<Text> = alert.weight.figures.iter().map(figure).collect();
    if !figures.is_empty() {
        text.0.extend(Text::plain("\n").0);
    }
    for figure in figures {
        text.0.extend(figure.0);
        text.0.extend(Text::plain("\n").0);
    }
    text.0.extend(Text::plain("\n").0);
    text.0.extend(byline(alert.article, alert.outlet).0);
    if let Some(sources) = sources(alert) {
        text.0.extend(Text::plain("\n").0);
        text.0.extend(sources.0);
    }
    for turn in &alert.weight.updates {
        text.0.extend(Text::plain("\n").0);
        text.0.extend(turned(turn).0);
    }
    for change in &alert.changes[alert.changes.len().saturating_sub(MOST_CHANGES)..] {
        text.0.extend(Text::plain("\n").0);
        text.0.extend(changed(change).0);
    }
    let delivery = alert.delivery.0.simple();
    let mut buttons =
        vec![vec![Button { label: word("alert-why"), data: format!("{WHY}:{delivery}") }, hush_button(alert.delivery)]];
    // A third button would be cut beside them on a phone.
    buttons.extend(alert.calendar.map(|meeting| vec![calendar_button(meeting)]));
    Message { text, buttons, ..Message::default() }
}

/// The button that mutes the story of a delivery.
pub fn hush_button(delivery: DeliveryId) -> Button {
    Button { label: word("alert-hush"), data: format!("{HUSH}:{}", delivery.0.simple()) }
}

/// The button that asks which of the stories to mute that are told in one message, `delivery` among them.
pub fn hush_one_button(delivery: DeliveryId) -> Button {
    Button { label: word("alert-hush-one"), data: format!("{HUSH_ONE}:{}", delivery.0.simple()) }
}

/// Words what turned a story that somebody was alerted of, as a message of its own.
pub fn render_turn(delivery: DeliveryId, article: &Article, outlet: Option<&Outlet>, turn: &StoryUpdate) -> Message {
    let mut text = turned(turn).with("\n", Style::Plain).with(title(article), Style::Bold).with("\n", Style::Plain);
    text.0.extend(byline(article, outlet).0);
    Message { text, buttons: vec![vec![hush_button(delivery)]], ..Message::default() }
}

/// Who else reports the story; that nobody does is said too.
fn sources(alert: &Alert<'_>) -> Option<Text> {
    let Corroboration { sources, countries, .. } = alert.weight;
    let own = sources.iter().position(|source| {
        let credited = alert.article.credit.as_deref();
        source.id == credited.unwrap_or(&alert.article.outlet)
    })?;
    let others: Vec<String> = sources
        .iter()
        .enumerate()
        .filter(|(place, _)| *place != own)
        .map(|(_, source)| with_details(&source.name, &source.country, &source.affiliation))
        .collect();
    if others.is_empty() {
        return Some(match &alert.article.credit {
            Some(_) => say("alert-one-agency", &[("agency", sources[own].name.as_str().into())]),
            None => say("alert-one-source", &[]),
        });
    }
    let named = others[..others.len().min(MOST_SOURCES)].join(", ");
    let more = others.len().saturating_sub(MOST_SOURCES);
    let named = match more {
        0 => named,
        more => say("alert-and-more", &[("named", named.into()), ("more", more.into())]).to_plain(),
    };
    let count = [("named", named.into()), ("count", sources.len().into()), ("countries", (*countries).into())];
    Some(say("alert-also", &count))
}

/// What turned a story, in one line.
pub fn turned(turn: &StoryUpdate) -> Text {
    let time = turn.at.to_datetime().format("%-d %b, %H:%M UTC").to_string();
    let source = with_details(&turn.source.name, &turn.source.country, &turn.source.affiliation);
    let what = match turn.kind {
        UpdateKind::OtherSide => say("turn-other-side", &[("source", source.into())]),
        UpdateKind::ThreeCountries => say("turn-three-countries", &[]),
        UpdateKind::Violated => say("turn-violated", &[("source", source.into())]),
        UpdateKind::Cancelled => say("turn-cancelled", &[("source", source.into())]),
        UpdateKind::Postponed => say("turn-postponed", &[("source", source.into())]),
    };
    let mut text = Text::default().with(format!("{time}: {}", what.to_plain()), Style::Bold);
    if let Some(sentence) = &turn.sentence {
        text = text.with(format!(" “{sentence}”"), Style::Plain);
    }
    text
}

/// One source's figure.
pub fn figure(figure: &CasualtyFigure) -> Text {
    let who = figure.who.map(|who| match who {
        CombatantStatus::Military => word("figure-military"),
        CombatantStatus::Civilian => word("figure-civilian"),
    });
    let whose: Vec<&str> = figure.side.as_deref().into_iter().chain(who.as_deref()).collect();
    let whose = if whose.is_empty() { String::new() } else { format!(" ({})", whose.join(", ")) };
    let reporter = figure.source.name.as_str();
    let source = match &figure.according_to {
        Some(authority) if !authority.eq_ignore_ascii_case(reporter) => {
            say("figure-according-to", &[("authority", authority.as_str().into()), ("source", reporter.into())])
                .to_plain()
        }
        _ => reporter.to_owned(),
    };
    // As a text, so that it is shown as the source writes it, without another language's separators.
    let count = figure.words.clone().unwrap_or_else(|| figure.count.to_string());
    let filled = [("count", count.into()), ("whose", whose.into()), ("source", source.into())];
    match figure.kind {
        CasualtyKind::Killed => say("figure-killed", &filled),
        CasualtyKind::Wounded => say("figure-wounded", &filled),
    }
}

/// The same message for another delivery, whose id its buttons carry.
pub fn readdressed(message: &Message, from: DeliveryId, to: DeliveryId) -> Message {
    let (from, to) = (from.0.simple().to_string(), to.0.simple().to_string());
    let mut message = message.clone();
    for button in message.buttons.iter_mut().flatten() {
        button.data = button.data.replace(&from, &to);
    }
    message
}

/// What has changed, in one line.
fn changed(change: &ArticleChange) -> Text {
    let time = change.seen_at.to_datetime().format("%H:%M UTC").to_string();
    let figures: Vec<String> = change
        .figures
        .iter()
        .map(|figure| format!("{} → {} {}", figure.old, figure.new, figure.of).trim_end().to_owned())
        .collect();
    let mut parts = Vec::new();
    if let Some(title) = &change.old_title {
        parts.push(say("alert-changed-title", &[("title", title.as_str().into())]).to_plain());
    }
    if !figures.is_empty() {
        parts.push(say("alert-changed-figures", &[("figures", figures.join(", ").into())]).to_plain());
    }
    say("alert-changed", &[("time", time.into()), ("what", parts.join("; ").into())])
}

/// An article in one line of a list: when, what, who.
pub fn line(article: &Article, outlet: Option<&Outlet>) -> Text {
    let mut text = Text::default().with(title(article), Style::Bold).with("\n", Style::Plain);
    text.0.extend(byline(article, outlet).0);
    text
}

/// Who published an article and when, linked to where it stands.
fn byline(article: &Article, outlet: Option<&Outlet>) -> Text {
    let name = outlet.map_or(article.outlet.as_str(), |outlet| outlet.name.as_str());
    let style = article.url.clone().map_or(Style::Plain, Style::Link);
    let details = outlet.map(|outlet| details(&outlet.country, &outlet.affiliation)).unwrap_or_default();
    let mut text = Text::default().with(name, style).with(format!("{details} · "), Style::Plain);
    // A date that the publisher did not give is not made up from when the feed was read.
    let Some(time) = article.published_at else {
        text.0.extend(say("alert-undated", &[]).0);
        return text;
    };
    text.0.extend(Text::plain(time.to_datetime().format("%-d %b %Y, %H:%M UTC").to_string()).0);
    let note = match article.date_note {
        Some(DateNote::Future) => say("alert-date-future", &[]),
        Some(DateNote::Zoneless) => say("alert-date-zoneless", &[]),
        None => return text,
    };
    text.0.extend(Text::plain(" ").0);
    text.0.extend(note.0);
    text
}

fn with_details(name: &str, country: &str, affiliation: &str) -> String {
    format!("{name}{}", details(country, affiliation))
}

/// An outlet's country and who stands behind it, in parentheses, as far as they are known.
fn details(country: &str, affiliation: &str) -> String {
    let known: Vec<&str> = [country, affiliation].into_iter().filter(|detail| !detail.is_empty()).collect();
    if known.is_empty() { String::new() } else { format!(" ({})", known.join(", ")) }
}

/// An article's headline, or that it has none.
pub fn title(article: &Article) -> String {
    if article.title.is_empty() { say("alert-untitled", &[]).to_plain() } else { article.title.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceasewire_model::{ArticleId, StoryId, Timestamp};

    const DELIVERY: DeliveryId = DeliveryId(uuid::Uuid::from_u128(7));

    fn article() -> Article {
        Article {
            id: ArticleId::new(),
            story_id: StoryId::new(),
            outlet: "wire".into(),
            title: "Truce <agreed>".into(),
            text: String::new(),
            url: Some("https://wire.example/1".into()),
            language: None,
            topics: vec![],
            published_at: Some(Timestamp(1_602_288_000_000)),
            date_note: None,
            seen_at: Timestamp(0),
            credit: None,
            events: vec![],
        }
    }

    #[test]
    fn an_alert_says_why_what_who_and_when() {
        let outlet = Outlet {
            id: "wire".into(),
            name: "The Wire".into(),
            country: "GE".into(),
            language: "en".into(),
            affiliation: "private".into(),
        };
        let article = article();
        let message = render(&Alert {
            delivery: DELIVERY,
            article: &article,
            outlet: Some(&outlet),
            topics: vec!["Ceasefire"],
            filters: vec!["\"Minsk Group\""],
            changes: &[],
            summary: "It holds. So far.".into(),
            weight: &Corroboration::default(),
            quotes: vec![],
            calendar: None,
        });
        insta::assert_snapshot!(crate::chat::html::to_html(&message.text), @r#"
        <b>Ceasefire</b> · <code>&quot;Minsk Group&quot;</code>
        <b>Truce &lt;agreed&gt;</b>

        It holds. So far.

        <a href="https://wire.example/1">The Wire</a> (GE, private) · 10 Oct 2020, 00:00 UTC
        "#);
    }

    #[test]
    fn what_is_missing_is_said_to_be_missing() {
        let article = Article { title: String::new(), url: None, published_at: None, ..article() };
        let message = render(&Alert {
            delivery: DELIVERY,
            article: &article,
            outlet: None,
            topics: vec![],
            filters: vec![],
            changes: &[],
            summary: String::new(),
            weight: &Corroboration::default(),
            quotes: vec![],
            calendar: None,
        });
        assert_eq!(message.buttons[0][0].data, "why:00000000000000000000000000000007");
        assert_eq!(message.buttons[0][1].data, "hush:00000000000000000000000000000007");
        assert_eq!(message.text.to_plain(), "(no headline)\n\nwire · date not given");
    }
}
