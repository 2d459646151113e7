//! Draws rectangles, lines, discs and text in pixels.

use tiny_skia::{Color, FillRule, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, StrokeDash, Transform};

use super::font::ShapedText;
use super::{ChartError, HEIGHT, WIDTH};

/// Red, green and blue, a byte each.
#[derive(Clone, Copy)]
pub(super) struct Colour(pub(super) u32);

impl Colour {
    fn paint(self, opacity: f32) -> Paint<'static> {
        let part = |shift: u32| f32::from((self.0 >> shift) as u8) / 255.0;
        let mut paint = Paint { anti_alias: true, ..Paint::default() };
        paint.set_color(Color::from_rgba(part(16), part(8), part(0), opacity).unwrap_or(Color::BLACK));
        paint
    }
}

/// The part of a text that stands at its coordinate.
#[derive(Clone, Copy)]
pub(super) enum TextAnchor {
    /// The left end.
    Start,
    Middle,
    /// The right end.
    End,
}

/// A picture under construction.
pub(super) struct ChartCanvas(Pixmap);

impl ChartCanvas {
    /// An empty canvas of [`WIDTH`] × [`HEIGHT`] pixels; `None` without the memory for it.
    pub(super) fn new() -> Option<ChartCanvas> {
        Pixmap::new(WIDTH, HEIGHT).map(ChartCanvas)
    }

    /// Encodes the picture as PNG.
    pub(super) fn encode(&self) -> Result<Vec<u8>, ChartError> {
        self.0.encode_png().map_err(|error| ChartError::Writing(error.to_string()))
    }

    pub(super) fn rect(&mut self, x: f32, y: f32, wide: f32, high: f32, colour: Colour) {
        // A rectangle without an area has nothing to draw.
        if let Some(rect) = Rect::from_xywh(x, y, wide, high) {
            self.0.fill_rect(rect, &colour.paint(1.0), Transform::identity(), None);
        }
    }

    pub(super) fn disc(&mut self, x: f32, y: f32, radius: f32, colour: Colour) {
        self.fill(PathBuilder::from_circle(x, y, radius), colour);
    }

    pub(super) fn line(&mut self, from: (f32, f32), to: (f32, f32), colour: Colour) {
        self.stroke(from, to, colour.paint(1.0), None);
    }

    /// Draws a paler, dashed line.
    pub(super) fn dashes(&mut self, from: (f32, f32), to: (f32, f32), colour: Colour) {
        self.stroke(from, to, colour.paint(0.6), StrokeDash::new(vec![4.0, 5.0], 0.0));
    }

    /// Writes a drawable text on the line at `y`.
    pub(super) fn text(&mut self, x: f32, y: f32, size: f32, colour: Colour, anchor: TextAnchor, text: &str) {
        let shaped = ShapedText::new(text, size);
        let left = match anchor {
            TextAnchor::Start => x,
            TextAnchor::Middle => x - shaped.width / 2.0,
            TextAnchor::End => x - shaped.width,
        };
        self.fill(shaped.outline(left, y), colour);
    }

    fn fill(&mut self, path: Option<Path>, colour: Colour) {
        if let Some(path) = path {
            self.0.fill_path(&path, &colour.paint(1.0), FillRule::Winding, Transform::identity(), None);
        }
    }

    fn stroke(&mut self, from: (f32, f32), to: (f32, f32), paint: Paint<'_>, dash: Option<StrokeDash>) {
        let mut path = PathBuilder::new();
        path.move_to(from.0, from.1);
        path.line_to(to.0, to.1);
        if let Some(path) = path.finish() {
            let stroke = Stroke { width: 2.0, dash, ..Stroke::default() };
            self.0.stroke_path(&path, &paint, &stroke, Transform::identity(), None);
        }
    }
}
