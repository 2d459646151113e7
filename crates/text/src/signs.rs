//! Signs as keyboards, phones and web pages write them: the one place that knows which characters mean the same sign.
//!
//! Tokenising, the rule language and the commands of a chat read text through it. The classes follow the Unicode
//! Character Database where it has one (`Dash`, `Default_Ignorable_Code_Point`, the general categories of brackets and
//! digits), so that a sign of a script that nobody here types is read too.

use icu_properties::props::{Dash, DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};
use unicode_normalization::char::is_combining_mark;

/// Whether a character leaves no mark of its own: joiners, marks of direction, variation selectors, byte order marks.
pub fn is_invisible(c: char) -> bool {
    !c.is_ascii() && CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        // The tags of interlinear notes, and a braille cell without dots.
        || matches!(c, '\u{FFF9}'..='\u{FFFB}' | '\u{2800}')
}

/// Whether a character joins or parts the letters around it, as Persian and the scripts of India write it.
pub fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

/// Whether a character belongs to words: a letter, a digit, a mark on one, or a joiner between two.
pub fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || !c.is_ascii() && (is_combining_mark(c) || is_joiner(c))
}

/// Whether a letter stands for an apostrophe, as keyboards of Ukrainian, Uzbek and Hawaiian type it.
pub fn is_apostrophe_letter(c: char) -> bool {
    matches!(
        c,
        '\u{2B9}'..='\u{2BF}' | '\u{2C8}' | '\u{2CA}' | '\u{2CB}' | '\u{2EE}' | '\u{A78B}' | '\u{A78C}' | '\u{FF9E}'
    )
}

/// The ASCII digit of a decimal digit of any script.
pub fn digit(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(c).filter(char::is_ascii_digit);
    }
    if !c.is_numeric() {
        return None;
    }
    let is_decimal = |c: char| CodePointMapData::<GeneralCategory>::new().get(c) == GeneralCategory::DecimalNumber;
    if !is_decimal(c) {
        return None;
    }
    // Unicode encodes decimal digits in runs from 0 to 9; runs of mathematical digits follow each other.
    let before = (1..u32::from(c)).take_while(|back| char::from_u32(u32::from(c) - back).is_some_and(is_decimal));
    char::from_digit(before.count() as u32 % 10, 10)
}

/// The ASCII sign, digit or letter that a character is another form of; the character itself if it is none.
///
/// Quotes stay: [`quote`] tells their kinds apart.
pub fn plain(c: char) -> char {
    match c {
        '[' | '{' | '<' => '(',
        ']' | '}' | '>' => ')',
        ';' => ',',
        _ if c.is_ascii() => c,
        // The commas and semicolons of the scripts; in a list both part its members.
        '՝' | '،' | '؛' | '߸' | '፣' | '፤' | '᠂' | '᠈' | '⁏' | '⸲' | '⸴' | '⸵' | '⹁' | '⹉' | '⹌' | '、' | '꓾' | '꘍'
        | '꛵' | '꛶' | '︐' | '︑' | '︔' | '﹐' | '﹑' | '﹔' | '，' | '；' | '､' | '\u{37E}' | '\u{1DA87}' => {
            ','
        }
        '¦' | '∣' | '│' | '┃' | '❘' | '❙' | '⏐' | '｜' | '￨' | '⎟' => '|',
        '∗' | '⁎' | '✱' | '✳' | '＊' | '﹡' | '٭' => '*',
        '：' | '﹕' | '꞉' | '︓' | '∶' => ':',
        '＝' | '﹦' | '꞊' => '=',
        '／' | '⁄' | '∕' => '/',
        '！' | '﹗' | '︕' | '‼' | '❗' | '❕' => '!',
        '？' | '﹖' | '؟' | '︖' | '❓' | '❔' => '?',
        '˗' => '-',
        '¬' | '￢' => '¬',
        '≈' | '～' | '˜' | '∼' => '~',
        '٪' | '﹪' | '％' => '%',
        '…' | '‥' | '。' | '։' | '۔' | '।' | '｡' => '.',
        '№' => '#',
        '\u{FF01}'..='\u{FF5E}' => {
            // The full-width forms repeat ASCII in its order.
            let c = char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c);
            plain(c)
        }
        _ if CodePointSetData::new::<Dash>().contains(c) => '-',
        _ => bracket(c).map(Bracket::plain).or_else(|| digit(c)).unwrap_or(c),
    }
}

/// A text with all signs in their plain form, and without invisible characters but joiners.
pub fn plain_text(text: &str) -> String {
    text.chars().filter(|&c| is_joiner(c) || !is_invisible(c)).map(plain).collect()
}

/// A bracket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bracket {
    /// It opens a group.
    Open,
    /// It closes a group.
    Close,
}

impl Bracket {
    fn plain(self) -> char {
        match self {
            Self::Open => '(',
            Self::Close => ')',
        }
    }
}

/// The kind of a bracket of any form. A quote is none, though Unicode counts some as brackets.
pub fn bracket(c: char) -> Option<Bracket> {
    match c {
        '(' | '[' | '{' | '<' | '＜' | '﹤' => return Some(Bracket::Open),
        ')' | ']' | '}' | '>' | '＞' | '﹥' => return Some(Bracket::Close),
        _ if c.is_ascii() || c.is_alphanumeric() || quote(c).is_some() => return None,
        _ => {}
    }
    match CodePointMapData::<GeneralCategory>::new().get(c) {
        GeneralCategory::OpenPunctuation => Some(Bracket::Open),
        GeneralCategory::ClosePunctuation => Some(Bracket::Close),
        _ => None,
    }
}

/// The family of a quote: the quotes that people mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    /// `"` and its curly, low and slanted forms.
    Double,
    /// `«` and `»`, in either order, and `‹` and `›`.
    Angular,
    /// The corner brackets of East Asia.
    Corner,
    /// `'` and its forms, which apostrophes share.
    Single,
}

impl Quote {
    /// Whether the quote is one wherever it stands; a single quote may be an apostrophe.
    pub fn is_certain(self) -> bool {
        self != Self::Single
    }
}

/// The family of a quote.
pub fn quote(c: char) -> Option<Quote> {
    match c {
        '"' | '“' | '”' | '„' | '‟' | '″' | '‶' | '＂' | '〝' | '〞' | '〟' | '❝' | '❞' | '❠' | '⹂' | '🙶' | '🙷'
        | '🙸' | '״' => Some(Quote::Double),
        '«' | '»' | '‹' | '›' | '⸂' | '⸃' | '❮' | '❯' => Some(Quote::Angular),
        '「' | '」' | '『' | '』' | '｢' | '｣' | '﹁' | '﹂' | '﹃' | '﹄' | '《' | '》' => {
            Some(Quote::Corner)
        }
        '\'' | '‘' | '’' | '‚' | '‛' | '′' | '‵' | '＇' | '`' | '´' | '❛' | '❜' | '❟' | '｀' => {
            Some(Quote::Single)
        }
        _ => None,
    }
}

/// The bytes of the number with thousands separators that a text begins with: `10,000`, `1 250 000`, `10.000`.
///
/// A number without a separator is none: a word by itself.
pub fn grouped_number(text: &str) -> Option<usize> {
    let digits_at = |at: usize| {
        let mut end = at;
        let mut count = 0;
        for c in text[at..].chars() {
            if digit(c).is_none() {
                break;
            }
            end += c.len_utf8();
            count += 1;
            if count > 3 {
                break;
            }
        }
        (count, end)
    };
    let (count, mut end) = digits_at(0);
    if !(1..=3).contains(&count) || text.starts_with('0') {
        return None;
    }
    let mut groups = 0;
    let mut separator = None;
    while let Some(c) = text[end..].chars().next() {
        let separates =
            matches!(c, ',' | '.' | ' ' | '\'' | '’' | '\u{A0}' | '\u{202F}' | '\u{2009}' | '٬' | '，' | '．');
        if !separates || separator.is_some_and(|before| before != c) {
            break;
        }
        let (count, after) = digits_at(end + c.len_utf8());
        let goes_on = text[after..].chars().next().is_some_and(|next| next.is_alphanumeric());
        if count != 3 || goes_on {
            break;
        }
        separator = Some(c);
        (groups, end) = (groups + 1, after);
    }
    (groups > 0).then_some(end)
}

/// The bytes of the abbreviation of single letters with points that a text begins with, without the last point: `U.N`.
pub fn initials(text: &str) -> Option<usize> {
    let mut chars = text.char_indices().peekable();
    let (mut letters, mut end) = (0, 0);
    while let Some(&(at, c)) = chars.peek() {
        if !c.is_alphabetic() || is_apostrophe_letter(c) {
            break;
        }
        chars.next();
        letters += 1;
        end = at + c.len_utf8();
        match chars.peek() {
            Some(&(_, '.')) => drop(chars.next()),
            // A longer word follows: its first letter is none of the abbreviation.
            Some(&(_, next)) if next.is_alphanumeric() => return None,
            _ => break,
        }
    }
    (letters >= 2).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::Regex;

    fn every_character() -> impl Iterator<Item = char> {
        (0..=0x10_FFFF).filter_map(char::from_u32)
    }

    #[test]
    fn every_dash_comma_bracket_and_digit_has_a_plain_form() {
        let dash = Regex::new(r"^[\p{Dash}\x{2d7}]$").unwrap();
        let digits = Regex::new(r"^\p{Nd}$").unwrap();
        let (open, close) = (Regex::new(r"^\p{Ps}$").unwrap(), Regex::new(r"^\p{Pe}$").unwrap());
        let mut one = String::new();
        for c in every_character() {
            one.clear();
            one.push(c);
            if dash.is_match(&one) && c != '∼' && c != '～' {
                assert_eq!(plain(c), '-', "{c:?}");
            }
            // The other table may be of an older version of Unicode.
            assert!(digit(c).is_some() || !digits.is_match(&one), "{c:?}");
            assert!(digit(c).is_none() || !c.is_alphabetic(), "{c:?}");
            if quote(c).is_none() {
                if open.is_match(&one) {
                    assert_eq!(plain(c), '(', "{c:?}");
                }
                if close.is_match(&one) {
                    assert_eq!(plain(c), ')', "{c:?}");
                }
            }
        }
    }

    #[test]
    fn the_signs_of_many_keyboards_are_plain_signs() {
        for (signs, expected) in [
            ("-‐‑‒–—―−﹣－⁻˗", '-'),
            (",;،؛，；、､՝፣", ','),
            ("|｜¦│", '|'),
            ("([{<（［｛【〔〈", '('),
            (")]}>）］｝】〕〉", ')'),
            ("*＊∗٭", '*'),
            (":：﹕", ':'),
            ("=＝", '='),
            ("/／", '/'),
            ("!！", '!'),
            ("5٥۵५５𝟓", '5'),
        ] {
            for c in signs.chars() {
                assert_eq!(plain(c), expected, "{c}");
            }
        }
        assert_eq!(plain_text("\u{200E}／ｈｅｌｐ\u{FEFF}　۱۲"), "/help　12");
    }

    #[test]
    fn numbers_with_separators_are_one_number() {
        for (text, expected) in [
            ("10,000 refugees", Some("10,000")),
            ("1 250 000", Some("1 250 000")),
            ("10\u{202F}000", Some("10\u{202F}000")),
            ("10.000", Some("10.000")),
            ("10'000", Some("10'000")),
            ("۱۰٬۰۰۰", Some("۱۰٬۰۰۰")),
            ("1,234.56", Some("1,234")),
            ("1,234,5", Some("1,234")),
            ("10", None),
            ("10, 000", None),
            ("10,00", None),
            ("10,0000", None),
            ("2020,100", None),
            ("0,100", None),
            ("10,000th", None),
            ("", None),
        ] {
            assert_eq!(grouped_number(text).map(|end| &text[..end]), expected, "{text}");
        }
    }

    #[test]
    fn single_letters_with_points_are_an_abbreviation() {
        for (text, expected) in [
            ("U.N. chief", Some("U.N")),
            ("U.S", Some("U.S")),
            ("С.Ш.А.", Some("С.Ш.А")),
            ("a.m.", Some("a.m")),
            ("A. Smith", None),
            ("t.me/news", None),
            ("osce.org", None),
            ("U", None),
            ("", None),
        ] {
            assert_eq!(initials(text).map(|end| &text[..end]), expected, "{text}");
        }
    }
}
