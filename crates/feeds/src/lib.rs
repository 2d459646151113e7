//! Feeds: fetching ([`fetch`]), parsing ([`parse`]), finding the feeds of a web page ([`discover`]), trying a new
//! address ([`probe`]), and deciding the time of the next poll ([`schedule`]).
//!
//! [`relocation`] follows a feed that moves, [`validators`] doubts its server, [`publish_stats`] learns its habit, [`shown`]
//! hides the secrets of an address. [`budget`] bounds the entries and bytes of a feed, [`update_hints`] holds a
//! publisher's wishes about polling, [`opml`] reads and writes lists of feeds. The crate must not know the store, the rules or the chats.

pub mod budget;
pub mod discover;
pub mod fetch;
pub mod opml;
pub mod parse;
pub mod probe;
pub mod publish_stats;
pub mod relocation;
pub mod schedule;
pub mod shown;
pub mod update_hints;
pub mod validators;
