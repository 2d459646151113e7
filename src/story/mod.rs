//! Stories: which articles tell the same one ([`group`]), and what is quoted of them ([`summary`]). Pure.

pub mod group;
pub mod summary;
