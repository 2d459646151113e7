//! The meetings that a new article announces.

use super::Pipeline;
use crate::store::StoreError;
use ceasewire_model::event::EventFacts;
use ceasewire_model::{Article, Timestamp};
use ceasewire_stories::meeting::{self, Announced};

/// Days for which an announced meeting without a date is taken for the same when it is announced again.
const UNDATED_MEETING_DAYS: i64 = 14;
/// The topic whose articles announce meetings.
const MEETING: &str = "meeting";

impl Pipeline {
    /// The meetings that an article about meetings announces, each beside those that are known.
    pub(super) async fn meetings(&self, article: &Article, now: Timestamp) -> Result<Vec<Announced>, StoreError> {
        let mut announced: Vec<_> = article
            .events
            .iter()
            .filter_map(|event| if let EventFacts::Meeting(facts) = &event.facts { Some(facts) } else { None })
            .collect();
        // A headline seldom gives the date of what the text announces with it.
        if announced.iter().any(|facts| facts.when.date.is_some()) {
            announced.retain(|facts| facts.when.date.is_some());
        }
        if announced.is_empty() || !article.topics.iter().any(|topic| topic == MEETING) {
            return Ok(Vec::new());
        }
        let today = now.to_datetime().date_naive().to_string();
        let mut known = self.store.list_meetings(&today, now.plus_secs(-UNDATED_MEETING_DAYS * 86_400)).await?;
        let mut meetings = Vec::new();
        for facts in announced {
            let Some(meeting) =
                meeting::announce(facts, article.id, &known, &self.profile.vocabulary, article.published_at, now)
            else {
                continue;
            };
            if let Announced::News(news) = &meeting {
                // A later sentence of the article may say more of the same meeting.
                known.retain(|known| known.id != news.id);
                known.push((**news).clone());
            }
            meetings.push(meeting);
        }
        Ok(meetings)
    }
}
