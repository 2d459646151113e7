//! JSON feeds (JSON Feed 1.0 and 1.1) to entry builders. The only file that names feed-rs, which reads the id and the
//! texts of each item by the rules of the format.
//!
//! Walks over the document's source and keeps nothing but the values of the entries within the budget: no value is
//! decoded before its use. A value of a wrong type is no value; publishers write ids and dates as numbers, and
//! authors as names. feed-rs refuses a whole feed for one such value, and its form of a date or an address loses parts.
//! So it receives one item at a time, reduced to sound texts; addresses, dates, authors and languages are read here.

use std::borrow::Cow;

use feed_rs::model as reader;
use feed_rs::parser::{Builder, Parser};
use serde_json::{Number, Value};

use super::dialect::ElementRole;
use super::element::ID_AS_LINK_RANK;
use super::entry_builder::{ElementText, EntryBuilder};
use super::json_walk::{WalkEnd, decode_string, for_each_element, for_each_field};
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
    let cut_off = || FeedParseError::Malformed {
        line: 1 + text.matches('\n').count() + lines_before,
        reason: "it breaks off before its first entry ends".into(),
    };
    if !text.starts_with('{') {
        return Err(no_feed());
    }
    let (mut head, mut items) = (EntryBuilder::default(), None);
    let mut end = for_each_field(text, |key, value| match key {
        "items" => items = Some(value),
        key => offer(&mut head, key, value, limits.budget),
    });
    if items.is_none() && end == WalkEnd::CutOff {
        // The list is the value that breaks off, or stands before it no more.
        items = unfinished_items(text);
        if items.is_none() {
            return Err(cut_off());
        }
    }
    let items = items.filter(|items| items.starts_with('[')).ok_or_else(no_feed)?;
    let mut entries: Vec<EntryBuilder<'a>> = Vec::new();
    let mut skipped = SkippedEntries::default();
    // By default, feed-rs makes up an id where an item has none.
    let parser = Builder::new().id_generator(|_, _, _| String::new()).sanitize_content(false).build();
    let (mut number, mut in_time) = (0, Ok(()));
    let items_end = for_each_element(items, |item| {
        number += 1;
        in_time = in_time.and_then(|()| limits.deadline.check_at(number));
        if in_time.is_err() || entries.len() == limits.budget.max_entries {
            skipped.beyond_budget += 1;
            return;
        }
        if !item.starts_with('{') {
            skipped.push(|| format!("Entry {number} is not a JSON object."));
            return;
        }
        let (mut entry, mut texts, mut fields) = (EntryBuilder::default(), Vec::new(), 0);
        for_each_field(item, |key, value| {
            fields += 1;
            match TEXTS.iter().find(|text| **text == key) {
                Some(text) => texts.push((*text, value)),
                None => offer(&mut entry, key, value, limits.budget),
            }
        });
        if !item.ends_with('}') || fields == 0 && !item[1..item.len() - 1].trim().is_empty() {
            skipped.push(|| format!("Entry {number} is broken: it has no field that can be read."));
            return;
        }
        if let Some(read) = read_texts(&parser, &texts) {
            offer_texts(&mut entry, read);
        }
        // feed-rs gives one content of two; and the texts stay where it refuses one of them.
        texts.into_iter().for_each(|(key, value)| offer(&mut entry, key, value, limits.budget));
        entries.push(entry);
    });
    in_time.and_then(|()| limits.deadline.check()).map_err(|_| too_slow(limits.budget))?;
    if items_end == WalkEnd::CutOff {
        end = WalkEnd::CutOff;
    }
    let is_cut_off = end == WalkEnd::CutOff;
    if is_cut_off && entries.is_empty() {
        return Err(cut_off());
    }
    for entry in entries.iter_mut().filter(|entry| entry.authors.is_empty()) {
        // By the format's own rule, an item without authors has the authors of its feed.
        entry.authors.clone_from(&head.authors);
    }
    let is_closed = !is_cut_off;
    Ok(FeedParts { head, entries, is_atom: false, update_hints: UpdateHints::default(), skipped, is_closed })
}

/// The list of items that a document breaks off within.
fn unfinished_items(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("\"items\"")?;
    let list = rest.trim_start().strip_prefix(':')?.trim_start();
    list.starts_with('[').then_some(list)
}

/// Lets feed-rs read the id and the texts of an item, given by the source of each field; `None` where it refuses one.
fn read_texts(parser: &Parser, texts: &[(&str, &str)]) -> Option<reader::Entry> {
    let mut document = r#"{"version":"https://jsonfeed.org/version/1.1","title":"","items":[{"#.to_owned();
    let mut first = true;
    for (key, value) in texts {
        let Some(text) = decode(value).filter(|text| !text.trim().is_empty()) else { continue };
        let comma = if std::mem::take(&mut first) { "" } else { "," };
        document.push_str(&format!("{comma}\"{key}\":{}", Value::from(text.as_ref())));
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
        let rank = if is_html { 0 } else { 1 };
        builder.offer(
            ElementRole::Content,
            rank,
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
            for_each_element(value, |author| offer_author(builder, author, budget));
            return;
        }
        _ => return,
    };
    let Some(text) = decode(value) else { return };
    let text = match role {
        // Many items have their address as their id alone.
        ElementRole::Id if is_web_address(&text) => {
            builder.offer(ElementRole::Link, ID_AS_LINK_RANK, ElementText::plain(text.clone()));
            text
        }
        _ => text,
    };
    builder.offer(role, rank, ElementText { text, is_html: key == "content_html" });
}

/// Takes in an author: an object with a name, or the name.
fn offer_author(builder: &mut EntryBuilder<'_>, author: &str, budget: &FeedBudget) {
    if builder.authors.len() >= budget.max_authors {
        return;
    }
    let mut name = decode(author);
    if author.starts_with('{') {
        for_each_field(author, |key, value| {
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
    if value.starts_with('"') {
        return Some(decode_string(value));
    }
    serde_json::from_str::<Number>(value).ok().map(|number| Cow::Owned(number.to_string()))
}
