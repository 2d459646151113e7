//! Reads the numbers of the model file, within its bounds.

use crate::ModelError;

/// A place in the bytes of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], ModelError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = rest.get(..count).ok_or(ModelError::Truncated { at: self.at, wanted: count })?;
        self.at += count;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ModelError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, ModelError> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    pub(crate) fn u16(&mut self) -> Result<u16, ModelError> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub(crate) fn u32(&mut self) -> Result<u32, ModelError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(crate) fn u64(&mut self) -> Result<u64, ModelError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    pub(crate) fn f32(&mut self) -> Result<f32, ModelError> {
        Ok(f32::from_le_bytes(self.array()?))
    }

    /// Reads a count of 32 bits that must lie within `bounds`.
    pub(crate) fn count(
        &mut self,
        what: &'static str,
        bounds: std::ops::RangeInclusive<u32>,
    ) -> Result<usize, ModelError> {
        let count = self.u32()?;
        if bounds.contains(&count) { Ok(count as usize) } else { Err(ModelError::Shape { what, found: count.into() }) }
    }

    pub(crate) fn u32s(&mut self, count: usize) -> Result<Vec<u32>, ModelError> {
        Ok(numbers(self.take(count.saturating_mul(4))?, u32::from_le_bytes))
    }

    pub(crate) fn f32s(&mut self, count: usize) -> Result<Vec<f32>, ModelError> {
        Ok(numbers(self.take(count.saturating_mul(4))?, f32::from_le_bytes))
    }
}

/// Reads numbers of four bytes each.
pub(crate) fn numbers<T>(bytes: &[u8], read: fn([u8; 4]) -> T) -> Vec<T> {
    bytes.as_chunks::<4>().0.iter().map(|chunk| read(*chunk)).collect()
}
