//! The table `deliveries` as messages leave: what is about to, and what was sent.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::outbox::FAR_PACE_SECS;
use super::{Store, StoreError, Tx, on, parameters, within};
use ceasewire_model::{DeliveryId, Platform, Timestamp};

/// Moves a chat's pace on by one message.
const PACED: &str = "update subscribers set next_slot_at = $4 + case when next_slot_at > $3 and next_slot_at < $5 \
     then next_slot_at else $3 end where platform = $1 and chat = $2";

/// What becomes of the message that tells of some deliveries of one chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is about to leave: from here on nobody but its sender knows whether it arrived.
    Leaves {
        /// The deliveries.
        ids: Vec<DeliveryId>,
        /// Until when they were claimed.
        lease_until: Timestamp,
    },
    /// It was sent.
    Sent(SentMark),
}

/// Deliveries of one chat that were sent in one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentMark {
    /// The deliveries.
    pub ids: Vec<DeliveryId>,
    /// The platform's id of the message; `None`: it may have been sent, and nobody knows.
    pub message: Option<String>,
    /// Whether it tells of them in a list, which is never brought up to date.
    pub together: bool,
    /// The platform.
    pub platform: Platform,
    /// The chat.
    pub chat: String,
    /// Milliseconds that this message takes at the chat's pace.
    pub gap_ms: i64,
    /// When it was sent.
    pub at: Timestamp,
}

impl Store {
    /// Records what becomes of messages, in one transaction. Says of each whether it is so: a message may only leave if its
    /// deliveries are still the sender's own.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_messages(&self, marks: &[Mark]) -> Result<Vec<bool>, StoreError> {
        let mut tx = self.begin().await?;
        let mut done = Vec::with_capacity(marks.len());
        for mark in marks {
            done.push(match mark {
                Mark::Leaves { ids, lease_until } => tx.mark_under_way(ids, *lease_until).await?,
                Mark::Sent(sent) => {
                    tx.mark_sent(sent).await?;
                    true
                }
            });
        }
        tx.commit().await?;
        Ok(done)
    }

    /// Records that something other than a delivery was sent to a chat, which takes `gap_ms` at its pace.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_chat_paced(
        &self,
        platform: Platform,
        chat: &str,
        gap_ms: i64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        on!(&self.writer, pool => sqlx::query(PACED).bind(platform.as_str()).bind(chat).bind(now).bind(gap_ms)
            .bind(now.plus_secs(FAR_PACE_SECS)).execute(pool).await.map(|_| ()))?;
        Ok(())
    }
}

impl Tx {
    async fn mark_under_way(&mut self, ids: &[DeliveryId], lease_until: Timestamp) -> Result<bool, StoreError> {
        let sql = format!(
            "update deliveries set in_flight = true where lease_until = $1 and state = 'pending' and id in {}",
            parameters(2, 1, ids.len())
        );
        let rows = within!(self, conn => {
            let mut query = sqlx::query(AssertSqlSafe(sql)).bind(lease_until);
            for id in ids {
                query = query.bind(id);
            }
            query.execute(conn).await.map(|done| done.rows_affected())
        })?;
        Ok(rows == ids.len() as u64)
    }

    async fn mark_sent(&mut self, sent: &SentMark) -> Result<(), StoreError> {
        let SentMark { ids, message, together, platform, chat, gap_ms, at } = sent;
        // What tells of many stays as it is, and so does what nobody knows where it stands; what was sent by itself is
        // brought up to date like any other.
        let burst = together.then(Uuid::now_v7);
        let stays = if *together || message.is_none() { ", edit_due_at = null" } else { "" };
        let error = message.is_none().then_some("its arrival was never confirmed");
        let sql = format!(
            "update deliveries set state = 'sent', message = $1, sent_at = $2, lease_until = 0, burst = $3, last_error = $4{stays} \
             where id in {}",
            parameters(5, 1, ids.len())
        );
        within!(self, conn => {
            let mut query = sqlx::query(AssertSqlSafe(sql)).bind(message).bind(at).bind(burst).bind(error);
            for id in ids {
                query = query.bind(id);
            }
            query.execute(conn).await.map(|_| ())
        })?;
        if *gap_ms > 0 {
            within!(self, conn => sqlx::query(PACED).bind(platform.as_str()).bind(chat).bind(at).bind(gap_ms)
                .bind(at.plus_secs(FAR_PACE_SECS)).execute(conn).await.map(|_| ()))?;
        }
        Ok(())
    }
}
