//! Owns the shape of requests: the parameters of each method, their spelling in JSON, a form, a query or a multipart
//! body, and the refusal of all others. It must not know chats, messages or the effects of a method.
//!
//! Telegram ignores an unknown parameter and reads JSON `null` as the text "null". The stand-in refuses both, since
//! both are mistakes of the bot. Parameters that it does not support (business connections, inline messages, rich
//! messages, stars)
//! count as unknown.

use axum::body::Bytes;
use serde_json::{Map, Value};

use super::multipart::{Upload, read_multipart};

use ParamKind::{Boolean, Chat, Each, File, Integer, Keyboard, Object, Text};

/// The parameters of one request, by name.
pub(super) type Params = Map<String, Value>;

/// The parameters and files of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Call {
    pub params: Params,
    pub uploads: Vec<Upload>,
}

/// A method and the parameters it takes.
pub(super) struct Method {
    pub name: &'static str,
    shape: Shape,
}

struct Shape {
    required: &'static [(&'static str, ParamKind)],
    optional: &'static [(&'static str, ParamKind)],
}

#[derive(Clone, Copy)]
enum ParamKind {
    Integer,
    Boolean,
    Text,
    /// An integer, or a text such as `@channel`.
    Chat,
    Each(&'static ParamKind),
    Object(&'static Shape),
    /// A file: `attach://` and the name of its part.
    File,
    /// An inline keyboard, or one of the three other things a `reply_markup` may be.
    Keyboard,
}

const fn method(
    name: &'static str,
    required: &'static [(&'static str, ParamKind)],
    optional: &'static [(&'static str, ParamKind)],
) -> Method {
    Method { name, shape: Shape { required, optional } }
}

/// Every method served, after the Bot API 10.1 description.
static METHODS: [Method; 18] = [
    method("getMe", &[], &[]),
    method(
        "setMyCommands",
        &[("commands", Each(&Object(&COMMAND)))],
        &[("scope", Object(&SCOPE)), ("language_code", Text)],
    ),
    method("getMyCommands", &[], &[("scope", Object(&SCOPE)), ("language_code", Text)]),
    method("deleteWebhook", &[], &[("drop_pending_updates", Boolean)]),
    method(
        "getUpdates",
        &[],
        &[("offset", Integer), ("limit", Integer), ("timeout", Integer), ("allowed_updates", Each(&Text))],
    ),
    method(
        "sendMessage",
        &[("chat_id", Chat), ("text", Text)],
        &[
            ("message_thread_id", Integer),
            ("parse_mode", Text),
            ("entities", Each(&Object(&ENTITY))),
            ("link_preview_options", Object(&PREVIEW)),
            ("disable_notification", Boolean),
            ("protect_content", Boolean),
            ("allow_paid_broadcast", Boolean),
            ("reply_parameters", Object(&REPLY)),
            ("reply_markup", Keyboard),
        ],
    ),
    method(
        "sendPhoto",
        &[("chat_id", Chat), ("photo", File)],
        &[
            ("message_thread_id", Integer),
            ("caption", Text),
            ("parse_mode", Text),
            ("caption_entities", Each(&Object(&ENTITY))),
            ("show_caption_above_media", Boolean),
            ("has_spoiler", Boolean),
            ("disable_notification", Boolean),
            ("protect_content", Boolean),
            ("allow_paid_broadcast", Boolean),
            ("reply_parameters", Object(&REPLY)),
            ("reply_markup", Keyboard),
        ],
    ),
    method(
        "sendDocument",
        &[("chat_id", Chat), ("document", File)],
        &[
            ("message_thread_id", Integer),
            ("caption", Text),
            ("parse_mode", Text),
            ("caption_entities", Each(&Object(&ENTITY))),
            ("disable_content_type_detection", Boolean),
            ("disable_notification", Boolean),
            ("protect_content", Boolean),
            ("allow_paid_broadcast", Boolean),
            ("reply_parameters", Object(&REPLY)),
            ("reply_markup", Keyboard),
        ],
    ),
    method(
        "editMessageText",
        &[("chat_id", Chat), ("message_id", Integer), ("text", Text)],
        &[
            ("parse_mode", Text),
            ("entities", Each(&Object(&ENTITY))),
            ("link_preview_options", Object(&PREVIEW)),
            ("reply_markup", Object(&INLINE_KEYBOARD)),
        ],
    ),
    method(
        "editMessageCaption",
        &[("chat_id", Chat), ("message_id", Integer)],
        &[
            ("caption", Text),
            ("parse_mode", Text),
            ("caption_entities", Each(&Object(&ENTITY))),
            ("show_caption_above_media", Boolean),
            ("reply_markup", Object(&INLINE_KEYBOARD)),
        ],
    ),
    method(
        "editMessageReplyMarkup",
        &[("chat_id", Chat), ("message_id", Integer)],
        &[("reply_markup", Object(&INLINE_KEYBOARD))],
    ),
    method("deleteMessage", &[("chat_id", Chat), ("message_id", Integer)], &[]),
    method(
        "answerCallbackQuery",
        &[("callback_query_id", Text)],
        &[("text", Text), ("show_alert", Boolean), ("url", Text), ("cache_time", Integer)],
    ),
    method("getChat", &[("chat_id", Chat)], &[]),
    method("getChatMember", &[("chat_id", Chat), ("user_id", Integer)], &[]),
    method("getChatAdministrators", &[("chat_id", Chat)], &[("return_bots", Boolean)]),
    method("sendChatAction", &[("chat_id", Chat), ("action", Text)], &[("message_thread_id", Integer)]),
    method("leaveChat", &[("chat_id", Chat)], &[]),
];

const COMMAND: Shape = Shape { required: &[("command", Text), ("description", Text)], optional: &[] };
const SCOPE: Shape = Shape { required: &[("type", Text)], optional: &[("chat_id", Chat), ("user_id", Integer)] };
const ENTITY: Shape = Shape {
    required: &[("type", Text), ("offset", Integer), ("length", Integer)],
    optional: &[("url", Text), ("language", Text), ("custom_emoji_id", Text)],
};
const PREVIEW: Shape = Shape {
    required: &[],
    optional: &[
        ("is_disabled", Boolean),
        ("url", Text),
        ("prefer_small_media", Boolean),
        ("prefer_large_media", Boolean),
        ("show_above_text", Boolean),
    ],
};
const REPLY: Shape = Shape {
    required: &[("message_id", Integer)],
    optional: &[("chat_id", Chat), ("allow_sending_without_reply", Boolean), ("quote", Text)],
};
const INLINE_KEYBOARD: Shape = Shape { required: &[("inline_keyboard", Each(&Each(&Object(&BUTTON))))], optional: &[] };
const BUTTON: Shape = Shape {
    required: &[("text", Text)],
    optional: &[
        ("url", Text),
        ("callback_data", Text),
        ("switch_inline_query", Text),
        ("switch_inline_query_current_chat", Text),
        ("web_app", Object(&WEB_APP)),
        ("copy_text", Object(&COPY_TEXT)),
        ("style", Text),
    ],
};
const WEB_APP: Shape = Shape { required: &[("url", Text)], optional: &[] };
const COPY_TEXT: Shape = Shape { required: &[("text", Text)], optional: &[] };
const REPLY_KEYBOARD: Shape = Shape {
    required: &[("keyboard", Each(&Each(&Object(&REPLY_BUTTON))))],
    optional: &[
        ("is_persistent", Boolean),
        ("resize_keyboard", Boolean),
        ("one_time_keyboard", Boolean),
        ("input_field_placeholder", Text),
        ("selective", Boolean),
    ],
};
const REPLY_BUTTON: Shape =
    Shape { required: &[("text", Text)], optional: &[("request_contact", Boolean), ("request_location", Boolean)] };
const REMOVE_KEYBOARD: Shape = Shape { required: &[("remove_keyboard", Boolean)], optional: &[("selective", Boolean)] };
const FORCE_REPLY: Shape = Shape {
    required: &[("force_reply", Boolean)],
    optional: &[("input_field_placeholder", Text), ("selective", Boolean)],
};

/// Finds a method by its name in any case: teloxide asks for `SendMessage`.
pub(super) fn find_method(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name.eq_ignore_ascii_case(name))
}

/// Reads the parameters of a request from its query and its body, without a check.
pub(super) fn decode(method: &Method, query: &str, content_type: &str, body: &Bytes) -> Result<Call, String> {
    let mut written = form_pairs(query.as_bytes());
    let mut call = Call::default();
    if content_type.starts_with("application/x-www-form-urlencoded") {
        written.extend(form_pairs(body));
    } else if content_type.starts_with("multipart/form-data") {
        let (_, boundary) = content_type.split_once("boundary=").ok_or("Bad Request: multipart without a boundary")?;
        let (texts, uploads) = read_multipart(boundary.trim_matches('"'), body);
        written.extend(texts);
        call.uploads = uploads;
    } else if !body.is_empty() {
        match serde_json::from_slice(body) {
            Ok(Value::Object(object)) => call.params = object,
            Ok(_) => return Err("Bad Request: the body is not a JSON object".to_owned()),
            Err(error) => return Err(format!("Bad Request: can't parse request body as JSON: {error}")),
        }
    }
    for (name, text) in written {
        let kind = method.shape.fields().find(|(field, _)| *field == name).map_or(Text, |(_, kind)| *kind);
        call.params.insert(name, kind.read(text));
    }
    // A file may come under the parameter's own name, without a pointer.
    for (field, _) in method.shape.fields().filter(|(_, kind)| matches!(kind, File)) {
        if call.uploads.iter().any(|upload| upload.part == *field) {
            call.params.insert((*field).to_owned(), Value::String(format!("attach://{field}")));
        }
    }
    Ok(call)
}

/// Refuses unknown, missing and mistyped parameters, and files without a parameter.
pub(super) fn check(method: &Method, call: &Call) -> Result<(), String> {
    method.shape.check(&call.params, "")?;
    let is_meant = |upload: &Upload| {
        let pointer = format!("attach://{}", upload.part);
        method
            .shape
            .fields()
            .any(|(field, kind)| matches!(kind, File) && call.params.get(*field) == Some(&pointer.as_str().into()))
    };
    match call.uploads.iter().find(|upload| !is_meant(upload)) {
        Some(upload) => Err(format!("Bad Request: unknown parameter \"{}\"", upload.part)),
        None => Ok(()),
    }
}

impl Shape {
    fn fields(&self) -> impl Iterator<Item = &'static (&'static str, ParamKind)> + use<> {
        self.required.iter().chain(self.optional)
    }

    fn check(&self, object: &Params, path: &str) -> Result<(), String> {
        if let Some((name, _)) = self.required.iter().find(|(name, _)| !object.contains_key(*name)) {
            return Err(format!("Bad Request: parameter \"{path}{name}\" is required"));
        }
        for (name, value) in object {
            let path = format!("{path}{name}");
            match self.fields().find(|(field, _)| field == name) {
                Some((_, kind)) => kind.check(value, &path)?,
                None => return Err(format!("Bad Request: unknown parameter \"{path}\"")),
            }
        }
        Ok(())
    }
}

impl ParamKind {
    fn check(self, value: &Value, path: &str) -> Result<(), String> {
        let (fits, expected) = match (self, value) {
            (Each(kind), Value::Array(items)) => {
                return items.iter().enumerate().try_for_each(|(i, item)| kind.check(item, &format!("{path}[{i}]")));
            }
            (Object(shape), Value::Object(object)) => return shape.check(object, &format!("{path}.")),
            (Keyboard, Value::Object(object)) => {
                let others =
                    [("keyboard", REPLY_KEYBOARD), ("remove_keyboard", REMOVE_KEYBOARD), ("force_reply", FORCE_REPLY)];
                let shape = others.into_iter().find(|(key, _)| object.contains_key(*key));
                return shape.map_or(INLINE_KEYBOARD, |(_, shape)| shape).check(object, &format!("{path}."));
            }
            (Integer, value) => (value.is_i64(), "an integer"),
            (Boolean, value) => (value.is_boolean(), "true or false"),
            (Text | File, value) => (value.is_string(), "a string"),
            (Chat, value) => (value.is_i64() || value.is_string(), "an integer or a string"),
            (Each(_), _) => (false, "an array"),
            (Object(_) | Keyboard, _) => (false, "an object"),
        };
        if fits { Ok(()) } else { Err(format!("Bad Request: parameter \"{path}\" must be {expected}, not {value}")) }
    }

    /// Reads a value from text; unreadable text stays text, for the check to refuse.
    fn read(self, text: String) -> Value {
        let value = match self {
            Text | File => None,
            Integer | Chat => text.parse::<i64>().ok().map(Value::from),
            Boolean => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" => Some(Value::Bool(true)),
                "false" | "no" | "0" => Some(Value::Bool(false)),
                _ => None,
            },
            Each(_) | Object(_) | Keyboard => serde_json::from_str(&text).ok(),
        };
        value.unwrap_or(Value::String(text))
    }
}

fn form_pairs(form: &[u8]) -> Vec<(String, String)> {
    let pairs = form.split(|&b| b == b'&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let split = pair.iter().position(|&b| b == b'=').unwrap_or(pair.len());
            (percent_decoded(&pair[..split]), percent_decoded(pair.get(split + 1..).unwrap_or_default()))
        })
        .collect()
}

/// Undoes the percent-encoding of a form; a broken escape stays as it is.
pub(super) fn percent_decoded(encoded: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((&first, tail)) = rest.split_first() {
        let escape = tail.get(..2).and_then(|hex| u8::from_str_radix(str::from_utf8(hex).ok()?, 16).ok());
        match (first, escape) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
                continue;
            }
            (b'+', _) => bytes.push(b' '),
            (byte, _) => bytes.push(byte),
        }
        rest = tail;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn judged(name: &str, params: Value) -> Result<(), String> {
        let method = find_method(name).expect("a method of the table");
        let body = params.to_string();
        check(method, &decode(method, "", "application/json", &body.into())?)
    }

    #[test]
    fn mistyped_parameters_are_named() {
        let button =
            |button: Value| json!({"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [[button]]}});
        let table = [
            ("sendMessage", json!({"chat_id": 1}), "parameter \"text\" is required"),
            ("sendMessage", json!({"chat_id": 1, "text": "x", "txt": 1}), "unknown parameter \"txt\""),
            ("sendMessage", json!({"chat_id": 1, "text": 5}), "parameter \"text\" must be a string, not 5"),
            ("sendMessage", json!({"chat_id": 1, "text": null}), "parameter \"text\" must be a string, not null"),
            (
                "sendMessage",
                json!({"chat_id": 1.5, "text": "x"}),
                "parameter \"chat_id\" must be an integer or a string, not 1.5",
            ),
            (
                "sendMessage",
                button(json!({"text": "x", "call": "y"})),
                "unknown parameter \"reply_markup.inline_keyboard[0][0].call\"",
            ),
            (
                "sendMessage",
                button(json!([])),
                "parameter \"reply_markup.inline_keyboard[0][0]\" must be an object, not []",
            ),
            ("getUpdates", json!({"timeout": "30"}), "parameter \"timeout\" must be an integer, not \"30\""),
            ("getMe", json!([1]), "the body is not a JSON object"),
        ];
        for (method, params, complaint) in table {
            assert_eq!(judged(method, params), Err(format!("Bad Request: {complaint}")));
        }
        assert_eq!(
            judged("SENDMESSAGE", json!({"chat_id": "@x", "text": "x", "reply_markup": {"force_reply": true}})),
            Ok(())
        );
    }

    #[test]
    fn forms_queries_and_multipart_bodies_carry_typed_values() {
        let method = find_method("sendMessage").expect("a method of the table");
        let form = "text=a%20b+%D1%8F%2&disable_notification=true&reply_markup=%7B%22inline_keyboard%22%3A%5B%5D%7D";
        let params = decode(method, "chat_id=-5", "application/x-www-form-urlencoded", &form.into());
        let markup = json!({"inline_keyboard": []});
        let expected = json!({"chat_id": -5, "text": "a b я%2", "disable_notification": true, "reply_markup": markup});
        assert_eq!(params.map(|call| Value::Object(call.params)), Ok(expected));

        let body = "--B\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n7\r\n\
                    --B\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nline\r\nline\r\n--B--\r\n";
        let params = decode(method, "", "multipart/form-data; boundary=B", &body.into());
        let expected = json!({"chat_id": 7, "text": "line\r\nline"});
        assert_eq!(params.map(|call| Value::Object(call.params)), Ok(expected));
    }

    #[test]
    fn files_come_by_parameter_or_pointer_and_others_are_refused() {
        let part = |name: &str, file: &str, content: &str| {
            format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n")
        };
        let (chat, file) = (part("chat_id", "", "7"), "; filename=\"a.ics\"");
        let judged = |name: &str, parts: &[&str]| {
            let method = find_method(name).expect("a method of the table");
            let body = format!("{chat}{}--B--\r\n", parts.concat());
            let call = decode(method, "", "multipart/form-data; boundary=B", &body.into())?;
            check(method, &call).map(|()| (call.params["document"].clone(), call.uploads.len()))
        };
        let (direct, other) = (part("document", file, "x"), part("f", file, "x"));
        let pointer = part("document", "", "attach://f");
        let unknown = |name: &str| Err(format!("Bad Request: unknown parameter \"{name}\""));
        assert_eq!(judged("sendDocument", &[&direct]), Ok((json!("attach://document"), 1)));
        assert_eq!(judged("sendDocument", &[&pointer, &other]), Ok((json!("attach://f"), 1)));
        assert_eq!(judged("sendDocument", &[&direct, &other]), unknown("f"));
        assert_eq!(judged("sendDocument", &[&direct, &part("thumbnail", file, "x")]), unknown("thumbnail"));
        assert_eq!(judged("sendMessage", &[&part("text", "", "x"), &other]), unknown("f"));
        let missing = Err("Bad Request: parameter \"document\" is required".to_owned());
        assert_eq!(judged("sendDocument", &[&part("caption", "", "x")]), missing);
    }
}
