//! The demo: replays autumn 2020 offline. A site on loopback serves feeds that grow with the replay's clock; the poller
//! fetches them, and the dispatcher alerts a subscriber in the terminal.

mod site;

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use anyhow::Context;
use tokio_util::sync::CancellationToken;

use crate::alert::meeting::calendar_button;
use crate::app::{self, Parts, PlatformParts};
use crate::chat::console::Console;
use crate::chat::{Author, ChatKind, Incoming, MessageForm, Messenger, Press, Update};
use crate::config::{self, SettingsSource};
use crate::locale::Locale;
use crate::store::Store;
use ceasewire_model::{Clock, FeedSource, MeetingId, Tick, Timestamp};
use site::{DemoArticles, DemoSite};

const SETTINGS: &str = include_str!("../../config/demo.toml");
/// The topics and the filter of the demo's subscriber.
const TOPICS: [&str; 3] = ["ceasefire", "meeting", "casualties"];
const FILTER: &str = "pipeline*";
/// Pause after each step on a terminal, so that a reader can follow; about a dozen seconds in all.
const PACE: Duration = Duration::from_millis(130);
/// Pause after each step of an interactive demo.
const INTERACTIVE_PACE: Duration = Duration::from_millis(200);
/// Seconds until the alerts of corroborated stories are edited.
const EDITED_AFTER_SECS: i64 = 60;
/// Seconds between the publication of an article and the poll that finds it.
const POLLED_AFTER_SECS: i64 = 30;

/// Runs the demo. With `interactive` the bot answers commands during the replay, and after it until /quit, the end of
/// the input, or `stop`.
pub async fn run(interactive: bool, stop: CancellationToken) -> anyhow::Result<()> {
    let articles = DemoArticles::load().context("reading the demo's articles")?;
    let steps = articles.times();
    let first = steps.first().copied().context("the demo has no articles")?.plus_secs(-86_400);
    let clock = Arc::new(AtomicI64::new(first.0));
    let site = DemoSite::start(articles, Arc::clone(&clock)).await.context("serving the demo's feeds")?;

    let mut settings = config::load(SettingsSource::Text("config/demo.toml", SETTINGS), [])?;
    Arc::make_mut(&mut settings.profile).outlets = site.outlets().map(|outlet| (outlet.id.clone(), outlet)).collect();
    settings.feeds = site.feeds().map(|(outlet, url)| FeedSource { url, outlet, ..FeedSource::default() }).collect();
    let folder = tempfile::tempdir().context("making a temporary folder")?;
    let url = format!("sqlite://{}", folder.path().join("demo.db").display());
    let store = app::open_store(&url, Some(&settings.feeds), first).await?;

    let console = Arc::new(app::terminal());
    let messenger: Arc<dyn Messenger> = Arc::<Console>::clone(&console);
    let Parts { poller, mut platforms, .. } =
        app::build(&settings, &store, &[messenger], Clock::Set(Arc::clone(&clock)), 0)?;
    let PlatformParts { dispatcher: sender, bot } = platforms.pop().context("the console has no parts")?;
    let bot = Arc::new(bot);
    subscribe(&store, first).await?;
    console.heading(&format!(
        "{} feeds on loopback, {} texts from {} to {}. A subscriber of {} with the filter {FILTER} is waiting.",
        settings.feeds.len(),
        steps.len(),
        day(first.plus_secs(86_400)),
        steps.last().map(|&time| day(time)).unwrap_or_default(),
        TOPICS.join(" and "),
    ))?;

    let chat = stop.child_token();
    let answering = interactive.then(|| {
        let (bot, token) = (Arc::clone(&bot), chat.clone());
        tokio::spawn(async move { bot.run(token).await })
    });
    let pace = match (interactive, std::io::stdout().is_terminal()) {
        (true, _) => INTERACTIVE_PACE,
        (false, true) => PACE,
        (false, false) => Duration::ZERO,
    };
    let mut last_day = String::new();
    let mut calendar: Option<MeetingId> = None;
    // The first poll finds the feeds empty, as a feed is before its first article.
    poller.tick(first).await?;
    for &time in &steps {
        if stop.is_cancelled() || console.quit().is_cancelled() {
            break;
        }
        let now = time.plus_secs(POLLED_AFTER_SECS);
        clock.store(now.0, Ordering::Relaxed);
        poller.tick(now).await?;
        if store.count_deliveries().await?.pending > 0 && last_day != day(time) {
            last_day = day(time);
            console.heading(&format!("── {last_day} ──"))?;
        }
        while sender.tick(now).await? != Tick::Idle {}
        // The alerts of corroborated stories are edited a little later.
        while sender.tick(now.plus_secs(EDITED_AFTER_SECS)).await? != Tick::Idle {}
        if calendar.is_none()
            && let Some(meeting) = find_announced_meeting(&store, now).await?
        {
            calendar = Some(meeting);
            console.heading("(somebody presses “Add to calendar”)")?;
            bot.update(press(meeting)).await;
        }
        tokio::time::sleep(pace).await;
    }
    console.heading("(somebody types /timeline 60)")?;
    bot.update(typed("/timeline 60")).await;

    let polled = poller.totals();
    let stories = store.count_stories().await?;
    let sent = store.count_deliveries().await?.sent;
    console.heading(&format!(
        "polled: {} · articles: {} · duplicates: {} · matches: {} · alerts: {sent}",
        polled.feeds,
        polled.entries.new,
        polled.entries.new as i64 - stories,
        polled.entries.matches,
    ))?;
    if let Some(answering) = answering {
        console.heading("The replay is over. Type /latest or /filter test RULE, or /quit to leave.")?;
        tokio::select! {
            () = stop.cancelled() => {}
            () = console.quit().cancelled() => {}
            () = console.end_of_input().cancelled() => {}
        }
        chat.cancel();
        answering.await?;
    }
    store.close().await;
    Ok(())
}

/// Finds a dated meeting ahead in the subscriber's alerts.
async fn find_announced_meeting(store: &Store, now: Timestamp) -> anyhow::Result<Option<MeetingId>> {
    let today = now.to_datetime().date_naive().to_string();
    let Some(subscriber) = store.find_subscriber(&Console::address()).await? else { return Ok(None) };
    for meeting in store.list_meetings(&today, now).await? {
        let article = store.find_article(meeting.article_id).await?;
        let Some(article) = article.filter(|_| meeting.first_day.is_some()) else { continue };
        if store.find_delivery_of_story(subscriber.id, article.story_id).await?.is_some() {
            return Ok(Some(meeting.id));
        }
    }
    Ok(None)
}

fn press(meeting: MeetingId) -> Update {
    Update::Press(Press {
        id: String::new(),
        address: Console::address(),
        kind: ChatKind::Private,
        author: Author::Chat,
        message_id: String::new(),
        data: calendar_button(meeting, Locale::default()).data,
    })
}

fn typed(text: &str) -> Update {
    Update::Message(Incoming {
        address: Console::address(),
        kind: ChatKind::Private,
        author: Author::Chat,
        id: String::new(),
        form: MessageForm::Written,
        text: text.to_owned(),
        reply_to: None,
    })
}

/// Inserts the demo's subscriber with its topics and its filter.
async fn subscribe(store: &Store, now: Timestamp) -> anyhow::Result<()> {
    let subscriber = store.insert_subscriber(&Console::address(), now).await?;
    for topic in TOPICS {
        store.insert_rule(subscriber.id, Some(topic), &format!("topic:{topic}"), now).await?;
    }
    store.insert_rule(subscriber.id, None, FILTER, now).await?;
    Ok(())
}

fn day(time: Timestamp) -> String {
    time.to_datetime().format("%-d %B %Y").to_string()
}
