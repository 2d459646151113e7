//! Alerts: how one is worded ([`render`]), sent from the outbox ([`sender`]), what follows when that fails ([`retry`]),
//! and meetings in lists, reminders and calendars ([`meeting`], [`calendar`]).

pub mod calendar;
pub mod meeting;
pub mod render;
pub mod retry;
pub mod sender;
