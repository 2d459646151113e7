//! `ceasewire feeds`: lists, adds, removes, tries, imports and exports feeds.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use url::Url;

use super::input::read_input;
use super::{complain, print};
use crate::config::Settings;
use crate::store::{NewFeed, Store};
use ceasewire_articles::identity::host_without_www;
use ceasewire_feeds::fetch::{FetchRequest, Fetcher, Trust};
use ceasewire_feeds::opml::{self, Outline};
use ceasewire_feeds::probe::{self, FeedProbe};
use ceasewire_feeds::shown::{holds_secret, shown, without_secrets};
use ceasewire_model::{Feed, FeedOrigin, FeedSource, FeedTrouble, Timestamp};

/// Entries of a tried feed in the output.
const SHOWN: usize = 3;

#[derive(Debug, Subcommand)]
pub(super) enum FeedsCommand {
    /// The polled feeds with their state
    List,
    /// Try a feed, or the feed of a site, and poll it from now on
    Add {
        /// The address of the feed or the site
        url: String,
        /// Id of its outlet; left out, its host
        #[arg(long)]
        outlet: Option<String>,
        /// BCP 47 tag of its language, where it differs from the outlet's
        #[arg(long)]
        language: Option<String>,
        /// Read the page of each new article too
        #[arg(long)]
        full_text: bool,
        /// Add it even if it does not answer now
        #[arg(long)]
        untried: bool,
    },
    /// Poll a feed no more that was added, and take it off the lists of all chats
    Remove {
        /// Its address, as `list` shows it or in full, or its id
        url: String,
    },
    /// Add the feeds of an OPML file, untried
    Import {
        /// The file
        file: PathBuf,
    },
    /// Write the polled feeds as OPML to standard output
    Export {
        /// Write addresses with their passwords and keys too
        #[arg(long)]
        with_secrets: bool,
    },
    /// Fetch and parse a feed with the configured fetcher and show what is in it
    Test {
        /// The address of the feed or the site
        url: String,
    },
}

pub(super) async fn run(command: FeedsCommand, settings: &Settings) -> anyhow::Result<ExitCode> {
    match command {
        FeedsCommand::List => list(settings).await,
        FeedsCommand::Add { url, outlet, language, full_text, untried } => {
            let mut source = FeedSource { url, outlet: String::new(), language, interval_secs: None, full_text };
            let mut title = None;
            if !untried {
                let found = find(settings, &source.url).await?;
                print(&describe(&found))?;
                (source.url, title) = (found.url, found.feed.title);
            }
            source.outlet = outlet.map_or_else(|| host(&source.url), Ok)?;
            add(settings, source, title).await
        }
        FeedsCommand::Remove { url } => remove(settings, &url).await,
        FeedsCommand::Import { file } => import(settings, &file).await,
        FeedsCommand::Export { with_secrets } => export(settings, with_secrets).await,
        FeedsCommand::Test { url } => {
            print(&describe(&find(settings, &url).await?))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn find(settings: &Settings, url: &str) -> anyhow::Result<FeedProbe> {
    let fetcher = Fetcher::new(&settings.config.fetch)?;
    let request = FetchRequest {
        credentials: settings.access.get(url),
        ..FetchRequest::new(url, Trust::Operator, Timestamp::now())
    };
    probe::probe_feed(&fetcher, request, &settings.config.budgets.feeds).await.context("trying the feed")
}

/// Describes a tried feed.
fn describe(trial: &FeedProbe) -> String {
    let feed = &trial.feed;
    let title = feed.title.as_deref().unwrap_or("(no title)");
    let mut lines =
        format!("{title}: {} entries, {} skipped\n{}\n", feed.entries.len(), feed.skipped.count(), shown(&trial.url));
    for entry in feed.entries.iter().take(SHOWN) {
        let date = entry.published.map_or_else(|| "undated".to_owned(), Timestamp::to_rfc3339);
        let _ = writeln!(lines, "{date}\t{}\t{}", entry.title, entry.url.as_deref().unwrap_or("(no link)"));
    }
    for other in &trial.others {
        let _ = writeln!(lines, "The site also has {}", shown(other));
    }
    lines
}

/// Returns the host of an address: the id of an outlet without one.
fn host(url: &str) -> anyhow::Result<String> {
    let url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let host = url.as_ref().and_then(host_without_www).context("this is no http:// or https:// address")?;
    Ok(host.to_owned())
}

async fn add(settings: &Settings, source: FeedSource, title: Option<String>) -> anyhow::Result<ExitCode> {
    let store = Store::open(&settings.config.database.url).await?;
    let new = NewFeed { source, origin: FeedOrigin::Operator, title };
    let feed = store.insert_feed(&new, Timestamp::now()).await?;
    store.close().await;
    complain(&format!("polled from now on as a feed of the outlet {}", feed.outlet));
    Ok(ExitCode::SUCCESS)
}

async fn remove(settings: &Settings, named: &str) -> anyhow::Result<ExitCode> {
    let store = Store::open(&settings.config.database.url).await?;
    let removed = remove_from(&store, settings, named).await;
    store.close().await;
    complain(&removed?);
    Ok(ExitCode::SUCCESS)
}

/// Removes the feed with this address, shown address or id; returns a sentence about the consequence.
async fn remove_from(store: &Store, settings: &Settings, named: &str) -> anyhow::Result<String> {
    let polled = store.list_feeds().await?;
    let mut found: Vec<&Feed> = polled.iter().filter(|feed| feed.url == named).collect();
    if found.is_empty() {
        let is_named = |feed: &&Feed| {
            shown(&feed.url) == named
                || feed.id.to_string() == named
                || feed.relocation.moved_to.as_deref() == Some(named)
        };
        found = polled.iter().filter(is_named).collect();
    }
    let feed = match found[..] {
        [feed] => feed,
        [] => anyhow::bail!("no such feed is polled; `ceasewire feeds list` shows those that are"),
        _ => {
            let ids: Vec<String> = found.iter().map(|feed| format!("{} of {}", feed.id, feed.outlet)).collect();
            anyhow::bail!("{} feeds have this address; name one of them by its id: {}", ids.len(), ids.join(", "))
        }
    };
    let is_configured = settings.feeds.iter().any(|source| source.url == feed.url);
    anyhow::ensure!(!is_configured, "this feed stands in the settings or the conflict profile; take it out there");
    let lists = store.remove_feed(feed.id).await?;
    anyhow::ensure!(
        store.find_feed(&feed.url).await?.is_none(),
        "the feed is still polled: it was added again in the same moment; remove it once more"
    );
    Ok(match lists {
        0 => "polled no more; its articles stay".to_owned(),
        1 => "polled no more, and taken off the list of 1 chat".to_owned(),
        lists => format!("polled no more, and taken off the lists of {lists} chats"),
    })
}

async fn import(settings: &Settings, file: &std::path::Path) -> anyhow::Result<ExitCode> {
    let bytes = read_input(file, settings.config.fetch.max_body_bytes)?;
    let list = opml::read(&bytes);
    for fault in &list.faults {
        complain(&format!("{}: {fault}", file.display()));
    }
    let store = Store::open(&settings.config.database.url).await?;
    let before = store.count_feeds().await?.polled;
    let now = Timestamp::now();
    for Outline { url, title, language, outlet, .. } in list.feeds.iter().cloned() {
        // Other readers put folders into `category`, so only the id of a known outlet counts.
        let outlet = outlet.filter(|outlet| settings.profile.outlets.contains_key(outlet));
        let outlet = outlet.map_or_else(|| host(&url), Ok)?;
        let source = FeedSource { url, outlet, language, ..FeedSource::default() };
        store.insert_feed(&NewFeed { source, origin: FeedOrigin::Operator, title }, now).await?;
    }
    let added = store.count_feeds().await?.polled - before;
    store.close().await;
    complain(&format!("{} feeds in the file, {added} of them new; polled from now on", list.feeds.len()));
    Ok(if list.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn export(settings: &Settings, with_secrets: bool) -> anyhow::Result<ExitCode> {
    let stored = stored(settings).await?;
    let title = |url: &str| stored.iter().find(|feed| feed.url == url).and_then(|feed| feed.title.clone());
    let mut outlines: Vec<Outline> = Vec::new();
    for feed in &settings.feeds {
        let outlet = settings.profile.outlets.get(&feed.outlet);
        outlines.push(Outline {
            url: feed.url.clone(),
            title: title(&feed.url).or_else(|| outlet.map(|outlet| outlet.name.clone())),
            home: None,
            language: feed.language.clone(),
            outlet: Some(feed.outlet.clone()),
        });
    }
    // Feeds of chats are private to these chats.
    for feed in stored.iter().filter(|feed| feed.origin == FeedOrigin::Operator) {
        outlines.push(Outline {
            url: feed.url.clone(),
            title: feed.title.clone(),
            home: None,
            language: feed.language.clone(),
            outlet: Some(feed.outlet.clone()),
        });
    }
    for outline in outlines.iter_mut().filter(|outline| !with_secrets && holds_secret(&outline.url)) {
        outline.url = without_secrets(&outline.url);
        complain(&format!(
            "{}: written without the user, password or query of its address; --with-secrets writes them",
            outline.url
        ));
    }
    print(&opml::write(&format!("Ceasewire: {}", settings.profile.name), &outlines))?;
    Ok(ExitCode::SUCCESS)
}

async fn stored(settings: &Settings) -> anyhow::Result<Vec<Feed>> {
    let url = &settings.config.database.url;
    Ok(if Store::exists(url) { Store::attach(url).await?.list_feeds().await? } else { Vec::new() })
}

async fn list(settings: &Settings) -> anyhow::Result<ExitCode> {
    let stored = stored(settings).await?;
    let mut lines = String::new();
    for feed in &settings.feeds {
        let state =
            stored.iter().find(|stored| stored.url == feed.url).map_or_else(|| "never polled".to_owned(), state);
        let _ = writeln!(lines, "{}\t{}\t{state}", feed.outlet, shown(&feed.url));
    }
    for feed in stored.iter().filter(|feed| feed.origin != FeedOrigin::Config) {
        let by = match feed.origin {
            FeedOrigin::Chat if settings.config.chats.max_feeds == 0 => {
                "added by a chat; rests, chats.max_feeds is 0; "
            }
            FeedOrigin::Chat => "added by a chat; ",
            FeedOrigin::Config | FeedOrigin::Operator => "added; ",
        };
        let _ = writeln!(lines, "{}\t{}\t{by}{}", feed.outlet, shown(&feed.url), state(feed));
    }
    print(&lines)?;
    Ok(ExitCode::SUCCESS)
}

fn state(feed: &Feed) -> String {
    let mut state = match (&feed.last_error, feed.last_success_at) {
        (Some(error), _) => format!("failed {} times: {error}", feed.failures),
        (None, Some(time)) => format!("good at {}", time.to_rfc3339()),
        (None, None) => "never polled".to_owned(),
    };
    match feed.trouble {
        Some(FeedTrouble::Failing) => state.push_str("; every poll of a day has failed"),
        Some(FeedTrouble::Silent) => state.push_str("; nothing new for far longer than usual"),
        Some(FeedTrouble::TooOld) => state.push_str("; every new entry is too old to alert of, by the feed's dates"),
        None => {}
    }
    if feed.stats.too_old > 0 {
        let _ = write!(state, "; {} new entries were too old", feed.stats.too_old);
    }
    match feed.crashes.count {
        0 => {}
        count => {
            let (times, next) = (if count == 1 { "once".into() } else { format!("{count} times") }, feed.next_poll_at);
            let _ = write!(state, "; the program ended {times} while it read this feed, next try at {next}");
        }
    }
    if let Some(address) = &feed.relocation.moved_to {
        let _ = write!(state, "; has moved to {}", shown(address));
    }
    if let Some(pending) = &feed.relocation.pending {
        let (to, since) = (shown(&pending.to), pending.since);
        let _ = write!(state, "; redirects to {to} for good since {since}, and moves there after a day");
    }
    state
}
