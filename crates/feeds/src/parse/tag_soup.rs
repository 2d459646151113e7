//! The tags of an XML feed before any element is read: the root tag, and the end tag of each start tag.
//!
//! Real feeds leave elements open, write names in capitals and put junk around themselves, so no XML parser reads all
//! of them. [`TagSoup`] works on [`markup`](ceasewire_articles::markup) tokens in linear time and without recursion. It
//! must
//! not know the meaning of an element.

use std::ops::Range;

use hashbrown::HashMap;

use ceasewire_articles::markup::{MarkupKind, MarkupToken, Scanner};

/// The most attributes to read of one tag: no honest tag has more, a hostile one may have a million.
const MAX_ATTRIBUTES: usize = 200;

/// Why a text is not an XML feed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum XmlFeedError {
    /// The text is a web page.
    WebPage,
    /// No element of the text begins a feed. Holds the name of the first element, if there is one.
    OtherRoot(Option<String>),
    /// The text begins as a feed and ends on this line, before the first entry.
    CutOff(usize),
}

/// The tokens of a text, with the name of each tag and the end tag of each start tag.
pub(super) struct TagSoup<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<MarkupToken>,
    /// The name of each tag with its prefix; empty for other tokens.
    names: Vec<&'a str>,
    /// For each start tag, the place of its end tag.
    ends: Vec<Option<usize>>,
    root: usize,
}

impl<'a> TagSoup<'a> {
    /// Splits a text into tags and finds the root tag of its feed.
    pub(super) fn read(text: &'a str) -> Result<Self, XmlFeedError> {
        let tokens: Vec<MarkupToken> = Scanner::new(text).collect();
        let names: Vec<&str> = tokens.iter().map(|token| token.name(text)).collect();
        let root = find_root(text, &tokens)?;
        let ends = match_end_tags(&names, &tokens);
        Ok(Self { text, tokens, names, ends, root })
    }

    /// The places of the feed's tokens. Tokens after the end tag of the root are junk, unless the root is an entry:
    /// then the entries follow each other without a feed around them.
    pub(super) fn extent(&self) -> Range<usize> {
        let end = self.ends[self.root].filter(|_| is_container(self.local_name(self.root)));
        self.root..end.unwrap_or(self.tokens.len())
    }

    /// Whether the root element has no end, so that the text may have been cut off.
    pub(super) fn is_cut_off(&self) -> bool {
        self.ends[self.root].is_none() && self.tokens[self.root].kind != MarkupKind::Empty
    }

    /// The name of a tag with its prefix.
    pub(super) fn name(&self, at: usize) -> &'a str {
        self.names[at]
    }

    /// The name of a tag without its prefix.
    pub(super) fn local_name(&self, at: usize) -> &'a str {
        local(self.names[at])
    }

    /// The place of the end tag of the start tag at `at`.
    pub(super) fn end(&self, at: usize) -> Option<usize> {
        self.ends[at]
    }

    /// The decoded value of an attribute of the tag at `at`.
    pub(super) fn attribute(&self, at: usize, name: &str) -> Option<String> {
        if self.is_bare(at) {
            return None;
        }
        let mut attributes = self.tokens[at].attributes(self.text).take(MAX_ATTRIBUTES);
        attributes.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.into_owned())
    }

    /// The prefixes that the tag at `at` declares, each with the address of its namespace.
    pub(super) fn declared_namespaces(&self, at: usize) -> Vec<(&'a str, String)> {
        let token = &self.tokens[at];
        if self.is_bare(at) || !token.source(self.text).contains("xmlns:") {
            return Vec::new();
        }
        let attributes = token.attributes(self.text).take(MAX_ATTRIBUTES);
        attributes.filter_map(|(key, value)| Some((key.strip_prefix("xmlns:")?, value.into_owned()))).collect()
    }

    /// Whether the tag at `at` is a name in brackets without attributes, as most tags are.
    fn is_bare(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        token.end - token.start <= self.names[at].len() + 2
    }
}

/// An element's name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.bytes().rposition(|byte| byte == b':').map_or(name, |colon| &name[colon + 1..])
}

/// Whether an element only holds a feed together.
pub(super) fn is_container(local: &str) -> bool {
    is_one_of(local, &["rss", "rdf", "feed", "channel"])
}

/// Whether an element is an entry.
pub(super) fn is_entry(local: &str) -> bool {
    is_one_of(local, &["item", "entry"])
}

/// Whether a text begins with `start`, in any case.
pub(super) fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Finds the first tag that begins a feed, past any junk.
fn find_root(text: &str, tokens: &[MarkupToken]) -> Result<usize, XmlFeedError> {
    const PAGE: &[&str] = &["title", "meta", "script", "div", "p", "h1", "center", "br", "b", "a", "table"];
    let mut first = None;
    let mut is_page = false;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            MarkupKind::Open | MarkupKind::Empty => {
                let name = local(token.name(text));
                if is_container(name) || is_entry(name) {
                    return Ok(at);
                }
                // A page may hold a feed's elements further down, for instance in the description of a picture.
                if is_page || first.is_none() && is_one_of(name, &["html", "head", "body"]) {
                    return Err(XmlFeedError::WebPage);
                }
                first = first.or(Some(name));
            }
            // Some programs declare their feeds to be HTML, so the doctype alone does not decide.
            MarkupKind::Other => is_page |= starts_with_ignoring_case(token.source(text), "<!doctype html"),
            _ => {}
        }
    }
    match first {
        _ if is_page => Err(XmlFeedError::WebPage),
        Some(name) if is_one_of(name, PAGE) => Err(XmlFeedError::WebPage),
        _ => Err(XmlFeedError::OtherRoot(first.map(str::to_ascii_lowercase))),
    }
}

/// Finds the end tag of each start tag. An end tag closes the nearest open tag of its name; the tags opened in between
/// have no end tag.
fn match_end_tags(names: &[&str], tokens: &[MarkupToken]) -> Vec<Option<usize>> {
    let mut ends = vec![None; tokens.len()];
    let mut open: Vec<(usize, &str)> = Vec::new();
    // The number of open tags of each name. Counted only from the first end tag on that does not close the last open
    // tag: well-formed feeds need no count.
    let mut counts: Option<HashMap<&str, usize>> = None;
    for (at, token) in tokens.iter().enumerate() {
        let name = names[at];
        match token.kind {
            MarkupKind::Open => {
                open.push((at, name));
                if let Some(counts) = &mut counts {
                    *counts.entry(name).or_default() += 1;
                }
            }
            MarkupKind::Close => {
                if open.last().is_none_or(|(_, top)| *top != name) {
                    let counts = counts.get_or_insert_with(|| {
                        let mut counts = HashMap::new();
                        open.iter().for_each(|(_, name)| *counts.entry(*name).or_default() += 1);
                        counts
                    });
                    if counts.get(name).is_none_or(|count| *count == 0) {
                        continue;
                    }
                }
                while let Some((place, closed)) = open.pop() {
                    if let Some(counts) = &mut counts {
                        counts.entry(closed).and_modify(|count| *count -= 1);
                    }
                    if closed == name {
                        ends[place] = Some(at);
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    ends
}
