//! Ceasewire.

pub mod config;
pub mod model;
pub mod rule;
pub mod store;
pub mod story;
