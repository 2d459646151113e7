use std::time::{Duration, Instant};

use serde_json::json;
use teloxide::{RequestError, prelude::*};

use super::server;
use crate::bot_api::{FakeBotApi, Marks, Odds, Outcome, RateLimits};
use crate::http_client::exchange;

/// Sends a message and returns the seconds of `retry_after`, if it is refused.
async fn wait_of(bot: &Bot, chat: i64) -> Option<u32> {
    match bot.send_message(ChatId(chat), "x").await {
        Ok(_) => None,
        Err(RequestError::RetryAfter(secs)) => Some(secs.seconds()),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn without_limits_nothing_is_too_fast() {
    let (api, bot) = server().await;
    api.add_private(7, "Ani");
    for _ in 0..50 {
        assert_eq!(wait_of(&bot, 7).await, None);
    }
    assert_eq!(api.too_many_served(), 0);
}

#[tokio::test]
async fn bot_chat_and_group_have_own_limits_and_edits_count() {
    let (api, bot) = server().await;
    api.add_private(7, "Ani");
    api.add_group(-5, "Group", false);
    let limits = RateLimits { bot_a_second: 1000, private_burst: 2, group_a_minute: 2, ..RateLimits::default() };
    api.limit(Some(limits));
    let message = bot.send_message(ChatId(7), "x").await.unwrap();
    bot.edit_message_text(ChatId(7), message.id, "y").await.unwrap();
    assert_eq!(wait_of(&bot, 7).await, Some(1));
    // Impatience is punished, and the same in a group.
    assert_eq!(wait_of(&bot, 7).await, Some(2));
    assert_eq!(wait_of(&bot, -5).await, None);
    assert_eq!(wait_of(&bot, -5).await, None);
    assert_eq!(wait_of(&bot, -5).await, Some(60));
    assert_eq!(api.too_many_served(), 3);
    // No refused message is sent, and other methods are free.
    assert_eq!(api.sent().len(), 3);
    bot.get_me().await.unwrap();
    api.limit(None);
    assert_eq!(wait_of(&bot, 7).await, None);

    api.limit(Some(RateLimits { bot_a_second: 1, ..limits }));
    api.add_private(8, "Gor");
    assert_eq!(wait_of(&bot, 7).await, None);
    assert_eq!(wait_of(&bot, 8).await, Some(1));
}

#[tokio::test]
async fn a_paid_broadcast_is_faster() {
    let api = FakeBotApi::start().await;
    api.limit(Some(RateLimits { bot_a_second: 1, ..RateLimits::default() }));
    for chat in 1..=3 {
        api.add_private(chat, "Ani");
        let line = format!("POST /bot{}/sendMessage", api.token());
        let body = json!({ "chat_id": chat, "text": "x", "allow_paid_broadcast": true }).to_string();
        let answer = exchange(&api.url(), &line, "content-type: application/json\r\n", &body).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    assert_eq!(api.too_many_served(), 0);
}

#[tokio::test]
async fn the_ledger_records_faults_by_chance() {
    let (api, _) = server().await;
    api.record_lightly(Marks { story: "NK".into(), repeat: "again".into() });
    let node = api.listen_too(1).await;
    api.add_private(7, "Ani");
    api.play_odds(Odds { errors: 0.3, lost_answers: 0.3, storms: 0.1 }, 4);
    let line = format!("POST /bot{}/sendMessage", api.token());
    let body = json!({ "chat_id": 7, "text": "Shells near Martuni NK00003, again" }).to_string();
    let began = Instant::now();
    // A client of teloxide's would sleep after a 5xx.
    let (mut lost, mut errors, mut many, mut sent) = (0, 0, 0, 0);
    for _ in 0..60 {
        let answer = exchange(&node, &line, "content-type: application/json\r\n", &body).await;
        match answer.split(' ').nth(1) {
            None => lost += 1,
            Some("200") => sent += 1,
            Some("429") => many += 1,
            Some(_) => errors += 1,
        }
    }
    // However long this took: a storm lasts a second, and the requests meanwhile meet it.
    assert!(lost + sent + many + errors == 60 && many > 0, "{lost} {sent} {many} {errors}");
    assert!(began.elapsed() < Duration::from_secs(60));
    api.read(|state| {
        let ledger = state.ledger().unwrap();
        let count = |outcome: Outcome| ledger.attempts().iter().filter(|attempt| attempt.outcome == outcome).count();
        let counted = [Outcome::AnswerLost, Outcome::Sent, Outcome::TooMany, Outcome::Error].map(count);
        assert_eq!(counted, [lost, sent, many, errors]);
        assert!(ledger.attempts().iter().all(|each| each.node == 1 && each.marked && ledger.stories(each) == [3]));
        assert_eq!((ledger.delivered(), state.sent().len()), (usize::from(sent + lost > 0), 0));
    });
}

#[tokio::test]
async fn a_light_record_keeps_no_messages_but_lets_them_be_edited() {
    let (api, bot) = server().await;
    api.record_lightly(Marks { story: "NK".into(), repeat: String::new() });
    api.add_private(7, "Ani");
    let message = bot.send_message(ChatId(7), "Martuni NK00001").await.unwrap();
    bot.edit_message_text(ChatId(7), message.id, "Martuni NK00001, and more").await.unwrap();
    assert!(bot.edit_message_text(ChatId(7), teloxide::types::MessageId(9), "x").await.is_err());
    assert_eq!((api.sent().len(), api.calls("sendMessage").len(), api.requests("sendMessage")), (0, 0, 1));
    let edits = |state: &crate::bot_api::State| state.ledger().unwrap().attempts().iter().filter(|a| a.edit).count();
    assert_eq!(api.read(edits), 2);
}
