//! Secrets and control characters in the program's output, and input of other bytes than text.

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use ceasewire_testkit::feed_site::{FeedItem, Page, Rss, http_date};

use crate::finding::{Case, Finding};
use crate::poison::stranger_site;
use crate::program::{Program, limited};
use crate::scene::{Lab, STRANGER, SUBSCRIBER, Scene, WORD};

pub fn cases() -> Vec<Case> {
    vec![
        Case::new("address-secrets", "passwords and keys in addresses of feeds", 60, address_secrets),
        Case::new("open-token-file", "a token file that all users may read", 30, open_token_file),
        Case::new("control-characters", "8-bit controls in a feed's names", 40, control_characters),
        Case::new("bidi-controls", "unbalanced controls of text direction in a headline", 40, bidi_controls),
        Case::new("console-bytes", "a line on the console that is no UTF-8", 30, console_bytes),
        Case::new("import-faults", "feeds import of 200,000 bad outlines", 60, import_faults),
    ]
}

const SECRETS: [&str; 4] = ["SECRETURLPW", "SECRETAPIKEY", "SECRETCHATPW", "SECRETCHATKEY"];

async fn address_secrets(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let site = stranger_site(&mut scene).await;
    let feed =
        Rss::new("Feed").item(FeedItem { guid: "1".into(), title: "One".into(), ..FeedItem::default() }).to_xml();
    site.set("/own", feed.clone());
    site.set("/chats", feed);
    let secret = |path: &str, password: &str, key: &str| {
        site.url(path).replace("http://", &format!("http://user:{password}@")) + &format!("?apikey={key}")
    };
    let own = secret("/own", SECRETS[0], SECRETS[1]);
    scene.add_feed(&own, "own");
    scene.set("LOG__FILTER", "trace");
    let mut program = scene.start()?;
    let mut finding = Finding::new();
    let mut outputs = Vec::new();
    if scene.settle(&mut program).await.is_ok() {
        let chats = secret("/chats", SECRETS[2], SECRETS[3]);
        let reply = scene.say(STRANGER, &format!("/feed add {chats}"), Duration::from_secs(15)).await;
        finding.figure("a chat's feed", reply.unwrap_or_default().chars().take(40).collect::<String>());
        let _ = site.wait_for_hits("/own", 3, Duration::from_secs(8)).await;
        site.set_page("/own", Page::status(500));
        site.set_page("/chats", Page::status(500));
        tokio::time::sleep(Duration::from_secs(3)).await;
        outputs.push(("/feed", scene.say(STRANGER, "/feed", Duration::from_secs(10)).await.unwrap_or_default()));
        let metrics = program.get("/metrics", Duration::from_secs(5)).await;
        outputs.push(("/metrics", metrics.map(|(_, body, _)| body).unwrap_or_default()));
    }
    outputs.push(("log", program.log_text()));
    program.stop().await;
    for arguments in
        [&["feeds", "list"][..], &["feeds", "export"], &["check"], &["feeds", "test", &own], &["feeds", "remove", &own]]
    {
        let name: &'static str = match arguments {
            ["feeds", "list"] => "feeds list",
            ["feeds", "export"] => "feeds export",
            ["feeds", "test", ..] => "feeds test",
            ["feeds", ..] => "feeds remove",
            _ => "check",
        };
        outputs.push((name, scene.command(arguments, Duration::from_secs(15)).await?.text()));
    }
    for (name, text) in &outputs {
        let printed: Vec<&str> = SECRETS.into_iter().filter(|secret| text.contains(secret)).collect();
        // A chat reads its own feeds; in a group other members do so too.
        finding.fell_if(!printed.is_empty(), format!("{name} prints {}", printed.join(" ")));
    }
    Ok(finding)
}

async fn open_token_file(lab: Lab) -> anyhow::Result<Finding> {
    use std::os::unix::fs::PermissionsExt;
    let scene = Scene::new(lab).await?;
    let file = scene.folder().join("token");
    std::fs::write(&file, scene.api.token())?;
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o666))?;
    let (config, _) = scene.config()?;
    let mut command = limited(&scene.lab.binary, scene.limits);
    command.arg("--config").arg(config).arg("check").current_dir(scene.folder());
    command.env("CEASEWIRE__TELEGRAM__TOKEN_FILE", &file);
    let checked = crate::program::finish(command, scene.folder(), Duration::from_secs(15)).await?;
    let text = checked.text();
    let is_told = text.lines().any(|line| {
        line.contains("token") && (line.contains("warning") || line.contains("mode") || line.contains("read"))
    });
    let mut finding = Finding::new();
    finding.figure("check", checked.end());
    finding.fell_if(!is_told, "check does not warn");
    finding.fell_if(text.contains(scene.api.token()), "check prints the token");
    Ok(finding)
}

/// Finds a control character that a terminal obeys, beside line ends and tabs.
fn control_of(text: &str) -> Option<char> {
    text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\r'))
}

async fn control_characters(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let csi = "\u{9b}31m";
    let named = format!("<?xml version=\"1.0\"?><x{csi} xmlns=\"urn:{csi}\"><title>{csi}</title></x{csi}>");
    let title = format!("Title {csi}red &#x9b;31m");
    let feed = format!(
        "<rss version=\"2.0\"><channel><title>{title}</title><item><guid>1{csi}</guid><title>{title}</title>\
         <link>http://x.example/{csi}</link><description>{csi}</description></item></channel></rss>"
    );
    scene.site.set_page("/named", Page::ok(named).header("content-type", "application/xml"));
    scene.site.set_page("/titled", Page::ok(feed).header("content-type", "application/rss+xml"));
    let (named, titled) = (scene.site.url("/named"), scene.site.url("/titled"));
    scene.add_feed(&named, "named");
    scene.add_feed(&titled, "titled");
    let mut program = scene.start()?;
    scene.settle(&mut program).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    program.stop().await;
    let mut finding = Finding::new();
    let mut outputs = vec![("log", program.log_text())];
    for arguments in [
        &["feeds", "list"][..],
        &["feeds", "test", &named],
        &["feeds", "test", &titled],
        &["feeds", "export"],
        &["inspect", "feed", &named],
        &["inspect", "feed", &titled],
    ] {
        let finished = scene.command(arguments, Duration::from_secs(15)).await?;
        let name = if arguments[0] == "inspect" {
            "inspect feed"
        } else {
            ["feeds list", "feeds test", "feeds export"]
                [usize::from(arguments[1] == "test") + 2 * usize::from(arguments[1] == "export")]
        };
        outputs.push((name, finished.text()));
    }
    for (name, text) in outputs {
        let found = control_of(&text.replace("\u{1b}[", ""));
        if name == "inspect feed" {
            // Its JSON is data for programs.
            finding.figure("inspect feed", found.map_or_else(|| "clean".to_owned(), |c| format!("writes {c:?}")));
        } else {
            finding.fell_if(found.is_some(), format!("{name} writes {:?}", found.unwrap_or_default()));
        }
    }
    Ok(finding)
}

async fn bidi_controls(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    scene.site.set("/bidi", Rss::new("Bidi").to_xml());
    let url = scene.site.url("/bidi");
    scene.add_feed(&url, "bidi");
    let _program = scene.open().await?;
    let item = FeedItem {
        guid: "b".into(),
        title: "Karabakh \u{202e}decalper\u{2066} headline".into(),
        description: format!("A \u{202d}{WORD} looked\u{2067} on."),
        link: "https://wire.example/b".into(),
        pub_date: Some(http_date(std::time::SystemTime::now())),
    };
    scene.site.set("/bidi", Rss::new("Bidi").item(item).to_xml());
    let told = scene.api.wait_until(Duration::from_secs(10), |state| {
        state.sent().iter().any(|m| m.chat_id == SUBSCRIBER && m.plain.contains("decalper"))
    });
    anyhow::ensure!(told.await.is_ok(), "no alert");
    let text = scene.api.read(|state| {
        let alert = state.sent().iter().find(|m| m.plain.contains("decalper")).map(|m| m.plain.clone());
        alert.unwrap_or_default()
    });
    let mut finding = Finding::new();
    let mut open = Vec::new();
    let mut is_balanced = true;
    for c in text.chars() {
        match c {
            '\u{202a}' | '\u{202b}' | '\u{202d}' | '\u{202e}' => open.push('\u{202c}'),
            '\u{2066}'..='\u{2068}' => open.push('\u{2069}'),
            '\u{202c}' | '\u{2069}' => is_balanced &= open.pop() == Some(c),
            // A paragraph's end closes all in a terminal and in Telegram; the next line is not turned.
            _ => {}
        }
    }
    finding.figure("controls left open", open.len());
    finding.fell_if(!open.is_empty() || !is_balanced, "an alert turns the text after its headline");
    Ok(finding)
}

async fn console_bytes(lab: Lab) -> anyhow::Result<Finding> {
    let scene = Scene::new(lab).await?;
    let (config, listen) = scene.config()?;
    let (log, out) = (scene.folder().join("console.log"), scene.folder().join("console.out"));
    let mut command = limited(&scene.lab.binary, scene.limits);
    command.arg("run").arg("--config").arg(config).current_dir(scene.folder()).stdin(Stdio::piped());
    command.stdout(std::fs::File::create(&out)?).stderr(std::fs::File::create(&log)?);
    let mut program = Program::new(command, log, listen)?;
    let mut input = program.child().stdin.take();
    tokio::time::sleep(Duration::from_secs(2)).await;
    if let Some(input) = &mut input {
        input.write_all(b"caf\xe9 \xff\xfe\n/start\n/quit\n")?;
        input.flush()?;
    }
    let ended = program.ends(Duration::from_secs(10)).await;
    let mut finding = Finding::new();
    finding.figure("program", program.end());
    finding.fell_if(!ended, "/quit on a later line is not read");
    finding.fell_if(!std::fs::read_to_string(out)?.contains("Ceasewire"), "/start on a later line is not answered");
    Ok(finding)
}

async fn import_faults(lab: Lab) -> anyhow::Result<Finding> {
    let scene = Scene::new(lab).await?;
    let outlines: String = (0..200_000).map(|number| format!("<outline xmlUrl=\"x:{number}\"/>\n")).collect();
    let file = scene.folder().join("feeds.opml");
    std::fs::write(&file, format!("<opml version=\"2.0\"><body>\n{outlines}</body></opml>"))?;
    let began = Instant::now();
    let imported = scene.command(&["feeds", "import", &file.display().to_string()], Duration::from_secs(40)).await?;
    let mut finding = Finding::new();
    finding.secs("seconds", imported.code.map(|_| began.elapsed().as_secs_f64()), 40.0);
    finding.number("output MB", (imported.stderr.len() + imported.stdout.len()) as f64 / 1e6);
    finding.number("peak MB", imported.usage.peak_mb);
    finding.fell_if(imported.code.is_none() || imported.secs > 8.0, "the faults take longer than 8 s");
    Ok(finding)
}
