//! Feeds: fetching them ([`fetch`]), reading them ([`parse`]), and deciding when to come back ([`schedule`]); and where a
//! web page came instead, telling what it is and which feeds it names ([`discover`]).
//!
//! A publisher's bytes are decoded by `charset` and, where they are XML, taken apart by `repair` with the tables of
//! `dialect`; what each entry says is collected in a `draft`, which is written out as plain Atom for the parser. `date`
//! reads dates as publishers write them. [`opml`] reads and writes lists of feeds.

mod charset;
mod date;
mod dialect;
pub mod discover;
mod draft;
pub mod fetch;
pub mod opml;
pub mod parse;
mod repair;
pub mod schedule;
pub mod trial;
