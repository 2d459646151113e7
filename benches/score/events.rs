//! How well events are told from other sentences: each topic against the rest, beside one regular expression a topic.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use ceasewire::config::{self, SettingsSource};
use ceasewire_stories::event::EventExtractor;
use regex::Regex;
use serde_json::Value;

/// What anybody would write first: the nouns and verbs of the topic.
const BASELINE: [(&str, &str); 5] = [
    ("meeting", r"(?i)\b(meet|meets|meeting|meetings|met|talks|summit|conference|visit|visited|negotiations?)\b"),
    (
        "attack",
        r"(?i)\b(attack\w*|bomb\w*|air ?strikes?|strikes?|struck|shoot\w*|shot|raid\w*|assault\w*|inva\w+|fight\w*|fought|battles?|wars?|clash\w*|shell\w*|fired?|explo\w+)\b",
    ),
    ("casualties", r"(?i)\b(kill\w*|died|dies|dead|deaths?|slain|wound\w*|injur\w*|casualt\w+|murder\w*)\b"),
    ("ceasefire", r"(?i)\b(cease-?fires?|truces?|armistice|withdr\w+|surrender\w*|agree\w*)\b"),
    ("humanitarian", r"(?i)\b(aid|humanitarian|evacuat\w+|refugees?|relief|donat\w+)\b"),
];

/// A set of labelled sentences.
struct Set {
    name: &'static str,
    /// Topics for which its labels say something.
    topics: &'static [&'static str],
    /// Whether only some of what a sentence tells is labelled, so that precision says nothing.
    recall_only: bool,
    sentences: Vec<(String, BTreeSet<&'static str>)>,
}

/// Prints precision, recall and F1 of each topic on each set of `data/events`.
///
/// # Errors
/// When the material cannot be read.
pub fn run(data: &Path) -> anyhow::Result<()> {
    let settings = config::load(SettingsSource::Defaults, []).context("the default configuration")?;
    let events = EventExtractor::new(Arc::clone(&settings.profile.vocabulary), &settings.profile.sides);
    println!("events: each topic against the rest, found / one regular expression");
    println!("{:<11}{:<14}{:>9}{:>21}{:>21}{:>21}", "set", "topic", "labelled", "precision", "recall", "F1");
    for set in sets(&data.join("events"))? {
        let mut found: Vec<BTreeSet<&str>> = Vec::new();
        for (text, _) in &set.sentences {
            found.push(events.extract("", text, Some("en"), None).iter().map(|event| event.topic().as_str()).collect());
        }
        for topic in set.topics {
            let pattern = BASELINE.iter().find(|(name, _)| name == topic).map(|(_, pattern)| pattern);
            let pattern = Regex::new(pattern.context("no such topic")?)?;
            let ours = EventScore::of(
                set.sentences
                    .iter()
                    .zip(&found)
                    .map(|((_, gold), found)| (found.contains(topic), gold.contains(topic))),
            );
            let plain =
                EventScore::of(set.sentences.iter().map(|(text, gold)| (pattern.is_match(text), gold.contains(topic))));
            let pair = |left: f64, right: f64| format!("{left:.3} / {right:.3}");
            let hidden = || "-".to_owned();
            println!(
                "{:<11}{:<14}{:>9}{:>21}{:>21}{:>21}",
                set.name,
                topic,
                ours.right + ours.missed,
                if set.recall_only { hidden() } else { pair(ours.precision(), plain.precision()) },
                pair(ours.recall(), plain.recall()),
                if set.recall_only { hidden() } else { pair(ours.f1(), plain.f1()) },
            );
        }
    }
    Ok(())
}

#[derive(Default)]
struct EventScore {
    right: usize,
    wrong: usize,
    missed: usize,
}

impl EventScore {
    fn of(answers: impl Iterator<Item = (bool, bool)>) -> Self {
        let mut score = Self::default();
        for answer in answers {
            match answer {
                (true, true) => score.right += 1,
                (true, false) => score.wrong += 1,
                (false, true) => score.missed += 1,
                (false, false) => {}
            }
        }
        score
    }

    fn precision(&self) -> f64 {
        self.right as f64 / (self.right + self.wrong).max(1) as f64
    }

    fn recall(&self) -> f64 {
        self.right as f64 / (self.right + self.missed).max(1) as f64
    }

    fn f1(&self) -> f64 {
        2.0 * self.right as f64 / (2 * self.right + self.wrong + self.missed).max(1) as f64
    }
}

fn sets(folder: &Path) -> anyhow::Result<Vec<Set>> {
    let mapping: Value = serde_json::from_str(&std::fs::read_to_string(folder.join("MAPPING.json"))?)?;
    let labels = |set: &str| Labels::new(&mapping[set]);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut sets = Vec::new();

    let labels_of = labels("m2e2");
    let read = lines(&folder.join("m2e2_dev.jsonl"))?;
    let sentences = read.iter().map(|line| {
        let types = line["events"].as_array().into_iter().flatten().filter_map(|event| event["type"].as_str());
        (text(&line["text"]), types.flat_map(|label| labels_of.topics(label)).collect())
    });
    sets.push(Set {
        name: "M2E2",
        topics: &["meeting", "attack", "casualties"],
        recall_only: false,
        sentences: sentences.collect(),
    });

    let labels_of = labels("wikievents");
    let mut sentences = Vec::new();
    for line in lines(&folder.join("wikievents_dev.jsonl"))? {
        for (number, sentence) in line["sentences"].as_array().into_iter().flatten().enumerate() {
            let here = line["events"].as_array().into_iter().flatten().filter(|event| event["sent"] == number);
            let topics = here.flat_map(|event| labels_of.topics(event["type"].as_str().unwrap_or_default())).collect();
            sentences.push((text(sentence), topics));
        }
    }
    sets.push(Set { name: "WikiEvents", topics: &["meeting", "attack", "casualties"], recall_only: false, sentences });

    let labels_of = labels("plover_gsr");
    let sentences = lines(&folder.join("plover_dev.jsonl"))?
        .iter()
        .map(|line| {
            (text(&line["text"]), labels_of.topics(line["label"].as_str().unwrap_or_default()).into_iter().collect())
        })
        .collect();
    sets.push(Set {
        name: "PLOVER",
        topics: &["meeting", "attack", "ceasefire", "humanitarian"],
        recall_only: false,
        sentences,
    });

    let labels_of = labels("rams");
    let sentences = lines(&folder.join("rams_dev.jsonl"))?
        .iter()
        .map(|line| {
            let number = usize::try_from(line["trigger_sent"].as_u64().unwrap_or_default()).unwrap_or_default();
            (
                text(&line["sentences"][number]),
                labels_of.topics(line["type"].as_str().unwrap_or_default()).into_iter().collect(),
            )
        })
        .collect();
    let topics = &["meeting", "attack", "casualties", "ceasefire", "humanitarian"];
    sets.push(Set { name: "RAMS", topics, recall_only: true, sentences });
    Ok(sets)
}

/// Which labels of a set mean which topic.
struct Labels(BTreeMap<&'static str, Vec<String>>);

impl Labels {
    fn new(mapping: &Value) -> Self {
        let topics = [
            ("talks", "meeting"),
            ("strikes", "attack"),
            ("casualties", "casualties"),
            ("ceasefire", "ceasefire"),
            ("ceasefire_or_deescalation", "ceasefire"),
            ("humanitarian", "humanitarian"),
        ];
        let mut labels: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (theirs, topic) in topics {
            let listed = mapping[theirs].as_array().into_iter().flatten().filter_map(Value::as_str);
            labels.entry(topic).or_default().extend(listed.map(str::to_owned));
        }
        Self(labels)
    }

    fn topics(&self, label: &str) -> Vec<&'static str> {
        let listed = self.0.iter().filter(|(_, labels)| labels.iter().any(|pattern| fits(pattern, label)));
        listed.map(|(topic, _)| *topic).collect()
    }
}

/// Whether a label is what is listed, where `*` stands for anything.
fn fits(pattern: &str, label: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == label };
    label.len() >= before.len() + after.len() && label.starts_with(before) && label.ends_with(after)
}

fn lines(file: &Path) -> anyhow::Result<Vec<Value>> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    text.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}
