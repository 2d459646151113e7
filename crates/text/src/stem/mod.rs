//! Which forms of a word count as the same word.
//!
//! Somebody who writes `ateşkes` wants to read of `ateşkesin` and `ateşkeste` too. [`stem`] takes the endings of
//! inflection off a folded word; two words of one language are forms of one word when their stems are equal. A stem is
//! no word and is shown to nobody: it is only compared with other stems of its language.
//!
//! - Inflection only: number, case, person and gender, possession, articles and postpositions that are written
//!   together. Derived words stay apart: "prison" is not "prisoner", "bakan" not "bakanlık", "Армения" not "армянский".
//!   An alert too few can be mended by an `OR`; an alert too many by nothing.
//! - Words are stemmed as [`fold`](super::analysis::fold) leaves them, without accents, because people leave accents
//!   out.
//! - No ending is taken off where little would remain. The head of each language's file says how much has to, and in
//!   which order endings go; short words that the news cannot do without are listed.
//! - Where endings are ambiguous (Turkish "bakanın" may be bakan + ın or baka + nın) the same letters are taken off
//!   every form, even where some belong to the word: what counts is that all forms arrive at the same stem.
//! - Stop words stay as they are, and no other word is cut down to one: "посла" (ambassador) does not meet "после"
//!   (after). Words with digits and words of more than [`LONGEST`] letters stay as they are too.
//!
//! A word of an article is stemmed by one language, which [`of_word`] chooses by its script and the article's language.
//! A rule does not say which language it is written in, so its words are stemmed by all that [`candidates`] names.

mod armenian;
mod english;
mod french;
mod georgian;
mod persian;
mod russian;
mod stop;
mod turkic;

use std::borrow::Cow;

pub use stop::is_stop_word;

/// A run of more letters than this is no word, and left as it is.
pub const LONGEST: usize = 40;

/// A language whose words are brought to stems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// English.
    English,
    /// French.
    French,
    /// Turkish.
    Turkish,
    /// Azerbaijani in Latin script.
    Azerbaijani,
    /// Russian.
    Russian,
    /// Eastern Armenian.
    Armenian,
    /// Georgian.
    Georgian,
    /// Persian.
    Persian,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 8] = [
        Language::English,
        Language::French,
        Language::Turkish,
        Language::Azerbaijani,
        Language::Russian,
        Language::Armenian,
        Language::Georgian,
        Language::Persian,
    ];

    /// The language of a BCP 47 tag such as "ru" or "az-Latn"; what follows the language in the tag does not matter.
    pub fn of_tag(tag: &str) -> Option<Language> {
        let primary = tag.split(['-', '_']).next()?.to_ascii_lowercase();
        Some(match primary.as_str() {
            "en" => Language::English,
            "fr" => Language::French,
            "tr" => Language::Turkish,
            "az" => Language::Azerbaijani,
            "ru" => Language::Russian,
            "hy" => Language::Armenian,
            "ka" => Language::Georgian,
            "fa" => Language::Persian,
            _ => return None,
        })
    }
}

/// What is known of the language that an article is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ArticleLanguage {
    /// Nobody said.
    #[default]
    Unknown,
    /// One whose words are stemmed.
    Known(Language),
    /// One whose words are not.
    Other,
}

impl ArticleLanguage {
    /// What an article's tag says; no tag, an empty one and "und" say nothing.
    pub fn of_tag(tag: Option<&str>) -> Self {
        match tag.map(str::trim) {
            None | Some("" | "und") => Self::Unknown,
            Some(tag) => Language::of_tag(tag).map_or(Self::Other, Self::Known),
        }
    }
}

/// The language by whose endings a word of an article is stemmed, if by any.
///
/// The script decides where it can. Latin is read as the article's language if that writes in it, and as English if
/// not: what stands in Latin letters in a Russian article is an English name, and an article without a language is most
/// likely English.
pub fn of_word(word: &str, article: ArticleLanguage) -> Option<Language> {
    let of_script = candidates(word);
    match article {
        ArticleLanguage::Other => None,
        ArticleLanguage::Known(language) if of_script.contains(&language) => Some(language),
        // English heads the languages of Latin script; the others have a script to themselves.
        _ => of_script.first().copied(),
    }
}

/// All languages by whose endings a word of a rule may have to be stemmed, by the script of its first letter.
pub fn candidates(word: &str) -> &'static [Language] {
    match word.chars().find(|c| c.is_alphabetic()) {
        Some('a'..='z' | 'A'..='Z' | '\u{C0}'..='\u{24F}' | 'ə' | '\u{1E00}'..='\u{1EFF}') => {
            &[Language::English, Language::French, Language::Turkish, Language::Azerbaijani]
        }
        Some('\u{400}'..='\u{52F}') => &[Language::Russian],
        Some('\u{530}'..='\u{58F}') => &[Language::Armenian],
        Some('\u{10A0}'..='\u{10FF}' | '\u{1C90}'..='\u{1CBF}') => &[Language::Georgian],
        Some('\u{600}'..='\u{6FF}' | '\u{750}'..='\u{77F}') => &[Language::Persian],
        _ => &[],
    }
}

/// The stem of a folded word.
///
/// It is never empty unless the word is, and equal stems of one language mean forms of one word. Stems of different
/// languages cannot be compared.
pub fn stem(language: Language, word: &str) -> Cow<'_, str> {
    if word.len() > 4 * LONGEST || !word.chars().all(char::is_alphabetic) || word.chars().count() > LONGEST {
        return Cow::Borrowed(word);
    }
    if stop::is_stop_word_of(language, word) {
        return Cow::Borrowed(word);
    }
    let stem = match language {
        Language::English => english::stem(word),
        Language::French => french::stem(word),
        Language::Turkish => turkic::turkish(word),
        Language::Azerbaijani => turkic::azerbaijani(word),
        Language::Russian => russian::stem(word),
        Language::Armenian => armenian::stem(word).into(),
        Language::Georgian => georgian::stem(word).into(),
        Language::Persian => persian::stem(word),
    };
    if stop::is_stop_word_of(language, &stem) { Cow::Borrowed(word) } else { stem }
}

/// The word without the longest of the endings that leaves at least so many letters.
fn cut<'a>(word: &'a str, endings: &[&str], least: usize) -> Option<&'a str> {
    cut_where(word, endings, |rest| letters(rest) >= least)
}

/// The word without the longest of the endings that leaves something acceptable.
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

    /// Checks that the words of each line are forms of one word, and the words of a pair are not.
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
    fn tags_name_languages() {
        for (tag, expected) in [
            ("ru", Some(Language::Russian)),
            ("RU-ru", Some(Language::Russian)),
            ("az-Latn", Some(Language::Azerbaijani)),
            ("hy", Some(Language::Armenian)),
            ("fa_IR", Some(Language::Persian)),
            ("de", None),
            ("rue", None),
            ("", None),
        ] {
            assert_eq!(Language::of_tag(tag), expected, "{tag}");
        }
        assert_eq!(ArticleLanguage::of_tag(None), ArticleLanguage::Unknown);
        assert_eq!(ArticleLanguage::of_tag(Some("")), ArticleLanguage::Unknown);
        assert_eq!(ArticleLanguage::of_tag(Some("de")), ArticleLanguage::Other);
        assert_eq!(ArticleLanguage::of_tag(Some("fr-CA")), ArticleLanguage::Known(Language::French));
    }

    #[test]
    fn script_and_article_choose_the_language() {
        use ArticleLanguage::{Known, Other, Unknown};
        for (word, article, expected) in [
            ("truce", Unknown, Some(Language::English)),
            ("treve", Known(Language::French), Some(Language::French)),
            ("əsir", Known(Language::Azerbaijani), Some(Language::Azerbaijani)),
            ("nato", Known(Language::Russian), Some(Language::English)),
            ("перемирие", Known(Language::French), Some(Language::Russian)),
            ("перемирие", Unknown, Some(Language::Russian)),
            ("перемирја", Other, None),
            ("friede", Other, None),
            ("停战", Unknown, None),
            ("2020", Known(Language::English), None),
        ] {
            assert_eq!(of_word(word, article), expected, "{word} in {article:?}");
        }
        assert_eq!(candidates("karabag").len(), 4);
        assert_eq!(candidates("ə"), candidates("x"));
        assert_eq!(candidates("ղարաբաղ"), [Language::Armenian]);
        assert_eq!(candidates("ყარაბაღი"), [Language::Georgian]);
        assert_eq!(candidates("قرهباغ"), [Language::Persian]);
        assert_eq!(candidates("停战"), []);
        assert_eq!(candidates("2020"), []);
    }

    #[test]
    fn stop_words_digits_and_endless_runs_stay_as_they_are() {
        assert_eq!(stem(Language::Russian, "после"), "после");
        assert_ne!(stem(Language::Russian, "посла"), "после");
        assert_eq!(stem(Language::English, "f16s"), "f16s");
        let endless = "attacks".repeat(10);
        assert_eq!(stem(Language::English, &endless), endless);
    }

    proptest! {
        #[test]
        fn every_word_has_a_stem(text in "\\PC{0,30}") {
            for word in words(&text).iter().chain([&text]) {
                for language in Language::ALL {
                    prop_assert_eq!(stem(language, word).is_empty(), word.is_empty());
                }
            }
        }

        #[test]
        fn every_run_of_endings_has_a_stem(
            word in "([a-zə]|es|ing|lar|nin|da){0,12}|([а-яё]|ов|ия|ами){0,12}|([ա-ֆ]|ներ|ում){0,12}\
                     |([ა-ჰ]|ებ|ის){0,12}|([ا-ی]|ها|ان){0,12}",
        ) {
            for language in Language::ALL {
                prop_assert_eq!(stem(language, &word).is_empty(), word.is_empty());
            }
        }
    }
}
