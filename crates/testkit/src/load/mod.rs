//! The arithmetic of the load bench, `benches/deliver`: the record of a run, and the losses, repeats, ages and rates
//! that follow from it. Pure; it must not know how a run is made.

pub mod figures;
pub mod losses;
pub mod record;
#[cfg(test)]
mod tests;
