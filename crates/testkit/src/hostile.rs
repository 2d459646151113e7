//! Owns bodies that a hostile publisher may send: shapes of any size, for the tests of time and memory.

use ceasewire_articles::{clean, page};
use ceasewire_feeds::budget::FeedBudget;
use ceasewire_feeds::fetch::check_headers;
use ceasewire_feeds::{discover, opml, parse};
use ceasewire_rules::Index;
use ceasewire_stories::summary::summarise_article;
use ceasewire_text::{Analysis, Doc};
use url::Url;

use crate::checks::event_extractor;
use crate::encoder::tiny_encoder;

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
    /// The lines of an answer's headers.
    Headers,
    /// The text of an article: its words, sentences and summary.
    Words,
    /// The text of an article: its events.
    Events,
    /// A rule of a chat.
    Rule,
    /// The text of an article for the encoder.
    Vector,
}

impl ParserKind {
    /// The shortest body of a growth. Rules and texts for the encoder are cut at a few thousand characters.
    pub fn base_bytes(self) -> usize {
        match self {
            Self::Rule | Self::Vector => 500,
            Self::Events => 4 << 10,
            Self::Words => 8 << 10,
            _ => 32 << 10,
        }
    }
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

/// Texts that other readers have cut to size.
pub const TEXTS: &[HostileShape] = &[
    piece(ParserKind::Headers, "Retry-After: @\n"),
    piece(ParserKind::Headers, "X-@: a\n"),
    HostileShape { head: "Cache-Control: ", ..piece(ParserKind::Headers, "max-age=1, ") },
    HostileShape { head: "ETag: ", ..piece(ParserKind::Headers, "W/\"") },
    piece(ParserKind::Words, "a "),
    piece(ParserKind::Words, "w@ "),
    piece(ParserKind::Words, "a"),
    piece(ParserKind::Words, "e\u{301}"),
    piece(ParserKind::Words, "\u{200C}\u{640}"),
    piece(ParserKind::Words, "1,000,"),
    piece(ParserKind::Words, "U.N."),
    piece(ParserKind::Words, "A1"),
    piece(ParserKind::Words, "\u{FDFA}"),
    piece(ParserKind::Words, "Word @ of it. "),
    piece(ParserKind::Words, "\"Yes,\" he said. "),
    piece(ParserKind::Words, "字"),
    piece(ParserKind::Words, "(«\""),
    piece(ParserKind::Events, "Shelling of Moscow killed @ soldiers. "),
    piece(ParserKind::Events, "Shelling of Moscow killed 5 soldiers. "),
    piece(ParserKind::Events, "killed "),
    piece(ParserKind::Events, "5 killed, "),
    piece(ParserKind::Events, "killed 5 and "),
    piece(ParserKind::Events, "Lavrov will meet Lavrov in Moscow on Friday. "),
    piece(ParserKind::Events, "Lavrov, Moscow and "),
    piece(ParserKind::Events, "Armenian foreign minister said the ceasefire "),
    piece(ParserKind::Events, "ceasefire (\"not "),
    piece(ParserKind::Events, "21 May 2020 "),
    piece(ParserKind::Events, "перемирие в Москва. "),
    piece(ParserKind::Rule, "a@ OR "),
    piece(ParserKind::Rule, "w@ "),
    piece(ParserKind::Rule, "("),
    piece(ParserKind::Rule, "-"),
    piece(ParserKind::Rule, "\"a "),
    piece(ParserKind::Rule, "a NEAR/3 "),
    piece(ParserKind::Rule, "title:("),
    piece(ParserKind::Rule, "/(a|b@)*c/ "),
    piece(ParserKind::Rule, "lang:fr,"),
    piece(ParserKind::Rule, "a*|"),
    piece(ParserKind::Rule, "OR "),
    piece(ParserKind::Vector, "a"),
    piece(ParserKind::Vector, " a"),
    piece(ParserKind::Vector, "\u{FDFA}"),
    piece(ParserKind::Vector, "…"),
    piece(ParserKind::Vector, "字 "),
];

const fn piece(parser: ParserKind, unit: &'static str) -> HostileShape {
    HostileShape { parser, head: "", unit, tail: "" }
}

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
            ParserKind::Headers => check_headers(body.as_bytes()),
            ParserKind::Words => {
                for analysis in [Analysis::Full, Analysis::Plain] {
                    drop(Doc::with(analysis, "", body).in_language(Some("en")));
                }
                drop(summarise_article("A title", body, Some("en"), 3));
            }
            ParserKind::Events => drop(event_extractor().extract("", body, Some("en"), None)),
            ParserKind::Rule => {
                if let Ok(rule) = ceasewire_rules::parse(body) {
                    let mut index = Index::new(Analysis::Full);
                    index.insert(&rule, 0);
                    index.matches(&Doc::new("A title", "a b c"));
                    drop(rule.to_string());
                }
            }
            ParserKind::Vector => drop(tiny_encoder().encode(body)),
            // The feed's parser has cut it.
            ParserKind::EntryText => drop(clean::plain_text(&body[..body.floor_char_boundary(BUDGET.max_entry_bytes)])),
        }
    }
}
