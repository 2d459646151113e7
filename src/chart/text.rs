//! The timeline as text, for terminals: a row per bar, at most 80 columns wide.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::bins::{TimelineBins, column_name, columns};
use super::font::is_control;
use super::{Timeline, marked};

/// The width of the narrowest terminals.
const COLUMNS: usize = 80;

/// The fill of each topic's stories, in the order of the topics.
const FILLS: [char; 10] = ['█', '▒', '#', '░', '=', '▓', 'o', '+', 'x', '·'];

/// Draws a timeline as text, at most 80 columns wide; every line ends with a line break.
pub fn text(timeline: &Timeline) -> String {
    let bins = TimelineBins::of(timeline);
    let mut lines = vec![cut(&timeline.title, COLUMNS)];
    lines.extend(legend(timeline, &bins));
    lines.push(String::new());
    let (points, more) = marked(timeline);
    let highest = bins.highest().max(1);
    // The date and two blanks, the number and a blank, then the marks.
    let marks: Vec<String> = (0..bins.stories.len())
        .map(|bin| {
            let numbers = points.iter().enumerate().filter(|(_, (date, _))| bins.place(*date) == bin);
            numbers.map(|(number, _)| format!(" ({})", number + 1)).collect()
        })
        .collect();
    let widest = marks.iter().map(String::len).max().unwrap_or_default();
    let digits = highest.to_string().len();
    let room = COLUMNS.saturating_sub(7 + digits + 1 + widest).max(10) as u64;
    for (bin, stories) in bins.stories.iter().enumerate() {
        let total: u64 = stories.iter().sum();
        let mut bar = String::new();
        let (mut below, mut drawn) = (0, 0);
        for (column, stories) in stories.iter().enumerate() {
            below += stories;
            // A story is one column where there is room; a topic with stories is at least one column.
            let end = if highest <= room { below } else { scaled(below, room, highest) };
            let end = if *stories > 0 { end.max(drawn + 1) } else { end.max(drawn) };
            bar.extend((drawn..end).map(|_| FILLS[column]));
            drawn = end;
        }
        let bar = cut(&bar, room as usize);
        let total = if total > 0 { format!(" {total}") } else { String::new() };
        let line = format!("{}  {bar}{total}{}", bins.start(bin).format("%d.%m"), marks[bin]);
        lines.push(line.trim_end().to_owned());
    }
    if !points.is_empty() {
        lines.push(String::new());
    }
    for (number, (date, text)) in points.iter().enumerate() {
        lines.push(cut(&format!("{:>4} {} {text}", format!("({})", number + 1), date.format("%d.%m.%Y")), COLUMNS));
    }
    if more > 0 {
        lines.push(format!("     +{more}"));
    }
    lines.join("\n") + "\n"
}

/// Scales `part` of `whole` to `room` columns.
fn scaled(part: u64, room: u64, whole: u64) -> u64 {
    (u128::from(part) * u128::from(room) / u128::from(whole)) as u64
}

fn legend(timeline: &Timeline, bins: &TimelineBins) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (column, fill) in FILLS.iter().enumerate().take(columns(timeline.topics.len())) {
        let name = cut(column_name(timeline, column), 30);
        let item = format!("{fill} {name} {}", bins.total(column));
        match lines.last_mut() {
            Some(line) if line.width() + 3 + item.width() <= COLUMNS => {
                line.push_str("   ");
                line.push_str(&item);
            }
            _ => lines.push(item),
        }
    }
    lines
}

/// Cuts a text to `room` columns, in one line without control characters.
fn cut(text: &str, room: usize) -> String {
    let line: String = text.chars().filter(|&c| !is_control(c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.width() <= room {
        return line;
    }
    let mut shorter = String::new();
    let mut taken = 1;
    for c in line.chars() {
        taken += c.width().unwrap_or_default();
        if taken > room {
            break;
        }
        shorter.push(c);
    }
    format!("{}…", shorter.trim_end())
}
