//! The table `deliveries` as subscribers take back what they have asked for: what waits to be told for that alone is
//! withdrawn. It is told after all when its story goes on and is asked for again.
//!
//! What is in hand is withdrawn too and leaves no more; what has left by then is known to be sent when it is answered.

use sqlx::AssertSqlSafe;

use super::articles::Row;
use super::outbox::TAKE;
use super::{ROWS_A_STATEMENT, Store, StoreError, Tx, on, parameters, within};
use ceasewire_model::{Article, ArticleId, RuleId, SubscriberId};

/// What can be withdrawn.
const WAITS: &str = "state = 'pending' and kind in ('alert', 'update')";
/// Withdraws what rule `$1` has found, and no other rule of its subscriber that was not muted.
const FOUND_BY: &str = "and subscriber_id = (select subscriber_id from rules where id = $1) \
     and exists (select 1 from articles a join matches m on m.article_id = a.id where a.story_id = deliveries.story_id \
     and m.rule_id = $1) \
     and not exists (select 1 from articles a join matches m on m.article_id = a.id join rules r on r.id = m.rule_id \
     where a.story_id = deliveries.story_id and r.subscriber_id = deliveries.subscriber_id and r.id <> $1 and not m.muted)";
/// The first article of a delivery's story that subscriber `$1` has asked for and not muted.
const FIRST_ASKED_FOR: &str = "select a.id from articles a join matches m on m.article_id = a.id \
     join rules r on r.id = m.rule_id where a.story_id = deliveries.story_id and r.subscriber_id = $1 and not m.muted \
     order by a.seen_at, a.id limit 1";

impl Store {
    /// The articles that a subscriber waits to be told of: those that its alerts are told by, and others of their stories
    /// that its rules have found.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_waiting_articles(&self, subscriber: SubscriberId) -> Result<Vec<Article>, StoreError> {
        let sql = format!(
            "select * from articles where id in (select article_id from deliveries where subscriber_id = $1 and {WAITS}) \
             or id in (select m.article_id from matches m join rules r on r.id = m.rule_id join articles a on a.id = m.article_id \
             where r.subscriber_id = $1 and not m.muted and a.story_id in (select story_id from deliveries \
             where subscriber_id = $1 and {WAITS})) order by id"
        );
        let rows: Vec<Row> =
            on!(&self.readers, pool => sqlx::query_as(AssertSqlSafe(sql)).bind(subscriber).fetch_all(pool).await)?;
        Ok(rows.into_iter().map(Article::from).collect())
    }

    /// Takes note that a subscriber has muted articles that it waits to be told of. Their stories are told by another article
    /// that it has asked for, or withdrawn where there is none.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_waiting_muted(&self, subscriber: SubscriberId, muted: &[ArticleId]) -> Result<(), StoreError> {
        if muted.is_empty() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        // All of them are known to be muted before a story is told by another one. What turned a story is told by no other.
        for sql in [
            "update matches set muted = true where rule_id in (select id from rules where subscriber_id = $1) and article_id in"
                .to_owned(),
            format!(
                "update deliveries set article_id = ({FIRST_ASKED_FOR}), burst = null where subscriber_id = $1 and {WAITS} \
                 and kind = 'alert' and exists ({FIRST_ASKED_FOR}) and article_id in"
            ),
            format!("update deliveries set state = 'cancelled', {TAKE} 0 where subscriber_id = $1 and {WAITS} and article_id in"),
        ] {
            for chunk in muted.chunks(ROWS_A_STATEMENT) {
                let sql = format!("{sql} {}", parameters(2, 1, chunk.len()));
                within!(tx, conn => {
                    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(subscriber);
                    for article in chunk {
                        query = query.bind(article);
                    }
                    query.execute(conn).await.map(|_| ())
                })?;
            }
        }
        tx.commit().await
    }
}

impl Tx {
    /// Withdraws what waits to be told only because of a rule that is about to be deleted.
    pub(super) async fn withdraw_found_by(&mut self, rule: RuleId) -> Result<(), StoreError> {
        let sql = format!("update deliveries set state = 'cancelled', {TAKE} 0 where {WAITS} {FOUND_BY}");
        within!(self, conn => sqlx::query(AssertSqlSafe(sql)).bind(rule).execute(conn).await.map(|_| ()))?;
        Ok(())
    }
}
