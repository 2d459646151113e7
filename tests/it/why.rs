//! /why: the words that an alert came for, and the stage at which an article stopped.

use crate::support::bot_api::Fault;
use crate::support::feed_site::Item;
use crate::support::world::{TRUCE, USER, World, item};

const ADDRESS: &str = "https://news.example/1";
const GROUP: i64 = -1_001_000_000_001;

async fn subscribed() -> World {
    let world = World::new().await;
    world.say("/subscribe ceasefire").await;
    world
}

fn ceasefire() -> Item {
    item("1", "Armenia and Azerbaijan agree to a ceasefire", TRUCE)
}

/// An alert that has been sent.
async fn alerted() -> World {
    let mut world = subscribed().await;
    world.say("/filter add \"red cross\"").await;
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
    <b>Armenia and Azerbaijan agree to a ceasefire</b>
    <a href="https://news.example/1">The Wire</a> (GE) · date not given

    Topic <b>Ceasefire</b> found:
    – Armenia and Azerbaijan agree to a <b>ceasefire</b>
    – … ministers of Armenia and Azerbaijan agreed to a <b>ceasefire</b> in Nagorno-Karabakh from noon on Saturday, after ten …
    Filter <code>&quot;red cross&quot;</code> found:
    – … to be exchanged with the help of the <b>Red Cross</b>.
    "#);
}

#[tokio::test]
async fn an_alert_is_replied_to_and_without_a_reply_the_last_one_is_meant() {
    let mut world = World::new().await;
    assert!(world.say("/why").await.starts_with("No alert has come here yet."));
    world.say("/subscribe ceasefire").await;
    assert!(world.say("/why").await.starts_with("No alert has come here yet."));
    world.publish("/wire", &[ceasefire()]);
    world.poll_and_send().await;
    let first = world.sent_starting("Ceasefire\n").pop().unwrap().message_id;
    world.now = world.now.plus_secs(60);
    world.publish("/wire", &[item("2", "Truce in Karabakh is broken near Hadrut", "")]);
    world.poll_and_send().await;
    assert!(world.say("/why").await.starts_with("Truce in Karabakh is broken"));
    let answer = async |to: i64| {
        world.api.user_replies(USER, to, "/why");
        world.answer().await;
        world.api.sent().pop().unwrap()
    };
    assert!(answer(first).await.plain.starts_with("Armenia and Azerbaijan agree"));
    let other = answer(first).await.message_id;
    assert!(answer(other).await.plain.starts_with("That is no alert that I know."));
}

#[tokio::test]
async fn in_a_group_everyone_may_ask_and_in_a_forum_each_topic_has_its_own_alerts() {
    let mut world = World::new().await;
    world.api.add_group(GROUP, "Desk", true);
    world.api.set_admin(GROUP, USER);
    world.api.group_says(GROUP, USER, Some(44), "/subscribe ceasefire");
    world.answer().await;
    world.publish("/wire", &[ceasefire()]);
    world.poll_and_send().await;
    let alert = world.sent_starting("Ceasefire\n").pop().unwrap();
    let (_, data) = world.buttons().remove(0);
    world.api.press(99, alert.message_id, GROUP, &data);
    world.answer().await;
    let answer = world.api.sent().pop().unwrap();
    assert!(answer.plain.contains("Topic Ceasefire found:") && answer.thread == Some(44), "{}", answer.plain);
    world.api.group_says(GROUP, 99, Some(44), "/why");
    world.answer().await;
    assert!(world.api.sent().pop().unwrap().plain.contains("Topic Ceasefire found:"));
    world.api.group_says(GROUP, 99, None, "/why");
    world.answer().await;
    assert!(world.api.sent().pop().unwrap().plain.starts_with("No alert has come here yet."));
    // What a button carries means nothing where the alert did not come.
    world.api.user_says(5, "/start");
    world.answer().await;
    let greeting = world.api.sent().pop().unwrap().message_id;
    world.api.press(5, greeting, 5, &data);
    world.answer().await;
    assert!(world.api.sent().pop().unwrap().plain.starts_with("That is no alert that I know."));
}

#[tokio::test]
async fn a_rule_that_is_gone_or_changed_since_is_said_to_be() {
    let world = alerted().await;
    world.say("/unsubscribe all").await;
    world.say("/filter edit 1 lachin").await;
    let why = world.say("/why").await;
    assert!(why.ends_with("Filter lachin does not match it any more; the rule was changed since."), "{why}");
    world.say("/filter remove 1").await;
    assert!(world.say("/why").await.ends_with("The rule behind this alert was deleted."));
}

#[tokio::test]
async fn a_rule_without_words_matched_by_what_it_names() {
    let mut world = World::new().await;
    world.say("/filter add source:wire").await;
    world.publish("/wire", &[ceasefire()]);
    world.poll_and_send().await;
    assert!(
        world.say("/why").await.ends_with("Filter source:wire matches by outlet, language or topic, not by a word.")
    );
}

#[tokio::test]
async fn an_article_that_was_in_no_feed_is_unknown_and_the_feeds_of_its_site_are_named() {
    let world = subscribed().await;
    let answer = world.say("/why https://elsewhere.example/1").await;
    assert_eq!(
        answer,
        "I do not know this article: none of my feeds has its address.\nI read no feed of elsewhere.example."
    );
    let answer = world.say(&format!("/why {}", world.site.url("/no/such/article"))).await;
    assert!(answer.contains("These feeds of 127.0.0.1 are read"), "{answer}");
    assert!(answer.contains(&format!("– The Wire: {}, last read ", world.site.url("/wire"))), "{answer}");
}

#[tokio::test]
async fn an_article_of_a_feeds_first_fetch_was_stored_silently() {
    let mut world = World::unpolled(0).await;
    world.say("/subscribe ceasefire").await;
    world.publish("/wire", &[ceasefire()]);
    world.publish("/post", &[]);
    world.poll_and_send().await;
    let answer = world.say(&format!("/why {ADDRESS}")).await;
    assert!(answer.contains("It was stored silently on "), "{answer}");
}

#[tokio::test]
async fn an_article_that_no_rule_matched_says_what_each_rule_lacked() {
    let mut world = World::new().await;
    world.publish("/wire", &[ceasefire()]);
    let ask = format!("/why {ADDRESS}?utm_source=share");
    world.say("/start").await;
    world.poll_and_send().await;
    assert!(world.say(&ask).await.contains("this chat has no topics and no filters"));
    for command in [
        "/subscribe attack",
        "/filter add moscow (paris OR geneva) -details",
        "/filter add moscow",
        "/filter add title:prisoners",
    ] {
        world.say(command).await;
    }
    let answer = world.say(&ask).await;
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
    world.say("/mute chess").await;
    world.say("/mute \"red cross\"").await;
    world.publish("/wire", &[ceasefire()]);
    world.poll_and_send().await;
    let ask = format!("/why {ADDRESS}");
    assert!(world.say(&ask).await.contains("you have muted \"red cross\""));
    world.say("/unmute 2").await;
    assert!(world.say(&ask).await.ends_with("it was muted at that time."));
}

#[tokio::test]
async fn an_article_that_came_during_a_pause_says_so() {
    let mut world = subscribed().await;
    world.say("/pause").await;
    world.publish("/wire", &[ceasefire()]);
    world.poll_and_send().await;
    let ask = format!("/why {ADDRESS}");
    assert!(world.say(&ask).await.contains("but alerts are paused since "));
    world.say("/resume").await;
    assert!(world.say(&ask).await.contains("but at that time alerts were paused"));
}

#[tokio::test]
async fn an_article_whose_story_was_told_names_the_article_that_told_it() {
    let mut world = subscribed().await;
    world.publish("/wire", &[ceasefire()]);
    world.poll_and_send().await;
    let other = Item { link: "https://post.example/9".into(), ..item("9", "Guns to fall silent in Karabakh", TRUCE) };
    world.publish("/post", &[other]);
    world.poll_and_send().await;
    let answer = world.say("/why http://www.post.example/9/").await;
    assert!(answer.starts_with("Guns to fall silent in Karabakh\nThe Post"), "{answer}");
    assert!(
        answer.contains(
            "You have an alert of this story, from another article. Each story is one alert. It was sent to you on "
        ),
        "{answer}"
    );
    assert!(answer.contains("\nArmenia and Azerbaijan agree to a ceasefire\nThe Wire"), "{answer}");
}

#[tokio::test]
async fn an_article_in_the_outbox_says_how_far_it_is() {
    let mut world = subscribed().await;
    let ask = format!("/why {ADDRESS}");
    world.publish("/wire", &[ceasefire()]);
    world.poll().await;
    assert!(world.say(&ask).await.ends_with("It is about to be sent."));
    world.api.answer_next("sendMessage", Fault::LostAnswer);
    world.send().await;
    let answer = world.say(&ask).await;
    assert!(answer.contains("the last attempt failed: no answer"), "{answer}");
    world.now = world.now.plus_secs(60);
    world.send().await;
    let answer = world.say(&ask).await;
    assert!(answer.contains("It was sent to you on ") && answer.contains("Topic Ceasefire found:"), "{answer}");

    world.publish("/wire", &[item("2", "Truce in Karabakh is broken near Hadrut", "")]);
    world.api.answer_next("sendMessage", Fault::BadRequest("wrong type of chat"));
    world.poll_and_send().await;
    let answer = world.say("/why news.example/2").await;
    assert!(answer.contains("It could not be sent: "), "{answer}");
    world.publish("/wire", &[item("3", "Another Karabakh truce is announced in Paris", "")]);
    world.poll().await;
    world.say("/pause").await;
    assert!(world.say("/why news.example/3").await.ends_with(
        "It was cancelled before it was sent: you paused alerts, deleted the rule behind it, or muted its story or its words."
    ));
}
