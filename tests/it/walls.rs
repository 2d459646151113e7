//! The walls of the design: who may know whom, held by reading the sources.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Each part with the parts of the crate that it may name. A part is a file or a folder of `src/`; the longest name that
/// fits a file counts. ARCHITECTURE.md tells the reasons.
const WALLS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("locale", &["model"]),
    ("article", &["model"]),
    ("feed/fetch", &["config", "model"]),
    ("feed/discover", &["article"]),
    ("feed/trial", &["model", "feed"]),
    ("feed/schedule", &["model", "config"]),
    ("feed", &["model", "article"]),
    ("rule", &["model"]),
    ("story", &["model", "rule"]),
    ("store", &["model"]),
    ("config", &["model", "rule"]),
    ("ingest", &["model", "article", "rule", "story", "store"]),
    ("poller", &["model", "article", "config", "feed", "ingest", "store"]),
    ("chart", &["model", "locale"]),
    ("alert/attention", &["model"]),
    ("alert/calendar", &["model"]),
    ("alert/clock", &["model"]),
    ("alert/render", &["model", "locale"]),
    ("alert/meeting", &["model", "alert", "locale"]),
    ("alert/retry", &["model", "chat"]),
    ("alert/sender", &["model", "alert", "article", "chat", "config", "rule", "store", "story"]),
    ("alert", &[]),
    ("chat", &["model"]),
    ("bot", &["model", "alert", "article", "bot", "chart", "chat", "feed", "locale", "rule", "store", "story"]),
    ("web", &["store"]),
    ("telemetry", &[]),
    ("app", &["model", "alert", "bot", "chat", "config", "feed", "ingest", "poller", "rule", "store", "web"]),
    ("demo", &["model", "alert", "app", "chat", "config", "store"]),
    ("cli", &["model", "app", "article", "config", "demo", "feed", "rule", "store", "story", "telemetry"]),
    ("lib", &[]),
    ("main", &["cli"]),
];

/// Crates that only one place may name.
const OWNED: &[(&str, &str)] = &[
    ("sqlx", "store"),
    ("feed_rs", "feed/parse"),
    ("teloxide", "chat/telegram"),
    ("reqwest", "feed/fetch"),
    ("fluent_templates", "locale"),
    ("resvg", "chart"),
    ("icalendar", "alert/calendar"),
    ("trafilatura", "article/page"),
    ("scraper", "article/page"),
];

/// Names that say nothing.
const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "manager", "service", "common", "misc"];

fn sources() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for path in folder.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let name: PathBuf = path.strip_prefix(&root).unwrap().with_extension("");
                let name = name.to_str().unwrap().trim_end_matches("/mod").to_owned();
                found.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

/// The code without comments, and without the tests at its foot.
fn code(source: &str) -> String {
    let source = source.split("#[cfg(test)]").next().unwrap();
    source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn belongs(file: &str, part: &str) -> bool {
    file == part || file.strip_prefix(part).is_some_and(|rest| rest.starts_with('/'))
}

/// The modules of the crate that code names, as `crate::NAME` or `crate::{NAME, …}`.
fn named(code: &str) -> Vec<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut names = Vec::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(list) => {
                let list = list.split(';').next().unwrap_or_default();
                let mut depth = 0;
                let mut start = true;
                for (at, c) in list.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        c if start && depth == 0 && c.is_alphabetic() => {
                            names.push(word(&list[at..]));
                            start = false;
                        }
                        _ => {}
                    }
                }
            }
            None => names.push(word(rest)),
        }
    }
    names
}

#[test]
fn no_part_knows_what_lies_beyond_its_walls() {
    let mut broken = Vec::new();
    for (file, source) in sources() {
        let fits = WALLS.iter().filter(|(part, _)| belongs(&file, part)).max_by_key(|(part, _)| part.len());
        let Some((part, allowed)) = fits else {
            panic!("src/{file}.rs belongs to no part; add it to WALLS and ARCHITECTURE.md")
        };
        for name in named(&code(&source)) {
            let own = part.split('/').next().unwrap() == name && !part.contains('/');
            if !own && !allowed.contains(&name.as_str()) {
                broken.push(format!("src/{file}.rs names crate::{name}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn each_foreign_crate_has_one_door() {
    for (file, source) in sources() {
        let code = code(&source);
        for (foreign, owner) in OWNED {
            let names = code.contains(&format!("{foreign}::")) || code.contains(&format!("use {foreign}"));
            assert!(!names || belongs(&file, owner), "src/{file}.rs names {foreign}, which only {owner} may");
        }
    }
}

#[test]
fn no_file_has_a_name_that_says_nothing() {
    for file in sources().keys() {
        let name = file.rsplit('/').next().unwrap();
        assert!(!EMPTY_NAMES.contains(&name), "src/{file}.rs");
    }
}
