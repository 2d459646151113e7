//! Feeds that move: at once within their site, and after a day to another host.

use ceasewire_model::Feed;

use crate::support::world::{TRUCE, World, item};
use ceasewire_testkit::feed_site::{FeedSite, Page, Rss};

async fn wire(world: &World) -> Feed {
    world.store.list_feeds().await.unwrap().into_iter().find(|feed| feed.outlet == "wire").unwrap()
}

#[tokio::test]
async fn a_redirect_to_another_host_is_shown_and_moves_a_feed_after_a_day() {
    let mut world = World::with_chat_feeds().await;
    let other = FeedSite::start().await;
    other.set("/wire", Rss::new("Feed").item(item("x", "A headline from elsewhere", "Text")).to_xml());
    world.site.set_page("/wire", Page::redirect(301, &other.url("/wire")));
    let (asked, elsewhere) = (world.site.hits("/wire").len(), world.now);
    for _ in 0..23 {
        world.now = world.now.plus_secs(3539);
        world.poll().await;
    }
    assert_eq!(wire(&world).await.relocation.moved_to, None);
    // The first time twice: new articles came although an hour had passed, and the old validators are judged.
    assert_eq!(world.site.hits("/wire").len(), asked + 24, "its own address is asked each time");
    insta::assert_snapshot!(world.send_command("/feeds").await, @"
    2 feeds are read; 0 failing for a day, 0 silent for far longer than usual.
    Feed (wire) – redirects to http://127.0.0.1:[port]/wire for good since [date], [time] UTC; moves there when that has held for a day
    ");
    world.now = elsewhere.plus_secs(25 * 3600 + 3600);
    world.poll().await;
    let feed = wire(&world).await;
    assert_eq!(feed.relocation.moved_to, Some(other.url("/wire")));
    assert_eq!(feed.relocation.pending, None);
    let asked = world.site.hits("/wire").len();
    world.poll().await;
    assert_eq!(world.site.hits("/wire").len(), asked, "the new address alone");
    insta::assert_snapshot!(world.send_command("/feeds").await, @"
    2 feeds are read; 0 failing for a day, 0 silent for far longer than usual.
    Feed (wire) – has moved to http://127.0.0.1:[port]/wire for good
    ");

    // The own address answers again.
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.now = world.now.plus_secs(86_400);
    world.poll().await;
    assert_eq!(wire(&world).await.relocation.moved_to, None);
    assert!(world.send_command("/latest").await.contains("Karabakh ceasefire agreed"));
}

#[tokio::test]
async fn a_moved_feed_whose_old_address_is_gone_goes_on_without_a_failure() {
    let mut world = World::with_chat_feeds().await;
    world.publish("/moved", &[item("1", "A headline of today", "Text")]);
    world.site.set_page("/wire", Page::redirect(301, "/moved"));
    world.poll().await;
    assert_eq!(wire(&world).await.relocation.moved_to, Some(world.site.url("/moved")));
    for answer in [Page::status(404), Page::ok("<html>Parked</html>").header("content-type", "text/html")] {
        world.site.set_page("/wire", answer);
        world.now = world.now.plus_secs(86_400);
        let (old, new) = (world.site.hits("/wire").len(), world.site.hits("/moved").len());
        world.poll().await;
        let feed = wire(&world).await;
        assert_eq!((feed.failures, feed.relocation.moved_to), (0, Some(world.site.url("/moved"))));
        assert_eq!((world.site.hits("/wire").len(), world.site.hits("/moved").len()), (old + 1, new + 1));
    }
}
