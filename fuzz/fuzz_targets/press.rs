//! Any text as the data of a pressed button.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ceasewire_fuzz::bounded(bytes, ceasewire::bot::check_press));
