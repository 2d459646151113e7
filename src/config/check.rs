//! Checks of the settings beyond their types.

use std::path::Path;

use url::Url;

use super::{Config, SettingFault};
use ceasewire_feeds::shown::{holds_secret, shown};
use ceasewire_model::{FeedSource, Outlet};

/// Checks the settings beyond their types.
pub(super) fn settings(config: &Config, faults: &mut Vec<SettingFault>) {
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
    range("articles.many_killed", config.articles.many_killed, 1, 1_000_000);
    range("chats.max_feeds", config.chats.max_feeds as u64, 0, 1000);
    range("articles.burst", config.articles.burst as u64, 1, 10_000);
    range("delivery.messages_per_second", u64::from(config.delivery.messages_per_second), 1, 100_000);
    range("delivery.send_timeout_secs", config.delivery.send_timeout_secs, 1, 600);
    range("delivery.lease_secs", config.delivery.lease_secs, 2, 3600);
    range("delivery.fold_after_secs", config.delivery.fold_after_secs, 1, 86_400);
    range("delivery.stale_after_secs", config.delivery.stale_after_secs, 60, 7 * 86_400);
    range("delivery.summary_sentences", config.delivery.summary_sentences as u64, 1, 5);
    config.retention.check(&config.articles, faults);
    config.budgets.check(faults);
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

/// Warns of a secret in the address of a feed, which the store keeps.
pub(super) fn secret_in_address(feed: &FeedSource) -> Option<String> {
    holds_secret(&feed.url).then(|| {
        format!(
            "feed {} has a user, a password or a key in its address, which the store keeps; if the publisher lets you, \
             give them with user and password, or headers",
            shown(&feed.url)
        )
    })
}

/// Warns of a file with a secret that other users of the machine may read.
pub(super) fn open_file(file: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;

    let mode = std::fs::metadata(file).ok()?.permissions().mode();
    let is_open = mode & 0o077 != 0;
    is_open.then(|| {
        let (file, mode) = (file.display(), mode & 0o777);
        format!("{file} holds a secret, and its mode is {mode:o}: other users may use it; run chmod 600 {file}")
    })
}

/// Checks a feed.
pub(super) fn feed(feed: &FeedSource, faults: &mut Vec<SettingFault>) {
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

/// Describes the first invalid host of an outlet.
pub(super) fn host_fault(outlet: &Outlet) -> Option<String> {
    let host = outlet.hosts.iter().find(|host| !is_host(host))?;
    Some(format!("has the host {host:?}; write it without a scheme and a path, such as \"example.am\""))
}

/// Whether a text is the host of a URL, or a host and a port.
fn is_host(host: &str) -> bool {
    let url = Url::parse(&format!("http://{host}/"));
    url.is_ok_and(|url| url.path() == "/" && url.query().is_none() && url.username().is_empty())
        && !host.contains(['/', '?', '#', '@'])
}

/// Checks the outlets of the configuration file.
pub(super) fn outlets(outlets: &[Outlet], faults: &mut Vec<SettingFault>) {
    for (index, outlet) in outlets.iter().enumerate() {
        let mut fault = |problem: &str| {
            let place = format!("outlets: {:?}", outlet.id);
            faults.push(SettingFault { place, problem: problem.to_owned() });
        };
        if outlet.id.is_empty() || outlet.id.contains(char::is_whitespace) || outlet.name.trim().is_empty() {
            fault("needs an id without blanks and a name");
        }
        if let Some(problem) = host_fault(outlet) {
            fault(&problem);
        }
        if outlets[..index].iter().any(|other| other.id == outlet.id) {
            fault("is described twice; remove one");
        }
    }
}
