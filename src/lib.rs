//! Ceasewire watches news feeds about an armed conflict and alerts subscribers on chat platforms: one alert per story.
//!
//! ```text
//! feed --poll--> entry --parse/clean--> article --match--> rules --group--> story --dispatch--> chat
//!                                                             ^
//!                          subscriber --chat command--> rule -+   (bot and loops share only the store)
//! ```
//!
//! The modules stand in reading order. ARCHITECTURE.md lists the allowed dependencies, and a test enforces them.

pub mod cut_offs;
pub mod encoder;

pub mod store;

pub mod config;

pub mod outbox;
pub mod pipeline;
pub mod poller;
pub mod retention;

pub mod health;

pub mod locale;

pub mod chart;

pub mod alert;
pub mod chat;

pub mod bot;

pub mod web;

pub mod app;
pub mod cli;
pub mod demo;
pub mod replay;
pub mod telemetry;
