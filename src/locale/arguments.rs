//! The arguments of messages.

use std::borrow::Cow;

use fluent_templates::fluent_bundle::FluentValue;

use super::{ISOLATE, POP};
use ceasewire_model::Text;

/// Stands for the first styled argument in a formatted message; the next argument has the next character. Unicode
/// assigns no meaning to these 32 characters, and text for interchange does not have them.
const FIRST_INSERT: u32 = 0xfdd0;
const MAX_INSERTS: u32 = 32;

/// An argument of a message.
#[derive(Clone, Debug)]
pub enum Arg<'a> {
    /// Words, shown as they are.
    Text(Cow<'a, str>),
    /// Words with styles.
    Styled(Text),
    /// A number, by which the message may choose its plural form.
    Number(i64),
}

impl Arg<'_> {
    /// Returns the value for Fluent. A styled argument becomes a placeholder for a new text of `inserts`.
    pub(super) fn to_fluent<'a>(&'a self, inserts: &mut Vec<&'a Text>) -> FluentValue<'a> {
        match self {
            Self::Text(text) => FluentValue::from(text.replace(is_reserved, "")),
            Self::Styled(text) => {
                let place = FIRST_INSERT + u32::try_from(inserts.len()).unwrap_or(u32::MAX).min(MAX_INSERTS - 1);
                inserts.push(text);
                FluentValue::from(char::from_u32(place).map(String::from).unwrap_or_default())
            }
            Self::Number(number) => FluentValue::from(*number),
        }
    }
}

/// Finds the styled argument that a character of a formatted message stands for.
pub(super) fn insert_of<'a>(c: char, inserts: &[&'a Text]) -> Option<&'a Text> {
    let place = u32::from(c).checked_sub(FIRST_INSERT).filter(|place| *place < MAX_INSERTS)?;
    inserts.get(place as usize).copied()
}

/// Whether a character has a meaning in formatted messages, so that no argument may bring it in.
fn is_reserved(c: char) -> bool {
    matches!(c, ISOLATE | POP) || (FIRST_INSERT..FIRST_INSERT + MAX_INSERTS).contains(&u32::from(c))
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

impl From<Text> for Arg<'_> {
    fn from(text: Text) -> Self {
        Self::Styled(text)
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
