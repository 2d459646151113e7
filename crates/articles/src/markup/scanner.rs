//! The scanner: splits tag soup into markup tokens.

use memchr::memmem;

use super::token::{MarkupKind, MarkupToken};

pub(super) const CDATA_START: &str = "<![CDATA[";

/// Whether a text begins with a CDATA section; some programs write its name in small letters.
pub(super) fn starts_cdata(text: &str) -> bool {
    text.get(..CDATA_START.len()).is_some_and(|head| head.eq_ignore_ascii_case(CDATA_START))
}

/// Splits text into tokens that cover it without gaps.
///
/// A `<` that starts no tag (`a < b`) is text. The scanner ends an unclosed tag, comment or section where it loses the
/// least text.
pub struct Scanner<'a> {
    text: &'a str,
    offset: usize,
    comment_end: LookAhead,
    bracket_end: LookAhead,
    section_end: LookAhead,
    section_start: LookAhead,
    small_section_start: LookAhead,
    item_end: LookAhead,
    entry_end: LookAhead,
}

impl<'a> Scanner<'a> {
    /// Starts at the beginning of `text`.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            offset: 0,
            comment_end: LookAhead::new("-->"),
            bracket_end: LookAhead::new("]"),
            section_end: LookAhead::new("]]>"),
            section_start: LookAhead::new(CDATA_START),
            small_section_start: LookAhead::new("<![cdata["),
            item_end: LookAhead::new("</item>"),
            entry_end: LookAhead::new("</entry>"),
        }
    }

    /// Skips forward to byte `offset`, which must be the start or the end of a token; never moves back.
    pub fn seek(&mut self, offset: usize) {
        self.offset = offset.max(self.offset);
    }

    /// Scans the markup at the `<` at `start`; returns `None` if that `<` is a mere character.
    fn scan_markup(&mut self, start: usize) -> Option<MarkupToken> {
        let rest = &self.text[start..];
        let token = |kind, end| Some(MarkupToken { kind, start, end });
        if starts_cdata(rest) {
            return token(MarkupKind::Cdata, self.section_end(start));
        }
        if rest.starts_with("<!--") {
            // An unclosed comment is its own opening alone.
            let end = self.comment_end.find(self.text, start + 4).map_or(start + 4, |end| end + 3);
            return token(MarkupKind::Other, end);
        }
        if rest.starts_with("<!") || rest.starts_with("<?") {
            return token(MarkupKind::Other, self.declaration_end(start));
        }
        let closing = rest.starts_with("</");
        let name_start = if closing { 2 } else { 1 };
        if !rest[name_start..].starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return None;
        }
        let length = tag_length(rest)?;
        let kind = match (closing, rest[..length].ends_with("/>")) {
            (true, _) => MarkupKind::Close,
            (false, true) => MarkupKind::Empty,
            (false, false) => MarkupKind::Open,
        };
        token(kind, start + length)
    }

    /// Returns the end of the declaration or processing instruction at `start`.
    fn declaration_end(&mut self, start: usize) -> usize {
        let mut offset = start + 2;
        while let Some(&byte) = self.text.as_bytes().get(offset) {
            match byte {
                b'>' => return offset + 1,
                // An element begins: the declaration is unclosed.
                b'<' => return offset,
                // A DOCTYPE may hold declarations in brackets.
                b'[' => offset = self.bracket_end.find(self.text, offset).unwrap_or(offset),
                _ => {}
            }
            offset += 1;
        }
        offset
    }

    /// Returns the end of the CDATA section at `start`.
    ///
    /// A section lacks its own end if an entry ends and another section begins before the next `]]>`. Such a section
    /// ends before the last end tag of its entry.
    fn section_end(&mut self, start: usize) -> usize {
        let body = start + CDATA_START.len();
        let end = self.section_end.find(self.text, body);
        let starts = [&mut self.section_start, &mut self.small_section_start];
        let next = starts.into_iter().filter_map(|start| start.find(self.text, body)).min();
        let item = self.item_end.find(self.text, body).into_iter().chain(self.entry_end.find(self.text, body)).min();
        let is_unclosed = match (end, item, next) {
            (None, _, _) => true,
            (Some(end), Some(item), Some(next)) => item < next && next < end,
            _ => false,
        };
        match end {
            Some(end) if !is_unclosed => end + 3,
            _ => {
                // The last end tag before the entry's belongs to the element around the section.
                let limit = item.unwrap_or(self.text.len());
                let before = self.text[body..limit].trim_end();
                before.rfind("</").filter(|_| before.ends_with('>')).map_or(limit, |offset| body + offset)
            }
        }
    }
}

impl Iterator for Scanner<'_> {
    type Item = MarkupToken;

    fn next(&mut self) -> Option<MarkupToken> {
        let start = self.offset;
        if start >= self.text.len() {
            return None;
        }
        if self.text.as_bytes()[start] == b'<'
            && let Some(token) = self.scan_markup(start)
        {
            self.offset = token.end;
            return Some(token);
        }
        // Text ends at the next `<`, which may start a tag.
        let from = start + usize::from(self.text.as_bytes()[start] == b'<');
        let end = self.text[from..].find('<').map_or(self.text.len(), |next| from + next);
        self.offset = end;
        Some(MarkupToken { kind: MarkupKind::Text, start, end })
    }
}

/// Finds the next occurrence of a fixed string and caches its offset, so that repeated searches take linear time in
/// sum.
struct LookAhead {
    needle: &'static str,
    /// `None` before the first search, `Some(None)` if the string does not occur again.
    next: Option<Option<usize>>,
}

impl LookAhead {
    fn new(needle: &'static str) -> Self {
        Self { needle, next: None }
    }

    fn find(&mut self, text: &str, from: usize) -> Option<usize> {
        let is_stale = match self.next {
            None => true,
            Some(None) => false,
            Some(Some(offset)) => offset < from,
        };
        if is_stale {
            let rest = text.as_bytes().get(from..).unwrap_or_default();
            self.next = Some(memmem::find(rest, self.needle.as_bytes()).map(|offset| from + offset));
        }
        self.next.flatten()
    }
}

/// Returns the length of the tag at the start of `rest`; `None` if `rest` looks like prose.
fn tag_length(rest: &str) -> Option<usize> {
    let mut quote = None;
    let mut first_end = None;
    for (offset, byte) in rest.bytes().enumerate().skip(1) {
        match (byte, quote) {
            (b'>', None) => return Some(offset + 1),
            (b'>', Some(_)) => first_end = first_end.or(Some(offset + 1)),
            (b'"' | b'\'', None) if matches!(rest.as_bytes()[offset - 1], b'=' | b' ' | b'\n' | b'\r' | b'\t') => {
                quote = Some(byte);
            }
            (_, Some(open)) if byte == open => quote = None,
            // A `>` and then a `<` within quotes: a missing quote is more likely than markup in a value.
            (b'<', Some(_)) if first_end.is_some() => return first_end,
            (b'<', None) => return unclosed_tag_length(&rest[..offset]),
            _ => {}
        }
    }
    first_end.or_else(|| unclosed_tag_length(rest))
}

/// Returns the length of an unclosed tag: one with an attribute, or a short name alone. Prose gives `None`.
fn unclosed_tag_length(rest: &str) -> Option<usize> {
    let words = rest.split_whitespace().count();
    (rest.contains('=') || words <= 1 && rest.len() < 20).then_some(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(text: &str) -> Vec<(MarkupKind, &str)> {
        Scanner::new(text).map(|token| (token.kind, token.source(text))).collect()
    }

    #[test]
    fn a_comparison_is_text_and_no_tag() {
        assert_eq!(
            scan("<p>5 < 6</p>"),
            [
                (MarkupKind::Open, "<p>"),
                (MarkupKind::Text, "5 "),
                (MarkupKind::Text, "< 6"),
                (MarkupKind::Close, "</p>")
            ]
        );
    }

    #[test]
    fn an_unclosed_section_ends_before_the_next_entry() {
        let text = "<item><t><![CDATA[one</t></item><item><t><![CDATA[two]]></t></item>";
        let sections: Vec<_> =
            Scanner::new(text).filter(|t| t.kind == MarkupKind::Cdata).map(|t| t.content(text).to_owned()).collect();
        assert_eq!(sections, ["one", "two"]);
    }

    #[test]
    fn a_section_may_have_its_name_in_small_letters() {
        let text = "<t><![cdata[Truce]]></t><t><![CData[<b>agreed</b>]]></t>";
        let sections: Vec<_> =
            Scanner::new(text).filter(|t| t.kind == MarkupKind::Cdata).map(|t| t.content(text).to_owned()).collect();
        assert_eq!(sections, ["Truce", "<b>agreed</b>"]);
    }

    #[test]
    fn a_tag_with_a_missing_quote_ends_before_the_text() {
        let text = "<a href=\"x>words</a> and <b>more</b>";
        assert_eq!(scan(text)[1], (MarkupKind::Text, "words"));
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
