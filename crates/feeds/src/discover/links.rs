//! The feeds that a page declares or links to, and the usual addresses of feeds.

use std::collections::HashSet;

use url::Url;

use super::page_words::{PagePhrase, phrases};
use super::{DiscoveredFeed, FeedFormat, PageScan, push_words};
use crate::budget::MAX_TITLE_BYTES;

/// The most feeds of one page. An outlet's list of sections may be longer; the main ones come first.
const MAX_FEEDS: usize = 24;
/// The usual paths of feeds, the most frequent first.
const USUAL_PATHS: &[&str] = &["feed", "rss", "rss.xml", "atom.xml", "feed.xml", "index.xml", "?feed=rss2"];
/// Feed readers whose addresses contain the address of a feed.
const READERS: &[&str] = &[
    "feedly.com",
    "inoreader.com",
    "newsblur.com",
    "netvibes.com",
    "add.my.yahoo.com",
    "facebook.com",
    "theoldreader.com",
];

/// The evidence that an address is a feed, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum LinkEvidence {
    /// The page declares the feed.
    Declared,
    /// The address looks like that of a feed.
    Address,
    /// The words of the link name a format of feeds.
    Words,
}

/// Finds the feeds of a page, the likeliest first.
pub(super) fn feeds(scan: &PageScan, base: &Url, own: &Url) -> Vec<DiscoveredFeed> {
    let mut found: Vec<(bool, LinkEvidence, DiscoveredFeed)> = Vec::new();
    let mut seen: HashSet<Url> = HashSet::from([without_fragment(own.clone())]);
    let mut add = |evidence, found_at: Url, title: Option<String>, format| {
        if seen.insert(found_at.clone()) {
            let comments = is_about_comments(&found_at, title.as_deref());
            found.push((comments, evidence, DiscoveredFeed { url: found_at, title, format }));
        }
    };
    for link in &scan.links {
        let Some(url) = resolve(base, &link.href) else { continue };
        if let Some(format) = declared_format(&link.rel, &link.mime, &url) {
            add(LinkEvidence::Declared, url, link.title.as_deref().map(one_line), format);
        }
    }
    for anchor in &scan.anchors {
        let Some(url) = resolve(base, &anchor.href) else { continue };
        let title = [&anchor.text, &anchor.hint].into_iter().find(|words| !words.is_empty()).cloned();
        if let Some(format) = format_by_address(&url) {
            add(LinkEvidence::Address, url, title, format);
        } else if let Some(format) =
            format_by_words(&anchor.text).or_else(|| format_by_words(&anchor.hint)).filter(|_| may_be_feed(&url))
        {
            add(LinkEvidence::Words, url, title, format);
        }
    }
    // The sort is stable: feeds with equal evidence stay in the order of the page.
    found.sort_by_key(|(comments, evidence, _)| (*comments, *evidence));
    found.into_iter().map(|(_, _, found)| found).take(MAX_FEEDS).collect()
}

/// The usual addresses of a feed, the likeliest first, for a site that names none.
pub fn usual_addresses(url: &Url) -> Vec<Url> {
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
    // A section or an edition comes before the whole site. A last part with a dot is a file and no section.
    let folder = url.path().trim_end_matches('/');
    if !folder.is_empty() && !folder.rsplit('/').next().unwrap_or_default().contains('.') {
        let mut section = root.clone();
        section.set_path(&format!("{folder}/"));
        for path in &USUAL_PATHS[..3] {
            add(&section, path);
        }
    }
    for path in USUAL_PATHS {
        add(&root, path);
    }
    found
}

/// Resolves a page's address to an absolute web address without fragment.
pub(super) fn resolve(base: &Url, href: &str) -> Option<Url> {
    let href = href.trim();
    // Browsers once took feed://HOST/ and feed:https://HOST/ as a wish to subscribe.
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

/// The format of the feed that a `<link>` declares.
fn declared_format(rel: &str, mime: &str, url: &Url) -> Option<FeedFormat> {
    let mime = mime.split(';').next().unwrap_or_default().trim();
    let address = url.as_str().to_ascii_lowercase();
    match mime {
        "application/rss+xml"
        | "application/rss"
        | "application/x-rss+xml"
        | "text/rss+xml"
        | "text/rss"
        | "application/rdf+xml" => Some(FeedFormat::Rss),
        "application/atom+xml" | "application/atom" | "application/x-atom+xml" | "text/atom+xml" => {
            Some(FeedFormat::Atom)
        }
        "application/feed+json" => Some(FeedFormat::Json),
        // oEmbed and a site's own interface have these types too.
        "application/json" => (address.contains("feed") && !address.contains("oembed")).then_some(FeedFormat::Json),
        "application/xml" | "text/xml" => (!address.contains("oembed")).then_some(FeedFormat::Unknown),
        "" if rel.split_whitespace().any(|rel| rel == "feed") => Some(FeedFormat::Unknown),
        "" => format_by_address(url),
        _ => None,
    }
}

/// The format of the feed that an address suggests.
fn format_by_address(url: &Url) -> Option<FeedFormat> {
    if !may_be_feed(url) {
        return None;
    }
    let path = url.path().to_ascii_lowercase();
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let (stem, extension) = last.rsplit_once('.').unwrap_or((last, ""));
    let host = url.host_str().unwrap_or_default();
    let names_feed = |text: &str| {
        let mut parts = text.split(|c: char| !c.is_ascii_alphanumeric());
        parts.any(|part| matches!(part, "rss" | "rss2" | "feed" | "feeds" | "atom" | "rdf"))
    };
    match (stem, extension) {
        ("rss" | "rss2" | "rdf", "" | "php" | "aspx" | "ashx" | "axd" | "asp" | "html" | "xml") => {
            Some(FeedFormat::Rss)
        }
        ("atom", "" | "php" | "aspx" | "xml") => Some(FeedFormat::Atom),
        ("feed", "" | "php" | "aspx") => Some(FeedFormat::Unknown),
        ("feed", "json") => Some(FeedFormat::Json),
        (_, "rss" | "rdf") => Some(FeedFormat::Rss),
        (_, "atom") => Some(FeedFormat::Atom),
        (_, "xml")
            if names_feed(&path) || stem == "index" || names_feed(host.split('.').next().unwrap_or_default()) =>
        {
            Some(FeedFormat::Unknown)
        }
        _ if (host.starts_with("feeds.") || host.starts_with("rss.")) && path.len() > 1 => Some(FeedFormat::Unknown),
        _ => url
            .query_pairs()
            .find_map(|(key, value)| format_by_parameter(&key.to_ascii_lowercase(), &value.to_ascii_lowercase())),
    }
}

fn format_by_parameter(key: &str, value: &str) -> Option<FeedFormat> {
    match (key, value) {
        ("feed" | "format" | "type" | "alt" | "output" | "view", "rss" | "rss2" | "rdf") => Some(FeedFormat::Rss),
        ("feed" | "format" | "type" | "alt" | "output" | "view", "atom") => Some(FeedFormat::Atom),
        ("feed" | "format" | "view", "feed") => Some(FeedFormat::Unknown),
        ("feed", comments) if comments.starts_with("comments") => Some(FeedFormat::Unknown),
        ("rss", _) => Some(FeedFormat::Rss),
        _ => None,
    }
}

/// The format that the words of a link name.
fn format_by_words(words: &str) -> Option<FeedFormat> {
    let words = words.to_ascii_lowercase();
    words.split(|c: char| !c.is_alphanumeric()).find_map(|word| match word {
        word if word == "rss" || phrases(PagePhrase::Rss).contains(&word) => Some(FeedFormat::Rss),
        "atom" => Some(FeedFormat::Atom),
        _ => None,
    })
}

/// Whether an address may be that of a feed: not a picture, a sitemap, or a feed reader's subscription page.
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
    address.contains("/comments")
        || address.contains("=comments")
        || phrases(PagePhrase::Comments).iter().any(|word| title.contains(word))
}

fn one_line(text: &str) -> String {
    let mut line = String::new();
    push_words(&mut line, text, MAX_TITLE_BYTES);
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::inspect_page;

    fn found(html: &str) -> Vec<String> {
        let url = Url::parse("https://news.example/hy/").unwrap();
        inspect_page(html, &url).feeds.iter().map(|found| format!("{:?} {}", found.format, found.url)).collect()
    }

    #[test]
    fn declared_feeds_are_found_in_every_notation() {
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
    fn other_links_are_not_feeds() {
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
        let feeds = inspect_page(html, &url).feeds;
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
    fn guesses_cover_the_section_and_the_site() {
        let guesses = |url: &str| {
            usual_addresses(&Url::parse(url).unwrap())
                .iter()
                .map(|url| url.as_str()[20..].to_owned())
                .collect::<Vec<_>>()
        };
        let root = ["/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/?feed=rss2"];
        assert_eq!(guesses("https://news.example/"), root);
        assert_eq!(guesses("https://news.example/news/1.html?x=1#y"), root);
        assert_eq!(guesses("https://news.example/rss")[..3], ["/rss/feed", "/rss/rss", "/rss/rss.xml"]);
        assert_eq!(guesses("https://news.example/hy/?p=1")[..4], ["/hy/feed", "/hy/rss", "/hy/rss.xml", "/feed"]);
    }
}
