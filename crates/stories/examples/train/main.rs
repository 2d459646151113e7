//! Fits the pair model of the grouping and counts the background of words: `just train`.
//!
//! `CEASEWIRE_DATA` names the folder with the material, of which nothing is copied. The program prints the figures of each
//! set under a model that was fitted without it (leave one set out), then writes `data/pair_model.tsv`, fitted on all
//! sets. `just train background` writes `data/background.tsv` first, from texts outside of these sets.

#![allow(clippy::print_stdout, reason = "the tables are the result")]

mod background;
mod demo;
mod figures;
mod fit;
mod material;
mod pairs;
mod study;

use std::path::PathBuf;
use std::sync::Arc;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data = std::env::var_os("CEASEWIRE_DATA").map(PathBuf::from);
    let data = data.ok_or("CEASEWIRE_DATA names no folder with the material")?;
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    if std::env::args().nth(1).as_deref() == Some("background") {
        let file = background::count(&data)?;
        std::fs::write(own.join("data/background.tsv"), file)?;
        println!("wrote data/background.tsv; run again without the argument to fit the model");
        return Ok(());
    }
    let material = material::Material::read(&data, &own.join("../.."))?;
    let streams = 0..material.streams.len();
    let models: Vec<_> = streams.map(|place| Arc::new(study::without(&material, Some(place)))).collect();
    let (model, figures) = study::run(&material, &models);
    pairs::score(&material, &models, &data)?;
    if std::env::args().nth(1).as_deref() != Some("dry") {
        let comment = study::provenance(&figures);
        std::fs::write(own.join("data/pair_model.tsv"), comment + &model.to_file())?;
        println!("wrote data/pair_model.tsv");
    }
    Ok(())
}
