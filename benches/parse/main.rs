//! Measures how fast feeds are parsed: by this project, by feed-rs alone and by the bare events of quick-xml below
//! both, over one set of bytes in one run. The cleaning of texts, which the others lack, is measured apart.
//!
//! `cargo bench --bench parse` measures; without cargo's `--bench`, as under `cargo test`, one lap over a few feeds
//! shows that the bench works; its figures mean nothing.

#![allow(clippy::print_stdout, reason = "the tables are the result")]

mod made;

use std::hint::black_box;
use std::path::Path;

use anyhow::Context;
use ceasewire_articles::clean::plain_text;
use ceasewire_feeds::budget::FeedBudget;
use ceasewire_feeds::parse::parse;
use ceasewire_model::Entry;
use ceasewire_testkit::clock::{TimeSpent, median, timed};
use ceasewire_testkit::data;
use quick_xml::Reader;
use quick_xml::encoding::DecodingReader;
use quick_xml::events::Event;

/// Laps of each, in turns, so that a neighbour's busy minute does not fall on one of them.
const ROUNDS: usize = 7;
/// Feeds of the made set.
const MADE: usize = 300;
/// Real files of fewer entries show one feature of a format, unlike polled feeds.
const FEWEST_ENTRIES: usize = 5;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.iter().any(|argument| argument == "--list") {
        // A test runner asks which tests there are.
        return Ok(());
    }
    let measuring = arguments.iter().any(|argument| argument == "--bench");
    let (count, rounds, lap) = if measuring { (MADE, ROUNDS, 0.3) } else { (8, 1, 0.0) };
    measure("made news feeds", &made::feeds(count), rounds, lap)?;
    if let Some(folder) = data::data().filter(|_| measuring) {
        let (news, all) = real(&folder.join("feeds"))?;
        measure(&format!("well-formed real feeds of at least {FEWEST_ENTRIES} entries"), &news, rounds, lap)?;
        measure("all well-formed real feeds, most of them one entry that tries one feature", &all, rounds, lap)?;
    }
    println!(
        "One thread; medians of {rounds} interleaved rounds, in CPU time. The ratio is that of the time to feed-rs's; \
         the goal of ours is 1.15."
    );
    Ok(())
}

/// The budget of an operator's feed.
const BUDGET: FeedBudget =
    FeedBudget { max_entries: 5000, max_entry_bytes: 1_000_000, max_authors: 50, parse_ms: 5000 };

/// Documents as they come from the net.
type Feeds = Vec<Vec<u8>>;

/// Reads the XML feeds in a folder that quick-xml finds well-formed and feed-rs reads: those with several entries, and
/// all. Some make feed-rs panic; its messages stay off the table.
fn real(folder: &Path) -> anyhow::Result<(Feeds, Feeds)> {
    let (mut news, mut all) = (Feeds::new(), Feeds::new());
    let mut left = vec![folder.to_owned()];
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    while let Some(path) = left.pop() {
        if path.is_dir() {
            for entry in path.read_dir().with_context(|| path.display().to_string())? {
                left.push(entry?.path());
            }
            continue;
        }
        let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
        if bytes.trim_ascii_start().starts_with(b"{") {
            continue;
        }
        let read = std::panic::catch_unwind(|| {
            events(&bytes).ok()?;
            feed_rs::parser::parse(bytes.as_slice()).ok()
        });
        let Ok(Some(feed)) = read else { continue };
        if feed.entries.len() >= FEWEST_ENTRIES {
            news.push(bytes.clone());
        }
        all.push(bytes);
    }
    std::panic::set_hook(hook);
    Ok((news, all))
}

/// Counts the events of a document.
fn events(bytes: &[u8]) -> quick_xml::Result<usize> {
    let mut count = 0;
    if let Ok(text) = std::str::from_utf8(bytes) {
        let mut reader = Reader::from_str(text);
        loop {
            match reader.read_event()? {
                Event::Eof => return Ok(count),
                event => count += usize::from(!black_box(event).is_empty()),
            }
        }
    }
    let mut reader = Reader::from_reader(DecodingReader::new(bytes));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer)? {
            Event::Decl(declaration) => {
                if let Some(encoding) = declaration.encoder() {
                    reader.get_mut().set_encoding(encoding);
                }
            }
            Event::Eof => return Ok(count),
            event => count += usize::from(!black_box(event).is_empty()),
        }
    }
}

/// A piece of work for each feed.
struct ParseCandidate<'a> {
    name: &'static str,
    work: Box<dyn Fn() + 'a>,
    laps: Vec<f64>,
}

impl ParseCandidate<'_> {
    /// Repeats the work until the clock has something to measure; records the seconds of one pass.
    fn lap(&mut self, seconds: f64) {
        let (passes, spent) = timed(|| {
            let begun = std::time::Instant::now();
            let mut passes = 0.0;
            while passes == 0.0 || begun.elapsed().as_secs_f64() < seconds {
                (self.work)();
                passes += 1.0;
            }
            passes
        });
        self.laps.push(TimeSpent::best(spent) / passes);
    }
}

fn measure(name: &str, feeds: &[Vec<u8>], rounds: usize, lap: f64) -> anyhow::Result<()> {
    let bytes: usize = feeds.iter().map(Vec::len).sum();
    let entries: Vec<Entry> =
        feeds.iter().filter_map(|feed| parse(feed, None, None, &BUDGET).ok()).flat_map(|feed| feed.entries).collect();
    let theirs: usize =
        feeds.iter().filter_map(|feed| feed_rs::parser::parse(feed.as_slice()).ok()).map(|f| f.entries.len()).sum();
    let each = |work: fn(&[u8])| -> Box<dyn Fn()> { Box::new(move || feeds.iter().for_each(|feed| work(feed))) };
    let candidate = |name, work| ParseCandidate { name, work, laps: Vec::new() };
    let mut candidates = [
        candidate("feed-rs", each(|feed| drop(black_box(feed_rs::parser::parse(feed))))),
        candidate("ceasewire", each(|feed| drop(black_box(parse(feed, None, None, &BUDGET))))),
        candidate("quick-xml, events", each(|feed| drop(black_box(events(feed))))),
        candidate("cleaning, apart", Box::new(|| entries.iter().for_each(|e| drop(black_box(plain_text(&e.html)))))),
    ];
    for _ in 0..rounds {
        candidates.iter_mut().for_each(|candidate| candidate.lap(lap));
    }
    let megabytes = bytes as f64 / 1e6;
    println!("{} {name}: {megabytes:.1} MB, {} entries ({theirs} by feed-rs)", feeds.len(), entries.len());
    println!("{:<20}{:>12}{:>12}{:>12}{:>12}", "", "MB/s", "entries/s", "us/entry", "ratio");
    let reference = median(candidates[0].laps.clone());
    for candidate in candidates {
        let seconds = median(candidate.laps);
        let count = entries.len() as f64;
        println!(
            "{:<20}{:>12.1}{:>12.0}{:>12.2}{:>12.3}",
            candidate.name,
            megabytes / seconds,
            count / seconds,
            seconds / count * 1e6,
            seconds / reference
        );
    }
    println!();
    Ok(())
}
