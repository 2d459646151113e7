//! The age gate: returning archives, impossible dates, bursts, and changed articles after their alert.

use ceasewire_model::FeedTrouble;

use crate::support::world::{TRUCE, World, item};
use ceasewire_testkit::bot_api::Fault;
use ceasewire_testkit::feed_site::{FeedItem, Page, http_date};

fn dated(id: &str, title: &str, date: &str) -> FeedItem {
    FeedItem { pub_date: Some(date.into()), ..item(id, title, TRUCE) }
}

async fn subscribed() -> World {
    let world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world
}

fn alerts(world: &World) -> usize {
    world.messages_starting_with("Ceasefire").len()
}

#[tokio::test]
async fn a_returning_archive_is_stored_silently() {
    let mut world = subscribed().await;
    let archive: Vec<FeedItem> = (0..40)
        .map(|number| {
            dated(
                &format!("old-{number}"),
                &format!("Karabakh truce number {number} of 2016"),
                "Tue, 05 Apr 2016 10:00:00 GMT",
            )
        })
        .collect();
    world.publish("/wire", &archive);
    world.poll_and_send().await;
    assert_eq!(alerts(&world), 0);
    insta::assert_snapshot!(world.converse(&["/latest ceasefire", "/why https://news.example/old-7"]).await, @"
    > /latest ceasefire
    Latest

    Karabakh truce number 0 of 2016
    The Wire (GE) · 5 Apr 2016, 10:00 UTC

    Karabakh truce number 1 of 2016
    The Wire (GE) · 5 Apr 2016, 10:00 UTC

    Karabakh truce number 2 of 2016
    The Wire (GE) · 5 Apr 2016, 10:00 UTC

    Karabakh truce number 3 of 2016
    The Wire (GE) · 5 Apr 2016, 10:00 UTC

    Karabakh truce number 4 of 2016
    The Wire (GE) · 5 Apr 2016, 10:00 UTC

    > /why https://news.example/old-7
    Karabakh truce number 7 of 2016
    The Wire (GE) · 5 Apr 2016, 10:00 UTC

    It was stored silently on [date], [time] UTC: it was published on 5 Apr 2016, 10:00 UTC, too long before to be news.
    ");
}

#[tokio::test]
async fn the_age_gate_is_exact() {
    let mut world = subscribed().await;
    let ago = |hours: i64| http_date(world.now.plus_secs(-hours * 3600).to_datetime().into());
    let (fresh, stale) = (ago(71), ago(73));
    world.publish(
        "/wire",
        &[dated("1", "Karabakh truce of yesterday", &fresh), dated("2", "Shusha ceasefire of old", &stale)],
    );
    world.poll_and_send().await;
    assert_eq!(world.messages_starting_with("Ceasefire\nKarabakh truce of yesterday").len(), 1);
    assert_eq!(alerts(&world), 1);
}

#[tokio::test]
async fn a_date_of_a_day_or_a_month_lasts_until_its_end() {
    let mut world = subscribed().await;
    let day = |days: i64| world.now.plus_secs(-days * 86_400).to_datetime().format("%Y-%m-%d").to_string();
    let month = world.now.to_datetime().format("%Y-%m").to_string();
    let items = [
        dated("1", "Karabakh truce of this month", &month),
        dated("2", "Shusha ceasefire of three days ago", &day(3)),
        dated("3", "Hadrut ceasefire of five days ago", &day(5)),
        dated("4", "Lachin ceasefire of an old year", "2016"),
    ];
    world.publish("/wire", &items);
    world.poll_and_send().await;
    assert_eq!(alerts(&world), 2);
}

#[tokio::test]
async fn a_feed_whose_new_items_are_all_too_old_is_reported() {
    let mut world = subscribed().await;
    let old = |id: &str| dated(id, &format!("Karabakh truce number {id}"), "Tue, 05 Apr 2016 10:00:00 GMT");
    let mut items = vec![old("1"), old("2")];
    world.publish("/wire", &items);
    world.poll().await;
    let troubled = world.store.list_troubled_feeds().await.unwrap();
    assert_eq!(troubled.iter().map(|feed| feed.trouble).collect::<Vec<_>>(), [Some(FeedTrouble::TooOld)]);
    // An unchanged feed stays in trouble, a fresh item ends it, and the count remains.
    world.now = world.now.plus_secs(600);
    world.poll().await;
    assert_eq!(world.store.count_feeds().await.unwrap().too_old, 1);
    items.push(item("3", "A harvest report of today", "Wheat."));
    world.publish("/wire", &items);
    world.now = world.now.plus_secs(600);
    world.poll().await;
    assert!(world.store.list_troubled_feeds().await.unwrap().is_empty());
    assert_eq!(world.store.count_too_old().await.unwrap(), [("wire".to_owned(), 2)]);
}

#[tokio::test]
async fn future_dates_are_clamped_and_absent_ones_shown_as_absent() {
    let mut world = subscribed().await;
    world.publish("/wire", &[dated("1", "Karabakh truce agreed in Moscow", "Sat, 10 Oct 2099 10:00:00 GMT")]);
    world.publish("/post", &[item("2", "A ceasefire in Shusha is near", "Nothing else is known.")]);
    world.poll_and_send().await;
    let clamped = world.messages_starting_with("Ceasefire\nKarabakh truce").remove(0).plain;
    insta::assert_snapshot!(clamped, @"
    Ceasefire · Truce agreed (The Wire)
    Karabakh truce agreed in Moscow

    The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

    The Wire (GE) · [date], [time] UTC (the publisher's date is in the future; this is when I first saw the article)
    One source so far.
    ");
    let undated = world.messages_starting_with("Ceasefire\nA ceasefire in Shusha").remove(0).plain;
    insta::assert_snapshot!(undated, @"
    Ceasefire · Truce announced (The Post)
    A ceasefire in Shusha is near

    Nothing else is known.

    The Post (US) · date not given
    One source so far.
    ");
}

#[tokio::test]
async fn a_burst_comes_in_few_messages_with_all_links() {
    let mut world = subscribed().await;
    let titles: Vec<String> = (1..=60).map(|number| format!("Karabakh ceasefire broken in village {number}")).collect();
    let items: Vec<FeedItem> = titles
        .iter()
        .enumerate()
        .map(|(at, title)| item(&format!("b{at}"), title, "Shells fell at dawn."))
        .rev()
        .collect();
    world.publish("/wire", &items);
    world.poll().await;
    world.now = world.now.plus_secs(5);
    world.send().await;
    let together: Vec<_> = world.api.sent().into_iter().filter(|sent| sent.plain.contains("reports at once")).collect();
    assert!(together.len() <= 3, "{}", together.len());
    let all: String = together.iter().map(|sent| sent.plain.as_str()).collect::<Vec<_>>().join("\n");
    let places: Vec<usize> = titles.iter().map(|title| all.find(&format!("{title}\n")).expect(title)).collect();
    assert!(places.is_sorted(), "oldest first: {places:?}");
    assert!(together.iter().all(|sent| sent.text.contains("https://news.example/b")));
    assert_eq!(world.store.count_deliveries().await.unwrap().sent, 60);
    assert_eq!(alerts(&world), 0);
}

#[tokio::test]
async fn a_few_matches_among_many_articles_come_one_by_one() {
    let mut world = subscribed().await;
    let mut items: Vec<FeedItem> = (0..40)
        .map(|number| item(&format!("n{number}"), &format!("Harvest report number {number} is out"), "Wheat."))
        .collect();
    items.push(item("t1", "Karabakh ceasefire agreed in Moscow", TRUCE));
    items.push(item("t2", "Shusha ceasefire broken again today", "Shells fell."));
    world.publish("/wire", &items);
    world.poll().await;
    world.now = world.now.plus_secs(5);
    world.send().await;
    assert_eq!(alerts(&world), 2);
}

#[tokio::test]
async fn a_changed_headline_or_figure_edits_the_alert() {
    let mut world = subscribed().await;
    let body = |killed: u32| {
        format!("<p>A ceasefire in Karabakh began at noon. At least {killed} soldiers were killed before it.</p>")
    };
    world.publish("/wire", &[item("1", "Karabakh ceasefire begins at noon", &body(30))]);
    world.poll_and_send().await;
    assert_eq!(alerts(&world), 1);
    let before = world.api.sent().len();

    world.publish("/wire", &[item("1", "Karabakh ceasefire begins at noon", &body(45))]);
    world.poll_and_send().await;
    let edited = world.api.sent().pop().unwrap();
    assert_eq!(edited.edits, 1);
    insta::assert_snapshot!(edited.current_plain, @"
    Ceasefire · Truce announced (The Wire)
    Karabakh ceasefire begins at noon

    A ceasefire in Karabakh began at noon. At least 45 soldiers were killed before it.

    The Wire (GE) · date not given
    One source so far.
    Changed [time] UTC: 30 → 45 soldiers
    ");

    // The edit of a figure that nobody asked for made no sound.
    assert_eq!(world.api.sent().len(), before);

    world.publish("/wire", &[item("1", "Shelling resumes, truce collapses within minutes", &body(45))]);
    world.poll_and_send().await;
    world.now = world.now.plus_secs(5);
    world.send().await;
    let edited = world.api.sent().remove(before - 1);
    assert_eq!(edited.edits, 2);
    let text = &edited.current_plain;
    insta::assert_snapshot!(text, @"
    Ceasefire · Truce broken (The Wire)
    Shelling resumes, truce collapses within minutes

    A ceasefire in Karabakh began at noon. At least 45 soldiers were killed before it.

    The Wire (GE) · date not given
    One source so far.
    Changed [time] UTC: 30 → 45 soldiers
    Changed [time] UTC: the headline was “Karabakh ceasefire begins at noon”
    ");
    // The broken truce is news for its subscribers.
    insta::assert_snapshot!(world.texts_since(before).join("\n---\n"), @"
    Ceasefire · new in this report
    Shelling resumes, truce collapses within minutes
    The Wire (GE) · date not given

    Before: “Karabakh ceasefire begins at noon”
    ");
}

#[tokio::test]
async fn immaterial_changes_of_an_article_edit_nothing() {
    let mut world = subscribed().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire begins at noon", TRUCE)]);
    world.poll_and_send().await;
    let longer = format!("{TRUCE}<p>The Red Cross has 3 teams ready, its spokesman said.</p>");
    for (title, body) in [
        ("Karabakh ceasefire begins at noon.", TRUCE),
        ("UPDATE 1-Karabakh ceasefire begins at noon", TRUCE),
        ("Karabakh ceasefire begins at noon", longer.as_str()),
    ] {
        world.publish("/wire", &[item("1", title, body)]);
        world.poll_and_send().await;
    }
    let alert = world.messages_starting_with("Ceasefire").remove(0);
    assert_eq!((alert.edits, alerts(&world)), (0, 1));
}

#[tokio::test]
async fn a_deleted_alert_is_not_edited_for_ever() {
    let mut world = subscribed().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire begins at noon", TRUCE)]);
    world.poll_and_send().await;
    world.api.answer_next("editMessageText", Fault::BadRequest("message to edit not found"));
    world.publish("/wire", &[item("1", "Shelling resumes, truce collapses within minutes", TRUCE)]);
    world.poll_and_send().await;
    world.now = world.now.plus_secs(5);
    world.send().await;
    let asked = world.api.requests("editMessageText");
    assert_eq!(asked, 1);
    world.poll_and_send().await;
    assert_eq!(world.api.requests("editMessageText"), asked);
}

#[tokio::test]
async fn the_page_is_read_where_the_feed_has_only_a_teaser() {
    let mut world = World::full_text().await;
    world.send_command("/subscribe ceasefire").await;
    let body = "<p>The two sides agreed to a ceasefire in Nagorno-Karabakh from noon, the ministry said in Baku on \
                Saturday, after ten hours of talks that ended before dawn.</p><p>Prisoners are to be exchanged, and the \
                bodies of the dead handed over, with the Red Cross as go-between between the armies.</p><p>Shelling was \
                heard in Stepanakert an hour before the truce took effect, residents told reporters by telephone.</p>";
    let html = format!(
        "<html><head><title>Talks end in Moscow - The Wire</title></head><body><nav><a href='/'>Home</a></nav>\
         <article><h1>Talks end in Moscow</h1>{body}</article><aside>Read also: <a href='/x'>Football</a></aside></body></html>"
    );
    world.site.set_page("/talks", Page::ok(html).header("content-type", "text/html"));
    let link = world.site.url("/talks");
    world.publish(
        "/wire",
        &[FeedItem { link: link.clone(), ..item("1", "Talks end in Moscow", "Ten hours of talks end …") }],
    );
    world.poll_and_send().await;
    let alert = world.messages_starting_with("Ceasefire").remove(0).plain;
    insta::assert_snapshot!(alert, @"
    Ceasefire · Truce agreed (The Wire)
    Talks end in Moscow

    The two sides agreed to a ceasefire in Nagorno-Karabakh from noon, the ministry said in Baku on Saturday, after ten hours of talks that ended before dawn. Prisoners are to be exchanged, and the bodies of the dead handed over, with the Red Cross as go-between between the armies. Shelling was heard in Stepanakert an hour before the truce took effect, residents told reporters by telephone.

    The Wire (GE) · date not given
    One source so far.
    ");
    assert_eq!(world.site.hits("/talks").len(), 1);
    // A missing page costs its article nothing; a known article's page is not fetched again.
    let gone =
        FeedItem { link: world.site.url("/gone"), ..item("2", "Karabakh ceasefire broken near Hadrut", "Shells …") };
    world.publish("/wire", &[gone, FeedItem { link, ..item("1", "Talks end in Moscow", "Ten hours of talks end …") }]);
    world.poll_and_send().await;
    assert_eq!((alerts(&world), world.site.hits("/talks").len()), (2, 1));
}

#[tokio::test]
async fn a_refused_batch_is_sent_story_by_story() {
    let mut world = subscribed().await;
    let items: Vec<FeedItem> =
        (0..25).map(|n| item(&format!("r{n}"), &format!("Karabakh ceasefire of village {n} broken"), "")).collect();
    world.publish("/wire", &items);
    world.poll().await;
    world.now = world.now.plus_secs(5);
    world.api.answer_next("sendMessage", Fault::BadRequest("message text is wrong"));
    // A chat takes one message a second.
    for _ in 0..12 {
        world.send().await;
        world.now = world.now.plus_secs(3);
    }
    assert_eq!((alerts(&world), world.store.count_deliveries().await.unwrap().failed), (25, 0));
}
