//! From any XML feed, however broken, to plain Atom: one piece of well-formed XML per entry, plus the feed's own head.
//!
//! The feed reader knows the dialects by name and namespace, gives up at the first fault, drops text that has markup
//! within, and can be made to panic or crawl; this file hands it only what it reads well. It works on [`markup`] tokens
//! in linear time and without recursion. It must not know the feed reader's types, nor what an entry is used for.
//!
//! [`markup`]: ceasewire_articles::markup

use std::borrow::Cow;
use std::io::Read;
use std::ops::Range;

use base64::prelude::{BASE64_STANDARD, Engine};
use hashbrown::HashMap;
use memchr::memchr_iter;
use smallvec::SmallVec;

use super::dialect::{Class, Role, class_of_namespace, class_of_prefix, role};
use super::elements::{NoFeed, is_container, is_entry, local, matches, root, starts_with_ignoring_case};
use super::entry_builder::{Draft, Stated, Value, person, write_entry, write_head};
use super::update_hints::{self, UpdateHints};
use ceasewire_articles::markup::{Kind, Scanner, Token, decode_entities};

/// A feed taken apart, each part well-formed Atom.
#[derive(Debug, Default)]
pub struct Repaired {
    /// What it states of itself besides its title.
    pub stated: Stated,
    /// Its entries in order.
    pub entries: Vec<Piece>,
    /// The number of the first entry that was left out because there are too many, and its line.
    pub cut: Option<(usize, usize)>,
    /// How often it wants to be fetched.
    pub rhythm: UpdateHints,
    /// The start of an Atom document, with the feed's title.
    head: String,
    /// The entries as Atom, one after the other.
    xml: String,
}

/// One entry of a feed.
#[derive(Debug)]
pub struct Piece {
    /// Its place in the feed, from 1.
    pub number: usize,
    /// The line of the feed that it begins on, from 1.
    pub line: usize,
    /// What it states besides its id and its texts.
    pub stated: Stated,
    /// Where it stands in the Atom.
    at: Range<usize>,
}

impl Repaired {
    /// The whole feed as one Atom document.
    pub fn document(&self) -> impl Read {
        self.around(&self.xml)
    }

    /// A document that holds nothing but the feed's head and this entry.
    pub fn alone(&self, piece: &Piece) -> impl Read {
        self.around(&self.xml[piece.at.clone()])
    }

    /// A document that holds nothing but the feed's head.
    pub fn without_entries(&self) -> impl Read {
        self.around("")
    }

    fn around<'a>(&'a self, entries: &'a str) -> impl Read + 'a {
        self.head.as_bytes().chain(entries.as_bytes()).chain("</feed>".as_bytes())
    }
}

/// Takes a feed apart into well-formed pieces.
pub fn repair(text: &str) -> Result<Repaired, NoFeed> {
    let tokens: Vec<Token> = Scanner::new(text).collect();
    let names: Vec<&str> = tokens.iter().map(|token| token.name(text)).collect();
    let root = root(text, &tokens)?;
    let matches = matches(&names, &tokens);
    // Junk after the feed's end is not read; entries that stand without a feed around them follow each other.
    let around = is_container(local(names[root]));
    let end = matches[root].filter(|_| around).unwrap_or(tokens.len());
    let walk = Walk {
        text,
        tokens: &tokens,
        names: &names,
        matches: &matches,
        head: Draft::default(),
        namespaces: HashMap::new(),
    };
    let repaired = walk.run(root, end);
    if repaired.entries.is_empty() && matches[root].is_none() {
        let closed = tokens[root].kind == Kind::Empty;
        return if closed { Ok(repaired) } else { Err(NoFeed::CutOff(1 + breaks(text))) };
    }
    Ok(repaired)
}

/// How many lines end in `text`.
fn breaks(text: &str) -> usize {
    memchr_iter(b'\n', text.as_bytes()).count()
}

struct Walk<'a> {
    text: &'a str,
    tokens: &'a [Token],
    /// The name of each token, prefix included; empty for what is no tag.
    names: &'a [&'a str],
    matches: &'a [Option<usize>],
    head: Draft<'a>,
    namespaces: HashMap<String, Class>,
}

/// What one element says: most say one thing.
type Found<'a> = SmallVec<[(Role, u8, Value<'a>); 2]>;

impl<'a> Walk<'a> {
    /// Walks over the elements of a feed from `at` to `end`, jumping over what lies within each.
    fn run(mut self, mut at: usize, end: usize) -> Repaired {
        let mut repaired = Repaired::default();
        let mut current: Option<Draft> = None;
        let (mut number, mut line, mut counted) = (0, 1, 0);
        let text = self.text;
        let mut finish = |draft: Option<Draft>| {
            let Some(mut draft) = draft else { return };
            line += breaks(&text[counted..draft.start]);
            counted = draft.start;
            if repaired.entries.len() == MOST_ENTRIES {
                repaired.cut.get_or_insert((draft.number, line));
                return;
            }
            let start = repaired.xml.len();
            write_entry(&mut repaired.xml, &draft);
            let at = start..repaired.xml.len();
            repaired.entries.push(Piece { number: draft.number, line, stated: Stated::take(&mut draft), at });
        };
        while at < end {
            let token = self.tokens[at];
            match token.kind {
                Kind::Close => {
                    let name = local(self.names[at]);
                    if is_entry(name) || is_container(name) {
                        finish(current.take());
                    }
                }
                Kind::Open | Kind::Empty => {
                    self.declare(at);
                    let class = self.class(at);
                    let full = self.names[at];
                    let name = local(full);
                    if is_entry(name) && !(class == Class::Other && full.contains(':')) {
                        finish(current.take());
                        number += 1;
                        current = Some(self.begin(at, number, name.eq_ignore_ascii_case("entry")));
                    } else if is_container(name) {
                        self.head.atom |= name.eq_ignore_ascii_case("feed");
                        self.container(at);
                    } else if !(class == Class::Media && name.eq_ignore_ascii_case("group")) {
                        let inside = self.inside(at);
                        let next = inside.end.max(at + 1);
                        let found = self.leaf(at, class, inside, current.as_ref());
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
        finish(current);
        write_head(&mut repaired.head, &self.head);
        repaired.stated = Stated::take(&mut self.head);
        repaired.rhythm = UpdateHints {
            ttl_minutes: self.head.text(Role::Ttl).and_then(update_hints::ttl),
            update_minutes: update_hints::update(self.head.text(Role::Period), self.head.text(Role::Frequency)),
            skip_hours: self.head.text(Role::SkipHours).map(update_hints::skip_hours).unwrap_or_default(),
            skip_days: self.head.text(Role::SkipDays).map(update_hints::skip_days).unwrap_or_default(),
        };
        repaired
    }

    /// The value of an attribute of the tag at `at`, decoded.
    fn attribute(&self, at: usize, name: &str) -> Option<String> {
        let token = &self.tokens[at];
        // Most tags are but a name in brackets.
        if token.end - token.start <= self.names[at].len() + 2 {
            return None;
        }
        let mut attributes = token.attributes(self.text).take(MOST_ATTRIBUTES);
        attributes.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.into_owned())
    }

    /// Remembers the namespaces that a tag declares. Prefixes are taken as valid everywhere: feeds do not reuse them.
    fn declare(&mut self, at: usize) {
        let token = &self.tokens[at];
        let bare = token.end - token.start <= self.names[at].len() + 2;
        if bare || !token.source(self.text).contains("xmlns:") {
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
    fn class(&self, at: usize) -> Class {
        let name = self.names[at];
        match name.bytes().rposition(|byte| byte == b':').map(|colon| &name[..colon]) {
            Some(prefix) => {
                let lower = prefix.bytes().any(|byte| byte.is_ascii_uppercase()).then(|| prefix.to_ascii_lowercase());
                let known = self.namespaces.get(lower.as_deref().unwrap_or(prefix)).copied();
                known.unwrap_or_else(|| class_of_prefix(prefix))
            }
            // The feed's own elements, whatever its default namespace; an element may still name another one itself.
            None => self.attribute(at, "xmlns").and_then(|uri| class_of_namespace(&uri)).unwrap_or(Class::Own),
        }
    }

    /// Takes in a container's attributes.
    fn container(&mut self, at: usize) {
        if let Some(text) = self.attribute(at, "xml:lang") {
            self.head.offer(Role::Language, 1, Value { text: Cow::Owned(text), html: false });
        }
        if let Some(base) = self.attribute(at, "xml:base") {
            self.head.base.get_or_insert(base);
        }
    }

    /// Starts an entry from its tag's attributes.
    fn begin(&self, at: usize, number: usize, atom: bool) -> Draft<'a> {
        let mut draft = Draft::new(number, self.tokens[at].start, atom);
        draft.base = self.attribute(at, "xml:base");
        if let Some(text) = self.attribute(at, "xml:lang") {
            draft.offer(Role::Language, 1, Value { text: Cow::Owned(text), html: false });
        }
        if let Some(text) = self.attribute(at, "rdf:about") {
            if is_web_address(&text) {
                draft.offer(Role::Link, 7, Value { text: Cow::Owned(text.clone()), html: false });
            }
            draft.offer(Role::Id, 3, Value { text: Cow::Owned(text), html: false });
        }
        draft
    }

    /// The tokens within the element that begins at `at`. An element without an end tag ends where the next one that
    /// means something begins, or its entry ends.
    fn inside(&self, at: usize) -> Range<usize> {
        if self.tokens[at].kind == Kind::Empty {
            return at + 1..at + 1;
        }
        if let Some(end) = self.matches[at] {
            return at + 1..end;
        }
        let ends = |at: &usize| {
            let name = local(self.names[*at]);
            match self.tokens[*at].kind {
                Kind::Open | Kind::Empty => is_entry(name) || role(self.class(*at), name).is_some(),
                Kind::Close => is_entry(name) || is_container(name),
                _ => false,
            }
        };
        at + 1..(at + 1..self.tokens.len()).find(ends).unwrap_or(self.tokens.len())
    }

    /// What one element of an entry (or of the head) has to say, as (role, rank, value); a lower rank is better.
    fn leaf(&self, at: usize, class: Class, inside: Range<usize>, entry: Option<&Draft>) -> Found<'a> {
        let name = local(self.names[at]);
        let mut found = Found::new();
        let Some((role, rank)) = role(class, name) else {
            return found;
        };
        let inner = &self.tokens[inside];
        let attribute = |key: &str| self.attribute(at, key).map(Cow::Owned);
        let plain = |text| Value { text, html: false };
        match role {
            Role::Link => {
                let href = attribute("href").filter(|href: &Cow<str>| !href.trim().is_empty());
                let alternate = attribute("rel").is_none_or(|rel| rel.trim().eq_ignore_ascii_case("alternate"));
                let page = attribute("type").is_none_or(|kind| kind.contains("html"));
                if alternate {
                    let text = href.unwrap_or_else(|| self.plain(inner));
                    found.push((role, rank + u8::from(!page), plain(text)));
                }
            }
            Role::Id => {
                let text = self.plain(inner);
                let permanent = attribute("ispermalink").is_none_or(|value| value.trim().eq_ignore_ascii_case("true"));
                if permanent && name.eq_ignore_ascii_case("guid") && is_web_address(&text) {
                    found.push((Role::Link, 6, plain(text.clone())));
                }
                found.push((role, rank, plain(text)));
            }
            Role::Author => {
                let part = |wanted| self.part(inner, wanted).filter(|text| !text.trim().is_empty());
                let text = part("name").or_else(|| part("email")).unwrap_or_else(|| self.plain(inner));
                found.push((role, rank, plain(text)));
            }
            Role::SkipHours | Role::SkipDays => {
                let texts = inner.iter().filter(|token| token.kind == Kind::Text).map(|token| token.content(self.text));
                found.push((role, rank, plain(Cow::Owned(texts.collect::<Vec<_>>().join(" ")))));
            }
            Role::Published | Role::Updated | Role::Language | Role::Ttl | Role::Period | Role::Frequency => {
                found.push((role, rank, plain(self.plain(inner))));
            }
            Role::Title | Role::Summary | Role::Content => {
                let kind = self.attribute(at, "type").map(|kind| kind.trim().to_ascii_lowercase());
                if let Some(text) = attribute("src").filter(|_| role == Role::Content) {
                    found.push((Role::Link, 9, plain(text)));
                }
                if let Some(text) = attribute("xml:lang") {
                    found.push((Role::Language, 2, plain(text)));
                }
                let encoded = attribute("mode").is_some_and(|mode| mode.trim().eq_ignore_ascii_case("base64"));
                let is_text = kind.as_deref().is_none_or(|kind| {
                    !kind.contains('/') || kind.starts_with("text/") || kind.ends_with("xml") || kind == "html"
                });
                if encoded || !is_text {
                    let text = from_base64(&self.plain(inner));
                    found.extend(text.map(|text| (role, rank, Value { text: Cow::Owned(text), html: true })));
                } else {
                    let mut value = self.value(inner);
                    // Atom's own default is plain text; the RSS family never says, and means HTML.
                    value.html |= match kind.as_deref() {
                        Some(kind) => kind != "text" && kind != "text/plain",
                        None => class != Class::Atom && !entry.map_or(self.head.atom, |entry| entry.atom),
                    };
                    found.push((role, rank, value));
                }
            }
        }
        found
    }

    /// The text of an element, decoded and trimmed, markup within it left out.
    fn plain(&self, inner: &[Token]) -> Cow<'a, str> {
        let text = self.text;
        let mut texts = inner.iter().filter_map(|token| match token.kind {
            Kind::Text => Some(decode_entities(token.content(text))),
            Kind::Cdata => Some(Cow::Borrowed(token.content(text))),
            _ => None,
        });
        let mut whole = texts.next().unwrap_or_default();
        texts.for_each(|text| whole.to_mut().push_str(&text));
        match whole {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        }
    }

    /// The content of an element: decoded text, or HTML source if it holds elements unescaped.
    fn value(&self, inner: &[Token]) -> Value<'a> {
        if !inner.iter().any(|token| matches!(token.kind, Kind::Open | Kind::Empty)) {
            return Value { text: self.plain(inner), html: false };
        }
        let mut text = String::new();
        for token in inner.iter().filter(|token| token.kind != Kind::Other) {
            text.push_str(token.content(self.text));
        }
        Value { text: Cow::Owned(text), html: true }
    }

    /// The text of the first element called `wanted` directly or deeper in `inner`.
    fn part(&self, inner: &[Token], wanted: &str) -> Option<Cow<'a, str>> {
        let named =
            |token: &Token, kind| token.kind == kind && local(token.name(self.text)).eq_ignore_ascii_case(wanted);
        let start = inner.iter().position(|token| named(token, Kind::Open))?;
        let length = inner[start + 1..].iter().position(|token| named(token, Kind::Close))?;
        Some(self.plain(&inner[start + 1..start + 1 + length]))
    }
}

/// No feed holds more entries; a hostile one may hold a million empty ones.
const MOST_ENTRIES: usize = 20_000;

/// No honest tag has more; a hostile one may have a million.
const MOST_ATTRIBUTES: usize = 200;

/// The text that Atom allows to be encoded so that it may hold anything; `None` where it is a picture or the like.
fn from_base64(text: &str) -> Option<String> {
    let text: String = text.split_whitespace().collect();
    String::from_utf8(BASE64_STANDARD.decode(text).ok()?).ok()
}

fn is_web_address(text: &str) -> bool {
    let text = text.trim();
    starts_with_ignoring_case(text, "http://") || starts_with_ignoring_case(text, "https://")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(text: &str) -> Vec<String> {
        let repaired = repair(text).expect("a feed");
        repaired.entries.iter().map(|piece| repaired.xml[piece.at.clone()].to_owned()).collect()
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
        let repaired = repair("<rss><channel><item><title>A<link>http://a.example/</link></item></channel></rss>");
        let repaired = repaired.expect("a feed");
        assert!(repaired.xml.contains(">A</title>"), "{}", repaired.xml);
        assert_eq!(repaired.entries[0].stated.address.as_deref(), Some("http://a.example/"));
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
            ("<!DOCTYPE html>", NoFeed::Html),
            ("<!doctype html><svg><metadata><rdf:RDF/></metadata></svg>", NoFeed::Html),
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
