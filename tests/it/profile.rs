//! The alias sets of the built-in profiles. A rule with one name finds its whole set, so a name in two sets would make
//! one set unreachable, and a name that is a common word would raise false alerts.

use std::collections::HashMap;
use std::path::Path;

use ceasewire::config::{self, SettingsSource};
use ceasewire_text::analysis;
use toml::Table;

/// With fewer sets most names in other languages are missed.
const FEWEST_SETS: usize = 150;
/// A word of fewer letters is an abbreviation of many things.
const SHORTEST: usize = 3;

/// The alphabets of the profile's languages, each by its letters without signs.
const ALPHABETS: [(&str, std::ops::RangeInclusive<char>); 5] = [
    ("Latin", 'A'..='\u{2AF}'),
    ("Cyrillic", '\u{400}'..='\u{52F}'),
    ("Armenian", '\u{530}'..='\u{58F}'),
    ("Georgian", '\u{10A0}'..='\u{10FF}'),
    ("Persian", '\u{600}'..='\u{6FF}'),
];

/// Each built-in profile's file name with its sets.
fn profiles() -> Vec<(String, Vec<Vec<String>>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/conflicts");
    let mut found = Vec::new();
    for path in folder.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let table: Table = std::fs::read_to_string(&path).unwrap().parse().unwrap();
        let sets = table["aliases"].as_array().unwrap().iter().map(|set| {
            let names = set["names"].as_array().unwrap().iter();
            names.map(|name| name.as_str().unwrap().to_owned()).collect()
        });
        found.push((path.file_name().unwrap().to_string_lossy().into_owned(), sets.collect()));
    }
    assert!(!found.is_empty(), "no profile in {}", folder.display());
    found
}

/// Finds the alphabet of a letter.
fn alphabet(letter: char) -> Option<&'static str> {
    let of = |c: char| ALPHABETS.iter().find(|(_, letters)| letters.contains(&c)).map(|(name, _)| *name);
    letter.is_alphabetic().then_some(letter).and_then(of)
}

/// Lists the faults of the names of a profile, each with its set and name.
fn faults(sets: &[Vec<String>]) -> Vec<String> {
    let mut faults = Vec::new();
    if sets.len() < FEWEST_SETS {
        faults.push(format!("{} sets, fewer than {FEWEST_SETS}", sets.len()));
    }
    let mut home: HashMap<Vec<String>, (usize, &str)> = HashMap::new();
    for (index, names) in sets.iter().enumerate() {
        let set = names.first().map_or("", String::as_str);
        if names.len() < 2 {
            faults.push(format!("{set}: the set has fewer than two names"));
        }
        for name in names {
            let words = analysis::words(name);
            match words.as_slice() {
                [] => faults.push(format!("{set}: \"{name}\" has no word")),
                [word] if word.chars().count() < SHORTEST => {
                    faults.push(format!("{set}: \"{name}\" has fewer than {SHORTEST} letters"));
                }
                _ => {}
            }
            let mut alphabets: Vec<&str> = name.chars().filter_map(alphabet).collect();
            alphabets.dedup();
            if let [one, other, ..] = alphabets[..] {
                // A name with a look-alike letter of another alphabet never matches.
                faults.push(format!("{set}: \"{name}\" mixes {one} with {other} letters"));
            }
            match home.insert(words, (index, name)) {
                Some((other, twin)) if other == index => {
                    faults.push(format!("{set}: \"{name}\" is the same as \"{twin}\""));
                }
                Some((other, _)) => {
                    faults.push(format!("{set}: \"{name}\" stands in the set of {} too", sets[other][0]));
                }
                None => {}
            }
        }
    }
    faults
}

#[test]
fn each_name_belongs_to_one_set_and_is_a_word() {
    for (profile, sets) in profiles() {
        let faults = faults(&sets);
        assert!(faults.is_empty(), "{profile}:\n{}", faults.join("\n"));
    }
}

#[test]
fn every_fault_of_a_set_is_told_with_its_name() {
    let set = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    let mut sets: Vec<Vec<String>> =
        (0..FEWEST_SETS).map(|number| set(&[&format!("name{number}"), &format!("имя{number}")])).collect();
    assert_eq!(faults(&sets), Vec::<String>::new());
    sets.push(set(&["Ağdam", "AGDAM"]));
    sets.push(set(&["Name1", "US"]));
    sets.push(set(&["…", "Шушa"]));
    sets.push(set(&["alone"]));
    assert_eq!(
        faults(&sets),
        [
            "Ağdam: \"AGDAM\" is the same as \"Ağdam\"",
            "Name1: \"Name1\" stands in the set of name1 too",
            "Name1: \"US\" has fewer than 3 letters",
            "…: \"…\" has no word",
            "…: \"Шушa\" mixes Cyrillic with Latin letters",
            "alone: the set has fewer than two names",
        ]
    );
    assert_eq!(faults(&sets[..2])[0], "2 sets, fewer than 150");
}

#[test]
fn the_profile_is_taken_without_a_warning() {
    let settings = config::load(SettingsSource::Defaults, []).unwrap();
    assert_eq!(settings.warnings, Vec::<String>::new());
}
