//! What is news and what is not: archives that come back, dates that cannot be, many articles at once, and articles that
//! change after they alerted.

use crate::support::bot_api::Fault;
use crate::support::feed_site::{Item, Page, http_date};
use crate::support::world::{TRUCE, World, item};

fn dated(id: &str, title: &str, date: &str) -> Item {
    Item { pub_date: Some(date.into()), ..item(id, title, TRUCE) }
}

async fn subscribed() -> World {
    let world = World::new().await;
    world.say("/subscribe ceasefire").await;
    world
}

fn alerts(world: &World) -> usize {
    world.sent_starting("Ceasefire").len()
}

#[tokio::test]
async fn an_archive_that_comes_back_is_stored_silently_and_why_says_so() {
    let mut world = subscribed().await;
    let archive: Vec<Item> = (0..40)
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
    assert!(world.say("/latest ceasefire").await.contains("truce number"));
    let why = world.say("/why https://news.example/old-7").await;
    assert!(why.contains("5 Apr 2016") && why.contains("too long before"), "{why}");
}

#[tokio::test]
async fn an_article_just_within_the_gate_alerts_and_one_just_beyond_it_does_not() {
    let mut world = subscribed().await;
    let ago = |hours: i64| http_date(world.now.plus_secs(-hours * 3600).to_datetime().into());
    let (fresh, stale) = (ago(71), ago(73));
    world.publish(
        "/wire",
        &[dated("1", "Karabakh truce of yesterday", &fresh), dated("2", "Shusha ceasefire of old", &stale)],
    );
    world.poll_and_send().await;
    assert_eq!(world.sent_starting("Ceasefire\nKarabakh truce of yesterday").len(), 1);
    assert_eq!(alerts(&world), 1);
}

#[tokio::test]
async fn a_date_in_the_future_is_clamped_and_marked_and_an_absent_one_is_said_to_be_absent() {
    let mut world = subscribed().await;
    world.publish("/wire", &[dated("1", "Karabakh truce agreed in Moscow", "Sat, 10 Oct 2099 10:00:00 GMT")]);
    world.publish("/post", &[item("2", "A ceasefire in Shusha is near", "Nothing else is known.")]);
    world.poll_and_send().await;
    let clamped = world.sent_starting("Ceasefire\nKarabakh truce").remove(0).plain;
    assert!(clamped.contains("lay in the future") && !clamped.contains("2099"), "{clamped}");
    let undated = world.sent_starting("Ceasefire\nA ceasefire in Shusha").remove(0).plain;
    assert!(undated.contains("date not given"), "{undated}");
}

#[tokio::test]
async fn many_articles_of_one_fetch_come_in_few_messages_that_name_and_link_them_all() {
    let mut world = subscribed().await;
    let titles: Vec<String> = (1..=60).map(|number| format!("Karabakh ceasefire broken in village {number}")).collect();
    let items: Vec<Item> = titles
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
    let mut items: Vec<Item> = (0..40)
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
async fn a_changed_headline_or_figure_edits_the_alert_and_says_what_changed() {
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
    assert!(edited.current_plain.contains("30 → 45 soldiers"), "{}", edited.current_plain);

    world.publish("/wire", &[item("1", "Shelling resumes, truce collapses within minutes", &body(45))]);
    world.poll_and_send().await;
    let edited = world.api.sent().pop().unwrap();
    assert_eq!(edited.edits, 2);
    let text = &edited.current_plain;
    assert!(text.contains("headline was “Karabakh ceasefire begins at noon”") && text.contains("30 → 45"), "{text}");
    assert!(text.contains("Shelling resumes"), "{text}");
    // Nobody was woken again.
    assert_eq!(world.api.sent().len(), before);
}

#[tokio::test]
async fn edits_that_change_nothing_material_stay_silent() {
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
    let alert = world.sent_starting("Ceasefire").remove(0);
    assert_eq!((alert.edits, alerts(&world)), (0, 1));
}

#[tokio::test]
async fn an_alert_that_is_gone_from_the_chat_is_not_edited_for_ever() {
    let mut world = subscribed().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire begins at noon", TRUCE)]);
    world.poll_and_send().await;
    world.api.answer_next("editMessageText", Fault::BadRequest("message to edit not found"));
    world.publish("/wire", &[item("1", "Shelling resumes, truce collapses within minutes", TRUCE)]);
    world.poll_and_send().await;
    let asked = world.api.requests("editMessageText");
    assert_eq!(asked, 1);
    world.poll_and_send().await;
    assert_eq!(world.api.requests("editMessageText"), asked);
}

#[tokio::test]
async fn the_page_of_an_article_is_read_where_its_feed_carries_only_the_beginning() {
    let mut world = World::full_text().await;
    world.say("/subscribe ceasefire").await;
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
        &[Item { link: link.clone(), ..item("1", "Talks end in Moscow", "Ten hours of talks end …") }],
    );
    world.poll_and_send().await;
    let alert = world.sent_starting("Ceasefire").remove(0).plain;
    assert!(alert.contains("Nagorno-Karabakh") && !alert.contains("Football"), "{alert}");
    assert_eq!(world.site.hits("/talks").len(), 1);
    // A page that is gone costs its article nothing; a known article's page is not read again.
    let gone =
        Item { link: world.site.url("/gone"), ..item("2", "Karabakh ceasefire broken near Hadrut", "Shells …") };
    world.publish("/wire", &[gone, Item { link, ..item("1", "Talks end in Moscow", "Ten hours of talks end …") }]);
    world.poll_and_send().await;
    assert_eq!((alerts(&world), world.site.hits("/talks").len()), (2, 1));
}

#[tokio::test]
async fn a_message_of_many_that_is_refused_is_told_one_by_one() {
    let mut world = subscribed().await;
    let items: Vec<Item> =
        (0..25).map(|n| item(&format!("r{n}"), &format!("Karabakh ceasefire of village {n} broken"), "")).collect();
    world.publish("/wire", &items);
    world.poll().await;
    world.now = world.now.plus_secs(5);
    world.api.answer_next("sendMessage", Fault::BadRequest("message text is wrong"));
    // One chat is sent to no faster than a message a second.
    for _ in 0..12 {
        world.send().await;
        world.now = world.now.plus_secs(3);
    }
    assert_eq!((alerts(&world), world.store.count_deliveries().await.unwrap().failed), (25, 0));
}
