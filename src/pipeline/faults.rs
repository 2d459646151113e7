//! Faults of rules for the tests: a struck rule panics where it is compiled or evaluated.

use std::collections::HashSet;
use std::sync::LazyLock;

use ceasewire_model::RuleId;
use parking_lot::Mutex;

static STRUCK: LazyLock<Mutex<HashSet<RuleId>>> = LazyLock::new(Mutex::default);

pub(super) fn inject(rule: RuleId) {
    STRUCK.lock().insert(rule);
}

pub(super) fn strike(rule: RuleId) {
    let is_struck = STRUCK.lock().contains(&rule);
    assert!(!is_struck, "a fault of the test");
}
