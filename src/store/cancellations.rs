//! The table `deliveries` as subscribers delete rules and mute articles: cancels deliveries that no rule asks for any
//! more. A cancelled alert is revived when its story goes on and matches again.
//!
//! Claimed deliveries are cancelled too. The answer to a message in flight still records its deliveries as sent.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::articles::first_page;
use super::literals::{ALERT, CANCELLED, NEWS, PENDING, REVISED, UPDATE};
use super::outbox::TAKE_OVER;
use super::{ROWS_A_STATEMENT, Store, StoreError, Tx, execute_tx, on, on_tx, parameters};
use ceasewire_model::{Article, ArticleId, RuleId, SubscriberId};

/// Waiting articles of one page.
const PAGE: i64 = 100;

/// The first article of a delivery's story that matches a rule of subscriber `$1` and no mute.
const FIRST_WANTED: &str = "
    select a.id
    from articles a
    join matches m on m.article_id = a.id
    join rules r on r.id = m.rule_id
    where a.story_id = deliveries.story_id
        and r.subscriber_id = $1
        and not m.muted
    order by a.seen_at, a.id
    limit 1";

/// The condition of a delivery that can be cancelled.
fn waiting() -> String {
    format!("state = {PENDING} and kind in ({ALERT}, {UPDATE}, {REVISED}, {NEWS})")
}

impl Store {
    /// Lists a page of the articles of a subscriber's waiting deliveries, and of others of their stories that its rules
    /// matched, after the article `after` of an earlier page. The bytes of a page are bounded.
    pub async fn list_waiting_articles(
        &self,
        subscriber: SubscriberId,
        after: Option<ArticleId>,
    ) -> Result<Vec<Article>, StoreError> {
        let sql = format!(include_str!("sql/list_waiting_articles.sql"), waiting = waiting());
        let after = after.unwrap_or(ArticleId(Uuid::nil()));
        let sizes: Vec<(ArticleId, i64)> = on!(&self.readers, pool => {
            sqlx::query_as(AssertSqlSafe(sql)).bind(subscriber).bind(after).bind(PAGE).fetch_all(pool).await
        })?;
        self.list_articles(&first_page(&sizes)).await
    }

    /// Records that a subscriber muted articles of its waiting deliveries. Each alert moves to another wanted article
    /// of its story, and is cancelled where there is none.
    pub async fn record_waiting_muted(&self, subscriber: SubscriberId, muted: &[ArticleId]) -> Result<(), StoreError> {
        if muted.is_empty() {
            return Ok(());
        }
        let waiting = waiting();
        let mute = "
            update matches
            set muted = true
            where rule_id in (select id from rules where subscriber_id = $1)
                and article_id in"
            .to_owned();
        // An update stays with the article that made it.
        let move_alert = format!(
            "
            update deliveries
            set article_id = ({FIRST_WANTED}),
                burst = null
            where subscriber_id = $1
                and {waiting}
                and kind = {ALERT}
                and exists ({FIRST_WANTED})
                and article_id in"
        );
        let cancel = format!(
            "
            update deliveries
            set state = {CANCELLED},
                {TAKE_OVER} 0
            where subscriber_id = $1
                and {waiting}
                and article_id in"
        );
        let mut tx = self.begin().await?;
        // All articles are muted before an alert moves, so that no alert moves to a muted one.
        for statement in [mute, move_alert, cancel] {
            for chunk in muted.chunks(ROWS_A_STATEMENT) {
                let sql = format!("{statement} {}", parameters(2, 1, chunk.len()));
                on_tx!(tx, conn => {
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
    /// Cancels the deliveries of a rule before its deletion, unless another rule wants them.
    pub(super) async fn cancel_found_by_rule(&mut self, rule: RuleId) -> Result<(), StoreError> {
        let sql = format!(
            include_str!("sql/cancel_found_by_rule.sql"),
            cancelled = CANCELLED,
            take_over = TAKE_OVER,
            waiting = waiting(),
        );
        execute_tx!(self, AssertSqlSafe(sql), rule)?;
        Ok(())
    }
}
