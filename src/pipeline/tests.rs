//! Rules that panic where they are compiled or evaluated: they are set aside, and the others go on.

use std::collections::BTreeMap;
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
    _folder: tempfile::TempDir,
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
        Self { store, feed, subscriber, profile, _folder: folder }
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
