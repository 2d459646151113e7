//! JSON feeds (JSON Feed 1.0 and 1.1) to entry builders. The only file that names feed-rs, which reads the id and the
//! texts of each item by the rules of the format.
//!
//! Walks over the document's source and keeps nothing but the values of the entries within the budget: no value is
//! decoded before it is asked for. A value of a wrong type is no value; publishers write ids as numbers, and authors as
//! names. feed-rs refuses a whole feed for one such value, and its form of a date or an address loses parts. So it
//! receives one item at a time, reduced to sound texts; addresses, dates, authors and languages are read here.

use std::borrow::Cow;
use std::fmt;

use feed_rs::model as reader;
use feed_rs::parser::{Builder, Parser};
use serde::Deserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_json::value::RawValue;

use super::dialect::ElementRole;
use super::element::ID_AS_LINK_RANK;
use super::entry_builder::{ElementText, EntryBuilder};
use super::link::is_web_address;
use super::skipped::SkippedEntries;
use super::{FeedParseError, FeedParts, ParseLimits, too_slow};
use crate::budget::FeedBudget;
use crate::update_hints::UpdateHints;

/// The fields of an item that feed-rs reads.
const TEXTS: [&str; 5] = ["id", "title", "content_html", "content_text", "summary"];

/// Reads a JSON feed. `lines_before` lines of the document precede `text`.
pub(super) fn read<'a>(
    text: &'a str,
    lines_before: usize,
    limits: ParseLimits<'_>,
) -> Result<FeedParts<'a>, FeedParseError> {
    let no_feed = || FeedParseError::NotAFeed { found: "it is JSON without a list of `items`".into() };
    let malformed = |error: serde_json::Error| FeedParseError::Malformed {
        line: error.line() + lines_before,
        reason: error.to_string(),
    };
    if !text.starts_with('{') {
        return Err(no_feed());
    }
    let (mut head, mut items) = (EntryBuilder::default(), None);
    for_each_field(text, |key, value| match key {
        "items" => items = Some(value),
        key => offer(&mut head, key, value, limits.budget),
    })
    .map_err(malformed)?;
    let items = items.filter(|items| items.starts_with('[')).ok_or_else(no_feed)?;
    let mut entries: Vec<EntryBuilder<'a>> = Vec::new();
    let mut skipped = SkippedEntries::default();
    // By default, feed-rs makes up an id where an item has none.
    let parser = Builder::new().id_generator(|_, _, _| String::new()).sanitize_content(false).build();
    let (mut number, mut in_time) = (0, Ok(()));
    for_each_element(items, |item| {
        number += 1;
        in_time = in_time.and_then(|()| limits.deadline.check_at(number));
        if in_time.is_err() || entries.len() == limits.budget.max_entries {
            skipped.beyond_budget += 1;
            return;
        }
        let (mut entry, mut texts) = (EntryBuilder::default(), Vec::new());
        if !item.starts_with('{') {
            skipped.push(|| format!("Entry {number} is not a JSON object."));
        } else if let Err(error) = for_each_field(item, |key, value| match TEXTS.iter().find(|text| **text == key) {
            Some(text) => texts.push((*text, value)),
            None => offer(&mut entry, key, value, limits.budget),
        }) {
            skipped.push(|| format!("Entry {number} is broken: {error}."));
        } else {
            match read_texts(&parser, &texts) {
                Some(read) => offer_texts(&mut entry, read),
                None => texts.into_iter().for_each(|(key, value)| offer(&mut entry, key, value, limits.budget)),
            }
            entries.push(entry);
        }
    })
    .map_err(malformed)?;
    in_time.and_then(|()| limits.deadline.check()).map_err(|_| too_slow(limits.budget))?;
    for entry in entries.iter_mut().filter(|entry| entry.authors.is_empty()) {
        // By the format's own rule, an item without authors has the authors of its feed.
        entry.authors.clone_from(&head.authors);
    }
    Ok(FeedParts { head, entries, is_atom: false, update_hints: UpdateHints::default(), skipped, is_closed: true })
}

/// Lets feed-rs read the id and the texts of an item, given by the source of each field; `None` where it refuses one.
fn read_texts(parser: &Parser, texts: &[(&str, &str)]) -> Option<reader::Entry> {
    let mut document = r#"{"version":"https://jsonfeed.org/version/1.1","title":"","items":[{"#.to_owned();
    let mut first = true;
    for (key, value) in texts {
        let Some(text) = decode(value).filter(|text| !text.trim().is_empty()) else { continue };
        let comma = if std::mem::take(&mut first) { "" } else { "," };
        document.push_str(&format!("{comma}\"{key}\":"));
        match value.starts_with('"') {
            true => document.push_str(value),
            false => document.push_str(&format!("\"{text}\"")),
        }
    }
    document.push_str("}]}");
    parser.parse(document.as_bytes()).ok()?.entries.pop()
}

/// Offers the id and the texts that feed-rs has read.
fn offer_texts(builder: &mut EntryBuilder<'_>, read: reader::Entry) {
    if is_web_address(&read.id) {
        builder.offer(ElementRole::Link, ID_AS_LINK_RANK, ElementText::plain(Cow::Owned(read.id.clone())));
    }
    builder.offer(ElementRole::Id, 0, ElementText::plain(Cow::Owned(read.id)));
    for (role, text) in [(ElementRole::Title, read.title), (ElementRole::Summary, read.summary)] {
        if let Some(text) = text {
            builder.offer(role, 0, ElementText::plain(Cow::Owned(text.content)));
        }
    }
    if let Some(content) = read.content {
        let is_html = content.content_type.as_str() != "text/plain";
        builder.offer(
            ElementRole::Content,
            0,
            ElementText { text: Cow::Owned(content.body.unwrap_or_default()), is_html },
        );
    }
}

/// Offers the value of a field, of an item or of the feed, to its builder.
fn offer<'a>(builder: &mut EntryBuilder<'a>, key: &str, value: &'a str, budget: &FeedBudget) {
    let (role, rank) = match key {
        "id" => (ElementRole::Id, 0),
        "title" => (ElementRole::Title, 0),
        "url" | "home_page_url" => (ElementRole::Link, 0),
        "external_url" => (ElementRole::Link, 1),
        "content_html" => (ElementRole::Content, 0),
        "content_text" => (ElementRole::Content, 1),
        "summary" => (ElementRole::Summary, 0),
        "date_published" => (ElementRole::Published, 0),
        "date_modified" => (ElementRole::Updated, 0),
        "language" => (ElementRole::Language, 0),
        "author" => return offer_author(builder, value, budget),
        "authors" if value.starts_with('[') => {
            // The list is known to be sound.
            let _ = for_each_element(value, |author| offer_author(builder, author, budget));
            return;
        }
        _ => return,
    };
    let Some(text) = decode(value) else { return };
    builder.offer(role, rank, ElementText { text, is_html: key == "content_html" });
}

/// Takes in an author: an object with a name, or the name.
fn offer_author(builder: &mut EntryBuilder<'_>, author: &str, budget: &FeedBudget) {
    if builder.authors.len() >= budget.max_authors {
        return;
    }
    let mut name = decode(author);
    if author.starts_with('{') {
        // The object is known to be sound, but for an escape in a key.
        let _ = for_each_field(author, |key, value| {
            if key == "name" {
                name = decode(value);
            }
        });
    }
    if let Some(name) = name {
        builder.push_author(&name, budget);
    }
}

/// Decodes a string or a number; `None` for any other value.
fn decode(value: &str) -> Option<Cow<'_, str>> {
    match value.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(text) if !text.contains('\\') => Some(Cow::Borrowed(text)),
        Some(_) => serde_json::from_str(value).ok().map(Cow::Owned),
        None => serde_json::from_str::<Number>(value).ok().map(|number| Cow::Owned(number.to_string())),
    }
}

/// Hands over the key and the source of each field of an object; ignores all text after the object.
fn for_each_field<'a>(json: &'a str, each: impl FnMut(&str, &'a str)) -> serde_json::Result<()> {
    serde_json::Deserializer::from_str(json).deserialize_map(Fields(each))
}

/// Hands over the source of each element of a list.
fn for_each_element<'a>(json: &'a str, each: impl FnMut(&'a str)) -> serde_json::Result<()> {
    serde_json::Deserializer::from_str(json).deserialize_seq(Elements(each))
}

struct Fields<F>(F);

impl<'a, F: FnMut(&str, &'a str)> Visitor<'a> for Fields<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut object: A) -> Result<(), A::Error> {
        while let Some((key, value)) = object.next_entry::<String, &'a RawValue>()? {
            (self.0)(&key, value.get());
        }
        Ok(())
    }
}

struct Elements<F>(F);

impl<'a, F: FnMut(&'a str)> Visitor<'a> for Elements<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'a>>(mut self, mut list: A) -> Result<(), A::Error> {
        while let Some(value) = list.next_element::<&'a RawValue>()? {
            (self.0)(value.get());
        }
        Ok(())
    }
}
