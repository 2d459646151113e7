//! `/timeline [DAYS]`: a chart of the stories of each day, by topic, and the turning points among them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use chrono::NaiveDate;

use crate::bot::command::{ArgumentFault, Command, ParsedRequest, Request, lowercase};
use crate::bot::context::{Ctx, answer};
use crate::bot::queues::Cost;
use crate::bot::reply;
use crate::bot::search::MAX_SEARCHED;
use crate::chart::{self, Timeline, TimelineDay};
use ceasewire_cpu as cpu;
use ceasewire_model::event::{CeasefireStatus, EventFacts, EventTopic};
use ceasewire_model::{Article, File, FileKind, Message, StoryId, Style, Text};
use ceasewire_profile::Vocabulary;

pub(in crate::bot) const COMMAND: Command =
    Command { name: "timeline", arguments: "[DAYS]", examples: &["30"], description: "describe-timeline", parse };

/// Days of the chart for a request without a number.
const DEFAULT_DAYS: usize = 30;
const MAX_DAYS: usize = 365;
/// Articles read from the store at a time.
const PAGE: i64 = 500;
/// Turning points with a mark.
const TURNING_POINTS: usize = 8;
/// Characters of a turning point's headline.
const HEADLINE: usize = 90;

/// Draws the stories of this number of days.
#[derive(Debug)]
struct TimelineRequest(usize);

fn parse(arguments: &str) -> ParsedRequest {
    let typed = lowercase(arguments);
    let number = typed.trim_end_matches(|c: char| c.is_alphabetic() || c.is_whitespace());
    match number.trim_matches(['#', '.', ')']).parse() {
        _ if arguments.is_empty() => Ok(Box::new(TimelineRequest(DEFAULT_DAYS))),
        Ok(days) if (1..=MAX_DAYS).contains(&days) => Ok(Box::new(TimelineRequest(days))),
        _ => Err(ArgumentFault::explained("timeline-days", arguments)),
    }
}

#[async_trait]
impl Request for TimelineRequest {
    fn cost(&self) -> Cost {
        Cost::Draw
    }

    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        let stories = count_stories(ctx, self.0).await?;
        if stories.is_empty() {
            return answer(ctx.text("timeline-none", &[]));
        }
        let timeline = timeline(ctx, &stories, self.0);
        let drawn = chart::text(&timeline);
        // Drawing takes a good part of a second and reads nothing: it leaves the turns to the searches, and begins while
        // none of them waits.
        let _turn = ctx.turns.draw().await;
        let png = match cpu::run_in_background(move || chart::png(&timeline)).await? {
            Ok(png) => png,
            Err(error) => {
                tracing::warn!(chat.id = ctx.address.chat, %error, "timeline not drawn; the chat gets it as text");
                let text = title(ctx, self.0).with("\n\n", Style::Plain).with(drawn.trim_end(), Style::Code);
                return answer(text);
            }
        };
        let file = File { name: "timeline.png".into(), kind: FileKind::Photo, bytes: Arc::from(png), drawn };
        Ok(Message { text: title(ctx, self.0), file: Some(file), ..Message::default() })
    }
}

fn title(ctx: &Ctx<'_>, days: usize) -> Text {
    ctx.text("timeline", &[("conflict", ctx.profile.name.as_str().into()), ("days", days.into())])
}

/// A story as the chart counts it.
#[derive(Debug)]
struct CountedStory {
    day: NaiveDate,
    topics: HashSet<usize>,
    outlets: HashSet<String>,
    /// The first headline about a ceasefire agreed, extended, broken or over.
    turning_point: Option<(CeasefireStatus, String)>,
}

async fn count_stories(ctx: &Ctx<'_>, days: usize) -> anyhow::Result<HashMap<StoryId, CountedStory>> {
    let since = ctx.now.plus_secs(-(days as i64) * 86_400);
    let mut stories = HashMap::new();
    let mut after = None;
    let mut read = 0;
    while read < MAX_SEARCHED {
        let _turn = ctx.turns.next(read).await;
        let page = ctx.store.list_recent_headlines(ctx.subscriber_id(), since, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some((last.seen_at, last.id));
        read += page.len();
        for article in &page {
            count(&mut stories, &ctx.profile.vocabulary, article);
        }
    }
    Ok(stories)
}

/// Counts an article. Articles come newest first, so the headline stored last is the story's first.
fn count(stories: &mut HashMap<StoryId, CountedStory>, vocabulary: &Vocabulary, article: &Article) {
    let topics = vocabulary.topics().enumerate().filter(|(_, topic)| article.topics.contains(&topic.id));
    let topics: HashSet<usize> = topics.map(|(number, _)| number).collect();
    if topics.is_empty() {
        return;
    }
    let day = article.seen_at.to_datetime().date_naive();
    let story = stories.entry(article.story_id).or_insert_with(|| CountedStory {
        day,
        topics: HashSet::new(),
        outlets: HashSet::new(),
        turning_point: None,
    });
    story.day = story.day.min(day);
    story.topics.extend(topics);
    story.outlets.insert(article.credit.clone().unwrap_or_else(|| article.outlet.clone()));
    let status = article.events.iter().find_map(|event| match &event.facts {
        EventFacts::Ceasefire(facts)
            if matches!(
                facts.status,
                CeasefireStatus::Agreed | CeasefireStatus::Violated | CeasefireStatus::Extended | CeasefireStatus::Over
            ) =>
        {
            Some(facts.status)
        }
        _ => None,
    });
    // An article that mentions a truce only in passing is not about it.
    if let Some(status) = status.filter(|_| article.topics.iter().any(|topic| topic == EventTopic::Ceasefire.as_str()))
    {
        story.turning_point = Some((status, article.title.clone()));
    }
}

fn timeline(ctx: &Ctx<'_>, stories: &HashMap<StoryId, CountedStory>, days: usize) -> Timeline {
    let topics: Vec<String> = ctx.profile.vocabulary.topics().map(|topic| topic.name.clone()).collect();
    let mut counted: BTreeMap<NaiveDate, Vec<u32>> = BTreeMap::new();
    for story in stories.values() {
        let counts = counted.entry(story.day).or_insert_with(|| vec![0; topics.len()]);
        story.topics.iter().for_each(|&topic| counts[topic] += 1);
    }
    Timeline {
        title: title(ctx, days).to_plain(),
        topics,
        days: counted.into_iter().map(|(date, stories)| TimelineDay { date, stories }).collect(),
        turning_points: turning_points(stories),
    }
}

/// Lists the turning points by day: of each day and status the story of the most outlets, and of these again the ones
/// of the most outlets.
fn turning_points(stories: &HashMap<StoryId, CountedStory>) -> Vec<(NaiveDate, String)> {
    let mut largest: BTreeMap<(NaiveDate, u8), (usize, &str)> = BTreeMap::new();
    for story in stories.values() {
        let Some((status, headline)) = &story.turning_point else { continue };
        let entry = largest.entry((story.day, *status as u8)).or_default();
        let candidate = (story.outlets.len(), headline.as_str());
        *entry = (*entry).max(candidate);
    }
    let mut points: Vec<(NaiveDate, usize, &str)> =
        largest.into_iter().map(|((day, _), (outlets, headline))| (day, outlets, headline)).collect();
    points.sort_by_key(|&(day, outlets, _)| (std::cmp::Reverse(outlets), day));
    points.truncate(TURNING_POINTS);
    points.sort_by_key(|&(day, ..)| day);
    points.into_iter().map(|(day, _, headline)| (day, reply::cut(headline, HEADLINE))).collect()
}
