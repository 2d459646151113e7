//! The bytes of a feed (RSS of any version, Atom, JSON Feed) to entries.
//!
//! `charset` decodes the bytes; then each format has one reader. XML goes through `xml`, which reads tag soup with the
//! tables of `dialect`; JSON goes through `json`, which rests on feed-rs. Both offer values to an `EntryBuilder`,
//! and only the builder makes entries. One bad entry never costs the feed. This module must not know where the bytes
//! came from, nor the difference between a good and a poor article.
//!
//! feed-rs reads no XML here: it gives up at the first error, drops text with inner markup, and some feeds make it
//! panic.

mod date;
mod dialect;
mod element;
mod entry_builder;
mod json;
mod tag_soup;
mod xml;

use std::borrow::Cow;

use thiserror::Error;
use url::Url;

use super::update_hints::UpdateHints;
use ceasewire_articles::charset;
use ceasewire_model::Entry;
use entry_builder::EntryBuilder;
use tag_soup::XmlFeedError;

pub(crate) use entry_builder::language_tag;

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
    /// A sentence for each entry that could not be read, with its place and the reason.
    pub skipped: Vec<String>,
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
}

/// The parts of a feed before addresses are resolved, as a format's reader gives them.
struct FeedParts<'a> {
    head: EntryBuilder<'a>,
    entries: Vec<EntryBuilder<'a>>,
    update_hints: UpdateHints,
    skipped: Vec<String>,
}

/// Parses a feed from the body of a response, with its `Content-Type` header and final address, if known.
pub fn parse(bytes: &[u8], content_type: Option<&str>, base_url: Option<&str>) -> Result<ParsedFeed, FeedParseError> {
    let text = charset::decode(bytes, content_type);
    let is_blank = |c: char| c.is_whitespace() || c.is_control() || c == '\u{FEFF}';
    let body = text.trim_matches(is_blank);
    let Some(first) = body.chars().next() else {
        return Err(FeedParseError::Empty);
    };
    // Errors count lines from the first line of the document, blank or not.
    let lines_before = text[..text.len() - text.trim_start_matches(is_blank).len()].matches('\n').count();
    let parts = match first {
        '{' | '[' => json::read(body, lines_before)?,
        _ => xml::read(body, lines_before)?,
    };
    let base = base_url.and_then(|url| Url::parse(url.trim()).ok());
    Ok(parts.assemble(base.as_ref()))
}

impl FeedParts<'_> {
    /// Builds the feed, whose document has the address `base`.
    fn assemble(self, base: Option<&Url>) -> ParsedFeed {
        let base = self.head.base(base);
        let home = self.head.address(base.as_deref());
        // Where the address of the document is unknown, relative addresses can only be relative to the site.
        let base = base.or_else(|| home.as_deref().and_then(|home| Url::parse(home).ok()).map(Cow::Owned));
        let language = self.head.language();
        let entries = self.entries.iter().map(|entry| entry.build(language.as_deref(), base.as_deref())).collect();
        ParsedFeed {
            title: self.head.title(),
            home,
            language,
            update_hints: self.update_hints,
            entries,
            skipped: self.skipped,
        }
    }
}

impl From<XmlFeedError> for FeedParseError {
    fn from(error: XmlFeedError) -> Self {
        match error {
            XmlFeedError::WebPage => Self::Html,
            XmlFeedError::OtherRoot(Some(name)) => {
                Self::NotAFeed { found: format!("it is XML that begins with <{name}>") }
            }
            XmlFeedError::OtherRoot(None) => Self::NotAFeed { found: "it holds no XML and no JSON".into() },
            XmlFeedError::CutOff(line) => {
                Self::Malformed { line, reason: "it breaks off before its first entry".into() }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceasewire_model::Timestamp;

    fn read(text: &str) -> ParsedFeed {
        parse(text.as_bytes(), None, Some("https://news.example/feed.xml")).expect("a feed")
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
        assert_eq!(feed.skipped, ["Entry 2 is not a JSON object."]);
    }

    #[test]
    fn nothing_is_invented() {
        let feed = read(&rss("<item><title>Headline</title><pubDate>soon</pubDate></item><item/>"));
        let bare = Entry { language: Some("en-us".into()), ..Entry::default() };
        assert_eq!(feed.entries, [Entry { title: "Headline".into(), ..bare.clone() }, bare]);
    }

    #[test]
    fn a_permanent_id_is_the_link_where_there_is_none() {
        let url = |item: &str| read(&rss(item)).entries.remove(0).url;
        assert_eq!(url("<item><guid>https://news.example/1</guid></item>").as_deref(), Some("https://news.example/1"));
        assert_eq!(url("<item><guid isPermaLink='false'>https://news.example/1</guid></item>"), None);
        assert_eq!(url("<item><link>javascript:alert(1)</link></item>"), None);
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
        let feed = parse(&bytes, Some("text/xml; charset=windows-1251"), None).expect("a feed");
        assert_eq!(titles(&feed), ["Перемирие в Карабахе"]);
        let mut bytes =
            rss("<item><title>Հրադադար Ղարաբաղում</title></item><item><title>X</title></item>").into_bytes();
        let place = bytes.iter().position(|byte| *byte == b'X').expect("the second title");
        bytes[place] = 0xFF;
        let feed = parse(&bytes, None, None).expect("a feed");
        assert_eq!(titles(&feed), ["Հրադադար Ղարաբաղում", "\u{FFFD}"]);
    }

    #[test]
    fn unescaped_markup_is_kept() {
        let feed = read(&rss("<item><description>One <p>two</p> three &amp; four</description></item>"));
        assert_eq!(ceasewire_articles::clean::plain_text(&feed.entries[0].html), "One\ntwo\nthree & four");
    }

    #[test]
    fn the_error_of_a_document_without_feed_names_it() {
        let fault =
            |text: &str| parse(text.as_bytes(), Some("application/rss+xml"), None).map(|_| ()).expect_err("no feed");
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
        assert!(parse("[".repeat(200_000).as_bytes(), None, None).is_err());
    }
}
