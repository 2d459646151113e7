//! Extractive summaries: a few sentences of an article, word for word.
//!
//! [`ceasewire_text::sentences`] cuts a text into sentences, `candidates` scores them, [`extract`] takes the best ones
//! that fit, and [`summarise_story`] does so across the articles of a story and names the outlet of each sentence. A
//! summary never rewrites, shortens or joins sentences. docs/summaries.md has the measurements.

mod anaphora;
mod article;
mod candidates;
mod story;

pub use article::{ExtractedSentence, SummaryBudget, SummaryFocus, extract, summarise_article, summarise_for_alert};
pub use story::{AttributedQuote, SummaryArticle, summarise_story};
