//! The system's tests: the whole program, or all of it in this process, against a feed site and a Bot API of our own,
//! on SQLite or, where TEST_DATABASE_URL names a server, on PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]
#![allow(missing_docs, reason = "the names say what is tested")]

mod support;

mod age_gate;
mod alert_edits;
mod alerts;
mod attachments;
mod attention;
mod cancellation;
mod chat_feeds;
mod clocks;
mod commandline;
mod commands;
mod corpus;
mod crashes;
mod disk;
mod events;
mod fairness;
mod feed_moves;
mod feed_texts;
mod fetching;
mod filters;
mod forgetting;
mod fuzz_corpus;
mod grouping;
mod growth;
mod health;
mod histories;
mod hostile_input;
mod identity;
mod languages;
mod links;
mod log;
mod migrations;
mod mute_story;
mod mutes;
mod nodes;
mod ownership;
mod pages;
mod pending_deliveries;
mod platforms;
mod polling;
mod profile;
mod prose;
mod replay;
mod restart;
mod retention;
mod rules;
mod rules_page;
mod scenario;
mod store;
mod store_files;
mod stories;
mod telegram_chats;
mod typing;
mod vectors;
mod versions;
mod walls;
mod why;
