//! Renders the new version of an article that an earlier alert has shown. Pure.

use super::render::{article_line, mute_story_button, reasons, why_button};
use crate::locale::Locale;
use ceasewire_model::{Article, DeliveryId, Message, Outlet, Style};

/// The content of an update about a new version.
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
    /// The headline of the version before, if it was another one.
    pub old_title: Option<&'a str>,
    /// Summary of the new sentences; may be empty.
    pub summary: String,
    /// The language of the reader.
    pub locale: Locale,
}

/// Renders an update about a new version.
pub fn render_revision(alert: &RevisedAlert<'_>) -> Message {
    let locale = alert.locale;
    let mut text = reasons(&alert.topics, &alert.filters);
    if !text.0.is_empty() {
        text = text.with(" · ", Style::Plain);
    }
    text.0.extend(locale.text("alert-revised", &[]).0);
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
