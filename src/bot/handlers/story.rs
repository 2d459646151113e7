//! `/story`: the story of an alert, with all its reports.

use async_trait::async_trait;

use crate::bot::command::{self, Command, Request};
use crate::bot::context::{Ctx, answer};
use crate::bot::reply;
use ceasewire_articles::{credit, identity};
use ceasewire_model::Message;
use ceasewire_model::story::AttributedReport;
use ceasewire_stories::corroboration;

pub(in crate::bot) const COMMAND: Command = Command {
    name: "story",
    arguments: "",
    examples: &[],
    description: "describe-story",
    parse: |arguments| command::without_arguments(StoryRequest, arguments),
};

/// The most articles of a story in the list; more than a message holds.
const MAX_ARTICLES: i64 = 100;

/// Asks for the story of the alert that the request replies to, or else of the last alert.
#[derive(Debug)]
struct StoryRequest;

#[async_trait]
impl Request for StoryRequest {
    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        let Some(subscriber) = ctx.subscriber_id() else { return answer(ctx.text("story-none", &[])) };
        let delivery = match ctx.reply_to {
            Some(message) => ctx.store.find_delivery_sent_as(subscriber, message).await?,
            None => ctx.store.find_last_delivery(subscriber).await?,
        };
        let article = match delivery {
            Some(delivery) => ctx.store.find_article(delivery.article_id).await?,
            None => None,
        };
        let Some(article) = article else { return answer(ctx.text("story-none", &[])) };
        let articles = ctx.store.list_story_headlines(article.story_id, Some(subscriber), MAX_ARTICLES).await?;
        let reports = ctx.store.list_story_reports(article.story_id, Some(subscriber)).await?;
        let reports: Vec<AttributedReport> = reports
            .into_iter()
            .map(|report| AttributedReport {
                article: report.article,
                source: credit::resolve_source(&report.outlet, report.credit.as_deref(), &ctx.profile.outlets),
                own: report.credit.is_none(),
                address: report.url.as_deref().and_then(identity::canonical_url),
                links: report.links,
                at: report.at,
                events: report.events,
            })
            .collect();
        let corroboration = corroboration::assess(&reports, &ctx.profile.sides);
        answer(reply::story(ctx, &articles, &corroboration))
    }
}
