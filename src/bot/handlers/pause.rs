//! `/pause` and `/resume`.

use async_trait::async_trait;

use crate::bot::command::{self, Access, Command, Request};
use crate::bot::context::{Ctx, answer};
use ceasewire_model::Message;

pub(in crate::bot) const COMMAND: Command = Command {
    name: "pause",
    arguments: "",
    examples: &[],
    description: "describe-pause",
    parse: |arguments| command::without_arguments(PauseRequest, arguments),
};

pub(in crate::bot) const RESUME: Command = Command {
    name: "resume",
    arguments: "",
    examples: &[],
    description: "describe-resume",
    parse: |arguments| command::without_arguments(ResumeRequest, arguments),
};

#[derive(Debug)]
struct PauseRequest;

#[derive(Debug)]
struct ResumeRequest;

#[async_trait]
impl Request for PauseRequest {
    fn access(&self) -> Access {
        Access::Admins
    }

    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        let subscriber = ctx.insert_subscriber().await?;
        if subscriber.paused_at.is_none() {
            ctx.store.record_subscriber_paused(subscriber.id, Some(ctx.now)).await?;
        }
        answer(ctx.text("paused", &[]))
    }
}

#[async_trait]
impl Request for ResumeRequest {
    fn access(&self) -> Access {
        Access::Admins
    }

    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        let subscriber = ctx.insert_subscriber().await?;
        let Some(since) = subscriber.paused_at else { return answer(ctx.text("not-paused", &[])) };
        let missed = ctx.store.count_missed_stories(subscriber.id, since).await?;
        ctx.store.record_subscriber_paused(subscriber.id, None).await?;
        answer(ctx.text("resumed", &[("missed", missed.into())]))
    }
}
