//! Renders an alert: its reason, headline, summary, sources, dates and link. Pure.

use super::fact::{AlertFact, fact_line};
use super::meeting::calendar_button;
use crate::locale::Locale;
use ceasewire_model::event::{CasualtyKind, CombatantStatus};
use ceasewire_model::story::{CasualtyFigure, Corroboration, StoryUpdate, UpdateKind};
use ceasewire_model::{
    Article, ArticleChange, Button, DateNote, DeliveryId, MeetingId, Message, Outlet, Span, Style, Text,
};

/// Verb of the button that explains an alert; a colon and the delivery's id follow.
pub const WHY: &str = "why";
/// Verb of the button that mutes the alert's story. Buttons of sent messages carry the old word.
pub const MUTE_STORY: &str = "hush";
/// Verb of the button that offers the stories of a combined message for muting.
pub const CHOOSE_STORY: &str = "hush-one";

/// The content of an alert.
#[derive(Clone, Debug)]
pub struct Alert<'a> {
    /// The delivery, for its buttons.
    pub delivery: DeliveryId,
    pub article: &'a Article,
    /// The outlet, if the profile describes it.
    pub outlet: Option<&'a Outlet>,
    /// Names of the subscribed topics that the article matches.
    pub topics: Vec<&'a str>,
    /// The subscriber's filters that the article matches.
    pub filters: Vec<&'a str>,
    /// The event that the first line names.
    pub fact: Option<AlertFact<'a>>,
    /// Changes of the article after the alert, oldest first.
    pub changes: &'a [ArticleChange],
    /// Summary of the article; may be empty.
    pub summary: String,
    /// The story's sources, updates and figures.
    pub corroboration: &'a Corroboration,
    /// Sentences of other sources: name and sentence.
    pub quotes: Vec<(String, String)>,
    /// The announced meeting, if it has a date.
    pub calendar: Option<MeetingId>,
    /// The language of the reader.
    pub locale: Locale,
}

/// Changes in an alert; the latest ones matter.
const MOST_CHANGES: usize = 3;
/// Other sources that an alert names; it counts the rest.
const MOST_SOURCES: usize = 6;

/// Characters of a headline: some feeds have a whole article in the title, and the link and the source must stay.
const HEADLINE_CHARS: usize = 300;
/// Characters of a quoted sentence.
const SENTENCE_CHARS: usize = 500;
/// Reasons in an alert, and characters of each.
const MOST_REASONS: usize = 8;
const REASON_CHARS: usize = 120;

pub fn render_alert(alert: &Alert<'_>) -> Message {
    let locale = alert.locale;
    let mut text = first_line(&alert.topics, &alert.filters, alert.fact.as_ref(), locale);
    if !text.0.is_empty() {
        text = text.with("\n", Style::Plain);
    }
    text.0.extend(headline(alert.article, locale).0);
    text = text.with("\n", Style::Plain);
    // A short post's heading is all of its text.
    let is_heading = alert.article.title.is_empty() && alert.summary == title(alert.article, locale);
    if !alert.summary.is_empty() && !is_heading {
        text = text.with(format!("\n{}\n", inert(&alert.summary)), Style::Plain);
    }
    for (source, sentence) in &alert.quotes {
        let sentence = inert(&cut(sentence, SENTENCE_CHARS));
        text = text.with(format!("\n{source}: "), Style::Bold).with(format!("{sentence}\n"), Style::Plain);
    }
    let figures: Vec<Text> = alert.corroboration.figures.iter().map(|figure| figure_line(figure, locale)).collect();
    if !figures.is_empty() {
        text.0.extend(Text::plain("\n").0);
    }
    for figure in figures {
        text.0.extend(figure.0);
        text.0.extend(Text::plain("\n").0);
    }
    text.0.extend(Text::plain("\n").0);
    text.0.extend(byline(alert.article, alert.outlet, locale).0);
    if let Some(sources) = sources(alert) {
        text.0.extend(Text::plain("\n").0);
        text.0.extend(sources.0);
    }
    for update in &alert.corroboration.updates {
        text.0.extend(Text::plain("\n").0);
        text.0.extend(update_line(update, locale).0);
    }
    for change in &alert.changes[alert.changes.len().saturating_sub(MOST_CHANGES)..] {
        text.0.extend(Text::plain("\n").0);
        text.0.extend(change_line(change, locale).0);
    }
    let mut buttons = vec![vec![why_button(alert.delivery, locale), mute_story_button(alert.delivery, locale)]];
    // A phone has no room for three buttons in a row.
    buttons.extend(alert.calendar.map(|meeting| vec![calendar_button(meeting, locale)]));
    Message { text, buttons, ..Message::default() }
}

/// Renders the topics and filters that an article matches, and its event.
pub(super) fn first_line(topics: &[&str], filters: &[&str], fact: Option<&AlertFact<'_>>, locale: Locale) -> Text {
    let mut text = reasons(topics, filters);
    if let Some(line) = fact.and_then(|fact| fact_line(fact, locale)) {
        if !text.0.is_empty() {
            text = text.with(" · ", Style::Plain);
        }
        text = text.with(inert(&line), Style::Bold);
    }
    text
}

/// Renders the topics and filters that an article matches, in one line.
pub(super) fn reasons(topics: &[&str], filters: &[&str]) -> Text {
    let topics = topics.iter().map(|topic| (*topic, Style::Bold));
    let filters = filters.iter().map(|filter| (*filter, Style::Code));
    let more = (topics.len() + filters.len()).saturating_sub(MOST_REASONS);
    let mut text = Text::default();
    for (index, (reason, style)) in topics.chain(filters).take(MOST_REASONS).enumerate() {
        if index > 0 {
            text = text.with(" · ", Style::Plain);
        }
        text = text.with(cut(reason, REASON_CHARS), style);
    }
    if more > 0 {
        text = text.with(format!(" · +{more}"), Style::Plain);
    }
    text
}

/// Returns the button that explains an alert.
pub(super) fn why_button(delivery: DeliveryId, locale: Locale) -> Button {
    Button { label: locale.label("alert-why"), data: format!("{WHY}:{}", delivery.0.simple()) }
}

/// Returns the button that mutes the story of a delivery.
pub fn mute_story_button(delivery: DeliveryId, locale: Locale) -> Button {
    Button { label: locale.label("alert-mute-story"), data: format!("{MUTE_STORY}:{}", delivery.0.simple()) }
}

/// Returns the button that offers the stories of the combined message of `delivery` for muting.
pub fn choose_story_button(delivery: DeliveryId, locale: Locale) -> Button {
    Button { label: locale.label("alert-mute-one"), data: format!("{CHOOSE_STORY}:{}", delivery.0.simple()) }
}

/// Renders a story update as a message of its own.
pub fn render_update(
    delivery: DeliveryId,
    article: &Article,
    outlet: Option<&Outlet>,
    update: &StoryUpdate,
    locale: Locale,
) -> Message {
    let mut text = update_line(update, locale).with("\n", Style::Plain);
    text.0.extend(article_line(article, outlet, locale).0);
    Message { text, buttons: vec![vec![mute_story_button(delivery, locale)]], ..Message::default() }
}

/// Renders the other sources of the story, or a line that there is only one.
fn sources(alert: &Alert<'_>) -> Option<Text> {
    let locale = alert.locale;
    let Corroboration { sources, countries, .. } = alert.corroboration;
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
            Some(_) => locale.text("alert-one-agency", &[("agency", sources[own].name.as_str().into())]),
            None => locale.text("alert-one-source", &[]),
        });
    }
    let named = others[..others.len().min(MOST_SOURCES)].join(", ");
    let more = others.len().saturating_sub(MOST_SOURCES);
    let named = match more {
        0 => named,
        more => locale.text("alert-and-more", &[("named", named.into()), ("more", more.into())]).to_plain(),
    };
    let count = [("named", named.into()), ("count", sources.len().into()), ("countries", (*countries).into())];
    Some(locale.text("alert-also", &count))
}

/// Renders a story update in one line.
pub fn update_line(update: &StoryUpdate, locale: Locale) -> Text {
    let time = locale.short_moment(update.at);
    let source = with_details(&update.source.name, &update.source.country, &update.source.affiliation);
    let event = match update.kind {
        UpdateKind::OtherSide => locale.text("update-other-side", &[("source", source.into())]),
        UpdateKind::ThreeCountries => locale.text("update-three-countries", &[]),
        UpdateKind::Violated => locale.text("update-violated", &[("source", source.into())]),
        UpdateKind::Cancelled => locale.text("update-cancelled", &[("source", source.into())]),
        UpdateKind::Postponed => locale.text("update-postponed", &[("source", source.into())]),
        UpdateKind::Moved => locale.text("update-moved", &[("source", source.into())]),
        UpdateKind::Over => locale.text("update-over", &[("source", source.into())]),
    };
    let mut text = Text::default().with(format!("{time}: {}", event.to_plain()), Style::Bold);
    if let Some(sentence) = &update.sentence {
        text = text.with(format!(" “{}”", inert(&cut(sentence, SENTENCE_CHARS))), Style::Plain);
    }
    text
}

/// Renders one source's figure.
pub fn figure_line(figure: &CasualtyFigure, locale: Locale) -> Text {
    let who = figure.who.map(|who| match who {
        CombatantStatus::Military => locale.label("figure-military"),
        CombatantStatus::Civilian => locale.label("figure-civilian"),
    });
    let whose: Vec<&str> = figure.side.as_deref().into_iter().chain(who.as_deref()).collect();
    let whose = if whose.is_empty() { String::new() } else { format!(" ({})", whose.join(", ")) };
    let reporter = figure.source.name.as_str();
    let source = match &figure.according_to {
        Some(authority) if !authority.eq_ignore_ascii_case(reporter) => locale
            .text("figure-according-to", &[("authority", authority.as_str().into()), ("source", reporter.into())])
            .to_plain(),
        _ => reporter.to_owned(),
    };
    // As a text, so that the digits keep the source's own separators.
    let count = figure.words.clone().unwrap_or_else(|| figure.count.to_string());
    let args = [("count", count.into()), ("whose", whose.into()), ("source", source.into())];
    match figure.kind {
        CasualtyKind::Killed => locale.text("figure-killed", &args),
        CasualtyKind::Wounded => locale.text("figure-wounded", &args),
        CasualtyKind::Kidnapped => locale.text("figure-kidnapped", &args),
        CasualtyKind::Missing => locale.text("figure-missing", &args),
    }
}

/// Copies a message for another delivery: replaces the delivery's id in the buttons.
pub fn readdressed(message: &Message, from: DeliveryId, to: DeliveryId) -> Message {
    let (from, to) = (from.0.simple().to_string(), to.0.simple().to_string());
    let mut message = message.clone();
    for button in message.buttons.iter_mut().flatten() {
        button.data = button.data.replace(&from, &to);
    }
    message
}

/// Renders a change of an article in one line.
fn change_line(change: &ArticleChange, locale: Locale) -> Text {
    let time = locale.time_in_utc(change.seen_at);
    let figures: Vec<String> = change
        .figures
        .iter()
        .map(|figure| format!("{} → {} {}", figure.old, figure.new, figure.of).trim_end().to_owned())
        .collect();
    let mut parts = Vec::new();
    if let Some(title) = &change.old_title {
        let title = inert(&cut(title, HEADLINE_CHARS));
        parts.push(locale.text("alert-changed-title", &[("title", title.into())]).to_plain());
    }
    if !figures.is_empty() {
        parts.push(locale.text("alert-changed-figures", &[("figures", figures.join(", ").into())]).to_plain());
    }
    locale.text("alert-changed", &[("time", time.into()), ("what", parts.join("; ").into())])
}

/// Renders an article in a list: headline, outlet and date.
pub fn article_line(article: &Article, outlet: Option<&Outlet>, locale: Locale) -> Text {
    let mut text = headline(article, locale).with("\n", Style::Plain);
    text.0.extend(byline(article, outlet, locale).0);
    text
}

/// Renders the headline, linked to the article.
fn headline(article: &Article, locale: Locale) -> Text {
    let style = article.url.clone().map_or(Style::Bold, Style::BoldLink);
    Text::default().with(inert(&title(article, locale)), style)
}

/// Renders the outlet and the date.
fn byline(article: &Article, outlet: Option<&Outlet>, locale: Locale) -> Text {
    let name = outlet.map_or(article.outlet.as_str(), |outlet| outlet.name.as_str());
    let details = outlet.map(|outlet| details(&outlet.country, &outlet.affiliation)).unwrap_or_default();
    let mut text = Text::plain(format!("{name}{details} · "));
    // The time of the poll must not stand in for a missing date.
    let Some(time) = article.published_at else {
        text.0.extend(locale.text("alert-undated", &[]).0);
        return text;
    };
    text.0.extend(Text::plain(locale.moment(time)).0);
    let note = match article.date_note {
        Some(DateNote::Future) => locale.text("alert-date-future", &[]),
        Some(DateNote::Zoneless) => locale.text("alert-date-zoneless", &[]),
        None => return text,
    };
    text.0.extend(Text::plain(" ").0);
    text.0.extend(note.0);
    text
}

fn with_details(name: &str, country: &str, affiliation: &str) -> String {
    format!("{name}{}", details(country, affiliation))
}

/// Renders the known ones of an outlet's country and affiliation, in parentheses.
fn details(country: &str, affiliation: &str) -> String {
    let known: Vec<&str> = [country, affiliation].into_iter().filter(|detail| !detail.is_empty()).collect();
    if known.is_empty() { String::new() } else { format!(" ({})", known.join(", ")) }
}

/// Returns an article's headline.
pub fn title(article: &Article, locale: Locale) -> String {
    cut(&heading(&article.title, &article.text, locale), HEADLINE_CHARS)
}

/// Returns a headline, or the first words of a text without one, or a placeholder.
pub fn heading(title: &str, text: &str, locale: Locale) -> String {
    /// Characters of a heading of first words: two lines on a phone.
    const MAX_HEADING: usize = 90;
    if !title.is_empty() {
        return title.to_owned();
    }
    let line = text.lines().map(str::trim).find(|line| line.chars().any(char::is_alphanumeric));
    let Some(line) = line else { return locale.text("alert-untitled", &[]).to_plain() };
    let Some((end, _)) = line.char_indices().nth(MAX_HEADING) else { return line.to_owned() };
    let words = line[..end].rsplit_once(char::is_whitespace).map_or(&line[..end], |(words, _)| words);
    format!("{}…", words.trim_end_matches(|c: char| !c.is_alphanumeric()))
}

/// Cuts a text to `most` characters, at a blank near the end where there is one; an ellipsis marks the cut.
fn cut(text: &str, most: usize) -> String {
    /// The most characters that a whole word may cost.
    const WORD_CHARS: usize = 30;
    let Some((end, _)) = text.char_indices().nth(most) else { return text.to_owned() };
    let kept = &text[..end];
    let blank = kept.rfind(char::is_whitespace).filter(|at| kept[*at..].chars().count() <= WORD_CHARS);
    format!("{}…", kept[..blank.unwrap_or(end)].trim_end())
}

/// Returns foreign words so that no chat takes a part of them for a command: a tap on `/forget` in a headline would send
/// it. A word joiner behind the slash is invisible.
pub fn inert(text: &str) -> String {
    let mut inert = String::with_capacity(text.len());
    push_inert(&mut inert, text, None);
    inert
}

/// Like [`inert`], for a text of several spans.
pub fn inert_text(text: Text) -> Text {
    let mut before = None;
    let spans = text.0.into_iter().map(|span| {
        let mut inert = String::with_capacity(span.text.len());
        before = push_inert(&mut inert, &span.text, before);
        Span { text: inert, style: span.style }
    });
    Text(spans.collect())
}

/// Appends `text`, which follows the character `before`, and returns the last character.
fn push_inert(inert: &mut String, text: &str, mut before: Option<char>) -> Option<char> {
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        inert.push(c);
        // By the rule of Telegram's own parser; the next span may begin with the command's name.
        let begins = before.is_none_or(|before| !before.is_alphanumeric() && !matches!(before, '_' | '/' | '<' | '>'));
        let named = chars.peek().is_none_or(|next| next.is_ascii_alphanumeric() || *next == '_');
        if c == '/' && begins && named {
            inert.push('\u{2060}');
        }
        before = Some(c);
    }
    before
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
            links_to: None,
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
    fn an_alert_shows_reason_content_outlet_and_date() {
        let outlet = Outlet {
            id: "wire".into(),
            name: "The Wire".into(),
            country: "GE".into(),
            language: "en".into(),
            affiliation: "private".into(),
            hosts: vec![],
        };
        let article = article();
        let message = render_alert(&Alert {
            delivery: DELIVERY,
            article: &article,
            outlet: Some(&outlet),
            topics: vec!["Ceasefire"],
            filters: vec!["\"Minsk Group\""],
            fact: None,
            changes: &[],
            summary: "It holds. So far.".into(),
            corroboration: &Corroboration::default(),
            quotes: vec![],
            calendar: None,
            locale: Locale::default(),
        });
        insta::assert_snapshot!(crate::chat::telegram::html::to_html(&message.text), @r#"
        <b>Ceasefire</b> · <code>&quot;Minsk Group&quot;</code>
        <b><a href="https://wire.example/1">Truce &lt;agreed&gt;</a></b>

        It holds. So far.

        The Wire (GE, private) · 10 Oct 2020, 00:00 UTC
        "#);
    }

    #[test]
    fn a_headline_is_cut_and_its_link_and_source_stay() {
        for title in ["Truce agreed in Moscow after talks. ".repeat(200), "ж".repeat(5000), "a/".repeat(3000)] {
            let article = Article { title, ..article() };
            let text = article_line(&article, None, Locale::default());
            let plain = text.to_plain();
            assert!(plain.chars().count() < 360 && plain.contains("…\nwire · "), "{plain}");
            assert_eq!(text.0[0].style, Style::BoldLink("https://wire.example/1".into()));
        }
        assert_eq!(cut("Truce agreed in Moscow", 18), "Truce agreed in…");
        assert_eq!(cut("Truce", 5), "Truce");
    }

    #[test]
    fn foreign_words_are_no_commands() {
        for (text, expected) in [
            ("/forget", "/\u{2060}forget"),
            ("Type /forget@ceasewire_bot now", "Type /\u{2060}forget@ceasewire_bot now"),
            ("(/pause) “/pause”", "(/\u{2060}pause) “/\u{2060}pause”"),
            ("news/pause 1/2 https://a.example/b <b>/x", "news/pause 1/2 https://a.example/b <b>/x"),
            ("и/или //x / y /я", "и/или //x / y /я"),
        ] {
            assert_eq!(inert(text), expected);
        }
        let spans = Text::plain("see /").with("pause", Style::Bold).with("/x", Style::Plain);
        assert_eq!(inert_text(spans).to_plain(), "see /\u{2060}pause/x");
    }

    #[test]
    fn the_first_words_head_a_text_without_a_headline() {
        for (title, text, heading) in [
            ("Truce", "Text.", "Truce"),
            ("", "Ceasefire from noon.\nMore follows.", "Ceasefire from noon."),
            ("", " — \nПеремирие с полудня", "Перемирие с полудня"),
            (
                "",
                "The ministers signed the ceasefire in Moscow after ten hours of talks, and the guns fell silent at noon.",
                "The ministers signed the ceasefire in Moscow after ten hours of talks, and the guns fell…",
            ),
            ("", "…", "(no headline)"),
        ] {
            assert_eq!(super::heading(title, text, Locale::default()), heading);
        }
    }

    #[test]
    fn missing_facts_have_placeholders() {
        let article = Article { title: String::new(), text: String::new(), url: None, published_at: None, ..article() };
        let message = render_alert(&Alert {
            delivery: DELIVERY,
            article: &article,
            outlet: None,
            topics: vec![],
            filters: vec![],
            fact: None,
            changes: &[],
            summary: String::new(),
            corroboration: &Corroboration::default(),
            quotes: vec![],
            calendar: None,
            locale: Locale::default(),
        });
        assert_eq!(message.buttons[0][0].data, "why:00000000000000000000000000000007");
        assert_eq!(message.buttons[0][1].data, "hush:00000000000000000000000000000007");
        assert_eq!(message.text.to_plain(), "(no headline)\n\nwire · date not given");
    }
}
