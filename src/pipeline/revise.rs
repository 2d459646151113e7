//! Stage 7: material changes of articles that the store had.

use ceasewire_articles::boilerplate::BoilerplateMemory;
use ceasewire_articles::change::{self, VersionText};
use ceasewire_articles::{clean, credit};
use ceasewire_model::{Article, ArticleChange, ArticleId, Feed, Timestamp};

use super::Pipeline;
use super::commit::retry_deadlocks;
use super::deduplicate::KnownEntry;
use super::enrich::OutletLines;
use super::group::SeenRevision;
use crate::store::StoreError;

/// Changes of one article that its alerts are edited for: a headline that flips between a publisher's servers must not
/// edit for ever.
const MOST_CHANGES: usize = 10;

impl Pipeline {
    /// Stores the keys that known articles lack, and the material changes of articles with an alert; the alerts become
    /// due to be edited. Returns how many articles changed.
    pub(super) async fn revise(
        &self,
        feed: &Feed,
        known: &[KnownEntry],
        lines: Option<OutletLines>,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let keys: Vec<_> =
            known.iter().flat_map(|known| known.missing_keys.iter().map(|key| (*key, known.id))).collect();
        if !keys.is_empty() {
            self.store.insert_article_keys(&keys).await?;
        }
        let ids: Vec<ArticleId> = known.iter().map(|known| known.id).collect();
        // Another feed of the outlet may carry another form of the article; only its own feed can change it.
        let alerted = self.store.list_alerted_articles(feed.id, &ids).await?;
        if alerted.is_empty() {
            return Ok(0);
        }
        let lines = match lines {
            Some(lines) => lines,
            None => self.find_outlet_lines(feed).await?,
        };
        let mut changed = 0;
        for old in alerted {
            let Some(known) = known.iter().find(|known| known.id == old.id) else { continue };
            let Some((article, change)) = self.find_change(feed, known, old, &lines.memory, now) else { continue };
            if self.store.list_article_changes(article.id, Timestamp(0)).await?.len() >= MOST_CHANGES {
                continue;
            }
            retry_deadlocks(|| self.store.update_article(&article, &change)).await?;
            self.seen_revision.record(SeenRevision::UNKNOWN);
            changed += 1;
        }
        Ok(changed)
    }

    /// Compares an entry with the stored article; returns the new version and the change if the change is material.
    fn find_change(
        &self,
        feed: &Feed,
        known: &KnownEntry,
        old: Article,
        lines: &BoilerplateMemory,
        now: Timestamp,
    ) -> Option<(Article, ArticleChange)> {
        let entry = &known.entry;
        let text = lines.strip(&clean::plain_text(&entry.html));
        // A feed whose articles' pages are read carries only teasers.
        let text = if feed.full_text || text.is_empty() { old.text.clone() } else { text };
        let title = if entry.title.is_empty() { &old.title } else { &entry.title };
        let old_version = VersionText { title: &old.title, text: &old.text };
        let found = change::find_material_change(old_version, VersionText { title, text: &text })?;
        let old_title = found.title.then(|| old.title.clone());
        let change = ArticleChange { old_title, figures: found.figures, seen_at: now };
        let events = self.enricher.find_events(title, &text, old.language.as_deref(), old.published_at);
        let credit = credit::find_credit(&text).map(|agency| agency.id.to_owned());
        Some((Article { title: title.clone(), text, events, credit, ..old }, change))
    }
}
