//! `ceasewire replay`, as a shell sees it: messages as lines, on the clock of the articles.

use std::process::Output;

use serde_json::{Value, json};

use crate::support::program::{run, stderr, stdout};

/// Replays article lines for subscribers, with expectations if there are any.
fn replay(subscriber: &str, articles: &[Value], expected: &[Value]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let lines = |lines: &[Value]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (subscriber, articles) = (file("s.toml", subscriber), file("a.jsonl", &lines(articles)));
    let expected = file("e.jsonl", &lines(expected));
    run(&["replay", "--subscriber", &subscriber, "--expected", &expected, &articles])
}

fn messages(output: &Output) -> Vec<Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Writes messages in short: the time, the kind with `!` for a sound, the story and the articles.
fn shown(messages: &[Value]) -> String {
    let line = |message: &Value| {
        let sound = if message["sound"] == json!(true) { "!" } else { "" };
        let stories = message.get("stories").map(|stories| format!(" {stories}")).unwrap_or_default();
        let [at, kind] = ["at", "kind"].map(|key| message[key].as_str().unwrap());
        format!("{at} {kind}{sound} {}{stories} {} {}", message["story"], message["articles"], message["topics"])
    };
    messages.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn article(id: &str, outlet: &str, published: &str, title: &str, text: &str) -> Value {
    json!({"id": id, "outlet": outlet, "published": published, "title": title, "text": text, "language": "en"})
}

/// The scores of the one subscriber, the last line of standard error.
fn score(output: &Output) -> Value {
    serde_json::from_str(stderr(output).lines().last().unwrap()).unwrap()
}

const AGREED: &str = "Armenia and Azerbaijan agree on a ceasefire in Nagorno-Karabakh";
const AGREED_TEXT: &str = "The foreign ministers of Armenia and Azerbaijan have agreed on a ceasefire in Nagorno-Karabakh \
                           from noon on Saturday, after eleven hours of talks in Moscow.";

#[test]
fn a_night_comes_out_on_its_own_clock() {
    let articles = [
        article("truce", "an outlet of no profile", "2020-10-09T22:00:00Z", AGREED, AGREED_TEXT),
        article("truce again", "bbc", "2020-10-09T22:03:00Z", AGREED, AGREED_TEXT),
        json!({"id": "football", "title": "A football match in Sevan", "text": "It ended without goals.", "language": "en"}),
        article(
            "bridge",
            "tass",
            "2020-10-09T23:30:00Z",
            "Engineers reopen the bridge near Hadrut",
            "Engineers have reopened the bridge near Hadrut in Nagorno-Karabakh, the road service said.",
        ),
    ];
    let expected = [
        json!({"article": "truce", "ring": true, "story": "t"}),
        json!({"article": "truce again", "ring": false, "story": "t"}),
        json!({"article": "bridge", "ring": false, "story": "b"}),
    ];
    let night =
        "commands = [\"/subscribe ceasefire\", \"/filter add bridge\", \"/quiet 23:00-07:00\", \"/timezone Baku\"]";
    let output = replay(night, &articles, &expected);
    assert!(output.status.success(), "{}", stderr(&output));
    let found = messages(&output);
    insta::assert_snapshot!(shown(&found), @r#"
    2020-10-09T22:00:00Z alert! "truce" ["truce"] ["ceasefire"]
    2020-10-09T22:03:40Z edit "truce" ["truce","truce again"] ["ceasefire"]
    2020-10-10T03:00:00Z alert "bridge" ["bridge"] []
    "#);
    assert!(found[0].get("subscriber").is_none());
    assert!(found[0]["text"].as_str().unwrap().contains("an outlet of no profile"), "{}", found[0]["text"]);
    assert!(stderr(&output).contains("/filter add bridge: Filter 1 is on"), "{}", stderr(&output));
    let score = score(&output);
    assert_eq!((&score["missed"], &score["false_rings"], &score["false_merges"]), (&json!(0), &json!(0), &json!(0)));
    assert_eq!((&score["alerts_per_story"], &score["seconds_to_alert_worst"]), (&json!(1.0), &json!(0.0)));
}

#[test]
fn digests_leave_at_their_times_for_each_subscriber() {
    let report = |id: &str, time: &str, place: &str| {
        let title = format!("New power station opens in {place}");
        article(id, "bbc", time, &title, &format!("A power station has opened in {place}, the operator said."))
    };
    let articles = [report("goris", "2020-10-09T22:00:00Z", "Goris"), report("ganja", "2020-10-10T05:00:00Z", "Ganja")];
    let subscribers = "
        [[subscribers]]
        name = \"desk\"
        commands = [\"/filter add station\"]
        [[subscribers]]
        name = \"reader\"
        commands = [\"/filter add station\", \"/digest daily 08:00\"]";
    let output = replay(subscribers, &articles, &[]);
    let lines: Vec<String> = messages(&output)
        .iter()
        .map(|message| format!("{} {}", message["subscriber"], shown(std::slice::from_ref(message))))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    "desk" 2020-10-09T22:00:00Z alert "goris" ["goris"] []
    "desk" 2020-10-10T05:00:00Z alert "ganja" ["ganja"] []
    "reader" 2020-10-10T08:00:00Z digest null ["goris","ganja"] ["goris","ganja"] []
    "#);
}

#[test]
fn a_new_version_of_an_article_is_named_by_its_own_line() {
    let articles = [
        article(
            "stub",
            "bbc",
            "2020-10-10T08:00:00Z",
            "Talks on Nagorno-Karabakh in Moscow go on",
            "The foreign ministers of Armenia and Azerbaijan are in Moscow for talks on Nagorno-Karabakh.",
        ),
        json!({"id": "news", "version_of": "stub", "published": "2020-10-10T09:00:00Z", "title": AGREED, "text": AGREED_TEXT}),
        json!({"id": "lost", "version_of": "no such line", "title": "x"}),
    ];
    let output =
        replay("commands = [\"/subscribe ceasefire\"]", &articles, &[json!({"article": "news", "ring": true})]);
    assert_eq!(output.status.code(), Some(1), "a faulty line");
    assert!(stderr(&output).contains("a.jsonl: line 3: version_of: no earlier line has the id"), "{}", stderr(&output));
    insta::assert_snapshot!(shown(&messages(&output)), @r#"2020-10-10T09:00:00Z alert! "stub" ["news"] ["ceasefire"]"#);
    assert_eq!(score(&output)["missed"], json!(0));
}

#[test]
fn faults_of_the_files_are_named_with_their_places() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let output = run(&["replay", "--subscriber", &file("s.toml", "command = []"), &file("a.jsonl", "")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("s.toml: TOML parse error"), "{}", stderr(&output));

    let subscriber = file("s.toml", "commands = [\"/subscribe nothing\"]");
    let articles = file("a.jsonl", "{\"id\": 1, \"title\": \"A\"}\n{\"title\": \"B\"}\n{\"id\": 1}\n");
    let expected = file("e.jsonl", "{\"article\": 1}\n");
    let output = run(&["replay", "--subscriber", &subscriber, "--expected", &expected, &articles]);
    assert_eq!(output.status.code(), Some(1));
    for part in [
        "e.jsonl: line 1: the line has neither",
        "a.jsonl: line 2: missing field `id`",
        "a.jsonl: line 3: the id 1 occurs twice",
    ] {
        assert!(stderr(&output).contains(part), "{part}: {}", stderr(&output));
    }
}
