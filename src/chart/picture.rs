//! The timeline as a drawing: title and period, legend, stacked bars over an axis of dates, numbered marks, and the
//! marks' texts below. Sizes suit a phone, which shows it at a third of its width.

use chrono::NaiveDate;

use super::bins::{TimelineBins, column_name, columns};
use super::canvas::{ChartCanvas, Colour, TextAnchor};
use super::font::{fit, width};
use super::{HEIGHT, Timeline, WIDTH, marked};

/// Colours for colour-blind readers (Okabe and Ito 2008), and lighter ones; the last colour is for the other topics.
const COLOURS: [Colour; 10] = [
    Colour(0x0072B2),
    Colour(0xE69F00),
    Colour(0x009E73),
    Colour(0xD55E00),
    Colour(0xCC79A7),
    Colour(0x56B4E9),
    Colour(0xB8A800),
    Colour(0x7A5195),
    Colour(0x8C6D4F),
    Colour(0x9A9A9A),
];

const PAPER: Colour = Colour(0xFFFFFF);
const INK: Colour = Colour(0x222222);
const PALE: Colour = Colour(0x666666);
const LINE: Colour = Colour(0xDDDDDD);
const MARK: Colour = Colour(0xB00020);

const MARGIN: f32 = 32.0;
const TITLE: f32 = 34.0;
const LARGE: f32 = 24.0;
const SMALL: f32 = 22.0;
/// The height of a line of the legend and of the list.
const LEADING: f32 = 34.0;
/// Half the height of a mark.
const RADIUS: f32 = 15.0;

/// Draws a timeline on a canvas of [`WIDTH`] × [`HEIGHT`] pixels.
pub(super) fn draw(canvas: &mut ChartCanvas, timeline: &Timeline) {
    let (wide, high) = (WIDTH as f32, HEIGHT as f32);
    let bins = TimelineBins::of(timeline);
    canvas.rect(0.0, 0.0, wide, high, PAPER);
    let mut title_room = wide - 2.0 * MARGIN;
    if let Some((first, last)) = bins.range() {
        let period = if first == last { full(first) } else { format!("{} – {}", full(first), full(last)) };
        canvas.text(wide - MARGIN, 52.0, LARGE, PALE, TextAnchor::End, &period);
        title_room -= width(&period, LARGE) + MARGIN;
    }
    canvas.text(MARGIN, 52.0, TITLE, INK, TextAnchor::Start, &fit(&timeline.title, TITLE, title_room).0);
    let below_legend = legend(canvas, timeline, &bins, 92.0);
    let list = list_height(timeline);
    bars(canvas, timeline, &bins, below_legend, high - list - 16.0);
    turning_points(canvas, timeline, &bins, high - list);
}

/// Draws the numbered disc of a turning point around `(x, y)`.
fn mark(canvas: &mut ChartCanvas, x: f32, y: f32, number: usize) {
    canvas.disc(x, y, RADIUS, MARK);
    canvas.text(x, y + 6.5, 18.0, PAPER, TextAnchor::Middle, &number.to_string());
}

/// Draws the topics with their colours and numbers, in at most three lines; returns its lower edge.
fn legend(canvas: &mut ChartCanvas, timeline: &Timeline, bins: &TimelineBins, top: f32) -> f32 {
    let (mut x, mut y) = (MARGIN, top);
    for (column, colour) in COLOURS.iter().enumerate().take(columns(timeline.topics.len())) {
        let (name, _) = fit(column_name(timeline, column), LARGE, 320.0);
        let total = bins.total(column).to_string();
        let (name_width, total_width) = (width(&name, LARGE), width(&total, LARGE));
        let taken = 32.0 + name_width + 10.0 + total_width;
        if x > MARGIN && x + taken > WIDTH as f32 - MARGIN {
            (x, y) = (MARGIN, y + LEADING);
            if y > top + 2.0 * LEADING {
                break;
            }
        }
        canvas.rect(x, y - 18.0, 22.0, 22.0, *colour);
        canvas.text(x + 32.0, y, LARGE, INK, TextAnchor::Start, &name);
        // A separate text, so that the number never moves into a name with letters from right to left.
        canvas.text(x + 32.0 + name_width + 10.0, y, LARGE, PALE, TextAnchor::Start, &total);
        x += taken + 36.0;
    }
    y.min(top + 2.0 * LEADING) + 24.0
}

/// Draws axes, bars and marks between two heights.
fn bars(canvas: &mut ChartCanvas, timeline: &Timeline, bins: &TimelineBins, top: f32, bottom: f32) {
    let step = tick(bins.highest());
    let most = bins.highest().max(1).div_ceil(step) * step;
    let left = MARGIN + width(&most.to_string(), SMALL).max(20.0) + 14.0;
    let right = WIDTH as f32 - MARGIN;
    let bar = (right - left) / bins.stories.len().max(1) as f32;
    let middle = |bin: usize| left + (bin as f32 + 0.5) * bar;

    let (points, _) = marked(timeline);
    let places: Vec<usize> = points.iter().map(|(date, _)| bins.place(*date)).collect();
    let marks = lanes(&places.iter().map(|&place| middle(place)).collect::<Vec<_>>());
    let lane_count = marks.iter().map(|(lane, _)| lane + 1).max().unwrap_or_default();
    let ceiling = top + lane_count as f32 * (2.0 * RADIUS + 4.0) + if lane_count > 0 { 8.0 } else { 0.0 };
    let floor = bottom - 40.0;
    let height = |stories: u64| (floor - ceiling) * stories as f32 / most as f32;

    for value in (0..=most).step_by(usize::try_from(step).unwrap_or(usize::MAX)) {
        let y = floor - height(value);
        canvas.line((left, y), (right, y), if value == 0 { PALE } else { LINE });
        canvas.text(left - 12.0, y + 8.0, SMALL, PALE, TextAnchor::End, &value.to_string());
    }
    // Bars of days have gaps, unless the bars are so narrow that the gaps would dominate.
    let gap = (bar * 0.18).min(14.0);
    let solid = (bar - gap).min(120.0);
    for (bin, topics) in bins.stories.iter().enumerate() {
        let mut below = 0;
        for (column, &stories) in topics.iter().enumerate().filter(|(_, stories)| **stories > 0) {
            let y = floor - height(below + stories);
            canvas.rect(middle(bin) - solid / 2.0, y, solid, height(stories), COLOURS[column]);
            below += stories;
        }
    }
    let label = width("00.00", SMALL) + 18.0;
    let every = (label / bar).ceil().max(1.0) as usize;
    for bin in (0..bins.stories.len()).step_by(every) {
        let text = brief(bins.start(bin));
        let x = middle(bin).clamp(MARGIN + label / 2.0, WIDTH as f32 - label / 2.0);
        canvas.line((middle(bin), floor), (middle(bin), floor + 8.0), PALE);
        canvas.text(x, floor + 32.0, SMALL, PALE, TextAnchor::Middle, &text);
    }
    for (number, ((lane, x), &place)) in marks.iter().zip(&places).enumerate() {
        let y = ceiling - 8.0 - (*lane as f32 + 0.5) * (2.0 * RADIUS + 4.0);
        canvas.dashes((middle(place), y), (middle(place), floor), MARK);
        mark(canvas, *x, y, number + 1);
    }
}

/// Places each mark in a lane above the bars, so that none hides another.
fn lanes(middles: &[f32]) -> Vec<(usize, f32)> {
    const MOST: usize = 3;
    let mut ends: Vec<f32> = Vec::new();
    let wide = 2.0 * RADIUS + 4.0;
    let mut found = Vec::new();
    for &x in middles {
        let free = ends.iter().position(|&end| end <= x - wide / 2.0);
        let lane = match free {
            Some(lane) => lane,
            None if ends.len() < MOST => {
                ends.push(0.0);
                ends.len() - 1
            }
            // All lanes are full: the mark goes to the lane that ends first.
            None => (0..MOST).min_by(|&one, &other| ends[one].total_cmp(&ends[other])).unwrap_or_default(),
        };
        let x = x.max(ends[lane] + wide / 2.0).min(WIDTH as f32 - MARGIN);
        ends[lane] = x + wide / 2.0;
        found.push((lane, x));
    }
    found
}

/// The height of the list of turning points. Up to six have a line each, more go into two columns.
fn list_height(timeline: &Timeline) -> f32 {
    let (points, more) = marked(timeline);
    if points.is_empty() { 0.0 } else { rows(points.len() + usize::from(more > 0)) as f32 * LEADING + 12.0 }
}

fn rows(items: usize) -> usize {
    if items <= 6 { items } else { items.div_ceil(2) }
}

fn turning_points(canvas: &mut ChartCanvas, timeline: &Timeline, bins: &TimelineBins, top: f32) {
    let (points, more) = marked(timeline);
    let items = points.len() + usize::from(more > 0);
    let rows = rows(items).max(1);
    let columns = items.div_ceil(rows).max(1);
    let column = (WIDTH as f32 - 2.0 * MARGIN) / columns as f32;
    let place =
        |number: usize| (MARGIN + (number / rows) as f32 * column, top + (number % rows) as f32 * LEADING + RADIUS);
    // The period above the chart has the year.
    let short = bins.within_a_year();
    let date_width = width(if short { "00.00" } else { "00.00.0000" }, SMALL);
    for (number, (date, text)) in points.iter().enumerate() {
        let (x, y) = place(number);
        mark(canvas, x + RADIUS, y, number + 1);
        canvas.text(
            x + 2.0 * RADIUS + 12.0,
            y + 8.0,
            SMALL,
            PALE,
            TextAnchor::Start,
            &if short { brief(*date) } else { full(*date) },
        );
        let taken = 2.0 * RADIUS + 12.0 + date_width + 14.0;
        let (text, _) = fit(text, SMALL, column - taken - 16.0);
        canvas.text(x + taken, y + 8.0, SMALL, INK, TextAnchor::Start, &text);
    }
    if more > 0 {
        let (x, y) = place(points.len());
        canvas.text(x, y + 8.0, SMALL, PALE, TextAnchor::Start, &format!("+{more}"));
    }
}

/// The distance of the lines behind the bars: at most six, at round numbers.
fn tick(highest: u64) -> u64 {
    let mut power = 1_u64;
    loop {
        for step in [1, 2, 5] {
            let step = power.saturating_mul(step);
            if highest.div_ceil(step) <= 6 {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

fn brief(date: NaiveDate) -> String {
    date.format("%d.%m").to_string()
}

fn full(date: NaiveDate) -> String {
    date.format("%d.%m.%Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_at_round_numbers() {
        for (highest, expected) in
            [(0, 1), (1, 1), (6, 1), (7, 2), (12, 2), (13, 5), (40, 10), (4_000_000_000, 1_000_000_000)]
        {
            assert_eq!(tick(highest), expected, "{highest}");
        }
        assert!(tick(u64::MAX) > u64::MAX / 10);
    }

    #[test]
    fn marks_do_not_hide_each_other() {
        let marks = lanes(&[100.0, 100.0, 105.0, 110.0, 118.0, 400.0]);
        for (index, (lane, x)) in marks.iter().enumerate() {
            for (other_lane, other) in &marks[..index] {
                assert!(lane != other_lane || (x - other).abs() >= 2.0 * RADIUS, "{marks:?}");
            }
        }
        assert_eq!(marks[5], (0, 400.0));
    }
}
