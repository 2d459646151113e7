use serde_json::json;
use teloxide::{
    RequestError,
    payloads::GetUpdatesSetters,
    prelude::*,
    types::{AllowedUpdate, MaybeInaccessibleMessage, MessageEntityKind, UpdateKind},
};

use super::{SOON, server};

const FORUM: i64 = -1_001_000_000_001;
const CHANNEL: i64 = -1_001_000_000_002;

#[tokio::test]
async fn every_kind_of_update_comes_out_typed() {
    let (api, bot) = server().await;
    api.add_private(7, "Անի");
    api.set_language(7, "hy");
    api.add_group(FORUM, "Newsroom", true);
    api.add_group(-5, "Old group", false);
    api.add_channel(CHANNEL);
    let sent = bot.send_message(ChatId(7), "hello").await.unwrap();

    api.user_says(7, "/start now");
    api.group_says(FORUM, 8, Some(42), "in a topic");
    api.anonymous_admin_says(FORUM, "/help@ceasewire_test_bot");
    api.channel_post(CHANNEL, "a post");
    api.press(7, i64::from(sent.id.0), 7, "topic:ceasefire");
    for (old, new) in [
        ("member", "kicked"),
        ("kicked", "member"),
        ("left", "administrator"),
        ("administrator", "restricted"),
        ("creator", "left"),
    ] {
        api.member_status(7, 7, old, new);
    }
    api.migrate_group(-5, -1_001_000_000_005);
    api.press(7, 999, 7, "gone");

    let updates = bot.get_updates().await.unwrap();
    assert_eq!(updates.len(), 13);
    let mut kinds = updates.iter().map(|update| &update.kind);

    let Some(UpdateKind::Message(message)) = kinds.next() else { panic!("{updates:?}") };
    let user = message.from.as_ref().unwrap();
    assert_eq!((user.first_name.as_str(), user.language_code.as_deref()), ("Անի", Some("hy")));
    assert!(message.chat.is_private());
    assert_eq!(message.entities().unwrap()[0].kind, MessageEntityKind::BotCommand);
    assert_eq!(message.entities().unwrap()[0].length, 6);

    let Some(UpdateKind::Message(message)) = kinds.next() else { panic!("{updates:?}") };
    assert!(message.chat.is_supergroup() && message.is_topic_message);
    assert_eq!(message.thread_id.unwrap().0.0, 42);

    let Some(UpdateKind::Message(message)) = kinds.next() else { panic!("{updates:?}") };
    assert!(message.from.as_ref().unwrap().is_anonymous());
    assert_eq!(message.sender_chat.as_ref().unwrap().id, ChatId(FORUM));

    let Some(UpdateKind::ChannelPost(post)) = kinds.next() else { panic!("{updates:?}") };
    assert_eq!((post.text(), post.chat.is_channel(), post.from.is_none()), (Some("a post"), true, true));

    let Some(UpdateKind::CallbackQuery(query)) = kinds.next() else { panic!("{updates:?}") };
    assert_eq!(query.data.as_deref(), Some("topic:ceasefire"));
    assert_eq!(query.regular_message().unwrap().text(), Some("hello"));
    bot.answer_callback_query(query.id.clone()).text("noted").await.unwrap();

    for _ in 0..5 {
        let Some(UpdateKind::MyChatMember(change)) = kinds.next() else { panic!("{updates:?}") };
        assert!(change.new_chat_member.user.is_bot);
    }

    let Some(UpdateKind::Message(message)) = kinds.next() else { panic!("{updates:?}") };
    assert_eq!(message.migrate_to_chat_id(), Some(&ChatId(-1_001_000_000_005)));
    let Some(UpdateKind::Message(message)) = kinds.next() else { panic!("{updates:?}") };
    assert_eq!(message.migrate_from_chat_id(), Some(&ChatId(-5)));

    let Some(UpdateKind::CallbackQuery(query)) = kinds.next() else { panic!("{updates:?}") };
    assert!(matches!(query.message, Some(MaybeInaccessibleMessage::Inaccessible(_))));
}

#[tokio::test]
async fn a_long_poll_waits_and_an_offset_confirms() {
    let (api, bot) = server().await;
    let waiting = tokio::spawn(bot.get_updates().timeout(30).send());
    api.wait_until(SOON, |state| state.requests("getUpdates") == 1).await.unwrap();
    api.user_says(1, "one");
    let first = waiting.await.unwrap().unwrap();
    assert_eq!(first.len(), 1);

    api.user_says(1, "two");
    api.user_says(1, "three");
    assert_eq!(bot.get_updates().await.unwrap().len(), 3, "nothing is confirmed yet");
    assert_eq!(bot.get_updates().limit(2).await.unwrap().len(), 2);
    let second = i32::try_from(first[0].id.0 + 1).unwrap();
    assert_eq!(bot.get_updates().offset(second).await.unwrap().len(), 2);
    assert_eq!(api.read(|state| state.pending_updates()), 2);
    let last = bot.get_updates().offset(-1).await.unwrap();
    assert_eq!(last.len(), 1);
    let next = i32::try_from(last[0].id.0 + 1).unwrap();
    assert!(bot.get_updates().offset(next).timeout(1).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_second_poller_throws_the_first_one_out() {
    let (api, bot) = server().await;
    let first = tokio::spawn(bot.get_updates().timeout(30).send());
    api.wait_until(SOON, |state| state.requests("getUpdates") == 1).await.unwrap();
    assert!(bot.get_updates().await.unwrap().is_empty());
    let error = first.await.unwrap().unwrap_err();
    assert!(matches!(error, RequestError::Api(teloxide::ApiError::TerminatedByOtherGetUpdates)), "{error:?}");
}

#[tokio::test]
async fn only_the_wanted_kinds_arrive_and_the_choice_persists() {
    let (api, bot) = server().await;
    api.push_update(json!({ "message_reaction": {} }));
    bot.get_updates().allowed_updates([AllowedUpdate::CallbackQuery]).await.unwrap();
    api.user_says(1, "unwanted");
    api.press(1, 1, 1, "wanted");
    let updates = bot.get_updates().await.unwrap();
    assert_eq!(updates.len(), 1);
    assert!(matches!(updates[0].kind, UpdateKind::CallbackQuery(_)));

    bot.get_updates().allowed_updates([]).await.unwrap();
    api.user_says(1, "wanted again");
    assert_eq!(bot.get_updates().await.unwrap().len(), 2);
    bot.delete_webhook().drop_pending_updates(true).await.unwrap();
    assert!(bot.get_updates().await.unwrap().is_empty());
}
