//! The table `deliveries` as messages leave: the intent before a send and the result after it.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::literals::{PENDING, SENT};
use super::outbox::FAR_SLOT_SECS;
use super::{Store, StoreError, Tx, execute, execute_tx, on, on_tx, parameters};
use ceasewire_model::{DeliveryId, Platform, Timestamp};

/// Moves a chat's next slot on by one message of `$4` milliseconds.
const TAKE_SLOT: &str = "
    update subscribers
    set next_slot_at = $4 + case when next_slot_at > $3 and next_slot_at < $5 then next_slot_at else $3 end
    where platform = $1
        and chat = $2";

/// Moves a chat's next slot on by an answer of `$4` milliseconds, but not beyond `$6`. The answer has arrived, so the
/// chat is open.
const TAKE_ANSWER_SLOT: &str = "
    update subscribers
    set blocked_until = 0,
        next_slot_at = case
            when next_slot_at >= $6 and next_slot_at < $5 then next_slot_at
            when next_slot_at > $3 and next_slot_at < $5 and next_slot_at + $4 < $6 then next_slot_at + $4
            when next_slot_at > $3 and next_slot_at < $5 then $6
            else $3 + $4
        end
    where platform = $1
        and chat = $2";

/// A record of the send journal: a step of one message with one or several deliveries of one chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendRecord {
    /// The message is about to leave: from here on only its sender can say whether it arrived.
    Intent {
        ids: Vec<DeliveryId>,
        /// End of the claim.
        lease_until: Timestamp,
    },
    /// The message was sent.
    Sent(SentMessage),
}

/// A sent message with its deliveries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentMessage {
    pub ids: Vec<DeliveryId>,
    /// The platform's id of the message; `None`: no answer came, and the message may have arrived.
    pub message: Option<String>,
    /// Whether the message combines the deliveries in a list, which is never edited.
    pub together: bool,
    pub platform: Platform,
    pub chat: String,
    /// Milliseconds that this message takes of the chat's rate limit.
    pub gap_ms: i64,
    /// When the message was sent.
    pub at: Timestamp,
}

impl Store {
    /// Writes records into the send journal, in one transaction. Returns for each whether it holds: a message may only
    /// leave if its deliveries still belong to the sender.
    pub async fn record_sends(&self, records: &[SendRecord]) -> Result<Vec<bool>, StoreError> {
        let mut tx = self.begin().await?;
        let mut held = Vec::with_capacity(records.len());
        for record in records {
            held.push(match record {
                SendRecord::Intent { ids, lease_until } => tx.record_intent(ids, *lease_until).await?,
                SendRecord::Sent(sent) => {
                    tx.record_sent(sent).await?;
                    true
                }
            });
        }
        tx.commit().await?;
        Ok(held)
    }

    /// Records an answer to a chat: takes `gap_ms` of the chat's rate limit, up to `latest`, and ends the chat's block.
    pub async fn record_chat_answered(
        &self,
        platform: Platform,
        chat: &str,
        gap_ms: i64,
        latest: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let far = now.plus_secs(FAR_SLOT_SECS);
        execute!(&self.writer, TAKE_ANSWER_SLOT, platform, chat, now, gap_ms, far, latest)?;
        Ok(())
    }

    /// Records a message to a chat that carried no delivery, and takes `gap_ms` of the chat's rate limit.
    pub async fn record_chat_paced(
        &self,
        platform: Platform,
        chat: &str,
        gap_ms: i64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(&self.writer, TAKE_SLOT, platform, chat, now, gap_ms, now.plus_secs(FAR_SLOT_SECS))?;
        Ok(())
    }
}

impl Tx {
    async fn record_intent(&mut self, ids: &[DeliveryId], lease_until: Timestamp) -> Result<bool, StoreError> {
        let sql = format!(
            "
            update deliveries
            set in_flight = true
            where lease_until = $1
                and state = {PENDING}
                and id in {ids}",
            ids = parameters(2, 1, ids.len())
        );
        let rows = on_tx!(self, conn => {
            let mut query = sqlx::query(AssertSqlSafe(sql)).bind(lease_until);
            for id in ids {
                query = query.bind(id);
            }
            query.execute(conn).await.map(|done| done.rows_affected())
        })?;
        Ok(rows == ids.len() as u64)
    }

    async fn record_sent(&mut self, sent: &SentMessage) -> Result<(), StoreError> {
        let SentMessage { ids, message, together, platform, chat, gap_ms, at } = sent;
        // Combined messages and messages with an unknown id are never edited.
        let no_edit = if *together || message.is_none() { ", edit_due_at = null" } else { "" };
        let burst = together.then(Uuid::now_v7);
        let error = message.is_none().then_some("its arrival was never confirmed");
        let sql = format!(
            "
            update deliveries
            set state = {SENT},
                message = $1,
                sent_at = $2,
                lease_until = 0,
                burst = $3,
                last_error = $4
                {no_edit}
            where id in {ids}",
            ids = parameters(5, 1, ids.len())
        );
        on_tx!(self, conn => {
            let mut query = sqlx::query(AssertSqlSafe(sql)).bind(message).bind(at).bind(burst).bind(error);
            for id in ids {
                query = query.bind(id);
            }
            query.execute(conn).await.map(|_| ())
        })?;
        if *gap_ms > 0 {
            execute_tx!(self, TAKE_SLOT, platform, chat, at, gap_ms, at.plus_secs(FAR_SLOT_SECS))?;
        }
        Ok(())
    }
}
