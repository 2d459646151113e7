//! Real material that may lie beside the project; tests over it do nothing where it does not.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The unpacked material: CEASEWIRE_DATA, or what `../shared/data/unpack` unpacks into the build folder.
pub fn data() -> Option<&'static Path> {
    static DATA: OnceLock<Option<PathBuf>> = OnceLock::new();
    DATA.get_or_init(|| {
        if let Some(folder) = std::env::var_os("CEASEWIRE_DATA") {
            return Some(PathBuf::from(folder));
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let unpack = root.join("../shared/data/unpack");
        let target = root.join("target/data");
        let unpacked =
            unpack.exists() && Command::new(unpack).arg(&target).output().is_ok_and(|done| done.status.success());
        unpacked.then_some(target)
    })
    .as_deref()
}
