//! Articles: from entries to clean text with an identity and a language.
//!
//! - [`markup`] scans tag soup and decodes entities;
//! - [`clean`] turns an entry's HTML into plain text, without `teaser` lines;
//! - [`identity`] says which entries are the same article;
//! - [`language`] says in which of the profile's languages an article is.

pub mod clean;
pub mod identity;
pub mod language;
pub mod markup;
mod teaser;
