//! The language of an article, from its title and the beginning of its text, among the profile's eight.
//!
//! The script of most letters decides first: Armenian and Georgian have one of their own. Latin, Cyrillic and Arabic
//! letters are judged by a small model of the languages that share them, the profile's and their neighbours', which is made
//! from the lists in `words`. It must not know feeds: what a feed says of its language comes in as a word.
//!
//! docs/languages.md has what was measured, beside other ways to do it.

mod cut;
mod model;
mod spelling;
mod words;

use cut::Script;

/// How many characters are read of the title, and of the text: enough to be sure, and a bound of what it costs.
const LONGEST: usize = 300;

/// Finds the language of an article, as a BCP 47 primary subtag, if it is one of `en fr ru hy tr az ka fa`.
///
/// `prior` is what the feed or the outlet says (`en-US` counts as `en`). It decides only where the text leaves the
/// language open, as a headline of names does.
///
/// There is no answer for a text of another language, and none where neither text nor prior say enough: what the caller
/// knows then stands. So it is for German, Spanish, Italian, Portuguese, Dutch, Polish and other neighbours in Latin
/// letters; for Ukrainian, Belarusian, Bulgarian, Serbian, Kazakh and Azerbaijani in Cyrillic; for Arabic, Urdu, Kurdish,
/// Pashto and Azerbaijani in Arabic letters; and for any other script (Greek, Hebrew, Chinese …). A short headline in a
/// near neighbour may still be mistaken, as a Bulgarian one for Russian.
pub fn identify(title: &str, text: &str, prior: Option<&str>) -> Option<&'static str> {
    let mut read = Vec::new();
    cut::read(title, LONGEST, &mut read);
    cut::read(text, LONGEST, &mut read);
    let script = cut::script(&read)?;
    let languages = match script {
        Script::Armenian => return Some("hy"),
        Script::Georgian => return Some("ka"),
        Script::Other => return None,
        Script::Latin => model::latin(),
        Script::Cyrillic => model::cyrillic(),
        Script::Arabic => model::arabic(),
    };
    let prior = prior.and_then(|tag| tag.trim().split(['-', '_']).next()).map(str::to_ascii_lowercase);
    languages.identify(&cut::words(&read, script), prior.as_deref())
}

#[cfg(test)]
mod tests {
    use super::identify;

    /// Names alone: no word is of any language.
    const NAMES: &str = "Pashinyan, Aliyev, Putin";

    #[test]
    fn what_the_feed_says_decides_where_the_text_does_not() {
        for prior in ["en", "fr", "tr", "az"] {
            assert_eq!(identify(NAMES, "", Some(prior)), Some(prior));
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
        ] {
            for prior in [None, Some("en"), Some("tr"), Some("ru"), Some("az"), Some("de"), Some("xx"), Some("")] {
                assert_eq!(identify(title, "", prior), Some(language), "{title} {prior:?}");
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
    fn headlines_in_capitals_and_with_every_word_capitalised_are_read() {
        assert_eq!(identify("KARABAĞ'DA ATEŞKES İLAN EDİLDİ", "", None), Some("tr"));
        assert_eq!(identify("QARABAĞDA ATƏŞKƏS ELAN EDİLİB", "", None), Some("az"));
        assert_eq!(identify("CESSEZ-LE-FEU : CE QUI A ÉTÉ DÉCIDÉ", "", None), Some("fr"));
        assert_eq!(identify("Both Sides Agree To Hold Fire From Noon", "", None), Some("en"));
        assert_eq!(identify("В КАРАБАХЕ ОБЪЯВЛЕНО ПЕРЕМИРИЕ", "", None), Some("ru"));
    }

    #[test]
    fn text_of_another_language_has_no_answer() {
        for title in [
            "Waffenruhe in Bergkarabach: Was wir wissen",
            "Alto el fuego en el Alto Karabaj tras once horas",
            "Cessate il fuoco nel Nagorno-Karabakh dopo undici ore",
            "У Карабаху оголосили перемир'я",
            "У Карабаху је проглашено примирје",
            "Қарабақта атысты тоқтату жарияланды",
            "Гарабағда атәшкәс елан олунуб",
            "إعلان وقف إطلاق النار في قره باغ",
            "کاراباخ میں جنگ بندی کا اعلان",
            "Κατάπαυση του πυρός στο Ναγκόρνο-Καραμπάχ",
            "הפסקת אש בנגורנו-קרבאך",
            "纳卡停火",
            "",
            "2020",
            "🔥🔥🔥",
        ] {
            for prior in [None, Some("de"), Some("uk"), Some("ar")] {
                assert_eq!(identify(title, "", prior), None, "{title} {prior:?}");
            }
        }
        // A language that is not in the model: only words that are clear speak against what the feed says.
        assert_eq!(identify(NAMES, "", Some("vi")), None);
    }

    #[test]
    fn no_text_is_too_odd_or_too_long() {
        for piece in
            ["'", "-", "I\u{307}", "\u{301}", "ﷺ", "ﬁ", "\u{200c}", "a'-'", "ß", "İ", "\u{1F1E6}", "ʼ", "𝓪", "\0"]
        {
            for times in [1, 2, 7, 1000, 100_000] {
                identify(&piece.repeat(times), &piece.repeat(times), Some(piece));
            }
        }
    }
}
