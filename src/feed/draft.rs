//! What an entry, or the feed itself, has said so far, and its form as plain Atom.
//!
//! It must not know which elements the values came from.

use std::collections::HashMap;

use super::dialect::Role;
use crate::article::markup::escape;

/// What an element says: its text, and whether that text is HTML.
#[derive(Clone, Debug, Default)]
pub struct Value {
    /// The characters, decoded once.
    pub text: String,
    /// Whether they are HTML source rather than plain text.
    pub html: bool,
}

/// The best value found so far for each role of a feed or an entry, each with its rank.
#[derive(Default)]
pub struct Draft {
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
    values: HashMap<Role, (u8, Value)>,
}

impl Draft {
    /// An entry that has said nothing yet.
    pub fn new(number: usize, start: usize, atom: bool) -> Self {
        Self { atom, start, number, ..Self::default() }
    }

    /// Keeps `value` if it says something and nothing of a better or equal rank did before.
    pub fn offer(&mut self, role: Role, rank: u8, value: Value) {
        if value.text.trim().is_empty() {
            return;
        }
        if self.values.get(&role).is_none_or(|(held, _)| rank < *held) {
            self.values.insert(role, (rank, value));
        }
    }

    /// The value held for `role`.
    pub fn get(&self, role: Role) -> Option<&Value> {
        self.values.get(&role).map(|(_, value)| value)
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

/// An entry as Atom.
pub fn entry(draft: &Draft) -> String {
    let mut xml = start("entry", draft.base.as_deref(), None);
    let mut element = |name: &str, value: Option<&Value>| {
        let Some(value) = value else { return };
        let kind = if value.html { "html" } else { "text" };
        xml.push_str(&format!("<{name} type=\"{kind}\">{}</{name}>", clean(&value.text)));
    };
    element("id", draft.get(Role::Id));
    element("title", draft.get(Role::Title));
    element("summary", draft.get(Role::Summary));
    element("published", draft.get(Role::Published));
    element("updated", draft.get(Role::Updated));
    xml.push_str(&link(draft));
    for author in &draft.authors {
        xml.push_str(&format!("<author><name>{}</name></author>", clean(author)));
    }
    // The feed reader takes an entry's language from its content alone.
    let language = draft.get(Role::Language).and_then(|value| language(&value.text));
    if let Some(content) = draft.get(Role::Content) {
        let kind = if content.html { "html" } else { "text" };
        let language = language.map(|tag| format!(" xml:lang=\"{tag}\"")).unwrap_or_default();
        xml.push_str(&format!("<content type=\"{kind}\"{language}>{}</content>", clean(&content.text)));
    } else if let Some(language) = language {
        xml.push_str(&format!("<content xml:lang=\"{language}\"></content>"));
    }
    xml.push_str("</entry>\n");
    xml
}

/// The start of an Atom document from what the feed says of itself.
pub fn head(draft: &Draft) -> String {
    let language = draft.get(Role::Language).and_then(|value| language(&value.text));
    let mut xml = start("feed", draft.base.as_deref(), language.as_deref());
    if let Some(title) = draft.get(Role::Title) {
        let kind = if title.html { "html" } else { "text" };
        xml.push_str(&format!("<title type=\"{kind}\">{}</title>", clean(&title.text)));
    }
    xml.push_str(&link(draft));
    xml.push('\n');
    xml
}

fn start(name: &str, base: Option<&str>, language: Option<&str>) -> String {
    let mut tag = format!("<{name}");
    if name == "feed" {
        tag.push_str(" xmlns=\"http://www.w3.org/2005/Atom\"");
    }
    // A base that is no address makes the feed reader give up the whole feed.
    let sound = |base: &&str| matches!(url::Url::parse(base), Ok(_) | Err(url::ParseError::RelativeUrlWithoutBase));
    if let Some(base) = base.filter(sound) {
        tag.push_str(&format!(" xml:base=\"{}\"", clean(base)));
    }
    if let Some(language) = language {
        tag.push_str(&format!(" xml:lang=\"{language}\""));
    }
    tag.push('>');
    tag
}

fn link(draft: &Draft) -> String {
    let Some(value) = draft.get(Role::Link) else {
        return String::new();
    };
    // Addresses within CDATA are often escaped all the same.
    let address = value.text.replace("&amp;", "&");
    format!("<link href=\"{}\"/>", clean(address.trim()))
}

/// A BCP 47 tag as feeds write it (`ru_RU`), or `None` if the text is none.
pub fn language(text: &str) -> Option<String> {
    /// RFC 5646 asks for room of 35 characters.
    const LONGEST: usize = 35;
    let tag = text.trim().replace('_', "-");
    let sound = tag.len() <= LONGEST && tag.starts_with(|c: char| c.is_ascii_alphabetic());
    (sound && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')).then_some(tag)
}

/// Text for XML: escaped, and without the characters that XML forbids.
fn clean(text: &str) -> String {
    let forbidden =
        |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r') || matches!(c, '\u{FFFE}' | '\u{FFFF}');
    let text = if text.contains(forbidden) { text.replace(forbidden, "") } else { text.to_owned() };
    escape(&text)
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
}
