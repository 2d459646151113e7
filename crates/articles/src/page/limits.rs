//! A page within bounds: the markup that an article can be in, balanced, of limited depth and size.
//!
//! A tree builder takes time in proportion to tags times depth, and tools walk trees recursively; nobody promises that for
//! a stranger's page. What comes out of here is nested properly, so that the tree is no deeper than [`DEPTH`] elements
//! and what HTML implies between them. It must not know what an article is.

use std::borrow::Cow;

use super::super::clean::end_tag;
use super::super::markup::{Kind, Scanner, Token, escape};

/// Elements within elements; what stands deeper loses its tags, not its text.
const DEPTH: usize = 128;

/// Start tags that are kept; an encyclopedia's longest pages have 10,000.
const TAGS: usize = 12_000;

/// The sum of the depths of all tags: what walking up from each of them costs.
const WORK: usize = 400_000;

/// Bytes of markup that are kept, without scripts and styles; the largest real pages have one megabyte.
const BYTES: usize = 1 << 20;

/// Bytes of text among them: a book.
const TEXT: usize = 300_000;

/// Bytes of a page that are looked at at all, scripts included; the largest real pages have two megabytes.
const SOURCE: usize = 4 << 20;

/// Elements that go with all they hold: no reader sees it, or it is no text.
const DROPPED: &[&str] = &[
    "applet", "audio", "canvas", "embed", "iframe", "math", "noembed", "noframes", "noscript", "object", "option",
    "script", "select", "style", "svg", "template", "textarea", "video",
];

/// Elements without content.
const VOID: &[&str] =
    &["area", "base", "br", "col", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Elements whose end tag may be missing, and those that they do not reach out of.
const IMPLIED: &[(&str, &[&str])] = &[
    ("p", &[]),
    ("li", &["ul", "ol"]),
    ("dt", &["dl"]),
    ("dd", &["dl"]),
    ("tr", &["table"]),
    ("tbody", &["table"]),
    ("thead", &["table"]),
    ("tfoot", &["table"]),
    ("colgroup", &["table"]),
];

/// Elements that only change how words look. As `<span>` they say the same to a reader of text, while a tree builder
/// would open each unclosed one again in every paragraph that follows.
const FORMATTING: &[&str] =
    &["b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u", "marquee", "math"];

/// The attributes that say what an element is.
const ATTRIBUTES: &[&str] = &[
    "alt",
    "aria-hidden",
    "class",
    "content",
    "datetime",
    "hidden",
    "href",
    "id",
    "itemprop",
    "name",
    "property",
    "rel",
    "role",
    "src",
    "style",
    "title",
];

/// Longer values say nothing about what an element is.
const VALUE: usize = 1000;

/// An end tag does not reach through these.
const SCOPES: &[&str] = &["table", "td", "th", "caption"];

/// As much of a page as is looked at.
pub(super) fn beginning(html: &str) -> &str {
    cut(html, SOURCE)
}

/// The page without scripts and the like, its tags balanced and bounded in number, depth and length.
pub(super) fn bounded(html: &str) -> String {
    let mut page = Balanced { out: String::with_capacity(html.len().min(BYTES)), ..Balanced::default() };
    let mut scanner = Scanner::new(html);
    let mut hopeless: Vec<String> = Vec::new();
    while let Some(token) = scanner.next() {
        if page.tags > TAGS || page.work > WORK || page.out.len() > BYTES || page.text > TEXT {
            break;
        }
        match token.kind {
            Kind::Text => page.text(token.source(html)),
            Kind::Cdata => page.text(&escape(cut(token.content(html), TEXT))),
            Kind::Other => {}
            Kind::Open | Kind::Empty | Kind::Close => {
                let name = token.name(html).to_ascii_lowercase();
                let name = if name == "noscript" { noscript(html, &token).to_owned() } else { name };
                if DROPPED.contains(&name.as_str()) {
                    if token.kind == Kind::Open && !hopeless.contains(&name) {
                        match end_tag(html, token.end, &name) {
                            Some(end) => scanner.seek(end),
                            // Looked for once, it need not be looked for again.
                            None => hopeless.push(name),
                        }
                    }
                    continue;
                }
                if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
                    continue;
                }
                match token.kind {
                    Kind::Close => page.close(&name),
                    _ => page.open(&name, &token, html),
                }
            }
        }
    }
    page.finish()
}

/// What `<noscript>` counts as: most hold a picture or a complaint, some the article.
fn noscript(html: &str, token: &Token) -> &'static str {
    /// A complaint is shorter.
    const ARTICLE: usize = 1500;
    let near = cut(html.get(token.end..).unwrap_or_default(), ARTICLE);
    if token.kind == Kind::Open && near.len() == ARTICLE && !near.contains("</noscript") { "div" } else { "span" }
}

/// The beginning of a text, at most so many bytes.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// Writes tags so that each one is closed, in order.
#[derive(Default)]
struct Balanced {
    out: String,
    open: Vec<String>,
    /// Open tags that lie too deep and were left out.
    left_out: usize,
    tags: usize,
    work: usize,
    text: usize,
}

impl Balanced {
    fn open(&mut self, name: &str, token: &Token, html: &str) {
        if VOID.contains(&name) {
            self.write(name, token, html);
            return;
        }
        if let Some((_, within)) = IMPLIED.iter().find(|(implied, _)| *implied == name) {
            self.close_before(name, within);
        }
        if matches!(name, "td" | "th") {
            self.close_before("td", &["table"]);
            self.close_before("th", &["table"]);
        }
        let name = match name {
            name if FORMATTING.contains(&name) => "span",
            // A link within a link is one that lost its end; an anchor without an address is no link.
            "a" if token.attribute(html, "href").is_none() || !self.end_link() => "span",
            name => name,
        };
        if token.kind == Kind::Empty && name != "p" {
            // HTML knows no `<div/>`, but who writes it means an empty element.
            return;
        }
        if self.left_out > 0 || self.open.len() >= DEPTH {
            self.left_out += 1;
            return;
        }
        self.write(name, token, html);
        self.open.push(name.to_owned());
    }

    /// Ends the link that is open, if nothing but formatting stands within it. Whether none is open any more.
    fn end_link(&mut self) -> bool {
        match self.open.iter().rposition(|open| open == "a") {
            None => true,
            Some(at) if self.open[at + 1..].iter().all(|open| open == "span") => {
                self.close_to(at);
                true
            }
            Some(_) => false,
        }
    }

    /// Closes an element of that name whose end tag is implied by the next one's beginning.
    fn close_before(&mut self, name: &str, within: &[&str]) {
        let inside = |open: &String| {
            if name == "p" { !matches!(open.as_str(), "span" | "a" | "p") } else { within.contains(&open.as_str()) }
        };
        let limit = self.open.iter().rposition(inside).map_or(0, |at| at + 1);
        if let Some(at) = self.open[limit..].iter().rposition(|open| open == name) {
            self.close_to(limit + at);
        }
    }

    fn close(&mut self, name: &str) {
        if self.left_out > 0 {
            self.left_out -= 1;
            return;
        }
        if name == "br" {
            self.out.push_str("<br>");
            return;
        }
        let name = if FORMATTING.contains(&name) { "span" } else { name };
        let scope = |open: &String| {
            SCOPES.contains(&open.as_str()) && !matches!(name, "table" | "tr" | "tbody" | "thead" | "tfoot")
        };
        let limit = self.open.iter().rposition(scope).unwrap_or(0);
        // The end of formatting ends no block.
        let found = match name {
            "span" => self.open[limit..]
                .iter()
                .rposition(|open| !matches!(open.as_str(), "a"))
                .filter(|at| self.open[limit + at] == "span"),
            _ => self.open[limit..].iter().rposition(|open| open == name),
        };
        if let Some(at) = found {
            self.close_to(limit + at);
        } else if name == "a" {
            // It was written as a `<span>`.
            if self.open.last().is_some_and(|open| open == "span") {
                self.close_to(self.open.len() - 1);
            }
        }
    }

    fn close_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            if let Some(name) = self.open.pop() {
                self.out.push_str("</");
                self.out.push_str(&name);
                self.out.push('>');
            }
        }
    }

    fn text(&mut self, text: &str) {
        let text = cut(text, TEXT + 1 - self.text.min(TEXT + 1));
        self.out.push_str(text);
        self.text += text.len();
    }

    fn write(&mut self, name: &str, token: &Token, html: &str) {
        self.tags += 1;
        self.work += self.open.len();
        self.out.push('<');
        self.out.push_str(name);
        for (key, value) in token.attributes(html).take(40) {
            let key = key.to_ascii_lowercase();
            if ATTRIBUTES.contains(&key.as_str()) {
                let value: Cow<str> = if value.len() > VALUE { Cow::Borrowed(cut(&value, VALUE)) } else { value };
                self.out.push(' ');
                self.out.push_str(&key);
                self.out.push_str("=\"");
                self.out.push_str(&escape(&value));
                self.out.push('"');
            }
        }
        self.out.push('>');
    }

    fn finish(mut self) -> String {
        self.close_to(0);
        self.out
    }
}

#[cfg(test)]
mod tests {
    use scraper::Html;

    use super::*;

    #[test]
    fn tags_come_out_balanced() {
        for (html, balanced) in [
            ("<div><p>One<p>Two</div>", "<div><p>One</p><p>Two</p></div>"),
            ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
            (
                "<table><tr><td>a<td>b<tr><td>c</table>",
                "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
            ),
            ("</div>a</p>b", "ab"),
            ("<div><table><tr><td></div>a</td></tr></table></div>", "<div><table><tr><td>a</td></tr></table></div>"),
            ("<b>a<p>b</b>c", "<span>a<p>bc</p></span>"),
            (
                "<a name=x>a<a href=y>b<a href=z>c</a>",
                "<span name=\"x\">a<a href=\"y\">b</a><a href=\"z\">c</a></span>",
            ),
            ("a<br>b<br/>c</br>d", "a<br>b<br>c<br>d"),
            ("<script>x</script><style>y</style>a<svg><p>z</p></svg>", "a"),
            ("<p onclick='x' class='a\"b'>c", "<p class=\"a&quot;b\">c</p>"),
            ("<noscript>Turn it on</noscript>", "<span>Turn it on</span>"),
        ] {
            assert_eq!(bounded(html), balanced, "{html}");
        }
        let article = "words of an article ".repeat(100);
        assert!(bounded(&format!("<noscript><p>{article}</p></noscript>")).starts_with("<div><p>words"));
    }

    #[test]
    fn no_page_is_larger_or_deeper_than_its_bounds() {
        /// What HTML implies within each element: a body of a table, a paragraph, a row, a cell.
        const IMPLIED_EACH: usize = 5;
        for unit in [
            "<div>",
            "<b>",
            "<b>x<p>",
            "<font size=1><p>",
            "<a href=x><div>",
            "<ul><li>",
            "<table><tr><td>",
            "<dl><dd>",
            "<p>",
            "<h1>",
            "<blockquote>",
            "<",
            "<a ",
            "&amp;",
            "word ",
            "<![CDATA[x",
            "<svg>",
            "<form><select>",
            "<div></p></div><span>",
            "<x-y>",
            "<div class='",
            "</table><table>",
            "<caption>",
            "<noscript>",
            "<td><table>",
            "<button><p>",
        ] {
            let html = unit.repeat(400_000 / unit.len());
            let bounded = bounded(&html);
            assert!(bounded.len() <= BYTES + TEXT + 200 * DEPTH, "{unit}: {} bytes", bounded.len());
            assert!(bounded.matches('<').count() <= 2 * (TAGS + DEPTH) + TEXT, "{unit}");
            let page = Html::parse_document(&bounded);
            let mut depth = 0_usize;
            let mut deepest = 0;
            for edge in page.tree.root().traverse() {
                match edge {
                    ego_tree::iter::Edge::Open(_) => depth += 1,
                    ego_tree::iter::Edge::Close(_) => depth -= 1,
                }
                deepest = deepest.max(depth);
            }
            assert!(deepest <= IMPLIED_EACH * DEPTH, "{unit}: {deepest} deep");
        }
    }
}
