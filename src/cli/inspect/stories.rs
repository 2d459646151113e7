//! `ceasewire inspect stories`: the story of each article of a stream.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use ceasewire_model::{StoryId, Timestamp};
use ceasewire_stories::group::{ArticleRef, Grouper};
use serde_json::{Value, json};

use super::lines::for_each_article;
use super::{exit_code, per_second};
use crate::app;
use crate::cli::complain;
use crate::config::Settings;
use crate::pipeline::enrich::Enricher;
use crate::pipeline::group::choose_story;

pub(super) fn run(settings: &Settings, articles: Option<&Path>) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let enricher = Enricher::new(Arc::clone(&settings.profile));
    let encoder = app::usable_encoder(&settings.config);
    let mut grouper = Grouper::new(Arc::clone(&settings.profile.vocabulary));
    // The id of a story's first article names the story.
    let mut names: HashMap<StoryId, Value> = HashMap::new();
    let mut latest = Timestamp::default();
    let longest = settings.config.fetch.max_body_bytes;
    let counts = for_each_article(articles, longest, |article, out| {
        let at = article.published()?.unwrap_or_default();
        latest = latest.max(at);
        let (title, text, outlet) = (article.title(), article.text(), article.outlet());
        let language = enricher.find_language(title, text, article.language.as_deref(), outlet);
        let language = language.as_deref();
        grouper.expire(latest);
        let events = enricher.find_events(title, text, language, article.published()?);
        let found = ArticleRef { outlet, title, text, language, at, events: &events, private_to: None };
        let vector = encoder.encode(title, text).map(|known| known.vector);
        let sketch = grouper.sketch(&found).with_vector(vector);
        let chosen = choose_story(&mut grouper, sketch, StoryId::new());
        let name = names.entry(chosen.story).or_insert_with(|| article.id.clone());
        let line = json!({"article": article.id, "story": name});
        writeln!(out, "{line}").and_then(|()| out.flush()).context("writing to standard output")
    })?;
    complain(&format!(
        "{} articles, {} stories in {}",
        counts.articles,
        names.len(),
        per_second(counts.articles, started.elapsed())
    ));
    Ok(exit_code(&counts))
}
