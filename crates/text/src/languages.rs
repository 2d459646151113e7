//! The registry of languages, generated from the folders in `languages/` at the top of the repository.
//!
//! A folder is an article language: its files hold stop words, abbreviations and the like, and any crate reads them by
//! name with [`LanguageData::file`]. `languages/README.md` lists the files. A further language is one more folder and
//! no code, unless its words get a stemmer of their own.

use std::fmt;
use std::str::FromStr;

use crate::script::Script;
use crate::stem::{Stemmer, stemmers};

/// A language folder.
#[derive(Debug)]
pub struct LanguageData {
    /// The folder's name: a BCP 47 tag, such as `ru`.
    pub code: &'static str,
    /// The English name.
    pub name: &'static str,
    /// The primary BCP 47 subtags that feeds state for it.
    pub tags: &'static [&'static str],
    /// The scripts that its articles are written in.
    pub scripts: &'static [Script],
    /// Its letters in lower case. A word with another letter is likely to be foreign.
    pub alphabet: &'static str,
    /// Whether identification only tells it apart from the article languages.
    pub is_neighbour: bool,
    pub(crate) stemmer: Option<Stemmer>,
    /// The folder's files, each with its text.
    pub files: &'static [(&'static str, &'static str)],
}

include!(concat!(env!("OUT_DIR"), "/languages.rs"));

impl LanguageData {
    /// Finds a file of the folder by its name, such as `stop_words.txt`.
    pub fn file(&self, name: &str) -> Option<&'static str> {
        self.files.iter().find(|(file, _)| *file == name).map(|&(_, text)| text)
    }

    /// The words of a list file; none if the folder lacks the file.
    pub fn words(&self, name: &str) -> impl Iterator<Item = &'static str> {
        self.file(name).into_iter().flat_map(lines).flat_map(str::split_whitespace)
    }
}

/// Lists a file's texts in all article languages and neighbours; a neighbour may lack it.
pub fn files(name: &str) -> impl Iterator<Item = &'static str> {
    ALL.iter().chain(NEIGHBOURS).filter_map(move |language| language.file(name))
}

/// Finds an article language by its folder's name.
pub fn find(code: &str) -> Option<&'static LanguageData> {
    ALL.iter().find(|language| language.code == code)
}

/// The languages of a script, neighbours included.
pub(crate) fn written_in(script: Script) -> impl Iterator<Item = &'static LanguageData> {
    ALL.iter().chain(NEIGHBOURS).filter(move |language| language.scripts.contains(&script))
}

/// Whether an article language or a neighbour is written in a script.
pub(crate) fn is_written_in(script: Script) -> bool {
    written_in(script).next().is_some()
}

/// The lines of a file, trimmed, without empty lines and comments (`# …`).
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The `key: value` lines of a file, split at the first colon. A key may repeat.
pub fn entries(text: &str) -> impl Iterator<Item = (&str, &str)> {
    lines(text).filter_map(|line| line.split_once(':')).map(|(key, value)| (key.trim(), value.trim()))
}

/// An article language: its place in [`ALL`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Language(u8);

// A place in the registry fits into a byte, with room for two marks of its users.
const _: () = assert!(ALL.len() < u8::MAX as usize - 1, "too many languages for a byte");

impl Language {
    /// Every article language.
    pub fn all() -> impl Iterator<Item = Language> {
        (0..ALL.len() as u8).map(Language)
    }

    /// The language's folder.
    pub fn data(self) -> &'static LanguageData {
        &ALL[self.index()]
    }

    /// The folder's name.
    pub fn code(self) -> &'static str {
        self.data().code
    }

    /// The place in [`ALL`]. It may change when a folder is added, so it must not be stored.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    /// Finds the language of a BCP 47 tag such as `ru` or `az-Latn` by its primary subtag.
    fn from_str(tag: &str) -> Result<Self, UnknownLanguage> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        let is_named = |language: &Language| language.data().tags.iter().any(|tag| tag.eq_ignore_ascii_case(primary));
        Language::all().find(is_named).ok_or(UnknownLanguage)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Language({})", self.code())
    }
}

/// A tag that names no article language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownLanguage;

impl fmt::Display for UnknownLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the tag names no article language")
    }
}

impl std::error::Error for UnknownLanguage {}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of a table in `languages/README.md`: each file's name, and whether a folder may lack it.
    fn documented_files(heading: &str) -> Vec<(&'static str, bool)> {
        let readme = include_str!("../../../languages/README.md");
        let section = readme.split("\n## ").find(|section| section.starts_with(heading)).unwrap();
        let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
        rows.filter(|(name, _)| *name != "language.toml")
            .map(|(name, row)| (name, row.contains(", optional |")))
            .collect()
    }

    #[test]
    fn every_folder_has_the_documented_files_and_no_other() {
        for (heading, folders) in [("Files", ALL), ("Neighbours", NEIGHBOURS)] {
            let documented = documented_files(heading);
            assert!(!documented.is_empty(), "{heading}");
            for folder in folders {
                for (name, optional) in &documented {
                    assert!(*optional || folder.file(name).is_some(), "{} lacks {name}", folder.code);
                }
                for (name, _) in folder.files {
                    let known = documented.iter().any(|(documented, _)| documented == name);
                    assert!(known, "{}/{name} is not in languages/README.md", folder.code);
                }
            }
        }
    }

    #[test]
    fn a_tag_names_its_language() {
        for (tag, expected) in [
            ("ru", Some("ru")),
            ("RU-ru", Some("ru")),
            ("az-Latn", Some("az")),
            ("hy", Some("hy")),
            ("fa_IR", Some("fa")),
            ("de-AT", Some("de")),
            ("sv", None),
            ("rue", None),
            ("", None),
        ] {
            assert_eq!(tag.parse().ok().map(Language::code), expected, "{tag}");
        }
    }

    #[test]
    fn codes_are_unique_and_name_their_folder() {
        for language in Language::all() {
            assert_eq!(find(language.code()).unwrap().code, language.code());
            assert_eq!(language.code().parse(), Ok(language));
        }
        assert!(find("sv").is_none());
    }

    #[test]
    fn comments_and_blank_lines_are_no_entries() {
        let text = "# a comment\n\nkey: one two\nkey: three\n  other :four  \n";
        let found: Vec<_> = entries(text).collect();
        assert_eq!(found, [("key", "one two"), ("key", "three"), ("other", "four")]);
        assert_eq!(lines(text).count(), 3);
    }
}
