//! Figures for people.

use ceasewire_profile::Vocabulary;
use ceasewire_rules::parse;
use ceasewire_text::Doc;

use crate::engines::ChangeTimes;
use crate::workload::Article;
use ceasewire_testkit::clock::{TimeSpent, median, timed};

/// The figures of an engine.
#[derive(Default)]
pub struct EngineRow {
    pub name: String,
    /// The number of its articles.
    pub articles: usize,
    /// Seconds to build it from parsed rules.
    pub built: f64,
    pub bytes: Option<u64>,
    pub changes: Option<ChangeTimes>,
    /// Rules that an article satisfies.
    pub matches: f64,
    /// Seconds an article.
    pub spent: TimeSpent,
}

/// A number with three figures that count, thousands set apart.
pub fn figure(value: f64) -> String {
    let digits = value.abs().max(1e-9).log10().floor() as i32;
    let places = usize::try_from(2 - digits).unwrap_or(0).min(3);
    let rounded = if digits > 2 { (value / 10_f64.powi(digits - 2)).round() * 10_f64.powi(digits - 2) } else { value };
    let text = format!("{rounded:.places$}");
    match text.split_once('.') {
        Some((digits, fraction)) => format!("{}.{fraction}", whole(digits.parse().unwrap_or(0))),
        None => whole(text.parse().unwrap_or(0)),
    }
}

/// A whole number, thousands set apart.
pub fn whole(count: usize) -> String {
    let digits = count.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok()).collect();
    groups.join(",")
}

/// Prints the table of one size.
pub fn table(rules: usize, rows: &[EngineRow]) {
    const COLUMNS: [&str; 10] = [
        "",
        "articles/s",
        "wall",
        "us/article",
        "bytes/rule",
        "build s",
        "add us (worst)",
        "remove us (worst)",
        "matches",
        "articles",
    ];
    let mut lines = vec![COLUMNS.map(str::to_owned)];
    for row in rows {
        let change = |seconds: fn(&ChangeTimes) -> &Vec<f64>| {
            row.changes.as_ref().map_or_else(String::new, |changes| {
                let micros: Vec<f64> = seconds(changes).iter().map(|seconds| seconds * 1e6).collect();
                let worst = micros.iter().copied().fold(0.0, f64::max);
                format!("{} ({})", figure(median(micros)), figure(worst))
            })
        };
        let cpu = |of: fn(f64) -> f64| row.spent.cpu.map_or_else(String::new, |cpu| figure(of(cpu)));
        lines.push([
            row.name.clone(),
            cpu(|cpu| 1.0 / cpu),
            figure(1.0 / row.spent.wall),
            cpu(|cpu| cpu * 1e6),
            row.bytes.map_or_else(String::new, |bytes| figure(bytes as f64 / rules as f64)),
            if row.built > 0.0 { figure(row.built) } else { String::new() },
            change(|changes| &changes.add),
            change(|changes| &changes.remove),
            figure(row.matches),
            whole(row.articles),
        ]);
    }
    let widths: Vec<usize> =
        (0..COLUMNS.len()).map(|column| lines.iter().map(|line| line[column].len()).max().unwrap_or(0)).collect();
    println!("\n{} rules", whole(rules));
    for line in lines {
        let cells = line.iter().zip(&widths).enumerate();
        let cells = cells.map(|(at, (cell, width))| match at {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        println!("{}", cells.collect::<Vec<_>>().join("  "));
    }
}

/// Where an engine's time goes.
pub fn split(name: &str, total: f64, tokenise: f64, look_up: f64) -> String {
    let verify = (total - tokenise - look_up).max(0.0);
    let [total, tokenise, look_up, verify] = [total, tokenise, look_up, verify].map(|seconds| figure(seconds * 1e6));
    format!("{name}: {total} us an article = {tokenise} tokenise + {look_up} look up + {verify} verify and collect")
}

/// Prints the notes below the table.
pub fn notes() {
    println!(
        "\narticles/s, us/article: by CPU time; of PostgreSQL by its server's, and to build it the wall's.\n\
         add, remove: wall time of one rule at that size, the median and the worst of up to 1,000.\n\
         matches: rules that an article satisfies, on average. articles: how many the engine was given.\n\
         tokenise: the articles' words alone. look up: articles that are cut already, in an index of as many rules of the \
         same shapes, none of whose words any article has. verify and collect: the rest of the whole."
    );
}

const TYPICAL: [&str; 10] = [
    "ceasefire",
    "karabakh ceasefire",
    "\"minsk group\"",
    "shusha OR shushi OR lachin",
    "armenia azerbaijan -football",
    "negotiat* (aliyev OR pashinyan)",
    "title:(truce OR ceasefire) lang:en",
    "shusha NEAR/5 (captured OR taken)",
    "source:osce.org -(weather OR sport)",
    "Перемирие, Карабах",
];

/// Prints the time to read a rule and an article.
pub fn parsing(vocabulary: &Vocabulary, article: &Article, seconds: f64) {
    let measure = |work: &dyn Fn()| {
        let lap = || {
            let (mut spent, mut times) = (0.0, 0.0);
            while times == 0.0 || spent < seconds / 3.0 {
                let ((), lap) = timed(|| (0..20).for_each(|_| work()));
                spent += lap.best();
                times += 20.0;
            }
            spent / times * 1e6
        };
        median((0..crate::ROUNDS).map(|_| lap()).collect())
    };
    let parsed = measure(&|| TYPICAL.iter().for_each(|rule| drop(std::hint::black_box(parse(rule)))));
    let compiled = measure(&|| TYPICAL.iter().for_each(|rule| drop(std::hint::black_box(vocabulary.compile(rule)))));
    let read = measure(&|| drop(std::hint::black_box(Doc::new(&article.title, &article.text))));
    println!(
        "us to parse a typical rule {}, with the spellings of its names {}; to cut article {} into words {}",
        figure(parsed / TYPICAL.len() as f64),
        figure(compiled / TYPICAL.len() as f64),
        article.id,
        figure(read),
    );
}
