//! `/timezone`: the time zone of a chat's hours.

use async_trait::async_trait;

use crate::bot::command::{Access, Command, ParsedRequest, Request};
use crate::bot::context::{Ctx, answer};
use crate::bot::{reply, zones};
use ceasewire_model::Message;

pub(in crate::bot) const COMMAND: Command = Command {
    name: "timezone",
    arguments: "[CITY | +4]",
    examples: &["Yerevan", "+4"],
    description: "describe-timezone",
    parse,
};

#[derive(Debug)]
enum TimeZoneRequest {
    Show,
    /// Sets the zone by its name, by a city in it, or by its hours ahead of UTC.
    Set(String),
}

fn parse(arguments: &str) -> ParsedRequest {
    Ok(Box::new(match arguments {
        "" => TimeZoneRequest::Show,
        zone => TimeZoneRequest::Set(zone.to_owned()),
    }))
}

#[async_trait]
impl Request for TimeZoneRequest {
    fn access(&self) -> Access {
        match self {
            Self::Show => Access::Everyone,
            Self::Set(_) => Access::Admins,
        }
    }

    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        match self {
            Self::Show => answer(reply::time_zone(ctx, ctx.preferences().time_zone.as_deref())),
            Self::Set(typed) => set(ctx, typed).await,
        }
    }
}

/// Sets the zone of the place in the conflict's profile, or else the zone of that name.
async fn set(ctx: &Ctx<'_>, typed: &str) -> anyhow::Result<Message> {
    let place = ctx.profile.vocabulary.time_zone_of(typed).unwrap_or(typed);
    let zone = match zones::find(place, ctx.now) {
        Ok(zone) => zone,
        Err(similar) => return answer(reply::unknown_zone(ctx.locale, typed, &similar)),
    };
    let subscriber = ctx.insert_subscriber().await?;
    ctx.store.record_time_zone(subscriber.id, Some(zone), ctx.now).await?;
    answer(reply::time_zone(ctx, Some(zone)))
}
