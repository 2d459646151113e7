//! The demo's articles with their stories.

use std::error::Error;
use std::path::Path;

use toml::{Table, Value};

use crate::material::Row;

fn text(table: &Table, key: &str) -> String {
    table.get(key).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).unwrap_or_default()
}

fn tables(table: &Table, key: &str) -> Vec<Table> {
    let values = table.get(key).and_then(Value::as_array).into_iter().flatten();
    values.filter_map(Value::as_table).cloned().collect()
}

/// Reads the articles, each with those of the outlets that carry it.
pub fn rows(project: &Path) -> Result<Vec<Row>, Box<dyn Error>> {
    let read = |path: &str| -> Result<Table, Box<dyn Error>> {
        Ok(std::fs::read_to_string(project.join(path))?.parse::<Table>()?)
    };
    let (demo, gold) = (read("config/demo/articles.toml")?, read("tests/fixtures/demo_stories.toml")?);
    let stories = tables(&gold, "stories");
    let story_of = |path: &str| {
        let has = |story: &&Table| {
            let paths = story.get("paths").and_then(Value::as_array);
            paths.is_some_and(|paths| paths.iter().any(|known| known.as_str() == Some(path)))
        };
        stories.iter().find(has).map_or_else(|| path.to_owned(), |story| text(story, "name"))
    };
    let outlets = tables(&demo, "outlets");
    let language_of = |outlet: &str| {
        let found = outlets.iter().find(|known| text(known, "id") == outlet);
        found.map(|known| text(known, "language")).unwrap_or_default()
    };
    let mut rows = Vec::new();
    for article in tables(&demo, "articles") {
        let carried = tables(&article, "carried");
        for by in std::iter::once(&article).chain(&carried) {
            let outlet = text(by, "outlet");
            let title = if by.contains_key("title") { text(by, "title") } else { text(&article, "title") };
            let published = text(&article, "published");
            let later = by.get("minutes_later").and_then(Value::as_integer).unwrap_or(0);
            let published = chrono::DateTime::parse_from_rfc3339(&published)?;
            rows.push(Row {
                id: serde_json::Value::Null,
                language: language_of(&outlet),
                outlet: Some(outlet),
                published: (published + chrono::TimeDelta::minutes(later)).to_rfc3339(),
                title,
                text: Some(plain(&text(&article, "html"))),
                story: Some(story_of(&text(&article, "path"))),
            });
        }
    }
    Ok(rows)
}

/// Removes the markup of a text.
fn plain(html: &str) -> String {
    let parts = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    let text: Vec<&str> = parts.collect();
    let text = text.join(" ").replace("&rsquo;", "’").replace("&ldquo;", "“").replace("&rdquo;", "”");
    let text = text.replace("&laquo;", "«").replace("&raquo;", "»").replace("&nbsp;", " ");
    text.replace("&mdash;", "—").replace("&amp;", "&")
}
