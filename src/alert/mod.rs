//! Alerts: how one is worded ([`render`]), written for Telegram ([`html`]), sent from the outbox ([`sender`]), and what
//! follows when that fails ([`retry`]).

pub mod html;
pub mod render;
pub mod retry;
pub mod sender;
