//! The bytes of a feed (RSS of any version, Atom, JSON ParsedFeed) to entries. The only file that names the feed reader.
//!
//! Each XML feed is first brought into the form that the reader handles without loss, panic or delay (see `repair`),
//! then read whole, and entry by entry only if that fails: one bad entry never costs the feed. Nothing is invented: an
//! absent id, date or language stays absent. It must not know where the bytes came from, nor what a good article is.

use std::borrow::Cow;

use feed_rs::model as reader;
use feed_rs::parser::{Builder, ParseFeedError, Parser};
use serde_json::{Map, Value, json};
use thiserror::Error;
use url::Url;

use super::date;
use super::elements::NoFeed;
use super::entry_builder::{Stated, language, person};
use super::repair::{Repaired, repair};
use super::update_hints::UpdateHints;
use ceasewire_articles::charset;
use ceasewire_articles::clean::plain_line;
use ceasewire_articles::markup::escape;
use ceasewire_model::{Entry, Timestamp};

/// A feed as its publisher states it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedFeed {
    /// Its title, plain text.
    pub title: Option<String>,
    /// Address of the site that it belongs to, absolute.
    pub home: Option<String>,
    /// BCP 47 tag of its language.
    pub language: Option<String>,
    /// How often its publisher wants it to be fetched.
    pub rhythm: UpdateHints,
    /// Its entries in the publisher's order.
    pub entries: Vec<Entry>,
    /// One sentence per entry that could not be read: its place and the reason.
    pub skipped: Vec<String>,
}

/// Why bytes are not a feed; each message says what was found, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FeedParseError {
    /// There is nothing to read.
    #[error("The feed is empty. Open its address in a browser; if it is empty there too, the publisher has to fix it.")]
    Empty,
    /// It is a web page: a site's address was given, or a block or challenge page came back.
    #[error(
        "This is a web page, not a feed. Give the address of the page's feed (RSS, Atom or JSON ParsedFeed); if the address \
         is right, the publisher is answering with an error or a check for robots."
    )]
    Html,
    /// It is something else altogether.
    #[error("This is not a feed: {found}. Give the address of an RSS, Atom or JSON ParsedFeed.")]
    NotAFeed {
        /// What it begins with.
        found: String,
    },
    /// It begins as a feed and cannot be read.
    #[error(
        "The feed is broken at line {line}: {reason}. Nothing of it could be read; it is worth trying again later."
    )]
    Malformed {
        /// Line of the fault, from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
}

/// Reads a feed from the bytes of a response, whose `Content-Type` header and final address may be known.
pub fn parse(bytes: &[u8], content_type: Option<&str>, base_url: Option<&str>) -> Result<ParsedFeed, FeedParseError> {
    let text = charset::decode(bytes, content_type);
    let blank = |c: char| c.is_whitespace() || c.is_control() || c == '\u{FEFF}';
    let body = text.trim_matches(blank);
    let Some(first) = body.chars().next() else {
        return Err(FeedParseError::Empty);
    };
    let base = base_url.and_then(|url| Url::parse(url.trim()).ok());
    // Lines are counted from the document's first one, even though leading blank ones are cut off.
    let lead = text[..text.len() - text.trim_start_matches(blank).len()].matches('\n').count();
    match first {
        '{' | '[' => from_json(body, lead, base.as_ref()),
        _ => from_xml(body, lead, base.as_ref()),
    }
}

/// A reader that makes up no ids.
fn reader() -> Parser {
    Builder::new().id_generator(|_, _, _| String::new()).sanitize_content(false).build()
}

fn from_xml(text: &str, lead: usize, base: Option<&Url>) -> Result<ParsedFeed, FeedParseError> {
    let mut repaired = repair(text).map_err(|fault| match fault {
        NoFeed::Html => FeedParseError::Html,
        NoFeed::Root(Some(name)) => FeedParseError::NotAFeed { found: format!("it is XML that begins with <{name}>") },
        NoFeed::Root(None) => FeedParseError::NotAFeed { found: "it holds no XML and no JSON".into() },
        NoFeed::CutOff(line) => {
            FeedParseError::Malformed { line: line + lead, reason: "it breaks off before its first entry".into() }
        }
    })?;
    let mut skipped: Vec<String> = Vec::new();
    if let Some((number, line)) = repaired.cut {
        skipped.push(format!("Entry {number} (line {}) and all after it: the feed holds too many.", line + lead));
    }
    let read = match reader().parse(repaired.document()) {
        Ok(read) if read.entries.len() == repaired.entries.len() => read,
        _ => salvage(&mut repaired, lead, &mut skipped)?,
    };
    let entries = repaired.entries.into_iter().map(|piece| piece.stated);
    Ok(ParsedFeed { rhythm: repaired.rhythm, skipped, ..convert(read, repaired.stated, entries, base) })
}

/// Reads each entry in a document of its own; those that cannot be read are taken out and named in `skipped`.
fn salvage(repaired: &mut Repaired, lead: usize, skipped: &mut Vec<String>) -> Result<reader::Feed, FeedParseError> {
    let mut whole = reader().parse(repaired.without_entries()).map_err(malformed)?;
    let mut sound = Vec::new();
    for piece in std::mem::take(&mut repaired.entries) {
        match reader().parse(repaired.alone(&piece)) {
            Ok(read) if read.entries.len() == 1 => {
                whole.entries.extend(read.entries);
                sound.push(piece);
            }
            Ok(_) => skipped.push(format!("Entry {} (line {}) says nothing.", piece.number, piece.line + lead)),
            Err(error) => skipped.push(format!("Entry {} (line {}): {error}.", piece.number, piece.line + lead)),
        }
    }
    repaired.entries = sound;
    Ok(whole)
}

/// A fault in what we made ourselves, which has no line in the publisher's document.
fn malformed(error: ParseFeedError) -> FeedParseError {
    FeedParseError::Malformed { line: 1, reason: error.to_string() }
}

fn from_json(text: &str, lead: usize, base: Option<&Url>) -> Result<ParsedFeed, FeedParseError> {
    // Only the first value counts: some servers append comments or a second document.
    let first = serde_json::Deserializer::from_str(text).into_iter::<Value>().next();
    let value = match first {
        Some(Ok(value)) => value,
        Some(Err(error)) => {
            return Err(FeedParseError::Malformed { line: error.line() + lead, reason: error.to_string() });
        }
        None => return Err(FeedParseError::Empty),
    };
    let Some(items) = value.get("items").and_then(Value::as_array) else {
        return Err(FeedParseError::NotAFeed { found: "it is JSON without a list of `items`".into() });
    };

    let mut skipped = Vec::new();
    let mut sound = Vec::new();
    let feed = value.as_object().map(|feed| stated_of(feed, &["home_page_url"])).unwrap_or_default();
    let mut stated = Vec::new();
    for (at, item) in items.iter().enumerate() {
        match item.as_object() {
            Some(item) => {
                sound.push(sound_item(item));
                let mut said = stated_of(item, &["url", "external_url"]);
                if said.authors.is_empty() {
                    // The format's own rule: the feed's authors have written what names no others.
                    said.authors.clone_from(&feed.authors);
                }
                stated.push(said);
            }
            None => skipped.push(format!("Entry {} is not a JSON object.", at + 1)),
        }
    }
    let document = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": value.get("title").and_then(text_of).unwrap_or_default(),
        "items": sound,
    });
    let read = reader().parse(document.to_string().as_bytes()).map_err(malformed)?;
    Ok(ParsedFeed { skipped, ..convert(read, feed, stated.into_iter(), base) })
}

/// A value as text: publishers write ids as numbers.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The item's id and texts, each of the type that the reader insists on.
fn sound_item(item: &Map<String, Value>) -> Value {
    const FIELDS: [&str; 5] = ["id", "title", "content_html", "content_text", "summary"];
    let texts = FIELDS.into_iter().filter_map(|field| Some((field, item.get(field).and_then(text_of)?)));
    let stated = texts.filter(|(_, text)| !text.trim().is_empty());
    Value::Object(stated.map(|(field, text)| (field.to_owned(), Value::String(text))).collect())
}

/// What a JSON feed or item states besides; the address stands in the first of `addresses` that has a web address.
fn stated_of(value: &Map<String, Value>, addresses: &[&str]) -> Stated {
    let text = |field: &str| value.get(field).and_then(text_of);
    let date = |field| text(field).and_then(|text| date::parse(&text));
    let is_address = |text: &String| match Url::parse(text.trim()) {
        Ok(url) => is_web(&url),
        Err(error) => error == url::ParseError::RelativeUrlWithoutBase && !text.trim().is_empty(),
    };
    let listed = value.get("authors").and_then(Value::as_array).into_iter().flatten();
    let authors = value.get("author").into_iter().chain(listed);
    let names = authors.filter_map(|author| author.get("name").or(Some(author)).and_then(text_of));
    Stated {
        address: addresses.iter().filter_map(|field| text(field)).find(is_address),
        base: None,
        published: date("date_published"),
        updated: date("date_modified"),
        authors: names.filter_map(|name| person(&name)).collect(),
        language: text("language").and_then(|tag| language(&tag)),
    }
}

/// Puts together what the reader read and what is stated besides, by the feed and by each of its entries; no more than
/// that.
fn convert(read: reader::Feed, feed: Stated, entries: impl Iterator<Item = Stated>, base: Option<&Url>) -> ParsedFeed {
    let base = based(base, feed.base.as_deref());
    let home = feed.address.and_then(|address| absolute(&address, base.as_deref()));
    // Addresses within a feed of unknown address are relative to its site at best.
    let base = base.or_else(|| home.as_deref().and_then(|home| Url::parse(home).ok()).map(Cow::Owned));
    let language = feed.language;
    let entries = read.entries.into_iter().zip(entries);
    let entries = entries.map(|(read, stated)| convert_entry(read, stated, language.as_deref(), base.as_deref()));
    let entries = entries.collect();
    let title = read.title.map(|title| plain_line(&text_html(title))).filter(|title| !title.is_empty());
    ParsedFeed { title, home, language, entries, ..ParsedFeed::default() }
}

fn convert_entry(read: reader::Entry, stated: Stated, feed_language: Option<&str>, base: Option<&Url>) -> Entry {
    let base = based(base, stated.base.as_deref());
    let content = read.content.and_then(content_html).filter(|html| !html.trim().is_empty());
    let html = content.or_else(|| read.summary.map(text_html)).unwrap_or_default();
    let mut authors: Vec<String> = Vec::new();
    for name in stated.authors {
        let name = person(&plain_line(&name)).unwrap_or_default();
        if !name.is_empty() && !authors.contains(&name) {
            authors.push(name);
        }
    }
    Entry {
        url: stated.address.and_then(|address| absolute(&address, base.as_deref())),
        guid: Some(read.id.trim().to_owned()).filter(|guid| !guid.is_empty()),
        title: read.title.map(|title| plain_line(&text_html(title))).unwrap_or_default(),
        html,
        published: stated.published.map(|date| Timestamp::from(date.at)),
        updated: stated.updated.map(|date| Timestamp::from(date.at)),
        zoneless: stated.published.or(stated.updated).is_some_and(|date| date.zoneless),
        authors,
        language: stated.language.or_else(|| feed_language.map(str::to_owned)),
    }
}

/// What addresses are relative to within an element that names a base of its own.
fn based<'a>(outer: Option<&'a Url>, own: Option<&str>) -> Option<Cow<'a, Url>> {
    let joined = own.and_then(|own| match Url::parse(own.trim()) {
        Ok(url) => Some(url),
        Err(url::ParseError::RelativeUrlWithoutBase) => outer?.join(own.trim()).ok(),
        // A base that is no address is none.
        Err(_) => None,
    });
    joined.map(Cow::Owned).or(outer.map(Cow::Borrowed))
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// A web address, resolved against `base` if it is relative; `None` for what is no web address.
fn absolute(href: &str, base: Option<&Url>) -> Option<String> {
    let href = href.trim();
    if href.is_empty() {
        return None;
    }
    let url = match (Url::parse(href), base) {
        (Ok(url), _) => url,
        (Err(url::ParseError::RelativeUrlWithoutBase), Some(base)) => base.join(href).ok()?,
        _ => return None,
    };
    is_web(&url).then(|| url.into())
}

fn text_html(text: reader::Text) -> String {
    let plain = text.content_type.as_str() == "text/plain";
    as_html(text.content, plain)
}

fn content_html(content: reader::Content) -> Option<String> {
    let plain = content.content_type.as_str() == "text/plain";
    Some(as_html(content.body?, plain))
}

/// Text that its feed calls plain as HTML. Many feeds put HTML there without saying so: what has tags or entities is
/// taken as that, anything else is escaped.
fn as_html(text: String, plain: bool) -> String {
    let tag = |at: usize| {
        let after = text[at + 1..].trim_start_matches('/');
        after.starts_with(|c: char| c.is_ascii_alphabetic()) && after.contains('>')
    };
    let entity = |at: usize| ceasewire_articles::markup::reference(&text[at..]).is_some();
    let first_tag = || text.find('<').is_some_and(tag);
    if !plain || first_tag() || text.find('&').is_some_and(entity) { text } else { escape(&text) }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn an_rss_entry_is_taken_over_as_stated() {
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
    fn an_atom_entry_is_taken_over_as_stated() {
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
    fn a_json_feed_is_read_with_ids_that_are_numbers_and_items_that_are_none() {
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
    fn markup_that_is_not_escaped_is_kept() {
        let feed = read(&rss("<item><description>One <p>two</p> three &amp; four</description></item>"));
        assert_eq!(ceasewire_articles::clean::plain_text(&feed.entries[0].html), "One\ntwo\nthree & four");
    }

    #[test]
    fn what_is_no_feed_is_said_clearly() {
        let fault =
            |text: &str| parse(text.as_bytes(), Some("application/rss+xml"), None).map(|_| ()).expect_err("no feed");
        assert_eq!(fault(" \n\u{FEFF} "), FeedParseError::Empty);
        assert_eq!(fault("<!DOCTYPE html><html><title>Just a moment…</title></html>"), FeedParseError::Html);
        assert_eq!(
            fault("<opml version='2.0'/>").to_string(),
            "This is not a feed: it is XML that begins with <opml>. \
            Give the address of an RSS, Atom or JSON ParsedFeed."
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
