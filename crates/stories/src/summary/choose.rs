//! Which sentences of one article are quoted.

use super::worth::{Candidate, Lexicon, candidates};
use ceasewire_rules::eval;
use ceasewire_rules::grammar::{Expr, Term};
use ceasewire_text::Doc;

/// What a sentence is worth for each of the words that were asked for, as a share of the most that any sentence has. More
/// than everything else together: a summary answers what was asked.
const ASKED: f64 = 2.0;

/// What a sentence in which the story's event was found is worth beyond its words.
const EVENT: f64 = 1.0;

/// What a summary is to be about, besides the article.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    /// The rules that matched the article.
    pub rules: &'a [&'a Expr],
    /// The sentences in which facts of the story's event were found.
    pub event: &'a [&'a str],
    /// The article's language as a BCP 47 tag.
    pub language: Option<&'a str>,
}

/// How much is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// At most so many sentences.
    pub sentences: usize,
    /// At most so many characters in all, blanks between sentences included.
    pub chars: usize,
}

impl Room {
    /// Room for so many sentences of any length.
    pub fn sentences(sentences: usize) -> Self {
        Self { sentences, chars: usize::MAX }
    }

    /// Room for so many sentences in an alert, which people read on a phone between two others.
    pub fn alert(sentences: usize) -> Self {
        Self { sentences, chars: 900 }
    }
}

/// A sentence of an article and its place among all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote<'a> {
    /// Its place, counted from 0.
    pub place: usize,
    /// Its words.
    pub text: &'a str,
}

/// The sentences of an article that say most of what the summary is to be about, in their order.
///
/// Where something was asked for, the first sentence that can be quoted is among them, since it says what happened. No two
/// say the same, one that points back comes only with the sentence before it, and one that does not fit is left out, not
/// cut.
pub fn choose<'a>(title: &str, text: &'a str, about: &About<'_>, room: Room) -> Vec<Quote<'a>> {
    let mut found = candidates(&mut Lexicon::default(), title, text, about.language);
    let asked = favour(&mut found, about);
    let mut chosen: Vec<usize> = Vec::new();
    let mut left_out = vec![false; found.len()];
    let mut chars = 0;
    while chosen.len() < room.sentences {
        let open = |index: usize| {
            let candidate = &found[index];
            let after_blank = usize::from(!chosen.is_empty());
            let follows = || chosen.iter().any(|&before| found[before].place + 1 == candidate.place);
            !left_out[index]
                && (!candidate.points_back || follows())
                && chars + after_blank + candidate.text.chars().count() <= room.chars
        };
        let mut candidates = (0..found.len()).filter(|&index| open(index));
        let best = if asked && chosen.is_empty() {
            candidates.next()
        } else {
            candidates.reduce(|best, index| if found[index].worth > found[best].worth { index } else { best })
        };
        let Some(best) = best else { break };
        chars += found[best].text.chars().count() + usize::from(!chosen.is_empty());
        for (index, out) in left_out.iter_mut().enumerate() {
            *out |= index == best || found[index].says_what(&found[best]);
        }
        chosen.push(best);
    }
    chosen.sort_unstable();
    chosen.into_iter().map(|index| Quote { place: found[index].place, text: found[index].text }).collect()
}

/// Adds what sentences are worth for what was asked; `false` if nothing was.
pub(super) fn favour(found: &mut [Candidate<'_>], about: &About<'_>) -> bool {
    let terms: Vec<&Term> = about.rules.iter().flat_map(|rule| rule.terms()).collect();
    let mut most = 0;
    let mut hits = vec![0; found.len()];
    if !terms.is_empty() {
        for (hits, candidate) in hits.iter_mut().zip(&*found) {
            let doc = Doc::new("", candidate.text).in_language(about.language);
            *hits = terms.iter().filter(|term| eval::occurs(term, &doc)).count();
            most = most.max(*hits);
        }
    }
    for (candidate, hits) in found.iter_mut().zip(hits) {
        candidate.worth += ASKED * hits as f64 / most.max(1) as f64;
        if about.event.iter().any(|event| event.contains(candidate.text) || candidate.text.contains(event)) {
            candidate.worth += EVENT;
        }
    }
    !terms.is_empty() || !about.event.is_empty()
}

/// Up to `count` sentences of an article, joined by one blank.
pub fn of_article(title: &str, text: &str, language: Option<&str>, count: usize) -> String {
    let about = About { language, ..About::default() };
    let quotes = choose(title, text, &about, Room::sentences(count));
    quotes.iter().map(|quote| quote.text).collect::<Vec<_>>().join(" ")
}

/// Up to `count` sentences of an article for an alert, chosen for what they are to be about. Between sentences that do not
/// follow each other stands an ellipsis.
pub fn summarise(title: &str, text: &str, about: &About<'_>, count: usize) -> String {
    let quotes = choose(title, text, about, Room::alert(count));
    let mut summary = String::new();
    for (index, quote) in quotes.iter().enumerate() {
        if index > 0 {
            summary.push_str(if quotes[index - 1].place + 1 == quote.place { " " } else { " … " });
        }
        summary.push_str(quote.text);
    }
    summary
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceasewire_rules::parse;

    #[test]
    fn a_summary_quotes_the_first_sentence_and_what_was_asked_for() {
        let text = "Ministers met in Moscow on Friday. The weather was mild for the season. Trams ran late that evening. \
            A truce was signed by both. Reporters waited outside for hours.";
        let truce = parse("truce").unwrap();
        assert_eq!(
            summarise("Talks in Moscow", text, &About { rules: &[&truce], ..About::default() }, 2),
            "Ministers met in Moscow on Friday. … A truce was signed by both."
        );
        let repeated =
            summarise("Ministers met in Moscow on Friday", text, &About { rules: &[&truce], ..About::default() }, 1);
        assert_ne!(repeated, "Ministers met in Moscow on Friday.");
    }

    #[test]
    fn what_points_back_is_not_quoted_without_what_it_points_at() {
        let text = "Armenia's ministry said that Stepanakert had been shelled in the night. Azerbaijan denied this. Its \
            defence ministry said that Armenian units had fired at the truce line. Both called the truce broken.";
        let truce = parse("truce").unwrap();
        assert_eq!(
            summarise("", text, &About { rules: &[&truce], ..About::default() }, 3),
            "Armenia's ministry said that Stepanakert had been shelled in the night."
        );
        let text =
            "The ministers met in Moscow on Saturday. They agreed on a truce there. Trams ran late that evening.";
        assert_eq!(
            summarise("", text, &About { rules: &[&truce], ..About::default() }, 2),
            "The ministers met in Moscow on Saturday. They agreed on a truce there."
        );
    }

    #[test]
    fn what_nothing_was_asked_of_is_told_by_what_its_sentences_share() {
        let text = "Photo: the ministry of defence of Armenia. \
            The weather in the capital was mild for the season. \
            A truce between Armenia and Azerbaijan began at noon in Karabakh. \
            “We will honour the truce in Karabakh.\n\
            Both armies in Karabakh accused each other of breaking the truce after noon. \
            The truce between Armenia and Azerbaijan began in Karabakh at noon. \
            Armenia said that Azerbaijan had shelled Stepanakert after the truce began.";
        assert_eq!(
            of_article("", text, None, 2),
            "A truce between Armenia and Azerbaijan began at noon in Karabakh. \
             Armenia said that Azerbaijan had shelled Stepanakert after the truce began."
        );
        assert_eq!(of_article("", "", None, 3), "");
        assert_eq!(of_article("A title", "A title", None, 3), "");
        assert_eq!(of_article("", text, None, 0), "");
    }

    #[test]
    fn the_sentence_of_the_storys_event_is_quoted() {
        let text = "Fighting went on around Hadrut for another day. Rain fell on the capital and on the villages. Fighting \
            around Hadrut cost both sides dearly. Foreign ministers will meet in Washington on 23 October.";
        let event = ["Foreign ministers will meet in Washington on 23 October."];
        let about = About { event: &event, ..About::default() };
        let places: Vec<usize> = choose("", text, &about, Room::sentences(2)).iter().map(|quote| quote.place).collect();
        assert_eq!(places, [0, 3]);
    }

    #[test]
    fn a_sentence_that_does_not_fit_is_left_out_and_not_cut() {
        let text = "The ministers of both countries met in Moscow on Saturday for ten hours of talks. They met in Moscow. \
            A truce was agreed in Moscow.";
        let room = Room { sentences: 3, chars: 40 };
        let quotes = choose("", text, &About::default(), room);
        assert_eq!(quotes, [Quote { place: 2, text: "A truce was agreed in Moscow." }]);
        assert!(choose("", text, &About::default(), Room { sentences: 3, chars: 5 }).is_empty());
    }

    #[test]
    fn sentences_that_say_the_same_are_quoted_once_and_other_figures_are_not_the_same() {
        let text = "The ministry said 43 soldiers were killed near Hadrut. Near Hadrut 43 soldiers were killed, the \
            ministry said. The other ministry said 45 soldiers were killed near Hadrut.";
        let summary = of_article("", text, Some("en"), 3);
        assert_eq!(summary.matches("43").count(), 1, "{summary}");
        assert_eq!(summary.matches("45").count(), 1, "{summary}");
    }
}
