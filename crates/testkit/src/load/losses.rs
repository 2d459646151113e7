//! Counts lost and repeated messages, with the reasons of the repeats. Pure.

use std::collections::{HashMap, HashSet};

use super::record::RunRecord;
use crate::bot_api::Outcome;

/// A kill of a process.
#[derive(Clone, Copy, Debug)]
pub struct Kill {
    /// The time in microseconds of the shared clock.
    pub at: u64,
    /// The node of the process.
    pub node: usize,
}

/// The pairs of a chat and a story, by their outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    /// Pairs that need a message.
    pub expected: usize,
    /// Pairs without a message.
    pub lost: usize,
    /// Pairs with more than one message.
    pub doubled: usize,
    /// Surplus messages with the note on a possible duplicate.
    pub marked: usize,
    /// Surplus messages without the note.
    pub unmarked: usize,
    /// Copies repeated because their answer was lost.
    pub by_lost_answer: usize,
    /// Copies repeated because their process was killed before it recorded the answer.
    pub by_kill: usize,
    /// Copies repeated for neither reason.
    pub for_no_reason: usize,
    /// The longest time from a copy repeated without a reason to the next kill of its process, in microseconds. A
    /// little more than the excused time suggests a slow machine, much more a fault.
    pub no_reason_until_kill: u64,
    /// The longest time between a copy and the kill that excuses the next one, in microseconds.
    pub longest_until_kill: u64,
    /// Pairs with a single message and the note.
    pub marked_single: usize,
}

impl Losses {
    /// Checks the promise: no pair is lost, and each repeat has a reason and the note.
    pub fn are_none(&self) -> bool {
        self.lost == 0 && self.unmarked == 0 && self.for_no_reason == 0
    }
}

/// Compares the record with the pairs that need a message. A node may not have recorded a copy that it sent up to
/// `within` microseconds before its kill; a request in flight then may arrive up to `within` later.
pub fn judge(record: &RunRecord, chats: &[i64], stories: &[u32], kills: &[Kill], within: u64) -> Losses {
    let mut copies: HashMap<(i64, u32), Vec<usize>> = HashMap::new();
    for (at, attempt) in record.attempts.iter().enumerate().filter(|(_, attempt)| attempt.is_message()) {
        for story in &attempt.stories {
            copies.entry((attempt.chat, *story)).or_default().push(at);
        }
    }
    let mut losses = Losses { expected: chats.len() * stories.len(), ..Losses::default() };
    let until_kill = |at: u64, node: usize| {
        let kills = kills.iter().filter(|kill| kill.node == node && kill.at.abs_diff(at) <= within);
        kills.map(|kill| kill.at.saturating_sub(at)).min()
    };
    for pair in chats.iter().flat_map(|chat| stories.iter().map(|story| (*chat, *story))) {
        let copies = copies.get(&pair).map_or(&[][..], Vec::as_slice);
        let marked = |at: usize| record.attempts[at].marked;
        match copies {
            [] => losses.lost += 1,
            [only] => losses.marked_single += usize::from(marked(*only)),
            [earlier @ .., _] => {
                losses.doubled += 1;
                let repeats = copies.len() - 1;
                let said = copies[1..].iter().filter(|at| marked(**at)).count();
                losses.marked += said;
                losses.unmarked += repeats - said;
                for copy in earlier.iter().map(|at| &record.attempts[*at]) {
                    if copy.outcome == Outcome::AnswerLost {
                        losses.by_lost_answer += 1;
                    } else if let Some(time) = until_kill(copy.at, copy.node) {
                        losses.by_kill += 1;
                        losses.longest_until_kill = losses.longest_until_kill.max(time);
                    } else {
                        losses.for_no_reason += 1;
                        let next = kills.iter().find(|kill| kill.node == copy.node && kill.at > copy.at);
                        let time = next.map_or(u64::MAX, |kill| kill.at - copy.at);
                        losses.no_reason_until_kill = losses.no_reason_until_kill.max(time);
                    }
                }
            }
        }
    }
    losses
}

/// Counts the pairs that lack a message at a moment, of stories that at least one chat has. The program may not have
/// read the other stories yet.
pub fn owed(record: &RunRecord, chats: usize, at: u64) -> usize {
    let mut told: HashMap<u32, HashSet<i64>> = HashMap::new();
    for message in record.messages().take_while(|message| message.at <= at) {
        for story in &message.stories {
            told.entry(*story).or_default().insert(message.chat);
        }
    }
    told.values().map(|those| chats.saturating_sub(those.len())).sum()
}

/// Measures fail-overs: the sorted times, in microseconds, from each kill of the active process to the next act of
/// another process, and the number of fail-overs to the restarted node itself.
pub fn fail_overs(acts: &[(u64, usize)], kills: &[Kill]) -> (Vec<u64>, usize) {
    /// Requests in flight arrive after the kill of their process; no process restarts as fast as this.
    const ON_THE_WAY_US: u64 = 50_000;
    let (mut times, mut back) = (Vec::new(), 0);
    for kill in kills {
        let next = acts.partition_point(|(at, _)| *at <= kill.at);
        if next.checked_sub(1).is_none_or(|last| acts[last].1 != kill.node) {
            continue;
        }
        let after = acts[next..].iter().find(|(at, node)| *node != kill.node || *at > kill.at + ON_THE_WAY_US);
        if let Some((at, node)) = after {
            times.push(at - kill.at);
            back += usize::from(*node == kill.node);
        }
    }
    times.sort_unstable();
    (times, back)
}
