//! An article that comes again in another guise is no second article.

use ceasewire_testkit::feed_site::{FeedItem, http_date};

use crate::support::world::{TRUCE, World, item};

/// Publishes an item, then another one in its place, and says how many alerts came of both.
async fn alerts(first: FeedItem, then: FeedItem) -> usize {
    alerts_of_forms(vec![first, then]).await
}

/// Publishes the forms of one item, each in place of the one before, and says how many alerts came of all.
async fn alerts_of_forms(forms: Vec<FeedItem>) -> usize {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    for form in forms {
        world.publish("/wire", &[form]);
        world.poll_and_send().await;
    }
    assert_eq!(world.parts.poller.totals().entries.new, 1);
    world.messages_starting_with("Ceasefire").len()
}

const TITLE: &str = "Armenia and Azerbaijan agree to a ceasefire";

#[tokio::test]
async fn a_changed_guid_is_the_same_article() {
    let mut then = item("1", TITLE, TRUCE);
    then.guid = "another".into();
    assert_eq!(alerts(item("1", TITLE, TRUCE), then).await, 1);
}

#[tokio::test]
async fn a_headline_an_id_and_an_address_may_change_in_turn() {
    let mut forms = vec![item("1", TITLE, TRUCE)];
    let mut change = |change: fn(&mut FeedItem)| {
        let mut next = forms.last().unwrap().clone();
        change(&mut next);
        forms.push(next);
    };
    change(|item| item.title.push_str(" today"));
    change(|item| item.guid = "renewed".into());
    change(|item| item.link = "https://m.news.example/moved/to-another-place".into());
    assert_eq!(alerts_of_forms(forms).await, 1);
}

#[tokio::test]
async fn another_scheme_and_a_tracking_parameter_are_the_same_article() {
    let mut first = item("1", TITLE, TRUCE);
    first.guid.clear();
    let mut then = first.clone();
    then.link = "http://www.news.example/1?utm_source=rss&fbclid=x".into();
    then.title = "Ceasefire in Karabakh agreed, ministers say".into();
    assert_eq!(alerts(first, then).await, 1);
}

#[tokio::test]
async fn an_edited_title_and_text_are_the_same_article() {
    let then =
        item("1", "UPDATE: Karabakh ceasefire from noon", "<p>Entirely new words about the ceasefire in Karabakh.</p>");
    assert_eq!(alerts(item("1", TITLE, TRUCE), then).await, 1);
}

#[tokio::test]
async fn a_new_guid_and_address_on_the_day_is_no_new_article() {
    let mut then = item("2", TITLE, TRUCE);
    then.link = "https://news.example/moved/2".into();
    assert_eq!(alerts(item("1", TITLE, TRUCE), then).await, 1);
}

#[tokio::test]
async fn one_guid_on_all_items_does_not_make_them_one() {
    let mut world = World::new().await;
    let items = ["first", "second", "third"].map(|name| {
        let mut item = item(name, &format!("The {name} headline of this morning"), "Text");
        item.guid = "same".into();
        item
    });
    world.publish("/wire", &items);
    world.poll().await;
    assert_eq!(world.parts.poller.totals().entries.new, 3);
}

#[tokio::test]
async fn an_item_that_vanishes_and_returns_is_known() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    for items in [&[item("1", TITLE, TRUCE)][..], &[], &[item("1", TITLE, TRUCE)]] {
        world.publish("/wire", items);
        world.poll_and_send().await;
    }
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 1);
}

const DRILL: &str = "<p>Bakers in the capital ask for more from Monday on, the union of bakers said.</p>";

/// Publishes items one after another, each as the only one of its feed, and returns the number of alerts.
async fn alerts_of_newest_items(items: &[FeedItem]) -> usize {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    for item in items {
        world.publish("/wire", std::slice::from_ref(item));
        world.poll_and_send().await;
        world.now = world.now.plus_secs(3 * 3600);
    }
    assert_eq!(world.parts.poller.totals().entries.new, items.len(), "{items:?}");
    world.messages_starting_with("Ceasefire").len()
}

#[tokio::test]
async fn a_shared_address_does_not_swallow_the_ceasefire() {
    for [first, second] in [
        ["https://news.example/", "https://news.example/"],
        ["https://news.example/politics", "https://news.example/politics"],
        ["https://news.example/live#p1", "https://news.example/live#p2"],
        ["N/A", "N/A"],
        ["https://news.example/story?ref=1001", "https://news.example/story?ref=1002"],
        ["https://news.example/news/202611/bread", "https://news.example/news/202611/truce"],
        ["https://news.example/10000-loaves", "https://news.example/truce-frees-10000"],
        ["https://news.example/live/1054465172/day", "https://news.example/live/1054465172/night"],
    ] {
        let linked = |id: &str, link: &str, title: &str, text: &str| FeedItem {
            link: link.into(),
            guid: id.into(),
            ..item(id, title, text)
        };
        let items = [linked("a", first, "Bread prices rise again", DRILL), linked("b", second, TITLE, TRUCE)];
        assert_eq!(alerts_of_newest_items(&items).await, 1, "{first}");
    }
}

#[tokio::test]
async fn a_headline_used_twice_a_day_is_two_articles() {
    const STATEMENT: &str = "Statement by the Ministry of Defence";
    let items = [item("morning", STATEMENT, DRILL), item("night", STATEMENT, TRUCE)];
    assert_eq!(alerts_of_newest_items(&items).await, 1);

    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    for item in &items {
        world.publish("/wire", std::slice::from_ref(item));
        world.poll_and_send().await;
    }
    let why = world.send_command("/why https://news.example/night").await;
    assert!(why.contains("It was sent to you") && why.contains("ceasefire"), "{why}");
}

#[tokio::test]
async fn an_air_raid_alert_that_recurs_is_stored_each_time() {
    let mut world = World::new().await;
    let at = |id: &str, hours: i64| FeedItem {
        pub_date: Some(http_date(world.now.plus_secs(-hours * 3600).to_datetime().into())),
        ..item(id, "Air raid alert in Stepanakert", "")
    };
    let (first, second, third) = (at("a", 6), at("b", 3), at("c", 0));
    for items in [&[first.clone()][..], &[second.clone(), first.clone()], &[third, second, first]] {
        world.publish("/wire", items);
        world.poll_and_send().await;
    }
    assert_eq!(world.parts.poller.totals().entries.new, 3);
}

#[tokio::test]
async fn an_old_item_that_slides_in_is_no_news() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    let items: Vec<FeedItem> = ["Snow falls", "Bread prices rise", "A bridge is built"]
        .iter()
        .map(|title| item(title, title, DRILL))
        .collect();
    world.publish("/wire", &items);
    world.poll_and_send().await;
    let mut next = items[1..].to_vec();
    next.push(item("old", TITLE, TRUCE));
    world.publish("/wire", &next);
    world.poll_and_send().await;
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 0);
    // At the top it is news, and in a feed that puts the newest last.
    let mut other = World::new().await;
    other.send_command("/subscribe ceasefire").await;
    for count in 1..=3 {
        other.publish("/wire", &items[..count]);
        other.poll_and_send().await;
    }
    let mut last = items.clone();
    last.push(item("new", TITLE, TRUCE));
    other.publish("/wire", &last);
    other.poll_and_send().await;
    assert_eq!(other.messages_starting_with("Ceasefire").len(), 1);
}
