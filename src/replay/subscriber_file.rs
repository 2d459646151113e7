//! The subscribers of a replay, as their TOML file describes them: each is a list of commands.

use std::collections::BTreeSet;

use anyhow::Context;
use serde::Deserialize;

/// A subscriber of a replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplaySubscriber {
    /// The name in the output; `None` for the one subscriber of a file without names.
    pub name: Option<String>,
    /// Its commands, as a person would type them into the chat.
    pub commands: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SubscriberFile {
    commands: Option<Vec<String>>,
    #[serde(default)]
    subscribers: Vec<NamedSubscriber>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedSubscriber {
    #[serde(alias = "id")]
    name: String,
    commands: Vec<String>,
}

/// Parses the file: `commands = […]` for one subscriber, `[[subscribers]]` with a name each for several.
///
/// # Errors
/// When the file is no such TOML, has no subscriber, or gives a name twice.
pub fn parse_subscribers(text: &str) -> anyhow::Result<Vec<ReplaySubscriber>> {
    let file: SubscriberFile = toml::from_str(text)?;
    match (file.commands, file.subscribers) {
        (Some(commands), named) if named.is_empty() => Ok(vec![ReplaySubscriber { name: None, commands }]),
        (None, named) if !named.is_empty() => {
            let mut names = BTreeSet::new();
            let twice = named.iter().find(|subscriber| !names.insert(&subscriber.name));
            twice.map_or(Ok(()), |twice| Err(anyhow::anyhow!("two subscribers have the name \"{}\"", twice.name)))?;
            let named = named.into_iter();
            Ok(named.map(|named| ReplaySubscriber { name: Some(named.name), commands: named.commands }).collect())
        }
        _ => {
            None.context("write either `commands = [\"/subscribe …\"]`, or [[subscribers]] with `name` and `commands`")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_subscriber_or_several_with_names() {
        let parsed = |text| match parse_subscribers(text) {
            Ok(found) => found
                .iter()
                .map(|one| format!("{}: {}", one.name.as_deref().unwrap_or("-"), one.commands.join(" ")))
                .collect::<Vec<_>>()
                .join("; "),
            Err(error) => format!("fault: {}", error.to_string().lines().next().unwrap_or_default()),
        };
        for (text, expected) in [
            ("commands = [\"/start\", \"/cap 3\"]", "-: /start /cap 3"),
            ("commands = []", "-: "),
            (
                "[[subscribers]]\nname = \"desk\"\ncommands = [\"/a\"]\n[[subscribers]]\nid = \"night\"\ncommands = []",
                "desk: /a; night: ",
            ),
        ] {
            assert_eq!(parsed(text), expected, "{text}");
        }
        for (text, part) in [
            ("", "write either"),
            ("commands = []\n[[subscribers]]\nname = \"a\"\ncommands = []", "write either"),
            ("commands = \"/start\"", "TOML parse error"),
            ("command = []", "TOML parse error"),
            (
                "[[subscribers]]\nname = \"a\"\ncommands = []\n[[subscribers]]\nname = \"a\"\ncommands = []",
                "two subscribers have the name \"a\"",
            ),
        ] {
            assert!(parsed(text).contains(part), "{text}: {}", parsed(text));
        }
    }
}
