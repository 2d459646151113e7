//! The table `revisions`: counters of changes, which tell a reader when to read again.

use super::{Store, StoreError, Tx, execute_tx, on, on_tx};

impl Store {
    /// Finds the revision of the rules: the number of changes so far.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn find_rules_revision(&self) -> Result<i64, StoreError> {
        self.find_revision("rules").await
    }

    /// Finds the revision of the stories: the number of articles committed or changed so far.
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
    /// Moves the revision of the rules by `changes` and returns it. Other changes of rules wait for the end of this
    /// transaction, so that readers see the numbers without a gap.
    pub(super) async fn advance_rules_revision(&mut self, changes: i64) -> Result<i64, StoreError> {
        let sql = "
            update revisions
            set value = value + $1
            where name = 'rules'
            returning value";
        Ok(on_tx!(self, conn => sqlx::query_scalar(sql).bind(changes).fetch_one(conn).await)?)
    }

    /// Moves the revision of the stories by the number of articles in this transaction; `false` if another transaction
    /// has moved it since `seen` was read: the choice of stories then rests on an old view.
    pub async fn advance_stories_revision(&mut self, seen: i64, articles: usize) -> Result<bool, StoreError> {
        let sql = r"
            update revisions
            set value = value + $2
            where name = 'stories' and value = $1";
        Ok(execute_tx!(self, sql, seen, articles as i64)? == 1)
    }
}
