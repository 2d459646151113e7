//! Moves of a feed: a permanent redirect gives the feed a new address, at once on its own host, and after a day on
//! another. Pure.
//!
//! A redirect to another host may be a mistake of an hour, or the work of a stranger who would speak as the outlet. So
//! it has to hold, and polls ask the old address again later.

use ceasewire_model::clock::elapsed_secs;
use ceasewire_model::{Feed, PendingMove, Relocation, Timestamp};
use url::Url;

const DAY_SECS: i64 = 86_400;
/// The shortest time for a redirect to another host to hold, and the fewest polls that find it.
const HOLD_SECS: i64 = DAY_SECS;
const HOLD_POLLS: i64 = 3;
/// The interval between two polls of a moved feed's old address, and their period after the move.
const ASK_OLD_EVERY_SECS: i64 = DAY_SECS;
const ASK_OLD_FOR_SECS: i64 = 30 * DAY_SECS;
/// Failures in a row at one address of a moved feed before the poller tries its other address.
const FAILURES_PER_ADDRESS: i64 = 5;

/// A change of a feed's address, for its operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MoveEvent {
    /// A permanent redirect to another host was found.
    Found(String),
    /// The feed has moved.
    Moved(String),
    /// The feed answers at its own address again.
    Returned,
}

/// The address of the next poll: the new address of a moved feed. While polls fail, its old and new addresses
/// alternate; for a month after the move, polls ask the old address daily.
pub fn address(feed: &Feed, now: Timestamp) -> &str {
    match &feed.relocation.moved_to {
        Some(moved) if feed.failures / FAILURES_PER_ADDRESS % 2 == 0 && !asks_old_address(feed, now) => moved,
        _ => &feed.url,
    }
}

/// Whether the next poll asks the old address of a moved feed, although the new one answers.
pub fn asks_old_address(feed: &Feed, now: Timestamp) -> bool {
    let Relocation { moved_to, moved_at, old_polled_at, .. } = &feed.relocation;
    let (Some(_), Some(moved_at), 0) = (moved_to, moved_at, feed.failures) else { return false };
    let secs_since = |time: Timestamp| elapsed_secs(time, now).unwrap_or(0);
    secs_since(*moved_at) < ASK_OLD_FOR_SECS && secs_since(old_polled_at.unwrap_or(*moved_at)) >= ASK_OLD_EVERY_SECS
}

/// The relocation after an answer at `address`, or behind its permanent redirect to `redirected_to`.
pub fn after_answer(
    feed: &Feed,
    address: &str,
    redirected_to: Option<&str>,
    now: Timestamp,
) -> (Relocation, Option<MoveEvent>) {
    let target = redirected_to.unwrap_or(address);
    let before = &feed.relocation;
    if target == feed.url {
        return (Relocation::default(), before.moved_to.is_some().then_some(MoveEvent::Returned));
    }
    let asked_old = before.moved_to.is_some() && address == feed.url;
    let old_polled_at = if asked_old { Some(now) } else { before.old_polled_at };
    let stays = Relocation { old_polled_at, pending: None, ..before.clone() };
    if before.moved_to.as_deref() == Some(target) {
        return (stays, None);
    }
    let moves = || {
        let moved = Relocation { moved_to: Some(target.to_owned()), moved_at: Some(now), ..Relocation::default() };
        (moved, Some(MoveEvent::Moved(target.to_owned())))
    };
    if is_same_site(address, target) {
        return moves();
    }
    let pending = match before.pending.as_ref().filter(|pending| pending.to == target) {
        Some(pending) => match elapsed_secs(pending.since, now) {
            Some(secs) if secs >= HOLD_SECS && pending.polls + 1 >= HOLD_POLLS => return moves(),
            Some(_) => PendingMove { polls: pending.polls + 1, ..pending.clone() },
            None => PendingMove { since: now, ..pending.clone() },
        },
        None => {
            let pending = PendingMove { to: target.to_owned(), since: now, polls: 1 };
            return (Relocation { pending: Some(pending), ..stays }, Some(MoveEvent::Found(target.to_owned())));
        }
    };
    (Relocation { pending: Some(pending), ..stays }, None)
}

/// The relocation of a feed whose old address gave no feed.
pub fn after_old_address_failed(feed: &Feed, now: Timestamp) -> Relocation {
    Relocation { old_polled_at: Some(now), ..feed.relocation.clone() }
}

/// The new address of a feed that moved to another host in the last month.
pub fn new_host(feed: &Feed, now: Timestamp) -> Option<&str> {
    let Relocation { moved_to, moved_at, .. } = &feed.relocation;
    let is_recent = moved_at.is_some_and(|at| elapsed_secs(at, now).unwrap_or(0) < ASK_OLD_FOR_SECS);
    moved_to.as_deref().filter(|moved_to| is_recent && !is_same_site(&feed.url, moved_to))
}

/// Whether the feed came from another host than its own and its new one: a temporary redirect leads there, for any time.
pub fn is_elsewhere(feed: &Feed, answered_by: &str) -> bool {
    let Relocation { moved_to, pending, .. } = &feed.relocation;
    let known = [Some(&feed.url), moved_to.as_ref(), pending.as_ref().map(|pending| &pending.to)];
    !known.into_iter().flatten().any(|known| is_same_site(known, answered_by))
}

/// Whether two addresses lie at one host, with or without `www.`, and the second is no less secure.
fn is_same_site(from: &str, to: &str) -> bool {
    let site = |address: &str| {
        let url = Url::parse(address).ok()?;
        let host = url.host_str()?.trim_end_matches('.');
        let host = host.strip_prefix("www.").unwrap_or(host).to_owned();
        Some((url.scheme().to_owned(), host, url.port_or_known_default()))
    };
    let (Some((from, host, port)), Some((to, other_host, other_port))) = (site(from), site(to)) else { return false };
    let is_same_port = (&from, port) == (&to, other_port);
    let is_upgrade = from == "http" && port == Some(80) && to == "https" && other_port == Some(443);
    host == other_host && (is_same_port || is_upgrade)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::tests::feed;

    const NOW: Timestamp = Timestamp(1_602_299_100_000);
    const OWN: &str = "https://n.example/feed";
    const OTHER: &str = "https://m.example/feed";

    fn own() -> Feed {
        Feed { url: OWN.into(), ..feed(None, 0) }
    }

    fn moved(at: Timestamp) -> Feed {
        let relocation =
            Relocation { moved_to: Some(OTHER.into()), moved_at: Some(at), old_polled_at: None, pending: None };
        Feed { relocation, ..own() }
    }

    /// Polls once an hour until `hours`, each behind a permanent redirect, and returns the events.
    fn polls(feed: &mut Feed, redirects: &[Option<&str>], every_secs: i64) -> Vec<Option<MoveEvent>> {
        let mut events = Vec::new();
        for (number, redirect) in (0..).zip(redirects) {
            let now = NOW.plus_secs(number * every_secs);
            let asked = address(feed, now).to_owned();
            let (relocation, event) = after_answer(feed, &asked, *redirect, now);
            feed.relocation = relocation;
            events.push(event);
        }
        events
    }

    #[test]
    fn a_redirect_to_another_host_moves_a_feed_after_a_day() {
        let mut feed = own();
        let events = polls(&mut feed, &[Some(OTHER); 24], 3600);
        assert_eq!(events[0], Some(MoveEvent::Found(OTHER.into())));
        assert!(events[1..].iter().all(Option::is_none), "{events:?}");
        assert_eq!((feed.relocation.moved_to.as_deref(), address(&feed, NOW)), (None, OWN));
        let (relocation, event) = after_answer(&feed, OWN, Some(OTHER), NOW.plus_secs(DAY_SECS));
        assert_eq!(event, Some(MoveEvent::Moved(OTHER.into())));
        assert_eq!((relocation.moved_to.as_deref(), relocation.pending), (Some(OTHER), None));
    }

    #[test]
    fn a_redirect_that_ends_or_changes_or_was_seen_twice_moves_no_feed() {
        let third = "https://third.example/feed";
        for redirects in [
            &[Some(OTHER), None, Some(OTHER), None][..],
            &[Some(OTHER), Some(third), Some(OTHER), Some(third)],
            &[Some(OTHER), Some(OTHER)],
        ] {
            let mut feed = own();
            polls(&mut feed, redirects, 2 * DAY_SECS);
            assert_eq!(feed.relocation.moved_to, None, "{redirects:?}");
        }
        // A clock that ran ahead and was set back begins the day anew.
        let mut feed = own();
        feed.relocation = after_answer(&feed, OWN, Some(OTHER), NOW.plus_secs(9 * DAY_SECS)).0;
        polls(&mut feed, &[Some(OTHER); 20], 3600);
        assert_eq!(feed.relocation.moved_to, None);
    }

    #[test]
    fn a_redirect_within_the_site_moves_a_feed_at_once() {
        for (from, to, same) in [
            (OWN, "https://n.example/rss", true),
            (OWN, "https://www.n.example/feed", true),
            (OWN, "https://www.n.example./feed", true),
            ("http://n.example/feed", OWN, true),
            ("http://n.example:80/feed", "https://www.n.example/feed", true),
            (OWN, "http://n.example/feed", false),
            (OWN, "https://n.example:8443/feed", false),
            ("http://127.0.0.1:1000/feed", "http://127.0.0.1:2000/feed", false),
            (OWN, OTHER, false),
            (OWN, "https://evil-n.example/feed", false),
            (OWN, "https://n.example.evil.example/feed", false),
            (OWN, "no address", false),
        ] {
            let feed = Feed { url: from.into(), ..own() };
            let (relocation, _) = after_answer(&feed, from, Some(to), NOW);
            assert_eq!(relocation.moved_to.is_some(), same, "{from} {to}");
            assert_eq!(relocation.pending.is_some(), !same, "{from} {to}");
        }
    }

    #[test]
    fn the_old_address_is_asked_once_a_day_for_a_month() {
        let mut asked = 0;
        let mut feed = moved(NOW);
        for hour in 0..60 * 24 {
            let now = NOW.plus_secs(hour * 3600);
            if address(&feed, now) == OWN {
                asked += 1;
                feed.relocation = after_old_address_failed(&feed, now);
            } else {
                assert_eq!(after_answer(&feed, OTHER, None, now).0, feed.relocation);
            }
        }
        assert_eq!(asked, 29);
    }

    #[test]
    fn a_feed_that_answers_at_its_own_address_returns() {
        let feed = moved(NOW);
        let next_day = NOW.plus_secs(DAY_SECS);
        assert_eq!((new_host(&feed, next_day), new_host(&feed, NOW.plus_secs(31 * DAY_SECS))), (Some(OTHER), None));
        assert!(asks_old_address(&feed, next_day) && !asks_old_address(&feed, NOW.plus_secs(DAY_SECS - 1)));
        assert_eq!(after_answer(&feed, OWN, None, next_day), (Relocation::default(), Some(MoveEvent::Returned)));
        // It still redirects to the new address.
        let (relocation, event) = after_answer(&feed, OWN, Some(OTHER), next_day);
        assert_eq!((relocation.moved_to.as_deref(), event), (Some(OTHER), None));
        assert_eq!(relocation.old_polled_at, Some(next_day));
    }

    #[test]
    fn a_feed_from_an_unknown_host_is_elsewhere() {
        for (feed, answered_by, elsewhere) in [
            (own(), "https://www.n.example/rss", false),
            (own(), OTHER, true),
            (moved(NOW), OTHER, false),
            (moved(NOW), "https://third.example/", true),
        ] {
            assert_eq!(is_elsewhere(&feed, answered_by), elsewhere, "{answered_by}");
        }
    }

    #[test]
    fn a_failing_moved_feed_alternates_its_addresses() {
        let moved = |failures| Feed { failures, ..moved(NOW) };
        for (failures, expected) in [(0, OTHER), (4, OTHER), (5, OWN), (9, OWN), (10, OTHER), (15, OWN)] {
            assert_eq!(address(&moved(failures), NOW), expected, "{failures}");
        }
    }
}
