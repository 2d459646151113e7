//! CasualtyFacts: how many, killed or wounded, soldiers or civilians, whose, and who says so.

use super::lexicon::{Cue, Hit};
use super::numbers::{self, Number};
use super::sentence::{Gap, Sentence};
use ceasewire_model::NameKind;
use ceasewire_model::event::{Bearing, CasualtyFacts, Harm};

/// Words between a number and what it counts.
const NEAR: usize = 9;

/// The killed and the wounded that a sentence tells of, each of them once.
pub(super) fn find(sentence: &Sentence<'_>) -> Vec<CasualtyFacts> {
    let numbers = numbers::numbers(sentence);
    let killed = sentence.hits.iter().find(|hit| kills(sentence, hit, &numbers)).map(|hit| (Harm::Killed, *hit));
    let wounded =
        sentence.all(Cue::Wounded).find(|hit| wounds(sentence, hit, &numbers)).map(|hit| (Harm::Wounded, *hit));
    let both = killed.is_some() && wounded.is_some();
    let mut taken: Vec<usize> = Vec::new();
    killed
        .into_iter()
        .chain(wounded)
        .map(|(kind, hit)| {
            let number = number_of(sentence, &hit, &numbers, &taken, both);
            // One number cannot be taken for another one's.
            let number = number.filter(|_| sentence.is_read_in_full() || numbers.len() == 1);
            taken.extend(number.map(|number| number.from));
            let (who, side) = victims(sentence, &hit, number);
            CasualtyFacts {
                kind,
                count: number.and_then(|number| number.value),
                count_words: number.map(|number| number.words.clone()),
                who,
                side,
                according_to: sentence.source(),
            }
        })
        .collect()
}

fn kills(sentence: &Sentence<'_>, hit: &Hit, numbers: &[Number]) -> bool {
    let word = hit.from;
    match hit.cue {
        Cue::Killed => is_certain(sentence, hit),
        // "killing at least 12", "killing of Kim"; not "the killing", not "to kill anyone".
        Cue::Killing => {
            let of = sentence.words.get(hit.to).is_some_and(|next| next == "of");
            let counted = counts_after(numbers, hit);
            let verb = word > 0 && sentence.tokens[word].gap >= Gap::Comma
                || sentence.within(Cue::And, hit.to, hit.to + 1).is_some();
            let whose = word > 0 && sentence.words[word - 1] == "s"
                || sentence.before(Cue::By, word, 1).is_some()
                || word > 0 && sentence.words[word - 1] == "for";
            let plural = sentence.words[word].ends_with("ings");
            let to = word > 0 && matches!(sentence.words[word - 1].as_str(), "to" | "will" | "can");
            is_certain(sentence, hit)
                && !to
                && !plural
                && (of || counted || (verb || whose) && sentence.words[word].ends_with("ing"))
        }
        // "the death of Kim", "left 21 dead", "16 deaths among soldiers"; not the number of deaths on roads.
        Cue::Death => {
            let of = sentence.words[hit.to - 1] == "of" || sentence.words.get(hit.to).is_some_and(|next| next == "of");
            let shooting = sentence.words[word] == "shooting";
            let before = numbers.iter().any(|number| number.to <= word && word - number.to <= 3);
            let dead = sentence.words[word] == "dead";
            let soldiers = !dead
                && (before || counts_after(numbers, hit))
                && (sentence.before(Cue::Military, word, 4).is_some()
                    || sentence.after(Cue::Military, hit.to, 5).is_some());
            let losses = matches!(sentence.words[word].as_str(), "losses" | "casualties") && of;
            is_certain(sentence, hit) && (of && !losses || shooting || dead && before || soldiers)
        }
        // "The death toll rose to 974."
        Cue::Toll => {
            let rises = sentence.after(Cue::Rise, hit.to, 8);
            let counted = rises
                .is_some_and(|rise| numbers.iter().any(|number| number.from >= rise.to && number.from - rise.to <= 4));
            counted && is_certain(sentence, hit)
        }
        _ => false,
    }
}

/// "wounding 12", "were wounded", "300 wounded"; not "a wounded soldier".
fn wounds(sentence: &Sentence<'_>, hit: &Hit, numbers: &[Number]) -> bool {
    let word = hit.from;
    let before = numbers.iter().any(|number| number.to <= word && word - number.to <= 3);
    let passive = sentence.verb_final || sentence.before(Cue::Was, word, 3).is_some();
    let with = sentence.within(Cue::Killed, word.saturating_sub(3), hit.to + 4).is_some();
    let verb = sentence.words[word].ends_with("ing");
    is_certain(sentence, hit) && (before || counts_after(numbers, hit) || passive || with || verb)
}

fn counts_after(numbers: &[Number], hit: &Hit) -> bool {
    numbers.iter().any(|number| number.from >= hit.to && number.from - hit.to <= 2)
}

/// Whether it is told as something that has happened.
fn is_certain(sentence: &Sentence<'_>, hit: &Hit) -> bool {
    let word = hit.from;
    let infinitive = word > 1 && sentence.words[word - 1] == "be" && sentence.words[word - 2] == "to";
    !sentence.is_denied(word) && !sentence.is_supposed(word) && !infinitive
}

/// The number nearest to the word: of those before it the nearest, else the first after it.
fn number_of<'n>(
    sentence: &Sentence<'_>,
    hit: &Hit,
    numbers: &'n [Number],
    taken: &[usize],
    both: bool,
) -> Option<&'n Number> {
    let start = sentence.clause_start(hit.from);
    let free = |number: &&Number| !taken.contains(&number.from) && !super::dates::covers(sentence, number.from);
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
    if hit_is_toll(sentence, hit) {
        return numbers.iter().filter(free).find(|number| number.from >= hit.to);
    }
    match (before, after) {
        // "killing 12 people": what follows at once is counted.
        (_, Some(after)) if after.from - hit.to <= 1 && sentence.within(Cue::And, hit.to, after.from).is_none() => {
            Some(after)
        }
        (Some(before), _) => Some(before),
        (None, Some(after)) => Some(after),
        // "Three civilians, including a child, died."
        (None, None) => earlier,
    }
}

fn hit_is_toll(sentence: &Sentence<'_>, hit: &Hit) -> bool {
    sentence.hits.iter().any(|other| other.cue == Cue::Toll && other.from == hit.from)
}

/// Whether the victims bore arms, and whose they are.
fn victims(sentence: &Sentence<'_>, hit: &Hit, number: Option<&Number>) -> (Option<Bearing>, Option<String>) {
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
    let who = match (first(Cue::Military), first(Cue::Civilian)) {
        (Some(soldier), Some(civilian)) => Some(if soldier < civilian { Bearing::Military } else { Bearing::Civilian }),
        (Some(_), None) => Some(Bearing::Military),
        // "people" says nothing of whether they bore arms.
        (None, Some(at)) => {
            (!matches!(sentence.words[at].as_str(), "people" | "man" | "men" | "человек")).then_some(Bearing::Civilian)
        }
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
