//! Lists of feeds as other readers write and read them: OPML 1.0 and 2.0 (<http://opml.org/spec2.opml>). Pure.
//!
//! Readers differ in what they put where: folders as outlines of outlines, `xmlUrl` in any case, a title in `text` or in
//! `title`. A faulty outline costs itself, and a file that breaks off keeps what came before.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};
use url::Url;

use ceasewire_articles::charset;

/// A feed on a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// Address of the feed.
    pub url: String,
    /// What it is called.
    pub title: Option<String>,
    /// Address of its site.
    pub home: Option<String>,
    /// BCP 47 tag of its language.
    pub language: Option<String>,
    /// Id of its outlet, as this program writes it into `category`.
    pub outlet: Option<String>,
}

/// What a file held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// The feeds in the file's order, each address once.
    pub feeds: Vec<Outline>,
    /// What could not be read, a sentence each with its place.
    pub faults: Vec<String>,
}

/// More feeds than this in one file are a mistake.
const MOST_FEEDS: usize = 100_000;

/// Reads a list of feeds from a file's bytes.
pub fn read(bytes: &[u8]) -> List {
    read_text(&charset::decode(bytes, None))
}

fn read_text(text: &str) -> List {
    let mut list = List::default();
    let mut seen = std::collections::HashSet::new();
    let mut reader = Reader::from_str(text);
    // Unbalanced ends are common and harmless here.
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    let mut is_opml = false;
    loop {
        let event = reader.read_event();
        let line =
            || text[..usize::try_from(reader.buffer_position()).unwrap_or(0).min(text.len())].matches('\n').count() + 1;
        match event {
            Ok(Event::Eof) => break,
            Ok(Event::Start(tag) | Event::Empty(tag)) => {
                is_opml |= tag.local_name().as_ref().eq_ignore_ascii_case("opml");
                if !tag.local_name().as_ref().eq_ignore_ascii_case("outline") {
                    continue;
                }
                match outline(&tag) {
                    Ok(None) => {}
                    Ok(Some(_)) if list.feeds.len() >= MOST_FEEDS => {
                        list.faults
                            .push(format!("Line {}: more than {MOST_FEEDS} feeds; the rest is left out.", line()));
                        break;
                    }
                    Ok(Some(feed)) => {
                        if seen.insert(feed.url.clone()) {
                            list.feeds.push(feed);
                        }
                    }
                    Err(fault) => list.faults.push(format!("Line {}: {fault}.", line())),
                }
            }
            Ok(_) => {}
            Err(error) => {
                list.faults.push(format!("Line {}: {error}; what follows was not read.", line()));
                break;
            }
        }
    }
    if !is_opml && list.feeds.is_empty() {
        list.faults
            .push("This is no OPML file: it has no <opml> in it. Export the list from your reader as OPML.".into());
    }
    list
}

/// The feed of an outline; `None` for a folder or a note.
fn outline(tag: &BytesStart<'_>) -> Result<Option<Outline>, String> {
    let mut feed = Outline::default();
    let (mut text, mut title) = (None, None);
    for attribute in tag.html_attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| format!("an attribute cannot be read ({error})"))?;
        // An address with a bare "&" is as good as one with "&amp;".
        let value = match attribute.normalized_value(XmlVersion::Implicit1_0) {
            Ok(value) => value.into_owned(),
            Err(_) => attribute.value.to_string(),
        };
        let value = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        match attribute.key.local_name().as_ref().to_ascii_lowercase().as_str() {
            "xmlurl" => feed.url = value.unwrap_or_default(),
            "htmlurl" => feed.home = value,
            "title" => title = value,
            "text" => text = value,
            "language" => feed.language = value.as_deref().and_then(super::entry_builder::language),
            "category" => feed.outlet = value.filter(|value| !value.contains([',', '/', ' '])),
            _ => {}
        }
    }
    feed.title = title.or(text);
    if feed.url.is_empty() {
        return Ok(None);
    }
    // Some readers write `feed:https://…` or `feed://…`.
    let address = feed.url.strip_prefix("feed:").unwrap_or(&feed.url);
    let address =
        if let Some(rest) = address.strip_prefix("//") { format!("https://{rest}") } else { address.to_owned() };
    match Url::parse(&address) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => {
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

/// A value within quotes, without the characters that XML forbids.
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
    fn feeds_are_found_in_folders_whatever_the_case_of_their_attributes() {
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
    fn a_faulty_outline_costs_itself_and_a_cut_file_keeps_what_came_before() {
        let text = "<opml><body>\n<outline text='bad' xmlUrl='ftp://x.example/f'/>\n<outline xmlUrl='https://a.example/f'/>\n<outline xmlUrl='https://b.exa";
        let list = read_text(text);
        assert_eq!(list.feeds.len(), 1);
        assert!(list.faults[0].starts_with("Line 2:") && list.faults.len() == 2, "{:?}", list.faults);
    }

    #[test]
    fn what_is_no_list_is_said_to_be_none() {
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
    fn what_is_written_reads_back_to_the_same() {
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
