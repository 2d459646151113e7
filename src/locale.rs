//! Words for readers: the messages of `locales/`, filled in and given their styles. Knows the model only.
//!
//! A message may mark text as `*bold*` or as `` `code` ``. What is filled in is never read as marks: Fluent puts it
//! between isolation characters, which are taken out here.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid};

use ceasewire_model::{Span, Style, Text};

fluent_templates::static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        // The isolation characters tell what was filled in from what the message itself says.
        customise: |bundle| bundle.set_use_isolating(true),
    };
}

static ENGLISH: LanguageIdentifier = langid!("en");
const ISOLATE: char = '\u{2068}';
const POP: char = '\u{2069}';

/// What is filled into a message.
#[derive(Clone, Debug)]
pub enum Arg<'a> {
    /// Words, shown as they are.
    Text(Cow<'a, str>),
    /// A number, by which the message may choose its form.
    Number(i64),
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Arg<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<i64> for Arg<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Arg<'_> {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

/// A language that the program's texts exist in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Locale(&'static LanguageIdentifier);

impl Default for Locale {
    fn default() -> Self {
        Self(&ENGLISH)
    }
}

impl Locale {
    /// The message `id` with its arguments filled in.
    pub fn text(self, id: &str, args: &[(&'static str, Arg<'_>)]) -> Text {
        let args: HashMap<Cow<'static, str>, FluentValue<'_>> = args
            .iter()
            .map(|(name, value)| {
                let value = match value {
                    Arg::Text(text) => FluentValue::from(text.replace([ISOLATE, POP], "")),
                    Arg::Number(number) => FluentValue::from(*number),
                };
                (Cow::from(*name), value)
            })
            .collect();
        styled(&LOCALES.lookup_with_args(self.0, id, &args))
    }

    /// The message `id` without styles, for buttons and notes.
    pub fn label(self, id: &str) -> String {
        self.text(id, &[]).to_plain()
    }
}

/// The message `id` in English.
pub fn say(id: &str, args: &[(&'static str, Arg<'_>)]) -> Text {
    Locale::default().text(id, args)
}

/// The message `id` in English without styles.
pub fn word(id: &str) -> String {
    Locale::default().label(id)
}

/// Reads the marks of a message.
fn styled(message: &str) -> Text {
    let mut spans: Vec<Span> = Vec::new();
    let mut style = Style::Plain;
    let mut filled_in = 0_usize;
    for c in message.chars() {
        match c {
            ISOLATE => filled_in += 1,
            POP => filled_in = filled_in.saturating_sub(1),
            '*' if filled_in == 0 && style != Style::Code => {
                style = if style == Style::Bold { Style::Plain } else { Style::Bold };
            }
            '`' if filled_in == 0 => style = if style == Style::Code { Style::Plain } else { Style::Code },
            c => match spans.last_mut() {
                Some(span) if span.style == style => span.text.push(c),
                _ => spans.push(Span { text: c.to_string(), style: style.clone() }),
            },
        }
    }
    Text(spans)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn marks_style_the_message_and_not_what_is_filled_in() {
        let text = styled(&format!("*Rule* `a*` {ISOLATE}*x* `y`{POP}."));
        let expected = Text::default()
            .with("Rule", Style::Bold)
            .with(" ", Style::Plain)
            .with("a*", Style::Code)
            .with(" *x* `y`.", Style::Plain);
        assert_eq!(text, expected);
    }

    /// Every message that the code names is there, and every message that is there is named.
    #[test]
    fn messages_and_code_know_each_other() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut named = BTreeSet::new();
        let mut folders = vec![root.join("src")];
        while let Some(folder) = folders.pop() {
            for entry in folder.read_dir().unwrap().map(Result::unwrap) {
                if entry.path().is_dir() {
                    folders.push(entry.path());
                    continue;
                }
                let code = std::fs::read_to_string(entry.path()).unwrap();
                for call in ["say(", "word(", ".text(", ".label("] {
                    for part in code.split(call).skip(1) {
                        if let Some(id) = part.trim_start().strip_prefix('"') {
                            named.insert(id.split('"').next().unwrap().to_owned());
                        }
                    }
                }
            }
        }
        // The code of this very test looks like a call, too.
        named.retain(|id| id.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !id.is_empty());
        let mut there = BTreeSet::new();
        for entry in root.join("locales/en").read_dir().unwrap().map(Result::unwrap) {
            for line in std::fs::read_to_string(entry.path()).unwrap().lines() {
                if let Some((id, _)) = line.split_once(" =")
                    && id.chars().all(|c| c.is_ascii_lowercase() || c == '-')
                {
                    there.insert(id.to_owned());
                }
            }
        }
        assert_eq!(named, there);
    }
}
