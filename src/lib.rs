//! Ceasewire.

pub mod model;
pub mod rule;
pub mod store;
