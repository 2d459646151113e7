//! The examples of docs/rules.md are true.

use ceasewire::config::{self, SettingsSource};
use ceasewire_rules::eval;
use ceasewire_text::Doc;

/// The sections whose tables have the columns: rule, finds, does not find.
const SECTIONS: &[&str] = &["Inflection", "Regular expressions", "Examples"];

/// An article in a cell: a headline in bold, and text.
fn article(cell: &str) -> (String, String) {
    match cell.strip_prefix("**").and_then(|rest| rest.split_once("**")) {
        Some((title, text)) => (title.to_owned(), text.trim().to_owned()),
        None => (String::new(), cell.to_owned()),
    }
}

#[test]
fn each_example_finds_what_it_says_and_not_what_it_does_not() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules.md")).unwrap();
    let vocabulary = config::load(SettingsSource::Text("test", ""), []).unwrap().profile.vocabulary.clone();
    for section in SECTIONS {
        let (_, rest) = page.split_once(&format!("\n## {section}\n")).unwrap();
        let table = rest.split("\n## ").next().unwrap().replace("\\|", "\u{1}");
        let rows: Vec<Vec<String>> = table
            .lines()
            .filter(|line| line.starts_with("| `"))
            .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().replace('\u{1}', "|")).collect())
            .collect();
        assert!(rows.len() >= 3, "{section}");
        for row in rows {
            let rule = row[0].trim_matches('`');
            let expr = vocabulary.compile(rule).unwrap_or_else(|error| panic!("{error}"));
            for (cell, expected) in [(&row[1], true), (&row[2], false)] {
                let (title, text) = article(cell);
                let doc = Doc::new(&title, &text);
                let topics = vocabulary.find_topics(&doc);
                let doc = doc.about(topics);
                assert_eq!(eval::matches(&expr, &doc), expected, "{rule}: {cell}");
            }
        }
    }
}
