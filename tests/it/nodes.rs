//! Several nodes on one database: who sends, who receives, and what one learns of another. Where SQLite belongs to one
//! process, that process's parts play the nodes.

use ceasewire::model::Timestamp;
use ceasewire::store::{SenderLease, Store};
use uuid::Uuid;

use crate::support::database::Database;

#[tokio::test]
async fn one_process_sends_for_a_bot_and_leaves_what_it_learned_to_the_next() {
    let database = Database::new().await;
    let store = Store::open(&database.url).await.unwrap();
    let (one, two) = (Uuid::now_v7(), Uuid::now_v7());
    let start = store.find_time().await.unwrap();
    assert!((start.0 - Timestamp::now().0).abs() < 60_000);
    let claim = |holder, secs: i64| {
        let now = start.plus_secs(secs);
        store.claim_sender("bot", holder, now, now.plus_secs(7), now.plus_secs(70))
    };
    let fresh = SenderLease { held_until: Timestamp(0), rate_good: None, rate_bad: None };
    assert_eq!(claim(one, 0).await.unwrap(), Some(fresh));
    assert_eq!(claim(two, 1).await.unwrap(), None);
    assert_eq!(claim(one, 5).await.unwrap(), Some(fresh), "who sends goes on sending");
    assert_eq!(claim(two, 11).await.unwrap(), None);

    let held_until = start.plus_secs(100);
    store.mark_sender_held("bot", one, held_until).await.unwrap();
    store.mark_sender_rate("bot", one, Some(29_000), Some(30_000)).await.unwrap();
    // Who does not send has no say.
    store.mark_sender_held("bot", two, Timestamp(0)).await.unwrap();
    store.mark_sender_rate("bot", two, None, None).await.unwrap();
    let learned = SenderLease { held_until, rate_good: Some(29_000), rate_bad: Some(30_000) };
    assert_eq!(claim(two, 12).await.unwrap(), Some(learned), "its lease has ended");
    assert_eq!(claim(one, 13).await.unwrap(), None);

    store.release_sender("bot", one).await.unwrap();
    assert_eq!(claim(one, 13).await.unwrap(), None, "it had nothing to release");
    store.release_sender("bot", two).await.unwrap();
    assert_eq!(claim(one, 13).await.unwrap(), Some(learned));
    assert_eq!(claim(two, -1000).await.unwrap(), Some(learned), "the clock was set back");
    store.release_senders().await.unwrap();
    assert_eq!(claim(one, -1000).await.unwrap(), Some(learned));
}
