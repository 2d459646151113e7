//! Teasers: the lines by which an article advertises others ("Read also: …"), and their removal.
//!
//! Their words are not the article's: a rule must not match them and a summary must not quote them. It must not know
//! HTML, only lines of text and where their links are.

use std::ops::Range;
use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;

use super::clean::Line;

/// Labels that teasers begin with, by language.
///
/// One word alone is also ordinary prose: it counts only before a colon or a bar. A phrase may also stand before a dash,
/// or alone above its links.
const LABELS: &[&str] = &[
    // English
    "Read",
    "Read more",
    "Read also",
    "Also read",
    "Read next",
    "See also",
    "See more",
    "Related",
    "Related news",
    "Related article",
    "Related articles",
    "Related story",
    "Related stories",
    "Related content",
    "Related topics",
    "Related coverage",
    "More on this",
    "More on this story",
    "More on this topic",
    "Don't miss",
    "Recommended",
    "Recommended for you",
    "You may also like",
    "You might also like",
    "Watch",
    "Watch also",
    "Watch more",
    "Also watch",
    "Watch now",
    "Listen",
    "Also on",
    "Must read",
    "More stories",
    "More from this author",
    "Latest stories",
    "Most read",
    // Russian, Ukrainian
    "Читайте",
    "Читайте также",
    "Читать также",
    "Также читайте",
    "Читать далее",
    "Читайте далее",
    "Читайте ещё",
    "По теме",
    "Также по теме",
    "Материалы по теме",
    "Смотрите также",
    "Смотрите",
    "Смотри также",
    "Ещё по теме",
    "Подробнее",
    "Читайте також",
    "Дивіться також",
    "Другие новости",
    "Другие материалы",
    "Последние новости",
    "Похожие новости",
    "Похожие материалы",
    "Вам может быть интересно",
    "Вам будет интересно",
    "Самое читаемое",
    "Читайте по теме",
    // Armenian
    "Կարդացեք նաև",
    "Կարդալ նաև",
    "Կարդացեք",
    "Դիտեք նաև",
    "Նաև կարդացեք",
    "Տես նաև",
    "Տեսեք նաև",
    "Կարդացեք ավելին",
    "Առնչվող նյութեր",
    "Առնչվող լուրեր",
    "Նման նյութեր",
    "Այս թեմայով",
    // Azerbaijani
    "Həmçinin oxuyun",
    "Bunu da oxuyun",
    "Oxşar xəbərlər",
    "Həmçinin baxın",
    "Oxuyun",
    "Daha ətraflı",
    "Əlaqəli xəbərlər",
    "Digər xəbərlər",
    "Son xəbərlər",
    // Turkish
    "Ayrıca okuyun",
    "Bunu da okuyun",
    "İlgili haber",
    "İlgili haberler",
    "Ayrıca bakınız",
    "Ayrıca bakın",
    "Diğer haberler",
    "Benzer haberler",
    "Son haberler",
    "Daha fazla oku",
    // French
    "Lire aussi",
    "À lire",
    "À lire aussi",
    "Voir aussi",
    "Sur le même sujet",
    "À voir aussi",
    "Lire également",
    "À lire également",
    "Lire la suite",
    "Articles liés",
    "Sur le même thème",
    "Les plus lus",
    // Georgian
    "წაიკითხეთ ასევე",
    "ასევე წაიკითხეთ",
    "იხილეთ ასევე",
    "ასევე იხილეთ",
    "დაკავშირებული სიახლეები",
    "მსგავსი სიახლეები",
    "სხვა სიახლეები",
    "ამავე თემაზე",
    // Persian, Arabic
    "بیشتر بخوانید",
    "همچنین بخوانید",
    "بیشتر ببینید",
    "مطالب مرتبط",
    "اخبار مرتبط",
    "در همین رابطه",
    "در همین زمینه",
    "بیشتر بدانید",
    "پربیننده‌ترین",
    "آخرین اخبار",
    "اقرأ أيضا",
    "شاهد أيضا",
    "اقرأ المزيد",
    // German, Spanish
    "Lesen Sie auch",
    "Mehr zum Thema",
    "Lea también",
    "Lee también",
    "Ver también",
    "Auch interessant",
    "Das könnte Sie auch interessieren",
    "Weitere Artikel",
    "Ähnliche Artikel",
    "Ähnliche Themen",
    "Empfohlene Beiträge",
    "Neueste Artikel",
    "Lea más",
    "Leer más",
    "Lea además",
    "Puedes ver",
    "Le puede interesar",
    "Te puede interesar",
    "También te puede interesar",
    "Contenido relacionado",
    "Noticias relacionadas",
    "Czytaj też",
    "Czytaj także",
    "Zobacz też",
];

/// A longer line behind a label is a paragraph of its own, not the headline of another article.
const LONGEST_HEADLINE_WORDS: usize = 40;

/// Words after a teaser's link that are still part of it ("(video)", "on our site"); more of them are the article's.
const LONGEST_TAIL_WORDS: usize = 4;

/// Removes teasers: lines that begin with a label, the links below a label that stands alone, and a label with its link
/// within a paragraph, whose own words stay.
pub(super) fn remove(lines: &mut Vec<Line>) {
    let mut kept: Vec<Line> = Vec::with_capacity(lines.len());
    // Whether the line before was a label alone, or a link below one.
    let mut below_label = false;
    let mut rest = std::mem::take(lines).into_iter().peekable();
    while let Some(mut line) = rest.next() {
        if below_label && line.is_link_only() {
            continue;
        }
        below_label = false;
        match label(&line.text) {
            Some(Label { end, separated, phrase }) if !has_words(&line.text[end..]) => {
                let links_follow = rest.peek().is_some_and(Line::is_link_only);
                // A phrase over links is a heading; without a colon or links, it may be the text itself.
                below_label = separated || phrase && links_follow;
                if below_label {
                    continue;
                }
            }
            Some(Label { end, separated: true, .. }) => {
                let cut = linked(&line, 0, end);
                let tail = cut.as_ref().map_or(&line.text[end..], |cut| &line.text[cut.end..]);
                let words = tail.split_whitespace().filter(|word| has_words(word)).count();
                match cut {
                    None if words <= LONGEST_HEADLINE_WORDS => continue,
                    Some(_) if words <= LONGEST_TAIL_WORDS => continue,
                    _ => {}
                }
            }
            _ => {}
        }
        cut_within(&mut line);
        if has_words(&line.text) {
            kept.push(line);
        }
    }
    *lines = kept;
}

fn has_words(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

/// Cuts each label that stands at a seam or after a sentence, together with the link it announces.
fn cut_within(line: &mut Line) {
    if line.links.is_empty() {
        return;
    }
    let mut cuts: Vec<Range<usize>> = Vec::new();
    for start in starts(line) {
        if cuts.last().is_some_and(|cut| start < cut.end) {
            continue;
        }
        if let Some(Label { end, separated: true, .. }) = label(&line.text[start..])
            && let Some(cut) = linked(line, start, start + end)
        {
            cuts.push(cut);
        }
    }
    if cuts.is_empty() {
        return;
    }
    let mut left = Vec::new();
    let mut at = 0;
    for cut in cuts {
        left.extend(line.text.get(at..cut.start).unwrap_or_default().split_whitespace());
        at = cut.end;
    }
    left.extend(line.text[at..].split_whitespace());
    line.text = left.join(" ");
}

/// Where a label within a line may begin: where the formatting changes, and after the end of a sentence.
fn starts(line: &Line) -> Vec<usize> {
    let mut starts = line.seams.clone();
    let mut ended = true;
    for (at, c) in line.text.char_indices() {
        match c {
            '.' | '!' | '?' | '…' | '։' | '؟' | '(' | '[' | '|' => ended = true,
            _ if c.is_whitespace() || matches!(c, '»' | '”' | '"' | ')' | ']') => {}
            _ => {
                if std::mem::take(&mut ended) {
                    starts.push(at);
                }
            }
        }
    }
    starts.sort_unstable();
    starts.dedup();
    starts
}

/// The part of the line from `start` through the links that follow directly on `end`, or that hold the label itself.
fn linked(line: &Line, start: usize, end: usize) -> Option<Range<usize>> {
    let mut stop = end;
    let mut found = false;
    for link in &line.links[line.links.partition_point(|link| link.end < end)..] {
        let gap = line.text.get(stop..link.start.max(stop))?;
        if has_words(gap) || gap.contains('.') {
            break;
        }
        stop = link.end;
        found = true;
    }
    if !found {
        return None;
    }
    // The brackets and the full stop around it go too.
    let tail = &line.text[stop..];
    let ends = tail.len() - tail.trim_start_matches([')', ']', '.', '»', '”', '"']).len();
    let before = line.text[..start].trim_end_matches(['(', '[', ' ', '|', '•']);
    Some(before.len()..stop + ends)
}

/// A label found at the start of a text.
struct Label {
    /// Where it and its separator end.
    end: usize,
    /// Whether a colon or the like follows it.
    separated: bool,
    /// Whether it is of more than one word.
    phrase: bool,
}

/// The label at the start of `text`, past bullets and arrows.
fn label(text: &str) -> Option<Label> {
    static FOLDED: OnceLock<Vec<Vec<char>>> = OnceLock::new();
    let labels = FOLDED.get_or_init(|| {
        let mut labels: Vec<Vec<char>> = LABELS.iter().map(|label| label.chars().flat_map(fold).collect()).collect();
        // The longest first, so that "Read more" is not taken for "Read".
        labels.sort_by_key(|label| std::cmp::Reverse(label.len()));
        labels
    });

    /// Bullets, arrows and emoji before a label are few.
    const LONGEST_DECORATION: usize = 8;
    /// No label is longer.
    const LONGEST_LABEL: usize = 32;
    let decoration = |c: char| !c.is_alphanumeric() && !matches!(c, '"' | '“' | '«' | '„' | '\'' | '‘');
    let start = text.char_indices().take(LONGEST_DECORATION).find(|(_, c)| !decoration(*c)).map(|(at, _)| at)?;
    // Nearly all places fail on their first letter, so the rest is folded only after it.
    let first = text[start..].chars().next().and_then(|c| fold(c).next())?;
    if !labels.iter().any(|label| label.first() == Some(&first)) {
        return None;
    }
    // Each folded character with the end of the one it came from.
    let beginning = text[start..].char_indices().take(LONGEST_LABEL);
    let (folded, ends): (Vec<char>, Vec<usize>) =
        beginning.flat_map(|(at, c)| fold(c).map(move |folded| (folded, start + at + c.len_utf8()))).unzip();
    labels.iter().filter(|label| folded.starts_with(label)).find_map(|label| {
        let phrase = label.contains(&' ');
        let end = *ends.get(label.len() - 1)?;
        // Accents that are characters of their own belong to the letter before.
        let rest = text[end..].trim_start_matches(is_accent);
        let trimmed = rest.trim_start();
        let separator = match trimmed.chars().next() {
            None => None,
            // The Armenian full stop is what a colon looks like.
            Some(mark @ (':' | '：' | '՝' | '։' | '|' | '»' | '›' | '→' | '>')) => Some(mark),
            Some(dash @ ('–' | '—' | '-')) if phrase => Some(dash),
            // Anything else goes on with a sentence ("Read the statement").
            Some(_) => return None,
        };
        let end = text.len() - trimmed.len() + separator.map_or(0, char::len_utf8);
        Some(Label { end, separated: separator.is_some(), phrase })
    })
}

fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{64B}'..='\u{65F}')
}

/// A letter without case and accents, in the one spelling of those that vary (dotless ı, Armenian և, apostrophes).
fn fold(c: char) -> impl Iterator<Item = char> {
    let c = match c {
        '’' | 'ʼ' | '`' => '\'',
        'ي' => 'ی',
        'ك' => 'ک',
        c if c.is_whitespace() => ' ',
        c => c,
    };
    std::iter::once(c)
        .nfkd()
        .flat_map(char::to_lowercase)
        .filter(|c| !is_accent(*c))
        .map(|c| if c == 'ı' { 'i' } else { c })
}

#[cfg(test)]
mod tests {
    use super::super::clean::plain_text;

    #[test]
    fn a_line_that_begins_with_a_label_goes() {
        for teaser in [
            "Read: Ministers meet in Geneva",
            "READ MORE: Ministers meet",
            "Read more » Ministers meet",
            "▶ Watch: The president speaks",
            "Don’t miss: Our new podcast",
            "Related news – Ministers meet",
            "Читайте также: Министры встретились",
            "По теме | Министры встретились",
            "Կարդացեք նաև՝ Նախարարները հանդիպեցին",
            "ԿԱՐԴԱՑԵՔ ՆԱԵՒ: Նախարարները",
            "Həmçinin oxuyun: Nazirlər görüşdü",
            "İLGİLİ HABERLER: Bakanlar görüştü",
            "AYRICA OKUYUN: Bakanlar görüştü",
            "A lire aussi : Les ministres se rencontrent",
            "À LIRE AUSSI : Les ministres",
            "წაიკითხეთ ასევე: მინისტრები",
            "بیشتر بخوانید: دیدار وزیران",
        ] {
            for html in [format!("One.\n\n{teaser}\n\nTwo."), format!("<p>One.</p><p>{teaser}</p><p>Two.</p>")] {
                assert_eq!(plain_text(&html), "One.\nTwo.", "{teaser}");
            }
            let linked = teaser.rsplit_once([':', '»', '–', '|', '՝']).expect("a separator");
            let html = format!("<p>One.</p><p><b>{}:</b> <a href='/x'>{}</a></p><p>Two.</p>", linked.0, linked.1);
            assert_eq!(plain_text(&html), "One.\nTwo.", "{html}");
        }
    }

    #[test]
    fn sentences_that_only_begin_like_a_label_stay() {
        for text in [
            "The statement read: 'We call for peace.'",
            "Watch officers said: the ship sank.",
            "Related costs rose - by a third.",
            "Read the statement: it is short.",
            "Reading: a city in England.",
            "Recommended doses differ.",
            "Читайте условия: они важны.",
            "Watch – the ship – sank.",
        ] {
            assert_eq!(plain_text(text), text);
            assert_eq!(plain_text(&format!("<p>{text}</p>")), text);
        }
    }

    #[test]
    fn a_label_with_its_link_leaves_the_paragraphs_own_words() {
        for (html, text) in [
            ("<p>One. <b>Read:</b> <a href='/x'>Talks</a></p>", "One."),
            ("<p>One.<br/>Read: <a href='/x'>Talks</a></p>", "One."),
            ("<p>One. <a href='/x'>Read more: Talks</a> Two goes on.</p>", "One. Two goes on."),
            ("<p>One (read also: <a href='/x'>Talks</a>). Two.</p>", "One Two."),
            (
                "<p><b>Read:</b> <a href='/x'>Talks</a> The ministers met again on Friday.</p>",
                "The ministers met again on Friday.",
            ),
            ("<p>The text read: <a href='/x'>Peace</a></p>", "The text read: Peace"),
        ] {
            assert_eq!(plain_text(html), text, "{html}");
        }
    }

    #[test]
    fn a_label_alone_takes_the_links_below_it() {
        let html =
            "<p>One.</p><h3>Related:</h3><ul><li><a href='/a'>A</a></li><li><a href='/b'>B b</a></li></ul><p>Two.</p>";
        assert_eq!(plain_text(html), "One.\nTwo.");
        let html = "<p>One.</p><h3>See also</h3><p><a href='/a'>A</a></p><p>Two <a href='/b'>b</a>.</p>";
        assert_eq!(plain_text(html), "One.\nTwo b.");
        assert_eq!(plain_text("<p>See also</p><p>Two.</p>"), "See also\nTwo.");
    }
}
