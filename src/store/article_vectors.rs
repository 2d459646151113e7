//! The table `article_vectors`: the vectors of articles. A deleted article takes its vector with it.

use sqlx::AssertSqlSafe;

use super::{ROWS_A_STATEMENT, StoreError, Tx, on_tx, parameters};
use ceasewire_model::{ArticleId, ModelVector};

impl Tx {
    /// Replaces the vectors of articles; `None` deletes the vector of an earlier version.
    pub async fn save_article_vectors(
        &mut self,
        vectors: &[(ArticleId, Option<&ModelVector>)],
    ) -> Result<(), StoreError> {
        for chunk in vectors.chunks(ROWS_A_STATEMENT) {
            let sql = format!("delete from article_vectors where article_id in {}", parameters(1, 1, chunk.len()));
            on_tx!(self, conn => {
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for (article, _) in chunk {
                    query = query.bind(article);
                }
                query.execute(conn).await.map(|_| ())
            })?;
            let known: Vec<_> =
                chunk.iter().filter_map(|(article, vector)| vector.map(|vector| (article, vector))).collect();
            if known.is_empty() {
                continue;
            }
            let rows = parameters(1, known.len(), 3);
            let sql = format!("insert into article_vectors (article_id, model, vector) values {rows}");
            on_tx!(self, conn => {
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for (article, vector) in known {
                    query = query.bind(article).bind(&vector.model).bind(vector.vector.to_bytes());
                }
                query.execute(conn).await.map(|_| ())
            })?;
        }
        Ok(())
    }
}
