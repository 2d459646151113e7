//! Shapes, measures and fits text in the built-in font. DejaVu Sans has the letters of all eight languages; the chart ignores
//! the machine's fonts, so that it is the same everywhere.

use std::sync::LazyLock;

use harfrust::{Direction, ShapeOptions, ShaperData, UnicodeBuffer};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};
use tiny_skia::{Path, PathBuilder};
use unicode_bidi::BidiInfo;

/// The longest measured text, in characters.
const LONGEST: usize = 200;

static FONT: LazyLock<BuiltInFont> = LazyLock::new(|| {
    let font = FontRef::new(dejavu::sans::regular()).expect("the built-in font is whole");
    BuiltInFont { shaper: ShaperData::new(&font), font }
});

struct BuiltInFont {
    font: FontRef<'static>,
    shaper: ShaperData,
}

/// A text as glyphs of the font, from left to right.
pub(super) struct ShapedText {
    glyphs: Vec<PlacedGlyph>,
    size: f32,
    /// In pixels.
    pub(super) width: f32,
}

/// A glyph with its place beside the left end of its text's line, in pixels; `y` grows upwards.
struct PlacedGlyph {
    glyph: GlyphId,
    x: f32,
    y: f32,
}

impl ShapedText {
    /// Chooses and places the glyphs of a text in one line: letters join, and runs from right to left are turned.
    pub(super) fn new(text: &str, size: f32) -> ShapedText {
        let shaper = FONT.shaper.shaper(&FONT.font).build();
        let pixels = size / shaper.units_per_em().max(1) as f32;
        let mut shaped = ShapedText { glyphs: Vec::new(), size, width: 0.0 };
        let bidi = BidiInfo::new(text, None);
        for paragraph in &bidi.paragraphs {
            let (levels, runs) = bidi.visual_runs(paragraph, paragraph.range.clone());
            for run in runs {
                let mut buffer = UnicodeBuffer::new();
                buffer.push_str(&text[run.clone()]);
                let rightwards = levels[run.start].is_ltr();
                buffer.set_direction(if rightwards { Direction::LeftToRight } else { Direction::RightToLeft });
                buffer.guess_segment_properties();
                let glyphs = shaper.shape(buffer, ShapeOptions::new());
                for (info, position) in glyphs.glyph_infos().iter().zip(glyphs.glyph_positions()) {
                    shaped.glyphs.push(PlacedGlyph {
                        glyph: GlyphId::new(info.glyph_id),
                        x: shaped.width + position.x_offset as f32 * pixels,
                        y: position.y_offset as f32 * pixels,
                    });
                    shaped.width += position.x_advance as f32 * pixels;
                }
            }
        }
        shaped
    }

    /// The outlines of the glyphs, with the left end of the line at `(x, y)`.
    pub(super) fn outline(&self, x: f32, y: f32) -> Option<Path> {
        let outlines = FONT.font.outline_glyphs();
        let mut path = PathBuilder::new();
        for placed in &self.glyphs {
            let Some(outline) = outlines.get(placed.glyph) else { continue };
            let settings = DrawSettings::unhinted(Size::new(self.size), LocationRef::default());
            // A glyph that the font describes wrongly stays invisible.
            let _ = outline.draw(settings, &mut GlyphPen { path: &mut path, x: x + placed.x, y: y - placed.y });
        }
        path.finish()
    }
}

/// Adds a glyph's outline to a path, at a place of the picture, where `y` grows downwards.
struct GlyphPen<'a> {
    path: &'a mut PathBuilder,
    x: f32,
    y: f32,
}

impl OutlinePen for GlyphPen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(self.x + x, self.y - y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(self.x + x, self.y - y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.path.quad_to(self.x + cx, self.y - cy, self.x + x, self.y - y);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        self.path.cubic_to(self.x + cx0, self.y - cy0, self.x + cx1, self.y - cy1, self.x + x, self.y - y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

/// Makes a text drawable: in one line, without characters that the font lacks.
pub(super) fn drawable(text: &str) -> String {
    let letters = FONT.font.charmap();
    let has = |c: char| is_joiner(c) || letters.map(c).is_some();
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

/// Measures a drawable text in pixels.
pub(super) fn width(text: &str, size: f32) -> f32 {
    ShapedText::new(text, size).width
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
