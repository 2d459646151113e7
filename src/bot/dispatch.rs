//! Dispatches messages to the handlers of commands, and button presses to the handlers of buttons.

use super::command::{self, Access, ParsedMessage};
use super::context::Ctx;
use super::keyboard::{self, ButtonAction};
use super::{Bot, PressReply, handlers, reply};
use crate::chat::{ChatKind, Incoming, Press, SendError};
use ceasewire_model::Timestamp;

impl Bot {
    pub(super) async fn message(&self, incoming: &Incoming, now: Timestamp) -> anyhow::Result<()> {
        let bot_name = self.messenger.bot_name();
        let parsed = command::parse(&incoming.text, bot_name.as_deref());
        let private = incoming.kind == ChatKind::Private;
        let answered = match &parsed {
            ParsedMessage::Request(_) => true,
            // In a group an unknown command may address another bot, unless it names this one.
            ParsedMessage::Fault(fault) => private || fault.is_ours(),
            ParsedMessage::Chatter => private,
            ParsedMessage::OtherBot => false,
        };
        if !answered {
            return Ok(());
        }
        let ctx = Ctx::new(&self.services, &incoming.address, incoming.reply_to.as_deref(), now).await?;
        let message = match parsed {
            ParsedMessage::Request(request)
                if request.access() == Access::Admins
                    && !self.may_change(&incoming.address, incoming.kind, &incoming.author).await? =>
            {
                ctx.text("admins-only", &[]).into()
            }
            ParsedMessage::Request(request) => request.answer(&ctx).await?,
            ParsedMessage::Fault(fault) => reply::command_fault(ctx.locale, &fault).into(),
            ParsedMessage::Chatter | ParsedMessage::OtherBot => ctx.text("not-a-command", &[]).into(),
        };
        self.say(&incoming.address, &message).await;
        Ok(())
    }

    pub(super) async fn press(&self, press: &Press, now: Timestamp) -> anyhow::Result<()> {
        let ctx = Ctx::new(&self.services, &press.address, None, now).await?;
        let replies = match keyboard::parse(&press.data) {
            None => vec![PressReply::Note(ctx.locale.label("press-unknown"))],
            Some(action)
                // In a channel, an answer is a post.
                if (action.only_shows() && press.kind != ChatKind::Channel)
                    || self.may_change(&press.address, press.kind, &press.author).await? =>
            {
                pressed(&ctx, action).await?
            }
            Some(_) => vec![PressReply::Note(ctx.locale.label("admins-only"))],
        };
        let mut note = None;
        for reply in replies {
            match reply {
                PressReply::Send(message) => self.say(&press.address, &message).await,
                PressReply::Edit(message) => match self.answers.edit(&press.address, &press.message_id, &message).await
                {
                    Ok(()) | Err(SendError::NotModified) => {}
                    // The message is gone, or too old to be edited.
                    Err(error) => {
                        tracing::debug!(chat.id = press.address.chat, %error, "edit failed; a new message is sent");
                        self.say(&press.address, &message).await;
                    }
                },
                PressReply::Note(text) => note = Some(text),
            }
        }
        if let Err(error) = self.messenger.acknowledge(&press.id, note.as_deref()).await {
            tracing::debug!(chat.id = press.address.chat, %error, "press not acknowledged");
        }
        Ok(())
    }
}

/// Carries out the action of a button.
pub(super) async fn pressed(ctx: &Ctx<'_>, action: ButtonAction<'_>) -> anyhow::Result<Vec<PressReply>> {
    match action {
        ButtonAction::SetTopic(topic, on) => handlers::topics::pressed(ctx, topic, on).await,
        ButtonAction::Forget(sure) => handlers::forget::pressed(ctx, sure).await,
        ButtonAction::Why(delivery) => Ok(vec![PressReply::Send(handlers::why::pressed(ctx, delivery).await?)]),
        ButtonAction::MuteStory(delivery) => handlers::mute_story::pressed(ctx, delivery).await,
        ButtonAction::ChooseStory(delivery) => handlers::mute_story::choose(ctx, delivery).await,
        ButtonAction::Calendar(meeting) => {
            Ok(vec![PressReply::Send(handlers::meetings::calendar(ctx, meeting).await?)])
        }
        ButtonAction::AddFilter(rule) => Ok(vec![PressReply::Edit(handlers::filter::add(ctx, rule).await?)]),
        ButtonAction::UndoAdd(filter) => handlers::filter::undo_add(ctx, filter).await,
        ButtonAction::UndoEdit(filter, rule) => handlers::filter::undo_edit(ctx, filter, rule).await,
    }
}
