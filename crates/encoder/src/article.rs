//! The vector of an article.

use std::sync::LazyLock;

use ceasewire_model::Vector;

use crate::model::Model;

/// Characters of the title and the text that count: more made no better vectors, and cost as much again.
const MOST_CHARS: usize = 160;

/// The mean vector of news. All vectors of the model lie close together, around a common direction; without it they
/// spread, and their cosines tell news apart.
static CENTRE: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let numbers = include_str!("../data/centre.txt").lines().filter(|line| !line.starts_with('#'));
    numbers.flat_map(str::split_whitespace).filter_map(|number| number.parse().ok()).collect()
});

/// Encodes an article: the title with the beginning of the text, seen from the centre.
pub(crate) fn vector(model: &Model, title: &str, text: &str) -> Vector {
    let title = title.trim();
    let lead = lead(text.trim(), MOST_CHARS.saturating_sub(title.chars().count()));
    let mut vector = model.encode(&format!("{title}\n{lead}"));
    vector.iter_mut().zip(&*CENTRE).for_each(|(value, centre)| *value -= centre);
    Vector::from_floats(&vector)
}

/// The beginning of a text, cut between words.
fn lead(text: &str, chars: usize) -> &str {
    let Some((end, _)) = text.char_indices().nth(chars) else { return text };
    let lead = &text[..end];
    // Scripts without blanks have no place between words; the cut then falls anywhere.
    lead.rfind(char::is_whitespace).map_or(lead, |blank| lead[..blank].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_centre_has_a_number_for_each_component() {
        assert_eq!(CENTRE.len(), 384);
        let length: f32 = CENTRE.iter().map(|value| value * value).sum::<f32>().sqrt();
        assert!((0.5..1.0).contains(&length), "{length}");
    }

    #[test]
    fn a_lead_ends_between_words() {
        let text = "слово ".repeat(40);
        assert_eq!(lead(text.trim(), 120).chars().count(), 119);
        assert!(lead(text.trim(), 120).ends_with("слово"));
        assert_eq!(lead("short", 120), "short");
        assert_eq!(lead(&"字".repeat(300), 120).chars().count(), 120);
        assert_eq!(lead("A text", 0), "");
    }
}
