//! `/story`: everything that is known of the story of an alert.

use super::why::Sources;
use crate::bot::reply;
use ceasewire_articles::credit;
use ceasewire_model::story::AttributedReport;
use ceasewire_model::{Address, Message};
use ceasewire_stories::corroboration;

/// Articles of a story that are listed; more than a message holds.
const MOST: i64 = 100;

/// The story of the alert that was replied to, or else of the last one.
pub(in crate::bot) async fn handle(
    from: Sources<'_>,
    sides: &[String],
    at: &Address,
    reply_to: Option<&str>,
) -> anyhow::Result<Message> {
    let Some(subscriber) = from.store.find_subscriber(at).await? else { return Ok(reply::story_none().into()) };
    let delivery = match reply_to {
        Some(message) => from.store.find_delivery_sent_as(subscriber.id, message).await?,
        None => from.store.find_last_delivery(subscriber.id).await?,
    };
    let article = match delivery {
        Some(delivery) => from.store.find_article(delivery.article_id).await?,
        None => None,
    };
    let Some(article) = article else { return Ok(reply::story_none().into()) };
    let told = from.store.list_story_articles(article.story_id, Some(subscriber.id), MOST).await?;
    let reports = from.store.list_story_reports(article.story_id, Some(subscriber.id)).await?;
    let reports: Vec<AttributedReport> = reports
        .into_iter()
        .map(|report| AttributedReport {
            article: report.article,
            source: credit::resolve_source(&report.outlet, report.credit.as_deref(), from.outlets),
            own: report.credit.is_none(),
            at: report.at,
            events: report.events,
        })
        .collect();
    let weight = corroboration::assess(&reports, sides);
    Ok(reply::story(&told, from.outlets, &weight).into())
}
