//! Stories: which articles tell the same one ([`group`]), what they say has happened ([`event`]), and what is quoted of
//! them ([`summary`]). Pure.

pub mod event;
pub mod group;
pub mod summary;
