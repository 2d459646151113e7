//! ROUGE-1, ROUGE-2 and ROUGE-L (Lin 2004) as F1, counted as Python's `rouge-score` 0.1.2 does with `use_stemmer=True`.

use std::collections::HashMap;

use super::porter;

/// What a summary scores, or many on average.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rouge {
    /// Shared words.
    pub one: f64,
    /// Shared pairs of words.
    pub two: f64,
    /// The longest common subsequence.
    pub longest: f64,
}

/// The words that are compared: ASCII letters and digits, those of more than three letters stemmed.
pub fn tokens(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !matches!(c, 'a'..='z' | '0'..='9'))
        .filter(|word| !word.is_empty())
        .map(|word| if word.len() > 3 { porter::stem(word) } else { word.to_owned() })
        .collect()
}

/// How much of `expected` is in `summary`, and the other way round.
pub fn score(expected: &[String], summary: &[String]) -> Rouge {
    Rouge {
        one: shared_runs(expected, summary, 1),
        two: shared_runs(expected, summary, 2),
        longest: f1(common_subsequence(expected, summary), expected.len(), summary.len()),
    }
}

fn shared_runs(expected: &[String], summary: &[String], length: usize) -> f64 {
    let mut counts: HashMap<&[String], usize> = HashMap::new();
    for run in expected.windows(length) {
        *counts.entry(run).or_default() += 1;
    }
    let mut shared = 0;
    for run in summary.windows(length) {
        if let Some(left) = counts.get_mut(run).filter(|left| **left > 0) {
            *left -= 1;
            shared += 1;
        }
    }
    f1(shared, (expected.len() + 1).saturating_sub(length), (summary.len() + 1).saturating_sub(length))
}

fn f1(shared: usize, expected: usize, summary: usize) -> f64 {
    2.0 * shared as f64 / (expected + summary).max(1) as f64
}

fn common_subsequence(one: &[String], other: &[String]) -> usize {
    let mut row = vec![0; other.len() + 1];
    for left in one {
        let mut diagonal = 0;
        for (column, right) in other.iter().enumerate() {
            let above = row[column + 1];
            row[column + 1] = if left == right { diagonal + 1 } else { above.max(row[column]) };
            diagonal = above;
        }
    }
    row.last().copied().unwrap_or_default()
}
