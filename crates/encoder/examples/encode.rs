//! Encodes a text a line from standard input, and prints its components; a tool to compare the crate with others.
//! `CEASEWIRE_ENCODER` names the model file.

use std::io::{BufRead as _, Write as _};
use std::time::Instant;

use ceasewire_encoder::Encoder;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::var_os("CEASEWIRE_ENCODER").ok_or("CEASEWIRE_ENCODER does not name the model file")?;
    let started = Instant::now();
    let encoder = Encoder::open(file.as_ref())?;
    let (opened, bytes) = (started.elapsed(), encoder.memory_bytes());
    let mut out = std::io::stdout().lock();
    let (mut texts, started) = (0, Instant::now());
    for line in std::io::stdin().lock().lines() {
        let vector = encoder.encode(&line?);
        let numbers: Vec<String> = vector.iter().map(f32::to_string).collect();
        writeln!(out, "{}", numbers.join(" "))?;
        texts += 1;
    }
    let each = started.elapsed().as_secs_f64() * 1000.0 / f64::from(texts.max(1));
    writeln!(std::io::stderr(), "opened in {opened:.0?}, {bytes} bytes; {texts} texts, {each:.1} ms each")?;
    Ok(())
}
