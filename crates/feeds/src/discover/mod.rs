//! What a web page is that came instead of a feed, and which feeds it names. Pure.
//!
//! `links` finds the feeds; `kind` tells a challenge, a login and a moved site from a page of news. Any text takes time
//! linear in its length, of which only the first megabyte is looked at.

mod kind;
mod links;

use url::Url;

use ceasewire_articles::markup::{self, Scanner, Token};

pub use links::guesses;

/// So much of a page is looked at; what it says about itself stands in its first kilobytes, its footer rarely further
/// down than this.
const LONGEST: usize = 1 << 20;
/// Links and anchors that are looked at, each.
const MOST_LINKS: usize = 4000;
/// Bytes of an anchor's text that are kept: enough for "RSS".
const ANCHOR_TEXT: usize = 120;
/// Bytes of visible text that are kept.
const KEPT_TEXT: usize = 4000;

/// What a web page is, and the feeds that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebPage {
    /// What it is.
    pub kind: PageKind,
    /// Its feeds: those that it declares, then those that it links to, and feeds of comments last.
    pub feeds: Vec<Found>,
}

/// What a web page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageKind {
    /// It asks for a browser or a human: a bot protection stands before the site.
    Challenge,
    /// It asks for a login.
    Login,
    /// It says that it has moved.
    Moved(Url),
    /// It is a page like any other.
    Page,
}

/// A feed that a page names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its address.
    pub url: Url,
    /// What the page calls it.
    pub title: Option<String>,
    /// Its format, by what the page says or the address suggests.
    pub kind: FeedKind,
}

/// The format of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedKind {
    /// RSS, of any version.
    Rss,
    /// Atom.
    Atom,
    /// JSON Feed.
    Json,
    /// Nothing tells.
    Unknown,
}

/// Tells what a page is that was found at `url`, and which feeds it names.
pub fn page(html: &str, url: &Url) -> WebPage {
    let html = &html[..html.floor_char_boundary(LONGEST)];
    let scan = Scan::new(html);
    let base = scan.base.as_deref().and_then(|base| url.join(base.trim()).ok()).unwrap_or_else(|| url.clone());
    let feeds = links::feeds(&scan, &base, url);
    let kind = kind::kind(&scan, html, &base, url, !feeds.is_empty());
    WebPage { kind, feeds }
}

/// What one pass over a page gathers.
#[derive(Debug, Default)]
struct Scan {
    title: String,
    base: Option<String>,
    canonical: Option<String>,
    /// What a `<meta http-equiv=refresh>` says.
    refresh: Option<String>,
    links: Vec<Link>,
    anchors: Vec<Anchor>,
    has_form: bool,
    has_password: bool,
    /// Bytes of visible text, blanks counted once.
    text_length: usize,
    /// The beginning of it, and what stands in `<noscript>`, in lower case.
    text: String,
}

/// A `<link>` that may name a feed.
#[derive(Debug)]
struct Link {
    rel: String,
    mime: String,
    href: String,
    title: Option<String>,
}

/// An `<a>`.
#[derive(Debug)]
struct Anchor {
    href: String,
    text: String,
    /// What it says besides: its tooltip, its label, its picture's description.
    hint: String,
}

impl Scan {
    fn new(html: &str) -> Self {
        let mut scan = Self::default();
        let mut scanner = Scanner::new(html);
        let (mut in_title, mut in_noscript, mut in_anchor) = (false, false, false);
        while let Some(token) = scanner.next() {
            match token.kind {
                markup::Kind::Open | markup::Kind::Empty => {
                    let name = token.name(html).to_ascii_lowercase();
                    match name.as_str() {
                        "script" | "style" | "template" if token.kind == markup::Kind::Open => {
                            // An element without an end swallows the rest, as in a browser.
                            let Some(end) = end_of(html, &name, token.end) else { break };
                            scanner.seek(end);
                        }
                        "title" => in_title = scan.title.is_empty(),
                        "noscript" => in_noscript = true,
                        "a" => in_anchor = scan.anchor(html, token),
                        // What is in a <noscript> is not meant for whoever would run scripts, and the page is judged
                        // by what it is for a browser.
                        "meta" if !in_noscript => scan.meta(html, token),
                        _ => scan.element(html, token, &name, in_anchor),
                    }
                }
                markup::Kind::Close => match token.name(html).to_ascii_lowercase().as_str() {
                    "title" => in_title = false,
                    "noscript" => in_noscript = false,
                    "a" => in_anchor = false,
                    _ => {}
                },
                markup::Kind::Text | markup::Kind::Cdata => {
                    let text = markup::decode_entities(token.content(html));
                    if in_title {
                        push_words(&mut scan.title, &text, ANCHOR_TEXT * 2);
                        continue;
                    }
                    if in_anchor && let Some(anchor) = scan.anchors.last_mut() {
                        push_words(&mut anchor.text, &text, ANCHOR_TEXT);
                    }
                    if !in_noscript {
                        scan.text_length += text.split_whitespace().map(|word| word.len() + 1).sum::<usize>();
                    }
                    push_words(&mut scan.text, &text, KEPT_TEXT);
                }
                markup::Kind::Other => {}
            }
        }
        scan.title = scan.title.to_lowercase();
        scan.text = scan.text.to_lowercase();
        scan
    }

    fn anchor(&mut self, html: &str, token: Token) -> bool {
        let Some(href) = token.attribute(html, "href").filter(|_| self.anchors.len() < MOST_LINKS) else {
            return false;
        };
        let mut anchor = Anchor { href, text: String::new(), hint: String::new() };
        for name in ["title", "aria-label"] {
            push_words(&mut anchor.hint, &token.attribute(html, name).unwrap_or_default(), ANCHOR_TEXT);
        }
        self.anchors.push(anchor);
        true
    }

    fn meta(&mut self, html: &str, token: Token) {
        let is_refresh =
            token.attribute(html, "http-equiv").is_some_and(|name| name.trim().eq_ignore_ascii_case("refresh"));
        if is_refresh && self.refresh.is_none() {
            self.refresh = token.attribute(html, "content");
        }
    }

    fn element(&mut self, html: &str, token: Token, name: &str, in_anchor: bool) {
        match name {
            "base" if self.base.is_none() => self.base = token.attribute(html, "href"),
            "link" if self.links.len() < MOST_LINKS => {
                let text = |name| token.attribute(html, name).unwrap_or_default();
                let (rel, href) = (text("rel").to_ascii_lowercase(), text("href"));
                if rel.split_whitespace().any(|rel| rel == "canonical") {
                    self.canonical.get_or_insert(href);
                } else if rel.split_whitespace().any(|rel| matches!(rel, "alternate" | "feed")) && !href.is_empty() {
                    let title = Some(text("title")).filter(|title| !title.trim().is_empty());
                    self.links.push(Link { rel, mime: text("type").to_ascii_lowercase(), href, title });
                }
            }
            "form" => self.has_form = true,
            "input" => {
                let is = |kind: &str| kind.trim().eq_ignore_ascii_case("password");
                self.has_password |= token.attribute(html, "type").is_some_and(|kind| is(&kind));
            }
            "img" if in_anchor => {
                if let (Some(alt), Some(anchor)) = (token.attribute(html, "alt"), self.anchors.last_mut()) {
                    push_words(&mut anchor.hint, &alt, ANCHOR_TEXT);
                }
            }
            _ => {}
        }
    }
}

/// Where the end tag of an element begins whose content is no markup.
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

/// Appends words with one blank between two, up to some length.
fn push_words(to: &mut String, text: &str, longest: usize) {
    for word in text.split_whitespace() {
        if to.len() >= longest {
            return;
        }
        if !to.is_empty() {
            to.push(' ');
        }
        to.push_str(&word[..word.floor_char_boundary(longest)]);
    }
}
