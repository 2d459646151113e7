//! Alerts: how one is worded ([`render`]), sent from the outbox ([`sender`]), what follows when that fails ([`retry`]),
//! and a meeting as a file for calendars ([`calendar`]).

pub mod calendar;
pub mod render;
pub mod retry;
pub mod sender;
