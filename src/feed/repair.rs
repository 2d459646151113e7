//! From any XML feed, however broken, to plain Atom: one piece of well-formed XML per entry, plus the feed's own head.
//!
//! The feed reader knows the dialects by name and namespace, gives up at the first fault, drops text that has markup
//! within, and can be made to panic or crawl; this file hands it only what it reads well. It works on [`markup`] tokens
//! in linear time and without recursion. It must not know the feed reader's types, nor what an entry is used for.
//!
//! [`markup`]: crate::article::markup

use std::collections::HashMap;

use super::dialect::{Class, Role, class_of_namespace, class_of_prefix, role};
use super::draft::{Draft, Value, entry, head, person};
use crate::article::markup::{Kind, Scanner, Token, decode_entities};

/// A feed taken apart, each part well-formed Atom.
#[derive(Debug, Default)]
pub struct Repaired {
    /// The feed's title, home page, language and base address, as the start of an Atom document.
    pub head: String,
    /// Its entries in order.
    pub entries: Vec<Piece>,
    /// The number of the first entry that was left out because there are too many, and its line.
    pub cut: Option<(usize, usize)>,
}

/// One entry of a feed.
#[derive(Debug)]
pub struct Piece {
    /// Its place in the feed, from 1.
    pub number: usize,
    /// The line of the feed that it begins on, from 1.
    pub line: usize,
    /// The entry as Atom.
    pub xml: String,
}

impl Repaired {
    /// The whole feed as one Atom document.
    pub fn document(&self) -> String {
        let entries = self.entries.iter().map(|piece| piece.xml.as_str());
        std::iter::once(self.head.as_str()).chain(entries).chain(["</feed>"]).collect()
    }

    /// A document that holds nothing but the feed's head and this entry.
    pub fn alone(&self, piece: &Piece) -> String {
        [self.head.as_str(), &piece.xml, "</feed>"].concat()
    }
}

/// Why a text could not be taken apart as a feed.
#[derive(Debug, PartialEq, Eq)]
pub enum NoFeed {
    /// It is a web page.
    Html,
    /// It has no element that a feed begins with; the name of its first element, if any.
    Root(Option<String>),
    /// It begins as a feed and breaks off on this line before its first entry.
    CutOff(usize),
}

/// Takes a feed apart into well-formed pieces.
pub fn repair(text: &str) -> Result<Repaired, NoFeed> {
    let tokens: Vec<Token> = Scanner::new(text).collect();
    let root = root(text, &tokens)?;
    let matches = matches(text, &tokens);
    // Junk after the feed's end is not read; entries that stand without a feed around them follow each other.
    let around = is_container(&local(tokens[root].name(text)));
    let end = matches[root].filter(|_| around).unwrap_or(tokens.len());
    let mut walk =
        Walk { text, tokens: &tokens, matches: &matches, head: Draft::default(), namespaces: HashMap::new() };
    let repaired = walk.run(root, end);
    if repaired.entries.is_empty() && matches[root].is_none() {
        let closed = tokens[root].kind == Kind::Empty;
        return if closed { Ok(repaired) } else { Err(NoFeed::CutOff(line_of(text, text.len()))) };
    }
    Ok(repaired)
}

/// The line that byte `at` stands on, from 1.
fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// An element's name without its prefix, lower-cased, since some feeds shout.
fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or_default().to_ascii_lowercase()
}

/// Elements that only hold a feed together.
fn is_container(local: &str) -> bool {
    matches!(local, "rss" | "rdf" | "feed" | "channel")
}

/// Elements that are an entry.
fn is_entry(local: &str) -> bool {
    matches!(local, "item" | "entry")
}

/// Finds the element that the feed begins with, past any junk before it.
fn root(text: &str, tokens: &[Token]) -> Result<usize, NoFeed> {
    let mut first = None;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Open | Kind::Empty => {
                let name = local(token.name(text));
                if is_container(&name) || is_entry(&name) {
                    return Ok(at);
                }
                if first.is_none() && matches!(name.as_str(), "html" | "head" | "body") {
                    return Err(NoFeed::Html);
                }
                first = first.or(Some(name));
            }
            Kind::Other if starts_with_ignoring_case(token.source(text), "<!doctype html") => {
                return Err(NoFeed::Html);
            }
            _ => {}
        }
    }
    match first.as_deref() {
        Some("title" | "meta" | "script" | "div" | "p" | "h1" | "center" | "br" | "b" | "a" | "table") => {
            Err(NoFeed::Html)
        }
        _ => Err(NoFeed::Root(first)),
    }
}

fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// For each start tag, the place of its end tag, if it has one. An end tag closes the nearest open tag of its name; the
/// tags opened in between have none.
fn matches(text: &str, tokens: &[Token]) -> Vec<Option<usize>> {
    let mut matches = vec![None; tokens.len()];
    let mut open: Vec<usize> = Vec::new();
    let mut count: HashMap<&str, usize> = HashMap::new();
    for (at, token) in tokens.iter().enumerate() {
        let name = token.name(text);
        match token.kind {
            Kind::Open => {
                open.push(at);
                *count.entry(name).or_default() += 1;
            }
            Kind::Close if count.get(name).is_some_and(|count| *count > 0) => {
                while let Some(top) = open.pop() {
                    let closed = tokens[top].name(text);
                    count.entry(closed).and_modify(|count| *count -= 1);
                    if closed == name {
                        matches[top] = Some(at);
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    matches
}

struct Walk<'a> {
    text: &'a str,
    tokens: &'a [Token],
    matches: &'a [Option<usize>],
    head: Draft,
    namespaces: HashMap<String, Class>,
}

impl Walk<'_> {
    /// Walks over the elements of a feed from `at` to `end`, jumping over what lies within each.
    fn run(&mut self, mut at: usize, end: usize) -> Repaired {
        let mut repaired = Repaired::default();
        let mut current: Option<Draft> = None;
        let (mut number, mut line, mut counted) = (0, 1, 0);
        let mut finish = |draft: Option<Draft>, text: &str| {
            let Some(draft) = draft else { return };
            line += text.as_bytes()[counted..draft.start].iter().filter(|byte| **byte == b'\n').count();
            counted = draft.start;
            if repaired.entries.len() == MOST_ENTRIES {
                repaired.cut.get_or_insert((draft.number, line));
                return;
            }
            repaired.entries.push(Piece { number: draft.number, line, xml: entry(&draft) });
        };
        while at < end {
            let token = self.tokens[at];
            let name = local(token.name(self.text));
            match token.kind {
                Kind::Close if is_entry(&name) || is_container(&name) => finish(current.take(), self.text),
                Kind::Open | Kind::Empty => {
                    self.declare(&token);
                    let class = self.class(&token);
                    if is_entry(&name) && !(class == Class::Other && token.name(self.text).contains(':')) {
                        finish(current.take(), self.text);
                        number += 1;
                        current = Some(self.begin(&token, number, name == "entry"));
                    } else if is_container(&name) {
                        self.head.atom |= name == "feed";
                        self.container(&token);
                    } else if !(class == Class::Media && name == "group") {
                        let inside = self.inside(at);
                        let next = inside.end.max(at + 1);
                        let found = self.leaf(&token, class, &name, inside, current.as_ref());
                        let draft = current.as_mut().unwrap_or(&mut self.head);
                        for (role, rank, value) in found {
                            match role {
                                Role::Author if rank > 0 && !draft.authors.is_empty() => {}
                                Role::Author => draft.authors.extend(person(&value.text)),
                                _ => draft.offer(role, rank, value),
                            }
                        }
                        at = next;
                        continue;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        finish(current, self.text);
        repaired.head = head(&self.head);
        repaired
    }

    /// Remembers the namespaces that a tag declares. Prefixes are taken as valid everywhere: feeds do not reuse them.
    fn declare(&mut self, token: &Token) {
        if !token.source(self.text).contains("xmlns:") {
            return;
        }
        for (key, value) in token.attributes(self.text).take(MOST_ATTRIBUTES) {
            if let Some(prefix) = key.strip_prefix("xmlns:")
                && let Some(class) = class_of_namespace(value.trim())
            {
                self.namespaces.insert(prefix.to_ascii_lowercase(), class);
            }
        }
    }

    /// Which vocabulary a tag's name belongs to.
    fn class(&self, token: &Token) -> Class {
        match token.name(self.text).rsplit_once(':') {
            Some((prefix, _)) => {
                let prefix = prefix.to_ascii_lowercase();
                self.namespaces.get(&prefix).copied().unwrap_or_else(|| class_of_prefix(&prefix))
            }
            // The feed's own elements, whatever its default namespace; an element may still name another one itself.
            None => token.attribute(self.text, "xmlns").and_then(|uri| class_of_namespace(&uri)).unwrap_or(Class::Own),
        }
    }

    /// Takes in a container's attributes.
    fn container(&mut self, token: &Token) {
        if let Some(text) = token.attribute(self.text, "xml:lang") {
            self.head.offer(Role::Language, 1, Value { text, html: false });
        }
        if let Some(base) = token.attribute(self.text, "xml:base") {
            self.head.base.get_or_insert(base);
        }
    }

    /// Starts an entry from its tag's attributes.
    fn begin(&self, token: &Token, number: usize, atom: bool) -> Draft {
        let mut draft = Draft::new(number, token.start, atom);
        draft.base = token.attribute(self.text, "xml:base");
        if let Some(text) = token.attribute(self.text, "xml:lang") {
            draft.offer(Role::Language, 1, Value { text, html: false });
        }
        if let Some(text) = token.attribute(self.text, "rdf:about") {
            if is_web_address(&text) {
                draft.offer(Role::Link, 7, Value { text: text.clone(), html: false });
            }
            draft.offer(Role::Id, 3, Value { text, html: false });
        }
        draft
    }

    /// The tokens within the element that begins at `at`. An element without an end tag ends where the next one that
    /// means something begins, or its entry ends.
    fn inside(&self, at: usize) -> std::ops::Range<usize> {
        if self.tokens[at].kind == Kind::Empty {
            return at + 1..at + 1;
        }
        if let Some(end) = self.matches[at] {
            return at + 1..end;
        }
        let ends = |token: &Token| {
            let name = local(token.name(self.text));
            match token.kind {
                Kind::Open | Kind::Empty => is_entry(&name) || role(self.class(token), &name).is_some(),
                Kind::Close => is_entry(&name) || is_container(&name),
                _ => false,
            }
        };
        let end = self.tokens[at + 1..].iter().position(ends).map_or(self.tokens.len(), |length| at + 1 + length);
        at + 1..end
    }

    /// What one element of an entry (or of the head) has to say, as (role, rank, value); a lower rank is better.
    fn leaf(
        &self,
        token: &Token,
        class: Class,
        name: &str,
        inside: std::ops::Range<usize>,
        entry: Option<&Draft>,
    ) -> Vec<(Role, u8, Value)> {
        let Some((role, rank)) = role(class, name) else {
            return Vec::new();
        };
        let atom = class == Class::Atom || entry.map_or(self.head.atom, |entry| entry.atom);
        let inner = &self.tokens[inside];
        let attribute = |key: &str| token.attribute(self.text, key);
        let plain = |text: String| Value { text, html: false };
        let mut found = Vec::new();
        match role {
            Role::Link => {
                let href = attribute("href").unwrap_or_default();
                let text = if href.trim().is_empty() { self.plain(inner) } else { href };
                let alternate = attribute("rel").is_none_or(|rel| rel.trim().eq_ignore_ascii_case("alternate"));
                let page = attribute("type").is_none_or(|kind| kind.contains("html"));
                if alternate {
                    found.push((role, rank + u8::from(!page), plain(text)));
                }
            }
            Role::Id => {
                let text = self.plain(inner);
                let permanent = attribute("ispermalink").is_none_or(|value| value.trim().eq_ignore_ascii_case("true"));
                if name == "guid" && permanent && is_web_address(&text) {
                    found.push((Role::Link, 6, plain(text.clone())));
                }
                found.push((role, rank, plain(text)));
            }
            Role::Author => {
                let part = |wanted| self.part(inner, wanted).filter(|text| !text.trim().is_empty());
                let text = part("name").or_else(|| part("email")).unwrap_or_else(|| self.plain(inner));
                found.push((role, rank, plain(text)));
            }
            Role::Published | Role::Updated | Role::Language => found.push((role, rank, plain(self.plain(inner)))),
            Role::Title | Role::Summary | Role::Content => {
                let kind = attribute("type").map(|kind| kind.trim().to_ascii_lowercase());
                if let Some(text) = attribute("src").filter(|_| role == Role::Content) {
                    found.push((Role::Link, 9, plain(text)));
                }
                if let Some(text) = attribute("xml:lang") {
                    found.push((Role::Language, 2, plain(text)));
                }
                let is_text = kind.as_deref().is_none_or(|kind| {
                    !kind.contains('/') || kind.starts_with("text/") || kind.ends_with("xml") || kind == "html"
                });
                if is_text {
                    let mut value = self.value(inner);
                    // Atom's own default is plain text; the RSS family never says, and means HTML.
                    value.html |= match kind.as_deref() {
                        Some(kind) => kind != "text" && kind != "text/plain",
                        None => !atom,
                    };
                    found.push((role, rank, value));
                }
            }
        }
        found
    }

    /// The text of an element as a single decoded line of characters, markup within it left out.
    fn plain(&self, inner: &[Token]) -> String {
        let mut text = String::new();
        for token in inner {
            match token.kind {
                Kind::Text => text.push_str(&decode_entities(token.content(self.text))),
                Kind::Cdata => text.push_str(token.content(self.text)),
                _ => {}
            }
        }
        text.trim().to_owned()
    }

    /// The content of an element: decoded text, or HTML source if it holds elements unescaped.
    fn value(&self, inner: &[Token]) -> Value {
        if !inner.iter().any(|token| matches!(token.kind, Kind::Open | Kind::Empty)) {
            return Value { text: self.plain(inner), html: false };
        }
        let mut text = String::new();
        for token in inner {
            match token.kind {
                Kind::Other => {}
                _ => text.push_str(token.content(self.text)),
            }
        }
        Value { text, html: true }
    }

    /// The text of the first element called `wanted` directly or deeper in `inner`.
    fn part(&self, inner: &[Token], wanted: &str) -> Option<String> {
        let named = |token: &Token, kind| token.kind == kind && local(token.name(self.text)) == wanted;
        let start = inner.iter().position(|token| named(token, Kind::Open))?;
        let length = inner[start + 1..].iter().position(|token| named(token, Kind::Close))?;
        Some(self.plain(&inner[start + 1..start + 1 + length]))
    }
}

/// No feed holds more entries; a hostile one may hold a million empty ones.
const MOST_ENTRIES: usize = 20_000;

/// No honest tag has more; a hostile one may have a million.
const MOST_ATTRIBUTES: usize = 200;

fn is_web_address(text: &str) -> bool {
    let text = text.trim();
    starts_with_ignoring_case(text, "http://") || starts_with_ignoring_case(text, "https://")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(text: &str) -> Vec<String> {
        repair(text).expect("a feed").entries.into_iter().map(|piece| piece.xml).collect()
    }

    #[test]
    fn entries_are_found_whatever_is_unclosed() {
        for text in [
            "<rss><channel><item><title>A</title></item><item><title>B</title></item></channel></rss>",
            "<rss><channel><item><title>A<item><title>B",
            "<rss><channel><item><title>A</item><item><title>B</title></channel></rss>",
            "<item><title>A</title></item><item><title>B</title></item>",
            "junk <br><RSS><CHANNEL><ITEM><TITLE>A</TITLE></ITEM><ITEM><TITLE>B</TITLE></ITEM></CHANNEL></RSS> junk",
            "<rdf:RDF xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel/><item><title>A</title></item>\
             <item><title>B</title></item></rdf:RDF>",
            "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:entry><a:title>A</a:title></a:entry>\
             <a:entry><a:title>B</a:title></a:entry></a:feed>",
        ] {
            let found = entries(text);
            assert_eq!(found.len(), 2, "{text}");
            assert!(found[0].contains(">A</title>") && found[1].contains(">B</title>"), "{text}: {found:?}");
        }
    }

    #[test]
    fn an_unclosed_element_ends_at_the_next_one() {
        let found = entries("<rss><channel><item><title>A<link>http://a.example/</link></item></channel></rss>");
        assert!(found[0].contains(">A</title>") && found[0].contains("http://a.example/"), "{found:?}");
    }

    #[test]
    fn an_entry_within_an_entrys_content_is_not_an_entry() {
        let text =
            "<feed><entry><id>1</id><content type='application/xml'><entry><id>2</id></entry></content></entry></feed>";
        assert_eq!(entries(text).len(), 1);
    }

    #[test]
    fn elements_of_other_vocabularies_do_not_take_over() {
        let text = "<rss><channel><item><media:title>Photo</media:title><title>Head</title><g:id>7</g:id>\
                    <image><title>Logo</title></image></item></channel></rss>";
        assert!(entries(text)[0].contains(">Head</title>"));
        assert!(!entries(text)[0].contains("<id"));
    }

    #[test]
    fn pages_and_other_documents_are_told_apart() {
        for (text, fault) in [
            ("<!DOCTYPE html><p>Just a moment", NoFeed::Html),
            ("<html><body>403</body></html>", NoFeed::Html),
            ("<opml><outline/></opml>", NoFeed::Root(Some("opml".into()))),
            ("hello", NoFeed::Root(None)),
            ("<rss>\n<channel>\n<title>x", NoFeed::CutOff(3)),
        ] {
            assert_eq!(repair(text).map(|_| ()), Err(fault), "{text}");
        }
    }

    #[test]
    fn hostile_feeds_take_linear_time() {
        let head = "<rss><channel>";
        for unit in
            ["<item>", "<a>", "<title>", "<item><title>", "<x:y xmlns:a='b'>", "</item>", "<media:group>", "<link a=''"]
        {
            let text = format!("{head}{}", unit.repeat(300_000 / unit.len()));
            let start = std::time::Instant::now();
            let _ = repair(&text);
            assert!(start.elapsed().as_secs() < 2, "{unit}");
        }
        let text = format!("{head}<item {}>", "a='b' ".repeat(200_000));
        let start = std::time::Instant::now();
        let _ = repair(&text);
        assert!(start.elapsed().as_secs() < 2, "attributes");
    }
}
