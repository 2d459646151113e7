//! Any text as a web page in place of a feed.

#![no_main]

use ceasewire_testkit::checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ceasewire_fuzz::bounded(bytes, checks::site));
