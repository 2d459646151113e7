//! The language of headlines, of our own writing and of real articles.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use ceasewire_text::language::identify;
use serde_json::Value;

use ceasewire_testkit::data::data;

/// The languages of 50 headlines each; the other article languages have a few.
const LANGUAGES: [&str; 8] = ["en", "fr", "ru", "hy", "tr", "az", "ka", "fa"];

/// Reads the headlines with their languages; `other` stands for languages that are no article language.
fn headlines() -> Vec<(String, String)> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/headlines.jsonl");
    let text = |line: &Value, key: &str| line[key].as_str().unwrap().to_owned();
    let lines = std::fs::read_to_string(file).unwrap();
    let lines = lines.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.map(|line: Value| (text(&line, "language"), text(&line, "title"))).collect()
}

/// Computes the share of correctly identified texts, in percent, and lists the others.
fn score<'a>(texts: impl IntoIterator<Item = &'a (String, String)>) -> (f64, Vec<String>) {
    let (mut all, mut wrong) = (0, Vec::new());
    for (language, text) in texts {
        all += 1;
        let found = identify(text, "", None).unwrap_or("other");
        if found != language {
            wrong.push(format!("{language} taken for {found}: {text}"));
        }
    }
    (100.0 - 100.0 * wrong.len() as f64 / f64::from(all.max(1)), wrong)
}

#[test]
#[allow(clippy::print_stderr, reason = "the figures are a result")]
fn the_language_of_97_of_100_headlines_is_found() {
    let (others, ours): (Vec<_>, Vec<_>) = headlines().into_iter().partition(|(language, _)| language == "other");
    for language in LANGUAGES {
        assert_eq!(ours.iter().filter(|(of, _)| of == language).count(), 50, "{language}");
    }
    let (first, _) = score(ours.iter().step_by(2));
    let (second, _) = score(ours.iter().skip(1).step_by(2));
    let (percent, wrong) = score(&ours);
    eprintln!("headlines: {percent:.2} % of {} ({first:.1} % and {second:.1} % of the halves): {wrong:#?}", ours.len());
    assert!(percent >= 97.0, "{percent} %");
    let (percent, wrong) = score(&others);
    eprintln!("headlines in other languages: {percent:.1} % of {} have no answer: {wrong:#?}", others.len());
    assert!(percent >= 90.0, "{percent} %");
}

#[test]
#[allow(clippy::print_stderr, reason = "the figures are a result")]
fn the_feeds_language_helps_and_misleads_little() {
    let ours: Vec<_> = headlines().into_iter().filter(|(language, _)| language != "other").collect();
    let right = |prior: fn(&str) -> &str| {
        let found =
            ours.iter().filter(|(language, title)| identify(title, "", Some(prior(language))) == Some(language));
        100.0 * found.count() as f64 / ours.len() as f64
    };
    let stated = right(|language| language);
    let wrong = right(|language| if language == "en" { "fr" } else { "en" });
    eprintln!("headlines: {stated:.2} % where the feed states the language, {wrong:.2} % where it states another");
    assert!(stated >= 99.0 && wrong >= 90.0, "{stated} % and {wrong} %");
}

#[test]
#[allow(clippy::print_stderr, reason = "the figures are a result")]
fn real_texts_are_of_the_language_that_they_are_said_to_be() {
    let Some(data) = data() else { return };
    let Ok(docs) = std::fs::read_to_string(data.join("boolean/fts5_dev_docs.jsonl")) else { return };
    let docs: Vec<Value> = docs.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let text = |line: &Value, key: &str| line[key].as_str().unwrap().to_owned();
    // As long as a headline: the first eight words.
    let beginning = |text: String| text.split_whitespace().take(8).collect::<Vec<_>>().join(" ");
    let texts: Vec<_> = docs.iter().map(|doc| (text(doc, "lang"), beginning(text(doc, "text")))).collect();
    let (percent, wrong) = score(&texts);
    eprintln!("beginnings of real texts: {percent:.2} % of {}: {wrong:#?}", texts.len());
    assert!(percent >= 99.0, "{percent} %");
}
