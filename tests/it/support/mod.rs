//! What the tests stand on: databases, the two servers, the program in this process ([`world`]) and as a process of its
//! own ([`program`]), and the data that may lie beside the project.

pub mod bot_api;
pub mod data;
pub mod database;
pub mod feed_site;
pub mod program;
pub mod raw_site;
pub mod world;
