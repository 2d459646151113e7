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

const NIGHT: &str = "commands = [\"/subscribe ceasefire\", \"/quiet 23:00-07:00\"]";
const DAY: &str = "commands = [\"/subscribe ceasefire\"]";
const EVENTS_ONLY: &str = "commands = [\"/subscribe ceasefire\", \"/attention ceasefire events\"]";
const FILTER: &str = "commands = [\"/filter add topic:ceasefire karabakh\", \"/quiet 23:00-07:00\"]";
const PLAIN: &str = "commands = [\"/filter add ceasefire -football\", \"/attention 1 urgent\"]";

/// Mentions of a truce, and then its events.
fn mentions_and_events() -> Vec<Value> {
    let titles = [
        "Bishops pray for a ceasefire in Karabakh",
        "Explainer: what the Karabakh ceasefire of 1994 said",
        "Minister has no plans to discuss the Karabakh ceasefire in Paris",
        "In pictures: Stepanakert between ceasefire and shelling",
        "Karabakh: Armenia and Azerbaijan agree on a ceasefire",
        "Karabakh ceasefire broken within the hour, Yerevan says",
    ];
    let texts = [
        "Bishops of three churches prayed for a ceasefire in Nagorno-Karabakh on Sunday evening.",
        "The ceasefire of 1994 ended the first war over Nagorno-Karabakh. A treaty of peace never followed.",
        "The minister has no plans to discuss the ceasefire in Nagorno-Karabakh in Paris, his spokesman said.",
        "A photographer has spent a week in Stepanakert in Nagorno-Karabakh, where the ceasefire means little.",
        "Armenia and Azerbaijan have agreed on a ceasefire in Nagorno-Karabakh from midnight, both ministries said.",
        "Azerbaijani forces have broken the ceasefire in Nagorno-Karabakh, the Defence Ministry in Yerevan said.",
    ];
    let outlets = ["armenpress", "rferl", "tass", "bbc", "reuters", "france24"];
    let lines = titles.iter().zip(texts).zip(outlets).enumerate();
    let lines = lines.map(|(number, ((title, text), outlet))| {
        article(&number.to_string(), outlet, &format!("2020-10-14T23:{number}0:00Z"), title, text)
    });
    lines.collect()
}

#[test]
fn a_mention_never_rings_and_an_event_always_does() {
    let articles = mentions_and_events();
    let expected: Vec<Value> =
        (0..6).map(|number| json!({"article": number.to_string(), "ring": number >= 4})).collect();
    for (subscriber, messages_before_events) in [(NIGHT, 0), (DAY, 4), (EVENTS_ONLY, 0), (FILTER, 0)] {
        let output = replay(subscriber, &articles, &expected);
        let found = messages(&output);
        let score = score(&output);
        assert_eq!((&score["missed"], &score["rings"]), (&json!(0), &json!(2)), "{subscriber}:\n{}", shown(&found));
        let first = found.iter().position(|message| message["sound"] == json!(true)).unwrap();
        assert_eq!(first, messages_before_events, "{subscriber}:\n{}", shown(&found));
        let first_line = |message: &Value| message["text"].as_str().unwrap().lines().next().unwrap().to_owned();
        let rung: Vec<String> =
            found.iter().filter(|message| message["sound"] == json!(true)).map(first_line).collect();
        assert!(rung[0].contains("Truce agreed"), "{rung:?}");
        assert!(rung[1].ends_with("Truce broken, says Yerevan (via France 24)"), "{rung:?}");
    }
    let plain = replay(PLAIN, &articles, &expected);
    // Two of the four mentions may be one story.
    let rings = score(&plain)["false_rings"].as_u64().unwrap();
    assert!((3..=4).contains(&rings), "a plain word keeps its own attention: {rings}");
}

#[test]
fn a_new_event_of_a_known_story_is_an_update_and_a_repeat_an_edit() {
    let articles = [
        article("agreed", "bbc", "2020-10-10T10:00:00Z", AGREED, AGREED_TEXT),
        article("again", "france24", "2020-10-10T10:02:00Z", AGREED, AGREED_TEXT),
        article(
            "broken",
            "rferl",
            "2020-10-10T12:10:00Z",
            "Armenia and Azerbaijan ceasefire in Nagorno-Karabakh broken minutes after noon on Saturday",
            "The ceasefire in Nagorno-Karabakh, on which the foreign ministers of Armenia and Azerbaijan agreed after \
             eleven hours of talks in Moscow, was broken minutes after noon on Saturday, both sides said.",
        ),
    ];
    for (attention, sounds) in [("urgent", [true, true]), ("normal", [false, false])] {
        let subscriber = format!("commands = [\"/subscribe ceasefire\", \"/attention ceasefire {attention}\"]");
        let output = replay(&subscriber, &articles, &[]);
        let found = messages(&output);
        let told: Vec<&Value> = found.iter().filter(|message| message["kind"] != json!("edit")).collect();
        let sound: Vec<bool> = told.iter().map(|message| message["sound"] == json!(true)).collect();
        assert_eq!(sound, sounds, "{}", shown(&found));
        assert_eq!(told[1]["articles"], json!(["broken"]), "{}", shown(&found));
        let edits = found.iter().filter(|message| message["kind"] == json!("edit"));
        assert!(edits.clone().count() > 0 && edits.clone().all(|edit| edit["sound"] == json!(false)));
    }
}

/// A night of 200 articles: half of them mention a truce, some bring events, the others are about other things.
fn night() -> (Vec<Value>, Vec<Value>) {
    let places = ["Shusha", "Hadrut", "Martuni", "Askeran", "Lachin", "Goris", "Barda", "Terter", "Sisian", "Fuzuli"];
    let mentions = [
        (
            "Residents of {} tell of life under the ceasefire",
            "People in {} shop and sleep while the ceasefire is on everyone's lips.",
        ),
        ("Opinion: {} needs more than a ceasefire", "A ceasefire alone will not rebuild {}, our columnist writes."),
        ("Choir of {} sings for a ceasefire", "The choir of {} sang on Sunday for a ceasefire and for the fallen."),
        ("Analysis: the ceasefire seen from {}", "An analyst explains how the people of {} see the ceasefire."),
        ("Why a ceasefire matters to farmers near {}", "Farmers near {} wait for a ceasefire to bring the harvest in."),
        ("In pictures: {} and the ceasefire", "A photographer shows {} in the week of the ceasefire."),
        ("Mayor of {} welcomes ceasefire", "The mayor of {} welcomed the ceasefire and thanked the helpers."),
        ("Museum in {} recalls the ceasefire of 1994", "A museum in {} opens rooms about the ceasefire of 1994."),
        ("Schools in {} hope for a ceasefire", "Teachers in {} hope that a ceasefire lets the schools open."),
        ("Film from {} asks what a ceasefire is worth", "A film made in {} asks what a ceasefire is worth to a child."),
    ];
    let others = [
        ("Wine from {} wins a prize in Lyon", "A winery near {} has won a prize for its red wine."),
        ("New bakery opens in {}", "A bakery with forty kinds of bread has opened in {}."),
        ("Snow closes the pass above {}", "Snow has closed the mountain pass above {}, the road service said."),
        ("Chess club of {} wins its match", "The chess club of {} has won its match of the week."),
        ("Library of {} gets ten thousand books", "The library of {} has received ten thousand books."),
        ("Trains to {} run late", "Trains to {} run an hour late, since a signal does not work."),
        ("Orchard near {} gives more apples than ever", "An orchard near {} gives more apples than in any year."),
        ("Theatre of {} plays Shakespeare", "The theatre of {} plays Shakespeare in three languages."),
    ];
    let events = [
        (
            "Armenia and Azerbaijan agree on a ceasefire in Karabakh",
            "Armenia and Azerbaijan have agreed on a ceasefire in Nagorno-Karabakh, both foreign ministries said.",
        ),
        (
            "Azerbaijan has violated the ceasefire in Karabakh, Armenia says",
            "Azerbaijani troops violated the ceasefire in Nagorno-Karabakh, the Armenian Defence Ministry said.",
        ),
        (
            "Ceasefire in Nagorno-Karabakh has entered into force",
            "The ceasefire in Nagorno-Karabakh entered into force at midnight.",
        ),
        (
            "Azerbaijan rejects a new ceasefire in Nagorno-Karabakh",
            "Azerbaijan has rejected a new ceasefire in Nagorno-Karabakh, its president said.",
        ),
        (
            "Armenia and Azerbaijan extend the ceasefire in Karabakh by a week",
            "Armenia and Azerbaijan have extended the ceasefire in Nagorno-Karabakh by a week, the co-chairs said.",
        ),
    ];
    let (mut articles, mut expected) = (Vec::new(), Vec::new());
    let mut add = |title: &str, text: &str, ring: bool| {
        let number = articles.len();
        let at = format!(
            "2020-10-1{}T{:02}:{:02}:00Z",
            4 + (22 + number / 30) / 24,
            (22 + number / 30) % 24,
            (number % 30) * 2
        );
        let outlet = format!("outlet-{}", number % 40);
        articles.push(article(&number.to_string(), &outlet, &at, title, text));
        expected.push(json!({"article": number.to_string(), "ring": ring}));
    };
    for round in 0..10 {
        for number in 0..10 {
            let place = places[(round + number) % 10];
            let (title, text) = mentions[number];
            add(&title.replace("{}", place), &text.replace("{}", place), false);
            let (title, text) = others[(round + number) % 8];
            let other = places[(3 * round + number) % 10];
            match events.get(round / 2).filter(|_| number == 5 && round % 2 == 1) {
                Some((title, text)) => add(title, text, true),
                None => add(&title.replace("{}", other), &text.replace("{}", other), false),
            }
        }
    }
    (articles, expected)
}

#[test]
fn a_night_of_mentions_rings_for_its_events() {
    let (articles, expected) = night();
    assert_eq!(articles.len(), 200);
    let output = replay(NIGHT, &articles, &expected);
    let score = score(&output);
    assert_eq!(score["missed"], json!(0), "{score}\n{}", shown(&messages(&output)));
    assert!(score["false_rings"].as_u64().unwrap() * 50 <= score["expected_silent"].as_u64().unwrap(), "{score}");
}
