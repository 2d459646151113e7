//! The dialects of XML feeds as tables: the role of each element of each vocabulary.
//!
//! It must not know the way to read an element's value.

/// The role of an element in a feed or an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ElementRole {
    /// The publisher's id of the entry.
    Id,
    Title,
    /// The address of the page.
    Link,
    /// A short text.
    Summary,
    /// The whole text.
    Content,
    /// The date of publication.
    Published,
    /// The date of the last change.
    Updated,
    Author,
    /// The outlet that an aggregator's entry comes from.
    Source,
    Language,
    /// Of a feed: the minutes until the next poll.
    Ttl,
    /// Of a feed: the number of changes in a period.
    Frequency,
    /// Of a feed: the period that the frequency counts in.
    Period,
    /// Of a feed: hours without news.
    SkipHours,
    /// Of a feed: days without news.
    SkipDays,
}

impl ElementRole {
    /// The number of roles.
    pub const COUNT: usize = Self::SkipDays as usize + 1;
}

/// The vocabulary of an element's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedVocabulary {
    /// The feed's own: RSS of any version, or Atom in an Atom feed.
    Own,
    /// Atom by a prefix, within another feed.
    Atom,
    /// Dublin Core elements or terms.
    Dublin,
    /// RSS 1.0's content module.
    Content,
    /// Media RSS.
    Media,
    /// Podcasts.
    Itunes,
    /// XHTML.
    Xhtml,
    /// Extensions of news aggregators (Yandex and others) with the full text.
    FullText,
    /// FeedBurner and Pheedo, which put addresses of their own in the place of the publisher's.
    Burner,
    /// RSS 1.0's syndication module.
    Syndication,
    /// PRISM, the metadata of publishers.
    Prism,
    /// Sitemaps for news aggregators.
    NewsSitemap,
    /// Any other vocabulary.
    Other,
}

/// Namespaces by a part of their address, since versions, `https` and slashes vary. The first match counts.
const NAMESPACES: &[(&str, FeedVocabulary)] = &[
    ("purl.org/dc/", FeedVocabulary::Dublin),
    ("purl.org/rss/1.0/modules/content", FeedVocabulary::Content),
    ("purl.org/rss/1.0/modules/syndication", FeedVocabulary::Syndication),
    ("purl.org/rss/1.0/modules/prism", FeedVocabulary::Prism),
    ("purl.org/rss/1.0/modules/", FeedVocabulary::Other),
    ("purl.org/rss/", FeedVocabulary::Own),
    ("purl.org/net/rss1.1", FeedVocabulary::Own),
    ("my.netscape.com/rdf", FeedVocabulary::Own),
    ("channel.netscape.com/rdf", FeedVocabulary::Own),
    ("backend.userland.com", FeedVocabulary::Own),
    ("blogs.law.harvard.edu/tech/rss", FeedVocabulary::Own),
    ("cyber.law.harvard.edu/rss", FeedVocabulary::Own),
    ("www.w3.org/1999/02/22-rdf", FeedVocabulary::Own),
    ("www.w3.org/2005/atom", FeedVocabulary::Atom),
    ("purl.org/atom", FeedVocabulary::Atom),
    ("search.yahoo.com/mrss", FeedVocabulary::Media),
    ("itunes.com", FeedVocabulary::Itunes),
    ("prismstandard.org/namespaces", FeedVocabulary::Prism),
    ("www.w3.org/1999/xhtml", FeedVocabulary::Xhtml),
    ("news.yandex", FeedVocabulary::FullText),
    ("turbo.yandex", FeedVocabulary::FullText),
    ("rssnamespace.org/feedburner", FeedVocabulary::Burner),
    ("pheedo.com/namespace", FeedVocabulary::Burner),
    ("schemas/sitemap-news", FeedVocabulary::NewsSitemap),
];

/// Usual prefixes, for feeds that forget to declare them.
const PREFIXES: &[(&str, FeedVocabulary)] = &[
    ("dc", FeedVocabulary::Dublin),
    ("dcterms", FeedVocabulary::Dublin),
    ("content", FeedVocabulary::Content),
    ("atom", FeedVocabulary::Atom),
    ("a10", FeedVocabulary::Atom),
    ("rdf", FeedVocabulary::Own),
    ("rss", FeedVocabulary::Own),
    ("media", FeedVocabulary::Media),
    ("itunes", FeedVocabulary::Itunes),
    ("xhtml", FeedVocabulary::Xhtml),
    ("prism", FeedVocabulary::Prism),
    ("yandex", FeedVocabulary::FullText),
    ("turbo", FeedVocabulary::FullText),
    ("feedburner", FeedVocabulary::Burner),
    ("pheedo", FeedVocabulary::Burner),
    ("sy", FeedVocabulary::Syndication),
];

/// Elements by vocabulary and local name, each with its role and its rank as a source (0 is the best).
const ELEMENTS: &[(FeedVocabulary, &str, ElementRole, u8)] = &[
    (FeedVocabulary::Own, "guid", ElementRole::Id, 0),
    (FeedVocabulary::Own, "id", ElementRole::Id, 0),
    (FeedVocabulary::Own, "title", ElementRole::Title, 0),
    (FeedVocabulary::Own, "link", ElementRole::Link, 1),
    (FeedVocabulary::Own, "url", ElementRole::Link, 5),
    (FeedVocabulary::Own, "permalink", ElementRole::Link, 5),
    (FeedVocabulary::Own, "description", ElementRole::Summary, 0),
    (FeedVocabulary::Own, "summary", ElementRole::Summary, 0),
    (FeedVocabulary::Own, "content", ElementRole::Content, 1),
    (FeedVocabulary::Own, "body", ElementRole::Content, 2),
    (FeedVocabulary::Own, "fullitem", ElementRole::Content, 2),
    (FeedVocabulary::Own, "fulltext", ElementRole::Content, 2),
    (FeedVocabulary::Own, "full-text", ElementRole::Content, 2),
    (FeedVocabulary::Own, "pubdate", ElementRole::Published, 0),
    (FeedVocabulary::Own, "published", ElementRole::Published, 0),
    (FeedVocabulary::Own, "issued", ElementRole::Published, 1),
    (FeedVocabulary::Own, "date", ElementRole::Published, 5),
    (FeedVocabulary::Own, "created", ElementRole::Updated, 4),
    (FeedVocabulary::Own, "updated", ElementRole::Updated, 0),
    (FeedVocabulary::Own, "modified", ElementRole::Updated, 1),
    (FeedVocabulary::Own, "author", ElementRole::Author, 0),
    (FeedVocabulary::Own, "source", ElementRole::Source, 0),
    (FeedVocabulary::Own, "language", ElementRole::Language, 0),
    (FeedVocabulary::Own, "ttl", ElementRole::Ttl, 0),
    (FeedVocabulary::Own, "skiphours", ElementRole::SkipHours, 0),
    (FeedVocabulary::Own, "skipdays", ElementRole::SkipDays, 0),
    (FeedVocabulary::Atom, "id", ElementRole::Id, 1),
    (FeedVocabulary::Atom, "title", ElementRole::Title, 1),
    (FeedVocabulary::Atom, "link", ElementRole::Link, 3),
    (FeedVocabulary::Atom, "summary", ElementRole::Summary, 1),
    (FeedVocabulary::Atom, "content", ElementRole::Content, 1),
    (FeedVocabulary::Atom, "published", ElementRole::Published, 1),
    (FeedVocabulary::Atom, "issued", ElementRole::Published, 2),
    (FeedVocabulary::Atom, "created", ElementRole::Updated, 4),
    (FeedVocabulary::Atom, "updated", ElementRole::Updated, 0),
    (FeedVocabulary::Atom, "modified", ElementRole::Updated, 1),
    (FeedVocabulary::Atom, "author", ElementRole::Author, 0),
    (FeedVocabulary::Content, "encoded", ElementRole::Content, 0),
    (FeedVocabulary::Dublin, "identifier", ElementRole::Id, 4),
    (FeedVocabulary::Dublin, "title", ElementRole::Title, 2),
    (FeedVocabulary::Dublin, "description", ElementRole::Summary, 2),
    (FeedVocabulary::Dublin, "date", ElementRole::Published, 3),
    (FeedVocabulary::Dublin, "issued", ElementRole::Published, 2),
    (FeedVocabulary::Dublin, "created", ElementRole::Updated, 3),
    (FeedVocabulary::Dublin, "modified", ElementRole::Updated, 2),
    (FeedVocabulary::Dublin, "creator", ElementRole::Author, 0),
    (FeedVocabulary::Dublin, "author", ElementRole::Author, 0),
    (FeedVocabulary::Dublin, "language", ElementRole::Language, 0),
    (FeedVocabulary::Prism, "publicationdate", ElementRole::Published, 4),
    (FeedVocabulary::Prism, "modificationdate", ElementRole::Updated, 2),
    (FeedVocabulary::Xhtml, "body", ElementRole::Content, 2),
    (FeedVocabulary::Xhtml, "div", ElementRole::Content, 2),
    (FeedVocabulary::FullText, "full-text", ElementRole::Content, 2),
    (FeedVocabulary::FullText, "content", ElementRole::Content, 3),
    (FeedVocabulary::Media, "title", ElementRole::Title, 4),
    (FeedVocabulary::Media, "description", ElementRole::Summary, 4),
    (FeedVocabulary::Itunes, "author", ElementRole::Author, 1),
    (FeedVocabulary::Itunes, "summary", ElementRole::Summary, 5),
    (FeedVocabulary::Burner, "origlink", ElementRole::Link, 0),
    (FeedVocabulary::Own, "loc", ElementRole::Link, 8),
    (FeedVocabulary::NewsSitemap, "title", ElementRole::Title, 0),
    (FeedVocabulary::NewsSitemap, "publication_date", ElementRole::Published, 0),
    (FeedVocabulary::NewsSitemap, "language", ElementRole::Language, 0),
    (FeedVocabulary::Syndication, "updateperiod", ElementRole::Period, 0),
    (FeedVocabulary::Syndication, "updatefrequency", ElementRole::Frequency, 0),
];

/// The vocabulary of a namespace's address; `None` for any other text, which names no vocabulary.
pub fn vocabulary_of_namespace(uri: &str) -> Option<FeedVocabulary> {
    let uri = uri.to_ascii_lowercase();
    let known = NAMESPACES.iter().find(|(part, _)| uri.contains(part)).map(|(_, vocabulary)| *vocabulary);
    known.or(uri.contains(':').then_some(FeedVocabulary::Other))
}

/// The vocabulary of an undeclared prefix, in any case.
pub fn vocabulary_of_prefix(prefix: &str) -> FeedVocabulary {
    PREFIXES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(prefix))
        .map_or(FeedVocabulary::Other, |(_, vocabulary)| *vocabulary)
}

/// The role and the rank of the element `local` of a vocabulary. Case does not matter: some feeds write capitals.
pub fn role_of(vocabulary: FeedVocabulary, local: &str) -> Option<(ElementRole, u8)> {
    let is_called = |name: &str| name.eq_ignore_ascii_case(local);
    ELEMENTS
        .iter()
        .find(|(known, name, ..)| *known == vocabulary && is_called(name))
        .map(|(_, _, role, rank)| (*role, *rank))
}
