//! Casualties: killed or wounded, count, soldiers or civilians, side and source.

use super::cues::{CueMatch, EventCue};
use super::numbers::{self, NumberMention};
use super::sentence::{AnnotatedSentence, TokenGap};
use crate::grammar::WordRole;
use ceasewire_model::NameKind;
use ceasewire_model::event::{CasualtyFacts, CasualtyKind, CombatantStatus};

/// Cues of the topic.
pub(super) const TRIGGERS: &[EventCue] = &[
    EventCue::Killed,
    EventCue::Killing,
    EventCue::Death,
    EventCue::Wounded,
    EventCue::Toll,
    EventCue::Abducted,
    EventCue::Missing,
];

/// Most words between a number and the casualties that it counts.
const NEAR: usize = 9;

/// Extracts the killed and the wounded of a sentence, each at most once.
pub(super) fn extract(sentence: &AnnotatedSentence<'_>) -> Vec<CasualtyFacts> {
    if !sentence.is_of_conflict() || sentence.has(EventCue::History) {
        return Vec::new();
    }
    let numbers = numbers::find_numbers(sentence);
    let killed =
        sentence.hits.iter().find(|hit| is_killing(sentence, hit, &numbers)).map(|hit| (CasualtyKind::Killed, *hit));
    let wounded = sentence
        .all(EventCue::Wounded)
        .find(|hit| is_wounding(sentence, hit, &numbers))
        .map(|hit| (CasualtyKind::Wounded, *hit));
    let seized = [(EventCue::Abducted, CasualtyKind::Kidnapped), (EventCue::Missing, CasualtyKind::Missing)];
    let seized = seized
        .into_iter()
        .filter_map(|(cue, kind)| sentence.all(cue).find(|hit| is_fact(sentence, hit)).map(|hit| (kind, *hit)));
    let both = killed.is_some() && wounded.is_some();
    let mut taken: Vec<usize> = Vec::new();
    killed
        .into_iter()
        .chain(wounded)
        .chain(seized)
        .map(|(kind, hit)| {
            let number = find_number(sentence, &hit, &numbers, &taken, both);
            // In other languages one of several numbers may count something else.
            let number = number.filter(|_| sentence.is_read_in_full() || numbers.len() == 1);
            taken.extend(number.map(|number| number.from));
            let (who, side) = victims(sentence, &hit, number);
            CasualtyFacts {
                kind,
                count: number.and_then(|number| number.value),
                count_words: number.map(|number| number.words.clone()),
                who,
                side,
                according_to: sentence.attribution(),
            }
        })
        .collect()
}

fn is_killing(sentence: &AnnotatedSentence<'_>, hit: &CueMatch, numbers: &[NumberMention]) -> bool {
    let word = hit.from;
    match hit.cue {
        EventCue::Killed => is_fact(sentence, hit),
        // "killing at least 12", "killing of Kim"; not "the killing", not "to kill anyone".
        EventCue::Killing => {
            let of = sentence.has_role(hit.to, WordRole::Of);
            let counted = counts_after(numbers, hit);
            let verb = word > 0 && sentence.tokens[word].gap >= TokenGap::Comma
                || sentence.within(EventCue::And, hit.to, hit.to + 1).is_some();
            let whose = sentence.follows(word, WordRole::Possessive)
                || sentence.before(EventCue::By, word, 1).is_some()
                || sentence.follows(word, WordRole::Purpose);
            let plural = sentence.has_role(word, WordRole::GerundPlural);
            let to = sentence.follows(word, WordRole::BeforeInfinitive);
            is_fact(sentence, hit)
                && !to
                && !plural
                && (of || counted || (verb || whose) && sentence.has_role(word, WordRole::Gerund))
        }
        // "the death of Kim", "left 21 dead", "16 deaths among soldiers"; not the number of deaths on roads.
        EventCue::Death => {
            let of = sentence.has_role(hit.to - 1, WordRole::Of) || sentence.has_role(hit.to, WordRole::Of);
            let shooting = sentence.has_role(word, WordRole::Shooting);
            let before = numbers.iter().any(|number| number.to <= word && word - number.to <= 3);
            let dead = sentence.has_role(word, WordRole::Dead);
            let soldiers = !dead
                && (before || counts_after(numbers, hit))
                && (sentence.before(EventCue::Military, word, 4).is_some()
                    || sentence.after(EventCue::Military, hit.to, 5).is_some());
            let losses = sentence.has_role(word, WordRole::Loss) && of;
            is_fact(sentence, hit) && (of && !losses || shooting || dead && before || soldiers)
        }
        // "The death toll rose to 974."
        EventCue::Toll => {
            let rises = sentence.after(EventCue::Rise, hit.to, 8).or_else(|| sentence.before(EventCue::Rise, word, 5));
            let counted = numbers.iter().any(|number| number.from.abs_diff(word) <= 8);
            rises.is_some() && (counted || sentence.context.at_war) && is_fact(sentence, hit)
        }
        _ => false,
    }
}

/// "wounding 12", "were wounded", "300 wounded"; not "a wounded soldier".
fn is_wounding(sentence: &AnnotatedSentence<'_>, hit: &CueMatch, numbers: &[NumberMention]) -> bool {
    let word = hit.from;
    let before = numbers.iter().any(|number| {
        let people = || {
            [EventCue::Military, EventCue::Civilian].into_iter().any(|cue| sentence.after(cue, number.to, 2).is_some())
        };
        number.to <= word && (word - number.to <= 3 || number.from >= sentence.clause_start(word) && people())
    });
    let passive = sentence.verb_final || sentence.before(EventCue::Was, word, 3).is_some();
    let with = sentence.within(EventCue::Killed, word.saturating_sub(3), hit.to + 4).is_some();
    let verb = sentence.has_role(word, WordRole::Gerund);
    // A headline: "Scores of villagers wounded in raid".
    let plain = sentence.context.at_war
        && !sentence.follows(word, WordRole::Determiner)
        && hit.to < sentence.tokens.len() + 1
        && word > 0;
    is_fact(sentence, hit) && (plain || before || counts_after(numbers, hit) || passive || with || verb)
}

fn counts_after(numbers: &[NumberMention], hit: &CueMatch) -> bool {
    numbers.iter().any(|number| number.from >= hit.to && number.from - hit.to <= 2)
}

/// Whether the sentence reports the casualties as a fact.
fn is_fact(sentence: &AnnotatedSentence<'_>, hit: &CueMatch) -> bool {
    let word = hit.from;
    let infinitive = sentence.follows(word, WordRole::Be) && sentence.follows(word - 1, WordRole::Infinitive);
    !sentence.is_denied(word) && !sentence.is_supposed(word) && !infinitive
}

/// Finds the number of the casualties: the nearest before the cue, else the first after it.
fn find_number<'n>(
    sentence: &AnnotatedSentence<'_>,
    hit: &CueMatch,
    numbers: &'n [NumberMention],
    taken: &[usize],
    both: bool,
) -> Option<&'n NumberMention> {
    let start = sentence.clause_start(hit.from);
    let free = |number: &&NumberMention| !taken.contains(&number.from) && !super::dates::covers(sentence, number.from);
    let earlier = numbers.iter().rev().filter(free).find(|number| number.to <= start && hit.from - number.to <= NEAR);
    let before = numbers
        .iter()
        .rev()
        .filter(free)
        .find(|number| number.to <= hit.from && hit.from - number.to <= NEAR && number.from >= start);
    let after = numbers
        .iter()
        .filter(free)
        .find(|number| number.from >= hit.to && number.from - hit.to <= if both { 3 } else { 4 });
    if is_toll(sentence, hit) {
        return numbers.iter().filter(free).find(|number| number.from >= hit.to);
    }
    match (before, after) {
        // "killing 12 people": a number right after the cue counts.
        (_, Some(after))
            if after.from - hit.to <= 1 && sentence.within(EventCue::And, hit.to, after.from).is_none() =>
        {
            Some(after)
        }
        (Some(before), _) => Some(before),
        (None, Some(after)) => Some(after),
        // "Three civilians, including a child, died."
        (None, None) => earlier,
    }
}

fn is_toll(sentence: &AnnotatedSentence<'_>, hit: &CueMatch) -> bool {
    sentence.hits.iter().any(|other| other.cue == EventCue::Toll && other.from == hit.from)
}

/// Finds the combatant status and the side of the victims.
fn victims(
    sentence: &AnnotatedSentence<'_>,
    hit: &CueMatch,
    number: Option<&NumberMention>,
) -> (Option<CombatantStatus>, Option<String>) {
    let (from, to) = match number {
        Some(number) if number.to <= hit.from => (number.from, hit.from),
        Some(number) if number.from.saturating_sub(hit.to) > 1 => {
            (sentence.clause_start(hit.from), (number.to + 6).min(sentence.tokens.len()))
        }
        Some(number) => (number.from, (number.to + 6).min(sentence.tokens.len())),
        None => {
            (sentence.clause_start(hit.from).max(hit.from.saturating_sub(6)), (hit.to + 6).min(sentence.tokens.len()))
        }
    };
    let first = |cue| sentence.within(cue, from, to).map(|hit| hit.from);
    let who = match (first(EventCue::Military), first(EventCue::Civilian)) {
        (Some(soldier), Some(civilian)) => {
            Some(if soldier < civilian { CombatantStatus::Military } else { CombatantStatus::Civilian })
        }
        (Some(_), None) => Some(CombatantStatus::Military),
        // "people" may be soldiers or civilians.
        (None, Some(at)) => (!sentence.has_role(at, WordRole::GeneralPerson)).then_some(CombatantStatus::Civilian),
        (None, None) => None,
    };
    let side = sentence
        .names
        .iter()
        .find(|name| {
            name.from >= from
                && name.to <= to + 4
                && matches!(name.kind, Some(NameKind::People | NameKind::Country | NameKind::Person) | None)
                && !sentence.is_led(name)
                && !sentence.speaks(name)
        })
        .map(|name| name.name.clone());
    (who, side)
}
