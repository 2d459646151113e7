//! Owns the check of a message: its text, formatting and keyboard. It must not know the chat.

use serde_json::Value;

use super::{
    ApiRefusal,
    html::{Entity, ParsedText, checked_link, parse_html},
    methods::{refuse, text},
    params::Params,
};

/// Code points of a message after entity parsing.
const MAX_TEXT_CHARS: usize = 4096;
/// Code points of a caption after entity parsing.
const MAX_CAPTION_CHARS: usize = 1024;
/// Bytes of a text before parsing.
const MAX_RAW_BYTES: usize = 32_768;

/// Reads and measures a text as sendMessage does; sends and edits have different words for an overlong one.
pub(super) fn read_text(params: &Params, too_long: &str) -> Result<ParsedText, ApiRefusal> {
    let raw = text(params, "text");
    if raw.is_empty() {
        return refuse("message text is empty");
    }
    let parsed = parse(params, raw, "entities")?;
    match parsed.text.chars().count() {
        0 => refuse("text must be non-empty"),
        1..=MAX_TEXT_CHARS => Ok(parsed),
        _ => refuse(too_long),
    }
}

/// Reads and measures the caption of a file, which may be empty.
pub(super) fn read_caption(params: &Params) -> Result<ParsedText, ApiRefusal> {
    let parsed = parse(params, text(params, "caption"), "caption_entities")?;
    if parsed.text.chars().count() > MAX_CAPTION_CHARS {
        return refuse("message caption is too long");
    }
    Ok(parsed)
}

fn parse(params: &Params, raw: &str, entities: &str) -> Result<ParsedText, ApiRefusal> {
    if raw.len() > MAX_RAW_BYTES {
        return refuse("text is too long");
    }
    let parsed = match params.get("parse_mode").and_then(Value::as_str) {
        None => ParsedText { text: raw.to_owned(), entities: read_entities(params.get(entities), raw)? },
        Some(mode) if mode.eq_ignore_ascii_case("HTML") => match parse_html(raw) {
            Ok(parsed) => parsed,
            Err(complaint) => return refuse(format!("can't parse entities: {complaint}")),
        },
        // The bot never uses Markdown.
        Some(_) => return refuse("unsupported parse_mode"),
    };
    Ok(trimmed(parsed))
}

fn read_entities(entities: Option<&Value>, raw: &str) -> Result<Vec<Entity>, ApiRefusal> {
    let end = raw.encode_utf16().count();
    let mut read = Vec::new();
    for entity in entities.and_then(Value::as_array).into_iter().flatten().take(100) {
        let number = |field: &str| entity[field].as_i64().and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
        let (offset, length) = (number("offset"), number("length"));
        if offset.saturating_add(length) > end {
            return refuse(format!(
                "entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset {end}"
            ));
        }
        let argument = ["url", "language", "custom_emoji_id"].iter().find_map(|field| entity[*field].as_str());
        let kind = entity["type"].as_str().unwrap_or_default().to_owned();
        read.push(Entity { kind, offset, length, argument: argument.map(str::to_owned) });
    }
    Ok(read)
}

/// Trims both ends, as Telegram does before it measures, and cuts the entities to the rest.
fn trimmed(parsed: ParsedText) -> ParsedText {
    let without_end = parsed.text.trim_end();
    let text = without_end.trim_start();
    let skipped = without_end[..without_end.len() - text.len()].encode_utf16().count();
    let length = text.encode_utf16().count();
    let cut = |mut entity: Entity| {
        let end = (entity.offset + entity.length).saturating_sub(skipped).min(length);
        entity.offset = entity.offset.saturating_sub(skipped);
        entity.length = end.saturating_sub(entity.offset);
        (entity.length > 0).then_some(entity)
    };
    ParsedText { text: text.to_owned(), entities: parsed.entities.into_iter().filter_map(cut).collect() }
}

/// Reads the keyboard and checks its buttons.
pub(super) fn read_markup(params: &Params) -> Result<Option<Value>, ApiRefusal> {
    let Some(markup) = params.get("reply_markup") else {
        return Ok(None);
    };
    let Some(rows) = markup["inline_keyboard"].as_array() else {
        return Ok(Some(markup.clone()));
    };
    let buttons: Vec<&Value> = rows.iter().filter_map(Value::as_array).flatten().collect();
    for button in &buttons {
        check_button(button)?;
    }
    // A keyboard without buttons is no keyboard.
    Ok((!buttons.is_empty()).then(|| markup.clone()))
}

fn check_button(button: &Value) -> Result<(), ApiRefusal> {
    const CANT_PARSE: &str = "can't parse inline keyboard button:";
    let actions = button.as_object().into_iter().flatten().filter(|(key, _)| *key != "text" && *key != "style").count();
    let data = button["callback_data"].as_str();
    if button["text"] == "" {
        return refuse(format!("{CANT_PARSE} field \"text\" must be non-empty"));
    }
    // Telegram treats empty data as no data.
    if actions == 0 || data == Some("") {
        return refuse(format!("{CANT_PARSE} Text buttons are unallowed in the inline keyboard"));
    }
    if actions > 1 {
        return refuse(format!("{CANT_PARSE} a button has exactly one action, not {actions}"));
    }
    if data.is_some_and(|data| data.len() > 64) {
        return refuse("BUTTON_DATA_INVALID");
    }
    if let Some(url) = button["url"].as_str().filter(|url| checked_link(url).is_none()) {
        return refuse(format!("inline keyboard button URL '{url}' is invalid: Wrong HTTP URL"));
    }
    Ok(())
}
