//! Attacks: place, weapon, claims of responsibility and accusations.

use super::cues::{CueMatch, EventCue};
use super::names::EntityMention;
use super::numbers;
use super::sentence::AnnotatedSentence;
use crate::grammar::WordRole;
use ceasewire_model::NameKind;
use ceasewire_model::event::AttackFacts;

/// Cues of the topic.
pub(super) const TRIGGERS: &[EventCue] = &[
    EventCue::Strike,
    EventCue::Attacked,
    EventCue::Taken,
    EventCue::Attack,
    EventCue::Fighting,
    EventCue::Violence,
    EventCue::Explosion,
];

/// Extracts an attack.
pub(super) fn extract(sentence: &AnnotatedSentence<'_>) -> Option<AttackFacts> {
    let hit = *sentence.hits.iter().find(|hit| is_event(sentence, hit))?;
    let word = hit.from;
    let by = sentence
        .all(EventCue::Weapon)
        .min_by_key(|weapon| weapon.from.abs_diff(word))
        .map(|weapon| sentence.slice(weapon.from, weapon.to).to_owned());
    let claimed_by = sentence.all(EventCue::Claim).next().and_then(|claim| {
        let passive = sentence.has_role(claim.to - 1, WordRole::Agent);
        let name = if passive { sentence.actor_after(claim.to, 5) } else { sentence.actor_before(claim.from) };
        name.map(|name| name.name.clone())
    });
    let blamed_on = sentence.all(EventCue::Blame).next().and_then(|blame| {
        let passive = (blame.from..blame.to).any(|word| sentence.has_role(word, WordRole::BlamedBefore));
        let name = if passive { sentence.actor_before(blame.from) } else { sentence.actor_after(blame.to, 6) };
        name.map(|name| name.name.clone())
    });
    Some(AttackFacts { place: sentence.place(word), by, claimed_by, blamed_on, according_to: sentence.attribution() })
}

fn is_event(sentence: &AnnotatedSentence<'_>, hit: &CueMatch) -> bool {
    let word = hit.from;
    if sentence.context.civil && !sentence.context.at_war || sentence.has(EventCue::History) {
        return false;
    }
    // In an article about a conflict a plain "attack" is one, also where a side denies it or others call for its end.
    let at_war = sentence.context.at_war;
    let reported = || {
        let open = sentence.near(EventCue::If, word, 4).is_some();
        !open
            && sentence.before(EventCue::Not, word, 1).is_none()
            && sentence.before(EventCue::Remark, word, 4).is_none()
    };
    let happened =
        || !sentence.is_denied(word) && !sentence.is_supposed(word) && sentence.near(EventCue::Call, word, 5).is_none();
    match hit.cue {
        EventCue::Strike => {
            if at_war {
                reported()
            } else {
                happened()
            }
        }
        EventCue::Explosion => happened() && at_war && sentence.context.deadly,
        EventCue::Violence => at_war && reported(),
        EventCue::Attacked => (happened() || at_war && reported()) && has_object(sentence, hit),
        EventCue::Taken => {
            let place = |name: &EntityMention| {
                name.from >= hit.to && name.from - hit.to <= 5 && name.kind == Some(NameKind::Place)
            };
            let by_soldiers = at_war && sentence.near(EventCue::Military, word, 10).is_some();
            happened() && (by_soldiers || sentence.names.iter().any(place))
        }
        EventCue::Attack => {
            let shot =
                sentence.has_role(word, WordRole::PassiveAttack) && sentence.before(EventCue::Was, word, 2).is_some();
            let plain = at_war && reported() && sentence.has_role(word, WordRole::AttackNoun);
            plain || happened() && (shot || is_detailed(sentence, hit))
        }
        EventCue::Fighting => {
            let occurs = sentence.before(EventCue::Occur, word, 2).is_some()
                || sentence.after(EventCue::Occur, hit.to, 4).is_some();
            (at_war && reported() || happened() && occurs) && !sentence.has_role(word, WordRole::FightingAtLarge)
        }
        _ => false,
    }
}

/// Whether the verb means an attack: generic verbs need a weapon, an attack or soldiers nearby.
fn has_object(sentence: &AnnotatedSentence<'_>, hit: &CueMatch) -> bool {
    if !sentence.has_role(hit.from, WordRole::GeneralAttackVerb) {
        return true;
    }
    let near = |cue| sentence.after(cue, hit.to, 7).is_some() || sentence.before(cue, hit.from, 7).is_some();
    near(EventCue::Weapon)
        || near(EventCue::Strike)
        || near(EventCue::Attack)
        || sentence.after(EventCue::Military, hit.to, 5).is_some()
}

/// Whether the sentence reports an attack with a detail: place, weapon, victims, count.
fn is_detailed(sentence: &AnnotatedSentence<'_>, hit: &CueMatch) -> bool {
    let word = hit.from;
    let definite = sentence.follows(word, WordRole::Determiner);
    let placed = sentence
        .after(EventCue::In, hit.to, 3)
        .is_some_and(|into| sentence.names.iter().any(|name| name.from >= into.to && name.from - into.to <= 3));
    let armed = sentence.before(EventCue::Weapon, word, 1).is_some();
    let deadly = sentence.has(EventCue::Killed) || sentence.has(EventCue::Wounded) || sentence.has(EventCue::Claim);
    let counted = numbers::find_numbers(sentence).iter().any(|number| number.to <= word && word - number.to <= 2);
    sentence.has_role(word, WordRole::AttackNoun)
        && (placed && !definite || armed || deadly && !definite || counted && !definite)
}
