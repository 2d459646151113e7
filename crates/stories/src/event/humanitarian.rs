//! Humanitarian events: aid, corridors, exchanges, evacuations, refugees.

use super::cues::{CueMatch, EventCue};
use super::numbers;
use super::sentence::AnnotatedSentence;
use crate::grammar::WordRole;
use ceasewire_model::event::{HumanitarianFacts, HumanitarianKind};

/// Cues of the topic.
pub(super) const TRIGGERS: &[EventCue] = &[
    EventCue::Aid,
    EventCue::Corridor,
    EventCue::Exchange,
    EventCue::Bodies,
    EventCue::Evacuate,
    EventCue::Refugees,
    EventCue::Captive,
    EventCue::Service,
    EventCue::Demining,
    EventCue::Rebuild,
];

/// The kinds, the more certain ones first.
const KINDS: [(EventCue, HumanitarianKind); 10] = [
    (EventCue::Exchange, HumanitarianKind::PrisonerExchange),
    (EventCue::Captive, HumanitarianKind::PrisonerExchange),
    (EventCue::Bodies, HumanitarianKind::Bodies),
    (EventCue::Corridor, HumanitarianKind::Corridor),
    (EventCue::Aid, HumanitarianKind::Aid),
    (EventCue::Evacuate, HumanitarianKind::Evacuation),
    (EventCue::Refugees, HumanitarianKind::Refugees),
    (EventCue::Service, HumanitarianKind::Services),
    (EventCue::Demining, HumanitarianKind::Demining),
    (EventCue::Rebuild, HumanitarianKind::Rebuilding),
];

/// Extracts help for people in need, or their flight.
pub(super) fn extract(sentence: &AnnotatedSentence<'_>) -> Option<HumanitarianFacts> {
    let (hit, kind) = KINDS
        .iter()
        .find_map(|(cue, kind)| sentence.all(*cue).find(|hit| is_event(sentence, hit)).map(|hit| (*hit, *kind)))?;
    Some(HumanitarianFacts {
        kind,
        place: sentence.place(hit.from),
        who: sentence.actor_before(hit.from).map(|name| sentence.with_titles(name)),
    })
}

fn is_event(sentence: &AnnotatedSentence<'_>, hit: &CueMatch) -> bool {
    let word = hit.from;
    let beside = |cue, reach: usize| sentence.within(cue, word.saturating_sub(reach), hit.to + reach).is_some();
    if !sentence.is_of_conflict() || sentence.has(EventCue::History) {
        return false;
    }
    let happened =
        !sentence.is_denied(word) && !sentence.is_supposed(word) && sentence.before(EventCue::Call, word, 6).is_none();
    let given =
        || sentence.before(EventCue::Give, word, 10).is_some() || sentence.after(EventCue::Give, hit.to, 8).is_some();
    // An evacuation that is prepared, or fails, is news of people in need.
    if hit.cue == EventCue::Evacuate {
        let conditional = (0..word).any(|at| sentence.has_role(at, WordRole::Condition));
        return !conditional && sentence.before(EventCue::Not, word, 1).is_none();
    }
    happened
        && match hit.cue {
            EventCue::Refugees => {
                let counted = numbers::find_numbers(sentence)
                    .iter()
                    .any(|number| number.to <= word + 1 && word.saturating_sub(number.to) <= 5);
                let verb = sentence.has_role(word, WordRole::Flight);
                counted || verb || hit.to - word > 1 || given()
            }
            EventCue::Demining | EventCue::Rebuild => true,
            EventCue::Captive => beside(EventCue::Release, 5),
            EventCue::Service => beside(EventCue::Cut, 5),
            _ => given() || hit.to - word > 1,
        }
}
