//! JSON feeds to entry builders. The only file that names feed-rs, which reads the texts of each item by the rules of
//! JSON Feed 1.0 and 1.1.
//!
//! feed-rs refuses a whole feed for one value of a wrong type, and its form of a date or an address loses parts. So it
//! receives each item reduced to its id and texts, every value a string; addresses, dates, authors and languages are
//! read here.

use std::borrow::Cow;

use feed_rs::model as reader;
use feed_rs::parser::Builder;
use serde_json::{Map, Value, json};
use url::Url;

use super::dialect::ElementRole;
use super::entry_builder::{ElementText, EntryBuilder, is_web, person};
use super::{FeedParseError, FeedParts};
use crate::update_hints::UpdateHints;

/// Reads a JSON feed. `lines_before` lines of the document precede `text`.
pub(super) fn read(text: &str, lines_before: usize) -> Result<FeedParts<'static>, FeedParseError> {
    // Some servers append comments or a second document, so only the first value counts.
    let first = serde_json::Deserializer::from_str(text).into_iter::<Value>().next();
    let value = first
        .ok_or(FeedParseError::Empty)?
        .map_err(|error| FeedParseError::Malformed { line: error.line() + lines_before, reason: error.to_string() })?;
    let Some(items) = value.get("items").and_then(Value::as_array) else {
        return Err(FeedParseError::NotAFeed { found: "it is JSON without a list of `items`".into() });
    };
    let mut head = value.as_object().map(|feed| facts_of(feed, &["home_page_url"])).unwrap_or_default();
    let (mut entries, mut texts, mut skipped) = (Vec::new(), Vec::new(), Vec::new());
    for (at, item) in items.iter().enumerate() {
        let Some(item) = item.as_object() else {
            skipped.push(format!("Entry {} is not a JSON object.", at + 1));
            continue;
        };
        let mut entry = facts_of(item, &["url", "external_url"]);
        if entry.authors.is_empty() {
            // By the format's own rule, an item without authors has the authors of its feed.
            entry.authors.clone_from(&head.authors);
        }
        entries.push(entry);
        texts.push(string_fields(item, &["id", "title", "content_html", "content_text", "summary"]));
    }
    let read = read_texts(value.get("title").and_then(string), texts)?;
    offer(&mut head, ElementRole::Title, read.title);
    for (entry, read) in entries.iter_mut().zip(read.entries) {
        entry.offer(ElementRole::Id, 0, ElementText::plain(Cow::Owned(read.id)));
        offer(entry, ElementRole::Title, read.title);
        offer(entry, ElementRole::Summary, read.summary);
        if let Some(content) = read.content {
            let is_html = content.content_type.as_str() != "text/plain";
            let text = ElementText { text: Cow::Owned(content.body.unwrap_or_default()), is_html };
            entry.offer(ElementRole::Content, 0, text);
        }
    }
    Ok(FeedParts { head, entries, update_hints: UpdateHints::default(), skipped })
}

/// Lets feed-rs read the feed's title and the texts of its items.
fn read_texts(title: Option<String>, items: Vec<Value>) -> Result<reader::Feed, FeedParseError> {
    let document = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": title.unwrap_or_default(),
        "items": items,
    });
    // By default, feed-rs makes up an id where an item has none.
    let parser = Builder::new().id_generator(|_, _, _| String::new()).sanitize_content(false).build();
    // An error has no line in the publisher's document: feed-rs reads one made here.
    parser
        .parse(document.to_string().as_bytes())
        .map_err(|error| FeedParseError::Malformed { line: 1, reason: error.to_string() })
}

fn offer(builder: &mut EntryBuilder<'static>, role: ElementRole, text: Option<reader::Text>) {
    if let Some(text) = text {
        builder.offer(role, 0, ElementText::plain(Cow::Owned(text.content)));
    }
}

/// The named fields of an item that hold text.
fn string_fields(item: &Map<String, Value>, names: &[&str]) -> Value {
    let texts = names.iter().filter_map(|name| Some((*name, item.get(*name).and_then(string)?)));
    let texts = texts.filter(|(_, text)| !text.trim().is_empty());
    Value::Object(texts.map(|(name, text)| (name.to_owned(), Value::String(text))).collect())
}

/// A value as text: publishers write ids as numbers.
fn string(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The values of a JSON feed or item that feed-rs does not read. The page's address stands in the first of the fields
/// `addresses` that holds a web address.
fn facts_of(value: &Map<String, Value>, addresses: &[&str]) -> EntryBuilder<'static> {
    let text = |field: &str| value.get(field).and_then(string);
    let is_address = |text: &String| match Url::parse(text.trim()) {
        Ok(url) => is_web(&url),
        Err(error) => error == url::ParseError::RelativeUrlWithoutBase && !text.trim().is_empty(),
    };
    let listed = value.get("authors").and_then(Value::as_array).into_iter().flatten();
    let authors = value.get("author").into_iter().chain(listed);
    let names = authors.filter_map(|author| author.get("name").or(Some(author)).and_then(string));
    let authors = names.filter_map(|name| person(&name)).collect();
    let mut facts = EntryBuilder::new(authors, None);
    for (role, text) in [
        (ElementRole::Link, addresses.iter().filter_map(|field| text(field)).find(is_address)),
        (ElementRole::Published, text("date_published")),
        (ElementRole::Updated, text("date_modified")),
        (ElementRole::Language, text("language")),
    ] {
        facts.offer(role, 0, ElementText::plain(Cow::Owned(text.unwrap_or_default())));
    }
    facts
}
