//! Lists of feeds for exchange with other feed readers: OPML 1.0 and 2.0 (<http://opml.org/spec2.opml>). Pure.
//!
//! Feed readers disagree on details: folders are outlines within outlines, `xmlUrl` comes in any case, the title stands
//! in
//! `text` or in `title`. A faulty outline does not cost the others, and a cut file keeps the outlines before the cut.

use memchr::memchr_iter;
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};
use url::Url;

use crate::budget::{MAX_ADDRESS_BYTES, MAX_TITLE_BYTES};
use ceasewire_articles::charset;
use ceasewire_articles::clean::without_controls;

/// A feed on a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    pub url: String,
    pub title: Option<String>,
    /// Address of the feed's site.
    pub home: Option<String>,
    /// BCP 47 tag of the feed's language.
    pub language: Option<String>,
    /// Id of the feed's outlet, which this program writes into `category`.
    pub outlet: Option<String>,
}

/// The content of an OPML file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpmlList {
    /// The feeds in the file's order, each address once.
    pub feeds: Vec<Outline>,
    /// A sentence for each of the first outlines or parts that could not be read, with its line, and one that counts the
    /// others.
    pub faults: Vec<String>,
}

/// The most feeds in one file; more are a mistake.
const MAX_FEEDS: usize = 100_000;
/// The most sentences on faults; further faults are counted.
const MAX_FAULTS: usize = 100;
/// The most bytes of an attribute to read.
const MAX_VALUE_BYTES: usize = 8 * MAX_TITLE_BYTES;

/// Reads a list of feeds from a file's bytes.
pub fn read(bytes: &[u8]) -> OpmlList {
    read_text(&charset::decode(bytes, None))
}

fn read_text(text: &str) -> OpmlList {
    let mut list = OpmlList::default();
    let mut seen = std::collections::HashSet::new();
    let mut reader = Reader::from_str(text);
    // Unbalanced end tags are common, and harmless here.
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    let mut is_opml = false;
    let (mut lines, mut further_faults) = (LineCounter::default(), 0_usize);
    loop {
        let event = reader.read_event();
        let position = usize::try_from(reader.buffer_position()).unwrap_or(0);
        match event {
            Ok(Event::Eof) => break,
            Ok(Event::Start(tag) | Event::Empty(tag)) => {
                is_opml |= tag.local_name().as_ref().eq_ignore_ascii_case("opml");
                if !tag.local_name().as_ref().eq_ignore_ascii_case("outline") {
                    continue;
                }
                match outline(&tag) {
                    Ok(None) => {}
                    Ok(Some(_)) if list.feeds.len() >= MAX_FEEDS => {
                        let line = lines.line_at(text, position);
                        list.faults.push(format!("Line {line}: more than {MAX_FEEDS} feeds; the rest was not read."));
                        break;
                    }
                    Ok(Some(feed)) => {
                        if seen.insert(feed.url.clone()) {
                            list.feeds.push(feed);
                        }
                    }
                    Err(_) if list.faults.len() >= MAX_FAULTS => further_faults += 1,
                    Err(fault) => {
                        list.faults.push(format!("Line {}: {fault}.", lines.line_at(text, position)));
                    }
                }
            }
            Ok(_) => {}
            Err(error) => {
                let (line, error) = (lines.line_at(text, position), clean(&error.to_string()));
                list.faults.push(format!("Line {line}: {error}; the rest of the file was not read."));
                break;
            }
        }
    }
    if further_faults > 0 {
        list.faults.push(format!("{further_faults} further outlines cannot be read either."));
    }
    if !is_opml && list.feeds.is_empty() {
        list.faults
            .push("This is no OPML file: it contains no <opml>. Export the list from your feed reader as OPML.".into());
    }
    list
}

/// Counts lines up to growing places of a text, each byte once.
#[derive(Default)]
struct LineCounter {
    place: usize,
    breaks: usize,
}

impl LineCounter {
    fn line_at(&mut self, text: &str, place: usize) -> usize {
        let place = place.clamp(self.place, text.len());
        self.breaks += memchr_iter(b'\n', &text.as_bytes()[self.place..place]).count();
        self.place = place;
        self.breaks + 1
    }
}

/// Cleans a text of the file for people.
fn clean(text: &str) -> String {
    let text = &text[..text.floor_char_boundary(MAX_VALUE_BYTES)];
    let text = without_controls(text);
    let text = text.trim();
    text[..text.floor_char_boundary(MAX_TITLE_BYTES)].to_owned()
}

/// The feed of an outline; `None` for a folder or a note.
fn outline(tag: &BytesStart<'_>) -> Result<Option<Outline>, String> {
    let mut feed = Outline::default();
    let (mut text, mut title) = (None, None);
    for attribute in tag.html_attributes().with_checks(false) {
        let attribute =
            attribute.map_err(|error| format!("an attribute cannot be read ({})", clean(&error.to_string())))?;
        // An address with a bare "&" instead of "&amp;" is usable.
        let value = match attribute.normalized_value(XmlVersion::Implicit1_0) {
            Ok(value) => value.into_owned(),
            Err(_) => attribute.value.to_string(),
        };
        let value = Some(value.trim().to_owned()).filter(|value| (1..=MAX_VALUE_BYTES).contains(&value.len()));
        match attribute.key.local_name().as_ref().to_ascii_lowercase().as_str() {
            "xmlurl" => feed.url = value.unwrap_or_default(),
            "htmlurl" => feed.home = value,
            "title" => title = value.as_deref().map(clean),
            "text" => text = value.as_deref().map(clean),
            "language" => feed.language = value.as_deref().and_then(super::parse::language_tag),
            "category" => feed.outlet = value.filter(|value| !value.contains([',', '/', ' '])),
            _ => {}
        }
    }
    feed.title = title.or(text);
    if feed.url.is_empty() {
        return Ok(None);
    }
    // Some feed readers write `feed:https://…` or `feed://…`.
    let address = feed.url.strip_prefix("feed:").unwrap_or(&feed.url);
    let address =
        if let Some(rest) = address.strip_prefix("//") { format!("https://{rest}") } else { address.to_owned() };
    match Url::parse(&address) {
        Ok(url)
            if matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && url.as_str().len() <= MAX_ADDRESS_BYTES =>
        {
            feed.url = url.to_string();
            Ok(Some(feed))
        }
        _ => Err(format!("\"{}\" is no http:// or https:// address", feed.title.as_deref().unwrap_or("an xmlUrl"))),
    }
}

/// Writes a list of feeds.
pub fn write(title: &str, feeds: &[Outline]) -> String {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n  <head><title>{}</title></head>\n  <body>\n",
        escape(title)
    );
    for feed in feeds {
        let name = feed.title.as_deref().unwrap_or(&feed.url);
        text.push_str(&format!("    <outline type=\"rss\" text=\"{0}\" title=\"{0}\"", attribute(name)));
        let others = [
            ("xmlUrl", Some(&feed.url)),
            ("htmlUrl", feed.home.as_ref()),
            ("language", feed.language.as_ref()),
            ("category", feed.outlet.as_ref()),
        ];
        for (name, value) in others {
            if let Some(value) = value {
                text.push_str(&format!(" {name}=\"{}\"", attribute(value)));
            }
        }
        text.push_str("/>\n");
    }
    text.push_str("  </body>\n</opml>\n");
    text
}

/// Escapes an attribute's value and removes the characters that XML forbids.
fn attribute(value: &str) -> String {
    let allowed: String = value.chars().filter(|c| !c.is_control()).collect();
    escape(allowed).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(text: &str) -> Vec<String> {
        read_text(text).feeds.into_iter().map(|feed| feed.url).collect()
    }

    #[test]
    fn feeds_in_folders_and_attributes_of_any_case_are_found() {
        let text = "<opml version='1.0'><head><title>Mine</title></head><body><outline text='Caucasus'>\
            <outline type='rss' text='The Wire' xmlUrl='https://wire.example/rss?a=1&amp;b=2' htmlUrl='https://wire.example/'/>\
            <outline TITLE='Post' XMLURL='https://post.example/feed' language='hy' category='post'></outline></outline>\
            <outline text='a note'/><outline text='again' xmlUrl='https://wire.example/rss?a=1&b=2'/></body></opml>";
        let list = read_text(text);
        assert_eq!(list.faults, Vec::<String>::new());
        assert_eq!(list.feeds.len(), 2);
        assert_eq!(list.feeds[0].url, "https://wire.example/rss?a=1&b=2");
        assert_eq!(list.feeds[0].title.as_deref(), Some("The Wire"));
        assert_eq!((list.feeds[1].language.as_deref(), list.feeds[1].outlet.as_deref()), (Some("hy"), Some("post")));
    }

    #[test]
    fn a_faulty_outline_and_a_cut_keep_the_other_outlines() {
        let text = "<opml><body>\n<outline text='bad' xmlUrl='ftp://x.example/f'/>\n<outline xmlUrl='https://a.example/f'/>\n<outline xmlUrl='https://b.exa";
        let list = read_text(text);
        assert_eq!(list.feeds.len(), 1);
        assert!(list.faults[0].starts_with("Line 2:") && list.faults.len() == 2, "{:?}", list.faults);
    }

    #[test]
    fn a_file_without_outlines_is_reported() {
        for text in ["", "<html><body>hello</body></html>", "https://a.example/feed", "<opml"] {
            assert!(!read_text(text).faults.is_empty(), "{text}");
        }
        assert_eq!(urls("<opml><body><outline xmlUrl='feed://a.example/f'/></body></opml>"), ["https://a.example/f"]);
        assert_eq!(
            urls("<opml><body><outline xmlUrl='feed:http://a.example/f'/></body></opml>"),
            ["http://a.example/f"]
        );
    }

    #[test]
    fn faults_and_texts_are_bounded_and_clean() {
        let bad = "<outline title='\u{202E}b\u{9b}ad' xmlUrl='x'/>\n".repeat(300_000);
        let list = read_text(&format!(
            "<opml><body>\n{bad}<outline xmlUrl='https://a.example/f' text='{}'/>",
            "t".repeat(9000)
        ));
        assert_eq!(
            (list.faults.len(), list.faults[99].as_str()),
            (101, "Line 101: \"bad\" is no http:// or https:// address.")
        );
        assert_eq!(list.faults[100], "299900 further outlines cannot be read either.");
        assert_eq!(list.feeds[0].title.as_ref().map(String::len), Some(2000));
    }

    #[test]
    fn a_written_list_reads_back_equal() {
        let feeds = vec![
            Outline {
                url: "https://a.example/f?x=1&y=%22".into(),
                title: Some("Голос <\"Армении\"> & Co\u{1}".into()),
                home: Some("https://a.example/".into()),
                language: Some("hy".into()),
                outlet: Some("voice".into()),
            },
            Outline { url: "https://b.example/f".into(), ..Outline::default() },
        ];
        let read = read(write("Feeds & more", &feeds).as_bytes());
        assert_eq!(read.faults, Vec::<String>::new());
        let title = |feed: &Outline| feed.title.clone().unwrap_or_else(|| feed.url.clone()).replace('\u{1}', "");
        assert_eq!(read.feeds.len(), 2);
        for (read, written) in read.feeds.iter().zip(&feeds) {
            assert_eq!((&read.url, read.title.clone()), (&written.url, Some(title(written))));
            assert_eq!((&read.home, &read.language, &read.outlet), (&written.home, &written.language, &written.outlet));
        }
    }
}
