//! The house's language, measured: sentences that avoid a noun, and type names that two types share.
//!
//! `cargo test --test it prose -- --nocapture` prints the counts. CONTRIBUTING.md gives the rules.

#![allow(clippy::print_stdout, reason = "the counts are the result")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use regex::{Regex, RegexBuilder};

/// Patterns of sentences that avoid naming their subject, as regular expressions.
const PATTERNS: &[(&str, &str)] = &[
    (
        "free relative",
        r"\bwhat(ever)? (is|was|were|are|has|have|had|may|might|must|can|cannot|could|will|would|does|do|did|it|they|he|she|we|one|a|an|the|comes?|came|waits?|stands?|remains?|follows?|needs?|people|nobody|somebody|others?)\b",
    ),
    (
        "passive",
        r"\b(is|are|was|were|be|been|being) (not |only |never |then |still |yet )?(told|known|said|left|kept|meant|asked|looked|taken|given|had)\b",
    ),
    ("that is", r"\bthat (is|was|are|were|has|had)\b"),
    ("of which", r"\b(of|to|under|by|in|from|with|at|for|on|upon|after|before|than) (which|whom|whose)\b"),
    (
        "who",
        r"\bwhoever\b|(^|[.;:,(] |\b(for|by|to|of|from|and|than|as|with|on|but|has|have) )who [a-z]+s\b|(^|[.;:,(] |\b(for|by|to|of|from|and|than|as|with|on|but|has|have) )who (are|were|have|did|asked|wrote|sent|came)\b",
    ),
    ("nobody", r"\b(nobody|somebody|anybody|everybody|no one)\b"),
    ("so many", r"\bso (many|much|few|long|often)\b"),
];

/// The sum of all patterns per 1,000 words of comments that the sources may have.
const MOST_PER_1000: f64 = 2.0;

fn rust_sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src"), root.join("crates")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in folder.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push((path.strip_prefix(root).unwrap().to_owned(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The comments of a source as one line of prose.
fn comments(source: &str) -> String {
    let lines = source.lines().filter_map(|line| line.trim_start().strip_prefix("//"));
    lines.map(|line| line.trim_start_matches(['/', '!']).trim()).collect::<Vec<_>>().join(" ")
}

#[test]
fn comments_name_their_subjects() {
    let patterns: Vec<(&str, Regex)> = PATTERNS
        .iter()
        .map(|(name, pattern)| (*name, RegexBuilder::new(pattern).case_insensitive(true).build().unwrap()))
        .collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut files: Vec<(usize, PathBuf)> = Vec::new();
    let mut words = 0;
    for (path, source) in rust_sources() {
        let prose = comments(&source);
        words += prose.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count();
        let mut in_file = 0;
        for (name, pattern) in &patterns {
            let found = pattern.find_iter(&prose).count();
            *counts.entry(name).or_default() += found;
            in_file += found;
        }
        files.push((in_file, path));
    }
    let per_1000 = |count: usize| 1000.0 * count as f64 / words as f64;
    for (name, count) in &counts {
        println!("{name:15} {count:5} {:6.2}", per_1000(*count));
    }
    let sum = per_1000(counts.values().sum());
    println!("{:15} {:5} {sum:6.2} per 1,000 of {words} words", "sum", counts.values().sum::<usize>());
    files.sort_by(|one, other| other.cmp(one));
    let worst: Vec<String> = files.iter().take(10).map(|(count, path)| format!("{count} {}", path.display())).collect();
    assert!(sum <= MOST_PER_1000, "{sum:.2} per 1,000 words; most of them in\n{}", worst.join("\n"));
}

#[test]
fn a_type_name_occurs_once() {
    let declared = Regex::new(r"(?m)^\s*(pub(\([^)]*\))? )?(struct|enum|trait|union) ([A-Z][A-Za-z0-9]*)").unwrap();
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut types = 0;
    for (path, source) in rust_sources() {
        for found in declared.captures_iter(&source) {
            types += 1;
            places.entry(found[4].to_owned()).or_default().push(path.display().to_string());
        }
    }
    places.retain(|_, places| places.len() > 1);
    println!("{types} types, {} names used twice or more", places.len());
    assert!(places.is_empty(), "{places:#?}");
}
