//! Reads a file or standard input within the limit of a fetched body: a file from elsewhere is no more trusted, and a name
//! may lead to a device without an end.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::Context;

/// The setting of the limit, for errors.
pub(super) const SETTING: &str = "fetch.max_body_bytes";

/// Reads a file, or standard input where it is named "-".
///
/// # Errors
/// When it cannot be read, or has more than `limit` bytes.
pub(super) fn read_input(source: &Path, limit: usize) -> anyhow::Result<Vec<u8>> {
    if source == Path::new("-") {
        return read_within(std::io::stdin().lock(), "standard input", limit);
    }
    let name = source.display().to_string();
    let file = File::open(source).with_context(|| name.clone())?;
    // A pipe or a device states no size.
    let size = file.metadata().with_context(|| name.clone())?.len();
    anyhow::ensure!(size <= limit as u64, "{name} has {size} bytes, more than the limit of {limit} ({SETTING})");
    read_within(file, &name, limit)
}

fn read_within(from: impl Read, name: &str, limit: usize) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(limit as u64 + 1).read_to_end(&mut bytes).with_context(|| format!("reading {name}"))?;
    anyhow::ensure!(bytes.len() <= limit, "{name} has more than {limit} bytes ({SETTING})");
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_bytes_than_the_limit_are_not_read() {
        assert_eq!(read_within(&b"12345"[..], "feed.xml", 5).unwrap(), b"12345");
        let error = read_within(std::io::repeat(b'x'), "feed.xml", 5).unwrap_err();
        assert_eq!(error.to_string(), "feed.xml has more than 5 bytes (fetch.max_body_bytes)");
    }

    #[test]
    fn a_missing_file_is_named() {
        assert!(format!("{:#}", read_input(Path::new("no/such.opml"), 5).unwrap_err()).starts_with("no/such.opml: "));
    }
}
