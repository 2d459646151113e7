//! Whether two articles tell the same story.
//!
//! Agency copy is what floods a reader: many outlets print one text word for word, under headlines of their own. Two
//! articles are one story when their texts share most of their three-word runs (shingles) and their numbers agree, or
//! when their headlines are the same words. Precision comes first: a false merge would say that two newsrooms confirm
//! what neither said.
//!
//! Candidates are found by fingerprints: min-hashes of the shingles, taken in bands (A. Broder, "On the resemblance and
//! containment of documents", 1997). Texts that share half of their shingles share a band with a probability of
//! 1 - (1 - 0.5²)¹⁶ = 0.99, those that share a twentieth of them with one of 0.04.

use std::collections::{BTreeSet, HashSet};

use crate::model::{StoryCandidate, StoryId, Timestamp};
use crate::rule::analysis;

/// How long after an article another one may join its story.
pub const WINDOW_HOURS: i64 = 48;
/// Words of a shingle: two are too common, four break at every edit.
const SHINGLE: usize = 3;
/// Bands, and min-hashes of a band; see the module's documentation for what they find.
const BANDS: usize = 16;
const ROWS: usize = 2;
/// Shingles from which on a text says enough to be compared, about two sentences; a shorter one, down to about one, must
/// be the other's nearly word for word.
const ENOUGH_SHINGLES: usize = 25;
const FEWEST_SHINGLES: usize = 8;
/// Share of the shorter text's shingles that the longer one must contain: outlets cut copy and add lines of their own.
const CONTAINED: f64 = 0.6;
/// The same for two articles of one outlet, whose own phrases repeat from day to day.
const CONTAINED_SAME_OUTLET: f64 = 0.9;
/// Share of the numbers of the text with fewer that the other must contain: "43 killed" and "51 killed" in otherwise
/// equal bulletins are two stories.
const NUMBERS_AGREE: f64 = 0.6;
/// Words from which on equal headlines mean the same story; shorter ones ("War in Karabakh") repeat.
const TITLE_WORDS: usize = 5;
/// The most words of an outlet's name at the end of a headline.
const OUTLET_WORDS: usize = 4;

/// The fingerprints by which an article finds its candidates.
pub fn keys(title: &str, text: &str) -> Vec<i64> {
    let mut keys = Vec::new();
    let shingles = shingles(text);
    if shingles.len() >= FEWEST_SHINGLES {
        for band in 0..BANDS {
            let mut key = mix(band as u64 + 1);
            for row in 0..ROWS {
                let seed = mix((band * ROWS + row) as u64 + 0x5eed);
                let least = shingles.iter().map(|&shingle| mix(shingle ^ seed)).min().unwrap_or_default();
                key = mix(key ^ least);
            }
            keys.push(key.cast_signed());
        }
    }
    let title = title_words(title);
    if title.len() >= TITLE_WORDS {
        keys.push(hash(&title).cast_signed());
    }
    keys
}

/// The story among the candidates that an article tells, if it tells one of them: the one it resembles most.
pub fn choose(
    outlet: &str,
    title: &str,
    text: &str,
    seen_at: Timestamp,
    candidates: &[StoryCandidate],
) -> Option<StoryId> {
    let mine = Sketch::new(title, text);
    let earliest = seen_at.plus_secs(-WINDOW_HOURS * 3600);
    candidates
        .iter()
        .filter(|candidate| candidate.seen_at >= earliest)
        .filter_map(|candidate| {
            let theirs = Sketch::new(&candidate.title, &candidate.text);
            mine.resembles(&theirs, candidate.outlet == outlet).map(|score| (score, candidate.story_id))
        })
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, story)| story)
}

struct Sketch {
    title: Vec<String>,
    shingles: HashSet<u64>,
    numbers: BTreeSet<String>,
}

impl Sketch {
    fn new(title: &str, text: &str) -> Self {
        let numbers = analysis::tokens(text)
            .map(|(_, word)| word)
            .filter(|word| word.starts_with(|c: char| c.is_ascii_digit()))
            .collect();
        Self { title: title_words(title), shingles: shingles(text), numbers }
    }

    /// How much two articles resemble each other, from 0 to 1, if enough to tell one story.
    fn resembles(&self, other: &Self, same_outlet: bool) -> Option<f64> {
        let fewer = self.shingles.len().min(other.shingles.len());
        let contained = ratio(self.shingles.intersection(&other.shingles).count(), fewer);
        let fewer_numbers = self.numbers.len().min(other.numbers.len());
        let numbers = self.numbers.intersection(&other.numbers).count();
        if fewer_numbers > 0 && ratio(numbers, fewer_numbers) < NUMBERS_AGREE {
            return None;
        }
        let needed = if same_outlet { CONTAINED_SAME_OUTLET } else { CONTAINED };
        if fewer >= ENOUGH_SHINGLES {
            // With equal headlines a heavily cut text is enough.
            let same_title = !same_outlet && self.same_title(other) && contained >= CONTAINED / 2.0;
            (contained >= needed || same_title).then_some(contained)
        } else {
            let more = self.shingles.len().max(other.shingles.len());
            let equal = fewer >= FEWEST_SHINGLES && ratio(fewer, more) >= CONTAINED_SAME_OUTLET;
            (self.same_title(other) || (equal && contained >= CONTAINED_SAME_OUTLET)).then_some(1.0)
        }
    }

    fn same_title(&self, other: &Self) -> bool {
        self.title.len() >= TITLE_WORDS && self.title == other.title
    }
}

/// A fingerprint of a headline that is long enough to mean one story.
pub(super) fn headline(title: &str) -> Option<u64> {
    let words = title_words(title);
    (words.len() >= TITLE_WORDS).then(|| hash(&words))
}

/// A headline's words without what outlets add or leave out: their own name at the end, and articles.
fn title_words(title: &str) -> Vec<String> {
    let headline =
        [" | ", " - ", " – ", " — "].iter().filter_map(|sign| title.rsplit_once(sign)).find(|(head, name)| {
            let (head, name) = (head.split_whitespace().count(), name.split_whitespace().count());
            name <= OUTLET_WORDS && head >= TITLE_WORDS
        });
    let mut words = analysis::words(headline.map_or(title, |(head, _)| head));
    words.retain(|word| !matches!(word.as_str(), "the" | "a" | "an"));
    words
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn shingles(text: &str) -> HashSet<u64> {
    analysis::words(text).windows(SHINGLE).map(hash).collect()
}

/// FNV-1a over the words, mixed. The fingerprints are stored, so the function must never change with a library.
fn hash(words: &[String]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for word in words {
        for byte in word.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    mix(hash)
}

/// The finaliser of SplitMix64, which spreads every bit of its input.
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIRE: &str = "The foreign ministers of Armenia and Azerbaijan agreed to stop fighting from noon on Saturday after \
        ten hours of talks in Moscow. Prisoners and bodies are to be exchanged with the help of the Red Cross. Details \
        will be settled later, Russia's foreign minister told reporters in the early morning.";

    fn candidate(outlet: &str, title: &str, text: &str) -> StoryCandidate {
        StoryCandidate {
            story_id: StoryId::new(),
            outlet: outlet.into(),
            title: title.into(),
            text: text.into(),
            seen_at: Timestamp(0),
        }
    }

    fn same(outlet: &str, title: &str, text: &str, other: &StoryCandidate) -> bool {
        let shares_key = keys(title, text).iter().any(|key| keys(&other.title, &other.text).contains(key));
        shares_key && choose(outlet, title, text, Timestamp(1000), std::slice::from_ref(other)).is_some()
    }

    #[test]
    fn agency_copy_under_another_headline_is_the_same_story() {
        let first = candidate("a", "Truce agreed in Moscow", WIRE);
        assert!(same(
            "b",
            "Guns to fall silent",
            &format!("MOSCOW (Wire) — {WIRE} Our reporter adds a line of his own."),
            &first
        ));
    }

    #[test]
    fn a_cut_copy_is_still_the_same_story() {
        let first = candidate("a", "Truce agreed in Moscow", WIRE);
        assert!(same("b", "Guns to fall silent", &WIRE[..WIRE.find("Details").unwrap()], &first));
    }

    #[test]
    fn the_same_event_in_other_words_stays_apart() {
        let first = candidate("a", "Truce agreed in Moscow", WIRE);
        let other = "After marathon negotiations hosted by Sergei Lavrov, Baku and Yerevan said early on Saturday that they had \
            found common ground on a humanitarian pause which starts at midday, with the Red Cross helping to swap captives.";
        assert!(!same("b", "Pause announced", other, &first));
    }

    #[test]
    fn bulletins_with_other_figures_are_other_stories() {
        let bulletin = |killed: u32, total: u32| {
            format!(
                "The defence ministry published the names of {killed} more servicemen who were killed in action while they \
                 repelled attacks along the line of contact, which brings the number of its dead since the fighting began \
                 to {total}, a spokeswoman told journalists at the daily briefing in the capital."
            )
        };
        let first = candidate("a", "Ministry names more dead", &bulletin(43, 772));
        assert!(!same("b", "Ministry names more dead today again", &bulletin(51, 823), &first));
        assert!(same("b", "Ministry names more dead today again", &bulletin(43, 772), &first));
    }

    #[test]
    fn one_sentence_is_enough_where_it_is_the_same_and_outlets_names_do_not_count() {
        let teaser =
            "The two sides agreed on Saturday to stop firing from noon, the mediators said after a long night.";
        let first = candidate("a", "Zebra truce agreed by ministers in Moscow", teaser);
        assert!(same("b", "Guns to fall silent", teaser, &first));
        assert!(!same(
            "b",
            "Guns to fall silent",
            &teaser.replace("stop firing from noon", "meet again on Monday"),
            &first
        ));
        let bare = candidate("a", "Zebra truce agreed by the ministers in Moscow", "");
        for title in [
            "Zebra truce agreed by ministers in Moscow - The Outlet",
            "Zebra truce agreed by ministers in Moscow | News",
        ] {
            assert!(same("b", title, "", &bare), "{title}");
        }
    }

    #[test]
    fn equal_headlines_join_short_items_and_stories_end() {
        let title = "Armenia and Azerbaijan agree to a truce";
        let first = candidate("a", title, "Agreed in Moscow.");
        assert!(same("b", title, "", &first));
        let later = Timestamp(0).plus_secs(WINDOW_HOURS * 3600 + 1);
        assert_eq!(choose("b", title, "", later, &[first]), None);
    }
}
