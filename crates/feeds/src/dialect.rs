//! The vocabularies of feeds as tables: which element of which namespace says what of an entry.
//!
//! It must not know how an element's value is read.

/// What an element tells of a feed or an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The publisher's id.
    Id,
    /// The headline.
    Title,
    /// The address of the page.
    Link,
    /// A short text.
    Summary,
    /// The whole text.
    Content,
    /// When it was published.
    Published,
    /// When it was changed.
    Updated,
    /// Who wrote it.
    Author,
    /// The language it is in.
    Language,
    /// Of a feed: how long it may be kept before it is fetched again.
    Ttl,
    /// Of a feed: how often it is changed in each of its periods.
    Frequency,
    /// Of a feed: the period that its frequency is meant for.
    Period,
    /// Of a feed: hours in which it is not worth fetching.
    SkipHours,
    /// Of a feed: days on which it is not worth fetching.
    SkipDays,
}

impl Role {
    /// How many there are.
    pub const COUNT: usize = Self::SkipDays as usize + 1;
}

/// The vocabulary that an element's name belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The feed's own: RSS of any version, or Atom in an Atom feed.
    Own,
    /// Atom, named by a prefix.
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
    /// A news aggregator's own extension that carries the full text (Yandex and others).
    FullText,
    /// FeedBurner.
    Burner,
    /// RSS 1.0's syndication module.
    Syndication,
    /// Anything else.
    Other,
}

/// Namespaces by a telling part of their address, since versions, `https` and slashes vary.
const NAMESPACES: &[(&str, Class)] = &[
    ("purl.org/dc/", Class::Dublin),
    ("purl.org/rss/1.0/modules/content", Class::Content),
    ("purl.org/rss/1.0/modules/syndication", Class::Syndication),
    ("purl.org/rss/1.0/modules/", Class::Other),
    ("purl.org/rss/", Class::Own),
    ("purl.org/net/rss1.1", Class::Own),
    ("my.netscape.com/rdf", Class::Own),
    ("channel.netscape.com/rdf", Class::Own),
    ("backend.userland.com", Class::Own),
    ("blogs.law.harvard.edu/tech/rss", Class::Own),
    ("cyber.law.harvard.edu/rss", Class::Own),
    ("www.w3.org/1999/02/22-rdf", Class::Own),
    ("www.w3.org/2005/atom", Class::Atom),
    ("purl.org/atom", Class::Atom),
    ("search.yahoo.com/mrss", Class::Media),
    ("itunes.com", Class::Itunes),
    ("www.w3.org/1999/xhtml", Class::Xhtml),
    ("news.yandex", Class::FullText),
    ("turbo.yandex", Class::FullText),
    ("rssnamespace.org/feedburner", Class::Burner),
];

/// Prefixes that stand for the same vocabulary nearly everywhere, for feeds that forgot to declare them.
const PREFIXES: &[(&str, Class)] = &[
    ("dc", Class::Dublin),
    ("dcterms", Class::Dublin),
    ("content", Class::Content),
    ("atom", Class::Atom),
    ("a10", Class::Atom),
    ("rdf", Class::Own),
    ("rss", Class::Own),
    ("media", Class::Media),
    ("itunes", Class::Itunes),
    ("xhtml", Class::Xhtml),
    ("yandex", Class::FullText),
    ("turbo", Class::FullText),
    ("feedburner", Class::Burner),
    ("sy", Class::Syndication),
];

/// Elements by vocabulary and local name, with what they tell and how good a source of it they are (0 is best).
const ELEMENTS: &[(Class, &str, Role, u8)] = &[
    (Class::Own, "guid", Role::Id, 0),
    (Class::Own, "id", Role::Id, 0),
    (Class::Own, "title", Role::Title, 0),
    (Class::Own, "link", Role::Link, 0),
    (Class::Own, "description", Role::Summary, 0),
    (Class::Own, "summary", Role::Summary, 0),
    (Class::Own, "content", Role::Content, 1),
    (Class::Own, "body", Role::Content, 2),
    (Class::Own, "fullitem", Role::Content, 2),
    (Class::Own, "fulltext", Role::Content, 2),
    (Class::Own, "full-text", Role::Content, 2),
    (Class::Own, "pubdate", Role::Published, 0),
    (Class::Own, "published", Role::Published, 0),
    (Class::Own, "issued", Role::Published, 1),
    (Class::Own, "created", Role::Published, 5),
    (Class::Own, "updated", Role::Updated, 0),
    (Class::Own, "modified", Role::Updated, 1),
    (Class::Own, "author", Role::Author, 0),
    (Class::Own, "language", Role::Language, 0),
    (Class::Own, "ttl", Role::Ttl, 0),
    (Class::Own, "skiphours", Role::SkipHours, 0),
    (Class::Own, "skipdays", Role::SkipDays, 0),
    (Class::Atom, "id", Role::Id, 1),
    (Class::Atom, "title", Role::Title, 1),
    (Class::Atom, "link", Role::Link, 3),
    (Class::Atom, "summary", Role::Summary, 1),
    (Class::Atom, "content", Role::Content, 1),
    (Class::Atom, "published", Role::Published, 1),
    (Class::Atom, "issued", Role::Published, 2),
    (Class::Atom, "created", Role::Published, 5),
    (Class::Atom, "updated", Role::Updated, 0),
    (Class::Atom, "modified", Role::Updated, 1),
    (Class::Atom, "author", Role::Author, 0),
    (Class::Content, "encoded", Role::Content, 0),
    (Class::Dublin, "identifier", Role::Id, 4),
    (Class::Dublin, "title", Role::Title, 2),
    (Class::Dublin, "description", Role::Summary, 2),
    (Class::Dublin, "date", Role::Published, 3),
    (Class::Dublin, "issued", Role::Published, 2),
    (Class::Dublin, "created", Role::Published, 4),
    (Class::Dublin, "modified", Role::Updated, 2),
    (Class::Dublin, "creator", Role::Author, 0),
    (Class::Dublin, "author", Role::Author, 0),
    (Class::Dublin, "language", Role::Language, 0),
    (Class::Xhtml, "body", Role::Content, 2),
    (Class::Xhtml, "div", Role::Content, 2),
    (Class::FullText, "full-text", Role::Content, 2),
    (Class::FullText, "content", Role::Content, 3),
    (Class::Media, "title", Role::Title, 4),
    (Class::Media, "description", Role::Summary, 4),
    (Class::Itunes, "author", Role::Author, 1),
    (Class::Itunes, "summary", Role::Summary, 5),
    (Class::Burner, "origlink", Role::Link, 5),
    (Class::Syndication, "updateperiod", Role::Period, 0),
    (Class::Syndication, "updatefrequency", Role::Frequency, 0),
];

/// The vocabulary of a namespace's address, or `None` for one that says nothing (a default namespace of the feed's own).
pub fn class_of_namespace(uri: &str) -> Option<Class> {
    let uri = uri.to_ascii_lowercase();
    let known = NAMESPACES.iter().find(|(part, _)| uri.contains(part)).map(|(_, class)| *class);
    known.or(uri.contains(':').then_some(Class::Other))
}

/// The vocabulary that an undeclared prefix, in any case, stands for.
pub fn class_of_prefix(prefix: &str) -> Class {
    PREFIXES.iter().find(|(known, _)| known.eq_ignore_ascii_case(prefix)).map_or(Class::Other, |(_, class)| *class)
}

/// What the element `local` (in any case: some feeds shout) of a vocabulary tells, and how good a source of it it is: 0 is best.
pub fn role(class: Class, local: &str) -> Option<(Role, u8)> {
    let called = |name: &str| name.eq_ignore_ascii_case(local);
    ELEMENTS.iter().find(|(c, name, ..)| *c == class && called(name)).map(|(_, _, role, rank)| (*role, *rank))
}
