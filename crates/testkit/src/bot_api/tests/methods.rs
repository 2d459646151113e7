use serde_json::json;
use teloxide::{
    ApiError, RequestError,
    prelude::*,
    sugar::request::RequestReplyExt,
    types::{
        BotCommand, CallbackQueryId, ChatAction, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions,
        MessageId, ParseMode, ReplyMarkup, ReplyParameters, ThreadId,
    },
};

use super::{SOON, server};
use crate::bot_api::FakeBotApi;
use crate::http_client::exchange;

const FORUM: i64 = -1_001_000_000_001;
const CHANNEL: i64 = -1_001_000_000_002;
const ME: ChatId = ChatId(7);

fn keyboard(data: &str) -> InlineKeyboardMarkup {
    InlineKeyboardMarkup::new([[
        InlineKeyboardButton::callback("press", data),
        InlineKeyboardButton::url("open", "https://example.org/".parse().unwrap()),
    ]])
}

/// The text of a refusal, as Telegram wrote it; teloxide keeps it only for errors it does not know.
fn unknown<T: std::fmt::Debug>(result: Result<T, RequestError>) -> String {
    match result {
        Err(RequestError::Api(ApiError::Unknown(text) | ApiError::CantParseEntities(text))) => text,
        other => panic!("{other:?}"),
    }
}

fn typed<T: std::fmt::Debug>(result: Result<T, RequestError>) -> ApiError {
    match result {
        Err(RequestError::Api(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_message_is_sent_edited_and_deleted() {
    let (api, bot) = server().await;
    api.add_private(7, "Ani");
    let message = bot
        .send_message(ME, "<b>Ceasefire</b> &amp; <a href=\"https://example.org/a\">more</a>")
        .parse_mode(ParseMode::Html)
        .disable_notification(true)
        .link_preview_options(LinkPreviewOptions {
            is_disabled: true,
            url: None,
            prefer_small_media: false,
            prefer_large_media: false,
            show_above_text: false,
        })
        .reply_markup(keyboard("a"))
        .await
        .unwrap();
    assert_eq!(message.text(), Some("Ceasefire & more"));
    assert_eq!(message.entities().unwrap().len(), 2);
    assert_eq!(message.reply_markup().unwrap(), &keyboard("a"));

    let reply = bot.send_message(ME, "second").reply_to(message.id).await.unwrap();
    let edited = bot.edit_message_text(ME, message.id, "<i>Ceasefire</i>").parse_mode(ParseMode::Html).await.unwrap();
    assert!(edited.edit_date().is_some() && edited.reply_markup().is_none());
    bot.edit_message_reply_markup(ME, message.id).reply_markup(keyboard("b")).await.unwrap();
    bot.delete_message(ME, reply.id).await.unwrap();

    let sent = api.wait_for_sent(2, SOON).await.unwrap();
    assert_eq!(sent[0].text, "<b>Ceasefire</b> &amp; <a href=\"https://example.org/a\">more</a>");
    assert_eq!((sent[0].plain.as_str(), sent[0].silent, sent[0].edits), ("Ceasefire & more", true, 2));
    assert_eq!((sent[0].current_text.as_str(), sent[0].current_plain.as_str()), ("<i>Ceasefire</i>", "Ceasefire"));
    assert_eq!(sent[0].markup.as_ref().unwrap()["inline_keyboard"][0][0]["callback_data"], "b");
    assert_eq!((sent[1].reply_to, sent[1].deleted, sent[1].message_id), (Some(1), true, 2));
    assert_eq!(api.calls("sendMessage")[1]["text"], "second");
    assert_eq!(api.requests("editMessageText"), 1);
    let late = api.wait_for_sent(3, std::time::Duration::from_millis(10)).await.unwrap_err();
    assert!(late.contains("sent 2 of 3"), "{late}");
}

#[tokio::test]
async fn refusals_come_typed_where_teloxide_knows_them() {
    let (api, bot) = server().await;
    api.add_private(7, "Ani");
    let said = MessageId(i32::try_from(api.user_says(7, "hi")).unwrap());
    let kept = bot.send_message(ME, "kept").reply_markup(keyboard("a")).await.unwrap().id;
    let gone = bot.send_message(ME, "gone").await.unwrap().id;
    bot.delete_message(ME, gone).await.unwrap();
    let long = "🔥".repeat(4097);

    let table = [
        (typed(bot.send_message(ChatId(404), "x").await), ApiError::ChatNotFound),
        (typed(bot.send_message(ME, "").await), ApiError::MessageTextIsEmpty),
        (typed(bot.send_message(ME, &long).await), ApiError::MessageIsTooLong),
        (typed(bot.edit_message_text(ME, kept, &long).await), ApiError::EditedMessageIsTooLong),
        (typed(bot.send_message(ME, "x").reply_markup(keyboard(&"d".repeat(65))).await), ApiError::ButtonDataInvalid),
        (typed(bot.send_message(ME, "x").reply_markup(keyboard("")).await), ApiError::TextButtonsAreUnallowed),
        (typed(bot.send_message(ME, "x").reply_to(gone).await), ApiError::MessageToReplyNotFound),
        (typed(bot.edit_message_text(ME, gone, "x").await), ApiError::MessageToEditNotFound),
        (typed(bot.edit_message_text(ME, said, "x").await), ApiError::MessageCantBeEdited),
        (
            typed(bot.edit_message_text(ME, kept, " kept ").reply_markup(keyboard("a")).await),
            ApiError::MessageNotModified,
        ),
        (
            typed(bot.edit_message_reply_markup(ME, kept).reply_markup(keyboard("a")).await),
            ApiError::MessageNotModified,
        ),
        (typed(bot.delete_message(ME, gone).await), ApiError::MessageToDeleteNotFound),
    ];
    for (got, expected) in table {
        assert_eq!(got, expected);
    }
    assert!(bot.send_message(ME, "🔥".repeat(4096)).await.is_ok(), "4096 code points, twice that in UTF-16");
    let tolerant = ReplyParameters::new(gone).allow_sending_without_reply();
    assert!(bot.send_message(ME, "x").reply_parameters(tolerant).await.is_ok());
    let wrong = teloxide::Bot::new("1:WRONG").set_api_url(api.url().parse().unwrap());
    assert_eq!(typed(wrong.get_me().await), ApiError::InvalidToken);
}

#[tokio::test]
async fn refusals_that_teloxide_does_not_know_keep_their_text() {
    let (api, bot) = server().await;
    api.add_private(7, "Ani");
    api.add_group(FORUM, "Forum", true);
    api.add_topic(FORUM, 42);
    let html = |text: &str| bot.send_message(ME, text).parse_mode(ParseMode::Html);
    let topic = |id| bot.send_message(ChatId(FORUM), "x").message_thread_id(ThreadId(MessageId(id)));
    let local = InlineKeyboardButton::url("x", "http://localhost/".parse().unwrap());
    let callback = || CallbackQueryId("5".to_owned());

    let table = [
        (unknown(html("<b>x").await), "can't parse entities: Can't find end tag corresponding to start tag \"b\""),
        (unknown(html("<b> </b>").await), "text must be non-empty"),
        (unknown(bot.send_message(ME, "é".repeat(16_385)).await), "text is too long"),
        (unknown(topic(1).await), "message thread not found"),
        (unknown(topic(43).await), "message thread not found"),
        (
            unknown(bot.send_message(ME, "x").reply_markup(InlineKeyboardMarkup::new([[local]])).await),
            "inline keyboard button URL 'http://localhost/' is invalid: Wrong HTTP URL",
        ),
        (
            unknown(bot.answer_callback_query(callback()).await),
            "query is too old and response timeout expired or query ID is invalid",
        ),
        (unknown(bot.set_my_commands([BotCommand::new("Help", "x")]).await), "BOT_COMMAND_INVALID: \"Help\""),
        (unknown(bot.get_chat_administrators(ME).await), "there are no administrators in the private chat"),
    ];
    for (got, expected) in table {
        assert_eq!(got, format!("Bad Request: {expected}"));
    }
    assert_eq!(topic(42).await.unwrap().thread_id, Some(ThreadId(MessageId(42))));
    assert_eq!(api.sent()[0].thread, Some(42));
}

#[tokio::test]
async fn the_other_methods_answer_what_teloxide_can_read() {
    let (api, bot) = server().await;
    api.add_private(7, "Ani");
    api.add_group(FORUM, "Forum", true);
    api.add_group(-5, "Group", false);
    api.add_channel(CHANNEL);
    api.set_admin(FORUM, 8);
    api.group_says(FORUM, 9, None, "hi");
    assert_eq!(bot.get_me().await.unwrap().username(), "ceasewire_test_bot");

    let commands = [BotCommand::new("start", "Begin"), BotCommand::new("help", "Ask")];
    bot.set_my_commands(commands.clone()).await.unwrap();
    bot.set_my_commands([BotCommand::new("start", "Սկսել")]).language_code("hy").await.unwrap();
    assert_eq!(bot.get_my_commands().await.unwrap(), commands);
    assert_eq!(bot.get_my_commands().language_code("hy").await.unwrap()[0].description, "Սկսել");
    assert_eq!(api.commands()[1], ("help".to_owned(), "Ask".to_owned()));

    for chat in [7, FORUM, -5, CHANNEL] {
        assert_eq!(bot.get_chat(ChatId(chat)).await.unwrap().id, ChatId(chat));
        bot.send_message(ChatId(chat), "x").await.unwrap();
        bot.send_chat_action(ChatId(chat), ChatAction::Typing).await.unwrap();
    }
    assert!(bot.get_chat_member(ChatId(FORUM), UserId(8)).await.unwrap().is_administrator());
    assert!(bot.get_chat_member(ChatId(FORUM), UserId(9)).await.unwrap().is_member());
    let stranger = bot.get_chat_member(ChatId(FORUM), UserId(10)).await;
    assert!(matches!(stranger, Err(RequestError::Api(ApiError::UserNotFound))), "{stranger:?}");
    let admins = bot.get_chat_administrators(ChatId(FORUM)).await.unwrap();
    assert_eq!(admins.iter().map(|admin| admin.user.id.0).collect::<Vec<_>>(), [8]);
    bot.leave_chat(ChatId(-5)).await.unwrap();
    let refused = unknown(bot.send_message(ChatId(-5), "x").await);
    assert_eq!(refused, "Forbidden: bot is not a member of the group chat");
    let force = ReplyMarkup::ForceReply(teloxide::types::ForceReply::new());
    bot.send_message(ME, "x").reply_markup(force).await.unwrap();
}

#[tokio::test]
async fn requests_may_be_forms_queries_and_multipart_in_any_case() {
    let api = FakeBotApi::start().await;
    api.add_private(7, "Ani");
    let path = format!("/bot{}", api.token());
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    let multipart = "content-type: multipart/form-data; boundary=B\r\n";
    let parts = "--B\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nthree\r\n--B--\r\n";
    let table = [
        (format!("GET {path}/sendmessage?chat_id=7&text=one"), "", "", "200 OK"),
        (format!("POST {path}/SENDMESSAGE"), form, "chat_id=7&text=two", "200 OK"),
        (format!("POST {path}/sendMessage?chat_id=7"), multipart, parts, "200 OK"),
        (format!("POST {path}/sendMessage"), form, "chat_id=7&text=x&txet=y", "unknown parameter \\\"txet\\\""),
        (format!("POST {path}/getUpdates"), form, "limit=many", "must be an integer, not \\\"many\\\""),
        (format!("POST {path}/getUpdates"), form, "limit=101", "must be 1-100, not 101"),
        (format!("POST {path}/getUpdates"), "", "{", "can't parse request body as JSON"),
        (format!("GET {path}/getMoney"), "", "", "\"error_code\":404"),
        ("GET /nothing".to_owned(), "", "", "\"error_code\":404"),
        ("GET /bot1:X/getMe".to_owned(), "", "", "\"error_code\":401"),
    ];
    for (line, headers, body, expected) in table {
        let answer = exchange(&api.url(), &line, headers, body).await;
        assert!(answer.contains(expected), "{line} {body}: {answer}");
    }
    let texts: Vec<String> = api.sent().into_iter().map(|sent| sent.plain).collect();
    assert_eq!(texts, ["one", "two", "three"]);
    assert_eq!(api.calls("getUpdates")[2], json!(null));
}
