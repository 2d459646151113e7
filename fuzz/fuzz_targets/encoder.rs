//! Any text as an article for the encoder, and any bytes as a model file.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ceasewire_fuzz::bounded(bytes, ceasewire_testkit::encoder::check));
