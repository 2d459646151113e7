//! Random histories of an outlet's two feeds: items appear, leave, return, change their id, address, headline, text and
//! order. Each wanted item alerts once, however it comes.
//!
//! `CEASEWIRE_HISTORIES` sets the number of histories, `CEASEWIRE_FIRST_HISTORY` the first one.

use ceasewire_testkit::feed_site::{FeedItem, http_date};
use ceasewire_testkit::random::SplitMix64;

use crate::support::world::World;

const HISTORIES: u64 = 60;
const FETCHES: u64 = 7;
/// The beginning of the words that the subscriber's filter asks for. Each item has a word of its own.
const WANTED: &str = "quill";

/// An item in its present form.
#[derive(Clone)]
struct Story {
    item: FeedItem,
    /// The sentences of its text.
    sentences: Vec<String>,
    /// The text has the word of the filter, or had it.
    wanted: bool,
    /// The feeds that list it: bit 0 and 1.
    listed: u8,
    /// A feed has shown it, and has shown it with the word.
    shown: bool,
    shown_wanted: bool,
}

/// Words that occur in no other item, so that only identity decides. The first one alone has a capital: two names with
/// the consonants of two other names could make one story of items that pass for two languages.
fn sentence(random: &mut SplitMix64, words: usize) -> String {
    const ONSETS: [&str; 16] = ["b", "br", "d", "dr", "f", "g", "gl", "k", "kl", "l", "m", "n", "pr", "s", "tr", "v"];
    const NUCLEI: [&str; 6] = ["a", "e", "i", "o", "u", "ou"];
    let mut syllable = || format!("{}{}", ONSETS[random.below(16)], NUCLEI[random.below(6)]);
    let mut word = || (0..3).map(|_| syllable()).collect::<String>();
    let mut text = (0..words).map(|_| word()).collect::<Vec<_>>().join(" ");
    text[..1].make_ascii_uppercase();
    text
}

/// A sentence with a word that the filter asks for.
fn wanted_sentence(random: &mut SplitMix64) -> String {
    let (begin, word, end) = (sentence(random, 4), sentence(random, 1), sentence(random, 4));
    format!("{begin} {WANTED}{} {}.", word.to_lowercase(), end.to_lowercase())
}

impl Story {
    fn new(random: &mut SplitMix64, number: u64, world: &World) -> Self {
        let wanted = random.below(2) == 0;
        let mut sentences: Vec<String> = (0..3).map(|_| format!("{}.", sentence(random, 9))).collect();
        if wanted {
            sentences[0] = wanted_sentence(random);
        }
        let has_guid = random.below(5) > 0;
        let has_date = random.below(4) > 0;
        let link = match random.below(6) {
            0 => "https://news.example/".to_owned(),
            1 => "https://news.example/flash".to_owned(),
            _ => format!("https://news.example/2026/{number}-{}", sentence(random, 3).to_lowercase().replace(' ', "-")),
        };
        let item = FeedItem {
            guid: if has_guid { format!("id-{number}") } else { String::new() },
            link,
            title: sentence(random, 6),
            description: String::new(),
            pub_date: has_date.then(|| http_date(world.now.to_datetime().into())),
        };
        Self { item, sentences, wanted, listed: 1 << random.below(2), shown: false, shown_wanted: false }
    }

    fn item(&self) -> FeedItem {
        FeedItem { description: format!("<p>{}</p>", self.sentences.join(" ")), ..self.item.clone() }
    }

    /// Changes one thing, as publishers do.
    fn change(&mut self, random: &mut SplitMix64, number: u64) {
        let has_own_address = self.item.link.len() > 30;
        match random.below(9) {
            0 if has_own_address => self.item.guid = format!("renewed-{number}"),
            1 if !self.item.guid.is_empty() && has_own_address => {
                self.item.link = format!("https://m.news.example/2026/moved-{number}-to-another-place");
            }
            2 => self.item.title = format!("{} {}", self.item.title, sentence(random, 1).to_lowercase()),
            3 => self.sentences[1] = self.sentences[1].replace('.', ", they say."),
            4 => self.sentences.push(format!("{}.", sentence(random, 8))),
            5 if !self.wanted => {
                self.wanted = true;
                self.sentences.push(wanted_sentence(random));
            }
            6 => self.listed = 0,
            7 => self.listed = 1 << random.below(2),
            8 if has_own_address => self.listed = 3,
            _ => {}
        }
    }
}

#[tokio::test]
async fn each_wanted_item_of_a_random_history_alerts_once() {
    let setting = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let first = setting("CEASEWIRE_FIRST_HISTORY").unwrap_or(0);
    let histories = setting("CEASEWIRE_HISTORIES").unwrap_or(HISTORIES);
    let mut world = World::new().await;
    world.send_command(&format!("/filter add {WANTED}*")).await;
    let mut second = world.settings.feeds[0].clone();
    second.url = world.site.url("/second");
    world.settings.feeds.push(second);
    world.publish("/second", &[]);
    world.store.sync_feeds(&world.settings.feeds, world.now).await.unwrap();
    world.poll().await;
    let mut number = 0;
    for seed in first..first + histories {
        let mut random = SplitMix64(seed);
        let before = world.store.count_pending_deliveries().await.unwrap();
        let articles_before = world.parts.poller.totals().entries.new;
        let mut stories: Vec<Story> = Vec::new();
        let mut script = Vec::new();
        for _ in 0..FETCHES {
            number += 1;
            if stories.len() < 4 || random.below(3) == 0 {
                stories.push(Story::new(&mut random, number, &world));
            }
            if random.below(2) == 0 {
                number += 1;
                let changed = random.below(stories.len());
                stories[changed].change(&mut random, number);
            }
            let shuffled = random.below(4) == 0;
            for (feed, path) in ["/wire", "/second"].into_iter().enumerate() {
                let listed = |story: &&mut Story| story.listed & (1 << feed) != 0;
                let mut items: Vec<FeedItem> = stories
                    .iter_mut()
                    .rev()
                    .filter(listed)
                    .map(|story| {
                        story.shown = true;
                        story.shown_wanted |= story.wanted;
                        story.item()
                    })
                    .collect();
                if shuffled {
                    items.reverse();
                }
                let shown = |item: &FeedItem| format!("    {item:?}");
                script.push(format!("  {path}\n{}", items.iter().map(shown).collect::<Vec<_>>().join("\n")));
                world.publish(path, &items);
            }
            world.poll().await;
        }
        let expected = stories.iter().filter(|story| story.shown_wanted).count() as i64;
        let alerts = world.store.count_pending_deliveries().await.unwrap() - before;
        let articles = world.parts.poller.totals().entries.new - articles_before;
        let shown = stories.iter().filter(|story| story.shown).count();
        assert_eq!((alerts, articles), (expected, shown), "history {seed}:\n{}", script.join("\n"));
    }
}
