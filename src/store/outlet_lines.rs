//! The table `outlet_lines`: the lines that outlets repeat, as `article/boilerplate` remembers them.

use super::{Store, StoreError, Tx, on, on_tx};

impl Store {
    /// The memory of an outlet's lines, as it was put here.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn find_outlet_lines(&self, outlet: &str) -> Result<Option<String>, StoreError> {
        let sql = "select memory from outlet_lines where outlet = $1";
        Ok(on!(&self.readers, pool => sqlx::query_scalar(sql).bind(outlet).fetch_optional(pool).await)?)
    }
}

impl Tx {
    /// Replaces the boilerplate memory of an outlet.
    pub async fn save_outlet_lines(&mut self, outlet: &str, memory: &str) -> Result<(), StoreError> {
        let sql = r"
            insert into outlet_lines (outlet, memory)
            values ($1, $2)
            on conflict (outlet) do update set memory = excluded.memory";
        on_tx!(self, conn => sqlx::query(sql).bind(outlet).bind(memory).execute(conn).await.map(|_| ()))?;
        Ok(())
    }
}
