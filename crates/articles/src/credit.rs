//! Credits: finds the news agency that an article credits as its source.
//!
//! Ten papers that print one agency's report are one source. An article credits an agency in its dateline ("MOSCOW
//! (Reuters) -"), with a reporting verb in its first sentences ("TASS reports"), or at its end. The agencies are data
//! (`data/agencies.tsv`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use ceasewire_model::Outlet;
use ceasewire_model::story::ReportSource;
use ceasewire_text::languages::lines;

use super::word_lists::language_entries;

/// A news agency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agency {
    /// Id such as `reuters`; equals the id of the agency's outlet in a profile.
    pub id: &'static str,
    /// Name for readers.
    pub name: &'static str,
    /// ISO 3166-1 alpha-2 code of the seat.
    pub country: &'static str,
    /// Spellings in articles, as a regular expression.
    spellings: &'static str,
}

static AGENCIES: LazyLock<Vec<Agency>> = LazyLock::new(|| {
    let parse_agency = |line: &'static str| {
        let mut fields = line.split('\t');
        let mut field = || fields.next().expect("the table of agencies has four columns");
        Agency { id: field(), name: field(), country: field(), spellings: field() }
    };
    lines(include_str!("../data/agencies.tsv")).map(parse_agency).collect()
});

/// Characters at the start of a text for a dateline.
const DATELINE_LENGTH: usize = 120;

/// Characters at the start of a text where a reporting verb credits the whole. An agency named later is the source of a
/// detail, or contradicted.
const OPENING_LENGTH: usize = 300;

/// Characters at the end of a text for a credit.
const CLOSING_LENGTH: usize = 40;

struct CreditPatterns {
    bracketed: Regex,
    dateline: Regex,
    reports: Regex,
    reported_by: Regex,
    closing: Regex,
}

impl CreditPatterns {
    fn new() -> Self {
        let names: Vec<String> = AGENCIES
            .iter()
            .enumerate()
            .map(|(number, agency)| format!("(?P<n{number}>{})", agency.spellings))
            .collect();
        let names = names.join("|");
        let (article, agency) = (any_phrase(ARTICLE_KEY), any_phrase(AGENCY_KEY));
        let (verb_after, phrase_before) = (any_phrase(AFTER_KEY), any_phrase(BEFORE_KEY));
        let regex = |pattern: String| Regex::new(&pattern).expect("the tables of agencies and phrases make a pattern");
        Self {
            bracketed: regex(format!(r"^[^!?\n]{{0,60}}[(/]\s*(?:{names})\s*[)/]")),
            dateline: regex(format!(r"^[^!?\n]{{0,60}}[.,–—-]\s*(?:{names})(?:\.|\s*[–—]|\s+-)\s")),
            reports: regex(format!(r"(?:^|[,”»\x22]\s*(?:{article}\s+)?)(?:{names})\s+{verb_after}\b")),
            reported_by: regex(format!(r"\b{phrase_before}\s+(?:{agency}\s+)?[«\x22“]?(?:{names})\b")),
            closing: regex(format!(r"(?:^|[(/—–]\s*)(?:{names})\s*[)/.]?\s*$")),
        }
    }
}

/// Keys of `agency_credits.txt`: an article before the name, the word "agency" before the name, a verb after the name,
/// a phrase before the name.
const ARTICLE_KEY: &str = "article";
const AGENCY_KEY: &str = "agency";
const AFTER_KEY: &str = "after-agency";
const BEFORE_KEY: &str = "before-agency";

/// Makes a pattern of the phrases of one key in all languages.
fn any_phrase(key: &str) -> String {
    let phrases: Vec<String> = language_entries("agency_credits.txt")
        .filter(|(entry_key, _)| *entry_key == key)
        .map(|(_, phrase)| regex::escape(phrase))
        .collect();
    format!("(?:{})", phrases.join("|"))
}

static CREDIT_PATTERNS: LazyLock<CreditPatterns> = LazyLock::new(CreditPatterns::new);

/// Finds the agency that an article credits.
pub fn find_credit(text: &str) -> Option<&'static Agency> {
    let text = text.trim();
    let patterns = &*CREDIT_PATTERNS;
    let find_agency = |regex: &Regex, part: &str| {
        let captures = regex.captures(part)?;
        AGENCIES.iter().enumerate().find(|(number, _)| captures.name(&format!("n{number}")).is_some())
    };
    let opening = first_characters(text, OPENING_LENGTH);
    find_agency(&patterns.bracketed, first_characters(text, DATELINE_LENGTH))
        .or_else(|| find_agency(&patterns.dateline, first_characters(text, DATELINE_LENGTH)))
        .or_else(|| find_agency(&patterns.reports, opening))
        .or_else(|| find_agency(&patterns.reported_by, opening))
        .or_else(|| find_agency(&patterns.closing, last_characters(text, CLOSING_LENGTH)))
        .map(|(_, agency)| agency)
}

/// Describes the source of an article: the agency that it credits, or its outlet.
pub fn resolve_source(outlet: &str, credit: Option<&str>, outlets: &BTreeMap<String, Outlet>) -> ReportSource {
    let id = credit.unwrap_or(outlet);
    if let Some(outlet) = outlets.get(id) {
        return ReportSource {
            id: id.to_owned(),
            name: outlet.name.clone(),
            country: outlet.country.clone(),
            affiliation: outlet.affiliation.clone(),
        };
    }
    let agency = AGENCIES.iter().find(|agency| agency.id == id);
    ReportSource {
        id: id.to_owned(),
        name: agency.map_or(id, |agency| agency.name).to_owned(),
        country: agency.map_or("", |agency| agency.country).to_owned(),
        affiliation: String::new(),
    }
}

fn first_characters(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(end, _)| &text[..end])
}

/// Returns the last characters of the last line.
fn last_characters(text: &str, characters: usize) -> &str {
    let line = text.lines().next_back().unwrap_or_default();
    line.char_indices().rev().nth(characters).map_or(line, |(start, _)| &line[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_has_a_known_key() {
        for (key, phrase) in language_entries("agency_credits.txt") {
            assert!([ARTICLE_KEY, AGENCY_KEY, AFTER_KEY, BEFORE_KEY].contains(&key), "{key}: {phrase}");
        }
    }

    #[test]
    fn a_credit_names_the_agency_and_a_mention_does_not() {
        for (text, agency) in [
            ("MOSCOW (Reuters) - Armenia and Azerbaijan agreed to a ceasefire.", Some("reuters")),
            ("YEREVAN, OCTOBER 10, ARMENPRESS. The foreign minister left for Moscow.", Some("armenpress")),
            ("МОСКВА, 10 октября. /ТАСС/. Стороны договорились о прекращении огня.", Some("tass")),
            ("МОСКВА, 10 окт - РИА Новости. Стороны договорились.", Some("ria-novosti")),
            ("The two sides agreed to stop fighting, TASS reports.", Some("tass")),
            ("Об этом сообщает Интерфакс со ссылкой на министерство.", Some("interfax")),
            ("The truce holds, a spokesman told AFP on Monday.", None),
            ("R-73 and AA-11 missiles were shown.", None),
            ("See https://armenpress.am/eng for more.", None),
            ("Two reporters (of AFP) were hurt near Martuni, the ministry said.", None),
            ("Baku denied what TASS reported a day before.", None),
            ("The ministry denied the claim of Reuters.", None),
            ("Shells fell.\\nFollow us on Sputnik", None),
            ("Reuters reported on Monday that the truce held.", Some("reuters")),
            ("Shells fell near Hadrut at dawn.\nOfficials gave no toll. (AP)", Some("ap")),
            ("Shells fell near Hadrut at dawn.", None),
            ("A camera of Reuters was damaged in Martuni, its owner wrote.", None),
            ("Capital flight and the AP-1 road were discussed.", None),
            ("The app fell silent. Zap.", None),
            ("", None),
        ] {
            assert_eq!(find_credit(text).map(|agency| agency.id), agency, "{text}");
        }
    }
}
