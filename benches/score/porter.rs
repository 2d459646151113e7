//! Porter's stemmer (Program 14.3, 1980) with the departures of the one that ROUGE scores are usually counted with,
//! that of Python's nltk. Scores counted with another stemmer cannot be compared with published ones; the program's own
//! stemmers
//! are better and therefore no use here.

/// Words with stems of their own.
const IRREGULAR: &[(&str, &[&str])] = &[
    ("sky", &["sky", "skies"]),
    ("die", &["dying"]),
    ("lie", &["lying"]),
    ("tie", &["tying"]),
    ("news", &["news"]),
    ("inning", &["innings", "inning"]),
    ("outing", &["outings", "outing"]),
    ("canning", &["cannings", "canning"]),
    ("howe", &["howe"]),
    ("proceed", &["proceed"]),
    ("exceed", &["exceed"]),
    ("succeed", &["succeed"]),
];

const STEP_2: &[(&str, &str)] = &[
    ("ational", "ate"),
    ("tional", "tion"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("izer", "ize"),
    ("bli", "ble"),
    ("alli", "al"),
    ("entli", "ent"),
    ("eli", "e"),
    ("ousli", "ous"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("ator", "ate"),
    ("alism", "al"),
    ("iveness", "ive"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("aliti", "al"),
    ("iviti", "ive"),
    ("biliti", "ble"),
    ("fulli", "ful"),
];

const STEP_3: &[(&str, &str)] =
    &[("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", "")];

const STEP_4: &[&str] = &[
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate", "iti",
    "ous", "ive", "ize",
];

/// The stem of a word in lower case.
pub fn stem(word: &str) -> String {
    if let Some((stem, _)) = IRREGULAR.iter().find(|(_, forms)| forms.contains(&word)) {
        return (*stem).to_owned();
    }
    if word.len() <= 2 || !word.is_ascii() {
        return word.to_owned();
    }
    let word = step_2(step_1c(step_1b(step_1a(word.to_owned()))));
    let word = replace_first(word, STEP_3, |stem| measure(stem) > 0);
    step_5(step_4(word))
}

fn step_1a(word: String) -> String {
    if word.ends_with("ies") && word.len() == 4 {
        return word[..3].to_owned();
    }
    replace_first(word, &[("sses", "ss"), ("ies", "i"), ("ss", "ss"), ("s", "")], |_| true)
}

fn step_1b(word: String) -> String {
    if let Some(stem) = word.strip_suffix("ied") {
        return if word.len() == 4 { format!("{stem}ie") } else { format!("{stem}i") };
    }
    if let Some(stem) = word.strip_suffix("eed") {
        return if measure(stem) > 0 { format!("{stem}ee") } else { word };
    }
    let cut = ["ed", "ing"].iter().filter_map(|ending| word.strip_suffix(ending)).find(|stem| has_vowel(stem));
    let Some(stem) = cut else { return word };
    for (ending, whole) in [("at", "ate"), ("bl", "ble"), ("iz", "ize")] {
        if let Some(rest) = stem.strip_suffix(ending) {
            return format!("{rest}{whole}");
        }
    }
    if doubled(stem) {
        let single = !stem.ends_with(['l', 's', 'z']);
        return if single { stem[..stem.len() - 1].to_owned() } else { stem.to_owned() };
    }
    if measure(stem) == 1 && short_end(stem) { format!("{stem}e") } else { stem.to_owned() }
}

fn step_1c(word: String) -> String {
    match word.strip_suffix('y') {
        Some(stem) if stem.len() > 1 && consonants(stem).last() == Some(&true) => format!("{stem}i"),
        _ => word,
    }
}

fn step_2(word: String) -> String {
    if let Some(stem) = word.strip_suffix("alli").filter(|stem| measure(stem) > 0) {
        return step_2(format!("{stem}al"));
    }
    if !STEP_2.iter().any(|(ending, _)| word.ends_with(ending))
        && let Some(stem) = word.strip_suffix("logi")
    {
        return if measure(&word[..word.len() - 3]) > 0 { format!("{stem}log") } else { word };
    }
    replace_first(word, STEP_2, |stem| measure(stem) > 0)
}

fn step_4(word: String) -> String {
    let Some(ending) = STEP_4.iter().find(|ending| word.ends_with(**ending)) else { return word };
    let stem = &word[..word.len() - ending.len()];
    let holds = measure(stem) > 1 && (*ending != "ion" || stem.ends_with(['s', 't']));
    if holds { stem.to_owned() } else { word }
}

fn step_5(word: String) -> String {
    let word = match word.strip_suffix('e') {
        Some(stem) if measure(stem) > 1 || measure(stem) == 1 && !short_end(stem) => stem.to_owned(),
        _ => word,
    };
    match word.strip_suffix('l') {
        Some(stem) if stem.ends_with('l') && measure(stem) > 1 => stem.to_owned(),
        _ => word,
    }
}

/// Replaces the first ending that fits, if what stands before it is acceptable.
fn replace_first(word: String, endings: &[(&str, &str)], accept: impl Fn(&str) -> bool) -> String {
    match endings.iter().find_map(|(ending, instead)| Some((word.strip_suffix(ending)?, instead))) {
        Some((stem, instead)) if accept(stem) => format!("{stem}{instead}"),
        _ => word,
    }
}

/// Which letters are consonants; y is one at the beginning and after a vowel.
fn consonants(word: &str) -> Vec<bool> {
    let mut flags: Vec<bool> = Vec::with_capacity(word.len());
    for letter in word.bytes() {
        flags.push(match letter {
            b'a' | b'e' | b'i' | b'o' | b'u' => false,
            b'y' => flags.last().is_none_or(|before| !before),
            _ => true,
        });
    }
    flags
}

/// How often a consonant follows a vowel.
fn measure(stem: &str) -> usize {
    consonants(stem).windows(2).filter(|pair| !pair[0] && pair[1]).count()
}

fn has_vowel(stem: &str) -> bool {
    consonants(stem).contains(&false)
}

fn doubled(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.len() >= 2 && bytes[bytes.len() - 1] == bytes[bytes.len() - 2] && consonants(word).last() == Some(&true)
}

/// Consonant, vowel, consonant other than w, x and y; of two letters vowel and consonant.
fn short_end(word: &str) -> bool {
    match consonants(word).as_slice() {
        [false, true] => true,
        [.., true, false, true] => !word.ends_with(['w', 'x', 'y']),
        _ => false,
    }
}
