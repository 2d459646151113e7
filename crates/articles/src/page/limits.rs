//! Limits: reduces a page to balanced markup of bounded depth and size.
//!
//! A tree builder takes time in proportion to tags times depth, and walks of trees recurse, so a hostile page must be
//! cut before. The tree of the result is at most [`MAX_DEPTH`] elements deep, beside implied ones. This file must not
//! know
//! articles.

use std::borrow::Cow;

use crate::markup::{MarkupKind, MarkupToken, Scanner, escape, find_end_tag};

/// Depth of nested elements; deeper ones lose their tags, not their text.
const MAX_DEPTH: usize = 128;

/// Start tags of a page; the longest pages of an encyclopedia have 10,000.
const MAX_TAGS: usize = 12_000;

/// Sum of the depths of all tags: the cost of walking up from each of them.
const MAX_DEPTH_SUM: usize = 400_000;

/// Bytes of markup without scripts and styles; the largest real pages have one megabyte.
const MAX_BYTES: usize = 1 << 20;

/// Bytes of text within the markup: the length of a book.
const MAX_TEXT_BYTES: usize = 300_000;

/// Bytes of a page's source, scripts included; the largest real pages have two megabytes.
const MAX_SOURCE_BYTES: usize = 4 << 20;

/// Elements dropped with their content, which is invisible or no text.
const DROPPED: &[&str] = &[
    "applet", "audio", "canvas", "embed", "iframe", "math", "noembed", "noframes", "noscript", "object", "option",
    "script", "select", "style", "svg", "template", "textarea", "video",
];

/// Elements without content and end tag.
const VOID: &[&str] =
    &["area", "base", "br", "col", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Elements with an optional end tag: the next start tag closes an open one, unless a shield (second list) lies
/// between.
const IMPLIED_END: &[(&str, &[&str])] = &[
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

/// Elements that only change the look of words. They become `<span>`, since a tree builder reopens each unclosed one in
/// every later paragraph.
const FORMATTING: &[&str] =
    &["b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u", "marquee", "math"];

/// Attributes that later steps read.
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

/// Bytes of an attribute's value.
const MAX_VALUE_BYTES: usize = 1000;

/// Elements that an end tag inside them cannot close beyond.
const SCOPES: &[&str] = &["table", "td", "th", "caption"];

/// Truncates the source of a page to `MAX_SOURCE_BYTES`.
pub(super) fn truncate_source(html: &str) -> &str {
    truncate(html, MAX_SOURCE_BYTES)
}

/// Balances the tags of a page, bounds their number, depth and length, and drops scripts and the like.
pub(super) fn bound_markup(html: &str) -> String {
    let mut page =
        MarkupBalancer { out: String::with_capacity(html.len().min(MAX_BYTES)), ..MarkupBalancer::default() };
    let mut scanner = Scanner::new(html);
    let mut unclosed: Vec<String> = Vec::new();
    while let Some(token) = scanner.next() {
        if page.tags > MAX_TAGS
            || page.depth_sum > MAX_DEPTH_SUM
            || page.out.len() > MAX_BYTES
            || page.text_bytes > MAX_TEXT_BYTES
        {
            break;
        }
        match token.kind {
            MarkupKind::Text => page.push_text(token.source(html)),
            MarkupKind::Cdata => page.push_text(&escape(truncate(token.content(html), MAX_TEXT_BYTES))),
            MarkupKind::Other => {}
            MarkupKind::Open | MarkupKind::Empty | MarkupKind::Close => {
                let name = token.name(html).to_ascii_lowercase();
                let name = if name == "noscript" { noscript_substitute(html, &token).to_owned() } else { name };
                if DROPPED.contains(&name.as_str()) {
                    if token.kind == MarkupKind::Open && !unclosed.contains(&name) {
                        match find_end_tag(html, token.end, &name) {
                            Some(end) => scanner.seek(end),
                            // Each element is searched in vain only once, which keeps the time linear.
                            None => unclosed.push(name),
                        }
                    }
                    continue;
                }
                if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
                    continue;
                }
                match token.kind {
                    MarkupKind::Close => page.push_end_tag(&name),
                    _ => page.push_start_tag(&name, &token, html),
                }
            }
        }
    }
    page.finish()
}

/// Returns the element that replaces `<noscript>`: most hold a picture or an error message, some the article.
fn noscript_substitute(html: &str, token: &MarkupToken) -> &'static str {
    /// An error message is shorter.
    const MIN_ARTICLE_BYTES: usize = 1500;
    let near = truncate(html.get(token.end..).unwrap_or_default(), MIN_ARTICLE_BYTES);
    if token.kind == MarkupKind::Open && near.len() == MIN_ARTICLE_BYTES && !near.contains("</noscript") {
        "div"
    } else {
        "span"
    }
}

/// Truncates a text to at most `max_bytes`.
pub(super) fn truncate(text: &str, max_bytes: usize) -> &str {
    &text[..text.floor_char_boundary(max_bytes)]
}

/// Writes markup and closes every element, in order.
#[derive(Default)]
struct MarkupBalancer {
    out: String,
    /// Names of open elements, the outermost first.
    open: Vec<String>,
    /// Open elements below `MAX_DEPTH`, whose tags are omitted.
    omitted: usize,
    tags: usize,
    depth_sum: usize,
    text_bytes: usize,
}

impl MarkupBalancer {
    fn push_start_tag(&mut self, name: &str, token: &MarkupToken, html: &str) {
        if VOID.contains(&name) {
            self.write_tag(name, token, html);
            return;
        }
        if let Some((_, shields)) = IMPLIED_END.iter().find(|(implied, _)| *implied == name) {
            self.close_implied(name, shields);
        }
        if matches!(name, "td" | "th") {
            self.close_implied("td", &["table"]);
            self.close_implied("th", &["table"]);
        }
        let name = match name {
            name if FORMATTING.contains(&name) => "span",
            // A link within a link means that the outer one lost its end tag; an anchor without an address is no link.
            "a" if token.attribute(html, "href").is_none() || !self.close_link() => "span",
            name => name,
        };
        if token.kind == MarkupKind::Empty && name != "p" {
            // HTML has no `<div/>`, but pages mean an empty element by it.
            return;
        }
        if self.omitted > 0 || self.open.len() >= MAX_DEPTH {
            self.omitted += 1;
            // It counts as a tag: a page of nothing but deep elements must end too.
            self.tags += 1;
            return;
        }
        self.write_tag(name, token, html);
        self.open.push(name.to_owned());
    }

    /// Closes the open link if only formatting is open within it; returns whether no link is open now.
    fn close_link(&mut self) -> bool {
        match self.open.iter().rposition(|open| open == "a") {
            None => true,
            Some(depth) if self.open[depth + 1..].iter().all(|open| open == "span") => {
                self.close_to(depth);
                true
            }
            Some(_) => false,
        }
    }

    /// Closes the open element `name`, whose end tag the next start tag implies. An element of `shields` protects the
    /// ones outside of it.
    fn close_implied(&mut self, name: &str, shields: &[&str]) {
        let protects = |open: &String| {
            if name == "p" { !matches!(open.as_str(), "span" | "a" | "p") } else { shields.contains(&open.as_str()) }
        };
        let limit = self.open.iter().rposition(protects).map_or(0, |depth| depth + 1);
        if let Some(depth) = self.open[limit..].iter().rposition(|open| open == name) {
            self.close_to(limit + depth);
        }
    }

    fn push_end_tag(&mut self, name: &str) {
        if self.omitted > 0 {
            self.omitted -= 1;
            return;
        }
        if name == "br" {
            self.out.push_str("<br>");
            return;
        }
        let name = if FORMATTING.contains(&name) { "span" } else { name };
        let is_scope = |open: &String| {
            SCOPES.contains(&open.as_str()) && !matches!(name, "table" | "tr" | "tbody" | "thead" | "tfoot")
        };
        let limit = self.open.iter().rposition(is_scope).unwrap_or(0);
        // An end tag of formatting closes no block.
        let found = match name {
            "span" => self.open[limit..]
                .iter()
                .rposition(|open| !matches!(open.as_str(), "a"))
                .filter(|depth| self.open[limit + depth] == "span"),
            _ => self.open[limit..].iter().rposition(|open| open == name),
        };
        if let Some(depth) = found {
            self.close_to(limit + depth);
        } else if name == "a" {
            // `push_start_tag` wrote the anchor as a `<span>`.
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

    fn push_text(&mut self, text: &str) {
        let text = truncate(text, MAX_TEXT_BYTES + 1 - self.text_bytes.min(MAX_TEXT_BYTES + 1));
        self.out.push_str(text);
        self.text_bytes += text.len();
    }

    fn write_tag(&mut self, name: &str, token: &MarkupToken, html: &str) {
        self.tags += 1;
        self.depth_sum += self.open.len();
        self.out.push('<');
        self.out.push_str(name);
        for (key, value) in token.attributes(html).take(40) {
            let key = key.to_ascii_lowercase();
            if ATTRIBUTES.contains(&key.as_str()) {
                let value: Cow<str> = if value.len() > MAX_VALUE_BYTES {
                    Cow::Borrowed(truncate(&value, MAX_VALUE_BYTES))
                } else {
                    value
                };
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
    fn unclosed_tags_are_balanced() {
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
            assert_eq!(bound_markup(html), balanced, "{html}");
        }
        let article = "words of an article ".repeat(100);
        assert!(bound_markup(&format!("<noscript><p>{article}</p></noscript>")).starts_with("<div><p>words"));
    }

    #[test]
    fn a_hostile_page_stays_within_the_limits() {
        /// Elements that HTML implies within each element: a body of a table, a paragraph, a row, a cell.
        const IMPLIED_PER_ELEMENT: usize = 5;
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
            let bounded = bound_markup(&html);
            assert!(bounded.len() <= MAX_BYTES + MAX_TEXT_BYTES + 200 * MAX_DEPTH, "{unit}: {} bytes", bounded.len());
            assert!(bounded.matches('<').count() <= 2 * (MAX_TAGS + MAX_DEPTH) + MAX_TEXT_BYTES, "{unit}");
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
            assert!(deepest <= IMPLIED_PER_ELEMENT * MAX_DEPTH, "{unit}: {deepest} deep");
        }
    }
}
