//! `/timeline [days]`: how many stories there were each day, of which topics, and what turned the course of things.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use anyhow::Context;
use chrono::NaiveDate;

use crate::bot::reply;
use crate::bot::search::TRIAL_MOST;
use crate::chart::{self, Day, Timeline};
use crate::store::Store;
use ceasewire_model::event::{CeasefireStatus, EventFacts, EventTopic};
use ceasewire_model::{Address, Article, File, FileKind, Message, StoryId, Timestamp};
use ceasewire_profile::Vocabulary;

/// Articles read from the store at a time.
const PAGE: i64 = 500;
/// Turning points that are marked.
const TURNING_POINTS: usize = 8;
/// Characters of a turning point's headline.
const HEADLINE: usize = 90;

/// A story as the chart counts it.
#[derive(Debug)]
struct Story {
    day: NaiveDate,
    topics: HashSet<usize>,
    outlets: HashSet<String>,
    /// The headline that first told of a ceasefire that was agreed or broken.
    turned: Option<(CeasefireStatus, String)>,
}

pub(in crate::bot) async fn handle(
    store: &Store,
    vocabulary: &Vocabulary,
    conflict: &str,
    at: &Address,
    days: usize,
    now: Timestamp,
) -> anyhow::Result<Message> {
    let subscriber = store.find_subscriber(at).await?.map(|subscriber| subscriber.id);
    let since = now.plus_secs(-(days as i64) * 86_400);
    let mut stories: HashMap<StoryId, Story> = HashMap::new();
    let mut after = None;
    let mut read = 0;
    // Newest first: what is noted of a story last is its beginning.
    while read < TRIAL_MOST {
        let page = store.list_recent_articles(subscriber, since, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some((last.seen_at, last.id));
        read += page.len();
        for article in &page {
            note(&mut stories, vocabulary, article);
        }
        tokio::task::yield_now().await;
    }
    if stories.is_empty() {
        return Ok(reply::timeline_none().into());
    }
    let timeline = draw(&stories, vocabulary, conflict, days);
    let drawn = chart::text(&timeline);
    // Drawing takes a good part of a second; others are not to wait for it.
    let png = tokio::task::spawn_blocking(move || chart::png(&timeline)).await?.context("drawing the timeline")?;
    let file = File { name: "timeline.png".into(), kind: FileKind::Photo, bytes: Arc::from(png), drawn };
    Ok(Message { text: reply::timeline(conflict, days), file: Some(file), ..Message::default() })
}

fn note(stories: &mut HashMap<StoryId, Story>, vocabulary: &Vocabulary, article: &Article) {
    let topics = vocabulary.topics().enumerate().filter(|(_, topic)| article.topics.contains(&topic.id));
    let topics: HashSet<usize> = topics.map(|(number, _)| number).collect();
    if topics.is_empty() {
        return;
    }
    let day = article.seen_at.to_datetime().date_naive();
    let story = stories.entry(article.story_id).or_insert_with(|| Story {
        day,
        topics: HashSet::new(),
        outlets: HashSet::new(),
        turned: None,
    });
    story.day = story.day.min(day);
    story.topics.extend(topics);
    story.outlets.insert(article.credit.clone().unwrap_or_else(|| article.outlet.clone()));
    let status = article.events.iter().find_map(|event| match &event.facts {
        EventFacts::Ceasefire(facts)
            if matches!(
                facts.status,
                CeasefireStatus::Agreed | CeasefireStatus::Violated | CeasefireStatus::Extended
            ) =>
        {
            Some(facts.status)
        }
        _ => None,
    });
    // A report that mentions a truce further down does not tell of it.
    if let Some(status) = status.filter(|_| article.topics.iter().any(|topic| topic == EventTopic::Ceasefire.as_str()))
    {
        story.turned = Some((status, article.title.clone()));
    }
}

fn draw(stories: &HashMap<StoryId, Story>, vocabulary: &Vocabulary, conflict: &str, days: usize) -> Timeline {
    let topics: Vec<String> = vocabulary.topics().map(|topic| topic.name.clone()).collect();
    let mut counted: BTreeMap<NaiveDate, Vec<u32>> = BTreeMap::new();
    for story in stories.values() {
        let counts = counted.entry(story.day).or_insert_with(|| vec![0; topics.len()]);
        story.topics.iter().for_each(|&topic| counts[topic] += 1);
    }
    // Of a day and a kind the story that most outlets tell; of those the ones that most tell.
    let mut turned: BTreeMap<(NaiveDate, u8), (usize, &str)> = BTreeMap::new();
    for story in stories.values() {
        let Some((status, headline)) = &story.turned else { continue };
        let entry = turned.entry((story.day, *status as u8)).or_default();
        let candidate = (story.outlets.len(), headline.as_str());
        *entry = (*entry).max(candidate);
    }
    let mut turned: Vec<(NaiveDate, usize, &str)> =
        turned.into_iter().map(|((day, _), (outlets, headline))| (day, outlets, headline)).collect();
    turned.sort_by_key(|&(day, outlets, _)| (std::cmp::Reverse(outlets), day));
    turned.truncate(TURNING_POINTS);
    turned.sort_by_key(|&(day, ..)| day);
    let cut = |headline: &str| match headline.char_indices().nth(HEADLINE) {
        Some((end, _)) => format!("{}…", headline[..end].trim_end()),
        None => headline.to_owned(),
    };
    Timeline {
        title: reply::timeline(conflict, days).to_plain(),
        topics,
        days: counted.into_iter().map(|(date, stories)| Day { date, stories }).collect(),
        turning_points: turned.into_iter().map(|(day, _, headline)| (day, cut(headline))).collect(),
    }
}
