//! Every subscriber's rules and mutes in memory, kept up to date from the store's log of rule changes.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::store::{Store, StoreError};
use ceasewire_model::attention::Attention;
use ceasewire_model::{RuleId, SubscriberId};
use ceasewire_profile::Vocabulary;
use ceasewire_rules::{Expr, Index};
use ceasewire_text::Doc;

/// Rules of forgotten subscribers in the indexes, beyond which every rule is read again.
const MOST_FORGOTTEN: usize = 10_000;

/// Matches documents against every rule and mute, as of a revision.
#[derive(Debug, Default)]
pub(super) struct RuleMatcher {
    revision: Option<i64>,
    alerting: RuleIndex,
    muting: RuleIndex,
    /// The attention of each rule that has one.
    attentions: HashMap<RuleId, Attention>,
    /// Rules and mutes of forgotten subscribers: the log names only their ids, so that the indexes still hold them.
    forgotten: HashSet<RuleId>,
}

/// A rule that matches an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RuleMatch {
    pub(super) rule: RuleId,
    pub(super) subscriber: SubscriberId,
    /// The rule's own attention, or that of its topic in the profile.
    pub(super) attention: Option<Attention>,
}

/// Rules with their owners.
type RuleIndex = Index<(RuleId, SubscriberId)>;

impl RuleMatcher {
    /// Applies the changes since the last call. The first call reads every rule, as does one that the log of changes
    /// does not reach back to.
    pub(super) async fn refresh(&mut self, store: &Store, vocabulary: &Vocabulary) -> Result<(), StoreError> {
        // The revision is read before the rules: a rule added in between is read twice, never missed.
        let revision = store.find_rules_revision().await?;
        if self.revision == Some(revision) {
            return Ok(());
        }
        let changes = match self.revision {
            Some(seen) if self.forgotten.len() < MOST_FORGOTTEN => store.list_rule_changes(seen).await?,
            Some(_) | None => None,
        };
        let Some(changes) = changes else {
            *self = Self::default();
            for rule in store.list_all_rules().await? {
                self.add(vocabulary, &rule.text, (rule.id, rule.subscriber_id), rule.attention);
            }
            for mute in store.list_all_mutes().await? {
                add(&mut self.muting, vocabulary, &mute.text, (mute.id, mute.subscriber_id));
            }
            self.revision = Some(revision);
            return Ok(());
        };
        for change in changes {
            if change.is_anonymous() {
                if !change.added {
                    self.forgotten.insert(change.id);
                    self.attentions.remove(&change.id);
                }
                self.revision = Some(change.revision);
                continue;
            }
            let owner = (change.id, change.subscriber_id);
            match (change.added, change.mute) {
                (true, true) => {
                    add(&mut self.muting, vocabulary, &change.text, owner);
                }
                (true, false) => self.add(vocabulary, &change.text, owner, change.attention),
                (false, mute) => {
                    if let Ok(rule) = vocabulary.compile(&change.text) {
                        let index = if mute { &mut self.muting } else { &mut self.alerting };
                        index.remove(&rule, owner);
                    }
                    self.attentions.remove(&change.id);
                }
            }
            self.revision = Some(change.revision);
        }
        Ok(())
    }

    pub(super) fn revision(&self) -> Option<i64> {
        self.revision
    }

    /// Adds a rule, or replaces it, with its attention.
    fn add(
        &mut self,
        vocabulary: &Vocabulary,
        text: &str,
        owner: (RuleId, SubscriberId),
        attention: Option<Attention>,
    ) {
        let rule = add(&mut self.alerting, vocabulary, text, owner);
        let of_topic = || match &rule {
            Some(Expr::Topic(topic)) => vocabulary.topic(topic).and_then(|topic| topic.attention),
            _ => None,
        };
        match attention.or_else(of_topic) {
            Some(attention) => self.attentions.insert(owner.0, attention),
            None => self.attentions.remove(&owner.0),
        };
    }

    /// The rules that match a document, in the order of their ids.
    pub(super) fn matches(&mut self, doc: &Doc) -> Vec<RuleMatch> {
        let forgotten = &self.forgotten;
        let matched = self.alerting.matches(doc).iter().filter(|(rule, _)| !forgotten.contains(rule));
        let matched = matched.map(|&(rule, subscriber)| {
            let attention = self.attentions.get(&rule).copied();
            RuleMatch { rule, subscriber, attention }
        });
        let mut matched: Vec<RuleMatch> = matched.collect();
        matched.sort_unstable();
        matched
    }

    /// The subscribers whose mutes match a document.
    pub(super) fn muted(&mut self, doc: &Doc) -> BTreeSet<SubscriberId> {
        let matched = self.muting.matches(doc).iter();
        matched.filter(|(mute, _)| !self.forgotten.contains(mute)).map(|&(_, subscriber)| subscriber).collect()
    }
}

/// Lists each subscriber of these rules once, with the most urgent attention. A rule without one ranks between normal
/// and digest: its chat decides between the two.
pub(super) fn most_urgent<'a>(
    matched: impl IntoIterator<Item = &'a RuleMatch>,
) -> Vec<(SubscriberId, Option<Attention>)> {
    let rank = |attention: Option<Attention>| match attention {
        Some(Attention::Urgent) => 0,
        Some(Attention::Normal) => 1,
        None => 2,
        Some(Attention::Digest) => 3,
    };
    let mut subscribers: Vec<_> = matched.into_iter().map(|matched| (matched.subscriber, matched.attention)).collect();
    subscribers.sort_unstable_by_key(|&(subscriber, attention)| (subscriber, rank(attention)));
    subscribers.dedup_by_key(|(subscriber, _)| *subscriber);
    subscribers
}

/// Adds a rule, or replaces it, and returns it.
fn add(index: &mut RuleIndex, vocabulary: &Vocabulary, text: &str, owner: (RuleId, SubscriberId)) -> Option<Expr> {
    match vocabulary.compile(text) {
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
    use Attention::{Digest, Normal, Urgent};
    use ceasewire_model::{Address, Platform, Timestamp, Topic};

    #[tokio::test]
    async fn the_log_of_changes_carries_attention() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}", folder.path().join("c.db").display())).await.unwrap();
        let topic = |id: &str, attention| Topic { id: id.into(), name: id.into(), rule: "truce".into(), attention };
        let topics = [topic("ceasefire", Some(Urgent)), topic("meeting", None)];
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
        let mut found = async |attentions: [Option<Attention>; 3]| {
            rules.refresh(&store, &vocabulary).await.unwrap();
            let mut fresh = RuleMatcher::default();
            fresh.refresh(&store, &vocabulary).await.unwrap();
            let ids = [ceasefire, meeting, filter];
            let expected: Vec<_> = ids.into_iter().zip(attentions).collect();
            for (rules, how) in [(&mut rules, "by the changes"), (&mut fresh, "anew")] {
                let found: Vec<_> =
                    rules.matches(&doc).iter().map(|matched| (matched.rule, matched.attention)).collect();
                assert_eq!(found, expected, "{how}");
            }
        };
        found([Some(Urgent), None, None]).await;
        store.record_rule_attention(ceasefire, Some(Digest)).await.unwrap();
        store.record_rule_attention(filter, Some(Urgent)).await.unwrap();
        found([Some(Digest), None, Some(Urgent)]).await;
        // A filter with a new text keeps its attention.
        let rule = store.list_rules(subscriber).await.unwrap().into_iter().find(|rule| rule.id == filter).unwrap();
        assert!(store.replace_rule(&rule, None, "truce NEAR/9 shusha").await.unwrap());
        store.record_rule_attention(ceasefire, None).await.unwrap();
        found([Some(Urgent), None, Some(Urgent)]).await;
        assert!(!store.record_rule_attention(RuleId::new(), None).await.unwrap());
    }

    #[test]
    fn the_most_urgent_rule_of_a_subscriber_counts() {
        let (one, other) = (SubscriberId::new(), SubscriberId::new());
        let matched = |subscriber, attention| RuleMatch { rule: RuleId::new(), subscriber, attention };
        for (attentions, expected) in [
            (vec![None], None),
            (vec![Some(Digest)], Some(Digest)),
            (vec![Some(Digest), None], None),
            (vec![None, Some(Normal)], Some(Normal)),
            (vec![Some(Digest), Some(Urgent), None, Some(Normal)], Some(Urgent)),
        ] {
            let mut rules: Vec<RuleMatch> = attentions.iter().map(|&attention| matched(one, attention)).collect();
            rules.push(matched(other, Some(Digest)));
            assert_eq!(most_urgent(&rules), [(one, expected), (other, Some(Digest))], "{attentions:?}");
        }
    }
}
