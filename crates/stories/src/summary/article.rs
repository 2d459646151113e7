//! Summarises one article: chooses sentences within a budget.

use super::candidates::{CandidateSentence, StemInterner, find_candidates};
use ceasewire_rules::eval;
use ceasewire_rules::grammar::{Expr, Term};
use ceasewire_text::Doc;

/// Added for the terms of the matched rules, as a share of the most terms in any sentence. It exceeds all other scores
/// together: a summary answers the reader's rule.
const RULE_TERMS: f64 = 2.0;

/// Added for a sentence with facts of the story's event.
const EVENT: f64 = 1.0;

/// The subjects that a summary prefers.
#[derive(Clone, Copy, Debug, Default)]
pub struct SummaryFocus<'a> {
    /// The rules that matched the article.
    pub rules: &'a [&'a Expr],
    /// The sentences with facts of the story's event.
    pub event: &'a [&'a str],
    /// The article's language as a BCP 47 tag.
    pub language: Option<&'a str>,
}

/// The bounds of a summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SummaryBudget {
    /// Most sentences.
    pub sentences: usize,
    /// Most characters in all, with the blanks between sentences.
    pub chars: usize,
}

impl SummaryBudget {
    /// A budget of sentences of any length.
    pub fn sentences(sentences: usize) -> Self {
        Self { sentences, chars: usize::MAX }
    }

    /// A budget of sentences in an alert: readers see it on a phone, among other alerts.
    pub fn alert(sentences: usize) -> Self {
        Self { sentences, chars: 900 }
    }
}

/// A sentence with its place in its article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtractedSentence<'a> {
    /// The place, counted from 0.
    pub place: usize,
    /// The sentence, word for word.
    pub text: &'a str,
}

/// Extracts the sentences with the best scores for the focus, in the order of the article.
///
/// With a focus, the first candidate is always among them: it states the news. The function takes no two sentences that
/// repeat each other, and an anaphoric sentence only after the sentence before it. It omits a sentence that does not
/// fit, and never cuts one.
pub fn extract<'a>(
    title: &str,
    text: &'a str,
    focus: &SummaryFocus<'_>,
    budget: SummaryBudget,
) -> Vec<ExtractedSentence<'a>> {
    let mut found = find_candidates(&mut StemInterner::default(), title, text, focus.language);
    let has_focus = add_focus_scores(&mut found, focus);
    let mut chosen: Vec<usize> = Vec::new();
    let mut left_out = vec![false; found.len()];
    let mut chars = 0;
    while chosen.len() < budget.sentences {
        let open = |index: usize| {
            let candidate = &found[index];
            let after_blank = usize::from(!chosen.is_empty());
            let follows = || chosen.iter().any(|&before| found[before].place + 1 == candidate.place);
            !left_out[index]
                && (!candidate.is_anaphoric || follows())
                && chars + after_blank + candidate.text.chars().count() <= budget.chars
        };
        let mut candidates = (0..found.len()).filter(|&index| open(index));
        let best = if has_focus && chosen.is_empty() {
            candidates.next()
        } else {
            candidates.reduce(|best, index| if found[index].score > found[best].score { index } else { best })
        };
        let Some(best) = best else { break };
        chars += found[best].text.chars().count() + usize::from(!chosen.is_empty());
        for (index, out) in left_out.iter_mut().enumerate() {
            *out |= index == best || found[index].repeats(&found[best]);
        }
        chosen.push(best);
    }
    chosen.sort_unstable();
    chosen.into_iter().map(|index| ExtractedSentence { place: found[index].place, text: found[index].text }).collect()
}

/// Adds the scores for the focus; returns `false` if there is no focus.
pub(super) fn add_focus_scores(found: &mut [CandidateSentence<'_>], focus: &SummaryFocus<'_>) -> bool {
    let terms: Vec<&Term> = focus.rules.iter().flat_map(|rule| rule.terms()).collect();
    let mut most = 0;
    let mut hits = vec![0; found.len()];
    if !terms.is_empty() {
        for (hits, candidate) in hits.iter_mut().zip(&*found) {
            let doc = Doc::new("", candidate.text).in_language(focus.language);
            *hits = terms.iter().filter(|term| eval::occurs(term, &doc)).count();
            most = most.max(*hits);
        }
    }
    for (candidate, hits) in found.iter_mut().zip(hits) {
        candidate.score += RULE_TERMS * hits as f64 / most.max(1) as f64;
        if focus.event.iter().any(|event| event.contains(candidate.text) || candidate.text.contains(event)) {
            candidate.score += EVENT;
        }
    }
    !terms.is_empty() || !focus.event.is_empty()
}

/// Summarises an article in up to `count` sentences, joined by one blank.
pub fn summarise_article(title: &str, text: &str, language: Option<&str>, count: usize) -> String {
    let focus = SummaryFocus { language, ..SummaryFocus::default() };
    let quotes = extract(title, text, &focus, SummaryBudget::sentences(count));
    quotes.iter().map(|quote| quote.text).collect::<Vec<_>>().join(" ")
}

/// Summarises an article for an alert in up to `count` sentences. An ellipsis replaces omitted sentences.
pub fn summarise_for_alert(title: &str, text: &str, focus: &SummaryFocus<'_>, count: usize) -> String {
    let quotes = extract(title, text, focus, SummaryBudget::alert(count));
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
    fn a_summary_has_the_first_sentence_and_the_rules_terms() {
        let text = "Ministers met in Moscow on Friday. The weather was mild for the season. Trams ran late that evening. \
            A truce was signed by both. Reporters waited outside for hours.";
        let truce = parse("truce").unwrap();
        assert_eq!(
            summarise_for_alert(
                "Talks in Moscow",
                text,
                &SummaryFocus { rules: &[&truce], ..SummaryFocus::default() },
                2
            ),
            "Ministers met in Moscow on Friday. … A truce was signed by both."
        );
        let repeated = summarise_for_alert(
            "Ministers met in Moscow on Friday",
            text,
            &SummaryFocus { rules: &[&truce], ..SummaryFocus::default() },
            1,
        );
        assert_ne!(repeated, "Ministers met in Moscow on Friday.");
    }

    #[test]
    fn an_anaphoric_sentence_needs_the_sentence_before_it() {
        let text = "Armenia's ministry said that Stepanakert had been shelled in the night. Azerbaijan denied this. Its \
            defence ministry said that Armenian units had fired at the truce line. Both called the truce broken.";
        let truce = parse("truce").unwrap();
        assert_eq!(
            summarise_for_alert("", text, &SummaryFocus { rules: &[&truce], ..SummaryFocus::default() }, 3),
            "Armenia's ministry said that Stepanakert had been shelled in the night."
        );
        let text =
            "The ministers met in Moscow on Saturday. They agreed on a truce there. Trams ran late that evening.";
        assert_eq!(
            summarise_for_alert("", text, &SummaryFocus { rules: &[&truce], ..SummaryFocus::default() }, 2),
            "The ministers met in Moscow on Saturday. They agreed on a truce there."
        );
    }

    #[test]
    fn without_a_focus_shared_words_decide() {
        let text = "Photo: the ministry of defence of Armenia. \
            The weather in the capital was mild for the season. \
            A truce between Armenia and Azerbaijan began at noon in Karabakh. \
            “We will honour the truce in Karabakh.\n\
            Both armies in Karabakh accused each other of breaking the truce after noon. \
            The truce between Armenia and Azerbaijan began in Karabakh at noon. \
            Armenia said that Azerbaijan had shelled Stepanakert after the truce began.";
        assert_eq!(
            summarise_article("", text, None, 2),
            "A truce between Armenia and Azerbaijan began at noon in Karabakh. \
             Armenia said that Azerbaijan had shelled Stepanakert after the truce began."
        );
        assert_eq!(summarise_article("", "", None, 3), "");
        assert_eq!(summarise_article("A title", "A title", None, 3), "");
        assert_eq!(summarise_article("", text, None, 0), "");
    }

    #[test]
    fn a_summary_has_the_sentence_of_the_event() {
        let text = "Fighting went on around Hadrut for another day. Rain fell on the capital and on the villages. Fighting \
            around Hadrut cost both sides dearly. Foreign ministers will meet in Washington on 23 October.";
        let event = ["Foreign ministers will meet in Washington on 23 October."];
        let focus = SummaryFocus { event: &event, ..SummaryFocus::default() };
        let places: Vec<usize> =
            extract("", text, &focus, SummaryBudget::sentences(2)).iter().map(|quote| quote.place).collect();
        assert_eq!(places, [0, 3]);
    }

    #[test]
    fn a_sentence_above_the_budget_is_omitted_and_not_cut() {
        let text = "The ministers of both countries met in Moscow on Saturday for ten hours of talks. They met in Moscow. \
            A truce was agreed in Moscow.";
        let budget = SummaryBudget { sentences: 3, chars: 40 };
        let quotes = extract("", text, &SummaryFocus::default(), budget);
        assert_eq!(quotes, [ExtractedSentence { place: 2, text: "A truce was agreed in Moscow." }]);
        assert!(extract("", text, &SummaryFocus::default(), SummaryBudget { sentences: 3, chars: 5 }).is_empty());
    }

    #[test]
    fn repetitions_appear_once_and_other_figures_both() {
        let text = "The ministry said 43 soldiers were killed near Hadrut. Near Hadrut 43 soldiers were killed, the \
            ministry said. The other ministry said 45 soldiers were killed near Hadrut.";
        let summary = summarise_article("", text, Some("en"), 3);
        assert_eq!(summary.matches("43").count(), 1, "{summary}");
        assert_eq!(summary.matches("45").count(), 1, "{summary}");
    }
}
