//! The form of a headline: whether it stands over the report of one event, or over an analysis or a round-up. An analysis
//! joins no story, and its events are background.

use std::collections::HashSet;
use std::sync::LazyLock;

use ceasewire_text::analysis;
use ceasewire_text::languages::entries;

/// Most words of a label and of a phrase.
const PHRASE_WORDS: usize = 6;

/// The phrases of `data/headline_forms.txt`.
struct HeadlineForms {
    labels: HashSet<String>,
    starts: HashSet<String>,
    anywhere: HashSet<String>,
}

static FORMS: LazyLock<HeadlineForms> = LazyLock::new(|| {
    let of = |wanted: &str| {
        entries(include_str!("../data/headline_forms.txt"))
            .filter(|(key, _)| *key == wanted)
            .flat_map(|(_, line)| line.split('|'))
            .map(|phrase| analysis::words(phrase).join(" "))
            .filter(|phrase| !phrase.is_empty())
            .collect()
    };
    HeadlineForms { labels: of("label"), starts: of("start"), anywhere: of("anywhere") }
});

/// Whether a headline announces an analysis, an opinion, an explainer or a round-up.
pub(crate) fn is_analysis(title: &str) -> bool {
    let title = title.trim();
    // Several headlines in one end with semicolons.
    if title.ends_with(['?', '？', '؟', '՞'])
        || title.contains('՞')
        || title.matches("; ").count() + title.matches('•').count() >= 2
    {
        return true;
    }
    let phrases = &*FORMS;
    let is_separator = |at: usize, c: char| match c {
        ':' | '|' => true,
        // A hyphen inside a word is none.
        '-' | '–' | '—' => title[..at].ends_with(' ') || title[..at].is_empty(),
        _ => false,
    };
    let separators: Vec<(usize, char)> = title.char_indices().filter(|&(at, c)| is_separator(at, c)).collect();
    let first = separators.first().map(|&(at, _)| &title[..at]);
    let last = separators.last().map(|&(at, c)| &title[at + c.len_utf8()..]);
    let is_label = |part: &str| {
        let words = analysis::words(part);
        words.len() <= PHRASE_WORDS && phrases.labels.contains(&words.join(" "))
    };
    if first.into_iter().chain(last).any(is_label) {
        return true;
    }
    let begins = |part: &str| {
        let words = analysis::words(part);
        (1..=words.len().min(PHRASE_WORDS)).any(|count| phrases.starts.contains(&words[..count].join(" ")))
    };
    // "Karabakh: why the truce failed".
    let after_first = separators.first().filter(|(_, c)| *c == ':').map(|&(at, _)| &title[at + 1..]);
    if begins(title) || after_first.is_some_and(begins) {
        return true;
    }
    let words = analysis::words(title);
    (0..words.len()).any(|start| {
        let longest = (words.len() - start).min(PHRASE_WORDS);
        (1..=longest).any(|count| phrases.anywhere.contains(&words[start..start + count].join(" ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analyses_and_round_ups_are_told_from_reports() {
        for title in [
            "Analysis: how drones changed the war",
            "How drones changed the war",
            "The front: why the talks failed",
            "The war at a glance",
            "The road to peace | Opinion",
            "Can the truce hold?",
            "Почему сорвались переговоры",
            "Перемирие в регионе: главное к утру",
            "Warum die Waffenruhe scheiterte",
            "Décryptage : les drones dans la guerre",
            "Shells fall in the north; talks in Geneva; a new minister",
        ] {
            assert!(is_analysis(title), "{title}");
        }
        for title in [
            "Armenia says its army shot down a plane",
            "Ceasefire agreed: shells fall silent at noon",
            "Two dead as bus is hit near Askeran",
            "Минобороны сообщило об ударе по складу",
            "Live fire kills a soldier",
            "War live updates: shells fall in the north",
            "",
        ] {
            assert!(!is_analysis(title), "{title}");
        }
    }
}
