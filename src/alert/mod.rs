//! Alerts: how one is worded ([`render`]), sent from the outbox ([`sender`]), and what follows when that fails
//! ([`retry`]).

pub mod render;
pub mod retry;
pub mod sender;
