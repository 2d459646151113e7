//! Phrases of pages and links in all languages, from `web_pages.txt` of the language folders.

use std::sync::LazyLock;

use ceasewire_text::languages::{entries, files};

/// The use of a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PagePhrase {
    /// In the title of a page that asks for a human.
    ChallengeTitle,
    /// In the text of such a page.
    Challenge,
    /// In the title of a login page.
    LoginTitle,
    /// In the title of a feed of comments.
    Comments,
    /// Another spelling of RSS.
    Rss,
}

impl PagePhrase {
    const ALL: [Self; 5] = [Self::ChallengeTitle, Self::Challenge, Self::LoginTitle, Self::Comments, Self::Rss];

    fn key(self) -> &'static str {
        match self {
            Self::ChallengeTitle => "challenge-title",
            Self::Challenge => "challenge",
            Self::LoginTitle => "login-title",
            Self::Comments => "comments",
            Self::Rss => "rss",
        }
    }
}

static PHRASES: LazyLock<[Vec<&'static str>; PagePhrase::ALL.len()]> = LazyLock::new(|| {
    PagePhrase::ALL.map(|kind| {
        let lines = files("web_pages.txt").flat_map(entries).filter(|(key, _)| *key == kind.key());
        lines.flat_map(|(_, phrases)| phrases.split('|').map(str::trim)).collect()
    })
});

/// Lists the phrases of a use, in lower case.
pub(super) fn phrases(kind: PagePhrase) -> &'static [&'static str] {
    &PHRASES[kind as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_known_and_its_phrases_are_lower_case() {
        for (key, value) in files("web_pages.txt").flat_map(entries) {
            assert!(PagePhrase::ALL.iter().any(|kind| kind.key() == key), "{key}");
            assert_eq!(value, value.to_lowercase());
        }
        for (kind, phrase) in [
            (PagePhrase::ChallengeTitle, "один момент"),
            (PagePhrase::Challenge, "javascript aktivieren"),
            (PagePhrase::LoginTitle, "sign in"),
            (PagePhrase::Comments, "yorum"),
        ] {
            assert!(phrases(kind).contains(&phrase), "{phrase}");
        }
    }
}
