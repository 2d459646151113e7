//! What was lost, and what came twice and why. Pure.

use std::collections::{HashMap, HashSet};

use super::bot_api::Outcome;
use super::record::Record;

/// A process that was killed.
#[derive(Clone, Copy, Debug)]
pub struct Kill {
    /// When, in microseconds of the shared clock.
    pub at: u64,
    /// Which one.
    pub node: usize,
}

/// What became of the pairs of a chat and a story.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    /// Pairs that were to be told.
    pub expected: usize,
    /// Pairs that no message names.
    pub lost: usize,
    /// Pairs that more than one message names.
    pub doubled: usize,
    /// Messages too many, over all pairs, that say that they may be repeats.
    pub marked: usize,
    /// Messages too many that do not say so.
    pub unmarked: usize,
    /// Copies that were followed by another one since their answer was lost.
    pub by_lost_answer: usize,
    /// The same since their process was killed before it can have written down the answer.
    pub by_kill: usize,
    /// The same for no such reason.
    pub for_no_reason: usize,
    /// The longest time from such a copy without a reason to its process's next kill, in microseconds: a little more than what
    /// is excused speaks for a slow machine, much more for a fault.
    pub no_reason_until_kill: u64,
    /// The longest time between a copy and the kill that excuses the next one, in microseconds.
    pub longest_until_kill: u64,
    /// Pairs that came once, in a message that says that it may be a repeat.
    pub marked_single: usize,
}

impl Losses {
    /// Whether all is as it must be: nothing is lost, and what came twice had a reason and says so.
    pub fn are_none(&self) -> bool {
        self.lost == 0 && self.unmarked == 0 && self.for_no_reason == 0
    }
}

/// Compares what was sent with what was to be sent. A copy that a node sent at most `within` microseconds before it was
/// killed may not have been written down; a request that was on its way then may be handled up to `within` later.
pub fn judge(record: &Record, chats: &[i64], stories: &[u32], kills: &[Kill], within: u64) -> Losses {
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

/// Counts the pairs that were owed at a moment, of stories that some had been told of by then, and that all of so many chats
/// are to be told of. What nobody had been told of may not have been read yet.
pub fn owed(record: &Record, chats: usize, at: u64) -> usize {
    let mut told: HashMap<u32, HashSet<i64>> = HashMap::new();
    for message in record.messages().take_while(|message| message.at <= at) {
        for story in &message.stories {
            told.entry(*story).or_default().insert(message.chat);
        }
    }
    told.values().map(|those| chats.saturating_sub(those.len())).sum()
}

/// How long sending, or asking for updates, stood still when the process that did it was killed: from each such kill to the
/// next time that another process did, in microseconds, sorted; and how many of those were the killed node, started again.
pub fn fail_overs(acts: &[(u64, usize)], kills: &[Kill]) -> (Vec<u64>, usize) {
    /// Requests of a killed process that were on their way are handled after its death; none starts again so fast.
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
