//! Rules and mutes of subscribers as the store keeps them.

use crate::attention::RuleAttention;
use crate::{RuleId, SubscriberId};

/// A subscriber's rule as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub id: RuleId,
    pub subscriber_id: SubscriberId,
    /// The topic subscribed to; `None` for a filter that the subscriber wrote.
    pub topic: Option<String>,
    /// The rule in normal form; `topic:NAME` for a subscription.
    pub text: String,
    /// The subscriber's choice; `None`: the topic's attention, else the chat's default.
    pub attention: Option<RuleAttention>,
    pub trouble: Option<RuleTrouble>,
}

/// Why a rule matches nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleTrouble {
    /// The program ended, or a thread of it panicked, while it evaluated the rule.
    Ended,
    /// The rule does not compile any more: it names a missing topic, or is larger than rules may be now.
    Unreadable,
}

/// A rule whose articles raise no alert for its subscriber.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mute {
    /// A [`RuleId`], since rules and mutes stand in one log of changes.
    pub id: RuleId,
    pub subscriber_id: SubscriberId,
    /// The rule in normal form.
    pub text: String,
    pub trouble: Option<RuleTrouble>,
}

/// The insertion or deletion of a rule or a mute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleChange {
    /// The revision of the rules that the change made.
    pub revision: i64,
    /// Id of the rule or mute.
    pub id: RuleId,
    pub subscriber_id: SubscriberId,
    /// Its text in normal form.
    pub text: String,
    /// `true`: inserted; `false`: deleted.
    pub added: bool,
    /// `true`: a mute; `false`: a rule.
    pub mute: bool,
    /// The subscriber's choice for a rule.
    pub attention: Option<RuleAttention>,
}

impl RuleChange {
    /// Whether the log keeps nothing of the change but the id: the subscriber was forgotten, with the rule. An
    /// insertion of this kind adds no rule.
    pub fn is_anonymous(&self) -> bool {
        self.text.is_empty()
    }
}
