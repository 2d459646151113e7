//! The table `revisions`: numbers that move whenever something changes, so that a reader knows when to read again.

use super::{Store, StoreError, Tx, on, on_tx};

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
        Ok(on_tx!(self, conn => sqlx::query_scalar(sql).bind(changes).fetch_one(conn).await)?)
    }

    /// Moves the revision of the stories by the number of articles in this transaction; `false` where another transaction
    /// has moved it since `seen` was read: the choice of stories then rests on an old view.
    pub async fn advance_stories_revision(&mut self, seen: i64, articles: usize) -> Result<bool, StoreError> {
        let sql = r"
            update revisions
            set value = value + $2
            where name = 'stories' and value = $1";
        let rows = on_tx!(self, conn => sqlx::query(sql).bind(seen).bind(articles as i64).execute(conn).await
            .map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }
}
