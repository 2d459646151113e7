//! Renders the event of an alert's first line: "Truce broken, says Yerevan (via RFE/RL)". Pure.

use crate::locale::Locale;
use ceasewire_model::event::{CasualtyKind, CeasefireStatus, EventFacts, MeetingStatus};

/// The event that an alert names first.
#[derive(Clone, Debug)]
pub struct AlertFact<'a> {
    pub facts: &'a EventFacts,
    /// The authority that the report quotes.
    pub authority: Option<String>,
    /// The name of the report's source.
    pub source: String,
}

/// Renders an event with its authority and its source; `None` for an event without a name of its own.
pub fn fact_line(fact: &AlertFact<'_>, locale: Locale) -> Option<String> {
    let event = match fact.facts {
        EventFacts::Ceasefire(facts) => locale.label(match facts.status {
            CeasefireStatus::Agreed => "fact-truce-agreed",
            CeasefireStatus::Announced => "fact-truce-announced",
            CeasefireStatus::Extended => "fact-truce-extended",
            CeasefireStatus::Violated => "fact-truce-broken",
            CeasefireStatus::Rejected => "fact-truce-rejected",
            CeasefireStatus::Offered => "fact-truce-offered",
            CeasefireStatus::Over => "fact-truce-over",
        }),
        EventFacts::Meeting(facts) => locale.label(match facts.status {
            MeetingStatus::Planned => "fact-meeting-planned",
            MeetingStatus::Held => "fact-meeting-held",
            MeetingStatus::Cancelled => "fact-meeting-cancelled",
            MeetingStatus::Postponed => "fact-meeting-postponed",
            MeetingStatus::Moved => "fact-meeting-moved",
        }),
        EventFacts::Casualties(facts) if facts.kind == CasualtyKind::Killed => {
            // As a text, so that the digits get no separators.
            let count = facts.count?.to_string();
            locale.text("fact-killed", &[("count", count.into())]).to_plain()
        }
        EventFacts::Casualties(_) | EventFacts::Mediation(_) | EventFacts::Attack(_) | EventFacts::Humanitarian(_) => {
            return None;
        }
    };
    let (event, source) = (event.into(), fact.source.as_str().into());
    let line = match &fact.authority {
        Some(authority) if !authority.eq_ignore_ascii_case(&fact.source) => {
            locale.text("fact-says", &[("fact", event), ("authority", authority.as_str().into()), ("source", source)])
        }
        _ => locale.text("fact-reports", &[("fact", event), ("source", source)]),
    };
    Some(line.to_plain())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceasewire_model::event::{AttackFacts, CasualtyFacts, CeasefireFacts, MeetingFacts};

    #[test]
    fn the_first_line_names_the_event_its_authority_and_its_source() {
        let truce = |status| EventFacts::Ceasefire(CeasefireFacts { status, ..CeasefireFacts::default() });
        let meeting = |status| EventFacts::Meeting(MeetingFacts { status, ..MeetingFacts::default() });
        let killed = |count| EventFacts::Casualties(CasualtyFacts { count, ..CasualtyFacts::default() });
        let mut all: Vec<EventFacts> = [
            CeasefireStatus::Agreed,
            CeasefireStatus::Announced,
            CeasefireStatus::Extended,
            CeasefireStatus::Violated,
            CeasefireStatus::Rejected,
            CeasefireStatus::Offered,
            CeasefireStatus::Over,
        ]
        .map(truce)
        .into();
        all.extend(MeetingStatus::ALL.map(meeting));
        all.extend([killed(Some(1200)), killed(None), EventFacts::Attack(AttackFacts::default())]);
        let line = |facts: &EventFacts, authority: Option<&str>| {
            let fact = AlertFact { facts, authority: authority.map(str::to_owned), source: "RFE/RL".into() };
            fact_line(&fact, Locale::default()).unwrap_or_else(|| "–".into())
        };
        let lines: Vec<String> = all.iter().map(|facts| line(facts, None)).collect();
        insta::assert_snapshot!(lines.join("\n"), @"
        Truce agreed (RFE/RL)
        Truce announced (RFE/RL)
        Truce extended (RFE/RL)
        Truce broken (RFE/RL)
        Truce rejected (RFE/RL)
        Truce offered (RFE/RL)
        Truce over (RFE/RL)
        Meeting planned (RFE/RL)
        Meeting held (RFE/RL)
        Meeting cancelled (RFE/RL)
        Meeting put off (RFE/RL)
        Meeting moved (RFE/RL)
        1200 killed (RFE/RL)
        –
        –
        ");
        let broken = truce(CeasefireStatus::Violated);
        assert_eq!(line(&broken, Some("Yerevan")), "Truce broken, says Yerevan (via RFE/RL)");
        assert_eq!(line(&broken, Some("rfe/rl")), "Truce broken (RFE/RL)");
    }
}
