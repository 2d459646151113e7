//! Counts the shares of articles that contain a stem, for each language with enough articles.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;

use ceasewire_stories::group::stems;

/// Fewest articles of a language, and fewest articles with a stem.
const LEAST_ARTICLES: usize = 60;
const LEAST_WITH_A_STEM: usize = 3;
/// Least share of the articles per mille, and the steps of the shares in the file.
const LEAST_SHARE: f64 = 12.0;
const STEP: f64 = 1.15;
/// Words of an article that count: about a lead.
const WORDS: usize = 250;

/// Counts the stems and returns the file.
pub fn count(data: &Path) -> Result<String, Box<dyn Error>> {
    let mut articles: BTreeMap<String, usize> = BTreeMap::new();
    let mut having: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (file, language, text) in
        [("boolean/fts5_dev_docs.jsonl", "lang", "text"), ("standfirsts/summaries.jsonl", "language", "paragraphs")]
    {
        for line in std::fs::read_to_string(data.join(file))?.lines() {
            let row: serde_json::Value = serde_json::from_str(line)?;
            let text = match &row[text] {
                serde_json::Value::Array(parts) => {
                    parts.iter().filter_map(|part| part.as_str()).collect::<Vec<_>>().join(" ")
                }
                part => part.as_str().unwrap_or_default().to_owned(),
            };
            let language = row[language].as_str().unwrap_or_default().to_owned();
            let found: BTreeSet<String> = stems(&text, &language).into_iter().take(WORDS).collect();
            *articles.entry(language.clone()).or_default() += 1;
            for stem in found {
                *having.entry((language.clone(), stem)).or_default() += 1;
            }
        }
    }
    let mut lines: BTreeMap<(String, i32), Vec<String>> = BTreeMap::new();
    for ((language, stem), count) in having {
        let all = articles[&language];
        let share = count as f64 * 1000.0 / all as f64;
        if all >= LEAST_ARTICLES && count >= LEAST_WITH_A_STEM && share >= LEAST_SHARE {
            let step = (share.ln() / STEP.ln()).round() as i32;
            lines.entry((language, -step)).or_default().push(stem);
        }
    }
    articles.retain(|_, count| *count >= LEAST_ARTICLES);
    let counted: Vec<String> = articles.iter().map(|(language, count)| format!("{language} {count}")).collect();
    let mut file = format!(
        "# Shares per mille of news articles whose first {WORDS} words have a stem: language, share, stems.\n# Counted by \
         `just train background` on the BBC's news of 2004-05, Russian news, and articles of the set of standfirsts;\n# \
         articles: {}. No set on which stories are scored is among them.\n",
        counted.join(", ")
    );
    for ((language, step), stems) in lines {
        file += &format!("{language}\t{:.0}\t{}\n", STEP.powi(-step), stems.join(" "));
    }
    Ok(file)
}
