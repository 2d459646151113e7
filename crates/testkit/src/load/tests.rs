use std::collections::BTreeMap;

use super::figures::{ages, jain, mean_ages, out_of_order, pace, quantile};
use super::losses::{Kill, Losses, fail_overs, judge, owed};
use super::record::{RecordedAttempt, RunRecord};
use crate::bot_api::Outcome;

const MS: u64 = 1000;

fn sent(at_ms: u64, chat: i64, stories: &[u32]) -> RecordedAttempt {
    let (at, stories) = (at_ms * MS, stories.to_vec());
    RecordedAttempt { at, chat, node: 0, outcome: Outcome::Sent, edit: false, marked: false, stories }
}

fn marked(attempt: RecordedAttempt) -> RecordedAttempt {
    RecordedAttempt { marked: true, ..attempt }
}

fn met(attempt: RecordedAttempt, outcome: Outcome) -> RecordedAttempt {
    RecordedAttempt { outcome, ..attempt }
}

fn record(attempts: impl IntoIterator<Item = RecordedAttempt>) -> RunRecord {
    RunRecord { attempts: attempts.into_iter().collect(), polls: Vec::new() }
}

#[test]
fn a_pair_without_a_message_is_lost_despite_refused_requests() {
    let told = record([
        sent(0, 1, &[0, 1]),
        met(sent(1, 2, &[0]), Outcome::TooMany),
        met(sent(2, 2, &[0]), Outcome::Error),
        met(sent(3, 2, &[1]), Outcome::AnswerLost),
        RecordedAttempt { edit: true, ..sent(4, 2, &[0]) },
    ]);
    let losses = judge(&told, &[1, 2], &[0, 1], &[], 100 * MS);
    assert_eq!(losses, Losses { expected: 4, lost: 1, ..Losses::default() });
    assert!(!losses.are_none());
}

#[test]
fn a_repeat_needs_a_mark_and_a_reason() {
    let kill = [Kill { at: 1050 * MS, node: 0 }];
    let lost = || met(sent(0, 1, &[0]), Outcome::AnswerLost);
    let one = Losses { expected: 1, doubled: 1, ..Losses::default() };
    for (name, attempts, expected, well) in [
        ("lost", vec![lost(), marked(sent(9, 1, &[0]))], Losses { marked: 1, by_lost_answer: 1, ..one }, true),
        ("unmarked", vec![lost(), sent(9, 1, &[0])], Losses { unmarked: 1, by_lost_answer: 1, ..one }, false),
        (
            "killed",
            vec![sent(1000, 1, &[0]), marked(sent(2000, 1, &[0]))],
            Losses { marked: 1, by_kill: 1, longest_until_kill: 50 * MS, ..one },
            true,
        ),
        (
            "killed long after",
            vec![sent(900, 1, &[0]), marked(sent(2000, 1, &[0]))],
            Losses { marked: 1, for_no_reason: 1, no_reason_until_kill: 150 * MS, ..one },
            false,
        ),
        (
            "another one killed",
            vec![RecordedAttempt { node: 1, ..sent(1000, 1, &[0]) }, marked(sent(2000, 1, &[0]))],
            Losses { marked: 1, for_no_reason: 1, no_reason_until_kill: u64::MAX, ..one },
            false,
        ),
        (
            "three times, once for nothing",
            vec![lost(), marked(sent(9, 1, &[0])), marked(sent(20, 1, &[0]))],
            Losses { marked: 2, by_lost_answer: 1, for_no_reason: 1, no_reason_until_kill: 1041 * MS, ..one },
            false,
        ),
        ("marked for nothing", vec![marked(sent(9, 1, &[0]))], Losses { doubled: 0, marked_single: 1, ..one }, true),
    ] {
        let losses = judge(&record(attempts), &[1], &[0], &kill, 100 * MS);
        assert_eq!(losses, expected, "{name}");
        assert_eq!(losses.are_none(), well, "{name}");
    }
}

#[test]
fn a_fail_over_lasts_until_another_process_acts() {
    let acts: Vec<(u64, usize)> =
        [(0, 0), (10, 0), (12, 0), (500, 1), (510, 1), (2000, 1)].map(|(at, node)| (at * MS, node)).to_vec();
    let kill = |at: u64, node: usize| Kill { at: at * MS, node };
    // The request at 12 was on its way when its process was killed at 11.
    assert_eq!(fail_overs(&acts, &[kill(11, 0)]), (vec![489 * MS], 0));
    assert_eq!(fail_overs(&acts, &[kill(11, 1)]), (vec![], 0));
    // Started again, it is another process.
    assert_eq!(fail_overs(&acts, &[kill(600, 1)]), (vec![1400 * MS], 1));
    assert_eq!(fail_overs(&acts, &[kill(3000, 1)]), (vec![], 0));
}

#[test]
fn owed_pairs_are_of_stories_that_some_chats_have() {
    let told = record([sent(0, 1, &[0]), sent(1, 2, &[0]), sent(5, 1, &[1]), sent(9, 2, &[1])]);
    assert_eq!([0, 4, 6, 10].map(|at| owed(&told, 2, at * MS)), [1, 0, 1, 0]);
}

#[test]
fn ages_run_from_the_served_feed_to_the_first_message() {
    let told = record([sent(100, 1, &[0]), sent(300, 2, &[0, 1]), sent(900, 2, &[0])]);
    let handed_out = BTreeMap::from([(0, 50 * MS), (1, 200 * MS)]);
    let ages = ages(&told, &handed_out);
    assert_eq!((ages[&(1, 0)], ages[&(2, 0)], ages[&(2, 1)]), (50 * MS, 250 * MS, 100 * MS));
    assert_eq!(mean_ages(&ages), [0.05, 0.175]);
    assert_eq!((jain(&[2.0, 2.0, 2.0]), jain(&[3.0, 0.0, 0.0])), (1.0, 1.0 / 3.0));
}

#[test]
fn an_older_story_that_comes_first_later_is_out_of_order() {
    assert_eq!(out_of_order(&record([sent(0, 1, &[0, 1]), sent(1, 1, &[0]), sent(2, 1, &[2])])), 0);
    assert_eq!(out_of_order(&record([sent(0, 1, &[1]), sent(1, 1, &[0]), sent(2, 2, &[2])])), 1);
    assert_eq!(out_of_order(&record([sent(0, 1, &[1, 0])])), 1);
}

#[test]
fn a_rate_is_what_lies_between_the_first_message_and_the_last() {
    let even = record((0..11).map(|slot| sent(slot * 100, 1, &[0])).chain([met(sent(1, 1, &[0]), Outcome::TooMany)]));
    let all = pace(&even, 0);
    assert_eq!((all.sent, all.rate, all.too_many), (11, 10.0, 1));
    let later = pace(&even, 500 * MS);
    assert_eq!((later.sent, later.rate, later.too_many), (6, 10.0, 0));
    assert_eq!(pace(&record([]), 0).sent, 0);
}

#[test]
fn a_quantile_is_one_of_the_figures() {
    let figures: Vec<u64> = (1..=100).collect();
    assert_eq!([0.0, 0.5, 0.95, 0.99, 1.0].map(|share| quantile(&figures, share)), [1, 50, 95, 99, 100]);
    assert_eq!(quantile(&[], 0.5), 0);
}
