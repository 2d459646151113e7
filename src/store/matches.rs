//! The table `matches`: the rules that articles matched.

use sqlx::AssertSqlSafe;

use super::literals::{ALERT, PENDING, SENT};
use super::rules::RuleRow;
use super::{ROWS_A_STATEMENT, Store, StoreError, Tx, models, on, on_tx, parameters};
use ceasewire_model::{ArticleId, Rule, RuleId, SubscriberId, Timestamp};

impl Store {
    /// Lists the rules of a subscriber that an article matched, oldest first.
    pub async fn list_matched_rules(
        &self,
        article: ArticleId,
        subscriber: SubscriberId,
    ) -> Result<Vec<Rule>, StoreError> {
        let sql = "
            select r.id, r.subscriber_id, r.topic, r.text, r.attention, r.trouble
            from matches m
            join rules r on r.id = m.rule_id
            where m.article_id = $1 and r.subscriber_id = $2
            order by r.created_at, r.id";
        let rows: Vec<RuleRow> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(article).bind(subscriber).fetch_all(pool).await)?;
        Ok(models(rows))
    }

    /// Whether a mute kept a match of an article with a subscriber's rules from alerting.
    pub async fn is_match_muted(&self, article: ArticleId, subscriber: SubscriberId) -> Result<bool, StoreError> {
        let sql = "
            select count(*)
            from matches m
            join rules r on r.id = m.rule_id
            where m.article_id = $1 and r.subscriber_id = $2 and m.muted = $3";
        let muted: i64 = on!(&self.readers, pool => sqlx::query_scalar(sql).bind(article).bind(subscriber).bind(true)
            .fetch_one(pool).await)?;
        Ok(muted > 0)
    }

    /// Counts the stories with an unmuted match of a subscriber's rules since `since` and without a sent or pending
    /// alert.
    pub async fn count_missed_stories(&self, subscriber: SubscriberId, since: Timestamp) -> Result<i64, StoreError> {
        let sql = format!(
            "
            select count(distinct a.story_id)
            from matches m
            join rules r on r.id = m.rule_id
            join articles a on a.id = m.article_id
            where r.subscriber_id = $1
                and m.created_at >= $2
                and m.muted = $3
                and not exists (
                    select 1
                    from deliveries d
                    where d.subscriber_id = $1
                        and d.story_id = a.story_id
                        and d.kind = {ALERT}
                        and d.state in ({SENT}, {PENDING})
                )"
        );
        Ok(on!(&self.readers, pool => sqlx::query_scalar(AssertSqlSafe(sql)).bind(subscriber).bind(since).bind(false)
            .fetch_one(pool).await)?)
    }
}

/// A match on its way into the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewMatch {
    pub article: ArticleId,
    pub rule: RuleId,
    /// A mute of the rule's subscriber matches the article too: no alert follows.
    pub muted: bool,
}

impl Tx {
    /// Inserts matches. Leaves out a rule deleted since the matcher read it.
    pub async fn insert_matches(&mut self, matches: &[NewMatch], now: Timestamp) -> Result<(), StoreError> {
        let lock = if self.is_postgres() { "for key share of r" } else { "" };
        for chunk in matches.chunks(ROWS_A_STATEMENT) {
            let sql = format!(
                r"with matched (article_id, rule_id, muted) as (values {})
                insert into matches (article_id, rule_id, created_at, muted)
                select matched.article_id, r.id, $1, matched.muted
                from matched
                join rules r on r.id = matched.rule_id
                where true {lock}
                on conflict do nothing",
                parameters(2, chunk.len(), 3)
            );
            on_tx!(self, conn => {
                let mut query = sqlx::query(AssertSqlSafe(sql)).bind(now);
                for new in chunk {
                    query = query.bind(new.article).bind(new.rule).bind(new.muted);
                }
                query.execute(conn).await.map(|_| ())
            })?;
        }
        Ok(())
    }
}
