//! The schema's steps, embedded in the program and run when the store is opened. A step that has landed is never
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
];

pub(super) async fn run(store: &Store) -> Result<(), StoreError> {
    run_steps(store, STEPS).await
}

async fn run_steps(store: &Store, steps: &[(i64, &'static str, &'static str)]) -> Result<(), StoreError> {
    let steps = steps
        .iter()
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
    use ceasewire_model::Timestamp;

    #[test]
    fn every_file_of_the_folder_is_a_step() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let mut files: Vec<String> =
            folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        let steps: Vec<String> = STEPS.iter().map(|(number, name, _)| format!("{number:04}_{name}.sql")).collect();
        assert_eq!(files, steps);
    }

    #[tokio::test]
    async fn a_store_of_the_first_step_goes_on_with_what_it_holds() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::attach(&format!("sqlite://{}", folder.path().join("c.db").display())).await.unwrap();
        run_steps(&store, &STEPS[..1]).await.unwrap();
        let id = ceasewire_model::SubscriberId::new();
        let chat = "insert into subscribers (id, platform, chat, thread, held_until, created_at) \
             values ($1, 'console', '1', 0, 0, 1)";
        on!(&store.writer, pool => sqlx::query(chat).bind(id).execute(pool).await.map(|_| ())).unwrap();
        let old = "insert into rules (id, subscriber_id, text, created_at) values ($1, $2, 'shusha', 1)";
        on!(&store.writer, pool => sqlx::query(old).bind(ceasewire_model::RuleId::new()).bind(id).execute(pool).await
            .map(|_| ()))
        .unwrap();
        let moved = "update revisions set value = 1 where name = 'rules'";
        on!(&store.writer, pool => sqlx::query(moved).execute(pool).await.map(|_| ())).unwrap();
        run(&store).await.unwrap();
        assert_eq!(store.list_rule_changes(0).await.unwrap(), None, "what came before the log has to be read");
        store.insert_mute(id, "football", Timestamp(2)).await.unwrap();
        assert_eq!(store.list_rule_changes(1).await.unwrap().unwrap().len(), 1);
        store.delete_subscriber(id).await.unwrap();
        assert_eq!(store.list_rule_changes(1).await.unwrap().unwrap().len(), 3);
    }
}
