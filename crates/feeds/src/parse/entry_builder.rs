//! The values of one entry, or of the feed's head, collected from its elements and made into an [`Entry`].
//!
//! It must not know the elements that the values came from, nor the format of the feed. Nothing is invented: an absent
//! id, date or language stays absent.

use std::borrow::Cow;

use hashbrown::HashSet;
use smallvec::SmallVec;
use url::Url;

use super::date::{self, ParsedDate};
use super::dialect::ElementRole;
use super::link;
use crate::budget::{FeedBudget, MAX_ADDRESS_BYTES, MAX_AUTHOR_BYTES, MAX_TITLE_BYTES};
use ceasewire_articles::clean::{count_words, escape_unknown_tags, has_more_words, plain_line, without_controls};
use ceasewire_articles::markup::{escape, parse_reference};
use ceasewire_model::{Entry, Timestamp};

/// The most bytes to read of a title's or an author's markup.
const MAX_SOURCE_BYTES: usize = 8 * MAX_TITLE_BYTES;

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
    /// Names of the authors as stated, not more than the budget allows.
    pub(super) authors: Vec<String>,
    /// The address that relative addresses are resolved against, as written.
    pub(super) base: Option<String>,
    values: [Option<(u8, ElementText<'a>)>; ElementRole::COUNT],
    /// The dates of publication and of the last change, with their ranks. A text without a date hides none.
    published: Option<(u8, ParsedDate)>,
    updated: Option<(u8, ParsedDate)>,
    /// The texts, by whether they are a summary and by their rank.
    texts: SmallVec<[((bool, u8), ElementText<'a>); 2]>,
}

/// Texts to compare of one entry: real ones have a content, a summary, and another form of one of them.
const MAX_TEXTS: usize = 4;

impl<'a> ElementText<'a> {
    pub(super) fn plain(text: Cow<'a, str>) -> Self {
        Self { text, is_html: false }
    }

    /// The text as HTML of at most `max_bytes`. Many feeds put HTML where plain text is due: a text with tags or entities
    /// counts as HTML, any other text is escaped.
    fn into_html(self, max_bytes: usize) -> String {
        let text = self.text.trim();
        let is_tag = |at: usize| {
            let after = text[at + 1..].trim_start_matches('/');
            after.starts_with(|c: char| c.is_ascii_alphabetic()) && after.contains('>')
        };
        let is_html = self.is_html
            || text.find('<').is_some_and(is_tag)
            || text.find('&').is_some_and(|at| parse_reference(&text[at..]).is_some());
        match self.text {
            Cow::Owned(text) if is_html && text.len() <= max_bytes && text.trim().len() == text.len() => text,
            text if is_html => cut_html(text.trim(), max_bytes).to_owned(),
            text => cut_html(&escape(cut(text.trim(), max_bytes)), max_bytes).to_owned(),
        }
    }
}

/// Cuts a text to at most `max_bytes`.
fn cut(text: &str, max_bytes: usize) -> &str {
    &text[..text.floor_char_boundary(max_bytes)]
}

/// Cuts HTML to at most `max_bytes`, without a part of a tag or of an entity at its end.
fn cut_html(html: &str, max_bytes: usize) -> &str {
    /// A longer tag or entity at the end is text.
    const MAX_PART: usize = 300;
    if html.len() <= max_bytes {
        return html;
    }
    let kept = cut(html, max_bytes);
    let tail = kept.ceil_char_boundary(kept.len().saturating_sub(MAX_PART));
    let part = [('<', '>'), ('&', ';')].into_iter().filter_map(|(start, end)| {
        let at = kept[tail..].rfind(start)?;
        (!kept[tail + at..].contains(end)).then_some(tail + at)
    });
    kept[..part.min().unwrap_or(kept.len())].trim_end()
}

impl<'a> EntryBuilder<'a> {
    pub(super) fn new(authors: Vec<String>, base: Option<String>) -> Self {
        Self { authors, base, ..Self::default() }
    }

    /// Keeps `text` unless it is blank or the builder keeps a value of an equal or better rank already. Of links, it keeps
    /// web addresses alone.
    pub(super) fn offer(&mut self, role: ElementRole, rank: u8, mut text: ElementText<'a>) {
        if role == ElementRole::Link {
            match link::address(text.text) {
                Some(address) => text.text = address,
                None => return,
            }
        }
        let kept = match role {
            ElementRole::Published => return keep_date(&mut self.published, rank, &text.text),
            ElementRole::Updated => return keep_date(&mut self.updated, rank, &text.text),
            ElementRole::Content => return self.offer_text((false, rank), text),
            ElementRole::Summary => return self.offer_text((true, rank), text),
            _ => &mut self.values[role as usize],
        };
        if kept.as_ref().is_none_or(|(kept, _)| rank < *kept) && !text.text.trim().is_empty() {
            *kept = Some((rank, text));
        }
    }

    /// Keeps every text with characters: the fullest is chosen from all.
    fn offer_text(&mut self, order: (bool, u8), text: ElementText<'a>) {
        let place = self.texts.partition_point(|(kept, _)| *kept < order);
        let is_taken = self.texts.get(place).is_some_and(|(kept, _)| *kept == order);
        if !is_taken && self.texts.len() < MAX_TEXTS && !text.text.trim().is_empty() {
            self.texts.insert(place, (order, text));
        }
    }

    /// Takes the fullest text. An earlier one gives way to one with more words; a summary to another that stands in a
    /// better rank, unless the better one has no words.
    fn take_fullest(&mut self) -> Option<ElementText<'a>> {
        let mut texts = std::mem::take(&mut self.texts).into_iter();
        let ((mut is_summary, _), mut fullest) = texts.next()?;
        for ((next_is_summary, _), next) in texts {
            let is_fuller = match is_summary {
                true => count_words(&fullest.text, 1) == 0,
                false => has_more_words(&next.text, &fullest.text),
            };
            if is_fuller {
                (is_summary, fullest) = (next_is_summary, next);
            }
        }
        Some(fullest)
    }

    /// The best text for `role`.
    pub(super) fn text(&self, role: ElementRole) -> Option<&str> {
        self.get(role).map(|value| value.text.as_ref())
    }

    /// Takes in the author or authors of one element.
    pub(super) fn push_author(&mut self, text: &str, budget: &FeedBudget) {
        if self.authors.len() < budget.max_authors {
            self.authors.extend(person(cut(text.trim(), MAX_SOURCE_BYTES)));
        }
    }

    /// The title as one plain line.
    pub(super) fn title(&self) -> Option<String> {
        let ElementText { text, is_html } = self.get(ElementRole::Title)?;
        let source = ElementText { text: escape_unknown_tags(text), is_html: *is_html };
        let title = plain_line(&source.into_html(MAX_SOURCE_BYTES));
        Some(cut(&title, MAX_TITLE_BYTES).trim_end().to_owned()).filter(|title| !title.is_empty())
    }

    /// The name of the outlet that an aggregator's entry comes from.
    pub(super) fn source(&self) -> Option<String> {
        let name = plain_line(cut(self.text(ElementRole::Source)?, MAX_SOURCE_BYTES));
        (1..=MAX_AUTHOR_BYTES).contains(&name.len()).then_some(name)
    }

    /// The BCP 47 tag of the language.
    pub(super) fn language(&self) -> Option<String> {
        self.text(ElementRole::Language).and_then(language_tag)
    }

    /// The web address of the page, resolved against `base`.
    pub(super) fn address(&self, base: Option<&Url>) -> Option<String> {
        link::resolve(self.text(ElementRole::Link)?, base)
    }

    /// The address that relative addresses are resolved against, itself resolved against `outer`.
    pub(super) fn base<'b>(&self, outer: Option<&'b Url>) -> Option<Cow<'b, Url>> {
        let own = self.base.as_deref().map(str::trim).filter(|own| own.len() <= MAX_ADDRESS_BYTES);
        let own = own.and_then(|own| match Url::parse(own) {
            Ok(url) => Some(url),
            Err(url::ParseError::RelativeUrlWithoutBase) => outer?.join(own).ok(),
            Err(_) => None,
        });
        own.map(Cow::Owned).or(outer.map(Cow::Borrowed))
    }

    /// Builds the entry. The language and the base address of the feed stand in where the entry has none.
    pub(super) fn build(mut self, feed_language: Option<&str>, feed_base: Option<&Url>, budget: &FeedBudget) -> Entry {
        let [published, updated] = [self.published, self.updated].map(|date| date.map(|(_, date)| date));
        let stated = published.or(updated);
        let html = self.take_fullest();
        Entry {
            url: self.address(self.base(feed_base).as_deref()),
            guid: self.text(ElementRole::Id).and_then(id),
            title: self.title().unwrap_or_default(),
            html: html.map(|html| html.into_html(budget.max_entry_bytes)).unwrap_or_default(),
            published: published.map(|date| Timestamp::from(date.at)),
            updated: updated.map(|date| Timestamp::from(date.at)),
            period_end: stated.and_then(|date| date.end).map(Timestamp::from),
            zoneless: stated.is_some_and(|date| date.zoneless),
            authors: self.distinct_authors(),
            language: self.language().or_else(|| feed_language.map(str::to_owned)),
        }
    }

    fn get(&self, role: ElementRole) -> Option<&ElementText<'a>> {
        self.values[role as usize].as_ref().map(|(_, value)| value)
    }

    fn distinct_authors(&self) -> Vec<String> {
        let mut seen = HashSet::new();
        let names = self.authors.iter().filter_map(|name| person(&plain_line(name)));
        let names = names.map(|name| cut(&name, MAX_AUTHOR_BYTES).trim_end().to_owned());
        names.filter(|name| seen.insert(name.clone())).collect()
    }
}

/// Keeps the date in `text` unless there is one of an equal or better rank.
fn keep_date(kept: &mut Option<(u8, ParsedDate)>, rank: u8, text: &str) {
    if kept.as_ref().is_none_or(|(kept, _)| rank < *kept)
        && let Some(date) = date::parse(text)
    {
        *kept = Some((rank, date));
    }
}

/// The id of an entry without control characters.
fn id(text: &str) -> Option<String> {
    let text = without_controls(text.trim());
    let id = text.trim();
    (1..=MAX_ADDRESS_BYTES).contains(&id.len()).then(|| id.to_owned())
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
            builder.offer(ElementRole::Title, rank, ElementText::plain(Cow::Borrowed(text)));
        }
        assert_eq!(builder.text(ElementRole::Title), Some("first"));
    }

    #[test]
    fn the_text_with_the_most_words_wins() {
        const SENTENCE: &str = "The ministers signed the ceasefire in Moscow after ten hours of talks.";
        let whole = format!("<p>{SENTENCE}</p><p>It begins at noon.</p>");
        for (texts, right) in [
            (
                vec![(ElementRole::Content, 0, "<p><img src='x.jpg'/></p>"), (ElementRole::Summary, 0, SENTENCE)],
                SENTENCE,
            ),
            (vec![(ElementRole::Summary, 0, SENTENCE), (ElementRole::Content, 0, "<div>\n</div>")], SENTENCE),
            (vec![(ElementRole::Summary, 0, SENTENCE), (ElementRole::Content, 0, " ... ")], SENTENCE),
            (vec![(ElementRole::Summary, 0, SENTENCE), (ElementRole::Content, 0, "<p>&nbsp;</p>")], SENTENCE),
            (vec![(ElementRole::Summary, 0, SENTENCE), (ElementRole::Content, 0, "<a href=x>Read more</a>")], SENTENCE),
            (
                vec![
                    (ElementRole::Summary, 0, SENTENCE),
                    (ElementRole::Content, 0, "<script>a b c d e f g h i j k l m n o p q r</script>"),
                ],
                SENTENCE,
            ),
            (
                vec![
                    (ElementRole::Summary, 0, "Short."),
                    (ElementRole::Content, 0, "<figure><figcaption>One long caption by a wire</figcaption></figure>"),
                ],
                "Short.",
            ),
            (vec![(ElementRole::Content, 0, "<img>"), (ElementRole::Content, 1, SENTENCE)], SENTENCE),
            (vec![(ElementRole::Summary, 0, SENTENCE), (ElementRole::Content, 0, &whole)], &whole),
            (
                vec![
                    (ElementRole::Summary, 0, SENTENCE),
                    (
                        ElementRole::Content,
                        0,
                        "<p>The ministers signed the ceasefire \
               in Moscow after ten hours of talks.</p>",
                    ),
                ],
                "<p>The ministers signed the ceasefire in Moscow after ten hours of talks.</p>",
            ),
            (vec![(ElementRole::Summary, 0, "Short."), (ElementRole::Summary, 4, "A longer caption.")], "Short."),
            (vec![(ElementRole::Summary, 0, "<img>"), (ElementRole::Summary, 4, "A caption.")], "A caption."),
        ] {
            let mut builder = EntryBuilder::default();
            for (role, rank, text) in &texts {
                builder.offer(*role, *rank, ElementText { text: Cow::Borrowed(text), is_html: true });
            }
            assert_eq!(builder.take_fullest().unwrap().text, right, "{texts:?}");
        }
    }

    #[test]
    fn a_text_that_is_no_date_hides_none() {
        let mut builder = EntryBuilder::default();
        for (rank, text) in [(0, "Invalid Date"), (3, "2026-11-30"), (1, "soon"), (4, "2026-11-29")] {
            builder.offer(ElementRole::Published, rank, ElementText::plain(Cow::Borrowed(text)));
        }
        let budget = FeedBudget { max_entries: 1, max_entry_bytes: 1000, max_authors: 1, parse_ms: 60_000 };
        let entry = builder.build(None, None, &budget);
        let [published, end] = [entry.published, entry.period_end].map(|time| time.unwrap().to_rfc3339());
        assert_eq!((published.as_str(), end.as_str()), ("2026-11-30T00:00:00Z", "2026-12-01T00:00:00Z"));
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
            assert_eq!(ElementText::plain(Cow::Borrowed(text)).into_html(100), html);
        }
    }
}
