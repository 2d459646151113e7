//! Stories: which articles tell the same one ([`group`]), what they say has happened ([`event`]), how much that
//! weighs ([`weight`]), which meetings lie ahead ([`meeting`]), and what is quoted of them ([`summary`]). Pure.

pub mod corroboration;
pub mod event;
pub mod group;
pub mod meeting;
pub mod summary;
