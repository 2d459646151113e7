//! Faults of rules for the tests: a struck rule panics where it is compiled or evaluated. A deadly one ends the process
//! where it is compiled.

use std::collections::HashSet;
use std::sync::LazyLock;

use ceasewire_model::RuleId;
use parking_lot::Mutex;

static STRUCK: LazyLock<Mutex<HashSet<RuleId>>> = LazyLock::new(Mutex::default);

pub(super) fn inject(rule: RuleId) {
    STRUCK.lock().insert(rule);
}

/// The environment variable that names the deadly rule of a child process.
pub(super) const DEADLY_RULE: &str = "CEASEWIRE_DEADLY_RULE";

pub(super) fn strike(rule: RuleId) {
    if std::env::var(DEADLY_RULE).is_ok_and(|deadly| deadly == rule.to_string()) {
        std::process::abort();
    }
    let is_struck = STRUCK.lock().contains(&rule);
    assert!(!is_struck, "a fault of the test");
}
