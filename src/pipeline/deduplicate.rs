//! Stage 1: tells new entries of a fetch from known ones, and chooses the new ones that stay silent.

use std::collections::{BTreeSet, HashMap};

use ceasewire_articles::clean;
use ceasewire_articles::identity::{self, Assignment, Candidate, Fetched, Identifiers, IdentityKey};
use ceasewire_model::{ArticleId, Entry, Feed, FeedId, FeedOrigin, SilentReason, Timestamp};
use uuid::Uuid;

use super::seen_entries::SeenEntry;
use super::{Alerting, Fetch, Pipeline, PipelineError};
use crate::store::{EntryForm, KnownArticle};

/// An identity key of an entry or an article.
pub(super) type ArticleKey = [u8; 16];

/// The entries of a fetch, oldest first.
#[derive(Debug)]
pub(super) struct Deduplicated {
    pub(super) new: Vec<NewEntry>,
    pub(super) known: Vec<KnownEntry>,
    /// Entries that the feed's last fetch had in the same form.
    pub(super) unchanged: usize,
    /// Set above the limit of new articles: each chat then hears of them in one message.
    pub(super) burst: Option<Uuid>,
    /// The revision of the stories before the keys were read: while it stands, no key has been stored since.
    pub(super) revision: i64,
    /// The entries of known articles of this feed, as they are now, where the store has another form or id.
    pub(super) forms: Vec<EntryForm>,
    /// The fingerprints of all entries with their articles.
    pub(super) seen: HashMap<u64, SeenEntry>,
}

/// An entry without an article.
#[derive(Debug)]
pub(super) struct NewEntry {
    pub(super) id: ArticleId,
    pub(super) entry: Entry,
    /// The entry's fingerprint.
    pub(super) form: i64,
    pub(super) keys: Vec<ArticleKey>,
    pub(super) silent_reason: Option<SilentReason>,
}

/// An entry of an article that the store has.
#[derive(Debug)]
pub(super) struct KnownEntry {
    pub(super) entry: Entry,
    /// The entry's fingerprint.
    pub(super) form: i64,
    /// Its words may be a new version.
    pub(super) is_changed: bool,
    pub(super) known: KnownArticle,
    pub(super) keys: Vec<ArticleKey>,
    /// Keys that no article has. They keep a chain of changes together: first the guid flips, then the address.
    pub(super) missing_keys: Vec<ArticleKey>,
}

impl Pipeline {
    /// Splits the entries of a fetch into new and known ones.
    pub(super) async fn deduplicate(&self, fetch: Fetch<'_>) -> Result<Deduplicated, PipelineError> {
        let Fetch { feed, entries, alerting, now, .. } = fetch;
        let revision = self.find_stories_revision().await?;
        let settled = self.seen_entries.find(feed.id, &entries);
        let unchanged = settled.iter().flatten().count();
        let mut seen: HashMap<u64, SeenEntry> = entries
            .iter()
            .zip(&settled)
            .filter_map(|(entry, settled)| Some((self.seen_entries.fingerprint(entry), (*settled)?)))
            .collect();
        let (new, known, forms) = (Vec::new(), Vec::new(), Vec::new());
        let mut found = Deduplicated { new, known, unchanged, burst: None, revision, forms, seen };
        if unchanged == entries.len() {
            return Ok(found);
        }
        let keys = identity_keys(feed, &entries, now);
        let asked: Vec<ArticleKey> = keys
            .iter()
            .zip(&settled)
            .filter(|(_, settled)| settled.is_none())
            .flat_map(|(keys, _)| keys.iter().map(|key| key.0))
            .collect();
        let owners = self.store.find_article_keys(&feed.outlet, feed.id, &asked).await?;
        let ids: BTreeSet<ArticleId> = owners.values().copied().collect();
        let known = self.store.list_known_articles(&ids.into_iter().collect::<Vec<_>>()).await?;

        let order = oldest_first(&entries);
        let (feed_id, settled_ids) =
            (feed.id, settled.iter().map(|settled| Some(settled.as_ref()?.article)).collect::<Vec<_>>());
        let assigning = ceasewire_cpu::run(move || {
            let assigned = assign(feed_id, &entries, &keys, &order, &settled_ids, &known, &owners, now);
            (assigned, entries, keys, order, known, owners)
        });
        let (assigned, entries, keys, order, known, owners) = assigning.await?;
        let mut slid_in = find_slid_in(&entries, &settled, &assigned, &known);
        let is_known = |number: &usize| settled[*number].is_some() || matches!(assigned[*number], Assignment::Known(_));
        let still_there = (0..entries.len()).filter(is_known).count();
        if self.seen_entries.count(feed.id).saturating_sub(still_there) < slid_in.len() {
            // Nothing has made room at the old end.
            slid_in.clear();
        }
        let silent = match alerting {
            Alerting::All => 0,
            Alerting::Newest(count) => order.len().saturating_sub(count),
        };
        let oldest = now.plus_secs(-self.gates.max_age_secs);
        seen = std::mem::take(&mut found.seen);
        let mut new_ids: HashMap<usize, ArticleId> = HashMap::new();
        let mut slots: Vec<Option<(Entry, Vec<IdentityKey>)>> = entries.into_iter().zip(keys).map(Some).collect();
        for (place, number) in order.into_iter().enumerate() {
            let Some((entry, keys)) = slots[number].take().filter(|_| settled[number].is_none()) else { continue };
            let fingerprint = self.seen_entries.fingerprint(&entry);
            let keys: Vec<ArticleKey> = keys.into_iter().map(|key| key.0).collect();
            match assigned[number] {
                Assignment::Known(candidate) => {
                    let known = known[candidate].clone();
                    seen.insert(fingerprint, SeenEntry { article: known.article.id, seen_at: known.article.seen_at });
                    let missing_keys: Vec<ArticleKey> =
                        keys.iter().filter(|key| !owners.contains_key(*key)).copied().collect();
                    let form = identity::entry_form(&entry);
                    let is_own = known.feed_id == feed.id;
                    // A renewed id alone counts too: the address may be the next to change.
                    let has_other_id = entry.guid.is_some() && entry.guid != known.guid;
                    if is_own && (has_other_id || known.entry_form != Some(form)) {
                        found.forms.push(EntryForm { article: known.article.id, guid: entry.guid.clone(), form });
                    }
                    // The program may read an equal entry otherwise than before; that is no news.
                    let is_changed = known.entry_form.is_some_and(|before| before != form || !is_own);
                    match is_changed || !missing_keys.is_empty() {
                        true => found.known.push(KnownEntry { entry, form, is_changed, known, keys, missing_keys }),
                        false => found.unchanged += 1,
                    }
                }
                Assignment::Repeats(first) if new_ids.contains_key(&first) => {
                    seen.insert(fingerprint, SeenEntry { article: new_ids[&first], seen_at: now });
                    found.unchanged += 1;
                }
                Assignment::Repeats(_) | Assignment::New => {
                    let id = ArticleId::new();
                    // A blank entry becomes no article that a later entry could be a copy of.
                    if !is_blank(&entry) {
                        new_ids.insert(number, id);
                    }
                    seen.insert(fingerprint, SeenEntry { article: id, seen_at: now });
                    // A date that names a day, a month or a year may mean its last moment.
                    let date = entry.period_end.or(entry.published).or(entry.updated);
                    let too_old = date.is_some_and(|date| date < oldest) || slid_in.contains(&number);
                    let silent_reason = match (place < silent, too_old) {
                        (true, _) => Some(SilentReason::FirstFetch),
                        (false, true) => Some(SilentReason::TooOld),
                        (false, false) => None,
                    };
                    let form = identity::entry_form(&entry);
                    found.new.push(NewEntry { id, entry, form, keys, silent_reason });
                }
            }
        }
        let alerting = found.new.iter().filter(|new| new.silent_reason.is_none()).count();
        found.burst = (alerting > self.gates.burst).then(Uuid::now_v7);
        found.seen = seen;
        Ok(found)
    }
}

#[expect(clippy::too_many_arguments, reason = "the parts of one fetch, which moves to another thread and back")]
fn assign(
    feed: FeedId,
    entries: &[Entry],
    keys: &[Vec<IdentityKey>],
    order: &[usize],
    settled: &[Option<ArticleId>],
    known: &[KnownArticle],
    owners: &HashMap<ArticleKey, ArticleId>,
    now: Timestamp,
) -> Vec<Assignment> {
    let entries: Vec<Identifiers<'_>> = entries.iter().map(|entry| Identifiers::of_entry(entry, now)).collect();
    let candidates: Vec<Candidate<'_>> = known
        .iter()
        .map(|known| Candidate {
            identifiers: Identifiers::of_article(&known.article, known.guid.as_deref()),
            in_same_feed: known.feed_id == feed,
        })
        .collect();
    let places: HashMap<ArticleId, usize> =
        known.iter().enumerate().map(|(place, known)| (known.article.id, place)).collect();
    let owners = owners.iter().filter_map(|(key, id)| Some((IdentityKey(*key), *places.get(id)?))).collect();
    let is_settled: Vec<bool> = settled.iter().map(Option::is_some).collect();
    let claimed = settled.iter().flatten().filter_map(|id| places.get(id).copied()).collect();
    identity::assign(
        &Fetched { entries: &entries, keys, order, is_settled: &is_settled },
        &candidates,
        &owners,
        claimed,
    )
}

/// The identity keys of each entry. Keys of a feed that a chat added are private to the feed: a stranger's feed must
/// not claim an outlet's article before the outlet publishes it.
fn identity_keys(feed: &Feed, entries: &[Entry], now: Timestamp) -> Vec<Vec<IdentityKey>> {
    match feed.origin {
        FeedOrigin::Chat => identity::keys_private_to(feed.id, entries, now),
        FeedOrigin::Config | FeedOrigin::Operator => identity::keys(feed.id, &feed.outlet, entries, now),
    }
}

fn is_blank(entry: &Entry) -> bool {
    entry.title.is_empty() && clean::plain_text(&entry.html).is_empty()
}

/// Finds the new entries of a feed without dates that slid in at its old end, in the place of a deleted one: those below
/// every known entry, where most entries are known and none of the known ones shows that the feed puts the oldest first.
fn find_slid_in(
    entries: &[Entry],
    settled: &[Option<SeenEntry>],
    assigned: &[Assignment],
    known: &[KnownArticle],
) -> BTreeSet<usize> {
    let is_known = |number: usize| settled[number].is_some() || matches!(assigned[number], Assignment::Known(_));
    let known_count = (0..entries.len()).filter(|&number| is_known(number)).count();
    let last_known = (0..entries.len()).rev().find(|&number| is_known(number));
    let has_dates = entries.iter().any(|entry| entry.published.or(entry.updated).is_some());
    let Some(last_known) = last_known.filter(|_| !has_dates && known_count * 2 > entries.len()) else {
        return BTreeSet::new();
    };
    let seen_at: Vec<Timestamp> = settled
        .iter()
        .zip(assigned)
        .filter_map(|(settled, assignment)| match (settled, assignment) {
            (Some(settled), _) => Some(settled.seen_at),
            (None, Assignment::Known(candidate)) => Some(known[*candidate].article.seen_at),
            (None, Assignment::Repeats(_) | Assignment::New) => None,
        })
        .collect();
    let puts_oldest_first = seen_at.windows(2).any(|pair| pair[0] < pair[1]);
    let puts_newest_first = seen_at.windows(2).any(|pair| pair[0] > pair[1]);
    if puts_oldest_first && !puts_newest_first {
        return BTreeSet::new();
    }
    (last_known + 1..entries.len()).collect()
}

/// The places of entries in the order of their publication. Most feeds put the newest first; dates, where every entry
/// has one, know better.
fn oldest_first(entries: &[Entry]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..entries.len()).rev().collect();
    if entries.iter().all(|entry| entry.published.is_some()) {
        order.sort_by_key(|&number| entries[number].published);
    }
    order
}
