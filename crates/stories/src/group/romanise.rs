//! Names across scripts: "Klitschko" and "Кличко" have the same consonants.
//!
//! A name's skeleton is its consonants in classes that survive the usual romanisations: ж, ш, ч, щ, дж and the many ways
//! in which Latin languages write them are one class, в and ф another (Ivanov, Ivanoff). Vowels differ between
//! romanisations and are dropped; that a name begins with one is kept.

/// Consonants that a skeleton must have to tell names apart; shorter ones meet by chance.
const FEWEST: usize = 3;

/// The consonants of a folded word in Latin or Cyrillic script, if there are enough of them.
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

/// A Cyrillic letter as English readers write it.
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

/// The classes of a romanised word's consonants; the longest spelling of a sound counts.
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
        // A doubled consonant is one.
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
        // Between consonants and at the end it is silent: "Fahd", "Allah".
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
        // "Уильям" is William.
        b'u' if word.get(at + 1).is_some_and(|next| b"aeio".contains(next)) && at == 0 => "F",
        b'a' | b'e' | b'i' | b'o' | b'u' if at == 0 => "A",
        _ => "",
    }
}
