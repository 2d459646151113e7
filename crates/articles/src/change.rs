//! What changed in an article between two fetches, as far as a reader who was alerted should know: its headline says
//! something else, or a figure in it is another one. Pure.
//!
//! Publishers touch articles all the time: they mend a comma, add paragraphs, put "UPDATED" in front. None of that is worth
//! a second look. A figure has changed when the words around it are the same and the figure is not: "30 soldiers were killed"
//! became "35 soldiers were killed". A figure that is merely added, in a sentence that was not there, has not.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use ceasewire_model::FigureChange;

/// Words of a text that are looked at: the part that an alert could have quoted.
const MOST_WORDS: usize = 600;

/// Headlines whose words agree to this share (of the words of either) say the same.
const SAME_SHARE: f64 = 0.6;

/// Words in front of a headline's colon or dash that tell of the telling: at most so many, all capitals or one of these.
const MOST_LABEL_WORDS: usize = 3;

/// Figures named in one change; an article in which more have changed has been rewritten.
const MOST_FIGURES: usize = 3;

/// A material change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The headline says something else.
    pub title: bool,
    /// Figures that are others now, in their order, each with the word after it.
    pub figures: Vec<FigureChange>,
}

/// What changed materially from one version to another, each as title and text; `None` when nothing did.
pub fn material(old: (&str, &str), new: (&str, &str)) -> Option<Change> {
    if old == new {
        return None;
    }
    let mut figures = figures(old.0, new.0);
    for figure in self::figures(old.1, new.1) {
        let told = figures.iter().any(|other| other.old == figure.old && other.new == figure.new);
        if !told && figures.len() < MOST_FIGURES {
            figures.push(figure);
        }
    }
    let title = title_changed(old.0, new.0);
    (title || !figures.is_empty()).then_some(Change { title, figures })
}

/// Whether a headline says something else: too few of its words are the same, or it says the opposite of what it did.
fn title_changed(old: &str, new: &str) -> bool {
    let (old, new) = (without_label(old), without_label(new));
    if new.is_empty() || old.is_empty() {
        return false;
    }
    let (old, new) = (words(old), words(new));
    if old.is_empty() || new.is_empty() {
        return false;
    }
    if NEGATIONS.iter().any(|word| count(&old, word) != count(&new, word)) {
        return true;
    }
    let same = new.iter().filter(|word| old.iter().any(|other| alike(&other.folded, &word.folded))).count();
    // Of the longer one: a headline that grew by half says more than before.
    (same as f64) < SAME_SHARE * old.len().max(new.len()) as f64
}

/// Words that turn a headline into its opposite, in the languages that have them as words.
const NEGATIONS: &[&str] = &["no", "not", "не", "нет", "ne", "pas", "değil", "yox", "չի", "չեն", "არ", "نه"];

fn count(words: &[Word], word: &str) -> usize {
    words.iter().filter(|other| other.folded == word).count()
}

/// Whether two words are one, up to a slip of the pen or an ending: one letter in five may differ.
fn alike(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let figures = |word: &str| word.contains(|c: char| c.is_numeric());
    let longer = one.chars().count().max(other.chars().count());
    !figures(one) && !figures(other) && strsim::levenshtein(one, other) * 5 <= longer
}

/// A headline without what is put in front or behind to say that it is new: "UPDATE 2-", "LIVE:", "(updated)".
fn without_label(title: &str) -> &str {
    let title = title.trim();
    for mark in [": ", " - ", " – ", " — ", " | ", "-"] {
        let Some((label, rest)) = title.split_once(mark) else { continue };
        let shouted = label.chars().any(char::is_alphabetic) && !label.chars().any(char::is_lowercase);
        if shouted && label.split_whitespace().count() <= MOST_LABEL_WORDS && rest.split_whitespace().count() > 1 {
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

/// A word of a text: as written, and folded.
struct Word {
    written: String,
    folded: String,
}

impl Word {
    /// Whether it is a figure that counts something: digits, with separators; no time of day, no date with dots.
    fn is_figure(&self) -> bool {
        let digits = self.folded.chars().filter(char::is_ascii_digit).count();
        let others = self.folded.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
        digits > 0 && matches!(others.as_str(), "" | "," | "." | ",," | "%")
    }
}

fn words(text: &str) -> Vec<Word> {
    let edge = |c: char| !c.is_alphanumeric() && c != '%';
    text.split(|c: char| c.is_whitespace() || matches!(c, '—' | '–' | '/' | '"' | '«' | '»' | '“' | '”'))
        .map(|word| word.trim_matches(edge))
        .filter(|word| !word.is_empty())
        .take(MOST_WORDS)
        .map(|word| Word { written: word.to_owned(), folded: word.nfkc().flat_map(char::to_lowercase).collect() })
        .collect()
}

/// The figures of a text that are others in its new version: between the same words.
fn figures(old: &str, new: &str) -> Vec<FigureChange> {
    let (old, new) = (words(old), words(new));
    let before = between(&old);
    let after = between(&new);
    let mut changed = Vec::new();
    for (place, new_at) in sorted(&after) {
        // A place that occurs twice in either version says nothing about which figure became which.
        let (Some([old_at]), [new_at]) = (before.get(place).map(Vec::as_slice), new_at) else { continue };
        let (old_word, new_word) = (&old[*old_at], &new[*new_at]);
        if figure_value(&old_word.folded) != figure_value(&new_word.folded) && changed.len() < MOST_FIGURES {
            changed.push(FigureChange {
                old: old_word.written.clone(),
                new: new_word.written.clone(),
                of: new.get(new_at + 1).map(|word| word.written.clone()).unwrap_or_default(),
            });
        }
    }
    changed
}

/// A figure without its separators, by which `1,500` and `1500` are one.
fn figure_value(figure: &str) -> String {
    figure.chars().filter(|c| c.is_ascii_digit() || *c == '%').collect()
}

/// Where figures stand: the word before and the two after, by which a figure is known again.
type Place<'a> = (&'a str, &'a str, &'a str);

fn between(words: &[Word]) -> HashMap<Place<'_>, Vec<usize>> {
    let folded = |at: Option<usize>| at.and_then(|at| words.get(at)).map_or("", |word| word.folded.as_str());
    let mut places: HashMap<Place<'_>, Vec<usize>> = HashMap::new();
    for (at, _) in words.iter().enumerate().filter(|(_, word)| word.is_figure()) {
        let place = (folded(at.checked_sub(1)), folded(Some(at + 1)), folded(Some(at + 2)));
        places.entry(place).or_default().push(at);
    }
    places
}

/// The places in the order of the text.
fn sorted<'a>(places: &'a HashMap<Place<'a>, Vec<usize>>) -> Vec<(&'a Place<'a>, &'a [usize])> {
    let mut all: Vec<(&Place<'_>, &[usize])> = places.iter().map(|(place, at)| (place, at.as_slice())).collect();
    all.sort_by_key(|(_, at)| at[0]);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(old: &str, new: &str) -> bool {
        title_changed(old, new)
    }

    #[test]
    fn a_headline_that_says_the_same_has_not_changed() {
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
            assert!(!changed(old, new), "{old} | {new}");
        }
    }

    #[test]
    fn a_headline_that_says_something_else_has_changed() {
        for (old, new) in [
            ("Armenia and Azerbaijan agree to a truce", "Truce collapses within minutes of taking effect"),
            ("Ministers will meet in Washington", "Ministers will not meet in Washington"),
            ("Перемирие вступило в силу", "Перемирие сорвано, бои возобновились"),
            ("Talks begin in Moscow", "Talks end in Moscow without a result, says Lavrov"),
        ] {
            assert!(changed(old, new), "{old} | {new}");
        }
    }

    #[test]
    fn a_figure_has_changed_when_the_words_around_it_are_the_same() {
        let figures = |old: &str, new: &str| -> Vec<String> {
            material(("Same headline here", old), ("Same headline here", new))
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
    fn a_figure_of_the_headline_is_told_once() {
        let change = material(
            ("Shelling of Ganja kills 7", "Shelling kills 7 people in Ganja"),
            ("Shelling of Ganja kills 12", "Shelling kills 12 people in Ganja"),
        );
        let change = change.unwrap();
        assert!(!change.title);
        assert_eq!(change.figures.len(), 1);
    }

    #[test]
    fn what_was_only_edited_or_extended_is_no_change() {
        let text = "The truce took effect at noon. Both sides report shelling.";
        let more = format!("{text} The Minsk Group will meet on Thursday, October 15, with 3 co-chairs.");
        assert_eq!(material(("Truce in effect", text), ("Truce in effect", &more)), None);
        assert_eq!(material(("Truce in effect", &more), ("Truce in effect!", text)), None);
    }
}
