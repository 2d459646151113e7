//! Retention: expired rows go in small steps; pending, recent and needed rows stay; a deleted article does not alert
//! again.

use ceasewire::config;
use ceasewire::retention::Retention;
use ceasewire_model::{Tick, Timestamp};

use crate::support::world::{TRUCE, World, item};
use ceasewire_testkit::feed_site::{FeedItem, http_date};

const DAY: i64 = 86_400;

async fn subscribed() -> World {
    let world = World::new().await;
    world.send_command("/subscribe ceasefire meeting").await;
    world
}

/// An item published now.
fn dated(world: &World, id: &str, title: &str, text: &str) -> FeedItem {
    FeedItem { pub_date: Some(http_date(world.now.to_datetime().into())), ..item(id, title, text) }
}

fn retention(world: &World, deliveries_days: u64, articles_days: u64, step_rows: u64) -> Retention {
    let config = config::RetentionConfig { deliveries_days, articles_days, step_rows };
    Retention::new(world.store.clone(), config, 0)
}

/// Runs steps until one deletes nothing, and returns the number of rows of each.
async fn all_steps(retention: &Retention, now: Timestamp) -> Vec<usize> {
    let mut steps = Vec::new();
    while let Tick::Worked(rows) = retention.tick(now).await.unwrap() {
        steps.push(rows);
    }
    steps
}

async fn articles(world: &World) -> usize {
    world.store.list_recent_articles(None, Timestamp(0), None, 100).await.unwrap().len()
}

#[tokio::test]
async fn old_sent_deliveries_go_and_pending_or_recent_ones_stay() {
    let mut world = subscribed().await;
    let retention = retention(&world, 90, 365, 500);
    world.publish("/wire", &[dated(&world, "1", "A ceasefire in Karabakh is agreed", "")]);
    world.poll_and_send().await;
    world.publish("/wire", &[dated(&world, "2", "The ceasefire in Shusha does not hold", "")]);
    world.poll().await;
    let long_ago = world.now;
    world.now = world.now.plus_secs(89 * DAY);
    assert_eq!(all_steps(&retention, world.now).await, [0; 0]);
    world.publish("/wire", &[dated(&world, "3", "Lachin sees a truce", "")]);
    world.poll().await;

    assert_eq!(all_steps(&retention, long_ago.plus_secs(91 * DAY)).await, [1]);
    let counts = world.store.count_deliveries().await.unwrap();
    assert_eq!((counts.sent, counts.pending), (0, 2));
    // The age of a sent delivery counts from its sending.
    world.send().await;
    assert_eq!(world.store.count_deliveries().await.unwrap().sent, 2);
    assert_eq!(all_steps(&retention, long_ago.plus_secs(91 * DAY)).await, [0; 0]);
    assert_eq!(articles(&world).await, 3);
}

#[tokio::test]
async fn a_step_deletes_at_most_its_limit_of_a_kind() {
    let mut world = World::new().await;
    for user in 100..107 {
        world.api.user_says(user, "/subscribe ceasefire");
    }
    world.process_updates().await;
    let count = world.store.count_stories().await.unwrap();
    world.publish("/wire", &[dated(&world, "1", "A ceasefire in Karabakh is agreed", "")]);
    world.poll_and_send().await;
    assert_eq!(world.store.count_deliveries().await.unwrap().sent, 7);
    let retention = retention(&world, 90, 365, 3);
    let later = world.now.plus_secs(91 * DAY);
    assert_eq!(all_steps(&retention, later).await, [3, 3, 1]);
    // Seven rules matched: these go first, then the article, and at last its story.
    let later = world.now.plus_secs(366 * DAY);
    let steps = all_steps(&retention, later).await;
    assert!(steps.iter().all(|&rows| rows <= 3), "{steps:?}");
    assert_eq!((articles(&world).await, world.store.count_stories().await.unwrap()), (0, count));
}

#[tokio::test]
async fn a_deleted_article_still_in_its_feed_does_not_alert_again() {
    let mut world = subscribed().await;
    let mut old = vec![
        dated(&world, "1", "Armenia and Azerbaijan agree to a ceasefire", TRUCE),
        item("2", "A truce without a date in Shusha", "Nothing else is known."),
        FeedItem {
            pub_date: Some("Sat, 10 Oct 2099 10:00:00 GMT".into()),
            ..item("3", "Lachin awaits a ceasefire of 2099", "Its publisher is ahead of us all.")
        },
    ];
    world.publish("/wire", &old);
    world.poll_and_send().await;
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 3);
    world.now = world.now.plus_secs(400 * DAY);
    let retention = retention(&world, 90, 365, 500);
    assert!(!all_steps(&retention, world.now).await.is_empty());
    assert_eq!(world.store.count_deliveries().await.unwrap().sent, 0);
    assert_eq!(articles(&world).await, 2, "without its key, nothing would say that such an article is old");

    old.insert(0, dated(&world, "4", "Football in Baku", "Nobody asked for that."));
    // A process that runs on remembers the feed's entries.
    world.parts = world.another_node().await;
    world.publish("/wire", &old);
    world.poll_and_send().await;
    assert_eq!(articles(&world).await, 4);
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 3);
}

#[tokio::test]
async fn reminders_of_a_meeting_far_ahead_survive_retention() {
    let mut world = subscribed().await;
    world.send_command("/meetings remind on").await;
    let day = world.now.plus_secs(120 * DAY).to_datetime();
    let text = format!(
        "<p>The foreign ministers of Armenia and Azerbaijan will meet U.S. Secretary of State Mike Pompeo in Washington on \
         {} to discuss Nagorno-Karabakh, the State Department said.</p>",
        day.format("%B %-d, %Y")
    );
    world.publish("/wire", &[dated(&world, "1", "Ministers to meet Pompeo over Karabakh", &text)]);
    world.poll_and_send().await;
    let told = world.now;
    let retention = retention(&world, 90, 30, 500);
    assert_eq!(all_steps(&retention, told.plus_secs(100 * DAY)).await, [0; 0]);
    world.now = told.plus_secs(115 * DAY);
    for _ in 0..6 * 24 {
        world.now = world.now.plus_secs(3600);
        world.send().await;
    }
    assert_eq!(world.messages_starting_with("Tomorrow\n").len(), 1);
    // Long after the meeting, no row of it is left.
    let stories = world.store.count_stories().await.unwrap();
    all_steps(&retention, told.plus_secs(300 * DAY)).await;
    assert_eq!(world.store.count_stories().await.unwrap(), stories - 1);
    assert_eq!(world.store.list_meetings("2000-01-01", Timestamp(0)).await.unwrap(), []);
    assert_eq!(world.store.count_deliveries().await.unwrap().sent, 0);
}

#[tokio::test]
async fn zero_days_keep_every_row_for_ever() {
    let mut world = subscribed().await;
    world.publish("/wire", &[dated(&world, "1", "A ceasefire in Karabakh is agreed", "")]);
    world.poll_and_send().await;
    let retention = retention(&world, 0, 0, 500);
    assert_eq!(all_steps(&retention, world.now.plus_secs(36_000 * DAY)).await, [0; 0]);
}

#[tokio::test]
async fn two_nodes_delete_expired_rows_at_once_without_conflict() {
    let mut world = World::new().await;
    for user in 100..140 {
        world.api.user_says(user, "/subscribe ceasefire");
    }
    world.process_updates().await;
    let items: Vec<FeedItem> = (0..5)
        .map(|number| dated(&world, &number.to_string(), &format!("Truce number {number} in Karabakh"), ""))
        .collect();
    world.publish("/wire", &items);
    world.poll_and_send().await;
    let sent = world.store.count_deliveries().await.unwrap().sent;
    assert!(sent >= 40);
    let later = world.now.plus_secs(400 * DAY);
    let (one, two) = (retention(&world, 90, 365, 7), retention(&world, 90, 365, 7));
    let (first, second) = tokio::join!(all_steps(&one, later), all_steps(&two, later));
    assert!(first.len() + second.len() > 10);
    assert_eq!(all_steps(&one, later).await, [0; 0]);
    assert_eq!((world.store.count_deliveries().await.unwrap().sent, articles(&world).await), (0, 0));
}
