//! The program under test: in this process ([`world`]), or as a process of its own ([`program`]).

pub mod program;
pub mod world;
