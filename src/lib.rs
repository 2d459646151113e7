//! Ceasewire.

pub mod model;
pub mod store;
