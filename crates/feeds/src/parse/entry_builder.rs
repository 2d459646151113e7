//! The values of one entry, or of the feed's head, collected from its elements and made into an [`Entry`].
//!
//! It must not know the elements that the values came from, nor the format of the feed. Nothing is invented: an absent
//! id, date or language stays absent.

use std::borrow::Cow;

use url::Url;

use super::date::{self, ParsedDate};
use super::dialect::ElementRole;
use ceasewire_articles::clean::plain_line;
use ceasewire_articles::markup::{escape, parse_reference};
use ceasewire_model::{Entry, Timestamp};

/// The text of an element.
#[derive(Clone, Debug, Default)]
pub(super) struct ElementText<'a> {
    /// The characters, decoded once.
    pub(super) text: Cow<'a, str>,
    /// Whether the text is HTML source rather than plain text.
    pub(super) is_html: bool,
}

/// The best value found so far for each role of an entry or of the feed's head.
#[derive(Default)]
pub(super) struct EntryBuilder<'a> {
    /// Names of the authors.
    pub(super) authors: Vec<String>,
    /// The address that relative addresses are resolved against, as written.
    pub(super) base: Option<String>,
    values: [Option<(u8, ElementText<'a>)>; ElementRole::COUNT],
}

impl<'a> ElementText<'a> {
    pub(super) fn plain(text: Cow<'a, str>) -> Self {
        Self { text, is_html: false }
    }

    /// The text as HTML. Many feeds put HTML where plain text is due: a text with tags or entities counts as HTML, any
    /// other text is escaped.
    fn html(&self) -> Cow<'_, str> {
        let text = self.text.trim();
        let is_tag = |at: usize| {
            let after = text[at + 1..].trim_start_matches('/');
            after.starts_with(|c: char| c.is_ascii_alphabetic()) && after.contains('>')
        };
        let is_html = self.is_html
            || text.find('<').is_some_and(is_tag)
            || text.find('&').is_some_and(|at| parse_reference(&text[at..]).is_some());
        if is_html { Cow::Borrowed(text) } else { Cow::Owned(escape(text)) }
    }
}

impl<'a> EntryBuilder<'a> {
    pub(super) fn new(authors: Vec<String>, base: Option<String>) -> Self {
        Self { authors, base, ..Self::default() }
    }

    /// Keeps `text` unless it is blank or the builder keeps a value of an equal or better rank already.
    pub(super) fn offer(&mut self, role: ElementRole, rank: u8, text: ElementText<'a>) {
        let kept = &mut self.values[role as usize];
        if kept.as_ref().is_none_or(|(kept, _)| rank < *kept) && !text.text.trim().is_empty() {
            *kept = Some((rank, text));
        }
    }

    /// The best text for `role`.
    pub(super) fn text(&self, role: ElementRole) -> Option<&str> {
        self.get(role).map(|value| value.text.as_ref())
    }

    /// The title as one plain line.
    pub(super) fn title(&self) -> Option<String> {
        self.get(ElementRole::Title).map(|title| plain_line(&title.html())).filter(|title| !title.is_empty())
    }

    /// The BCP 47 tag of the language.
    pub(super) fn language(&self) -> Option<String> {
        self.text(ElementRole::Language).and_then(language_tag)
    }

    /// The web address of the page, resolved against `base`.
    pub(super) fn address(&self, base: Option<&Url>) -> Option<String> {
        resolve(self.text(ElementRole::Link)?, base)
    }

    /// The address that relative addresses are resolved against, itself resolved against `outer`.
    pub(super) fn base<'b>(&self, outer: Option<&'b Url>) -> Option<Cow<'b, Url>> {
        let own = self.base.as_deref().map(str::trim);
        let own = own.and_then(|own| match Url::parse(own) {
            Ok(url) => Some(url),
            Err(url::ParseError::RelativeUrlWithoutBase) => outer?.join(own).ok(),
            Err(_) => None,
        });
        own.map(Cow::Owned).or(outer.map(Cow::Borrowed))
    }

    /// Builds the entry. The language and the base address of the feed stand in where the entry has none.
    pub(super) fn build(&self, feed_language: Option<&str>, feed_base: Option<&Url>) -> Entry {
        let (published, updated) = (self.date(ElementRole::Published), self.date(ElementRole::Updated));
        let html = self.get(ElementRole::Content).or_else(|| self.get(ElementRole::Summary));
        Entry {
            url: self.address(self.base(feed_base).as_deref()),
            guid: self.text(ElementRole::Id).map(|id| id.trim().to_owned()),
            title: self.title().unwrap_or_default(),
            html: html.map(|html| html.html().into_owned()).unwrap_or_default(),
            published: published.map(|date| Timestamp::from(date.at)),
            updated: updated.map(|date| Timestamp::from(date.at)),
            zoneless: published.or(updated).is_some_and(|date| date.zoneless),
            authors: self.distinct_authors(),
            language: self.language().or_else(|| feed_language.map(str::to_owned)),
        }
    }

    fn get(&self, role: ElementRole) -> Option<&ElementText<'a>> {
        self.values[role as usize].as_ref().map(|(_, value)| value)
    }

    fn date(&self, role: ElementRole) -> Option<ParsedDate> {
        self.text(role).and_then(date::parse)
    }

    fn distinct_authors(&self) -> Vec<String> {
        let mut authors: Vec<String> = Vec::new();
        for name in self.authors.iter().filter_map(|name| person(&plain_line(name))) {
            if !authors.contains(&name) {
                authors.push(name);
            }
        }
        authors
    }
}

/// The name in an author field such as `ani@example.am (Ani Sargsyan)` or `Ani Sargsyan <ani@example.am>`; the mail
/// address where there is no name.
pub(super) fn person(text: &str) -> Option<String> {
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

/// Reads a BCP 47 tag, also one written with underscores (`ru_RU`).
pub(crate) fn language_tag(text: &str) -> Option<String> {
    /// RFC 5646 asks programs to have room for 35 characters.
    const MAX_LENGTH: usize = 35;
    let tag = text.trim().replace('_', "-");
    let is_tag = tag.len() <= MAX_LENGTH && tag.starts_with(|c: char| c.is_ascii_alphabetic());
    (is_tag && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')).then_some(tag)
}

/// Whether an address is of the web rather than of mail, a script or a file.
pub(super) fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// Resolves a web address against `base`; `None` for any other address.
fn resolve(href: &str, base: Option<&Url>) -> Option<String> {
    let href = href.trim();
    let url = match (Url::parse(href), base) {
        (Ok(url), _) => url,
        (Err(url::ParseError::RelativeUrlWithoutBase), Some(base)) => base.join(href).ok()?,
        _ => return None,
    };
    is_web(&url).then(|| url.into())
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
    fn the_best_rank_wins_and_a_blank_value_never_does() {
        let mut builder = EntryBuilder::default();
        for (rank, text) in [(2, "second"), (0, " \n"), (1, "first"), (1, "later")] {
            builder.offer(ElementRole::Summary, rank, ElementText::plain(Cow::Borrowed(text)));
        }
        assert_eq!(builder.text(ElementRole::Summary), Some("first"));
    }

    #[test]
    fn plain_text_is_escaped_unless_it_is_html() {
        for (text, html) in [
            ("5 < 6", "5 &lt; 6"),
            ("a & b", "a &amp; b"),
            ("<p>a & b</p>", "<p>a & b</p>"),
            ("a &amp; b", "a &amp; b"),
            (" plain \n", "plain"),
        ] {
            assert_eq!(ElementText::plain(Cow::Borrowed(text)).html(), html);
        }
    }
}
