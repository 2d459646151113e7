//! Events and their facts, in sentences of our own about autumn 2020 and in the article that the product began with.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use ceasewire::config::{self, SettingsSource};
use ceasewire_model::Timestamp;
use ceasewire_model::event::Event;
use ceasewire_stories::event::EventExtractor;
use chrono::DateTime;
use serde_json::{Value, json};

use ceasewire_testkit::data::data;

fn events() -> &'static EventExtractor {
    static EVENTS: OnceLock<EventExtractor> = OnceLock::new();
    EVENTS.get_or_init(|| {
        let profile = config::load(SettingsSource::Defaults, []).unwrap().profile;
        EventExtractor::new(Arc::clone(&profile.vocabulary), &profile.sides)
    })
}

fn found(text: &str, language: &str, published: &str) -> Vec<Event> {
    let published = DateTime::parse_from_rfc3339(published).unwrap();
    events().extract("", text, Some(language), Some(Timestamp(published.timestamp_millis())))
}

fn facts(text: &str, language: &str, topic: &str) -> Value {
    let event = found(text, language, "2020-10-21T09:00:00Z").into_iter().find(|event| event.topic().as_str() == topic);
    let event = event.unwrap_or_else(|| panic!("no {topic} in {text:?}"));
    serde_json::to_value(event).unwrap()["facts"].take()
}

#[test]
#[allow(clippy::print_stderr, reason = "the figures are a result")]
fn sentences_of_this_war_are_told_apart() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/events.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() >= 120);
    // Right, wrong, missed, by topic.
    let mut scores: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    let mut wrong = Vec::new();
    for line in &lines {
        let [text, language, published] = ["text", "language", "published"].map(|key| line[key].as_str().unwrap());
        let found = found(text, language, published);
        let said: Vec<&str> = line["topics"].as_array().unwrap().iter().map(|topic| topic.as_str().unwrap()).collect();
        let mut told: Vec<&str> = found.iter().map(|event| event.topic().as_str()).collect();
        told.sort_unstable();
        told.dedup();
        for topic in &told {
            scores.entry((*topic).to_owned()).or_default()[usize::from(!said.contains(topic))] += 1;
        }
        for topic in said.iter().filter(|topic| !told.contains(topic)) {
            scores.entry((*topic).to_owned()).or_default()[2] += 1;
        }
        for (topic, facts) in line["facts"].as_object().into_iter().flatten() {
            let all: Vec<Value> = found
                .iter()
                .filter(|event| event.topic().as_str() == topic)
                .map(|event| serde_json::to_value(event).unwrap()["facts"].take())
                .collect();
            for (key, value) in facts.as_object().unwrap() {
                if !all.iter().any(|facts| &facts[key] == value) {
                    wrong.push(format!("{text}: {key} of {topic} is not {value}"));
                }
            }
        }
    }
    for (topic, [right, wrong, missed]) in &scores {
        let f1 = 2.0 * *right as f64 / (2 * right + wrong + missed) as f64;
        eprintln!("{topic}: {right} right, {wrong} wrong, {missed} missed, F1 {f1:.3}");
        assert!(f1 >= 0.9 || !matches!(topic.as_str(), "ceasefire" | "meeting"), "{topic}: {f1:.3}");
    }
    let stated: usize = lines
        .iter()
        .filter_map(|line| line["facts"].as_object())
        .flatten()
        .map(|(_, facts)| facts.as_object().unwrap().len())
        .sum();
    eprintln!("facts: {} of {stated} right", stated - wrong.len());
    assert!(wrong.len() * 10 <= stated, "{}", wrong.join("\n"));
}

#[test]
fn a_meeting_says_who_where_and_when() {
    let facts = facts(
        "The foreign ministers of Armenia and Azerbaijan will meet US Secretary of State Mike Pompeo in Washington on October 23.",
        "en",
        "meeting",
    );
    assert_eq!(facts["participants"], json!(["foreign ministers of Armenia and Azerbaijan", "Mike Pompeo"]));
    assert_eq!(facts["place"], "Washington");
    assert_eq!(facts["date"], "2020-10-23");
    assert_eq!(facts["date_words"], "October 23");
    assert_eq!(facts["status"], "planned");
}

#[test]
fn days_are_resolved_against_the_publishing_date() {
    // 21 October 2020 was a Wednesday.
    for (text, language, date, end) in [
        ("Lavrov will meet Bayramov in Moscow on Friday.", "en", "2020-10-23", None),
        ("Lavrov met Bayramov in Moscow on Friday.", "en", "2020-10-16", None),
        ("Lavrov will meet Bayramov in Moscow tomorrow.", "en", "2020-10-22", None),
        ("Lavrov will meet Bayramov in Moscow next week.", "en", "2020-10-26", Some("2020-11-01")),
        ("Lavrov will meet Bayramov in Moscow on 3-4 November.", "en", "2020-11-03", Some("2020-11-04")),
        ("Лавров встретится с Байрамовым в Москве в пятницу.", "ru", "2020-10-23", None),
        ("Лавров встретился с Байрамовым в Москве 12 октября.", "ru", "2020-10-12", None),
        ("Лавров встретится с Байрамовым в Москве на следующей неделе.", "ru", "2020-10-26", Some("2020-11-01")),
    ] {
        let facts = facts(text, language, "meeting");
        assert_eq!(facts["date"], date, "{text}: {facts}");
        assert_eq!(facts["date_end"].as_str(), end, "{text}: {facts}");
        assert_eq!(facts["place"], "Moscow", "{text}: {facts}");
    }
    let undated = events().extract("", "Lavrov will meet Bayramov in Moscow on Friday.", Some("en"), None);
    let undated = serde_json::to_value(&undated[0]).unwrap();
    assert_eq!(undated["facts"]["date"], Value::Null);
    assert_eq!(undated["facts"]["date_words"], "Friday");
}

#[test]
fn casualties_say_how_many_whose_and_who_says_so() {
    let said = facts(
        "According to the Defence Ministry of Karabakh, 43 more Armenian servicemen were killed.",
        "en",
        "casualties",
    );
    assert_eq!((&said["count"], &said["kind"], &said["who"]), (&json!(43), &json!("killed"), &json!("military")));
    assert_eq!(said["side"], "Armenian");
    assert_eq!(said["according_to"], "Defence Ministry of Karabakh");
    let both: Vec<Value> = found(
        "Two civilians were killed and 12 wounded in Barda, Azerbaijani officials said.",
        "en",
        "2020-10-28T10:00:00Z",
    )
    .iter()
    .filter(|event| event.topic().as_str() == "casualties")
    .map(|event| serde_json::to_value(event).unwrap()["facts"].take())
    .collect();
    assert_eq!(both.len(), 2);
    assert_eq!((&both[0]["kind"], &both[0]["count"]), (&json!("killed"), &json!(2)));
    assert_eq!((&both[1]["kind"], &both[1]["count"]), (&json!("wounded"), &json!(12)));
}

#[test]
fn the_article_that_this_began_with_gives_its_facts() {
    let Some(data) = data() else { return };
    let Ok(text) = std::fs::read_to_string(data.join("seed/2020-10-21-nagorno-karabakh.txt")) else { return };
    let text = text.trim_start().trim_start_matches("date 2020-10-21 ");
    let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with("Read:")).collect();
    let found = found(&kept.join("\n"), "en", "2020-10-21T12:00:00Z");
    let json: Vec<Value> = found.iter().map(|event| serde_json::to_value(event).unwrap()).collect();
    let of = |topic: &str| {
        json.iter().filter(|event| event["topic"] == topic).map(|event| &event["facts"]).collect::<Vec<_>>()
    };
    let meeting = of("meeting")[0];
    assert_eq!(meeting["participants"], json!(["foreign ministers of Armenia and Azerbaijan", "Mike Pompeo"]));
    assert_eq!(
        (&meeting["place"], &meeting["date"], &meeting["status"]),
        (&json!("Washington"), &json!("2020-10-23"), &json!("planned"))
    );
    let ceasefire = of("ceasefire")[0];
    assert_eq!((&ceasefire["status"], &ceasefire["brokered_by"]), (&json!("violated"), &json!("Russia")));
    let killed = of("casualties").into_iter().find(|facts| facts["count"] == 43).unwrap();
    assert_eq!((&killed["kind"], &killed["who"]), (&json!("killed"), &json!("military")));
    assert!(killed["sentence"].as_str().unwrap().contains("43 more defence personnel"));
    assert!(found.iter().all(|event| text.contains(&event.sentence)));
}
