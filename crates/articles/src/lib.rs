//! Articles: from entries and pages to clean text with an identity.
//!
//! - [`charset`] decodes the bytes of feeds and pages;
//! - [`markup`] scans tag soup and decodes entities;
//! - [`clean`] turns the HTML of an entry into plain text, without teasers;
//! - [`page`] extracts the article from a whole page, for feeds with stubs only;
//! - [`boilerplate`] removes lines that an outlet repeats in many articles;
//! - [`identity`] recognises the entries of known articles;
//! - [`redirect_wrapper`] finds the page behind an address that carries another one;
//! - [`credit`] finds the news agency that an article credits;
//! - [`change`] finds material changes between two versions of an article, and [`said`] holds the words of all of them.

pub mod boilerplate;
pub mod change;
pub mod charset;
pub mod clean;
pub mod credit;
mod html_lines;
pub mod identity;
mod line;
pub mod markup;
pub mod page;
pub mod redirect_wrapper;
pub mod said;
mod teaser;
mod word_lists;
