//! Feeds: fetching them ([`fetch`]), reading them ([`parse`]), and deciding when to come back ([`schedule`]).
//!
//! A publisher's bytes are decoded and, where they are XML, taken apart by `repair` with the tables of
//! `dialect`; what each entry says is collected in a `draft`, which is written out as plain Atom for the parser. `date`
//! reads dates as publishers write them.

mod date;
mod dialect;
mod draft;
pub mod fetch;
pub mod parse;
mod repair;
pub mod schedule;
