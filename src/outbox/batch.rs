//! The due deliveries of one chat, and the selection of those for its next message. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::renderer::MatchReasons;
use crate::alert::digest::CombinedKind;
use crate::locale::Locale;
use crate::store::Recipient;
use ceasewire_model::attention::Attention;
use ceasewire_model::{Delivery, DeliveryId, DeliveryKind, SubscriberId};

/// Up to this number, alerts leave one by one.
const MOST_SINGLE: usize = 3;

/// The due deliveries of one chat.
#[derive(Debug)]
pub(super) struct ChatBatch {
    pub(super) chat: String,
    pub(super) items: Vec<BatchItem>,
    pub(super) recipients: BTreeMap<SubscriberId, Recipient>,
    pub(super) reasons: HashMap<DeliveryId, MatchReasons>,
    /// The revision of the stories after the claim.
    pub(super) revision: i64,
}

/// A delivery that may leave now.
#[derive(Clone, Debug)]
pub(super) struct BatchItem {
    pub(super) delivery: Delivery,
    /// Whether it leaves without a notification sound.
    pub(super) silent: bool,
    /// Whether it belongs to a digest.
    pub(super) digest: bool,
    /// Whether the chat's cap allows only one more message in this hour.
    pub(super) last: bool,
}

/// The deliveries of one message.
#[derive(Debug)]
pub(super) struct Selection {
    pub(super) items: Vec<BatchItem>,
    /// Why the message combines deliveries; `None` for a message of one delivery.
    pub(super) combined: Option<CombinedKind>,
}

impl BatchItem {
    fn is_urgent(&self) -> bool {
        self.delivery.attention == Attention::Urgent
    }

    fn is_possible_duplicate(&self) -> bool {
        self.delivery.possible_duplicates > 0
    }

    fn is_reminder(&self) -> bool {
        matches!(self.delivery.kind, DeliveryKind::DayBefore | DeliveryKind::HourBefore)
    }

    /// Whether this item may share a message with `first`.
    fn combines_with(&self, first: &Self, overloaded: bool) -> bool {
        self.delivery.subscriber_id == first.delivery.subscriber_id
            // The note about a possible duplicate must be true for every delivery of the message.
            && self.is_possible_duplicate() == first.is_possible_duplicate()
            && self.digest == first.digest
            && (overloaded || self.digest || self.last || self.is_urgent() == first.is_urgent())
    }
}

impl ChatBatch {
    pub(super) fn new(chat: String, revision: i64) -> Self {
        Self { chat, items: Vec::new(), recipients: BTreeMap::new(), reasons: HashMap::new(), revision }
    }

    pub(super) fn into_deliveries(self) -> Vec<Delivery> {
        into_deliveries(self.items)
    }

    /// Selects the deliveries of the next message and returns the rest for a release. A message belongs to one forum
    /// topic. Urgent deliveries leave before others, unless the queue is overloaded, and digests leave last. Reminders
    /// and the deliveries in `individual` leave alone.
    pub(super) fn select(&mut self, overloaded: bool, individual: &HashSet<DeliveryId>) -> (Selection, Vec<Delivery>) {
        let mut items = std::mem::take(&mut self.items);
        items.sort_by_key(|item| (item.digest, item.delivery.attention, item.delivery.id));
        let Some(first) = items.first().cloned() else {
            return (Selection { items, combined: None }, Vec::new());
        };
        let alone = items.iter().position(|item| {
            item.delivery.subscriber_id == first.delivery.subscriber_id
                && (item.is_reminder() || individual.contains(&item.delivery.id))
        });
        if let Some(at) = alone {
            let item = items.remove(at);
            return (Selection { items: vec![item], combined: None }, into_deliveries(items));
        }
        let (mut selected, rest): (Vec<_>, Vec<_>) =
            items.into_iter().partition(|item| item.combines_with(&first, overloaded));
        let mut rest = into_deliveries(rest);
        let combined = if first.digest {
            Some(CombinedKind::Digest)
        } else if selected.len() > MOST_SINGLE || (selected.len() > 1 && (overloaded || first.last)) {
            Some(CombinedKind::Burst)
        } else {
            None
        };
        if combined.is_none() {
            rest.extend(into_deliveries(selected.split_off(1)));
        }
        // A combined message lists the oldest delivery first.
        selected.sort_by_key(|item| item.delivery.id);
        (Selection { items: selected, combined }, rest)
    }
}

pub(super) fn into_deliveries(items: Vec<BatchItem>) -> Vec<Delivery> {
    items.into_iter().map(|item| item.delivery).collect()
}

/// Returns the language of a recipient's messages. All recipients read the default language until the store keeps one.
pub(super) fn locale_of(_recipient: Option<&Recipient>) -> Locale {
    crate::locale::locale_of(None)
}
