//! Configuration: the sections of `config/default.toml`, the conflict profile, and all that can be wrong with them.
//!
//! [`load`] reads everything, checks everything and names every fault at once. Nothing else of the program reads a
//! file of settings or the environment.

mod access;
mod layers;
mod profile;
mod retention;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use ceasewire_feeds::fetch::{Credentials, FetchConfig};
use ceasewire_feeds::schedule::PollerConfig;
use ceasewire_model::attention::Unconfirmed;
use ceasewire_model::{FeedSource, Outlet};
use ceasewire_profile::{Profile, Vocabulary};

pub use access::FeedSection;
pub use layers::SettingFault;
pub use profile::{Conflict, ProfileFile};
pub use retention::RetentionConfig;

/// The defaults, which are also the documentation of every key.
const DEFAULTS: &str = include_str!("../../config/default.toml");

/// The settings as they are written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub database: DatabaseConfig,
    pub telegram: TelegramConfig,
    pub poller: PollerConfig,
    pub fetch: FetchConfig,
    pub articles: ArticlesConfig,
    pub chats: ChatsConfig,
    pub conflict: ConflictConfig,
    pub delivery: DeliveryConfig,
    pub retention: RetentionConfig,
    pub log: LogConfig,
    pub web: WebConfig,
    #[serde(default)]
    pub feeds: Vec<FeedSection>,
    #[serde(default)]
    pub outlets: Vec<Outlet>,
}

/// Where the store is.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    pub url: String,
}

impl fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a password.
        let scheme = self.url.split("://").next().unwrap_or_default();
        f.debug_struct(" DatabaseConfig").field("url", &format_args!("{scheme}://…")).finish()
    }
}

/// How Telegram is reached.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelegramConfig {
    #[serde(default)]
    pub token_file: Option<PathBuf>,
    pub api_url: String,
    pub paid_broadcast: bool,
    pub long_poll_secs: u64,
}

/// Which conflict is watched.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConflictConfig {
    pub profile: String,
    pub profile_feeds: bool,
}

/// Which articles alert.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArticlesConfig {
    pub max_age_hours: u64,
    pub burst: usize,
}

/// What chats may do.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChatsConfig {
    pub max_feeds: usize,
    pub operators: Vec<i64>,
}

/// How alerts are sent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryConfig {
    pub messages_per_second: u32,
    pub send_timeout_secs: u64,
    pub lease_secs: u64,
    pub unconfirmed: Unconfirmed,
    pub fold_after_secs: u64,
    pub stale_after_secs: u64,
    pub summary_sentences: usize,
}

/// What is logged.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    pub filter: String,
}

/// What listens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebConfig {
    #[serde(default)]
    pub listen: Option<SocketAddr>,
}

/// Everything that is known once configuration and profile have been read and found right.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The settings as written.
    pub config: Config,
    /// The conflict profile, with the outlets of feeds that describe none.
    pub profile: Arc<Profile>,
    /// The feeds to poll.
    pub feeds: Vec<FeedSource>,
    /// How those that need more than their address are reached, by that address.
    pub access: BTreeMap<String, Credentials>,
    /// What is odd without being wrong.
    pub warnings: Vec<String>,
}

/// All that is wrong with a configuration.
#[derive(Debug)]
pub struct ConfigError(pub Vec<SettingFault>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, noun) = (self.0.len(), if self.0.len() == 1 { "fault" } else { "faults" });
        write!(f, "the configuration has {count} {noun}:")?;
        for fault in &self.0 {
            write!(f, "\n  {}: {}", fault.place, fault.problem.replace('\n', "\n      "))?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// Where settings beside the defaults come from.
#[derive(Clone, Copy, Debug)]
pub enum SettingsSource<'a> {
    /// Nowhere: the defaults are all.
    Defaults,
    /// A file.
    File(&'a Path),
    /// Text that is compiled in, under a name.
    Text(&'a str, &'a str),
}

/// Reads the settings, the environment's `CEASEWIRE__…` and the conflict profile.
///
/// # Errors
/// Every fault found, each with its place.
pub fn load(
    source: SettingsSource<'_>,
    env: impl IntoIterator<Item = (String, String)>,
) -> Result<Settings, ConfigError> {
    let mut faults = Vec::new();
    let config = layers::read(DEFAULTS, source, env, &mut faults);
    let folder = match source {
        SettingsSource::File(file) => file.parent().unwrap_or(Path::new("")),
        SettingsSource::Defaults | SettingsSource::Text(..) => Path::new(""),
    };
    let profile = profile::read(&config.conflict.profile, folder, &mut faults);
    check(&config, &mut faults);

    let (vocabulary, errors) =
        Vocabulary::new(&profile.topics, profile.conflict.scope.as_deref(), profile.aliases.clone());
    faults.extend(
        errors
            .into_iter()
            .map(|error| SettingFault { place: format!("profile: {}", error.place), problem: error.error.to_string() }),
    );

    let mut outlets: BTreeMap<String, Outlet> = BTreeMap::new();
    for (index, outlet) in config.outlets.iter().enumerate() {
        let fault =
            |problem: &str| SettingFault { place: format!("outlets: {:?}", outlet.id), problem: problem.to_owned() };
        if outlet.id.is_empty() || outlet.id.contains(char::is_whitespace) || outlet.name.trim().is_empty() {
            faults.push(fault("needs an id without blanks and a name"));
        }
        if config.outlets[..index].iter().any(|other| other.id == outlet.id) {
            faults.push(fault("is described twice; remove one"));
        }
    }
    for outlet in profile.outlets.iter().chain(&config.outlets) {
        outlets.insert(outlet.id.clone(), outlet.clone());
    }
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
        check_feed(&feed, &mut faults);
        if feeds.iter().any(|other| other.url == feed.url) {
            warnings.push(format!("feed {} is configured twice; the first one counts", shown(&feed.url)));
            continue;
        }
        outlets.entry(feed.outlet.clone()).or_insert_with(|| {
            warnings
                .push(format!("outlet \"{0}\" is not described; add an [[outlets]] with id = \"{0}\"", feed.outlet));
            Outlet {
                id: feed.outlet.clone(),
                name: feed.outlet.clone(),
                country: String::new(),
                language: String::new(),
                affiliation: String::new(),
            }
        });
        feeds.push(feed);
    }
    if feeds.is_empty() {
        warnings.push("there is no feed to poll; add [[feeds]], or set conflict.profile_feeds = true".into());
    }
    if faults.is_empty() {
        let Conflict { id, name, sides, .. } = profile.conflict;
        let profile = Arc::new(Profile { id, name, sides, outlets, vocabulary: Arc::new(vocabulary) });
        Ok(Settings { config, profile, feeds, access, warnings })
    } else {
        Err(ConfigError(faults))
    }
}

impl Config {
    /// The bot's token: from `TELOXIDE_TOKEN`, or else from `telegram.token_file`; `None` where there is neither.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn token(&self, from_env: Option<String>) -> Result<Option<SecretString>, ConfigError> {
        let token = match (from_env.filter(|token| !token.trim().is_empty()), &self.telegram.token_file) {
            (Some(token), _) => token,
            (None, Some(file)) => std::fs::read_to_string(file).map_err(|error| {
                let problem = format!("{}: {error}; name a file that holds the bot's token", file.display());
                ConfigError(vec![SettingFault { place: "telegram.token_file".into(), problem }])
            })?,
            (None, None) => return Ok(None),
        };
        if token.trim().is_empty() || token.trim().contains(char::is_whitespace) {
            let problem = "holds no bot's token; a token looks like 123456:letters".to_owned();
            return Err(ConfigError(vec![SettingFault { place: "telegram.token_file".into(), problem }]));
        }
        Ok(Some(SecretString::from(token.trim().to_owned())))
    }
}

/// Checks what the types alone do not say.
fn check(config: &Config, faults: &mut Vec<SettingFault>) {
    let mut fault = |place: &str, problem: String| faults.push(SettingFault { place: place.into(), problem });
    if !["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| config.database.url.starts_with(scheme)) {
        fault("database.url", "is neither sqlite://FILE nor postgres://USER@HOST/NAME".into());
    }
    match Url::parse(&config.telegram.api_url) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => {}
        _ => fault(
            "telegram.api_url",
            format!("\"{}\" is not an address such as https://api.telegram.org", config.telegram.api_url),
        ),
    }
    let mut range = |place: &str, value: u64, from: u64, to: u64| {
        if !(from..=to).contains(&value) {
            fault(place, format!("is {value}; give a number from {from} to {to}"));
        }
    };
    const DAY: u64 = 86_400;
    range("telegram.long_poll_secs", config.telegram.long_poll_secs, 1, 50);
    range("poller.min_interval_secs", config.poller.min_interval_secs, 1, DAY);
    range("poller.max_interval_secs", config.poller.max_interval_secs, 1, 7 * DAY);
    if let Some(interval) = config.poller.interval_secs {
        range("poller.interval_secs", interval, 1, 7 * DAY);
    }
    range("poller.concurrency", config.poller.concurrency as u64, 1, 1000);
    range("fetch.connect_timeout_secs", config.fetch.connect_timeout_secs, 1, 600);
    range("fetch.header_timeout_secs", config.fetch.header_timeout_secs, 1, 600);
    range("fetch.timeout_secs", config.fetch.timeout_secs, 1, 600);
    range("fetch.per_host_concurrency", config.fetch.per_host_concurrency as u64, 1, 1000);
    range("fetch.per_host_spacing_ms", config.fetch.per_host_spacing_ms, 0, 60_000);
    range("fetch.max_body_bytes", config.fetch.max_body_bytes as u64, 1024, 1 << 30);
    range("articles.max_age_hours", config.articles.max_age_hours, 1, 24 * 365);
    range("chats.max_feeds", config.chats.max_feeds as u64, 0, 1000);
    range("articles.burst", config.articles.burst as u64, 1, 10_000);
    range("delivery.messages_per_second", u64::from(config.delivery.messages_per_second), 1, 100_000);
    range("delivery.send_timeout_secs", config.delivery.send_timeout_secs, 1, 600);
    range("delivery.lease_secs", config.delivery.lease_secs, 2, 3600);
    range("delivery.fold_after_secs", config.delivery.fold_after_secs, 1, 86_400);
    range("delivery.stale_after_secs", config.delivery.stale_after_secs, 60, 7 * 86_400);
    range("delivery.summary_sentences", config.delivery.summary_sentences as u64, 1, 5);
    config.retention.check(&config.articles, faults);
    let mut fault = |place: &str, problem: String| faults.push(SettingFault { place: place.into(), problem });
    if config.poller.min_interval_secs > config.poller.max_interval_secs {
        let (min, max) = (config.poller.min_interval_secs, config.poller.max_interval_secs);
        fault("poller.min_interval_secs", format!("is {min}, more than poller.max_interval_secs, which is {max}"));
    }
    if config.delivery.send_timeout_secs >= config.delivery.lease_secs {
        let (timeout, lease) = (config.delivery.send_timeout_secs, config.delivery.lease_secs);
        let problem =
            format!("is {timeout}, not less than delivery.lease_secs, which is {lease}; a message could go out twice");
        fault("delivery.send_timeout_secs", problem);
    }
    if config.fetch.user_agent.is_empty() || config.fetch.user_agent.bytes().any(|byte| !(b' '..=b'~').contains(&byte))
    {
        fault("fetch.user_agent", "holds characters that no HTTP header can carry, or none at all".into());
    }
    if config.fetch.allow_ports.contains(&0) {
        fault("fetch.allow_ports", "holds 0, which is no port".into());
    }
    if let Err(error) = tracing_subscriber::EnvFilter::try_new(&config.log.filter) {
        fault("log.filter", format!("{error}; write a level such as info, or module=level pairs with commas"));
    }
}

/// An address without what may be a key: its query and a user's password.
fn shown(address: &str) -> String {
    let short = address.split(['?', '#']).next().unwrap_or_default();
    match (short.find("://"), short.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => format!("{}…{}", &short[..scheme + 3], &short[at..]),
        _ => short.to_owned(),
    }
}

fn check_feed(feed: &FeedSource, faults: &mut Vec<SettingFault>) {
    let place = format!("feeds: {}", shown(&feed.url));
    match Url::parse(&feed.url) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => {}
        _ => {
            faults.push(SettingFault { place: place.clone(), problem: "is not an http:// or https:// address".into() })
        }
    }
    if feed.outlet.trim().is_empty() {
        faults.push(SettingFault { place: place.clone(), problem: "has no outlet; name the id of one".into() });
    }
    if feed.interval_secs == Some(0) {
        faults.push(SettingFault { place, problem: "has an interval_secs of 0; give at least 1".into() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load_text(text: &str, env: &[(&str, &str)]) -> Result<Settings, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("c.toml");
        std::fs::write(&file, text).unwrap();
        load(SettingsSource::File(&file), env.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn the_defaults_are_right_and_document_every_key() {
        let settings = load(SettingsSource::Defaults, []).unwrap();
        assert_eq!(settings.profile.id, "nagorno-karabakh");
        assert_eq!(settings.warnings, Vec::<String>::new());
        // Each optional key stands there too, behind a "#": with those uncommented nothing is unknown.
        let all: String = DEFAULTS
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(key)
                    if key.starts_with("[[") || key.split_once(" = ").is_some_and(|(name, _)| !name.contains(' ')) =>
                {
                    key
                }
                _ => line,
            })
            .fold(String::new(), |all, line| all + line + "\n");
        let config: Config = toml::from_str(&all).unwrap();
        assert!(
            config.web.listen.is_some()
                && config.telegram.token_file.is_some()
                && config.poller.interval_secs.is_some()
        );
        assert!(
            config.feeds[0].interval_secs.is_some() && config.feeds[0].language.is_some() && !config.outlets.is_empty()
        );
        let feed = &config.feeds[0];
        assert!(feed.proxy.is_some() && !feed.headers.is_empty() && feed.user.is_some());
        assert!(feed.password.is_some() && feed.password_file.is_some());
    }

    #[test]
    fn all_faults_are_named_at_once() {
        let error = load_text(
            "[database]\nurl = \"mysql://x\"\n[poller]\ninterval_sec = 5\nmin_interval_secs = \"soon\"\n\
             [[feeds]]\nurl = \"ftp://x\"\noutlet = \"a\"\n[[feeds]]\nurl = \"http://x.example/\"\noutlet = \"a\"\nname = 1\n\
             [conflict]\nprofile = \"atlantis\"\n",
            &[("CEASEWIRE__WEB__LISTEN", "nowhere"), ("CEASEWIRE__FETCH__TIMEOUT_SECS", "0")],
        )
        .unwrap_err()
        .to_string();
        for part in [
            "has 8 faults",
            "database.url",
            "poller.interval_sec",
            "poller.min_interval_secs",
            "ftp://x",
            "feeds[2].name",
            "conflict.profile",
            "CEASEWIRE__WEB__LISTEN",
            "fetch.timeout_secs",
        ] {
            assert!(error.contains(part), "{part} is not in:\n{error}");
        }
    }

    #[test]
    fn the_environment_overrides_the_file_and_the_file_the_defaults() {
        let settings = load_text(
            "[poller]\nmin_interval_secs = 5\nmax_interval_secs = 7\n",
            &[
                ("CEASEWIRE__POLLER__MAX_INTERVAL_SECS", "60"),
                ("CEASEWIRE__DATABASE__URL", "sqlite://x.db"),
                ("CEASEWIRE_DATA", "/x"),
            ],
        )
        .unwrap();
        assert_eq!((settings.config.poller.min_interval_secs, settings.config.poller.max_interval_secs), (5, 60));
        assert_eq!(settings.config.database.url, "sqlite://x.db");
    }

    #[test]
    fn a_feed_of_an_undescribed_outlet_is_polled_with_a_warning() {
        let text = "[conflict]\nprofile_feeds = false\n[[feeds]]\nurl = \"http://x.example/\"\noutlet = \"mine\"\n";
        let settings = load_text(text, &[]).unwrap();
        assert_eq!(settings.feeds.len(), 1);
        assert_eq!(settings.profile.outlets["mine"].name, "mine");
        assert!(settings.warnings[0].contains("mine"));
    }

    #[test]
    fn every_fault_of_one_feed_is_named() {
        let error = load_text(
            "[[feeds]]\nurl = 5\noutlett = \"a\"\ninterval = 3\n[[feeds]]\nurl = \"http://x.example/\"\noutlet = \"a\"\n",
            &[],
        );
        let error = error.unwrap_err().to_string();
        for part in [
            "has 4 faults",
            "feeds[1].url",
            "feeds[1].outlett",
            "feeds[1].interval",
            "feeds[1]: missing field `outlet`",
        ] {
            assert!(error.contains(part), "{part} is not in:\n{error}");
        }
    }

    #[test]
    fn no_fault_quotes_a_password() {
        for text in ["[database]\nurl = \"postgres://u:hunter2@h/d\n", "database = \"postgres://u:hunter2@h/d\"\n"] {
            let error = load_text(text, &[]).unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
        let error = load_text("[[feeds]]\nurl = \"ftp://u:hunter2@x.example/?key=hunter2\"\noutlet = \"a\"\n", &[]);
        let error = error.unwrap_err().to_string();
        assert!(error.contains("x.example") && !error.contains("hunter2"), "{error}");
    }

    #[test]
    fn no_fault_of_a_feeds_access_quotes_a_secret() {
        let feed = "[[feeds]]\nurl = \"http://x.example/\"\noutlet = \"a\"\n";
        for (keys, place) in [
            ("password = 48151623", "feeds[1].password"),
            ("headers = \"48151623\"", "feeds[1].headers"),
            ("headers = { X-Key = 48151623 }", "feeds[1].headers"),
            ("proxy = [\"48151623\"]", "feeds[1].proxy"),
            ("proxy = \"48151623\"", "feeds: http://x.example/"),
            ("user = \"u\"\npassword = \"48151623\n", "not TOML"),
        ] {
            let error = load_text(&format!("{feed}{keys}\n"), &[]).unwrap_err().to_string();
            assert!(error.contains(place) && !error.contains("48151623"), "{keys}:\n{error}");
        }
    }

    #[test]
    fn how_a_feed_is_reached_is_kept_apart_from_the_feed() {
        let text = "[[feeds]]\nurl = \"http://x.example/\"\noutlet = \"a\"\nuser = \"ani\"\npassword = \"hunter2\"\n";
        let settings = load_text(text, &[]).unwrap();
        assert_eq!(settings.access["http://x.example/"].login.as_ref().unwrap().user, "ani");
        assert!(!format!("{settings:?}").contains("hunter2"));
    }

    #[test]
    fn a_password_in_the_database_address_is_not_printed() {
        let settings = load_text("[database]\nurl = \"postgres://u:hunter2@h/d\"\n", &[]).unwrap();
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
