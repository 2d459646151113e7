//! How well stories, events and summaries are found, on the material that `data/README.md` of the measuring set
//! describes: `just score [stories|events|summaries]…`. The material is no part of the project; where it is not found,
//! the program says so.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the tables are the result")]

use std::path::PathBuf;

mod events;

/// The folder with the unpacked material.
fn data() -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    std::env::var_os("CEASEWIRE_DATA")
        .map(PathBuf::from)
        .into_iter()
        .chain([root.join("target/data"), root.join("../shared/data")])
        .find(|folder| folder.join("stories").is_dir())
}

fn main() -> anyhow::Result<()> {
    let Some(data) = data() else {
        eprintln!("no material to score on: name its folder in CEASEWIRE_DATA");
        return Ok(());
    };
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let wanted = |part: &str| asked.is_empty() || asked.iter().any(|name| name == part);
    if wanted("events") {
        events::run(&data)?;
    }
    Ok(())
}
