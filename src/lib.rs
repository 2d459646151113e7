//! Ceasewire watches news feeds about an armed conflict and tells people on chat platforms when something they asked for
//! happens: one alert per story.
//!
//! ```text
//! feed --poll--> entry --parse/clean--> article --group--> story --match--> alert --outbox--> delivery --send--> chat
//!                                                             ^
//!                          subscriber --chat command--> rule -+   (bot and loops meet only in the store)
//! ```
//!
//! The modules stand in reading order. ARCHITECTURE.md tells which may know which, and a test holds that.

pub mod store;

pub mod config;

pub mod outbox;
pub mod pipeline;
pub mod poller;
pub mod retention;

pub mod locale;

pub mod chart;

pub mod alert;
pub mod chat;

pub mod bot;

pub mod web;

pub mod app;
pub mod cli;
pub mod demo;
pub mod telemetry;
