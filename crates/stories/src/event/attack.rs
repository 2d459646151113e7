//! Attacks: where, by what, who says to have done it and who is said to.

use super::lexicon::{Cue, Hit};
use super::numbers;
use super::sentence::Sentence;
use ceasewire_model::NameKind;
use ceasewire_model::event::AttackFacts;

/// The attack that a sentence tells of.
pub(super) fn find(sentence: &Sentence<'_>) -> Option<AttackFacts> {
    let hit = *sentence.hits.iter().find(|hit| tells(sentence, hit))?;
    let word = hit.from;
    let by = sentence
        .all(Cue::Weapon)
        .min_by_key(|weapon| weapon.from.abs_diff(word))
        .map(|weapon| sentence.slice(weapon.from, weapon.to).to_owned());
    let claimed_by = sentence.all(Cue::Claim).next().and_then(|claim| {
        let passive = sentence.words[claim.to - 1] == "by";
        let name = if passive { sentence.actor_after(claim.to, 5) } else { sentence.actor_before(claim.from) };
        name.map(|name| name.name.clone())
    });
    let blamed_on = sentence.all(Cue::Blame).next().and_then(|blame| {
        let passive = sentence.words[blame.from..blame.to].iter().any(|word| word == "responsible");
        let name = if passive { sentence.actor_before(blame.from) } else { sentence.actor_after(blame.to, 6) };
        name.map(|name| name.name.clone())
    });
    Some(AttackFacts { place: sentence.place(word), by, claimed_by, blamed_on, according_to: sentence.source() })
}

fn tells(sentence: &Sentence<'_>, hit: &Hit) -> bool {
    let word = hit.from;
    let happened =
        || !sentence.is_denied(word) && !sentence.is_supposed(word) && sentence.near(Cue::Call, word, 5).is_none();
    match hit.cue {
        Cue::Strike => happened(),
        Cue::Attacked => happened() && has_object(sentence, hit),
        Cue::Taken => {
            happened()
                && sentence
                    .names
                    .iter()
                    .any(|name| name.from >= hit.to && name.from - hit.to <= 5 && name.kind == Some(NameKind::Place))
        }
        Cue::Attack => {
            let shot = sentence.words[word] == "shot" && sentence.before(Cue::Was, word, 2).is_some();
            happened() && (shot || is_some_attack(sentence, hit))
        }
        Cue::Fighting => {
            let occurs =
                sentence.before(Cue::Occur, word, 2).is_some() || sentence.after(Cue::Occur, hit.to, 4).is_some();
            happened() && occurs && !matches!(sentence.words[word].as_str(), "war" | "fight" | "battle")
        }
        _ => false,
    }
}

/// Whether somebody or something is attacked, or a weapon is named.
fn has_object(sentence: &Sentence<'_>, hit: &Hit) -> bool {
    let generic = matches!(
        sentence.words[hit.from].as_str(),
        "carried"
            | "launched"
            | "launching"
            | "came"
            | "come"
            | "struck"
            | "targeted"
            | "targeting"
            | "hits"
            | "has"
            | "have"
            | "threw"
            | "throwing"
            | "hurled"
            | "fought"
            | "destroyed"
            | "seized"
            | "captured"
            | "retook"
            | "retaken"
            | "bring"
            | "brought"
            | "sprayed"
            | "fired"
            | "fires"
            | "bombs"
            | "overran"
    );
    if !generic {
        return true;
    }
    let near = |cue| sentence.after(cue, hit.to, 7).is_some() || sentence.before(cue, hit.from, 7).is_some();
    near(Cue::Weapon) || near(Cue::Strike) || near(Cue::Attack) || sentence.after(Cue::Military, hit.to, 5).is_some()
}

/// Whether an attack is more than mentioned: where, on whom, by what, how many.
fn is_some_attack(sentence: &Sentence<'_>, hit: &Hit) -> bool {
    let word = hit.from;
    let definite = word > 0 && matches!(sentence.words[word - 1].as_str(), "the" | "this" | "such" | "those");
    let placed = sentence
        .after(Cue::In, hit.to, 3)
        .is_some_and(|into| sentence.names.iter().any(|name| name.from >= into.to && name.from - into.to <= 3));
    let armed = sentence.before(Cue::Weapon, word, 1).is_some();
    let deadly = sentence.has(Cue::Killed) || sentence.has(Cue::Wounded) || sentence.has(Cue::Claim);
    let counted = numbers::numbers(sentence).iter().any(|number| number.to <= word && word - number.to <= 2);
    let main = matches!(
        sentence.words[word].as_str(),
        "attack"
            | "attacks"
            | "assault"
            | "assaults"
            | "shooting"
            | "shootings"
            | "raid"
            | "massacre"
            | "strike"
            | "strikes"
    );
    main && (placed && !definite || armed || deadly && !definite || counted && !definite)
}
