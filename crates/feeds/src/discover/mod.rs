//! Web pages in place of feeds: the kind of a page, and the feeds that it names. Pure.
//!
//! `links` finds the feeds; `kind` separates a challenge, a login and a moved site from a page of news. Both look at
//! the first megabyte only and take linear time.

mod kind;
mod links;
mod page_words;

use url::Url;

use ceasewire_articles::clean::without_controls;
use ceasewire_articles::markup::{self, MarkupToken, Scanner};

pub use links::usual_addresses;

/// The bytes to scan of a page: its declarations stand in the first kilobytes, and its footer rarely lies beyond a
/// megabyte.
const MAX_BYTES: usize = 1 << 20;
/// The most links, and the most anchors, in a scan.
const MAX_LINKS: usize = 4000;
/// The most bytes of an anchor's text: enough for "RSS".
const MAX_ANCHOR_TEXT: usize = 120;
/// The most bytes of visible text in a scan.
const MAX_TEXT: usize = 4000;

/// A web page and the feeds that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebPage {
    pub kind: PageKind,
    /// The feeds: first the declared, then the linked ones, and feeds of comments last.
    pub feeds: Vec<DiscoveredFeed>,
}

/// The kind of a web page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageKind {
    /// A bot protection asks for a browser or a human.
    Challenge,
    /// The page asks for a login.
    Login,
    /// The page has moved to this address.
    Moved(Url),
    /// Any other page.
    Page,
}

/// A feed that a page names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscoveredFeed {
    pub url: Url,
    /// The page's title for the feed.
    pub title: Option<String>,
    /// The format that the page declares or the address suggests.
    pub format: FeedFormat,
}

/// The format of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedFormat {
    /// RSS, of any version.
    Rss,
    /// Atom.
    Atom,
    /// JSON Feed.
    Json,
    /// Neither the page nor the address names a format.
    Unknown,
}

/// Classifies the page at `url` and finds the feeds that it names.
pub fn inspect_page(html: &str, url: &Url) -> WebPage {
    let html = &html[..html.floor_char_boundary(MAX_BYTES)];
    let scan = PageScan::new(html);
    let base = scan.base.as_deref().and_then(|base| url.join(base.trim()).ok()).unwrap_or_else(|| url.clone());
    let feeds = links::feeds(&scan, &base, url);
    let kind = kind::classify(&scan, html, &base, url, !feeds.is_empty());
    WebPage { kind, feeds }
}

/// The facts that one pass over a page gathers.
#[derive(Debug, Default)]
struct PageScan {
    title: String,
    base: Option<String>,
    canonical: Option<String>,
    /// The content of a `<meta http-equiv=refresh>`.
    refresh: Option<String>,
    links: Vec<FeedLink>,
    anchors: Vec<PageAnchor>,
    has_form: bool,
    has_password: bool,
    /// The length of the visible text in bytes; a run of blanks counts as one.
    text_length: usize,
    /// The beginning of the visible text and of `<noscript>`, in lower case.
    text: String,
}

/// A `<link>` that may name a feed.
#[derive(Debug)]
struct FeedLink {
    rel: String,
    mime: String,
    href: String,
    title: Option<String>,
}

/// An `<a>`.
#[derive(Debug)]
struct PageAnchor {
    href: String,
    text: String,
    /// The anchor's tooltip, its label and the description of its picture.
    hint: String,
}

impl PageScan {
    fn new(html: &str) -> Self {
        let mut scan = Self::default();
        let mut scanner = Scanner::new(html);
        let (mut in_title, mut in_noscript, mut in_anchor) = (false, false, false);
        while let Some(token) = scanner.next() {
            match token.kind {
                markup::MarkupKind::Open | markup::MarkupKind::Empty => {
                    let name = token.name(html).to_ascii_lowercase();
                    match name.as_str() {
                        "script" | "style" | "template" if token.kind == markup::MarkupKind::Open => {
                            // An element without an end tag swallows the rest, as in a browser.
                            let Some(end) = end_of(html, &name, token.end) else { break };
                            scanner.seek(end);
                        }
                        "title" => in_title = scan.title.is_empty(),
                        "noscript" => in_noscript = true,
                        "a" => in_anchor = scan.anchor(html, token),
                        // Browsers ignore a <noscript>, and the page is classified as a browser shows it.
                        "meta" if !in_noscript => scan.meta(html, token),
                        _ => scan.element(html, token, &name, in_anchor),
                    }
                }
                markup::MarkupKind::Close => match token.name(html).to_ascii_lowercase().as_str() {
                    "title" => in_title = false,
                    "noscript" => in_noscript = false,
                    "a" => in_anchor = false,
                    _ => {}
                },
                markup::MarkupKind::Text | markup::MarkupKind::Cdata => {
                    let text = markup::decode_entities(token.content(html));
                    if in_title {
                        push_words(&mut scan.title, &text, MAX_ANCHOR_TEXT * 2);
                        continue;
                    }
                    if in_anchor && let Some(anchor) = scan.anchors.last_mut() {
                        push_words(&mut anchor.text, &text, MAX_ANCHOR_TEXT);
                    }
                    if !in_noscript {
                        scan.text_length += text.split_whitespace().map(|word| word.len() + 1).sum::<usize>();
                    }
                    push_words(&mut scan.text, &text, MAX_TEXT);
                }
                markup::MarkupKind::Other => {}
            }
        }
        scan.title = scan.title.to_lowercase();
        scan.text = scan.text.to_lowercase();
        scan
    }

    fn anchor(&mut self, html: &str, token: MarkupToken) -> bool {
        let Some(href) = token.attribute(html, "href").filter(|_| self.anchors.len() < MAX_LINKS) else {
            return false;
        };
        let mut anchor = PageAnchor { href, text: String::new(), hint: String::new() };
        for name in ["title", "aria-label"] {
            push_words(&mut anchor.hint, &token.attribute(html, name).unwrap_or_default(), MAX_ANCHOR_TEXT);
        }
        self.anchors.push(anchor);
        true
    }

    fn meta(&mut self, html: &str, token: MarkupToken) {
        let is_refresh =
            token.attribute(html, "http-equiv").is_some_and(|name| name.trim().eq_ignore_ascii_case("refresh"));
        if is_refresh && self.refresh.is_none() {
            self.refresh = token.attribute(html, "content");
        }
    }

    fn element(&mut self, html: &str, token: MarkupToken, name: &str, in_anchor: bool) {
        match name {
            "base" if self.base.is_none() => self.base = token.attribute(html, "href"),
            "link" if self.links.len() < MAX_LINKS => {
                let text = |name| token.attribute(html, name).unwrap_or_default();
                let (rel, href) = (text("rel").to_ascii_lowercase(), text("href"));
                if rel.split_whitespace().any(|rel| rel == "canonical") {
                    self.canonical.get_or_insert(href);
                } else if rel.split_whitespace().any(|rel| matches!(rel, "alternate" | "feed")) && !href.is_empty() {
                    let title = Some(text("title")).filter(|title| !title.trim().is_empty());
                    self.links.push(FeedLink { rel, mime: text("type").to_ascii_lowercase(), href, title });
                }
            }
            "form" => self.has_form = true,
            "input" => {
                let is = |kind: &str| kind.trim().eq_ignore_ascii_case("password");
                self.has_password |= token.attribute(html, "type").is_some_and(|kind| is(&kind));
            }
            "img" if in_anchor => {
                if let (Some(alt), Some(anchor)) = (token.attribute(html, "alt"), self.anchors.last_mut()) {
                    push_words(&mut anchor.hint, &alt, MAX_ANCHOR_TEXT);
                }
            }
            _ => {}
        }
    }
}

/// Finds the end tag of an element whose content is no markup.
fn end_of(html: &str, name: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += html.get(at..)?.find("</")?;
        let tag = html.as_bytes().get(at + 2..at + 2 + name.len())?;
        if tag.eq_ignore_ascii_case(name.as_bytes()) {
            return Some(at);
        }
        at += 2;
    }
}

/// Appends words, with a blank between two, until `to` has `max_bytes`.
fn push_words(to: &mut String, text: &str, max_bytes: usize) {
    for word in text.split_whitespace() {
        if to.len() >= max_bytes {
            return;
        }
        if !to.is_empty() {
            to.push(' ');
        }
        to.push_str(&without_controls(&word[..word.floor_char_boundary(max_bytes)]));
    }
}
