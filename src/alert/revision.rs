//! Renders news after an alert: a new version of its article, or another article with a new event. Pure.

use super::fact::AlertFact;
use super::render::{article_line, first_line, mute_story_button, why_button};
use crate::locale::Locale;
use ceasewire_model::{Article, DeliveryId, Message, Outlet, Style};

/// The content of an update about a new version, or about a new event.
#[derive(Clone, Debug)]
pub struct RevisedAlert<'a> {
    /// The delivery, for its buttons.
    pub delivery: DeliveryId,
    pub article: &'a Article,
    /// The outlet, if the profile describes it.
    pub outlet: Option<&'a Outlet>,
    /// Names of the subscribed topics that the article matches.
    pub topics: Vec<&'a str>,
    /// The subscriber's filters that the article matches.
    pub filters: Vec<&'a str>,
    /// The event that is new to the story, where a further article brings it; `None` for a new version.
    pub fact: Option<AlertFact<'a>>,
    /// The headline of the version before, if it was another one.
    pub old_title: Option<&'a str>,
    /// Summary of the new sentences; may be empty.
    pub summary: String,
    /// The language of the reader.
    pub locale: Locale,
}

/// Renders an update about a new version, or about a new event.
pub fn render_revision(alert: &RevisedAlert<'_>) -> Message {
    let locale = alert.locale;
    let mut text = first_line(&alert.topics, &alert.filters, alert.fact.as_ref(), locale);
    if alert.fact.is_none() {
        if !text.0.is_empty() {
            text = text.with(" · ", Style::Plain);
        }
        text.0.extend(locale.text("alert-revised", &[]).0);
    }
    text = text.with("\n", Style::Plain);
    text.0.extend(article_line(alert.article, alert.outlet, locale).0);
    if !alert.summary.is_empty() {
        text = text.with(format!("\n\n{}", alert.summary), Style::Plain);
    }
    if let Some(title) = alert.old_title {
        text = text.with("\n\n", Style::Plain);
        text.0.extend(locale.text("alert-revised-from", &[("title", title.into())]).0);
    }
    let buttons = vec![vec![why_button(alert.delivery, locale), mute_story_button(alert.delivery, locale)]];
    Message { text, buttons, ..Message::default() }
}
