//! What a page states about itself: `<title>`, `<meta>`, JSON-LD, the attributes of `<html>` and a few others.
//!
//! Nothing is guessed: what the page does not state is absent. It must not know the page's text.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use serde_json::Value;

use super::super::clean::{end_tag, plain_line, plain_text};
use super::super::markup::{Kind, Scanner, Token};
use ceasewire_model::Timestamp;

/// What a page states about itself.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    pub title: Option<String>,
    pub published: Option<Timestamp>,
    pub author: Option<String>,
    pub site: Option<String>,
    pub language: Option<String>,
    /// The article's text as JSON-LD holds it, one paragraph a line.
    pub body: Option<String>,
}

/// Names of `<meta>` elements, the best first.
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

/// The longest a title or a name is; what is longer is something else.
const LONGEST_NAME: usize = 500;

/// Reads what a page states about itself.
pub(super) fn read(html: &str) -> Metadata {
    let statements = Statements::read(html);
    let linked = statements.json_ld.iter().find_map(|json| article(json, 0));
    let text = |key: &str| linked.and_then(|article| name_of(article.get(key)?)).and_then(|text| line(&text));
    let site = statements.meta(SITES).or_else(|| text("publisher"));
    // A headline that is not in `<title>` while the name is describes something else.
    let headline = text("headline").map(|headline| match (text("name"), &statements.title) {
        (Some(name), Some(title)) if title.contains(&name) && !title.contains(&headline) => name,
        _ => headline,
    });
    let title = headline
        .or_else(|| statements.meta(TITLES))
        .or_else(|| statements.title.as_deref().map(|title| unsigned(title, statements.heading.as_deref())))
        .or_else(|| statements.heading.clone())
        .map(|title| without_site(&title, site.as_deref()).to_owned());
    let stated = |names: &[&str]| {
        names.iter().find_map(|name| {
            statements.metas.iter().find_map(|(key, value)| (key == name).then(|| instant(value)).flatten())
        })
    };
    let published = linked
        .and_then(|article| instant(article.get("datePublished")?.as_str()?))
        .or_else(|| stated(TIMES))
        .or_else(|| statements.times.iter().find_map(|time| instant(time)));
    // Some state the address of the author's page.
    let author = text("author")
        .or_else(|| statements.meta(AUTHORS))
        .or_else(|| statements.author.clone())
        .filter(|author| !author.contains("://") && author.chars().count() <= 200);
    let language = statements
        .language
        .iter()
        .chain(text("inLanguage").iter())
        .chain(statements.meta(LANGUAGES).iter())
        .find_map(|language| tag(language));
    let body = linked.and_then(|article| article.get("articleBody")?.as_str()).map(plain_text);
    Metadata { title, published, author, site, language, body: body.filter(|body| !body.is_empty()) }
}

/// The statements as they stand in the page.
#[derive(Default)]
struct Statements {
    metas: Vec<(String, String)>,
    title: Option<String>,
    heading: Option<String>,
    author: Option<String>,
    times: Vec<String>,
    language: Option<String>,
    json_ld: Vec<Value>,
}

impl Statements {
    fn read(html: &str) -> Self {
        /// More of them are no description of one article.
        const MOST: usize = 500;
        let mut found = Self::default();
        let mut scanner = Scanner::new(html);
        // Elements whose end was looked for in vain.
        let mut hopeless: Vec<&str> = Vec::new();
        while let Some(token) = scanner.next() {
            if !matches!(token.kind, Kind::Open | Kind::Empty) {
                continue;
            }
            let name = token.name(html).to_ascii_lowercase();
            let attribute = |key: &str| token.attribute(html, key).filter(|value| !value.trim().is_empty());
            match name.as_str() {
                "html" => {
                    found.language =
                        found.language.take().or_else(|| attribute("lang")).or_else(|| attribute("xml:lang"))
                }
                "meta" if found.metas.len() < MOST => found.meta_element(&token, html),
                "time" if found.times.len() < MOST => {
                    let published = attribute("itemprop").is_some_and(|prop| prop.contains("datePublished"));
                    if published || token.attribute(html, "pubdate").is_some() {
                        found.times.extend(attribute("datetime"));
                    }
                }
                "svg" | "title" | "h1" | "script" | "style" if !hopeless.contains(&name.as_str()) => {
                    let known = ["svg", "title", "h1", "script", "style"].into_iter().find(|known| *known == name);
                    let Some(end) = end_tag(html, token.end, &name) else {
                        hopeless.extend(known);
                        continue;
                    };
                    let content = html.get(token.end..end).unwrap_or_default();
                    match name.as_str() {
                        "title" => found.title = found.title.take().or_else(|| line(content)),
                        "h1" => found.heading = found.heading.take().or_else(|| line(content)),
                        "script"
                            if found.json_ld.len() < MOST
                                && attribute("type").is_some_and(|kind| kind.contains("ld+json")) =>
                        {
                            found.json_ld.extend(json(content));
                        }
                        _ => {}
                    }
                    scanner.seek(end);
                }
                "a" | "span" | "p" | "div" if found.author.is_none() => {
                    let states = attribute("rel").is_some_and(|rel| rel == "author")
                        || attribute("itemprop").is_some_and(|prop| prop == "author");
                    if states {
                        /// Room for a name with its markup.
                        const NEAR: usize = 2000;
                        let rest = html.get(token.end..).unwrap_or_default();
                        let near = &rest[..rest.floor_char_boundary(NEAR)];
                        // The first element decides, even if it says nothing.
                        found.author =
                            Some(end_tag(near, 0, &name).and_then(|end| line(&near[..end])).unwrap_or_default());
                    }
                }
                _ => {}
            }
        }
        found.author = found.author.filter(|author| !author.is_empty());
        found
    }

    fn meta_element(&mut self, token: &Token, html: &str) {
        let mut names: Vec<String> = Vec::new();
        let mut content = None;
        for (key, value) in token.attributes(html) {
            match key.to_ascii_lowercase().as_str() {
                // One element may state several, parted by spaces.
                "name" | "property" | "itemprop" | "http-equiv" => {
                    names.extend(value.split_whitespace().map(str::to_ascii_lowercase));
                }
                "content" => content = Some(value.into_owned()),
                _ => {}
            }
        }
        if let Some(content) = content.filter(|content| !content.trim().is_empty()) {
            self.metas.extend(names.into_iter().map(|name| (name, content.clone())));
        }
    }

    /// The first of the names that the page states something under.
    fn meta(&self, names: &[&str]) -> Option<String> {
        names
            .iter()
            .find_map(|name| self.metas.iter().find_map(|(key, value)| (key == name).then(|| line(value)).flatten()))
    }
}

/// JSON as pages write it: within comments, with line breaks in its strings.
fn json(content: &str) -> Option<Value> {
    let content =
        content.trim().trim_start_matches("<!--").trim_start_matches("//<![CDATA[").trim_start_matches("<![CDATA[");
    let content = content.trim_end().trim_end_matches("-->").trim_end_matches("//]]>").trim_end_matches("]]>");
    let mut sound = String::with_capacity(content.len());
    let (mut quoted, mut escaped) = (false, false);
    for c in content.chars() {
        match c {
            '\n' if quoted && !escaped => sound.push_str("\\n"),
            c if c.is_control() => sound.push(' '),
            c => sound.push(c),
        }
        quoted ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
    }
    let content = sound;
    serde_json::from_str(content.trim().trim_end_matches(';')).ok()
}

/// The first object that describes an article.
fn article(json: &Value, depth: usize) -> Option<&serde_json::Map<String, Value>> {
    /// Articles stand in a list, in a graph, or under the page that they are the main entity of.
    const DEEPEST: usize = 4;
    if depth > DEEPEST {
        return None;
    }
    match json {
        Value::Array(items) => items.iter().find_map(|item| article(item, depth + 1)),
        Value::Object(object) => {
            let kinds = object.get("@type");
            let named = |kind: &Value| {
                kind.as_str()
                    .is_some_and(|kind| kind.ends_with("Article") || kind.ends_with("Posting") || kind == "Report")
            };
            let is_article = match kinds {
                Some(Value::Array(kinds)) => kinds.iter().any(named),
                Some(kind) => named(kind),
                None => false,
            };
            if is_article {
                return Some(object);
            }
            ["@graph", "mainEntity", "mainEntityOfPage"].iter().find_map(|key| article(object.get(*key)?, depth + 1))
        }
        _ => None,
    }
}

/// The name that a value is or has; several are joined.
fn name_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(object) => object.get("name")?.as_str().map(str::to_owned),
        Value::Array(items) => {
            let names: Vec<String> =
                items.iter().take(10).filter(|item| !item.is_array()).filter_map(name_of).collect();
            (!names.is_empty()).then(|| names.join(", "))
        }
        _ => None,
    }
}

fn line(html: &str) -> Option<String> {
    let text = plain_line(html);
    (!text.is_empty() && text.chars().count() <= LONGEST_NAME).then_some(text)
}

/// The separators between an article's title and the site's name in `<title>`.
const SEPARATORS: &[&str] = &[" | ", " - ", " – ", " — ", " / ", " > ", " » ", " :: ", " · ", " • ", " \\ "];

/// A page's `<title>` without the site's name, which many sign it with.
fn unsigned(title: &str, heading: Option<&str>) -> String {
    // The headline is in it, word for word: that is the title.
    if let Some(heading) = heading.filter(|heading| title.contains(*heading) && heading.split_whitespace().count() > 3)
    {
        return heading.to_owned();
    }
    let last = SEPARATORS.iter().filter_map(|separator| title.rfind(separator)).max();
    let Some(last) = last else { return title.to_owned() };
    let words = |text: &str| text.split_whitespace().count();
    let (before, after) = title.split_at(last);
    if words(before) >= 3 {
        return before.to_owned();
    }
    // The site's name stands first.
    let after = SEPARATORS.iter().find_map(|separator| after.strip_prefix(separator)).unwrap_or(after);
    if words(after) >= 3 { after.to_owned() } else { title.to_owned() }
}

/// A title without the site's name behind a separator.
fn without_site<'a>(title: &'a str, site: Option<&str>) -> &'a str {
    let Some(site) = site else { return title };
    let bare =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    for separator in SEPARATORS {
        if let Some((before, after)) = title.rsplit_once(separator)
            && !before.trim().is_empty()
            && bare(after) == bare(site)
        {
            return before.trim();
        }
    }
    title
}

/// The instant that a page states; without a zone it is read as UTC, without a time as the beginning of that day.
fn instant(text: &str) -> Option<Timestamp> {
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

/// A BCP 47 tag as pages write it (`ru_RU`), or `None` if the text is none.
fn tag(text: &str) -> Option<String> {
    let tag = text.split(',').next()?.trim().replace('_', "-");
    let primary = tag.split('-').next()?;
    let sound = (2..=3).contains(&primary.len()) && primary.chars().all(|c| c.is_ascii_alphabetic()) && tag.len() <= 35;
    (sound && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')).then_some(tag)
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
            assert_eq!(read(head).title.as_deref(), Some(title), "{head}");
        }
        assert_eq!(read("<p>No title</p>").title, None);
    }

    #[test]
    fn only_a_date_that_the_page_states_is_one() {
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
            assert_eq!(read(html).published.map(|time| time.to_rfc3339()).as_deref(), published, "{html}");
        }
    }

    #[test]
    fn author_site_and_language_are_as_stated() {
        let html =
            "<html lang=hy-AM><meta name=author content='A. Sargsyan'><meta property=og:site_name content='Լրատու'>";
        let found = read(html);
        assert_eq!((found.author.as_deref(), found.site.as_deref()), (Some("A. Sargsyan"), Some("Լրատու")));
        assert_eq!(found.language.as_deref(), Some("hy-AM"));
        let html = "<script type='application/ld+json'>[{\"@type\":\"ReportageNewsArticle\",\"author\":[{\"name\":\"A\"},{\"name\":\"B\"}],\
                    \"publisher\":{\"name\":\"Wire\"},\"inLanguage\":\"ru_RU\",\"articleBody\":\"One.\\n\\nTwo.\"}]</script>";
        let found = read(html);
        assert_eq!((found.author.as_deref(), found.site.as_deref()), (Some("A, B"), Some("Wire")));
        assert_eq!((found.language.as_deref(), found.body.as_deref()), (Some("ru-RU"), Some("One.\nTwo.")));
        let found =
            read("<meta property='article:author' content='https://wire.example/a'><a rel=author href=/a>A. B.</a>");
        assert_eq!(found.author, None);
        assert!(found.site.is_none() && found.language.is_none() && found.body.is_none());
    }
}
