//! The table `revisions`: numbers that move whenever something changes, so that a reader knows when to read again.

use super::{Store, StoreError, Tx, on, within};

impl Store {
    /// How often the rules have changed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn find_rules_revision(&self) -> Result<i64, StoreError> {
        self.find_revision("rules").await
    }

    /// How many articles have been committed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn find_stories_revision(&self) -> Result<i64, StoreError> {
        self.find_revision("stories").await
    }

    async fn find_revision(&self, name: &'static str) -> Result<i64, StoreError> {
        let sql = "select value from revisions where name = $1";
        Ok(on!(&self.readers, pool => sqlx::query_scalar(sql).bind(name).fetch_one(pool).await)?)
    }
}

impl Tx {
    /// Says that the rules have changed so many times, and returns the last of the numbers that are now theirs. Whoever
    /// else changes rules waits for this transaction's end, so that readers see the numbers without a gap.
    pub(super) async fn advance_rules_revision(&mut self, changes: i64) -> Result<i64, StoreError> {
        let sql = "update revisions set value = value + $1 where name = 'rules' returning value";
        Ok(within!(self, conn => sqlx::query_scalar(sql).bind(changes).fetch_one(conn).await)?)
    }

    /// Says that an article is being committed; `false` when another one was since `seen` was read, which means that
    /// the choice of its story rests on an old view and must be made again.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn advance_stories_revision(&mut self, seen: i64) -> Result<bool, StoreError> {
        let sql = "update revisions set value = value + 1 where name = 'stories' and value = $1";
        let rows =
            within!(self, conn => sqlx::query(sql).bind(seen).execute(conn).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }
}
