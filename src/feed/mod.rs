//! Feeds: fetching them, reading them, and deciding when to come back.

mod charset;
mod date;
mod dialect;
pub mod fetch;
pub mod parse;
mod repair;
pub mod schedule;
