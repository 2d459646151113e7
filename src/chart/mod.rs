//! Draws a timeline of stories by day and topic with its turning points: as a picture for a chat, and as text for a
//! terminal.
//!
//! The chart has no words of its own, so it needs no language; dates are numbers, the day first. `bins` chooses the
//! days of a bar, `font` shapes and measures text, `picture` draws on a `canvas`, `text` in letters.

mod bins;
mod canvas;
mod font;
mod picture;
mod text;

use chrono::NaiveDate;

use canvas::ChartCanvas;

pub use text::text;

/// Width of the picture in pixels. Telegram scales photos down to 1280.
pub const WIDTH: u32 = 1280;

/// Height of the picture in pixels.
pub const HEIGHT: u32 = 720;

/// Bytes that drawing and encoding need at most: the picture several times over, and the font.
const DRAWING_BYTES: usize = 8 * (WIDTH * HEIGHT * 4) as usize;

/// Topics with a colour of their own; further topics share one.
const COLOURED: usize = 9;

/// Turning points with a mark; more would hide the bars.
const MARKED: usize = 10;

/// The data of the chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// The title.
    pub title: String,
    /// The names of the topics, as people read them.
    pub topics: Vec<String>,
    /// The days in any order; a missing day had no story.
    pub days: Vec<TimelineDay>,
    /// The turning points, with their days.
    pub turning_points: Vec<(NaiveDate, String)>,
}

/// The stories of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineDay {
    /// The day.
    pub date: NaiveDate,
    /// The stories of each topic, in the order of the topics.
    pub stories: Vec<u32>,
}

/// An error of drawing.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    /// The system has not the memory that drawing needs.
    #[error("drawing the chart needs {bytes} bytes of memory, and there are fewer")]
    Memory {
        /// The bytes that drawing needs.
        bytes: usize,
    },
    /// The picture could not be encoded as PNG.
    #[error("the chart cannot be written: {0}")]
    Writing(String),
}

/// Draws a timeline as a PNG of [`WIDTH`] × [`HEIGHT`] pixels.
///
/// # Errors
/// When memory is short, or the picture cannot be encoded.
pub fn png(timeline: &Timeline) -> Result<Vec<u8>, ChartError> {
    let memory = ChartError::Memory { bytes: DRAWING_BYTES };
    require_memory(DRAWING_BYTES)?;
    let mut canvas = ChartCanvas::new().ok_or(memory)?;
    picture::draw(&mut canvas, timeline);
    canvas.encode()
}

/// Checks that the system grants `bytes` of memory: a failed allocation while drawing would end the process.
fn require_memory(bytes: usize) -> Result<(), ChartError> {
    Vec::<u8>::new().try_reserve_exact(bytes).map_err(|_| ChartError::Memory { bytes })
}

/// Returns the marked turning points in order of time, and the number of the other ones.
fn marked(timeline: &Timeline) -> (Vec<&(NaiveDate, String)>, usize) {
    let mut points: Vec<_> = timeline.turning_points.iter().collect();
    points.sort_by_key(|(date, _)| *date);
    let more = points.len().saturating_sub(MARKED);
    points.truncate(MARKED);
    (points, more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_is_not_there_is_an_error() {
        assert!(matches!(require_memory(usize::MAX / 2), Err(ChartError::Memory { .. })));
        assert!(require_memory(DRAWING_BYTES).is_ok());
    }

    fn date(day: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2020, 9, 27).unwrap() + chrono::Days::new(day)
    }

    /// A timeline with the war's turning points in one language.
    fn timeline(title: &str, topics: &[&str], days: u64, points: &[(u64, &str)]) -> Timeline {
        let stories = |day: u64, topic: u64| ((day * 7 + topic * 5) % 11) as u32;
        Timeline {
            title: title.to_owned(),
            topics: topics.iter().map(|&topic| topic.to_owned()).collect(),
            days: (0..days)
                .map(|day| TimelineDay {
                    date: date(day),
                    stories: (0..topics.len() as u64).map(|topic| stories(day, topic)).collect(),
                })
                .collect(),
            turning_points: points.iter().map(|&(day, text)| (date(day), text.to_owned())).collect(),
        }
    }

    fn samples() -> Vec<(&'static str, Timeline)> {
        let english = [
            (0, "Fighting breaks out along the whole line of contact"),
            (13, "Armenia and Azerbaijan agree in Moscow on a humanitarian ceasefire from noon"),
            (
                21,
                "A second humanitarian truce is announced from midnight and broken within minutes, both ministries say",
            ),
            (26, "Foreign ministers meet Pompeo in Washington"),
            (29, "A third, US-brokered truce begins"),
            (44, "Statement on a complete ceasefire signed"),
        ];
        vec![
            (
                "latin",
                timeline(
                    "Nagorno-Karabakh: stories by day",
                    &["Ceasefire", "Meeting", "Mediation", "Casualties", "Attack", "Humanitarian", "Statement"],
                    45,
                    &english,
                ),
            ),
            (
                "armenian",
                timeline(
                    "Լեռնային Ղարաբաղ. պատմություններն ըստ օրերի",
                    &["Զինադադար", "Հանդիպում", "Միջնորդություն", "Զոհեր"],
                    30,
                    &[
                        (13, "Հայաստանը և Ադրբեջանը Մոսկվայում համաձայնեցին հումանիտար զինադադարի շուրջ"),
                        (21, "Երկրորդ զինադադարը"),
                    ],
                ),
            ),
            (
                "georgian",
                timeline(
                    "მთიანი ყარაბაღი: ამბები დღეების მიხედვით",
                    &["ცეცხლის შეწყვეტა", "შეხვედრა", "მსხვერპლი"],
                    365,
                    &[(13, "სომხეთი და აზერბაიჯანი მოსკოვში შეთანხმდნენ"), (44, "ცეცხლის სრული შეწყვეტა")],
                ),
            ),
            (
                "persian",
                timeline(
                    "قره‌باغ کوهستانی: خبرها بر پایهٔ روز",
                    &["آتش‌بس", "دیدار", "میانجی‌گری", "تلفات"],
                    14,
                    &[(5, "گفت‌وگوی وزیران خارجه در مسکو"), (13, "ارمنستان و جمهوری آذربایجان بر سر آتش‌بس توافق کردند")],
                ),
            ),
            ("russian", timeline("Карабах", &["Перемирие", "Встреча"], 1, &[(0, "Объявлено перемирие")])),
        ]
    }

    /// Counts the bytes of a picture outside its white ground.
    fn drawn(png: &[u8]) -> usize {
        let pixels = tiny_skia::Pixmap::decode_png(png).unwrap();
        assert_eq!((pixels.width(), pixels.height()), (WIDTH, HEIGHT));
        pixels.data().iter().filter(|&&byte| byte != 255).count()
    }

    #[test]
    fn every_sample_is_a_picture_of_the_right_size_with_something_in_it() {
        for (name, timeline) in samples() {
            let png = png(&timeline).unwrap();
            assert!(drawn(&png) > 100_000, "{name}");
            // To look at them: CEASEWIRE_CHARTS=folder.
            if let Some(folder) = std::env::var_os("CEASEWIRE_CHARTS") {
                std::fs::write(std::path::Path::new(&folder).join(format!("{name}.png")), png).unwrap();
            }
        }
    }

    #[test]
    fn odd_timelines_are_drawn_too() {
        let words = "<&>\"'\u{0}\u{202E}🕊️ ".repeat(300);
        let many: Vec<String> = (0..40).map(|topic| format!("{words}{topic}")).collect();
        let day = |date, stories| TimelineDay { date, stories };
        for odd in [
            Timeline::default(),
            Timeline { title: "Title alone".into(), ..Timeline::default() },
            Timeline { topics: vec!["No day".into()], ..Timeline::default() },
            Timeline { days: vec![day(date(0), vec![1, 2])], ..Timeline::default() },
            Timeline { turning_points: vec![(date(3), words.clone())], ..Timeline::default() },
            Timeline {
                title: words.clone(),
                topics: many,
                days: vec![
                    day(NaiveDate::MIN, vec![u32::MAX; 60]),
                    day(NaiveDate::MAX, vec![]),
                    day(NaiveDate::MAX, vec![u32::MAX; 3]),
                ],
                turning_points: (0..50).map(|point| (date(point % 2), words.clone())).collect(),
            },
        ] {
            assert!(drawn(&png(&odd).unwrap()) > 1000, "no axis");
            let text = text(&odd);
            assert!(text.lines().all(|line| unicode_width::UnicodeWidthStr::width(line) <= 80), "{text}");
        }
    }

    #[test]
    fn the_text_is_aligned_and_fits_a_terminal() {
        let mut timeline = timeline(
            "Nagorno-Karabakh",
            &["Ceasefire", "Meeting", "Attack"],
            6,
            &[
                (1, "A truce is agreed"),
                (4, "It is broken, and what is said of it is longer than the line that it stands in"),
            ],
        );
        timeline.days[4].stories[2] = 90;
        timeline.days.remove(2);
        insta::assert_snapshot!(text(&timeline), @"
        Nagorno-Karabakh
        █ Ceasefire 25   ▒ Meeting 17   # Attack 116

        27.09  ▒▒▒####### 15
        28.09  ████▒#### 14 (1)
        29.09
        30.09  ██████▒▒▒###### 23
        01.10  ████############################################################## 96 (2)
        02.10  █▒▒▒▒▒# 10

         (1) 28.09.2020 A truce is agreed
         (2) 01.10.2020 It is broken, and what is said of it is longer than the line th…
        ");
    }
}
