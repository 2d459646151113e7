//! Measures and fits text in the built-in font. DejaVu Sans has the letters of all eight languages; the chart ignores
//! the machine's fonts, so that it is the same everywhere.

use std::sync::{Arc, LazyLock};

use resvg::usvg;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};
use usvg::fontdb::{Database, Source};

/// The font's name in the drawing.
pub(super) const FAMILY: &str = "DejaVu Sans";

/// The longest measured text, in characters.
const LONGEST: usize = 200;

static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    fonts.load_font_source(Source::Binary(Arc::new(dejavu::sans::regular())));
    Arc::new(fonts)
});

/// The renderer's options: this font and no other.
pub(super) fn options() -> usvg::Options<'static> {
    usvg::Options { font_family: FAMILY.into(), fontdb: FONTS.clone(), ..usvg::Options::default() }
}

/// Makes a text drawable: in one line, without characters that the font lacks.
pub(super) fn drawable(text: &str) -> String {
    let font = FontRef::new(dejavu::sans::regular()).ok();
    let has = |c: char| is_joiner(c) || font.as_ref().is_some_and(|font| font.charmap().map(c).is_some());
    let known: String = text
        .chars()
        .map(|c| if c.is_whitespace() || c.is_control() { ' ' } else { c })
        .filter(|&c| !is_control(c) && has(c))
        .take(LONGEST)
        .collect();
    known.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Checks for the invisible sign that separates parts of Persian words.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

/// Checks for signs that change the direction of the text after them, or choose between shapes.
pub(super) fn is_control(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// Escapes a text for SVG.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Measures a drawable text in pixels.
pub(super) fn width(text: &str, size: f32) -> f32 {
    // Joined letters are narrower than single ones. Only the renderer can measure them, and takes a hundred times as
    // long.
    if text.chars().any(|c| matches!(c, '\u{590}'..='\u{8FF}')) {
        return shaped_width(text, size);
    }
    let Ok(font) = FontRef::new(dejavu::sans::regular()) else { return 0.0 };
    let metrics = font.glyph_metrics(Size::new(size), LocationRef::default());
    let charmap = font.charmap();
    text.chars().filter_map(|c| metrics.advance_width(charmap.map(c)?)).sum()
}

fn shaped_width(text: &str, size: f32) -> f32 {
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"><text font-size=\"{size}\">{}</text></svg>",
        escape(text)
    );
    let tree = usvg::Tree::from_str(&svg, &options()).ok();
    let drawn = tree.and_then(|tree| tree.root().children().first().map(|text| text.bounding_box().width()));
    drawn.unwrap_or_default()
}

/// Makes a text drawable and cuts it to the room; returns it with its width.
pub(super) fn fit(text: &str, size: f32, room: f32) -> (String, f32) {
    let text = drawable(text);
    let whole = width(&text, size);
    if whole <= room {
        return (text, whole);
    }
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let cut = |end: usize| format!("{}…", text[..end].trim_end());
    // The widths grow with the length, so a binary search finds the longest text that fits.
    let fitting = ends.partition_point(|&end| width(&cut(end), size) <= room);
    let cut = cut(ends[fitting.saturating_sub(1)]);
    let width = width(&cut, size);
    (cut, width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_can_be_written() {
        for text in [
            "Ceasefire “agreed” – 10 October…",
            "Перемирие: ё, й, №, «кавычки»",
            "Cessez-le-feu à l’été, œuvre",
            "Ateşkes: ğ, ş, ı, İ, ç, ö, ü",
            "Atəşkəs: ə, ğ, x, q",
            "Զինադադար։ Ղարաբաղ՝ և «Շուշի»",
            "ცეცხლის შეწყვეტა, ყარაბაღი",
            "آتش‌بس در قره‌باغ؛ گفت‌وگو پایدار است؟",
        ] {
            assert_eq!(drawable(text), text);
        }
        assert_eq!(drawable("a\u{0}b\n🕊️ c 停"), "a b c");
    }

    #[test]
    fn a_long_text_is_cut_to_fit() {
        for text in ["The ministers of both countries met in Moscow", "آتش‌بس در قره‌باغ برقرار شد و ادامه دارد", "", "W"]
        {
            for room in [0.0, 30.0, 120.0, 5000.0] {
                let (cut, width) = fit(text, 22.0, room);
                assert!(width <= room.max(30.0), "{cut}: {width}");
                assert_eq!(cut.ends_with('…'), room < 5000.0 && super::width(text, 22.0) > room, "{cut}");
            }
        }
    }

    #[test]
    fn persian_letters_join() {
        let apart: f32 = "بیت".chars().map(|c| width(&c.to_string(), 40.0)).sum();
        assert!(width("بیت", 40.0) < apart * 0.95);
    }
}
