//! The buttons that mute a story: one under an alert or a story update, and one under a message about several stories,
//! which asks for the story.

use std::collections::HashSet;

use crate::bot::context::{Ctx, answer};
use crate::bot::{PressReply, keyboard};
use ceasewire_model::{DeliveryId, Message};

/// Mutes the story of a delivery.
pub(in crate::bot) async fn pressed(ctx: &Ctx<'_>, id: DeliveryId) -> anyhow::Result<Vec<PressReply>> {
    let Some(subscriber) = ctx.subscriber_id() else { return Ok(gone(ctx)) };
    let Some(delivery) = ctx.store.find_delivery(subscriber, id).await? else { return Ok(gone(ctx)) };
    let Some(article) = ctx.store.find_article(delivery.article_id).await? else { return Ok(gone(ctx)) };
    ctx.store.insert_story_mute(subscriber, article.story_id, ctx.now).await?;
    Ok(vec![PressReply::Note(ctx.locale.label("story-muted"))])
}

/// Mutes the story of the alert that a command replies to.
pub(super) async fn replied_to(ctx: &Ctx<'_>) -> anyhow::Result<Message> {
    let (Some(subscriber), Some(message)) = (ctx.subscriber_id(), ctx.reply_to) else {
        return answer(ctx.text("mute-this", &[]));
    };
    let Some(article) = (match ctx.store.find_delivery_sent_as(subscriber, message).await? {
        Some(delivery) => ctx.store.find_article(delivery.article_id).await?,
        None => None,
    }) else {
        return answer(ctx.text("mute-this", &[]));
    };
    ctx.store.insert_story_mute(subscriber, article.story_id, ctx.now).await?;
    answer(ctx.text("story-muted", &[]))
}

/// Asks which story to mute, of the stories in the message with this delivery.
pub(in crate::bot) async fn choose(ctx: &Ctx<'_>, id: DeliveryId) -> anyhow::Result<Vec<PressReply>> {
    let Some(subscriber) = ctx.subscriber_id() else { return Ok(gone(ctx)) };
    let (mut choices, mut stories) = (Vec::new(), HashSet::new());
    for delivery in ctx.store.list_sent_together(subscriber, id).await? {
        let Some(article) = ctx.store.find_article(delivery.article_id).await? else { continue };
        // An alert and the updates of its story are one choice.
        if stories.insert(article.story_id) {
            choices.push((delivery.id, article));
        }
    }
    if choices.is_empty() {
        return Ok(gone(ctx));
    }
    let text = ctx.text("story-which", &[]);
    let buttons =
        keyboard::stories(ctx.locale, ctx.limits, choices.iter().map(|(delivery, article)| (*delivery, article)));
    Ok(vec![PressReply::Send(Message { text, buttons, ..Message::default() })])
}

fn gone(ctx: &Ctx<'_>) -> Vec<PressReply> {
    vec![PressReply::Note(ctx.locale.label("story-gone"))]
}
