//! Articles: from entries to clean text with an identity.
//!
//! - [`markup`] scans tag soup and decodes entities;
//! - [`clean`] turns an entry's HTML into plain text, without `teaser` lines;
//! - [`identity`] says which entries are the same article.

pub mod charset;
pub mod clean;
pub mod identity;
pub mod markup;
pub mod page;
mod teaser;
