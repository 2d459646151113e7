//! Statements: collects the elements that describe a page: title, headings, `<meta>`, times, author and JSON-LD.

use serde_json::Value;

use super::json_ld::parse_json_ld;
use super::limits::truncate;
use crate::clean::plain_line;
use crate::markup::{MarkupKind, MarkupToken, Scanner, find_end_tag};

/// Characters of a title or a name; longer texts are no names.
const MAX_NAME_LENGTH: usize = 500;

/// Bytes of the content of a `<meta>` element; real ones state a description at most.
const MAX_CONTENT_BYTES: usize = 4000;
/// Names of one `<meta>` element, and bytes of a name.
const MAX_META_NAMES: usize = 8;
const MAX_META_NAME_BYTES: usize = 100;
/// Bytes of all JSON-LD of a page. An object in memory takes up to seventy times its source.
const MAX_JSON_LD_BYTES: usize = 512 << 10;

/// Statements of a page about itself.
#[derive(Default)]
pub(super) struct PageStatements {
    /// Names, in lower case, and contents of `<meta>` elements.
    pub metas: Vec<(String, String)>,
    pub title: Option<String>,
    /// The first `<h1>`.
    pub heading: Option<String>,
    pub author: Option<String>,
    /// Times marked as the time of publication.
    pub times: Vec<String>,
    /// Language of `<html>`.
    pub language: Option<String>,
    pub json_ld: Vec<Value>,
    /// The address in `<link rel=canonical>`.
    pub canonical: Option<String>,
}

impl PageStatements {
    /// Collects the statements of a page.
    pub fn parse(html: &str) -> Self {
        /// Elements of one kind; no page needs more to describe one article.
        const MAX_ELEMENTS: usize = 500;
        let mut found = Self::default();
        let mut scanner = Scanner::new(html);
        // Elements without an end tag, which need no second search.
        let mut unclosed: Vec<&str> = Vec::new();
        let mut json_ld_bytes = 0;
        while let Some(token) = scanner.next() {
            if !matches!(token.kind, MarkupKind::Open | MarkupKind::Empty) {
                continue;
            }
            let name = token.name(html).to_ascii_lowercase();
            let attribute = |key: &str| token.attribute(html, key).filter(|value| !value.trim().is_empty());
            match name.as_str() {
                "html" => {
                    found.language =
                        found.language.take().or_else(|| attribute("lang")).or_else(|| attribute("xml:lang"))
                }
                "link"
                    if found.canonical.is_none() && attribute("rel").is_some_and(|rel| rel.trim() == "canonical") =>
                {
                    found.canonical = attribute("href").filter(|address| address.len() <= MAX_CONTENT_BYTES);
                }
                "meta" if found.metas.len() < MAX_ELEMENTS => found.push_meta(&token, html),
                "time" if found.times.len() < MAX_ELEMENTS => {
                    let is_publication = attribute("itemprop").is_some_and(|prop| prop.contains("datePublished"));
                    if is_publication || token.attribute(html, "pubdate").is_some() {
                        found.times.extend(attribute("datetime"));
                    }
                }
                "svg" | "title" | "h1" | "script" | "style" if !unclosed.contains(&name.as_str()) => {
                    let element =
                        ["svg", "title", "h1", "script", "style"].into_iter().find(|element| *element == name);
                    let Some(end) = find_end_tag(html, token.end, &name) else {
                        unclosed.extend(element);
                        continue;
                    };
                    let content = html.get(token.end..end).unwrap_or_default();
                    match name.as_str() {
                        "title" => found.title = found.title.take().or_else(|| clean_name(content)),
                        "h1" => found.heading = found.heading.take().or_else(|| clean_name(content)),
                        "script"
                            if found.json_ld.len() < MAX_ELEMENTS
                                && attribute("type").is_some_and(|kind| kind.contains("ld+json")) =>
                        {
                            json_ld_bytes += content.len();
                            if json_ld_bytes <= MAX_JSON_LD_BYTES {
                                found.json_ld.extend(parse_json_ld(content));
                            }
                        }
                        _ => {}
                    }
                    scanner.seek(end);
                }
                "a" | "span" | "p" | "div" if found.author.is_none() => {
                    let is_author = attribute("rel").is_some_and(|rel| rel == "author")
                        || attribute("itemprop").is_some_and(|prop| prop == "author");
                    if is_author {
                        /// Room for a name with its markup.
                        const MAX_AUTHOR_BYTES: usize = 2000;
                        let near = truncate(html.get(token.end..).unwrap_or_default(), MAX_AUTHOR_BYTES);
                        // The first element decides, even if it is empty.
                        found.author = Some(
                            find_end_tag(near, 0, &name).and_then(|end| clean_name(&near[..end])).unwrap_or_default(),
                        );
                    }
                }
                _ => {}
            }
        }
        found.author = found.author.filter(|author| !author.is_empty());
        found
    }

    fn push_meta(&mut self, token: &MarkupToken, html: &str) {
        let mut names: Vec<String> = Vec::new();
        let mut content = None;
        for (key, value) in token.attributes(html) {
            match key.to_ascii_lowercase().as_str() {
                // One element may have several names, separated by spaces.
                "name" | "property" | "itemprop" | "http-equiv" => {
                    let stated = value.split_whitespace().take(MAX_META_NAMES.saturating_sub(names.len()));
                    names.extend(stated.map(|name| truncate(name, MAX_META_NAME_BYTES).to_ascii_lowercase()));
                }
                "content" => content = Some(value.into_owned()),
                _ => {}
            }
        }
        // Each name has its own copy of the content.
        if let Some(content) = content.filter(|content| !content.trim().is_empty()) {
            let content = truncate(&content, MAX_CONTENT_BYTES);
            self.metas.extend(names.into_iter().map(|name| (name, content.to_owned())));
        }
    }

    /// Finds the first of `names` with a `<meta>` element and returns its content.
    pub fn find_meta(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| {
            self.metas.iter().find_map(|(key, value)| (key == name).then(|| clean_name(value)).flatten())
        })
    }
}

/// Cleans a name or a title; returns `None` if it is empty or too long.
pub(super) fn clean_name(html: &str) -> Option<String> {
    let text = plain_line(html);
    (!text.is_empty() && text.chars().count() <= MAX_NAME_LENGTH).then_some(text)
}
