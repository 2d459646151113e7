//! Reading of tag soup: a scanner that splits XML or HTML text into tags and text, attributes, and character entities.
//!
//! It never fails and takes time linear in the text, whatever the text is: there is no tree and no recursion. It must
//! not know what any element means.

use std::borrow::Cow;

use html_escape::NAMED_ENTITIES;
use memchr::memmem;

/// What a [`Token`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Characters between tags, entities still encoded.
    Text,
    /// A CDATA section; its content is to be taken literally.
    Cdata,
    /// A start tag.
    Open,
    /// A start tag that closes itself, such as `<br/>`.
    Empty,
    /// An end tag.
    Close,
    /// A comment, a declaration or a processing instruction.
    Other,
}

/// A piece of markup: its kind and its byte range in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it begins.
    pub start: usize,
    /// Where it ends (exclusive).
    pub end: usize,
}

impl Token {
    /// The token as it stands in `text`.
    pub fn source<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// The content of a text or CDATA token, without the section's brackets.
    pub fn content<'a>(&self, text: &'a str) -> &'a str {
        let source = self.source(text);
        match self.kind {
            Kind::Cdata => {
                let inner = source.strip_prefix(CDATA).unwrap_or(source);
                inner.strip_suffix("]]>").unwrap_or(inner)
            }
            _ => source,
        }
    }

    /// The tag's name as written, prefix included; empty for what is no tag.
    pub fn name<'a>(&self, text: &'a str) -> &'a str {
        if !matches!(self.kind, Kind::Open | Kind::Empty | Kind::Close) {
            return "";
        }
        let inner = self.source(text).trim_start_matches(['<', '/']);
        let ends = |c: char| c.is_whitespace() || matches!(c, '/' | '>' | '<');
        // Names are ASCII nearly always, and bytes are quicker to look at than characters.
        match inner.bytes().position(|byte| !byte.is_ascii() || ends(char::from(byte))) {
            Some(end) if inner.as_bytes()[end].is_ascii() => &inner[..end],
            _ => &inner[..inner.find(ends).unwrap_or(inner.len())],
        }
    }

    /// The tag's attributes as (name, value with entities decoded), in order.
    pub fn attributes<'a>(&self, text: &'a str) -> Attributes<'a> {
        let name = self.name(text);
        let source = self.source(text);
        let rest = source.strip_prefix('<').and_then(|rest| rest.strip_prefix(name)).unwrap_or_default();
        Attributes { rest: rest.strip_suffix('>').unwrap_or(rest) }
    }

    /// The value of the first attribute called `name`, entities decoded.
    pub fn attribute(&self, text: &str, name: &str) -> Option<String> {
        self.attributes(text).find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.into_owned())
    }
}

/// Iterates over the attributes of a tag; tolerates missing quotes and missing values.
pub struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, Cow<'a, str>);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '='));
        if rest.is_empty() {
            return None;
        }
        let key_end = rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '/')).unwrap_or(rest.len());
        let (key, rest) = rest.split_at(key_end);
        let Some(value) = rest.trim_start().strip_prefix('=').map(str::trim_start) else {
            self.rest = rest;
            return Some((key, Cow::Borrowed("")));
        };
        let quoted = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote),
            _ => None,
        };
        let (value, rest) = quoted.unwrap_or_else(|| {
            let value = value.trim_start_matches(['"', '\'']);
            value.split_at(value.find(char::is_whitespace).unwrap_or(value.len()))
        });
        self.rest = rest;
        Some((key, decode_entities(value)))
    }
}

const CDATA: &str = "<![CDATA[";

/// Splits text into tokens that cover it without gaps.
///
/// What cannot be a tag (`a < b`) is text; a tag, comment or section without an end is cut off where it hurts least.
pub struct Scanner<'a> {
    text: &'a str,
    at: usize,
    comment_end: Ahead,
    bracket_end: Ahead,
    section_end: Ahead,
    section_start: Ahead,
    item_end: Ahead,
    entry_end: Ahead,
}

impl<'a> Scanner<'a> {
    /// Starts at the beginning of `text`.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            comment_end: Ahead::new("-->"),
            bracket_end: Ahead::new("]"),
            section_end: Ahead::new("]]>"),
            section_start: Ahead::new(CDATA),
            item_end: Ahead::new("</item>"),
            entry_end: Ahead::new("</entry>"),
        }
    }

    /// Goes on at byte `at`, which must be a token's start or end.
    pub fn seek(&mut self, at: usize) {
        self.at = at.max(self.at);
    }

    /// The markup that begins with the `<` at `start`, or `None` if that is a mere character.
    fn markup(&mut self, start: usize) -> Option<Token> {
        let rest = &self.text[start..];
        let token = |kind, end| Some(Token { kind, start, end });
        if rest.starts_with(CDATA) {
            return token(Kind::Cdata, self.section(start));
        }
        if rest.starts_with("<!--") {
            // Without an end, a comment swallows only its own opening.
            let end = self.comment_end.find(self.text, start + 4).map_or(start + 4, |end| end + 3);
            return token(Kind::Other, end);
        }
        if rest.starts_with("<!") || rest.starts_with("<?") {
            return token(Kind::Other, self.declaration(start));
        }
        let closing = rest.starts_with("</");
        let name_at = if closing { 2 } else { 1 };
        if !rest[name_at..].starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return None;
        }
        let length = tag(rest)?;
        let kind = match (closing, rest[..length].ends_with("/>")) {
            (true, _) => Kind::Close,
            (false, true) => Kind::Empty,
            (false, false) => Kind::Open,
        };
        token(kind, start + length)
    }

    /// Where the declaration or processing instruction that begins at `start` ends.
    fn declaration(&mut self, start: usize) -> usize {
        let mut at = start + 2;
        while let Some(&byte) = self.text.as_bytes().get(at) {
            match byte {
                b'>' => return at + 1,
                // An element begins: the declaration was never closed.
                b'<' => return at,
                // A DOCTYPE may hold declarations in brackets.
                b'[' => at = self.bracket_end.find(self.text, at).unwrap_or(at),
                _ => {}
            }
            at += 1;
        }
        at
    }

    /// Where the CDATA section that begins at `start` ends.
    ///
    /// A section which another one begins in, behind an entry's end, has lost its own end: it stops at the next tag's end.
    fn section(&mut self, start: usize) -> usize {
        let body = start + CDATA.len();
        let end = self.section_end.find(self.text, body);
        let next = self.section_start.find(self.text, body);
        let item = self.item_end.find(self.text, body).into_iter().chain(self.entry_end.find(self.text, body)).min();
        let lost = match (end, item, next) {
            (None, _, _) => true,
            (Some(end), Some(item), Some(next)) => item < next && next < end,
            _ => false,
        };
        match end {
            Some(end) if !lost => end + 3,
            _ => {
                // The element that holds the section ends with the last end tag before the entry's.
                let limit = item.unwrap_or(self.text.len());
                let before = self.text[body..limit].trim_end();
                before.rfind("</").filter(|_| before.ends_with('>')).map_or(limit, |at| body + at)
            }
        }
    }
}

impl Iterator for Scanner<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let start = self.at;
        if start >= self.text.len() {
            return None;
        }
        if self.text.as_bytes()[start] == b'<'
            && let Some(token) = self.markup(start)
        {
            self.at = token.end;
            return Some(token);
        }
        // Every `<` within text is looked at again as a possible tag, so text ends at the next one.
        let from = start + usize::from(self.text.as_bytes()[start] == b'<');
        let end = self.text[from..].find('<').map_or(self.text.len(), |next| from + next);
        self.at = end;
        Some(Token { kind: Kind::Text, start, end })
    }
}

/// Finds the next occurrence of a fixed string, remembering it so that a search which is repeated costs nothing.
struct Ahead {
    needle: &'static str,
    found: Option<Option<usize>>,
}

impl Ahead {
    fn new(needle: &'static str) -> Self {
        Self { needle, found: None }
    }

    fn find(&mut self, text: &str, from: usize) -> Option<usize> {
        let stale = match self.found {
            None => true,
            Some(None) => false,
            Some(Some(at)) => at < from,
        };
        if stale {
            let rest = text.as_bytes().get(from..).unwrap_or_default();
            self.found = Some(memmem::find(rest, self.needle.as_bytes()).map(|at| from + at));
        }
        self.found.flatten()
    }
}

/// The length of the tag at the start of `rest`, or `None` if it has no end and does not look like one.
fn tag(rest: &str) -> Option<usize> {
    let mut quote = None;
    let mut first_end = None;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match (byte, quote) {
            (b'>', None) => return Some(at + 1),
            (b'>', Some(_)) => first_end = first_end.or(Some(at + 1)),
            (b'"' | b'\'', None) if matches!(rest.as_bytes()[at - 1], b'=' | b' ' | b'\n' | b'\r' | b'\t') => {
                quote = Some(byte);
            }
            (_, Some(open)) if byte == open => quote = None,
            // A `>` and a `<` within quotes: more likely a quote is missing than that the value holds markup.
            (b'<', Some(_)) if first_end.is_some() => return first_end,
            (b'<', None) => return unfinished(&rest[..at]),
            _ => {}
        }
    }
    first_end.or_else(|| unfinished(rest))
}

/// A tag that ends nowhere: a cut-off one is still a tag (it has an attribute or is but a name), prose is not.
fn unfinished(rest: &str) -> Option<usize> {
    let words = rest.split_whitespace().count();
    (rest.contains('=') || words <= 1 && rest.len() < 20).then_some(rest.len())
}

/// Decodes character references and named HTML entities once; what is no reference stays as it is.
pub fn decode_entities(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find('&') else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = match resolve(rest) {
            Some((length, Referent::Character(c))) => {
                out.push(c);
                length
            }
            Some((length, Referent::Text(text))) => {
                out.push_str(text);
                length
            }
            None => {
                out.push('&');
                1
            }
        };
        rest = &rest[length..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The reference at the start of `text` (which begins with `&`): its length and what it stands for.
pub fn reference(text: &str) -> Option<(usize, Cow<'static, str>)> {
    resolve(text).map(|(length, referent)| match referent {
        Referent::Character(c) => (length, Cow::Owned(c.to_string())),
        Referent::Text(text) => (length, Cow::Borrowed(text)),
    })
}

/// What a reference stands for.
enum Referent {
    Character(char),
    Text(&'static str),
}

fn resolve(text: &str) -> Option<(usize, Referent)> {
    /// The longest entity name of HTML, `CounterClockwiseContourIntegral`, has 31 letters.
    const LONGEST: usize = 32;

    let body = text.strip_prefix('&')?;
    let end = body.bytes().take(LONGEST).position(|b| !b.is_ascii_alphanumeric() && b != b'#')?;
    if body.as_bytes()[end] != b';' {
        return None;
    }
    let name = &body[..end];
    let referent = match name {
        // Nearly all of the references of escaped HTML.
        "lt" => Referent::Character('<'),
        "gt" => Referent::Character('>'),
        "amp" => Referent::Character('&'),
        "quot" => Referent::Character('"'),
        "nbsp" => Referent::Character('\u{A0}'),
        _ => match name.strip_prefix('#') {
            Some(number) => Referent::Character(character(number)?),
            None => Referent::Text(named(name)?),
        },
    };
    Some((end + 2, referent))
}

/// The character of a numeric reference; the range 128 to 159 means windows-1252, as browsers read it.
fn character(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    match code {
        0x80..=0x9F => {
            let byte = [u8::try_from(code).ok()?];
            encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte).0.chars().next()
        }
        // Control characters have no place in text.
        0..=8 | 11 | 12 | 14..=31 | 127 => Some(' '),
        _ => char::from_u32(code),
    }
}

/// The text of a named entity; names are case-sensitive.
fn named(name: &str) -> Option<&'static str> {
    let place = NAMED_ENTITIES.binary_search_by(|(known, _)| known.cmp(&name.as_bytes())).ok()?;
    Some(NAMED_ENTITIES[place].1)
}

/// Escapes `&` and `<` (and `"`), so that the text stands for itself in markup.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => continue,
        };
        out.push_str(&text[written..at]);
        out.push_str(escaped);
        written = at + 1;
    }
    out.push_str(&text[written..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(Kind, &str)> {
        Scanner::new(text).map(|token| (token.kind, token.source(text))).collect()
    }

    #[test]
    fn a_comparison_is_text_and_a_tag_is_a_tag() {
        assert_eq!(
            kinds("<p>5 < 6</p>"),
            [(Kind::Open, "<p>"), (Kind::Text, "5 "), (Kind::Text, "< 6"), (Kind::Close, "</p>")]
        );
    }

    #[test]
    fn a_section_without_an_end_does_not_swallow_the_next_entry() {
        let text = "<item><t><![CDATA[one</t></item><item><t><![CDATA[two]]></t></item>";
        let sections: Vec<_> =
            Scanner::new(text).filter(|t| t.kind == Kind::Cdata).map(|t| t.content(text).to_owned()).collect();
        assert_eq!(sections, ["one", "two"]);
    }

    #[test]
    fn a_missing_quote_does_not_swallow_the_text() {
        let text = "<a href=\"x>words</a> and <b>more</b>";
        assert_eq!(kinds(text)[1], (Kind::Text, "words"));
    }

    #[test]
    fn attributes_come_decoded_with_or_without_quotes() {
        let text = "<a href='x?a=1&amp;b=2' rel=\"alternate\" type=text/html hidden>";
        let token = Scanner::new(text).next().expect("a tag");
        let found: Vec<_> = token.attributes(text).map(|(k, v)| (k, v.into_owned())).collect();
        let expected = [("href", "x?a=1&b=2"), ("rel", "alternate"), ("type", "text/html"), ("hidden", "")];
        assert_eq!(found, expected.map(|(k, v)| (k, v.to_owned())));
    }

    #[test]
    fn entities_decode_once() {
        for (text, decoded) in [
            ("AT&T & co", "AT&T & co"),
            ("&amp;lt;", "&lt;"),
            ("&#1040;&#x410;", "АА"),
            ("&#146;s", "’s"),
            ("caf&eacute; &Scaron;", "café Š"),
            ("&nosuchthing; &notit;", "&nosuchthing; &notit;"),
            ("&#0;&#xD800;", " &#xD800;"),
        ] {
            assert_eq!(decode_entities(text), decoded);
        }
    }

    #[test]
    fn hostile_text_takes_linear_time() {
        for unit in
            ["<", "<a ", "<a \"", "<![CDATA[", "<!--", "<!", "&", "&a", "<a href='", "</a", "<![CDATA[</item>", "<![>"]
        {
            let text = unit.repeat(300_000 / unit.len());
            let start = std::time::Instant::now();
            let covered: usize = Scanner::new(&text).map(|token| token.end - token.start).sum();
            assert_eq!(covered, text.len(), "{unit}");
            assert!(start.elapsed().as_secs() < 2, "{unit}");
        }
    }
}
