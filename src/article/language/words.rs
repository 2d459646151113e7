//! The words by which languages that share a script are told apart.
//!
//! Each list begins with the commonest words, as the model counts them by their place: first those of grammar, then those
//! of headlines in their inflected forms, from which it also learns how the language spells. A word after an apostrophe or
//! a hyphen is an ending (`'da`), one before an apostrophe an elided one (`l'`). Names of people stay out, since they
//! stand in headlines of every language.

mod arabic;
mod cyrillic;
mod latin;

/// A language that the model knows: one of the profile's, or a neighbour that must not be mistaken for one.
pub(super) struct Words {
    /// Its BCP 47 subtag; with that of the script where the language is usually written in another.
    pub language: &'static str,
    /// The letters it is written with. A word with another one is likely to be of another language.
    pub letters: &'static str,
    /// Its words, separated by white space.
    pub words: &'static str,
}

const fn language(language: &'static str, letters: &'static str, words: &'static str) -> Words {
    Words { language, letters, words }
}

/// The languages of the Latin script.
pub(super) const LATIN: &[Words] = &[
    language("en", "abcdefghijklmnopqrstuvwxyz", latin::ENGLISH),
    language("fr", "abcdefghijklmnopqrstuvwxyzàâæçèéêëîïôùûüÿœ", latin::FRENCH),
    language("tr", "abcdefghijklmnoprstuvyzâçîöûüğış", latin::TURKISH),
    language("az", "abcdefghijklmnopqrstuvxyzçöüğışə", latin::AZERBAIJANI),
    language("de", "abcdefghijklmnopqrstuvwxyzßäöü", latin::GERMAN),
    language("es", "abcdefghijklmnopqrstuvwxyzáéíñóúü", latin::SPANISH),
    language("it", "abcdefghijklmnopqrstuvwxyzàèéìòù", latin::ITALIAN),
    language("pt", "abcdefghijklmnopqrstuvwxyzàáâãçéêíóôõúü", latin::PORTUGUESE),
    language("nl", "abcdefghijklmnopqrstuvwxyzàèéëïóöü", latin::DUTCH),
    language("sv", "abcdefghijklmnopqrstuvwxyzäåæéöøü", latin::SCANDINAVIAN),
    language("pl", "abcdefghijklmnoprstuwyzóąćęłńśźż", latin::POLISH),
    language("cs", "abcdefghijklmnoprstuvxyzáäéíóôúýčďěĺľňŕřšťůž", latin::CZECH),
    language("hr", "abcdefghijklmnoprstuvzćčđšž", latin::CROATIAN),
    language("ro", "abcdefghijklmnopqrstuvwxyzâîășşțţ", latin::ROMANIAN),
    language("hu", "abcdefghijklmnopqrstuvwxyzáéíóöúüőű", latin::HUNGARIAN),
    language("uz", "abcdefghijklmnopqrstuvxyz", latin::UZBEK),
    language("sq", "abcdefghijklmnopqrstuvxyzçë", latin::ALBANIAN),
    language("ku", "abcdefghijklmnopqrstuvwxyzçêîşû", latin::KURMANJI),
    language("fi", "abcdefghijklmnopqrstuvwxyzäåö", latin::FINNISH),
    language("id", "abcdefghijklmnopqrstuvwxyz", latin::INDONESIAN),
];

/// The languages of the Cyrillic script.
pub(super) const CYRILLIC: &[Words] = &[
    language("ru", "абвгдежзийклмнопрстуфхцчшщъыьэюя", cyrillic::RUSSIAN),
    language("uk", "абвгдежзийклмнопрстуфхцчшщьюяєіїґ", cyrillic::UKRAINIAN),
    language("be", "абвгдежзйклмнопрстуфхцчшыьэюяіў", cyrillic::BELARUSIAN),
    language("bg", "абвгдежзийклмнопрстуфхцчшщъьюяѝ", cyrillic::BULGARIAN),
    language("sr", "абвгдежзиклмнопрстуфхцчшђћјљњџѓќѕ", cyrillic::SERBIAN),
    language("kk", "абвгдежзийклмнопрстуфхцчшщъыьэюяіғқңүұһәө", cyrillic::KAZAKH),
    language("az-Cyrl", "абвгдежзиклмнопрстуфхчшыјғҝүһҹәө", cyrillic::AZERBAIJANI_IN_CYRILLIC),
];

/// The languages of the Arabic script.
pub(super) const ARABIC_SCRIPT: &[Words] = &[
    language("fa", "ءآأؤئابتثجحخدذرزسشصضطظعغفقلمنهويىكپچژکگیۀ", arabic::PERSIAN),
    language("ar", "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي", arabic::ARABIC),
    language("ur", "ءآأؤئابتثجحخدذرزسشصضطظعغفقلمنوٹپچڈڑژکگںھہۂۃیے", arabic::URDU),
    language("ckb", "ئابتجحخدرزسشعغفقلمنهوپچژکگڕڵۆیێە", arabic::KURDISH),
    language("ps", "ءآأؤئابتثجحخدذرزسشصضطظعغفقلمنهوپټچځڅډړږژښکګڼیېۍي", arabic::PASHTO),
    language("azb", "ءآأؤئابتثجحخدذرزسشصضطظعغفقلمنهوپچژکگیۆێ", arabic::AZERBAIJANI_IN_ARABIC),
];
