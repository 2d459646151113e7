//! Any text as an answer of the Bot API.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ceasewire_fuzz::bounded(bytes, ceasewire::chat::telegram::check_answer));
