//! Any text as a rule.

#![no_main]

use ceasewire_testkit::checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ceasewire_fuzz::bounded(bytes, checks::rule));
