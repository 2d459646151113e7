//! Tokenises articles and rules into words that can be compared.
//!
//! A word is a run of letters, digits and the marks that belong to them. Apostrophes and hyphens end it, so that
//! "Armenia's", "Karabağ'da" and "l'Arménie" contain the name, and "Nagorno-Karabakh" is two words in a row. Silent
//! characters inside of a word (the zero-width non-joiner of Persian, the Armenian question mark) are dropped.
//! Inflected forms meet in their stems ([`super::stem`]).
//!
//! Agencies write one thing in several ways. These meet too, unless the analysis is plain:
//! - "TB2" and "TB-2": a digit behind a letter begins a word, as behind a hyphen.
//! - "MiG-29s": an English plural s behind digits is no part of the word.
//! - "U.N.": single letters with points are one word.
//! - "10,000", "10 000" and "10.000": separators of thousands are no part of the number.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::signs;
use crate::stem::{self, ArticleLanguage, Language};

/// Empty positions between the title and the text, so that neither a phrase nor `NEAR` reaches from one to the other.
const FIELD_GAP: u32 = 1000;

/// The most words of an article, title included: the chapter of a long book. Bounds the work that a hostile feed
/// causes.
pub const MAX_WORDS: usize = 50_000;

/// The way to compare words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Analysis {
    /// By their stems in the language of the article.
    #[default]
    Full,
    /// By their folded form.
    Plain,
}

impl Analysis {
    /// Normalises a folded word. Russian writers use ё and е alike.
    pub fn exact(self, word: &str) -> Cow<'_, str> {
        if self == Self::Full && word.contains('ё') { word.replace('ё', "е").into() } else { word.into() }
    }
}

/// Tokenises a text into folded words, each with its byte range.
pub fn tokens(text: &str) -> impl Iterator<Item = (Range<usize>, String)> {
    tokens_with(Analysis::Full, text)
}

/// Tokenises a text into folded words, each with its byte range, with a chosen analysis.
pub fn tokens_with(analysis: Analysis, text: &str) -> impl Iterator<Item = (Range<usize>, String)> {
    let mut folded = String::new();
    let mut cuts = Vec::new();
    cut(analysis, text, &mut folded, |span, word| cuts.push((span, word)));
    cuts.into_iter().map(move |(span, word)| (span, folded[word].to_owned()))
}

/// Tokenises a text into folded words.
pub fn words(text: &str) -> Vec<String> {
    words_with(Analysis::Full, text)
}

/// Tokenises a text into folded words with a chosen analysis.
pub fn words_with(analysis: Analysis, text: &str) -> Vec<String> {
    tokens_with(analysis, text).map(|(_, word)| word).collect()
}

/// The ASCII characters of words. A table, since the tokeniser looks up every character of every article.
const ALPHANUMERIC: [bool; 128] = {
    let mut table = [false; 128];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    table
};

/// Calls `visit` with each word's byte range in the text and the byte range of its folded form, appended to `folded`.
fn cut(analysis: Analysis, text: &str, folded: &mut String, mut visit: impl FnMut(Range<usize>, Range<usize>)) {
    let full = analysis == Analysis::Full;
    let base = folded.len();
    // Most words are ASCII, in feeds of other languages too, and folding ASCII moves no byte.
    folded.push_str(text);
    if let Some(copy) = folded.get_mut(base..) {
        copy.make_ascii_lowercase();
    }
    let bytes = text.as_bytes();
    let char_at = |at: usize| text[at..].chars().next().unwrap_or_default();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let (mut ascii, mut in_digits) = (true, true);
        while at < bytes.len() {
            if bytes[at].is_ascii() {
                if !ALPHANUMERIC[bytes[at] as usize] {
                    break;
                }
                let is_digit = bytes[at].is_ascii_digit();
                if full && is_digit && !in_digits {
                    break;
                }
                in_digits = is_digit;
                at += 1;
            } else {
                let c = char_at(at);
                let continues = at > start && (is_combining_mark(c) || is_silent(c) || full && signs::is_invisible(c));
                if !continues && (!c.is_alphanumeric() || full && signs::is_apostrophe_letter(c)) {
                    break;
                }
                if full && c.is_numeric() && !in_digits {
                    break;
                }
                in_digits = if continues { in_digits } else { c.is_numeric() };
                ascii = false;
                at += c.len_utf8();
            }
        }
        if at == start {
            at += char_at(at).len_utf8();
            continue;
        }
        if full && let Some(length) = compound(text, start, at) {
            at = start + length;
            let from = folded.len();
            for part in text[start..at].split(|c: char| !c.is_alphanumeric()) {
                fold_into(part, folded);
            }
            visit(start..at, from..folded.len());
        } else if ascii {
            let plural = usize::from(full && is_plural_of_digits(&bytes[start..at]));
            visit(start..at, base + start..base + at - plural);
        } else {
            let from = folded.len();
            fold_into(&text[start..at], folded);
            if full && is_plural_of_digits(&folded.as_bytes()[from..]) {
                folded.pop();
            }
            // A single mark may count as a letter and fold to nothing.
            if folded.len() > from {
                visit(start..at, from..folded.len());
            }
        }
    }
}

/// The bytes of an abbreviation or a number whose first part is the word at `start..end`, if other parts follow.
fn compound(text: &str, start: usize, end: usize) -> Option<usize> {
    let next = *text.as_bytes().get(end)?;
    // Nearly every word ends before a blank or a comma and is no number: the common case leaves at once.
    let last = text[start..end].chars().next_back()?;
    if last.is_numeric() {
        return if next.is_ascii_alphanumeric() { None } else { signs::grouped_number(&text[start..]) };
    }
    (next == b'.' && text[start..end].chars().nth(1).is_none()).then(|| signs::initials(&text[start..])).flatten()
}

/// Whether a folded word is digits with the s of an English plural: the "29s" of "MiG-29s".
fn is_plural_of_digits(word: &[u8]) -> bool {
    word.split_last().is_some_and(|(last, digits)| {
        last.eq_ignore_ascii_case(&b's') && !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
    })
}

/// Folds a word: lower case, no accents, and one form for letters with several.
pub fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(word.len());
    fold_into(word, &mut folded);
    folded
}

fn fold_into(word: &str, folded: &mut String) {
    let from = folded.len();
    let is_latin = |c: char| matches!(c, 'a'..='z' | 'A'..='Z' | 'ə' | 'Ə');
    let is_written = |c: &char| !is_silent(*c) && !signs::is_invisible(*c);
    // Left out first: a mark behind such a sign belongs to the letter before it.
    for c in word.chars().filter(is_written).nfc() {
        // й is a letter of its own in Russian ("мой" is not "мои"); Unicode would decompose it.
        // [`Analysis::exact`] unifies ё.
        if let 'й' | 'Й' | 'ё' | 'Ё' = c {
            folded.extend(c.to_lowercase());
            continue;
        }
        for part in std::iter::once(c).nfkd().filter(|part| !is_combining_mark(*part) && is_written(part)) {
            for lower in part.to_lowercase() {
                match lower {
                    'ı' => folded.push('i'),
                    'ł' => folded.push('l'),
                    'ø' => folded.push('o'),
                    'đ' => folded.push('d'),
                    'ß' => folded.push_str("ss"),
                    'æ' => folded.push_str("ae"),
                    'œ' => folded.push_str("oe"),
                    // Arabic and Persian keyboards have different forms of these letters.
                    'ي' | 'ى' => folded.push('ی'),
                    'ك' => folded.push('ک'),
                    'ς' => folded.push('σ'),
                    // The capitals of և are ԵՎ, or ԵՒ in the old spelling.
                    'ւ' if folded[from..].ends_with('ե') => folded.push('վ'),
                    // Azerbaijani texts have the Cyrillic schwa among Latin letters.
                    'ә' if word.contains(is_latin) => folded.push('ə'),
                    mark if is_combining_mark(mark) => {}
                    other => folded.push(signs::digit(other).unwrap_or(other)),
                }
            }
        }
    }
}

/// Whether a character is written inside of words without being part of them.
fn is_silent(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}' | '\u{00AD}' | '\u{055B}' | '\u{055C}' | '\u{055E}' | '\u{0640}')
}

/// Normalises a language tag for comparison with `lang:`; some feeds write en_US.
pub fn language_key(tag: &str) -> String {
    tag.trim().to_lowercase().replace('_', "-")
}

/// Normalises the id, name or domain of a source for comparison with `source:`; an address in any form becomes its
/// host.
pub fn source_key(text: &str) -> String {
    let text: String = text.chars().filter(|&c| !signs::is_invisible(c)).collect();
    let lower = text.trim().to_lowercase();
    let mut name = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    // Each step may bare the next one's sign; the result normalises to itself.
    loop {
        let shorter = without_address_parts(&name).trim().to_owned();
        if shorter == name {
            return name;
        }
        name = shorter;
    }
}

/// Takes a scheme, a path, a port and the signs around a host off.
fn without_address_parts(name: &str) -> &str {
    let (has_scheme, rest) = match name.split_once("://") {
        Some((_, rest)) => (true, rest),
        None => (false, name),
    };
    let end = rest.find(['/', '?', '#', ':']).unwrap_or(rest.len());
    // A name such as "Radio One/Radio Two" has its slash behind a word without a point.
    let host = if has_scheme || rest[..end].contains('.') && !rest[..end].contains(' ') { &rest[..end] } else { rest };
    let host = host.strip_prefix('@').unwrap_or(host);
    let host = host.trim_start_matches("*.").trim_start_matches('.');
    host.strip_prefix("www.").unwrap_or(host).trim_end_matches(['.', '/'])
}

/// A document: a tokenised article with its sources, language and topics.
///
/// [`Doc::new`] tokenises title and text once. Sources, language and topics can be set at any later time without
/// tokenising again, so that one document passes through all stages of a pipeline:
///
/// ```
/// use ceasewire_text::Doc;
///
/// let mut doc = Doc::new("Truce in Karabakh", "It holds, both sides say.");
/// assert_eq!(doc.words().next(), Some("truce"));
///
/// doc.set_language(Some("en"));
/// doc.set_sources(["wire", "Example Wire"], Some("https://www.wire.example/news/1"));
/// doc.set_topics(vec!["ceasefire".into()]);
/// assert!(doc.sources().contains(&"wire.example".into()));
/// assert_eq!(doc.inflected_positions("truces"), [0]);
/// ```
///
/// Words have *numbers* (0, 1, 2 …) and *positions*: numbers count all words, positions leave a gap between title and
/// text, so that a phrase cannot reach across it.
#[derive(Clone, Debug, Default)]
pub struct Doc {
    analysis: Analysis,
    title: String,
    text: String,
    /// The folded words, in one piece.
    folded: String,
    tokens: Vec<DocToken>,
    /// The number of the title's tokens, which come first.
    title_tokens: usize,
    sources: Vec<String>,
    language: String,
    /// The language of the tag in `language`.
    article_language: ArticleLanguage,
    topics: Vec<String>,
    positions: OnceLock<WordPositions>,
}

/// A word of a document: byte ranges in `folded` and in the title or text. 32 bits bound an article to 4 GB.
#[derive(Clone, Copy, Debug)]
struct DocToken {
    word: (u32, u32),
    span: (u32, u32),
}

/// The positions of each word. Built when the first single rule is evaluated; the rule index does not use them.
#[derive(Clone, Debug, Default)]
struct WordPositions {
    exact: BTreeMap<Box<str>, Vec<u32>>,
    stems: HashMap<Box<str>, Vec<u32>>,
}

impl Doc {
    /// Tokenises an article's title and text for comparison by stems.
    pub fn new(title: &str, text: &str) -> Self {
        Self::with(Analysis::Full, title, text)
    }

    /// Tokenises an article's title and text with a chosen analysis.
    pub fn with(analysis: Analysis, title: &str, text: &str) -> Self {
        let mut folded = String::with_capacity(title.len() + text.len() + 64);
        // A word and the blank after it take some six bytes.
        let mut tokens = Vec::with_capacity((title.len() + text.len()) / 5);
        let small = |range: Range<usize>| (range.start as u32, range.end as u32);
        let add = |tokens: &mut Vec<DocToken>, span, word| {
            if tokens.len() < MAX_WORDS {
                tokens.push(DocToken { word: small(word), span: small(span) });
            }
        };
        cut(analysis, title, &mut folded, |span, word| add(&mut tokens, span, word));
        let title_tokens = tokens.len();
        cut(analysis, text, &mut folded, |span, word| add(&mut tokens, span, word));
        let (title, text) = (title.to_owned(), text.to_owned());
        Self { analysis, title, text, folded, tokens, title_tokens, ..Self::default() }
    }

    /// Sets the sources, as [`Self::set_sources`] does.
    #[must_use]
    pub fn from_source<'a>(mut self, names: impl IntoIterator<Item = &'a str>, url: Option<&str>) -> Self {
        self.set_sources(names, url);
        self
    }

    /// Sets the language, as [`Self::set_language`] does.
    #[must_use]
    pub fn in_language(mut self, language: Option<&str>) -> Self {
        self.set_language(language);
        self
    }

    /// Sets the topics, as [`Self::set_topics`] does.
    #[must_use]
    pub fn about(mut self, topics: Vec<String>) -> Self {
        self.set_topics(topics);
        self
    }

    /// Sets the names of the publisher for `source:`, and the address of its page, whose domain is a name too.
    pub fn set_sources<'a>(&mut self, names: impl IntoIterator<Item = &'a str>, url: Option<&str>) {
        self.sources = names.into_iter().map(source_key).collect();
        if let Some(host) = url.and_then(|url| url::Url::parse(url).ok()).as_ref().and_then(url::Url::host_str) {
            let host = source_key(host);
            // `source:bbc.co.uk` finds news.bbc.co.uk too.
            self.sources.extend(host.match_indices('.').map(|(dot, _)| host[dot + 1..].to_owned()));
            self.sources.push(host);
        }
    }

    /// Sets the language, a BCP 47 tag. The words stay; their stems are forgotten if the language changes.
    pub fn set_language(&mut self, language: Option<&str>) {
        self.language = language_key(language.unwrap_or_default());
        let article_language = ArticleLanguage::from(Some(self.language.as_str()));
        if article_language != self.article_language {
            self.article_language = article_language;
            self.positions.take();
        }
    }

    /// Sets the topics.
    pub fn set_topics(&mut self, topics: Vec<String>) {
        self.topics = topics;
    }

    /// The analysis that the document was tokenised with.
    pub fn analysis(&self) -> Analysis {
        self.analysis
    }

    /// The title, unfolded.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The text, unfolded.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The number of words.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether the document has no words.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The number of words in the title, which come first.
    pub fn title_len(&self) -> usize {
        self.title_tokens
    }

    /// The folded words, in order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|number| self.word(number))
    }

    /// The folded word with a number.
    pub fn word(&self, number: usize) -> &str {
        let (start, end) = self.tokens[number].word;
        &self.folded[start as usize..end as usize]
    }

    /// The byte range, in the title or the text, of the word with a number.
    pub fn span(&self, number: usize) -> Range<usize> {
        let (start, end) = self.tokens[number].span;
        start as usize..end as usize
    }

    /// The position of the word with a number.
    pub fn position(&self, number: usize) -> u32 {
        number as u32 + if number < self.title_tokens { 0 } else { FIELD_GAP }
    }

    /// The number of the word at a position.
    pub fn number(&self, position: u32) -> usize {
        let position = position as usize;
        if position < self.title_tokens { position } else { position - FIELD_GAP as usize }
    }

    /// The end of the title: the positions of its words are below it.
    pub fn title_end(&self) -> u32 {
        self.title_tokens as u32
    }

    /// The normalised names for `source:`.
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// The topics.
    pub fn topics(&self) -> &[String] {
        &self.topics
    }

    /// The language tag in lower case; empty if unknown.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// The language of the tag, for stemming.
    pub fn article_language(&self) -> ArticleLanguage {
        self.article_language
    }

    /// Whether the language is `tag` or a variety of it.
    pub fn is_in_language(&self, tag: &str) -> bool {
        self.language.strip_prefix(tag).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }

    /// The language that stems a word of this document, or of a rule for it.
    pub fn stemmed_by(&self, word: &str) -> Option<Language> {
        match self.analysis {
            Analysis::Full => stem::language_of_word(word, self.article_language),
            Analysis::Plain => None,
        }
    }

    /// The positions of a word in exactly this form, ascending.
    pub fn positions(&self, word: &str) -> &[u32] {
        self.word_positions().exact.get(&*self.analysis.exact(word)).map_or(&[], Vec::as_slice)
    }

    /// The positions of a word in every inflected form, ascending.
    pub fn inflected_positions(&self, word: &str) -> &[u32] {
        let exact = self.analysis.exact(word);
        match self.stemmed_by(&exact) {
            Some(language) => {
                self.word_positions().stems.get(&*stem::stem(language, &exact)).map_or(&[], Vec::as_slice)
            }
            None => self.positions(word),
        }
    }

    /// The positions of each word that begins with `prefix`.
    pub fn with_prefix(&self, prefix: &str) -> impl Iterator<Item = &[u32]> {
        let prefix = self.analysis.exact(prefix).into_owned();
        let from = std::ops::Bound::Included(prefix.as_str());
        self.word_positions()
            .exact
            .range::<str, _>((from, std::ops::Bound::Unbounded))
            .take_while(|(word, _)| word.starts_with(&prefix))
            .map(|(_, positions)| positions.as_slice())
            .collect::<Vec<_>>()
            .into_iter()
    }

    fn word_positions(&self) -> &WordPositions {
        self.positions.get_or_init(|| {
            let mut positions = WordPositions::default();
            for number in 0..self.len() {
                let word = self.analysis.exact(self.word(number));
                let position = self.position(number);
                if let Some(language) = self.stemmed_by(&word) {
                    positions.stems.entry(stem::stem(language, &word).into()).or_default().push(position);
                }
                positions.exact.entry(word.into()).or_default().push(position);
            }
            positions
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_and_folded() {
        for (text, expected) in [
            ("Armenia's ministers", vec!["armenia", "s", "ministers"]),
            ("Nagorno-Karabakh", vec!["nagorno", "karabakh"]),
            ("Karabağ'da", vec!["karabag", "da"]),
            ("l’Arménie", vec!["l", "armenie"]),
            ("İSTANBUL ISPARTA ığdır", vec!["istanbul", "isparta", "igdir"]),
            ("Пашинян: Мой ход, всё", vec!["пашинян", "мой", "ход", "всё"]),
            ("ինչո՞ւ Ղարաբաղ", vec!["ինչու", "ղարաբաղ"]),
            ("قره\u{200C}باغ", vec!["قرهباغ"]),
            ("U.S.", vec!["us"]),
            ("the U.N.’s chief, A. Smith of t.me", vec!["the", "un", "s", "chief", "a", "smith", "of", "t", "me"]),
            ("И.И. Иванов", vec!["ии", "иванов"]),
            ("TB2s, MiG-29s, 9K72 and T-72B3", vec!["tb", "2", "mig", "29", "9k", "72", "and", "t", "72b", "3"]),
            ("Covid19 in the 1990s", vec!["covid", "19", "in", "the", "1990"]),
            ("10,000 or 1 250 000, 10.5 in 2020", vec!["10000", "or", "1250000", "10", "5", "in", "2020"]),
            ("۴۳ نفر، ٤٣", vec!["43", "نفر", "43"]),
            ("ΠΟΛΕΜΟΣ πόλεμος", vec!["πολεμοσ", "πολεμοσ"]),
            ("Երևան ԵՐԵՎԱՆ Երեւան", vec!["երեվան", "երեվան", "երեվան"]),
            ("ministerʼs Lachinʼda", vec!["minister", "s", "lachin", "da"]),
            ("ware\u{200E}house ware\u{34F}house", vec!["warehouse", "warehouse"]),
            ("Azәrbaycan әлемі", vec!["azərbaycan", "әлемі"]),
            ("e\u{301}tat", vec!["etat"]),
            ("мои\u{306} мои\u{200D}\u{306} мой", vec!["мой", "мой", "мой"]),
            ("…—!", vec![]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn plain_words_stay_as_they_are_written() {
        for (text, expected) in [
            ("U.S. TB2s", vec!["u", "s", "tb2s"]),
            ("10,000", vec!["10", "000"]),
            ("ware\u{200E}house", vec!["ware", "house"]),
        ] {
            assert_eq!(words_with(Analysis::Plain, text), expected, "{text}");
        }
    }

    #[test]
    fn an_address_in_any_form_is_its_host() {
        for typed in [
            "osce.org",
            "OSCE.org/",
            "www.osce.org/minsk-group",
            ".osce.org",
            "*.osce.org",
            "osce.org.",
            "osce.org:443",
            "http://osce.org:80",
            "https://www.osce.org/a?b=c#d",
            "osce.org?x",
            "\u{200E}osce.org\u{FEFF}",
            "@osce.org",
        ] {
            assert_eq!(source_key(typed), "osce.org", "{typed}");
        }
        for (typed, expected) in [
            ("BBC News", "bbc news"),
            ("Radio One/Radio Two", "radio one/radio two"),
            ("@osce", "osce"),
            ("St. Petersburg Times", "st. petersburg times"),
            ("www.", ""),
        ] {
            assert_eq!(source_key(typed), expected, "{typed}");
        }
    }

    #[test]
    fn spans_point_at_the_words() {
        let text = "Ղարաբաղ, «Шуша»";
        let cut: Vec<&str> = tokens(text).map(|(span, _)| &text[span]).collect();
        assert_eq!(cut, ["Ղարաբաղ", "Шуша"]);
    }

    #[test]
    fn a_source_has_its_id_its_name_and_its_domain() {
        let doc = Doc::new("", "").from_source(["bbc", "BBC News"], Some("https://www.news.bbc.co.uk/x"));
        for name in ["bbc", "bbc news", "news.bbc.co.uk", "bbc.co.uk"] {
            assert!(doc.sources().contains(&name.to_owned()), "{name}");
        }
    }

    #[test]
    fn setting_another_language_changes_the_stems() {
        let mut doc = Doc::new("portes", "");
        doc.set_language(Some("fr"));
        assert!(doc.inflected_positions("porting").is_empty());
        doc.set_language(Some("en-GB"));
        assert_eq!(doc.inflected_positions("porte"), [0]);
        assert_eq!(doc.inflected_positions("porting"), doc.inflected_positions("porte"));
        doc.set_language(Some("sv"));
        assert!(doc.inflected_positions("porte").is_empty());
    }
}
