//! Answers of a Bot API that Telegram would never give.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ceasewire_testkit::raw_site::{RawSite, Reply};
use serde_json::{Value, json};

use crate::finding::{Case, Finding};
use crate::scene::{Lab, Scene};

pub fn cases() -> Vec<Case> {
    vec![
        Case::new("updates-no-list", "getUpdates answers ok with an object", 40, updates_no_list),
        Case::new("updates-no-ids", "getUpdates answers with updates without numbers", 40, updates_no_ids),
        Case::new("updates-retry-after", "getUpdates answers 429 with retry_after 8", 40, updates_retry_after),
        Case::new("updates-thrice", "one update three times in one answer", 40, updates_thrice),
        Case::new("updates-large", "getUpdates answers with 100 MB", 40, updates_large),
    ]
}

/// Answers a request of the program with a status and a body.
fn reply(status: u16, body: &Value) -> Reply {
    raw(status, body.to_string().as_bytes())
}

fn raw(status: u16, body: &[u8]) -> Reply {
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    Reply::Bytes([head.as_bytes(), body].concat())
}

/// Runs the program against a Bot API with `updates` as the answer to getUpdates; gives it for some seconds.
async fn run(
    lab: Lab,
    secs: u64,
    updates: impl Fn(usize) -> Reply + Send + Sync + 'static,
) -> anyhow::Result<(Scene, RawSite, crate::program::Program)> {
    let mut scene = Scene::new(lab).await?;
    let asked = Arc::new(AtomicUsize::new(0));
    let site = RawSite::start(move |head| {
        let method = head.lines().next().unwrap_or_default().split(' ').nth(1).unwrap_or_default().to_owned();
        match method.rsplit('/').next().unwrap_or_default().split('?').next().unwrap_or_default() {
            "getupdates" => updates(asked.fetch_add(1, Ordering::Relaxed)),
            "getme" => reply(200, &json!({ "ok": true, "result": {
                "id": 123_456, "is_bot": true, "first_name": "C", "username": "c_bot", "can_join_groups": true,
                "can_read_all_group_messages": false, "supports_inline_queries": false, "can_connect_to_business": false,
                "has_main_web_app": false,
            }})),
            "sendmessage" => reply(200, &json!({ "ok": true, "result": {
                "message_id": 1, "date": 1_600_000_000, "chat": { "id": 7, "type": "private", "first_name": "U" }, "text": "x",
            }})),
            _ => reply(200, &json!({ "ok": true, "result": true })),
        }
    })
    .await;
    scene.api_url = Some(site.url(""));
    let mut program = scene.start()?;
    scene.settle(&mut program).await?;
    tokio::time::sleep(Duration::from_secs(secs)).await;
    Ok((scene, site, program))
}

fn requests(site: &RawSite, method: &str) -> usize {
    site.requests().iter().filter(|head| head.lines().next().is_some_and(|line| line.contains(method))).count()
}

/// Judges the pace of getUpdates.
fn pace(site: &RawSite, program: &mut crate::program::Program, most: usize) -> Finding {
    let mut finding = Finding::new();
    let asked = requests(site, "getupdates");
    finding.figure("getUpdates", asked);
    finding.number("log KB", program.log_mb() * 1000.0);
    finding.fell_if(!program.is_alive(), format!("the program: {}", program.end()));
    finding.fell_if(asked == 0, "getUpdates is never called");
    finding.fell_if(asked > most, format!("more than {most} requests"));
    finding
}

async fn updates_no_list(lab: Lab) -> anyhow::Result<Finding> {
    let (_scene, site, mut program) = run(lab, 8, |_| reply(200, &json!({ "ok": true, "result": {} }))).await?;
    Ok(pace(&site, &mut program, 10))
}

async fn updates_no_ids(lab: Lab) -> anyhow::Result<Finding> {
    let update = json!({ "ok": true, "result": [{ "message": {} }, 1, null] });
    let (_scene, site, mut program) = run(lab, 8, move |_| reply(200, &update)).await?;
    Ok(pace(&site, &mut program, 10))
}

async fn updates_retry_after(lab: Lab) -> anyhow::Result<Finding> {
    let refusal = json!({
        "ok": false, "error_code": 429, "description": "Too Many Requests: retry after 8",
        "parameters": { "retry_after": 8 },
    });
    let (_scene, site, mut program) = run(lab, 10, move |_| reply(429, &refusal)).await?;
    Ok(pace(&site, &mut program, 3))
}

async fn updates_thrice(lab: Lab) -> anyhow::Result<Finding> {
    let update = |id: i64| {
        let chat = json!({ "id": 7, "type": "private", "first_name": "U" });
        let from = json!({ "id": 7, "is_bot": false, "first_name": "U", "language_code": "en" });
        json!({ "update_id": id, "message": { "message_id": 5, "date": 1_600_000_000, "chat": chat, "from": from, "text": "/help" } })
    };
    let answer = move |asked: usize| match asked {
        0 => reply(200, &json!({ "ok": true, "result": [update(10), update(10), update(10)] })),
        // The end of a long poll never comes.
        _ => Reply::Hang(Vec::new()),
    };
    let (_scene, site, mut program) = run(lab, 5, answer).await?;
    let mut finding = Finding::new();
    let sent = requests(&site, "sendmessage");
    finding.figure("answers", sent);
    finding.fell_if(!program.is_alive(), "the program ended");
    finding.fell_if(sent != 1, "an update is not handled once");
    Ok(finding)
}

async fn updates_large(lab: Lab) -> anyhow::Result<Finding> {
    let body = Arc::new([b"{\"ok\":true,\"result\":[".as_slice(), &b"1,".repeat(50_000_000), b"1]}"].concat());
    let (_scene, site, mut program) = run(lab, 10, move |_| raw(200, &body)).await?;
    let mut finding = pace(&site, &mut program, 20);
    finding.number("peak MB", program.usage().peak_mb);
    finding.fell_if(program.usage().peak_mb > 400.0, "more than 400 MB");
    Ok(finding)
}
