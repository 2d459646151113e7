//! One rule, and the topics, over articles in the profile's eight languages.

use std::collections::BTreeSet;

use ceasewire::config::{self, SettingsSource};
use ceasewire_rules::eval;
use ceasewire_text::Doc;
use serde_json::Value;

#[test]
fn topics_and_rules_match_in_eight_languages() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/languages.jsonl");
    let lines = std::fs::read_to_string(file).unwrap();
    let vocabulary = config::load(SettingsSource::Defaults, []).unwrap().profile.vocabulary.clone();
    let rule = vocabulary.compile("karabakh (ceasefire OR truce)").unwrap();
    let mut wrong = Vec::new();
    let mut languages = BTreeSet::new();
    for line in lines.lines() {
        let article: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| article[key].as_str().unwrap();
        let doc = Doc::new(text("title"), text("text")).in_language(Some(text("language")));
        languages.insert(text("language").to_owned());
        let found = eval::matches(&rule, &doc);
        if found != article["expect"]["rule"].as_bool().unwrap() {
            wrong.push(format!("{}: the rule {}", text("id"), if found { "matches" } else { "does not match" }));
        }
        let topics = vocabulary.find_topics(&doc);
        let expected: Vec<&str> =
            article["expect"]["topics"].as_array().unwrap().iter().map(|topic| topic.as_str().unwrap()).collect();
        let missing = expected.iter().any(|topic| !topics.contains(&(*topic).to_owned()));
        let false_truce = topics.contains(&"ceasefire".to_owned()) && !expected.contains(&"ceasefire");
        let of_another_war = text("id").ends_with("-wrong") && !topics.is_empty();
        if missing || false_truce || of_another_war {
            wrong.push(format!("{}: topics {topics:?}, expected {expected:?}", text("id")));
        }
    }
    assert_eq!(languages.len(), 8);
    assert!(wrong.is_empty(), "{wrong:#?}");
}
