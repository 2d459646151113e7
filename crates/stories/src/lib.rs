//! Stories: groups articles about one event ([`group`]), extracts events from sentences ([`event`]), assesses their
//! corroboration ([`corroboration`]), finds meetings ahead ([`meeting`]) and summarises articles ([`summary`]). Pure.

pub mod corroboration;
pub mod event;
mod file_keys;
mod grammar;
pub mod group;
pub mod meeting;
mod number_words;
pub mod summary;
