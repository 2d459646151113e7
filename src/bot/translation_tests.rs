//! Every answer in a test language whose letters all have accents: a word without accents has not come through the
//! catalogue, unless it is data or something to type.

use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use super::command::{self, ParsedMessage};
use super::context::{Ctx, Services};
use super::dispatch::pressed;
use super::handlers::feed::ChatFeedPolicy;
use super::queues::ReachedBudget;
use super::reply::why::{ArticleOutcome, MatchReason, MissReason, RuleMiss, RuleName};
use super::search::{FoundStories, FoundStory, RulePreview};
use super::search_turns::SearchTurns;
use super::{PressReply, keyboard, reply};
use crate::chat::limits::Limits;
use crate::locale::{Arg, Locale, pseudo};
use crate::store::{ChatFeedLimits, FeedCounts, NewFeed, Store};
use ceasewire_feeds::budget::FeedBudget;
use ceasewire_feeds::fetch::{FetchConfig, FetchError, Fetcher};
use ceasewire_feeds::probe::ProbeError;
use ceasewire_model::meeting::Meeting;
use ceasewire_model::story::Corroboration;
use ceasewire_model::{
    Address, Article, ArticleId, DeliveryId, DeliveryState, DeliveryStatus, FeedOrigin, FeedSource, FeedTrouble,
    FileKind, MeetingId, Message, Mute, NamedEntity, PendingMove, Platform, RuleId, RuleTrouble, SilentReason, StoryId,
    Style, SubscriberId, Text, Timestamp, Topic,
};
use ceasewire_profile::{Profile, Vocabulary};
use ceasewire_rules::eval::FailedPart;

const LIMITS: Limits = Limits {
    text_chars: 4096,
    caption_chars: 1024,
    styled_spans: 100,
    buttons: 100,
    button_bytes: 64,
    markup: true,
    files: true,
    edits: true,
};
const CHAT_FEED_LIMITS: ChatFeedLimits = ChatFeedLimits { per_chat: 2, in_all: 100 };
/// 10 October 2020.
const NOW: Timestamp = Timestamp(1_602_288_000_000);

/// Answers, and words of data.
struct TranslatedChat {
    services: Services,
    address: Address,
    data: Vec<String>,
    /// Words that have not come through the catalogue.
    leaked: Mutex<Vec<String>>,
    _folder: tempfile::TempDir,
}

impl TranslatedChat {
    async fn new() -> Self {
        let defaults: toml::Table = include_str!("../../config/default.toml").parse().unwrap();
        let fetch: FetchConfig = defaults["fetch"].clone().try_into().unwrap();
        let budget: FeedBudget = defaults["budgets"]["feeds"].clone().try_into().unwrap();
        let profile = include_str!("../../config/conflicts/nagorno-karabakh.toml");
        let profile: toml::Table = profile.parse().unwrap();
        let topics: Vec<Topic> = profile["topics"].clone().try_into().unwrap();
        let names: Vec<NamedEntity> = profile["aliases"].clone().try_into().unwrap();
        let (vocabulary, _) = Vocabulary::new(&topics, None, names);
        let profile =
            Profile { name: "Nagorno-Karabakh".into(), vocabulary: Arc::new(vocabulary), ..Profile::default() };
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}", folder.path().join("test.db").display())).await.unwrap();
        let fetcher = Fetcher::new(&fetch).unwrap();
        let topics = topics.into_iter();
        let mut data: Vec<String> = topics.flat_map(|topic| [topic.name, topic.id]).collect();
        data.extend(
            ["Ceasewire", "Nagorno-Karabakh", "Asia/Yerevan", "Headline", "wire", "Feed", "xyzzy"].map(String::from),
        );
        data.extend(
            [
                "https://news.example/",
                "http://news.example/",
                "news.example",
                "Washington",
                "Armenia",
                "EDT",
                "no answer",
                "unclosed group",
                "name",
                "ceasfire",
                "amharic",
                "lang:hy",
                "topic:",
                "OR",
                "who",
                "(?-i:\\bW\\.?H\\.?O\\b)",
            ]
            .map(String::from),
        );
        // A longer name may contain a shorter one.
        data.sort_by_key(|word| std::cmp::Reverse(word.len()));
        Self {
            services: Services {
                store,
                profile: Arc::new(profile),
                feeds: ChatFeedPolicy::new(fetcher, CHAT_FEED_LIMITS, budget, Vec::new()),
                limits: LIMITS,
                budget: defaults["budgets"]["chats"].clone().try_into().unwrap(),
                cut_offs: Arc::default(),
                turns: SearchTurns::default(),
            },
            address: Address { platform: Platform::Telegram, chat: "7".into(), thread: None },
            data,
            leaked: Mutex::default(),
            _folder: folder,
        }
    }

    async fn ctx(&self) -> Ctx<'_> {
        Ctx::new(&self.services, &self.address, None, NOW).await.unwrap()
    }

    async fn say(&self, text: &str) {
        let ctx = self.ctx().await;
        let message = match command::parse(text, None) {
            ParsedMessage::Request(request) => request.answer(&ctx).await.unwrap(),
            ParsedMessage::Fault(fault) => reply::command_fault(ctx.locale, &fault).into(),
            ParsedMessage::Chatter | ParsedMessage::OtherBot => panic!("{text}"),
        };
        self.check(text, &message);
    }

    async fn press(&self, data: &str) {
        let action = keyboard::parse(data).unwrap();
        for reply in pressed(&self.ctx().await, action).await.unwrap() {
            match reply {
                PressReply::Send(message) | PressReply::Edit(message) => self.check(data, &message),
                PressReply::Note(note) => self.check(data, &Text::plain(note).into()),
            }
        }
    }

    /// Notes the words of a message that are neither of the catalogue nor data, nor in the request itself.
    fn check(&self, about: &str, message: &Message) {
        let spans = message.text.0.iter().filter(|span| matches!(span.style, Style::Plain | Style::Bold));
        let mut words: Vec<String> = spans.map(|span| span.text.clone()).collect();
        words.extend(message.buttons.iter().flatten().map(|button| button.label.clone()));
        words.extend(message.file.iter().filter(|file| file.kind == FileKind::Photo).map(|file| file.drawn.clone()));
        for text in words {
            let typed = about.split(|c: char| c.is_whitespace() || c == ',').filter(|word| word.len() > 1);
            let data = self.data.iter().map(String::as_str).chain(typed.map(|word| word.trim_matches('"')));
            let without_data = data.fold(text.clone(), |text, word| text.replace(word, " "));
            let leaked: Vec<&str> = without_data
                .split(|c: char| c.is_whitespace() || matches!(c, '(' | '"' | '“'))
                .filter(|word| !word.starts_with('/'))
                .filter(|word| word.split(|c: char| !c.is_alphabetic()).any(|word| word.len() > 1 && word.is_ascii()))
                .collect();
            if !leaked.is_empty() {
                let about: String = about.chars().take(60).collect();
                let mut all = self.leaked.lock().unwrap_or_else(PoisonError::into_inner);
                all.push(format!("{about}: {leaked:?} in {text:?}"));
            }
        }
    }

    fn check_text(&self, about: &str, text: Text) {
        self.check(about, &text.into());
    }
}

fn article() -> Article {
    Article {
        id: ArticleId::new(),
        story_id: StoryId::new(),
        outlet: "wire".into(),
        title: "Headline".into(),
        text: String::new(),
        url: None,
        links_to: None,
        language: None,
        topics: vec![],
        published_at: Some(NOW),
        date_note: None,
        seen_at: NOW,
        credit: None,
        events: vec![],
    }
}

fn delivery(state: DeliveryState, due_at: Timestamp, error: Option<&str>) -> DeliveryStatus {
    let sent_at = (state == DeliveryState::Sent).then_some(NOW);
    DeliveryStatus {
        id: DeliveryId(Uuid::nil()),
        article_id: ArticleId::new(),
        state,
        due_at,
        last_error: error.map(String::from),
        sent_at,
    }
}

async fn check_commands(chat: &TranslatedChat) {
    // Before the chat has a subscriber.
    chat.say("/settings").await;
    for command in command::COMMANDS {
        chat.say(&format!("/{}", command.name)).await;
        chat.say(&format!("/{} xyzzy", command.name)).await;
    }
    let long = "x".repeat(5000);
    for text in [
        "/subscrib",
        "/qqqqqq",
        "/help rules",
        "/subscribe ceasefire",
        "/subscribe ceasfire",
        "/topics",
        "/unsubscribe all",
        "/settings",
        "/filter add karabakh",
        "/filter add karabakh",
        "/filter add the",
        "/filter",
        "/filter test shusha",
        "/filter edit 1 shusha",
        "/filter edit 9 shusha",
        "/filter edit 1 topic:ceasefire",
        "/filter edit",
        "/filter remove",
        "/filter remove 9",
        "/filter add",
        "/filter add shusha",
        "/filter remove 1",
        "/filter add topic:meeting",
        "/filter add shusha",
        "/unsubscribe all",
        "/filter add /a.b/",
        "/filter add /a.c/",
        "/filter add /a.d/",
        "/filter add /a.e/",
        "/mute football",
        "/mute football",
        "/mute",
        "/mute (",
        "/unmute 9",
        "/unmute football",
        "/unmute stories",
        "/subscribe ceasefire",
        "/attention",
        "/attention ceasefire urgent",
        "/attention ceasefire events",
        "/attention",
        "/attention 2 urgent",
        "/attention 2 events",
        "/attention 2 auto",
        "/attention ceasefire normal",
        "/attention ceasefire digest",
        "/attention ceasefire auto",
        "/attention meeting urgent",
        "/attention 99 urgent",
        "/attention xyzzy urgent",
        "/digest hourly",
        "/settings",
        "/attention ceasefire digest",
        "/digest daily 08:00",
        "/attention ceasefire auto",
        "/attention ceasefire digest",
        "/settings",
        "/quiet 23-7",
        "/quiet 23-7 nothing",
        "/settings",
        "/quiet 7-7",
        "/quiet 7-7 nothing",
        "/quiet off",
        "/timezone Yerevan",
        "/timezone +4",
        "/timezone Yerevann",
        "/timezone",
        "/quiet 23-7",
        "/cap 1",
        "/cap 5",
        "/settings",
        "/cap off",
        "/pause",
        "/settings",
        "/resume",
        "/resume",
        "/updates loud",
        "/settings",
        "/updates silent",
        "/updates off",
        "/meetings remind on",
        "/meetings",
        "/settings",
        "/meetings remind",
        "/meetings remind off",
        "/timeline 0",
        "/latest 0",
        "/latest 3",
        "/latest shusha",
        "/latest (",
        "/search shusha",
        "/why news.example/1",
        "/why",
        "/story",
        "/feed add xyzzy",
        "/feed remove 1",
        "/feed remove xyzzy",
        "/feeds",
        "/forget",
        "/pause now",
        // Faults in rules.
        "/mute \"a",
        "/mute (a",
        "/mute a)",
        "/mute ()",
        "/mute a AND",
        "/mute OR a",
        "/mute name:a",
        "/mute title:(lang:ru)",
        "/mute topic:xyzzy",
        "/mute topic:ceasfire",
        "/mute #",
        "/mute xyzzy !a",
        "/mute a*a",
        "/mute a^2",
        "/mute a~2",
        "/mute /a/xyzzy",
        "/mute lang:xyzzy",
        "/filter test xyzzy or a",
        "/filter test xyzzy\nxyzzy",
        "/filter test WHO",
        "/filter test lang:am",
        "/filter add xyzzy or a",
        "/filter remove xyzzy",
        "/filter remove all",
        "/mute all",
        "/mute this",
        "/mute xyzzy 2h",
        "/mute the",
        "/mute anyway the",
        "/mute anyway xyzzy",
        "/unmute all",
        "/mute *",
        "/mute source:a*",
        "/mute a NEAR/0 b",
        "/mute a NEAR/5 (title:b)",
        "/mute /a",
        "/mute /(/",
        "/mute -a",
        &format!("/mute /{}/", "x".repeat(300)),
        "/mute /a1/ /b1/ /c1/ /d1/ /e1/ /f1/",
        &format!("/mute {long}"),
        &format!("/mute {}a{}", "(".repeat(40), ")".repeat(40)),
        &format!("/mute {}", "a ".repeat(600)),
    ] {
        chat.say(text).await;
    }
}

async fn check_buttons(chat: &TranslatedChat) {
    let id = Uuid::nil().simple();
    chat.say("/filter add lachin").await;
    let filter = chat.ctx().await.list_own_rules().await.unwrap().filters.pop().unwrap().id.0.simple();
    for data in [
        "on:ceasefire".to_owned(),
        "off:ceasefire".to_owned(),
        "on:xyzzy".to_owned(),
        format!("why:{id}"),
        format!("hush:{id}"),
        format!("hush-one:{id}"),
        format!("ics:{id}"),
        "add:hadrut".to_owned(),
        "add:(".to_owned(),
        format!("back:{filter}:martakert"),
        format!("back:{id}:martakert"),
        format!("undo:{filter}"),
        format!("undo:{filter}"),
        "forget:no".to_owned(),
        "forget:yes".to_owned(),
    ] {
        chat.press(&data).await;
    }
    let locale = Locale::default();
    chat.check_text("story mutes", reply::mutes(locale, &[], 2));
    let buttons = [
        keyboard::forget(locale),
        keyboard::add(locale, LIMITS, "a"),
        keyboard::undo_add(locale, RuleId(Uuid::nil())),
        keyboard::undo_edit(locale, LIMITS, RuleId(Uuid::nil()), "a"),
    ];
    chat.check("buttons", &Message { buttons: buttons.concat(), ..Message::default() });
}

async fn check_articles(chat: &TranslatedChat) {
    let ctx = &chat.ctx().await;
    let articles: Vec<Article> = (0..40).map(|_| article()).collect();
    chat.check_text("too many patterns", reply::too_many_patterns(ctx));
    chat.check_text("cut off", ctx.text("filters-cut-off", &[("count", 2_usize.into())]));
    chat.check_text("story", reply::story(ctx, &articles, &Corroboration::default()));
    let found = [FoundStory { article: article(), reports: 3 }];
    let found = FoundStories { stories: found.into(), cut: true };
    chat.check_text("found", reply::found(ctx, "xyzzy", &found));
    chat.check_text("found nothing", reply::found(ctx, "xyzzy", &FoundStories::default()));
    chat.check_text("latest", reply::latest(ctx, &found));
    for reached in [ReachedBudget::Waiting, ReachedBudget::Commands, ReachedBudget::SlowCommands] {
        chat.check_text(reached.name(), reply::reached_budget(ctx.locale, reached, ctx.budget));
    }
    for trouble in RuleTrouble::ALL {
        chat.check_text("rule in trouble", reply::rule_trouble(ctx.locale, "xyzzy", trouble));
    }
    let mute = Mute {
        id: RuleId(Uuid::nil()),
        subscriber_id: SubscriberId::new(),
        text: "xyzzy".into(),
        trouble: Some(RuleTrouble::Unreadable),
    };
    chat.check_text("mute in trouble", reply::mutes(ctx.locale, &[mute], 0));
    chat.check_text("set aside", ctx.text("set-aside", &[("command", "xyzzy".into())]));
    let preview = RulePreview {
        days: vec![(NOW, 3)],
        newest: articles[..2].to_vec(),
        articles: 100,
        matching: 90,
        cut: true,
        ..RulePreview::default()
    };
    let unknown = |similar: Option<&str>| reply::RuleDoubt::UnknownSource {
        name: "xyzzy".into(),
        similar: similar.map(String::from),
    };
    let doubts = [
        reply::RuleDoubt::StopWords,
        reply::RuleDoubt::Share { matching: 90, articles: 100 },
        unknown(None),
        unknown(Some("wire")),
    ];
    chat.check_text("preview", reply::with_preview(ctx, Text::default(), &preview, &doubts));

    let reasons = |changed| {
        let passages = vec![Text::default().with("Headline", Style::Bold)];
        let topic = RuleName::Topic("Ceasefire".into());
        vec![
            MatchReason { name: topic, changed, passages },
            MatchReason { name: RuleName::Filter("xyzzy".into()), changed: false, passages: vec![] },
        ]
    };
    for reasons in [reasons(false), reasons(true), vec![]] {
        chat.check_text("why", reply::why::alert(ctx, &article(), &reasons));
    }
    let miss = |reason| RuleMiss { name: RuleName::Filter("xyzzy".into()), reason };
    let failed = |found| FailedPart { part: "xyzzy".into(), found };
    let misses = vec![
        miss(MissReason::Failed(vec![failed(true), failed(false)])),
        miss(MissReason::NewerRule),
        miss(MissReason::NoTopicWords),
        miss(MissReason::TopicInPassing),
        miss(MissReason::Unusable),
    ];
    let mut outcomes = vec![
        ArticleOutcome::NoRules,
        ArticleOutcome::Silent(SilentReason::FirstFetch),
        ArticleOutcome::Silent(SilentReason::TooOld),
        ArticleOutcome::Unmatched(misses),
        ArticleOutcome::Muted(None),
        ArticleOutcome::Muted(Some(Mute {
            id: RuleId(Uuid::nil()),
            subscriber_id: SubscriberId::new(),
            text: "xyzzy".into(),
            trouble: None,
        })),
        ArticleOutcome::Paused(NOW),
        ArticleOutcome::HeldBack,
        ArticleOutcome::Story(delivery(DeliveryState::Sent, NOW, None), Some(Box::new(article()))),
        ArticleOutcome::Delivery(DeliveryStatus { sent_at: None, ..delivery(DeliveryState::Sent, NOW, None) }, vec![]),
    ];
    for (state, due_at, error) in [
        (DeliveryState::Pending, NOW, None),
        (DeliveryState::Pending, NOW.plus_secs(3600), None),
        (DeliveryState::Pending, NOW, Some("no answer")),
        (DeliveryState::Pending, NOW.plus_secs(3600), Some("no answer")),
        (DeliveryState::Failed, NOW, Some("no answer")),
        (DeliveryState::Cancelled, NOW, None),
        (DeliveryState::Parked, NOW, None),
    ] {
        outcomes.push(ArticleOutcome::Delivery(delivery(state, due_at, error), vec![]));
    }
    for outcome in outcomes {
        chat.check_text("why article", reply::why::article(ctx, &article(), &outcome));
    }
}

async fn check_meetings(chat: &TranslatedChat) {
    let locale = Locale::default();
    let meeting = Meeting {
        id: MeetingId::new(),
        article_id: ArticleId::new(),
        participants: vec!["Armenia".into()],
        place: Some("Washington".into()),
        time_zone: Some("America/New_York".into()),
        first_day: Some("2020-10-23".into()),
        last_day: Some("2020-10-24".into()),
        starts_at: Some(Timestamp(1_603_461_600_000)),
        status: ceasewire_model::event::MeetingStatus::Planned,
        sequence: 0,
        remind_day_at: None,
        remind_hour_at: None,
        updated_at: NOW,
    };
    let undated = Meeting { first_day: None, ..meeting.clone() };
    for reminders in [true, false] {
        let listed = [meeting.clone(), undated.clone()];
        chat.check("meetings", &reply::meetings(locale, &listed, reminders));
    }
    chat.check_text("undated meeting", reply::meeting_undated(locale, &undated));
}

async fn check_feeds(chat: &TranslatedChat) {
    let locale = Locale::default();
    let ctx = chat.ctx().await;
    let subscriber = ctx.insert_subscriber().await.unwrap();
    let source = FeedSource { url: "https://news.example/".into(), outlet: "wire".into(), ..FeedSource::default() };
    let new = NewFeed { source, origin: FeedOrigin::Chat, title: Some("Feed".into()) };
    let inserted = ctx.store.insert_feed_of_chat(&new, ctx.address, subscriber.id, CHAT_FEED_LIMITS, NOW).await;
    assert_eq!(inserted.unwrap(), Ok(()));
    let unread = ctx.store.list_chat_feeds(subscriber.id).await.unwrap().pop().unwrap();
    for text in ["/feed", "/feed add https://news.example/", "/why news.example/9"] {
        chat.say(text).await;
    }
    let mut failing = unread.clone();
    (failing.last_error, failing.failures, failing.failing_since) = (Some("no answer".into()), 3, Some(NOW));
    let mut silent = unread.clone();
    (silent.trouble, silent.last_success_at) = (Some(FeedTrouble::Silent), Some(NOW));
    chat.check_text("unknown page", reply::why::unknown(&ctx, "news.example", &[&unread, &failing, &silent]));
    failing.trouble = Some(FeedTrouble::Failing);
    silent.crashes.count = 2;
    silent.relocation.pending = Some(PendingMove { to: "https://news.example/".into(), since: NOW, polls: 1 });
    let moved_to = Some("http://news.example/".into());
    (failing.relocation.moved_to, failing.relocation.moved_at) = (moved_to, Some(NOW));
    chat.check_text("too many feeds", ctx.text("feed-too-many-in-all", &[]));
    let counts = FeedCounts { polled: 4, failing: 1, silent: 1, too_old: 1 };
    let all = [unread, failing, silent];
    chat.check_text("feeds", reply::feed::feeds(locale, &all, 2));
    let list = reply::feed::feeds(locale, &all, 2);
    chat.check_text("feeds beyond the budget", reply::feed::with_budget_reached(locale, list, &all[0], 500));
    chat.check_text("troubled feeds", reply::feed::troubled(locale, &counts, &all, NOW));
    for id in ["feed-watched", "feed-there", "feed-removed"] {
        chat.check_text(id, reply::feed::with_name(locale, id, &all[0]));
    }
    for error in [ProbeError::Challenge, ProbeError::Login, ProbeError::NoFeed] {
        chat.check_text("probe", reply::feed::not_found(locale, Some(&error)));
    }
    chat.check_text("slow probe", reply::feed::not_found(locale, None));
    for error in [
        FetchError::Address("xyzzy".into()),
        FetchError::Status { status: 404, retry_after_secs: None, protection: None },
        FetchError::Empty(204),
        FetchError::TooLarge(1),
        FetchError::Redirect("xyzzy"),
    ] {
        chat.check_text("probe", reply::feed::not_found(locale, Some(&ProbeError::Fetch(error))));
    }
    chat.say("/feed remove 1").await;
    chat.say("/forget").await;
}

/// Messages that the bot sends outside of handlers, or only in states that take a platform or a feed site.
const ELSEWHERE: [&str; 29] = [
    "why-version",
    "feeds-too-old",
    "preview-parts",
    "mute-found",
    "mute-silences",
    "filters-removed",
    "unmuted-some",
    "rule-empty",
    "unmuted-stories",
    "story-muted",
    "story-which",
    "settings-stories",
    "failed",
    "not-a-command",
    "admins-only",
    "admins-no-channel",
    "admins-hidden",
    "forwarded",
    "press-unknown",
    "back",
    "too-many-filters",
    "too-many-mutes",
    "feed-off",
    "feed-too-many",
    "feed-added",
    "feed-newest",
    "feed-others",
    "feed-unparsable",
    "timeline",
];

#[tokio::test]
async fn every_word_of_an_answer_comes_through_the_catalogue() {
    pseudo::make_default();
    let chat = TranslatedChat::new().await;
    check_commands(&chat).await;
    check_buttons(&chat).await;
    check_articles(&chat).await;
    check_meetings(&chat).await;
    check_feeds(&chat).await;
    for id in ELSEWHERE {
        let args = [
            "missed", "most", "count", "stories", "name", "number", "fault", "conflict", "days", "silenced", "alerts",
            "matching", "articles", "rule", "parts", "command", "time", "title",
        ]
        .map(|name| (name, Arg::Number(1)));
        chat.check_text(id, Locale::default().text(id, &args));
    }
    let bot = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/locales/en/bot.ftl")).unwrap();
    let ids = bot.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
    let ids = ids.filter_map(|line| Some(line.split_once(" =")?.0));
    let seen = pseudo::seen();
    let unseen: Vec<&str> = ids.filter(|id| !seen.contains(*id)).collect();
    let leaked = chat.leaked.into_inner().unwrap();
    assert!(leaked.is_empty() && unseen.is_empty(), "leaked: {leaked:#?}\nno answer has: {unseen:#?}");
}
