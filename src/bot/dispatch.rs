//! Dispatches messages to the handlers of commands, and button presses to the handlers of buttons.

use super::command::{self, Access, ParsedMessage};
use super::context::Ctx;
use super::keyboard::{self, ButtonAction};
use super::queues::{AnswerPart, Cost, QueuedAnswer};
use super::{Bot, PressReply, handlers, reply};
use crate::chat::{ChatKind, Incoming, MessageForm, Press, Update};
use ceasewire_model::{Message, Timestamp};

impl Bot {
    /// Returns the cost of handling an update.
    pub(super) fn cost(&self, update: &Update) -> Cost {
        match update {
            Update::Message(incoming) => {
                let name = self.messenger.bot_name();
                let cost = |text| match command::parse(text, name.as_deref()) {
                    parsed if !is_answered(&parsed, incoming) => Cost::Nothing,
                    _ if incoming.form == MessageForm::Forwarded => Cost::Quick,
                    ParsedMessage::Request(request) => request.cost(),
                    _ => Cost::Quick,
                };
                command::split(&incoming.text).into_iter().map(cost).max().unwrap_or(Cost::Nothing)
            }
            Update::Press(press) => keyboard::parse(&press.data).map_or(Cost::Quick, ButtonAction::cost),
            Update::Reachable(..) | Update::Moved { .. } => Cost::Nothing,
        }
    }

    /// Carries out the request in `text`, one of the commands of a message, and returns the answer; `None` where it
    /// gets none.
    pub(super) async fn message(
        &self,
        incoming: &Incoming,
        text: &str,
        now: Timestamp,
    ) -> anyhow::Result<Option<Message>> {
        let parsed = command::parse(text, self.messenger.bot_name().as_deref());
        if !is_answered(&parsed, incoming) {
            return Ok(None);
        }
        let ctx = Ctx::new(&self.services, &incoming.address, incoming.reply_to.as_deref(), now).await?;
        Ok(Some(match parsed {
            // A stranger's words, which the author of the forward may not even have read.
            ParsedMessage::Request(_) | ParsedMessage::Fault(_) if incoming.form == MessageForm::Forwarded => {
                ctx.text("forwarded", &[("command", reply::shortened(text).into())]).into()
            }
            ParsedMessage::Request(request) if request.access() == Access::Admins => {
                let Incoming { address, kind, author, .. } = incoming;
                match self.settings_right(address, *kind, author).await?.refusal() {
                    Some(id) => ctx.text(id, &[]).into(),
                    None => request.answer(&ctx).await?,
                }
            }
            ParsedMessage::Request(request) => request.answer(&ctx).await?,
            ParsedMessage::Fault(fault) => reply::command_fault(ctx.locale, &fault).into(),
            ParsedMessage::Chatter | ParsedMessage::OtherBot => ctx.text("not-a-command", &[]).into(),
        }))
    }

    /// Carries out the action of a pressed button, acknowledges the press, and returns the answers.
    pub(super) async fn press(&self, press: &Press, now: Timestamp) -> anyhow::Result<Vec<QueuedAnswer>> {
        let ctx = Ctx::new(&self.services, &press.address, None, now).await?;
        let replies = match keyboard::parse(&press.data) {
            None => vec![PressReply::Note(ctx.locale.label("press-unknown"))],
            Some(action) => {
                // In a channel, an answer is a post.
                let refusal = if action.only_shows() && press.kind != ChatKind::Channel {
                    None
                } else {
                    self.settings_right(&press.address, press.kind, &press.author).await?.refusal()
                };
                match refusal {
                    Some(id) => vec![PressReply::Note(ctx.locale.label(id))],
                    None => pressed(&ctx, action).await?,
                }
            }
        };
        let (mut note, mut answers) = (None, Vec::new());
        for reply in replies {
            match reply {
                PressReply::Send(message) => answers.push(self.paged(&press.address, message)),
                PressReply::Edit(message) => answers.push(QueuedAnswer {
                    to: press.address.clone(),
                    parts: [AnswerPart::Edit(press.message_id.clone(), message)].into(),
                    attempts: 0,
                }),
                PressReply::Note(text) => note = Some(text),
            }
        }
        self.pace_request().await;
        if let Err(error) = self.messenger.acknowledge(&press.id, note.as_deref()).await {
            tracing::debug!(chat.id = press.address.chat, %error, "press not acknowledged");
        }
        Ok(answers)
    }
}

/// Drops the text of a message without a command: nothing needs it, and it would take memory while it waits.
pub(super) fn forget_chatter(update: &mut Update) {
    if let Update::Message(incoming) = update
        && matches!(command::parse(&incoming.text, None), ParsedMessage::Chatter)
    {
        incoming.text = String::new();
    }
}

/// Whether a message gets an answer.
fn is_answered(parsed: &ParsedMessage, incoming: &Incoming) -> bool {
    let private = incoming.kind == ChatKind::Private;
    match parsed {
        // A forward in a group shows the words to its members.
        _ if incoming.form == MessageForm::Forwarded && !private => false,
        ParsedMessage::Request(_) => true,
        // In a group an unknown command may address another bot, unless it names this one.
        ParsedMessage::Fault(fault) => private || fault.is_ours(),
        ParsedMessage::Chatter => private && incoming.form != MessageForm::Edited,
        ParsedMessage::OtherBot => false,
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
        ButtonAction::AddFilter(rule) => Ok(vec![PressReply::Edit(handlers::filter::add(ctx, rule, true).await?)]),
        ButtonAction::TestRule(rule) => Ok(vec![PressReply::Edit(handlers::filter::test(ctx, rule).await?)]),
        ButtonAction::MuteRule(rule) => Ok(vec![PressReply::Edit(handlers::mute::mute(ctx, rule, true).await?)]),
        ButtonAction::Search(rule) => Ok(vec![PressReply::Edit(handlers::search::search(ctx, rule).await?)]),
        ButtonAction::Latest(rule) => Ok(vec![PressReply::Edit(handlers::latest::latest(ctx, rule).await?)]),
        ButtonAction::EditFilter(filter, rule) => handlers::filter::edit_pressed(ctx, filter, rule).await,
        ButtonAction::UndoAdd(filter) => handlers::filter::undo_add(ctx, filter).await,
        ButtonAction::UndoEdit(filter, rule) => handlers::filter::undo_edit(ctx, filter, rule).await,
    }
}
