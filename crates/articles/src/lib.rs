//! Articles: from entries and pages to clean text with an identity.
//!
//! - [`charset`] decodes the bytes of feeds and pages;
//! - [`markup`] scans tag soup and decodes entities;
//! - [`clean`] turns an entry's HTML into plain text, without `teaser` lines;
//! - [`page`] finds the article in a whole page, for feeds that carry but a stub;
//! - [`boilerplate`] removes the lines that an outlet repeats in many articles;
//! - [`language`] says which language a text is in;
//! - [`identity`] says which entries are the same article;
//! - [`credit`] names the news agency whose copy an article is;
//! - [`change`] says what a reader should know of an article that was edited.

pub mod boilerplate;
pub mod change;
pub mod charset;
pub mod clean;
pub mod credit;
pub mod identity;
pub mod markup;
pub mod page;
mod teaser;
