//! Meetings: who meets, where, when, and whether it takes place.

use chrono::NaiveDate;

use super::dates::{self, Tense};
use super::lexicon::{Cue, Hit};
use super::names::Mention;
use super::sentence::{Gap, Sentence};
use ceasewire_model::NameKind;
use ceasewire_model::event::{EventDate, MeetingFacts, MeetingStatus};

/// The meeting that a sentence tells of.
pub(super) fn find(sentence: &Sentence<'_>, published: Option<NaiveDate>) -> Option<MeetingFacts> {
    let word = trigger(sentence)?;
    let status = status(sentence, word);
    let tense = if status == MeetingStatus::Held { Tense::Past } else { Tense::Future };
    let invited_by = host(sentence).map(|name| name.name.clone());
    Some(MeetingFacts {
        status,
        participants: participants(sentence, word),
        place: sentence.place(word),
        when: dates::find(sentence, word, published, tense).map_or_else(EventDate::default, |found| found.when),
        invited_by,
    })
}

/// Who invites: a person or a country right after "invitation of", or right before "'s invitation".
fn host<'s>(sentence: &'s Sentence<'_>) -> Option<&'s Mention> {
    let hit = sentence.all(Cue::Invite).next()?;
    let end = (hit.to + 8).min(sentence.tokens.len());
    // A list of guests follows after the comma.
    let comma = (hit.to + 1..end).find(|&at| sentence.tokens[at].gap >= Gap::Comma).unwrap_or(end);
    let mut after = sentence.names.iter().filter(|name| name.from >= hit.to && name.to <= comma);
    let before = || sentence.names.iter().rev().find(|name| name.to <= hit.from && hit.from - name.to <= 1);
    if sentence.words[hit.from] == "s" {
        return before();
    }
    let first = after.clone().next();
    after.find(|name| name.kind == Some(NameKind::Person)).or(first).or_else(before)
}

/// The word that tells of a meeting.
fn trigger(sentence: &Sentence<'_>) -> Option<usize> {
    sentence.hits.iter().find(|hit| tells(sentence, hit)).map(|hit| hit.from)
}

fn tells(sentence: &Sentence<'_>, hit: &Hit) -> bool {
    let word = hit.from;
    match hit.cue {
        Cue::Met | Cue::Meet => {
            let moved = cancelled(sentence, word).is_some();
            let denied = !moved && (sentence.is_denied(word) || sentence.near(Cue::Refuse, word, 4).is_some());
            let asked = sentence.near(Cue::Call, word, 3).is_some() || sentence.near(Cue::Offer, word, 2).is_some();
            !denied && !asked && !sentence.is_supposed(word) && meets_people(sentence, hit)
        }
        // Visitors are received, and so is aid.
        Cue::Receive => {
            let somebody = sentence.names.iter().any(|name| {
                name.from >= hit.to && name.from - hit.to <= 4 && (name.titled || name.kind == Some(NameKind::Person))
            });
            let title = sentence.after(Cue::Title, hit.to, 4).is_some();
            !sentence.is_denied(word) && !sentence.is_supposed(word) && (somebody || title)
        }
        Cue::Meeting | Cue::Talks => {
            let moved = cancelled(sentence, word).is_some();
            let denied = !moved && (sentence.is_denied(word) || refused(sentence, word));
            let asked = sentence.near(Cue::Call, word, 5).is_some()
                || sentence.near(Cue::Propose, word, 5).is_some()
                || sentence.near(Cue::Offer, word, 5).is_some()
                || sentence.before(Cue::Mediate, word, 3).is_some();
            // "a meeting could take place"
            let open = sentence
                .after(Cue::Hold, hit.to, 10)
                .is_some_and(|held| sentence.before(Cue::If, held.from, 2).is_some());
            !denied && !asked && !open && !sentence.is_supposed(word) && (moved || is_some_meeting(sentence, hit))
        }
        Cue::Gathering => {
            let joint = sentence.words[word] == "joint";
            let held = sentence.before(Cue::Hold, word, 5).is_some() || sentence.after(Cue::Hold, hit.to, 3).is_some();
            let placed = sentence.after(Cue::In, hit.to, 3).is_some();
            !sentence.is_denied(word)
                && !sentence.is_supposed(word)
                && sentence.before(Cue::Call, word, 5).is_none()
                && (held && (joint || placed) || cancelled(sentence, word).is_some())
        }
        _ => false,
    }
}

fn refused(sentence: &Sentence<'_>, word: usize) -> bool {
    sentence.before(Cue::Refuse, word, 4).is_some()
}

/// Whether what is met is somebody.
fn meets_people(sentence: &Sentence<'_>, hit: &Hit) -> bool {
    if sentence.verb_final {
        return sentence.names.iter().any(Mention::acts) || sentence.has(Cue::Title);
    }
    if sentence.after(Cue::Demand, hit.to, 5).is_some() {
        return false;
    }
    let close = |reach: usize| hit.to..hit.to + reach;
    let with = sentence.after(Cue::With, hit.to, 4).is_some();
    let person = sentence.names.iter().any(|name| name.kind != Some(NameKind::Term) && close(5).contains(&name.from));
    let title = sentence.after(Cue::Title, hit.to, 4).is_some() || sentence.after(Cue::Civilian, hit.to, 4).is_some();
    let there = sentence.after(Cue::In, hit.to, 2).is_some();
    let day = dates::stands_at(sentence, hit.to, 3);
    let before = sentence.names.iter().any(|name| name.to <= hit.from && hit.from - name.to <= 4 && name.acts())
        || sentence.before(Cue::Title, hit.from, 3).is_some();
    // "agreed to meet in Brussels"
    let agreed = hit.cue == Cue::Meet && sentence.before(Cue::Will, hit.from, 2).is_some();
    with || person || title || (there || day) && (before || agreed)
}

/// Whether the sentence says of a meeting or of talks more than that there was mention of them: with whom, where, that they
/// were held or are planned.
fn is_some_meeting(sentence: &Sentence<'_>, hit: &Hit) -> bool {
    let word = hit.from;
    if sentence.verb_final {
        return sentence.has(Cue::Hold) && sentence.names.iter().any(|name| name.kind != Some(NameKind::Term));
    }
    let talks = hit.cue == Cue::Talks;
    let definite = word > 0 && matches!(sentence.words[word - 1].as_str(), "the" | "those" | "these" | "such");
    let named_after = |from: usize, reach: usize| {
        sentence
            .names
            .iter()
            .any(|name| name.from >= from && name.from < from + reach && name.kind != Some(NameKind::Term))
    };
    let with = sentence.after(Cue::With, hit.to, 2).is_some_and(|with| {
        !(talks && sentence.words[with.from] == "of")
            && (named_after(with.to, 6) || sentence.after(Cue::Title, with.to, 5).is_some() || !talks)
    });
    let goes_on = sentence.after(Cue::Hold, hit.to, if talks { 6 } else { 3 });
    let held = sentence.before(Cue::Hold, word, 5).is_some() || goes_on.is_some();
    let placed =
        sentence.after(Cue::In, goes_on.map_or(hit.to, |hold| hold.to), 3).is_some_and(|into| named_after(into.to, 4));
    let day = dates::stands_at(sentence, hit.to, 3);
    // "after meeting Chinese officials"
    let verb = !talks
        && word > 0
        && sentence.words[word] == "meeting"
        && !definite
        && (sentence.names.iter().any(|name| name.from == hit.to) || sentence.after(Cue::Title, hit.to, 1).is_some());
    let planned = sentence.before(Cue::Will, word, 4).is_some() && (placed || day || named_after(hit.to, 6));
    if talks {
        with || held && (placed || day || named_after(hit.to, 8) || actor(sentence, word)) || placed || planned
    } else {
        with || verb || held || placed || planned
    }
}

fn actor(sentence: &Sentence<'_>, word: usize) -> bool {
    sentence.names.iter().any(|name| name.to <= word && name.acts())
}

/// What has become of a meeting that was planned, if the sentence says so.
fn cancelled(sentence: &Sentence<'_>, word: usize) -> Option<MeetingStatus> {
    let start = sentence.clause_start(word);
    let end = sentence.clause_end(word);
    let near =
        |cue| sentence.all(cue).any(|hit: &Hit| hit.from >= start && hit.to <= end && hit.from.abs_diff(word) <= 12);
    if near(Cue::Postpone) {
        Some(MeetingStatus::Postponed)
    } else if near(Cue::Cancel) {
        Some(MeetingStatus::Cancelled)
    } else {
        None
    }
}

fn status(sentence: &Sentence<'_>, word: usize) -> MeetingStatus {
    if let Some(status) = cancelled(sentence, word) {
        return status;
    }
    let end = sentence.clause_end(word).min(word + 8);
    let verb = sentence.hits.iter().any(|hit| hit.from == word && matches!(hit.cue, Cue::Met));
    let base = sentence.hits.iter().any(|hit| hit.from == word && hit.cue == Cue::Meet);
    // "speaks to reporters after a meeting" plans nothing, "to hold a meeting" does.
    let from = sentence.clause_start(word).max(word.saturating_sub(8));
    let before = sentence.all(Cue::Will).any(|will| {
        let bare = matches!(sentence.words[will.from].as_str(), "to" | "before") && will.to - will.from == 1;
        let verb = sentence
            .hits
            .iter()
            .any(|hit| hit.from == will.to && matches!(hit.cue, Cue::Hold | Cue::Meet | Cue::Receive));
        will.from >= from && will.from <= word && (!bare || verb || will.to == word)
    });
    let planned = before || !verb && sentence.within(Cue::Will, word + 1, end).is_some();
    // "the meeting, planned for Thursday, will now take place on Friday"
    let later = !verb
        && sentence.all(Cue::Will).any(|will| {
            will.from > word
                && will.from - word <= 14
                && sentence.words[will.from] == "will"
                && sentence.within(Cue::Hold, will.to, will.to + 4).is_some()
        });
    if base || (planned || later) && !verb { MeetingStatus::Planned } else { MeetingStatus::Held }
}

/// Who meets, in the sentence's order.
fn participants(sentence: &Sentence<'_>, word: usize) -> Vec<String> {
    let start = sentence.clause_start(word);
    let end = sentence.clause_end(word);
    let host = host(sentence).filter(|host| host.from < word);
    let invited = sentence.all(Cue::Invite).next().map_or(0, |hit| hit.from);
    let mut parts: Vec<String> = Vec::new();
    let mut at = 0;
    while at < sentence.names.len() {
        let name = &sentence.names[at];
        let within = name.from >= start && name.to <= end;
        // The host and his titles; whoever is host and guest is named again.
        let host = host.is_some_and(|host| {
            host.from == name.from || name.to <= host.from && host.from - name.from <= 4 && invited < name.from
        });
        if !within || host || sentence.speaks(name) || sentence.is_led(name) && !joined_with(sentence, name) {
            at += 1;
            continue;
        }
        let (to, last) = group(sentence, at);
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
                Some(NameKind::Office) if sentence.has(Cue::With) && to - name.from < 2 => None,
                Some(NameKind::Office) => Some(sentence.slice(name.from, to).to_owned()),
                Some(NameKind::Country) => (kind.is_some() || with_people(sentence, name)).then(|| name.name.clone()),
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

/// "Armenia and Azerbaijan met", "with Turkey", "between Armenia and Azerbaijan".
fn with_people(sentence: &Sentence<'_>, name: &Mention) -> bool {
    let with = sentence.before(Cue::With, name.from, 4).is_some();
    let subject = sentence.hits.iter().any(|hit| {
        matches!(hit.cue, Cue::Met | Cue::And | Cue::Will) && hit.from >= name.to && hit.from - name.to <= 1
    });
    let joined = sentence.before(Cue::And, name.from, 1).is_some();
    with || subject || joined
}

fn joined_with(sentence: &Sentence<'_>, name: &Mention) -> bool {
    sentence.before(Cue::With, name.from, 1).is_some()
}

/// The words and the names of a phrase that begins with the name at `first`: "foreign ministers of Armenia and Azerbaijan",
/// "Russian Foreign Minister Sergey Lavrov", "OSCE Minsk Group".
fn group(sentence: &Sentence<'_>, first: usize) -> (usize, usize) {
    let mut last = first;
    let mut to = sentence.names[first].to;
    let mut office = sentence.names[first].kind == Some(NameKind::Office);
    // "US Secretary of State", "Turkey's president"
    let mut people = matches!(sentence.names[first].kind, Some(NameKind::People | NameKind::Country));
    let country = sentence.names[first].kind == Some(NameKind::Country);
    // "his Chinese counterpart"
    let next = sentence.tokens.get(to).is_some_and(|token| token.gap == Gap::Joined);
    people |= sentence.names[first].kind.is_none()
        && next
        && sentence.hits.iter().any(|hit| hit.from == to && hit.cue == Cue::Title);
    loop {
        // Titles that are no names of the profile belong to the phrase.
        while let Some(title) = sentence.hits.iter().find(|hit| hit.from == to && hit.cue == Cue::Title) {
            let named = sentence.names.get(last + 1).is_some_and(|next| next.from <= title.from);
            if named
                || !(office || people)
                || country && title.to == to + 1 && sentence.words[to] == "s"
                || sentence.tokens.get(to).is_none_or(|token| token.gap > Gap::Joined)
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
        let between = &sentence.words[to..next.from];
        let tight = next.from < sentence.tokens.len()
            && sentence.tokens[to..=next.from].iter().all(|token| token.gap == Gap::Joined);
        let links = between.iter().all(|word| matches!(word.as_str(), "of" | "the" | "and" | "и" | "s"));
        let fits = match next.kind {
            Some(NameKind::Country) => office && !country && links,
            Some(NameKind::Office) if country => last == first && (between.is_empty() || between == ["s"]),
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
