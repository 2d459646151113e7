//! The context of one request or press: its chat, time, subscriber and language, and the means to answer it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::handlers::feed::ChatFeedPolicy;
use super::search_turns::SearchTurns;
use crate::chat::limits::Limits;
use crate::config::ChatBudget;
use crate::cut_offs::CutOffs;
use crate::locale::{Arg, Locale, locale_of};
use crate::store::{Store, StoreError};
use ceasewire_model::attention::Preferences;
use ceasewire_model::{Address, Message, Rule, Subscriber, SubscriberId, Text, Timestamp};
use ceasewire_profile::Profile;

/// The means to answer requests, which live as long as the process.
#[derive(Debug)]
pub(super) struct Services {
    pub(super) store: Store,
    pub(super) profile: Arc<Profile>,
    pub(super) feeds: ChatFeedPolicy,
    /// The limits of the chat platform's messages.
    pub(super) limits: Limits,
    pub(super) budget: ChatBudget,
    pub(super) cut_offs: Arc<CutOffs>,
    pub(super) turns: SearchTurns,
}

/// The context of one request or press.
#[derive(Debug)]
pub(super) struct Ctx<'a> {
    pub(super) store: &'a Store,
    pub(super) profile: &'a Arc<Profile>,
    pub(super) feeds: &'a ChatFeedPolicy,
    pub(super) limits: Limits,
    pub(super) budget: &'a ChatBudget,
    pub(super) cut_offs: &'a CutOffs,
    pub(super) turns: &'a SearchTurns,
    /// The chat, and the forum topic in it.
    pub(super) address: &'a Address,
    /// The message that the request replies to.
    pub(super) reply_to: Option<&'a str>,
    pub(super) now: Timestamp,
    /// The subscriber at the address; `None` before the first change there.
    pub(super) subscriber: Option<Subscriber>,
    pub(super) locale: Locale,
}

/// The rules of a subscriber.
#[derive(Debug, Default)]
pub(super) struct OwnRules {
    /// The topics subscribed to, by their ids.
    pub(super) topics: BTreeSet<String>,
    /// The filters, in the order of their numbers.
    pub(super) filters: Vec<Rule>,
}

impl<'a> Ctx<'a> {
    /// Finds the subscriber at the address, and builds the context.
    pub(super) async fn new(
        services: &'a Services,
        address: &'a Address,
        reply_to: Option<&'a str>,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let Services { store, profile, feeds, limits, budget, cut_offs, turns } = services;
        let subscriber = store.find_subscriber(address).await?;
        let locale = locale_of(subscriber.as_ref());
        Ok(Self {
            store,
            profile,
            feeds,
            limits: *limits,
            budget,
            cut_offs,
            turns,
            address,
            reply_to,
            now,
            subscriber,
            locale,
        })
    }

    /// Returns the message `id` of the catalogue in the chat's language.
    pub(super) fn text(&self, id: &str, args: &[(&'static str, Arg<'_>)]) -> Text {
        self.locale.text(id, args)
    }

    pub(super) fn subscriber_id(&self) -> Option<SubscriberId> {
        self.subscriber.as_ref().map(|subscriber| subscriber.id)
    }

    /// Returns the time when the chat accepts alerts again; long past for an open chat.
    pub(super) fn blocked_until(&self) -> Timestamp {
        /// A later time was written before the clock was set back.
        const FAR_SECS: i64 = 2 * 86_400;
        let blocked = self.subscriber.as_ref().map(|subscriber| subscriber.blocked_until);
        blocked.filter(|until| *until <= self.now.plus_secs(FAR_SECS)).unwrap_or_default()
    }

    /// Returns the subscriber at the address, and inserts one where there is none.
    pub(super) async fn insert_subscriber(&self) -> Result<Subscriber, StoreError> {
        self.store.insert_subscriber(self.address, self.now).await
    }

    /// Returns the preferences of the chat; before its first change, the defaults.
    pub(super) fn preferences(&self) -> Preferences {
        self.subscriber.as_ref().map(|subscriber| subscriber.preferences.clone()).unwrap_or_default()
    }

    /// Lists the rules of the subscriber at the address.
    pub(super) async fn list_own_rules(&self) -> Result<OwnRules, StoreError> {
        match self.subscriber_id() {
            Some(subscriber) => self.list_rules_of(subscriber).await,
            None => Ok(OwnRules::default()),
        }
    }

    /// Lists the rules of a subscriber.
    pub(super) async fn list_rules_of(&self, subscriber: SubscriberId) -> Result<OwnRules, StoreError> {
        let mut own = OwnRules::default();
        for rule in self.store.list_rules(subscriber).await? {
            match rule.topic {
                Some(topic) => drop(own.topics.insert(topic)),
                None => own.filters.push(rule),
            }
        }
        Ok(own)
    }
}

/// Answers with a text.
pub(super) fn answer(text: Text) -> anyhow::Result<Message> {
    Ok(text.into())
}
