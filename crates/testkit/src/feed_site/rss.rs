//! Owns the writing of RSS 2.0 and of the dates that RSS and HTTP share. It must not know who serves them.

use std::time::{SystemTime, UNIX_EPOCH};

/// A writer of RSS 2.0 documents.
#[derive(Clone, Debug)]
pub struct Rss {
    title: String,
    items: Vec<FeedItem>,
}

/// An item of a feed; an empty field leaves its element out.
#[derive(Clone, Debug, Default)]
pub struct FeedItem {
    /// The item's identity, said not to be an address.
    pub guid: String,
    /// The article's address.
    pub link: String,
    /// The headline.
    pub title: String,
    /// Plain text or HTML; either is escaped.
    pub description: String,
    /// Written as it stands, so that a test may give a wrong one; `http_date` makes a good one.
    pub pub_date: Option<String>,
}

impl Rss {
    /// Begins a feed.
    pub fn new(title: &str) -> Rss {
        Rss { title: title.to_owned(), items: Vec::new() }
    }

    /// Adds an item at the end.
    #[must_use]
    pub fn item(mut self, item: FeedItem) -> Rss {
        self.items.push(item);
        self
    }

    /// Writes the document.
    pub fn to_xml(&self) -> String {
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel>\n");
        xml += &element("title", &self.title);
        xml += "<link>https://example.org/</link><description>A feed for tests</description>\n";
        for item in &self.items {
            xml += "<item>";
            if !item.guid.is_empty() {
                xml += &format!("<guid isPermaLink=\"false\">{}</guid>", escaped(&item.guid));
            }
            let pub_date = item.pub_date.as_deref().unwrap_or_default();
            for (name, text) in [
                ("link", item.link.as_str()),
                ("title", &item.title),
                ("description", &item.description),
                ("pubDate", pub_date),
            ] {
                xml += &element(name, text);
            }
            xml += "</item>\n";
        }
        xml + "</channel></rss>\n"
    }
}

fn element(name: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<{name}>{}</{name}>", escaped(text)) }
}

/// Escapes text for XML, and leaves out the control characters that XML 1.0 cannot carry even escaped.
fn escaped(text: &str) -> String {
    let mut xml = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => xml += "&amp;",
            '<' => xml += "&lt;",
            '>' => xml += "&gt;",
            '"' => xml += "&quot;",
            '\t' | '\n' => xml.push(c),
            // A bare carriage return would be read as a newline.
            '\r' => xml += "&#13;",
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => xml.push(c),
        }
    }
    xml
}

const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_SECS: u64 = 86_400;

/// Writes a time as HTTP and RSS do: `Sun, 27 Sep 2020 04:10:00 GMT`.
pub fn http_date(time: SystemTime) -> String {
    let secs = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let days = secs / DAY_SECS;
    let (mut year, mut day) = (1970, days);
    while day >= year_days(year) {
        day -= year_days(year);
        year += 1;
    }
    let mut month = 0;
    while day >= month_days(year, month) {
        day -= month_days(year, month);
        month += 1;
    }
    let weekday = WEEKDAYS[usize::try_from(days % 7).unwrap_or_default()];
    let (hour, minute, second) = (secs / 3600 % 24, secs / 60 % 60, secs % 60);
    format!("{weekday}, {:02} {} {year} {hour:02}:{minute:02}:{second:02} GMT", day + 1, MONTHS[month])
}

/// Reads such a date back, into seconds since 1970.
pub(super) fn unix_seconds(date: &str) -> Option<u64> {
    let [day, month, year, time] = date.split_once(", ")?.1.splitn(4, ' ').collect::<Vec<_>>().try_into().ok()?;
    let [hour, minute, second] = time.strip_suffix(" GMT")?.split(':').collect::<Vec<_>>().try_into().ok()?;
    let number = |text: &str| text.parse::<u64>().ok();
    let (month, year) = (MONTHS.iter().position(|name| *name == month)?, number(year).filter(|year| *year < 10_000)?);
    let days = (1970..year).map(year_days).sum::<u64>() + (0..month).map(|month| month_days(year, month)).sum::<u64>();
    let days = days + number(day)?.checked_sub(1)?;
    Some(((days * 24 + number(hour)?) * 60 + number(minute)?) * 60 + number(second)?)
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn year_days(year: u64) -> u64 {
    365 + u64::from(is_leap(year))
}

fn month_days(year: u64, month: usize) -> u64 {
    [31, 28 + u64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month]
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn dates_are_written_and_read_back() {
        let table = [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_601_179_800, "Sun, 27 Sep 2020 04:10:00 GMT"),
        ];
        for (secs, date) in table {
            assert_eq!(http_date(UNIX_EPOCH + Duration::from_secs(secs)), date);
            assert_eq!(unix_seconds(date), Some(secs));
        }
        assert_eq!(unix_seconds("yesterday"), None);
    }

    #[test]
    fn rss_escapes_what_xml_cannot_carry() {
        let item =
            FeedItem { guid: "a&b".into(), title: "<b>\"Շուշի\" ]]>\u{1}</b>".into(), ..FeedItem::default() };
        let xml = Rss::new("A & B").item(item).to_xml();
        assert!(xml.contains("<title>A &amp; B</title>"));
        assert!(xml.contains("<guid isPermaLink=\"false\">a&amp;b</guid>"));
        assert!(xml.contains("<title>&lt;b&gt;&quot;Շուշի&quot; ]]&gt;&lt;/b&gt;</title>"));
        assert!(!xml.contains("<link></link>") && !xml.contains("pubDate"));
    }
}
