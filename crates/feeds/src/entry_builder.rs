//! What an entry, or the feed itself, has said so far, and its form as plain Atom.
//!
//! It must not know which elements the values came from.

use std::borrow::Cow;

use memchr::{memchr3, memmem};

use super::date::{self, Dated};
use super::dialect::Role;

/// What an element says: its text, and whether that text is HTML.
#[derive(Clone, Debug, Default)]
pub struct Value<'a> {
    /// The characters, decoded once.
    pub text: Cow<'a, str>,
    /// Whether they are HTML source rather than plain text.
    pub html: bool,
}

/// The best value found so far for each role of a feed or an entry, each with its rank.
#[derive(Default)]
pub struct Draft<'a> {
    /// Whether it is Atom's, where text is plain unless it says otherwise.
    pub atom: bool,
    /// The byte that it begins at.
    pub start: usize,
    /// Its place in the feed, from 1.
    pub number: usize,
    /// Names of its authors.
    pub authors: Vec<String>,
    /// What its relative addresses are relative to.
    pub base: Option<String>,
    values: [Option<(u8, Value<'a>)>; Role::COUNT],
}

impl<'a> Draft<'a> {
    /// An entry that has said nothing yet.
    pub fn new(number: usize, start: usize, atom: bool) -> Self {
        Self { atom, start, number, ..Self::default() }
    }

    /// Keeps `value` if it says something and nothing of a better or equal rank did before.
    pub fn offer(&mut self, role: Role, rank: u8, value: Value<'a>) {
        let held = &mut self.values[role as usize];
        if held.as_ref().is_none_or(|(held, _)| rank < *held) && !value.text.trim().is_empty() {
            *held = Some((rank, value));
        }
    }

    /// The value held for `role`.
    pub fn get(&self, role: Role) -> Option<&Value<'a>> {
        self.values[role as usize].as_ref().map(|(_, value)| value)
    }

    /// The text held for `role`.
    pub fn text(&self, role: Role) -> Option<&str> {
        self.get(role).map(|value| value.text.as_ref())
    }
}

/// What a feed or an entry states that needs no reader: addresses, names and dates, which the feed reader's own form of
/// them would lose parts of.
#[derive(Clone, Debug, Default)]
pub struct Stated {
    /// The address of its page, as written.
    pub address: Option<String>,
    /// What its addresses are relative to, as written.
    pub base: Option<String>,
    /// When it was published.
    pub published: Option<Dated>,
    /// When it was changed.
    pub updated: Option<Dated>,
    /// Names of its authors.
    pub authors: Vec<String>,
    /// BCP 47 tag of its language.
    pub language: Option<String>,
}

impl Stated {
    /// What a draft says of this; its authors and its base are taken out of it.
    pub fn take(draft: &mut Draft) -> Self {
        Self {
            // Addresses within CDATA are often escaped all the same.
            address: draft.text(Role::Link).map(|address| address.trim().replace("&amp;", "&")),
            base: draft.base.take(),
            published: draft.text(Role::Published).and_then(date::parse),
            updated: draft.text(Role::Updated).and_then(date::parse),
            authors: std::mem::take(&mut draft.authors),
            language: draft.text(Role::Language).and_then(language),
        }
    }
}

/// The name in an author field such as `ani@example.am (Ani Sargsyan)` or `Ani Sargsyan <ani@example.am>`; the mail
/// address if there is nothing else.
pub fn person(text: &str) -> Option<String> {
    let text = text.trim();
    if !text.contains('@') {
        return (!text.is_empty()).then(|| text.to_owned());
    }
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>' | '[' | ']' | '"'));
    let (mail, name): (Vec<&str>, Vec<&str>) =
        words.filter(|word| !word.is_empty()).partition(|word| word.contains('@'));
    let mail = mail.first().map(|mail| mail.trim_start_matches("mailto:"));
    if name.is_empty() { mail.map(str::to_owned) } else { Some(name.join(" ")) }
}

/// Appends an entry as Atom: its id and its texts.
pub fn write_entry(xml: &mut String, draft: &Draft) {
    xml.push_str("<entry>");
    if let Some(id) = draft.text(Role::Id) {
        xml.push_str("<id>");
        write_text(xml, id);
        xml.push_str("</id>");
    }
    write_value(xml, "title", draft.get(Role::Title));
    // The summary stands in where there is no content, and is not looked at where there is.
    let says = |value: &&Value| value.text.chars().any(|c| !c.is_whitespace() && !forbidden(c));
    match draft.get(Role::Content).filter(says) {
        Some(content) => write_value(xml, "content", Some(content)),
        None => write_value(xml, "summary", draft.get(Role::Summary)),
    }
    xml.push_str("</entry>\n");
}

/// Appends the start of an Atom document: the feed's title.
pub fn write_head(xml: &mut String, draft: &Draft) {
    xml.push_str("<feed xmlns=\"http://www.w3.org/2005/Atom\">");
    write_value(xml, "title", draft.get(Role::Title));
    xml.push('\n');
}

fn write_value(xml: &mut String, name: &str, value: Option<&Value>) {
    let Some(value) = value else { return };
    let kind = if value.html { " type=\"html\">" } else { " type=\"text\">" };
    for part in ["<", name, kind] {
        xml.push_str(part);
    }
    write_text(xml, &value.text);
    for part in ["</", name, ">"] {
        xml.push_str(part);
    }
}

/// Appends text so that it stands for itself. HTML goes into a section: the feed reader takes that in one go, and an
/// escaped sign at a time.
fn write_text(xml: &mut String, text: &str) {
    const END: &str = "]]>";
    let text = allowed(text);
    if memchr3(b'<', b'&', b'>', text.as_bytes()).is_none() {
        return xml.push_str(&text);
    }
    xml.push_str("<![CDATA[");
    let mut written = 0;
    for at in memmem::find_iter(text.as_bytes(), END) {
        // An end within the text is parted, and goes on in the next section.
        xml.push_str(&text[written..at + 2]);
        xml.push_str("]]><![CDATA[");
        written = at + 2;
    }
    xml.push_str(&text[written..]);
    xml.push_str(END);
}

/// Text without the characters that XML forbids.
fn allowed(text: &str) -> Cow<'_, str> {
    // Those that are not ASCII begin with EF, as few others do. Without an early end, many bytes are looked at at once.
    let suspect = |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r') || matches!(byte, 0x7F | 0xEF);
    let any = |chunk: &[u8]| chunk.iter().fold(false, |any, byte| any | suspect(*byte));
    if text.as_bytes().chunks(256).any(any) && text.contains(forbidden) {
        return Cow::Owned(text.replace(forbidden, ""));
    }
    Cow::Borrowed(text)
}

/// Whether XML forbids a character, or, of the delete character, advises against it.
fn forbidden(c: char) -> bool {
    c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r') || matches!(c, '\u{FFFE}' | '\u{FFFF}')
}

/// A BCP 47 tag as feeds write it (`ru_RU`), or `None` if the text is none.
pub fn language(text: &str) -> Option<String> {
    /// RFC 5646 asks for room of 35 characters.
    const LONGEST: usize = 35;
    let tag = text.trim().replace('_', "-");
    let sound = tag.len() <= LONGEST && tag.starts_with(|c: char| c.is_ascii_alphabetic());
    (sound && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')).then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_named_without_the_address() {
        for (text, name) in [
            ("ani@example.am (Ani Sargsyan)", "Ani Sargsyan"),
            ("Ani Sargsyan <mailto:ani@example.am>", "Ani Sargsyan"),
            ("ani@example.am", "ani@example.am"),
            ("Анна Петрова", "Анна Петрова"),
        ] {
            assert_eq!(person(text).as_deref(), Some(name));
        }
        assert_eq!(person("  "), None);
    }

    #[test]
    fn text_stands_for_itself_in_xml() {
        for (text, xml) in [
            ("plain", "plain"),
            ("\u{0}a\u{1B}b\u{FFFE}\u{FEFF}\u{92}\n", "ab\u{FEFF}\u{92}\n"),
            ("a & b", "<![CDATA[a & b]]>"),
            ("<b>]]></b>]]>", "<![CDATA[<b>]]]]><![CDATA[></b>]]]]><![CDATA[>]]>"),
        ] {
            let mut out = String::new();
            write_text(&mut out, text);
            assert_eq!(out, xml, "{text:?}");
        }
    }
}
