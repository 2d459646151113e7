//! Meetings: participants, place, date and status.

use chrono::NaiveDate;

use super::cues::{CueMatch, EventCue};
use super::dates::{self, DateDirection};
use super::names::EntityMention;
use super::sentence::{AnnotatedSentence, TokenGap};
use crate::grammar::WordRole;
use ceasewire_model::NameKind;
use ceasewire_model::event::{MeetingFacts, MeetingStatus};

/// Cues of the topic.
pub(super) const TRIGGERS: &[EventCue] = &[
    EventCue::Met,
    EventCue::Meet,
    EventCue::Receive,
    EventCue::Meeting,
    EventCue::Talks,
    EventCue::Gathering,
    EventCue::Session,
    EventCue::Spoke,
    EventCue::Saw,
    EventCue::Visit,
    EventCue::Discuss,
];

/// Extracts a meeting.
pub(super) fn extract(sentence: &AnnotatedSentence<'_>, published: Option<NaiveDate>) -> Option<MeetingFacts> {
    let word = sentence.hits.iter().find(|hit| is_event(sentence, hit))?.from;
    let status = status(sentence, word);
    let direction = if status == MeetingStatus::Held { DateDirection::Past } else { DateDirection::Future };
    let invited_by = host(sentence).map(|name| name.name.clone());
    Some(MeetingFacts {
        status,
        participants: participants(sentence, word),
        place: sentence.place(word),
        when: dates::find_date(sentence, word, published, direction).unwrap_or_default(),
        invited_by,
    })
}

/// Finds the host: a person or a country right after "invitation of", or right before "'s invitation".
fn host<'s>(sentence: &'s AnnotatedSentence<'_>) -> Option<&'s EntityMention> {
    let hit = sentence.all(EventCue::Invite).next()?;
    let end = (hit.to + 8).min(sentence.tokens.len());
    // A list of guests follows after the comma.
    let comma = (hit.to + 1..end).find(|&at| sentence.tokens[at].gap >= TokenGap::Comma).unwrap_or(end);
    let mut after = sentence.names.iter().filter(|name| name.from >= hit.to && name.to <= comma);
    let before = || sentence.names.iter().rev().find(|name| name.to <= hit.from && hit.from - name.to <= 1);
    if sentence.has_role(hit.from, WordRole::Possessive) {
        return before();
    }
    let first = after.clone().next();
    after.find(|name| name.kind == Some(NameKind::Person)).or(first).or_else(before)
}

fn is_event(sentence: &AnnotatedSentence<'_>, hit: &CueMatch) -> bool {
    let word = hit.from;
    if !sentence.is_of_conflict() || sentence.has(EventCue::History) || is_unplanned(sentence, hit) {
        return false;
    }
    match hit.cue {
        EventCue::Session => !sentence.is_denied(word) && sentence.before(EventCue::Call, word, 4).is_none(),
        // "spoke by phone with the foreign minister"; not "spoke to reporters"
        EventCue::Spoke => {
            let between = sentence.verb_final || sentence.hides_names() || count_officials(sentence) >= 2;
            let heard = sentence
                .names
                .iter()
                .any(|name| name.from >= hit.to && name.from - hit.to <= 4 && name.kind == Some(NameKind::Person));
            !sentence.is_denied(word) && !sentence.is_supposed(word) && (heard || between)
        }
        EventCue::Discuss => {
            let ready = sentence.before(EventCue::Offer, word, 4).is_some()
                || sentence.before(EventCue::Call, word, 4).is_some();
            !ready && !sentence.is_denied(word) && !sentence.is_supposed(word) && count_officials(sentence) >= 2
        }
        EventCue::Saw => {
            let is_person = |name: &&EntityMention| name.titled || name.kind == Some(NameKind::Person);
            let mut persons = sentence.names.iter().filter(is_person);
            !sentence.is_denied(word)
                && !sentence.is_supposed(word)
                && persons.clone().any(|name| name.to <= word && word - name.to <= 2)
                && persons.any(|name| name.from >= hit.to && name.from - hit.to <= 4)
        }
        EventCue::Visit => {
            let subject = [EventCue::Talks, EventCue::Meeting, EventCue::Discuss, EventCue::Mediate]
                .into_iter()
                .any(|cue| sentence.after(cue, hit.to, 14).is_some());
            subject && !sentence.is_denied(word) && !sentence.is_supposed(word)
        }
        EventCue::Met | EventCue::Meet => {
            let moved = find_change(sentence, word).is_some();
            let denied = !moved && (sentence.is_denied(word) || sentence.near(EventCue::Refuse, word, 4).is_some());
            let asked =
                sentence.near(EventCue::Call, word, 3).is_some() || sentence.near(EventCue::Offer, word, 2).is_some();
            // "may meet in Brussels in July"
            let given = dates::stands_at(sentence, hit.to, 4) || is_placed(sentence, hit.to);
            let open = sentence.is_supposed(word)
                && (!given || sentence.has_role(sentence.clause_start(word), WordRole::Condition));
            !denied && !asked && !open && meets_people(sentence, hit)
        }
        // A host receives visitors, and a town receives aid.
        EventCue::Receive => {
            let somebody = sentence.names.iter().any(|name| {
                name.from >= hit.to && name.from - hit.to <= 4 && (name.titled || name.kind == Some(NameKind::Person))
            });
            let title = sentence.after(EventCue::Title, hit.to, 4).is_some();
            !sentence.is_denied(word) && !sentence.is_supposed(word) && (somebody || title)
        }
        EventCue::Meeting | EventCue::Talks => {
            let moved = find_change(sentence, word).is_some();
            let denied = !moved && (sentence.is_denied(word) || is_refused(sentence, word));
            let asked = sentence.near(EventCue::Call, word, 5).is_some()
                || sentence.near(EventCue::Propose, word, 5).is_some()
                || sentence.near(EventCue::Offer, word, 5).is_some()
                || sentence.before(EventCue::Mediate, word, 3).is_some();
            // "a meeting could take place"
            let open = sentence
                .after(EventCue::Hold, hit.to, 10)
                .is_some_and(|held| sentence.before(EventCue::If, held.from, 2).is_some());
            let named = || {
                sentence.context.at_war
                    && sentence.before(EventCue::Call, word, 14).is_none()
                    && sentence.names.iter().any(EntityMention::acts)
            };
            !denied
                && !asked
                && !open
                && !sentence.is_supposed(word)
                && (moved || is_detailed(sentence, hit) || named())
        }
        EventCue::Gathering => {
            let joint = sentence.has_role(word, WordRole::Joint);
            let held = sentence.before(EventCue::Hold, word, 5).is_some()
                || sentence.after(EventCue::Hold, hit.to, 3).is_some();
            let placed = sentence.after(EventCue::In, hit.to, 3).is_some();
            !sentence.is_denied(word)
                && !sentence.is_supposed(word)
                && sentence.before(EventCue::Call, word, 5).is_none()
                && (held && (joint || placed) || find_change(sentence, word).is_some())
        }
        _ => false,
    }
}

/// "No meeting is planned": the word for the plan is denied.
fn is_unplanned(sentence: &AnnotatedSentence<'_>, hit: &CueMatch) -> bool {
    let end = sentence.clause_end(hit.from);
    sentence.all(EventCue::Will).any(|will| {
        will.from >= hit.to
            && will.from < end
            && sentence.hits.iter().any(|not| not.cue == EventCue::Not && not.to == will.from)
    })
}

fn is_placed(sentence: &AnnotatedSentence<'_>, word: usize) -> bool {
    let named = |from: usize| sentence.names.iter().any(|name| name.from >= from && name.from - from <= 1);
    sentence.after(EventCue::In, word, 4).is_some_and(|into| named(into.to))
}

/// Counts the people and bodies of a sentence.
fn count_officials(sentence: &AnnotatedSentence<'_>) -> usize {
    let names = sentence.names.iter().filter(|name| name.acts() && !sentence.is_led(name)).count();
    let titles = sentence.all(EventCue::Title).count();
    names.max(titles)
}

fn is_refused(sentence: &AnnotatedSentence<'_>, word: usize) -> bool {
    sentence.before(EventCue::Refuse, word, 4).is_some()
}

/// Whether the verb takes people: delegations meet people, companies meet deadlines.
fn meets_people(sentence: &AnnotatedSentence<'_>, hit: &CueMatch) -> bool {
    if sentence.verb_final || sentence.hides_names() {
        return sentence.names.iter().any(EntityMention::acts) || sentence.has(EventCue::Title);
    }
    if sentence.after(EventCue::Demand, hit.to, 5).is_some() {
        return false;
    }
    let close = |reach: usize| hit.to..hit.to + reach;
    let with = sentence.after(EventCue::With, hit.to, 4).is_some();
    let person = sentence.names.iter().any(|name| name.kind != Some(NameKind::Term) && close(5).contains(&name.from));
    let title =
        sentence.after(EventCue::Title, hit.to, 4).is_some() || sentence.after(EventCue::Civilian, hit.to, 4).is_some();
    let there = sentence.after(EventCue::In, hit.to, 2).is_some();
    let day = dates::stands_at(sentence, hit.to, 3);
    let before = sentence.names.iter().any(|name| name.to <= hit.from && hit.from - name.to <= 4 && name.acts())
        || sentence.before(EventCue::Title, hit.from, 7).is_some();
    // "agreed to meet in Brussels"
    let agreed = hit.cue == EventCue::Meet && sentence.before(EventCue::Will, hit.from, 2).is_some();
    with || person || title || (there || day) && (before || agreed)
}

/// Whether the sentence reports a meeting or talks with a detail: participants, place, date, or the words for holding
/// or planning them.
fn is_detailed(sentence: &AnnotatedSentence<'_>, hit: &CueMatch) -> bool {
    let word = hit.from;
    if sentence.verb_final {
        return sentence.has(EventCue::Hold) && sentence.names.iter().any(|name| name.kind != Some(NameKind::Term));
    }
    let talks = hit.cue == EventCue::Talks;
    let definite = sentence.follows(word, WordRole::Determiner);
    let named_after = |from: usize, reach: usize| {
        sentence
            .names
            .iter()
            .any(|name| name.from >= from && name.from < from + reach && name.kind != Some(NameKind::Term))
    };
    let with = sentence.after(EventCue::With, hit.to, 2).is_some_and(|with| {
        !(talks && sentence.has_role(with.from, WordRole::Of))
            && (named_after(with.to, 6) || sentence.after(EventCue::Title, with.to, 5).is_some() || !talks)
    });
    let goes_on = sentence.after(EventCue::Hold, hit.to, if talks { 6 } else { 3 });
    let held = sentence.before(EventCue::Hold, word, 5).is_some() || goes_on.is_some();
    let placed = sentence
        .after(EventCue::In, goes_on.map_or(hit.to, |hold| hold.to), 3)
        .is_some_and(|into| named_after(into.to, 4));
    let day = dates::stands_at(sentence, hit.to, 3);
    // "after meeting Chinese officials"
    let verb = !talks
        && word > 0
        && sentence.has_role(word, WordRole::MeetingVerb)
        && !definite
        && (sentence.names.iter().any(|name| name.from == hit.to)
            || sentence.after(EventCue::Title, hit.to, 1).is_some());
    let planned = sentence.before(EventCue::Will, word, 4).is_some() && (placed || day || named_after(hit.to, 6));
    if talks {
        with || held && (placed || day || named_after(hit.to, 8) || actor(sentence, word)) || placed || planned
    } else {
        with || verb || held || placed || planned
    }
}

fn actor(sentence: &AnnotatedSentence<'_>, word: usize) -> bool {
    sentence.names.iter().any(|name| name.to <= word && name.acts())
}

/// Finds a cancellation or a postponement.
fn find_change(sentence: &AnnotatedSentence<'_>, word: usize) -> Option<MeetingStatus> {
    let start = sentence.clause_start(word);
    let end = sentence.clause_end(word);
    let near = |cue| {
        sentence.all(cue).any(|hit: &CueMatch| hit.from >= start && hit.to <= end && hit.from.abs_diff(word) <= 12)
    };
    let moved =
        sentence.all(EventCue::Moved).find(|hit| hit.from >= start && hit.to <= end && hit.from.abs_diff(word) <= 12);
    let later = sentence
        .all(EventCue::Postpone)
        .find(|hit| hit.from >= start && hit.to <= end && hit.from.abs_diff(word) <= 12);
    let is_given = |hit: &CueMatch| {
        dates::stands_at(sentence, hit.to, 4)
            || sentence.names.iter().any(|name| name.from >= hit.to && name.from - hit.to <= 2 && name.is_place())
    };
    if let Some(hit) = moved.or(later) {
        Some(if is_given(hit) { MeetingStatus::Moved } else { MeetingStatus::Postponed })
    } else if near(EventCue::Cancel) {
        Some(MeetingStatus::Cancelled)
    } else {
        None
    }
}

fn status(sentence: &AnnotatedSentence<'_>, word: usize) -> MeetingStatus {
    if let Some(status) = find_change(sentence, word) {
        return status;
    }
    let end = sentence.clause_end(word).min(word + 8);
    let verb = sentence.hits.iter().any(|hit| hit.from == word && matches!(hit.cue, EventCue::Met));
    let base = sentence.hits.iter().any(|hit| hit.from == word && hit.cue == EventCue::Meet);
    // "speaks to reporters after a meeting" plans nothing, "to hold a meeting" does.
    let from = sentence.clause_start(word).max(word.saturating_sub(8));
    let before = sentence.all(EventCue::Will).any(|will| {
        let bare = sentence.has_role(will.from, WordRole::BarePlan) && will.to - will.from == 1;
        let verb = sentence
            .hits
            .iter()
            .any(|hit| hit.from == will.to && matches!(hit.cue, EventCue::Hold | EventCue::Meet | EventCue::Receive));
        will.from >= from && will.from <= word && (!bare || verb || will.to == word)
    });
    // "UN Security Council to meet": the plan stands within the words of the session.
    let session = sentence.hits.iter().find(|hit| hit.from == word && hit.cue == EventCue::Session);
    let session = session.is_some_and(|hit| {
        let is_plan = |at| sentence.has_role(at, WordRole::BarePlan) || sentence.has_role(at, WordRole::Future);
        (hit.from..hit.to).any(is_plan)
    });
    let planned = session || before || !verb && sentence.within(EventCue::Will, word + 1, end).is_some();
    // "the meeting, planned for Thursday, will now take place on Friday"
    let later = !verb
        && sentence.all(EventCue::Will).any(|will| {
            will.from > word
                && will.from - word <= 14
                && sentence.has_role(will.from, WordRole::Future)
                && sentence.within(EventCue::Hold, will.to, will.to + 4).is_some()
        });
    if base || (planned || later) && !verb { MeetingStatus::Planned } else { MeetingStatus::Held }
}

/// Lists the participants, in the sentence's order.
fn participants(sentence: &AnnotatedSentence<'_>, word: usize) -> Vec<String> {
    let start = sentence.clause_start(word);
    let end = sentence.clause_end(word);
    let host = host(sentence).filter(|host| host.from < word);
    let invited = sentence.all(EventCue::Invite).next().map_or(0, |hit| hit.from);
    let mut parts: Vec<String> = Vec::new();
    let mut at = 0;
    while at < sentence.names.len() {
        let name = &sentence.names[at];
        let in_clause = name.from >= start && name.to <= end;
        // The host and his titles: a host who is also a guest appears again.
        let host = host.is_some_and(|host| {
            host.from == name.from || name.to <= host.from && host.from - name.from <= 4 && invited < name.from
        });
        if !in_clause || host || sentence.speaks(name) || sentence.is_led(name) && !joined_with(sentence, name) {
            at += 1;
            continue;
        }
        let (to, last) = participant_phrase(sentence, at);
        let group_of = last > at || to > name.to;
        let kind = sentence.names[at..=last].iter().find_map(|name| {
            (name.titled || matches!(name.kind, Some(NameKind::Person | NameKind::Body))).then_some(true)
        });
        let person = sentence.names[at..=last].iter().find(|name| name.kind == Some(NameKind::Person));
        let shown = match person {
            Some(person) if person.from >= name.from => Some(person.name.clone()),
            _ if group_of => Some(sentence.slice(name.from, to).to_owned()),
            _ => match name.kind {
                Some(NameKind::Place | NameKind::Term | NameKind::People) => None,
                Some(NameKind::Office) if sentence.has(EventCue::With) && to - name.from < 2 => None,
                Some(NameKind::Office) => Some(sentence.slice(name.from, to).to_owned()),
                Some(NameKind::Country) => {
                    (kind.is_some() || is_participant(sentence, name)).then(|| name.name.clone())
                }
                Some(_) => Some(name.name.clone()),
                None => (!sentence.is_led(name)).then(|| name.name.clone()),
            },
        };
        if let Some(shown) = shown.filter(|shown| !parts.contains(shown)) {
            parts.push(shown);
        }
        at = last + 1;
    }
    parts
}

/// Whether a country stands for its people: "Armenia and Azerbaijan met", "with Turkey", "between Armenia and
/// Azerbaijan".
fn is_participant(sentence: &AnnotatedSentence<'_>, name: &EntityMention) -> bool {
    let with = sentence.before(EventCue::With, name.from, 4).is_some();
    let subject = sentence.hits.iter().any(|hit| {
        matches!(hit.cue, EventCue::Met | EventCue::And | EventCue::Will)
            && hit.from >= name.to
            && hit.from - name.to <= 1
    });
    let joined = sentence.before(EventCue::And, name.from, 1).is_some();
    with || subject || joined
}

fn joined_with(sentence: &AnnotatedSentence<'_>, name: &EntityMention) -> bool {
    sentence.before(EventCue::With, name.from, 1).is_some()
}

/// Returns the end and the last name of the phrase that begins with the name at `first`: "foreign ministers of Armenia
/// and Azerbaijan", "Russian Foreign Minister Sergey Lavrov", "OSCE Minsk Group".
fn participant_phrase(sentence: &AnnotatedSentence<'_>, first: usize) -> (usize, usize) {
    let mut last = first;
    let mut to = sentence.names[first].to;
    let mut office = sentence.names[first].kind == Some(NameKind::Office);
    // "US Secretary of State", "Turkey's president"
    let mut people = matches!(sentence.names[first].kind, Some(NameKind::People | NameKind::Country));
    let country = sentence.names[first].kind == Some(NameKind::Country);
    // "his Chinese counterpart"
    let next = sentence.tokens.get(to).is_some_and(|token| token.gap == TokenGap::Joined);
    people |= sentence.names[first].kind.is_none()
        && next
        && sentence.hits.iter().any(|hit| hit.from == to && hit.cue == EventCue::Title);
    loop {
        // Titles outside the profile belong to the phrase too.
        while let Some(title) = sentence.hits.iter().find(|hit| hit.from == to && hit.cue == EventCue::Title) {
            let named = sentence.names.get(last + 1).is_some_and(|next| next.from <= title.from);
            if named
                || !(office || people)
                || country && title.to == to + 1 && sentence.has_role(to, WordRole::Possessive)
                || sentence.tokens.get(to).is_none_or(|token| token.gap > TokenGap::Joined)
            {
                break;
            }
            to = title.to;
            office = true;
        }
        let Some(next) = sentence.names.get(last + 1) else { break };
        if to > next.from {
            break;
        }
        let between = to..next.from;
        let tight = next.from < sentence.tokens.len()
            && sentence.tokens[to..=next.from].iter().all(|token| token.gap == TokenGap::Joined);
        let links = between.clone().all(|word| sentence.has_role(word, WordRole::PhraseLink));
        let fits = match next.kind {
            Some(NameKind::Country) => office && !country && links,
            Some(NameKind::Office) if country => {
                let is_possessive = between.len() == 1 && sentence.has_role(to, WordRole::Possessive);
                last == first && (between.is_empty() || is_possessive)
            }
            Some(NameKind::People | NameKind::Office) => people && !country && links,
            Some(NameKind::Person) => (office || people && !country) && between.is_empty(),
            Some(NameKind::Body) => (people || sentence.names[last].kind == Some(NameKind::Body)) && between.is_empty(),
            _ => false,
        };
        if !tight || !fits || between.len() > 2 {
            break;
        }
        last += 1;
        to = next.to;
        office |= next.kind == Some(NameKind::Office);
        people |= next.kind == Some(NameKind::People);
        if next.kind == Some(NameKind::Person) {
            break;
        }
    }
    (to, last)
}
