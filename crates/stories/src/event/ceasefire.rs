//! Ceasefires: agreed, announced, extended, violated, rejected, by whom brokered and from when on.

use chrono::NaiveDate;

use super::dates::{self, Tense};
use super::lexicon::{Cue, Hit};
use super::sentence::Sentence;
use ceasewire_model::NameKind;
use ceasewire_model::event::{CeasefireFacts, CeasefireStatus};

/// Words between a ceasefire and what has become of it.
const NEAR: usize = 14;

/// What a sentence says has become of a ceasefire.
pub(super) fn find(sentence: &Sentence<'_>, published: Option<NaiveDate>) -> Option<CeasefireFacts> {
    let (hit, status) = sentence
        .hits
        .iter()
        .filter(|hit| matches!(hit.cue, Cue::Truce | Cue::StopFire))
        .find_map(|hit| status(sentence, hit).map(|status| (*hit, status)))?;
    let word = hit.from;
    let lasting = matches!(status, CeasefireStatus::Agreed | CeasefireStatus::Announced | CeasefireStatus::Extended);
    let since = lasting
        .then(|| {
            let tense = if sentence.before(Cue::Will, sentence.tokens.len(), 40).is_some() {
                Tense::Future
            } else {
                Tense::Near
            };
            dates::find(sentence, word, published, tense)
        })
        .flatten();
    let parties: Vec<String> = sentence
        .names
        .iter()
        .filter(|name| matches!(name.kind, None | Some(NameKind::Country | NameKind::People | NameKind::Body)))
        .filter(|name| name.from >= sentence.clause_start(word) && name.to <= sentence.clause_end(word))
        .filter(|name| !sentence.is_led(name) && !sentence.speaks(name))
        .map(|name| name.name.clone())
        .collect();
    let brokered_by = broker(sentence, word);
    let mut kept: Vec<String> = Vec::new();
    for party in parties {
        if Some(&party) != brokered_by.as_ref() && !kept.contains(&party) {
            kept.push(party);
        }
    }
    Some(CeasefireFacts {
        status,
        brokered_by,
        effective_from: since.as_ref().and_then(|since| {
            let time = since.when.time.as_ref().map(|time| format!("T{time}")).unwrap_or_default();
            since.when.date.as_ref().map(|date| format!("{date}{time}"))
        }),
        effective_words: since.and_then(|since| since.when.date_words),
        humanitarian: sentence.has(Cue::Humane)
            || sentence.hits.iter().any(|other| {
                other.cue == Cue::Truce
                    && ["humanit", "гуманит"].iter().any(|root| sentence.words[other.from].starts_with(root))
            }),
        parties: kept,
    })
}

/// What has become of the ceasefire that a word names; nothing where it is only wished for, supposed or said not to be.
fn status(sentence: &Sentence<'_>, hit: &Hit) -> Option<CeasefireStatus> {
    let word = hit.from;
    let broken = nearest(sentence, Cue::Break, hit);
    let refused = nearest(sentence, Cue::Refuse, hit);
    let extended = nearest(sentence, Cue::Extend, hit);
    let agreed = nearest(sentence, Cue::Agree, hit);
    let announced = nearest(sentence, Cue::Announce, hit);
    if sentence.is_supposed(word) {
        return None;
    }
    // "called for a ceasefire" is a wish, "agreed to a call for a ceasefire" hardly ever said.
    let asks = [Cue::Call, Cue::Propose, Cue::Discuss];
    let called = asks.into_iter().filter_map(|cue| sentence.near(cue, word, 10)).max_by_key(|call| call.from);
    if let Some(call) = called {
        let done = |other: &Option<&Hit>| other.is_some_and(|other| other.from >= call.to && other.to <= word);
        let later = broken.is_some_and(|broken| broken.from > hit.to && !sentence.is_supposed(broken.from));
        if !done(&agreed)
            && !done(&broken)
            && !later
            && refused.is_none_or(|refused| refused.from > call.from && refused.from > hit.to + 4)
        {
            return None;
        }
    }
    let certain = |status: &Option<&Hit>| {
        status.is_some_and(|status| {
            !sentence.is_supposed(status.from) && !denied(sentence, status.from) && !wished(sentence, status.from)
        })
    };
    let despite = sentence.before(Cue::Despite, word, 4).is_some();
    let fired = [Cue::Strike, Cue::Attacked, Cue::Fighting].into_iter().any(|cue| sentence.has(cue));
    if certain(&broken) || despite && fired {
        return Some(CeasefireStatus::Violated);
    }
    if refused.is_some_and(|refused| refused.to <= hit.to || refused.from - hit.to < 6)
        && certain_refusal(sentence, refused)
    {
        return Some(CeasefireStatus::Rejected);
    }
    if sentence.near(Cue::Not, word, 3).is_some() {
        return None;
    }
    if certain(&extended) {
        return Some(CeasefireStatus::Extended);
    }
    if certain(&agreed) {
        return Some(CeasefireStatus::Agreed);
    }
    if certain(&announced) {
        return Some(CeasefireStatus::Announced);
    }
    None
}

fn certain_refusal(sentence: &Sentence<'_>, refused: Option<&Hit>) -> bool {
    refused.is_some_and(|refused| {
        !sentence.is_supposed(refused.from) && sentence.before(Cue::Not, refused.from, 2).is_none()
    })
}

fn denied(sentence: &Sentence<'_>, word: usize) -> bool {
    sentence.near(Cue::Not, word, 4).is_some() || sentence.before(Cue::Deny, word, 9).is_some()
}

/// "urged the sides to agree".
fn wished(sentence: &Sentence<'_>, word: usize) -> bool {
    sentence.before(Cue::Call, word, 8).is_some()
}

fn nearest<'s>(sentence: &'s Sentence<'_>, cue: Cue, hit: &Hit) -> Option<&'s Hit> {
    sentence
        .all(cue)
        .map(|other| {
            let distance = if other.to <= hit.from { hit.from - other.to } else { other.from.saturating_sub(hit.to) };
            (distance, other)
        })
        .filter(|(distance, _)| *distance <= NEAR)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}

/// "Russia brokered", "Russia-brokered", "brokered by Russia", "mediated by".
fn broker(sentence: &Sentence<'_>, word: usize) -> Option<String> {
    let hit = sentence.all(Cue::Broker).chain(sentence.all(Cue::Mediate)).min_by_key(|hit| hit.from.abs_diff(word))?;
    let by = sentence.after(Cue::By, hit.to.saturating_sub(1), 3);
    let after = by.map_or(hit.to, |by| by.to);
    let passive = by.is_some() || sentence.words[hit.to - 1] == "by" || sentence.words[hit.from].starts_with("посредн");
    let named = sentence.names.iter().find(|name| name.from >= after && name.from - after <= 4);
    if let Some(name) = named.filter(|_| passive) {
        return Some(name.name.clone());
    }
    let start = sentence.clause_start(hit.from);
    sentence
        .names
        .iter()
        .rev()
        .find(|name| name.to <= hit.from && name.from >= start && (name.acts() || name.kind == Some(NameKind::Place)))
        .map(|name| name.name.clone())
}
