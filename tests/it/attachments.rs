//! Attachments: the requests of the Telegram client for a message with a photo or a calendar entry.

use ceasewire::chat::telegram::Telegram;
use ceasewire::chat::{Messenger, SendError};
use ceasewire_model::{Address, Button, File, FileKind, Message, Platform, Style, Text};

use ceasewire_testkit::bot_api::{FakeBotApi, Fault, Media, grey_png};

const FORUM: i64 = -1_001_000_000_001;
const CALENDAR: &[u8] = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n";

/// A forum with a topic, the topic's address, and a client.
async fn forum() -> (FakeBotApi, Address, Telegram) {
    let api = FakeBotApi::start().await;
    api.add_group(FORUM, "Desk", true);
    api.add_topic(FORUM, 44);
    let telegram = Telegram::new(api.token().into(), api.url().parse().unwrap(), 1, 5).unwrap();
    let address = Address { platform: Platform::Telegram, chat: FORUM.to_string(), thread: Some(44) };
    (api, address, telegram)
}

fn meeting(text: &str) -> Message {
    Message {
        text: Text::default().with("Meeting", Style::Bold).with(text, Style::Plain),
        buttons: vec![vec![Button { label: "Why?".into(), data: "why:1".into() }]],
        file: Some(File {
            name: "вашингтон \"23 Oct\".ics".into(),
            kind: FileKind::Calendar,
            bytes: CALENDAR.into(),
            drawn: "Fri 23 Oct 2020 <Washington>\n".into(),
        }),
        ..Message::default()
    }
}

fn chart(text: &str) -> Message {
    let bytes = grey_png(640, 320).into();
    let file = File { name: "timeline.png".into(), kind: FileKind::Photo, bytes, drawn: "10 Oct ███ 3\n".into() };
    Message { file: Some(file), ..meeting(text) }
}

#[tokio::test]
async fn files_go_to_their_topic_with_caption_and_button() {
    let (api, topic, telegram) = forum().await;
    let ids = [
        telegram.send(&topic, &chart(" & 3 stories < 10")).await.unwrap(),
        telegram.send(&topic, &meeting(" in Washington")).await.unwrap(),
    ];
    let sent = api.sent();
    assert_eq!(ids, [sent[0].message_id.to_string(), sent[1].message_id.to_string()]);
    for (sent, caption) in sent.iter().zip(["Meeting & 3 stories < 10", "Meeting in Washington"]) {
        assert_eq!((sent.chat_id, sent.thread, sent.plain.as_str()), (FORUM, Some(44), caption));
        assert_eq!((sent.entities.len(), sent.parse_mode.as_deref()), (1, Some("HTML")));
        assert!(sent.markup_text().contains("why:1"), "{}", sent.markup_text());
    }
    let photo = sent[0].file.as_ref().unwrap();
    assert_eq!((photo.media, photo.name.as_str(), photo.mime), (Media::Photo(640, 320), "timeline.png", "image/png"));
    assert_eq!(photo.bytes, grey_png(640, 320));
    let calendar = sent[1].file.as_ref().unwrap();
    assert_eq!((calendar.media, calendar.mime), (Media::Document, "text/calendar"));
    assert_eq!((calendar.name.as_str(), &calendar.bytes[..]), ("вашингтон \"23 Oct\".ics", CALENDAR));
}

#[tokio::test]
async fn a_text_too_long_for_a_caption_follows_its_file() {
    let (api, topic, telegram) = forum().await;
    let full = "😀".repeat(1024 - "Meeting".len());
    telegram.send(&topic, &meeting(&full)).await.unwrap();
    let id = telegram.send(&topic, &meeting(&(full.clone() + "😀"))).await.unwrap();
    let sent = api.sent();
    assert_eq!(sent.len(), 3);
    assert_eq!(sent[0].plain, format!("Meeting{full}"));
    assert!(sent[1].file.is_some() && sent[1].plain.is_empty() && sent[1].markup.is_none());
    assert!(sent[2].file.is_none() && sent[2].markup_text().contains("why:1"));
    assert_eq!((sent[2].plain.as_str(), sent[2].thread), (format!("Meeting{full}😀").as_str(), Some(44)));
    assert_eq!(id, sent[2].message_id.to_string(), "the text is what will be edited");
}

#[tokio::test]
async fn a_file_without_a_text_has_no_caption() {
    let (api, topic, telegram) = forum().await;
    telegram.send(&topic, &Message { text: Text::default(), buttons: vec![], ..chart("") }).await.unwrap();
    let call = &api.calls("sendPhoto")[0];
    assert!(call.get("caption").is_none() && call.get("parse_mode").is_none(), "{call}");
}

#[tokio::test]
async fn a_refused_file_is_replaced_by_text() {
    let (api, topic, telegram) = forum().await;
    api.answer_next("sendDocument", Fault::BadRequest("not enough rights to send documents to the chat"));
    telegram.send(&topic, &meeting(" in Washington")).await.unwrap();
    let mut broken = chart("");
    broken.file.as_mut().unwrap().bytes = b"no image".as_slice().into();
    telegram.send(&topic, &broken).await.unwrap();
    // A proxy takes no body of that size.
    api.answer_next("sendPhoto", Fault::Html(413));
    telegram.send(&topic, &chart("")).await.unwrap();
    let sent = api.sent();
    assert_eq!(sent[0].plain, "Meeting in Washington\n\nFri 23 Oct 2020 <Washington>");
    assert_eq!(sent[1].text, "<b>Meeting</b>\n\n<code>10 Oct ███ 3</code>");
    assert!(sent.iter().all(|sent| sent.file.is_none() && sent.thread == Some(44) && sent.markup.is_some()));
}

#[tokio::test]
async fn other_refusals_of_a_file_send_no_text() {
    let (api, topic, telegram) = forum().await;
    let table = [
        (Fault::TooManyRequests { retry_after_secs: 9 }, SendError::RateLimited { retry_after_secs: 9 }),
        (Fault::BadRequest("TOPIC_CLOSED"), SendError::ThreadClosed(String::new())),
        (Fault::BadRequest("message thread not found"), SendError::ThreadGone(String::new())),
        (Fault::Forbidden("bot was kicked from the supergroup chat"), SendError::Unreachable(String::new())),
        (Fault::Forbidden("never heard of"), SendError::Unreachable(String::new())),
        (Fault::BadRequest("CHAT_RESTRICTED"), SendError::NoRights(String::new())),
        (Fault::Refused(429, "Too Many Requests"), SendError::RateLimited { retry_after_secs: 1 }),
    ];
    for (fault, expected) in table {
        api.answer_next("sendPhoto", fault);
        let error = telegram.send(&topic, &chart("")).await.unwrap_err();
        assert_eq!(std::mem::discriminant(&error), std::mem::discriminant(&expected), "{error}");
    }
    assert!(api.sent().is_empty() && api.requests("sendMessage") == 0);
}

#[tokio::test]
async fn an_edit_changes_the_caption_of_a_file_and_leaves_the_file() {
    let (api, topic, telegram) = forum().await;
    let id = telegram.send(&topic, &meeting(" in Washington")).await.unwrap();
    telegram.edit(&topic, &id, &meeting(" in Moscow")).await.unwrap();
    let now = api.sent().pop().unwrap();
    assert_eq!((now.current_plain.as_str(), now.edits, now.file.is_some()), ("Meeting in Moscow", 1, true));
    let same = telegram.edit(&topic, &id, &meeting(" in Moscow")).await;
    assert_eq!(same, Err(SendError::NotModified));
    telegram.edit(&topic, &id, &meeting(&"x".repeat(2000))).await.unwrap();
    let caption = api.sent().pop().unwrap().current_plain;
    assert!(caption.chars().count() == 1024 && caption.ends_with("x…"));
}
