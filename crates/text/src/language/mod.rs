//! Identifies the language of an article from its title and the beginning of its text, among the article languages of
//! the registry.
//!
//! The script of most letters decides first. Where several languages share it, a small model of these languages
//! decides, learnt from their `identification.txt`: the article languages and the neighbours that must not be mistaken
//! for them. This module knows no feeds: the language that a feed states comes in as a tag.
//!
//! docs/languages.md compares it with other identifiers.

mod cut;
mod model;
mod spelling;

use std::sync::OnceLock;

use crate::languages::{self, LanguageData};
use crate::script::Script;
use model::ScriptModel;

/// Characters to read of the title and of the text: enough for a decision, and a bound of its cost.
const MAX_CHARS: usize = 300;

/// The file of a language's words.
const FILE: &str = "identification.txt";

/// Identifies the language of an article and returns its code in the registry, such as `ru`.
///
/// `stated` is the tag that the feed or the outlet states (`en-US` counts as `en`). It decides only where the text
/// leaves the language open, as a headline of names does.
///
/// `None` means a text of another language, or too little evidence in text and tag; the caller then keeps the tag. The
/// neighbours in the registry are recognised as such: Polish, Bulgarian, Urdu and others. A short headline in a near
/// neighbour may still be mistaken, as a Bulgarian one for Russian.
pub fn identify(title: &str, text: &str, stated: Option<&str>) -> Option<&'static str> {
    let mut chars = Vec::new();
    cut::read(title, MAX_CHARS, &mut chars);
    cut::read(text, MAX_CHARS, &mut chars);
    let script = cut::script(&chars)?;
    match ScriptLanguages::of(script) {
        ScriptLanguages::None => None,
        ScriptLanguages::One(code) => Some(code),
        ScriptLanguages::Several(model) => {
            let stated = stated.and_then(|tag| tag.trim().split(['-', '_']).next()).map(str::to_ascii_lowercase);
            model.identify(&cut::words(&chars, script), stated.as_deref())
        }
    }
}

/// The languages of a script.
enum ScriptLanguages {
    /// No article language.
    None,
    /// An article language alone.
    One(&'static str),
    /// Several languages, with the model that distinguishes them.
    Several(ScriptModel),
}

impl ScriptLanguages {
    /// Learns the languages of a script at the first call.
    fn of(script: Script) -> &'static Self {
        static SCRIPTS: [OnceLock<ScriptLanguages>; Script::ALL.len()] = [const { OnceLock::new() }; Script::ALL.len()];
        SCRIPTS[script as usize].get_or_init(|| {
            let languages: Vec<_> = languages::written_in(script).collect();
            match languages.as_slice() {
                _ if languages.iter().all(|language| language.is_neighbour) => Self::None,
                [only] => Self::One(only.code),
                _ => Self::Several(ScriptModel::new(script, languages)),
            }
        })
    }
}

/// The words of a language in a script, the commonest first.
fn words_in(language: &LanguageData, script: Script) -> impl Iterator<Item = &'static str> {
    language.words(FILE).filter(move |word| Script::of_word(word) == Some(script))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names alone: the words belong to no language.
    const NAMES: &str = "Pashinyan, Aliyev, Putin";

    #[test]
    fn the_stated_tag_decides_where_the_text_does_not() {
        for stated in ["en", "fr", "tr", "az"] {
            assert_eq!(identify(NAMES, "", Some(stated)), Some(stated));
        }
        assert_eq!(identify(NAMES, "", Some(" EN-us")), Some("en"));
        assert_eq!(identify(NAMES, "", Some("en_GB")), Some("en"));
        assert_eq!(identify("Путин, Алиев, Пашинян", "", Some("ru-RU")), Some("ru"));
    }

    #[test]
    fn the_text_decides_where_it_is_clear() {
        for (title, language) in [
            ("Armenia and Azerbaijan agree to meet again after the talks", "en"),
            ("L'Arménie et l'Azerbaïdjan se rencontrent à nouveau", "fr"),
            ("Ermenistan ve Azerbaycan bakanları yeniden görüşecek", "tr"),
            ("Ermənistan və Azərbaycan nazirləri yenidən görüşəcək", "az"),
            ("Министры Армении и Азербайджана встретятся снова", "ru"),
            ("Հայաստանի և Ադրբեջանի նախարարները կրկին կհանդիպեն", "hy"),
            ("სომხეთისა და აზერბაიჯანის მინისტრები კვლავ შეხვდებიან", "ka"),
            ("وزیران ارمنستان و آذربایجان دوباره دیدار می‌کنند", "fa"),
            ("Die Minister Armeniens und Aserbaidschans treffen sich erneut", "de"),
            ("Los ministros de Armenia y Azerbaiyán se reunirán de nuevo", "es"),
            ("I ministri di Armenia e Azerbaigian si incontrano di nuovo", "it"),
            ("Ministers van Armenië en Azerbeidzjan ontmoeten elkaar opnieuw", "nl"),
            ("Міністри Вірменії та Азербайджану зустрінуться знову", "uk"),
            ("وزيرا خارجية أرمينيا وأذربيجان يلتقيان مجددا في موسكو", "ar"),
        ] {
            for stated in [None, Some("en"), Some("tr"), Some("ru"), Some("az"), Some("de"), Some("xx"), Some("")] {
                assert_eq!(identify(title, "", stated), Some(language), "{title} {stated:?}");
            }
        }
    }

    #[test]
    fn the_text_helps_a_title_of_names() {
        assert_eq!(identify(NAMES, "The three men will meet in Moscow, officials said.", None), Some("en"));
        assert_eq!(identify(NAMES, "Üç lider Moskova'da görüşecek.", Some("en")), Some("tr"));
    }

    #[test]
    fn names_with_letters_of_another_language_do_not_decide() {
        for (title, language) in [
            ("Erdoğan and Çavuşoğlu to visit Şuşa on Tuesday", "en"),
            ("François Hollande and José Manuel Barroso were there too", "en"),
            ("Erdoğan reçoit Çavuşoğlu à Ankara", "fr"),
            ("Müller ve Schröder Ankara'da görüştü", "tr"),
            ("BBC, CNN, New York Times bu barədə yazıb", "az"),
            ("BBC News: The New York Times пишет о переговорах в Карабахе", "ru"),
        ] {
            assert_eq!(identify(title, "", None), Some(language), "{title}");
        }
    }

    #[test]
    fn headlines_in_capitals_are_identified() {
        assert_eq!(identify("KARABAĞ'DA ATEŞKES İLAN EDİLDİ", "", None), Some("tr"));
        assert_eq!(identify("QARABAĞDA ATƏŞKƏS ELAN EDİLİB", "", None), Some("az"));
        assert_eq!(identify("CESSEZ-LE-FEU : CE QUI A ÉTÉ DÉCIDÉ", "", None), Some("fr"));
        assert_eq!(identify("Both Sides Agree To Hold Fire From Noon", "", None), Some("en"));
        assert_eq!(identify("В КАРАБАХЕ ОБЪЯВЛЕНО ПЕРЕМИРИЕ", "", None), Some("ru"));
    }

    #[test]
    fn a_text_of_another_language_has_no_answer() {
        for title in [
            "Vapenvila i Nagorno-Karabach: det här vet vi",
            "Cessar-fogo no Nagorno-Karabakh após onze horas de negociações",
            "Zawieszenie broni w Górskim Karabachu po jedenastu godzinach",
            "У Карабаху је проглашено примирје",
            "Қарабақта атысты тоқтату жарияланды",
            "Гарабағда атәшкәс елан олунуб",
            "کاراباخ میں جنگ بندی کا اعلان",
            "Κατάπαυση του πυρός στο Ναγκόρνο-Καραμπάχ",
            "הפסקת אש בנגורנו-קרבאך",
            "纳卡停火",
            "",
            "2020",
            "🔥🔥🔥",
        ] {
            for stated in [None, Some("sv"), Some("be"), Some("ur")] {
                assert_eq!(identify(title, "", stated), None, "{title} {stated:?}");
            }
        }
        // The registry lacks the stated language: only clear words count against the tag.
        assert_eq!(identify(NAMES, "", Some("vi")), None);
    }

    #[test]
    fn odd_and_long_texts_are_read() {
        for piece in
            ["'", "-", "I\u{307}", "\u{301}", "ﷺ", "ﬁ", "\u{200c}", "a'-'", "ß", "İ", "\u{1F1E6}", "ʼ", "𝓪", "\0"]
        {
            for times in [1, 2, 7, 1000, 100_000] {
                identify(&piece.repeat(times), &piece.repeat(times), Some(piece));
            }
        }
    }

    #[test]
    fn words_occur_once_and_keep_to_the_alphabet() {
        for language in languages::ALL.iter().chain(languages::NEIGHBOURS) {
            let mut seen = std::collections::HashSet::new();
            for word in language.words(FILE) {
                let foreign = word.trim_matches(['\'', '-']).contains(|c| !language.alphabet.contains(c));
                assert!(!foreign && seen.insert(word), "{}: {word}", language.code);
            }
        }
    }

    #[test]
    fn a_language_that_shares_its_script_has_words() {
        for language in languages::ALL.iter().chain(languages::NEIGHBOURS) {
            for &script in language.scripts {
                let shared = languages::written_in(script).count() > 1;
                assert_eq!(shared, words_in(language, script).next().is_some(), "{}", language.code);
            }
        }
    }
}
