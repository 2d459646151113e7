//! `/attention`: how urgent the topics and filters of a chat are.

use crate::bot::reply;
use crate::store::Store;
use ceasewire_model::attention::Attention;
use ceasewire_model::{Address, Message, Rule};
use ceasewire_profile::Vocabulary;

pub(in crate::bot) async fn list(store: &Store, vocabulary: &Vocabulary, at: &Address) -> anyhow::Result<Message> {
    let Some(subscriber) = store.find_subscriber(at).await? else {
        return Ok(reply::attention_none().into());
    };
    let rules = store.list_rules(subscriber.id).await?;
    Ok(reply::attentions(vocabulary, &rules, subscriber.preferences.digests).into())
}

/// Sets how urgent what is called so is: a filter by its number, a topic by its id or its name.
pub(in crate::bot) async fn set(
    store: &Store,
    vocabulary: &Vocabulary,
    at: &Address,
    which: &str,
    attention: Option<Attention>,
) -> anyhow::Result<Message> {
    let (rules, digests) = match store.find_subscriber(at).await? {
        Some(subscriber) => (store.list_rules(subscriber.id).await?, subscriber.preferences.digests),
        None => Default::default(),
    };
    let rule = match which.parse::<usize>() {
        Ok(number) => {
            let filters: Vec<&Rule> = rules.iter().filter(|rule| rule.topic.is_none()).collect();
            let Some(filter) = number.checked_sub(1).and_then(|place| filters.get(place)) else {
                return Ok(reply::no_such_filter(number, filters.len()).into());
            };
            *filter
        }
        Err(_) => {
            let topic = vocabulary.topic_called(which);
            // A topic that the profile has lost is still a rule of the chat's.
            let id = topic.map_or(which, |topic| topic.id.as_str());
            match (rules.iter().find(|rule| rule.topic.as_deref() == Some(id)), topic) {
                (Some(rule), _) => rule,
                (None, Some(topic)) => return Ok(reply::not_subscribed(topic).into()),
                (None, None) => return Ok(reply::unknown_topic(vocabulary, which).into()),
            }
        }
    };
    store.record_rule_attention(rule.id, attention).await?;
    Ok(reply::attention_set(vocabulary, &Rule { attention, ..rule.clone() }, digests).into())
}
