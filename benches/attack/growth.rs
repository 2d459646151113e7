//! Rules and articles that cost memory, CPU time or room in the store, and `/forget`.

use std::fmt::Write as _;
use std::time::{Duration, Instant, SystemTime};

use ceasewire_testkit::feed_site::{FeedItem, FeedSite, Rss, http_date};
use ceasewire_testkit::random::XorShift64;

use crate::finding::{Case, Finding};
use crate::poison::stranger_site;
use crate::program::Program;
use crate::scene::{LATE_SECS, Lab, PERSON, STRANGER, Scene, WORD};

pub fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "regex-private",
            "two private chats with 100 filters of five regular expressions",
            110,
            regex_private,
        ),
        Case::new("regex-forum", "60 topics of a forum with three regular expressions each", 110, regex_forum),
        Case::new(
            "big-articles",
            "a stranger's feed of twelve articles of 9.5 MB, and four searches",
            120,
            big_articles,
        ),
        Case::new("many-articles", "a stranger's feed of 400 articles of 5 KB a poll", 60, many_articles),
        Case::new("forget", "the bytes of the store after /forget", 60, forget),
        Case::new("timeline-memory", "/timeline at 160 MiB of data", 40, timeline_memory),
    ]
}

/// A pattern that costs memory and time: many states, and no word that would rule it out.
pub fn pattern(number: usize) -> String {
    format!("[a-m][^q]{{30}}[n-z][^a]{{30}}#{number}")
}

/// Writes a text in which no sequence of letters comes again.
fn restless_text(bytes: usize) -> String {
    let mut random = XorShift64::new(7);
    let mut text = String::with_capacity(bytes + 12);
    while text.len() < bytes {
        for _ in 0..3 + random.below(8) {
            text.push((b'a' + random.below(26) as u8) as char);
        }
        text.push(' ');
    }
    text
}

/// Waits until an amount of commands is answered or dropped: no answer comes for some seconds.
async fn quiet(scene: &Scene, expected: usize, within: Duration) {
    let (began, mut last, mut since) = (Instant::now(), 0, Instant::now());
    while began.elapsed() < within {
        let sent = scene.api.read(|state| state.sent().len());
        if sent != last {
            (last, since) = (sent, Instant::now());
        }
        if sent >= expected || since.elapsed() > Duration::from_secs(5) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Publishes a story in an article of 40 KB, and adds its cost to the finding.
async fn cost_of_an_article(
    scene: &mut Scene,
    program: &Program,
    rss: f64,
    finding: &mut Finding,
) -> anyhow::Result<()> {
    const BOUND: f64 = 30.0;
    let cpu = program.usage().cpu;
    let text = format!("The talks about Karabakh went on. {}", restless_text(40_000));
    let article = FeedItem {
        guid: "long".into(),
        title: "Long report on Karabakh".into(),
        description: format!("{text} A {WORD} looked on."),
        link: "https://wire.example/long".into(),
        pub_date: Some(http_date(SystemTime::now())),
    };
    let began = Instant::now();
    scene.site.set("/long", Rss::new("Long").item(article).to_xml());
    let alert =
        scene.alerted("Long report", Duration::from_secs_f64(BOUND)).await.then(|| began.elapsed().as_secs_f64());
    let later = scene.alert_secs(Duration::from_secs_f64(BOUND)).await;
    let (spent, grown) = (program.usage().cpu - cpu, program.usage().peak_mb - rss);
    finding.secs("alert of the article s", alert, BOUND);
    finding.secs("next alert s", later, BOUND);
    finding.number("CPU s", spent);
    finding.number("RSS + MB", grown);
    finding.fell_if(grown > 150.0, "more than 150 MB");
    finding.fell_if(spent > 2.0, "more than 2 CPU-seconds for an article");
    finding.fell_if(alert.is_none_or(|secs| secs > LATE_SECS + 1.0), "the alert is late");
    Ok(())
}

/// Opens a scene with one more feed for a long article.
async fn open_with_long(lab: Lab) -> anyhow::Result<(Scene, Program)> {
    let mut scene = Scene::new(lab).await?;
    scene.site.set("/long", Rss::new("Long").to_xml());
    let url = scene.site.url("/long");
    scene.add_feed(&url, "long");
    let program = scene.open().await?;
    Ok((scene, program))
}

async fn regex_private(lab: Lab) -> anyhow::Result<Finding> {
    let (mut scene, program) = open_with_long(lab).await?;
    let rss = program.memory_mb("VmRSS");
    let before = scene.api.read(|state| state.sent().len());
    for filter in 0..100 {
        for chat in 0..2 {
            let mut rule = String::new();
            for part in 0..5 {
                let or = if part == 0 { "" } else { " OR " };
                let _ = write!(rule, "{or}/{}/", pattern(chat as usize * 500 + filter * 5 + part));
            }
            scene.api.user_says(STRANGER + chat, &format!("/filter add karabakh ({rule})"));
        }
    }
    quiet(&scene, before + 200, Duration::from_secs(50)).await;
    let mut finding = Finding::new();
    let added = |m: &&ceasewire_testkit::bot_api::Sent| m.chat_id >= STRANGER && m.plain.contains(" is on:");
    finding.figure("filters added", scene.api.read(|state| state.sent().iter().filter(added).count()));
    cost_of_an_article(&mut scene, &program, rss, &mut finding).await?;
    Ok(finding)
}

async fn regex_forum(lab: Lab) -> anyhow::Result<Finding> {
    const FORUM: i64 = -1_000_000_000_777;
    let (mut scene, program) = open_with_long(lab).await?;
    let rss = program.memory_mb("VmRSS");
    scene.api.add_group(FORUM, "Forum", true);
    scene.api.set_admin(FORUM, STRANGER);
    let before = scene.api.read(|state| state.sent().len());
    for rule in 0..3 {
        for topic in 0..60_i64 {
            let text = format!("/filter add /{}/", pattern(topic as usize * 3 + rule));
            scene.api.group_says(FORUM, STRANGER, Some(1000 + topic), &text);
        }
    }
    quiet(&scene, before + 180, Duration::from_secs(50)).await;
    let mut finding = Finding::new();
    let added = |m: &&ceasewire_testkit::bot_api::Sent| m.chat_id == FORUM && m.plain.contains(" is on:");
    finding.figure("filters added", scene.api.read(|state| state.sent().iter().filter(added).count()));
    cost_of_an_article(&mut scene, &program, rss, &mut finding).await?;
    Ok(finding)
}

async fn add_chat_feed(scene: &Scene, site: &FeedSite, path: &str) -> anyhow::Result<()> {
    let seed =
        FeedItem { guid: "seed".into(), title: "Seed".into(), description: "Seed".into(), ..FeedItem::default() };
    site.set(path, Rss::new("Private").item(seed).to_xml());
    let reply = scene.say(STRANGER, &format!("/feed add {}", site.url(path)), Duration::from_secs(20)).await;
    let reply = reply.unwrap_or_default();
    anyhow::ensure!(reply.contains("Added"), "a stranger's feed was not added: {reply}");
    let polled = site.wait_for_hits(path, 3, Duration::from_secs(10)).await;
    anyhow::ensure!(polled.is_ok(), "the added feed is not polled");
    Ok(())
}

async fn big_articles(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let site = stranger_site(&mut scene).await;
    let program = scene.open().await?;
    add_chat_feed(&scene, &site, "/big").await?;
    let (store, idle) = (scene.store_mb(), program.memory_mb("VmRSS"));
    let began = Instant::now();
    for number in 0..12 {
        if began.elapsed() > Duration::from_secs(50) {
            break;
        }
        let text = format!("word{number} and then some more of it, line by line. ").repeat(9_500_000 / 50);
        let item = FeedItem {
            guid: format!("{number}"),
            title: format!("Big {number}"),
            description: text,
            ..FeedItem::default()
        };
        site.set("/big", Rss::new("Private").item(item).to_xml());
        let _ = site.wait_for_hits("/big", site.hits("/big").len() + 2, Duration::from_secs(12)).await;
    }
    let mut finding = Finding::new();
    let grown = scene.store_mb() - store;
    finding.number("store + MB", grown);
    program.reset_peak();
    for _ in 0..4 {
        scene.api.user_says(STRANGER, "/search zzzz");
    }
    for chat in 1..4 {
        scene.api.user_says(STRANGER + chat, "/start");
        scene.api.user_says(STRANGER + chat, "/search zzzz");
    }
    let (answer, alert) = scene.honest_secs(Duration::from_secs(20)).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    finding.secs("answer s", answer, 20.0);
    finding.secs("alert s", alert, 20.0);
    finding.number("peak RSS + MB", program.usage().peak_mb - idle);
    finding.fell_if(grown > 40.0, "one feed stores more than 40 MB in twelve polls");
    finding.fell_if(program.usage().peak_mb - idle > 300.0, "searches take more than 300 MB");
    finding.fell_if(answer.is_none_or(|secs| secs > LATE_SECS), "the answer is late");
    Ok(finding)
}

async fn many_articles(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let site = stranger_site(&mut scene).await;
    let _program = scene.open().await?;
    add_chat_feed(&scene, &site, "/many").await?;
    let store = scene.store_mb();
    let (began, mut polls) = (Instant::now(), 0);
    while began.elapsed() < Duration::from_secs(20) {
        let item = |number: usize| FeedItem {
            guid: format!("{polls}-{number}"),
            title: format!("Item {polls} {number}"),
            description: format!("Sentence {number} of page {polls} about things. ").repeat(120),
            ..FeedItem::default()
        };
        site.set("/many", (0..400).map(item).fold(Rss::new("Private"), Rss::item).to_xml());
        let _ = site.wait_for_hits("/many", site.hits("/many").len() + 2, Duration::from_secs(8)).await;
        polls += 1;
    }
    let mut finding = Finding::new();
    finding.figure("polls with 400 new articles", polls);
    finding.number("store + MB", scene.store_mb() - store);
    finding.fell_if(polls > 2 && scene.store_mb() - store > 15.0, "one feed stores more than 15 MB in 20 s");
    Ok(finding)
}

/// Texts that only the forgotten chat has brought.
const CHAT: i64 = 4_477_001_199;
const TRACES: [&str; 6] =
    ["4477001199", "forgottenword", "forgottenmute", "FEEDTOKEN77", "privatearticleword", "privatefeedtitle"];

async fn forget(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let site = stranger_site(&mut scene).await;
    let mut program = scene.open().await?;
    let item = |number: usize| FeedItem {
        guid: format!("p{number}"),
        title: format!("Private {number} privatearticleword"),
        description: "privatearticleword forgottenword and more".into(),
        pub_date: Some(http_date(SystemTime::now())),
        ..FeedItem::default()
    };
    let path = "/p?token=FEEDTOKEN77";
    site.set(path, Rss::new("privatefeedtitle").item(item(0)).to_xml());
    let say = async |text: &str| {
        let reply = scene.say(CHAT, text, Duration::from_secs(15)).await;
        reply.ok_or_else(|| anyhow::anyhow!("no answer to {text}"))
    };
    say("/start").await?;
    for text in ["/filter add forgottenword", "/mute forgottenmute", "/subscribe ceasefire", "/timezone Asia/Baku"] {
        say(text).await?;
    }
    let reply = say(&format!("/feed add {}", site.url(path))).await?;
    anyhow::ensure!(reply.contains("Added"), "the feed was not added: {reply}");
    let _ = site.wait_for_hits(path, 3, Duration::from_secs(10)).await;
    let before = scene.messages(CHAT);
    site.set(path, Rss::new("privatefeedtitle").item(item(1)).item(item(0)).to_xml());
    let alerted = scene.api.wait_until(Duration::from_secs(10), |state| {
        state.sent().iter().filter(|m| m.chat_id == CHAT).count() > before
    });
    anyhow::ensure!(alerted.await.is_ok(), "the private article raises no alert");
    say("/forget").await?;
    let question =
        scene.api.read(|state| state.sent().iter().rev().find(|m| m.chat_id == CHAT && m.markup.is_some()).cloned());
    let question = question.ok_or_else(|| anyhow::anyhow!("/forget has no buttons"))?;
    let buttons = question.markup.clone().unwrap_or_default()["inline_keyboard"].clone();
    let rows = buttons.as_array().cloned().unwrap_or_default();
    let all = rows.iter().filter_map(|row| row.as_array()).flatten();
    let delete = all.into_iter().find(|button| button["text"].as_str().is_some_and(|text| text.starts_with("Delete")));
    let data = delete.and_then(|button| button["callback_data"].as_str()).unwrap_or_default().to_owned();
    scene.api.press(CHAT, question.message_id, CHAT, &data);
    tokio::time::sleep(Duration::from_secs(8)).await;
    let found = |scene: &Scene| -> Vec<&'static str> {
        let bytes: Vec<Vec<u8>> = scene.store_files().iter().filter_map(|file| std::fs::read(file).ok()).collect();
        let is_there = |trace: &str| bytes.iter().any(|bytes| memchr::memmem::find(bytes, trace.as_bytes()).is_some());
        TRACES.into_iter().filter(|trace| is_there(trace)).collect()
    };
    let running = found(&scene);
    program.stop().await;
    let stopped = found(&scene);
    let mut finding = Finding::new();
    finding.figure("traces while it runs", if running.is_empty() { "none".to_owned() } else { running.join(" ") });
    finding.figure("after the stop", if stopped.is_empty() { "none".to_owned() } else { stopped.join(" ") });
    finding.fell_if(!running.is_empty(), "the running program's store still has traces");
    finding.fell_if(!stopped.is_empty(), "the store still has traces");
    Ok(finding)
}

async fn timeline_memory(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    scene.limits.data_kb = Some(160 * 1024);
    let mut program = scene.open().await?;
    let answer = scene.say(PERSON, "/timeline ceasefire OR zorvak", Duration::from_secs(15)).await;
    let mut finding = Finding::new();
    finding.number("peak MB", program.memory_mb("VmHWM"));
    finding.figure("program", program.end());
    finding.figure("answered", answer.is_some());
    finding.fell_if(!program.is_alive(), "the program ended");
    Ok(finding)
}
