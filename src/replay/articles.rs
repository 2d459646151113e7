//! The articles of a replay in the order of their clock. Pure.

use std::collections::HashMap;

use ceasewire_model::{Entry, Timestamp};
use serde_json::Value;

/// The outlet of articles that name none.
const NO_OUTLET: &str = "unknown";

/// An article of a replay.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReplayArticle {
    /// The id as the input gives it.
    pub id: Value,
    /// The id of an earlier article whose new version this is.
    pub version_of: Option<Value>,
    pub title: String,
    pub text: String,
    pub url: Option<String>,
    /// Id of the outlet; empty if the input names none.
    pub outlet: String,
    /// BCP 47 tag.
    pub language: Option<String>,
    pub published: Option<Timestamp>,
}

/// An article at its time, with the entry that brings it.
#[derive(Clone, Debug)]
pub(super) struct TimedArticle {
    pub(super) id: Value,
    pub(super) at: Timestamp,
    pub(super) outlet: String,
    pub(super) entry: Entry,
}

/// Collects articles and refuses those that the others contradict.
#[derive(Debug, Default)]
pub struct ReplayInput {
    articles: Vec<ReplayArticle>,
    /// The place of each id, and the id whose first version it is.
    places: HashMap<String, usize>,
}

impl ReplayInput {
    /// Adds an article.
    ///
    /// # Errors
    /// When another article has the id, or no earlier article has the id in `version_of`.
    pub fn add(&mut self, article: ReplayArticle) -> anyhow::Result<()> {
        if let Some(first) = &article.version_of {
            anyhow::ensure!(
                self.places.contains_key(&first.to_string()),
                "version_of: no earlier line has the id {first}; put the first version before this one"
            );
        }
        let id = article.id.to_string();
        anyhow::ensure!(!self.places.contains_key(&id), "the id {id} occurs twice; give each line an id of its own");
        self.places.insert(id, self.articles.len());
        self.articles.push(article);
        Ok(())
    }

    /// Returns the articles in the order of their times. An article without a time takes that of the one before, and the
    /// first ones that of the first with a time; no version comes before its first one.
    pub(super) fn into_timed(self) -> Vec<TimedArticle> {
        let mut time = self.articles.iter().find_map(|article| article.published).unwrap_or_default();
        let mut timed: Vec<TimedArticle> = Vec::with_capacity(self.articles.len());
        for article in self.articles {
            time = article.published.unwrap_or(time);
            let (mut at, mut guid, mut outlet) = (time, article.id.to_string(), article.outlet);
            if outlet.is_empty() {
                outlet = NO_OUTLET.to_owned();
            }
            let mut url = article.url;
            let before = article.version_of.and_then(|id| timed.get(*self.places.get(&id.to_string())?));
            if let Some(before) = before {
                at = at.max(before.at);
                guid = before.entry.guid.clone().unwrap_or_default();
                outlet = before.outlet.clone();
                url = url.or_else(|| before.entry.url.clone());
            }
            let entry = Entry {
                guid: Some(guid),
                url,
                title: article.title,
                html: as_html(&article.text),
                published: article.published,
                language: article.language,
                ..Entry::default()
            };
            timed.push(TimedArticle { id: article.id, at, outlet, entry });
        }
        timed.sort_by_key(|article| article.at);
        timed
    }
}

/// Writes plain text as a feed carries it: a paragraph a line, with its signs escaped.
fn as_html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let lines = escaped.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| format!("<p>{line}</p>\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(id: &str, version_of: Option<&str>, published: Option<i64>) -> ReplayArticle {
        let version_of = version_of.map(Value::from);
        ReplayArticle { id: id.into(), version_of, published: published.map(Timestamp), ..ReplayArticle::default() }
    }

    #[test]
    fn articles_follow_their_clock() {
        let mut input = ReplayInput::default();
        for article in [
            article("early", None, None),
            article("first", None, Some(5000)),
            article("undated", None, None),
            article("before", None, Some(1000)),
            article("version", Some("first"), Some(2000)),
            article("version of the version", Some("version"), None),
        ] {
            input.add(article).unwrap();
        }
        assert!(input.add(article("first", None, None)).is_err(), "an id twice");
        assert!(input.add(article("x", Some("nothing"), None)).is_err(), "a version of nothing");
        let timed = input.into_timed();
        let shown: Vec<_> = timed
            .iter()
            .map(|article| (article.id.as_str().unwrap(), article.at.0, article.entry.guid.as_deref().unwrap()))
            .collect();
        assert_eq!(
            shown,
            [
                ("before", 1000, "\"before\""),
                ("early", 5000, "\"early\""),
                ("first", 5000, "\"first\""),
                ("undated", 5000, "\"undated\""),
                ("version", 5000, "\"first\""),
                ("version of the version", 5000, "\"first\""),
            ]
        );
        assert_eq!(timed[1].entry.published, None, "a date is never invented");
    }

    #[test]
    fn plain_text_keeps_its_signs_and_lines() {
        assert_eq!(as_html("A < B & C\n\n  D\n"), "<p>A &lt; B &amp; C</p>\n<p>D</p>\n");
    }
}
