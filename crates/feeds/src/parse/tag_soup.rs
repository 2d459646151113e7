//! The tags of an XML feed before any element is read: the root tag, and the end tag of each start tag.
//!
//! Real feeds leave elements open, write names in capitals and put junk around themselves, so no XML parser reads all
//! of them. [`TagSoup`] works on [`markup`](ceasewire_articles::markup) tokens in linear time and without recursion. It
//! must
//! not know the meaning of an element.

use std::ops::Range;

use hashbrown::HashMap;

use crate::budget::{DeadlinePassed, ParseDeadline};
use ceasewire_articles::markup::{MarkupKind, MarkupToken, Scanner, decode_entities};

/// The most attributes to read of one tag: no honest tag has more, a hostile one may have a million.
const MAX_ATTRIBUTES: usize = 200;

/// The most tokens to read of a feed: 5000 entries of 180 tokens. A token takes twenty bytes, and the shortest is two
/// bytes of the text.
const MAX_TOKENS: usize = 900_000;

/// XML declarations to look at: a body may hold the copies of a feed.
const MAX_DECLARATIONS: usize = 16;

/// The `end_tag` of a token without one.
const NONE: u32 = u32::MAX;

/// Why a text is not an XML feed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum XmlFeedError {
    /// The text is a web page.
    WebPage,
    /// No element of the text begins a feed. Holds the name of the first element, if there is one.
    OtherRoot(Option<String>),
    /// The text begins as a feed and ends on this line, before the first entry.
    CutOff(usize),
    /// The deadline has passed.
    TooSlow,
}

/// The tokens of a text, without comments and declarations, with the end tag of each start tag.
pub(super) struct TagSoup<'a> {
    pub(super) text: &'a str,
    tokens: Vec<SoupToken>,
    root: usize,
    /// The byte that the first unread token begins at, where the text has more than `MAX_TOKENS`.
    pub(super) unread_from: Option<usize>,
}

/// A token in few bytes: a hostile feed has millions of them.
struct SoupToken {
    start: u32,
    end: u32,
    /// The length of a tag's name with its prefix; 0 for other tokens.
    name_length: u32,
    /// For a start tag, the place of its end tag, or `NONE`.
    end_tag: u32,
    kind: MarkupKind,
}

impl<'a> TagSoup<'a> {
    /// Splits a text into tags and finds the root tag of its feed.
    pub(super) fn read(text: &'a str, deadline: ParseDeadline) -> Result<Self, XmlFeedError> {
        let text = &text[..text.floor_char_boundary(u32::MAX as usize - 1)];
        let mut soup = Self { text, tokens: Vec::new(), root: 0, unread_from: None };
        // Some programs declare their feeds to be HTML, so the doctype alone does not decide.
        let (mut html_from, mut xml_from) = (None, Vec::new());
        for (step, token) in Scanner::new(text).enumerate() {
            deadline.check_at(step)?;
            if soup.tokens.len() == MAX_TOKENS {
                soup.unread_from = Some(token.start);
                break;
            }
            if token.kind != MarkupKind::Other {
                soup.push(token);
            } else if xml_from.len() < MAX_DECLARATIONS && starts_with_ignoring_case(token.source(text), "<?xml ") {
                xml_from.push(soup.tokens.len());
            } else if html_from.is_none() && starts_with_ignoring_case(token.source(text), "<!doctype html") {
                html_from = Some(soup.tokens.len());
            }
        }
        soup.root = soup.find_root(html_from, &xml_from)?;
        soup.match_end_tags(deadline)?;
        Ok(soup)
    }

    fn push(&mut self, token: MarkupToken) {
        let (start, end) = (token.start as u32, token.end as u32);
        // Each `<` that starts no tag begins a text of its own.
        if token.kind == MarkupKind::Text
            && let Some(last) = self.tokens.last_mut()
            && (last.kind, last.end) == (MarkupKind::Text, start)
        {
            last.end = end;
            return;
        }
        let name_length = token.name(self.text).len() as u32;
        self.tokens.push(SoupToken { start, end, name_length, end_tag: NONE, kind: token.kind });
    }

    /// The number of tokens.
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The places of the feed's tokens. Tokens after the end tag of the root are junk, unless the root is an entry:
    /// then the entries follow each other without a feed around them.
    pub(super) fn extent(&self) -> Range<usize> {
        let end = self.end(self.root).filter(|_| is_container(self.local_name(self.root)));
        self.root..end.unwrap_or(self.tokens.len())
    }

    /// Whether the text breaks off: the root element has no end or, where the root is an entry, the last one has none.
    pub(super) fn is_cut_off(&self) -> bool {
        let is_closed = self.kind(self.root) == MarkupKind::Empty
            || self.end(self.root).is_some()
                && (is_container(self.local_name(self.root)) || self.last_tag_closes_entry());
        !is_closed
    }

    fn last_tag_closes_entry(&self) -> bool {
        let is_tag = |at: &usize| !matches!(self.kind(*at), MarkupKind::Text | MarkupKind::Cdata);
        let last = (0..self.tokens.len()).rev().find(is_tag);
        last.is_some_and(|at| self.kind(at) == MarkupKind::Close && is_entry(self.local_name(at)))
    }

    /// Whether the element at `at` is an entry of this document.
    pub(super) fn is_entry(&self, at: usize) -> bool {
        let name = self.local_name(at);
        is_entry(name) || name.eq_ignore_ascii_case("url") && self.is_sitemap()
    }

    fn is_sitemap(&self) -> bool {
        is_sitemap(self.local_name(self.root))
    }

    pub(super) fn kind(&self, at: usize) -> MarkupKind {
        self.tokens[at].kind
    }

    pub(super) fn token(&self, at: usize) -> MarkupToken {
        let SoupToken { start, end, kind, .. } = self.tokens[at];
        MarkupToken { kind, start: start as usize, end: end as usize }
    }

    /// The name of a tag with its prefix; empty for other tokens.
    pub(super) fn name(&self, at: usize) -> &'a str {
        let token = &self.tokens[at];
        let start = token.start as usize + if token.kind == MarkupKind::Close { 2 } else { 1 };
        if token.name_length == 0 { "" } else { &self.text[start..start + token.name_length as usize] }
    }

    /// The name of a tag without its prefix.
    pub(super) fn local_name(&self, at: usize) -> &'a str {
        local(self.name(at))
    }

    /// The place of the end tag of the start tag at `at`.
    pub(super) fn end(&self, at: usize) -> Option<usize> {
        let end = self.tokens[at].end_tag;
        (end != NONE).then_some(end as usize)
    }

    /// The decoded value of an attribute of the tag at `at`.
    pub(super) fn attribute(&self, at: usize, name: &str) -> Option<String> {
        if self.is_bare(at) {
            return None;
        }
        let mut attributes = self.token(at).raw_attributes(self.text).take(MAX_ATTRIBUTES);
        attributes.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| decode_entities(value).into_owned())
    }

    /// The prefixes that the tag at `at` declares, each with the address of its namespace.
    pub(super) fn declared_namespaces(&self, at: usize) -> Vec<(&'a str, String)> {
        let token = self.token(at);
        if self.is_bare(at) || !token.source(self.text).contains("xmlns:") {
            return Vec::new();
        }
        let attributes = token.attributes(self.text).take(MAX_ATTRIBUTES);
        attributes.filter_map(|(key, value)| Some((key.strip_prefix("xmlns:")?, value.into_owned()))).collect()
    }

    /// Whether the tag at `at` is a name in brackets without attributes, as most tags are.
    fn is_bare(&self, at: usize) -> bool {
        let SoupToken { start, end, name_length, .. } = self.tokens[at];
        end - start <= name_length + 2
    }

    /// Finds the first tag that begins a feed, past any junk. Tokens from `html_from` on stand after a doctype of HTML;
    /// an XML declaration stands before each token of `xml_from`.
    fn find_root(&self, html_from: Option<usize>, xml_from: &[usize]) -> Result<usize, XmlFeedError> {
        /// Tags of the notices that a program prints before its feed.
        const NOTICE: &[&str] = &["b", "br", "font", "i", "p", "pre"];
        const PAGE: &[&str] = &["title", "meta", "script", "div", "p", "h1", "center", "br", "b", "a", "table"];
        let is_start = |at: &usize| matches!(self.kind(*at), MarkupKind::Open | MarkupKind::Empty);
        // A feed after its own declaration is one, even after a program's output.
        let declared = xml_from.iter().filter_map(|from| (*from..self.tokens.len().min(from + 3)).find(is_start));
        if let Some(root) = { declared }.find(|at| is_container(self.local_name(*at))) {
            return Ok(root);
        }
        let mut first = None;
        for at in (0..self.tokens.len()).filter(is_start) {
            let name = self.local_name(at);
            let is_feed = is_container(name) && (!is_sitemap(name) || self.declares_news(at));
            if is_feed || is_entry(name) {
                return Ok(at);
            }
            // A page may hold a feed's elements further down, for instance in the description of a picture.
            let is_page = html_from.is_some_and(|from| from <= at) && !is_one_of(name, NOTICE);
            if is_page || first.is_none() && is_one_of(name, &["html", "head", "body"]) {
                return Err(XmlFeedError::WebPage);
            }
            first = first.or(Some(name));
        }
        match first {
            _ if html_from.is_some() => Err(XmlFeedError::WebPage),
            Some(name) if is_one_of(name, PAGE) => Err(XmlFeedError::WebPage),
            _ => Err(XmlFeedError::OtherRoot(first.map(str::to_ascii_lowercase))),
        }
    }

    /// Whether a sitemap is of news: any other has no headlines.
    fn declares_news(&self, at: usize) -> bool {
        self.declared_namespaces(at).iter().any(|(_, uri)| uri.contains("sitemap-news"))
    }

    /// Finds the end tag of each start tag. An end tag closes the nearest open tag of its name; the tags opened in
    /// between have no end tag.
    fn match_end_tags(&mut self, deadline: ParseDeadline) -> Result<(), DeadlinePassed> {
        let mut open: Vec<u32> = Vec::new();
        // The number of open tags of each name. Counted only from the first end tag on that does not close the last open
        // tag: well-formed feeds need no count.
        let mut counts: Option<HashMap<&str, u32>> = None;
        for at in 0..self.tokens.len() {
            deadline.check_at(at)?;
            match self.kind(at) {
                MarkupKind::Open => {
                    open.push(at as u32);
                    if let Some(counts) = &mut counts {
                        *counts.entry(self.name(at)).or_default() += 1;
                    }
                }
                MarkupKind::Close => {
                    let name = self.name(at);
                    if open.last().is_none_or(|top| self.name(*top as usize) != name) {
                        let counts = counts.get_or_insert_with(|| {
                            let mut counts = HashMap::new();
                            open.iter().for_each(|at| *counts.entry(self.name(*at as usize)).or_default() += 1);
                            counts
                        });
                        if counts.get(name).is_none_or(|count| *count == 0) {
                            continue;
                        }
                    }
                    while let Some(place) = open.pop() {
                        let closed = self.name(place as usize);
                        if let Some(counts) = &mut counts {
                            counts.entry(closed).and_modify(|count| *count -= 1);
                        }
                        if closed == name {
                            self.tokens[place as usize].end_tag = at as u32;
                            break;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl From<DeadlinePassed> for XmlFeedError {
    fn from(_: DeadlinePassed) -> Self {
        Self::TooSlow
    }
}

/// An element's name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.bytes().rposition(|byte| byte == b':').map_or(name, |colon| &name[colon + 1..])
}

/// Whether an element only holds a feed together.
pub(super) fn is_container(local: &str) -> bool {
    is_one_of(local, &["rss", "rdf", "feed", "channel"]) || is_sitemap(local)
}

/// Whether an element holds a sitemap.
fn is_sitemap(local: &str) -> bool {
    local.eq_ignore_ascii_case("urlset")
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
