//! Configuration: the sections of `config/default.toml` and the conflict profile.
//!
//! `load` reads and checks all of it, and reports every fault at once. No other module reads a file of settings or
//! the environment.

mod access;
mod budgets;
mod check;
mod file;
mod layers;
mod load;
mod profile;
mod retention;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;
use serde::Deserialize;

use ceasewire_feeds::fetch::{Credentials, FetchConfig};
use ceasewire_feeds::schedule::PollerConfig;
use ceasewire_feeds::shown::shown;
use ceasewire_model::attention::Unconfirmed;
use ceasewire_model::{FeedSource, Outlet};
use ceasewire_profile::Profile;

pub use access::FeedSection;
pub use budgets::{BudgetsConfig, ChatBudget, ChatFeedsBudget};
pub use layers::SettingFault;
pub use load::load;
pub use profile::{ConflictSection, ProfileFile};
pub use retention::RetentionConfig;

/// The defaults, which are also the documentation of every key.
const DEFAULTS: &str = include_str!("../../config/default.toml");

/// The settings of `default.toml`, the configuration file and the environment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub database: DatabaseConfig,
    pub telegram: TelegramConfig,
    pub poller: PollerConfig,
    pub fetch: FetchConfig,
    pub articles: ArticlesConfig,
    pub chats: ChatsConfig,
    pub budgets: BudgetsConfig,
    pub conflict: ConflictConfig,
    pub encoder: EncoderConfig,
    pub delivery: DeliveryConfig,
    pub retention: RetentionConfig,
    pub log: LogConfig,
    pub web: WebConfig,
    #[serde(default)]
    pub feeds: Vec<FeedSection>,
    #[serde(default)]
    pub outlets: Vec<Outlet>,
}

/// The database of the store.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    pub url: String,
}

impl fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a password.
        let scheme = self.url.split("://").next().unwrap_or_default();
        f.debug_struct("DatabaseConfig").field("url", &format_args!("{scheme}://…")).finish()
    }
}

/// The access to Telegram.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelegramConfig {
    #[serde(default)]
    pub token_file: Option<PathBuf>,
    pub api_url: String,
    pub paid_broadcast: bool,
    pub long_poll_secs: u64,
}

impl fmt::Debug for TelegramConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address of a server of one's own may hold a password.
        let mut config = f.debug_struct("TelegramConfig");
        config.field("api_url", &format_args!("{}", shown(&self.api_url)));
        config.field("token_file", &self.token_file).finish_non_exhaustive()
    }
}

/// The conflict that the program watches.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConflictConfig {
    pub profile: String,
    pub profile_feeds: bool,
}

/// The encoder of articles.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncoderConfig {
    #[serde(default)]
    pub file: Option<PathBuf>,
}

/// The articles that raise alerts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArticlesConfig {
    pub max_age_hours: u64,
    pub burst: usize,
    pub many_killed: u64,
}

/// The rights of chats.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChatsConfig {
    pub max_feeds: usize,
    pub operators: Vec<i64>,
}

/// The dispatch of alerts.
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

/// The log.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    pub filter: String,
}

/// The HTTP server for health and metrics.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebConfig {
    #[serde(default)]
    pub listen: Option<SocketAddr>,
}

/// The configuration and the profile, read and checked.
#[derive(Clone)]
pub struct Settings {
    /// The settings.
    pub config: Config,
    /// The conflict profile, with the outlets of feeds that describe none.
    pub profile: Arc<Profile>,
    /// The feeds to poll.
    pub feeds: Vec<FeedSource>,
    /// The credentials of feeds that need some, by the feed's address.
    pub access: BTreeMap<String, Credentials>,
    /// Oddities, which are no faults.
    pub warnings: Vec<String>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not `access`, whose keys are addresses.
        let mut shown = f.debug_struct("Settings");
        shown.field("config", &self.config).field("profile", &self.profile.id).field("feeds", &self.feeds);
        shown.field("warnings", &self.warnings).finish_non_exhaustive()
    }
}

/// The faults of a configuration.
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

/// The source of the settings beside the defaults.
#[derive(Clone, Copy, Debug)]
pub enum SettingsSource<'a> {
    /// None: only the defaults apply.
    Defaults,
    /// A file.
    File(&'a Path),
    /// Built-in text, with its name.
    Text(&'a str, &'a str),
}

impl Config {
    /// Returns the bot's token from `TELOXIDE_TOKEN`, or else from `telegram.token_file`; `None` where there is
    /// neither.
    pub fn token(&self, from_env: Option<String>) -> Result<Option<SecretString>, ConfigError> {
        let token = match (from_env.filter(|token| !token.trim().is_empty()), &self.telegram.token_file) {
            (Some(token), _) => token,
            (None, Some(file)) => file::read_text(file).map_err(|error| {
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
    fn the_defaults_are_valid_and_document_every_key() {
        let settings = load(SettingsSource::Defaults, []).unwrap();
        assert_eq!(settings.profile.id, "nagorno-karabakh");
        assert_eq!(settings.warnings, Vec::<String>::new());
        // Optional keys stand behind a "#": uncommented they must be valid too.
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
                && config.encoder.file.is_some()
        );
        assert!(
            config.feeds[0].interval_secs.is_some() && config.feeds[0].language.is_some() && !config.outlets.is_empty()
        );
        let feed = &config.feeds[0];
        assert!(feed.proxy.is_some() && !feed.headers.is_empty() && feed.user.is_some());
        assert!(feed.password.is_some() && feed.password_file.is_some());
    }

    #[test]
    fn all_faults_are_reported_at_once() {
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
    fn a_feed_of_an_undescribed_outlet_gets_a_warning() {
        let text = "[conflict]\nprofile_feeds = false\n[[feeds]]\nurl = \"http://x.example/\"\noutlet = \"mine\"\n";
        let settings = load_text(text, &[]).unwrap();
        assert_eq!(settings.feeds.len(), 1);
        assert_eq!(settings.profile.outlets["mine"].name, "mine");
        assert!(settings.warnings[0].contains("mine"));
    }

    #[test]
    fn the_hosts_of_an_outlet_are_hosts() {
        let outlet = |host: &str| format!("[[outlets]]\nid = \"a\"\nname = \"A\"\nhosts = [\"x.example\", {host:?}]\n");
        assert_eq!(load_text(&outlet("новости.рф"), &[]).unwrap().profile.outlets["a"].hosts.len(), 2);
        for host in ["https://x.example", "x.example/news", "ani@x.example", "", "x y"] {
            let error = load_text(&outlet(host), &[]).unwrap_err().to_string();
            assert!(error.contains("has the host") && error.contains("such as"), "{error}");
        }
    }

    #[test]
    fn every_fault_of_one_feed_is_reported() {
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
    fn faults_quote_no_password() {
        for text in ["[database]\nurl = \"postgres://u:hunter2@h/d\n", "database = \"postgres://u:hunter2@h/d\"\n"] {
            let error = load_text(text, &[]).unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
        let error = load_text("[[feeds]]\nurl = \"ftp://u:hunter2@x.example/?key=hunter2\"\noutlet = \"a\"\n", &[]);
        let error = error.unwrap_err().to_string();
        assert!(error.contains("x.example") && !error.contains("hunter2"), "{error}");
    }

    #[test]
    fn faults_of_credentials_quote_no_secret() {
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
    fn credentials_are_separate_from_the_feed() {
        let text = "[[feeds]]\nurl = \"http://x.example/\"\noutlet = \"a\"\nuser = \"ani\"\npassword = \"hunter2\"\n";
        let settings = load_text(text, &[]).unwrap();
        assert_eq!(settings.access["http://x.example/"].login.as_ref().unwrap().user, "ani");
        assert!(!format!("{settings:?}").contains("hunter2"));
    }

    #[test]
    fn no_secret_of_an_address_is_printed() {
        let settings = load_text(
            "[database]\nurl = \"postgres://u:hunter2@h/d\"\n[telegram]\napi_url = \"http://u:hunter2@h/?k=hunter2\"\n\
             [[feeds]]\nurl = \"http://u:hunter2@x.example/feed?key=hunter2\"\noutlet = \"a\"\n\
             proxy = \"http://u:hunter2@h:1\"\nheaders = { X-Key = \"hunter2\" }\n",
            &[],
        );
        let printed = format!("{:?}", settings.unwrap());
        assert!(printed.contains("x.example/feed") && !printed.contains("hunter2"), "{printed}");
    }
}
