//! `/filter`: a subscriber's own rules.

use std::collections::BTreeMap;

use crate::bot::search::{self, Trial};
use crate::bot::{Answer, keyboard, reply};
use crate::locale;
use crate::store::{Store, StoreError};
use ceasewire_model::{Address, Message, Outlet, Rule, RuleId, SubscriberId, Timestamp};
use ceasewire_profile::Vocabulary;
use ceasewire_rules::{Expr, RuleError, eval};

/// The most filters of one subscriber; a list longer than that is not looked after by anyone.
const MOST_FILTERS: usize = 100;
/// Examples that a trial shows.
const EXAMPLES: usize = 3;
/// A rule that matches more than this share of what is stored hardly says what its writer wants.
const LARGE_PERCENT: usize = 30;
/// Fewer stored articles say nothing about a share.
const FEWEST_FOR_SHARE: usize = 20;

/// A rule as it was written, without faults.
struct Written {
    rule: Expr,
    normal: String,
}

impl Written {
    fn read(vocabulary: &Vocabulary, rule: &str) -> Result<Self, RuleError> {
        let rule = vocabulary.compile(rule)?;
        let normal = rule.to_string();
        Ok(Self { rule, normal })
    }

    /// The topic, of a rule that is just that: it is the subscription to it.
    fn topic(&self) -> Option<&str> {
        match &self.rule {
            Expr::Topic(topic) => Some(topic),
            _ => None,
        }
    }

    /// What its writer may not have meant.
    fn doubts(&self, trial: &Trial) -> Vec<reply::Doubt> {
        let mut doubts = Vec::new();
        if eval::asks_only_for_stop_words(&self.rule) {
            doubts.push(reply::Doubt::StopWords);
        }
        if trial.articles >= FEWEST_FOR_SHARE && trial.matching * 100 > trial.articles * LARGE_PERCENT {
            doubts.push(reply::Doubt::Share { matching: trial.matching, articles: trial.articles });
        }
        doubts
    }
}

/// What a rule is tried on: the stored articles, without those that the subscriber has muted.
async fn try_rule(
    store: &Store,
    vocabulary: &Vocabulary,
    outlets: &BTreeMap<String, Outlet>,
    subscriber: Option<SubscriberId>,
    rule: &Expr,
    now: Timestamp,
) -> Result<Trial, StoreError> {
    let mutes = match subscriber {
        Some(subscriber) => store.list_mutes(subscriber).await?,
        None => Vec::new(),
    };
    let mutes: Vec<Expr> = mutes.iter().filter_map(|mute| vocabulary.compile(&mute.text).ok()).collect();
    search::try_rule(store, outlets, subscriber, rule, &mutes, now, EXAMPLES).await
}

pub(in crate::bot) async fn list(store: &Store, at: &Address) -> anyhow::Result<Message> {
    let (_, filters) = super::rules(store, at).await?;
    Ok(reply::filters(&filters).into())
}

pub(in crate::bot) async fn add(
    store: &Store,
    vocabulary: &Vocabulary,
    outlets: &BTreeMap<String, Outlet>,
    at: &Address,
    rule: &str,
    now: Timestamp,
) -> anyhow::Result<Message> {
    let written = match Written::read(vocabulary, rule) {
        Ok(written) => written,
        Err(error) => return Ok(reply::rule_fault(&error).into()),
    };
    let subscriber = store.insert_subscriber(at, now).await?;
    let (_, filters) = super::rules(store, at).await?;
    if filters.len() >= MOST_FILTERS {
        return Ok(reply::too_many_filters(MOST_FILTERS).into());
    }
    if super::is_one_search_too_many(vocabulary, filters.iter().map(|filter| &filter.text), &written.rule) {
        return Ok(reply::too_many_searches(super::MOST_SEARCHES).into());
    }
    if let Some(topic) = written.topic().and_then(|topic| vocabulary.topic(topic)) {
        store.insert_rule(subscriber.id, Some(&topic.id), &written.normal, now).await?;
        return Ok(reply::topic_on(&topic.name).into());
    }
    let Some(id) = store.insert_rule(subscriber.id, None, &written.normal, now).await? else {
        return Ok(reply::filter_there(&written.normal).into());
    };
    let trial = try_rule(store, vocabulary, outlets, Some(subscriber.id), &written.rule, now).await?;
    let text = reply::filter_added(filters.len() + 1, &written.normal);
    Ok(Message {
        text: reply::with_trial(text, &trial, &written.doubts(&trial), outlets),
        buttons: keyboard::undo_add(id),
        ..Message::default()
    })
}

/// The button under a test was pressed: adds the filter, and shows that in place.
pub(in crate::bot) async fn add_pressed(
    store: &Store,
    vocabulary: &Vocabulary,
    outlets: &BTreeMap<String, Outlet>,
    at: &Address,
    rule: &str,
    now: Timestamp,
) -> anyhow::Result<Vec<Answer>> {
    Ok(vec![Answer::Edit(add(store, vocabulary, outlets, at, rule, now).await?)])
}

pub(in crate::bot) async fn remove(store: &Store, at: &Address, number: usize) -> anyhow::Result<Message> {
    let (_, filters) = super::rules(store, at).await?;
    let Some(filter) = filters.get(number - 1) else {
        return Ok(reply::no_such_filter(number, filters.len()).into());
    };
    store.delete_rule(filter.id).await?;
    Ok(reply::filter_removed(&filter.text).into())
}

/// The button under a new filter was pressed: removes it again, once.
pub(in crate::bot) async fn undo_add(store: &Store, at: &Address, id: RuleId) -> anyhow::Result<Vec<Answer>> {
    let Some(filter) = own_filter(store, at, id).await? else {
        return Ok(vec![Answer::Note(locale::word("filter-gone"))]);
    };
    store.delete_rule(id).await?;
    Ok(vec![Answer::Edit(reply::filter_removed(&filter.text).into())])
}

pub(in crate::bot) async fn test(
    store: &Store,
    vocabulary: &Vocabulary,
    outlets: &BTreeMap<String, Outlet>,
    at: &Address,
    rule: &str,
    now: Timestamp,
) -> anyhow::Result<Message> {
    let written = match Written::read(vocabulary, rule) {
        Ok(written) => written,
        Err(error) => return Ok(reply::rule_fault(&error).into()),
    };
    let subscriber = store.find_subscriber(at).await?.map(|subscriber| subscriber.id);
    let trial = try_rule(store, vocabulary, outlets, subscriber, &written.rule, now).await?;
    Ok(Message {
        text: reply::with_trial(reply::filter_test(&written.normal), &trial, &written.doubts(&trial), outlets),
        buttons: keyboard::add(&written.normal),
        ..Message::default()
    })
}

pub(in crate::bot) async fn edit(
    store: &Store,
    vocabulary: &Vocabulary,
    outlets: &BTreeMap<String, Outlet>,
    at: &Address,
    number: usize,
    rule: &str,
    now: Timestamp,
) -> anyhow::Result<Message> {
    let (_, filters) = super::rules(store, at).await?;
    let Some(filter) = filters.get(number - 1) else {
        return Ok(reply::no_such_filter(number, filters.len()).into());
    };
    let written = match Written::read(vocabulary, rule) {
        Ok(written) => written,
        Err(error) => return Ok(reply::rule_fault(&error).into()),
    };
    if written.normal == filter.text {
        return Ok(reply::filter_there(&written.normal).into());
    }
    if let Some(topic) = written.topic().and_then(|topic| vocabulary.topic(topic)) {
        // The subscription takes the filter's place, and what waits to be told goes on waiting, unless it is there already.
        if !store.replace_rule(filter, Some(&topic.id), &written.normal).await? {
            store.delete_rule(filter.id).await?;
        }
        return Ok(reply::topic_on(&topic.name).into());
    }
    let others = filters.iter().filter(|other| other.id != filter.id);
    if super::is_one_search_too_many(vocabulary, others.map(|other| &other.text), &written.rule) {
        return Ok(reply::too_many_searches(super::MOST_SEARCHES).into());
    }
    if !store.replace_rule(filter, None, &written.normal).await? {
        return Ok(reply::filter_there(&written.normal).into());
    }
    let trial = try_rule(store, vocabulary, outlets, Some(filter.subscriber_id), &written.rule, now).await?;
    let text = reply::filter_edited(number, &filter.text, &written.normal);
    Ok(Message {
        text: reply::with_trial(text, &trial, &written.doubts(&trial), outlets),
        buttons: keyboard::undo_edit(filter.id, &filter.text),
        ..Message::default()
    })
}

/// The button under an edited filter was pressed: gives it its old rule back.
pub(in crate::bot) async fn undo_edit(
    store: &Store,
    vocabulary: &Vocabulary,
    at: &Address,
    id: RuleId,
    rule: &str,
) -> anyhow::Result<Vec<Answer>> {
    let (_, filters) = super::rules(store, at).await?;
    let filter = filters.iter().find(|filter| filter.id == id);
    // The old rule stood in the store once; a profile that has lost a topic since may not know it any more.
    let (Some(filter), Ok(old)) = (filter, vocabulary.compile(rule)) else {
        return Ok(vec![Answer::Note(locale::word("filter-gone"))]);
    };
    let others = filters.iter().filter(|other| other.id != id).map(|other| &other.text);
    if super::is_one_search_too_many(vocabulary, others, &old) {
        return Ok(vec![Answer::Note(reply::too_many_searches(super::MOST_SEARCHES).to_plain())]);
    }
    if filter.text != rule && !store.replace_rule(filter, None, rule).await? {
        return Ok(vec![Answer::Note(reply::filter_there(rule).to_plain())]);
    }
    Ok(vec![Answer::Edit(reply::filter_back(rule).into())])
}

/// The filter of this id, if it is one of those at the address: a button may stand where its filter has moved away from.
async fn own_filter(store: &Store, at: &Address, id: RuleId) -> Result<Option<Rule>, StoreError> {
    let (_, filters) = super::rules(store, at).await?;
    Ok(filters.into_iter().find(|filter| filter.id == id))
}
