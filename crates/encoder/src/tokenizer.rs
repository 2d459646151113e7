//! The tokenizer: cuts a text into the pieces of the model's vocabulary.
//!
//! The vocabulary is a unigram model: each piece has a log-probability, and of all ways to cut a text the most probable
//! one counts. Viterbi's algorithm finds it. Before, the characters are normalised by the table of the file, and a blank
//! becomes the letter `▁`, which also stands before the first word.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

use crate::ModelError;
use crate::reader::Reader;

/// Stands for a blank in the pieces.
const BLANK: char = '\u{2581}';
/// How much less probable an unknown character is than the least probable piece, as a logarithm.
const UNKNOWN_PENALTY: f32 = 10.0;
/// Bounds of a vocabulary.
const MOST_PIECES: u32 = 1 << 20;
const MOST_NORMALISED: u32 = 1 << 17;

/// The number of a piece.
pub(crate) type PieceId = u32;

/// The vocabulary with its normalisation.
#[derive(Debug)]
pub(crate) struct Tokenizer {
    /// Ends of the pieces in `blob`, after a leading 0.
    offsets: Vec<u32>,
    scores: Vec<f32>,
    blob: Vec<u8>,
    table: HashTable<PieceId>,
    hasher: DefaultHashBuilder,
    longest_piece: usize,
    unknown_score: f32,
    /// Characters with their replacements, as a place in `replacements` and a length; ascending.
    normalised: Vec<(char, u32, u8)>,
    replacements: Vec<char>,
    pub(crate) begin: PieceId,
    pub(crate) end: PieceId,
    unknown: PieceId,
}

/// The best way to cut the text up to a character.
#[derive(Clone, Copy)]
struct Cut {
    score: f32,
    piece: PieceId,
    /// The character at which the last piece begins.
    from: usize,
}

impl Tokenizer {
    /// Reads the vocabulary from the model file. All pieces have a row among the `rows` of the embedding.
    pub(crate) fn read(reader: &mut Reader<'_>, rows: usize) -> Result<Self, ModelError> {
        let count = reader.count("number of pieces", 1..=MOST_PIECES)?;
        if count > rows {
            return Err(ModelError::Shape { what: "number of pieces", found: count as u64 });
        }
        let mut special = |what| reader.count(what, 0..=count as u32 - 1).map(|id| id as PieceId);
        let begin = special("piece for the beginning")?;
        let end = special("piece for the end")?;
        special("piece for padding")?;
        let unknown = special("piece for unknown characters")?;
        let blob_bytes = reader.u64()?;
        let offsets = reader.u32s(count + 1)?;
        let scores = reader.f32s(count)?;
        if let Some(score) = scores.iter().find(|score| !score.is_finite()) {
            return Err(ModelError::Shape { what: "score of a piece", found: score.to_bits().into() });
        }
        let blob_size = usize::try_from(blob_bytes).unwrap_or(usize::MAX);
        let blob = reader.take(blob_size)?.to_vec();
        let ascends = offsets.is_sorted() && offsets.last().is_some_and(|&end| end as usize <= blob.len());
        if !ascends {
            return Err(ModelError::Shape { what: "table of pieces", found: blob_bytes });
        }
        let least = scores.iter().copied().fold(f32::INFINITY, f32::min);
        let longest_piece = offsets.windows(2).map(|pair| (pair[1] - pair[0]) as usize).max().unwrap_or_default();
        let (normalised, replacements) = read_normalisation(reader)?;
        let mut tokenizer = Self {
            offsets,
            scores,
            blob,
            table: HashTable::with_capacity(count),
            hasher: DefaultHashBuilder::default(),
            longest_piece,
            unknown_score: least - UNKNOWN_PENALTY,
            normalised,
            replacements,
            begin,
            end,
            unknown,
        };
        let mut table = std::mem::take(&mut tokenizer.table);
        // Of equal pieces the first one counts.
        for id in 0..count as PieceId {
            let piece = tokenizer.piece(id);
            let hash = tokenizer.hasher.hash_one(piece);
            if !piece.is_empty() && table.find(hash, |&known| tokenizer.piece(known) == piece).is_none() {
                table.insert_unique(hash, id, |&known| tokenizer.hasher.hash_one(tokenizer.piece(known)));
            }
        }
        tokenizer.table = table;
        Ok(tokenizer)
    }

    /// Cuts a text into at most `most` pieces: the first ones of its most probable cut.
    pub(crate) fn tokenize(&self, text: &str, most: usize) -> Vec<PieceId> {
        let text = self.normalise(text);
        let ends: Vec<usize> = text.char_indices().map(|(start, char)| start + char.len_utf8()).collect();
        let start_of = |char: usize| if char == 0 { 0 } else { ends[char - 1] };
        let none = Cut { score: f32::NEG_INFINITY, piece: self.unknown, from: 0 };
        let mut cuts = vec![none; ends.len() + 1];
        cuts[0].score = 0.0;
        for from in 0..ends.len() {
            let (score, start) = (cuts[from].score, start_of(from));
            for (to, &end) in (from + 1..).zip(&ends[from..]) {
                if end - start > self.longest_piece {
                    break;
                }
                let Some(piece) = self.find(&text.as_bytes()[start..end]) else { continue };
                let score = score + self.scores[piece as usize];
                if score > cuts[to].score {
                    cuts[to] = Cut { score, piece, from };
                }
            }
            let score = score + self.unknown_score;
            if score > cuts[from + 1].score {
                cuts[from + 1] = Cut { score, piece: self.unknown, from };
            }
        }
        let mut pieces = Vec::new();
        let mut at = ends.len();
        while at > 0 {
            pieces.push(cuts[at].piece);
            // Each cut begins before its end, also where scores overflow.
            at = cuts[at].from.min(at - 1);
        }
        pieces.reverse();
        pieces.truncate(most);
        pieces
    }

    /// Replaces characters by the table, joins blanks, and marks them.
    fn normalise(&self, text: &str) -> String {
        let mut normal = String::with_capacity(text.len() + BLANK.len_utf8());
        let mut last = None;
        let mut push = |char: char| {
            let char = if char == ' ' { BLANK } else { char };
            if last.is_none() && char != BLANK {
                normal.push(BLANK);
            }
            if !(char == BLANK && last == Some(BLANK)) {
                normal.push(char);
            }
            last = Some(char);
        };
        for char in text.chars() {
            match self.normalised.binary_search_by_key(&char, |entry| entry.0) {
                Ok(place) => {
                    let (_, start, count) = self.normalised[place];
                    self.replacements[start as usize..][..count.into()].iter().for_each(|&char| push(char));
                }
                Err(_) => push(char),
            }
        }
        normal
    }

    fn find(&self, piece: &[u8]) -> Option<PieceId> {
        let found = self.table.find(self.hasher.hash_one(piece), |&id| self.piece(id) == piece);
        found.copied().filter(|&id| id != self.unknown)
    }

    /// The bytes on the heap.
    pub(crate) fn memory_bytes(&self) -> usize {
        let table = self.table.capacity() * size_of::<PieceId>();
        let numbers = size_of_val(&*self.offsets) + size_of_val(&*self.scores);
        self.blob.len() + table + numbers + size_of_val(&*self.normalised) + size_of_val(&*self.replacements)
    }

    fn piece(&self, id: PieceId) -> &[u8] {
        let id = id as usize;
        &self.blob[self.offsets[id] as usize..self.offsets[id + 1] as usize]
    }
}

/// Reads the table of characters and their replacements. Numbers that are no characters are left out: no text has them.
type Normalisation = (Vec<(char, u32, u8)>, Vec<char>);

fn read_normalisation(reader: &mut Reader<'_>) -> Result<Normalisation, ModelError> {
    let count = reader.count("number of normalised characters", 0..=MOST_NORMALISED)?;
    let size = reader.u32()? as usize;
    let mut table = Reader::new(reader.take(size)?);
    let (mut normalised, mut replacements) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let (char, most) = (table.u32()?, table.u8()?);
        let start = replacements.len();
        replacements.extend(table.u32s(most.into())?.into_iter().filter_map(char::from_u32));
        if let Some(char) = char::from_u32(char) {
            // At most `most` were added, a byte's worth each.
            normalised.push((char, start as u32, (replacements.len() - start) as u8));
        }
    }
    normalised.sort_by_key(|entry| entry.0);
    Ok((normalised, replacements))
}
