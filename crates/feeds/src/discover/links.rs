//! The feeds that a page declares or links to, and the places where a site usually has one.

use std::collections::HashSet;

use url::Url;

use super::{FeedKind, Found, Scan};

/// Feeds that are named of one page. An outlet's list of sections is longer at times; the first ones are what it is about.
const MOST_FEEDS: usize = 24;
/// Where sites have their feeds, most usual first.
const USUAL: &[&str] = &["feed", "rss", "rss.xml", "atom.xml", "feed.xml", "index.xml", "?feed=rss2"];
/// Words for comments, in an address or a title.
const COMMENTS: &[&str] =
    &["comment", "kommentar", "комментар", "коментар", "yorum", "şərh", "մեկնաբան", "კომენტარ", "نظرات", "دیدگاه"];
/// Readers that take a feed's address as a part of their own.
const READERS: &[&str] = &[
    "feedly.com",
    "inoreader.com",
    "newsblur.com",
    "netvibes.com",
    "add.my.yahoo.com",
    "facebook.com",
    "theoldreader.com",
];

/// How sure it is that an address is a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sureness {
    /// The page declares it.
    Declared,
    /// The address looks like one.
    Address,
    /// The words of the link say so.
    Words,
}

/// The feeds of a page, best first.
pub(super) fn feeds(scan: &Scan, base: &Url, own: &Url) -> Vec<Found> {
    let mut found: Vec<(bool, Sureness, Found)> = Vec::new();
    let mut seen: HashSet<Url> = HashSet::from([without_fragment(own.clone())]);
    let mut add = |sureness, found_at: Url, title: Option<String>, kind| {
        if seen.insert(found_at.clone()) {
            let comments = is_about_comments(&found_at, title.as_deref());
            found.push((comments, sureness, Found { url: found_at, title, kind }));
        }
    };
    for link in &scan.links {
        let Some(url) = resolve(base, &link.href) else { continue };
        if let Some(kind) = declared(&link.rel, &link.mime, &url) {
            add(Sureness::Declared, url, link.title.as_deref().map(one_line), kind);
        }
    }
    for anchor in &scan.anchors {
        let Some(url) = resolve(base, &anchor.href) else { continue };
        let title = [&anchor.text, &anchor.hint].into_iter().find(|words| !words.is_empty()).cloned();
        if let Some(kind) = by_address(&url) {
            add(Sureness::Address, url, title, kind);
        } else if let Some(kind) =
            by_words(&anchor.text).or_else(|| by_words(&anchor.hint)).filter(|_| may_be_feed(&url))
        {
            add(Sureness::Words, url, title, kind);
        }
    }
    // The order of the page decides among equals.
    found.sort_by_key(|(comments, sureness, _)| (*comments, *sureness));
    found.into_iter().map(|(_, _, found)| found).take(MOST_FEEDS).collect()
}

/// The addresses at which a site that names no feed has one most often, for a caller that may try them in turn.
pub fn guesses(url: &Url) -> Vec<Url> {
    let mut found = Vec::new();
    let mut add = |base: &Url, path: &str| {
        if let Ok(mut guess) = base.join(path) {
            guess.set_fragment(None);
            if guess != *url && !found.contains(&guess) {
                found.push(guess);
            }
        }
    };
    let mut root = url.clone();
    root.set_path("/");
    root.set_query(None);
    // A section, or a language's edition, before the whole site. What looks like a file is none.
    let folder = url.path().trim_end_matches('/');
    if !folder.is_empty() && !folder.rsplit('/').next().unwrap_or_default().contains('.') {
        let mut section = root.clone();
        section.set_path(&format!("{folder}/"));
        for path in &USUAL[..3] {
            add(&section, path);
        }
    }
    for path in USUAL {
        add(&root, path);
    }
    found
}

/// An address of a page as an absolute one that can be fetched.
pub(super) fn resolve(base: &Url, href: &str) -> Option<Url> {
    let href = href.trim();
    // feed://HOST/ and feed:https://HOST/ are how browsers were once told to subscribe.
    let lower = href.get(..7).unwrap_or_default().to_ascii_lowercase();
    let url = if lower == "feed://" {
        Url::parse(&format!("http://{}", &href[7..]))
    } else if lower.starts_with("feed:") {
        Url::parse(&href[5..])
    } else {
        base.join(href)
    };
    let url = url.ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    Some(without_fragment(url))
}

fn without_fragment(mut url: Url) -> Url {
    url.set_fragment(None);
    url
}

/// The format of what a `<link>` declares, if that is a feed.
fn declared(rel: &str, mime: &str, url: &Url) -> Option<FeedKind> {
    let mime = mime.split(';').next().unwrap_or_default().trim();
    let address = url.as_str().to_ascii_lowercase();
    match mime {
        "application/rss+xml"
        | "application/rss"
        | "application/x-rss+xml"
        | "text/rss+xml"
        | "text/rss"
        | "application/rdf+xml" => Some(FeedKind::Rss),
        "application/atom+xml" | "application/atom" | "application/x-atom+xml" | "text/atom+xml" => {
            Some(FeedKind::Atom)
        }
        "application/feed+json" => Some(FeedKind::Json),
        // Also the types of what is no feed: oEmbed, a site's own interface.
        "application/json" => (address.contains("feed") && !address.contains("oembed")).then_some(FeedKind::Json),
        "application/xml" | "text/xml" => (!address.contains("oembed")).then_some(FeedKind::Unknown),
        "" if rel.split_whitespace().any(|rel| rel == "feed") => Some(FeedKind::Unknown),
        "" => by_address(url),
        _ => None,
    }
}

/// The format of what an address looks like, if that is a feed.
fn by_address(url: &Url) -> Option<FeedKind> {
    if !may_be_feed(url) {
        return None;
    }
    let path = url.path().to_ascii_lowercase();
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let (stem, extension) = last.rsplit_once('.').unwrap_or((last, ""));
    let host = url.host_str().unwrap_or_default();
    let speaks = |text: &str| {
        let mut parts = text.split(|c: char| !c.is_ascii_alphanumeric());
        parts.any(|part| matches!(part, "rss" | "rss2" | "feed" | "feeds" | "atom" | "rdf"))
    };
    match (stem, extension) {
        ("rss" | "rss2" | "rdf", "" | "php" | "aspx" | "ashx" | "axd" | "asp" | "html" | "xml") => Some(FeedKind::Rss),
        ("atom", "" | "php" | "aspx" | "xml") => Some(FeedKind::Atom),
        ("feed", "" | "php" | "aspx") => Some(FeedKind::Unknown),
        ("feed", "json") => Some(FeedKind::Json),
        (_, "rss" | "rdf") => Some(FeedKind::Rss),
        (_, "atom") => Some(FeedKind::Atom),
        (_, "xml") if speaks(&path) || stem == "index" || speaks(host.split('.').next().unwrap_or_default()) => {
            Some(FeedKind::Unknown)
        }
        _ if (host.starts_with("feeds.") || host.starts_with("rss.")) && path.len() > 1 => Some(FeedKind::Unknown),
        _ => url
            .query_pairs()
            .find_map(|(key, value)| by_parameter(&key.to_ascii_lowercase(), &value.to_ascii_lowercase())),
    }
}

fn by_parameter(key: &str, value: &str) -> Option<FeedKind> {
    match (key, value) {
        ("feed" | "format" | "type" | "alt" | "output" | "view", "rss" | "rss2" | "rdf") => Some(FeedKind::Rss),
        ("feed" | "format" | "type" | "alt" | "output" | "view", "atom") => Some(FeedKind::Atom),
        ("feed" | "format" | "view", "feed") => Some(FeedKind::Unknown),
        ("feed", comments) if comments.starts_with("comments") => Some(FeedKind::Unknown),
        ("rss", _) => Some(FeedKind::Rss),
        _ => None,
    }
}

/// The format that the words of a link name.
fn by_words(words: &str) -> Option<FeedKind> {
    let words = words.to_ascii_lowercase();
    words.split(|c: char| !c.is_alphanumeric()).find_map(|word| match word {
        "rss" | "рсс" => Some(FeedKind::Rss),
        "atom" => Some(FeedKind::Atom),
        _ => None,
    })
}

/// Whether an address may be a feed at all: no picture, no sitemap, and no reader that takes a feed's address.
fn may_be_feed(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    let host = url.host_str().unwrap_or_default();
    let picture = [".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".css", ".js", ".pdf", ".webp"];
    !(picture.iter().any(|extension| path.ends_with(extension))
        || path.contains("sitemap")
        || path.contains("opensearch")
        || path.contains("http:/")
        || path.contains("https:/")
        || path.contains("http%3a")
        || path.contains("https%3a")
        || READERS
            .iter()
            .any(|reader| host == *reader || host.strip_suffix(reader).is_some_and(|sub| sub.ends_with('.'))))
}

fn is_about_comments(url: &Url, title: Option<&str>) -> bool {
    let address = url.as_str().to_ascii_lowercase();
    let title = title.unwrap_or_default().to_lowercase();
    address.contains("/comments") || address.contains("=comments") || COMMENTS.iter().any(|word| title.contains(word))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::page;

    fn found(html: &str) -> Vec<String> {
        let url = Url::parse("https://news.example/hy/").unwrap();
        page(html, &url).feeds.iter().map(|found| format!("{:?} {}", found.kind, found.url)).collect()
    }

    #[test]
    fn declared_feeds_are_found_however_they_are_written() {
        for (html, expected) in [
            ("<link rel=alternate type=application/rss+xml href=/rss>", "Rss https://news.example/rss"),
            (
                "<LINK HREF='feed.xml' TYPE='application/atom+xml' REL='Alternate'>",
                "Atom https://news.example/hy/feed.xml",
            ),
            (
                "<link rel=\"alternate home\" type=\"application/rss+xml; charset=UTF-8\" href=\"//cdn.example/f\" />",
                "Rss https://cdn.example/f",
            ),
            (
                "<link rel='alternate' type='application/feed+json' href='f.json?a=1&amp;b=2#x'>",
                "Json https://news.example/hy/f.json?a=1&b=2",
            ),
            ("<link rel='feed' href='../all'>", "Unknown https://news.example/all"),
            (
                "<link rel='alternate' type='application/rdf+xml' href='feed:https://news.example/x'>",
                "Rss https://news.example/x",
            ),
            (
                "<link rel='alternate' type='application/rss+xml' href='feed://news.example/x'>",
                "Rss http://news.example/x",
            ),
            (
                "<link rel='alternate' type='text/xml' title='RSS .92' href='\n /rss92 \n'>",
                "Unknown https://news.example/rss92",
            ),
            (
                "<base href='/ru/'><link rel='alternate' type='application/rss+xml' href='rss'>",
                "Rss https://news.example/ru/rss",
            ),
            (
                "<link rel='alternate' type='application/rss+xml' href='rss'><base href='http://m.example/'>",
                "Rss http://m.example/rss",
            ),
        ] {
            assert_eq!(found(html), [expected], "{html}");
        }
    }

    #[test]
    fn what_is_no_feed_is_not_taken_for_one() {
        for html in [
            "<link rel='stylesheet' type='text/css' href='/feed.css'>",
            "<link rel='alternate' hreflang='ru' href='/ru/'>",
            "<link rel='alternate' type='application/json+oembed' href='/oembed?url=x'>",
            "<link rel='alternate' type='text/xml+oembed' href='/oembed?url=x&format=xml'>",
            "<link rel='alternate' type='application/json' href='/wp-json/wp/v2/pages/8'>",
            "<link rel='alternate' type='application/rss+xml' href='javascript:void(0)'>",
            "<link rel='alternate' type='application/rss+xml' href=''>",
            "<!-- <link rel='alternate' type='application/rss+xml' href='/old'> -->",
            "<script>var x = \"<link rel='alternate' type='application/rss+xml' href='/js'>\";</script>",
            "<a href='/rss.png'>RSS</a><a href='/sitemap.xml'>Sitemap</a><a href='mailto:rss@n.example'>RSS</a>",
            "<a href='https://feedly.com/i/subscription/feed/https://news.example/rss'>Feedly</a>",
            "<a href='/sports/feeding-the-hungry'>Feeding</a><a href='/r/news.xml'>x</a>",
            "<a href='#rss'>RSS</a><a href='/hy/'>RSS</a>",
        ] {
            assert_eq!(found(html), Vec::<String>::new(), "{html}");
        }
    }

    #[test]
    fn linked_feeds_come_second_and_comments_last() {
        let html = "<a href='/comments/feed/'>Comments</a><a href='/export/1'>Our <b>RSS</b></a><a href='/?feed=rss2'>x</a>\
            <link rel='alternate' type='application/rss+xml' title='N » Comments Feed' href='/c'>\
            <a href='/news/rss.php'><img alt='News'></a><a href='/world.rss'>World</a><a href='/hy/rss/all.xml'>All</a>\
            <link rel='alternate' type='application/rss+xml' title=' N »\n Feed ' href='/feed/'><a href='/feed/'>RSS</a>";
        let url = Url::parse("https://news.example/hy/").unwrap();
        let feeds = page(html, &url).feeds;
        let paths: Vec<&str> = feeds.iter().map(|found| &found.url.as_str()[20..]).collect();
        assert_eq!(
            paths,
            [
                "/feed/",
                "/?feed=rss2",
                "/news/rss.php",
                "/world.rss",
                "/hy/rss/all.xml",
                "/export/1",
                "/c",
                "/comments/feed/"
            ]
        );
        assert_eq!(feeds[0].title.as_deref(), Some("N » Feed"));
        assert_eq!(feeds[2].title.as_deref(), Some("News"));
    }

    #[test]
    fn the_usual_places_are_guessed_for_the_section_and_the_site() {
        let guesses = |url: &str| {
            guesses(&Url::parse(url).unwrap()).iter().map(|url| url.as_str()[20..].to_owned()).collect::<Vec<_>>()
        };
        let root = ["/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/?feed=rss2"];
        assert_eq!(guesses("https://news.example/"), root);
        assert_eq!(guesses("https://news.example/news/1.html?x=1#y"), root);
        assert_eq!(guesses("https://news.example/rss")[..3], ["/rss/feed", "/rss/rss", "/rss/rss.xml"]);
        assert_eq!(guesses("https://news.example/hy/?p=1")[..4], ["/hy/feed", "/hy/rss", "/hy/rss.xml", "/feed"]);
    }
}
