//! Any text as an entry's HTML and as a title.

#![no_main]

use ceasewire_testkit::checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ceasewire_fuzz::bounded(bytes, checks::clean));
