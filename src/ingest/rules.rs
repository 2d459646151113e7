//! The rules and mutes of all subscribers as the matcher holds them, kept up to date from the store's log of changes.

use std::collections::BTreeSet;

use crate::model::{RuleId, SubscriberId};
use crate::rule::{Doc, Index, Vocabulary};
use crate::store::{Store, StoreError};

/// The rules and mutes as they were at a revision.
#[derive(Debug, Default)]
pub(super) struct Rules {
    revision: Option<i64>,
    alerting: Owned,
    muting: Owned,
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
                add(&mut self.alerting, vocabulary, &rule.text, (rule.id, rule.subscriber_id));
            }
            for mute in store.list_all_mutes().await? {
                add(&mut self.muting, vocabulary, &mute.text, (mute.id, mute.subscriber_id));
            }
            self.revision = Some(revision);
            return Ok(());
        };
        for change in changes {
            let index = if change.mute { &mut self.muting } else { &mut self.alerting };
            let owner = (change.id, change.subscriber_id);
            if change.added {
                add(index, vocabulary, &change.text, owner);
            } else if let Ok(rule) = vocabulary.compile(&change.text) {
                index.remove(&rule, owner);
            }
            self.revision = Some(change.revision);
        }
        Ok(())
    }

    pub(super) fn revision(&self) -> Option<i64> {
        self.revision
    }

    /// The rules that an article satisfies, each with whose it is, in the order of their ids.
    pub(super) fn matching(&mut self, doc: &Doc) -> Vec<(RuleId, SubscriberId)> {
        let mut matched = self.alerting.matches(doc).to_vec();
        matched.sort_unstable();
        matched
    }

    /// The subscribers who do not want to hear of an article.
    pub(super) fn muted(&mut self, doc: &Doc) -> BTreeSet<SubscriberId> {
        self.muting.matches(doc).iter().map(|&(_, subscriber)| subscriber).collect()
    }
}

/// Adds a rule that may be there already.
fn add(index: &mut Owned, vocabulary: &Vocabulary, text: &str, owner: (RuleId, SubscriberId)) {
    match vocabulary.compile(text) {
        Ok(rule) => {
            index.remove(&rule, owner);
            index.insert(&rule, owner);
        }
        // The profile may have lost a topic since the rule was written; the other rules go on.
        Err(error) => tracing::warn!(rule.id = %owner.0, "a stored rule is passed over: {}", error.fault),
    }
}
