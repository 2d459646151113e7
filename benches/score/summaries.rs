//! How near summaries come to reference summaries made of the same sentences, beside the articles' first sentences and
//! random ones.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, ensure};
use ceasewire_stories::summary::summarise_article;
use ceasewire_text::sentences::sentences;
use serde::Deserialize;

use super::rouge::{self, Rouge};

/// The share of an article's sentences that BBC's summaries keep.
const SHARE: f64 = 0.42;

/// An article with its summary.
#[derive(Deserialize)]
struct SummaryArticle {
    id: String,
    title: String,
    sentences: Vec<String>,
    summary: String,
}

/// How many sentences are asked for.
#[derive(Clone, Copy)]
enum Ask {
    Sentences(usize),
    Share,
}

impl Ask {
    fn count(self, article: &SummaryArticle) -> usize {
        match self {
            Self::Sentences(count) => count.min(article.sentences.len()),
            Self::Share => ((article.sentences.len() as f64 * SHARE).round() as usize).max(1),
        }
    }
}

/// Prints ROUGE of summaries, first sentences and random sentences, of the same numbers of sentences.
pub fn run(data: &Path) -> anyhow::Result<()> {
    let folder = data.join("summaries");
    let sets = [("bbc_dev", bbc(&folder.join("bbc_dev.jsonl"))?), ("bbc100_aligned", aligned(&folder)?)];
    for (name, articles) in &sets {
        let mut table = format!("{name}: {} articles\n", articles.len());
        writeln!(table, "{:<22}{:>8}{:>8}{:>8}{:>8}", "", "ROUGE-1", "ROUGE-2", "ROUGE-L", "words")?;
        let expected: Vec<Vec<String>> = articles.iter().map(|article| rouge::tokens(&article.summary)).collect();
        for (ask, label) in [(Ask::Sentences(2), "2"), (Ask::Sentences(3), "3"), (Ask::Share, "42 %")] {
            let mut row =
                |way: &str, summary: &dyn Fn(&SummaryArticle) -> anyhow::Result<String>| -> anyhow::Result<()> {
                    let mut scores = Vec::with_capacity(articles.len());
                    let mut words = 0;
                    for (article, expected) in articles.iter().zip(&expected) {
                        let summary = summary(article)?;
                        words += summary.split_whitespace().count();
                        scores.push(rouge::score(expected, &rouge::tokens(&summary)));
                    }
                    let mean = mean(scores.iter());
                    // Nothing may fit one half better than the other.
                    let halves = [0, 1].map(|half| super::summaries::mean(scores.iter().skip(half).step_by(2)).one);
                    let words = words as f64 / articles.len() as f64;
                    writeln!(
                        table,
                        "{:<22}{:>8.3}{:>8.3}{:>8.3}{words:>8.1}   ROUGE-1 of the halves {:.3} {:.3}",
                        format!("{way} {label}"),
                        mean.one,
                        mean.two,
                        mean.longest,
                        halves[0],
                        halves[1],
                    )?;
                    Ok(())
                };
            row("summary", &|article| summary(article, ask.count(article)))?;
            row("lead", &|article| Ok(article.sentences[..ask.count(article)].join(" ")))?;
            row("random", &|article| Ok(random(article, ask.count(article))))?;
        }
        super::say(&table);
    }
    super::say("every sentence of every summary stands in its article, in its order\n");
    Ok(())
}

fn mean<'a>(scores: impl Iterator<Item = &'a Rouge>) -> Rouge {
    let mut count = 0.0_f64;
    let mut sum = Rouge::default();
    for score in scores {
        count += 1.0;
        sum = Rouge { one: sum.one + score.one, two: sum.two + score.two, longest: sum.longest + score.longest };
    }
    let count = count.max(1.0);
    Rouge { one: sum.one / count, two: sum.two / count, longest: sum.longest / count }
}

/// The program's summary, once it is certain that it is made of the article's sentences.
fn summary(article: &SummaryArticle, count: usize) -> anyhow::Result<String> {
    let text = article.sentences.join(" ");
    let summary = summarise_article(&article.title, &text, Some("en"), count);
    let mut rest = summary.as_str();
    for sentence in sentences(&text) {
        rest = rest.strip_prefix(sentence).map_or(rest, str::trim_start);
    }
    ensure!(rest.is_empty(), "{}: not the article's: {rest}", article.id);
    Ok(summary)
}

/// Sentences at random, the same in every run.
fn random(article: &SummaryArticle, count: usize) -> String {
    let mut state = article
        .id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |state, byte| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mut drawn: BTreeMap<u64, usize> = BTreeMap::new();
    for place in 0..article.sentences.len() {
        // splitmix64
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        drawn.insert(mixed ^ (mixed >> 31), place);
    }
    let mut places: Vec<usize> = drawn.into_values().take(count).collect();
    places.sort_unstable();
    places.into_iter().map(|place| article.sentences[place].as_str()).collect::<Vec<_>>().join(" ")
}

fn bbc(file: &Path) -> anyhow::Result<Vec<SummaryArticle>> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    text.lines().map(|line| serde_json::from_str(line).with_context(|| file.display().to_string())).collect()
}

/// The hand-aligned articles: a file each, a sentence a line; the title is the first line where an article has one.
fn aligned(folder: &Path) -> anyhow::Result<Vec<SummaryArticle>> {
    let corpus = folder.join("bbc100_aligned/corpus");
    let mut articles = Vec::new();
    let read = |path: &Path| std::fs::read_to_string(path).with_context(|| path.display().to_string());
    let mut kinds: Vec<_> = corpus.join("article").read_dir().context("bbc100_aligned")?.collect::<Result<_, _>>()?;
    kinds.sort_by_key(std::fs::DirEntry::path);
    for kind in kinds {
        let mut files: Vec<_> = kind.path().read_dir()?.collect::<Result<_, _>>()?;
        files.sort_by_key(std::fs::DirEntry::path);
        for file in files {
            let id = Path::new(&kind.file_name()).join(file.file_name());
            let summary = read(&corpus.join("summary").join(&id))?.lines().collect::<Vec<_>>().join(" ");
            let text = read(&file.path())?;
            let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
            let title = lines.next().unwrap_or_default();
            articles.push(SummaryArticle { id: id.display().to_string(), title, sentences: lines.collect(), summary });
        }
    }
    Ok(articles)
}
