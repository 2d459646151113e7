//! Scores a replay against expected rings and stories. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ceasewire_model::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{MessageKind, ReplayMessage};

/// The expected rings and stories, by the articles' ids.
#[derive(Debug, Default)]
pub struct Expectations(BTreeMap<String, Expected>);

#[derive(Debug, Default)]
struct Expected {
    ring: Option<bool>,
    story: Option<String>,
}

impl Expectations {
    /// Adds a line: whether an article rings, the story that it belongs to, or both.
    ///
    /// # Errors
    /// When the line says neither.
    pub fn add(&mut self, article: &Value, ring: Option<bool>, story: Option<&Value>) -> anyhow::Result<()> {
        anyhow::ensure!(ring.is_some() || story.is_some(), "the line has neither \"ring\" nor \"story\"");
        let expected = self.0.entry(article.to_string()).or_default();
        expected.ring = ring.or(expected.ring);
        if let Some(story) = story {
            expected.story = Some(story.to_string());
        }
        Ok(())
    }

    fn ring(&self, article: &str) -> Option<bool> {
        self.0.get(article)?.ring
    }

    fn story(&self, article: &str) -> Option<&str> {
        self.0.get(article)?.story.as_deref()
    }
}

/// An article as the replay took it in.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredArticle {
    pub at: Timestamp,
    /// The name of its story.
    pub story: Value,
}

/// The scores of one subscriber.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ReplayScore {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscriber: Option<String>,
    /// Articles that had to ring.
    pub expected_rings: usize,
    /// Those that no message with a sound brought, neither themselves nor another article of their expected story.
    pub missed: usize,
    pub missed_articles: Vec<Value>,
    /// Articles that had to be without a sound.
    pub expected_silent: usize,
    /// Messages with a sound all of whose labelled articles had to be without.
    pub false_rings: usize,
    pub false_ring_articles: Vec<Value>,
    /// Messages with a sound.
    pub rings: usize,
    /// Expected stories that a message brought.
    pub stories: usize,
    /// Alerts, and entries of digests, per expected story that a message brought.
    pub alerts_per_story: Option<f64>,
    /// Surplus expected stories in the stories of the replay.
    pub false_merges: usize,
    /// Seconds from the first report that had to ring to the first sound of its story.
    pub seconds_to_alert_median: Option<f64>,
    pub seconds_to_alert_worst: Option<f64>,
}

/// Scores the messages of one subscriber. `articles` holds all articles of the replay by their ids.
pub fn score(
    expected: &Expectations,
    messages: &[&ReplayMessage],
    articles: &HashMap<String, StoredArticle>,
) -> ReplayScore {
    let ids = |message: &ReplayMessage| message.articles.iter().map(Value::to_string).collect::<Vec<_>>();
    let mut score = ReplayScore::default();
    // When each article, and each expected story, first rang.
    let mut rung: BTreeMap<String, Timestamp> = BTreeMap::new();
    let mut rung_stories: BTreeMap<&str, Timestamp> = BTreeMap::new();
    let mut alerts: BTreeMap<&str, usize> = BTreeMap::new();
    for &message in messages {
        let brought = ids(message);
        if message.sound {
            score.rings += 1;
            let labels: Vec<bool> = brought.iter().filter_map(|id| expected.ring(id)).collect();
            if !labels.is_empty() && !labels.contains(&true) {
                score.false_rings += 1;
                score.false_ring_articles.extend(message.articles.first().cloned());
            }
            for id in &brought {
                rung.entry(id.clone()).or_insert(message.at);
                if let Some(story) = expected.story(id) {
                    rung_stories.entry(story).or_insert(message.at);
                }
            }
        }
        let stories: Vec<&str> = brought.iter().filter_map(|id| expected.story(id)).collect();
        match message.kind {
            MessageKind::Alert => {
                stories.into_iter().collect::<BTreeSet<_>>().into_iter().for_each(|story| {
                    *alerts.entry(story).or_default() += 1;
                });
            }
            MessageKind::Digest => stories.into_iter().for_each(|story| *alerts.entry(story).or_default() += 1),
            MessageKind::Update | MessageKind::Edit => {}
        }
    }
    let mut waits: BTreeMap<&str, i64> = BTreeMap::new();
    for (id, one) in &expected.0 {
        match one.ring {
            Some(false) => score.expected_silent += 1,
            Some(true) => {
                score.expected_rings += 1;
                let story = one.story.as_deref();
                let heard = rung.get(id).or_else(|| rung_stories.get(story?)).copied();
                let Some(heard) = heard else {
                    score.missed += 1;
                    score.missed_articles.extend(serde_json::from_str(id).ok());
                    continue;
                };
                if let Some(article) = articles.get(id) {
                    let wait = (heard.0 - article.at.0).max(0);
                    let longest = waits.entry(story.unwrap_or(id)).or_default();
                    *longest = wait.max(*longest);
                }
            }
            None => {}
        }
    }
    score.stories = alerts.len();
    if !alerts.is_empty() {
        score.alerts_per_story = Some(alerts.values().sum::<usize>() as f64 / alerts.len() as f64);
    }
    let mut merged: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (id, article) in articles {
        if let Some(story) = expected.story(id) {
            merged.entry(article.story.to_string()).or_default().insert(story);
        }
    }
    score.false_merges = merged.values().map(|stories| stories.len() - 1).sum();
    let mut waits: Vec<f64> = waits.into_values().map(|millis| millis as f64 / 1000.0).collect();
    waits.sort_by(f64::total_cmp);
    score.seconds_to_alert_median = median(&waits);
    score.seconds_to_alert_worst = waits.last().copied();
    score
}

fn median(sorted: &[f64]) -> Option<f64> {
    let middle = sorted.len() / 2;
    match sorted.len() % 2 {
        _ if sorted.is_empty() => None,
        0 => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
        _ => Some(sorted[middle]),
    }
}

impl ReplayScore {
    /// The scores in words.
    pub fn sentences(&self) -> String {
        let subscriber = self.subscriber.as_deref().map(|name| format!("{name}: ")).unwrap_or_default();
        let number = |number: Option<f64>| number.map_or("-".to_owned(), |number| format!("{number:.2}"));
        format!(
            "{subscriber}missed {} of {} · false rings {} of {} articles that had to be silent · alerts per story {} \
             ({} stories) · false merges {} · seconds from first report to alert: median {}, worst {}",
            self.missed,
            self.expected_rings,
            self.false_rings,
            self.expected_silent,
            number(self.alerts_per_story),
            self.stories,
            self.false_merges,
            number(self.seconds_to_alert_median),
            number(self.seconds_to_alert_worst),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use MessageKind::{Alert, Digest, Edit, Update};

    fn message(at: i64, kind: MessageKind, sound: bool, articles: &[&str]) -> ReplayMessage {
        let articles = articles.iter().map(|&id| id.into()).collect();
        ReplayMessage { at: Timestamp(at * 1000), kind, sound, articles, ..ReplayMessage::default() }
    }

    #[test]
    fn rings_stories_and_times_are_scored() {
        let mut expected = Expectations::default();
        for (article, ring, story) in [
            ("truce", Some(true), Some("t")),
            ("truce again", Some(true), Some("t")),
            ("broken", Some(true), None),
            ("prayer", Some(false), Some("p")),
            ("review", Some(false), None),
        ] {
            let story = story.map(Value::from);
            expected.add(&article.into(), ring, story.as_ref()).unwrap();
        }
        assert!(expected.add(&"nothing".into(), None, None).is_err());
        let stored = |at: i64, story: &str| StoredArticle { at: Timestamp(at * 1000), story: story.into() };
        let articles = [
            ("truce", stored(10, "truce")),
            ("truce again", stored(40, "truce")),
            ("broken", stored(50, "truce")),
            ("prayer", stored(60, "truce")),
            ("review", stored(70, "review")),
        ];
        let articles = articles.map(|(id, article)| (Value::from(id).to_string(), article)).into_iter().collect();
        let messages = [
            message(12, Alert, true, &["truce"]),
            message(45, Edit, false, &["truce", "truce again", "broken"]),
            message(60, Update, true, &["prayer"]),
            message(70, Alert, true, &["an article without a label"]),
            message(90, Digest, false, &["truce", "review"]),
        ];
        let score = score(&expected, &messages.iter().collect::<Vec<_>>(), &articles);
        insta::assert_snapshot!(score.sentences(), @"missed 1 of 3 · false rings 1 of 2 articles that had to be silent · alerts per story 2.00 (1 stories) · false merges 1 · seconds from first report to alert: median 2.00, worst 2.00");
        assert_eq!(score.missed_articles, [Value::from("broken")]);
        assert_eq!(score.false_ring_articles, [Value::from("prayer")]);
        assert_eq!(score.rings, 3);
    }

    #[test]
    fn a_median_lies_in_the_middle() {
        for (sorted, expected) in
            [(&[][..], None), (&[3.0], Some(3.0)), (&[1.0, 2.0], Some(1.5)), (&[1.0, 2.0, 9.0], Some(2.0))]
        {
            assert_eq!(median(sorted), expected);
        }
    }
}
