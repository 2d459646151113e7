//! Compares names across scripts: "Klitschko" and "Кличко" share their consonants.
//!
//! The skeleton of a name lists the classes of its consonants. The classes survive the usual romanisations: ж, ш, ч, щ,
//! дж and their Latin spellings are one class, в and ф another (Ivanov, Ivanoff). Romanisations differ in their vowels,
//! so a skeleton omits vowels, except one at the beginning of a name.

/// Fewest consonants of a skeleton; shorter skeletons are equal by chance.
const FEWEST: usize = 3;

/// Computes the skeleton of a folded word in Latin or Cyrillic script; `None` for a word with too few consonants.
pub(super) fn skeleton(word: &str) -> Option<String> {
    let mut latin = String::with_capacity(word.len() + 4);
    for c in word.chars() {
        match c {
            'a'..='z' => latin.push(c),
            'а'..='я' | 'ё' | 'і' | 'ї' | 'є' | 'ґ' => latin.push_str(cyrillic(c)),
            'ə' => latin.push('a'),
            _ => return None,
        }
    }
    let skeleton = classes(latin.as_bytes());
    (skeleton.len() >= FEWEST).then_some(skeleton)
}

/// Romanises a Cyrillic letter in the English way.
fn cyrillic(c: char) -> &'static str {
    match c {
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' => "g",
        'д' => "d",
        'ж' => "zh",
        'з' => "z",
        'й' | 'ь' | 'ъ' => "",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "sh",
        'у' => "u",
        _ => "a",
    }
}

/// Classifies the consonants of a romanised word; of several spellings of a sound the longest counts.
fn classes(word: &[u8]) -> String {
    const SPELLINGS: &[(&[u8], &str)] = &[
        (b"shch", "X"),
        (b"tsch", "X"),
        (b"dzh", "X"),
        (b"sch", "X"),
        (b"tch", "X"),
        (b"ch", "X"),
        (b"cz", "X"),
        (b"sh", "X"),
        (b"zh", "X"),
        (b"dj", "X"),
        (b"kh", "H"),
        (b"gh", "K"),
        (b"ph", "F"),
        (b"th", "T"),
        (b"ts", "S"),
        (b"tz", "S"),
        (b"ck", "K"),
        (b"qu", "KF"),
        (b"ce", "S"),
        (b"ci", "S"),
        (b"cy", "S"),
    ];
    let mut classes = String::with_capacity(word.len());
    let mut at = 0;
    while at < word.len() {
        let spelling = SPELLINGS.iter().find(|(spelling, _)| word[at..].starts_with(spelling));
        let (length, class) = match spelling {
            Some((spelling, class)) => (spelling.len(), *class),
            None => (1, class(word, at)),
        };
        // A doubled consonant counts once.
        if class.len() != 1 || !classes.ends_with(class) {
            classes.push_str(class);
        }
        at += length;
    }
    classes
}

fn class(word: &[u8], at: usize) -> &'static str {
    match word[at] {
        b'b' => "B",
        b'd' => "D",
        b'f' | b'v' | b'w' => "F",
        b'g' | b'k' | b'q' | b'c' => "K",
        // An h between consonants and at the end is silent: "Fahd", "Allah".
        b'h' if word.get(at + 1).is_some_and(|next| b"aeiouy".contains(next)) => "H",
        b'j' => "X",
        b'l' => "L",
        b'm' => "M",
        b'n' => "N",
        b'p' => "P",
        b'r' => "R",
        b's' | b'z' => "S",
        b't' => "T",
        b'x' => "KS",
        // "Уильям" stands for "William".
        b'u' if word.get(at + 1).is_some_and(|next| b"aeio".contains(next)) && at == 0 => "F",
        b'a' | b'e' | b'i' | b'o' | b'u' if at == 0 => "A",
        _ => "",
    }
}
