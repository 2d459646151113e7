//! Notices: recognises photo credits, copyright lines and appeals to subscribe among the lines of an article.
//!
//! The phrases are data (`languages/<code>/notices.txt`). It must not know HTML.

use std::sync::LazyLock;

use ceasewire_text::languages::entries;

use super::page_notice::is_request;
use crate::word_lists::language_entries;

/// Phrases of notices in all languages, in lower case.
struct NoticePhrases {
    /// Beginnings of credits under a picture or at the end of an article.
    credits: Vec<&'static str>,
    /// Phrases that only appeals to the reader contain.
    appeals: Vec<&'static str>,
}

static NOTICE_PHRASES: LazyLock<NoticePhrases> = LazyLock::new(|| {
    let list = |key: &str| {
        let mut phrases: Vec<&str> =
            all_entries().filter(|(entry_key, _)| *entry_key == key).map(|(_, phrase)| phrase).collect();
        phrases.sort_unstable();
        phrases.dedup();
        phrases
    };
    NoticePhrases { credits: list(CREDIT_KEY), appeals: list(APPEAL_KEY) }
});

const CREDIT_KEY: &str = "credit";
const APPEAL_KEY: &str = "appeal";

/// Lists the entries of all languages and those of none (`data/notices.txt`).
fn all_entries() -> impl Iterator<Item = (&'static str, &'static str)> {
    entries(include_str!("../../data/notices.txt")).chain(language_entries("notices.txt"))
}

/// Characters of a credit; a longer line is a sentence with the same beginning.
const MAX_CREDIT_LENGTH: usize = 120;

/// Words of an appeal; a longer paragraph has other content too.
const MAX_APPEAL_WORDS: usize = 45;

/// Whether a line is a notice; `lines_above` counts the article's lines above it.
pub(super) fn is_notice(line: &str, lines_above: usize) -> bool {
    let text = line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '*' | '–' | '—' | '-'));
    // Folding is slow, so only the part that decides is folded.
    let head: String = text.chars().take(MAX_CREDIT_LENGTH + 1).flat_map(char::to_lowercase).collect();
    if text.chars().nth(MAX_CREDIT_LENGTH).is_none()
        && NOTICE_PHRASES.credits.iter().any(|credit| head.starts_with(credit))
    {
        return true;
    }
    if is_request(line) {
        return true;
    }
    // An appeal in the first line is the subject of the article.
    lines_above > 0 && line.split_whitespace().take(MAX_APPEAL_WORDS + 1).count() <= MAX_APPEAL_WORDS && {
        let folded = line.to_lowercase().replace('’', "'");
        NOTICE_PHRASES.appeals.iter().any(|appeal| folded.contains(appeal))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_has_a_key_and_is_lower_case() {
        for (key, phrase) in all_entries() {
            assert!([CREDIT_KEY, APPEAL_KEY].contains(&key), "{key}: {phrase}");
            assert_eq!(phrase, phrase.to_lowercase());
        }
    }

    #[test]
    fn credits_and_appeals_are_notices() {
        for line in [
            "Photo: A. Petrosyan / Newswire",
            "(Photo: Newswire)",
            "© 2020 The Wire. All rights reserved.",
            "Фото: пресс-служба министерства",
            "Լուսանկարը՝ նախարարության",
            "Subscribe to our newsletter for the day's news.",
            "Подписывайтесь на наш канал в Telegram!",
            "Հետևեք մեզ Telegram-ում",
            "Telegram kanalımıza abone olun",
            "Bizi izləyin: Facebook, Telegram",
            "Abonnez-vous à notre lettre du matin",
            "შემოგვიერთდით ტელეგრამზე",
            "ما را در تلگرام دنبال کنید: ما را دنبال کنید",
        ] {
            assert!(is_notice(line, 3), "{line}");
        }
    }

    #[test]
    fn sentences_of_an_article_are_no_notices() {
        for line in [
            "The photo shows the ministers in Moscow.",
            "Both sides will follow the terms of the ceasefire.",
            "Фотография министров обошла все газеты.",
            "Parliament subscribed to the statement of the mediators.",
            "Bakanlar kanal açılması üzerinde anlaştı.",
        ] {
            assert!(!is_notice(line, 3), "{line}");
        }
        assert!(!is_notice("Follow us on the map: where the front line ran on Friday", 0));
    }
}
