//! Loads the settings and the conflict profile.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::check;
use super::profile::ConflictSection;
use super::{ConfigError, DEFAULTS, FeedSection, SettingFault, Settings, SettingsSource, layers, profile};
use ceasewire_feeds::fetch::Credentials;
use ceasewire_feeds::shown::shown;
use ceasewire_model::{FeedSource, Outlet};
use ceasewire_profile::{Profile, Vocabulary};

/// Names the encoder's model file, for tools and tests as for the program.
const ENCODER_VARIABLE: &str = "CEASEWIRE_ENCODER";

/// Reads and checks the settings, the environment's `CEASEWIRE__…` and the conflict profile; reports every fault with
/// its place.
pub fn load(
    source: SettingsSource<'_>,
    env: impl IntoIterator<Item = (String, String)>,
) -> Result<Settings, ConfigError> {
    let mut faults = Vec::new();
    let env: Vec<(String, String)> = env.into_iter().collect();
    let model = env.iter().find(|(name, value)| name == ENCODER_VARIABLE && !value.is_empty());
    let model = model.map(|(_, value)| value.into());
    let mut config = layers::read(DEFAULTS, source, env, &mut faults);
    config.encoder.file = model.or(config.encoder.file);
    let folder = match source {
        SettingsSource::File(file) => file.parent().unwrap_or(Path::new("")),
        SettingsSource::Defaults | SettingsSource::Text(..) => Path::new(""),
    };
    let profile = profile::read(&config.conflict.profile, folder, &mut faults);
    check::settings(&config, &mut faults);

    let (vocabulary, errors) =
        Vocabulary::new(&profile.topics, profile.conflict.scope.as_deref(), profile.aliases.clone());
    faults.extend(
        errors
            .into_iter()
            .map(|error| SettingFault { place: format!("profile: {}", error.place), problem: error.error.to_string() }),
    );

    check::outlets(&config.outlets, &mut faults);
    let mut outlets: BTreeMap<String, Outlet> =
        profile.outlets.iter().chain(&config.outlets).map(|outlet| (outlet.id.clone(), outlet.clone())).collect();
    let mut warnings = Vec::new();
    let mut feeds: Vec<FeedSource> = Vec::new();
    let mut access: BTreeMap<String, Credentials> = BTreeMap::new();
    for feed in &config.feeds {
        if let Some(found) = feed.access(&mut faults) {
            access.entry(feed.url.clone()).or_insert(found);
        }
    }
    let profile_feeds = if config.conflict.profile_feeds { profile.feeds.as_slice() } else { &[] };
    for feed in config.feeds.iter().map(FeedSection::source).chain(profile_feeds.iter().cloned()) {
        check::feed(&feed, &mut faults);
        warnings.extend(check::secret_in_address(&feed));
        if feeds.iter().any(|other| other.url == feed.url) {
            warnings.push(format!("feed {} is configured twice; the first one counts", shown(&feed.url)));
            continue;
        }
        outlets.entry(feed.outlet.clone()).or_insert_with(|| {
            warnings
                .push(format!("outlet \"{0}\" is not described; add an [[outlets]] with id = \"{0}\"", feed.outlet));
            undescribed(&feed.outlet)
        });
        feeds.push(feed);
    }
    let password_files = config.feeds.iter().filter_map(|feed| feed.password_file.as_deref());
    warnings
        .extend(config.telegram.token_file.as_deref().into_iter().chain(password_files).filter_map(check::open_file));
    if feeds.is_empty() {
        warnings.push("there is no feed to poll; add [[feeds]], or set conflict.profile_feeds = true".into());
    }
    if faults.is_empty() {
        let ConflictSection { id, name, sides, .. } = profile.conflict;
        let addresses = feeds.iter().map(|feed| (feed.outlet.clone(), feed.url.clone())).collect();
        let profile =
            Arc::new(Profile { id, name, sides, outlets, feeds: addresses, vocabulary: Arc::new(vocabulary) });
        Ok(Settings { config, profile, feeds, access, warnings })
    } else {
        Err(ConfigError(faults))
    }
}

/// An outlet that neither the settings nor the profile describe.
fn undescribed(id: &str) -> Outlet {
    Outlet {
        id: id.to_owned(),
        name: id.to_owned(),
        country: String::new(),
        language: String::new(),
        affiliation: String::new(),
        hosts: Vec::new(),
    }
}
