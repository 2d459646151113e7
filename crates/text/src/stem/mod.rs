//! Stems: which forms of a word count as the same word.
//!
//! A reader who writes `ateşkes` expects articles with `ateşkesin` and `ateşkeste` too. [`stem`] takes the endings of
//! inflection off a folded word; two words of one language are forms of one word when their stems are equal. A stem is
//! no word and no reader sees it: it is only compared with other stems of its language.
//!
//! - Inflection only: number, case, person and gender, possession, articles and attached postpositions. Derived words
//!   stay apart: "prison" is not "prisoner", "bakan" not "bakanlık", "Армения" not "армянский". An `OR` in the rule
//!   adds a missed form; nothing removes a wrong one.
//! - Words are stemmed as [`fold`](super::analysis::fold) leaves them, without accents, because people leave accents
//!   out.
//! - An ending stays on a short word. The head of each language's file gives the number of letters that must remain and
//!   the order of endings. Short words that are frequent in news are exceptions.
//! - Where endings are ambiguous (Turkish "bakanın" may be bakan + ın or baka + nın) every form loses the same letters,
//!   even if some belong to the word: all forms must arrive at one stem.
//! - Stop words keep their form, and no other word is cut down to one: "посла" (ambassador) does not meet "после"
//!   (after). Words with digits and words of more than [`MAX_LETTERS`] letters keep their form too.
//!
//! [`language_of_word`] chooses the language that stems a word of an article, by the word's script and the article's
//! language. A rule has no language, so every language in [`candidates`] stems its words.

mod arabic;
mod armenian;
mod dutch;
mod english;
mod french;
mod georgian;
mod german;
mod italian;
mod persian;
mod russian;
mod spanish;
mod stop;
mod turkic;
mod ukrainian;

use std::borrow::Cow;

pub use crate::languages::Language;
pub use stop::is_stop_word;

use crate::languages;
use crate::script::Script;

/// A longer run of letters is no word, and keeps its form.
pub const MAX_LETTERS: usize = 40;

/// Takes the endings off a folded word.
pub(crate) type Stemmer = for<'a> fn(&'a str) -> Cow<'a, str>;

/// The stemmers, by the names that `stemmer` in a `language.toml` uses.
pub(crate) mod stemmers {
    pub(crate) use super::arabic::stem as arabic;
    pub(crate) use super::armenian::stem as armenian;
    pub(crate) use super::dutch::stem as dutch;
    pub(crate) use super::english::stem as english;
    pub(crate) use super::french::stem as french;
    pub(crate) use super::georgian::stem as georgian;
    pub(crate) use super::german::stem as german;
    pub(crate) use super::italian::stem as italian;
    pub(crate) use super::persian::stem as persian;
    pub(crate) use super::russian::stem as russian;
    pub(crate) use super::spanish::stem as spanish;
    pub(crate) use super::turkic::{azerbaijani, turkish};
    pub(crate) use super::ukrainian::stem as ukrainian;
}

/// The language of an article, as far as its tag names one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ArticleLanguage {
    /// No tag.
    #[default]
    Unknown,
    /// A language of the registry.
    Known(Language),
    /// A language without a folder in the registry: its words are not stemmed.
    Other,
}

impl From<Option<&str>> for ArticleLanguage {
    /// Reads an article's BCP 47 tag; an empty tag and "und" count as none.
    fn from(tag: Option<&str>) -> Self {
        match tag.map(str::trim) {
            None | Some("" | "und") => Self::Unknown,
            Some(tag) => tag.parse().map_or(Self::Other, Self::Known),
        }
    }
}

/// Chooses the language that stems a word of an article, if any does.
///
/// The script decides where it can. A Latin word belongs to the article's language if that language is written in Latin
/// letters, and to English otherwise: Latin words in a Russian article are English names, and an article without a
/// language is most likely English.
pub fn language_of_word(word: &str, article: ArticleLanguage) -> Option<Language> {
    let of_script = candidates(word);
    match article {
        ArticleLanguage::Other => None,
        ArticleLanguage::Known(language) if of_script.contains(&language) => Some(language),
        _ => of_script.first().copied(),
    }
}

/// The languages that may have to stem a word of a rule, by the script of its first letter; the script's default first.
pub fn candidates(word: &str) -> &'static [Language] {
    Script::of_word(word).map_or(&[], languages::in_script)
}

/// Stems a folded word.
///
/// The stem is empty only if the word is. Stems of different languages cannot be compared.
pub fn stem(language: Language, word: &str) -> Cow<'_, str> {
    let Some(stemmer) = language.data().stemmer else { return Cow::Borrowed(word) };
    if word.len() > 4 * MAX_LETTERS || !word.chars().all(char::is_alphabetic) || word.chars().count() > MAX_LETTERS {
        return Cow::Borrowed(word);
    }
    if stop::is_stop_word_of(language, word) {
        return Cow::Borrowed(word);
    }
    let stem = stemmer(word);
    if stop::is_stop_word_of(language, &stem) { Cow::Borrowed(word) } else { stem }
}

/// Cuts off the longest ending that leaves at least `least` letters.
fn cut<'a>(word: &'a str, endings: &[&str], least: usize) -> Option<&'a str> {
    cut_where(word, endings, |rest| letters(rest) >= least)
}

/// Cuts off the longest ending whose remainder `accept` admits.
fn cut_where<'a>(word: &'a str, endings: &[&str], accept: impl Fn(&str) -> bool) -> Option<&'a str> {
    endings
        .iter()
        .filter_map(|ending| word.strip_suffix(ending))
        .filter(|rest| accept(rest))
        .min_by_key(|rest| rest.len())
}

fn letters(word: &str) -> usize {
    word.chars().count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::words;

    /// Finds a language by its code.
    pub fn language(code: &str) -> Language {
        code.parse().unwrap()
    }

    /// Checks that the words of each group are forms of one word, and the words of each pair in `apart` are not.
    pub fn check(language: Language, groups: &[&str], apart: &[(&str, &str)]) {
        let mut forms = 0;
        let mut wrong = Vec::new();
        let stem_of = |word: &str| stem(language, word).into_owned();
        for group in groups {
            let group = words(group);
            forms += group.len();
            let first = stem_of(&group[0]);
            wrong.extend(
                group
                    .iter()
                    .filter(|word| stem_of(word) != first)
                    .map(|word| format!("{word} ({}) does not meet {} ({first})", stem_of(word), group[0])),
            );
        }
        for (one, other) in apart {
            let (one, other) = (words(one).concat(), words(other).concat());
            if stem_of(&one) == stem_of(&other) {
                wrong.push(format!("{one} meets {other} ({})", stem_of(&one)));
            }
        }
        assert!(wrong.is_empty(), "{} of {forms} forms, {} pairs:\n{}", wrong.len(), apart.len(), wrong.join("\n"));
        assert!(forms >= 40, "only {forms} forms");
    }

    #[test]
    fn a_tag_names_the_language_of_an_article() {
        for (tag, expected) in [
            (None, ArticleLanguage::Unknown),
            (Some(""), ArticleLanguage::Unknown),
            (Some("und"), ArticleLanguage::Unknown),
            (Some("sv"), ArticleLanguage::Other),
            (Some("fr-CA"), ArticleLanguage::Known(language("fr"))),
        ] {
            assert_eq!(ArticleLanguage::from(tag), expected, "{tag:?}");
        }
    }

    #[test]
    fn script_and_article_choose_the_language() {
        use ArticleLanguage::{Known, Other, Unknown};
        for (word, article, expected) in [
            ("truce", Unknown, Some(language("en"))),
            ("treve", Known(language("fr")), Some(language("fr"))),
            ("əsir", Known(language("az")), Some(language("az"))),
            ("nato", Known(language("ru")), Some(language("en"))),
            ("перемирие", Known(language("fr")), Some(language("ru"))),
            ("перемирие", Unknown, Some(language("ru"))),
            ("перемирја", Other, None),
            ("fred", Other, None),
            ("friede", Known(language("de")), Some(language("de"))),
            ("перемир'я", Known(language("uk")), Some(language("uk"))),
            ("停战", Unknown, None),
            ("2020", Known(language("en")), None),
        ] {
            assert_eq!(language_of_word(word, article), expected, "{word} in {article:?}");
        }
        assert_eq!(candidates("karabag").first(), Some(&language("en")));
        for code in ["fr", "tr", "az"] {
            assert!(candidates("karabag").contains(&language(code)), "{code}");
        }
        assert_eq!(candidates("ə"), candidates("x"));
        assert_eq!(candidates("ղարաբաղ"), [language("hy")]);
        assert_eq!(candidates("ყარაბაღი"), [language("ka")]);
        assert_eq!(candidates("قرهباغ"), [language("fa"), language("ar")]);
        assert_eq!(candidates("停战"), []);
        assert_eq!(candidates("2020"), []);
    }

    #[test]
    fn stop_words_digits_and_endless_runs_keep_their_form() {
        assert_eq!(stem(language("ru"), "после"), "после");
        assert_ne!(stem(language("ru"), "посла"), "после");
        assert_eq!(stem(language("en"), "f16s"), "f16s");
        let endless = "attacks".repeat(10);
        assert_eq!(stem(language("en"), &endless), endless);
    }

    proptest! {
        #[test]
        fn every_word_has_a_stem(text in "\\PC{0,30}") {
            for word in words(&text).iter().chain([&text]) {
                for language in Language::all() {
                    prop_assert_eq!(stem(language, word).is_empty(), word.is_empty());
                }
            }
        }

        #[test]
        fn every_run_of_endings_has_a_stem(
            word in "([a-zə]|es|ing|lar|nin|da){0,12}|([а-яё]|ов|ия|ами){0,12}|([ա-ֆ]|ներ|ում){0,12}\
                     |([ა-ჰ]|ებ|ის){0,12}|([ا-ی]|ها|ان){0,12}",
        ) {
            for language in Language::all() {
                prop_assert_eq!(stem(language, &word).is_empty(), word.is_empty());
            }
        }
    }
}
