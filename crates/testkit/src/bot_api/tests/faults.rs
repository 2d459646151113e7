use std::time::{Duration, Instant};

use teloxide::{ApiError, RequestError, prelude::*};
use tokio::net::TcpListener;

use super::{SOON, bot, server};
use crate::bot_api::{FakeBotApi, Fault};
use crate::http_client::exchange;

const ME: ChatId = ChatId(7);

#[tokio::test]
async fn scripted_answers_come_in_order_and_then_the_standing_one() {
    let (api, bot) = server().await;
    api.add_private(7, "Ani");
    api.answer_next("sendMessage", Fault::TooManyRequests { retry_after_secs: 12 });
    api.answer_next("sendMessage", Fault::Forbidden("user is deactivated"));
    api.answer_next("sendMessage", Fault::BadRequest("Bad Request: TOPIC_CLOSED"));
    api.answer_next("sendMessage", Fault::Delay(Duration::from_millis(50)));
    api.answer_always("sendMessage", Some(Fault::Forbidden("Forbidden: bot was kicked from the group chat")));

    let send = || bot.send_message(ME, "x").send();
    assert!(matches!(send().await, Err(RequestError::RetryAfter(secs)) if secs.seconds() == 12));
    assert!(matches!(send().await, Err(RequestError::Api(ApiError::UserDeactivated))));
    let error = send().await.unwrap_err();
    assert!(error.to_string().contains("\"Bad Request: TOPIC_CLOSED\""), "{error}");
    let begun = Instant::now();
    send().await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(50));
    for _ in 0..2 {
        let error = send().await.unwrap_err();
        assert!(error.to_string().contains("\"Forbidden: bot was kicked from the group chat\""), "{error}");
    }
    api.answer_always("sendMessage", None);
    send().await.unwrap();
    assert_eq!((api.requests("sendMessage"), api.sent().len(), api.too_many_served()), (7, 2, 1));
    assert_eq!(api.read(|state| state.call_times("sendMessage").len()), 7);
}

// After a 5xx teloxide sleeps ten seconds, so these go without it.
#[tokio::test]
async fn servers_and_proxies_fail() {
    let api = FakeBotApi::start().await;
    let line = format!("GET /bot{}/getMe", api.token());
    api.answer_next("getMe", Fault::ServerError(500));
    api.answer_next("getMe", Fault::Html(502));
    let answer = exchange(&api.url(), &line, "", "").await;
    assert!(answer.starts_with("HTTP/1.1 500") && answer.contains("\"Internal Server Error\""), "{answer}");
    let answer = exchange(&api.url(), &line, "", "").await;
    assert!(answer.starts_with("HTTP/1.1 502") && answer.contains("<h1>502 Bad Gateway</h1>"), "{answer}");
    api.answer_next("getMe", Fault::Html(504));
    api.answer_next("getMe", Fault::Refused(403, "Forbidden: never heard of"));
    let answer = exchange(&api.url(), &line, "", "").await;
    assert!(answer.starts_with("HTTP/1.1 504") && answer.contains("<h1>504 Gateway Time-out</h1>"), "{answer}");
    let answer = exchange(&api.url(), &line, "", "").await;
    assert!(answer.starts_with("HTTP/1.1 403") && answer.contains("\"error_code\":403"), "{answer}");
    assert!(answer.contains("\"Forbidden: never heard of\""), "{answer}");
}

#[tokio::test]
#[should_panic(expected = "200 is no code of")]
async fn no_error_has_the_code_of_a_success() {
    FakeBotApi::start().await.answer_next("getMe", Fault::Refused(200, "OK"));
}

#[tokio::test]
async fn a_lost_answer_is_a_sent_message_and_a_network_error() {
    let (api, bot) = server().await;
    api.add_private(7, "Ani");
    api.answer_next("sendMessage", Fault::LostAnswer);
    let error = bot.send_message(ME, "x").await.unwrap_err();
    assert!(matches!(error, RequestError::Network(_)), "{error:?}");
    assert_eq!((api.sent().len(), api.requests("sendMessage")), (1, 1));
    // Nothing at all goes over the wire, no head either.
    api.answer_next("getMe", Fault::LostAnswer);
    assert_eq!(exchange(&api.url(), &format!("GET /bot{}/getMe", api.token()), "", "").await, "");
}

#[tokio::test]
async fn silence_sends_nothing_and_never_answers() {
    let (api, bot) = server().await;
    api.add_private(7, "Ani");
    api.answer_next("sendMessage", Fault::Silence);
    let answer = tokio::time::timeout(Duration::from_millis(100), bot.send_message(ME, "x").send()).await;
    assert!(answer.is_err(), "{answer:?}");
    assert_eq!((api.sent().len(), api.requests("sendMessage")), (0, 1));
}

#[tokio::test]
async fn a_migrated_group_points_to_its_successor() {
    let (api, bot) = server().await;
    api.add_group(-5, "Group", false);
    let new = ChatId(-1_001_000_000_005);
    api.answer_next("sendMessage", Fault::Migrated(new.0));
    for _ in 0..2 {
        let error = bot.send_message(ChatId(-5), "x").await.unwrap_err();
        assert!(matches!(error, RequestError::MigrateToChatId(to) if to == new), "{error:?}");
    }
    assert!(bot.send_message(new, "x").await.unwrap().chat.is_supergroup());
}

#[tokio::test]
async fn a_blocked_bot_is_refused_until_it_is_unblocked() {
    let (api, bot) = server().await;
    api.add_private(7, "Ani");
    api.add_group(-1_001_000_000_001, "Group", false);
    let message = bot.send_message(ME, "x").await.unwrap();
    api.block(7);
    api.block(-1_001_000_000_001);
    let error = bot.send_message(ME, "x").await.unwrap_err();
    assert!(matches!(error, RequestError::Api(ApiError::BotBlocked)), "{error:?}");
    let error = bot.edit_message_text(ME, message.id, "y").await.unwrap_err();
    assert!(matches!(error, RequestError::Api(ApiError::BotBlocked)), "{error:?}");
    let error = bot.send_message(ChatId(-1_001_000_000_001), "x").await.unwrap_err();
    assert!(matches!(error, RequestError::Api(ApiError::BotKickedFromSupergroup)), "{error:?}");
    api.unblock(7);
    bot.send_message(ME, "x").await.unwrap();
    api.member_status(7, 7, "member", "kicked");
    assert!(bot.send_message(ME, "x").await.is_err());
}

#[tokio::test]
async fn a_held_request_waits_for_the_guard() {
    let (api, bot) = server().await;
    api.add_private(7, "Ani");
    let guard = api.hold("sendMessage");
    let sending = [tokio::spawn(bot.send_message(ME, "x").send()), tokio::spawn(bot.send_message(ME, "y").send())];
    api.wait_for_held("sendMessage", 2, SOON).await.unwrap();
    assert_eq!((api.sent().len(), api.requests("sendMessage")), (0, 2));
    assert!(bot.get_me().await.is_ok(), "other methods are not held");
    guard.release();
    for sent in sending {
        sent.await.unwrap().unwrap();
    }
    assert_eq!(api.sent().len(), 2);
    let late = api.wait_for_held("sendMessage", 1, Duration::from_millis(10)).await.unwrap_err();
    assert!(late.contains("sendMessage held 0 of 1"), "{late}");
}

#[tokio::test]
async fn a_discarded_or_abandoned_held_request_never_runs() {
    let (api, bot) = server().await;
    api.add_private(7, "Ani");
    let guard = api.hold("sendMessage");
    let dying = tokio::spawn(bot.send_message(ME, "x").send());
    let cut = tokio::spawn(super::bot(&api).send_message(ME, "y").send());
    api.wait_for_held("sendMessage", 2, SOON).await.unwrap();
    dying.abort();
    api.wait_until(SOON, |state| state.held("sendMessage") == 1).await.unwrap();
    guard.discard();
    let error = cut.await.unwrap().unwrap_err();
    assert!(matches!(error, RequestError::Network(_)), "{error:?}");
    bot.send_message(ME, "z").await.unwrap();
    assert_eq!(api.sent().len(), 1);
}

#[tokio::test]
async fn dropping_the_server_cuts_waiting_requests_and_frees_the_port() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let api = FakeBotApi::start_on(listener);
    let bot = bot(&api);
    let polling = tokio::spawn(bot.get_updates().timeout(30).send());
    api.wait_until(SOON, |state| state.requests("getUpdates") == 1).await.unwrap();
    drop(api);
    let error = polling.await.unwrap().unwrap_err();
    assert!(matches!(error, RequestError::Network(_)), "{error:?}");
    let again = FakeBotApi::start_on(TcpListener::bind(address).await.unwrap());
    assert!(bot.get_me().await.is_ok());
    assert_eq!(again.requests("getMe"), 1);
}
