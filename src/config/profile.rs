//! The file of a conflict profile: the conflict, its outlets and feeds, its topics and names.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Table;

use super::check::host_fault;
use super::file;
use super::layers::{SettingFault, overlay_text};
use ceasewire_feeds::shown::shown;
use ceasewire_model::{FeedSource, NamedEntity, Outlet, Topic};

/// The built-in profiles, by name.
const BUILT_IN: &[(&str, &str)] = &[("nagorno-karabakh", include_str!("../../config/conflicts/nagorno-karabakh.toml"))];

/// The file of a conflict profile.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileFile {
    /// The conflict.
    pub conflict: ConflictSection,
    /// Publishers.
    #[serde(default)]
    pub outlets: Vec<Outlet>,
    /// Their feeds.
    #[serde(default)]
    pub feeds: Vec<FeedSource>,
    /// Topics, to which chats subscribe.
    #[serde(default)]
    pub topics: Vec<Topic>,
    /// Names with their other spellings.
    #[serde(default)]
    pub aliases: Vec<NamedEntity>,
}

/// The conflict.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConflictSection {
    /// Short name, such as `nagorno-karabakh`.
    pub id: String,
    /// Name shown to readers.
    pub name: String,
    /// The rule within which topics apply; left out, they apply to every article.
    #[serde(default)]
    pub scope: Option<String>,
    /// The countries at war, as ISO 3166-1 alpha-2 codes: the press of one side corroborates the other's.
    #[serde(default)]
    pub sides: Vec<String>,
}

/// Reads the profile of `conflict.profile`: a built-in one, or a path from `folder` or the working folder.
pub(super) fn read(source: &str, folder: &Path, faults: &mut Vec<SettingFault>) -> ProfileFile {
    let Some(text) = text(source, folder, faults) else {
        return ProfileFile::default();
    };
    let mut base: Table = "[conflict]\nid = \"\"\nname = \"\"".parse().expect("two keys are TOML");
    let before = faults.len();
    overlay_text::<ProfileFile>(&mut base, &text, source, faults);
    for fault in &mut faults[before..] {
        if fault.place != source {
            fault.place = format!("{source}: {}", fault.place);
        }
    }
    let profile: ProfileFile = base.try_into().expect("each layer was tried before it was laid");
    check(&profile, source, faults);
    profile
}

fn text(source: &str, folder: &Path, faults: &mut Vec<SettingFault>) -> Option<String> {
    if let Some((_, text)) = BUILT_IN.iter().find(|(name, _)| *name == source) {
        return Some((*text).to_owned());
    }
    let beside = folder.join(source);
    let path = if beside.exists() { beside } else { PathBuf::from(source) };
    match file::read_text(&path) {
        Ok(text) => Some(text),
        Err(error) => {
            let names: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
            let problem =
                format!("\"{source}\": {error}; name a profile's file, or a built-in profile: {}", names.join(", "));
            faults.push(SettingFault { place: "conflict.profile".into(), problem });
            None
        }
    }
}

fn check(profile: &ProfileFile, source: &str, faults: &mut Vec<SettingFault>) {
    let mut fault = |place: String, problem: &str| {
        faults.push(SettingFault { place: format!("{source}: {place}"), problem: problem.to_owned() });
    };
    if profile.conflict.id.trim().is_empty() || profile.conflict.name.trim().is_empty() {
        fault("conflict".into(), "needs an id and a name");
    }
    for (index, outlet) in profile.outlets.iter().enumerate() {
        if profile.outlets[..index].iter().any(|other| other.id == outlet.id) {
            fault(format!("outlets: {}", outlet.id), "is described twice; remove one");
        }
        if let Some(problem) = host_fault(outlet) {
            fault(format!("outlets: {}", outlet.id), &problem);
        }
    }
    for feed in &profile.feeds {
        if !profile.outlets.iter().any(|outlet| outlet.id == feed.outlet) {
            fault(format!("feeds: {}", shown(&feed.url)), "belongs to an outlet that the profile does not describe");
        }
    }
    for (index, topic) in profile.topics.iter().enumerate() {
        if profile.topics[..index].iter().any(|other| other.id == topic.id) {
            fault(format!("topics: {}", topic.id), "is there twice; remove one");
        }
        // People type the id in a command, and a button's data has it.
        let plain = topic.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if topic.id.is_empty() || topic.id.len() > 32 || !plain {
            fault(format!("topics: {}", topic.id), "needs an id of 1 to 32 lower-case letters, digits and hyphens");
        }
    }
}
