//! What is quoted of a story that several outlets tell.

use std::collections::{BTreeSet, HashMap};

use super::choose::{About, Room, favour};
use super::worth::{Candidate, Lexicon, candidates};

/// What a sentence is worth beyond its words when it has other figures than one that says the same otherwise: that the
/// two differ is news.
const OTHER_FIGURES: f64 = 0.5;

/// Share of the shorter sentence's words from which sentences with other figures are about the same thing.
const SAME_MATTER: f64 = 0.4;

/// An article of a story.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// Who published it.
    pub outlet: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Its text.
    pub text: &'a str,
    /// Its language as a BCP 47 tag.
    pub language: Option<&'a str>,
}

/// A sentence and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quoted<'a> {
    /// Who published it.
    pub outlet: &'a str,
    /// A sentence of theirs.
    pub sentence: &'a str,
}

/// A sentence of each of several outlets, no two of which say the same; `articles` stand in the order of their arrival, and
/// so do the sentences.
///
/// The first report leads; an outlet is quoted once. Sentences count by what the other outlets say too, less what is
/// already quoted. Figures that differ are two statements and stand beside each other, each with its outlet. Articles in
/// other languages than the first report's are passed over, since of them nobody could tell whether they say the same.
pub fn of_story<'a>(articles: &[Told<'a>], about: &About<'_>, room: Room) -> Vec<Quoted<'a>> {
    let Some(first) = articles.first() else { return Vec::new() };
    let mut lexicon = Lexicon::default();
    let mut outlets: Vec<(&'a str, Vec<Candidate<'a>>)> = Vec::new();
    for article in articles.iter().filter(|article| same_language(article.language, first.language)) {
        let about = About { language: article.language, ..*about };
        let mut found = candidates(&mut lexicon, article.title, article.text, article.language);
        favour(&mut found, &about);
        found.retain(|candidate| !candidate.points_back);
        match outlets.iter_mut().find(|(outlet, _)| *outlet == article.outlet) {
            Some((_, known)) => known.extend(found),
            None => outlets.push((article.outlet, found)),
        }
    }
    favour_common(&mut outlets);
    let mut chosen: Vec<(usize, &Candidate<'a>)> = Vec::new();
    let mut chars = 0;
    while chosen.len() < room.sentences {
        let mut best: Option<(f64, usize, &Candidate<'a>)> = None;
        for (outlet, (name, found)) in outlets.iter().enumerate() {
            if chosen.iter().any(|(other, _)| *other == outlet) || chosen.is_empty() && outlet > 0 && best.is_some() {
                continue;
            }
            for candidate in found {
                let length = name.chars().count() + candidate.text.chars().count() + 1;
                let known = chosen.iter().any(|(_, other)| candidate.says_what(other));
                if known || chars + length > room.chars {
                    continue;
                }
                // Another figure is new, however like the rest of the sentence is.
                let worth = match differs(candidate, &chosen) {
                    true => candidate.worth + OTHER_FIGURES,
                    false => candidate.worth * (1.0 - likest(candidate, &chosen)),
                };
                if best.is_none_or(|(most, ..)| worth > most) {
                    best = Some((worth, outlet, candidate));
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
        .map(|(outlet, candidate)| Quoted { outlet: outlets[outlet].0, sentence: candidate.text })
        .collect()
}

/// Adds what sentences are worth for what other outlets say too: 1 for the one that has most of it.
fn favour_common(outlets: &mut [(&str, Vec<Candidate<'_>>)]) {
    let mut how_many: HashMap<u32, u32> = HashMap::new();
    for (_, found) in &*outlets {
        let words: BTreeSet<u32> = found.iter().flat_map(|candidate| candidate.says.iter().copied()).collect();
        for word in words {
            *how_many.entry(word).or_default() += 1;
        }
    }
    let common = |candidate: &Candidate<'_>| -> u32 { candidate.says.iter().map(|word| how_many[word] - 1).sum() };
    let all = outlets.iter().flat_map(|(_, found)| found);
    let most = all.map(common).max().unwrap_or_default().max(1);
    for candidate in outlets.iter_mut().flat_map(|(_, found)| found) {
        candidate.worth += f64::from(common(candidate)) / f64::from(most);
    }
}

/// The likeness to the likest of the sentences that are already chosen.
fn likest(candidate: &Candidate<'_>, chosen: &[(usize, &Candidate<'_>)]) -> f64 {
    chosen.iter().map(|(_, other)| candidate.likeness(other)).fold(0.0, f64::max)
}

/// Whether one of the chosen sentences has other figures about the same matter.
fn differs(candidate: &Candidate<'_>, chosen: &[(usize, &Candidate<'_>)]) -> bool {
    !candidate.figures.is_empty()
        && chosen.iter().any(|(_, other)| {
            !other.figures.is_empty() && candidate.figures != other.figures && candidate.likeness(other) >= SAME_MATTER
        })
}

fn same_language(one: Option<&str>, other: Option<&str>) -> bool {
    let primary = |tag: Option<&str>| tag.map(|tag| tag.split(['-', '_']).next().unwrap_or_default().to_lowercase());
    primary(one) == primary(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told<'a>(outlet: &'a str, text: &'a str) -> Told<'a> {
        Told { outlet, title: "", text, language: Some("en") }
    }

    fn outlets<'a>(quoted: &[Quoted<'a>]) -> Vec<&'a str> {
        quoted.iter().map(|quoted| quoted.outlet).collect()
    }

    #[test]
    fn outlets_are_quoted_once_each_and_none_repeats_another() {
        let articles = [
            told("armenpress", "Armenia and Azerbaijan agreed on a truce in Moscow on Saturday. Trams ran late."),
            told("copy", "Armenia and Azerbaijan agreed on a truce in Moscow on Saturday."),
            told("azertag", "The truce lets both sides exchange prisoners and bodies, Baku's ministry said."),
            told("armenpress", "Prisoners are to be exchanged under the truce, the Red Cross said."),
        ];
        let quoted = of_story(&articles, &About::default(), Room::sentences(3));
        assert_eq!(outlets(&quoted), ["armenpress", "azertag"]);
        assert_eq!(quoted[0].sentence, "Armenia and Azerbaijan agreed on a truce in Moscow on Saturday.");
    }

    #[test]
    fn figures_that_differ_stand_beside_each_other() {
        let articles = [
            told("one", "Armenia said that 43 of its soldiers were killed near Hadrut."),
            told(
                "two",
                "Armenia said that 43 of its soldiers were killed near Hadrut. Rain fell on Hadrut in the night.",
            ),
            told("three", "Azerbaijan said that 120 of Armenia's soldiers were killed near Hadrut."),
        ];
        let quoted = of_story(&articles, &About::default(), Room::sentences(2));
        assert_eq!(outlets(&quoted), ["one", "three"]);
    }

    #[test]
    fn what_cannot_be_compared_is_not_quoted() {
        let articles = [
            told("one", "Armenia and Azerbaijan agreed on a truce in Moscow."),
            Told {
                language: Some("ru"), ..told("two", "Армения и Азербайджан договорились в Москве о перемирии.")
            },
            told("three", "They also agreed to exchange the bodies of the dead soldiers. It rained on the day after."),
        ];
        let quoted = of_story(&articles, &About::default(), Room::sentences(3));
        assert_eq!(outlets(&quoted), ["one", "three"], "its first sentence points at nothing outside of its article");
        assert!(of_story(&[], &About::default(), Room::sentences(3)).is_empty());
        assert!(of_story(&articles, &About::default(), Room { sentences: 3, chars: 10 }).is_empty());
    }
}
