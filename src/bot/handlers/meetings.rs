//! `/meetings`: the meetings ahead, the calendar file of a meeting, and whether the chat gets reminders.

use std::sync::Arc;

use async_trait::async_trait;

use crate::alert::calendar::{CalendarEvent, EventTime, to_ics};
use crate::alert::meeting as wording;
use crate::bot::command::{Access, ArgumentFault, Command, ParsedRequest, Request, lowercase};
use crate::bot::context::{Ctx, answer};
use crate::bot::reply;
use ceasewire_model::event::MeetingStatus;
use ceasewire_model::meeting::Meeting;
use ceasewire_model::{File, FileKind, MeetingId, Message};

pub(in crate::bot) const COMMAND: Command = Command {
    name: "meetings",
    arguments: "[remind on | remind off]",
    examples: &["remind on", "remind off"],
    description: "describe-meetings",
    parse,
};

/// Days after its announcement until a meeting without a date leaves the list.
const UNDATED_DAYS: i64 = 14;

#[derive(Debug)]
enum MeetingsRequest {
    List,
    RemindersOn,
    RemindersOff,
}

fn parse(arguments: &str) -> ParsedRequest {
    Ok(Box::new(match lowercase(arguments).split_whitespace().collect::<Vec<_>>().as_slice() {
        [] => MeetingsRequest::List,
        ["remind", "on"] | ["on"] => MeetingsRequest::RemindersOn,
        ["remind", "off"] | ["off"] => MeetingsRequest::RemindersOff,
        _ => return Err(ArgumentFault::Unknown(arguments.to_owned())),
    }))
}

#[async_trait]
impl Request for MeetingsRequest {
    fn access(&self) -> Access {
        match self {
            Self::List => Access::Everyone,
            Self::RemindersOn | Self::RemindersOff => Access::Admins,
        }
    }

    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        match self {
            Self::List => list(ctx).await,
            Self::RemindersOn => {
                set_reminders(ctx, true).await?;
                answer(ctx.text("reminders-on", &[]))
            }
            Self::RemindersOff => {
                set_reminders(ctx, false).await?;
                answer(ctx.text("reminders-off", &[]))
            }
        }
    }
}

async fn list(ctx: &Ctx<'_>) -> anyhow::Result<Message> {
    let today = ctx.now.to_datetime().date_naive().to_string();
    let meetings = ctx.store.list_meetings(&today, ctx.now.plus_secs(-UNDATED_DAYS * 86_400)).await?;
    let reminders = ctx.subscriber.as_ref().is_some_and(|subscriber| subscriber.reminders);
    Ok(reply::meetings(ctx.locale, &meetings, reminders))
}

async fn set_reminders(ctx: &Ctx<'_>, on: bool) -> anyhow::Result<()> {
    let subscriber = ctx.insert_subscriber().await?;
    Ok(ctx.store.record_reminders(subscriber.id, on).await?)
}

/// Sends the calendar file of a meeting, as the meeting stands now.
pub(in crate::bot) async fn calendar(ctx: &Ctx<'_>, id: MeetingId) -> anyhow::Result<Message> {
    let Some(meeting) = ctx.store.find_meeting(id).await? else { return answer(ctx.text("meeting-gone", &[])) };
    let article = ctx.store.find_article(meeting.article_id).await?;
    let url = article.and_then(|article| article.url);
    let Some(file) = file(ctx, &meeting, url) else { return answer(reply::meeting_undated(ctx.locale, &meeting)) };
    let text = wording::line(&meeting, ctx.locale);
    Ok(Message { text, file: Some(file), ..Message::default() })
}

fn file(ctx: &Ctx<'_>, meeting: &Meeting, url: Option<String>) -> Option<File> {
    let day = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<chrono::NaiveDate>().ok());
    let first = day(&meeting.first_day)?;
    let when = match (meeting.starts_at, &meeting.time_zone) {
        (Some(start), Some(zone)) => EventTime::At { start, time_zone: zone.clone() },
        _ => EventTime::Days { first, last: day(&meeting.last_day).unwrap_or(first) },
    };
    let ics = to_ics(&CalendarEvent {
        uid: format!("{}@ceasewire", meeting.id.0),
        sequence: u32::try_from(meeting.sequence).unwrap_or(u32::MAX),
        title: wording::title(meeting, ctx.locale),
        description: wording::line(meeting, ctx.locale).to_plain(),
        place: meeting.place.clone(),
        url,
        when,
        // A postponed meeting has no day yet, so the calendar must drop the old one.
        cancelled: matches!(meeting.status, MeetingStatus::Cancelled | MeetingStatus::Postponed),
        stamp: ctx.now,
    });
    Some(File {
        name: format!("meeting-{first}.ics"),
        kind: FileKind::Calendar,
        drawn: ics.replace("\r\n", "\n"),
        bytes: Arc::from(ics.into_bytes()),
    })
}
