//! The bytes of a feed (RSS of any version, Atom, JSON Feed) to entries.
//!
//! `charset` decodes the bytes; then each format has one reader. XML goes through `xml`, which reads tag soup with the
//! tables of `dialect`; JSON goes through `json`, which gives the texts of each item to feed-rs. Both offer values to an
//! `EntryBuilder`, and only the builder makes entries. One bad entry never costs the feed. This module must not know
//! where the bytes came from, nor the difference between a good and a poor article.
//!
//! Readers take linear time, keep the entries that the [`FeedBudget`] allows, and give up at its deadline.
//!
//! feed-rs reads no XML and no whole document here: it gives up at the first error, drops text with inner markup, and
//! some XML makes it panic.

mod date;
mod declared_entities;
mod dialect;
mod element;
mod entry_builder;
mod google_news;
mod json;
mod json_walk;
mod link;
mod skipped;
mod tag_soup;
mod xml;

use std::borrow::Cow;

use thiserror::Error;
use url::Url;

use super::budget::{DeadlinePassed, FeedBudget, ParseDeadline};
use super::update_hints::UpdateHints;
use ceasewire_articles::identity::host_without_www;
use ceasewire_articles::{charset, clean};
use ceasewire_model::Entry;
use entry_builder::EntryBuilder;
use tag_soup::XmlFeedError;

pub(crate) use entry_builder::language_tag;
pub use skipped::SkippedEntries;

/// A feed as its publisher states it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedFeed {
    /// The title as plain text.
    pub title: Option<String>,
    /// Absolute address of the feed's site.
    pub home: Option<String>,
    /// BCP 47 tag of the feed's language.
    pub language: Option<String>,
    /// How often the publisher wants the feed to be polled.
    pub update_hints: UpdateHints,
    /// The entries in the publisher's order.
    pub entries: Vec<Entry>,
    pub skipped: SkippedEntries,
    /// Whether the root element is closed and every entry could be read. A broken body may come whole later.
    pub is_whole: bool,
}

/// Why bytes are not a feed. Each message names the error, its place and the remedy.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FeedParseError {
    /// The body is blank.
    #[error("The feed is empty. Open its address in a browser; if it is empty there too, the publisher has to fix it.")]
    Empty,
    /// The body is a web page: the address is that of a site, or the site answers with a block or challenge page.
    #[error(
        "This is a web page, not a feed. Give the address of the page's feed (RSS, Atom or JSON Feed); if the address \
         is right, the publisher is answering with an error or a check for robots."
    )]
    Html,
    /// The body is some other document.
    #[error("This is not a feed: {found}. Give the address of an RSS, Atom or JSON feed.")]
    NotAFeed {
        /// The beginning of the document, in words.
        found: String,
    },
    /// The body begins as a feed and cannot be read.
    #[error(
        "The feed is broken at line {line}: {reason}. Nothing of it could be read; it is worth trying again later."
    )]
    Malformed {
        /// Line of the error, from 1.
        line: usize,
        reason: String,
    },
    /// Parsing took longer than the budget allows.
    #[error(
        "The feed takes longer than {parse_ms} milliseconds to read (parse_ms in [budgets]). Give the address of a \
         shorter feed, or raise the budget."
    )]
    TooSlow { parse_ms: u64 },
}

/// The parts of a feed before addresses are resolved, as a format's reader gives them.
struct FeedParts<'a> {
    head: EntryBuilder<'a>,
    entries: Vec<EntryBuilder<'a>>,
    is_atom: bool,
    update_hints: UpdateHints,
    skipped: SkippedEntries,
    /// Whether the document has its end.
    is_closed: bool,
}

/// The limits of one parse.
#[derive(Clone, Copy)]
struct ParseLimits<'b> {
    budget: &'b FeedBudget,
    deadline: ParseDeadline,
}

/// Parses a feed from the body of a response, with its `Content-Type` header and final address, if known. Entries and
/// texts beyond the budget are dropped.
///
/// Takes time and memory in proportion to the body, for any content.
pub fn parse(
    bytes: &[u8],
    content_type: Option<&str>,
    base_url: Option<&str>,
    budget: &FeedBudget,
) -> Result<ParsedFeed, FeedParseError> {
    let limits = ParseLimits { budget, deadline: budget.deadline() };
    let text = declared_entities::expand(charset::decode(bytes, content_type));
    let is_blank = |c: char| c.is_whitespace() || c.is_control() || c == '\u{FEFF}';
    let body = text.trim_matches(is_blank);
    let Some(first) = body.chars().next() else {
        return Err(FeedParseError::Empty);
    };
    // Errors count lines from the first line of the document, blank or not.
    let lines_before = text[..text.len() - text.trim_start_matches(is_blank).len()].matches('\n').count();
    let parts = match first {
        '{' | '[' => json::read(body, lines_before, limits)?,
        _ => xml::read(body, lines_before, limits).map_err(|error| explain(error, budget))?,
    };
    let base = base_url.and_then(|url| Url::parse(url.trim()).ok());
    parts.assemble(base.as_ref(), limits).map_err(|DeadlinePassed| too_slow(budget))
}

fn too_slow(budget: &FeedBudget) -> FeedParseError {
    FeedParseError::TooSlow { parse_ms: budget.parse_ms }
}

impl FeedParts<'_> {
    /// Builds the feed, whose document has the address `base`.
    fn assemble(self, base: Option<&Url>, limits: ParseLimits<'_>) -> Result<ParsedFeed, DeadlinePassed> {
        let document = self.head.base(base);
        let home = self.head.address(document.as_deref());
        let site = home.as_deref().and_then(|home| Url::parse(home).ok());
        let base = match (document, site) {
            (Some(document), Some(site)) if self.is_relative_to(&site, &document) => Some(Cow::Owned(site)),
            (Some(document), _) => Some(document),
            // Where the address of the document is unknown, relative addresses can only be relative to the site.
            (None, site) => site.map(Cow::Owned),
        };
        let language = self.head.language();
        let title = self.head.title();
        let mut entries = Vec::with_capacity(self.entries.len());
        for entry in self.entries {
            limits.deadline.check()?;
            let source = entry.source();
            let entry = entry.build(language.as_deref(), base.as_deref(), limits.budget);
            entries.push(google_news::first_headline(entry, source.as_deref()));
        }
        let Self { update_hints, skipped, is_closed, .. } = self;
        let is_whole = is_closed && skipped.unreadable == 0;
        Ok(ParsedFeed { title, home, language, update_hints, entries, skipped, is_whole })
    }

    /// Whether the relative links of entries mean pages of `site` rather than neighbours of `document`. RSS has no rule,
    /// and its publishers mean their site. Atom and `xml:base` name the document; a feed that another host serves for its
    /// site would then lead nowhere.
    fn is_relative_to(&self, site: &Url, document: &Url) -> bool {
        self.head.base.is_none() && (!self.is_atom || host_without_www(site) != host_without_www(document))
    }
}

fn explain(error: XmlFeedError, budget: &FeedBudget) -> FeedParseError {
    /// The most characters of a name in an error.
    const MAX_NAME: usize = 50;
    match error {
        XmlFeedError::WebPage => FeedParseError::Html,
        XmlFeedError::OtherRoot(Some(name)) => {
            let name: String = clean::plain_line(&name).chars().take(MAX_NAME).collect();
            FeedParseError::NotAFeed { found: format!("it is XML that begins with <{name}>") }
        }
        XmlFeedError::OtherRoot(None) => FeedParseError::NotAFeed { found: "it holds no XML and no JSON".into() },
        XmlFeedError::CutOff(line) => {
            FeedParseError::Malformed { line, reason: "it breaks off before its first entry ends".into() }
        }
        XmlFeedError::TooSlow => too_slow(budget),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceasewire_model::Timestamp;

    const BUDGET: FeedBudget =
        FeedBudget { max_entries: 5000, max_entry_bytes: 1_000_000, max_authors: 50, parse_ms: 60_000 };

    fn read(text: &str) -> ParsedFeed {
        read_within(text, &BUDGET)
    }

    fn read_within(text: &str, budget: &FeedBudget) -> ParsedFeed {
        parse(text.as_bytes(), None, Some("https://news.example/feed.xml"), budget).expect("a feed")
    }

    fn titles(feed: &ParsedFeed) -> Vec<&str> {
        feed.entries.iter().map(|entry| entry.title.as_str()).collect()
    }

    fn rss(items: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>News</title><link>https://news.example/</link>\
             <language>en-us</language>{items}</channel></rss>"
        )
    }

    #[test]
    fn an_rss_entry_keeps_its_stated_values() {
        let feed = read(&rss(
            "<item><title>&lt;b&gt;Talks&lt;/b&gt; &amp;amp; more</title><link> /news/1 </link><guid isPermaLink='false'> id-1 </guid>\
             <pubDate>Sat, 10 Oct 2020 07:05:00 +0400</pubDate><author>ani@news.example (Ani Sargsyan)</author>\
             <description>Short</description><content:encoded><![CDATA[<p>Long</p>]]></content:encoded></item>",
        ));
        assert_eq!(feed.title.as_deref(), Some("News"));
        assert_eq!(feed.home.as_deref(), Some("https://news.example/"));
        let expected = Entry {
            guid: Some("id-1".into()),
            url: Some("https://news.example/news/1".into()),
            title: "Talks & more".into(),
            html: "<p>Long</p>".into(),
            published: Some(Timestamp(1_602_299_100_000)),
            updated: None,
            period_end: None,
            zoneless: false,
            authors: vec!["Ani Sargsyan".into()],
            language: Some("en-us".into()),
        };
        assert_eq!(feed.entries, [expected]);
    }

    #[test]
    fn an_atom_entry_keeps_its_stated_values() {
        let feed = read(
            "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='hy'><title type='html'>&lt;i&gt;Լուրեր&lt;/i&gt;</title>\
             <link rel='self' href='/atom'/><link href='/'/><entry xml:lang='ru'><id>tag:news.example,2020:1</id>\
             <title>5 &lt; 6</title><link rel='enclosure' href='/a.mp3'/><link rel='alternate' href='/1'/>\
             <updated>2020-10-10T03:05:00Z</updated><author><name>Анна</name></author>\
             <content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>Да</p></div></content></entry></feed>",
        );
        assert_eq!((feed.title.as_deref(), feed.home.as_deref()), (Some("Լուրեր"), Some("https://news.example/")));
        let entry = &feed.entries[0];
        assert_eq!(entry.title, "5 < 6");
        assert_eq!(entry.url.as_deref(), Some("https://news.example/1"));
        assert_eq!((entry.published, entry.updated), (None, Some(Timestamp(1_602_299_100_000))));
        assert_eq!(entry.language.as_deref(), Some("ru"));
        assert_eq!(entry.authors, ["Анна"]);
        assert_eq!(ceasewire_articles::clean::plain_text(&entry.html), "Да");
    }

    #[test]
    fn the_best_date_of_an_entry_counts() {
        for (dates, expected) in [
            ("<pubDate>Invalid Date</pubDate><dc:date>2020-10-10T03:05:00Z</dc:date>", Some(true)),
            ("<date>2020-10-10T03:05:00Z</date>", Some(true)),
            ("<prism:publicationDate>2020-10-10T03:05:00Z</prism:publicationDate>", Some(true)),
            (
                "<dcterms:created>2009-01-01</dcterms:created><atom:updated>2020-10-10T03:05:00Z</atom:updated>",
                Some(true),
            ),
            ("<dcterms:created>2020-10-10T03:05:00Z</dcterms:created>", Some(true)),
            ("<dc:date>2020-10-10T03:05:00Z</dc:date><date>2001-01-01</date>", Some(true)),
            ("<pubDate>mar, 18 xyz 2022</pubDate>", None),
            ("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>", None),
        ] {
            let entry = read(&rss(&format!("<item><title>A</title>{dates}</item>"))).entries.remove(0);
            let date = entry.published.or(entry.updated);
            assert_eq!(date.map(|date| date == Timestamp(1_602_299_100_000)), expected, "{dates}");
        }
    }

    #[test]
    fn a_json_feed_may_have_numeric_ids_and_bad_items() {
        let feed = read(
            r#"{"version":"https://jsonfeed.org/version/1","title":"J","home_page_url":"/","items":[
            {"id":5,"url":"/5","content_text":"a < b","date_published":"2020-10-10T03:05:00Z","author":{"name":"“x@y.example"}},
            "nonsense", {"id":"6","title":"Six","language":"hy"}]}"#,
        );
        assert_eq!(feed.entries.len(), 2);
        assert_eq!(feed.entries[0].guid.as_deref(), Some("5"));
        assert_eq!(feed.entries[0].html, "a &lt; b");
        assert_eq!(feed.entries[0].url.as_deref(), Some("https://news.example/5"));
        assert_eq!(feed.entries[1].language.as_deref(), Some("hy"));
        assert_eq!(feed.skipped.sentences(), ["Entry 2 is not a JSON object."]);
    }

    /// One body of each format, with `count` entries of this text and these authors.
    fn bodies(count: usize, title: &str, text: &str, authors: &[String]) -> [String; 3] {
        let names =
            |start: &str, end: &str| authors.iter().map(|name| format!("{start}{name}{end}")).collect::<String>();
        let item = format!(
            "<item><title>{title}</title><description>{text}</description>{}</item>",
            names("<author>", "</author>")
        );
        let entry = format!(
            "<entry><title>{title}</title><content>{text}</content>{}</entry>",
            names("<author><name>", "</name></author>")
        );
        let authors = authors.iter().map(|name| format!("{{\"name\":\"{name}\"}}")).collect::<Vec<_>>().join(",");
        let object = format!(r#"{{"title":"{title}","content_text":"{text}","authors":[{authors}]}}"#);
        [
            rss(&item.repeat(count)),
            format!("<feed xmlns='http://www.w3.org/2005/Atom'>{}</feed>", entry.repeat(count)),
            format!(r#"{{"items":[{}]}}"#, vec![object; count].join(",")),
        ]
    }

    const SMALL: FeedBudget = FeedBudget { max_entries: 5, max_entry_bytes: 1000, max_authors: 3, parse_ms: 60_000 };

    #[test]
    fn a_body_is_whole_where_its_root_is_closed() {
        let item = "<item><title>A</title><link>http://a.example/1</link></item>";
        for (body, is_whole) in [
            (rss(item), true),
            (rss("<item><title>A"), true),
            (rss(""), true),
            (format!("<rss><channel>{item}"), false),
            (format!("<rss><channel>{item}<item><title>B</title><descr"), false),
            (format!("<rss><channel>{item}</channel>"), false),
            ("<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>A</title></entry></feed> ".into(), true),
            ("<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>A</title></entry>".into(), false),
            (r#"{"items":[{"title":"A"}]}"#.into(), true),
            (r#"{"items":[{"title":"A"},5]}"#.into(), false),
        ] {
            assert_eq!(read(&body).is_whole, is_whole, "{body}");
        }
    }

    #[test]
    fn each_format_obeys_the_budget() {
        let authors: Vec<String> = (0..200).map(|number| format!("Author {}", number / 2)).collect();
        let (title, text) = ("Перемирие ".repeat(1000), "Текст & текст. ".repeat(1000));
        for body in bodies(12, &title, &text, &authors) {
            let feed = read_within(&body, &SMALL);
            assert_eq!((feed.entries.len(), feed.skipped.count()), (5, 7), "{}", &body[..60]);
            let sentence = "The last 7 entries exceed the budget of one fetch (max_entries, and a million tags).";
            assert_eq!(feed.skipped.sentences(), [sentence]);
            for entry in &feed.entries {
                assert!((900..=1000).contains(&entry.html.len()), "{} bytes", entry.html.len());
                assert!((1900..=2000).contains(&entry.title.len()), "{} bytes", entry.title.len());
                assert_eq!(entry.authors, ["Author 0", "Author 1"]);
            }
        }
    }

    #[test]
    fn a_text_is_not_cut_within_a_tag_or_an_entity() {
        let words = "a".repeat(995);
        for (html, cut) in [
            (format!("{words} &amp;amp; more"), words.clone()),
            (format!("{words} &lt;b class=x&gt;"), words.clone()),
            (format!("{words}Ղարաբաղ"), format!("{words}Ղա")),
        ] {
            let feed = read_within(&rss(&format!("<item><description>{html}</description></item>")), &SMALL);
            assert_eq!(feed.entries[0].html, cut);
        }
    }

    #[test]
    fn long_ids_and_addresses_are_left_out() {
        let long = "x".repeat(5000);
        for body in [
            rss(&format!("<item><guid>https://a.example/{long}</guid><link>https://a.example/{long}</link></item>")),
            rss(&format!("<item xml:base='https://a.example/{long}/'><link>/{}</link></item>", "я".repeat(1500))),
            format!(r#"{{"items":[{{"id":"{long}","url":"https://a.example/{long}"}}]}}"#),
        ] {
            let feed = read(&body);
            assert_eq!((feed.entries[0].guid.as_deref(), feed.entries[0].url.as_deref()), (None, None), "{feed:?}");
        }
    }

    #[test]
    fn a_parse_ends_at_its_deadline() {
        let budget = FeedBudget { parse_ms: 0, ..BUDGET };
        for body in bodies(3000, "Truce", "Text", &[]) {
            let error = parse(body.as_bytes(), None, None, &budget).unwrap_err();
            assert_eq!(error, FeedParseError::TooSlow { parse_ms: 0 }, "{}", &body[..60]);
        }
    }

    #[test]
    fn a_million_bad_items_are_a_count_and_three_sentences() {
        let feed = read(&format!(r#"{{"items":[{{"title":"A"}}{}]}}"#, ",1".repeat(1_000_000)));
        assert_eq!((feed.entries.len(), feed.skipped.unreadable), (1, 1_000_000));
        assert_eq!(
            feed.skipped.sentences(),
            [
                "Entry 2 is not a JSON object.",
                "Entry 3 is not a JSON object.",
                "Entry 4 is not a JSON object.",
                "999997 further entries cannot be read either."
            ]
        );
    }

    #[test]
    fn one_bad_value_of_a_json_item_costs_nothing_else() {
        let feed = read(
            r#"{"items":[{"title":"Cut \ud83d","id":[1],"content_text":"A","authors":[["x"],{"name":5},"B"]},
            {"title":"Two","tags":{"deep":[[[[1]]]]},"author":"C"},{"title":"Three","\ud83d":1}], "authors":[{"name":"D"}]} junk"#,
        );
        assert_eq!(titles(&feed), ["Cut \u{FFFD}", "Two", "Three"]);
        assert_eq!(feed.entries[0].authors, ["5", "B"]);
        assert_eq!(feed.entries[1].authors, ["C"]);
        assert_eq!((feed.entries[0].guid.as_deref(), feed.entries[0].html.as_str()), (None, "A"));
        assert!(feed.is_whole);
    }

    #[test]
    fn a_json_feed_that_breaks_off_keeps_its_whole_items() {
        for (text, found, whole) in [
            (r#"{"items":[{"title":"A"},{"title":"B"}]}"#, vec!["A", "B"], true),
            (r#"{"items":[{"title":"A"},{"title":"B"}]"#, vec!["A", "B"], false),
            (r#"{"items":[{"title":"A"},{"title":"B"#, vec!["A"], false),
            (r#"{"items":[{"title":"A"},{"title":"B","x":{"y":1}"#, vec!["A"], false),
            (r#"{"items":[{"title":"A"}, 5]}"#, vec!["A"], false),
        ] {
            let feed = read(text);
            assert_eq!((titles(&feed), feed.is_whole), (found, whole), "{text}");
        }
        let error = parse(br#"{"version":"x","items":[{"title":"A"#, None, None, &BUDGET).unwrap_err();
        assert!(matches!(error, FeedParseError::Malformed { line: 1, .. }), "{error:?}");
        let feed = read(r#"{"items":[{"id":"https://wire.example/5","title":"A","date_published":1796039541}]}"#);
        assert_eq!(feed.entries[0].url.as_deref(), Some("https://wire.example/5"));
        assert_eq!(feed.entries[0].published, Some(Timestamp(1_796_039_541_000)));
    }

    #[test]
    fn no_control_leaves_a_parser() {
        let hostile = "\u{202E}T\u{9D}r\u{7}uce\u{2066}&#x202E;&#155;";
        for body in bodies(1, hostile, hostile, &[hostile.to_owned()]) {
            let feed = read(&body.replace('\u{7}', if body.starts_with('{') { "\\u0007" } else { "\u{7}" }));
            let entry = &feed.entries[0];
            let text = clean::plain_text(&entry.html);
            assert_eq!((entry.title.as_str(), text.as_str()), ("Truce›", "Truce›"), "{body}");
            assert_eq!(entry.authors, ["Truce›"]);
        }
        let feed = read(&rss(&format!("<item><guid>{hostile}</guid></item>")));
        assert_eq!(feed.entries[0].guid.as_deref(), Some("Truce›"));
        let error = parse("<x\u{9b}31m\u{202E}y/>".as_bytes(), None, None, &BUDGET).unwrap_err().to_string();
        assert!(error.contains("begins with <x›31my>"), "{error}");
    }

    #[test]
    fn nothing_is_invented() {
        let feed = read(&rss("<item><title>Headline</title><pubDate>soon</pubDate></item><item/>"));
        let bare = Entry { language: Some("en-us".into()), ..Entry::default() };
        assert_eq!(feed.entries, [Entry { title: "Headline".into(), ..bare.clone() }, bare]);
    }

    /// The link of the only entry of a feed.
    fn link(text: &str) -> Option<String> {
        let mut feed = read(text);
        assert_eq!(feed.entries.len(), 1, "{text}");
        feed.entries.remove(0).url
    }

    #[test]
    fn the_link_of_an_item_is_found_in_all_its_places() {
        for item in [
            "<link>https://news.example/1</link>",
            "<link/>https://news.example/1",
            "<link></link>https://news.example/1<title>A</title>",
            "<link /><![CDATA[https://news.example/1]]>",
            "<link href='https://news.example/1'/>",
            "<link rdf:resource='https://news.example/1'/>",
            "<link rdf:resource='https://news.example/1'></link>",
            "<url>https://news.example/1</url>",
            "<image><url>https://news.example/logo.png</url></image><url>/1</url>",
            "<link>\n   https://news.example/\n   1\n </link>",
            "<link>news.example/1</link>",
            "<link>1</link>",
            "<guid>https://news.example/1</guid>",
            "<guid isPermaLink='false'>https://news.example/1</guid>",
            "<link>N/A</link><guid>https://news.example/1</guid>",
            "<link>#</link><guid isPermaLink='true'>https://news.example/1</guid>",
            "<link>javascript:void(0)</link><guid>https://news.example/1</guid>",
            "<guid>https://news.example/1</guid><link>mailto:desk@news.example</link>",
            "<link>https://feedproxy.example/~r/x/1</link>\
             <feedburner:origLink>https://news.example/1</feedburner:origLink>",
            "<pheedo:origLink>https://news.example/1</pheedo:origLink><link>https://feedproxy.example/~r/x/1</link>",
            "<link>https://news.example/1</link><feedburner:origLink>N/A</feedburner:origLink>",
            "<guid isPermaLink='false'>https://id.example/7</guid><link>/1</link>",
            "<link>https://www.google.com/url?q=https://news.example/1&amp;sa=t</link>",
        ] {
            assert_eq!(
                link(&rss(&format!("<item>{item}</item>"))).as_deref(),
                Some("https://news.example/1"),
                "{item}"
            );
        }
        for item in ["<link>javascript:alert(1)</link>", "<link>N/A</link>", "<guid>7</guid>", "<link/>More text"] {
            assert_eq!(link(&rss(&format!("<item>{item}</item>"))), None, "{item}");
        }
    }

    #[test]
    fn an_id_that_is_an_address_is_the_link_where_there_is_none() {
        let atom = |entry: &str| format!("<feed xmlns='http://www.w3.org/2005/Atom'><entry>{entry}</entry></feed>");
        for text in [
            atom("<id>https://news.example/1</id>"),
            atom("<id>https://id.example/7</id><link href='/1'/>"),
            atom("<id>https://id.example/7</id><link rel='self' href='/atom/7'/><content src='/1' type='text/html'/>"),
            r#"{"items":[{"id":"https://news.example/1"}]}"#.to_owned(),
            r#"{"items":[{"id":"https://id.example/7","url":"N/A","external_url":"https://news.example/1"}]}"#
                .to_owned(),
        ] {
            assert_eq!(link(&text).as_deref(), Some("https://news.example/1"), "{text}");
        }
        assert_eq!(link(&atom("<id>tag:news.example,2020:1</id>")), None);
    }

    #[test]
    fn relative_links_are_relative_to_the_site() {
        let read = |text: &str| {
            let feed =
                parse(text.as_bytes(), None, Some("https://feeds.example/rss/site.xml"), &BUDGET).expect("a feed");
            feed.entries[0].url.clone()
        };
        let item = "<item><link>news/1</link></item>";
        let atom = |base: &str, home: &str| {
            format!(
                "<feed xmlns='http://www.w3.org/2005/Atom'{base}><link href='{home}'/>\
                 <entry><link href='news/1'/></entry></feed>"
            )
        };
        for (text, expected) in [
            (rss(item), "https://news.example/news/1"),
            (rss(item).replace("https://news.example/", "http://www.news.example/"), "http://www.news.example/news/1"),
            (format!("<rss><channel>{item}</channel></rss>"), "https://feeds.example/rss/news/1"),
            (rss(item).replace("<rss ", "<rss xml:base='https://base.example/' "), "https://base.example/news/1"),
            (atom("", "https://news.example/"), "https://news.example/news/1"),
            (atom("", "https://feeds.example/"), "https://feeds.example/rss/news/1"),
            (atom(" xml:base='https://base.example/'", "https://news.example/"), "https://base.example/news/1"),
            (
                r#"{"home_page_url":"https://news.example/","items":[{"url":"news/1"}]}"#.to_owned(),
                "https://news.example/news/1",
            ),
        ] {
            assert_eq!(read(&text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn one_bad_entry_does_not_cost_the_feed() {
        for bad in [
            "<item><title>Bad & worse</title></item>",
            "<item><title>Bad &nosuch; &nbsp;</title></item>",
            "<item><title>Bad\u{0}\u{1B}</title></item>",
            "<item><title>Bad <b>tag</title><description><p>x</description></item>",
            "<item><title>Bad</title><description><![CDATA[never closed</description></item>",
            "<item><title>Bad</title><!-- never closed </item>",
            "<item><title>Bad",
            "<item><title>Bad</title><link href=\"x></item>",
            "<item><title>Bad</title><author>–x@y.example</author></item>",
            "<item><title>Bad</title><itunes:duration>99999999999999999999999</itunes:duration></item>",
            "<item xml:base='http://:x'><title>Bad</title></item>",
        ] {
            let feed = read(&rss(&format!("<item><title>One</title></item>{bad}<item><title>Two</title></item>")));
            let titles = titles(&feed);
            assert_eq!(titles.len(), 3, "{bad}: {titles:?}");
            assert!(titles[0] == "One" && titles[1].starts_with("Bad") && titles[2] == "Two", "{bad}: {titles:?}");
        }
    }

    #[test]
    fn a_broken_byte_and_an_old_charset_are_read() {
        let text = rss("<item><title>Перемирие в Карабахе</title></item>");
        let (bytes, ..) = encoding_rs::WINDOWS_1251.encode(&text);
        let feed = parse(&bytes, Some("text/xml; charset=windows-1251"), None, &BUDGET).expect("a feed");
        assert_eq!(titles(&feed), ["Перемирие в Карабахе"]);
        let mut bytes =
            rss("<item><title>Հրադադար Ղարաբաղում</title></item><item><title>X</title></item>").into_bytes();
        let place = bytes.iter().position(|byte| *byte == b'X').expect("the second title");
        bytes[place] = 0xFF;
        let feed = parse(&bytes, None, None, &BUDGET).expect("a feed");
        assert_eq!(titles(&feed), ["Հրադադար Ղարաբաղում", "\u{FFFD}"]);
    }

    #[test]
    fn unescaped_markup_is_kept() {
        let feed = read(&rss("<item><description>One <p>two</p> three &amp; four</description></item>"));
        assert_eq!(ceasewire_articles::clean::plain_text(&feed.entries[0].html), "One\ntwo\nthree & four");
    }

    #[test]
    fn the_error_of_a_document_without_feed_names_it() {
        let fault = |text: &str| {
            parse(text.as_bytes(), Some("application/rss+xml"), None, &BUDGET).map(|_| ()).expect_err("no feed")
        };
        assert_eq!(fault(" \n\u{FEFF} "), FeedParseError::Empty);
        assert_eq!(fault("<!DOCTYPE html><html><title>Just a moment…</title></html>"), FeedParseError::Html);
        assert_eq!(
            fault("<opml version='2.0'/>").to_string(),
            "This is not a feed: it is XML that begins with <opml>. \
            Give the address of an RSS, Atom or JSON feed."
        );
        assert!(matches!(fault("{\"items\":\n[{]}"), FeedParseError::Malformed { line: 2, .. }));
        assert!(matches!(fault("\n<rss><channel>\n<title>"), FeedParseError::Malformed { line: 3, .. }));
        assert!(matches!(fault("{\"a\":1}"), FeedParseError::NotAFeed { .. }));
    }

    #[test]
    fn deep_nesting_is_no_danger() {
        let text =
            rss(&format!("<item><title>T</title><description>{}deep</description></item>", "<div>".repeat(200_000)));
        assert_eq!(titles(&read(&text)), ["T"]);
        let text = rss(&format!("<item><title>T</title>{}</item>", "<media:group>".repeat(200_000)));
        assert_eq!(titles(&read(&text)), ["T"]);
        assert!(parse("[".repeat(200_000).as_bytes(), None, None, &BUDGET).is_err());
    }
}
