//! The rules of alerting, without a database or a platform: when a delivery leaves ([`attention`], by a chat's
//! [`clock`]), the message for one ([`render`], [`revision`]) or several deliveries ([`digest`]), the consequence of a failed attempt
//! ([`retry`]), and meetings in lists, reminders and calendar files ([`meeting`], [`calendar`]). It must not know the
//! outbox.

pub mod attention;
pub mod calendar;
pub mod clock;
pub mod digest;
pub mod fact;
pub mod meeting;
pub mod render;
pub mod retry;
pub mod revision;
