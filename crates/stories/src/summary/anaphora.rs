//! Anaphora: sentences that refer to another sentence. Quoted alone, "Its ministry denied this" would refer to
//! another subject, perhaps to the other side of the war.

use std::collections::HashMap;
use std::sync::LazyLock;

use ceasewire_text::analysis;
use ceasewire_text::languages::{Language, LanguageData, entries};

/// The file of a language's anaphora.
const FILE: &str = "anaphora.txt";

/// Phrases by their first word.
type Phrases = HashMap<String, Vec<Vec<String>>>;

/// The anaphora of one language.
#[derive(Default)]
struct Anaphora {
    /// Beginnings of sentences.
    beginnings: Phrases,
    /// Phrases that refer to another sentence wherever they stand.
    anywhere: Phrases,
    /// Phrases that contain an anaphor and do not refer: "as well as".
    exceptions: Phrases,
}

static ANAPHORA: LazyLock<Vec<(&LanguageData, Anaphora)>> =
    LazyLock::new(|| Language::all().map(|language| (language.data(), Anaphora::read(language.data()))).collect());

impl Anaphora {
    fn read(language: &LanguageData) -> Self {
        let mut anaphora = Self::default();
        let add = |phrases: &mut Phrases, phrase: &str| {
            let words = analysis::words(phrase);
            if let Some(first) = words.first() {
                phrases.entry(first.clone()).or_default().push(words);
            }
        };
        for (key, value) in entries(language.file(FILE).unwrap_or_default()) {
            match key {
                "word" => value.split_whitespace().for_each(|word| add(&mut anaphora.beginnings, word)),
                "anywhere" => add(&mut anaphora.anywhere, value),
                "except" => add(&mut anaphora.exceptions, value),
                _ => add(&mut anaphora.beginnings, value),
            }
        }
        anaphora
    }

    fn refers(&self, words: &[String]) -> bool {
        if longest(&self.beginnings, words) > longest(&self.exceptions, words) {
            return true;
        }
        let mut place = 0;
        while place < words.len() {
            let rest = &words[place..];
            let exception = longest(&self.exceptions, rest);
            if exception == 0 && longest(&self.anywhere, rest) > 0 {
                return true;
            }
            place += exception.max(1);
        }
        false
    }
}

/// The number of words of the longest phrase that `words` begin with.
fn longest(phrases: &Phrases, words: &[String]) -> usize {
    let Some(first) = words.first() else { return 0 };
    let begins = |phrase: &&Vec<String>| words.starts_with(phrase);
    phrases.get(first).into_iter().flatten().filter(begins).map(Vec::len).max().unwrap_or_default()
}

/// Whether a sentence refers to another one, or is a bare quotation whose speaker stands in another sentence.
///
/// The words of the article's language count; those of all languages if it is unknown or has none.
pub(super) fn is_anaphoric(sentence: &str, language: Option<&str>) -> bool {
    let words = analysis::words(sentence);
    let primary = language.map(|tag| tag.split(['-', '_']).next().unwrap_or_default().to_lowercase());
    let is_of = |data: &LanguageData| primary.as_deref().is_some_and(|primary| data.tags.contains(&primary));
    let known = ANAPHORA.iter().any(|(data, _)| is_of(data));
    ANAPHORA.iter().filter(|(data, _)| !known || is_of(data)).any(|(_, anaphora)| anaphora.refers(&words))
        || is_bare_quotation(sentence)
}

/// Whether quotation marks enclose the sentence from its first word to its last.
fn is_bare_quotation(sentence: &str) -> bool {
    let mut chars = sentence.chars();
    let Some(first) = chars.next() else { return false };
    let last = sentence.trim_end_matches(['.', '!', '?', '…', '։', ',']).chars().next_back();
    let closing: &[char] = match first {
        '"' => &['"'],
        '“' => &['”'],
        '«' => &['»'],
        '„' => &['“', '”'],
        _ => return false,
    };
    // A further closing mark means that the outlet's own words stand between two quotations.
    last.is_some_and(|last| closing.contains(&last)) && chars.filter(|c| closing.contains(c)).count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_a_known_key() {
        for language in Language::all() {
            let text = language.data().file(FILE).expect("an anaphora.txt");
            assert!(
                entries(text).all(|(key, _)| matches!(key, "word" | "phrase" | "anywhere" | "except")),
                "{language}"
            );
        }
    }

    #[test]
    fn anaphora_are_found_in_every_language() {
        for (sentence, expected) in [
            ("It denied this.", true),
            ("Itself a town, Shusha lies high.", false),
            ("“This is not so,” the ministry said.", true),
            ("However, the truce held.", true),
            ("In addition, 43 were wounded.", true),
            ("“We will fight on.”", true),
            ("“We will fight on,” Aliyev said, “and win.”", false),
            ("“Это не так”, — сказал он.", true),
            ("По его словам, огонь прекращён.", true),
            ("Его отец был генералом.", true),
            ("Ереван ответил.", false),
            ("Il a démenti.", true),
            ("Ilham Aliyev a démenti.", false),
            ("Bu, bir ateşkes değil.", true),
            ("Bunun üzerine Bakı razılaşdı.", true),
            ("Bakı razılaşıb.", false),
            ("Նա հերքեց դա։", true),
            ("Ნა", false),
            ("ის არ დაეთანხმა.", true),
            ("ერევანმა უპასუხა.", false),
            ("او این را رد کرد.", true),
            ("ایروان پاسخ داد.", false),
            ("On Sunday the village of Talish was shelled as well.", true),
            ("The truce covers Hadrut as well as Fizuli.", false),
            ("The bridge fell the same day.", true),
            ("Two convoys left Goris, he said.", true),
            ("Another 33 were wounded.", true),
            ("Обстрелу подверглось также село Талыш.", true),
            ("Пашинян, а также Алиев прибыли в Москву.", false),
            ("Мост обрушился в тот же день.", true),
            ("Le pont est tombé le même jour.", true),
            ("Köprü aynı gün yıkıldı.", true),
            ("Կամուրջը փլվեց նույն օրը։", true),
            ("پل در همان روز فرو ریخت.", true),
            ("ხიდი იმავე დღეს ჩამოინგრა.", true),
            ("", false),
        ] {
            assert_eq!(is_anaphoric(sentence, None), expected, "{sentence}");
        }
    }

    #[test]
    fn the_words_of_the_articles_language_count() {
        assert!(is_anaphoric("Ce pont est tombé.", Some("fr-FR")));
        assert!(!is_anaphoric("Ce pont est tombé.", Some("en")));
        assert!(is_anaphoric("Ce pont est tombé.", Some("zz")), "words of all languages");
    }
}
