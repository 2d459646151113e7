//! The rules and mutes of all subscribers as the matcher holds them, kept up to date from the store's log of changes.

use std::collections::{BTreeSet, HashMap};

use crate::store::{Store, StoreError};
use ceasewire_model::attention::Attention;
use ceasewire_model::{RuleId, SubscriberId};
use ceasewire_profile::Vocabulary;
use ceasewire_rules::{Expr, Index};
use ceasewire_text::Doc;

/// The rules and mutes as they were at a revision.
#[derive(Debug, Default)]
pub(super) struct Rules {
    revision: Option<i64>,
    alerting: Owned,
    muting: Owned,
    /// How urgent what a rule finds is, of the rules of which that is said.
    attentions: HashMap<RuleId, Attention>,
}

/// A rule that an article satisfies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Matched {
    pub(super) rule: RuleId,
    /// Whose it is.
    pub(super) subscriber: SubscriberId,
    /// How urgent what it finds is: as its subscriber has said, or else as the profile says of its topic.
    pub(super) attention: Option<Attention>,
}

/// Rules with whose they are.
type Owned = Index<(RuleId, SubscriberId)>;

impl Rules {
    /// Applies what has changed since the last time; everything is read at the first time, and when the log does not
    /// reach back far enough.
    pub(super) async fn refresh(&mut self, store: &Store, vocabulary: &Vocabulary) -> Result<(), StoreError> {
        // The revision is read before the rules: a rule added in between is read twice, never missed.
        let revision = store.find_rules_revision().await?;
        if self.revision == Some(revision) {
            return Ok(());
        }
        let changes = match self.revision {
            Some(seen) => store.list_rule_changes(seen).await?,
            None => None,
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

    /// Adds a rule that may be there already, with what its subscriber says of how urgent it is.
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

    /// The rules that an article satisfies, in the order of their ids.
    pub(super) fn matching(&mut self, doc: &Doc) -> Vec<Matched> {
        let matched = self.alerting.matches(doc).iter().map(|&(rule, subscriber)| {
            let attention = self.attentions.get(&rule).copied();
            Matched { rule, subscriber, attention }
        });
        let mut matched: Vec<Matched> = matched.collect();
        matched.sort_unstable();
        matched
    }

    /// The subscribers who do not want to hear of an article.
    pub(super) fn muted(&mut self, doc: &Doc) -> BTreeSet<SubscriberId> {
        self.muting.matches(doc).iter().map(|&(_, subscriber)| subscriber).collect()
    }
}

/// Each subscriber of these rules once, with the most urgent that they say. A rule of which nothing is said is normal or for
/// the digest, as its chat has it: it yields to a normal one, and the digest yields to it.
pub(super) fn most_urgent<'a>(
    matched: impl IntoIterator<Item = &'a Matched>,
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

/// Adds a rule that may be there already, and gives it back.
fn add(index: &mut Owned, vocabulary: &Vocabulary, text: &str, owner: (RuleId, SubscriberId)) -> Option<Expr> {
    match vocabulary.compile(text) {
        Ok(rule) => {
            index.remove(&rule, owner);
            index.insert(&rule, owner);
            Some(rule)
        }
        // The profile may have lost a topic since the rule was written; the other rules go on.
        Err(error) => {
            tracing::warn!(rule.id = %owner.0, "a stored rule is passed over: {}", error.fault);
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
    async fn who_follows_the_changes_knows_how_urgent_a_rule_is() {
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

        let mut rules = Rules::default();
        let doc = Doc::new("Truce near Shusha", "").about(vec!["ceasefire".into(), "meeting".into()]);
        let mut found = async |attentions: [Option<Attention>; 3]| {
            rules.refresh(&store, &vocabulary).await.unwrap();
            let mut fresh = Rules::default();
            fresh.refresh(&store, &vocabulary).await.unwrap();
            let ids = [ceasefire, meeting, filter];
            let expected: Vec<_> = ids.into_iter().zip(attentions).collect();
            for (rules, how) in [(&mut rules, "by the changes"), (&mut fresh, "anew")] {
                let found: Vec<_> =
                    rules.matching(&doc).iter().map(|matched| (matched.rule, matched.attention)).collect();
                assert_eq!(found, expected, "{how}");
            }
        };
        found([Some(Urgent), None, None]).await;
        store.mark_rule_attention(ceasefire, Some(Digest)).await.unwrap();
        store.mark_rule_attention(filter, Some(Urgent)).await.unwrap();
        found([Some(Digest), None, Some(Urgent)]).await;
        // A filter that is written anew keeps what was said of it.
        let rule = store.list_rules(subscriber).await.unwrap().into_iter().find(|rule| rule.id == filter).unwrap();
        assert!(store.replace_rule(&rule, None, "truce NEAR/9 shusha").await.unwrap());
        store.mark_rule_attention(ceasefire, None).await.unwrap();
        found([Some(Urgent), None, Some(Urgent)]).await;
        assert!(!store.mark_rule_attention(RuleId::new(), None).await.unwrap());
    }

    #[test]
    fn of_a_subscribers_rules_the_most_urgent_counts() {
        let (one, other) = (SubscriberId::new(), SubscriberId::new());
        let matched = |subscriber, attention| Matched { rule: RuleId::new(), subscriber, attention };
        for (attentions, expected) in [
            (vec![None], None),
            (vec![Some(Digest)], Some(Digest)),
            (vec![Some(Digest), None], None),
            (vec![None, Some(Normal)], Some(Normal)),
            (vec![Some(Digest), Some(Urgent), None, Some(Normal)], Some(Urgent)),
        ] {
            let mut rules: Vec<Matched> = attentions.iter().map(|&attention| matched(one, attention)).collect();
            rules.push(matched(other, Some(Digest)));
            assert_eq!(most_urgent(&rules), [(one, expected), (other, Some(Digest))], "{attentions:?}");
        }
    }
}
