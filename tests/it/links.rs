//! The links of alerts, digests and lists: each headline opens its article, however the feed writes the address.

use crate::support::world::{TRUCE, World, item};

const PAGE: &str = "https://wire.example/news/5";

/// Polls a feed of one item, and returns the alert with its markup.
async fn alert_of(feed: &str) -> String {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world.site.set("/wire", feed.to_owned());
    world.poll_and_send().await;
    world.messages_starting_with("Ceasefire\n").pop().map(|alert| alert.text).unwrap_or_default()
}

fn rss(link: &str) -> String {
    format!(
        "<rss version=\"2.0\"><channel><title>Wire</title><link>https://wire.example/</link><item>\
         <title>Karabakh ceasefire agreed</title><description>{TRUCE}</description>{link}</item></channel></rss>"
    )
    .replace(TRUCE, "The ceasefire in Karabakh begins at noon.")
}

#[tokio::test]
async fn each_spelling_of_a_link_opens_the_article() {
    for link in [
        "<link>https://wire.example/\n      news/5</link>",
        "<link/>https://wire.example/news/5",
        "<link>//wire.example/news/5</link>",
        "<link>news/5</link>",
        "<link>N/A</link><guid>https://wire.example/news/5</guid>",
        "<link>javascript:void(0)</link><guid isPermaLink='false'>https://wire.example/news/5</guid>",
        "<url>https://wire.example/news/5</url>",
        "<link>https://feedproxy.example/~r/5</link><feedburner:origLink>https://wire.example/news/5</feedburner:origLink>",
        "<link>https://www.google.com/url?rct=j&amp;url=https://wire.example/news/5&amp;ct=ga</link>",
        "<link>https://wire-example.cdn.ampproject.org/c/s/wire.example/news/5</link>",
    ] {
        let alert = alert_of(&rss(link)).await;
        let headline = format!("<b><a href=\"{PAGE}\">Karabakh ceasefire agreed</a></b>");
        assert!(alert.contains(&headline), "{link}: {alert}");
    }
    let www = alert_of(&rss("<link>www.wire.example/news/5</link>")).await;
    assert!(www.contains("<a href=\"https://www.wire.example/news/5\">"), "{www}");
}

#[tokio::test]
async fn a_wrapped_link_is_the_same_article_and_is_explained() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    for link in [
        "https://www.google.com/amp/s/wire.example/%6Eews/5",
        "https://wire.example/news/5?utm_source=x",
        "https://aggregator.example/redirect?url=https%3A%2F%2Fwire.example%2Fnews%2F5",
    ] {
        let mut entry = item("", "Karabakh ceasefire agreed", TRUCE);
        entry.guid.clear();
        entry.link = link.into();
        world.publish("/wire", &[entry]);
        world.poll_and_send().await;
    }
    assert_eq!(world.messages_starting_with("Ceasefire\n").len(), 1);
    let why = world.send_command(&format!("/why {PAGE}")).await;
    assert!(why.contains("It was sent to you"), "{why}");
}

#[tokio::test]
async fn headlines_of_lists_and_digests_open_the_article() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world.send_command("/attention ceasefire digest").await;
    for number in 1..=2 {
        let title = format!("Karabakh ceasefire number {number} agreed in Moscow");
        world.publish(["/wire", "/post"][number - 1], &[item(&number.to_string(), &title, "")]);
        world.poll().await;
    }
    for command in ["/latest 5", "/search ceasefire", "/filter test ceasefire", "/why https://news.example/1"] {
        world.send_command(command).await;
        let text = world.api.sent().pop().unwrap().text;
        assert!(
            text.contains("<b><a href=\"https://news.example/1\">Karabakh ceasefire number 1"),
            "{command}: {text}"
        );
    }
    world.now = world.now.plus_secs(86_400);
    world.send().await;
    let digest = world.api.sent().pop().unwrap();
    assert!(digest.plain.starts_with("Digest"), "{}", digest.plain);
    for number in 1..=2 {
        let link = format!("<b><a href=\"https://news.example/{number}\">Karabakh ceasefire number {number}");
        assert!(digest.text.contains(&link), "{}", digest.text);
    }
}
