//! The texts of the program in the languages of readers, and the formats of dates, times and numbers. Knows the model
//! only.
//!
//! A language is a folder of `locales/`. A message there may mark text as `*bold*` or as `` `code` ``. An argument is
//! never read as marks: Fluent puts it between isolation characters, which `styled` takes out again.

mod arguments;
mod formats;

#[cfg(test)]
pub(crate) mod pseudo;

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid};

use ceasewire_model::{Span, Style, Subscriber, Text};

pub use arguments::Arg;

fluent_templates::static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        // The isolation characters separate arguments from the message itself.
        customise: |bundle| bundle.set_use_isolating(true),
    };
}

static ENGLISH: LanguageIdentifier = langid!("en");
const ISOLATE: char = '\u{2068}';
const POP: char = '\u{2069}';

/// A language of `locales/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Locale(&'static LanguageIdentifier);

impl Default for Locale {
    fn default() -> Self {
        #[cfg(test)]
        if pseudo::is_default() {
            return pseudo::LOCALE;
        }
        Self(&ENGLISH)
    }
}

/// Chooses the language of a chat. Chats cannot choose one yet, so it is the default.
pub fn locale_of(_subscriber: Option<&Subscriber>) -> Locale {
    Locale::default()
}

impl Locale {
    /// Returns the message `id` with its arguments.
    pub fn text(self, id: &str, args: &[(&'static str, Arg<'_>)]) -> Text {
        let mut inserts = Vec::new();
        let values: HashMap<Cow<'static, str>, FluentValue<'_>> =
            args.iter().map(|(name, arg)| (Cow::from(*name), arg.to_fluent(&mut inserts))).collect();
        styled(&self.lookup(id, &values), &inserts)
    }

    /// Returns the message `id` without arguments and styles, for buttons and notes.
    pub fn label(self, id: &str) -> String {
        self.text(id, &[]).to_plain()
    }

    fn lookup(self, id: &str, args: &HashMap<Cow<'static, str>, FluentValue<'_>>) -> String {
        #[cfg(test)]
        if self == pseudo::LOCALE {
            return pseudo::lookup(id, args);
        }
        LOCALES.lookup_with_args(self.0, id, args)
    }
}

/// Turns the marks of a message into styles, and the placeholders of styled arguments into their spans.
fn styled(message: &str, inserts: &[&Text]) -> Text {
    let mut spans: Vec<Span> = Vec::new();
    let mut style = Style::Plain;
    let mut depth = 0_usize;
    for c in message.chars() {
        match c {
            ISOLATE => depth += 1,
            POP => depth = depth.saturating_sub(1),
            '*' if depth == 0 && style != Style::Code => {
                style = if style == Style::Bold { Style::Plain } else { Style::Bold };
            }
            '`' if depth == 0 => style = if style == Style::Code { Style::Plain } else { Style::Code },
            c => match (arguments::insert_of(c, inserts), spans.last_mut()) {
                (Some(insert), _) => spans.extend(insert.0.iter().cloned()),
                (None, Some(span)) if span.style == style => span.text.push(c),
                (None, _) => spans.push(Span { text: c.to_string(), style: style.clone() }),
            },
        }
    }
    Text(spans)
}

#[cfg(test)]
mod tests;
