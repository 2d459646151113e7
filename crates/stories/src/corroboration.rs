//! How much a story weighs: who reports it, whether that confirms it, what turned it, and which figures stand side by
//! side. Pure.
//!
//! A source counts once, however many articles it prints; an agency's copy counts as the agency's, wherever it is
//! printed. Nothing is merged: figures that differ stand beside each other with their sources.

use std::collections::BTreeSet;

use ceasewire_model::event::{CeasefireStatus, EventFacts, MeetingStatus};
use ceasewire_model::story::{Corroboration, Figure, Report, StoryUpdate, UpdateKind};

/// So many countries' outlets confirm a story by themselves: a claim of one side rarely crosses two borders unchecked.
const COUNTRIES_THAT_CONFIRM: usize = 3;
/// Figures that stand side by side; more would hide the story.
const MOST_FIGURES: usize = 6;

/// Weighs a story by its reports, which stand in the order in which they came. `sides` are the countries at war.
pub fn assess(reports: &[Report], sides: &[String]) -> Corroboration {
    let mut weight = Corroboration::default();
    let mut countries: BTreeSet<&str> = BTreeSet::new();
    let mut said = Said::default();
    for (place, report) in reports.iter().enumerate() {
        let turn = |kind: UpdateKind, sentence: Option<&str>| StoryUpdate {
            kind,
            source: report.source.clone(),
            article: report.article,
            at: report.at,
            sentence: sentence.map(str::to_owned),
        };
        let mut turns: Vec<StoryUpdate> = Vec::new();
        if !weight.sources.iter().any(|source| source.id == report.source.id) {
            let first = weight.sources.first();
            let of_side = |country: &str| sides.iter().find(|side| side.as_str() == country);
            let other = first.and_then(|first| of_side(&first.country)).zip(of_side(&report.source.country));
            // What somebody else quotes of the other side's agency is not yet the other side's report.
            if report.own && other.is_some_and(|(first, other)| first != other) {
                turns.push(turn(UpdateKind::OtherSide, None));
            }
            let country = report.source.country.as_str();
            if !country.is_empty() && countries.insert(country) && countries.len() == COUNTRIES_THAT_CONFIRM {
                turns.push(turn(UpdateKind::ThreeCountries, None));
            }
            weight.sources.push(report.source.clone());
        }
        let before = said;
        for event in &report.events {
            said.note(&event.facts);
            let kind = match &event.facts {
                EventFacts::Ceasefire(facts) if facts.status == CeasefireStatus::Violated && before.agreed => {
                    Some(UpdateKind::Violated)
                }
                EventFacts::Meeting(facts) if facts.status == MeetingStatus::Cancelled && before.planned => {
                    Some(UpdateKind::Cancelled)
                }
                EventFacts::Meeting(facts) if facts.status == MeetingStatus::Postponed && before.planned => {
                    Some(UpdateKind::Postponed)
                }
                _ => None,
            };
            // The first report of a story tells what it is; only what comes later turns it. A report that speaks of the
            // truce and of its breach at once may well tell the background.
            if let Some(kind) = kind.filter(|_| place > 0 && !before.turned) {
                said.turned = true;
                turns.push(turn(kind, Some(&event.sentence)));
            }
        }
        for turn in turns {
            if !weight.updates.iter().any(|known| known.kind == turn.kind) {
                weight.updates.push(turn);
            }
        }
    }
    weight.countries = countries.len();
    weight.figures = figures(reports);
    weight
}

/// What the reports so far have said.
#[derive(Clone, Copy, Debug, Default)]
struct Said {
    agreed: bool,
    planned: bool,
    turned: bool,
}

impl Said {
    fn note(&mut self, facts: &EventFacts) {
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

/// The numbers of the dead and wounded, each with its source; none where only one is given. A source's last word counts.
fn figures(reports: &[Report]) -> Vec<Figure> {
    let mut found: Vec<Figure> = Vec::new();
    for report in reports {
        for event in &report.events {
            let EventFacts::Casualties(facts) = &event.facts else { continue };
            let Some(count) = facts.count else { continue };
            let figure = Figure {
                kind: facts.kind,
                count,
                words: facts.count_words.clone(),
                who: facts.who,
                side: facts.side.clone(),
                according_to: facts.according_to.clone(),
                source: report.source.clone(),
            };
            let same_of = |other: &Figure| {
                (other.kind, other.who, &other.side) == (figure.kind, figure.who, &figure.side)
                    && other.according_to == figure.according_to
                    && is_increase(other) == is_increase(&figure)
            };
            // What an authority is quoted with by several outlets is one figure.
            if found.iter().any(|other| same_of(other) && other.count == figure.count) {
                continue;
            }
            // So is what one report says twice, once more exactly.
            let repeats = |other: &Figure| {
                other.source.id == figure.source.id && (other.kind, other.count) == (figure.kind, figure.count)
            };
            if let Some(earlier) = found.iter_mut().find(|other| repeats(other)) {
                if detail(&figure) > detail(earlier) {
                    *earlier = figure;
                }
                continue;
            }
            match found.iter_mut().find(|other| same_of(other) && other.source.id == figure.source.id) {
                Some(earlier) => *earlier = figure,
                None => found.push(figure),
            }
        }
    }
    if found.len() < 2 {
        return Vec::new();
    }
    found.truncate(MOST_FIGURES);
    found
}

/// Whether a figure comes on top of an earlier one: "43 more" is no total.
fn is_increase(figure: &Figure) -> bool {
    let words = figure.words.as_deref().unwrap_or_default().to_lowercase();
    words.ends_with(" more") || ["another ", "еще ", "ещё "].iter().any(|word| words.starts_with(word))
}

/// How much a figure says beside its number.
fn detail(figure: &Figure) -> usize {
    usize::from(figure.who.is_some()) + usize::from(figure.side.is_some()) + usize::from(figure.according_to.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceasewire_model::event::{CasualtyFacts, CeasefireFacts, Event, Harm, MeetingFacts};
    use ceasewire_model::story::Source;
    use ceasewire_model::{ArticleId, Timestamp};

    fn report(id: &str, country: &str, at: i64, facts: Vec<EventFacts>) -> Report {
        let source = Source { id: id.into(), name: id.to_uppercase(), country: country.into(), affiliation: "".into() };
        let events = facts.into_iter().map(|facts| Event { sentence: format!("{id} says."), facts }).collect();
        Report { article: ArticleId::new(), source, own: true, at: Timestamp(at), events }
    }

    fn ceasefire(status: CeasefireStatus) -> EventFacts {
        EventFacts::Ceasefire(CeasefireFacts { status, ..CeasefireFacts::default() })
    }

    fn dead(count: u64, side: &str, according_to: &str) -> EventFacts {
        EventFacts::Casualties(CasualtyFacts {
            kind: Harm::Killed,
            count: Some(count),
            side: Some(side.into()),
            according_to: Some(according_to.into()),
            ..CasualtyFacts::default()
        })
    }

    fn turns(reports: &[Report]) -> Vec<(UpdateKind, i64)> {
        assess(reports, &["AM".into(), "AZ".into()]).updates.iter().map(|turn| (turn.kind, turn.at.0)).collect()
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
        let weight = assess(&reports, &["AM".into(), "AZ".into()]);
        let ids: Vec<&str> = weight.sources.iter().map(|source| source.id.as_str()).collect();
        assert_eq!(ids, ["armenpress", "tass", "blog", "azertac", "reuters"]);
        assert_eq!(weight.countries, 4);
        assert_eq!(turns(&reports), [(UpdateKind::OtherSide, 6), (UpdateKind::ThreeCountries, 6)]);
        assert_eq!(turns(&reports[..1]), []);
        // What is only quoted of the other side is not its report, and who is at neither side speaks for none.
        let quoted = Report { own: false, ..reports[5].clone() };
        assert_eq!(turns(&[reports[0].clone(), quoted]), []);
        assert_eq!(turns(&reports[2..6]), []);
    }

    #[test]
    fn a_truce_that_is_agreed_and_then_broken_turns_and_background_does_not() {
        let (agreed, broken) = (ceasefire(CeasefireStatus::Agreed), ceasefire(CeasefireStatus::Violated));
        let first = report("a", "RU", 1, vec![agreed.clone()]);
        let weight = assess(&[first.clone(), report("b", "GE", 2, vec![broken.clone()])], &[]);
        assert_eq!(weight.updates[0].kind, UpdateKind::Violated);
        assert_eq!(weight.updates[0].sentence.as_deref(), Some("b says."));
        assert_eq!(turns(&[report("a", "RU", 1, vec![agreed, broken.clone()])]), []);
        assert_eq!(turns(&[report("a", "RU", 1, vec![broken])]), []);
        let planned = EventFacts::Meeting(MeetingFacts { status: MeetingStatus::Planned, ..MeetingFacts::default() });
        let off = EventFacts::Meeting(MeetingFacts { status: MeetingStatus::Cancelled, ..MeetingFacts::default() });
        let reports = [report("a", "RU", 1, vec![planned]), report("a", "RU", 2, vec![off])];
        assert_eq!(turns(&reports), [(UpdateKind::Cancelled, 2)]);
    }

    #[test]
    fn figures_stand_side_by_side_and_are_never_merged() {
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
