//! Measures what the encoder costs: CPU time a headline, alone and with the beginning of its text, and memory.
//!
//! `CEASEWIRE_ENCODER` names the model file; without it there is nothing to measure.

#![allow(clippy::print_stdout, reason = "the figures are the result")]

use std::hint::black_box;
use std::time::Duration;

use ceasewire_encoder::Encoder;
use rustix::time::{ClockId, clock_gettime};

/// Laps over all headlines; the fastest one counts, since other work on the machine only adds time.
const LAPS: usize = 7;

const HEADLINES: &[&str] = &[
    "Armenia and Azerbaijan agree on a humanitarian ceasefire after ten hours of talks in Moscow",
    "Shelling resumes minutes after the truce takes effect, both sides blame each other",
    "Армения и Азербайджан обвинили друг друга в нарушении перемирия",
    "Число погибших при обстреле Гянджи выросло до тринадцати человек",
    "Միջազգային դիտորդները ժամանել են սահմանամերձ գյուղեր",
    "Ermənistan silahlı qüvvələri Tərtər rayonunu atəşə tutub, yaralılar var",
    "Dağlık Karabağ'da ateşkes gece yarısı yürürlüğe girdi",
    "მინისტრები ჟენევაში ხვალ შეხვდებიან",
    "وزیران خارجه دو کشور در مسکو دیدار و درباره تبادل اسیران گفتگو کردند",
    "Die Außenminister treffen sich am Donnerstag zu weiteren Gesprächen in Genf",
];

const LEAD: &str = "The ministers of foreign affairs said after the talks that prisoners and the bodies of the fallen \
     would be exchanged.";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    if std::env::args().any(|argument| argument == "--list") {
        // A test runner asks which tests there are.
        return Ok(());
    }
    let Some(file) = std::env::var_os("CEASEWIRE_ENCODER") else {
        println!("CEASEWIRE_ENCODER names no model file; nothing is measured");
        return Ok(());
    };
    let before = cpu();
    let encoder = Encoder::open(file.as_ref())?;
    println!("opened in {:.0?} of CPU, {:.0} MB", cpu() - before, encoder.memory_bytes() as f64 / 1e6);
    for (name, lead) in [("a headline", ""), ("a headline with the beginning of its text", LEAD)] {
        let lap = || {
            let before = cpu();
            HEADLINES.iter().for_each(|title| drop(black_box(encoder.encode_article(title, lead))));
            cpu() - before
        };
        let fastest = (0..LAPS).map(|_| lap()).min().unwrap_or_default();
        let pieces: usize = HEADLINES.iter().map(|title| encoder.count_pieces(&format!("{title}\n{lead}"))).sum();
        let count = HEADLINES.len();
        println!(
            "{name}: {:.1} ms of CPU, {:.0} pieces",
            fastest.as_secs_f64() * 1e3 / count as f64,
            pieces as f64 / count as f64
        );
    }
    Ok(())
}

/// The CPU time of this process.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}
