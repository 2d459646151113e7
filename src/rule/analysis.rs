//! Text to words: how an article and a rule are cut into words that can be compared.
//!
//! A word is a run of letters, digits and the marks that belong to them. Apostrophes and hyphens end it, so that
//! "Armenia's", "Karabağ'da" and "l'Arménie" contain the name, and "Nagorno-Karabakh" is two words in a row. Signs that
//! are written inside of a word without being part of it (the zero-width non-joiner of Persian, the Armenian question
//! mark) are dropped.

use std::collections::HashMap;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::model::{Article, Outlet};

/// Empty positions between the title and the text, so that no phrase and no `NEAR` reaches from one to the other.
const FIELD_GAP: u32 = 1000;

/// The words of a text, folded, each with its byte range.
pub fn tokens(text: &str) -> impl Iterator<Item = (Range<usize>, String)> + '_ {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let start = loop {
            let (at, c) = chars.next()?;
            if c.is_alphanumeric() {
                break at;
            }
        };
        let mut end = text.len();
        while let Some(&(at, c)) = chars.peek() {
            if !(c.is_alphanumeric() || is_combining_mark(c) || is_silent(c)) {
                end = at;
                break;
            }
            chars.next();
        }
        Some((start..end, fold(&text[start..end])))
    })
}

/// The words of a text, folded.
pub fn words(text: &str) -> Vec<String> {
    tokens(text).map(|(_, word)| word).collect()
}

/// Folds a word: lower case, without accents, in one form where several mean the same.
pub fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(word.len());
    for c in word.nfc() {
        // й is a letter of its own in Russian ("мой" is not "мои"); Unicode would decompose it.
        if matches!(c, 'й' | 'Й') {
            folded.push('й');
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
    folded
}

/// Signs that stand inside of a word without being part of it.
fn is_silent(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}' | '\u{00AD}' | '\u{055B}' | '\u{055C}' | '\u{055E}' | '\u{0640}')
}

/// The form in which an outlet's id, name or domain is compared with what `source:` names; of an address its host.
pub fn source_key(text: &str) -> String {
    let lower = text.trim().to_lowercase();
    let host = match lower.split_once("://") {
        Some((_, rest)) => rest.split('/').next().unwrap_or_default(),
        None => &lower,
    };
    let host = host.strip_prefix("www.").unwrap_or(host);
    host.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An article as rules see it.
#[derive(Clone, Debug, Default)]
pub struct Doc {
    /// The distinct words, sorted, each with its ascending positions.
    postings: Vec<(String, Vec<u32>)>,
    /// Positions below this one belong to the title.
    title_end: u32,
    /// Where the words of the title and those of the text stand, in bytes.
    spans: [Vec<Range<usize>>; 2],
    sources: Vec<String>,
    language: String,
    topics: Vec<String>,
}

impl Doc {
    /// Cuts an article's title and text into words.
    pub fn new(title: &str, text: &str) -> Self {
        let mut postings: HashMap<String, Vec<u32>> = HashMap::new();
        let mut spans = [Vec::new(), Vec::new()];
        let mut position = 0;
        for (span, word) in tokens(title) {
            spans[0].push(span);
            postings.entry(word).or_default().push(position);
            position += 1;
        }
        let title_end = position;
        position += FIELD_GAP;
        for (span, word) in tokens(text) {
            spans[1].push(span);
            postings.entry(word).or_default().push(position);
            position += 1;
        }
        let mut postings: Vec<_> = postings.into_iter().collect();
        postings.sort_unstable();
        Self { postings, title_end, spans, ..Self::default() }
    }

    /// An article as it is stored, with who published it as far as that outlet is described.
    pub fn of(article: &Article, outlet: Option<&Outlet>) -> Self {
        let name = outlet.map(|outlet| outlet.name.as_str());
        Self::new(&article.title, &article.text)
            .from_source(std::iter::once(article.outlet.as_str()).chain(name), article.url.as_deref())
            .in_language(article.language.as_deref())
            .about(article.topics.clone())
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
        self.language = language.unwrap_or_default().to_lowercase();
        self
    }

    /// Says which topics were found in the article.
    #[must_use]
    pub fn about(mut self, topics: Vec<String>) -> Self {
        self.topics = topics;
        self
    }

    /// The distinct words.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.postings.iter().map(|(word, _)| word.as_str())
    }

    /// The names for `source:`.
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// The topics found in the article.
    pub fn topics(&self) -> &[String] {
        &self.topics
    }

    /// Whether the article's language is `tag` or a variety of it.
    pub fn is_in_language(&self, tag: &str) -> bool {
        self.language.strip_prefix(tag).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }

    /// Positions before this one belong to the title.
    pub fn title_end(&self) -> u32 {
        self.title_end
    }

    /// Where the word at a position stands: whether in the text, and its bytes in title or text.
    pub fn span(&self, position: u32) -> Option<(bool, Range<usize>)> {
        let in_text = position >= self.title_end;
        let first = if in_text { self.title_end + FIELD_GAP } else { 0 };
        let span = self.spans[usize::from(in_text)].get(position.checked_sub(first)? as usize)?;
        Some((in_text, span.clone()))
    }

    /// The positions of a word, ascending.
    pub fn positions(&self, word: &str) -> &[u32] {
        match self.postings.binary_search_by(|(candidate, _)| candidate.as_str().cmp(word)) {
            Ok(index) => &self.postings[index].1,
            Err(_) => &[],
        }
    }

    /// The words that begin with `stem`, each with its positions.
    pub fn with_prefix<'a>(&'a self, stem: &'a str) -> impl Iterator<Item = &'a [u32]> {
        let from = self.postings.partition_point(|(word, _)| word.as_str() < stem);
        self.postings[from..].iter().take_while(move |(word, _)| word.starts_with(stem)).map(|(_, at)| at.as_slice())
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
            ("Пашинян: Мой ход, всё", vec!["пашинян", "мой", "ход", "все"]),
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
