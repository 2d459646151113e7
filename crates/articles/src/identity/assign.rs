//! Assigns the entries of a fetch to known articles.

use std::collections::{HashMap, HashSet};

use super::IdentityKey;
use super::evidence::{Identifiers, Identity, Naming};

/// A stored article with a key of an entry.
#[derive(Debug)]
pub struct Candidate<'a> {
    /// Its identifying values.
    pub identifiers: Identifiers<'a>,
    /// The feed of the entries brought it.
    pub in_same_feed: bool,
}

/// The article of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assignment {
    /// The candidate with this index.
    Known(usize),
    /// The article of the entry with this index, which the fetch lists twice.
    Repeats(usize),
    /// An article of its own.
    New,
}

/// The entries of a fetch.
#[derive(Debug)]
pub struct Fetched<'a> {
    /// Their identifying values, and their keys.
    pub entries: &'a [Identifiers<'a>],
    pub keys: &'a [Vec<IdentityKey>],
    /// Their places, oldest entry first.
    pub order: &'a [usize],
    /// Entries whose articles need no comparison.
    pub is_settled: &'a [bool],
}

/// Assigns the entries of a fetch to `candidates`, by their keys. `owners` has the candidate of each stored key; `claimed`
/// has the candidates of settled entries.
///
/// An article that two entries may be is the one with the most evidence. The new version of a rewritten page has
/// nothing but the id or the address in common with the article: no other entry of the fetch may be the article then.
pub fn assign(
    fetched: &Fetched<'_>,
    candidates: &[Candidate<'_>],
    owners: &HashMap<IdentityKey, usize>,
    mut claimed: HashSet<usize>,
) -> Vec<Assignment> {
    let &Fetched { entries, keys, order, is_settled } = fetched;
    let naming = find_naming(entries);
    let judged: Vec<Vec<(usize, Identity)>> = (0..entries.len())
        .map(|entry| {
            if is_settled[entry] {
                return Vec::new();
            }
            let mut found: Vec<usize> = keys[entry].iter().filter_map(|key| owners.get(key)).copied().collect();
            found.sort_unstable();
            found.dedup();
            let compare = |candidate: usize| {
                let Candidate { identifiers, in_same_feed } = &candidates[candidate];
                (candidate, entries[entry].compare(identifiers, *in_same_feed, naming[entry]))
            };
            found.into_iter().map(compare).collect()
        })
        .collect();
    let mut assigned = vec![Assignment::New; entries.len()];
    for (entry, judged) in judged.iter().enumerate() {
        let same = judged.iter().filter_map(|&(candidate, identity)| match identity {
            Identity::Same(strength) => Some((strength, candidate)),
            Identity::Rewritten | Identity::Different => None,
        });
        if let Some((_, candidate)) = same.max_by_key(|&(strength, _)| strength) {
            assigned[entry] = Assignment::Known(candidate);
            claimed.insert(candidate);
        }
    }
    for &entry in order.iter().rev().filter(|&&entry| naming[entry].guid || naming[entry].url) {
        let rewritten = judged[entry]
            .iter()
            .find(|&&(candidate, identity)| identity == Identity::Rewritten && !claimed.contains(&candidate));
        if let (Assignment::New, Some(&(candidate, _))) = (assigned[entry], rewritten) {
            assigned[entry] = Assignment::Known(candidate);
            claimed.insert(candidate);
        }
    }
    let mut earlier: HashMap<IdentityKey, Vec<usize>> = HashMap::new();
    for &entry in order {
        if is_settled[entry] || assigned[entry] != Assignment::New {
            continue;
        }
        let repeated = keys[entry].iter().filter_map(|key| earlier.get(key)).flatten().copied();
        if let Some(first) = repeated.take(MOST_COMPARED).find(|&first| entries[entry].is_listed_twice(&entries[first]))
        {
            assigned[entry] = Assignment::Repeats(first);
            continue;
        }
        keys[entry].iter().for_each(|key| earlier.entry(*key).or_default().push(entry));
    }
    assigned
}

/// Entries of one fetch with a common key that one entry is compared with: a bound for a feed with one key on every item.
const MOST_COMPARED: usize = 16;

/// Finds whether the id and the address of each entry name it alone.
fn find_naming(entries: &[Identifiers<'_>]) -> Vec<Naming> {
    let shared_guids = find_sharers(entries, entries.iter().map(Identifiers::guid));
    let shared_urls = find_sharers(entries, entries.iter().map(Identifiers::url));
    let naming = |entry| Naming { guid: !shared_guids.contains(&entry), url: !shared_urls.contains(&entry) };
    (0..entries.len()).map(naming).collect()
}

/// Finds the entries with a value that another article's entry has too.
fn find_sharers<'a>(entries: &[Identifiers<'_>], values: impl Iterator<Item = Option<&'a str>>) -> HashSet<usize> {
    let mut by_value: HashMap<&str, Vec<usize>> = HashMap::new();
    for (entry, value) in values.enumerate() {
        if let Some(value) = value {
            by_value.entry(value).or_default().push(entry);
        }
    }
    let are_one = |sharers: &[usize]| {
        let (first, others) = (&entries[sharers[0]], &sharers[1..]);
        others.len() < MOST_COMPARED && others.iter().all(|&other| entries[other].is_listed_twice(first))
    };
    by_value.into_values().filter(|sharers| sharers.len() > 1 && !are_one(sharers)).flatten().collect()
}

#[cfg(test)]
mod tests {
    use ceasewire_model::{Entry, FeedId, Timestamp};

    use super::super::keys;
    use super::*;

    const FEED: FeedId = FeedId(uuid::Uuid::from_u128(7));
    const NOON: Timestamp = Timestamp(1_602_331_200_000);

    /// The fetches of one feed, with the articles that they made.
    #[derive(Default)]
    struct History {
        articles: Vec<Entry>,
        owners: HashMap<IdentityKey, usize>,
    }

    impl History {
        /// Takes a fetch, newest entry first, and returns the article of each entry.
        fn fetch(&mut self, entries: &[Entry], now: Timestamp) -> Vec<usize> {
            let keys = keys(FEED, "outlet", entries, now);
            let identifiers: Vec<_> = entries.iter().map(|entry| Identifiers::of_entry(entry, now)).collect();
            let known = self.articles.clone();
            let candidates: Vec<Candidate<'_>> = known
                .iter()
                .map(|entry| Candidate { identifiers: Identifiers::of_entry(entry, now), in_same_feed: true })
                .collect();
            let order: Vec<usize> = (0..entries.len()).rev().collect();
            let is_settled = vec![false; entries.len()];
            let fetched = Fetched { entries: &identifiers, keys: &keys, order: &order, is_settled: &is_settled };
            let assigned = assign(&fetched, &candidates, &self.owners, HashSet::new());
            let mut articles = vec![0; entries.len()];
            for entry in order {
                articles[entry] = match assigned[entry] {
                    Assignment::Known(article) => {
                        self.articles[article] = entries[entry].clone();
                        article
                    }
                    Assignment::Repeats(first) => articles[first],
                    Assignment::New => {
                        self.articles.push(entries[entry].clone());
                        self.articles.len() - 1
                    }
                };
                self.owners.extend(keys[entry].iter().map(|key| (*key, articles[entry])));
            }
            articles
        }
    }

    fn entry(guid: &str, url: &str, title: &str, html: &str, minutes: Option<i64>) -> Entry {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let published = minutes.map(|minutes| NOON.plus_secs(minutes * 60));
        Entry {
            guid: given(guid),
            url: given(url),
            title: title.into(),
            html: html.into(),
            published,
            ..Entry::default()
        }
    }

    const BREAD: (&str, &str) = ("Bread prices rise again", "Bakers in the capital ask for more from Monday on.");
    const TRUCE: (&str, &str) =
        ("Ceasefire takes effect in Karabakh", "The guns fell silent along the whole line of contact at midnight.");

    #[test]
    fn an_address_of_two_items_makes_them_no_one_article() {
        for [one, other] in [
            ["https://a.example/", "https://a.example/"],
            ["https://a.example/news", "https://a.example/news"],
            ["https://a.example/live#p1", "https://a.example/live#p2"],
            ["https://a.example/news/page?ref=1001", "https://a.example/news/page?ref=1002"],
            ["https://a.example/news/202611/bread", "https://a.example/news/202611/truce"],
            ["https://a.example/news/301126/bread", "https://a.example/news/301126/truce"],
            ["https://a.example/10000-flee-front", "https://a.example/truce-10000"],
            ["https://a.example/topic/54321/bread", "https://a.example/topic/54321/truce"],
            ["https://a.example/live/1054465172/day", "https://a.example/live/1054465172/night"],
        ] {
            for ids in [["1", "2"], [one, other]] {
                // A front page or a section as an id is one id.
                if ids[0] == ids[1] {
                    continue;
                }
                let mut history = History::default();
                let first = history.fetch(&[entry(ids[0], one, BREAD.0, BREAD.1, Some(0))], NOON);
                let later = NOON.plus_secs(3 * 3600);
                let second = history.fetch(&[entry(ids[1], other, TRUCE.0, TRUCE.1, Some(170))], later);
                assert_ne!(first, second, "{one} {ids:?}");
                let both =
                    [entry(ids[1], other, TRUCE.0, TRUCE.1, Some(170)), entry(ids[0], one, BREAD.0, BREAD.1, Some(0))];
                assert_eq!(history.fetch(&both, later), [second[0], first[0]], "{one} {ids:?}");
            }
        }
    }

    #[test]
    fn one_headline_twice_a_day_is_two_articles() {
        const MINISTRY: &str = "Statement by the Ministry of Foreign Affairs";
        const ALARM: &str = "Air raid alert in Stepanakert";
        for (title, morning, evening) in [
            (MINISTRY, BREAD.1, TRUCE.1),
            (ALARM, "", ""),
            (
                ALARM,
                "Go to a shelter now and wait there for the end of the alert.",
                "Go to a shelter now and wait there for the end of the alert.",
            ),
        ] {
            let first = entry("1", "https://a.example/s/1", title, morning, Some(0));
            let second = entry("2", "https://a.example/s/2", title, evening, Some(400));
            let later = NOON.plus_secs(7 * 3600);
            let mut apart = History::default();
            let was = apart.fetch(std::slice::from_ref(&first), NOON);
            let is = apart.fetch(std::slice::from_ref(&second), later);
            assert_ne!(was, is, "{title}");
            assert_eq!(apart.fetch(&[second.clone(), first.clone()], later), [is[0], was[0]], "{title}");
            let together = History::default().fetch(&[second, first], later);
            assert_ne!(together[0], together[1], "{title}");
        }
    }

    #[test]
    fn an_undated_entry_that_changes_at_midnight_is_its_article() {
        let was = Entry { url: None, guid: None, published: None, ..entry("", "", TRUCE.0, TRUCE.1, None) };
        let is = Entry { html: format!("{} Both sides confirm it.", TRUCE.1), ..was.clone() };
        let mut history = History::default();
        let first = history.fetch(&[was], NOON.plus_secs(11 * 3600));
        assert_eq!(history.fetch(&[is], NOON.plus_secs(13 * 3600)), first);
    }

    #[test]
    fn a_changed_entry_is_its_article() {
        let was = entry("1", "https://a.example/news/1/truce", "Ministers meet in Geneva", TRUCE.1, Some(0));
        for (about, changed) in [
            ("headline", Entry { title: "Live: a truce from noon on".into(), ..was.clone() }),
            ("headline and text", Entry { title: BREAD.0.into(), html: BREAD.1.into(), ..was.clone() }),
            ("renewed id", Entry { guid: Some("2".into()), ..was.clone() }),
            ("no id", Entry { guid: None, ..was.clone() }),
            ("moved", Entry { url: Some("https://b.example/x".into()), ..was.clone() }),
            (
                "moved with a new id",
                Entry { guid: Some("2".into()), url: Some("https://b.example/x".into()), ..was.clone() },
            ),
            ("updated date", Entry { published: Some(NOON.plus_secs(5 * 3600)), ..was.clone() }),
        ] {
            let mut history = History::default();
            let first = history.fetch(std::slice::from_ref(&was), NOON);
            assert_eq!(history.fetch(&[changed], NOON.plus_secs(6 * 3600)), first, "{about}");
        }
    }

    #[test]
    fn an_edited_slug_is_its_article() {
        let address = |slug: &str| format!("https://a.example/n/123456/{slug}");
        let was = entry(&address("truce-near"), &address("truce-near"), "Truce near", TRUCE.1, Some(0));
        let is = entry(&address("truce-agreed"), &address("truce-agreed"), "Truce agreed", TRUCE.1, Some(0));
        let mut history = History::default();
        assert_eq!(history.fetch(&[was], NOON), history.fetch(&[is], NOON.plus_secs(600)));
    }

    #[test]
    fn an_id_written_anew_days_later_is_a_new_article() {
        let was = entry("live", "https://a.example/live/5", BREAD.0, BREAD.1, Some(0));
        let is = entry("live", "https://a.example/live/5", TRUCE.0, TRUCE.1, Some(3 * 1440));
        let mut history = History::default();
        assert_ne!(history.fetch(&[was], NOON), history.fetch(&[is], NOON.plus_secs(3 * 86_400)));
    }

    #[test]
    fn one_id_on_all_items_makes_them_no_one_article() {
        let item = |(title, html): (&str, &str), url: &str| entry("same", url, title, html, Some(0));
        for url in ["", "https://a.example/"] {
            let mut history = History::default();
            let items = [item(TRUCE, url), item(BREAD, url)];
            let first = history.fetch(&items, NOON);
            assert_ne!(first[0], first[1]);
            assert_eq!(history.fetch(&items, NOON.plus_secs(600)), first);
            let third = item(("Shells hit a market in Barda", "Rescuers search the ruins of the market hall."), url);
            let next = history.fetch(&[third, items[0].clone(), items[1].clone()], NOON.plus_secs(1200));
            assert_eq!(next[1..], first);
            assert_eq!(next[0], 2);
        }
    }

    #[test]
    fn an_undated_item_with_changing_ids_is_one_article() {
        let mut history = History::default();
        let mut seen = Vec::new();
        for day in 0..9 {
            let url = format!("https://a.example/truce-in-karabakh;jsessionid={day}F00BA{day}");
            let item = entry(&format!("random-{day}"), &url, TRUCE.0, TRUCE.1, None);
            seen.extend(history.fetch(&[item], NOON.plus_secs(day * 86_400)));
        }
        assert_eq!(seen, [0; 9]);
    }
}
