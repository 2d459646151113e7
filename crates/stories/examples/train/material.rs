//! The labelled sets: streams of news in the order of time, and articles without times.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use ceasewire_model::{NamedEntity, Timestamp};
use ceasewire_profile::Vocabulary;
use ceasewire_stories::event::EventExtractor;
use ceasewire_stories::group::model::PairModel;
use ceasewire_stories::group::{ArticleRef, ArticleSketch, Grouper};
use serde::Deserialize;

use crate::demo;

/// A labelled article.
#[derive(Clone)]
pub struct Labelled {
    pub id: serde_json::Value,
    pub language: String,
    /// The story; `None` for noise that no score counts.
    pub story: Option<String>,
    pub sketch: ArticleSketch,
}

/// A set of labelled articles in the order of their grouping.
pub struct LabelledSet {
    pub name: String,
    pub articles: Vec<Labelled>,
}

/// All sets.
pub struct Material {
    pub vocabulary: Arc<Vocabulary>,
    pub streams: Vec<LabelledSet>,
    /// The streams with vectors; none without the encoder.
    pub encoded: Vec<LabelledSet>,
    /// The demo and the short reports of this project's tests. No model is fitted on them.
    pub own: Vec<LabelledSet>,
    /// ECB+: the topics with even numbers, those with odd numbers, and all; each in several orders.
    pub ecb: [Vec<LabelledSet>; 3],
}

#[derive(Deserialize)]
struct ProfileNames {
    aliases: Vec<NamedEntity>,
}

/// An article of a stream or of a pair.
#[derive(Deserialize)]
pub struct Row {
    #[serde(default)]
    pub id: serde_json::Value,
    #[serde(default)]
    pub outlet: Option<String>,
    #[serde(default)]
    pub published: String,
    pub language: String,
    pub title: String,
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default)]
    pub story: Option<String>,
}

#[derive(Deserialize)]
struct EcbRow {
    doc: String,
    topic: u32,
    cluster: String,
    sentences: Vec<String>,
}

const STREAMS: [&str; 6] = [
    "basil-2010-2014",
    "caucasus-2020-2023",
    "gaza-2021-05",
    "sudan-2023-04",
    "syria-fakes-2013-2016",
    "ukraine-2022-03",
];
/// Orders of the articles without times over which scores are averaged.
const ORDERS: u64 = 5;

impl Row {
    /// The time of publication.
    pub fn at(&self) -> Timestamp {
        chrono::DateTime::parse_from_rfc3339(&self.published)
            .map_or(Timestamp::default(), |time| Timestamp(time.timestamp_millis()))
    }

    /// Sketches the article.
    pub fn sketch(&self, grouper: &Grouper, vocabulary: &Arc<Vocabulary>, at: Timestamp) -> ArticleSketch {
        let (outlet, text) = (self.outlet.as_deref().unwrap_or_default(), self.text.as_deref().unwrap_or_default());
        let language = Some(self.language.as_str());
        let published = (at != Timestamp::default()).then_some(at);
        let events = EventExtractor::new(Arc::clone(vocabulary), &[]).extract(&self.title, text, language, published);
        grouper.sketch(&ArticleRef {
            outlet,
            title: &self.title,
            text,
            language,
            at,
            events: &events,
            private_to: None,
        })
    }
}

impl Material {
    /// Reads the sets and the profile's names.
    pub fn read(data: &Path, project: &Path) -> Result<Self, Box<dyn Error>> {
        let names: ProfileNames =
            toml::from_str(&std::fs::read_to_string(project.join("config/conflicts/nagorno-karabakh.toml"))?)?;
        let (vocabulary, _) = Vocabulary::new(&[], None, names.aliases);
        let vocabulary = Arc::new(vocabulary);
        let grouper = Grouper::new(Arc::clone(&vocabulary));
        let streams = STREAMS.iter().map(|name| {
            let rows: Vec<Row> = rows(&data.join(format!("streams/{name}.jsonl")))?;
            Ok::<_, Box<dyn Error>>(stream(&grouper, &vocabulary, name, rows))
        });
        let streams: Vec<LabelledSet> = streams.collect::<Result<_, _>>()?;
        let encoded = match std::env::var_os("CEASEWIRE_ENCODER") {
            Some(file) => encode(&streams, data, &ceasewire_encoder::Encoder::open(file.as_ref())?)?,
            None => Vec::new(),
        };
        let own = vec![
            stream(
                &grouper,
                &vocabulary,
                "(short reports of the tests)",
                rows(&project.join("tests/fixtures/stories.jsonl"))?,
            ),
            stream(&grouper, &vocabulary, "(demo)", demo::rows(project)?),
        ];
        let ecb: Vec<EcbRow> = rows(&data.join("stories/ecbplus_dev.jsonl"))?;
        let half = |odd: Option<u32>| -> Vec<LabelledSet> {
            let rows: Vec<&EcbRow> = ecb.iter().filter(|row| odd.is_none_or(|odd| row.topic % 2 == odd)).collect();
            (1..=ORDERS).map(|seed| ecb_set(&grouper, &vocabulary, &shuffled(&rows, seed))).collect()
        };
        let ecb = [half(Some(0)), half(Some(1)), half(None)];
        Ok(Self { vocabulary, streams, encoded, own, ecb })
    }

    /// A grouper without articles.
    pub fn grouper(&self, model: &Arc<PairModel>) -> Grouper {
        Grouper::new(Arc::clone(&self.vocabulary)).with_model(Arc::clone(model))
    }
}

/// Reads lines of JSON.
pub fn rows<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<Vec<T>, Box<dyn Error>> {
    let file = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(file.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

fn stream(grouper: &Grouper, vocabulary: &Arc<Vocabulary>, name: &str, mut rows: Vec<Row>) -> LabelledSet {
    rows.sort_by_key(Row::at);
    let articles = rows.into_iter().map(|row| {
        let sketch = row.sketch(grouper, vocabulary, row.at());
        Labelled { id: row.id, language: row.language, story: row.story, sketch }
    });
    LabelledSet { name: name.to_owned(), articles: articles.collect() }
}

/// Adds vectors to the articles of the streams.
fn encode(
    streams: &[LabelledSet],
    data: &Path,
    encoder: &ceasewire_encoder::Encoder,
) -> Result<Vec<LabelledSet>, Box<dyn Error>> {
    let with_vectors = |set: &LabelledSet| {
        let rows: Vec<Row> = rows(&data.join(format!("streams/{}.jsonl", set.name)))?;
        let articles = set.articles.iter().map(|article| {
            let row = rows.iter().find(|row| row.id == article.id);
            let vector = row.map(|row| encoder.encode_article(&row.title, row.text.as_deref().unwrap_or_default()));
            Labelled { sketch: article.sketch.clone().with_vector(vector), ..article.clone() }
        });
        Ok(LabelledSet { name: set.name.clone(), articles: articles.collect() })
    };
    streams.iter().map(with_vectors).collect()
}

fn ecb_set(grouper: &Grouper, vocabulary: &Arc<Vocabulary>, rows: &[&EcbRow]) -> LabelledSet {
    let articles = rows.iter().map(|row| {
        let (title, text) = row
            .sentences
            .split_first()
            .map_or((String::new(), String::new()), |(first, rest)| (first.clone(), rest.join(" ")));
        let at = Timestamp::default();
        let events = EventExtractor::new(Arc::clone(vocabulary), &[]).extract(&title, &text, Some("en"), None);
        let language = Some("en");
        let article =
            ArticleRef { outlet: "", title: &title, text: &text, language, at, events: &events, private_to: None };
        let sketch = grouper.sketch(&article);
        Labelled { id: row.doc.clone().into(), language: "en".to_owned(), story: Some(row.cluster.clone()), sketch }
    });
    LabelledSet { name: "ECB+".to_owned(), articles: articles.collect() }
}

/// An order that a seed determines (SplitMix64, Fisher-Yates).
fn shuffled<T: Copy>(items: &[T], seed: u64) -> Vec<T> {
    let mut state = seed.wrapping_mul(7919);
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let mut items = items.to_vec();
    for place in (1..items.len()).rev() {
        items.swap(place, (next() % (place as u64 + 1)) as usize);
    }
    items
}
