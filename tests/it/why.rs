//! /why: the matched words of an alert, or the stage that stopped an article.

use crate::support::world::{TRUCE, USER, World, item};
use ceasewire_testkit::bot_api::Fault;
use ceasewire_testkit::feed_site::FeedItem;

const ADDRESS: &str = "https://news.example/1";
const GROUP: i64 = -1_001_000_000_001;

async fn subscribed() -> World {
    let world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world
}

fn ceasefire() -> FeedItem {
    item("1", "Armenia and Azerbaijan agree to a ceasefire", TRUCE)
}

/// Makes a chat with an alert.
async fn alerted() -> World {
    let mut world = subscribed().await;
    world.send_command("/filter add \"red cross\"").await;
    world.publish("/wire", &[ceasefire()]);
    world.poll_and_send().await;
    world
}

#[tokio::test]
async fn the_button_under_an_alert_shows_the_words_that_it_came_for() {
    let world = alerted().await;
    let (label, data) = world.buttons().remove(0);
    assert!(label == "Why?" && data.starts_with("why:") && data.len() == 36, "{label} {data}");
    world.press_button("Why?").await;
    insta::assert_snapshot!(world.api.sent().pop().unwrap().text, @r#"
    <b><a href="https://news.example/1">Armenia and Azerbaijan agree to a ceasefire</a></b>
    The Wire (GE) · date not given

    Topic <b>Ceasefire</b> found:
    – Armenia and Azerbaijan agree to a <b>ceasefire</b>
    – … ministers of Armenia and Azerbaijan agreed to a <b>ceasefire</b> in Nagorno-Karabakh from noon on Saturday, after ten …
    Filter <code>&quot;red cross&quot;</code> found:
    – … to be exchanged with the help of the <b>Red Cross</b>.
    "#);
}

#[tokio::test]
async fn why_explains_the_replied_alert_or_the_last_one() {
    let mut world = World::new().await;
    insta::assert_snapshot!(world.converse(&["/why", "/subscribe ceasefire", "/why"]).await, @"
    > /why
    No alert has come here yet. Type /why and the address of an article to learn why it raised none.

    > /subscribe ceasefire
    Your topics: Ceasefire.
    Tap to change, or type /subscribe and /unsubscribe with: ceasefire, meeting, mediation, casualties, attack, humanitarian, energy.

    > /why
    No alert has come here yet. Type /why and the address of an article to learn why it raised none.
    ");
    world.publish("/wire", &[ceasefire()]);
    world.poll_and_send().await;
    let first = world.messages_starting_with("Ceasefire\n").pop().unwrap().message_id;
    world.now = world.now.plus_secs(60);
    world.publish("/wire", &[item("2", "Truce in Karabakh is broken near Hadrut", "")]);
    world.poll_and_send().await;
    insta::assert_snapshot!(world.send_command("/why").await, @"
    Truce in Karabakh is broken near Hadrut
    The Wire (GE) · date not given

    Topic Ceasefire found:
    – Truce in Karabakh is broken near Hadrut
    ");
    let answer = async |to: i64| {
        world.api.user_replies(USER, to, "/why");
        world.process_updates().await;
        world.api.sent().pop().unwrap()
    };
    insta::assert_snapshot!(answer(first).await.plain, @"
    Armenia and Azerbaijan agree to a ceasefire
    The Wire (GE) · date not given

    Topic Ceasefire found:
    – Armenia and Azerbaijan agree to a ceasefire
    – … ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten …
    ");
    let other = answer(first).await.message_id;
    insta::assert_snapshot!(answer(other).await.plain, @"That is no alert that I know. Reply /why to an alert, or type /why and the address of an article.");
}

#[tokio::test]
async fn every_member_may_ask_why_in_each_forum_topic() {
    let mut world = World::new().await;
    world.api.add_group(GROUP, "Desk", true);
    world.api.set_admin(GROUP, USER);
    world.api.group_says(GROUP, USER, Some(44), "/subscribe ceasefire");
    world.process_updates().await;
    world.publish("/wire", &[ceasefire()]);
    world.poll_and_send().await;
    let alert = world.messages_starting_with("Ceasefire\n").pop().unwrap();
    let (_, data) = world.buttons().remove(0);
    world.api.press(99, alert.message_id, GROUP, &data);
    world.process_updates().await;
    let answer = world.api.sent().pop().unwrap();
    assert_eq!(answer.thread, Some(44));
    insta::assert_snapshot!(answer.plain, @"
    Armenia and Azerbaijan agree to a ceasefire
    The Wire (GE) · date not given

    Topic Ceasefire found:
    – Armenia and Azerbaijan agree to a ceasefire
    – … ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten …
    ");
    insta::assert_snapshot!(world.send_group_command(GROUP, 99, Some(44), "/why").await, @"
    Armenia and Azerbaijan agree to a ceasefire
    The Wire (GE) · date not given

    Topic Ceasefire found:
    – Armenia and Azerbaijan agree to a ceasefire
    – … ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten …
    ");
    insta::assert_snapshot!(world.send_group_command(GROUP, 99, None, "/why").await, @"No alert has come here yet. Type /why and the address of an article to learn why it raised none.");
    // Callback data mean nothing in a chat without the alert.
    world.api.user_says(5, "/start");
    world.process_updates().await;
    let greeting = world.api.sent().pop().unwrap().message_id;
    world.api.press(5, greeting, 5, &data);
    world.process_updates().await;
    insta::assert_snapshot!(world.api.sent().pop().unwrap().plain, @"That is no alert that I know. Reply /why to an alert, or type /why and the address of an article.");
}

#[tokio::test]
async fn a_rule_that_is_gone_or_changed_since_is_said_to_be() {
    let world = alerted().await;
    world.send_command("/unsubscribe all").await;
    world.send_command("/filter edit 1 lachin").await;
    let why = world.send_command("/why").await;
    insta::assert_snapshot!(why, @"
    Armenia and Azerbaijan agree to a ceasefire
    The Wire (GE) · date not given

    Filter lachin does not match it any more; the rule was changed since.
    ");
    world.send_command("/filter remove 1").await;
    insta::assert_snapshot!(world.send_command("/why").await, @"
    Armenia and Azerbaijan agree to a ceasefire
    The Wire (GE) · date not given

    The rule behind this alert was deleted.
    ");
}

#[tokio::test]
async fn a_rule_without_words_matched_by_what_it_names() {
    let mut world = World::new().await;
    world.send_command("/filter add source:wire").await;
    world.publish("/wire", &[ceasefire()]);
    world.poll_and_send().await;
    insta::assert_snapshot!(world.send_command("/why").await, @"
    Armenia and Azerbaijan agree to a ceasefire
    The Wire (GE) · date not given

    Filter source:wire matches by outlet, language or topic, not by a word.
    ");
}

#[tokio::test]
async fn an_unknown_article_names_the_feeds_of_its_site() {
    let world = subscribed().await;
    insta::assert_snapshot!(world.converse(&["/why https://elsewhere.example/1", &format!("/why {}", world.site.url("/no/such/article"))]).await, @"
    > /why https://elsewhere.example/1
    I do not know this article: none of my feeds has its address.
    I read no feed of elsewhere.example.

    > /why http://127.0.0.1:[port]/no/such/article
    I do not know this article: none of my feeds has its address.
    These feeds of 127.0.0.1 are read. None of them had the article when I looked:
    – The Post: http://127.0.0.1:[port]/post, last read [date], [time] UTC
    – The Wire: http://127.0.0.1:[port]/wire, last read [date], [time] UTC
    ");
}

#[tokio::test]
async fn an_article_of_a_feeds_first_fetch_was_stored_silently() {
    let mut world = World::unpolled(0).await;
    world.send_command("/subscribe ceasefire").await;
    world.publish("/wire", &[ceasefire()]);
    world.publish("/post", &[]);
    world.poll_and_send().await;
    insta::assert_snapshot!(world.send_command(&format!("/why {ADDRESS}")).await, @"
    Armenia and Azerbaijan agree to a ceasefire
    The Wire (GE) · date not given

    It was stored silently on [date], [time] UTC: its feed already had it when I read that feed for the first time.
    ");
}

#[tokio::test]
async fn an_article_that_no_rule_matched_says_what_each_rule_lacked() {
    let mut world = World::new().await;
    world.publish("/wire", &[ceasefire()]);
    let ask = format!("/why {ADDRESS}?utm_source=share");
    world.send_command("/start").await;
    world.poll_and_send().await;
    insta::assert_snapshot!(world.send_command(&ask).await, @"
    Armenia and Azerbaijan agree to a ceasefire
    The Wire (GE) · date not given

    I have the article, but this chat has no topics and no filters. /topics shows the topics.
    ");
    for command in [
        "/subscribe attack",
        "/filter add moscow (paris OR geneva) -details",
        "/filter add moscow",
        "/filter add title:prisoners",
    ] {
        world.send_command(command).await;
    }
    let answer = world.send_command(&ask).await;
    let lines: Vec<&str> = answer.lines().skip(3).collect();
    assert!(answer.contains(", and matched none of your topics and filters:"), "{answer}");
    assert_eq!(
        lines[1..],
        [
            "Topic Attacks has none of its words in the article.",
            "Filter moscow (paris OR geneva) -details lacks paris OR geneva; must not have details",
            "Filter moscow matches it, but the rule is newer than the article.",
            "Filter title:prisoners lacks title:prisoners",
        ],
        "{answer}"
    );
}

#[tokio::test]
async fn an_article_that_was_muted_names_the_mute() {
    let mut world = subscribed().await;
    world.send_command("/mute chess").await;
    world.send_command("/mute \"red cross\"").await;
    world.publish("/wire", &[ceasefire()]);
    world.poll_and_send().await;
    let ask = format!("/why {ADDRESS}");
    insta::assert_snapshot!(world.converse(&[&ask, "/unmute 2", &ask]).await, @r#"
    > /why https://news.example/1
    Armenia and Azerbaijan agree to a ceasefire
    The Wire (GE) · date not given

    One of your rules matches it, but you have muted "red cross". /mute shows your mutes.

    > /unmute 2
    No longer muted: "red cross"

    > /why https://news.example/1
    Armenia and Azerbaijan agree to a ceasefire
    The Wire (GE) · date not given

    One of your rules matched it, but it was muted at that time.
    "#);
}

#[tokio::test]
async fn an_article_that_came_during_a_pause_says_so() {
    let mut world = subscribed().await;
    world.send_command("/pause").await;
    world.publish("/wire", &[ceasefire()]);
    world.poll_and_send().await;
    let ask = format!("/why {ADDRESS}");
    insta::assert_snapshot!(world.converse(&[&ask, "/resume", &ask]).await, @"
    > /why https://news.example/1
    Armenia and Azerbaijan agree to a ceasefire
    The Wire (GE) · date not given

    One of your rules matched it, but alerts are paused since [date], [time] UTC. /resume starts them again.

    > /resume
    Alerts are on again. Meanwhile one story matched your topics and filters; /latest shows it.

    > /why https://news.example/1
    Armenia and Azerbaijan agree to a ceasefire
    The Wire (GE) · date not given

    One of your rules matched it, but at that time alerts were paused, or this chat could not be reached.
    ");
}

#[tokio::test]
async fn an_article_of_a_sent_story_names_the_sent_article() {
    let mut world = subscribed().await;
    world.publish("/wire", &[ceasefire()]);
    world.poll_and_send().await;
    let other =
        FeedItem { link: "https://post.example/9".into(), ..item("9", "Guns to fall silent in Karabakh", TRUCE) };
    world.publish("/post", &[other]);
    world.poll_and_send().await;
    insta::assert_snapshot!(world.send_command("/why http://www.post.example/9/").await, @"
    Guns to fall silent in Karabakh
    The Post (US) · date not given

    You have an alert of this story, from another article. Each story is one alert. It was sent to you on [date], [time] UTC.

    Armenia and Azerbaijan agree to a ceasefire
    The Wire (GE) · date not given
    ");
}

#[tokio::test]
async fn an_article_in_the_outbox_says_how_far_it_is() {
    let mut world = subscribed().await;
    let ask = format!("/why {ADDRESS}");
    world.publish("/wire", &[ceasefire()]);
    world.poll().await;
    insta::assert_snapshot!(world.send_command(&ask).await, @"
    Armenia and Azerbaijan agree to a ceasefire
    The Wire (GE) · date not given

    It is about to be sent.
    ");
    world.api.answer_next("sendMessage", Fault::LostAnswer);
    world.send().await;
    insta::assert_snapshot!(world.send_command(&ask).await, @"
    Armenia and Azerbaijan agree to a ceasefire
    The Wire (GE) · date not given

    It will be sent again on [date], [time] UTC; the last attempt failed: no answer: network error: client error (SendRequest): connection closed before message completed
    ");
    world.now = world.now.plus_secs(60);
    world.send().await;
    insta::assert_snapshot!(world.send_command(&ask).await, @"
    Armenia and Azerbaijan agree to a ceasefire
    The Wire (GE) · date not given

    It was sent to you on [date], [time] UTC.

    Topic Ceasefire found:
    – Armenia and Azerbaijan agree to a ceasefire
    – … ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten …
    ");

    world.publish("/wire", &[item("2", "Truce in Karabakh is broken near Hadrut", "")]);
    world.api.answer_next("sendMessage", Fault::BadRequest("wrong type of chat"));
    world.poll_and_send().await;
    insta::assert_snapshot!(world.send_command("/why news.example/2").await, @"
    Truce in Karabakh is broken near Hadrut
    The Wire (GE) · date not given

    It could not be sent: the platform refuses every form of the message
    ");
    world.publish("/wire", &[item("3", "Another Karabakh truce is announced in Paris", "")]);
    world.poll().await;
    world.send_command("/pause").await;
    insta::assert_snapshot!(world.send_command("/why news.example/3").await, @"
    Another Karabakh truce is announced in Paris
    The Wire (GE) · date not given

    It was cancelled before it was sent: you paused alerts, deleted the rule behind it, or muted its story or its words.
    ");
}
