//! Turkish.

use super::{Cue, Table};

pub(super) const WORDS: Table = &[(Cue::Truce, &[])];
