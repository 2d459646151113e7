//! What words are: their stems, whether they say anything, what they mean in other languages. It is asked for every word
//! of every article, and most words are the same few thousand; so the answers are kept, in a table with a bound.

use std::cell::RefCell;

use hashbrown::HashMap;

use super::romanise::skeleton;
use super::{concepts, dates, hash, numbers};
use ceasewire_text::Doc;
use ceasewire_text::analysis::Analysis;
use ceasewire_text::stem::{self, ArticleLanguage, Language};

/// Words whose facts are kept in each thread; with more the table is made anew. Some 10 MB.
const KEPT: usize = 80_000;

/// What is known of a word in a language.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    /// A fingerprint of the stem.
    pub(super) stem: u64,
    /// What it means in any language; see [`concepts`].
    pub(super) concept: Option<u16>,
    /// A fingerprint of the stem's consonants.
    pub(super) skeleton: Option<u64>,
    /// It is too frequent, or too short, to say anything.
    pub(super) is_stop: bool,
    /// It has two characters at least.
    pub(super) is_long: bool,
    /// It can be what a number counts.
    pub(super) is_noun: bool,
    /// A number or a date may begin with it.
    pub(super) is_figure: bool,
}

/// A word of an article.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    /// A fingerprint of its folded form.
    pub(super) exact: u64,
    /// One more than the number of the language whose endings were taken off; 0 where none were.
    pub(super) language: u64,
    pub(super) facts: Facts,
}

thread_local! {
    static KNOWN: RefCell<HashMap<(u64, u64), Facts>> = RefCell::default();
}

/// The words of an article.
pub(super) fn words(doc: &Doc, tag: Option<&str>) -> Vec<Word> {
    let article = ArticleLanguage::from(tag);
    KNOWN.with_borrow_mut(|known| {
        if known.len() > KEPT {
            known.clear();
        }
        doc.words()
            .map(|word| {
                let form = Analysis::Full.exact(word);
                let exact = hash::of(form.as_bytes());
                let language = stem::language_of_word(&form, article);
                let number = language.map_or(0, |language| 1 + language.index() as u64);
                let facts = *known.entry((exact, number)).or_insert_with(|| facts(word, &form, language));
                Word { exact, language: number, facts }
            })
            .collect()
    })
}

fn facts(word: &str, form: &str, language: Option<Language>) -> Facts {
    let stem = language.map_or(form.into(), |language| stem::stem(language, form));
    let letters = word.chars().count();
    let is_stop = stem::is_stop_word(word);
    Facts {
        stem: hash::of(stem.as_bytes()),
        concept: concepts::of(&stem),
        skeleton: skeleton(&stem).map(|skeleton| hash::of(skeleton.as_bytes())),
        is_stop,
        is_long: letters >= 2,
        is_noun: letters > 2 && !is_stop && word.chars().all(char::is_alphabetic),
        is_figure: dates::may_begin(word) || numbers::may_begin(word),
    }
}
