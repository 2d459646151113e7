//! JSON Lines in and out: articles, rules, and the report of faulty lines.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, StdoutLock, Write};
use std::path::Path;

use anyhow::{Context, anyhow};
use ceasewire_model::Timestamp;
use chrono::DateTime;
use serde::Deserialize;
use serde_json::Value;

use crate::cli::complain;
use crate::cli::input::SETTING;

/// A rule of `inspect match`.
#[derive(Debug, Deserialize)]
pub(super) struct RuleLine {
    pub(super) id: i64,
    pub(super) rule: String,
}

/// An article as `inspect` and `replay` read it.
#[derive(Debug, Deserialize)]
pub(in crate::cli) struct ArticleLine {
    pub(in crate::cli) id: Value,
    title: Option<String>,
    text: Option<String>,
    pub(in crate::cli) url: Option<String>,
    outlet: Option<String>,
    published: Option<String>,
    pub(in crate::cli) language: Option<String>,
    /// Of a replay: the id of an earlier article whose new version this is.
    pub(in crate::cli) version_of: Option<Value>,
}

impl ArticleLine {
    pub(in crate::cli) fn title(&self) -> &str {
        self.title.as_deref().unwrap_or_default()
    }

    pub(in crate::cli) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    pub(in crate::cli) fn outlet(&self) -> &str {
        self.outlet.as_deref().unwrap_or_default()
    }

    /// When the article was published; an error where the date is not RFC 3339.
    pub(in crate::cli) fn published(&self) -> anyhow::Result<Option<Timestamp>> {
        let published = self.published.as_deref().map(DateTime::parse_from_rfc3339).transpose().context("published")?;
        Ok(published.map(|moment| Timestamp(moment.timestamp_millis())))
    }
}

/// The counts of one run.
#[derive(Debug, Default)]
pub(in crate::cli) struct LineCounts {
    pub(in crate::cli) articles: usize,
    pub(in crate::cli) faulty: usize,
}

/// Reads the lines of a file, or of standard input where there is none or `-`, and hands over each article with the
/// output. A faulty line, or one of more than `longest` bytes, is reported with its number, counted and skipped.
pub(in crate::cli) fn for_each_article(
    file: Option<&Path>,
    longest: usize,
    mut each: impl FnMut(ArticleLine, &mut BufWriter<StdoutLock<'static>>) -> anyhow::Result<()>,
) -> anyhow::Result<LineCounts> {
    let mut counts = LineCounts::default();
    let (lines, name): (Box<dyn BufRead>, String) = match file {
        Some(file) if file.as_os_str() != "-" => (Box::new(BufReader::new(open(file)?)), file.display().to_string()),
        _ => (Box::new(std::io::stdin().lock()), "standard input".into()),
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut articles = 0;
    for_each_line(lines, &name, longest, &mut counts.faulty, |line| {
        let article = serde_json::from_str(line)?;
        articles += 1;
        each(article, &mut out)
    })?;
    counts.articles = articles;
    out.flush().context("writing to standard output")?;
    Ok(counts)
}

pub(in crate::cli) fn open(file: &Path) -> anyhow::Result<File> {
    File::open(file).with_context(|| file.display().to_string())
}

/// Hands each line over; a faulty one, or one of more than `longest` bytes, is reported with its number, counted and
/// skipped.
pub(in crate::cli) fn for_each_line(
    mut input: impl BufRead,
    name: &str,
    longest: usize,
    faulty: &mut usize,
    mut each: impl FnMut(&str) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        let mut line = (&mut input).take(longest as u64 + 1);
        if line.read_until(b'\n', &mut bytes).with_context(|| name.to_owned())? == 0 {
            break;
        }
        let is_cut = bytes.len() > longest && !bytes.ends_with(b"\n");
        if is_cut {
            // The rest of the line passes through the reader's buffer alone.
            input.skip_until(b'\n').with_context(|| name.to_owned())?;
        }
        let done = match std::str::from_utf8(&bytes) {
            _ if is_cut => Err(anyhow!("it has more than {longest} bytes ({SETTING})")),
            Ok(line) if line.trim().is_empty() => Ok(()),
            Ok(line) => each(line.trim_start_matches('\u{FEFF}')),
            Err(error) => Err(error.into()),
        };
        if let Err(error) = done {
            // A closed output is no fault of the line.
            if error.downcast_ref::<std::io::Error>().is_some() {
                return Err(error);
            }
            *faulty += 1;
            complain(&format!("{name}: line {number}: {error:#}"));
        }
    }
    Ok(())
}
