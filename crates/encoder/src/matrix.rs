//! Matrices of 4-bit weights, and their product with the states of tokens.
//!
//! In the file a row of weights is a run of blocks: 32 weights of four bits with one scale. For the product they are
//! ordered such that the machine's vectors run over the outputs: [`OUTPUTS`] rows are a panel, in which the weights of one
//! input stand side by side. A product unpacks one panel at a time into floats, which all tokens share.

use pulp::{Arch, Simd, WithSimd};

/// Weights that share a scale.
pub(crate) const BLOCK: usize = 32;
/// The bytes of a block in the file: the scale as a float of 16 bits, and two weights a byte.
pub(crate) const BLOCK_BYTES: usize = 2 + BLOCK / 2;
/// Rows of a panel, which each machine's vectors divide.
const OUTPUTS: usize = 32;
/// Bytes of a panel's weights of one input.
const PACKED: usize = OUTPUTS / 2;
/// Tokens that are multiplied at once: their sums and the weights fill the 16 registers of AVX2.
const TOKENS: usize = 6;
/// Vectors of outputs that are multiplied at once.
const VECTORS: usize = 2;

/// A matrix with a bias.
#[derive(Debug)]
pub(crate) struct Matrix {
    inputs: usize,
    outputs: usize,
    /// Panel by panel, input by input, the weights of the panel's rows: two a byte, the low halves for the first rows.
    weights: Vec<u8>,
    /// Panel by panel, block by block, the scales of the panel's rows.
    scales: Vec<f32>,
    bias: Vec<f32>,
}

impl Matrix {
    /// Reorders the rows of a file: `bias.len()` rows of `inputs` weights, in whole blocks. `None` if the rows have
    /// another size.
    pub(crate) fn new(rows: &[u8], inputs: usize, bias: Vec<f32>) -> Option<Self> {
        let outputs = bias.len();
        let blocks = inputs / BLOCK;
        let is_whole = inputs > 0 && inputs.is_multiple_of(BLOCK) && rows.len() == outputs * blocks * BLOCK_BYTES;
        if !is_whole {
            return None;
        }
        let panels = outputs.div_ceil(OUTPUTS);
        let mut weights = vec![0; panels * PACKED * inputs];
        let mut scales = vec![0.0; panels * OUTPUTS * blocks];
        for (output, row) in rows.chunks_exact(blocks * BLOCK_BYTES).enumerate() {
            let (panel, lane) = (output / OUTPUTS, output % OUTPUTS);
            for (number, block) in row.as_chunks::<BLOCK_BYTES>().0.iter().enumerate() {
                scales[(panel * blocks + number) * OUTPUTS + lane] = scale(block);
                for (input, weight) in (number * BLOCK..).zip(unpack(block)) {
                    let shift = lane / PACKED * 4;
                    weights[(panel * inputs + input) * PACKED + lane % PACKED] |= weight << shift;
                }
            }
        }
        Some(Self { inputs, outputs, weights, scales, bias })
    }

    /// Multiplies the matrix with the states of tokens, `inputs` numbers each, and adds the bias.
    pub(crate) fn multiply(&self, arch: Arch, states: &[f32], products: &mut Vec<f32>, panel: &mut Vec<f32>) {
        let tokens = states.len() / self.inputs;
        products.clear();
        products.resize(tokens * self.outputs, 0.0);
        panel.resize(self.inputs * OUTPUTS, 0.0);
        arch.dispatch(Product { matrix: self, states, products, panel });
    }

    /// The bytes on the heap.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.weights.len() + size_of_val(&*self.scales) + size_of_val(&*self.bias)
    }
}

/// Reads the scale of a block.
fn scale(block: &[u8; BLOCK_BYTES]) -> f32 {
    half(u16::from_le_bytes([block[0], block[1]]))
}

/// Unpacks the bits of a block's weights. The low halves of the bytes are the first half of the block.
fn unpack(block: &[u8; BLOCK_BYTES]) -> impl Iterator<Item = u8> {
    let packed = &block[2..];
    packed.iter().map(|byte| byte & 0x0f).chain(packed.iter().map(|byte| byte >> 4))
}

/// The weight of four bits.
#[inline(always)]
fn weight(bits: u8) -> f32 {
    f32::from(bits.cast_signed() - 8)
}

/// Adds a row of a file to numbers.
pub(crate) fn add_row(row: &[u8], sums: &mut [f32]) {
    for (block, sums) in row.as_chunks::<BLOCK_BYTES>().0.iter().zip(sums.chunks_mut(BLOCK)) {
        let scale = scale(block);
        sums.iter_mut().zip(unpack(block)).for_each(|(sum, bits)| *sum += weight(bits) * scale);
    }
}

/// Reads a float of 16 bits (IEEE 754 binary16).
fn half(bits: u16) -> f32 {
    let (exponent, fraction) = (u32::from(bits >> 10 & 0x1f), u32::from(bits & 0x3ff));
    let magnitude = match exponent {
        // Subnormal: a multiple of 2^-24.
        0 => fraction as f32 * f32::from_bits((127 - 24) << 23),
        0x1f => f32::from_bits(0x7f80_0000 | fraction << 13),
        _ => f32::from_bits((exponent + 127 - 15) << 23 | fraction << 13),
    };
    if bits >> 15 == 1 { -magnitude } else { magnitude }
}

/// A product, for the vector instructions of the machine.
struct Product<'a> {
    matrix: &'a Matrix,
    states: &'a [f32],
    products: &'a mut [f32],
    panel: &'a mut [f32],
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { matrix, states, products, panel } = self;
        let Matrix { inputs, outputs, weights, scales, bias } = matrix;
        let panels = weights.chunks_exact(inputs * PACKED).zip(scales.chunks_exact(inputs / BLOCK * OUTPUTS));
        for ((number, (weights, scales)), bias) in panels.enumerate().zip(bias.chunks(OUTPUTS)) {
            unpack_panel(weights, scales, panel);
            let mut first = 0;
            let tokens = states.len() / inputs;
            while first < tokens {
                let count = TOKENS.min(tokens - first);
                let states = &states[first * inputs..(first + count) * inputs];
                let products = &mut products[first * outputs + number * OUTPUTS..];
                match count {
                    TOKENS => multiply::<S, TOKENS>(simd, panel, *inputs, states, bias, products, *outputs),
                    5 => multiply::<S, 5>(simd, panel, *inputs, states, bias, products, *outputs),
                    4 => multiply::<S, 4>(simd, panel, *inputs, states, bias, products, *outputs),
                    3 => multiply::<S, 3>(simd, panel, *inputs, states, bias, products, *outputs),
                    2 => multiply::<S, 2>(simd, panel, *inputs, states, bias, products, *outputs),
                    _ => multiply::<S, 1>(simd, panel, *inputs, states, bias, products, *outputs),
                }
                first += count;
            }
        }
    }
}

/// Unpacks the weights of a panel into floats.
#[inline(always)]
fn unpack_panel(weights: &[u8], scales: &[f32], panel: &mut [f32]) {
    let blocks = weights.chunks_exact(BLOCK * PACKED).zip(panel.chunks_exact_mut(BLOCK * OUTPUTS));
    for ((weights, floats), scales) in blocks.zip(scales.as_chunks::<OUTPUTS>().0) {
        let (low_scales, high_scales) = scales.split_at(PACKED);
        let inputs = weights.as_chunks::<PACKED>().0.iter().zip(floats.as_chunks_mut::<OUTPUTS>().0);
        for (weights, floats) in inputs {
            let (low, high) = floats.split_at_mut(PACKED);
            for ((float, bits), scale) in low.iter_mut().zip(weights).zip(low_scales) {
                *float = weight(bits & 0x0f) * scale;
            }
            for ((float, bits), scale) in high.iter_mut().zip(weights).zip(high_scales) {
                *float = weight(bits >> 4) * scale;
            }
        }
    }
}

/// Multiplies a panel with the states of `N` tokens.
#[inline(always)]
fn multiply<S: Simd, const N: usize>(
    simd: S,
    panel: &[f32],
    inputs: usize,
    states: &[f32],
    bias: &[f32],
    products: &mut [f32],
    outputs: usize,
) {
    let rows: [&[f32]; N] = std::array::from_fn(|token| &states[token * inputs..][..inputs]);
    let width = S::F32_LANES * VECTORS;
    for first in (0..OUTPUTS).step_by(width) {
        let mut sums = [[simd.splat_f32s(0.0); VECTORS]; N];
        for (input, weights) in panel.chunks_exact(OUTPUTS).enumerate().take(inputs) {
            let (weights, _) = S::as_simd_f32s(&weights[first..(first + width).min(OUTPUTS)]);
            for (row, sums) in rows.iter().zip(&mut sums) {
                let state = simd.splat_f32s(row[input]);
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum = simd.mul_add_e_f32s(state, *weight, *sum);
                }
            }
        }
        for (token, sums) in sums.iter().enumerate() {
            let mut written = [0.0; OUTPUTS];
            let (lanes, _) = S::as_mut_simd_f32s(&mut written);
            lanes.iter_mut().zip(sums).for_each(|(lane, sum)| *lane = *sum);
            let Some(bias) = bias.get(first..) else { continue };
            let products = &mut products[token * outputs + first..];
            for ((product, sum), bias) in products.iter_mut().zip(&written[..width.min(OUTPUTS)]).zip(bias) {
                *product = sum + bias;
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Packs weights of four bits as a file has them, with scales that 16 bits hold.
    pub(crate) fn pack(weights: &[i8], scale_bits: u16) -> Vec<u8> {
        let mut bytes = Vec::new();
        for block in weights.chunks_exact(BLOCK) {
            bytes.extend(scale_bits.to_le_bytes());
            let (low, high) = block.split_at(BLOCK / 2);
            bytes.extend(low.iter().zip(high).map(|(low, high)| (low + 8) as u8 | ((high + 8) as u8) << 4));
        }
        bytes
    }

    #[test]
    fn floats_of_16_bits_have_their_values() {
        let cases = [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_95),
            (0x7bff, 65504.0),
            (0x0001, 5.960_464_5e-8),
            (0x03ff, 6.097_555e-5),
            (0x0400, 6.103_515_6e-5),
        ];
        for (bits, value) in cases {
            assert_eq!(half(bits), value, "{bits:#x}");
        }
        assert_eq!(half(0x7c00), f32::INFINITY);
        assert!(half(0x7e00).is_nan());
    }

    #[test]
    fn products_are_those_of_plain_loops() {
        // Outputs that fill no panel, and every number of tokens that a loop treats in its own way.
        for (inputs, outputs) in [(32, 1), (64, 33), (96, 64), (32, 50)] {
            let weights: Vec<i8> = (0..inputs * outputs).map(|i| ((i * 7 + i / 13) % 16) as i8 - 8).collect();
            let bias: Vec<f32> = (0..outputs).map(|i| i as f32 * 0.25).collect();
            // 0x3400 is a quarter.
            let matrix = Matrix::new(&pack(&weights, 0x3400), inputs, bias.clone()).unwrap();
            for tokens in 0..14 {
                let states: Vec<f32> = (0..tokens * inputs).map(|i| ((i * 31) % 17) as f32 - 8.0).collect();
                let (mut products, mut panel) = (vec![7.0; 3], Vec::new());
                matrix.multiply(Arch::new(), &states, &mut products, &mut panel);
                let plain: Vec<f32> = (0..tokens * outputs)
                    .map(|place| {
                        let (token, output) = (place / outputs, place % outputs);
                        let products = (0..inputs).map(|input| {
                            f32::from(weights[output * inputs + input]) * 0.25 * states[token * inputs + input]
                        });
                        bias[output] + products.sum::<f32>()
                    })
                    .collect();
                // All numbers are multiples of a quarter, so no order of summing rounds.
                assert_eq!(products, plain, "{inputs} inputs, {outputs} outputs, {tokens} tokens");
            }
        }
    }

    #[test]
    fn rows_of_another_size_are_no_matrix() {
        assert!(Matrix::new(&[0; 18], 32, vec![0.0]).is_some());
        for (bytes, inputs, outputs) in [(17, 32, 1), (36, 32, 1), (18, 33, 1), (0, 0, 1), (18, 32, 2)] {
            assert!(Matrix::new(&vec![0; bytes], inputs, vec![0.0; outputs]).is_none(), "{bytes} {inputs} {outputs}");
        }
    }
}
