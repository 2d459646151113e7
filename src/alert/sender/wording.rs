//! What a delivery says: everything that is known of its story at the moment of sending.

use super::Sender;
use crate::alert::meeting::render_reminder;
use crate::alert::render::{self, Alert};
use crate::article::credit;
use crate::model::meeting::Meeting;
use crate::model::story::{Report, Weight};
use crate::model::{Article, ArticleChange, Delivery, DeliveryKind, Message};
use crate::rule::Expr;
use crate::story::summary::{About, Room, Told, of_story, summarise};
use crate::story::weight;

/// Articles of a story by which it is weighed; more add nothing.
const MOST_REPORTS: i64 = 100;
/// Sentences of other sources in an alert, and the characters that they may have in all.
const QUOTES: usize = 2;
const QUOTED_CHARACTERS: usize = 500;

impl Sender {
    /// Words a delivery; `None` when there is nothing left to tell.
    pub(super) async fn render(&self, delivery: &Delivery) -> anyhow::Result<Option<Message>> {
        let Some(article) = self.store.find_article(delivery.article_id).await? else { return Ok(None) };
        match delivery.kind {
            DeliveryKind::Alert => self.render_alert(delivery, &article, &[]).await.map(Some),
            DeliveryKind::Turn(kind) => {
                let reports = self.store.list_story_articles(delivery.story_id, None, MOST_REPORTS).await?;
                let weight = self.weigh(&reports);
                let turn = weight.turns.iter().find(|turn| turn.kind == kind);
                Ok(turn.map(|turn| render::render_turn(&article, self.outlets.get(&article.outlet), turn)))
            }
            DeliveryKind::DayBefore | DeliveryKind::HourBefore => {
                let Some(meeting) = self.meeting(&article).await? else { return Ok(None) };
                // One that was cancelled or moved meanwhile reminds of nothing.
                let due = if delivery.kind == DeliveryKind::DayBefore {
                    meeting.remind_day_at
                } else {
                    meeting.remind_hour_at
                };
                Ok(due.map(|_| render_reminder(&meeting, delivery.kind)))
            }
        }
    }

    /// Words a story's alert, with what has changed in its article since it was sent.
    pub(super) async fn render_alert(
        &self,
        delivery: &Delivery,
        article: &Article,
        changes: &[ArticleChange],
    ) -> anyhow::Result<Message> {
        let rules = self.store.list_matched_rules(article.id, delivery.subscriber_id).await?;
        let topics = rules
            .iter()
            .filter_map(|rule| self.vocabulary.topic(rule.topic.as_deref()?))
            .map(|topic| topic.name.as_str());
        let filters = rules.iter().filter(|rule| rule.topic.is_none()).map(|rule| rule.text.as_str());
        let asked: Vec<Expr> = rules
            .iter()
            .filter_map(|rule| match &rule.topic {
                Some(topic) => self.vocabulary.topic_rule(topic).cloned(),
                None => self.vocabulary.compile(&rule.text).ok(),
            })
            .collect();
        let asked: Vec<&Expr> = asked.iter().collect();
        // Of what happened, that which was asked for: a meeting's sentence for who asked for meetings.
        let event: Vec<&str> = article
            .events
            .iter()
            .filter(|event| rules.iter().any(|rule| rule.topic.as_deref() == Some(event.topic())))
            .map(|event| event.sentence.as_str())
            .collect();
        let about = About { rules: &asked, event: &event, language: article.language.as_deref() };
        let summary = summarise(&article.title, &article.text, &about, self.config.summary_sentences);

        let told =
            self.store.list_story_articles(delivery.story_id, Some(delivery.subscriber_id), MOST_REPORTS).await?;
        let weight = self.weigh(&told);
        let quotes = if weight.sources.len() > 1 { self.quotes(article, &told, &about) } else { Vec::new() };
        let quotes = quotes.into_iter().filter(|(_, sentence)| !summary.contains(sentence.as_str())).collect();
        let calendar =
            self.meeting(article).await?.filter(|meeting| meeting.first_day.is_some()).map(|meeting| meeting.id);
        Ok(render::render(&Alert {
            delivery: delivery.id,
            article,
            outlet: self.outlets.get(&article.outlet),
            topics: topics.collect(),
            filters: filters.collect(),
            changes,
            summary,
            weight: &weight,
            quotes,
            calendar,
        }))
    }

    /// What other sources say of an article's story that it does not, by their names.
    fn quotes(&self, article: &Article, told: &[Article], about: &About<'_>) -> Vec<(String, String)> {
        let names: Vec<String> = told.iter().map(|told| self.source(told).name).collect();
        let own = told.iter().position(|told| told.id == article.id);
        let mut order: Vec<usize> = own.into_iter().collect();
        order.extend((0..told.len()).filter(|at| Some(*at) != own));
        // The alert's own article leads, whichever came first: nothing is quoted that says the same.
        let told: Vec<Told<'_>> = order
            .into_iter()
            .map(|at| Told {
                outlet: &names[at],
                title: &told[at].title,
                text: &told[at].text,
                language: told[at].language.as_deref(),
            })
            .collect();
        let own = told.first().map(|told| told.outlet.to_owned());
        of_story(&told, about, Room { sentences: QUOTES + 1, chars: QUOTED_CHARACTERS })
            .into_iter()
            .filter(|quoted| Some(quoted.outlet) != own.as_deref())
            .map(|quoted| (quoted.outlet.to_owned(), quoted.sentence.to_owned()))
            .collect()
    }

    fn weigh(&self, told: &[Article]) -> Weight {
        let reports: Vec<Report> = told
            .iter()
            .map(|article| Report {
                article: article.id,
                source: self.source(article),
                at: article.seen_at,
                events: article.events.clone(),
            })
            .collect();
        weight::weigh(&reports, &self.sides)
    }

    fn source(&self, article: &Article) -> crate::model::story::Source {
        credit::source(&article.outlet, article.credit.as_deref(), &self.outlets)
    }

    async fn meeting(&self, article: &Article) -> anyhow::Result<Option<Meeting>> {
        Ok(match article.meeting_id {
            Some(id) => self.store.find_meeting(id).await?,
            None => None,
        })
    }
}
