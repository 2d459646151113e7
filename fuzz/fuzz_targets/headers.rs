//! Any lines as the headers of an answer.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ceasewire_fuzz::bounded(bytes, ceasewire_feeds::fetch::check_headers));
