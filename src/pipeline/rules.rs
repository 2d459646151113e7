//! Every subscriber's rules and mutes in memory, kept up to date from the store's log of rule changes.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::group::Audience;
use crate::store::{Store, StoreError};
use ceasewire_model::attention::RuleAttention;
use ceasewire_model::{Mute, Rule, RuleChange, RuleId, RuleTrouble, SubscriberId};
use ceasewire_profile::Vocabulary;
use ceasewire_rules::index::UndecidedRule;
use ceasewire_rules::{Expr, Index};
use ceasewire_stories::story_facts::EventTopics;
use ceasewire_text::Doc;

use super::loudness::RuleLoudness;

/// Matches documents against every rule and mute, as of a revision.
#[derive(Debug, Default)]
pub(super) struct RuleMatcher {
    revision: Option<i64>,
    alerting: RuleIndex,
    muting: RuleIndex,
    /// How loud the alerts of each rule are that is no plain filter without a choice.
    loudness: HashMap<RuleId, RuleLoudness>,
    /// Rules and mutes of forgotten subscribers: the log names only their ids, so that the indexes still hold them.
    forgotten: HashSet<RuleId>,
    /// The size of the indexes after the last reading of all rules.
    footprint_when_built: usize,
}

/// A rule that matches an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RuleMatch {
    pub(super) rule: RuleId,
    pub(super) subscriber: SubscriberId,
    pub(super) loudness: RuleLoudness,
}

/// The matches of one document that its words decide, and the rules that regular expressions decide.
#[derive(Debug, Default)]
pub(super) struct WordMatch {
    pub(super) matches: Vec<RuleMatch>,
    pub(super) undecided: Vec<UndecidedRule<RuleMatch>>,
    pub(super) muted: BTreeSet<SubscriberId>,
    pub(super) undecided_mutes: Vec<UndecidedRule<RuleOwner>>,
    /// Rules without an answer, since their evaluation takes too many steps.
    pub(super) cut_off: usize,
    /// Rules and mutes whose evaluation panicked.
    pub(super) broken: Vec<RuleId>,
}

/// Rules that an application of changes found unfit.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct UnfitRules {
    /// Rules whose compilation panicked. The index may hold a part of them.
    pub(super) broken: Vec<RuleId>,
    /// Rules that do not compile, and that the store does not know as such.
    pub(super) unreadable: Vec<RuleId>,
}

/// The changes that a matcher lacks.
#[derive(Debug)]
pub(super) enum RuleChanges {
    None,
    Some(Vec<RuleChange>),
    /// Every rule, in the order of their ids.
    All {
        rules: Vec<StoredRule>,
        revision: i64,
    },
}

/// A rule or a mute as the store has it.
#[derive(Debug)]
pub(super) enum StoredRule {
    Alerting(Rule),
    Muting(Mute),
}

impl StoredRule {
    pub(super) fn id(&self) -> RuleId {
        match self {
            Self::Alerting(rule) => rule.id,
            Self::Muting(mute) => mute.id,
        }
    }
}

/// A rule and its subscriber.
pub(super) type RuleOwner = (RuleId, SubscriberId);

/// Rules with their owners.
type RuleIndex = Index<RuleOwner>;

/// Rules of forgotten subscribers in the indexes, beyond which every rule is read again.
const MOST_FORGOTTEN: usize = 10_000;

/// Bytes of the index that removed rules may leave behind in any case.
const SPARE_FOOTPRINT: usize = 32 << 20;

impl RuleMatcher {
    /// Reads the changes since the matcher's revision; every rule at the first time, where the log of changes does not
    /// reach back that far, and where the index has outgrown its rules.
    pub(super) async fn read_changes(&self, store: &Store) -> Result<RuleChanges, StoreError> {
        // The revision is read before the rules: a rule added in between is read twice, never missed.
        let revision = store.find_rules_revision().await?;
        if self.revision == Some(revision) {
            return Ok(RuleChanges::None);
        }
        let changes = match self.revision {
            Some(seen) if !self.has_outgrown_its_rules() => store.list_rule_changes(seen).await?,
            _ => None,
        };
        Ok(match changes {
            Some(changes) => RuleChanges::Some(changes),
            None => {
                let rules = store.list_all_rules().await?.into_iter().map(StoredRule::Alerting);
                let mutes = store.list_all_mutes().await?.into_iter().map(StoredRule::Muting);
                let mut rules: Vec<StoredRule> = rules.chain(mutes).collect();
                rules.sort_by_key(StoredRule::id);
                RuleChanges::All { rules, revision }
            }
        })
    }

    /// Applies changes. Compiles their rules, which may take seconds for all of them.
    pub(super) fn apply(&mut self, changes: RuleChanges, vocabulary: &Vocabulary) -> UnfitRules {
        let mut unfit = UnfitRules::default();
        match changes {
            RuleChanges::None => {}
            RuleChanges::All { rules, revision } => {
                *self = Self::default();
                unfit = self.add_part(rules, vocabulary);
                self.complete(revision);
            }
            RuleChanges::Some(changes) => {
                for change in changes {
                    unfit.add((change.id, change.subscriber_id), || self.apply_change(&change, vocabulary));
                }
            }
        }
        unfit
    }

    /// Adds a part of all rules to those of the parts before it.
    pub(super) fn add_part(&mut self, rules: Vec<StoredRule>, vocabulary: &Vocabulary) -> UnfitRules {
        let mut unfit = UnfitRules::default();
        for rule in rules {
            match rule {
                StoredRule::Alerting(rule) => {
                    let owner = (rule.id, rule.subscriber_id);
                    let known = rule.trouble == Some(RuleTrouble::Unreadable);
                    unfit.add(owner, || self.add(vocabulary, &rule.text, owner, rule.attention) || known);
                }
                StoredRule::Muting(mute) => {
                    let owner = (mute.id, mute.subscriber_id);
                    let known = mute.trouble == Some(RuleTrouble::Unreadable);
                    unfit.add(owner, || add(&mut self.muting, vocabulary, &mute.text, owner).is_some() || known);
                }
            }
        }
        unfit
    }

    /// Ends the addition of all rules, as of a revision.
    pub(super) fn complete(&mut self, revision: i64) {
        self.revision = Some(revision);
        self.footprint_when_built = self.footprint();
    }

    /// Applies a change; `false` where its rule does not compile.
    fn apply_change(&mut self, change: &RuleChange, vocabulary: &Vocabulary) -> bool {
        self.revision = Some(change.revision);
        if change.is_anonymous() {
            if !change.added {
                self.forgotten.insert(change.id);
                self.loudness.remove(&change.id);
            }
            return true;
        }
        let owner = (change.id, change.subscriber_id);
        match (change.added, change.mute) {
            (true, true) => add(&mut self.muting, vocabulary, &change.text, owner).is_some(),
            (true, false) => self.add(vocabulary, &change.text, owner, change.attention),
            (false, mute) => {
                if let Ok(rule) = vocabulary.compile_stored(&change.text) {
                    let index = if mute { &mut self.muting } else { &mut self.alerting };
                    index.remove(&rule, owner);
                }
                self.loudness.remove(&change.id);
                true
            }
        }
    }

    fn footprint(&self) -> usize {
        self.alerting.footprint() + self.muting.footprint()
    }

    /// Whether rules that came and went, or their words, take more memory than the rules at the last reading.
    fn has_outgrown_its_rules(&self) -> bool {
        self.forgotten.len() >= MOST_FORGOTTEN || self.footprint() > 2 * self.footprint_when_built + SPARE_FOOTPRINT
    }

    pub(super) fn revision(&self) -> Option<i64> {
        self.revision
    }

    /// Adds a rule, or replaces it, with its attention; `false` where it does not compile.
    fn add(&mut self, vocabulary: &Vocabulary, text: &str, owner: RuleOwner, choice: Option<RuleAttention>) -> bool {
        let rule = add(&mut self.alerting, vocabulary, text, owner);
        let topics = rule.as_ref().map(Expr::asked_topics).unwrap_or_default();
        let of_topics = topics.iter().filter_map(|id| vocabulary.topic(id)?.attention).min();
        let loudness = RuleLoudness { choice, of_topics, events: EventTopics::of_ids(topics) };
        match loudness == RuleLoudness::default() {
            true => self.loudness.remove(&owner.0),
            false => self.loudness.insert(owner.0, loudness),
        };
        rule.is_some()
    }

    /// Matches a document as far as its words decide.
    pub(super) fn match_words(&mut self, doc: &Doc, audience: &Audience) -> WordMatch {
        let (loudness, forgotten) = (&self.loudness, &self.forgotten);
        let listens = |rule: RuleId, subscriber| audience.includes(subscriber) && !forgotten.contains(&rule);
        let matched = |(rule, subscriber): RuleOwner| {
            let loudness = loudness.get(&rule).copied().unwrap_or_default();
            listens(rule, subscriber).then_some(RuleMatch { rule, subscriber, loudness })
        };
        let found = self.alerting.matches_of_words(doc);
        let mut words = WordMatch {
            matches: found.owners.iter().copied().filter_map(matched).collect(),
            undecided: found.undecided.into_iter().filter_map(|rule| rule.filter_map_owners(matched)).collect(),
            cut_off: found.cut_off,
            broken: found.broken.into_iter().map(|(rule, _)| rule).collect(),
            ..WordMatch::default()
        };
        if !words.matches.is_empty() || !words.undecided.is_empty() {
            let found = self.muting.matches_of_words(doc);
            let muted = |(mute, subscriber): RuleOwner| listens(mute, subscriber).then_some((mute, subscriber));
            words.muted = found.owners.iter().copied().filter_map(muted).map(|(_, subscriber)| subscriber).collect();
            words.undecided_mutes =
                found.undecided.into_iter().filter_map(|mute| mute.filter_map_owners(muted)).collect();
            words.broken.extend(found.broken.into_iter().map(|(mute, _)| mute));
            words.cut_off += found.cut_off;
        }
        words
    }
}

impl UnfitRules {
    pub(super) fn extend(&mut self, more: Self) {
        self.broken.extend(more.broken);
        self.unreadable.extend(more.unreadable);
    }

    /// Runs the addition of a rule, which returns whether the rule compiles, and keeps a panic from the other rules.
    fn add(&mut self, (rule, _): RuleOwner, add: impl FnOnce() -> bool) {
        let added = catch_unwind(AssertUnwindSafe(|| {
            #[cfg(test)]
            super::faults::strike(rule);
            add()
        }));
        match added {
            Ok(true) => {}
            Ok(false) => self.unreadable.push(rule),
            Err(_) => self.broken.push(rule),
        }
    }
}

/// Adds a rule, or replaces it, and returns it.
fn add(index: &mut RuleIndex, vocabulary: &Vocabulary, text: &str, owner: RuleOwner) -> Option<Expr> {
    match vocabulary.compile_stored(text) {
        Ok(rule) => {
            index.remove(&rule, owner);
            index.insert(&rule, owner);
            Some(rule)
        }
        // The profile may have lost a topic since the rule was written; the other rules go on.
        Err(error) => {
            tracing::warn!(rule.id = %owner.0, error = %error.fault, "cannot compile a stored rule; it matches nothing");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use RuleAttention::{Digest, Urgent};
    use ceasewire_model::attention::Attention;
    use ceasewire_model::{Address, Platform, Timestamp, Topic};

    #[tokio::test]
    async fn the_log_of_changes_carries_attention() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}", folder.path().join("c.db").display())).await.unwrap();
        let topic = |id: &str, attention| Topic { id: id.into(), name: id.into(), rule: "truce".into(), attention };
        let topics = [topic("ceasefire", Some(Attention::Urgent)), topic("meeting", None)];
        let (vocabulary, errors) = Vocabulary::new(&topics, None, Vec::new());
        assert_eq!(errors, []);
        let at = Address { platform: Platform::Console, chat: "1".into(), thread: None };
        let (now, subscriber) = (Timestamp(1), store.insert_subscriber(&at, Timestamp(1)).await.unwrap().id);
        let insert = async |text: &'static str| store.insert_rule(subscriber, None, text, now).await.unwrap().unwrap();
        let ceasefire = insert("topic:ceasefire").await;
        let meeting = insert("topic:meeting").await;
        let filter = insert("truce shusha").await;

        let mut rules = RuleMatcher::default();
        let doc = Doc::new("Truce near Shusha", "").about(vec!["ceasefire".into(), "meeting".into()]);
        let filter_on_topic = insert("topic:ceasefire shusha -topic:meeting OR topic:meeting truce").await;
        let mut found = async |choices: [Option<RuleAttention>; 3]| {
            rules.apply(rules.read_changes(&store).await.unwrap(), &vocabulary);
            let mut fresh = RuleMatcher::default();
            fresh.apply(fresh.read_changes(&store).await.unwrap(), &vocabulary);
            let ids = [ceasefire, meeting, filter];
            let expected: Vec<_> = ids.into_iter().zip(choices).collect();
            for (rules, how) in [(&mut rules, "by the changes"), (&mut fresh, "anew")] {
                let mut found = rules.match_words(&doc, &Audience::everybody()).matches;
                found.sort_unstable();
                let on_topic = found.iter().find(|matched| matched.rule == filter_on_topic).unwrap().loudness;
                assert_eq!(on_topic.of_topics, Some(Attention::Urgent), "{how}");
                assert_eq!(on_topic.events, EventTopics::of_ids(["ceasefire", "meeting"]), "{how}");
                found.retain(|matched| matched.rule != filter_on_topic);
                assert_eq!(found[0].loudness.of_topics, Some(Attention::Urgent), "{how}");
                assert!(found[2].loudness.events.is_empty(), "{how}");
                let found: Vec<_> = found.iter().map(|matched| (matched.rule, matched.loudness.choice)).collect();
                assert_eq!(found, expected, "{how}");
            }
        };
        found([None; 3]).await;
        store.record_rule_attention(ceasefire, Some(Digest)).await.unwrap();
        store.record_rule_attention(filter, Some(Urgent)).await.unwrap();
        found([Some(Digest), None, Some(Urgent)]).await;
        // A filter with a new text keeps its attention.
        let rule = store.list_rules(subscriber).await.unwrap().into_iter().find(|rule| rule.id == filter).unwrap();
        assert!(store.replace_rule(&rule, None, "truce NEAR/9 shusha").await.unwrap());
        store.record_rule_attention(ceasefire, None).await.unwrap();
        found([None, None, Some(Urgent)]).await;
        assert!(!store.record_rule_attention(RuleId::new(), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_forgotten_subscriber_is_forgotten_without_reading_every_rule() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}", folder.path().join("c.db").display())).await.unwrap();
        let (vocabulary, _) = Vocabulary::new(&[], None, Vec::new());
        let mut subscribers = Vec::new();
        for chat in ["1", "2"] {
            let at = Address { platform: Platform::Console, chat: chat.into(), thread: None };
            let subscriber = store.insert_subscriber(&at, Timestamp(1)).await.unwrap().id;
            store.insert_rule(subscriber, None, "truce", Timestamp(1)).await.unwrap();
            store.insert_mute(subscriber, "football", Timestamp(1)).await.unwrap();
            subscribers.push(subscriber);
        }
        let (forgotten, other) = (subscribers[0], subscribers[1]);
        let mut behind = RuleMatcher::default();
        behind.apply(behind.read_changes(&store).await.unwrap(), &vocabulary);
        let mut rules = RuleMatcher::default();
        rules.apply(rules.read_changes(&store).await.unwrap(), &vocabulary);
        // A rule that one matcher never sees, and an old text of one that both have.
        store.insert_rule(forgotten, None, "truce shusha", Timestamp(1)).await.unwrap();
        rules.apply(rules.read_changes(&store).await.unwrap(), &vocabulary);
        store.delete_subscriber(forgotten).await.unwrap();
        let doc = Doc::new("Truce near Shusha", "Football");
        for matcher in [&mut rules, &mut behind] {
            matcher.apply(matcher.read_changes(&store).await.unwrap(), &vocabulary);
            let found = matcher.match_words(&doc, &Audience::everybody());
            let matched: Vec<SubscriberId> = found.matches.iter().map(|matched| matched.subscriber).collect();
            assert_eq!((matched, found.muted), (vec![other], BTreeSet::from([other])));
            assert!(!matcher.forgotten.is_empty(), "the log sufficed");
        }
    }
}
