//! Material changes: compares two versions of an article and finds a changed headline, changed figures, new sentences.
//!
//! Most edits are not material: a corrected comma, "UPDATED" in front, a sentence in other words. A figure has changed if
//! it differs between equal words: "30 soldiers were killed" became "35 soldiers were killed". A figure in a new
//! sentence is no change of a figure. Words that an earlier version had are no news: a headline on trial, a figure that
//! flips between a publisher's servers, the shorter form of a second feed. It must not know alerts.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use ceasewire_model::FigureChange;
use ceasewire_text::sentences::sentences;

use super::said::Said;
use super::word_lists::language_words;

/// Words compared of a text; an alert quotes only the first ones.
const MAX_WORDS: usize = 600;

/// Headlines are equal in meaning if they share this part of the longer one's words.
const MIN_SHARED_WORDS: f64 = 0.6;

/// Words of a label in capitals before a headline's colon or dash.
const MAX_LABEL_WORDS: usize = 3;

/// Sentences compared of a text, and the fewest words of a sentence with news.
const MAX_SENTENCES: usize = 150;
const MIN_NEWS_WORDS: usize = 4;

/// A sentence is an older one in other words if the older one has this part of its words.
const SAID_OTHERWISE: f64 = 0.7;

/// Figures listed in one change; with more, the article was rewritten.
const MAX_FIGURES: usize = 3;

/// Title and text of one version of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionText<'a> {
    pub title: &'a str,
    pub text: &'a str,
}

/// Material change between two versions of an article.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MaterialChange {
    /// The meaning of the headline has changed.
    pub title: bool,
    /// Changed figures in the order of the text, each with the word after it.
    pub figures: Vec<FigureChange>,
    /// Sentences that no earlier version had in these or similar words.
    pub news: Vec<String>,
}

/// Finds the material change from `old` to `new`, if there is one. `said` has the versions up to `old`.
pub fn find_material_change(old: VersionText<'_>, new: VersionText<'_>, said: &Said) -> Option<MaterialChange> {
    if old == new {
        return None;
    }
    let is_new_title = !said.has_title(new.title);
    let unsaid: Vec<&str> = sentences(new.text).into_iter().filter(|sentence| !said.has_sentence(sentence)).collect();
    let mut figures = if is_new_title { find_changed_figures(old.title, new.title) } else { Vec::new() };
    let of_text = if unsaid.is_empty() { Vec::new() } else { find_changed_figures(old.text, new.text) };
    for figure in of_text {
        let is_listed = figures.iter().any(|other| other.old == figure.old && other.new == figure.new);
        if !is_listed && figures.len() < MAX_FIGURES {
            figures.push(figure);
        }
    }
    let title =
        is_title_changed(old.title, new.title) && said.titles().all(|earlier| is_title_changed(earlier, new.title));
    let news = find_news(old, &unsaid);
    (title || !figures.is_empty() || !news.is_empty()).then_some(MaterialChange { title, figures, news })
}

/// Finds the sentences unlike any of the old version, its title included.
fn find_news(old: VersionText<'_>, unsaid: &[&str]) -> Vec<String> {
    if unsaid.is_empty() {
        return Vec::new();
    }
    let known: Vec<Vec<TextWord>> =
        std::iter::once(old.title).chain(sentences(old.text)).take(MAX_SENTENCES).map(split_words).collect();
    let is_news = |sentence: &&&str| {
        let words = split_words(sentence);
        words.len() >= MIN_NEWS_WORDS && !known.iter().any(|known| is_said_otherwise(&words, known))
    };
    unsaid.iter().take(MAX_SENTENCES).filter(is_news).map(|sentence| (*sentence).to_owned()).collect()
}

/// Whether a known sentence has most of the words of another one, and as many negations.
fn is_said_otherwise(words: &[TextWord], known: &[TextWord]) -> bool {
    let shared = words.iter().filter(|word| known.iter().any(|other| other.folded == word.folded)).count();
    shared as f64 >= SAID_OTHERWISE * words.len() as f64
        && NEGATIONS.iter().all(|word| count_word(words, word) <= count_word(known, word))
}

/// Whether a headline has changed its meaning: it shares too few words with the old one, or a negation was added or
/// removed.
fn is_title_changed(old: &str, new: &str) -> bool {
    let (old, new) = (without_label(old), without_label(new));
    if new.is_empty() || old.is_empty() {
        return false;
    }
    let (old, new) = (split_words(old), split_words(new));
    if old.is_empty() || new.is_empty() {
        return false;
    }
    if NEGATIONS.iter().any(|word| count_word(&old, word) != count_word(&new, word)) {
        return true;
    }
    let shared = new.iter().filter(|word| old.iter().any(|other| is_similar(&other.folded, &word.folded))).count();
    // The share counts against the longer headline: one that grew by half has a new meaning.
    (shared as f64) < MIN_SHARED_WORDS * old.len().max(new.len()) as f64
}

/// Words that turn a headline into its opposite, in all languages.
static NEGATIONS: LazyLock<Vec<&str>> = LazyLock::new(|| language_words("headline_negations.txt").collect());

fn count_word(words: &[TextWord], word: &str) -> usize {
    words.iter().filter(|other| other.folded == word).count()
}

/// Whether two words differ only by a typing error or an ending: by one letter in five.
fn is_similar(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let has_digits = |word: &str| word.contains(|c: char| c.is_numeric());
    let longer = one.chars().count().max(other.chars().count());
    !has_digits(one) && !has_digits(other) && strsim::levenshtein(one, other) * 5 <= longer
}

/// Removes an update label before or after a headline: "UPDATE 2-", "LIVE:", "(updated)".
fn without_label(title: &str) -> &str {
    let title = title.trim();
    for separator in [": ", " - ", " – ", " — ", " | ", "-"] {
        let Some((label, rest)) = title.split_once(separator) else { continue };
        let is_in_capitals = label.chars().any(char::is_alphabetic) && !label.chars().any(char::is_lowercase);
        if is_in_capitals && label.split_whitespace().count() <= MAX_LABEL_WORDS && rest.split_whitespace().count() > 1
        {
            return rest.trim();
        }
    }
    match title.rsplit_once('(') {
        Some((rest, note))
            if note.ends_with(')') && note.split_whitespace().count() == 1 && !rest.trim().is_empty() =>
        {
            rest.trim()
        }
        _ => title,
    }
}

/// A word of a text, as written and folded.
struct TextWord {
    written: String,
    folded: String,
}

impl TextWord {
    /// Whether the word is a count: digits with separators, but no time of day and no date with dots.
    fn is_figure(&self) -> bool {
        let digits = self.folded.chars().filter(char::is_ascii_digit).count();
        let separators = self.folded.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
        digits > 0 && matches!(separators.as_str(), "" | "," | "." | ",," | "%")
    }
}

fn split_words(text: &str) -> Vec<TextWord> {
    let is_edge = |c: char| !c.is_alphanumeric() && c != '%';
    text.split(|c: char| c.is_whitespace() || matches!(c, '—' | '–' | '/' | '"' | '«' | '»' | '“' | '”'))
        .map(|word| word.trim_matches(is_edge))
        .filter(|word| !word.is_empty())
        .take(MAX_WORDS)
        .map(|word| TextWord { written: word.to_owned(), folded: word.nfkc().flat_map(char::to_lowercase).collect() })
        .collect()
}

/// Finds figures of a text that differ between equal words in its new version.
fn find_changed_figures(old: &str, new: &str) -> Vec<FigureChange> {
    let (old, new) = (split_words(old), split_words(new));
    let old_figures = index_figures(&old);
    let new_figures = index_figures(&new);
    let mut changed = Vec::new();
    for (context, new_indexes) in in_text_order(&new_figures) {
        // A context that occurs twice in a version leaves open which figure became which.
        let old_indexes = old_figures.get(context).map(Vec::as_slice);
        let (Some([old_index]), [new_index]) = (old_indexes, new_indexes) else { continue };
        let (old_word, new_word) = (&old[*old_index], &new[*new_index]);
        if figure_value(&old_word.folded) != figure_value(&new_word.folded) && changed.len() < MAX_FIGURES {
            changed.push(FigureChange {
                old: old_word.written.clone(),
                new: new_word.written.clone(),
                of: new.get(new_index + 1).map(|word| word.written.clone()).unwrap_or_default(),
            });
        }
    }
    changed
}

/// Removes the separators of a figure: `1,500` equals `1500`.
fn figure_value(figure: &str) -> String {
    figure.chars().filter(|c| c.is_ascii_digit() || *c == '%').collect()
}

/// Context of a figure: the word before it and the two after it.
type FigureContext<'a> = (&'a str, &'a str, &'a str);

/// Maps the contexts of figures to the figures' indexes in `words`.
fn index_figures(words: &[TextWord]) -> HashMap<FigureContext<'_>, Vec<usize>> {
    let folded =
        |index: Option<usize>| index.and_then(|index| words.get(index)).map_or("", |word| word.folded.as_str());
    let mut figures: HashMap<FigureContext<'_>, Vec<usize>> = HashMap::new();
    for (index, _) in words.iter().enumerate().filter(|(_, word)| word.is_figure()) {
        let context = (folded(index.checked_sub(1)), folded(Some(index + 1)), folded(Some(index + 2)));
        figures.entry(context).or_default().push(index);
    }
    figures
}

/// Lists contexts in the order of the text.
fn in_text_order<'a>(figures: &'a HashMap<FigureContext<'a>, Vec<usize>>) -> Vec<(&'a FigureContext<'a>, &'a [usize])> {
    let mut contexts: Vec<(&FigureContext<'_>, &[usize])> =
        figures.iter().map(|(context, indexes)| (context, indexes.as_slice())).collect();
    contexts.sort_by_key(|(_, indexes)| indexes[0]);
    contexts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(old: (&str, &str), new: (&str, &str)) -> Option<MaterialChange> {
        let version = |(title, text)| VersionText { title, text };
        find_material_change(version(old), version(new), &Said::of(old.0, old.1))
    }

    #[test]
    fn a_label_or_a_typing_error_changes_no_headline() {
        for (old, new) in [
            ("Armenia and Azerbaijan agree to a truce", "Armenia and Azerbaijan agree to a truce."),
            ("Armenia and Azerbaijan agree to a truce", "UPDATE 2-Armenia and Azerbaijan agree to a truce"),
            ("Armenia and Azerbaijan agree to a truce", "LIVE: Armenia, Azerbaijan agree to a truce"),
            ("Armenia and Azerbaijan agree to a truce", "Armenia and Azerbaijan agree to a truce (updated)"),
            ("Armenia and Azebaijan agree to a truce", "Armenia and Azerbaijan agree to a truce"),
            ("Стороны согласились на перемирие", "СТОРОНЫ СОГЛАСИЛИСЬ НА ПЕРЕМИРИЕ"),
            ("Pompeo to meet foreign ministers", "Pompeo to meet the foreign ministers"),
            ("A headline", ""),
        ] {
            assert!(!is_title_changed(old, new), "{old} | {new}");
        }
    }

    #[test]
    fn a_new_meaning_changes_a_headline() {
        for (old, new) in [
            ("Armenia and Azerbaijan agree to a truce", "Truce collapses within minutes of taking effect"),
            ("Ministers will meet in Washington", "Ministers will not meet in Washington"),
            ("Перемирие вступило в силу", "Перемирие сорвано, бои возобновились"),
            ("Talks begin in Moscow", "Talks end in Moscow without a result, says Lavrov"),
        ] {
            assert!(is_title_changed(old, new), "{old} | {new}");
        }
    }

    #[test]
    fn a_figure_changes_between_equal_words() {
        let figures = |old: &str, new: &str| -> Vec<String> {
            change(("Same headline here", old), ("Same headline here", new))
                .map(|change| change.figures.into_iter().map(|f| format!("{} > {} {}", f.old, f.new, f.of)).collect())
                .unwrap_or_default()
        };
        for (old, new, expected) in [
            ("At least 30 soldiers were killed.", "At least 35 soldiers were killed.", &["30 > 35 soldiers"][..]),
            ("Some 1,500 people left.", "Some 1500 people left.", &[]),
            ("At least 30 soldiers were killed.", "At least 30 soldiers were killed. Another 12 were hurt.", &[]),
            ("Published at 14:05 in Baku", "Published at 15:10 in Baku", &[]),
            ("Погибли 30 военных, ранены 100.", "Погибли 42 военных, ранены 100.", &["30 > 42 военных"]),
            ("It fell by 5% on Monday.", "It fell by 7% on Monday.", &["5% > 7% on"]),
            ("killed 3 men and killed 3 men and", "killed 4 men and killed 5 men and", &[]),
        ] {
            assert_eq!(figures(old, new), expected, "{old} | {new}");
        }
    }

    #[test]
    fn a_figure_in_title_and_text_is_listed_once() {
        let change = change(
            ("Shelling of Ganja kills 7", "Shelling kills 7 people in Ganja"),
            ("Shelling of Ganja kills 12", "Shelling kills 12 people in Ganja"),
        );
        let change = change.unwrap();
        assert!(!change.title);
        assert_eq!(change.figures.len(), 1);
    }

    #[test]
    fn a_further_sentence_is_news_and_a_shorter_text_is_none() {
        let text = "The truce took effect at noon. Both sides report shelling.";
        let further = "The Minsk Group will meet on Thursday, October 15, with 3 co-chairs.";
        let more = format!("{text} {further}");
        let news = |old: &str, new: &str| {
            change(("Truce in effect", old), ("Truce in effect", new)).map(|change| change.news).unwrap_or_default()
        };
        assert_eq!(news(text, &more), [further]);
        assert_eq!(news("", text).len(), 2);
        assert_eq!(news("More soon.", text).len(), 2);
        assert_eq!(change(("Truce in effect", &more), ("Truce in effect!", text)), None);
        for (old, new) in [
            ("The truce took effect at noon today.", "The truce took effect today, at noon."),
            ("The ministers will meet in Geneva on Friday.", "The foreign ministers will meet in Geneva on Friday."),
            ("Both sides report shelling.", "Both sides report shelling. Read more."),
        ] {
            assert_eq!(news(old, new), [""; 0], "{new}");
        }
        let denied = "The ministers will not meet in Geneva on Friday.";
        assert_eq!(news("The ministers will meet in Geneva on Friday.", denied), [denied]);
    }

    #[test]
    fn words_of_an_earlier_version_are_no_news() {
        let first = ("Shelling of Ganja kills 7", "At least 7 people were killed in Ganja. Rescuers are at work.");
        let second = ("Shelling of Ganja kills 12", "At least 12 people were killed in Ganja. Rescuers are at work.");
        let third = ("Ganja mourns its dead after night of shelling", first.1);
        let mut said = Said::of(first.0, first.1);
        said.add(second.0, second.1);
        said.add(third.0, third.1);
        let version = |(title, text)| VersionText { title, text };
        for (old, new) in [(second, first), (first, second), (third, first), (first, third)] {
            assert_eq!(find_material_change(version(old), version(new), &said), None, "{new:?}");
        }
    }
}
