//! MediationFacts: who calls for, proposes, offers or carries on what, so that the sides stop and talk.

use super::lexicon::{Cue, Hit};
use super::sentence::Sentence;
use ceasewire_model::event::MediationFacts;

/// The most words of what is called for.
const SHORT: usize = 14;

/// What a sentence says was done to bring the sides together.
pub(super) fn find(sentence: &Sentence<'_>) -> Option<MediationFacts> {
    let asked = [(Cue::Call, "called_for"), (Cue::Propose, "proposed"), (Cue::Offer, "offered")];
    let hit = sentence.hits.iter().find_map(|hit| {
        let (_, action) = asked.iter().find(|(cue, _)| *cue == hit.cue)?;
        let goal = goal_after(sentence, hit)?;
        let denied = sentence.is_denied(hit.from) || sentence.before(Cue::If, hit.from, 4).is_some();
        (!denied).then_some((*hit, *action, goal))
    });
    if let Some((hit, action, goal)) = hit {
        let what = if goal < hit.from {
            sentence.slice(goal, hit.from)
        } else {
            sentence.slice(hit.to, sentence.clause_end(goal).min(goal + SHORT).max(hit.to))
        };
        return Some(MediationFacts {
            who: sentence.actors_before(hit.from),
            action: action.to_owned(),
            what: Some(what.to_owned()).filter(|what| !what.is_empty()),
        });
    }
    let hit =
        sentence.all(Cue::Mediate).find(|hit| !sentence.is_denied(hit.from) && !sentence.is_supposed(hit.from))?;
    let said = sentence.has(Cue::Said);
    let what = sentence.slice(hit.from, sentence.clause_end(hit.from).min(hit.from + SHORT));
    Some(MediationFacts {
        who: sentence.actors_before(hit.from).or_else(|| sentence.names.first().map(|name| sentence.with_titles(name))),
        action: if said { "said" } else { "mediated" }.to_owned(),
        what: Some(what.to_owned()).filter(|what| !what.is_empty()),
    })
}

/// The ceasefire, the talks or the peace that is asked for, if it is that.
fn goal_after(sentence: &Sentence<'_>, hit: &Hit) -> Option<usize> {
    let is_goal = |goal: &&Hit| {
        matches!(goal.cue, Cue::Truce | Cue::StopFire | Cue::Talks | Cue::Peace | Cue::Mediate | Cue::Meeting)
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
            goal.from >= hit.from
                && goal.to <= end
                && (goal.from > hit.from || goal.to > hit.to)
                && sentence.clause_end(hit.from).max(hit.to + 8) >= goal.from
        })
        .map(|goal| goal.from)
}
