//! The faults of a model file.

use std::path::PathBuf;

/// Why a file is no model that the encoder can use.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The file does not begin as models do.
    #[error("it does not begin with \"E5S1\", so it is no model")]
    Magic,
    /// The file ends too early.
    #[error("it ends too early: {wanted} bytes are missing at byte {at}; copy the file again")]
    Truncated {
        /// Where the reader stands.
        at: usize,
        /// How many bytes it wants there.
        wanted: usize,
    },
    /// A number of the file is out of its bounds.
    #[error("its {what} is {found}, which no model of this kind has")]
    Shape {
        /// The number.
        what: &'static str,
        /// Its value.
        found: u64,
    },
    /// A tensor is missing, or has another size or type than the network needs.
    #[error("its tensor \"{0}\" is missing or has another size than the network needs")]
    Tensor(String),
    /// The file is another one than the known model.
    #[error("its SHA-256 is {found}, and that of the known model is {known}; import the model again")]
    Sum {
        /// The sum of the file.
        found: String,
        /// The sum of the known model.
        known: &'static str,
    },
}

/// Why the encoder cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum EncoderError {
    /// The file cannot be read.
    #[error("{}: {error}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The answer of the system.
        error: std::io::Error,
    },
    /// The file is no usable model.
    #[error("{}: {error}", .path.display())]
    Model {
        /// The file.
        path: PathBuf,
        /// Its fault.
        error: ModelError,
    },
}
