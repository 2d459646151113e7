//! Summarises a story: one sentence of each of several outlets.

use std::collections::{BTreeSet, HashMap};

use super::article::{FocusHits, SummaryBudget, SummaryFocus};
use super::candidates::{CandidateSentence, StemInterner, find_candidates};

/// Added to the score of a sentence whose figures differ from a chosen sentence about the same subject: the difference
/// is news.
const OTHER_FIGURES: f64 = 0.5;

/// Least similarity of two sentences about the same subject, with different figures.
const SAME_SUBJECT: f64 = 0.4;

/// An article of a story.
#[derive(Clone, Copy, Debug)]
pub struct SummaryArticle<'a> {
    /// The outlet that published it.
    pub outlet: &'a str,
    /// The title.
    pub title: &'a str,
    /// The text.
    pub text: &'a str,
    /// The language as a BCP 47 tag.
    pub language: Option<&'a str>,
}

/// A sentence with its outlet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributedQuote<'a> {
    /// The outlet that published it.
    pub outlet: &'a str,
    /// The sentence.
    pub sentence: &'a str,
}

/// Extracts one sentence of each of several outlets, without repetitions. `articles` stand in the order of their
/// arrival; so do the quotes.
///
/// The first report leads, and each outlet has one quote. A sentence scores by the words that other outlets use too,
/// less the words of the chosen quotes. Different figures are two statements and stand side by side, each with its
/// outlet. The function skips articles in other languages than the first report's: it cannot compare their sentences.
pub fn summarise_story<'a>(
    articles: &[SummaryArticle<'a>],
    focus: &SummaryFocus<'_>,
    budget: SummaryBudget,
) -> Vec<AttributedQuote<'a>> {
    let Some(first) = articles.first() else { return Vec::new() };
    let mut stems = StemInterner::default();
    let mut outlets: Vec<(&'a str, Vec<CandidateSentence<'a>>)> = Vec::new();
    for article in articles.iter().filter(|article| same_language(article.language, first.language)) {
        let focus = SummaryFocus { language: article.language, ..*focus };
        let mut found = find_candidates(&mut stems, article.title, article.text, article.language);
        let hits = FocusHits::find(&found, &focus);
        for (index, candidate) in found.iter_mut().enumerate() {
            candidate.score += hits.added_by(index, &[]);
        }
        found.retain(|candidate| !candidate.is_anaphoric && !candidate.is_empty);
        match outlets.iter_mut().find(|(outlet, _)| *outlet == article.outlet) {
            Some((_, known)) => known.extend(found),
            None => outlets.push((article.outlet, found)),
        }
    }
    add_common_scores(&mut outlets);
    let mut chosen: Vec<(usize, &CandidateSentence<'a>)> = Vec::new();
    let mut chars = 0;
    while chosen.len() < budget.sentences {
        let mut best: Option<(f64, usize, &CandidateSentence<'a>)> = None;
        for (outlet, (name, found)) in outlets.iter().enumerate() {
            if chosen.iter().any(|(other, _)| *other == outlet) || chosen.is_empty() && outlet > 0 && best.is_some() {
                continue;
            }
            for candidate in found {
                let length = name.chars().count() + candidate.text.chars().count() + 1;
                let is_repetition = chosen.iter().any(|(_, other)| candidate.repeats(other));
                if is_repetition || chars + length > budget.chars {
                    continue;
                }
                // A different figure is news, even if the rest of the sentence is similar.
                let score = if has_other_figures(candidate, &chosen) {
                    candidate.score + OTHER_FIGURES
                } else {
                    candidate.score * (1.0 - max_similarity(candidate, &chosen))
                };
                if best.is_none_or(|(most, ..)| score > most) {
                    best = Some((score, outlet, candidate));
                }
            }
        }
        let Some((_, outlet, candidate)) = best else { break };
        chars += outlets[outlet].0.chars().count() + candidate.text.chars().count() + 1;
        chosen.push((outlet, candidate));
    }
    chosen.sort_by_key(|(outlet, _)| *outlet);
    chosen
        .into_iter()
        .map(|(outlet, candidate)| AttributedQuote { outlet: outlets[outlet].0, sentence: candidate.text })
        .collect()
}

/// Adds to each score the share of words that other outlets use too: 1 for the sentence with most of them.
fn add_common_scores(outlets: &mut [(&str, Vec<CandidateSentence<'_>>)]) {
    let mut outlets_with: HashMap<u32, u32> = HashMap::new();
    for (_, found) in &*outlets {
        let words: BTreeSet<u32> = found.iter().flat_map(|candidate| candidate.stems.iter().copied()).collect();
        for word in words {
            *outlets_with.entry(word).or_default() += 1;
        }
    }
    let common =
        |candidate: &CandidateSentence<'_>| -> u32 { candidate.stems.iter().map(|word| outlets_with[word] - 1).sum() };
    let all = outlets.iter().flat_map(|(_, found)| found);
    let most = all.map(common).max().unwrap_or_default().max(1);
    for candidate in outlets.iter_mut().flat_map(|(_, found)| found) {
        candidate.score += f64::from(common(candidate)) / f64::from(most);
    }
}

/// The similarity to the most similar chosen sentence.
fn max_similarity(candidate: &CandidateSentence<'_>, chosen: &[(usize, &CandidateSentence<'_>)]) -> f64 {
    chosen.iter().map(|(_, other)| candidate.similarity(other)).fold(0.0, f64::max)
}

/// Whether a chosen sentence has different figures about the same subject.
fn has_other_figures(candidate: &CandidateSentence<'_>, chosen: &[(usize, &CandidateSentence<'_>)]) -> bool {
    !candidate.figures.is_empty()
        && chosen.iter().any(|(_, other)| {
            !other.figures.is_empty()
                && candidate.figures != other.figures
                && candidate.similarity(other) >= SAME_SUBJECT
        })
}

fn same_language(one: Option<&str>, other: Option<&str>) -> bool {
    let primary = |tag: Option<&str>| tag.map(|tag| tag.split(['-', '_']).next().unwrap_or_default().to_lowercase());
    primary(one) == primary(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article<'a>(outlet: &'a str, text: &'a str) -> SummaryArticle<'a> {
        SummaryArticle { outlet, title: "", text, language: Some("en") }
    }

    fn outlets<'a>(quotes: &[AttributedQuote<'a>]) -> Vec<&'a str> {
        quotes.iter().map(|quote| quote.outlet).collect()
    }

    #[test]
    fn each_outlet_has_one_quote_and_none_repeats_another() {
        let articles = [
            article("armenpress", "Armenia and Azerbaijan agreed on a truce in Moscow on Saturday. Trams ran late."),
            article("copy", "Armenia and Azerbaijan agreed on a truce in Moscow on Saturday."),
            article("azertag", "The truce lets both sides exchange prisoners and bodies, Baku's ministry said."),
            article("armenpress", "Prisoners are to be exchanged under the truce, the Red Cross said."),
        ];
        let quotes = summarise_story(&articles, &SummaryFocus::default(), SummaryBudget::sentences(3));
        assert_eq!(outlets(&quotes), ["armenpress", "azertag"]);
        assert_eq!(quotes[0].sentence, "Armenia and Azerbaijan agreed on a truce in Moscow on Saturday.");
    }

    #[test]
    fn different_figures_stand_side_by_side() {
        let articles = [
            article("one", "Armenia said that 43 of its soldiers were killed near Hadrut."),
            article(
                "two",
                "Armenia said that 43 of its soldiers were killed near Hadrut. Rain fell on Hadrut in the night.",
            ),
            article("three", "Azerbaijan said that 120 of Armenia's soldiers were killed near Hadrut."),
        ];
        let quotes = summarise_story(&articles, &SummaryFocus::default(), SummaryBudget::sentences(2));
        assert_eq!(outlets(&quotes), ["one", "three"]);
    }

    #[test]
    fn articles_in_other_languages_have_no_quote() {
        let articles = [
            article("one", "Armenia and Azerbaijan agreed on a truce in Moscow."),
            SummaryArticle {
                language: Some("ru"),
                ..article("two", "Армения и Азербайджан договорились в Москве о перемирии.")
            },
            article(
                "three",
                "They also agreed to exchange the bodies of the dead soldiers. It rained on the day after.",
            ),
        ];
        let quotes = summarise_story(&articles, &SummaryFocus::default(), SummaryBudget::sentences(3));
        assert_eq!(outlets(&quotes), ["one", "three"], "the first sentence of an article may begin with a pronoun");
        assert!(summarise_story(&[], &SummaryFocus::default(), SummaryBudget::sentences(3)).is_empty());
        assert!(
            summarise_story(&articles, &SummaryFocus::default(), SummaryBudget { sentences: 3, chars: 10 }).is_empty()
        );
    }
}
