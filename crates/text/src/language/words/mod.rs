//! The words by which languages that share a script are told apart.
//!
//! Each list begins with the commonest words, as the model counts them by their place: first those of grammar, then those
//! of headlines in their inflected forms, from which it also learns how the language spells. A word after an apostrophe or
//! a hyphen is an ending (`'da`), one before an apostrophe an elided one (`l'`). Names of people stay out, since they
//! stand in headlines of every language.

mod arabic;
mod cyrillic;
mod latin;
mod latin_neighbours;

/// A language that the model knows: one of the profile's, or a neighbour that must not be mistaken for one. Neighbours
/// that need not be told from each other may share a list.
pub(super) struct Words {
    /// The BCP 47 subtags that a feed may state of it.
    pub tags: &'static [&'static str],
    /// Whether it is one of the profile's, whose tag is the answer.
    pub answer: bool,
    /// The letters it is written with. A word with another one is likely to be of another language.
    pub letters: &'static str,
    /// Its words, separated by white space.
    pub words: &'static str,
}

const fn profile(tags: &'static [&'static str], letters: &'static str, words: &'static str) -> Words {
    Words { tags, answer: true, letters, words }
}

const fn neighbour(tags: &'static [&'static str], letters: &'static str, words: &'static str) -> Words {
    Words { tags, answer: false, letters, words }
}

/// The languages of the Latin script.
pub(super) const LATIN: &[Words] = &[
    profile(&["en"], "abcdefghijklmnopqrstuvwxyz", latin::ENGLISH),
    profile(&["fr"], "abcdefghijklmnopqrstuvwxyzàâæçèéêëîïôùûüÿœ", latin::FRENCH),
    profile(&["tr"], "abcdefghijklmnoprstuvyzâçîöûüğış", latin::TURKISH),
    profile(&["az"], "abcdefghijklmnopqrstuvxyzçöüğışə", latin::AZERBAIJANI),
    neighbour(&["de"], "abcdefghijklmnopqrstuvwxyzßäöü", latin_neighbours::GERMAN),
    neighbour(&["es"], "abcdefghijklmnopqrstuvwxyzáéíñóúü", latin_neighbours::SPANISH),
    neighbour(&["it"], "abcdefghijklmnopqrstuvwxyzàèéìòù", latin_neighbours::ITALIAN),
    neighbour(&["pt"], "abcdefghijklmnopqrstuvwxyzàáâãçéêíóôõúü", latin_neighbours::PORTUGUESE),
    neighbour(&["nl"], "abcdefghijklmnopqrstuvwxyzàèéëïóöü", latin_neighbours::DUTCH),
    neighbour(&["sv", "da", "nb", "nn", "no"], "abcdefghijklmnopqrstuvwxyzäåæéöøü", latin_neighbours::SCANDINAVIAN),
    neighbour(&["pl"], "abcdefghijklmnoprstuwyzóąćęłńśźż", latin_neighbours::POLISH),
    neighbour(&["cs", "sk"], "abcdefghijklmnoprstuvxyzáäéíóôúýčďěĺľňŕřšťůž", latin_neighbours::CZECH),
    neighbour(&["hr", "bs", "sr"], "abcdefghijklmnoprstuvzćčđšž", latin_neighbours::CROATIAN),
    neighbour(&["ro"], "abcdefghijklmnopqrstuvwxyzâîășşțţ", latin_neighbours::ROMANIAN),
    neighbour(&["hu"], "abcdefghijklmnopqrstuvwxyzáéíóöúüőű", latin_neighbours::HUNGARIAN),
    neighbour(&["uz"], "abcdefghijklmnopqrstuvxyz", latin_neighbours::UZBEK),
    neighbour(&["sq"], "abcdefghijklmnopqrstuvxyzçë", latin_neighbours::ALBANIAN),
    neighbour(&["ku", "kmr"], "abcdefghijklmnopqrstuvwxyzçêîşû", latin_neighbours::KURMANJI),
    neighbour(&["fi"], "abcdefghijklmnopqrstuvwxyzäåö", latin_neighbours::FINNISH),
    neighbour(&["id", "ms"], "abcdefghijklmnopqrstuvwxyz", latin_neighbours::INDONESIAN),
];

/// The languages of the Cyrillic script.
pub(super) const CYRILLIC: &[Words] = &[
    profile(&["ru"], "абвгдежзийклмнопрстуфхцчшщъыьэюя", cyrillic::RUSSIAN),
    neighbour(&["uk"], "абвгдежзийклмнопрстуфхцчшщьюяєіїґ", cyrillic::UKRAINIAN),
    neighbour(&["be"], "абвгдежзйклмнопрстуфхцчшыьэюяіў", cyrillic::BELARUSIAN),
    neighbour(&["bg"], "абвгдежзийклмнопрстуфхцчшщъьюяѝ", cyrillic::BULGARIAN),
    neighbour(&["sr", "mk"], "абвгдежзиклмнопрстуфхцчшђћјљњџѓќѕ", cyrillic::SERBIAN),
    neighbour(&["kk", "ky"], "абвгдежзийклмнопрстуфхцчшщъыьэюяіғқңүұһәө", cyrillic::KAZAKH),
    neighbour(&["az"], "абвгдежзиклмнопрстуфхчшыјғҝүһҹәө", cyrillic::AZERBAIJANI_IN_CYRILLIC),
];

/// The languages of the Arabic script.
pub(super) const ARABIC_SCRIPT: &[Words] = &[
    profile(&["fa"], "ءآأؤئابتثجحخدذرزسشصضطظعغفقلمنهويىكپچژکگیۀ", arabic::PERSIAN),
    neighbour(&["ar"], "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي", arabic::ARABIC),
    neighbour(&["ur"], "ءآأؤئابتثجحخدذرزسشصضطظعغفقلمنوٹپچڈڑژکگںھہۂۃیے", arabic::URDU),
    neighbour(&["ckb", "ku"], "ئابتجحخدرزسشعغفقلمنهوپچژکگڕڤڵۆیێە", arabic::KURDISH),
    neighbour(&["ps"], "ءآأؤئابتثجحخدذرزسشصضطظعغفقلمنهوپټچځڅډړږژښکګڼیېۍي", arabic::PASHTO),
    neighbour(&["azb", "az"], "ءآأؤئابتثجحخدذرزسشصضطظعغفقلمنهوپچژکگیۆێ", arabic::AZERBAIJANI_IN_ARABIC),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_written_once_and_with_the_letters_of_their_language() {
        for list in [LATIN, CYRILLIC, ARABIC_SCRIPT].into_iter().flatten() {
            let mut seen = std::collections::HashSet::new();
            for word in list.words.split_whitespace() {
                let foreign = word.trim_matches(['\'', '-']).contains(|c| !list.letters.contains(c));
                assert!(!foreign && seen.insert(word), "{:?}: {word}", list.tags);
            }
        }
    }
}
