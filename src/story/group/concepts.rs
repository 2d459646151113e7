//! Words of the news that mean the same.

pub(super) fn commonness(_key: u32) -> f32 { 0.0 }
pub(super) fn of(_stem: &str) -> Option<u16> {
    None
}
