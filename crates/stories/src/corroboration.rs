//! The corroboration of a story: its sources, the updates that confirm or change it, and its casualty figures. Pure.
//!
//! A source counts once, with any number of articles. Copies of an agency's report count for the agency. Different
//! figures stand side by side with their sources; the assessment merges none.

use std::collections::{BTreeSet, HashMap};

use crate::grammar::{WordRole, has_role};
use ceasewire_model::event::{CeasefireStatus, EventFacts, MeetingStatus};
use ceasewire_model::story::{AttributedReport, CasualtyFigure, Corroboration, StoryUpdate, UpdateKind};
use ceasewire_text::analysis;

/// Number of countries whose outlets confirm a story: a claim of one side rarely crosses two borders unchecked.
const COUNTRIES_THAT_CONFIRM: usize = 3;
/// Most figures of a story; more would hide the story.
const MAX_FIGURES: usize = 6;

/// Assesses a story by its reports, in the order of their arrival. `sides` are the countries at war.
pub fn assess(reports: &[AttributedReport], sides: &[String]) -> Corroboration {
    let reports = independent(reports);
    let mut corroboration = Corroboration::default();
    let mut countries: BTreeSet<&str> = BTreeSet::new();
    let mut status = StoryStatus::default();
    for (place, report) in reports.iter().enumerate() {
        let update = |kind: UpdateKind, sentence: Option<&str>| StoryUpdate {
            kind,
            source: report.source.clone(),
            article: report.article,
            at: report.at,
            sentence: sentence.map(str::to_owned),
        };
        let mut updates: Vec<StoryUpdate> = Vec::new();
        if !corroboration.sources.iter().any(|source| source.id == report.source.id) {
            let first = corroboration.sources.first();
            let of_side = |country: &str| sides.iter().find(|side| side.as_str() == country);
            let other = first.and_then(|first| of_side(&first.country)).zip(of_side(&report.source.country));
            // A quotation of the other side's agency is not yet a report of the other side.
            if report.own && other.is_some_and(|(first, other)| first != other) {
                updates.push(update(UpdateKind::OtherSide, None));
            }
            let country = report.source.country.as_str();
            if !country.is_empty() && countries.insert(country) && countries.len() == COUNTRIES_THAT_CONFIRM {
                updates.push(update(UpdateKind::ThreeCountries, None));
            }
            corroboration.sources.push(report.source.clone());
        }
        let before = status;
        for event in &report.events {
            status.add(&event.facts);
            let kind = match &event.facts {
                EventFacts::Ceasefire(facts) if facts.status == CeasefireStatus::Violated && before.agreed => {
                    Some(UpdateKind::Violated)
                }
                EventFacts::Ceasefire(facts) if facts.status == CeasefireStatus::Over && before.agreed => {
                    Some(UpdateKind::Over)
                }
                EventFacts::Meeting(facts) if facts.status == MeetingStatus::Cancelled && before.planned => {
                    Some(UpdateKind::Cancelled)
                }
                EventFacts::Meeting(facts) if facts.status == MeetingStatus::Postponed && before.planned => {
                    Some(UpdateKind::Postponed)
                }
                EventFacts::Meeting(facts) if facts.status == MeetingStatus::Moved && before.planned => {
                    Some(UpdateKind::Moved)
                }
                _ => None,
            };
            // The first report defines the story; only later reports change it. A report about both a truce and its
            // breach may give background.
            if let Some(kind) = kind.filter(|_| place > 0 && !before.changed) {
                status.changed = true;
                updates.push(update(kind, Some(&event.sentence)));
            }
        }
        for update in updates {
            if !corroboration.updates.iter().any(|known| known.kind == update.kind) {
                corroboration.updates.push(update);
            }
        }
    }
    corroboration.countries = countries.len();
    corroboration.figures = figures(&reports);
    corroboration
}

/// Drops the reports that only pass on another one: an article at another outlet's page, unless there is no other
/// report, and a second outlet's article at one address.
fn independent(reports: &[AttributedReport]) -> Vec<&AttributedReport> {
    let mut kept: Vec<&AttributedReport> = reports.iter().filter(|report| !report.links).collect();
    if kept.is_empty() {
        kept.extend(reports.first());
    }
    let mut addresses: HashMap<&str, &str> = HashMap::new();
    kept.retain(|report| {
        let Some(address) = report.address.as_deref() else { return true };
        *addresses.entry(address).or_insert(&report.source.id) == report.source.id
    });
    kept
}

/// The status of the story's ceasefire and meeting in the reports so far.
#[derive(Clone, Copy, Debug, Default)]
struct StoryStatus {
    agreed: bool,
    planned: bool,
    changed: bool,
}

impl StoryStatus {
    fn add(&mut self, facts: &EventFacts) {
        match facts {
            EventFacts::Ceasefire(facts) => {
                self.agreed |= matches!(
                    facts.status,
                    CeasefireStatus::Agreed | CeasefireStatus::Announced | CeasefireStatus::Extended
                );
            }
            EventFacts::Meeting(facts) => self.planned |= facts.status == MeetingStatus::Planned,
            _ => {}
        }
    }
}

/// Lists the casualty figures, each with its source; none if there is only one. The last figure of a source counts.
fn figures(reports: &[&AttributedReport]) -> Vec<CasualtyFigure> {
    let mut found: Vec<CasualtyFigure> = Vec::new();
    for report in reports {
        for event in &report.events {
            let EventFacts::Casualties(facts) = &event.facts else { continue };
            let Some(count) = facts.count else { continue };
            let figure = CasualtyFigure {
                kind: facts.kind,
                count,
                words: facts.count_words.clone(),
                who: facts.who,
                side: facts.side.clone(),
                according_to: facts.according_to.clone(),
                source: report.source.clone(),
            };
            let is_same_subject = |other: &CasualtyFigure| {
                (other.kind, other.who, &other.side) == (figure.kind, figure.who, &figure.side)
                    && other.according_to == figure.according_to
                    && is_increase(other) == is_increase(&figure)
            };
            // A figure of one authority in several outlets is one figure.
            if found.iter().any(|other| is_same_subject(other) && other.count == figure.count) {
                continue;
            }
            // So is a repetition in one report, where the more detailed form counts.
            let repeats = |other: &CasualtyFigure| {
                other.source.id == figure.source.id && (other.kind, other.count) == (figure.kind, figure.count)
            };
            if let Some(earlier) = found.iter_mut().find(|other| repeats(other)) {
                if count_details(&figure) > count_details(earlier) {
                    *earlier = figure;
                }
                continue;
            }
            match found.iter_mut().find(|other| is_same_subject(other) && other.source.id == figure.source.id) {
                Some(earlier) => *earlier = figure,
                None => found.push(figure),
            }
        }
    }
    if found.len() < 2 {
        return Vec::new();
    }
    found.truncate(MAX_FIGURES);
    found
}

/// Whether a figure adds to an earlier one: "43 more" is no total.
fn is_increase(figure: &CasualtyFigure) -> bool {
    let words = analysis::words(figure.words.as_deref().unwrap_or_default());
    match &words[..] {
        [first, .., last] => has_role(first, WordRole::IncreaseBefore) || has_role(last, WordRole::IncreaseAfter),
        _ => false,
    }
}

/// Counts the details of a figure beside its number.
fn count_details(figure: &CasualtyFigure) -> usize {
    usize::from(figure.who.is_some()) + usize::from(figure.side.is_some()) + usize::from(figure.according_to.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceasewire_model::event::{CasualtyFacts, CasualtyKind, CeasefireFacts, Event, MeetingFacts, Prominence};
    use ceasewire_model::story::ReportSource;
    use ceasewire_model::{ArticleId, Timestamp};

    fn report(id: &str, country: &str, at: i64, facts: Vec<EventFacts>) -> AttributedReport {
        let source =
            ReportSource { id: id.into(), name: id.to_uppercase(), country: country.into(), affiliation: "".into() };
        let events = facts
            .into_iter()
            .map(|facts| Event { sentence: format!("{id} says."), prominence: Prominence::Lead, facts })
            .collect();
        AttributedReport {
            article: ArticleId::new(),
            source,
            own: true,
            address: None,
            links: false,
            at: Timestamp(at),
            events,
        }
    }

    fn ceasefire(status: CeasefireStatus) -> EventFacts {
        EventFacts::Ceasefire(CeasefireFacts { status, ..CeasefireFacts::default() })
    }

    fn dead(count: u64, side: &str, according_to: &str) -> EventFacts {
        EventFacts::Casualties(CasualtyFacts {
            kind: CasualtyKind::Killed,
            count: Some(count),
            side: Some(side.into()),
            according_to: Some(according_to.into()),
            ..CasualtyFacts::default()
        })
    }

    fn updates(reports: &[AttributedReport]) -> Vec<(UpdateKind, i64)> {
        assess(reports, &["AM".into(), "AZ".into()]).updates.iter().map(|update| (update.kind, update.at.0)).collect()
    }

    #[test]
    fn a_source_counts_once_and_countries_confirm() {
        let reports = [
            report("armenpress", "AM", 1, vec![]),
            report("armenpress", "AM", 2, vec![]),
            report("tass", "RU", 3, vec![]),
            report("tass", "RU", 4, vec![]),
            report("blog", "", 5, vec![]),
            report("azertac", "AZ", 6, vec![]),
            report("reuters", "GB", 7, vec![]),
        ];
        let corroboration = assess(&reports, &["AM".into(), "AZ".into()]);
        let ids: Vec<&str> = corroboration.sources.iter().map(|source| source.id.as_str()).collect();
        assert_eq!(ids, ["armenpress", "tass", "blog", "azertac", "reuters"]);
        assert_eq!(corroboration.countries, 4);
        assert_eq!(updates(&reports), [(UpdateKind::OtherSide, 6), (UpdateKind::ThreeCountries, 6)]);
        assert_eq!(updates(&reports[..1]), []);
        // A quotation of the other side is not its report, and a neutral outlet belongs to no side.
        let quoted = AttributedReport { own: false, ..reports[5].clone() };
        assert_eq!(updates(&[reports[0].clone(), quoted]), []);
        assert_eq!(updates(&reports[2..6]), []);
    }

    #[test]
    fn a_link_to_another_outlet_s_page_is_no_second_source() {
        let at = |id: &str, address: &str, links: bool| {
            let report = report(id, "GB", 1, vec![dead(links.into(), "Armenia", "")]);
            AttributedReport { address: Some(address.into()), links, ..report }
        };
        let sources = |reports: &[AttributedReport]| -> Vec<String> {
            assess(reports, &[]).sources.into_iter().map(|source| source.id).collect()
        };
        let (own, link) = (at("good", "good.example/1", false), at("evil", "good.example/1", true));
        assert_eq!(sources(&[link.clone(), own.clone()]), ["good"]);
        assert_eq!(sources(&[own.clone(), link.clone()]), ["good"]);
        assert_eq!(sources(&[link.clone(), at("sham", "good.example/2", true)]), ["evil"]);
        assert_eq!(assess(&[own.clone(), link], &[]).figures, []);
        // Where the owner is unknown, the first outlet at an address counts.
        assert_eq!(sources(&[own.clone(), at("mirror", "good.example/1", false)]), ["good"]);
        assert_eq!(sources(&[own, at("other", "other.example/1", false)]), ["good", "other"]);
    }

    #[test]
    fn a_breach_updates_a_story_and_background_does_not() {
        let (agreed, broken) = (ceasefire(CeasefireStatus::Agreed), ceasefire(CeasefireStatus::Violated));
        let first = report("a", "RU", 1, vec![agreed.clone()]);
        let corroboration = assess(&[first.clone(), report("b", "GE", 2, vec![broken.clone()])], &[]);
        assert_eq!(corroboration.updates[0].kind, UpdateKind::Violated);
        assert_eq!(corroboration.updates[0].sentence.as_deref(), Some("b says."));
        assert_eq!(updates(&[report("a", "RU", 1, vec![agreed, broken.clone()])]), []);
        assert_eq!(updates(&[report("a", "RU", 1, vec![broken])]), []);
        let planned = EventFacts::Meeting(MeetingFacts { status: MeetingStatus::Planned, ..MeetingFacts::default() });
        let off = EventFacts::Meeting(MeetingFacts { status: MeetingStatus::Cancelled, ..MeetingFacts::default() });
        let moved = EventFacts::Meeting(MeetingFacts { status: MeetingStatus::Moved, ..MeetingFacts::default() });
        for (first, later, kind) in [
            (planned.clone(), off, UpdateKind::Cancelled),
            (planned, moved, UpdateKind::Moved),
            (ceasefire(CeasefireStatus::Announced), ceasefire(CeasefireStatus::Over), UpdateKind::Over),
        ] {
            let reports = [report("a", "RU", 1, vec![first]), report("a", "RU", 2, vec![later])];
            assert_eq!(updates(&reports), [(kind, 2)]);
        }
    }

    #[test]
    fn different_figures_are_never_merged() {
        let one = report("tass", "RU", 1, vec![dead(43, "Armenia", "defence ministry of Armenia")]);
        assert!(assess(std::slice::from_ref(&one), &[]).figures.is_empty());
        let reports = [
            one,
            report("reuters", "GB", 2, vec![dead(43, "Armenia", "defence ministry of Armenia")]),
            report("apa", "AZ", 3, vec![dead(70, "Armenia", "defence ministry of Azerbaijan")]),
            report("apa", "AZ", 4, vec![dead(75, "Armenia", "defence ministry of Azerbaijan")]),
        ];
        let figures: Vec<(u64, String)> =
            assess(&reports, &[]).figures.into_iter().map(|figure| (figure.count, figure.source.id)).collect();
        assert_eq!(figures, [(43, "tass".to_owned()), (75, "apa".to_owned())]);
    }
}
