//! Stories: groups articles about one event ([`group`]), extracts events from sentences ([`event`]), assesses their
//! corroboration ([`corroboration`]), finds facts that are new to a story ([`story_facts`]) and meetings ahead
//! ([`meeting`]), and summarises articles ([`summary`]). Pure.

pub mod corroboration;
pub mod event;
mod file_keys;
mod grammar;
pub mod group;
mod headline_form;
pub mod meeting;
mod number_words;
pub mod story_facts;
pub mod summary;
