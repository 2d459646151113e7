//! Feeds that end the program, stop it, or fill its log, and the operator's means against them.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};

use ceasewire_testkit::feed_site::{FeedItem, FeedSite, Page, Rss, http_date};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::finding::{Case, Finding};
use crate::program::{Limits, Program};
use crate::scene::{LATE_SECS, Lab, STRANGER, Scene};

pub fn cases() -> Vec<Case> {
    vec![
        Case::new("crash-loop", "a stranger's feed of 500,000 items, at 1.2 GB of address space", 60, crash_loop),
        Case::new("poison-restart", "a feed that ends the process, and three restarts", 90, poison_restart),
        Case::new("feeds-remove", "feeds remove of a chat's feed", 40, feeds_remove),
        Case::new("max-feeds-0", "chats.max_feeds = 0 after chats have added feeds", 40, max_feeds_0),
        Case::new("chats-block", "chats block of a chat with a feed", 40, chats_block),
        Case::new("authors-json", "two strangers' feeds with an entry of 100,000 authors", 90, authors_json),
        Case::new("authors-xml", "two publishers' feeds with an entry of 280,000 dc:creator", 90, authors_xml),
        Case::new("log-items", "a stranger's feed of 1,000,000 items that are no objects", 60, log_items),
        Case::new("log-entries", "a publisher's feed of 100,000 entries without any content", 60, log_entries),
        Case::new("log-flapping", "forty feeds that fail and recover in turn", 60, log_flapping),
    ]
}

const SMALL: &str = r#"{"version":"https://jsonfeed.org/version/1.1","title":"Mine","items":[{"id":"a","title":"Small","content_text":"Small"}]}"#;

/// Wraps items in a JSON feed.
pub fn json_feed(items: &str) -> String {
    format!(r#"{{"version":"https://jsonfeed.org/version/1.1","title":"Mine","items":[{items}]}}"#)
}

pub fn json_page(body: impl Into<Vec<u8>>) -> Page {
    Page::ok(body).header("content-type", "application/feed+json")
}

pub fn gzipped(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    // Writing to memory cannot fail.
    let _ = encoder.write_all(body);
    encoder.finish().unwrap_or_default()
}

fn many_items(count: usize) -> String {
    let mut items = String::with_capacity(count * 20);
    for item in 0..count {
        let _ = write!(items, "{}{{\"title\":\"{item}\"}}", if item == 0 { "" } else { "," });
    }
    json_feed(&items)
}

/// Has a stranger add a still harmless feed.
async fn add_small(scene: &Scene, site: &FeedSite, chat: i64, path: &str) -> anyhow::Result<()> {
    site.set_page(path, json_page(SMALL));
    let reply = scene.say(chat, &format!("/feed add {}", site.url(path)), Duration::from_secs(20)).await;
    let reply = reply.unwrap_or_default();
    anyhow::ensure!(reply.contains("Added"), "a stranger's feed was not added: {reply}");
    anyhow::ensure!(site.wait_for_hits(path, 2, Duration::from_secs(10)).await.is_ok(), "the added feed is not polled");
    Ok(())
}

/// Starts a site for strangers, at another host than the operator's.
pub async fn stranger_site(scene: &mut Scene) -> FeedSite {
    let site = FeedSite::start_at([127, 0, 0, 66].into()).await;
    scene.ports.push(site.port());
    site
}

async fn crash_loop(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let site = stranger_site(&mut scene).await;
    scene.limits = Limits { memory_kb: 1_200_000, ..Limits::default() };
    let mut program = scene.open().await?;
    add_small(&scene, &site, STRANGER, "/mine").await?;
    let before = program.memory_mb("VmRSS");
    let body = gzipped(many_items(500_000).as_bytes());
    let mut finding = Finding::new();
    finding.number("gzipped MB", body.len() as f64 / 1e6);
    let hits = site.hits("/mine").len();
    site.set_page("/mine", json_page(body).header("content-encoding", "gzip"));
    let _ = site.wait_for_hits("/mine", hits + 3, Duration::from_secs(12)).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    if program.is_alive() {
        finding.number("RSS + MB", program.usage().peak_mb - before);
        let (answer, _) = scene.honest_secs(Duration::from_secs(10)).await;
        finding.secs("answer s", answer, 10.0);
        finding.fell_if(answer.is_none(), "no answer in 10 s");
        finding.fell_if(program.usage().peak_mb - before > 300.0, "more than 300 MB for a stranger's feed");
        return Ok(finding);
    }
    finding.figure("at the poll", program.end());
    finding.fell_if(true, "the program ended");
    restart_thrice(&mut scene, &mut finding).await?;
    Ok(finding)
}

/// Starts the program three times, and adds how each start ended.
async fn restart_thrice(scene: &mut Scene, finding: &mut Finding) -> anyhow::Result<Option<Program>> {
    let mut ends = Vec::new();
    let mut last = None;
    for _ in 0..3 {
        let mut program = scene.start()?;
        let ended = program.ends(Duration::from_secs(6)).await;
        ends.push(program.end());
        if !ended {
            last = Some(program);
            break;
        }
    }
    finding.figure("restarts", ends.join(", "));
    finding.fell_if(last.is_none(), "each restart ended too");
    Ok(last)
}

/// Ends the process in the middle of a feed by a limit of memory that only this feed reaches.
async fn poison_restart(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let publisher = FeedSite::start_at([127, 0, 0, 67].into()).await;
    publisher.set("/big", Rss::new("Big").to_xml());
    scene.add_feed(&publisher.url("/big"), "big");
    let mut program = scene.open().await?;
    let idle = program.memory_mb("VmData");
    program.stop().await;
    // The least limit that a start without the feed survives; the feed needs much more.
    let mut limit = idle;
    loop {
        limit += 6.0;
        anyhow::ensure!(limit < idle + 60.0, "the program needs more than {limit:.0} MB without the feed");
        scene.limits = Limits { data_kb: Some((limit * 1024.0) as u64), ..Limits::default() };
        let mut program = scene.start()?;
        if !program.ends(Duration::from_secs(4)).await {
            program.stop().await;
            break;
        }
    }
    let item = |number: usize| FeedItem {
        guid: format!("{number}"),
        title: format!("Item {number}"),
        description: "<p>text of an item</p> ".repeat(200),
        ..FeedItem::default()
    };
    let big = (0..1300).map(item).fold(Rss::new("Big"), Rss::item).to_xml();
    publisher.set_page("/big", Page::ok(big).header("content-type", "application/rss+xml"));
    let mut finding = Finding::new();
    finding.number("limit MB", limit);
    let mut program = scene.start()?;
    if !program.ends(Duration::from_secs(10)).await {
        // The program refuses the feed, or lives with it, within the limit.
        finding.figure("with the big feed", program.end());
        let alert = scene.alert_secs(Duration::from_secs(10)).await;
        finding.secs("alert s", alert, 10.0);
        finding.fell_if(alert.is_none(), "no alert in 10 s");
        return Ok(finding);
    }
    finding.figure("with the big feed", program.end());
    let Some(mut program) = restart_thrice(&mut scene, &mut finding).await? else { return Ok(finding) };
    let alert = scene.alert_secs(Duration::from_secs(10)).await;
    finding.secs("alert s", alert, 10.0);
    finding.fell_if(alert.is_none(), "no alert after the restarts");
    let log = program.log_text();
    program.stop().await;
    let is_named = log.lines().any(|line| line.contains("/big") && (line.contains("WARN") || line.contains("ERROR")));
    finding.fell_if(!is_named, "the log does not name the feed that was in hand");
    Ok(finding)
}

/// Opens a scene with a polled feed of a stranger, and stops the program.
async fn with_chat_feed(lab: Lab) -> anyhow::Result<(Scene, FeedSite)> {
    let mut scene = Scene::new(lab).await?;
    let site = stranger_site(&mut scene).await;
    let mut program = scene.open().await?;
    add_small(&scene, &site, STRANGER, "/mine").await?;
    program.stop().await;
    Ok((scene, site))
}

/// Starts the program and counts the polls of the stranger's feed during six polls of the operator's.
async fn polls_after_start(scene: &mut Scene, site: &FeedSite) -> anyhow::Result<usize> {
    let before = site.hits("/mine").len();
    let mut program = scene.start()?;
    for _ in 0..3 {
        scene.settle(&mut program).await?;
    }
    Ok(site.hits("/mine").len() - before)
}

async fn feeds_remove(lab: Lab) -> anyhow::Result<Finding> {
    let (mut scene, site) = with_chat_feed(lab).await?;
    let mut finding = Finding::new();
    let removed = scene.command(&["feeds", "remove", &site.url("/mine")], Duration::from_secs(10)).await?;
    finding.figure("feeds remove", removed.end());
    let listed = scene.command(&["feeds", "list"], Duration::from_secs(10)).await?;
    let polls = polls_after_start(&mut scene, &site).await?;
    finding.figure("polls afterwards", polls);
    finding.fell_if(polls > 0, "the removed feed is still polled");
    finding.fell_if(removed.code == Some(0) && listed.text().contains("/mine"), "feeds list still has it");
    Ok(finding)
}

async fn max_feeds_0(lab: Lab) -> anyhow::Result<Finding> {
    let (mut scene, site) = with_chat_feed(lab).await?;
    scene.set("CHATS__MAX_FEEDS", 0);
    let mut finding = Finding::new();
    let polls = polls_after_start(&mut scene, &site).await?;
    finding.figure("polls afterwards", polls);
    finding.fell_if(polls > 0, "chats' feeds are still polled");
    Ok(finding)
}

async fn chats_block(lab: Lab) -> anyhow::Result<Finding> {
    let (mut scene, site) = with_chat_feed(lab).await?;
    let help = scene.command(&["chats", "--help"], Duration::from_secs(10)).await?;
    if help.code != Some(0) {
        return Ok(Finding::missing("there is no command chats"));
    }
    let blocked = scene.command(&["chats", "block", &STRANGER.to_string()], Duration::from_secs(10)).await?;
    let mut finding = Finding::new();
    finding.figure("chats block", blocked.end());
    finding.fell_if(blocked.code != Some(0), "chats block fails");
    let polls = polls_after_start(&mut scene, &site).await?;
    finding.figure("polls afterwards", polls);
    finding.fell_if(polls > 0, "its feed is still polled");
    let mut program = scene.start()?;
    scene.settle(&mut program).await?;
    let answered = scene.say(STRANGER, "/search ceasefire", Duration::from_secs(4)).await;
    finding.fell_if(answered.is_some_and(|text| text.contains("earch")), "the blocked chat is still answered");
    let honest = scene.answer_secs(Duration::from_secs(10)).await;
    finding.fell_if(honest.is_none(), "another chat is not answered");
    Ok(finding)
}

/// Measures the seconds of others' answers and alerts while `attacked` is polled.
async fn standstill(scene: &mut Scene, program: &mut Program, attacked: &[(&FeedSite, &str)]) -> Finding {
    const BOUND: f64 = 20.0;
    let within = Duration::from_secs_f64(BOUND);
    let mut finding = Finding::new();
    for (site, path) in attacked {
        let _ = site.wait_for_hits(path, site.hits(path).len() + 1, Duration::from_secs(5)).await;
    }
    let usage = program.usage().cpu;
    let title = scene.publish();
    let began = Instant::now();
    let (answer, alert, health) = tokio::join!(
        scene.answer_secs(within),
        async { scene.alerted(&title, within).await.then(|| began.elapsed().as_secs_f64()) },
        program.get("/health", within),
    );
    finding.secs("answer s", answer, BOUND);
    finding.secs("alert s", alert, BOUND);
    finding.secs("/health s", health.map(|(_, _, secs)| secs), BOUND);
    finding.number("CPU s", program.usage().cpu - usage);
    finding.fell_if(answer.is_none_or(|secs| secs > LATE_SECS), "the answer is late");
    finding.fell_if(alert.is_none_or(|secs| secs > LATE_SECS + 1.0), "the alert is late");
    finding
}

async fn authors_json(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let site = stranger_site(&mut scene).await;
    let mut program = scene.open().await?;
    for (chat, path) in [(STRANGER, "/mine"), (STRANGER + 1, "/other")] {
        add_small(&scene, &site, chat, path).await?;
    }
    let authors: Vec<String> = (0..100_000).map(|author| format!("{{\"name\":\"a{author}\"}}")).collect();
    let item = format!(r#"{{"id":"x","title":"T","content_text":"T","authors":[{}]}}"#, authors.join(","));
    let body = json_feed(&item);
    for path in ["/mine", "/other"] {
        site.set_page(path, json_page(body.clone()));
    }
    let mut finding = standstill(&mut scene, &mut program, &[(&site, "/mine"), (&site, "/other")]).await;
    finding.number("body MB", body.len() as f64 / 1e6);
    Ok(finding)
}

async fn authors_xml(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let publisher = FeedSite::start_at([127, 0, 0, 67].into()).await;
    for path in ["/big", "/other"] {
        publisher.set(path, Rss::new("Big").to_xml());
        scene.add_feed(&publisher.url(path), &path[1..]);
    }
    let mut program = scene.open().await?;
    let mut creators = String::new();
    for author in 0..280_000 {
        let _ = write!(creators, "<dc:creator>a{author}</dc:creator>");
    }
    let body = format!(
        "<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Big</title><item>\
         <guid>x</guid><title>T</title>{creators}</item></channel></rss>"
    );
    for path in ["/big", "/other"] {
        publisher.set(path, body.clone());
    }
    let mut finding = standstill(&mut scene, &mut program, &[(&publisher, "/big"), (&publisher, "/other")]).await;
    finding.number("body MB", body.len() as f64 / 1e6);
    Ok(finding)
}

/// Changes a page with each poll until it was polled ten times or the log has 300 MB; adds the log's growth.
async fn log_growth(
    program: &mut Program,
    site: &FeedSite,
    path: &str,
    mut page: impl FnMut(usize) -> Page,
) -> Finding {
    let (log, hits, began) = (program.log_mb(), site.hits(path).len(), Instant::now());
    let mut number = 0;
    while began.elapsed() < Duration::from_secs(15) && site.hits(path).len() < hits + 10 && program.log_mb() < 300.0 {
        site.set_page(path, page(number));
        number += 1;
        let _ = site.wait_for_hits(path, hits + number, Duration::from_secs(3)).await;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut finding = Finding::new();
    let polls = site.hits(path).len() - hits;
    finding.figure("polls", polls);
    finding.number("log MB", program.log_mb() - log);
    finding.fell_if(program.log_mb() - log > 1.0, "the log grows by more than 1 MB");
    finding.fell_if(polls == 0, "the feed is not polled");
    finding
}

async fn log_items(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let site = stranger_site(&mut scene).await;
    let mut program = scene.open().await?;
    add_small(&scene, &site, STRANGER, "/mine").await?;
    let items = ",1".repeat(1_000_000);
    let page = |number: usize| {
        let item = format!("{{\"id\":\"{number}\",\"title\":\"T{number}\"}}{items}");
        json_page(gzipped(json_feed(&item).as_bytes())).header("content-encoding", "gzip")
    };
    Ok(log_growth(&mut program, &site, "/mine", page).await)
}

async fn log_entries(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let publisher = FeedSite::start_at([127, 0, 0, 67].into()).await;
    publisher.set("/big", Rss::new("Big").to_xml());
    scene.add_feed(&publisher.url("/big"), "big");
    let mut program = scene.open().await?;
    let empty = "<item><pubDate>never</pubDate></item>".repeat(100_000);
    let page = |number: usize| {
        let body = format!("<rss version=\"2.0\"><channel><title>Big{number}</title>{empty}</channel></rss>");
        Page::ok(body).header("content-type", "application/rss+xml")
    };
    Ok(log_growth(&mut program, &publisher, "/big", page).await)
}

async fn log_flapping(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let publisher = FeedSite::start_at([127, 0, 0, 67].into()).await;
    let paths: Vec<String> = (0..40).map(|feed| format!("/flap{feed}")).collect();
    let well = Rss::new("Flap").item(FeedItem {
        guid: "x".into(),
        title: "X".into(),
        pub_date: Some(http_date(std::time::SystemTime::now())),
        ..FeedItem::default()
    });
    for (number, path) in paths.iter().enumerate() {
        publisher.set(path, well.to_xml());
        scene.add_feed(&publisher.url(path), &format!("flap{number}"));
    }
    let program = scene.open().await?;
    let (log, began, mut turn) = (program.log_mb(), Instant::now(), 0);
    while began.elapsed() < Duration::from_secs(15) {
        for path in &paths {
            if turn % 2 == 0 {
                publisher.set_page(path, Page::ok("<rss><channel><title>broken".repeat(20)));
            } else {
                publisher.set(path, well.to_xml());
            }
        }
        turn += 1;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let mut finding = Finding::new();
    finding.figure("log KB", format!("{:.0}", (program.log_mb() - log) * 1000.0));
    finding.fell_if(program.log_mb() - log > 0.5, "the log grows by more than 0.5 MB in 15 s");
    Ok(finding)
}
