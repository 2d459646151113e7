//! The walls of the design: who may know whom, held by reading the sources.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Each part of `src/` with the parts of the crate, and of the workspace's crates, that it may name. A part is a file
/// or a folder; the longest name that fits a file counts. ARCHITECTURE.md gives the reasons. Walls between the crates
/// are their
/// Cargo.toml's.
const WALLS: &[(&str, &[&str])] = &[
    ("locale", &["ceasewire_model"]),
    ("store", &["ceasewire_model"]),
    ("config", &["ceasewire_model", "ceasewire_feeds", "ceasewire_profile"]),
    (
        "pipeline",
        &[
            "ceasewire_cpu",
            "cut_offs",
            "encoder",
            "store",
            "ceasewire_model",
            "ceasewire_articles",
            "ceasewire_profile",
            "ceasewire_rules",
            "ceasewire_stories",
            "ceasewire_text",
        ],
    ),
    ("poller", &["ceasewire_cpu", "pipeline", "store", "ceasewire_model", "ceasewire_articles", "ceasewire_feeds"]),
    ("retention", &["config", "store", "ceasewire_model"]),
    ("chart", &["locale", "ceasewire_model"]),
    ("alert/attention", &["ceasewire_model"]),
    ("alert/calendar", &["ceasewire_model"]),
    ("alert/clock", &["ceasewire_model"]),
    ("alert/digest", &["alert", "locale", "ceasewire_model"]),
    ("alert/fact", &["locale", "ceasewire_model"]),
    ("alert/render", &["alert", "locale", "ceasewire_model"]),
    ("alert/meeting", &["alert", "locale", "ceasewire_model"]),
    ("alert/retry", &["chat", "ceasewire_model"]),
    ("alert/revision", &["alert", "locale", "ceasewire_model"]),
    (
        "outbox",
        &[
            "alert",
            "chat",
            "config",
            "locale",
            "store",
            "ceasewire_model",
            "ceasewire_articles",
            "ceasewire_profile",
            "ceasewire_rules",
            "ceasewire_stories",
            "ceasewire_text",
        ],
    ),
    ("alert", &[]),
    ("chat", &["ceasewire_model"]),
    ("chat/outbound", &["chat", "store", "ceasewire_model"]),
    (
        "bot",
        &[
            "ceasewire_cpu",
            "alert",
            "bot",
            "chart",
            "chat",
            "config",
            "cut_offs",
            "locale",
            "store",
            "ceasewire_model",
            "ceasewire_articles",
            "ceasewire_feeds",
            "ceasewire_profile",
            "ceasewire_rules",
            "ceasewire_stories",
            "ceasewire_text",
        ],
    ),
    ("health", &["store", "ceasewire_model"]),
    ("web", &["cut_offs", "health", "store", "ceasewire_model"]),
    ("telemetry", &[]),
    ("ceasewire_cpu", &[]),
    ("encoder", &["ceasewire_model", "ceasewire_encoder"]),
    ("cut_offs", &["ceasewire_model"]),
    (
        "app",
        &[
            "alert",
            "outbox",
            "bot",
            "chat",
            "config",
            "cut_offs",
            "encoder",
            "health",
            "pipeline",
            "poller",
            "retention",
            "store",
            "web",
            "ceasewire_model",
            "ceasewire_feeds",
            "ceasewire_profile",
        ],
    ),
    ("demo", &["alert", "app", "chat", "config", "locale", "store", "ceasewire_model"]),
    (
        "replay",
        &["app", "bot", "chat", "config", "outbox", "pipeline", "store", "ceasewire_model", "ceasewire_articles"],
    ),
    (
        "cli",
        &[
            "app",
            "encoder",
            "pipeline",
            "config",
            "demo",
            "replay",
            "store",
            "telemetry",
            "ceasewire_encoder",
            "ceasewire_model",
            "ceasewire_articles",
            "ceasewire_feeds",
            "ceasewire_profile",
            "ceasewire_rules",
            "ceasewire_stories",
            "ceasewire_text",
        ],
    ),
    ("lib", &[]),
    ("main", &["cli"]),
];

/// Crates that only one place may name: a part of `src/`, or a crate of the workspace with the part of it.
const OWNED: &[(&str, &str)] = &[
    ("sqlx", "store"),
    ("sqlx", "model:columns"),
    ("teloxide", "chat/telegram"),
    ("feed_rs", "feeds:parse"),
    ("reqwest", "feeds:fetch"),
    ("fluent_templates", "locale"),
    ("tiny_skia", "chart"),
    ("icalendar", "alert/calendar"),
    ("zip", "cli/encoder"),
    ("trafilatura", "articles:page"),
    ("scraper", "articles:page"),
];

/// The workspace's own crates.
const CRATES: &[&str] = &[
    "ceasewire_model",
    "ceasewire_articles",
    "ceasewire_encoder",
    "ceasewire_feeds",
    "ceasewire_profile",
    "ceasewire_rules",
    "ceasewire_stories",
    "ceasewire_text",
];

/// Names that say nothing.
const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "manager", "service", "common", "misc"];

/// The sources by their names: `poller/mod` of `src/`, `feeds:fetch/body` of `crates/feeds/src/`.
fn sources() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeMap::new();
    let mut folders = vec![(String::new(), root.join("src"), root.join("src"))];
    for member in root.join("crates").read_dir().unwrap().map(|entry| entry.unwrap()) {
        let src = member.path().join("src");
        folders.push((format!("{}:", member.file_name().to_string_lossy()), src.clone(), src));
    }
    while let Some((prefix, src, folder)) = folders.pop() {
        for path in folder.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push((prefix.clone(), src.clone(), path));
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name: PathBuf = path.strip_prefix(&src).unwrap().with_extension("");
                let name = name.to_str().unwrap().trim_end_matches("/mod").to_owned();
                found.insert(format!("{prefix}{name}"), std::fs::read_to_string(&path).unwrap());
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
    for (file, source) in sources().into_iter().filter(|(file, _)| !file.contains(':') && !file.ends_with("tests")) {
        let fits = WALLS.iter().filter(|(part, _)| belongs(&file, part)).max_by_key(|(part, _)| part.len());
        let Some((part, allowed)) = fits else {
            panic!("src/{file}.rs belongs to no part; add it to WALLS and ARCHITECTURE.md")
        };
        let code = code(&source);
        let crates = CRATES.iter().filter(|name| code.contains(&format!("{name}::"))).map(|name| (*name).to_owned());
        for name in named(&code).into_iter().chain(crates) {
            let own = part.split('/').next().unwrap() == name && !part.contains('/');
            if !own && !allowed.contains(&name.as_str()) {
                broken.push(format!("src/{file}.rs names {name}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn each_foreign_crate_has_one_door() {
    // The testkit's stand-ins speak the protocols of these crates, and its tests use their clients.
    for (file, source) in sources().into_iter().filter(|(file, _)| !file.starts_with("testkit:")) {
        let code = code(&source);
        for (foreign, _) in OWNED {
            let names = code.contains(&format!("{foreign}::")) || code.contains(&format!("use {foreign}"));
            let mut owners = OWNED.iter().filter(|(owned, _)| owned == foreign).map(|(_, owner)| *owner);
            assert!(
                !names || owners.any(|owner| belongs(&file, owner)),
                "{file} names {foreign}, whose door is elsewhere"
            );
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
