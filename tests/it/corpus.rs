//! Real material, where it lies beside the project: nothing of it may cause a panic, and the seed article comes out clean.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use ceasewire::article::clean::plain_text;
use ceasewire::config::{self, Source};
use ceasewire::feed::parse;
use ceasewire::rule;
use serde_json::Value;

use crate::support::data::data;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = folder.read_dir() else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found
}

fn lines(path: PathBuf) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
#[allow(clippy::print_stderr, reason = "the counts are a result")]
fn every_feed_gives_entries_or_a_clear_error() {
    let Some(data) = data() else { return };
    let (mut good, mut refused) = (0, 0);
    for path in files(&data.join("feeds")) {
        let bytes = std::fs::read(&path).unwrap();
        let parsed = catch_unwind(AssertUnwindSafe(|| {
            parse::parse(&bytes, None, None)
                .map(|feed| feed.entries.iter().map(|entry| plain_text(&entry.html).len()).sum::<usize>())
        }));
        match parsed.unwrap_or_else(|_| panic!("{}", path.display())) {
            Ok(_) => good += 1,
            Err(error) => {
                assert!(!error.to_string().is_empty());
                refused += 1;
            }
        }
    }
    eprintln!("feeds: {good} read, {refused} refused");
    assert!(good > refused);
}

#[test]
fn the_seed_article_loses_its_teasers_and_nothing_else() {
    let Some(data) = data() else { return };
    let Some(path) = files(&data.join("seed")).into_iter().next() else {
        return;
    };
    let source = std::fs::read_to_string(path).unwrap();
    let text = plain_text(&source);
    let kept: Vec<String> = source
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with("Read:"))
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(text.lines().collect::<Vec<_>>(), kept);
    let settings = config::load(Source::Defaults, []).unwrap();
    let topics = settings.vocabulary.find_topics(&rule::Doc::new("", &text));
    for topic in ["ceasefire", "meeting", "mediation", "casualties"] {
        assert!(topics.contains(&topic.to_owned()), "{topic}: {topics:?}");
    }
}

#[test]
#[allow(clippy::print_stderr, reason = "the counts are a result")]
fn plain_rules_find_what_an_independent_engine_finds() {
    let Some(data) = data().map(|data| data.join("boolean")).filter(|data| data.exists()) else {
        return;
    };
    let text = |line: &Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
    let docs: Vec<(String, Value, rule::Doc)> = lines(data.join("fts5_dev_docs.jsonl"))
        .into_iter()
        .map(|doc| {
            (text(&doc, "lang"), doc["id"].clone(), rule::Doc::with(rule::Analysis::Plain, "", &text(&doc, "text")))
        })
        .collect();
    let (mut equal, mut other) = (0, Vec::<String>::new());
    for line in lines(data.join("fts5_dev_queries.jsonl")) {
        let (query, language) = (text(&line, "query"), text(&line, "lang"));
        let expr = rule::parse(&query).unwrap();
        let found = docs.iter().filter(|(lang, _, doc)| *lang == language && rule::eval::matches(&expr, doc));
        let found: BTreeSet<String> = found.map(|(_, id, _)| id.to_string()).collect();
        let expected: BTreeSet<String> = line["matches"].as_array().unwrap().iter().map(Value::to_string).collect();
        if found == expected { equal += 1 } else { other.push(query) }
    }
    eprintln!("queries: {equal} equal, {} not: {other:?}", other.len());
    assert_eq!(other, Vec::<String>::new());
}

#[test]
fn foreign_queries_give_a_rule_that_prints_and_parses_or_a_clear_error() {
    let Some(data) = data().map(|data| data.join("boolean/parse_cases.jsonl")).filter(|data| data.exists()) else {
        return;
    };
    for case in lines(data) {
        let Some(query) = ["query", "q", "input"].iter().find_map(|key| case[*key].as_str()) else { panic!("{case}") };
        match rule::parse(query) {
            Ok(expr) => {
                let normal = expr.to_string();
                assert_eq!(rule::parse(&normal).map(|again| again.to_string()), Ok(normal), "{query}");
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}
