//! What is quoted of articles: a few of their own sentences, as they stand.
//!
//! [`ceasewire_text::sentences`] cuts a text into sentences, `worth` weighs them, [`choose()`] takes the best that fit, and [`of_story`] does
//! so across the articles of a story, each sentence with its outlet. Nothing is ever rewritten, shortened or joined: what
//! is not in an article is in no summary. docs/summaries.md says how well that works.

mod across;
mod choose;
mod pointing;
mod worth;

pub use across::{Quoted, Told, of_story};
pub use choose::{About, Quote, Room, choose, of_article, summarise};
