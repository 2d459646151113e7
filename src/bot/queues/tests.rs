use super::*;
use crate::chat::{Incoming, MessageForm};
use ceasewire_model::{Platform, Text};

const PACE: AnswerPace = AnswerPace { burst: 3, gap_ms: 1000 };
const FREE: AnswerPace = AnswerPace { burst: 3, gap_ms: 0 };

fn queues() -> ChatQueues {
    ChatQueues::new(ChatBudget {
        max_filters: 1,
        max_mutes: 1,
        pattern_steps: 1,
        pattern_steps_in_all: 1,
        max_patterns: 1,
        max_waiting: 5,
        commands_per_minute: 12,
        slow_commands_per_minute: 4,
    })
}

fn address(chat: &str) -> Address {
    Address { platform: Platform::Telegram, chat: chat.to_owned(), thread: None }
}

fn by(chat: &str, user: &str, number: i64, cost: Cost) -> QueuedUpdate {
    let kind = if chat.starts_with('-') { ChatKind::Group } else { ChatKind::Private };
    let update = Update::Message(Incoming {
        address: address(chat),
        kind,
        author: Author::User(user.to_owned()),
        id: String::new(),
        form: MessageForm::Written,
        text: "/help".into(),
        reply_to: None,
    });
    QueuedUpdate { number, update, cost }
}

fn quick(chat: &str, number: i64) -> QueuedUpdate {
    by(chat, chat, number, Cost::Quick)
}

fn answer(chat: &str) -> QueuedAnswer {
    let parts = VecDeque::from([AnswerPart::Send(Text::plain("answer").into())]);
    QueuedAnswer { to: address(chat), parts, attempts: 0 }
}

/// Takes the next work of a lane: its chat, and the number of the update.
fn take(queues: &mut ChatQueues, lane: Lane) -> Option<(String, i64)> {
    let (chat, work) = queues.take(lane)?;
    Some(match work {
        ChatWork::Update(queued) => (chat, queued.number),
        ChatWork::Answer(_) => (chat, 0),
    })
}

#[test]
fn a_chat_does_one_thing_at_a_time_and_in_its_order() {
    let (mut queues, now) = (queues(), Instant::now());
    queues.push(by("7", "7", 1, Cost::Search), FREE, now);
    queues.push(quick("7", 2), FREE, now);
    assert_eq!(take(&mut queues, Lane::Quick), None);
    assert_eq!(take(&mut queues, Lane::Search), Some(("7".into(), 1)));
    assert_eq!(take(&mut queues, Lane::Quick), None);
    queues.finish("7", vec![answer("7")], Duration::ZERO, FREE, now);
    assert_eq!((take(&mut queues, Lane::Quick), take(&mut queues, Lane::Answer)), (None, Some(("7".into(), 0))));
    queues.finish("7", Vec::new(), Duration::ZERO, FREE, now);
    assert_eq!(take(&mut queues, Lane::Quick), Some(("7".into(), 2)));
}

#[test]
fn the_queue_of_a_chat_is_bounded_and_its_flood_is_reported_once() {
    let (mut queues, now) = (queues(), Instant::now());
    let pushed: Vec<Pushed> = (0..8).map(|number| queues.push(quick("7", number), FREE, now)).collect();
    assert_eq!(pushed[..5], [Pushed::Queued; 5]);
    assert_eq!(pushed[5..], [Pushed::DroppedFirst(ReachedBudget::Waiting), Pushed::Dropped, Pushed::Dropped]);
    // Another chat is not affected.
    assert_eq!(queues.push(quick("8", 9), FREE, now), Pushed::Queued);
    // A flood that goes on is not reported again; after a quiet minute, a new one is.
    let mut push = |secs: u64| queues.push(quick("7", 10), FREE, now + Duration::from_secs(secs));
    assert_eq!([30, 80, 130].map(&mut push), [Pushed::Dropped; 3]);
    assert_eq!([600, 601].map(push), [Pushed::DroppedFirst(ReachedBudget::Waiting), Pushed::Dropped]);
}

#[test]
fn commands_of_a_minute_are_bounded() {
    let (mut queues, mut now) = (queues(), Instant::now());
    let mut push = |cost| {
        now += Duration::from_millis(1);
        let pushed = queues.push(by("7", "7", 0, cost), FREE, now);
        for lane in [Lane::Quick, Lane::Search, Lane::Draw, Lane::Fetch] {
            if queues.take(lane).is_some() {
                queues.finish("7", Vec::new(), Duration::ZERO, FREE, now);
            }
        }
        pushed
    };
    let slow: Vec<Pushed> = [Cost::Search, Cost::Fetch, Cost::Search, Cost::Fetch, Cost::Search].map(&mut push).into();
    assert_eq!(slow[4], Pushed::DroppedFirst(ReachedBudget::SlowCommands));
    assert_eq!(slow[..4], [Pushed::Queued; 4]);
    let quick: Vec<Pushed> = [Cost::Quick; 9].map(&mut push).into();
    assert_eq!((&quick[..8], quick[8]), (&[Pushed::Queued; 8][..], Pushed::Dropped));
}

#[test]
fn a_member_uses_a_share_of_the_groups_commands() {
    let (mut queues, now) = (queues(), Instant::now());
    let mut push = |user: &str| {
        let pushed = queues.push(by("-5", user, 0, Cost::Quick), FREE, now);
        if queues.take(Lane::Quick).is_some() {
            queues.finish("-5", Vec::new(), Duration::ZERO, FREE, now);
        }
        pushed
    };
    let flood: Vec<Pushed> = (0..20).map(|_| push("1")).collect();
    assert_eq!(flood.iter().filter(|pushed| **pushed == Pushed::Queued).count(), 3);
    assert_eq!(push("2"), Pushed::Queued, "the flood of one member leaves commands to the others");
}

#[test]
fn the_chat_with_the_lowest_load_is_next() {
    let (mut queues, now) = (queues(), Instant::now());
    for flooder in 0..100 {
        for number in 0..30 {
            queues.push(quick(&format!("flooder {flooder}"), number), FREE, now);
        }
    }
    queues.push(quick("honest", 7), FREE, now);
    assert_eq!(take(&mut queues, Lane::Quick), Some(("honest".into(), 7)));
    // Between equals, by turns: each of the flooders once.
    let mut served = BTreeSet::new();
    for _ in 0..100 {
        let (chat, _) = take(&mut queues, Lane::Quick).unwrap();
        queues.finish(&chat, Vec::new(), Duration::ZERO, FREE, now);
        served.insert(chat);
    }
    assert_eq!(served.len(), 100);
}

#[test]
fn the_chat_that_searched_least_searches_next() {
    let (mut queues, now) = (queues(), Instant::now());
    for chat in ["a", "b"] {
        queues.push(by(chat, chat, 1, Cost::Search), FREE, now);
        let (chat, _) = take(&mut queues, Lane::Search).unwrap();
        queues.finish(&chat, Vec::new(), Duration::from_secs(if chat == "a" { 9 } else { 2 }), FREE, now);
    }
    for chat in ["a", "b", "c"] {
        queues.push(by(chat, chat, 2, Cost::Search), FREE, now);
    }
    let order: Vec<String> = std::iter::from_fn(|| take(&mut queues, Lane::Search)).map(|(chat, _)| chat).collect();
    assert_eq!(order, ["c", "b", "a"]);
}

#[test]
fn a_chat_beyond_its_pace_waits_without_a_worker() {
    let (mut queues, now) = (queues(), Instant::now());
    for number in 0..5 {
        queues.push(quick("7", number), PACE, now);
    }
    for _ in 0..3 {
        take(&mut queues, Lane::Quick).unwrap();
        queues.finish("7", vec![answer("7")], Duration::ZERO, PACE, now);
        take(&mut queues, Lane::Answer).unwrap();
        queues.finish("7", Vec::new(), Duration::ZERO, PACE, now);
    }
    assert_eq!(take(&mut queues, Lane::Quick), None);
    let ready = queues.next_timer().unwrap();
    assert!(ready > now + Duration::from_millis(900) && ready < now + Duration::from_millis(1100));
    queues.wake(|_| PACE, ready);
    assert_eq!((take(&mut queues, Lane::Quick), queues.next_timer()), (Some(("7".into(), 3)), None));
}

#[test]
fn an_answer_that_the_platform_refused_waits_in_the_queue_of_its_chat() {
    let (mut queues, now) = (queues(), Instant::now());
    queues.push_answer(answer("7"), FREE, now);
    queues.push(quick("7", 1), FREE, now);
    take(&mut queues, Lane::Answer).unwrap();
    let until = now + Duration::from_secs(29);
    queues.finish("7", vec![answer("7")], Duration::ZERO, FREE, now);
    queues.block("7", until, FREE, now);
    assert_eq!((take(&mut queues, Lane::Answer), take(&mut queues, Lane::Quick)), (None, None));
    assert_eq!(queues.next_timer(), Some(until));
    queues.wake(|_| FREE, until);
    assert_eq!(take(&mut queues, Lane::Answer), Some(("7".into(), 0)));
    assert!(!queues.is_answered());
    queues.finish("7", Vec::new(), Duration::ZERO, FREE, until);
    assert!(queues.is_answered());
}

#[test]
fn words_between_members_cost_nothing_and_wait_for_nothing() {
    let (mut queues, now) = (queues(), Instant::now());
    for number in 0..1000 {
        queues.push(by("-5", "1", number, Cost::Nothing), PACE, now);
    }
    assert_eq!(queues.push(by("-5", "1", 1000, Cost::Quick), PACE, now), Pushed::Queued);
    assert_eq!(queues.push(quick("7", 1), PACE, now), Pushed::Queued);
    let order: Vec<i64> = std::iter::from_fn(|| take(&mut queues, Lane::Quick)).map(|(_, number)| number).collect();
    assert_eq!(order, [1, 0]);
}

#[test]
fn the_bytes_of_all_waiting_updates_are_bounded() {
    let (mut queues, now) = (queues(), Instant::now());
    let long = |chat: usize| {
        let mut queued = quick(&chat.to_string(), 1);
        if let Update::Message(message) = &mut queued.update {
            message.text = "x".repeat(16_000);
        }
        queued
    };
    for chat in 0..300 {
        for _ in 0..5 {
            queues.push(long(chat), FREE, now);
        }
    }
    // Beyond the bound, one update of each chat.
    assert!(queues.bytes > MAX_BYTES && queues.bytes < MAX_BYTES + 2_500_000, "{}", queues.bytes);
    // A chat with nothing waiting is still heard, up to twice the bound.
    assert_eq!(queues.push(quick("honest", 1), FREE, now), Pushed::Queued);
    for chat in 1000..5000 {
        queues.push(long(chat), FREE, now);
    }
    assert!(queues.bytes <= 2 * MAX_BYTES + 17_000, "{}", queues.bytes);
    while let Some((chat, _)) = queues.take(Lane::Quick) {
        queues.finish(&chat, Vec::new(), Duration::ZERO, FREE, now);
    }
    assert_eq!(queues.bytes, 0);
}

#[test]
fn a_quiet_chat_is_forgotten() {
    let (mut queues, now) = (queues(), Instant::now());
    for chat in 0..1000 {
        queues.push(by(&format!("-{chat}"), "1", 1, Cost::Search), PACE, now);
    }
    while let Some((chat, _)) = queues.take(Lane::Search) {
        queues.finish(&chat, Vec::new(), Duration::from_secs(1), PACE, now);
    }
    queues.prune(|_| PACE, now);
    assert_eq!(queues.chats.len(), 1000);
    queues.prune(|_| PACE, now + Duration::from_secs(7200));
    assert_eq!(queues.chats.len(), 0);
}

#[test]
fn a_stop_leaves_the_waiting_updates_and_the_ones_in_hand() {
    let (mut queues, now) = (queues(), Instant::now());
    for (chat, number) in [("7", 1), ("8", 2), ("7", 3)] {
        queues.push(quick(chat, number), FREE, now);
    }
    queues.push(by("-5", "1", 4, Cost::Nothing), FREE, now);
    take(&mut queues, Lane::Quick).unwrap();
    let left: Vec<i64> = queues.drain().iter().map(|queued| queued.number).collect();
    assert_eq!(left, [1, 2, 3]);
    assert_eq!(take(&mut queues, Lane::Quick), None);
}

#[test]
fn of_two_new_chats_the_one_that_asks_for_little_is_answered_first() {
    let (mut queues, now) = (queues(), Instant::now());
    for (chat, cost) in [("1", Cost::Fetch), ("2", Cost::Draw), ("3", Cost::Search), ("4", Cost::Quick)] {
        queues.push(by(chat, chat, 1, cost), FREE, now);
        queues.push_answer(answer(chat), FREE, now);
    }
    let order: Vec<String> = std::iter::from_fn(|| queues.take(Lane::Answer)).map(|(chat, _)| chat).collect();
    assert_eq!(order, ["4", "3", "1", "2"]);
}
