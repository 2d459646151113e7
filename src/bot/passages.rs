//! Passages of an article around the words that a rule matched. Pure.

use std::ops::Range;

use crate::alert::render::inert_text;
use ceasewire_model::{Style, Text};
use ceasewire_rules::eval::{MatchSpan, Zone};

/// Words of context before and after a match.
const CONTEXT_WORDS: usize = 8;
/// The most characters of context on one side: text without blanks has no words to count.
const CONTEXT_CHARS: usize = 120;
/// The length in bytes where a passage stops growing: otherwise a frequent word would show the whole article.
const LONGEST: usize = 400;

/// Returns up to `most` passages of an article around `places`, which are in order; the matched words are bold.
pub(super) fn passages(title: &str, text: &str, places: &[MatchSpan], most: usize) -> Vec<Text> {
    let mut passages: Vec<(Zone, Range<usize>, Vec<Range<usize>>)> = Vec::new();
    for MatchSpan { zone, span } in places {
        let part = of(*zone, title, text);
        let (Some(before), Some(after)) = (part.get(..span.start), part.get(span.end..)) else { continue };
        let window = span.start - reach(before.chars().rev())..span.end + reach(after.chars());
        match passages.last_mut() {
            Some((last, shown, found)) if last == zone && window.start <= shown.end => {
                if window.end - shown.start <= LONGEST {
                    shown.end = window.end.max(shown.end);
                    found.push(span.clone());
                    continue;
                }
                // Too long already: the next passage begins where this one ends.
                let start = shown.end.min(span.start);
                passages.push((*zone, start..window.end, vec![span.clone()]));
            }
            _ => passages.push((*zone, window, vec![span.clone()])),
        }
        if passages.len() > most {
            passages.truncate(most);
            break;
        }
    }
    passages.into_iter().map(|(zone, shown, found)| passage(of(zone, title, text), shown, &found)).collect()
}

fn of<'a>(zone: Zone, title: &'a str, text: &'a str) -> &'a str {
    match zone {
        Zone::Title => title,
        Zone::Text => text,
    }
}

/// Measures the context next to a match in bytes: whole words, within the paragraph.
fn reach(chars: impl Iterator<Item = char>) -> usize {
    let (mut bytes, mut end, mut words, mut in_word) = (0, 0, 0, false);
    for c in chars.take(CONTEXT_CHARS).take_while(|&c| c != '\n') {
        if c.is_whitespace() {
            words += usize::from(in_word);
            in_word = false;
            if words == CONTEXT_WORDS {
                break;
            }
            bytes += c.len_utf8();
        } else {
            in_word = true;
            bytes += c.len_utf8();
            end = bytes;
        }
    }
    end
}

fn passage(part: &str, shown: Range<usize>, found: &[Range<usize>]) -> Text {
    let cut_before = part[..shown.start].trim_end_matches(' ').chars().next_back().is_some_and(|c| c != '\n');
    let cut_after = part[shown.end..].trim_start_matches(' ').chars().next().is_some_and(|c| c != '\n');
    let mut text = Text::plain(if cut_before { "… " } else { "" });
    let mut at = shown.start;
    for span in found {
        // A match may begin in the passage before.
        let start = span.start.max(at);
        if start >= span.end {
            continue;
        }
        text = text.with(&part[at..start], Style::Plain).with(&part[start..span.end], Style::Bold);
        at = span.end;
    }
    let text = text.with(&part[at..shown.end.max(at)], Style::Plain);
    inert_text(text.with(if cut_after { " …" } else { "" }, Style::Plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Passages with the matched words in square brackets.
    fn shown(title: &str, text: &str, words: &[(Zone, &str)], most: usize) -> Vec<String> {
        let mut places = Vec::new();
        for (zone, word) in words {
            let part = of(*zone, title, text);
            places.extend(part.match_indices(word).map(|(at, _)| MatchSpan { zone: *zone, span: at..at + word.len() }));
        }
        places.sort_by_key(|place| (place.zone, place.span.start));
        let mark = |text: Text| {
            let spans = text.0.into_iter().map(|span| match span.style {
                Style::Bold => format!("[{}]", span.text),
                _ => span.text,
            });
            spans.collect::<String>()
        };
        passages(title, text, &places, most).into_iter().map(mark).collect()
    }

    #[test]
    fn a_match_stands_among_a_few_words() {
        let text = "one two three four five six seven eight nine TRUCE ten eleven";
        assert_eq!(
            shown("A TRUCE", text, &[(Zone::Title, "TRUCE"), (Zone::Text, "TRUCE")], 5),
            ["A [TRUCE]", "… two three four five six seven eight nine [TRUCE] ten eleven"]
        );
    }

    #[test]
    fn near_matches_share_a_passage_within_a_paragraph() {
        let text = "The TRUCE holds, said «Шуша».\nThe other TRUCE does not.";
        assert_eq!(
            shown("", text, &[(Zone::Text, "TRUCE"), (Zone::Text, "Шуша")], 5),
            ["The [TRUCE] holds, said «[Шуша]».", "The other [TRUCE] does not."]
        );
    }

    #[test]
    fn a_frequent_word_does_not_show_the_whole_article() {
        let text = "war and more ".repeat(1000);
        let found = shown("", &text, &[(Zone::Text, "war")], 3);
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|passage| passage.len() < 1200 && passage.contains("[war] and")), "{found:?}");
    }

    #[test]
    fn a_text_without_blanks_is_cut_too() {
        let text = format!("{}停火{}", "字".repeat(500), "字".repeat(500));
        assert_eq!(shown("", &text, &[(Zone::Text, "停火")], 5)[0].chars().count(), 120 + 4 + 120 + 4);
    }

    #[test]
    fn a_place_outside_the_article_is_skipped() {
        assert!(passages("é", "", &[MatchSpan { zone: Zone::Title, span: 1..9 }], 5).is_empty());
    }
}
