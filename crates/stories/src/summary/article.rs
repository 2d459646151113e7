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

/// The sentences that open an article. Publishers' own summaries follow them more closely than any other choice of two
/// sentences that was measured (docs/summaries.md); further sentences are chosen by the words that they share.
const OPENING: usize = 2;

/// Fewest words of a first sentence that counts as the whole opening.
const LONG_OPENING: usize = 35;

/// Added for the next sentence of the opening: less than for the event or for most of the rules' terms.
const NEXT: f64 = 0.5;

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

/// Extracts sentences for the focus, in the order of the article.
///
/// The first sentence that reports something opens the summary: it states the news. Then come the sentences that add
/// most to the chosen ones for the rules and the event, and where none does, the next sentence of the opening. No two
/// sentences repeat each other, and an anaphoric sentence comes only after the sentence before it. The function omits a
/// sentence that does not fit, and never cuts one.
pub fn extract<'a>(
    title: &str,
    text: &'a str,
    focus: &SummaryFocus<'_>,
    budget: SummaryBudget,
) -> Vec<ExtractedSentence<'a>> {
    let found = find_candidates(&mut StemInterner::default(), title, text, focus.language);
    let hits = FocusHits::find(&found, focus);
    let mut chosen: Vec<usize> = Vec::new();
    let mut left_out = vec![false; found.len()];
    let mut chars = 0;
    // A long first sentence states as much as two of usual length.
    let mut weight = 0;
    while chosen.len() < budget.sentences {
        let is_open = |index: usize| {
            let candidate = &found[index];
            let after_blank = usize::from(!chosen.is_empty());
            let follows = || chosen.iter().any(|&before| found[before].place + 1 == candidate.place);
            !left_out[index]
                && (!candidate.is_anaphoric || follows())
                && chars + after_blank + candidate.text.chars().count() <= budget.chars
        };
        let reports = |&index: &usize| is_open(index) && !found[index].is_empty;
        let open: Vec<usize> = (0..found.len()).filter(reports).collect();
        let or_any = || (0..found.len()).find(|&index| chosen.is_empty() && is_open(index));
        let Some(next) = open.first().copied().or_else(or_any) else { break };
        let best = if chosen.is_empty() {
            next
        } else {
            let base = |index: usize| match index {
                _ if weight >= OPENING => found[index].score,
                _ if index == next => NEXT,
                _ => 0.0,
            };
            let score = |index: usize| hits.added_by(index, &chosen) + base(index);
            open.into_iter().fold(next, |best, index| if score(index) > score(best) { index } else { best })
        };
        if weight >= budget.sentences && hits.added_by(best, &chosen) == 0.0 {
            break;
        }
        weight += if chosen.is_empty() && found[best].words >= LONG_OPENING { OPENING } else { 1 };
        chars += found[best].text.chars().count() + usize::from(!chosen.is_empty());
        for (index, out) in left_out.iter_mut().enumerate() {
            *out |= index == best || found[index].repeats(&found[best]);
        }
        chosen.push(best);
    }
    chosen.sort_unstable();
    chosen.into_iter().map(|index| ExtractedSentence { place: found[index].place, text: found[index].text }).collect()
}

/// The parts of a focus that each candidate has.
pub(super) struct FocusHits {
    /// The places of the rules' terms, ascending, by candidate.
    terms: Vec<Vec<usize>>,
    /// Whether the candidate has facts of the event.
    event: Vec<bool>,
    most_terms: usize,
}

impl FocusHits {
    pub(super) fn find(found: &[CandidateSentence<'_>], focus: &SummaryFocus<'_>) -> Self {
        let rule_terms: Vec<&Term> = focus.rules.iter().flat_map(|rule| rule.terms()).collect();
        let terms_of = |candidate: &CandidateSentence<'_>| -> Vec<usize> {
            if rule_terms.is_empty() {
                return Vec::new();
            }
            let doc = Doc::new("", candidate.text).in_language(focus.language);
            (0..rule_terms.len()).filter(|&term| eval::occurs(rule_terms[term], &doc)).collect()
        };
        let terms: Vec<Vec<usize>> = found.iter().map(terms_of).collect();
        let has_event = |candidate: &CandidateSentence<'_>| {
            focus.event.iter().any(|event| event.contains(candidate.text) || candidate.text.contains(event))
        };
        let most_terms = terms.iter().map(Vec::len).max().unwrap_or_default().max(1);
        Self { event: found.iter().map(has_event).collect(), terms, most_terms }
    }

    /// The score for the parts that a candidate adds to the chosen ones.
    pub(super) fn added_by(&self, candidate: usize, chosen: &[usize]) -> f64 {
        let is_new = |term: &&usize| chosen.iter().all(|&other| self.terms[other].binary_search(term).is_err());
        let terms = self.terms[candidate].iter().filter(is_new).count();
        RULE_TERMS * terms as f64 / self.most_terms as f64 + if self.event[candidate] { EVENT } else { 0.0 }
    }
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
    fn without_a_focus_the_opening_comes_first() {
        let text = "Photo: the ministry of defence of Armenia.\n\
            YEREVAN, OCTOBER 10, ARMENPRESS.\n\
            By Ani Petrosyan\n\
            Will the guns fall silent at noon? \
            A truce between Armenia and Azerbaijan began at noon in Karabakh. \
            The weather in the capital was mild for the season. \
            “We will honour the truce in Karabakh.\n\
            Trams ran late in the capital that evening. \
            The truce between Armenia and Azerbaijan began in Karabakh at noon. \
            Armenia said that Azerbaijan had shelled Stepanakert after the truce began.";
        let opening = "A truce between Armenia and Azerbaijan began at noon in Karabakh. The weather in the capital was mild for the season.";
        assert_eq!(summarise_article("", text, Some("en"), 2), opening);
        assert_eq!(
            summarise_article("", text, Some("en"), 3),
            format!("{opening} Armenia said that Azerbaijan had shelled Stepanakert after the truce began."),
            "shared words choose further sentences"
        );
        assert_eq!(summarise_article("", "", None, 3), "");
        assert_eq!(summarise_article("A title", "A title", None, 3), "");
        assert_eq!(summarise_article("", text, None, 0), "");
    }

    #[test]
    fn a_question_comes_only_with_its_answer() {
        for (text, expected) in [
            (
                "Who fired first at Hadrut? Baku accuses Yerevan of the attack. Guns roar.",
                "Baku accuses Yerevan of the attack.",
            ),
            ("Who fired first at Hadrut? That is not known to the monitors.", "Who fired first at Hadrut?"),
            (
                "Кто выстрелил первым под Гадрутом? Баку обвиняет Ереван в нападении.",
                "Баку обвиняет Ереван в нападении.",
            ),
            ("Who fired first at Hadrut?", "Who fired first at Hadrut?"),
        ] {
            assert_eq!(summarise_article("", text, None, 1), expected, "{text}");
        }
    }

    #[test]
    fn only_the_very_words_of_the_title_are_left_out() {
        let text = "Armenia and Azerbaijan agree on a truce. Armenia and Azerbaijan agree on the truce in Moscow.";
        assert_eq!(
            summarise_article("Armenia and Azerbaijan agree on a truce", text, None, 1),
            "Armenia and Azerbaijan agree on the truce in Moscow."
        );
        assert_eq!(
            summarise_article("Armenia, Azerbaijan agree on a truce", text, None, 1),
            "Armenia and Azerbaijan agree on a truce."
        );
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
