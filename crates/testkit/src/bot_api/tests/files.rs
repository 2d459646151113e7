use teloxide::{
    ApiError, RequestError,
    prelude::*,
    types::{FileId, InputFile, Message, MessageId, ParseMode, ThreadId},
};

use super::server;
use crate::bot_api::{Media, grey_png};
use crate::http_client::exchange;

const ME: ChatId = ChatId(7);

fn file(name: &'static str, bytes: impl Into<Vec<u8>>) -> InputFile {
    InputFile::memory(bytes.into()).file_name(name)
}

/// The text of a refusal, as Telegram wrote it.
fn refusal(result: Result<Message, RequestError>) -> String {
    match result {
        Err(RequestError::Api(ApiError::Unknown(text) | ApiError::CantParseEntities(text))) => text,
        Err(RequestError::Api(error)) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn files_are_sent_kept_and_their_captions_edited() {
    let (api, bot) = server().await;
    api.add_private(7, "Ani");
    let photo =
        bot.send_photo(ME, file("a.png", grey_png(30, 20))).caption("<b>a</b> chart").parse_mode(ParseMode::Html);
    let photo = photo.await.unwrap();
    assert_eq!((photo.caption(), photo.caption_entities().unwrap().len()), (Some("a chart"), 1));
    assert_eq!((photo.photo().unwrap()[0].width, photo.photo().unwrap()[0].height), (30, 20));

    let document = bot.send_document(ME, file("truce.ics", "BEGIN")).disable_notification(true).await.unwrap();
    let told = document.document().unwrap();
    assert_eq!((told.file_name.as_deref(), document.caption()), (Some("truce.ics"), None));
    assert_eq!((told.mime_type.as_ref().unwrap().essence_str(), told.file.size), ("text/calendar", 5));

    bot.edit_message_caption(ME, document.id).caption("now").await.unwrap();
    bot.edit_message_caption(ME, photo.id).await.unwrap();
    let sent = api.sent();
    assert_eq!((sent[0].current_plain.as_str(), sent[0].plain.as_str(), sent[0].edits), ("", "a chart", 1));
    assert_eq!((sent[1].current_plain.as_str(), sent[1].silent), ("now", true));
    let kept = sent[0].file.as_ref().unwrap();
    assert_eq!(
        (kept.media, kept.name.as_str(), &kept.bytes[..]),
        (Media::Photo(30, 20), "a.png", &grey_png(30, 20)[..])
    );
    assert_eq!(api.calls("sendDocument")[0]["disable_notification"], true);
}

#[tokio::test]
async fn files_that_telegram_refuses_are_refused() {
    let (api, bot) = server().await;
    api.add_private(7, "Ani");
    let text = bot.send_message(ME, "text").await.unwrap().id;
    let shown = bot.send_photo(ME, file("a.png", grey_png(30, 20))).await.unwrap().id;
    let photo = |bytes: Vec<u8>| bot.send_photo(ME, file("a.png", bytes));
    let document = || bot.send_document(ME, file("a.ics", "BEGIN"));
    let table = [
        (refusal(photo(b"GIF89a".to_vec()).await), "IMAGE_PROCESS_FAILED"),
        (refusal(photo(grey_png(9_000, 1_001)).await), "PHOTO_INVALID_DIMENSIONS"),
        (refusal(photo(Vec::new()).await), "file must be non-empty"),
        (refusal(document().caption("🔥".repeat(1025)).await), "message caption is too long"),
        (
            refusal(document().caption("<b>x").parse_mode(ParseMode::Html).await),
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        (refusal(bot.send_document(ME, InputFile::memory("BEGIN")).await), "document has no file name"),
        (
            refusal(bot.send_document(ME, InputFile::file_id(FileId("x".into()))).await),
            "wrong file identifier/HTTP URL specified",
        ),
        (refusal(document().message_thread_id(ThreadId(MessageId(5))).await), "message thread not found"),
        (refusal(bot.edit_message_text(ME, shown, "x").await), "there is no text in the message to edit"),
        (refusal(bot.edit_message_caption(ME, text).await), "there is no caption in the message to edit"),
    ];
    for (got, expected) in table {
        assert_eq!(got.trim_start_matches("Bad Request: "), expected);
    }
    assert_eq!(api.sent().len(), 2);
    assert!(document().caption("🔥".repeat(1024)).await.is_ok(), "1024 code points, twice that in UTF-16");
    let marked = format!("<b>{}</b>", "x".repeat(1024));
    assert!(document().caption(marked).parse_mode(ParseMode::Html).await.is_ok(), "1024 once the markup is read");
}

#[tokio::test]
async fn a_parameter_or_file_that_means_nothing_is_refused() {
    let (api, _) = server().await;
    api.add_private(7, "Ani");
    let head = "content-type: multipart/form-data; boundary=B\r\n";
    let part = |name: &str, content: &str| {
        format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{content}\r\n")
    };
    let (chat, document) = (part("chat_id", "7"), part("document\"; filename=\"a.ics", "BEGIN"));
    let table = [
        (part("captoin", "x"), "unknown parameter \\\"captoin\\\""),
        (part("text", "x"), "unknown parameter \\\"text\\\""),
        (part("photo\"; filename=\"a.png", "x"), "unknown parameter \\\"photo\\\""),
        (part("show_caption_above_media", "true"), "unknown parameter \\\"show_caption_above_media\\\""),
        (part("disable_notification", "perhaps"), "must be true or false"),
        (part("reply_markup", "{\"inline_keyboard\":[[{\"text\":\"x\"}]]}"), "Text buttons are unallowed"),
        (part("caption", "x"), "200 OK"),
    ];
    for (more, expected) in table {
        let body = format!("{chat}{document}{more}--B--\r\n");
        let line = format!("POST /bot{}/sendDocument", api.token());
        let answer = exchange(&api.url(), &line, head, &body).await;
        assert!(answer.contains(expected), "{more}: {answer}");
    }
    assert_eq!(api.sent().len(), 1);
}
