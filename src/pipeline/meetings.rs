//! The meetings that a new article announces.

use ceasewire_model::event::{EventFacts, EventTopic};
use ceasewire_model::meeting::Meeting;
use ceasewire_model::{Article, Timestamp};
use ceasewire_stories::meeting::{self, AnnouncedMeeting};

use super::Pipeline;
use crate::store::StoreError;

/// Days after its announcement in which an undated meeting is the same as another undated one.
const UNDATED_MEETING_DAYS: i64 = 14;

impl Pipeline {
    /// Compares the meetings that an article announces with those of the `calendar`, which the first article that
    /// announces one reads from the store.
    pub(super) async fn find_meetings(
        &self,
        article: &Article,
        calendar: &mut Option<Vec<Meeting>>,
        now: Timestamp,
    ) -> Result<Vec<AnnouncedMeeting>, StoreError> {
        let facts = article.events.iter().filter_map(|event| match &event.facts {
            EventFacts::Meeting(facts) => Some(facts),
            _ => None,
        });
        let mut facts: Vec<_> = facts.collect();
        // A headline seldom gives the date of the meeting that its text dates.
        if facts.iter().any(|facts| facts.when.date.is_some()) {
            facts.retain(|facts| facts.when.date.is_some());
        }
        if facts.is_empty() || !article.topics.iter().any(|topic| topic == EventTopic::Meeting.as_str()) {
            return Ok(Vec::new());
        }
        let known = match calendar {
            Some(known) => known,
            None => {
                let today = now.to_datetime().date_naive().to_string();
                let since = now.plus_secs(-UNDATED_MEETING_DAYS * 86_400);
                calendar.insert(self.store.list_meetings(&today, since).await?)
            }
        };
        let mut announced = Vec::new();
        for facts in facts {
            let vocabulary = &self.profile.vocabulary;
            let Some(found) = meeting::announce(facts, article.id, known, vocabulary, article.published_at, now) else {
                continue;
            };
            if let AnnouncedMeeting::Changed(news) = &found {
                // A later sentence, or a later article, may say more of the same meeting.
                known.retain(|known| known.id != news.id);
                known.push((**news).clone());
            }
            announced.push(found);
        }
        Ok(announced)
    }
}
