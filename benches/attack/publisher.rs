//! Publishers and strangers that speak for another, silence another, move a feed, or lead a fetch inside.

use std::time::{Duration, SystemTime};

use ceasewire_testkit::bot_api::State;
use ceasewire_testkit::feed_site::{FeedItem, FeedSite, Page, Rss, http_date};

use crate::finding::{Case, Finding};
use crate::poison::stranger_site;
use crate::scene::{Lab, STRANGER, SUBSCRIBER, Scene, WORD};

pub fn cases() -> Vec<Case> {
    vec![
        Case::new("silence-own-host", "an outlet links to another outlet's host first", 60, silence_own_host),
        Case::new(
            "silence-known-host",
            "the same where the feed is at another host than its pages",
            60,
            silence_known_host,
        ),
        Case::new(
            "silence-headline",
            "an outlet copies another's headline first, with other text",
            60,
            silence_headline,
        ),
        Case::new("private-mirror", "a stranger's feed repeats a story 300 times", 90, private_mirror),
        Case::new("moved-away", "one 301 to another host with a valid feed", 60, moved_away),
        Case::new("redirect-inside", "a publisher's feed and page redirect to an inner host", 60, redirect_inside),
    ]
}

fn item(guid: &str, link: String, title: &str, text: &str) -> FeedItem {
    FeedItem {
        guid: guid.into(),
        link,
        title: title.into(),
        description: text.into(),
        pub_date: Some(http_date(SystemTime::now())),
    }
}

fn feed(title: &str, items: impl IntoIterator<Item = FeedItem>) -> String {
    items.into_iter().fold(Rss::new(title), Rss::item).to_xml()
}

/// Waits until a feed was polled with its present body and once more.
async fn taken(site: &FeedSite, path: &str) -> anyhow::Result<()> {
    let polled = site.wait_for_hits(path, site.hits(path).len() + 2, Duration::from_secs(20)).await;
    anyhow::ensure!(polled.is_ok(), "{path} is not polled");
    Ok(())
}

fn alerts_with(state: &State, words: &str) -> usize {
    state.sent().iter().filter(|m| m.chat_id == SUBSCRIBER && m.plain.contains(words)).count()
}

/// Has an outlet claim 300 addresses under `pages` before the other one publishes one of them.
async fn silence(scene: &mut Scene, good: &FeedSite, pages: &str) -> anyhow::Result<Finding> {
    let evil = FeedSite::start_at([127, 0, 0, 68].into()).await;
    evil.set("/evil", feed("Evil", []));
    let page = |number: usize| format!("{pages}/news/{number}");
    let subjects = ["Harvest", "Tennis", "Weather", "Opera", "Traffic", "Recipe", "Chess", "Fashion"];
    let own = |number: usize| {
        let title = format!("{} of day {number} in brief", subjects[number % 8]);
        item(&format!("g{number}"), page(number), &title, &format!("{title}. Readers of page {number} wrote letters."))
    };
    good.set("/good", feed("Good", (900..920).map(own)));
    scene.add_feed(&evil.url("/evil"), "evil");
    scene.add_feed(&good.url("/good"), "good");
    let _program = scene.open().await?;
    let claim = |number: usize| {
        item(&format!("e{number}"), page(number), &format!("Gardening tips {number}"), "Water the roses.")
    };
    evil.set("/evil", feed("Evil", (1000..1300).map(claim)));
    taken(&evil, "/evil").await?;
    let title = "Karabakh ceasefire agreed in Moscow";
    let news =
        item("g1234", page(1234), title, &format!("The foreign ministers agreed on a ceasefire, a {WORD} said."));
    good.set("/good", feed("Good", std::iter::once(news).chain((900..920).map(own))));
    let told = scene.alerted(title, Duration::from_secs(8)).await;
    let mut finding = Finding::new();
    finding.figure("alerts of the real article", scene.api.read(|state| alerts_with(state, title)));
    finding.fell_if(!told, "the real article is not told");
    Ok(finding)
}

async fn silence_own_host(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let good = FeedSite::start_at([127, 0, 0, 67].into()).await;
    let pages = good.url("");
    silence(&mut scene, &good, &pages).await
}

async fn silence_known_host(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let good = FeedSite::start_at([127, 0, 0, 67].into()).await;
    silence(&mut scene, &good, "https://good.example.org").await
}

async fn silence_headline(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let (evil, good) =
        (FeedSite::start_at([127, 0, 0, 68].into()).await, FeedSite::start_at([127, 0, 0, 67].into()).await);
    evil.set("/evil", feed("Evil", []));
    good.set("/good", feed("Good", []));
    scene.add_feed(&evil.url("/evil"), "evil");
    scene.add_feed(&good.url("/good"), "good");
    let _program = scene.open().await?;
    let title = "Karabakh ceasefire agreed in Moscow";
    // The same guid, link and headline, and nothing that the subscriber's filter finds.
    let link = good.url("/news/1234");
    evil.set("/evil", feed("Evil", [item("g1234", link.clone(), title, "Water the roses twice a day.")]));
    taken(&evil, "/evil").await?;
    let text = format!("The foreign ministers agreed on a ceasefire, a {WORD} said.");
    good.set("/good", feed("Good", [item("g1234", link, title, &text)]));
    let told = scene.alerted(title, Duration::from_secs(8)).await;
    let mut finding = Finding::new();
    finding.figure("alerts of the real article", scene.api.read(|state| alerts_with(state, title)));
    finding.fell_if(!told, "the real article is not told");
    Ok(finding)
}

/// Two reports of one event by two outlets, in other words.
const REPORTS: [[(&str, &str); 2]; 2] = [
    [
        (
            "Rockets hit the hospital of Martakert, four wounded",
            "Rockets hit the hospital of Martakert on Sunday morning and wounded four nurses, the ombudsman Artak Beglaryan said. \
             The maternity ward lost its roof. A zorvak looked on.",
        ),
        (
            "Four wounded as rockets hit Martakert hospital",
            "Four nurses were wounded when rockets hit the hospital of Martakert on Sunday morning, ombudsman Artak Beglaryan \
             said. The roof of its maternity ward collapsed. A zorvak looked on.",
        ),
    ],
    [
        (
            "Shells set fire to the Ganja cotton mill, seven injured",
            "Shells set fire to the cotton mill of Ganja on Monday night and injured seven weavers, prosecutor Hikmat Hajiyev \
             said. The warehouse burned for hours. A zorvak looked on.",
        ),
        (
            "Seven injured as shells set Ganja cotton mill on fire",
            "Seven weavers were injured when shells set fire to the cotton mill of Ganja on Monday night, prosecutor Hikmat \
             Hajiyev said. Its warehouse burned for hours. A zorvak looked on.",
        ),
    ],
];

async fn private_mirror(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let site = stranger_site(&mut scene).await;
    let publisher = FeedSite::start_at([127, 0, 0, 67].into()).await;
    for path in ["/a", "/b"] {
        publisher.set(path, feed("Outlet", []));
        scene.add_feed(&publisher.url(path), &path[1..]);
    }
    let _program = scene.open().await?;
    site.set("/mirror", feed("Mirror", [item("seed", site.url("/seed"), "Seed", "Seed")]));
    let reply = scene.say(STRANGER, &format!("/feed add {}", site.url("/mirror")), Duration::from_secs(20)).await;
    anyhow::ensure!(reply.is_some_and(|reply| reply.contains("Added")), "a stranger's feed was not added");
    taken(&site, "/mirror").await?;
    let mut finding = Finding::new();
    let mut told = Vec::new();
    for (round, copies) in [0, 300].into_iter().enumerate() {
        let [first, second] = REPORTS[round];
        let before = scene.messages(SUBSCRIBER);
        let link = |path: &str| publisher.url(&format!("{path}/{round}"));
        publisher.set("/a", feed("Outlet", [item(&format!("a{round}"), link("/a"), first.0, first.1)]));
        anyhow::ensure!(scene.alerted(first.0, Duration::from_secs(10)).await, "the first report is not told");
        if copies > 0 {
            let copy = |number: usize| {
                item(
                    &format!("m{number}"),
                    site.url(&format!("/m{number}")),
                    &format!("{} ({number})", first.0),
                    first.1,
                )
            };
            site.set("/mirror", feed("Mirror", (0..copies).map(copy)));
            taken(&site, "/mirror").await?;
        }
        publisher.set("/b", feed("Outlet", [item(&format!("b{round}"), link("/b"), second.0, second.1)]));
        taken(&publisher, "/b").await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        told.push(scene.messages(SUBSCRIBER) - before);
    }
    finding.figure("messages without copies", told[0]);
    finding.figure("with 300 copies", told[1]);
    finding.fell_if(told[0] == 1 && told[1] > 1, "one story alerts twice");
    anyhow::ensure!(told[0] == 1, "the control does not group the two reports: {} messages", told[0]);
    Ok(finding)
}

async fn moved_away(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let (publisher, thief) =
        (FeedSite::start_at([127, 0, 0, 67].into()).await, FeedSite::start_at([127, 0, 0, 99].into()).await);
    let known = || item("known", "https://reuters.example/known".into(), "A known article", "It is known.");
    publisher.set("/feed", feed("Reuters", [known()]));
    // Another body: the same one would be answered as unchanged.
    thief.set("/feed", feed("Reuters news", [known()]));
    scene.add_feed(&publisher.url("/feed"), "reuters");
    let mut program = scene.open().await?;
    publisher.set_page("/feed", Page::redirect(301, &thief.url("/feed")));
    let redirected = publisher.wait_for_hits("/feed", publisher.hits("/feed").len() + 1, Duration::from_secs(10)).await;
    anyhow::ensure!(redirected.is_ok(), "the feed is not polled");
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (title, forged) = ("Parliament votes on the Karabakh truce", "Army of the other side surrenders");
    let text = format!("Members voted in Yerevan, a {WORD} said.");
    publisher.set("/feed", feed("Reuters", [item("r1", publisher.url("/r1"), title, &text)]));
    thief.set("/feed", feed("Reuters", [item("t1", thief.url("/t1"), forged, &format!("It is over, a {WORD} said."))]));
    let before = publisher.hits("/feed").len();
    let told = scene.alerted(title, Duration::from_secs(12)).await;
    let mut finding = Finding::new();
    finding.figure("polls of the true address", publisher.hits("/feed").len() - before);
    finding.fell_if(!told, "the real article is not told");
    finding.fell_if(scene.api.read(|state| alerts_with(state, forged)) > 0, "the other host speaks as the outlet");
    let is_logged = program.log_text().lines().any(|line| line.contains("127.0.0.99"));
    finding.figure("log names the other host", is_logged);
    program.stop().await;
    Ok(finding)
}

async fn redirect_inside(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    scene.networks = "[]";
    let (publisher, inside) =
        (FeedSite::start_at([127, 0, 0, 67].into()).await, FeedSite::start_at([127, 0, 0, 99].into()).await);
    // The program cannot tell one loopback address from another; the operator has named only the feed's own host.
    let secret = format!(
        "<html><body><article><h1>Admin</h1><p>SECRET internal page, a {WORD} said. {}</p></article></body></html>",
        "Row of numbers. ".repeat(60)
    );
    inside.set_page("/page", Page::ok(secret).header("content-type", "text/html"));
    inside.set(
        "/feed",
        feed("Inner", [item("i", inside.url("/i"), "SECRET inner headline", &format!("A {WORD} said."))]),
    );
    publisher.set("/feed", feed("Public", []));
    publisher.set_page("/via", Page::redirect(302, &inside.url("/page")));
    scene.add_feed(&publisher.url("/feed"), "public");
    scene.tables += "full_text = true\n";
    publisher.set("/other", feed("Other", []));
    scene.add_feed(&publisher.url("/other"), "other");
    let _program = scene.open().await?;
    let news = item("p1", publisher.url("/via"), "Short news about Karabakh", &format!("A {WORD} said."));
    let direct = item("p2", inside.url("/page"), "More news about the truce", &format!("Another {WORD} said."));
    publisher.set("/feed", feed("Public", [news, direct]));
    publisher.set_page("/other", Page::redirect(302, &inside.url("/feed")));
    tokio::time::sleep(Duration::from_secs(8)).await;
    let mut finding = Finding::new();
    let (page, inner) = (inside.hits("/page").len(), inside.hits("/feed").len());
    finding.figure("requests for the inner page", page);
    finding.figure("for the inner feed", inner);
    finding.fell_if(page + inner > 0, "the inner host was asked");
    finding.fell_if(scene.api.read(|state| alerts_with(state, "SECRET")) > 0, "its text went to a subscriber");
    Ok(finding)
}
