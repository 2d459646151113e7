//! Mediation: calls for, proposals of and offers of a ceasefire, talks or peace, and the work of mediators.

use super::cues::{CueMatch, EventCue};
use super::sentence::AnnotatedSentence;
use ceasewire_model::event::{MediationAction, MediationFacts};

/// Cues of the topic.
pub(super) const TRIGGERS: &[EventCue] =
    &[EventCue::Mediate, EventCue::Peace, EventCue::Truce, EventCue::StopFire, EventCue::Talks, EventCue::Meeting];

/// Most words of the goal in the facts.
const MAX_GOAL_WORDS: usize = 14;

/// Extracts an act of mediation.
pub(super) fn extract(sentence: &AnnotatedSentence<'_>) -> Option<MediationFacts> {
    if !sentence.is_of_conflict() {
        return None;
    }
    let actions = [
        (EventCue::Call, MediationAction::CalledFor),
        (EventCue::Propose, MediationAction::Proposed),
        (EventCue::Offer, MediationAction::Offered),
    ];
    let hit = sentence.hits.iter().find_map(|hit| {
        let (_, action) = actions.iter().find(|(cue, _)| *cue == hit.cue)?;
        let goal = find_goal(sentence, hit)?;
        let denied = sentence.is_denied(hit.from) || sentence.before(EventCue::If, hit.from, 4).is_some();
        let denied = denied || sentence.before(EventCue::Remark, hit.from, 4).is_some();
        // A party that offers a truce or is ready for talks mediates nothing; a host of talks does.
        let helps = sentence.has(EventCue::Mediate)
            || sentence.has(EventCue::Broker)
            || sentence.after(EventCue::Hold, hit.to, 3).is_some();
        let own = *action == MediationAction::Offered && !helps;
        let denied = denied || own;
        (!denied).then_some((*hit, *action, goal))
    });
    if let Some((hit, action, goal)) = hit {
        let what = if goal < hit.from {
            sentence.slice(goal, hit.from)
        } else {
            sentence.slice(hit.to, sentence.clause_end(goal).min(goal + MAX_GOAL_WORDS).max(hit.to))
        };
        return Some(MediationFacts {
            who: sentence.actors_before(hit.from),
            action,
            what: Some(what.to_owned()).filter(|what| !what.is_empty()),
        });
    }
    // "A ceasefire brokered by Russia" is news of the ceasefire.
    if sentence.has(EventCue::Truce) && sentence.has(EventCue::Broker) {
        return None;
    }
    // "Talks begin, brokered by Oman"
    let brokers = sentence.has(EventCue::Talks) || sentence.has(EventCue::Meeting);
    let hit = sentence
        .hits
        .iter()
        .filter(|hit| hit.cue == EventCue::Mediate || brokers && hit.cue == EventCue::Broker)
        .find(|hit| !sentence.is_denied(hit.from) && !sentence.is_supposed(hit.from))?;
    let action = if sentence.has(EventCue::Said) { MediationAction::Said } else { MediationAction::Mediated };
    let what = sentence.slice(hit.from, sentence.clause_end(hit.from).min(hit.from + MAX_GOAL_WORDS));
    Some(MediationFacts {
        who: sentence.actors_before(hit.from).or_else(|| sentence.names.first().map(|name| sentence.with_titles(name))),
        action,
        what: Some(what.to_owned()).filter(|what| !what.is_empty()),
    })
}

/// Finds the goal of a call: a ceasefire, talks or peace.
fn find_goal(sentence: &AnnotatedSentence<'_>, hit: &CueMatch) -> Option<usize> {
    let is_goal = |goal: &&CueMatch| {
        matches!(
            goal.cue,
            EventCue::Truce
                | EventCue::StopFire
                | EventCue::Halted
                | EventCue::Talks
                | EventCue::Peace
                | EventCue::Mediate
                | EventCue::Meeting
        )
    };
    if sentence.verb_final {
        return sentence
            .hits
            .iter()
            .filter(is_goal)
            .find(|goal| goal.from.abs_diff(hit.from) <= 10)
            .map(|goal| goal.from);
    }
    let end = (hit.to + 16).min(sentence.tokens.len());
    sentence
        .hits
        .iter()
        .filter(is_goal)
        .find(|goal| {
            // "his ceasefire call"
            goal.to == hit.from
                || goal.from >= hit.from
                    && goal.to <= end
                    && (goal.from > hit.from || goal.to > hit.to)
                    && sentence.clause_end(hit.from).max(hit.to + 8) >= goal.from
        })
        .map(|goal| goal.from)
}
