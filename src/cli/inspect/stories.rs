//! `ceasewire inspect stories`: which story each article of a stream tells.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use chrono::DateTime;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::complain;
use super::{for_each_line, open};
use crate::config::Settings;
use ceasewire_model::{StoryId, Timestamp};
use ceasewire_stories::group::{ArticleRef, Grouper};
use ceasewire_text::language;

#[derive(Deserialize)]
struct ArticleLine {
    id: Value,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    text: Option<String>,
    outlet: Option<String>,
    published: Option<String>,
    language: Option<String>,
}

pub(super) fn run(settings: &Settings, articles: Option<&Path>) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let (input, name): (Box<dyn BufRead>, String) = match articles {
        Some(file) if file.as_os_str() != "-" => (Box::new(BufReader::new(open(file)?)), file.display().to_string()),
        _ => (Box::new(std::io::stdin().lock()), "standard input".into()),
    };
    let mut grouper = Grouper::new(Arc::clone(&settings.profile.vocabulary));
    // A story is called by its first article.
    let mut called: HashMap<StoryId, Value> = HashMap::new();
    let mut out = std::io::stdout().lock();
    let (mut faulty, mut count, mut latest) = (0_usize, 0_usize, Timestamp::default());
    for_each_line(input, &name, &mut faulty, |line| {
        let article: ArticleLine = serde_json::from_str(line)?;
        let published = article.published.as_deref().map(DateTime::parse_from_rfc3339).transpose();
        let published = published.context("published")?;
        // An article without a date comes when the one before it came.
        // Without a date the time is not known; it is not taken from the article before.
        let at = published.map_or(Timestamp::default(), |time| Timestamp(time.timestamp_millis()));
        latest = latest.max(at);
        let outlet = article.outlet.as_deref().unwrap_or_default();
        let (title, text) = (article.title.unwrap_or_default(), article.text.unwrap_or_default());
        let described = settings.profile.outlets.get(outlet);
        let stated = article.language.as_deref().or(described.map(|outlet| outlet.language.as_str()));
        let language = language::identify(&title, &text, stated).or(stated);
        let telling = ArticleRef { outlet, title: &title, text: &text, language, at, within: None };
        grouper.expire(latest);
        let sketch = grouper.sketch(&telling);
        let story = grouper.choose(&sketch).unwrap_or_else(StoryId::new);
        grouper.insert(sketch, story);
        let first = called.entry(story).or_insert_with(|| article.id.clone());
        count += 1;
        let line = json!({"article": article.id, "story": first});
        writeln!(out, "{line}").and_then(|()| out.flush()).context("writing to standard output")
    })?;
    let seconds = started.elapsed().as_secs_f64();
    complain(&format!(
        "{count} articles, {} stories in {seconds:.2} s ({:.0} articles/s)",
        called.len(),
        count as f64 / seconds.max(1e-9),
    ));
    Ok(if faulty == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
