//! Pairs of reports, each alone in a grouper, under a model that was fitted without the stream that has them.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use ceasewire_model::StoryId;
use ceasewire_stories::group::model::PairModel;
use serde::Deserialize;

use crate::material::{Material, Row, rows};

#[derive(Deserialize)]
struct Pair {
    kind: String,
    same: bool,
    a: Row,
    b: Row,
}

/// Prints precision, recall and F1 of each kind of pairs.
pub fn score(material: &Material, models: &[Arc<PairModel>], data: &Path) -> Result<(), Box<dyn Error>> {
    let stream_of = |row: &Row| {
        material.streams.iter().position(|stream| stream.articles.iter().any(|article| article.id == row.id))
    };
    let mut counts: BTreeMap<String, [f64; 3]> = BTreeMap::new();
    for pair in rows::<Pair>(&data.join("pairs/pairs.jsonl"))? {
        let Some(stream) = stream_of(&pair.a) else { continue };
        let mut grouper = material.grouper(&models[stream]);
        let (first, second) = if pair.a.at() <= pair.b.at() { (&pair.a, &pair.b) } else { (&pair.b, &pair.a) };
        let sketch = first.sketch(&grouper, &material.vocabulary, first.at());
        grouper.insert(sketch, StoryId::new());
        let is_found = grouper.choose(&second.sketch(&grouper, &material.vocabulary, second.at())).is_some();
        let [hit, found, same] = counts.entry(pair.kind).or_default();
        *hit += f64::from(u8::from(is_found && pair.same));
        *found += f64::from(u8::from(is_found));
        *same += f64::from(u8::from(pair.same));
    }
    for (kind, [hit, found, same]) in counts {
        let (precision, recall) = (hit / f64::max(found, 1.0), hit / f64::max(same, 1.0));
        let f1 = 2.0 * precision * recall / f64::max(precision + recall, f64::MIN_POSITIVE);
        println!("pairs, {kind:<27} precision {precision:.3} recall {recall:.3} F1 {f1:.3}");
    }
    Ok(())
}
