//! Splits texts into sentences, in the punctuation and quote marks of the article languages.
//!
//! A quotation of several sentences stays in one piece with the words around it: half of it would lack a quote mark,
//! the sign that another person speaks. A quotation without an end in its line, or with a distant end, is split, and
//! its sentences are marked so that summaries leave them out.

mod abbreviations;

use std::ops::Range;

use crate::analysis::fold;
use crate::stem::is_stop_word;
use abbreviations::{FullStop, full_stop_after, is_ordinal};

/// The most characters of an unsplit quotation, some six long sentences: a later mark closes another quotation.
const MAX_QUOTATION_CHARS: usize = 700;

/// A sentence of a text, trimmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sentence<'a> {
    pub text: &'a str,
    /// It neither splits a quotation nor lies within a split one.
    pub whole: bool,
    /// It ends with a punctuation mark; headings, captions and bylines do not.
    pub ended: bool,
}

/// Splits a text into sentences, trimmed. A line break always ends a sentence.
pub fn sentences(text: &str) -> Vec<&str> {
    cut(text).map(|sentence| sentence.text).collect()
}

/// Splits a text into sentences and marks split quotations.
pub fn cut(text: &str) -> impl Iterator<Item = Sentence<'_>> {
    text.lines().flat_map(cut_line)
}

fn cut_line(line: &str) -> Vec<Sentence<'_>> {
    let (closed, broken): (Vec<_>, Vec<_>) = quotations(line).into_iter().partition(|quotation| quotation.closed);
    let low_marks = line.contains('„');
    let dots_end = !line.contains('։') && !has_colon_stop(line);
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut push = |range: Range<usize>, ended: bool| {
        let text = line[range.clone()].trim();
        // Broken quotations are sorted and disjoint: only the first one that ends after the sentence's beginning
        // counts.
        let next = broken.partition_point(|quotation| quotation.range.end <= range.start);
        let whole = broken.get(next).is_none_or(|quotation| quotation.range.start >= range.end);
        if !text.is_empty() {
            sentences.push(Sentence { text, whole, ended });
        }
    };
    let mut chars = line.char_indices().peekable();
    let mut within = closed.iter().map(|quotation| &quotation.range).peekable();
    while let Some((at, c)) = chars.next() {
        if !matches!(c, '.' | '!' | '?' | '…' | '։' | '؟' | '۔' | ':') {
            continue;
        }
        // Closing quotes, closing brackets and further marks belong to the sentence.
        let mut end = at + c.len_utf8();
        let mut mark = c;
        while let Some(&(next_at, next)) = chars.peek() {
            let closing =
                matches!(next, '.' | '!' | '?' | '…' | '։' | '؟' | '”' | '“' | '’' | '»' | ')' | ']' | '\'' | '"');
            if !closing || next == '“' && !low_marks {
                break;
            }
            if mark == '.' && is_mark(next) {
                // An abbreviation has one full stop, not two in a row.
                mark = if next == '.' { '…' } else { next };
            }
            end = next_at + next.len_utf8();
            chars.next();
        }
        while within.next_if(|range| range.end <= at).is_some() {}
        if within.peek().is_some_and(|range| range.start < at && end < range.end) {
            continue;
        }
        if ends_sentence(&line[start..at], mark, &line[end..], dots_end) {
            push(start..end, true);
            start = end;
        }
    }
    push(start..line.len(), false);
    sentences
}

fn is_mark(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '։' | '؟')
}

fn is_armenian(c: char) -> bool {
    matches!(c, '\u{531}'..='\u{587}')
}

/// Whether colons end sentences, as in Armenian texts from keyboards without ։.
fn has_colon_stop(line: &str) -> bool {
    line.match_indices(':').any(|(at, _)| is_colon_stop(&line[..at], &line[at + 1..]))
}

fn is_colon_stop(before: &str, after: &str) -> bool {
    let before = before.trim_end_matches(['»', '”', ')', '.']);
    before.chars().next_back().is_some_and(is_armenian)
        && (after.trim().is_empty()
            || after.starts_with(char::is_whitespace)
                && after.trim_start().chars().next().is_some_and(|c| is_armenian(c) && c.is_uppercase() || c == '«'))
}

fn ends_sentence(before: &str, mark: char, after: &str, dots_end: bool) -> bool {
    if mark == ':' {
        return is_colon_stop(before, after);
    }
    let Some(first) = after.chars().next() else { return true };
    if !first.is_whitespace() {
        return false;
    }
    // "– said the minister" continues the sentence.
    let following = after.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '—' | '–' | '-'));
    let Some(next) = following.trim_start_matches(['"', '“', '„', '«', '(', '[', '‘', '\'']).chars().next()
    else {
        return true;
    };
    // Georgian has one case, which Unicode calls lower case.
    if next.is_lowercase() && !matches!(next, '\u{10D0}'..='\u{10FF}') {
        return false;
    }
    if mark != '.' {
        return true;
    }
    // The Armenian dot is a lighter stop in texts with the Armenian full stop.
    if !dots_end && before.chars().next_back().is_some_and(is_armenian) {
        return false;
    }
    let word = before
        .rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '"' | '“' | '„' | '«' | '-' | '–' | '—'))
        .next()
        .unwrap_or_default();
    // The number of a point in a list.
    if before.trim().chars().all(|c| c.is_ascii_digit()) && before.trim().len() < 3 {
        return false;
    }
    let after: &str = following.split(|c: char| !c.is_alphanumeric() && c != '.').next().unwrap_or_default();
    let before_word = before[..before.len() - word.len()].split_whitespace().next_back().unwrap_or_default();
    if is_ordinal(before_word, word, after) {
        return false;
    }
    match full_stop_after(word) {
        FullStop::SentenceEnd => true,
        FullStop::BeforeName => false,
        FullStop::BeforeNumber => !next.is_numeric(),
        // "U.S." and "2020 г." may also end the sentence. The next word decides: a name continues it, "The" and "Он"
        // begin another.
        FullStop::Anywhere => !after.ends_with('.') && is_stop_word(&fold(after)),
    }
}

/// The text between two quote marks.
struct Quotation {
    range: Range<usize>,
    closed: bool,
}

/// The outermost quotations of a line.
fn quotations(line: &str) -> Vec<Quotation> {
    let mut found = Vec::new();
    let mut open: Option<(usize, char, usize)> = None;
    let mut last_closed = None;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        let end = at + c.len_utf8();
        let next = line[end..].chars().next().unwrap_or(' ');
        let opens = match c {
            '«' | '„' => true,
            '“' => !matches!(open, Some((_, '„', _))),
            // A straight mark opens after a blank and closes before one; an inch mark does neither.
            '"' => {
                !before.is_alphanumeric()
                    && before != '"'
                    && (next.is_alphanumeric() || matches!(next, '.' | '…' | '¿'))
                    && !matches!(before, '.' | ',' | '!' | '?' | '…' | '։')
            }
            _ => false,
        };
        match (&mut open, opens) {
            (None, true) => open = Some((at, c, 1)),
            // Quotations in guillemets contain names in guillemets.
            (Some((_, '«', depth)), true) if c == '«' => *depth += 1,
            (Some((start, mark, _)), true) if *mark == c => {
                found.push(Quotation { range: *start..at, closed: false });
                open = Some((at, c, 1));
            }
            (Some((start, mark, depth)), false) => {
                let closes = matches!((*mark, c), ('«', '»') | ('“', '”') | ('„', '“' | '”' | '"') | ('"', '"'));
                if closes {
                    *depth -= 1;
                    last_closed = Some(end);
                    if *depth == 0 {
                        found.push(Quotation { range: *start..end, closed: true });
                        (open, last_closed) = (None, None);
                    }
                }
            }
            _ => {}
        }
        before = c;
    }
    if let Some((start, ..)) = open {
        // Two quotations that end together often share one closing mark.
        let end = last_closed.filter(|&end| end > start);
        found.push(Quotation { range: start..end.unwrap_or(line.len()), closed: end.is_some() });
    }
    for quotation in &mut found {
        let text = &line[quotation.range.clone()];
        quotation.closed &= text.len() <= MAX_QUOTATION_CHARS || text.chars().count() <= MAX_QUOTATION_CHARS;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_they_end() {
        for (text, expected) in [
            // English
            ("One. Two! Three?", vec!["One.", "Two!", "Three?"]),
            ("Gen. Smith spoke. He left.", vec!["Gen. Smith spoke.", "He left."]),
            (
                "The U.S. State Department agreed. So did J. Doe.",
                vec!["The U.S. State Department agreed.", "So did J. Doe."],
            ),
            ("It began in the U.S. The rest followed.", vec!["It began in the U.S.", "The rest followed."]),
            ("Some 3.5 km. away from it.", vec!["Some 3.5 km. away from it."]),
            (
                "Talks begin at 8 a.m. Yerevan time. They end on Oct. 23.",
                vec!["Talks begin at 8 a.m. Yerevan time.", "They end on Oct. 23."],
            ),
            ("Did he agree? No. He left.", vec!["Did he agree?", "No.", "He left."]),
            ("Order No. 5 stands. The rest fell.", vec!["Order No. 5 stands.", "The rest fell."]),
            (
                "Raytheon Inc. and others gained... Shares rose.",
                vec!["Raytheon Inc. and others gained...", "Shares rose."],
            ),
            ("1. The truce begins. 2. Bodies are exchanged.", vec!["1. The truce begins.", "2. Bodies are exchanged."]),
            ("The war lasted until 2020. The truce held.", vec!["The war lasted until 2020.", "The truce held."]),
            // Quotations
            ("“It holds.” Fire ceased.", vec!["“It holds.”", "Fire ceased."]),
            (
                "He called it \"final.\" The other side did not.",
                vec!["He called it \"final.\"", "The other side did not."],
            ),
            (
                "\"We agreed. We signed. It holds,\" he said. Nobody asked.",
                vec!["\"We agreed. We signed. It holds,\" he said.", "Nobody asked."],
            ),
            ("“Will it hold? Yes!” he said. It did.", vec!["“Will it hold? Yes!” he said.", "It did."]),
            ("(It held. For a day.) Then it broke.", vec!["(It held.", "For a day.)", "Then it broke."]),
            // Russian
            ("В 2020 г. Баку заявил. Ереван ответил.", vec!["В 2020 г. Баку заявил.", "Ереван ответил."]),
            (
                "Премьер Н. Пашинян и А. А. Иванов вышли. Их ждали.",
                vec!["Премьер Н. Пашинян и А. А. Иванов вышли.", "Их ждали."],
            ),
            ("Это было в 1994 г. Он уехал.", vec!["Это было в 1994 г.", "Он уехал."]),
            (
                "Ущерб – 3,5 млн. руб. Погибли 43 чел. В городе тихо.",
                vec!["Ущерб – 3,5 млн. руб. Погибли 43 чел.", "В городе тихо."],
            ),
            ("Взрыв на ул. Вазгена Саргсяна. Жертв нет.", vec!["Взрыв на ул. Вазгена Саргсяна.", "Жертв нет."]),
            ("«Это не так!» — сказал он. Все молчали.", vec!["«Это не так!» — сказал он.", "Все молчали."]),
            (
                "«Огня нет. Мы ждём», – сообщили в ведомстве. Город цел.",
                vec!["«Огня нет. Мы ждём», – сообщили в ведомстве.", "Город цел."],
            ),
            ("Ракеты, танки и т.д. Всё сгорело.", vec!["Ракеты, танки и т.д.", "Всё сгорело."]),
            // French
            (
                "M. Macron a appelé M. Aliyev. « Il faut parler. Vite », a-t-il dit. Bakou écoute.",
                vec!["M. Macron a appelé M. Aliyev.", "« Il faut parler. Vite », a-t-il dit.", "Bakou écoute."],
            ),
            // Turkish and Azerbaijani
            (
                "Prof. Dr. Ali Kaya konuştu. Org. Akar dinledi.",
                vec!["Prof. Dr. Ali Kaya konuştu.", "Org. Akar dinledi."],
            ),
            ("Şuşa, Laçın və s. azad edildi. Atəş dayandı.", vec!["Şuşa, Laçın və s. azad edildi.", "Atəş dayandı."]),
            ("Xərc 3 mln. manatdır. “Bitdi. Gedirik” dedi.", vec!["Xərc 3 mln. manatdır.", "“Bitdi. Gedirik” dedi."]),
            ("2. Ordu komutanı konuştu. 3. Kolordu bekledi.", vec!["2. Ordu komutanı konuştu.", "3. Kolordu bekledi."]),
            // German
            (
                "Am 21. und 22. Mai ruhen die Waffen. Am 3. Oktober nicht.",
                vec!["Am 21. und 22. Mai ruhen die Waffen.", "Am 3. Oktober nicht."],
            ),
            ("Es starben 43. Die Armee schweigt.", vec!["Es starben 43.", "Die Armee schweigt."]),
            // Armenian
            ("Կրակը դադարեց։ Խոսեցին։", vec!["Կրակը դադարեց։", "Խոսեցին։"]),
            ("Կրակը դադարեց: Խոսեցին: 12:30-ին լռեց:", vec!["Կրակը դադարեց:", "Խոսեցին: 12:30-ին լռեց:"]),
            ("Վարչապետ Ն. Փաշինյանը խոսեց։ Լսեցին։", vec!["Վարչապետ Ն. Փաշինյանը խոսեց։", "Լսեցին։"]),
            ("Նա ասաց. Կրակ չկա։ Ինչո՞ւ։", vec!["Նա ասաց. Կրակ չկա։", "Ինչո՞ւ։"]),
            ("«Կրակ չկա։ Սպասում ենք»,- ասաց նա։ Լռեց։", vec!["«Կրակ չկա։ Սպասում ենք»,- ասաց նա։", "Լռեց։"]),
            // Georgian, which has no capitals
            ("ცეცხლი შეწყდა. ხალხი დაბრუნდა.", vec!["ცეცხლი შეწყდა.", "ხალხი დაბრუნდა."]),
            ("პრემიერი ნ. ფაშინიანი წავიდა. ომი გრძელდება.", vec!["პრემიერი ნ. ფაშინიანი წავიდა.", "ომი გრძელდება."]),
            (
                "„ცეცხლი შეწყდა. ველოდებით“, თქვა მან. სიჩუმეა.",
                vec!["„ცეცხლი შეწყდა. ველოდებით“, თქვა მან.", "სიჩუმეა."],
            ),
            // Persian
            (
                "آتش‌بس برقرار شد. آیا پایدار است؟ کسی نمی‌داند.",
                vec!["آتش‌بس برقرار شد.", "آیا پایدار است؟", "کسی نمی‌داند."],
            ),
            ("«جنگ تمام شد. منتظریم» او گفت. شهر آرام است.", vec!["«جنگ تمام شد. منتظریم» او گفت.", "شهر آرام است."]),
            ("A line\nAnother", vec!["A line", "Another"]),
            ("", vec![]),
            (" \n\t\n", vec![]),
        ] {
            assert_eq!(sentences(text), expected, "{text}");
        }
    }

    #[test]
    fn half_a_quotation_is_not_whole() {
        for (text, expected) in [
            ("“We won. They lost.” Baku denied it.", vec![true, true]),
            // A speech over several paragraphs closes only in the last.
            ("“We won. They lost.\nBaku denied it.", vec![false, false, true]),
            ("«Мы победили. Они ушли.\nБаку отрицает.", vec![false, false, true]),
            ("Screens of 15\" were sold. It rained.", vec![true, true]),
            ("«ООО «Луч» закрыто», сказал он. Дождь.", vec![true, true]),
            ("Газета «Издательство «Заря» пишет. Дождь.", vec![true, true]),
        ] {
            let whole: Vec<bool> = cut(text).map(|sentence| sentence.whole).collect();
            assert_eq!(whole, expected, "{text}");
        }
        let endless = format!("“{}” he said. It rained.", "We won and they lost. ".repeat(60).trim());
        assert!(cut(&endless).take(60).all(|sentence| !sentence.whole), "its end is too far away");
        assert!(cut(&endless).last().unwrap().whole);
    }

    #[test]
    fn sentences_keep_every_character() {
        for text in ["\"", "“", "»»»", "...", "։:", "«.", "a.\u{301}“.”.", "„“”.", ". . .", "\u{200f}؟", "1. 2. 3."]
        {
            let joined: String = sentences(text).concat();
            let solid = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(solid(&joined), solid(text), "{text}");
        }
        // The time is linear in the length of the line.
        for part in ["“A. ", "A.” ", "\"A. B\" ", "„a.“ ", "Ա: ", "«", ". “"] {
            assert!(cut(&part.repeat(20_000)).count() > 0, "{part}");
        }
    }
}
