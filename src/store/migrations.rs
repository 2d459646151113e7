//! The schema's steps, embedded in the program and run when the store is opened. A landed step is never
//! edited: a later change is a later file.

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};

use super::{Store, StoreError, on};

/// Number, name and text of each step, in order.
const STEPS: &[(i64, &str, &str)] = &[
    (1, "first", include_str!("../../migrations/0001_first.sql")),
    (2, "rules", include_str!("../../migrations/0002_rules.sql")),
    (3, "feeds", include_str!("../../migrations/0003_feeds.sql")),
    (4, "stories", include_str!("../../migrations/0004_stories.sql")),
    (5, "delivery", include_str!("../../migrations/0005_delivery.sql")),
    (6, "terms", include_str!("../../migrations/0006_terms.sql")),
    (7, "polls", include_str!("../../migrations/0007_polls.sql")),
    (8, "chats", include_str!("../../migrations/0008_chats.sql")),
    (9, "erasure", include_str!("../../migrations/0009_erasure.sql")),
    (10, "owners", include_str!("../../migrations/0010_owners.sql")),
    (11, "leases", include_str!("../../migrations/0011_leases.sql")),
    (12, "validators", include_str!("../../migrations/0012_validators.sql")),
    (14, "in_hand", include_str!("../../migrations/0014_in_hand.sql")),
    (15, "versions", include_str!("../../migrations/0015_versions.sql")),
    (18, "vectors", include_str!("../../migrations/0018_vectors.sql")),
];

/// Brings the schema up to date.
pub(super) async fn run(store: &Store) -> Result<(), StoreError> {
    run_first(store, STEPS.len()).await
}

/// Runs the first `count` steps, where they have not run before.
pub(super) async fn run_first(store: &Store, count: usize) -> Result<(), StoreError> {
    let steps = STEPS
        .iter()
        .take(count)
        .map(|&(number, name, text)| {
            Migration::new(number, name.into(), MigrationType::Simple, AssertSqlSafe(text).into_sql_str(), false)
        })
        .collect();
    let migrator = Migrator::with_migrations(steps);
    on!(&store.writer, pool => migrator.run(pool).await)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_a_step() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let mut files: Vec<String> =
            folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        let steps: Vec<String> = STEPS.iter().map(|(number, name, _)| format!("{number:04}_{name}.sql")).collect();
        assert_eq!(files, steps);
    }
}
