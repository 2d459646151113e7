//! Real material beside the project: no file of it causes a panic, and the seed article comes out clean.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use ceasewire::config::{self, SettingsSource};
use ceasewire_articles::clean::{plain_line, plain_text};
use ceasewire_feeds::budget::FeedBudget;
use ceasewire_feeds::parse;
use ceasewire_model::{Entry, Timestamp};
use ceasewire_rules::eval;
use ceasewire_text::{Analysis, Doc};
use chrono::{DateTime, TimeZone, Utc};
use quick_xml::events::Event;
use serde_json::Value;
use url::Url;

use ceasewire_testkit::data::data;

const BUDGET: FeedBudget =
    FeedBudget { max_entries: 20_000, max_entry_bytes: 10_000_000, max_authors: 1000, parse_ms: 60_000 };

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
        let start = std::time::Instant::now();
        let parsed = catch_unwind(AssertUnwindSafe(|| {
            parse::parse(&bytes, None, None, &BUDGET)
                .map(|feed| feed.entries.iter().map(|entry| plain_text(&entry.html).len()).sum::<usize>())
        }));
        assert!(start.elapsed().as_secs() < 2, "{} takes long", path.display());
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

/// Runs feedparser's own tests of the fields that the model has; compared as text, HTML apart.
#[test]
#[allow(clippy::print_stderr, reason = "the share is the result")]
fn feedparsers_tests_of_well_formed_feeds_hold() {
    let Some(folder) = data().map(|data| data.join("feeds/feedparser")).filter(|folder| folder.exists()) else {
        return;
    };
    let (mut held, mut failed, mut unknown) = (0, Vec::new(), BTreeMap::<String, usize>::new());
    for line in lines(folder.join("expect.jsonl")) {
        let file = line["file"].as_str().unwrap();
        let bytes = std::fs::read(folder.join(file)).unwrap();
        // Channel Definition Format is no feed of ours.
        if !well_formed(&bytes) || file.contains("/cdf/") {
            continue;
        }
        let source = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        // Each file names its own response headers.
        let header = |name: &str| {
            let rest = source.split(&format!("header:      {name}:")).nth(1)?;
            rest.lines().next().map(str::trim)
        };
        let base = Url::parse("http://127.0.0.1:8097/").unwrap().join(file).unwrap();
        let base = header("content-location").and_then(|location| base.join(location).ok()).unwrap_or(base);
        let read = parse::parse(&bytes, header("content-type"), Some(base.as_str()), &BUDGET);
        let texts = ["<summary", "<content", "<description", "<dc:description"];
        let two_texts = texts.iter().filter(|text| source.contains(*text)).count() > 1;
        for condition in line["conds"].as_array().unwrap() {
            let path: Vec<String> = condition["path"].as_array().unwrap().iter().map(part).collect();
            let holds = match &read {
                Ok(feed) => holds(feed, &path, &condition["eq"]),
                Err(_) if path[0] == "entries" || path[0] == "feed" => Some(false),
                Err(_) => None,
            };
            match holds {
                Some(true) => held += 1,
                // The model has one text for an entry, the longer one.
                Some(false) if two_texts && path[0] == "entries" && is_text(&path) => {
                    *unknown.entry(format!("{} beside another text", path.join("."))).or_default() += 1;
                }
                Some(false) => failed.push(format!("{file}: {} = {}", path.join("."), condition["eq"])),
                None => *unknown.entry(path.join(".")).or_default() += 1,
            }
        }
    }
    let share = f64::from(held) / (f64::from(held) + failed.len() as f64);
    eprintln!("expectations: {held} hold, {} do not: {:.1} %", failed.len(), 100.0 * share);
    failed.iter().for_each(|failure| eprintln!("  {failure}"));
    let paths: Vec<String> = unknown.iter().map(|(path, count)| format!("{path} ({count})")).collect();
    eprintln!("out of the model: {}", paths.join(", "));
    assert!(share >= 0.98, "{failed:#?}");
}

fn is_text(path: &[String]) -> bool {
    matches!(path.get(2).map(String::as_str), Some("summary" | "summary_detail" | "content" | "description"))
}

fn part(part: &Value) -> String {
    part.as_str().map_or_else(|| part.to_string(), str::to_owned)
}

fn well_formed(bytes: &[u8]) -> bool {
    let mut reader = quick_xml::Reader::from_reader(quick_xml::encoding::DecodingReader::new(bytes));
    let mut buffer = Vec::new();
    let mut read = || -> quick_xml::Result<bool> {
        loop {
            buffer.clear();
            match reader.read_event_into(&mut buffer)? {
                // The decoder panics at a late declaration of an encoding.
                Event::Decl(declaration) if declaration.encoder().is_some_and(|e| e != encoding_rs::UTF_8) => {
                    return Ok(true);
                }
                Event::Eof => return Ok(true),
                _ => {}
            }
        }
    };
    read().unwrap_or(false)
}

/// Checks an expectation; `None` where the model has no field for it.
fn holds(feed: &parse::ParsedFeed, path: &[String], expected: &Value) -> Option<bool> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let text = expected.as_str().unwrap_or_default();
    let same_line = |found: &str| found == plain_line(text) || plain_line(found) == plain_line(text);
    let same_address = |found: Option<&str>| {
        // The model has web addresses only.
        let expected = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https")).map(String::from);
        found == expected.as_deref()
    };
    let same_moment = |found: Option<Timestamp>| found == moment(expected);
    let entry = |number: &str| feed.entries.get(number.parse::<usize>().ok()?);
    let of_entry = |number: &str, check: &dyn Fn(&Entry) -> bool| Some(entry(number).is_some_and(check));
    match path.as_slice() {
        ["feed", "title"] | ["feed", "title_detail", "value"] => {
            Some(same_line(feed.title.as_deref().unwrap_or_default()))
        }
        ["feed", "link"] => Some(same_address(feed.home.as_deref())),
        ["feed", "language"] => Some(feed.language.as_deref().unwrap_or_default() == text),
        ["entries", "#len"] => Some(expected.as_u64() == Some(feed.entries.len() as u64)),
        ["entries", number, "title"] | ["entries", number, "title_detail", "value"] => {
            of_entry(number, &|entry| same_line(&entry.title))
        }
        ["entries", number, "link"] => of_entry(number, &|entry| same_address(entry.url.as_deref())),
        ["entries", number, "id" | "guid"] => {
            of_entry(number, &|entry| entry.guid.as_deref().unwrap_or_default() == text.trim())
        }
        ["entries", number, "description" | "summary"]
        | ["entries", number, "summary_detail", "value"]
        | ["entries", number, "content", "0", "value"] => of_entry(number, &|entry| {
            let words = |html: &str| plain_text(html).split_whitespace().collect::<Vec<_>>().join(" ");
            words(&entry.html) == words(text)
        }),
        ["entries", number, "author"] | ["entries", number, "author_detail", "name"] => {
            let name = text.split(" (").next().unwrap_or_default();
            of_entry(number, &|entry| entry.authors.first().is_some_and(|author| author == name))
        }
        ["entries", number, "published" | "published_parsed"] if moment(expected).is_some() => {
            of_entry(number, &|entry| same_moment(entry.published))
        }
        ["entries", number, "updated" | "updated_parsed"] if moment(expected).is_some() => {
            of_entry(number, &|entry| same_moment(entry.updated.or(entry.published)))
        }
        _ => None,
    }
}

/// The moment of a date as text, or as Python's list of its parts in UTC.
fn moment(value: &Value) -> Option<Timestamp> {
    if let Some(text) = value.as_str() {
        let read = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text));
        return read.ok().map(|date| Timestamp::from(date.with_timezone(&Utc)));
    }
    let parts: Vec<u32> = value.as_array()?.iter().map(|part| part.as_i64()?.try_into().ok()).collect::<Option<_>>()?;
    let [year, month, day, hour, minute, second, ..] = parts[..] else { return None };
    let date = Utc.with_ymd_and_hms(year.try_into().ok()?, month, day, hour, minute, second).single()?;
    Some(Timestamp::from(date))
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
    let settings = config::load(SettingsSource::Defaults, []).unwrap();
    let topics = settings.profile.vocabulary.find_topics(&Doc::new("", &text));
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
    let docs: Vec<(String, Value, Doc)> = lines(data.join("fts5_dev_docs.jsonl"))
        .into_iter()
        .map(|doc| (text(&doc, "lang"), doc["id"].clone(), Doc::with(Analysis::Plain, "", &text(&doc, "text"))))
        .collect();
    let (mut equal, mut other) = (0, Vec::<String>::new());
    for line in lines(data.join("fts5_dev_queries.jsonl")) {
        let (query, language) = (text(&line, "query"), text(&line, "lang"));
        let expr = ceasewire_rules::parse(&query).unwrap();
        let found = docs.iter().filter(|(lang, _, doc)| *lang == language && eval::matches(&expr, doc));
        let found: BTreeSet<String> = found.map(|(_, id, _)| id.to_string()).collect();
        let expected: BTreeSet<String> = line["matches"].as_array().unwrap().iter().map(Value::to_string).collect();
        if found == expected { equal += 1 } else { other.push(query) }
    }
    eprintln!("queries: {equal} equal, {} not: {other:?}", other.len());
    assert_eq!(other, Vec::<String>::new());
}

#[test]
fn foreign_queries_parse_or_fail_with_a_clear_error() {
    let Some(data) = data().map(|data| data.join("boolean/parse_cases.jsonl")).filter(|data| data.exists()) else {
        return;
    };
    for case in lines(data) {
        let Some(query) = ["query", "q", "input"].iter().find_map(|key| case[*key].as_str()) else { panic!("{case}") };
        match ceasewire_rules::parse(query) {
            Ok(expr) => {
                let normal = expr.to_string();
                assert_eq!(ceasewire_rules::parse(&normal).map(|again| again.to_string()), Ok(normal), "{query}");
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}
