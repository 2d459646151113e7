//! Chats that send much, or ask for slow work, while one honest person and one honest subscriber wait.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use ceasewire_testkit::bot_api::RateLimits;
use ceasewire_testkit::feed_site::{FeedItem, FeedSite, Page, Rss, http_date};
use ceasewire_testkit::raw_site::{RawSite, Reply};

use crate::finding::{Case, Finding};
use crate::growth::pattern;
use crate::poison::{json_feed, json_page, stranger_site};
use crate::scene::{LATE_SECS, Lab, STRANGER, Scene};

pub fn cases() -> Vec<Case> {
    vec![
        Case::new("command-flood", "2,000 commands of one group that Telegram limits", 100, command_flood),
        Case::new("private-flood", "2,000 commands of one private chat that Telegram limits", 60, private_flood),
        Case::new("press-flood", "1,000 presses of a group's member without rights", 60, press_flood),
        Case::new("slow-feed-adds", "64 chats add feeds of servers that never answer", 80, slow_feed_adds),
        Case::new("slow-tests", "32 chats test filters of 480 words on 10,000 articles", 100, slow_tests),
        Case::new("slow-searches", "32 chats search 10,000 articles for regular expressions", 100, slow_searches),
        Case::new("slow-feeds", "100 feeds of chats that stop answering", 100, slow_feeds),
        Case::new("failing-feeds", "twelve feeds of chats that always fail, at three hosts", 70, failing_feeds),
    ]
}

/// The rates of Telegram for one chat; the whole bot is not limited, so that only the flooding chat waits.
const LIMITS: RateLimits = RateLimits {
    bot_a_second: 1000,
    paid_a_second: 1000,
    private_burst: 3,
    group_a_minute: 20,
    longest_wait: Duration::from_secs(30),
};

const GROUP: i64 = -100_500;

/// Measures an answer and an alert, two seconds after the attack began.
async fn others(scene: &mut Scene, bound: f64, finding: &mut Finding) {
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (answer, alert) = scene.honest_secs(Duration::from_secs_f64(bound)).await;
    finding.secs("answer s", answer, bound);
    finding.secs("alert s", alert, bound);
    finding.fell_if(answer.is_none_or(|secs| secs > LATE_SECS), "the answer is late");
    finding.fell_if(alert.is_none_or(|secs| secs > LATE_SECS + 1.0), "the alert is late");
}

async fn command_flood(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let mut program = scene.open().await?;
    scene.api.limit(Some(LIMITS));
    scene.api.add_group(GROUP, "Flood", false);
    // The group's minute begins early, so that the flood meets short waits, which the program obeys.
    for number in 0..20 {
        scene.api.group_says(GROUP, STRANGER + number % 5, None, "/help");
    }
    tokio::time::sleep(Duration::from_secs(34)).await;
    for number in 0..2000 {
        scene.api.group_says(GROUP, STRANGER + number % 5, None, "/help");
    }
    let mut finding = Finding::new();
    others(&mut scene, 25.0, &mut finding).await;
    finding.figure("answers to the group", scene.messages(GROUP));
    let waiting = scene.api.read(|state| state.pending_updates());
    finding.figure("updates not taken", waiting);
    let stopped = program.stop().await;
    finding.secs("stop s", stopped, 15.0);
    Ok(finding)
}

async fn private_flood(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let _program = scene.open().await?;
    scene.api.limit(Some(LIMITS));
    for _ in 0..2000 {
        scene.api.user_says(STRANGER, "/help rules");
    }
    let mut finding = Finding::new();
    others(&mut scene, 25.0, &mut finding).await;
    finding.figure("answers to the flood", scene.messages(STRANGER));
    Ok(finding)
}

async fn press_flood(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let _program = scene.open().await?;
    scene.api.limit(Some(LIMITS));
    scene.api.add_group(GROUP, "Presses", false);
    scene.api.set_admin(GROUP, STRANGER);
    scene.api.group_says(GROUP, STRANGER, None, "/topics");
    let wait = Duration::from_secs(10);
    let keyboard = |state: &ceasewire_testkit::bot_api::State| {
        state.sent().iter().find(|m| m.chat_id == GROUP && m.markup.is_some()).map(|m| {
            let data = m.markup.as_ref().map(|markup| markup["inline_keyboard"][0][0]["callback_data"].clone());
            (m.message_id, data.and_then(|data| data.as_str().map(str::to_owned)).unwrap_or_default())
        })
    };
    let there = scene.api.wait_until(wait, |state| keyboard(state).is_some()).await;
    anyhow::ensure!(there.is_ok(), "/topics brought no buttons to the group");
    let (message, data) = scene.api.read(keyboard).unwrap_or_default();
    let calls = |scene: &Scene| {
        ["answerCallbackQuery", "getChatMember", "getChatAdministrators", "editMessageText", "sendMessage"]
            .map(|method| scene.api.requests(method))
            .iter()
            .sum::<usize>()
    };
    let before = calls(&scene);
    for number in 0..1000 {
        scene.api.press(STRANGER + 1 + number % 5, message, GROUP, &data);
    }
    let mut finding = Finding::new();
    others(&mut scene, 25.0, &mut finding).await;
    finding.figure("requests to Telegram", calls(&scene) - before);
    finding.fell_if(calls(&scene) - before > 1600, "each press costs more than one and a half requests");
    Ok(finding)
}

async fn slow_feed_adds(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let silent = RawSite::start(|_| Reply::Hang(Vec::new())).await;
    scene.ports.push(silent.port());
    let _program = scene.open().await?;
    for chat in 0..64 {
        scene.api.user_says(STRANGER + chat, &format!("/feed add {}", silent.url(&format!("/{chat}"))));
    }
    let mut finding = Finding::new();
    others(&mut scene, 30.0, &mut finding).await;
    Ok(finding)
}

async fn slow_tests(lab: Lab) -> anyhow::Result<Finding> {
    let words = (0..480).fold(String::new(), |mut words, number| {
        let _ = write!(words, "{}w{number:03}", if number == 0 { "" } else { " OR " });
        words
    });
    slow_commands(lab, &format!("/filter test karabakh talks ({words})")).await
}

async fn slow_searches(lab: Lab) -> anyhow::Result<Finding> {
    let patterns = (0..5).map(|number| format!("/{}/", pattern(number))).collect::<Vec<_>>().join(" OR ");
    slow_commands(lab, &format!("/search karabakh ({patterns})")).await
}

/// Has 32 chats send a command that reads 10,000 articles.
async fn slow_commands(lab: Lab, command: &str) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let publisher = FeedSite::start_at([127, 0, 0, 67].into()).await;
    for feed in 0..4 {
        publisher.set(&format!("/archive{feed}"), Rss::new("Archive").to_xml());
        scene.add_feed(&publisher.url(&format!("/archive{feed}")), &format!("archive{feed}"));
    }
    let _program = scene.open().await?;
    let now = http_date(std::time::SystemTime::now());
    for feed in 0..4 {
        let item = |number: usize| FeedItem {
            guid: format!("{feed}-{number}"),
            title: format!("Karabakh report {feed} {number} of village v{number}x{feed}"),
            description: format!("The talks about Karabakh number {number} went on, a{number} said to b{number}. ")
                .repeat(6),
            pub_date: Some(now.clone()),
            ..FeedItem::default()
        };
        let feed_text = (0..2500).map(item).fold(Rss::new("Archive"), Rss::item);
        publisher.set(&format!("/archive{feed}"), feed_text.to_xml());
    }
    // A feed is polled again only after its articles are stored.
    for feed in 0..4 {
        let path = format!("/archive{feed}");
        let stored = publisher.wait_for_hits(&path, publisher.hits(&path).len() + 2, Duration::from_secs(40)).await;
        anyhow::ensure!(stored.is_ok(), "10,000 articles are not stored in 40 s");
    }
    for chat in 0..32 {
        scene.api.user_says(STRANGER + chat, command);
    }
    let mut finding = Finding::new();
    others(&mut scene, 30.0, &mut finding).await;
    Ok(finding)
}

async fn slow_feeds(lab: Lab) -> anyhow::Result<Finding> {
    const CHATS: i64 = 20;
    const FEEDS: i64 = 5;
    let mut scene = Scene::new(lab).await?;
    let site = stranger_site(&mut scene).await;
    let path = |chat: i64, feed: i64| format!("/{chat}-{feed}");
    for (chat, feed) in (0..CHATS).flat_map(|chat| (0..FEEDS).map(move |feed| (chat, feed))) {
        let item = format!(r#"{{"id":"{chat}-{feed}","title":"Of {chat} {feed}"}}"#);
        site.set_page(&path(chat, feed), json_page(json_feed(&item)));
    }
    let _program = scene.open().await?;
    let added = |scene: &Scene| {
        scene
            .api
            .read(|state| state.sent().iter().filter(|m| m.chat_id >= STRANGER && m.plain.contains("Added")).count())
    };
    for (chat, feed) in (0..CHATS).flat_map(|chat| (0..FEEDS).map(move |feed| (chat, feed))) {
        scene.api.user_says(STRANGER + chat, &format!("/feed add {}", site.url(&path(chat, feed))));
    }
    let began = Instant::now();
    while added(&scene) < (CHATS * FEEDS) as usize && began.elapsed() < Duration::from_secs(25) {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let mut finding = Finding::new();
    finding.figure("feeds added", added(&scene));
    for (chat, feed) in (0..CHATS).flat_map(|chat| (0..FEEDS).map(move |feed| (chat, feed))) {
        let item = format!(r#"{{"id":"{chat}-{feed}","title":"Of {chat} {feed}"}}"#);
        site.set_page(&path(chat, feed), json_page(json_feed(&item)).delay(Duration::from_secs(18)));
    }
    tokio::time::sleep(Duration::from_secs(4)).await;
    let hits = scene.site.hits("/wire").len();
    let alert = scene.alert_secs(Duration::from_secs(25)).await;
    let left = Duration::from_secs(24).saturating_sub(Duration::from_secs_f64(alert.unwrap_or(25.0)));
    tokio::time::sleep(left).await;
    let times: Vec<Instant> = scene.site.hits("/wire")[hits.saturating_sub(1)..].iter().map(|hit| hit.at).collect();
    let gaps = times
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).as_secs_f64())
        .chain(times.last().map(|at| at.elapsed().as_secs_f64()));
    let longest = gaps.fold(0.0, f64::max);
    finding.secs("alert s", alert, 25.0);
    finding.number("longest gap between the operator's polls s", longest);
    finding.fell_if(longest > 5.0, "the operator's feed waits");
    finding.fell_if(alert.is_none_or(|secs| secs > LATE_SECS + 1.0), "the alert is late");
    Ok(finding)
}

async fn failing_feeds(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let mut sites = Vec::new();
    for host in [66, 67, 68] {
        let site = FeedSite::start_at([127, 0, 0, host].into()).await;
        scene.ports.push(site.port());
        sites.push(site);
    }
    // The operator's feed keeps its own interval.
    scene.set("POLLER__MAX_INTERVAL_SECS", 60);
    let _program = scene.open().await?;
    let mut paths = Vec::new();
    for number in 0..12_i64 {
        let (site, path) = (&sites[number as usize % 3], format!("/{number}"));
        site.set_page(&path, json_page(json_feed(&format!(r#"{{"id":"{number}","title":"Of {number}"}}"#))));
        let reply =
            scene.say(STRANGER + number, &format!("/feed add {}", site.url(&path)), Duration::from_secs(10)).await;
        anyhow::ensure!(reply.is_some_and(|reply| reply.contains("Added")), "a stranger's feed was not added");
        paths.push((number as usize % 3, path));
    }
    for (site, path) in &paths {
        sites[*site].set_page(path, Page::status(503));
    }
    let before: Vec<usize> = paths.iter().map(|(site, path)| sites[*site].hits(path).len()).collect();
    tokio::time::sleep(Duration::from_secs(20)).await;
    let polls = paths.iter().zip(before).map(|((site, path), before)| sites[*site].hits(path).len() - before);
    let most = polls.max().unwrap_or_default();
    let mut finding = Finding::new();
    finding.figure("polls of a failing feed in 20 s, at most", most);
    finding.fell_if(most > 8, "feeds that fail together are polled on and on");
    let alert = scene.alert_secs(Duration::from_secs(10)).await;
    finding.secs("alert s", alert, 10.0);
    finding.fell_if(alert.is_none_or(|secs| secs > LATE_SECS + 1.0), "the alert is late");
    Ok(finding)
}
