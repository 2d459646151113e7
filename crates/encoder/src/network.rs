//! The network: a BERT encoder. Layers of attention and a feed-forward part turn the embeddings of the pieces into
//! states; the mean of the states is the text's vector.
//!
//! Devlin et al., "BERT" (2019), with normalisation after each part; Wang et al., "Multilingual E5 Text Embeddings" (2024).

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use crate::ModelError;
use crate::math::{gelu, softmax, sum, sum_of};
use crate::matrix::{BLOCK, BLOCK_BYTES, Matrix, add_row};
use crate::tensors::Tensors;
use crate::tokenizer::PieceId;

/// The sizes of a network.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NetworkShape {
    pub(crate) width: usize,
    pub(crate) layers: usize,
    pub(crate) heads: usize,
    /// Width within the feed-forward part.
    pub(crate) inner: usize,
    /// Rows of the embedding.
    pub(crate) rows: usize,
    /// The most pieces of a text.
    pub(crate) positions: usize,
    /// Kinds of text, of which the encoder uses the first.
    pub(crate) kinds: usize,
    /// Keeps the normalisation from dividing by zero.
    pub(crate) epsilon: f32,
}

/// A network with its weights.
#[derive(Debug)]
pub(crate) struct Network {
    arch: Arch,
    shape: NetworkShape,
    /// The rows of the embedding as the file has them.
    words: Vec<u8>,
    /// The embeddings of positions, with that of the first kind of text added.
    positions: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
}

#[derive(Debug)]
struct Layer {
    query: Matrix,
    key: Matrix,
    value: Matrix,
    output: Matrix,
    attention_norm: Norm,
    grow: Matrix,
    shrink: Matrix,
    norm: Norm,
}

/// The weights of a normalisation.
#[derive(Debug)]
struct Norm {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl Network {
    /// Takes the weights from a file.
    pub(crate) fn new(mut file: Vec<u8>, shape: NetworkShape, tensors: &Tensors) -> Result<Self, ModelError> {
        let NetworkShape { width, layers, inner, rows, positions, kinds, .. } = shape;
        let floats = |name: &str, count| tensors.floats(&file, name, count);
        let norm = |name: String| {
            let part = |part| floats(&format!("{name}.{part}"), width);
            Ok(Norm { weight: part("w")?, bias: part("b")? })
        };
        let matrix = |name: String, inputs: usize, outputs: usize| {
            let bias = floats(&format!("{name}.b"), outputs)?;
            let name = format!("{name}.w");
            let rows = &file[tensors.blocks(&name, inputs * outputs)?];
            Matrix::new(rows, inputs, bias).ok_or(ModelError::Tensor(name))
        };
        let read_layer = |number: usize| {
            let square = |name| matrix(format!("l{number}.{name}"), width, width);
            Ok(Layer {
                query: square("q")?,
                key: square("k")?,
                value: square("v")?,
                output: square("ao")?,
                attention_norm: norm(format!("l{number}.aln"))?,
                grow: matrix(format!("l{number}.fi"), width, inner)?,
                shrink: matrix(format!("l{number}.fo"), inner, width)?,
                norm: norm(format!("l{number}.oln"))?,
            })
        };
        let layers = (0..layers).map(read_layer).collect::<Result<_, ModelError>>()?;
        let kind = floats("emb.type", kinds * width)?;
        let mut positions = floats("emb.pos", positions * width)?;
        positions.chunks_exact_mut(width).for_each(|position| add(position, &kind));
        let embedding_norm = norm("emb.ln".into())?;
        let words = tensors.blocks("emb.word", rows * width)?;
        // The embedding is most of the file; the rest is copied by now.
        file.truncate(words.end);
        file.drain(..words.start);
        file.shrink_to_fit();
        Ok(Self { arch: Arch::new(), shape, words: file, positions, norm: embedding_norm, layers })
    }

    /// Computes the mean of the states of a text's pieces; no numbers for a text without pieces. Pieces beyond the last
    /// position do not count.
    pub(crate) fn mean_state(&self, pieces: &[PieceId]) -> Vec<f32> {
        let NetworkShape { width, heads, epsilon, positions, .. } = self.shape;
        let tokens = pieces.len().min(positions);
        if tokens == 0 {
            return Vec::new();
        }
        let mut states = self.positions[..tokens * width].to_vec();
        let row_bytes = width / BLOCK * BLOCK_BYTES;
        for (state, &piece) in states.chunks_exact_mut(width).zip(pieces) {
            // The tokenizer's pieces have rows.
            let start = piece as usize * row_bytes;
            add_row(self.words.get(start..start + row_bytes).unwrap_or_default(), state);
        }
        let normalise = |states: &mut [f32], norm| self.arch.dispatch(Normalise { states, norm, epsilon });
        normalise(&mut states, &self.norm);
        let [mut query, mut key, mut value, mut mixed, mut inner, mut panel] = [const { Vec::new() }; 6];
        for layer in &self.layers {
            layer.query.multiply(self.arch, &states, &mut query, &mut panel);
            layer.key.multiply(self.arch, &states, &mut key, &mut panel);
            layer.value.multiply(self.arch, &states, &mut value, &mut panel);
            mixed.clear();
            mixed.resize(tokens * width, 0.0);
            let (query, key, value) = (&query, &key, &value);
            self.arch.dispatch(TokenAttention { query, key, value, mixed: &mut mixed, width, heads });
            layer.output.multiply(self.arch, &mixed, &mut inner, &mut panel);
            add(&mut states, &inner);
            normalise(&mut states, &layer.attention_norm);
            layer.grow.multiply(self.arch, &states, &mut inner, &mut panel);
            self.arch.dispatch(Gelu(&mut inner));
            layer.shrink.multiply(self.arch, &inner, &mut mixed, &mut panel);
            add(&mut states, &mixed);
            normalise(&mut states, &layer.norm);
        }
        let mut mean = vec![0.0; width];
        states.chunks_exact(width).for_each(|state| add(&mut mean, state));
        mean.iter_mut().for_each(|value| *value /= tokens as f32);
        mean
    }

    /// The bytes on the heap.
    pub(crate) fn memory_bytes(&self) -> usize {
        let matrices = self.layers.iter().flat_map(|layer| {
            let Layer { query, key, value, output, grow, shrink, .. } = layer;
            [query, key, value, output, grow, shrink]
        });
        let matrices: usize = matrices.map(Matrix::memory_bytes).sum();
        self.words.capacity() + size_of_val(&*self.positions) + matrices
    }
}

fn add(sums: &mut [f32], values: &[f32]) {
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}

/// Brings each state to mean 0 and variance 1, then to the weights of the normalisation.
struct Normalise<'a> {
    states: &'a mut [f32],
    norm: &'a Norm,
    epsilon: f32,
}

impl WithSimd for Normalise<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Norm { weight, bias } = self.norm;
        let width = weight.len();
        for state in self.states.chunks_exact_mut(width) {
            let mean = sum(state) / width as f32;
            state.iter_mut().for_each(|value| *value -= mean);
            let variance = sum_of(state, state, |one, two| one * two) / width as f32;
            let scale = 1.0 / (variance + self.epsilon).sqrt();
            for ((value, weight), bias) in state.iter_mut().zip(weight).zip(bias) {
                *value = *value * scale * weight + bias;
            }
        }
    }
}

/// Mixes the values of all tokens for each token, by the likeness of its query to their keys, head by head.
struct TokenAttention<'a> {
    query: &'a [f32],
    key: &'a [f32],
    value: &'a [f32],
    mixed: &'a mut [f32],
    width: usize,
    heads: usize,
}

impl WithSimd for TokenAttention<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { query, key, value, mixed, width, heads } = self;
        let head_width = width / heads;
        let scale = 1.0 / (head_width as f32).sqrt();
        let tokens = query.len() / width;
        let mut shares = vec![0.0; tokens];
        for head in 0..heads {
            let head: Range<usize> = head * head_width..(head + 1) * head_width;
            for (query, mixed) in query.chunks_exact(width).zip(mixed.chunks_exact_mut(width)) {
                let query = &query[head.clone()];
                for (share, key) in shares.iter_mut().zip(key.chunks_exact(width)) {
                    *share = sum_of(query, &key[head.clone()], |query, key| query * key) * scale;
                }
                softmax(&mut shares);
                let mixed = &mut mixed[head.clone()];
                for (&share, value) in shares.iter().zip(value.chunks_exact(width)) {
                    mixed.iter_mut().zip(&value[head.clone()]).for_each(|(mixed, value)| *mixed += share * value);
                }
            }
        }
    }
}

struct Gelu<'a>(&'a mut [f32]);

impl WithSimd for Gelu<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.0.iter_mut().for_each(|value| *value = gelu(*value));
    }
}
