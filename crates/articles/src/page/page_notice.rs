//! Page notices: tells a page in place of an article (a consent wall, a check for robots, an error) from an article.
//!
//! The phrases are data (`languages/<code>/page_notices.txt`). An article may quote one, so phrases count only on a page
//! with little other text. This file must not know HTML.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use ceasewire_text::languages::entries;
use regex::Regex;

use crate::line::CleanLine;
use crate::word_lists::language_entries;

/// The kind of a page in place of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageNotice {
    /// The site asks for consent to cookies, or to turn off a blocker of advertisements.
    Consent,
    /// The site checks for robots, or wants scripts.
    RobotCheck,
    /// The server refuses the request.
    Denied,
    /// The article is for subscribers.
    Paywall,
    /// The site is closed to the reader's country.
    GeoBlock,
    /// There is no page, despite any status.
    Missing,
    /// The site is out of order.
    Error,
}

/// The keys of the data, each with its kind.
const KINDS: [(&str, PageNotice); 7] = [
    ("consent", PageNotice::Consent),
    ("robot", PageNotice::RobotCheck),
    ("denied", PageNotice::Denied),
    ("paywall", PageNotice::Paywall),
    ("blocked", PageNotice::GeoBlock),
    ("missing", PageNotice::Missing),
    ("error", PageNotice::Error),
];

impl fmt::Display for PageNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Consent => "a request for consent",
            Self::RobotCheck => "a check for robots",
            Self::Denied => "a refusal",
            Self::Paywall => "a paywall",
            Self::GeoBlock => "a block of the reader's country",
            Self::Missing => "a missing page",
            Self::Error => "an error of the site",
        })
    }
}

/// Phrases of one place, in lower case.
struct Phrases {
    kinds: HashMap<&'static str, PageNotice>,
    pattern: Option<Regex>,
}

static SENTENCES: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(""));
static HEADINGS: LazyLock<Phrases> = LazyLock::new(|| Phrases::read("-heading"));

/// Lists the entries of all languages and those of none.
fn all_entries() -> impl Iterator<Item = (&'static str, &'static str)> {
    entries(include_str!("../../data/page_notices.txt")).chain(language_entries("page_notices.txt"))
}

impl Phrases {
    fn read(suffix: &str) -> Self {
        let kind_of = |key: &str| {
            let name = key.strip_suffix(suffix)?;
            KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
        };
        let kinds: HashMap<_, _> = all_entries().filter_map(|(key, phrase)| Some((phrase, kind_of(key)?))).collect();
        let mut phrases: Vec<&str> = kinds.keys().copied().collect();
        // The first alternative that fits is the match: a longer phrase comes before its beginning.
        phrases.sort_unstable_by_key(|phrase| (Reverse(phrase.len()), *phrase));
        let escaped: Vec<String> = phrases.into_iter().map(regex::escape).collect();
        Self { kinds, pattern: Regex::new(&escaped.join("|")).ok() }
    }

    /// The longest phrase in a text of lower case, with its kind.
    fn find<'t>(&self, text: &'t str) -> Option<(&'t str, PageNotice)> {
        let found =
            self.pattern.as_ref()?.find_iter(text).map(|found| found.as_str()).max_by_key(|found| found.len())?;
        Some((found, *self.kinds.get(found)?))
    }
}

fn folded(text: &str) -> String {
    text.to_lowercase().replace('’', "'").replace('\u{A0}', " ")
}

/// The kind of a sentence that only pages in place of an article have.
fn sentence_notice(text: &str) -> Option<PageNotice> {
    /// Bytes of a paragraph of such a page; of a longer text only the beginning counts.
    const MAX_LENGTH: usize = 1500;
    SENTENCES.find(&folded(&text[..text.floor_char_boundary(MAX_LENGTH)])).map(|(_, kind)| kind)
}

/// Whether a line asks for consent or for a subscription: no part of an article, wherever it stands.
pub(super) fn is_request(line: &str) -> bool {
    matches!(sentence_notice(line), Some(PageNotice::Consent | PageNotice::Paywall))
}

/// The kind that a title or a heading names, if the phrase is most of a part of it.
fn heading_notice(heading: &str) -> Option<PageNotice> {
    let heading = folded(heading);
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    heading.split([':', '|', '–', '—', '·']).flat_map(|part| part.split(" - ")).find_map(|part| {
        let (phrase, kind) = HEADINGS.find(part)?;
        (letters(phrase) * 2 >= letters(part)).then_some(kind)
    })
}

/// Judges a page by its titles and headings and by its lines.
pub(super) fn find_notice(headings: &[&str], lines: &[CleanLine]) -> Option<PageNotice> {
    /// Characters of a label; a longer line is prose.
    const MAX_LABEL: usize = 24;
    /// Characters of prose beside a notice's own: an article is longer.
    const MAX_OTHER: usize = 700;
    /// Characters of prose of a page that only its heading shows to be a notice.
    const MAX_UNKNOWN: usize = 200;
    /// Characters of less than an article.
    const MAX_REST: usize = 60;
    let (mut notice, mut other, mut kinds) = (0, 0, Vec::new());
    for line in lines {
        let linked: usize = line.links.iter().map(ExactSizeIterator::len).sum();
        let length = line.text.trim().chars().count();
        if length <= MAX_LABEL || linked * 2 > line.text.len() {
            continue;
        }
        match sentence_notice(&line.text) {
            Some(kind) => {
                notice += length;
                kinds.push(kind);
            }
            None => other += length,
        }
        if other > MAX_OTHER {
            return None;
        }
    }
    let heading = headings.iter().find_map(|heading| heading_notice(heading));
    // The commonest kind of the sentences names the page where its title does not.
    let count = |kind: &PageNotice| kinds.iter().filter(|other| *other == kind).count();
    let kind = heading.or_else(|| kinds.iter().copied().max_by_key(count))?;
    let is_notice = heading.is_some() && (notice > 0 || other < MAX_UNKNOWN)
        || notice > 0 && (other < MAX_REST || notice > 2 * other);
    is_notice.then_some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(texts: &[&str]) -> Vec<CleanLine> {
        texts.iter().map(|text| CleanLine { text: (*text).to_owned(), ..CleanLine::default() }).collect()
    }

    #[test]
    fn every_phrase_has_a_kind_and_is_lower_case() {
        for (key, phrase) in all_entries() {
            assert!(KINDS.iter().any(|(kind, _)| key.trim_end_matches("-heading") == *kind), "{key}: {phrase}");
            assert_eq!(phrase, folded(phrase), "{key}");
        }
        assert!(SENTENCES.pattern.is_some() && HEADINGS.pattern.is_some());
    }

    #[test]
    fn pages_in_place_of_an_article_are_told_apart() {
        for (kind, title, texts) in [
            (PageNotice::Consent, "The Wire", vec!["We use cookies and similar methods on our site.", "Choose below."]),
            (PageNotice::Consent, "Tageblatt", vec!["Wir verwenden Cookies und ähnliche Verfahren auf dieser Seite."]),
            (PageNotice::Consent, "Le Fil", vec!["Nous et nos partenaires utilisons des cookies sur votre appareil."]),
            (PageNotice::Consent, "Долина", vec!["Наш сайт использует файлы cookie, чтобы быть удобнее."]),
            (PageNotice::Consent, "Долина", vec!["Наш сайт використовує файли cookie для зручності."]),
            (PageNotice::Consent, "Vadi", vec!["Sitemizde çerezler kullanılmaktadır, kabul ediniz."]),
            (PageNotice::Consent, "Հովիտ", vec!["Կայքն օգտագործում է cookie ֆայլեր՝ հարմարության համար։"]),
            (PageNotice::Consent, "Vadi", vec!["Saytımız kukilərdən istifadə edir, razısınızmı?"]),
            (PageNotice::RobotCheck, "Just a moment...", vec![]),
            (
                PageNotice::RobotCheck,
                "Вы не робот?",
                vec!["Нам очень жаль, запросы с вашего устройства похожи на другие."],
            ),
            (PageNotice::RobotCheck, "Wire", vec!["Veuillez confirmer que vous n'êtes pas un robot."]),
            (PageNotice::RobotCheck, "Wire", vec!["Robot olmadığınızı doğrulayın ve devam edin."]),
            (PageNotice::Denied, "Access Denied", vec!["Reference 18.2d351ab8.1557333295.a4e16ab"]),
            (PageNotice::Denied, "403 Forbidden", vec!["nginx and nothing else at all"]),
            (PageNotice::Paywall, "Truce", vec!["Abonnez-vous pour lire la suite de cet article réservé aux abonnés."]),
            (PageNotice::Paywall, "Truce", vec!["Материал доступен по подписке, оформите её сейчас."]),
            (PageNotice::GeoBlock, "451", vec!["This content is not available in your region for the time being."]),
            (PageNotice::GeoBlock, "Wire", vec!["Bu içerik ülkenizde kullanılamıyor, özür dileriz."]),
            (PageNotice::Missing, "Page not found | The Wire", vec!["Try the search or the front page of our site."]),
            (PageNotice::Missing, "Сторінку не знайдено", vec![]),
            (PageNotice::Missing, "Էջը չի գտնվել", vec![]),
            (PageNotice::Missing, "Səhifə tapılmadı - Vadi", vec![]),
            (PageNotice::Missing, "Seite nicht gefunden", vec![]),
            (PageNotice::Error, "503 Service Temporarily Unavailable", vec![]),
            (PageNotice::Error, "Долина", vec!["На сайте ведутся технические работы, зайдите позже."]),
        ] {
            assert_eq!(find_notice(&[title], &lines(&texts)), Some(kind), "{title}: {texts:?}");
        }
    }

    #[test]
    fn articles_about_such_pages_are_articles() {
        let sentence = "The ministers signed a ceasefire in Moscow after ten hours of talks on Friday night.";
        for (title, texts) in [
            ("Access denied: how a ministry blocks its critics", vec![sentence, sentence, sentence]),
            ("Тело не найдено", vec!["Спасатели продолжают поиски третий день подряд, сообщили в МЧС."]),
            ("Truce", vec![sentence, "Visitors of the site read that the page could not be found.", sentence]),
            ("Ministers sign truce", vec!["Subscribe to continue reading our site.", sentence]),
            ("", vec![]),
        ] {
            assert_eq!(find_notice(&[title], &lines(&texts)), None, "{title}");
        }
        let long: Vec<&str> = std::iter::repeat_n(sentence, 12).collect();
        assert_eq!(find_notice(&["Just a moment"], &lines(&long)), None);
    }

    #[test]
    fn only_requests_leave_an_article() {
        assert!(is_request("Please disable your ad blocker for this website to continue reading."));
        assert!(!is_request("“We and our partners in the region want peace,” the minister said."));
        assert!(!is_request("The ministry’s site said: page not found, error 404, access denied."));
    }
}
