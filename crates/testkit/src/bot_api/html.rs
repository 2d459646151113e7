//! Owns the reading of Telegram's HTML: marked-up text in, plain text and entities out, or the server's complaint.
//! It must not know the use of the text: lengths, chats and messages belong to the methods.
//!
//! It follows the parser of TDLib, which is no HTML parser: it knows 16 tags and 4 named characters, takes a lone `&`
//! or an unknown `&nbsp;` as plain text, and counts offsets in UTF-16 units.

use serde_json::{Value, json};

/// More entities than this are dropped without a word, the last ones first.
const MAX_ENTITIES: usize = 100;

/// Plain text with the entities that format it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedText {
    /// The plain text.
    pub text: String,
    /// Ordered by offset, an enclosing entity before the enclosed one.
    pub entities: Vec<Entity>,
}

/// A stretch of text with one formatting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// The Bot API's name of the formatting: `bold`, `text_link`, …
    pub kind: String,
    /// Start in UTF-16 code units.
    pub offset: usize,
    /// Length in UTF-16 code units.
    pub length: usize,
    /// The address of a `text_link`, the user's id of a `text_mention`, the language of a `pre`, the id of a
    /// `custom_emoji`.
    pub argument: Option<String>,
}

impl Entity {
    /// Writes the entity as the Bot API's `MessageEntity`.
    pub fn to_json(&self) -> Value {
        let mut entity = json!({ "type": self.kind, "offset": self.offset, "length": self.length });
        let Some(argument) = &self.argument else { return entity };
        match self.kind.as_str() {
            "text_link" => entity["url"] = json!(argument),
            "pre" => entity["language"] = json!(argument),
            "custom_emoji" => entity["custom_emoji_id"] = json!(argument),
            "text_mention" => {
                let id: i64 = argument.parse().unwrap_or_default();
                entity["user"] = json!({ "id": id, "is_bot": false, "first_name": format!("User {id}") });
            }
            _ => {}
        }
        entity
    }
}

/// Parses a text sent with `parse_mode` HTML.
///
/// The error is what Telegram writes after `Bad Request: can't parse entities: `; its offsets count bytes.
pub fn parse_html(html: &str) -> Result<ParsedText, String> {
    let mut parsed = ParsedText::default();
    let mut open: Vec<OpenTag> = Vec::new();
    let mut cursor = Cursor { text: html, at: 0 };
    let mut utf16 = 0;
    while cursor.at < html.len() {
        if cursor.peek() == b'<' {
            if cursor.peek_after(1) == b'/' {
                cursor.end_tag(open.last())?;
                if let Some(tag) = open.pop().filter(|tag| utf16 > tag.offset) {
                    close(tag, utf16, &mut parsed)?;
                }
            } else {
                let (name, argument) = cursor.start_tag()?;
                open.push(OpenTag { name, argument, offset: utf16, text_start: parsed.text.len() });
            }
        } else {
            let c = cursor.character()?;
            utf16 += c.len_utf16();
            parsed.text.push(c);
        }
    }
    if let Some(tag) = open.last() {
        return Err(format!("Can't find end tag corresponding to start tag \"{}\"", tag.name));
    }
    for entity in &mut parsed.entities {
        // A language stands on `code` only until an enclosing `pre` takes it over.
        if entity.kind == "code" {
            entity.argument = None;
        }
    }
    parsed.entities.sort_by_key(|entity| (entity.offset, usize::MAX - entity.length));
    parsed.entities.truncate(MAX_ENTITIES);
    Ok(parsed)
}

/// Returns the address as Telegram keeps it, or `None` if it refuses it.
///
/// A scheme other than http, https, ton and tg, and a host without a dot, are refused; a missing scheme means http.
pub fn checked_link(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let scheme = scheme.to_ascii_lowercase();
    if scheme == "tg" || scheme == "ton" {
        return (!rest.is_empty()).then(|| format!("{scheme}://{rest}"));
    }
    let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(authority_end);
    let host = authority.rsplit('@').next()?.split(':').next()?;
    let has_inner_dot = host.trim_matches('.').contains('.');
    if !matches!(scheme.as_str(), "http" | "https") || !has_inner_dot || host.contains(|c: char| c <= ' ') {
        return None;
    }
    let slash = if path.starts_with('/') { "" } else { "/" };
    Some(format!("{scheme}://{}{slash}{path}", authority.to_lowercase()))
}

struct OpenTag {
    name: String,
    argument: String,
    /// Where the tag's content begins, in UTF-16 units.
    offset: usize,
    /// Where it begins in the plain text, in bytes.
    text_start: usize,
}

fn close(tag: OpenTag, utf16: usize, parsed: &mut ParsedText) -> Result<(), String> {
    let (offset, length) = (tag.offset, utf16 - tag.offset);
    let argument = (!tag.argument.is_empty()).then_some(tag.argument);
    let (kind, argument) = match tag.name.as_str() {
        "b" | "strong" => ("bold", None),
        "i" | "em" => ("italic", None),
        "u" | "ins" => ("underline", None),
        "s" | "strike" | "del" => ("strikethrough", None),
        "span" | "tg-spoiler" => ("spoiler", None),
        "blockquote" if argument.is_some() => ("expandable_blockquote", None),
        "tg-emoji" => {
            if !argument.as_deref().is_some_and(|id| id.parse::<i64>().is_ok_and(|id| id != 0)) {
                return Err("Invalid custom emoji identifier specified".to_owned());
            }
            ("custom_emoji", argument)
        }
        "a" => {
            let url = argument.unwrap_or_else(|| parsed.text[tag.text_start..].to_owned());
            match url.strip_prefix("tg://user?id=").filter(|id| id.parse::<i64>().is_ok()) {
                Some(id) => ("text_mention", Some(id.to_owned())),
                None => match checked_link(&url) {
                    Some(url) => ("text_link", Some(url)),
                    None => return Ok(()),
                },
            }
        }
        // `<pre><code class="language-x">`, in either nesting, is one `pre` with a language.
        name @ ("pre" | "code") => {
            let inner = parsed.entities.last_mut().filter(|e| (e.offset, e.length) == (offset, length));
            match inner.filter(|e| e.kind != name && (e.kind == "pre" || e.kind == "code")) {
                Some(inner) if inner.argument.is_some() || argument.is_some() => {
                    inner.kind = "pre".to_owned();
                    inner.argument = inner.argument.take().or(argument);
                    return Ok(());
                }
                _ => (name, argument),
            }
        }
        name => (name, None),
    };
    parsed.entities.push(Entity { kind: kind.to_owned(), offset, length, argument });
    Ok(())
}

/// Every tag there is.
const TAGS: &str = "a b strong i em s strike del u ins tg-spoiler tg-emoji span pre code blockquote";

/// A place in the text; the end reads as a zero byte, which TDLib counts among the spaces.
struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn peek(&self) -> u8 {
        self.peek_after(0)
    }

    fn peek_after(&self, bytes: usize) -> u8 {
        self.text.as_bytes().get(self.at + bytes).copied().unwrap_or(0)
    }

    fn at_space(&self) -> bool {
        matches!(self.peek(), b' ' | b'\t' | b'\r' | b'\n' | b'\x0b' | 0)
    }

    fn skip_spaces(&mut self) {
        while self.at < self.text.len() && self.at_space() {
            self.at += 1;
        }
    }

    /// Takes everything up to a space or one of the given bytes.
    fn word(&mut self, ends: &[u8]) -> &'a str {
        let start = self.at;
        while !self.at_space() && !ends.contains(&self.peek()) {
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    /// Takes one character of text, written out or as a reference.
    fn character(&mut self) -> Result<char, String> {
        if self.peek() == b'&'
            && let Some(c) = self.reference()?
        {
            return Ok(c);
        }
        let c = self.text[self.at..].chars().next().unwrap_or_default();
        self.at += c.len_utf8();
        Ok(c)
    }

    /// Takes `&lt;`, `&#60;` or `&#x3c;`; the semicolon may be missing. Anything else stays plain text.
    fn reference(&mut self) -> Result<Option<char>, String> {
        let rest = &self.text[self.at + 1..];
        let run = |from: usize, belongs: fn(&u8) -> bool| from + rest.bytes().skip(from).take_while(belongs).count();
        let (code, length) = if rest.starts_with("#x") {
            let end = run(2, u8::is_ascii_hexdigit);
            (u32::from_str_radix(&rest[2..end], 16).unwrap_or(0), end)
        } else if rest.starts_with('#') {
            let end = run(1, u8::is_ascii_digit);
            (rest[1..end].parse().unwrap_or(0), end)
        } else {
            let end = run(0, u8::is_ascii_alphabetic);
            let code = match &rest[..end] {
                "lt" => '<',
                "gt" => '>',
                "amp" => '&',
                "quot" => '"',
                _ => '\0',
            };
            (code.into(), end)
        };
        if code == 0 || code >= 0x10_ffff || length + 1 >= 10 {
            return Ok(None);
        }
        self.at += 1 + length + usize::from(rest[length..].starts_with(';'));
        char::from_u32(code).map(Some).ok_or_else(|| {
            "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code \
             units"
                .to_owned()
        })
    }

    /// Takes a start tag and gives its name with the one attribute that matters for it.
    fn start_tag(&mut self) -> Result<(String, String), String> {
        let begin = self.at;
        self.at += 1;
        let name = self.word(b">").to_ascii_lowercase();
        if self.at == self.text.len() {
            return Err(format!("Unclosed start tag at byte offset {begin}"));
        }
        if !TAGS.split(' ').any(|known| known == name) {
            return Err(format!("Unsupported start tag \"{name}\" at byte offset {begin}"));
        }
        let mut argument = String::new();
        loop {
            self.skip_spaces();
            if self.peek() == b'>' {
                break;
            }
            let attribute = self.word(b"=>/\"'");
            if attribute.is_empty() {
                return Err(format!("Empty attribute name in the tag \"{name}\" at byte offset {begin}"));
            }
            self.skip_spaces();
            if self.at == self.text.len() {
                return Err(format!("Unclosed start tag \"{name}\" at byte offset {begin}"));
            }
            if (name.as_str(), attribute) == ("blockquote", "expandable") {
                argument = "expandable".to_owned();
            }
            if self.peek() != b'=' {
                continue;
            }
            self.at += 1;
            let value = self.attribute_value(&name, begin)?;
            match (name.as_str(), attribute) {
                ("a", "href") | ("tg-emoji", "emoji-id") => argument = value,
                ("code", "class") if value.starts_with("language-") => argument = value[9..].to_owned(),
                ("span", "class") => argument = value,
                _ => {}
            }
        }
        self.at += 1;
        if name == "span" && argument != "tg-spoiler" {
            return Err(format!("Tag \"span\" must have class \"tg-spoiler\" at byte offset {begin}"));
        }
        Ok((name, argument))
    }

    fn attribute_value(&mut self, tag: &str, begin: usize) -> Result<String, String> {
        self.skip_spaces();
        if self.at == self.text.len() {
            return Err(format!("Unclosed start tag \"{tag}\" at byte offset {begin}"));
        }
        let mut value = String::new();
        let quote = self.peek();
        if quote == b'"' || quote == b'\'' {
            self.at += 1;
            while self.at < self.text.len() && self.peek() != quote {
                value.push(self.character()?);
            }
            self.at = self.text.len().min(self.at + 1);
        } else {
            let token_begin = self.at;
            while self.peek().is_ascii_alphanumeric() || matches!(self.peek(), b'.' | b'-') {
                value.push(self.peek().to_ascii_lowercase().into());
                self.at += 1;
            }
            if !self.at_space() && self.peek() != b'>' {
                return Err(format!("Unexpected end of name token at byte offset {token_begin}"));
            }
        }
        if self.at == self.text.len() {
            return Err(format!("Unclosed start tag at byte offset {begin}"));
        }
        Ok(value)
    }

    /// Takes an end tag, which must close the innermost open tag.
    fn end_tag(&mut self, innermost: Option<&OpenTag>) -> Result<(), String> {
        let begin = self.at;
        let tag = innermost.ok_or_else(|| format!("Unexpected end tag at byte offset {begin}"))?;
        self.at += 2;
        let name = self.word(b">").to_ascii_lowercase();
        self.skip_spaces();
        if self.peek() != b'>' {
            return Err(format!("Unclosed end tag at byte offset {begin}"));
        }
        self.at += 1;
        // `</>` closes any open tag.
        if !name.is_empty() && name != tag.name {
            let expected = &tag.name;
            return Err(format!(
                "Unmatched end tag at byte offset {begin}, expected \"</{expected}>\", found \"</{name}>\""
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes entities as `kind@offset+length=argument`, which keeps a table on one line.
    fn drawn(html: &str) -> (String, String) {
        let parsed = parse_html(html).unwrap_or_else(|error| panic!("{html:?}: {error}"));
        let entities: Vec<String> = parsed
            .entities
            .iter()
            .map(|e| {
                let argument = e.argument.as_deref().map(|a| format!("={a}")).unwrap_or_default();
                format!("{}@{}+{}{argument}", e.kind, e.offset, e.length)
            })
            .collect();
        (parsed.text, entities.join(" "))
    }

    #[test]
    fn good_html_becomes_plain_text_and_entities() {
        let table = [
            ("plain", "plain", ""),
            ("<b>a</b><strong>b</strong>", "ab", "bold@0+1 bold@1+1"),
            ("<i>a</i><em>b</em>", "ab", "italic@0+1 italic@1+1"),
            ("<u>a</u><ins>b</ins>", "ab", "underline@0+1 underline@1+1"),
            ("<s>a</s><strike>b</strike><del>c</del>", "abc", "strikethrough@0+1 strikethrough@1+1 strikethrough@2+1"),
            ("<tg-spoiler>a</tg-spoiler><span class=\"tg-spoiler\">b</span>", "ab", "spoiler@0+1 spoiler@1+1"),
            ("<b>a<i>b</i></b>", "ab", "bold@0+2 italic@1+1"),
            ("<i><b>x</b>y</i>", "xy", "italic@0+2 bold@0+1"),
            ("<B>x</b >", "x", "bold@0+1"),
            ("<b>x</>", "x", "bold@0+1"),
            ("<b></b>x", "x", ""),
            // Offsets count UTF-16 units: an emoji is two, a Cyrillic letter one.
            ("🔥я<b>Բ🔥</b>", "🔥яԲ🔥", "bold@3+3"),
            ("&lt;b&gt; &amp;amp; &quot;", "<b> &amp; \"", ""),
            ("&#1103;&#x1F525;<b>x</b>", "я🔥x", "bold@3+1"),
            ("&lt &#60x", "< <x", ""),
            // Telegram knows only four names; others stay as written.
            ("&nbsp;&apos;&copy; AT&T & &", "&nbsp;&apos;&copy; AT&T & &", ""),
            ("&#0; &#x110000; &#12345678901;", "&#0; &#x110000; &#12345678901;", ""),
            ("a > b", "a > b", ""),
            ("<a href=\"https://a.example/x?y=1&amp;z=2\">t</a>", "t", "text_link@0+1=https://a.example/x?y=1&z=2"),
            ("<a href='https://A.example'>t</a>", "t", "text_link@0+1=https://a.example/"),
            ("<a href=a.example>t</a>", "t", "text_link@0+1=http://a.example/"),
            ("<a>b.example</a>", "b.example", "text_link@0+9=http://b.example/"),
            ("<a href=\"tg://user?id=42\">t</a>", "t", "text_mention@0+1=42"),
            // A link that Telegram does not take is dropped, its text stays.
            ("<a href=\"http://localhost/\">t</a>", "t", ""),
            ("<a href=\"http://localhost.:80/\">t</a>", "t", ""),
            ("<a href=\"ftp://a.example/\">t</a>", "t", ""),
            ("<a href=\"\">t</a>", "t", ""),
            ("<code>x</code>", "x", "code@0+1"),
            ("<code class=\"language-rust\">x</code>", "x", "code@0+1"),
            ("<pre>x</pre>", "x", "pre@0+1"),
            ("<pre><code class=\"language-rust\">x</code></pre>", "x", "pre@0+1=rust"),
            // Equal spans keep the order of their ends.
            ("<pre><code>x</code></pre>", "x", "code@0+1 pre@0+1"),
            ("<blockquote>x</blockquote>", "x", "blockquote@0+1"),
            ("<blockquote expandable>x</blockquote>", "x", "expandable_blockquote@0+1"),
            ("<tg-emoji emoji-id=\"5368324170671202286\">👍</tg-emoji>", "👍", "custom_emoji@0+2=5368324170671202286"),
        ];
        for (html, text, entities) in table {
            assert_eq!(drawn(html), (text.to_owned(), entities.to_owned()), "{html:?}");
        }
    }

    #[test]
    fn bad_html_is_refused_in_telegrams_words() {
        let table = [
            ("<b>x", "Can't find end tag corresponding to start tag \"b\""),
            ("<b><i>x</i>", "Can't find end tag corresponding to start tag \"b\""),
            ("x</b>", "Unexpected end tag at byte offset 1"),
            ("я</b>", "Unexpected end tag at byte offset 2"),
            ("<b>x</i>", "Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\""),
            ("<b>x</strong>", "Unmatched end tag at byte offset 4, expected \"</b>\", found \"</strong>\""),
            ("one two <br>", "Unsupported start tag \"br\" at byte offset 8"),
            ("<p>x</p>", "Unsupported start tag \"p\" at byte offset 0"),
            ("<br/>", "Unsupported start tag \"br/\" at byte offset 0"),
            ("<!-- x -->", "Unsupported start tag \"!--\" at byte offset 0"),
            ("a < b", "Unsupported start tag \"\" at byte offset 2"),
            ("a <", "Unclosed start tag at byte offset 2"),
            ("1 <b", "Unclosed start tag at byte offset 2"),
            ("<b>x</b", "Unclosed end tag at byte offset 4"),
            ("<span>x</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"),
            ("<span class=\"red\">x</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"),
            ("<a href=\"https://a.example>t</a>", "Unclosed start tag at byte offset 0"),
            ("<a href=https://a.example>t</a>", "Unexpected end of name token at byte offset 8"),
            ("<a =x>t</a>", "Empty attribute name in the tag \"a\" at byte offset 0"),
            ("<a href", "Unclosed start tag \"a\" at byte offset 0"),
            ("<tg-emoji>x</tg-emoji>", "Invalid custom emoji identifier specified"),
        ];
        for (html, complaint) in table {
            assert_eq!(parse_html(html), Err(complaint.to_owned()), "{html:?}");
        }
        assert!(parse_html("&#xD800;").is_err_and(|error| error.contains("surrogate")));
    }

    #[test]
    fn the_hundred_and_first_entity_is_dropped() {
        let parsed = parse_html(&"<b>x</b> ".repeat(101)).expect("balanced tags");
        assert_eq!(parsed.entities.len(), 100);
        assert_eq!(parsed.entities[99].offset, 198);
    }
}
