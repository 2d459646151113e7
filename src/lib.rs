//! Ceasewire watches news feeds about an armed conflict and tells people on chat platforms when something they asked for
//! happens: one alert per story.
//!
//! ```text
//! feed --poll--> entry --parse/clean--> article --group--> story --match--> alert --outbox--> delivery --send--> chat
//!                                                             ^
//!                          subscriber --chat command--> rule -+   (bot and loops meet only in the store)
//! ```
//!
//! The modules stand in reading order, and that order is the direction in which they may know each other;
//! ARCHITECTURE.md tells the rules, and a test holds them.

pub mod model;

pub mod article;

pub mod feed;

pub mod rule;

pub mod story;

pub mod store;

pub mod config;

pub mod ingest;
pub mod poller;

pub mod locale;

pub mod alert;
pub mod chat;

pub mod bot;

pub mod web;

pub mod app;
pub mod cli;
pub mod demo;
pub mod telemetry;
