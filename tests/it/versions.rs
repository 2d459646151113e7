//! A known article that changes is matched again: a live page becomes the ceasefire, a stub is filled, a talk fails.

use ceasewire_testkit::feed_site::{FeedItem, http_date};

use crate::migrations::RawConnection;
use crate::support::world::{TRUCE, World, item, plain_texts};

const LIVE: &str = "Live: thirteenth day of fighting in Karabakh";
const AGREED: &str = "Armenia and Azerbaijan agree to a Karabakh ceasefire from noon";
const FIGHTING: &str = "<p>Our reporters follow the day at the front and in the capitals. Send us your questions.</p>";

/// A world whose user has typed some commands.
async fn world_with(commands: &[&str]) -> World {
    let world = World::new().await;
    for command in commands {
        world.send_command(command).await;
    }
    world
}

/// Publishes versions of a feed, one after another, and returns the messages after the commands.
async fn messages(world: &mut World, versions: &[Vec<FeedItem>]) -> Vec<String> {
    let before = world.api.sent().len();
    for items in versions {
        world.publish("/wire", items);
        world.poll_and_send().await;
        world.now = world.now.plus_secs(600);
    }
    world.texts_since(before)
}

#[tokio::test]
async fn a_known_article_that_becomes_the_news_alerts_once() {
    for (about, first, then) in [
        ("headline", item("1", LIVE, FIGHTING), item("1", AGREED, FIGHTING)),
        ("stub", item("1", "BREAKING: more follows", "More soon."), item("1", "BREAKING: more follows", TRUCE)),
        ("empty", item("1", "Talks in Moscow go on", ""), item("1", "Talks in Moscow go on", TRUCE)),
        ("both", item("1", "BREAKING: more follows", ""), item("1", AGREED, TRUCE)),
    ] {
        let mut world = world_with(&["/subscribe ceasefire"]).await;
        let heard = messages(&mut world, &[vec![first.clone()], vec![then.clone()], vec![then.clone()]]).await;
        assert_eq!(heard.len(), 1, "{about}: {heard:?}");
        assert!(heard[0].starts_with("Ceasefire"), "{about}: {heard:?}");
        let found = world.send_command("/search ceasefire").await;
        assert!(found.contains(&then.title), "{about}: {found}");
        assert_eq!(world.parts.poller.totals().entries.new, 1, "{about}");
    }
}

#[tokio::test]
async fn a_page_of_the_first_fetch_alerts_when_it_changes() {
    let mut world = World::unpolled(0).await;
    world.send_command("/subscribe ceasefire").await;
    world.publish("/post", &[]);
    let heard = messages(&mut world, &[vec![item("1", LIVE, FIGHTING)], vec![item("1", AGREED, FIGHTING)]]).await;
    assert_eq!(heard.len(), 1, "{heard:?}");
}

#[tokio::test]
async fn an_old_article_with_a_fresh_date_is_news() {
    let mut world = world_with(&["/filter add warehouse"]).await;
    let dated = |title: &str, days: i64| {
        let date = Some(http_date(world.now.plus_secs(-days * 86_400).to_datetime().into()));
        FeedItem { pub_date: date, ..item("1", title, FIGHTING) }
    };
    let (first, still_old, fresh) =
        (dated("A quiet week", 9), dated("Warehouse burns down", 9), dated("Warehouse explosion kills dozens", 0));
    let heard = messages(&mut world, &[vec![first], vec![still_old]]).await;
    assert_eq!(heard.len(), 0, "{heard:?}");
    let heard = messages(&mut world, &[vec![fresh]]).await;
    assert_eq!(heard.len(), 1, "{heard:?}");
}

#[tokio::test]
async fn a_fuller_version_of_a_second_feed_is_matched() {
    let mut world = world_with(&["/subscribe ceasefire", "/feeds"]).await;
    let mut source = world.settings.feeds[0].clone();
    source.url = world.site.url("/wire-full");
    world.settings.feeds.push(source);
    world.publish("/wire-full", &[]);
    world.store.sync_feeds(&world.settings.feeds, world.now).await.unwrap();
    world.poll().await;
    let short = item("1", "BREAKING: more follows", "");
    let heard = messages(&mut world, &[vec![short.clone()]]).await;
    assert_eq!(heard.len(), 0, "{heard:?}");
    world.publish("/wire-full", &[FeedItem { guid: "full-1".into(), ..item("1", "BREAKING: more follows", TRUCE) }]);
    let heard =
        messages(&mut world, &[vec![short.clone()], vec![short.clone(), item("2", "Snow", "")], vec![short.clone()]])
            .await;
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert!(world.send_command("/search prisoners").await.contains("BREAKING"));
}

#[tokio::test]
async fn an_alerted_article_that_becomes_urgent_news_is_an_update() {
    let mut world = world_with(&["/subscribe ceasefire", "/filter add talks"]).await;
    let first = item("1", "Talks in Moscow go on into the night", FIGHTING);
    let then = item("1", "Armenia and Azerbaijan agree ceasefire in Nagorno-Karabakh after talks in Moscow", FIGHTING);
    let heard = messages(&mut world, &[vec![first], vec![then.clone()], vec![then.clone()]]).await;
    insta::assert_snapshot!(heard.join("\n---\n"), @r"
    talks
    Talks in Moscow go on into the night

    Our reporters follow the day at the front and in the capitals. Send us your questions.

    The Wire (GE) · date not given
    One source so far.
    ---
    Ceasefire · talks · new in this report
    Armenia and Azerbaijan agree ceasefire in Nagorno-Karabakh after talks in Moscow
    The Wire (GE) · date not given

    Before: “Talks in Moscow go on into the night”
    ");
}

#[tokio::test]
async fn cosmetic_edits_and_flips_stay_silent() {
    let mut world = world_with(&["/subscribe ceasefire", "/filter add karabakh"]).await;
    let first = item("1", AGREED, TRUCE);
    let headline_test = item("1", "Guns are to fall silent in Karabakh at noon on Saturday", TRUCE);
    let comma = item("1", "Armenia and Azerbaijan agree to a Karabakh ceasefire, from noon", TRUCE);
    let heard = messages(
        &mut world,
        &[vec![first.clone()], vec![comma], vec![headline_test.clone()], vec![first], vec![headline_test]],
    )
    .await;
    assert_eq!(heard.len(), 1, "{heard:?}");
}

#[tokio::test]
async fn a_live_page_alerts_for_each_piece_of_news_once() {
    let mut world = world_with(&["/filter add lachin"]).await;
    let lines = [
        "Shells fall near the town of Lachin in the morning.",
        "The bridge at Lachin is closed to all cars, police say.",
        "The bridge at Lachin is open again for ambulances only.",
    ];
    let titles = ["Lachin under fire", "Bridge of Lachin is closed", "Ambulances cross Lachin bridge again"];
    let version = |count: usize| item("1", titles[count - 1], &lines[..count].join(" "));
    let heard = messages(
        &mut world,
        &[vec![version(1)], vec![version(2)], vec![version(3)], vec![version(2)], vec![version(3)]],
    )
    .await;
    assert_eq!(heard.len(), 3, "{heard:?}");
}

#[tokio::test]
async fn a_flip_is_an_update() {
    let mut world = world_with(&["/subscribe meeting"]).await;
    let date = Some(http_date(world.now.to_datetime().into()));
    let planned = FeedItem {
        pub_date: date.clone(),
        ..item(
            "1",
            "Mnatsakanyan to meet Bayramov in Washington",
            "<p>Foreign minister Zohrab Mnatsakanyan will meet Jeyhun \
            Bayramov in Washington on Friday, the ministry said.</p>",
        )
    };
    let off = FeedItem {
        pub_date: date,
        ..item(
            "1",
            "Mnatsakanyan and Bayramov will not meet in Washington",
            "<p>The meeting of Zohrab Mnatsakanyan and \
            Jeyhun Bayramov in Washington has been cancelled, the ministry said.</p>",
        )
    };
    let heard = messages(&mut world, &[vec![planned], vec![off.clone()], vec![off.clone()]]).await;
    assert_eq!(heard.len(), 2, "{heard:?}");
}

#[tokio::test]
async fn a_page_written_anew_is_an_article_of_its_own() {
    let mut world = world_with(&["/subscribe ceasefire", "/filter add bread"]).await;
    let bread =
        item("1", "Bread prices rise again", "<p>Bakers in the capital ask for more from Monday on, they say.</p>");
    let heard = messages(&mut world, &[vec![bread.clone()], vec![item("1", AGREED, TRUCE)]]).await;
    assert_eq!(heard.len(), 2, "{heard:?}");
    let first = world.api.sent().into_iter().find(|sent| sent.plain.contains("Bread prices")).unwrap();
    assert_eq!(first.edits, 0, "{}", first.plain);
    assert!(world.send_command("/search prisoners").await.contains(AGREED));
    let why = world.send_command(&format!("/why {}", bread.link)).await;
    assert!(why.contains(AGREED), "{why}");
}

#[tokio::test]
async fn why_knows_the_versions() {
    let mut world = world_with(&["/subscribe ceasefire"]).await;
    messages(&mut world, &[vec![item("1", LIVE, FIGHTING)], vec![item("1", AGREED, FIGHTING)]]).await;
    insta::assert_snapshot!(world.send_command("/why https://news.example/1").await, @r"
    Armenia and Azerbaijan agree to a Karabakh ceasefire from noon
    The Wire (GE) · date not given

    It was sent to you on [date], [time] UTC.

    Topic Ceasefire found:
    – Armenia and Azerbaijan agree to a Karabakh ceasefire from noon

    Until [date], [time] UTC it read “Live: thirteenth day of fighting in Karabakh”.
    ");
    assert_eq!(plain_texts(&world.messages_starting_with("Ceasefire")).matches(AGREED).count(), 1);
}

#[tokio::test]
async fn a_restart_and_an_upgrade_make_no_news() {
    let mut world = world_with(&["/subscribe ceasefire"]).await;
    messages(&mut world, &[vec![item("1", LIVE, FIGHTING)]]).await;
    // A store of an earlier version has no fingerprint, and its program may have read the entry otherwise.
    let upgraded = vec![item("1", AGREED, FIGHTING), item("2", "Snow falls", "")];
    RawConnection::open(&world.database).await.run("update articles set entry_form = null").await;
    world.parts = world.another_node().await;
    let heard = messages(&mut world, std::slice::from_ref(&upgraded)).await;
    assert_eq!(heard.len(), 0, "{heard:?}");
    world.parts = world.another_node().await;
    let heard = messages(&mut world, &[upgraded, vec![item("1", "Karabakh ceasefire begins", FIGHTING)]]).await;
    assert_eq!(heard.len(), 1, "{heard:?}");
}
