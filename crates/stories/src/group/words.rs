//! The features of words: stem, meaning, consonants, use. The grouper asks for every word of every article, and most of
//! them are the same few thousand words; a bounded table per thread caches the answers.

use std::cell::RefCell;

use hashbrown::HashMap;

use super::romanise::skeleton;
use super::{concepts, dates, hash, numbers};
use ceasewire_text::Doc;
use ceasewire_text::analysis::Analysis;
use ceasewire_text::stem::{self, ArticleLanguage, Language};

/// Cached words per thread, some 10 MB. A full table is cleared.
const CACHED: usize = 80_000;

/// Letters of a light stem.
const LIGHT_STEM: usize = 6;

/// The features of a word in one language.
#[derive(Clone, Copy, Debug)]
pub(super) struct WordFeatures {
    /// A fingerprint of the stem.
    pub(super) stem: u64,
    /// Its meaning in any language; see [`concepts`].
    pub(super) concept: Option<u16>,
    /// A fingerprint of the stem's consonants.
    pub(super) skeleton: Option<u64>,
    /// Whether the word is too frequent to mean anything.
    pub(super) is_stop: bool,
    /// Whether it has at least two characters.
    pub(super) is_long: bool,
    /// Whether a number can count it.
    pub(super) is_noun: bool,
    /// Whether a number or a date may begin with it.
    pub(super) is_figure: bool,
}

/// A word of an article with its features.
#[derive(Clone, Copy, Debug)]
pub(super) struct AnalysedWord {
    /// A fingerprint of the folded form.
    pub(super) exact: u64,
    /// The language of the stem; `None` for a word that no language stems.
    pub(super) language: Option<Language>,
    pub(super) features: WordFeatures,
}

thread_local! {
    static CACHE: RefCell<HashMap<(u64, Option<Language>), WordFeatures>> = RefCell::default();
}

/// Analyses the words of an article.
pub(super) fn analyse_words(doc: &Doc, tag: Option<&str>) -> Vec<AnalysedWord> {
    let article = ArticleLanguage::from(tag);
    CACHE.with_borrow_mut(|cache| {
        if cache.len() > CACHED {
            cache.clear();
        }
        doc.words()
            .map(|word| {
                let form = Analysis::Full.exact(word);
                let exact = hash::fingerprint(form.as_bytes());
                let language = stem::language_of_word(&form, article);
                let features = *cache.entry((exact, language)).or_insert_with(|| features(word, &form, language));
                AnalysedWord { exact, language, features }
            })
            .collect()
    })
}

fn features(word: &str, form: &str, language: Option<Language>) -> WordFeatures {
    let stem = language.map_or_else(|| light_stem(form).into(), |language| stem::stem(language, form));
    let letters = word.chars().count();
    let is_stop = stem::is_stop_word(word);
    WordFeatures {
        stem: hash::fingerprint(stem.as_bytes()),
        concept: concepts::find_concept(&stem),
        skeleton: skeleton(&stem).map(|skeleton| hash::fingerprint(skeleton.as_bytes())),
        is_stop,
        is_long: letters >= 2,
        is_noun: letters > 2 && !is_stop && word.chars().all(char::is_alphabetic),
        is_figure: dates::may_begin(word) || numbers::may_begin(word),
    }
}

/// The stems of a text's words that mean something, in the order of the text.
pub fn stems(text: &str, language: &str) -> Vec<String> {
    let article = ArticleLanguage::from(Some(language));
    let doc = Doc::new("", text);
    let words = doc.words().filter(|word| word.chars().count() >= 2 && word.starts_with(char::is_alphabetic));
    let words = words.filter(|word| !stem::is_stop_word(word));
    words
        .map(|word| {
            let form = Analysis::Full.exact(word);
            let language = stem::language_of_word(&form, article);
            language.map_or_else(|| light_stem(&form).into(), |language| stem::stem(language, &form).into_owned())
        })
        .collect()
}

/// Cuts a word of a language without a stemmer: most endings stand behind its first six letters.
fn light_stem(form: &str) -> &str {
    let letters = form.chars().count();
    let kept = match letters {
        0..5 => letters,
        5..=LIGHT_STEM => letters - 1,
        _ => LIGHT_STEM,
    };
    form.char_indices().nth(kept).map_or(form, |(end, _)| &form[..end])
}
