//! The events of headlines of our own in the style of news agencies, by language. They name no place of the profile:
//! the cues alone must do.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::collections::BTreeMap;
use std::sync::Arc;

use ceasewire_profile::Vocabulary;
use ceasewire_stories::event::EventExtractor;
use ceasewire_text::language::identify;

/// Reads the headlines: language, topic (none for `-`), title.
fn headlines() -> impl Iterator<Item = (&'static str, Option<&'static str>, &'static str)> {
    let lines = include_str!("fixtures/agency_headlines.txt").lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| {
        let (language, rest) = line.split_once(" | ").unwrap();
        let (topic, title) = rest.split_once(" | ").unwrap();
        (language, Some(topic).filter(|topic| *topic != "-"), title)
    })
}

/// Headlines of a language: all and right ones, with an event and without.
#[derive(Debug, Default)]
struct LanguageScore {
    events: (u32, u32),
    others: (u32, u32),
}

#[test]
#[allow(clippy::print_stderr, reason = "the figures are a result")]
fn events_of_agency_headlines_are_found_in_every_language() {
    let extractor = EventExtractor::new(Arc::new(Vocabulary::new(&[], None, Vec::new()).0), &[]);
    let mut scores: BTreeMap<&str, LanguageScore> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (language, topic, title) in headlines() {
        let events = extractor.extract(title, "", Some(language), None);
        let is_right = match topic {
            Some(topic) => events.iter().any(|event| event.topic().as_str() == topic),
            None => events.is_empty(),
        };
        let score = scores.entry(language).or_default();
        let (all, right) = if topic.is_some() { &mut score.events } else { &mut score.others };
        *all += 1;
        *right += u32::from(is_right);
        if !is_right {
            let topics: Vec<_> = events.iter().map(|event| event.topic().as_str()).collect();
            wrong.push(format!("{language}: {} expected, {topics:?} found: {title}", topic.unwrap_or("none")));
        }
    }
    eprintln!("{scores:#?}\n{wrong:#?}");
    for (language, LanguageScore { events, others }) in scores {
        assert!(events.1 * 10 >= events.0 * 9 && others.1 * 10 >= others.0 * 9, "{language}: {wrong:#?}");
    }
}

#[test]
fn the_language_of_agency_headlines_is_found() {
    let wrong: Vec<_> =
        headlines().filter(|(language, _, title)| identify(title, "", None) != Some(language)).collect();
    assert!(wrong.len() * 50 <= headlines().count(), "{wrong:#?}");
}
