//! Articles: from entries to clean text with an identity.
//!
//! - [`markup`] scans tag soup and decodes entities;
//! - [`charset`] decodes the bytes of feeds and pages;
//! - [`clean`] turns an entry's HTML into plain text, without `teaser` lines;
//! - [`page`] finds the article in a web page;
//! - [`language`] says which language that text is in;
//! - [`identity`] says which entries are the same article;
//! - [`change`] says what a reader should know of an article that was edited.

pub mod change;
pub mod charset;
pub mod clean;
pub mod identity;
pub mod language;
pub mod markup;
pub mod page;
mod teaser;
