//! The directory of the tensors in a model file.

use std::collections::HashMap;
use std::ops::Range;

use crate::ModelError;
use crate::matrix::{BLOCK, BLOCK_BYTES};
use crate::reader::{Reader, numbers};

/// The most tensors of a file.
const MOST_TENSORS: u32 = 1 << 14;
/// Types of tensors.
const FLOATS: u8 = 0;
const BLOCKS: u8 = 1;

/// Where each tensor stands.
#[derive(Debug)]
pub(crate) struct Tensors(HashMap<String, Tensor>);

#[derive(Debug)]
struct Tensor {
    kind: u8,
    /// How many numbers it has.
    count: usize,
    bytes: Range<usize>,
}

impl Tensors {
    /// Reads the directory of a file with `size` bytes, and checks that each tensor lies within.
    pub(crate) fn read(reader: &mut Reader<'_>, size: usize) -> Result<Self, ModelError> {
        let count = reader.count("number of tensors", 0..=MOST_TENSORS)?;
        let mut tensors = HashMap::new();
        for _ in 0..count {
            let length = reader.u16()?;
            let name = String::from_utf8_lossy(reader.take(length.into())?).into_owned();
            let (kind, count) = (reader.u8()?, reader.u32()? as usize);
            let (start, stated) = (reader.u64()?, reader.u64()?);
            let bytes = match kind {
                FLOATS => count.checked_mul(4),
                BLOCKS if count.is_multiple_of(BLOCK) => (count / BLOCK).checked_mul(BLOCK_BYTES),
                _ => None,
            };
            let start = usize::try_from(start).ok();
            let end = start.zip(bytes).and_then(|(start, bytes)| start.checked_add(bytes));
            let (Some(start), Some(end)) = (start, end.filter(|&end| end <= size)) else {
                return Err(ModelError::Tensor(name));
            };
            if stated != (end - start) as u64 {
                return Err(ModelError::Tensor(name));
            }
            tensors.insert(name, Tensor { kind, count, bytes: start..end });
        }
        Ok(Self(tensors))
    }

    /// Reads a tensor of `count` floats.
    pub(crate) fn floats(&self, file: &[u8], name: &str, count: usize) -> Result<Vec<f32>, ModelError> {
        Ok(numbers(&file[self.find(name, FLOATS, count)?], f32::from_le_bytes))
    }

    /// Finds a tensor of `count` weights in blocks.
    pub(crate) fn blocks(&self, name: &str, count: usize) -> Result<Range<usize>, ModelError> {
        self.find(name, BLOCKS, count)
    }

    fn find(&self, name: &str, kind: u8, count: usize) -> Result<Range<usize>, ModelError> {
        let found = self.0.get(name).filter(|tensor| tensor.kind == kind && tensor.count == count);
        found.map(|tensor| tensor.bytes.clone()).ok_or_else(|| ModelError::Tensor(name.to_owned()))
    }
}
