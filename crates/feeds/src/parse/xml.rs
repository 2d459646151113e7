//! XML feeds of any dialect (RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0) to entry builders.
//!
//! Walks once over the elements of a [`TagSoup`] and offers their values to the builder of the open entry, or of the
//! feed's head. It must not know the use of an entry.

use std::borrow::Cow;
use std::ops::Range;

use hashbrown::HashMap;
use memchr::memchr_iter;

use super::dialect::{ElementRole, FeedVocabulary, role_of, vocabulary_of_namespace, vocabulary_of_prefix};
use super::element::{ElementValues, FeedElement, link, without_forbidden};
use super::entry_builder::{ElementText, EntryBuilder};
use super::link::is_web_address;
use super::skipped::SkippedEntries;
use super::tag_soup::{TagSoup, XmlFeedError, is_container, is_entry, local};
use super::{FeedParts, ParseLimits};
use crate::budget::DeadlinePassed;
use crate::update_hints::{UpdateHints, parse_skip_days, parse_skip_hours, parse_ttl, parse_update_period};
use ceasewire_articles::markup::{MarkupKind, Scanner};

/// The most namespaces of a feed: real ones declare a dozen.
const MAX_NAMESPACES: usize = 1000;

/// Reads an XML feed. `lines_before` lines of the document precede `text`.
pub(super) fn read<'a>(
    text: &'a str,
    lines_before: usize,
    limits: ParseLimits<'_>,
) -> Result<FeedParts<'a>, XmlFeedError> {
    let soup = TagSoup::read(text, limits.deadline)?;
    let mut reader = XmlFeedReader::new(&soup, limits);
    reader.read()?;
    if reader.entries.is_empty() && soup.is_cut_off() {
        return Err(XmlFeedError::CutOff(1 + line_breaks(text) + lines_before));
    }
    let mut beyond_budget = reader.omitted;
    if let Some(from) = soup.unread_from {
        let rest = &text[from..];
        for (step, token) in Scanner::new(rest).enumerate() {
            limits.deadline.check_at(step)?;
            let starts = matches!(token.kind, MarkupKind::Open | MarkupKind::Empty);
            beyond_budget += usize::from(starts && is_entry(local(token.name(rest))));
        }
    }
    let update_hints = update_hints(&reader.head);
    let mut skipped = SkippedEntries::default();
    skipped.beyond_budget = beyond_budget;
    let is_atom = reader.is_atom;
    let (head, entries, is_closed) = (reader.head, reader.entries, !soup.is_cut_off());
    Ok(FeedParts { head, entries, is_atom, update_hints, skipped, is_closed })
}

/// Whether an element only wraps elements of its entry.
fn is_wrapper(vocabulary: FeedVocabulary, name: &str) -> bool {
    match vocabulary {
        FeedVocabulary::Media => name.eq_ignore_ascii_case("group"),
        FeedVocabulary::NewsSitemap => ["news", "publication"].iter().any(|known| name.eq_ignore_ascii_case(known)),
        _ => false,
    }
}

fn line_breaks(text: &str) -> usize {
    memchr_iter(b'\n', text.as_bytes()).count()
}

fn update_hints(head: &EntryBuilder) -> UpdateHints {
    UpdateHints {
        ttl_minutes: head.text(ElementRole::Ttl).and_then(parse_ttl),
        update_minutes: parse_update_period(head.text(ElementRole::Period), head.text(ElementRole::Frequency)),
        skip_hours: head.text(ElementRole::SkipHours).map(parse_skip_hours).unwrap_or_default(),
        skip_days: head.text(ElementRole::SkipDays).map(parse_skip_days).unwrap_or_default(),
    }
}

struct XmlFeedReader<'s, 'a> {
    soup: &'s TagSoup<'a>,
    limits: ParseLimits<'s>,
    namespaces: HashMap<String, FeedVocabulary>,
    head: EntryBuilder<'a>,
    is_atom: bool,
    open_entry: Option<OpenEntry<'a>>,
    entries: Vec<EntryBuilder<'a>>,
    /// Entries beyond the budget.
    omitted: usize,
}

struct OpenEntry<'a> {
    builder: EntryBuilder<'a>,
    is_atom: bool,
    has_end: bool,
}

impl<'s, 'a> XmlFeedReader<'s, 'a> {
    fn new(soup: &'s TagSoup<'a>, limits: ParseLimits<'s>) -> Self {
        Self {
            soup,
            limits,
            namespaces: HashMap::new(),
            head: EntryBuilder::default(),
            is_atom: false,
            open_entry: None,
            entries: Vec::new(),
            omitted: 0,
        }
    }

    /// Walks over the feed's elements and jumps over the inside of each element with a value. Entries beyond the budget
    /// are only counted.
    fn read(&mut self) -> Result<(), DeadlinePassed> {
        let Range { start: mut at, end } = self.soup.extent();
        let (mut step, mut ends) = (0, 0);
        while at < end {
            step += 1;
            self.limits.deadline.check_at(step)?;
            at = match self.soup.kind(at) {
                MarkupKind::Close => {
                    let is_end = self.soup.is_entry(at);
                    ends += usize::from(is_end);
                    if is_end || is_container(self.soup.local_name(at)) {
                        self.close_entry();
                    }
                    at + 1
                }
                MarkupKind::Open | MarkupKind::Empty => self.read_tag(at),
                _ => at + 1,
            };
        }
        // A body that breaks off within its last entry will be whole at the next poll. Some programs close no entry.
        let closes_none = ends == 0 && !self.entries.is_empty();
        if self.soup.is_cut_off() && !closes_none {
            self.open_entry = self.open_entry.take().filter(|entry| entry.has_end);
        }
        self.close_entry();
        Ok(())
    }

    /// Reads the start tag at `at`; returns the place of the next token to read.
    fn read_tag(&mut self, at: usize) -> usize {
        let is_full = self.omitted > 0;
        if is_full && !self.soup.is_entry(at) {
            return at + 1;
        }
        self.declare_namespaces(at);
        let vocabulary = self.vocabulary(at);
        let name = self.soup.local_name(at);
        let is_foreign = vocabulary == FeedVocabulary::Other && self.soup.name(at).contains(':');
        if self.soup.is_entry(at) && !is_foreign {
            self.close_entry();
            if self.entries.len() == self.limits.budget.max_entries {
                self.omitted += 1;
                return self.soup.end(at).unwrap_or(at + 1);
            }
            self.open_entry = Some(self.begin_entry(at));
        } else if is_container(name) {
            self.is_atom |= name.eq_ignore_ascii_case("feed");
            self.read_container(at);
        } else if !is_wrapper(vocabulary, name) {
            let inside = self.inside(at);
            let next = inside.end.max(at + 1);
            let is_atom = self.open_entry.as_ref().map_or(self.is_atom, |entry| entry.is_atom);
            self.offer(FeedElement { soup: self.soup, at, vocabulary, inside, is_atom }.read());
            return next;
        }
        at + 1
    }

    /// Offers an element's values to the open entry, or else to the feed's head.
    fn offer(&mut self, values: ElementValues<'a>) {
        let builder = self.open_entry.as_mut().map_or(&mut self.head, |entry| &mut entry.builder);
        for value in values {
            match value.role {
                // An author of a podcast's vocabulary counts only where there is no other.
                ElementRole::Author if value.rank > 0 && !builder.authors.is_empty() => {}
                ElementRole::Author => builder.push_author(&value.text.text, self.limits.budget),
                role => builder.offer(role, value.rank, value.text),
            }
        }
    }

    fn close_entry(&mut self) {
        self.entries.extend(self.open_entry.take().map(|entry| entry.builder));
    }

    /// Remembers the namespaces that a tag declares. A prefix counts everywhere: feeds do not use one for two
    /// namespaces.
    fn declare_namespaces(&mut self, at: usize) {
        for (prefix, uri) in self.soup.declared_namespaces(at) {
            if let Some(vocabulary) = vocabulary_of_namespace(uri.trim())
                && self.namespaces.len() < MAX_NAMESPACES
            {
                self.namespaces.insert(prefix.to_ascii_lowercase(), vocabulary);
            }
        }
    }

    /// The vocabulary of a tag's name.
    fn vocabulary(&self, at: usize) -> FeedVocabulary {
        let name = self.soup.name(at);
        match name.bytes().rposition(|byte| byte == b':').map(|colon| &name[..colon]) {
            Some(prefix) => {
                let lower = prefix.bytes().any(|byte| byte.is_ascii_uppercase()).then(|| prefix.to_ascii_lowercase());
                let declared = self.namespaces.get(lower.as_deref().unwrap_or(prefix)).copied();
                declared.unwrap_or_else(|| vocabulary_of_prefix(prefix))
            }
            // The default namespace of a feed is its own vocabulary whatever its address; an element may still have an
            // `xmlns` of its own.
            None => {
                let uri = self.soup.attribute(at, "xmlns");
                uri.and_then(|uri| vocabulary_of_namespace(&uri)).unwrap_or(FeedVocabulary::Own)
            }
        }
    }

    /// Takes the language and the base address from a container's attributes.
    fn read_container(&mut self, at: usize) {
        if let Some(tag) = self.soup.attribute(at, "xml:lang") {
            self.head.offer(ElementRole::Language, 1, ElementText::plain(Cow::Owned(tag)));
        }
        if let Some(base) = self.soup.attribute(at, "xml:base") {
            self.head.base.get_or_insert(base);
        }
    }

    /// Begins an entry with the attributes of its tag.
    fn begin_entry(&self, at: usize) -> OpenEntry<'a> {
        let mut builder = EntryBuilder::new(Vec::new(), self.soup.attribute(at, "xml:base"));
        if let Some(tag) = self.soup.attribute(at, "xml:lang") {
            builder.offer(ElementRole::Language, 1, ElementText::plain(Cow::Owned(tag)));
        }
        if let Some(about) = self.soup.attribute(at, "rdf:about").map(Cow::Owned) {
            if is_web_address(&about) {
                builder.offer(ElementRole::Link, 7, link(about.clone()));
            }
            builder.offer(ElementRole::Id, 3, ElementText::plain(without_forbidden(about)));
        }
        let is_atom = self.soup.local_name(at).eq_ignore_ascii_case("entry");
        let has_end = self.soup.kind(at) == MarkupKind::Empty || self.soup.end(at).is_some();
        OpenEntry { builder, is_atom, has_end }
    }

    /// The tokens within the element that begins at `at`. An element without an end tag ends at the next element with a
    /// role, or with its entry.
    fn inside(&self, at: usize) -> Range<usize> {
        if self.soup.kind(at) == MarkupKind::Empty {
            return at + 1..at + 1;
        }
        if let Some(end) = self.soup.end(at) {
            return at + 1..end;
        }
        let ends_element = |at: &usize| {
            let name = self.soup.local_name(*at);
            match self.soup.kind(*at) {
                MarkupKind::Open | MarkupKind::Empty => {
                    self.soup.is_entry(*at) || role_of(self.vocabulary(*at), name).is_some()
                }
                MarkupKind::Close => self.soup.is_entry(*at) || is_container(name),
                _ => false,
            }
        };
        let length = self.soup.len();
        at + 1..(at + 1..length).find(ends_element).unwrap_or(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::FeedBudget;

    const BUDGET: FeedBudget = FeedBudget { max_entries: 3, max_entry_bytes: 1000, max_authors: 2, parse_ms: 60_000 };

    fn try_read(text: &str) -> Result<FeedParts<'_>, XmlFeedError> {
        read(text, 0, ParseLimits { budget: &BUDGET, deadline: BUDGET.deadline() })
    }

    fn parts(text: &str) -> FeedParts<'_> {
        try_read(text).map_err(|error| format!("{text}: {error:?}")).unwrap()
    }

    fn titles<'p>(feed: &'p FeedParts<'_>) -> Vec<&'p str> {
        feed.entries.iter().filter_map(|entry| entry.text(ElementRole::Title)).collect()
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
            assert_eq!(titles(&parts(text)), ["A", "B"], "{text}");
        }
    }

    #[test]
    fn an_entry_that_breaks_off_is_none() {
        for (text, found, is_cut_off) in [
            ("<rss><channel><item><title>A</title></item><item><title>B", vec!["A"], true),
            ("<rss><channel><item><title>A</title></item><item><title>B</title><link>http", vec!["A"], true),
            ("<rss><channel><item><title>A</title></item><item><title>B</title></ite", vec!["A"], true),
            ("<rss><channel><item><title>A</title></item><item><description><![CDATA[<p>B</p>", vec!["A"], true),
            ("<rss><channel><item><title>A</title></item><item/>", vec!["A"], true),
            ("<feed><entry><title>A</title></entry><entry><title>B</title><summary>b</summary>", vec!["A"], true),
            ("<item><title>A</title></item><item><title>B</title>", vec!["A"], true),
            ("<rss><channel><item><title>A</title></item>", vec!["A"], true),
            ("<rss><channel><item><title>A</title></item></channel>", vec!["A"], true),
            ("<item><title>A</title></item><item><title>B</title></item>", vec!["A", "B"], false),
            (
                "<rss><channel><item><title>A</title></item><item><title>B</title></channel></rss>",
                vec!["A", "B"],
                false,
            ),
            ("<rss><channel><item><title>A<item><title>B</title></rss> junk", vec!["A", "B"], false),
            // A program that closes no entry at all.
            ("<rss><channel><item><title>A<item><title>B", vec!["A", "B"], true),
        ] {
            let feed = parts(text);
            assert_eq!(titles(&feed), found, "{text}");
            assert_eq!(!feed.is_closed, is_cut_off, "{text}");
        }
        for text in ["<rss><channel><item><title>A</title><link>", "<feed>\n<entry>"] {
            assert!(matches!(try_read(text), Err(XmlFeedError::CutOff(_))), "{text}");
        }
    }

    #[test]
    fn a_sitemap_of_news_is_a_feed() {
        let url = |number: u32, title: &str| {
            format!(
                "<url><loc>https://wire.example/{number}</loc><lastmod>2026-11-30</lastmod><news:news><news:publication>\
                 <news:name>Wire</news:name><news:language>hy</news:language></news:publication>\
                 <news:publication_date>2026-11-30T10:00:00Z</news:publication_date><news:title>{title}</news:title>\
                 </news:news><image:image><image:loc>https://wire.example/x.jpg</image:loc></image:image></url>"
            )
        };
        let news = "xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'";
        let text = format!("<urlset {news}>{}{}</urlset>", url(1, "A"), url(2, "B"));
        let feed = parts(&text);
        assert_eq!(titles(&feed), ["A", "B"]);
        let entry = feed.entries.into_iter().nth(1).unwrap().build(None, None, &BUDGET);
        assert_eq!(entry.url.as_deref(), Some("https://wire.example/2"));
        assert_eq!(entry.published.map(|date| date.to_rfc3339()).as_deref(), Some("2026-11-30T10:00:00Z"));
        assert_eq!(entry.language.as_deref(), Some("hy"));
        let plain = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>x</loc></url></urlset>";
        assert_eq!(try_read(plain).map(|_| ()), Err(XmlFeedError::OtherRoot(Some("urlset".into()))));
    }

    #[test]
    fn a_programs_notices_before_a_feed_are_junk() {
        let feed = "<rss version='2.0'><channel><item><title>A</title></item></channel></rss>";
        for before in [
            "<!DOCTYPE html>\n<br /><b>Notice</b>: x<br />\n<?xml version='1.0'?>",
            "<!DOCTYPE html><html><head><title>x</title></head></html><?xml version='1.0'?>\n",
            "<!doctype html><p><b>Warning</b>: in <i>feed.php</i></p>",
            "<div class=x>cached</div><?xml version='1.0' encoding='utf-8'?><?xml-stylesheet href='x'?>",
        ] {
            assert_eq!(titles(&parts(&format!("{before}{feed}"))), ["A"], "{before}");
        }
        let page = format!("<!doctype html><html><body><svg><?xml version='1.0'?><path/></svg>{feed}</body></html>");
        assert_eq!(try_read(&page).map(|_| ()), Err(XmlFeedError::WebPage));
    }

    #[test]
    fn an_unclosed_element_ends_at_the_next_one() {
        let feed = parts("<rss><channel><item><title>A<link>http://a.example/</link></item></channel></rss>");
        assert_eq!(titles(&feed), ["A"]);
        assert_eq!(feed.entries[0].text(ElementRole::Link), Some("http://a.example/"));
    }

    #[test]
    fn an_entry_within_an_entrys_content_is_not_an_entry() {
        let text =
            "<feed><entry><id>1</id><content type='application/xml'><entry><id>2</id></entry></content></entry></feed>";
        assert_eq!(parts(text).entries.len(), 1);
    }

    #[test]
    fn elements_of_other_vocabularies_do_not_take_over() {
        let text = "<rss><channel><item><media:title>Photo</media:title><title>Head</title><g:id>7</g:id>\
                    <image><title>Logo</title></image></item></channel></rss>";
        let feed = parts(text);
        assert_eq!(titles(&feed), ["Head"]);
        assert_eq!(feed.entries[0].text(ElementRole::Id), None);
    }

    #[test]
    fn pages_and_other_documents_are_told_apart() {
        for (text, error) in [
            ("<!DOCTYPE html><p>Just a moment", XmlFeedError::WebPage),
            ("<!DOCTYPE html>", XmlFeedError::WebPage),
            ("<!doctype html><svg><metadata><rdf:RDF/></metadata></svg>", XmlFeedError::WebPage),
            ("<html><body>403</body></html>", XmlFeedError::WebPage),
            ("<opml><outline/></opml>", XmlFeedError::OtherRoot(Some("opml".into()))),
            ("hello", XmlFeedError::OtherRoot(None)),
            ("<rss>\n<channel>\n<title>x", XmlFeedError::CutOff(3)),
        ] {
            assert_eq!(try_read(text).map(|_| ()), Err(error), "{text}");
        }
    }

    #[test]
    fn entries_beyond_the_budget_are_counted() {
        for items in ["<item/>", "<item><title>A</title></item>", "<item><title>A<item><title>A"] {
            let text = format!("<rss><channel>{}</channel></rss>", items.repeat(6));
            let feed = parts(&text);
            assert_eq!(feed.entries.len(), 3, "{items}");
            assert_eq!(feed.skipped.count(), 6 * items.matches("<item").count() - 3, "{items}");
        }
        let sentence = "The last 900000 entries exceed the budget of one fetch (max_entries, and a million tags).";
        let text = format!("<rss><channel>{}</channel></rss>", "<item/>".repeat(900_003));
        assert_eq!(parts(&text).skipped.sentences(), [sentence]);
    }

    #[test]
    fn hostile_feeds_take_linear_time() {
        // A second at most without optimisation; the rest is room for other tests on the machine.
        const LIMIT_SECS: u64 = 10;
        let head = "<rss><channel>";
        for unit in
            ["<item>", "<a>", "<title>", "<item><title>", "<x:y xmlns:a='b'>", "</item>", "<media:group>", "<link a=''"]
        {
            let text = format!("{head}{}", unit.repeat(300_000 / unit.len()));
            let start = std::time::Instant::now();
            let _ = try_read(&text);
            assert!(start.elapsed().as_secs() < LIMIT_SECS, "{unit}");
        }
        let text = format!("{head}<item {}>", "a='b' ".repeat(200_000));
        let start = std::time::Instant::now();
        let _ = try_read(&text);
        assert!(start.elapsed().as_secs() < LIMIT_SECS, "attributes");
    }
}
