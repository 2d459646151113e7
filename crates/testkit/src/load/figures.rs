//! Computes ages, fairness, order and rates from a record. Pure.

use std::collections::{BTreeMap, HashMap};

use super::record::RunRecord;
use crate::bot_api::Outcome;

/// Converts microseconds to seconds.
pub fn secs(us: u64) -> f64 {
    us as f64 / 1e6
}

/// Returns the quantile of sorted figures; 0 of none.
pub fn quantile(sorted: &[u64], share: f64) -> u64 {
    let place = ((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len().max(1));
    sorted.get(place - 1).copied().unwrap_or(0)
}

/// Computes Jain's index: 1 where all figures are equal, 1/n where one has all (Jain, Chiu, Hawe, "A quantitative
/// measure of fairness and discrimination", 1984).
pub fn jain(figures: &[f64]) -> f64 {
    let (sum, squares) =
        figures.iter().fold((0.0, 0.0), |(sum, squares), figure| (sum + figure, squares + figure * figure));
    if squares == 0.0 { 1.0 } else { sum * sum / (figures.len() as f64 * squares) }
}

/// Computes the age of each story at its first message to each chat, in microseconds since the feed was served.
pub fn ages(record: &RunRecord, handed_out: &BTreeMap<u32, u64>) -> HashMap<(i64, u32), u64> {
    let mut ages = HashMap::new();
    for message in record.messages() {
        for story in &message.stories {
            if let Some(at) = handed_out.get(story) {
                ages.entry((message.chat, *story)).or_insert_with(|| message.at.saturating_sub(*at));
            }
        }
    }
    ages
}

/// Computes each chat's mean age, in seconds.
pub fn mean_ages(ages: &HashMap<(i64, u32), u64>) -> Vec<f64> {
    let mut of_chat: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
    for ((chat, _), age) in ages {
        let (sum, count) = of_chat.entry(*chat).or_default();
        *sum += secs(*age);
        *count += 1.0;
    }
    of_chat.into_values().map(|(sum, count)| sum / count).collect()
}

/// Counts the chats that received a story before an earlier one. Repeats do not count.
pub fn out_of_order(record: &RunRecord) -> usize {
    let mut seen: HashMap<i64, (Vec<u32>, bool)> = HashMap::new();
    for message in record.messages() {
        let (told, wrong) = seen.entry(message.chat).or_default();
        for story in &message.stories {
            if !told.contains(story) {
                *wrong |= told.iter().any(|earlier| earlier > story);
                told.push(*story);
            }
        }
    }
    seen.values().filter(|(_, wrong)| *wrong).count()
}

/// The rate of messages between two moments.
#[derive(Clone, Copy, Debug, Default)]
pub struct SendRate {
    pub sent: usize,
    pub rate: f64,
    /// Answers 429.
    pub too_many: usize,
}

/// Computes the rate from the first message on, or from `after` microseconds later. Of n messages at an even rate, n -
/// 1 lie between the first and the last. Edits count like messages.
pub fn pace(record: &RunRecord, after: u64) -> SendRate {
    let done = |outcome: Outcome| matches!(outcome, Outcome::Sent | Outcome::AnswerLost);
    let Some(first) = record.attempts.iter().find(|attempt| done(attempt.outcome)).map(|attempt| attempt.at + after)
    else {
        return SendRate::default();
    };
    let later = || record.attempts.iter().filter(|attempt| attempt.at >= first);
    let sent: Vec<u64> = later().filter(|attempt| done(attempt.outcome)).map(|attempt| attempt.at).collect();
    let busy = sent.last().zip(sent.first()).map_or(0, |(last, first)| last - first);
    let rate = if busy == 0 { 0.0 } else { (sent.len() - 1) as f64 / secs(busy) };
    let too_many = later().filter(|attempt| attempt.outcome == Outcome::TooMany).count();
    SendRate { sent: sent.len(), rate, too_many }
}
