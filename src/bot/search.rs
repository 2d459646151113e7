//! Looking through the stored articles: what a rule would have found.

use std::collections::{BTreeMap, HashSet};

use crate::model::{Article, Outlet, StoryId, Timestamp};
use crate::rule::{Doc, Expr, eval};
use crate::store::{Store, StoreError};

/// Articles read from the store at a time.
const PAGE: i64 = 500;

/// What a search found.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// How many stories; not known beyond the limit of a search that stops there.
    pub(super) stories: usize,
    /// The newest article of each of the newest stories.
    pub(super) newest: Vec<Article>,
}

/// How far a search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// To the end, counting.
    Count,
    /// Until enough has been found.
    Enough,
}

/// Searches the articles stored since `since` for those that any of `rules` matches, and shows up to `show`.
pub(super) async fn recent(
    store: &Store,
    outlets: &BTreeMap<String, Outlet>,
    rules: &[Expr],
    since: Timestamp,
    show: usize,
    depth: Depth,
) -> Result<Found, StoreError> {
    let mut found = Found::default();
    let mut stories: HashSet<StoryId> = HashSet::new();
    let mut after = None;
    loop {
        let page = store.list_recent_articles(since, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some((last.seen_at, last.id));
        for article in page {
            if stories.contains(&article.story_id) {
                continue;
            }
            let doc = Doc::of(&article, outlets.get(&article.outlet));
            if rules.iter().any(|rule| eval::matches(rule, &doc)) {
                stories.insert(article.story_id);
                if found.newest.len() < show {
                    found.newest.push(article);
                } else if depth == Depth::Enough {
                    break;
                }
            }
        }
        if depth == Depth::Enough && found.newest.len() >= show {
            break;
        }
        // A long search is not to hold up whatever else this thread serves.
        tokio::task::yield_now().await;
    }
    found.stories = stories.len();
    Ok(found)
}
