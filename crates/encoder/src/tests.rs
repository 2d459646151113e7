//! Tests over a model of a few kilobytes, which they build and compute anew with plain loops; and over the known model,
//! where `CEASEWIRE_ENCODER` names its file.

use crate::matrix::tests::pack;
use crate::tokenizer::Tokenizer;
use crate::{Encoder, ModelError, reader};

const WIDTH: usize = 64;
const INNER: usize = 96;
const HEADS: usize = 2;
const LAYERS: usize = 2;
const POSITIONS: usize = 12;
const EPSILON: f64 = 1e-6;

/// Pieces with their scores; the first four are the special ones.
const PIECES: &[(&str, f32)] = &[
    ("<s>", 0.0),
    ("<pad>", 0.0),
    ("</s>", 0.0),
    ("<unk>", 0.0),
    ("▁", -4.0),
    ("▁query", -3.0),
    (":", -2.0),
    ("▁cease", -6.0),
    ("fire", -5.0),
    ("▁ceasefire", -8.0),
    ("▁c", -5.5),
    ("ease", -5.5),
    ("п", -7.0),
    ("▁перемирие", -9.0),
    ("...", -6.5),
    (".", -3.5),
];

/// A tensor of the tiny model: its numbers, and its bytes.
struct TinyTensor {
    name: String,
    kind: u8,
    numbers: Vec<f64>,
    bytes: Vec<u8>,
}

/// Numbers that look random and are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }
}

/// The tensors in the order of a forward pass.
fn tiny_tensors() -> Vec<TinyTensor> {
    let mut numbers = Numbers(7);
    let mut tensors = Vec::new();
    let mut floats = |numbers: &mut Numbers, name: String, count: usize, about: f32| {
        let values: Vec<f32> = (0..count).map(|_| about + (numbers.next() % 200) as f32 / 400.0 - 0.25).collect();
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        tensors.push(TinyTensor { name, kind: 0, numbers: values.into_iter().map(f64::from).collect(), bytes });
    };
    let tensor_blocks = |numbers: &mut Numbers, name: String, count: usize| {
        let weights: Vec<i8> = (0..count).map(|_| (numbers.next() % 16) as i8 - 8).collect();
        // 0x2c00 is a sixteenth.
        let values = weights.iter().map(|weight| f64::from(*weight) / 16.0).collect();
        TinyTensor { name, kind: 1, numbers: values, bytes: pack(&weights, 0x2c00) }
    };
    let mut matrices = vec![tensor_blocks(&mut numbers, "emb.word".into(), PIECES.len() * WIDTH)];
    floats(&mut numbers, "emb.pos".into(), POSITIONS * WIDTH, 0.0);
    floats(&mut numbers, "emb.type".into(), 2 * WIDTH, 0.0);
    floats(&mut numbers, "emb.ln.w".into(), WIDTH, 1.0);
    floats(&mut numbers, "emb.ln.b".into(), WIDTH, 0.0);
    for layer in 0..LAYERS {
        for (name, inputs, outputs) in [
            ("q", WIDTH, WIDTH),
            ("k", WIDTH, WIDTH),
            ("v", WIDTH, WIDTH),
            ("ao", WIDTH, WIDTH),
            ("fi", WIDTH, INNER),
            ("fo", INNER, WIDTH),
        ] {
            matrices.push(tensor_blocks(&mut numbers, format!("l{layer}.{name}.w"), inputs * outputs));
            floats(&mut numbers, format!("l{layer}.{name}.b"), outputs, 0.0);
        }
        for name in ["aln", "oln"] {
            floats(&mut numbers, format!("l{layer}.{name}.w"), WIDTH, 1.0);
            floats(&mut numbers, format!("l{layer}.{name}.b"), WIDTH, 0.0);
        }
    }
    tensors.extend(matrices);
    tensors
}

fn tiny_tokenizer() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut put = |number: u32| bytes.extend(number.to_le_bytes());
    [PIECES.len() as u32, 0, 2, 1, 3].into_iter().for_each(&mut put);
    let blob: String = PIECES.iter().map(|(piece, _)| *piece).collect();
    put(blob.len() as u32);
    put(0);
    let mut end = 0;
    put(end);
    for (piece, _) in PIECES {
        end += piece.len() as u32;
        put(end);
    }
    PIECES.iter().for_each(|(_, score)| put(score.to_bits()));
    bytes.extend(blob.bytes());
    // A line break is a blank, an ellipsis three points, and a soft hyphen nothing.
    let mut table = Vec::new();
    for (char, replacements) in [('\n', " "), ('\u{ad}', ""), ('…', "...")] {
        table.extend(u32::from(char).to_le_bytes());
        table.push(replacements.chars().count() as u8);
        table.extend(replacements.chars().flat_map(|char| u32::from(char).to_le_bytes()));
    }
    bytes.extend(3_u32.to_le_bytes());
    bytes.extend((table.len() as u32).to_le_bytes());
    bytes.extend(table);
    bytes
}

/// The file of the tiny model.
fn tiny_file() -> Vec<u8> {
    let tensors = tiny_tensors();
    let mut file = b"E5S1".to_vec();
    let sizes = [1, WIDTH, LAYERS, HEADS, INNER, PIECES.len(), POSITIONS, 2];
    sizes.iter().for_each(|size| file.extend((*size as u32).to_le_bytes()));
    file.extend((EPSILON as f32).to_le_bytes());
    file.extend(32_u32.to_le_bytes());
    file.extend(tiny_tokenizer());
    file.extend((tensors.len() as u32).to_le_bytes());
    let directory: usize = tensors.iter().map(|tensor| 2 + tensor.name.len() + 1 + 4 + 8 + 8).sum();
    let mut at = (file.len() + directory) as u64;
    for tensor in &tensors {
        file.extend((tensor.name.len() as u16).to_le_bytes());
        file.extend(tensor.name.bytes());
        file.push(tensor.kind);
        file.extend((tensor.numbers.len() as u32).to_le_bytes());
        file.extend(at.to_le_bytes());
        file.extend((tensor.bytes.len() as u64).to_le_bytes());
        at += tensor.bytes.len() as u64;
    }
    tensors.iter().for_each(|tensor| file.extend(&tensor.bytes));
    file
}

/// Computes the vector of some pieces with plain loops of long floats.
fn plain_vector(pieces: &[usize]) -> Vec<f64> {
    let tensors = tiny_tensors();
    let find = |name: &str| &tensors.iter().find(|tensor| tensor.name == name).unwrap().numbers[..];
    let norm = |state: &mut Vec<f64>, name: &str| {
        let mean = state.iter().sum::<f64>() / WIDTH as f64;
        let variance = state.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / WIDTH as f64;
        let (weight, bias) = (find(&format!("{name}.w")), find(&format!("{name}.b")));
        for i in 0..WIDTH {
            state[i] = (state[i] - mean) / (variance + EPSILON).sqrt() * weight[i] + bias[i];
        }
    };
    let product = |state: &[f64], name: &str| -> Vec<f64> {
        let (weights, bias) = (find(&format!("{name}.w")), find(&format!("{name}.b")));
        let row = |output: usize| &weights[output * state.len()..][..state.len()];
        (0..bias.len())
            .map(|output| {
                bias[output] + row(output).iter().zip(state).map(|(weight, value)| weight * value).sum::<f64>()
            })
            .collect()
    };
    let mut states: Vec<Vec<f64>> = pieces
        .iter()
        .enumerate()
        .map(|(position, piece)| {
            let at = |name: &str, row: usize, i: usize| find(name)[row * WIDTH + i];
            let sum = |i| at("emb.word", *piece, i) + at("emb.pos", position, i) + at("emb.type", 0, i);
            let mut state = (0..WIDTH).map(sum).collect();
            norm(&mut state, "emb.ln");
            state
        })
        .collect();
    for layer in 0..LAYERS {
        let of = |name: &str| format!("l{layer}.{name}");
        let all = |name: &str| -> Vec<Vec<f64>> { states.iter().map(|state| product(state, &of(name))).collect() };
        let (queries, keys, values) = (all("q"), all("k"), all("v"));
        let head_width = WIDTH / HEADS;
        let mut mixed = vec![vec![0.0; WIDTH]; states.len()];
        for (query, mixed) in queries.iter().zip(&mut mixed) {
            for head in (0..WIDTH).step_by(head_width) {
                let likeness = |key: &Vec<f64>| (head..head + head_width).map(|i| query[i] * key[i]).sum::<f64>();
                let weights: Vec<f64> =
                    keys.iter().map(|key| (likeness(key) / (head_width as f64).sqrt()).exp()).collect();
                let total: f64 = weights.iter().sum();
                for (weight, value) in weights.iter().zip(&values) {
                    (head..head + head_width).for_each(|i| mixed[i] += weight / total * value[i]);
                }
            }
        }
        for (state, mixed) in states.iter_mut().zip(&mixed) {
            let output = product(mixed, &of("ao"));
            state.iter_mut().zip(output).for_each(|(value, output)| *value += output);
            norm(state, &of("aln"));
            let inner: Vec<f64> = product(state, &of("fi")).into_iter().map(plain_gelu).collect();
            let output = product(&inner, &of("fo"));
            state.iter_mut().zip(output).for_each(|(value, output)| *value += output);
            norm(state, &of("oln"));
        }
    }
    let sums: Vec<f64> = (0..WIDTH).map(|i| states.iter().map(|state| state[i]).sum()).collect();
    let length = sums.iter().map(|value| value * value).sum::<f64>().sqrt();
    sums.iter().map(|value| value / length).collect()
}

/// The unit with the error function by its series.
fn plain_gelu(x: f64) -> f64 {
    let z = x / 2.0_f64.sqrt();
    let (mut term, mut sum) = (z, z);
    for n in 1..200 {
        term *= -z * z / f64::from(n);
        sum += term / f64::from(2 * n + 1);
    }
    let erf = if z.abs() > 5.0 { z.signum() } else { sum * 2.0 / std::f64::consts::PI.sqrt() };
    x * (1.0 + erf) / 2.0
}

fn tokenize(text: &str) -> Vec<&'static str> {
    let bytes = tiny_tokenizer();
    let tokenizer = Tokenizer::read(&mut reader::Reader::new(&bytes), PIECES.len()).unwrap();
    tokenizer.tokenize(text, 100).into_iter().map(|id| PIECES[id as usize].0).collect()
}

#[test]
fn a_text_is_cut_into_its_most_probable_pieces() {
    let cases: &[(&str, &[&str])] = &[
        // One piece of -8 is more probable than two of -11 together.
        ("ceasefire", &["▁ceasefire"]),
        ("cease fire", &["▁cease", "▁", "fire"]),
        ("cease\n  fire", &["▁cease", "▁", "fire"]),
        (" cease", &["▁cease"]),
        ("перемирие", &["▁перемирие"]),
        // Characters without a piece are unknown one by one.
        ("пы", &["▁", "п", "<unk>"]),
        ("…", &["▁", "..."]),
        ("cea\u{ad}se", &["▁cease"]),
        // The name of a special piece in a text is no such piece, but for its characters.
        ("<s>", &["▁", "<s>"]),
        ("", &[]),
    ];
    for (text, pieces) in cases {
        assert_eq!(tokenize(text), *pieces, "{text:?}");
    }
}

#[test]
fn the_vector_is_that_of_plain_loops() {
    let encoder = Encoder::read(tiny_file()).unwrap();
    let ids = |text: &str| -> Vec<usize> {
        let pieces = tokenize(&format!("query: {text}"));
        let content = pieces.iter().map(|piece| PIECES.iter().position(|known| known.0 == *piece).unwrap());
        [0].into_iter().chain(content.take(POSITIONS - 2)).chain([2]).collect()
    };
    for text in ["ceasefire", "перемирие... fire", "", "fire fire fire fire fire fire fire fire"] {
        let (vector, plain) = (encoder.encode(text), plain_vector(&ids(text)));
        assert_eq!(vector.len(), WIDTH);
        for (value, exact) in vector.iter().zip(&plain) {
            assert!((f64::from(*value) - exact).abs() < 2e-5, "{text:?}: {value} instead of {exact}");
        }
    }
}

#[test]
fn no_bytes_as_a_model_file_panic() {
    let file = tiny_file();
    let encode = |bytes: Vec<u8>| {
        if let Ok(encoder) = Encoder::read(bytes) {
            let _ = encoder.encode("ceasefire … пы");
        }
    };
    for end in 0..file.len().min(1200) {
        assert!(Encoder::read(file[..end].to_vec()).is_err(), "a file of {end} bytes");
    }
    // Each byte of the header, the vocabulary and the directory, with several values; and many bytes at once.
    let mut numbers = Numbers(1);
    let described = file.windows(8).position(|window| window == b"emb.word").unwrap() + 200;
    for place in 0..described {
        for value in [0, 0xff, file[place] ^ 0x10] {
            let mut bytes = file.clone();
            bytes[place] = value;
            encode(bytes);
        }
    }
    for _ in 0..300 {
        let mut bytes = file.clone();
        for _ in 0..numbers.next() % 20 {
            let place = numbers.next() as usize % described;
            bytes[place] = numbers.next() as u8;
        }
        encode(bytes);
    }
}

#[test]
fn another_file_than_the_known_one_is_refused() {
    let error = crate::check_sum(&tiny_file()).unwrap_err();
    assert!(matches!(error, ModelError::Sum { .. }), "{error}");
    assert!(matches!(Encoder::read(b"PK\x03\x04".to_vec()), Err(ModelError::Magic)));
}

#[test]
fn the_known_model_brings_translations_together() {
    let Some(file) = std::env::var_os("CEASEWIRE_ENCODER") else { return };
    let encoder = Encoder::open(file.as_ref()).unwrap();
    let news = [
        [
            "Armenia and Azerbaijan agree on a ceasefire from midnight",
            "Армения и Азербайджан договорились о прекращении огня с полуночи",
            "Հայաստանն ու Ադրբեջանը պայմանավորվել են կեսգիշերից հրադադարի մասին",
            "Ermənistan və Azərbaycan gecə yarısından atəşkəs barədə razılığa gəlib",
        ],
        [
            "Shelling kills seven people in a market in the east of the country",
            "При обстреле рынка на востоке страны погибли семь человек",
            "Երկրի արևելքում շուկայի հրետակոծությունից զոհվել է յոթ մարդ",
            "Ölkənin şərqində bazarın atəşə tutulması nəticəsində yeddi nəfər həlak olub",
        ],
    ];
    let vectors = news.map(|event| event.map(|title| encoder.encode_article(title, "")));
    for language in 1..4 {
        for event in 0..2 {
            let same = vectors[event][0].cosine(&vectors[event][language]);
            let other = vectors[event][0].cosine(&vectors[1 - event][language]);
            assert!(same > other + 0.2, "event {event}, language {language}: {same} against {other}");
        }
    }
}
