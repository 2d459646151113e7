//! The system's tests: the whole program, or all of it in this process, against a feed site and a Bot API of our own, on
//! SQLite or, where TEST_DATABASE_URL names a server, on PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]
#![allow(missing_docs, reason = "the names say what is tested")]

mod support;

mod alerts;
mod attention;
mod chat;
mod chat_feeds;
mod commandline;
mod corpus;
mod deliver;
mod disk;
mod edits;
mod events;
mod fakes;
mod feeds;
mod fetching;
mod files;
mod filters;
mod freshness;
mod fuzz;
mod grouping;
mod headlines;
mod hush;
mod identity;
mod languages;
mod migrations;
mod mutes;
mod nasty;
mod night;
mod nodes;
mod pages;
mod platforms;
mod polling;
mod profile;
mod prose;
mod restart;
mod retention;
mod rules;
mod rules_page;
mod store;
mod stories;
mod taken_back;
mod waiting;
mod walls;
mod why;
