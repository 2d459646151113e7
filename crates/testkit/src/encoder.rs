//! Owns the check of the encoder's fuzz target, and the tiny model of the check: two kilobytes, without layers.

use std::sync::OnceLock;

use ceasewire_encoder::Encoder;

const WIDTH: usize = 32;
/// The most pieces of a text, with the two at its ends.
const POSITIONS: usize = 12;
/// Pieces of the vocabulary with their scores. The first four are the special ones; then come pieces that overlap.
const PIECES: [(&str, f32); 14] = [
    ("<s>", 0.0),
    ("<pad>", 0.0),
    ("</s>", 0.0),
    ("<unk>", 0.0),
    ("▁", -4.0),
    ("▁query", -3.0),
    (":", -2.0),
    ("a", -5.0),
    ("aa", -9.0),
    ("aaaaaaaaaaaaaaaa", -60.0),
    ("▁truce", -6.0),
    ("uce", -5.5),
    ("п", -7.0),
    ("▁перемирие", -9.0),
];
/// Characters that the vocabulary replaces, with their replacements.
const NORMALISED: [(char, &str); 4] = [('\n', " "), ('\u{AD}', ""), ('…', "..."), ('\u{FDFA}', "صلى الله عليه وسلم")];

/// Checks bytes as a text or a model file: a byte that chooses, and the rest.
///
/// # Panics
/// When a text has more pieces than the model reads, a vector has another length than its model's, the vector of a
/// usable model is no direction, or a text has two vectors.
pub fn check(bytes: &[u8]) {
    let Some((&choice, rest)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    if choice % 2 == 0 {
        let vector = encoded(tiny_encoder(), &text);
        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
        assert!((length - 1.0).abs() < 1e-3, "{length} is the length of the vector of {text:?}");
        assert!(tiny_encoder().count_pieces(&text) <= POSITIONS, "{text:?}");
    } else if let Ok(encoder) = Encoder::read(rest.to_vec()) {
        for text in ["", "A truce near Shusha", "Перемирие…", &text] {
            encoded(&encoder, text);
        }
    }
}

/// Encodes a text twice, alone and as an article.
fn encoded(encoder: &Encoder, text: &str) -> Vec<f32> {
    let (vector, again) = (encoder.encode(text), encoder.encode(text));
    let bits = |vector: &[f32]| vector.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&vector), bits(&again), "twice the same: {text:?}");
    let (title, body) = text.split_once('\n').unwrap_or((text, ""));
    drop(encoder.encode_article(title, body));
    vector
}

/// The encoder of the tiny model.
pub fn tiny_encoder() -> &'static Encoder {
    static ENCODER: OnceLock<Encoder> = OnceLock::new();
    ENCODER.get_or_init(|| Encoder::read(tiny_model()).expect("the tiny model is a model"))
}

/// The file of the tiny model.
pub fn tiny_model() -> Vec<u8> {
    let mut file = b"E5S1".to_vec();
    // Version, width, layers, heads, inner width, words, positions, kinds of text.
    put(&mut file, [1, WIDTH, 0, 1, WIDTH, PIECES.len(), POSITIONS, 1]);
    file.extend(1e-6_f32.to_le_bytes());
    put(&mut file, [32]);
    put_tokenizer(&mut file);
    let floats = |count: usize, seed: usize| -> Vec<u8> {
        let values = (0..count).map(|number| ((number * 7 + seed) % 13) as f32 / 8.0 - 0.75);
        values.flat_map(f32::to_le_bytes).collect()
    };
    // A block is its scale, 0x2c00 for a sixteenth, and 32 weights of four bits.
    let block = |number: usize| {
        let weights = (0..16).map(move |byte| (number * 37 + byte * 11) as u8);
        0x2c00_u16.to_le_bytes().into_iter().chain(weights)
    };
    let words: Vec<u8> = (0..PIECES.len()).flat_map(block).collect();
    let tensors = [
        ("emb.word", 1, PIECES.len() * WIDTH, words),
        ("emb.pos", 0, POSITIONS * WIDTH, floats(POSITIONS * WIDTH, 1)),
        ("emb.type", 0, WIDTH, floats(WIDTH, 2)),
        ("emb.ln.w", 0, WIDTH, floats(WIDTH, 3)),
        ("emb.ln.b", 0, WIDTH, floats(WIDTH, 4)),
    ];
    put(&mut file, [tensors.len()]);
    let directory: usize = tensors.iter().map(|(name, ..)| 2 + name.len() + 1 + 4 + 8 + 8).sum();
    let mut at = file.len() + directory;
    for (name, kind, count, bytes) in &tensors {
        file.extend((name.len() as u16).to_le_bytes());
        file.extend(name.bytes());
        file.push(*kind);
        put(&mut file, [*count]);
        file.extend((at as u64).to_le_bytes());
        file.extend((bytes.len() as u64).to_le_bytes());
        at += bytes.len();
    }
    tensors.iter().for_each(|(.., bytes)| file.extend(bytes));
    file
}

fn put_tokenizer(file: &mut Vec<u8>) {
    // The pieces for the beginning, the end, padding and unknown characters.
    put(file, [PIECES.len(), 0, 2, 1, 3]);
    let pieces: String = PIECES.iter().map(|(piece, _)| *piece).collect();
    file.extend((pieces.len() as u64).to_le_bytes());
    let ends = PIECES.iter().scan(0, |end, (piece, _)| {
        *end += piece.len();
        Some(*end)
    });
    put(file, [0].into_iter().chain(ends));
    PIECES.iter().for_each(|(_, score)| file.extend(score.to_le_bytes()));
    file.extend(pieces.bytes());
    let mut table = Vec::new();
    for (char, replacement) in NORMALISED {
        put(&mut table, [u32::from(char) as usize]);
        table.push(replacement.chars().count() as u8);
        put(&mut table, replacement.chars().map(|char| u32::from(char) as usize));
    }
    put(file, [NORMALISED.len(), table.len()]);
    file.extend(table);
}

/// Appends numbers of 32 bits.
fn put(bytes: &mut Vec<u8>, numbers: impl IntoIterator<Item = usize>) {
    numbers.into_iter().for_each(|number| bytes.extend((number as u32).to_le_bytes()));
}
