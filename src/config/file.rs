//! Files that settings name, of bounded size: a name may lead to a device without an end.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The most bytes of a file; a conflict profile has 100 kB.
const MAX_BYTES: u64 = 16 << 20;

/// Reads a text file.
pub(super) fn read_text(path: &Path) -> io::Result<String> {
    read(File::open(path)?)
}

fn read(file: impl Read) -> io::Result<String> {
    let mut text = String::new();
    if file.take(MAX_BYTES + 1).read_to_string(&mut text)? as u64 > MAX_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the file is larger than 16 MB"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_an_end_is_an_error() {
        assert_eq!(read(&b"text"[..]).unwrap(), "text");
        assert_eq!(read(io::repeat(0)).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }
}
