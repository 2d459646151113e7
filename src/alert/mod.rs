//! Alerts: when a chat is told of one ([`attention`], by its [`clock`]), how it is worded ([`render`], many in one
//! message by [`digest`]) and sent from the outbox ([`sender`]), what follows when that fails ([`retry`]), and meetings in
//! lists, reminders and calendars ([`meeting`], [`calendar`]).

pub mod attention;
pub mod calendar;
pub mod clock;
pub mod digest;
pub mod meeting;
pub mod render;
pub mod retry;
