//! Ceasefires: status, broker, start and parties.

use chrono::NaiveDate;

use super::cues::{CueMatch, EventCue};
use super::dates::{self, DateDirection};
use super::numbers;
use super::sentence::AnnotatedSentence;
use crate::grammar::WordRole;
use ceasewire_model::NameKind;
use ceasewire_model::event::{CeasefireFacts, CeasefireStatus};

/// Cues of the topic.
pub(super) const TRIGGERS: &[EventCue] =
    &[EventCue::Truce, EventCue::StopFire, EventCue::Halted, EventCue::Lull, EventCue::Deal, EventCue::Surrender];

/// Most words between a ceasefire and the cue of its status.
const NEAR: usize = 14;
/// Most words between a lull and the cue of its status.
const LULL_NEAR: usize = 5;
/// Most words between a ceasefire and the word for its end.
const END_NEAR: usize = 6;

/// Extracts a ceasefire.
pub(super) fn extract(sentence: &AnnotatedSentence<'_>, published: Option<NaiveDate>) -> Option<CeasefireFacts> {
    let (hit, reading) = find_reading(sentence)?;
    let status = reading.status;
    let word = hit.from;
    let lasting = matches!(status, CeasefireStatus::Agreed | CeasefireStatus::Announced | CeasefireStatus::Extended);
    let since = lasting
        .then(|| {
            let direction = if sentence.before(EventCue::Will, sentence.tokens.len(), 40).is_some() {
                DateDirection::Future
            } else {
                DateDirection::Near
            };
            dates::find_date(sentence, word, published, direction)
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
    let brokered_by = find_broker(sentence, word);
    let mut unique: Vec<String> = Vec::new();
    for party in parties {
        if Some(&party) != brokered_by.as_ref() && !unique.contains(&party) {
            unique.push(party);
        }
    }
    Some(CeasefireFacts {
        status,
        brokered_by,
        effective_from: since.as_ref().and_then(|since| {
            let time = since.time.as_ref().map(|time| format!("T{time}")).unwrap_or_default();
            since.date.as_ref().map(|date| format!("{date}{time}"))
        }),
        effective_words: since.and_then(|since| since.date_words),
        humanitarian: sentence.has(EventCue::Humane)
            || sentence
                .hits
                .iter()
                .any(|other| other.cue == EventCue::Truce && sentence.has_role(other.from, WordRole::Humanitarian)),
        parties: unique,
    })
}

/// A status as a sentence gives it.
#[derive(Clone, Copy)]
struct StatusReading {
    status: CeasefireStatus,
    /// Whether no word of the sentence is about the status: "The choir sings for a ceasefire".
    is_mention: bool,
}

impl From<CeasefireStatus> for StatusReading {
    fn from(status: CeasefireStatus) -> Self {
        Self { status, is_mention: false }
    }
}

/// Whether a sentence with a ceasefire only mentions it. A headline that begins with the ceasefire and its place reports
/// it: "Truce in Tripoli".
pub(super) fn is_mention(sentence: &AnnotatedSentence<'_>) -> bool {
    find_reading(sentence).is_some_and(|(hit, reading)| {
        let begins = hit.from <= 1 && sentence.names.iter().any(|name| (hit.to..=hit.to + 2).contains(&name.from));
        reading.is_mention && !begins
    })
}

fn find_reading(sentence: &AnnotatedSentence<'_>) -> Option<(CueMatch, StatusReading)> {
    sentence.hits.iter().find_map(|hit| read_status(sentence, hit).map(|reading| (*hit, reading)))
}

/// Reads the status that a cue gives; `None` where it gives none, or is a wish, a supposition or a denial.
fn read_status(sentence: &AnnotatedSentence<'_>, hit: &CueMatch) -> Option<StatusReading> {
    match hit.cue {
        EventCue::Truce | EventCue::StopFire => status(sentence, hit),
        EventCue::Halted | EventCue::Surrender => status_of_halt(sentence, hit).map(StatusReading::from),
        EventCue::Lull if sentence.context.is_conflict() => status_of_lull(sentence, hit).map(StatusReading::from),
        EventCue::Deal if sentence.context.is_conflict() => status_of_deal(sentence, hit).map(StatusReading::from),
        _ => None,
    }
}

/// "Guns fall silent", "the garrison surrenders".
fn status_of_halt(sentence: &AnnotatedSentence<'_>, hit: &CueMatch) -> Option<CeasefireStatus> {
    let word = hit.from;
    if sentence.context.civil && !sentence.context.at_war
        || sentence.is_supposed(word)
        || is_wish(sentence, word)
        || sentence.before(EventCue::Remark, word, 8).is_some()
    {
        return None;
    }
    if sentence.near(EventCue::Refuse, word, 4).or_else(|| sentence.near(EventCue::Deny, word, 4)).is_some() {
        return Some(CeasefireStatus::Rejected);
    }
    if sentence.near(EventCue::Not, word, 3).is_some() {
        return None;
    }
    if sentence.near(EventCue::Offer, word, 4).is_some() {
        return Some(CeasefireStatus::Offered);
    }
    // "Both sides to lay down arms" is a plan, "talks to end the war" a purpose.
    let purpose = sentence.follows(word, WordRole::Infinitive)
        && !sentence.names.iter().any(|name| name.to + 1 == word)
        && sentence.before(EventCue::Military, word, 2).is_none()
        && sentence.before(EventCue::Agree, word, 8).is_none()
        && sentence.before(EventCue::Offer, word, 4).is_none();
    if purpose {
        return None;
    }
    let planned =
        sentence.before(EventCue::Will, word, 4).is_some() || sentence.near(EventCue::Agree, word, 8).is_some();
    Some(if planned { CeasefireStatus::Agreed } else { CeasefireStatus::Announced })
}

/// "Both sides prolong the pause", "the calm lasted an hour".
fn status_of_lull(sentence: &AnnotatedSentence<'_>, hit: &CueMatch) -> Option<CeasefireStatus> {
    let near = |cue| nearest(sentence, cue, hit).filter(|other| is_within(hit, other, LULL_NEAR));
    let certain = |cue| {
        near(cue).filter(|other| {
            !sentence.is_supposed(other.from) && !is_denied(sentence, other.from) && !is_wish(sentence, other.from)
        })
    };
    if sentence.is_supposed(hit.from) || is_wish(sentence, hit.from) {
        return None;
    }
    if let Some(last) = near(EventCue::Last).filter(|last| last.from >= hit.to) {
        let counted =
            numbers::find_numbers(sentence).iter().any(|number| number.from >= last.to && number.from - last.to <= 2);
        return counted.then_some(CeasefireStatus::Violated);
    }
    [
        (EventCue::Break, CeasefireStatus::Violated),
        (EventCue::Over, CeasefireStatus::Over),
        (EventCue::Refuse, CeasefireStatus::Rejected),
        (EventCue::Extend, CeasefireStatus::Extended),
        (EventCue::Agree, CeasefireStatus::Agreed),
        (EventCue::Announce, CeasefireStatus::Announced),
    ]
    .into_iter()
    .find_map(|(cue, status)| certain(cue).map(|_| status))
}

/// "The accord comes into force": a deal of war that begins.
fn status_of_deal(sentence: &AnnotatedSentence<'_>, hit: &CueMatch) -> Option<CeasefireStatus> {
    let begins =
        nearest(sentence, EventCue::Announce, hit).filter(|begin| begin.from >= hit.to && begin.from - hit.to <= 3)?;
    let certain = begin_words(begins) > 1 && !sentence.is_supposed(begins.from) && !is_denied(sentence, begins.from);
    (certain && !sentence.context.civil).then_some(CeasefireStatus::Announced)
}

/// "comes into force" is a beginning, "held" hardly.
fn begin_words(begin: &CueMatch) -> usize {
    begin.to - begin.from
}

fn is_within(hit: &CueMatch, other: &CueMatch, reach: usize) -> bool {
    let distance = if other.to <= hit.from { hit.from - other.to } else { other.from.saturating_sub(hit.to) };
    distance <= reach
}

/// Reads the status of a ceasefire; `None` for a wish, a supposition or a denial.
fn status(sentence: &AnnotatedSentence<'_>, hit: &CueMatch) -> Option<StatusReading> {
    let word = hit.from;
    let broken = nearest(sentence, EventCue::Break, hit);
    let refused = nearest(sentence, EventCue::Refuse, hit);
    let extended = nearest(sentence, EventCue::Extend, hit);
    let agreed = nearest(sentence, EventCue::Agree, hit);
    let announced = nearest(sentence, EventCue::Announce, hit);
    let remark = sentence.before(EventCue::Remark, word, 8).is_some();
    let past = sentence.has(EventCue::History);
    // "if the successors observe a real ceasefire", "his ceasefire call"
    let conditional = (0..word).any(|at| sentence.has_role(at, WordRole::Condition));
    let called_for = sentence.all(EventCue::Call).any(|call| call.from == hit.to);
    if conditional || called_for {
        return None;
    }
    // "Air strikes threaten the truce" supposes an end, not the truce.
    let strained = sentence
        .before(EventCue::Observe, word, 4)
        .is_some_and(|observed| sentence.before(EventCue::If, word, 4).is_some_and(|open| open.from == observed.from));
    let mention = StatusReading { status: CeasefireStatus::Announced, is_mention: true };
    if strained {
        return Some(mention);
    }
    if sentence.is_supposed(word) || remark || past {
        return None;
    }
    // "called for a ceasefire" is a wish; "agreed to a call for a ceasefire" is rare.
    let asks = [EventCue::Call, EventCue::Propose, EventCue::Discuss];
    let called = asks.into_iter().filter_map(|cue| sentence.near(cue, word, 10)).max_by_key(|call| call.from);
    if let Some(call) = called {
        let done = |other: &Option<&CueMatch>| other.is_some_and(|other| other.from >= call.to && other.to <= word);
        let later = broken.is_some_and(|broken| broken.from > hit.to && !sentence.is_supposed(broken.from));
        if !done(&agreed)
            && !done(&broken)
            && !later
            && refused.is_none_or(|refused| refused.from > call.from && refused.from > hit.to + 4)
        {
            return None;
        }
    }
    let certain = |status: &Option<&CueMatch>| {
        status.is_some_and(|status| {
            !sentence.is_supposed(status.from) && !is_denied(sentence, status.from) && !is_wish(sentence, status.from)
        })
    };
    let over = nearest(sentence, EventCue::Over, hit).filter(|over| is_within(hit, over, END_NEAR));
    if certain(&over) {
        return Some(CeasefireStatus::Over.into());
    }
    let despite = sentence.before(EventCue::Despite, word, 4).is_some();
    let fired = [EventCue::Strike, EventCue::Attacked, EventCue::Fighting].into_iter().any(|cue| sentence.has(cue));
    if certain(&broken) || despite && fired {
        return Some(CeasefireStatus::Violated.into());
    }
    if refused.is_some_and(|refused| refused.to <= hit.to || refused.from - hit.to < 6)
        && certain_refusal(sentence, refused)
    {
        return Some(CeasefireStatus::Rejected.into());
    }
    if sentence.near(EventCue::Not, word, 3).is_some() {
        return None;
    }
    if certain(&extended) {
        return Some(CeasefireStatus::Extended.into());
    }
    if certain(&agreed) {
        return Some(CeasefireStatus::Agreed.into());
    }
    if certain(&announced) {
        return Some(CeasefireStatus::Announced.into());
    }
    if sentence.before(EventCue::Offer, word, 8).is_some() {
        return Some(CeasefireStatus::Offered.into());
    }
    let observed = nearest(sentence, EventCue::Observe, hit).filter(|observed| is_within(hit, observed, LULL_NEAR));
    if certain(&observed) {
        return Some(CeasefireStatus::Announced.into());
    }
    // A headline without a verb: "Truce in Tripoli", "Buses leave during ceasefire".
    let asked = [EventCue::Discuss, EventCue::Call, EventCue::Propose, EventCue::Refuse, EventCue::Mediate];
    let denied = sentence.near(EventCue::Not, word, 3).is_some() || sentence.after(EventCue::Not, hit.to, 4).is_some();
    let open = denied || asked.into_iter().any(|cue| sentence.has(cue)) || sentence.has(EventCue::If);
    (hit.cue == EventCue::Truce && !open && sentence.context.at_war).then_some(mention)
}

fn certain_refusal(sentence: &AnnotatedSentence<'_>, refused: Option<&CueMatch>) -> bool {
    refused.is_some_and(|refused| {
        !sentence.is_supposed(refused.from) && sentence.before(EventCue::Not, refused.from, 2).is_none()
    })
}

fn is_denied(sentence: &AnnotatedSentence<'_>, word: usize) -> bool {
    sentence.near(EventCue::Not, word, 4).is_some() || sentence.before(EventCue::Deny, word, 9).is_some()
}

/// Whether the word belongs to a call: "urged the sides to agree".
fn is_wish(sentence: &AnnotatedSentence<'_>, word: usize) -> bool {
    sentence.before(EventCue::Call, word, 8).is_some()
}

fn nearest<'s>(sentence: &'s AnnotatedSentence<'_>, cue: EventCue, hit: &CueMatch) -> Option<&'s CueMatch> {
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

/// Finds the broker: "Russia brokered", "Russia-brokered", "brokered by Russia", "mediated by".
fn find_broker(sentence: &AnnotatedSentence<'_>, word: usize) -> Option<String> {
    let hit = sentence
        .all(EventCue::Broker)
        .chain(sentence.all(EventCue::Mediate))
        .min_by_key(|hit| hit.from.abs_diff(word))?;
    let by = sentence.after(EventCue::By, hit.to.saturating_sub(1), 3);
    let after = by.map_or(hit.to, |by| by.to);
    let passive = by.is_some()
        || sentence.has_role(hit.to - 1, WordRole::Agent)
        || sentence.has_role(hit.from, WordRole::MediationNoun);
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
