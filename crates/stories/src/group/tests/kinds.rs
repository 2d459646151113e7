//! Kinds of pairs that words alone merge: background, opposite turns, analyses.

use super::*;
use crate::event::EventExtractor;

/// Whether the second article, some hours later, joins the first one's story. Both are read with their events.
fn joins(hours: f32, one: (&str, &str), other: (&str, &str)) -> bool {
    let extractor = EventExtractor::new(vocabulary(), &[]);
    let mut grouper = Grouper::new(vocabulary());
    let sketch = |grouper: &Grouper, outlet: &str, (title, text): (&str, &str), at: Timestamp| {
        let events = extractor.extract(title, text, Some("en"), Some(at));
        let language = Some("en");
        grouper.sketch(&ArticleRef { outlet, title, text, language, at, events: &events, private_to: None })
    };
    let first = sketch(&grouper, "a", one, START);
    grouper.insert(first, StoryId::new());
    let second = sketch(&grouper, "b", other, START.plus_secs((hours * 3600.0) as i64));
    grouper.choose(&second).is_some()
}

const BACKGROUND: &str = "The valley belongs to the neighbour under international law, but its own people have governed it since \
    the war of the nineties. Tens of thousands lost their lives before a truce ended the fighting in 1994.";

#[test]
fn a_common_background_makes_no_story() {
    let leads = [
        ("Village school closes its doors", "Lessons in the village move online from today."),
        ("Ministers hear a report on drones", "The committee met in private on Monday."),
        ("Two dead as a bus is hit near the bridge", "The driver and a nurse died on Monday, medics say."),
        ("Harvest of grapes begins early", "Farmers expect a good year."),
    ];
    for (place, one) in leads.iter().enumerate() {
        for other in &leads[place + 1..] {
            for hours in [0.5, 5.0, 30.0] {
                let [first, second] = [one, other].map(|(title, lead)| (*title, format!("{lead} {BACKGROUND}")));
                assert!(!joins(hours, (first.0, &first.1), (second.0, &second.1)), "{one:?} {other:?}");
            }
        }
    }
    let text =
        format!("A mortar shell hit a bus near the bridge on Monday and killed its driver and a nurse. {BACKGROUND}");
    assert!(joins(1.0, ("Two dead as a bus is hit", &text), ("Shell kills driver and nurse", &text)), "a copy");
}

#[test]
fn a_meeting_with_another_person_is_another_one() {
    let call = (
        "Lavrov and Macron discuss Karabakh by phone, call for talks",
        "Lavrov and French President Macron discussed Karabakh by phone on Tuesday and called for talks.",
    );
    let visit = (
        "Pompeo and Lavrov meet in Moscow on Karabakh",
        "Pompeo met Lavrov in Moscow on Tuesday and discussed Karabakh.",
    );
    assert!(!joins(0.3, call, visit) && !joins(0.3, visit, call));
}

#[test]
fn a_turn_is_a_story_of_its_own() {
    for (one, other) in [
        ("Karabakh ceasefire agreed in Moscow", "Karabakh ceasefire broken near Moscow"),
        ("Armenia and Azerbaijan agree ceasefire in Karabakh", "Armenia and Azerbaijan violate ceasefire in Karabakh"),
        ("Karabakh ceasefire extended until Monday", "Azerbaijan rejects ceasefire in Karabakh until Monday"),
        (
            "The foreign ministers of Armenia and Azerbaijan will meet in Moscow on Friday",
            "Talks of Armenia and Azerbaijan in Moscow called off",
        ),
    ] {
        for hours in [0.2, 2.0, 20.0] {
            assert!(!joins(hours, (one, ""), (other, "")), "{one}: {other} after {hours} h");
            let text =
                |title: &str| format!("{title}. Officials in Moscow confirmed the news to reporters in the evening.");
            assert!(!joins(hours, (one, &text(one)), (other, &text(other))), "{one}: {other} with texts");
        }
    }
}

#[test]
fn an_analysis_joins_no_story_and_opens_none_to_others() {
    let report = ("Truce agreed in Moscow", WIRE);
    let again = (
        "Fighting to stop on Saturday",
        "Armenia and Azerbaijan agreed in Moscow to stop fighting from noon on Saturday. The foreign ministers talked for \
         ten hours; the Red Cross is to help with the exchange of prisoners and bodies.",
    );
    assert!(joins(1.0, report, again));
    for title in [
        "Analysis: drones strike tanks in Karabakh",
        "How drones strike tanks in Karabakh",
        "Do drones win in Karabakh?",
    ] {
        assert!(!joins(1.0, report, (title, again.1)), "{title}");
        assert!(!joins(1.0, (title, again.1), report), "{title}");
    }
}

#[test]
fn bare_headlines_that_differ_in_a_figure_are_a_series() {
    for (one, other, expected) in [
        ("Karabakh ceasefire of village 3 broken", "Karabakh ceasefire of village 4 broken", false),
        ("Shells hit 3 houses in Karabakh at noon", "Shells hit 8 houses in Karabakh at noon", false),
        ("Shelling of Karabakh kills 3 soldiers at noon", "Shelling of Karabakh kills 4 soldiers at noon", true),
    ] {
        assert_eq!(joins(1.0, (one, ""), (other, "")), expected, "{one}: {other}");
    }
}
