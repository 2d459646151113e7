//! Owns bodies that a hostile publisher may send: shapes of any size, for the tests of time and memory.

use ceasewire_articles::{clean, page};
use ceasewire_feeds::budget::FeedBudget;
use ceasewire_feeds::{discover, opml, parse};
use url::Url;

/// The parser that a shape is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParserKind {
    Feed,
    Opml,
    /// A web page in place of a feed.
    Site,
    /// The page of an article.
    Article,
    /// The HTML of an entry.
    EntryText,
}

/// A body of any size: a beginning, a piece that repeats, and an end.
#[derive(Clone, Copy, Debug)]
pub struct HostileShape {
    pub parser: ParserKind,
    head: &'static str,
    /// `@` stands for the number of the repetition.
    unit: &'static str,
    tail: &'static str,
}

/// The shapes: each once made a parser slow or large, or tried to.
pub const SHAPES: &[HostileShape] = &[
    feed(r#"{"items":[{"title":"A"}"#, r#",{"title":"@"}"#, "]}"),
    feed(r#"{"items":[{"title":"A"}"#, ",1", "]}"),
    feed(r#"{"items":[{"authors":["A""#, r#",{"name":"N@"}"#, "]}]}"),
    feed(r#"{"items":[{"authors":["A""#, r#","A""#, "]}]}"),
    feed(r#"{"authors":["A","B","C"],"items":["#, r#"{"id":"@"},"#, "1]}"),
    feed(r#"{"items":[{"title":""#, r"\u0041", r#""}]}"#),
    feed(r#"{"items":[{"tags":["#, "[", ""),
    feed(r#"{"items":[{"#, r#""k@":1,"#, r#""title":"A"}]}"#),
    feed(r#"{"#, r#""items":[{"title":"A"}],"#, r#""title":"A"}"#),
    feed("<rss><channel>", "<item/>", "</channel></rss>"),
    feed("<rss><channel><item>", "<dc:creator>N@</dc:creator>", "</item></channel></rss>"),
    feed("<rss><channel><item>", "<category>@</category><link>/@</link>", "</item></channel></rss>"),
    feed("<rss><channel><item>", "<enclosure url='/@'/>", "</item></channel></rss>"),
    feed("<rss><channel><item><description>", "&amp;", "</description></item></channel></rss>"),
    feed("<rss><channel><item><description>", "&", "</description></item></channel></rss>"),
    feed("<rss><channel><item><title>", "&#x1F600;", "</title></item></channel></rss>"),
    feed("<rss><channel><item><author>", "a bc ", "</author></item></channel></rss>"),
    feed("<rss><channel>", "<a", ""),
    feed("<rss><channel>", "<", ""),
    feed("<rss><channel>", "<a>", "</channel></rss>"),
    feed("<rss><channel>", "<a@>", "</b></channel></rss>"),
    feed("<rss><channel>", "<item><title>A", ""),
    feed("<rss><channel>", "<item xml:base='https://a.example/' xml:lang='en'>", ""),
    feed("<rss><channel><item ", "a@='b' ", "/></channel></rss>"),
    feed("<rss><channel>", "<x xmlns:n@='http://purl.org/dc/'/>", "</channel></rss>"),
    feed("<rss><channel><title a='", "x", "'>A</title></channel></rss>"),
    feed("<rss><channel><skipHours>", "<hour>1</hour>", "</skipHours></channel></rss>"),
    feed("<feed>", "<entry><content>", "</content></entry></feed>"),
    feed("<rss><channel><item>", "<![CDATA[", ""),
    feed("<!DOCTYPE rss [", "<!ENTITY a@ 'b'>", "]><rss><channel><item/></channel></rss>"),
    feed("\u{FEFF}<rss><channel><item><title>", "Ð\u{9c}Ð¸", "</title></item></channel></rss>"),
    opml("<opml><body>", "<outline title='a' xmlUrl='x'/>\n", "</body></opml>"),
    opml("<opml><body>", "<outline xmlUrl='https://a.example/@'/>", "</body></opml>"),
    opml("<opml><body>", "<outline>", ""),
    opml("<opml><body><outline ", "a@='b' ", "/></body></opml>"),
    feed("<rss><channel><ttl>", "1", "</ttl><item><pubDate>1</pubDate></item></channel></rss>"),
    site("<a href='/rss@'>RSS</a>"),
    site("<link rel=alternate type=application/rss+xml href='/@'>"),
    site("<noscript><p>"),
    site("<script>"),
    site("</scrip"),
    article("<p>Word @ of it.</p>"),
    article("<div>"),
    article("<noscript>"),
    article("<script type='application/ld+json'>{\"\\u0040type\":\"Article\",\"headline\":\"@\"}</script>"),
    article("<meta name='author' content='A@'>"),
    HostileShape { tail: "1]</script>", ..article_with("<script type='application/ld+json'>[", "{\"a\":0},") },
    HostileShape { tail: "' content='An address, a title or a few words'>", ..article_with("<meta name='", "a ") },
    article("<table><tr><td>"),
    article("<a href='/@'>link</a> "),
    text("<b>Read:</b> <a>x</a> "),
    text("<p>Word @ of it.</p>"),
    text("&amp;lt;p&amp;gt;"),
    text("<script>"),
    text("<a><p>x"),
    text("a\n\n"),
];

const fn feed(head: &'static str, unit: &'static str, tail: &'static str) -> HostileShape {
    HostileShape { parser: ParserKind::Feed, head, unit, tail }
}

const fn opml(head: &'static str, unit: &'static str, tail: &'static str) -> HostileShape {
    HostileShape { parser: ParserKind::Opml, head, unit, tail }
}

const fn site(unit: &'static str) -> HostileShape {
    HostileShape { parser: ParserKind::Site, head: "<html>", unit, tail: "" }
}

const fn article(unit: &'static str) -> HostileShape {
    article_with("<html><body>", unit)
}

const fn article_with(head: &'static str, unit: &'static str) -> HostileShape {
    HostileShape { parser: ParserKind::Article, head, unit, tail: "" }
}

const fn text(unit: &'static str) -> HostileShape {
    HostileShape { parser: ParserKind::EntryText, head: "", unit, tail: "" }
}

/// The defaults of an operator's feed, with time for a build without optimisation.
const BUDGET: FeedBudget =
    FeedBudget { max_entries: 5000, max_entry_bytes: 1_000_000, max_authors: 50, parse_ms: 60_000 };

impl HostileShape {
    /// Names the shape by its beginning and its piece.
    pub fn name(&self) -> String {
        format!("{:?} {}{}…", self.parser, self.head, self.unit)
    }

    /// Makes a body of about `bytes`.
    pub fn body(&self, bytes: usize) -> String {
        let mut body = String::with_capacity(bytes + 100);
        body.push_str(self.head);
        for number in 0_usize.. {
            if body.len() + self.tail.len() >= bytes {
                break;
            }
            for (place, part) in self.unit.split('@').enumerate() {
                if place > 0 {
                    body.push_str(&number.to_string());
                }
                body.push_str(part);
            }
        }
        body.push_str(self.tail);
        body
    }

    /// Parses a body.
    pub fn parse(&self, body: &str) {
        let url = "https://news.example/feed";
        match self.parser {
            ParserKind::Feed => drop(parse::parse(body.as_bytes(), None, Some(url), &BUDGET)),
            ParserKind::Opml => drop(opml::read(body.as_bytes())),
            ParserKind::Site => drop(discover::inspect_page(body, &Url::parse(url).expect("an address"))),
            ParserKind::Article => drop(page::extract(body, Some(url))),
            // The feed's parser has cut it.
            ParserKind::EntryText => drop(clean::plain_text(&body[..body.floor_char_boundary(BUDGET.max_entry_bytes)])),
        }
    }
}
