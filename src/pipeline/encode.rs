//! Stage 3: encodes the articles that somebody may want, so that grouping meets reports of one event in any language.
//!
//! Most articles of a feed concern no reader of a conflict's news. An article that matches no rule and no topic stays
//! without a vector, and so does one that the story window forgets at once.

use ceasewire_model::Timestamp;
use ceasewire_stories::group::WINDOW_HOURS;

use super::matching::MatchedArticle;
use super::{Pipeline, PipelineError};

/// Articles encoded in one piece of work: a tenth of a second, after which other work has its turn.
const ARTICLES_A_PIECE: usize = 4;

impl MatchedArticle {
    /// Whether the article concerns somebody, and the story window keeps it.
    fn is_worth_encoding(&self, now: Timestamp) -> bool {
        let article = &self.enriched.article;
        let at = article.published_at.unwrap_or(article.seen_at);
        let is_wanted = !self.matches.is_empty() || !article.topics.is_empty();
        let is_kept = self.enriched.revision.is_some() || at >= now.plus_secs(-WINDOW_HOURS * 3600);
        is_wanted && is_kept && self.enriched.vector.is_none()
    }
}

impl Pipeline {
    /// Encodes articles on threads for blocking work. Without the model, all stay without vectors.
    pub(super) async fn encode(
        &self,
        articles: Vec<MatchedArticle>,
        now: Timestamp,
    ) -> Result<Vec<MatchedArticle>, PipelineError> {
        if !self.encoder.is_loaded() {
            return Ok(articles);
        }
        let mut encoded = Vec::with_capacity(articles.len());
        let mut articles = articles.into_iter();
        loop {
            let mut worth = 0;
            let mut piece = Vec::new();
            while worth < ARTICLES_A_PIECE
                && let Some(article) = articles.next()
            {
                worth += usize::from(article.is_worth_encoding(now));
                piece.push(article);
            }
            if worth > 0 {
                let encoder = self.encoder.clone();
                let work = ceasewire_cpu::run(move || {
                    for matched in piece.iter_mut().filter(|matched| matched.is_worth_encoding(now)) {
                        let article = &matched.enriched.article;
                        matched.enriched.vector = encoder.encode(&article.title, &article.text);
                    }
                    piece
                });
                piece = work.await?;
            }
            if piece.is_empty() {
                return Ok(encoded);
            }
            encoded.append(&mut piece);
        }
    }
}
