//! Rate and memory of the grouping on a stream of made articles, beside plain MinHash-LSH on the same: `cargo bench
//! --bench group [ARTICLES]`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ceasewire_model::{StoryId, Timestamp};
use ceasewire_profile::Vocabulary;
use ceasewire_stories::group::{ArticleRef, Grouper};
use ceasewire_testkit::clock::timed;
use ceasewire_testkit::random::SplitMix64;
use ceasewire_text::analysis;

/// Articles a story has on the mean.
const OUTLETS: u64 = 4;
/// Words of the made language; the commonest make most of a text, as in any language.
const WORDS: f64 = 60_000.0;

struct Made {
    title: String,
    text: String,
    at: Timestamp,
}

/// Draws a word's rank by Zipf's law.
fn draw_rank(random: &mut SplitMix64) -> u64 {
    WORDS.powf(random.fraction()) as u64
}

fn word(rank: u64) -> String {
    const SYLLABLES: [&str; 16] =
        ["ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zu", "dar", "gen", "hol", "mir", "pas", "tor"];
    let mut word = String::new();
    let mut left = rank + 16;
    while left > 0 {
        word.push_str(SYLLABLES[(left % 16) as usize]);
        left /= 16;
    }
    word
}

/// An article: some of it is its story's, in other words than the others', the rest its own.
fn article(number: u64, articles: u64) -> Made {
    let mut random = SplitMix64(number);
    let story = random.draw() % (articles / OUTLETS).max(1);
    let mut of_story = SplitMix64(story.wrapping_mul(977));
    let names: Vec<String> = (0..6)
        .map(|_| {
            let name = word(of_story.draw() % 1_000_000);
            name[..1].to_uppercase() + &name[1..]
        })
        .collect();
    let subject: Vec<String> = (0..40).map(|_| word(draw_rank(&mut of_story))).collect();
    let figure = of_story.draw() % 900;
    let mut sentence = |length: u64| {
        let mut sentence = String::new();
        for place in 0..length {
            let next = random.draw();
            let word = match next % 10 {
                0 => names[(next / 10 % 6) as usize].clone(),
                1..=3 => subject[(next / 10 % 40) as usize].clone(),
                _ => word(draw_rank(&mut random)),
            };
            sentence.push_str(if place > 0 { " " } else { "" });
            sentence.push_str(&word);
        }
        sentence
    };
    let title = sentence(9);
    let text = (0..12).map(|_| format!("The {} {figure}. ", sentence(21))).collect();
    // A day's news.
    Made { title, text, at: Timestamp((number * 86_400_000 / articles) as i64) }
}

fn main() {
    let count = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(100_000_u64);
    let made: Vec<Made> = (0..count).map(|number| article(number, count)).collect();

    let mut grouper = Grouper::new(Arc::new(Vocabulary::default()));
    let (stories, spent) = timed(|| {
        let mut stories = HashSet::new();
        for made in &made {
            let sketch = grouper.sketch(&telling(made));
            let story = grouper.choose(&sketch).unwrap_or_else(StoryId::new);
            grouper.insert(sketch, story);
            grouper.expire(made.at);
            stories.insert(story);
        }
        stories.len()
    });
    report("grouping", count, stories, spent.best(), grouper.memory_bytes());

    let mut again = Grouper::new(Arc::new(Vocabulary::default()));
    let half = (count as usize).min(50_000);
    let ((), spent) = timed(|| {
        for made in made.iter().take(half) {
            let sketch = again.sketch(&telling(made));
            again.insert(sketch, StoryId::new());
        }
    });
    report("rebuilding after a restart", half as u64, half, spent.best(), again.memory_bytes());

    let ((stories, bytes), spent) = timed(|| min_hash(&made));
    report("plain MinHash-LSH, 16 bands of 2", count, stories, spent.best(), bytes);
}

fn telling(made: &Made) -> ArticleRef<'_> {
    ArticleRef {
        outlet: "",
        title: &made.title,
        text: &made.text,
        language: Some("en"),
        at: made.at,
        events: &[],
        private_to: None,
    }
}

fn report(name: &str, articles: u64, stories: usize, seconds: f64, bytes: usize) {
    anstream::println!(
        "{name:<34} {articles:>7} articles, {stories:>7} stories, {:>7.0} articles/s of CPU time, {:>6.1} MB",
        articles as f64 / seconds,
        bytes as f64 / 1e6,
    );
}

/// Near-verbatim copies only: articles that share a band of min-hashes of their three-word runs are one story.
fn min_hash(made: &[Made]) -> (usize, usize) {
    let mut bands: HashMap<u64, u32> = HashMap::new();
    let mut stories = 0_u32;
    for made in made {
        let words: Vec<u64> = analysis::words(&made.text).iter().map(|word| hash(word.as_bytes())).collect();
        let runs: Vec<u64> = words
            .windows(3)
            .map(|run| SplitMix64(run[0] ^ run[1].rotate_left(21) ^ run[2].rotate_left(42)).draw())
            .collect();
        let least =
            |seed: u64| runs.iter().map(|&run| (run ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15)).min().unwrap_or(0);
        let keys: Vec<u64> = (0..16_u64)
            .map(|band| SplitMix64(least(band * 2 + 1) ^ least(band * 2 + 2).rotate_left(32) ^ band).draw())
            .collect();
        let story = keys.iter().find_map(|key| bands.get(key).copied()).unwrap_or_else(|| {
            stories += 1;
            stories
        });
        for key in keys {
            bands.entry(key).or_insert(story);
        }
    }
    (stories as usize, bands.capacity() * 17)
}

fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
