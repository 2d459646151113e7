//! The chat platform of a replay: keeps every message and edit instead of showing it.

use std::collections::HashMap;

use async_trait::async_trait;
use ceasewire_model::{Address, Message, Platform, Text};
use parking_lot::Mutex;

use crate::chat::{AnswerPace, Limits, Messenger, Received, SendError};

/// Characters of a message: those of the tightest platform, so that a replay cuts texts where a chat would.
const TEXT_CHARS: usize = 4096;
const CAPTION_CHARS: usize = 1024;
const STYLED_SPANS: usize = 100;
const BUTTONS: usize = 100;
const BUTTON_BYTES: usize = 64;

/// A message as it left.
#[derive(Clone, Debug)]
pub(super) struct Recorded {
    pub(super) to: Address,
    /// The number of the message; its edits have the same.
    pub(super) id: String,
    pub(super) message: Message,
    pub(super) is_edit: bool,
}

/// A messenger that records.
#[derive(Debug, Default)]
pub(super) struct Recorder(Mutex<RecorderState>);

#[derive(Debug, Default)]
struct RecorderState {
    recorded: Vec<Recorded>,
    /// The present text of each message.
    texts: HashMap<String, Text>,
}

impl Recorder {
    /// Takes the messages and edits since the last call, in their order.
    pub(super) fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut self.0.lock().recorded)
    }
}

/// Returns the address of the chat with this number.
pub(super) fn address(number: usize) -> Address {
    Address { platform: Platform::Console, chat: number.to_string(), thread: None }
}

#[async_trait]
impl Messenger for Recorder {
    fn platform(&self) -> Platform {
        Platform::Console
    }

    fn limits(&self) -> Limits {
        Limits {
            text_chars: TEXT_CHARS,
            caption_chars: CAPTION_CHARS,
            styled_spans: STYLED_SPANS,
            buttons: BUTTONS,
            button_bytes: BUTTON_BYTES,
            markup: true,
            files: true,
            edits: true,
        }
    }

    async fn connect(&self, _commands: &[(&str, String)]) -> Result<(), SendError> {
        Ok(())
    }

    fn bot_name(&self) -> Option<String> {
        None
    }

    fn chat_gap_ms(&self, _chat: &str) -> i64 {
        0
    }

    fn answer_pace(&self, _chat: &str) -> AnswerPace {
        AnswerPace { burst: u32::MAX, gap_ms: 0 }
    }

    async fn probe(&self) -> Result<(), SendError> {
        Ok(())
    }

    async fn send(&self, to: &Address, message: &Message) -> Result<String, SendError> {
        let mut state = self.0.lock();
        let id = (state.texts.len() + 1).to_string();
        state.texts.insert(id.clone(), message.text.clone());
        state.recorded.push(Recorded { to: to.clone(), id: id.clone(), message: message.clone(), is_edit: false });
        Ok(id)
    }

    async fn edit(&self, at: &Address, message_id: &str, message: &Message) -> Result<(), SendError> {
        let mut state = self.0.lock();
        if state.texts.insert(message_id.to_owned(), message.text.clone()).as_ref() == Some(&message.text) {
            return Err(SendError::NotModified);
        }
        let (to, id) = (at.clone(), message_id.to_owned());
        state.recorded.push(Recorded { to, id, message: message.clone(), is_edit: true });
        Ok(())
    }

    async fn acknowledge(&self, _press_id: &str, _note: Option<&str>) -> Result<(), SendError> {
        Ok(())
    }

    fn account(&self) -> String {
        "replay".to_owned()
    }

    async fn receive(&self, _after: Option<i64>) -> Result<Vec<Received>, SendError> {
        Ok(Vec::new())
    }

    async fn is_admin(&self, _chat: &str, _user: &str) -> Result<bool, SendError> {
        Ok(true)
    }
}
