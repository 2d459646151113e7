//! Numbers in a text, in digits and in words, as values that are the same in every language.

/// A number that begins with a word, and how many words it takes. `joined` says whether a word follows the one before it
/// with nothing but this one character between them.
pub(super) fn parse<'a>(
    words: impl Fn(usize) -> Option<&'a str>,
    joined: impl Fn(usize) -> Option<char>,
    at: usize,
) -> Option<(f64, usize)> {
    let first = words(at)?;
    let (mut value, mut count) = match digits(first) {
        Some((value, plain)) if plain => {
            let (mut value, mut count) = (value, 1);
            // "1,200", "1 200" and "5.6".
            while let (Some(sign), Some(next)) = (joined(at + count), words(at + count)) {
                if !next.bytes().all(|byte| byte.is_ascii_digit()) {
                    break;
                }
                let Some((part, _)) = digits(next) else { break };
                if next.len() == 3 && matches!(sign, ',' | ' ' | '\u{A0}' | '\u{202F}') && value >= 1.0 {
                    value = value * 1000.0 + part;
                    count += 1;
                } else if count == 1 && matches!(sign, '.' | ',') && next.len() <= 2 {
                    value += part / 10_f64.powi(next.len() as i32);
                    count += 1;
                    break;
                } else {
                    break;
                }
            }
            (value, count)
        }
        Some((value, _)) => (value, 1),
        None => (spelt(first)?, 1),
    };
    if let Some(factor) = words(at + count).and_then(factor) {
        value *= factor;
        count += 1;
    }
    Some((value, count))
}

/// Whether a number can begin with the word.
pub(super) fn may_begin(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) || spelt(word).is_some()
}

/// The value of leading digits, and whether nothing follows them; "22nd" and "90s" are 22 and 90, "f16" is none.
fn digits(word: &str) -> Option<(f64, bool)> {
    let end = word.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(word.len());
    // More digits are an identifier or a telephone number.
    if end == 0 || end > 12 {
        return None;
    }
    let rest = &word[end..];
    let scale = match rest {
        "bn" => 1e9,
        "m" | "mn" => 1e6,
        "k" => 1e3,
        _ => 1.0,
    };
    let value: f64 = word[..end].parse().ok()?;
    (rest.chars().count() <= 3).then_some((value * scale, rest.is_empty()))
}

fn factor(word: &str) -> Option<f64> {
    Some(match word {
        "hundred" => 100.0,
        "thousand" | "тысяч" | "тысячи" | "тысяча" | "тыс" => 1e3,
        "million" | "mn" | "mln" | "миллион" | "миллиона" | "миллионов" | "млн" => 1e6,
        "billion" | "bn" | "mlrd" | "миллиард" | "миллиарда" | "миллиардов" | "млрд" => {
            1e9
        }
        _ => return None,
    })
}

/// Numbers in words. "One" is left out: it is a pronoun more often than a count.
fn spelt(word: &str) -> Option<f64> {
    Some(match word {
        "two" | "два" | "две" | "двое" | "двух" | "двумя" => 2.0,
        "three" | "три" | "трое" | "трех" | "трёх" | "тремя" | "third" => 3.0,
        "four" | "четыре" | "четверо" | "четырех" | "четырёх" | "fourth" => 4.0,
        "five" | "пять" | "пятеро" | "пяти" | "fifth" => 5.0,
        "six" | "шесть" | "шестеро" | "шести" | "sixth" => 6.0,
        "seven" | "семь" | "семеро" | "семи" | "seventh" => 7.0,
        "eight" | "восемь" | "восьми" | "eighth" => 8.0,
        "nine" | "девять" | "девяти" | "ninth" => 9.0,
        "ten" | "десять" | "десяти" | "tenth" => 10.0,
        "eleven" | "одиннадцать" | "eleventh" => 11.0,
        "twelve" | "двенадцать" | "twelfth" => 12.0,
        "thirteen" | "тринадцать" => 13.0,
        "fourteen" | "четырнадцать" => 14.0,
        "fifteen" | "пятнадцать" => 15.0,
        "sixteen" | "шестнадцать" => 16.0,
        "seventeen" | "семнадцать" => 17.0,
        "eighteen" | "восемнадцать" => 18.0,
        "nineteen" | "девятнадцать" => 19.0,
        "twenty" | "двадцать" => 20.0,
        "thirty" | "тридцать" => 30.0,
        "forty" | "сорок" => 40.0,
        "fifty" | "пятьдесят" => 50.0,
        "sixty" | "шестьдесят" => 60.0,
        "seventy" | "семьдесят" => 70.0,
        "eighty" | "восемьдесят" => 80.0,
        "ninety" | "девяносто" => 90.0,
        _ => return None,
    })
}
