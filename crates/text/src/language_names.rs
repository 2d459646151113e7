//! The names of languages as people type them: codes, English names, and names in the languages themselves.
//!
//! The names stand in `languages/names.txt`. Every language of ISO 639-1 is there, since an article may be in any.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::analysis::{fold, language_key};
use crate::languages;

/// The names, and the country codes beside them.
struct LanguageNames {
    tags: HashMap<String, &'static str>,
    countries: HashMap<&'static str, &'static str>,
    /// The tags and names, as the file writes them.
    spellings: Vec<(&'static str, &'static str)>,
}

static NAMES: LazyLock<LanguageNames> = LazyLock::new(|| {
    let mut names = LanguageNames { tags: HashMap::new(), countries: HashMap::new(), spellings: Vec::new() };
    for (tag, line) in languages::entries(include_str!("../../../languages/names.txt")) {
        let (spellings, countries) = line.split_once("; country").unwrap_or((line, ""));
        for name in std::iter::once(tag).chain(spellings.split_whitespace()) {
            names.tags.entry(key(name)).or_insert(tag);
            names.spellings.push((name, tag));
        }
        names.countries.extend(countries.split_whitespace().map(|country| (country, tag)));
    }
    names
});

fn key(name: &str) -> String {
    fold(name).replace(['-', '_', ' '], "")
}

/// Finds the BCP 47 tag of a language by its code or name; a region or script behind a code stays: `en_US` is `en-us`.
pub fn find_tag(typed: &str) -> Option<String> {
    let typed = typed.trim();
    if let Some(tag) = NAMES.tags.get(&key(typed)) {
        return Some((*tag).to_owned());
    }
    let tag = language_key(typed);
    let (code, rest) = tag.split_once('-')?;
    let code = NAMES.tags.get(code).filter(|_| code.len() <= 3)?;
    let is_subtag = |part: &str| (2..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric());
    rest.split('-').all(is_subtag).then(|| format!("{code}-{rest}"))
}

/// Finds the language of the country whose code people may have typed for it.
pub fn of_country(typed: &str) -> Option<&'static str> {
    NAMES.countries.get(typed.trim().to_lowercase().as_str()).copied()
}

/// The English name of a tag, for people who typed another code.
pub fn english_name(tag: &str) -> Option<&'static str> {
    // Behind the tag stand codes of three letters, and then the English name.
    NAMES.spellings.iter().find(|(name, of)| *of == tag && name.len() > 3).map(|(name, _)| *name)
}

/// The tags and all their names, for proposals.
pub fn spellings() -> impl Iterator<Item = (&'static str, &'static str)> {
    NAMES.spellings.iter().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_codes_and_names() {
        for (typed, expected) in [
            ("en", Some("en")),
            ("EN", Some("en")),
            ("english", Some("en")),
            ("eng", Some("en")),
            ("rus", Some("ru")),
            ("Русский", Some("ru")),
            ("русскии", None),
            ("arm", Some("hy")),
            ("Armenian", Some("hy")),
            ("հայերեն", Some("hy")),
            ("farsi", Some("fa")),
            ("فارسی", Some("fa")),
            ("Türkçe", Some("tr")),
            ("türkce", Some("tr")),
            ("azeri", Some("az")),
            ("ქართული", Some("ka")),
            ("de", Some("de")),
            ("scottish gaelic", Some("gd")),
            ("en-GB", Some("en-gb")),
            ("en_US", Some("en-us")),
            ("az-Latn", Some("az-latn")),
            ("english-us", None),
            ("en-", Some("en")),
            ("xx", None),
            ("ge", None),
            ("", None),
        ] {
            assert_eq!(find_tag(typed).as_deref(), expected, "{typed}");
        }
    }

    #[test]
    fn a_country_stands_for_its_language() {
        assert_eq!(of_country("GE"), Some("ka"));
        assert_eq!(of_country("am"), Some("hy"));
        assert_eq!(of_country("xx"), None);
        assert_eq!(english_name("am"), Some("amharic"));
    }

    #[test]
    fn every_language_folder_has_its_names_and_no_name_two_tags() {
        for language in languages::Language::all() {
            assert_eq!(find_tag(language.code()).as_deref(), Some(language.code()));
            assert_eq!(find_tag(language.data().name).as_deref(), Some(language.code()));
        }
        for (name, tag) in spellings() {
            assert_eq!(find_tag(name).as_deref(), Some(tag), "{name}");
        }
    }
}
