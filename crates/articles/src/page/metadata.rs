//! Metadata: chooses title, time, author, site and language from the statements of a page.
//!
//! It never guesses: a field without a statement is `None`. It must not know the text between the statements.

use ceasewire_model::Timestamp;
use chrono::{DateTime, NaiveDate, NaiveDateTime};

use super::json_ld::{find_article, find_name};
use super::page_title::{without_signature, without_site};
use super::statements::{PageStatements, clean_name};
use crate::clean::plain_text;

/// Metadata that a page states about its article.
#[derive(Debug, Default)]
pub(super) struct PageMetadata {
    pub title: Option<String>,
    pub published: Option<Timestamp>,
    pub author: Option<String>,
    pub site: Option<String>,
    pub language: Option<String>,
    /// Text of the article in JSON-LD, one paragraph a line.
    pub body: Option<String>,
    /// The page's own address as it states it, perhaps relative.
    pub canonical: Option<String>,
    /// The content of `<title>`.
    pub page_title: Option<String>,
    /// The first heading.
    pub heading: Option<String>,
}

/// Names of `<meta>` elements for each field, the most reliable first.
const TITLES: &[&str] =
    &["dc:title", "dc.title", "dcterms.title", "og:title", "parsely-title", "twitter:title", "title", "headline"];
const TIMES: &[&str] = &[
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "article:published",
    "published_time",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "pubdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "date",
];
const AUTHORS: &[&str] = &[
    "dc:creator",
    "dc.creator",
    "dcterms.creator",
    "author",
    "parsely-author",
    "sailthru.author",
    "article:author",
    "byl",
];
const SITES: &[&str] = &["og:site_name", "application-name", "twitter:site:name"];
const LANGUAGES: &[&str] = &["content-language", "og:locale", "dc.language", "inlanguage"];

/// Parses the metadata of a page.
pub(super) fn parse_metadata(html: &str) -> PageMetadata {
    let statements = PageStatements::parse(html);
    let json_ld = statements.json_ld.iter().find_map(find_article);
    let text = |key: &str| json_ld.and_then(|article| find_name(article.get(key)?)).and_then(|text| clean_name(&text));
    let site = statements.find_meta(SITES).or_else(|| text("publisher"));
    // If `<title>` contains the name but not the headline, the headline describes other content.
    let headline = text("headline").map(|headline| match (text("name"), &statements.title) {
        (Some(name), Some(title)) if title.contains(&name) && !title.contains(&headline) => name,
        _ => headline,
    });
    let title = headline
        .or_else(|| statements.find_meta(TITLES))
        .or_else(|| statements.title.as_deref().map(|title| without_signature(title, statements.heading.as_deref())))
        .or_else(|| statements.heading.clone())
        .map(|title| without_site(&title, site.as_deref()).to_owned());
    let find_meta_time = |names: &[&str]| {
        names.iter().find_map(|name| {
            statements.metas.iter().find_map(|(key, value)| (key == name).then(|| parse_time(value)).flatten())
        })
    };
    let published = json_ld
        .and_then(|article| parse_time(article.get("datePublished")?.as_str()?))
        .or_else(|| find_meta_time(TIMES))
        .or_else(|| statements.times.iter().find_map(|time| parse_time(time)));
    // Some pages state the address of the author's page.
    let author = text("author")
        .or_else(|| statements.find_meta(AUTHORS))
        .or_else(|| statements.author.clone())
        .filter(|author| !author.contains("://") && author.chars().count() <= 200);
    let language = statements
        .language
        .iter()
        .chain(text("inLanguage").iter())
        .chain(statements.find_meta(LANGUAGES).iter())
        .find_map(|language| parse_language_tag(language));
    let body = json_ld.and_then(|article| article.get("articleBody")?.as_str()).map(plain_text);
    let body = body.filter(|body| !body.is_empty());
    let og_url = || statements.metas.iter().find(|(name, _)| name == "og:url").map(|(_, url)| url.trim().to_owned());
    let canonical = statements.canonical.clone().or_else(og_url);
    let (page_title, heading) = (statements.title.clone(), statements.heading.clone());
    PageMetadata { title, published, author, site, language, body, canonical, page_title, heading }
}

/// Parses a time in the formats of real pages; one without a zone is UTC, a date alone is the start of that day.
fn parse_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let utc = |time: NaiveDateTime| Timestamp::from(time.and_utc());
    let zoned = ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%dT%H:%M%z", "%Y-%m-%d %H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S %z"];
    let zoneless = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"];
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_rfc2822(text))
        .ok()
        .or_else(|| zoned.iter().find_map(|format| DateTime::parse_from_str(text, format).ok()))
        .map(|time| Timestamp::from(time.to_utc()))
        .or_else(|| {
            zoneless
                .iter()
                .find_map(|format| NaiveDateTime::parse_from_str(text.trim_end_matches('Z'), format).ok())
                .map(utc)
        })
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0).map(utc))
}

/// Parses a BCP 47 tag as pages write it (`ru_RU`).
fn parse_language_tag(text: &str) -> Option<String> {
    let tag = text.split(',').next()?.trim().replace('_', "-");
    let primary = tag.split('-').next()?;
    let is_valid =
        (2..=3).contains(&primary.len()) && primary.chars().all(|c| c.is_ascii_alphabetic()) && tag.len() <= 35;
    (is_valid && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')).then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_loses_the_name_of_its_site() {
        for (head, title) in [
            ("<title>Ministers meet in Moscow - The Wire</title>", "Ministers meet in Moscow"),
            ("<title>The Wire | Ministers meet in Moscow again</title>", "Ministers meet in Moscow again"),
            ("<title>Stepanakert - Goris</title>", "Stepanakert - Goris"),
            (
                "<meta property='og:site_name' content='The Wire'><meta property='og:title' content='Talks | The Wire'>",
                "Talks",
            ),
            ("<meta property='og:title' content='Talks - a beginning'>", "Talks - a beginning"),
            (
                "<title>X</title><h1>Y</h1><script type='application/ld+json'>{\"@type\":\"NewsArticle\",\n\"headline\":\"Z &amp; A\"}</script>",
                "Z & A",
            ),
            ("<title>Wire: a long signature of all pages</title><h1>Y</h1>", "Wire: a long signature of all pages"),
            ("<h1>Only a <b>heading</b></h1>", "Only a heading"),
        ] {
            assert_eq!(parse_metadata(head).title.as_deref(), Some(title), "{head}");
        }
        assert_eq!(parse_metadata("<p>No title</p>").title, None);
    }

    #[test]
    fn only_a_stated_time_of_publication_counts() {
        for (html, published) in [
            (
                "<meta property=article:published_time content='2020-10-10T14:20:00+04:00'>",
                Some("2020-10-10T10:20:00Z"),
            ),
            ("<meta itemprop=datePublished content='2020-10-10'>", Some("2020-10-10T00:00:00Z")),
            ("<time pubdate datetime='2020-10-10 10:20'>today</time>", Some("2020-10-10T10:20:00Z")),
            (
                "<script type=application/ld+json>{\"@graph\":[{\"@type\":[\"Article\"],\"datePublished\":\"2020-10-10T10:20:00.5Z\"}]}</script>",
                Some("2020-10-10T10:20:00Z"),
            ),
            ("<time datetime='2020-10-10T10:20:00Z'>of a comment</time>", None),
            ("<meta name=date content='soon'>", None),
            ("<p>10 October 2020</p>", None),
        ] {
            assert_eq!(parse_metadata(html).published.map(|time| time.to_rfc3339()).as_deref(), published, "{html}");
        }
    }

    #[test]
    fn author_site_and_language_are_as_stated() {
        let html =
            "<html lang=hy-AM><meta name=author content='A. Sargsyan'><meta property=og:site_name content='Լրատու'>";
        let found = parse_metadata(html);
        assert_eq!((found.author.as_deref(), found.site.as_deref()), (Some("A. Sargsyan"), Some("Լրատու")));
        assert_eq!(found.language.as_deref(), Some("hy-AM"));
        let html = "<script type='application/ld+json'>[{\"@type\":\"ReportageNewsArticle\",\"author\":[{\"name\":\"A\"},{\"name\":\"B\"}],\
                    \"publisher\":{\"name\":\"Wire\"},\"inLanguage\":\"ru_RU\",\"articleBody\":\"One.\\n\\nTwo.\"}]</script>";
        let found = parse_metadata(html);
        assert_eq!((found.author.as_deref(), found.site.as_deref()), (Some("A, B"), Some("Wire")));
        assert_eq!((found.language.as_deref(), found.body.as_deref()), (Some("ru-RU"), Some("One.\nTwo.")));
        let found = parse_metadata(
            "<meta property='article:author' content='https://wire.example/a'><a rel=author href=/a>A. B.</a>",
        );
        assert_eq!(found.author, None);
        assert!(found.site.is_none() && found.language.is_none() && found.body.is_none());
    }
}
