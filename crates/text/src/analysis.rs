//! Text to words: how an article and a rule are cut into words that can be compared.
//!
//! A word is a run of letters, digits and the marks that belong to them. Apostrophes and hyphens end it, so that
//! "Armenia's", "Karabağ'da" and "l'Arménie" contain the name, and "Nagorno-Karabakh" is two words in a row. Signs that
//! are written inside of a word without being part of it (the zero-width non-joiner of Persian, the Armenian question
//! mark) are dropped. Inflected forms meet in their stems ([`super::stem`]).

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::stem::{self, Language};

/// Empty positions between the title and the text, so that no phrase and no `NEAR` reaches from one to the other.
const FIELD_GAP: u32 = 1000;

/// Words of an article, its title's included, that are looked at: a long book's chapter. What a stranger's feed makes us
/// do has an end.
pub const MAX_WORDS: usize = 50_000;

/// How words are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Analysis {
    /// In their inflected forms, by the language of the article.
    #[default]
    Full,
    /// As whole folded words.
    Plain,
}

impl Analysis {
    /// The form in which a folded word stands for itself. Russian readers write ё either way.
    pub fn exact(self, word: &str) -> Cow<'_, str> {
        if self == Self::Full && word.contains('ё') { word.replace('ё', "е").into() } else { word.into() }
    }
}

/// The words of a text, folded, each with its byte range.
pub fn tokens(text: &str) -> impl Iterator<Item = (Range<usize>, String)> {
    let mut folded = String::new();
    let mut cuts = Vec::new();
    cut(text, &mut folded, |span, word| cuts.push((span, word)));
    cuts.into_iter().map(move |(span, word)| (span, folded[word].to_owned()))
}

/// The words of a text, folded.
pub fn words(text: &str) -> Vec<String> {
    tokens(text).map(|(_, word)| word).collect()
}

/// Which ASCII characters words consist of, as a table: this is asked of every character of every article.
const ALPHANUMERIC: [bool; 128] = {
    let mut table = [false; 128];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    table
};

/// Cuts a text: calls `visit` with each word's byte range in the text and that of its folded form in `folded`, which grows.
fn cut(text: &str, folded: &mut String, mut visit: impl FnMut(Range<usize>, Range<usize>)) {
    let base = folded.len();
    // Most words are ASCII even in other languages' feeds, and folding ASCII keeps every byte where it is.
    folded.push_str(text);
    if let Some(copy) = folded.get_mut(base..) {
        copy.make_ascii_lowercase();
    }
    let bytes = text.as_bytes();
    let char_at = |at: usize| text[at..].chars().next().unwrap_or_default();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let mut ascii = true;
        while at < bytes.len() {
            if bytes[at].is_ascii() {
                if !ALPHANUMERIC[bytes[at] as usize] {
                    break;
                }
                at += 1;
            } else {
                let c = char_at(at);
                if !(c.is_alphanumeric() || at > start && (is_combining_mark(c) || is_silent(c))) {
                    break;
                }
                ascii = false;
                at += c.len_utf8();
            }
        }
        if at == start {
            at += char_at(at).len_utf8();
        } else if ascii {
            visit(start..at, base + start..base + at);
        } else {
            let from = folded.len();
            fold_into(&text[start..at], folded);
            // A lone mark can count as a letter and fold to nothing.
            if folded.len() > from {
                visit(start..at, from..folded.len());
            }
        }
    }
}

/// Folds a word: lower case, without accents, in one form where several mean the same.
pub fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(word.len());
    fold_into(word, &mut folded);
    folded
}

fn fold_into(word: &str, folded: &mut String) {
    for c in word.nfc() {
        // й is a letter of its own in Russian ("мой" is not "мои"); Unicode would decompose it.
        // ё is left to [`Analysis::exact`].
        if let 'й' | 'Й' | 'ё' | 'Ё' = c {
            folded.extend(c.to_lowercase());
            continue;
        }
        for part in std::iter::once(c).nfkd().filter(|&part| !is_combining_mark(part) && !is_silent(part)) {
            for lower in part.to_lowercase() {
                match lower {
                    'ı' => folded.push('i'),
                    'ł' => folded.push('l'),
                    'ø' => folded.push('o'),
                    'đ' => folded.push('d'),
                    'ß' => folded.push_str("ss"),
                    'æ' => folded.push_str("ae"),
                    'œ' => folded.push_str("oe"),
                    // The Arabic and the Persian form of one letter.
                    'ي' | 'ى' => folded.push('ی'),
                    'ك' => folded.push('ک'),
                    mark if is_combining_mark(mark) => {}
                    other => folded.push(other),
                }
            }
        }
    }
}

/// Signs that stand inside of a word without being part of it.
fn is_silent(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}' | '\u{00AD}' | '\u{055B}' | '\u{055C}' | '\u{055E}' | '\u{0640}')
}

/// The form in which a language tag is compared with what `lang:` names; some feeds write en_US.
pub fn language_key(tag: &str) -> String {
    tag.trim().to_lowercase().replace('_', "-")
}

/// The form in which an outlet's id, name or domain is compared with what `source:` names; of an address its host.
pub fn source_key(text: &str) -> String {
    let lower = text.trim().to_lowercase();
    let host = match lower.split_once("://") {
        Some((_, rest)) => rest.split('/').next().unwrap_or_default(),
        None => &lower,
    };
    // White space goes with it: what is left must not begin so again.
    let host = host.trim_start_matches(|c: char| c.is_whitespace()).to_owned();
    let mut words = host.split_whitespace().collect::<Vec<_>>().join(" ");
    while let Some(rest) = words.strip_prefix("www.") {
        words = rest.trim_start().to_owned();
    }
    words
}

/// An article as rules see it.
#[derive(Clone, Debug, Default)]
pub struct Doc {
    analysis: Analysis,
    title: String,
    text: String,
    /// The folded words that `tokens` point into.
    folded: String,
    tokens: Vec<Token>,
    /// How many of the tokens are the title's; they come first.
    title_tokens: usize,
    sources: Vec<String>,
    language: String,
    topics: Vec<String>,
    postings: OnceLock<Postings>,
}

/// A word of an article. Articles longer than 4 GB do not come in.
#[derive(Clone, Copy, Debug)]
struct Token {
    word: (u32, u32),
    span: (u32, u32),
}

/// Where each word stands; made when a single rule is evaluated, for which the index is not worth its while.
#[derive(Clone, Debug, Default)]
struct Postings {
    exact: BTreeMap<Box<str>, Vec<u32>>,
    stems: HashMap<Box<str>, Vec<u32>>,
}

impl Doc {
    /// Cuts an article's title and text into words that are compared in their inflected forms.
    pub fn new(title: &str, text: &str) -> Self {
        Self::with(Analysis::Full, title, text)
    }

    /// Cuts an article's title and text into words that are compared as `analysis` says.
    pub fn with(analysis: Analysis, title: &str, text: &str) -> Self {
        let mut folded = String::with_capacity(title.len() + text.len() + 64);
        // A word takes some six bytes with the blank after it.
        let mut tokens = Vec::with_capacity((title.len() + text.len()) / 5);
        let small = |range: Range<usize>| (range.start as u32, range.end as u32);
        let add = |tokens: &mut Vec<Token>, span, word| {
            if tokens.len() < MAX_WORDS {
                tokens.push(Token { word: small(word), span: small(span) });
            }
        };
        cut(title, &mut folded, |span, word| add(&mut tokens, span, word));
        let title_tokens = tokens.len();
        cut(text, &mut folded, |span, word| add(&mut tokens, span, word));
        let (title, text) = (title.to_owned(), text.to_owned());
        Self { analysis, title, text, folded, tokens, title_tokens, ..Self::default() }
    }

    /// Says who published the article: names for `source:`, and the address, whose domain counts as well.
    #[must_use]
    pub fn from_source<'a>(mut self, names: impl IntoIterator<Item = &'a str>, url: Option<&str>) -> Self {
        self.sources.extend(names.into_iter().map(source_key));
        if let Some(host) = url.and_then(|url| url::Url::parse(url).ok()).as_ref().and_then(url::Url::host_str) {
            let host = source_key(host);
            // news.bbc.co.uk is found by bbc.co.uk too.
            self.sources.extend(host.match_indices('.').map(|(dot, _)| host[dot + 1..].to_owned()));
            self.sources.push(host);
        }
        self
    }

    /// Says which language the article is in, as a BCP 47 tag.
    #[must_use]
    pub fn in_language(mut self, language: Option<&str>) -> Self {
        self.language = language_key(language.unwrap_or_default());
        self.postings = OnceLock::new();
        self
    }

    /// Says which topics were found in the article.
    #[must_use]
    pub fn about(mut self, topics: Vec<String>) -> Self {
        self.topics = topics;
        self
    }

    /// How words are compared.
    pub fn analysis(&self) -> Analysis {
        self.analysis
    }

    /// The title as it was given.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The text as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether there are no words.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// How many of the words are the title's; they come first.
    pub fn title_len(&self) -> usize {
        self.title_tokens
    }

    /// The folded words, in their order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|number| self.word(number))
    }

    /// The folded word with this number.
    pub fn word(&self, number: usize) -> &str {
        let (start, end) = self.tokens[number].word;
        &self.folded[start as usize..end as usize]
    }

    /// The byte range, in the title or the text, of the word with this number.
    pub fn span(&self, number: usize) -> Range<usize> {
        let (start, end) = self.tokens[number].span;
        start as usize..end as usize
    }

    /// The position of the word with this number: words in a row have positions in a row, and a gap keeps the title apart.
    pub fn position(&self, number: usize) -> u32 {
        number as u32 + if number < self.title_tokens { 0 } else { FIELD_GAP }
    }

    /// The number of the word at this position.
    pub fn number(&self, position: u32) -> usize {
        let position = position as usize;
        if position < self.title_tokens { position } else { position - FIELD_GAP as usize }
    }

    /// Positions before this one belong to the title.
    pub fn title_end(&self) -> u32 {
        self.title_tokens as u32
    }

    /// The names for `source:`.
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// The topics found in the article.
    pub fn topics(&self) -> &[String] {
        &self.topics
    }

    /// The article's language, lower case; empty where it is not known.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Whether the article's language is `tag` or a variety of it.
    pub fn is_in_language(&self, tag: &str) -> bool {
        self.language.strip_prefix(tag).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }

    /// By which language's endings a word of this article, or of a rule that is compared with it, is stemmed.
    pub fn stemmed_by(&self, word: &str) -> Option<Language> {
        match self.analysis {
            Analysis::Full => stem::of_word(word, stem::ArticleLanguage::of_tag(Some(&self.language))),
            Analysis::Plain => None,
        }
    }

    /// The positions of a word in this very form, ascending.
    pub fn positions(&self, word: &str) -> &[u32] {
        self.postings().exact.get(&*self.analysis.exact(word)).map_or(&[], Vec::as_slice)
    }

    /// The positions of a word in all its inflected forms, ascending.
    pub fn inflected_positions(&self, word: &str) -> &[u32] {
        let exact = self.analysis.exact(word);
        match self.stemmed_by(&exact) {
            Some(language) => self.postings().stems.get(&*stem::stem(language, &exact)).map_or(&[], Vec::as_slice),
            None => self.positions(word),
        }
    }

    /// The words that begin with `beginning`, each with its positions.
    pub fn with_prefix(&self, beginning: &str) -> impl Iterator<Item = &[u32]> {
        let beginning = self.analysis.exact(beginning).into_owned();
        let from = std::ops::Bound::Included(beginning.as_str());
        self.postings()
            .exact
            .range::<str, _>((from, std::ops::Bound::Unbounded))
            .take_while(|(word, _)| word.starts_with(&beginning))
            .map(|(_, positions)| positions.as_slice())
            .collect::<Vec<_>>()
            .into_iter()
    }

    fn postings(&self) -> &Postings {
        self.postings.get_or_init(|| {
            let mut postings = Postings::default();
            for number in 0..self.len() {
                let word = self.analysis.exact(self.word(number));
                let position = self.position(number);
                if let Some(language) = self.stemmed_by(&word) {
                    postings.stems.entry(stem::stem(language, &word).into()).or_default().push(position);
                }
                postings.exact.entry(word.into()).or_default().push(position);
            }
            postings
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
            ("U.S.", vec!["u", "s"]),
            ("e\u{301}tat", vec!["etat"]),
            ("…—!", vec![]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn spans_point_at_the_words() {
        let text = "Ղարաբաղ, «Шуша»";
        let cut: Vec<&str> = tokens(text).map(|(span, _)| &text[span]).collect();
        assert_eq!(cut, ["Ղարաբաղ", "Шуша"]);
    }

    #[test]
    fn an_outlet_is_known_by_id_name_and_domain() {
        let doc = Doc::new("", "").from_source(["bbc", "BBC News"], Some("https://www.news.bbc.co.uk/x"));
        for name in ["bbc", "bbc news", "news.bbc.co.uk", "bbc.co.uk"] {
            assert!(doc.sources().contains(&name.to_owned()), "{name}");
        }
    }
}
