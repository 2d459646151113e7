//! Turns an article into a vector, such that the vectors of two articles are near to each other where their news is the
//! same, in whatever language.
//!
//! The model is multilingual-e5-small with weights of four bits, in a file that the operator imports; docs/encoder.md
//! describes it. The crate reads the file's bytes (`reader`, `tensors`), cuts a text into the pieces of the model's vocabulary
//! (`tokenizer`), and runs the network (`network`, `matrix`, `math`). It knows neither the store nor the stories.

mod article;
mod error;
mod math;
mod matrix;
mod model;
mod network;
mod reader;
mod tensors;
#[cfg(test)]
mod tests;
mod tokenizer;

use std::path::Path;

use ceasewire_model::Vector;

pub use error::{EncoderError, ModelError};
pub use model::{FILE_IN_WHEEL, KNOWN_SUM, check_sum};

/// Names the model and its centre beside stored vectors: only vectors of one name can be compared.
pub const MODEL_NAME: &str = "e5-small-q4/1";

/// The model, ready for use.
#[derive(Debug)]
pub struct Encoder {
    model: model::Model,
}

impl Encoder {
    /// Reads the model from its file, and checks that it is the known one.
    ///
    /// # Errors
    /// When the file cannot be read, or is not the known model.
    pub fn open(path: &Path) -> Result<Self, EncoderError> {
        let file = std::fs::read(path).map_err(|error| EncoderError::Io { path: path.to_owned(), error })?;
        let model = check_sum(&file).and_then(|()| model::Model::read(file));
        Ok(Self { model: model.map_err(|error| EncoderError::Model { path: path.to_owned(), error })? })
    }

    /// Reads a model of the known kind from the bytes of a file, whatever its sum.
    ///
    /// # Errors
    /// When the bytes are no such model.
    pub fn read(file: Vec<u8>) -> Result<Self, ModelError> {
        Ok(Self { model: model::Model::read(file)? })
    }

    /// Encodes a text as the model does, to unit length; empty for a text that the model cannot encode.
    pub fn encode(&self, text: &str) -> Vec<f32> {
        self.model.encode(text)
    }

    /// Encodes an article by its title and the beginning of its text.
    pub fn encode_article(&self, title: &str, text: &str) -> Vector {
        article::vector(&self.model, title, text)
    }

    /// Counts the pieces of a text, as far as the model reads it.
    pub fn count_pieces(&self, text: &str) -> usize {
        self.model.pieces(text).len()
    }

    /// The bytes that the model holds in memory.
    pub fn memory_bytes(&self) -> usize {
        self.model.memory_bytes()
    }
}
