//! Feeds: fetching them ([`fetch`]), reading them ([`parse`]), and deciding when to come back ([`schedule`]); and where a
//! web page came instead, telling what it is and which feeds it names ([`discover`]).
//!
//! A publisher's bytes are decoded and, where they are XML, taken apart by `tags` and `repair` with the
//! tables of `dialect`; what each entry says is collected in a `draft`, whose texts are written out as plain Atom for the
//! parser. `date` reads dates as publishers write them; `rhythm` holds how often they want to be asked. [`opml`]
//! reads and writes lists of feeds.

mod date;
mod dialect;
pub mod discover;
mod elements;
mod entry_builder;
pub mod fetch;
pub mod opml;
pub mod parse;
pub mod probe;
mod repair;
pub mod schedule;
pub mod update_hints;
