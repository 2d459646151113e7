//! Whose copy an article is: the news agency that it credits.
//!
//! Ten papers that print one agency's report are one source. An article counts as an agency's where it says so at its
//! beginning ("MOSCOW (Reuters) -"), at its end, or with a verb of reporting in its first sentences ("TASS reports").

use std::collections::BTreeMap;
use std::sync::OnceLock;

use regex::Regex;

use ceasewire_model::Outlet;
use ceasewire_model::story::Source;

/// A news agency, under the id that an outlet of the same name has in a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agency {
    /// Its id, such as `reuters`.
    pub id: &'static str,
    /// Its name as readers know it.
    pub name: &'static str,
    /// ISO 3166-1 alpha-2 code of its seat.
    pub country: &'static str,
    /// How articles spell it, as a regular expression.
    spelled: &'static str,
}

/// The agencies whose copy the press of the world prints, and those of the countries around the Caucasus.
const AGENCIES: &[Agency] = &[
    agency("reuters", "Reuters", "GB", r"Reuters|Рейтер|REUTERS|Рейтерс"),
    agency("ap", "AP", "US", r"AP|Associated Press|Ассошиэйтед Пресс"),
    agency("afp", "AFP", "FR", r"AFP|Agence France[- ]Presse|АФП|Франс Пресс"),
    agency("tass", "TASS", "RU", r"TASS|ТАСС|Itar-Tass|ИТАР-ТАСС"),
    agency("ria-novosti", "RIA Novosti", "RU", r"RIA Novosti|RIA|РИА Новости|РИА"),
    agency("interfax", "Interfax", "RU", r"Interfax|Интерфакс"),
    agency("sputnik", "Sputnik", "RU", r"Sputnik|Спутник"),
    agency("anadolu", "Anadolu Agency", "TR", r"Anadolu(?: Agency| Ajansı)?|AA|Анадолу"),
    agency("dpa", "dpa", "DE", r"dpa|DPA"),
    agency("xinhua", "Xinhua", "CN", r"Xinhua|Синьхуа"),
    agency("irna", "IRNA", "IR", r"IRNA|ИРНА"),
    agency("armenpress", "Armenpress", "AM", r"(?i:armenpress)|Арменпресс"),
    agency("azertac", "Azertac", "AZ", r"(?i:azertac|azərtac)|АЗЕРТАДЖ|Азертадж"),
    agency("trend", "Trend", "AZ", r"Trend News Agency"),
    agency("turan", "Turan", "AZ", r"Turan News Agency|Turan agency"),
    agency("ukrinform", "Ukrinform", "UA", r"Ukrinform|Укринформ"),
    agency("efe", "EFE", "ES", r"EFE"),
    agency("ansa", "ANSA", "IT", r"ANSA"),
    agency("kyodo", "Kyodo", "JP", r"Kyodo(?: News)?"),
];

const fn agency(id: &'static str, name: &'static str, country: &'static str, spelled: &'static str) -> Agency {
    Agency { id, name, country, spelled }
}

/// Characters of a text in which a dateline stands, in which a verb of reporting tells of the whole, and in which the
/// credit at the end stands. A name further on is quoted for a detail, or contradicted.
const DATELINE: usize = 120;
const OPENING: usize = 300;
const CLOSING: usize = 40;

struct Patterns {
    bracketed: Regex,
    dateline: Regex,
    reports: Regex,
    reported_by: Regex,
    closing: Regex,
}

fn patterns() -> &'static Patterns {
    static PATTERNS: OnceLock<Patterns> = OnceLock::new();
    PATTERNS.get_or_init(|| {
        let names: Vec<String> =
            AGENCIES.iter().enumerate().map(|(number, agency)| format!("(?P<n{number}>{})", agency.spelled)).collect();
        let names = names.join("|");
        let regex = |pattern: String| Regex::new(&pattern).expect("the table of agencies makes a pattern");
        Patterns {
            bracketed: regex(format!(r"^[^!?\n]{{0,60}}[(/]\s*(?:{names})\s*[)/]")),
            dateline: regex(format!(r"^[^!?\n]{{0,60}}[.,–—-]\s*(?:{names})(?:\.|\s*[–—]|\s+-)\s")),
            reports: regex(format!(
                r"(?:^|[,”»\x22]\s*(?:the\s+)?)(?:{names})\s+(?:reports|reported|said|writes)\b"
            )),
            reported_by: regex(format!(
                r"\b(?:reported by|сообщает|сообщили|сообщил|сообщило|передает|передаёт|пишет|со ссылкой на|по данным|по сообщению)\s+(?:агентств[оау]\s+)?[«\x22“]?(?:{names})\b"
            )),
            closing: regex(format!(r"(?:^|[(/—–]\s*)(?:{names})\s*[)/.]?\s*$")),
        }
    })
}

/// The agency that an article credits, if it credits one.
pub fn credit(text: &str) -> Option<&'static Agency> {
    let text = text.trim();
    let patterns = patterns();
    let found = |regex: &Regex, part: &str| {
        let captures = regex.captures(part)?;
        AGENCIES.iter().enumerate().find(|(number, _)| captures.name(&format!("n{number}")).is_some())
    };
    let opening = head(text, OPENING);
    found(&patterns.bracketed, head(text, DATELINE))
        .or_else(|| found(&patterns.dateline, head(text, DATELINE)))
        .or_else(|| found(&patterns.reports, opening))
        .or_else(|| found(&patterns.reported_by, opening))
        .or_else(|| found(&patterns.closing, tail(text, CLOSING)))
        .map(|(_, agency)| agency)
}

/// Who reports what an outlet prints: the agency that it credits, or the outlet itself.
pub fn source(outlet: &str, credit: Option<&str>, outlets: &BTreeMap<String, Outlet>) -> Source {
    let id = credit.unwrap_or(outlet);
    if let Some(described) = outlets.get(id) {
        return Source {
            id: id.to_owned(),
            name: described.name.clone(),
            country: described.country.clone(),
            affiliation: described.affiliation.clone(),
        };
    }
    let agency = AGENCIES.iter().find(|agency| agency.id == id);
    Source {
        id: id.to_owned(),
        name: agency.map_or(id, |agency| agency.name).to_owned(),
        country: agency.map_or("", |agency| agency.country).to_owned(),
        affiliation: String::new(),
    }
}

fn head(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(end, _)| &text[..end])
}

fn tail(text: &str, characters: usize) -> &str {
    let line = text.lines().next_back().unwrap_or_default();
    line.char_indices().rev().nth(characters).map_or(line, |(start, _)| &line[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_agency_whose_copy_it_is_is_found_and_a_mere_mention_is_not() {
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
            assert_eq!(credit(text).map(|agency| agency.id), agency, "{text}");
        }
    }
}
