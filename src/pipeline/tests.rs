//! Rules that panic where they are compiled or evaluated: they are set aside, and the others go on.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Command;
use std::sync::Arc;

use async_trait::async_trait;
use ceasewire_model::{
    Address, Entry, Feed, FeedOrigin, FeedSource, Platform, RuleId, RuleTrouble, SubscriberId, Timestamp,
};
use ceasewire_profile::{Profile, Vocabulary};
use tokio::sync::watch;

use super::{Alerting, Fetch, Gates, PageReader, PatternBudget, Pipeline, PipelineCounts, faults};
use crate::store::{NewFeed, Store};

const NOW: Timestamp = Timestamp(1_602_299_100_000);

/// The environment variable that names the store of a child process.
const STORE: &str = "CEASEWIRE_STORE_OF_THE_TEST";

struct NoPages;

#[async_trait]
impl PageReader for NoPages {
    async fn complete(&self, _feed: &Feed, _new: Vec<&mut Entry>) {}
}

struct Bench {
    store: Store,
    feed: Feed,
    subscriber: SubscriberId,
    profile: Arc<Profile>,
    folder: tempfile::TempDir,
}

impl Bench {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}", folder.path().join("c.db").display())).await.unwrap();
        let source = FeedSource { url: "https://news.example/".into(), outlet: "wire".into(), ..FeedSource::default() };
        let feed = NewFeed { source, origin: FeedOrigin::Operator, title: None };
        let feed = store.insert_feed(&feed, NOW).await.unwrap();
        let at = Address { platform: Platform::Console, chat: "1".into(), thread: None };
        let subscriber = store.insert_subscriber(&at, NOW).await.unwrap().id;
        let (vocabulary, _) = Vocabulary::new(&[], None, Vec::new());
        let profile = Arc::new(Profile { vocabulary: Arc::new(vocabulary), ..Profile::default() });
        Self { store, feed, subscriber, profile, folder }
    }

    async fn rule(&self, text: &str) -> RuleId {
        self.store.insert_rule(self.subscriber, None, text, NOW).await.unwrap().unwrap()
    }

    fn pipeline(&self) -> Pipeline {
        let gates = Gates {
            max_age_secs: 86_400,
            burst: 100,
            many_killed: 5,
            chat_articles_a_day: 100,
            chat_bytes_a_day: 1_000_000,
        };
        let patterns = PatternBudget { steps: 1_000_000, steps_in_all: 1_000_000 };
        let (outbox, _) = watch::channel(());
        Pipeline::new(self.store.clone(), Arc::clone(&self.profile), gates, patterns, Arc::default(), outbox)
    }

    async fn process(&self, pipeline: &Pipeline, title: &str, marks_rules: bool) -> PipelineCounts {
        let entry = Entry { guid: Some(title.into()), title: title.into(), published: Some(NOW), ..Entry::default() };
        let fetch = Fetch { feed: &self.feed, entries: vec![entry], alerting: Alerting::All, marks_rules, now: NOW };
        pipeline.process(fetch, &NoPages).await.unwrap()
    }

    async fn troubles(&self) -> BTreeMap<String, Option<RuleTrouble>> {
        let rules = self.store.list_rules(self.subscriber).await.unwrap();
        let mutes = self.store.list_mutes(self.subscriber).await.unwrap();
        let rules = rules.into_iter().map(|rule| (rule.text, rule.trouble));
        rules.chain(mutes.into_iter().map(|mute| (mute.text, mute.trouble))).collect()
    }
}

#[tokio::test]
async fn a_rule_that_panics_is_set_aside_and_the_others_match() {
    for marks_rules in [false, true] {
        let bench = Bench::new().await;
        let (broken, _) = (bench.rule("truce /bak./").await, bench.rule("truce /b.ku/").await);
        let pipeline = bench.pipeline();
        pipeline.refresh_rules().await.unwrap();
        faults::inject(broken);
        assert_eq!(bench.process(&pipeline, "Truce near Baku", marks_rules).await.matches, 1);
        let troubles = bench.troubles().await;
        assert_eq!(troubles["truce /bak./"], Some(RuleTrouble::Ended));
        assert_eq!(troubles["truce /b.ku/"], None);
        assert_eq!(bench.process(&pipeline, "Truce at Baku", marks_rules).await.matches, 1);
        let notices = bench.store.take_rule_notices(Platform::Console).await.unwrap();
        assert_eq!(notices.iter().map(|notice| notice.rule.as_str()).collect::<Vec<_>>(), ["truce /bak./"]);
        assert_eq!(bench.store.take_rule_notices(Platform::Console).await.unwrap(), []);
        assert_eq!(bench.store.take_rules_left_in_hand(uuid::Uuid::nil(), NOW).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_mute_that_panics_is_set_aside_and_mutes_nothing() {
    let bench = Bench::new().await;
    bench.rule("truce").await;
    bench.store.insert_mute(bench.subscriber, "/bak./", NOW).await.unwrap();
    let pipeline = bench.pipeline();
    pipeline.refresh_rules().await.unwrap();
    faults::inject(bench.store.list_mutes(bench.subscriber).await.unwrap()[0].id);
    assert_eq!(bench.process(&pipeline, "Truce near Baku", false).await.alerts, 1);
    assert_eq!(bench.troubles().await["/bak./"], Some(RuleTrouble::Ended));
}

#[tokio::test]
async fn a_rule_that_panics_while_it_is_compiled_is_set_aside() {
    let bench = Bench::new().await;
    let (broken, _) = (bench.rule("truce baku").await, bench.rule("truce shusha").await);
    faults::inject(broken);
    let pipeline = bench.pipeline();
    assert_eq!(bench.process(&pipeline, "Truce near Baku and Shusha", false).await.matches, 1);
    assert_eq!(bench.troubles().await["truce baku"], Some(RuleTrouble::Ended));
    // Neither a change of the rule's attention nor a restart brings it back.
    bench.store.record_rule_attention(broken, None).await.unwrap();
    assert_eq!(bench.process(&pipeline, "Truce at Baku and Shusha", false).await.matches, 1);
    assert_eq!(bench.process(&bench.pipeline(), "Truce in Baku and Shusha", false).await.matches, 1);
}

/// Compiles the rules of a store, if the parent process names one.
#[tokio::test]
async fn child_that_compiles_every_rule() {
    let Ok(url) = std::env::var(STORE) else { return };
    let bench = Bench { store: Store::open(&url).await.unwrap(), ..Bench::new().await };
    bench.pipeline().refresh_rules().await.unwrap();
    bench.store.close().await;
}

#[tokio::test]
async fn a_rule_that_ends_the_process_at_each_start_is_set_aside() {
    let mut bench = Bench::new().await;
    bench.rule("truce baku").await;
    bench.store.insert_mute(bench.subscriber, "football", NOW).await.unwrap();
    let deadly = bench.rule("truce shusha").await;
    bench.rule("truce lachin").await;
    bench.store.close().await;
    let url = format!("sqlite://{}", bench.folder.path().join("c.db").display());
    let start = || {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "pipeline::tests::child_that_compiles_every_rule", "--test-threads=1"])
            .env(STORE, &url)
            .env(faults::DEADLY_RULE, deadly.to_string())
            .output();
        let child = child.unwrap();
        let text = String::from_utf8_lossy(&child.stdout).into_owned();
        (child.status.signal(), text.contains("1 passed"))
    };
    // The first start compiles all rules at once, the second one each alone.
    let abort = (Some(6), false);
    assert_eq!([start(), start(), start()], [abort, abort, (None, true)]);
    bench.store = Store::open(&url).await.unwrap();
    let ended: Vec<String> =
        bench.troubles().await.into_iter().filter(|(_, trouble)| trouble.is_some()).map(|(text, _)| text).collect();
    assert_eq!(ended, ["truce shusha"]);
    let notices = bench.store.take_rule_notices(Platform::Console).await.unwrap();
    assert_eq!(notices.iter().map(|notice| notice.rule.as_str()).collect::<Vec<_>>(), ["truce shusha"]);
    assert_eq!(bench.store.list_unfinished_compilations(NOW).await.unwrap(), []);
    let counts = bench.process(&bench.pipeline(), "Truce near Baku, Shusha and Lachin", false).await;
    assert_eq!(counts.matches, 2);
}

#[tokio::test]
async fn a_kill_during_a_start_sets_no_rule_aside() {
    let bench = Bench::new().await;
    bench.rule("truce baku").await;
    // The process was killed for another reason: the next start compiles each rule alone, and ends in order.
    bench.store.mark_compilation(uuid::Uuid::from_u128(7), None, &[], NOW).await.unwrap();
    assert_eq!(bench.store.take_rules_left_in_hand(uuid::Uuid::nil(), NOW).await.unwrap(), []);
    bench.pipeline().refresh_rules().await.unwrap();
    assert_eq!(bench.troubles().await["truce baku"], None);
    assert_eq!(bench.store.list_unfinished_compilations(NOW).await.unwrap(), []);
}

#[tokio::test]
async fn the_chat_of_a_rule_that_does_not_compile_is_informed_once() {
    let bench = Bench::new().await;
    bench.rule("topic:gone").await;
    bench.rule("truce /([\\w]{200}){200}/").await;
    bench.rule("truce").await;
    for title in ["Truce near Baku", "Truce at Baku"] {
        assert_eq!(bench.process(&bench.pipeline(), title, false).await.matches, 1);
    }
    let notices = bench.store.take_rule_notices(Platform::Console).await.unwrap();
    assert!(notices.iter().all(|notice| notice.trouble == RuleTrouble::Unreadable));
    assert_eq!(notices.len(), 2);
    bench.process(&bench.pipeline(), "Truce in Baku", false).await;
    assert_eq!(bench.store.take_rule_notices(Platform::Console).await.unwrap(), []);
}
