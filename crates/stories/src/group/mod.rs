//! Groups articles into stories: all reports of one event, from any outlet and in any language.
//!
//! An article joins the story with the strongest evidence, or opens a new story. Precision comes first: a false merge
//! would claim that two newsrooms confirm a report that neither published. The grouper looks for matches in this order:
//!
//! 1. *Copies* share the wording and the figures; an equal headline counts as far as the texts agree (`rubrics`). Equal phrases with different figures are two
//!    bulletins; they keep the articles apart, against all other evidence.
//! 2. About *all other pairs* the pair model decides ([`model`]): it weighs rare words, names, numbers, titles and times
//!    of two articles (`similarity`). Two titles that differ in a name alone are two events.
//! 3. *Articles in different languages* share the language-independent terms: names and terms of the profile in all
//!    spellings, numbers, days, the consonants of names (`romanise`) and some common news words (`concepts`).
//!
//! The grouper learns the rarity of a term from the stream. Its state lives in memory and is rebuilt from stored
//! articles; articles outside the window are forgotten. Private feeds have windows of their own (`windows`). The grouper
//! does not know the clock or the store. All numbers set by hand stand in [`thresholds`].

mod acts;
mod background;
mod candidates;
mod concepts;
mod dates;
mod gazetteer;
mod grouper;
mod hash;
mod headline;
pub mod model;
mod numbers;
mod romanise;
mod rubrics;
mod similarity;
mod sketch;
mod term;
mod terms;
pub mod thresholds;
mod view;
mod window;
mod windows;
mod words;

pub use candidates::CandidatePair;
pub use grouper::{Grouper, InsertUndo};
pub use sketch::ArticleSketch;
pub use thresholds::WINDOW_HOURS;
pub use windows::WindowBounds;
pub use words::stems;

use ceasewire_model::event::Event;
use ceasewire_model::{FeedId, Timestamp};

/// An article as the grouper reads it.
#[derive(Clone, Copy, Debug)]
pub struct ArticleRef<'a> {
    /// Id of the outlet; empty if unknown.
    pub outlet: &'a str,
    /// The title.
    pub title: &'a str,
    /// The text, without markup.
    pub text: &'a str,
    /// BCP 47 tag of the language, if known.
    pub language: Option<&'a str>,
    /// The time of publication, or of the first fetch; the default if unknown.
    pub at: Timestamp,
    /// The events that the article reports: opposite ones are two stories.
    pub events: &'a [Event],
    /// The private feed of the article. A private article joins public stories and stories of its own feed; it affects
    /// no article of another feed, neither its story nor the weights nor the memory.
    pub private_to: Option<FeedId>,
}

#[cfg(test)]
mod tests;
