//! ComparedValues of identity: decides whether an entry and a stored article with a key in common are one article.
//!
//! No single key decides. Publishers reuse ids, put their front page under every item, and repeat a headline twice a day;
//! they also renew ids, move pages and edit headlines. An id or an address counts as far as title, text and time do not
//! contradict it, and title and text without a common id count as far as the time agrees.

use std::cell::OnceCell;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use url::Url;

use ceasewire_model::{Article, Entry, Timestamp};

use super::address::{canonical_url, find_article_number, is_opaque};
use super::fingerprint::fold_title;
use super::page_form::{is_article_page, is_front_page};
use crate::clean;

/// Seconds between two statements of one time, and the most between two statements of about one time.
const SAME_TIME_SECS: u64 = 60;
const NEAR_SECS: u64 = 3600;
/// Seconds until an equal id or address over another text is a page written anew: the next day's briefing.
const ANEW_SECS: u64 = 20 * 3600;
/// Titles with this share of the longer one's words are versions of one title.
const SIMILAR_TITLES: f64 = 0.5;
/// Fewest words of a text that tells articles apart; fewer are a stub.
const ENOUGH_WORDS: usize = 4;
/// Fewest words of a text that identifies an undated article with its title.
pub(super) const LONG_WORDS: usize = 8;
/// Shares of the shorter text's pairs of words in the longer one: at least the first agrees, less than the second differs.
const TEXTS_AGREE: f64 = 0.5;
const TEXTS_DIFFER: f64 = 0.2;
/// Words compared of a text.
const MAX_WORDS: usize = 300;

/// The values of an entry or of a stored article that identify it.
#[derive(Debug)]
pub struct Identifiers<'a> {
    guid: Option<String>,
    /// Whether the id is an address.
    has_address_as_guid: bool,
    /// Canonical URL; `None` for a front page and for an opaque host.
    url: Option<String>,
    title: String,
    time: Option<Timestamp>,
    body: Body<'a>,
    words: OnceCell<TextWords>,
}

#[derive(Debug)]
enum Body<'a> {
    Html(&'a str),
    Text(&'a str),
}

/// The beginning of a text as comparisons read it.
#[derive(Debug)]
struct TextWords {
    count: usize,
    /// Hashes of pairs of neighbouring words, each once, in order.
    pairs: Vec<u64>,
}

/// The relation of an entry to a stored article with a key in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// One article; more evidence has a higher number.
    Same(u8),
    /// The id or the address of the article over other words: its new version, unless another entry is the article.
    Rewritten,
    /// Two articles.
    Different,
}

/// The values of an entry that identify one article in its fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Naming {
    /// No other entry of the fetch has the id.
    pub guid: bool,
    /// No other entry of the fetch has the address.
    pub url: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    Equal,
    Differs,
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Title {
    Same,
    Similar,
    Differs,
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TextAgreement {
    Agrees,
    Differs,
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Time {
    Same,
    Near,
    SameDay,
    Far,
    Unknown,
}

impl Time {
    fn is_near(self) -> bool {
        matches!(self, Self::Same | Self::Near)
    }
}

impl<'a> Identifiers<'a> {
    /// Reads an entry.
    pub fn of_entry(entry: &'a Entry, now: Timestamp) -> Self {
        let time = entry.published.or(entry.updated).map(|time| time.min(now));
        Self::new(entry.guid.as_deref(), entry.url.as_deref(), &entry.title, time, Body::Html(&entry.html))
    }

    /// Reads a stored article and the id of its entry.
    pub fn of_article(article: &'a Article, guid: Option<&str>) -> Self {
        Self::new(guid, article.url.as_deref(), &article.title, article.published_at, Body::Text(&article.text))
    }

    fn new(guid: Option<&str>, url: Option<&str>, title: &str, time: Option<Timestamp>, body: Body<'a>) -> Self {
        let guid = guid.map(str::trim).filter(|guid| !guid.is_empty());
        let url = url.and_then(canonical_url).filter(|url| !is_opaque(url) && !is_front_page(url));
        Self {
            guid: guid.map(comparable_guid),
            has_address_as_guid: guid.is_some_and(|guid| canonical_url(guid).is_some()),
            url,
            title: fold_title(title),
            time,
            body,
            words: OnceCell::new(),
        }
    }

    pub(super) fn guid(&self) -> Option<&str> {
        self.guid.as_deref()
    }

    pub(super) fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    fn words(&self) -> &TextWords {
        self.words.get_or_init(|| match self.body {
            Body::Html(html) => TextWords::new(&clean::plain_text(html)),
            Body::Text(text) => TextWords::new(text),
        })
    }

    /// Compares an entry with a stored article of the same feed, or of another feed of its outlet.
    pub fn compare(&self, known: &Self, in_same_feed: bool, naming: Naming) -> Identity {
        let evidence = self.evidence(known, in_same_feed, naming);
        evidence.decide()
    }

    /// Whether title or text have most words in common.
    pub fn has_words_of(&self, other: &Self) -> bool {
        let ComparedValues { title, text, .. } = self.evidence(other, true, Naming { guid: true, url: true });
        matches!(title, Title::Same | Title::Similar) || text == TextAgreement::Agrees
    }

    /// Whether two entries of one fetch are one article listed twice: their title or text has to agree too.
    pub fn is_listed_twice(&self, other: &Self) -> bool {
        let found = self.evidence(other, true, Naming { guid: true, url: true });
        let (title, text) = (found.title, found.text);
        let agree = match (title, text) {
            (Title::Same, text) => text != TextAgreement::Differs,
            (Title::Unknown, TextAgreement::Agrees) => true,
            // The words of a headline say more than a text that an outlet repeats.
            (Title::Similar, TextAgreement::Agrees) => found.time == Time::Same,
            _ => false,
        };
        match (found.guid, found.url) {
            (Value::Equal, Value::Differs) => title == Title::Same && text != TextAgreement::Differs,
            (Value::Equal, _) => agree || text == TextAgreement::Agrees,
            (_, Value::Equal) => agree && matches!(found.decide(), Identity::Same(_)),
            _ => agree && matches!(found.decide(), Identity::Same(_)),
        }
    }

    fn evidence(&self, known: &Self, in_same_feed: bool, naming: Naming) -> ComparedValues {
        let guid = match compare(self.guid.as_deref(), known.guid.as_deref()) {
            // Two feeds of an outlet may number their items each in its own way.
            Value::Differs if !in_same_feed => Value::Unknown,
            Value::Equal if !naming.guid => Value::Unknown,
            value => value,
        };
        let url = match compare(self.url.as_deref(), known.url.as_deref()) {
            Value::Equal if !naming.url => Value::Unknown,
            value => value,
        };
        let number = |url: &Option<String>| url.as_deref().and_then(find_article_number);
        ComparedValues {
            guid,
            url,
            number: url == Value::Differs && number(&self.url).is_some_and(|one| number(&known.url) == Some(one)),
            has_own_ids: guid == Value::Differs && !(self.has_address_as_guid && known.has_address_as_guid),
            is_article_page: self.url.as_deref().is_some_and(is_article_page),
            title: compare_titles(&self.title, &known.title),
            text: self.words().compare(known.words()),
            time: compare_times(self.time, known.time),
            has_long_text: self.words().count.min(known.words().count) >= LONG_WORDS,
        }
    }
}

/// How the values of two articles compare.
#[derive(Clone, Copy, Debug)]
struct ComparedValues {
    guid: Value,
    url: Value,
    /// Different addresses have one article number.
    number: bool,
    /// The ids differ, and are no addresses, which a new headline changes.
    has_own_ids: bool,
    is_article_page: bool,
    title: Title,
    text: TextAgreement,
    time: Time,
    has_long_text: bool,
}

impl ComparedValues {
    fn decide(&self) -> Identity {
        let same = match self.guid {
            Value::Equal => return self.decide_by_guid(),
            Value::Differs => match self.url {
                Value::Equal => return self.decide_by_address(),
                Value::Differs => self.is_moved_page(),
                Value::Unknown => self.is_told_again(),
            },
            Value::Unknown => match self.url {
                Value::Equal => return self.decide_by_address(),
                Value::Differs => self.is_moved_page(),
                Value::Unknown => self.is_told_again(),
            },
        };
        if same { Identity::Same(self.strength()) } else { Identity::Different }
    }

    /// How much agrees: of several articles that an entry may be, it is the one with the most.
    fn strength(&self) -> u8 {
        let equal = |value: Value, strength: u8| if value == Value::Equal { strength } else { 0 };
        let title = match self.title {
            Title::Same => 3,
            Title::Similar => 1,
            Title::Differs | Title::Unknown => 0,
        };
        equal(self.guid, 5)
            + equal(self.url, 4)
            + title
            + u8::from(self.text == TextAgreement::Agrees) * 3
            + u8::from(self.time == Time::Same)
    }

    /// Neither title nor text has anything in common.
    fn is_contradicted(&self) -> bool {
        match self.title {
            Title::Differs => self.text != TextAgreement::Agrees,
            Title::Unknown => self.text == TextAgreement::Differs,
            Title::Same | Title::Similar => false,
        }
    }

    fn decide_by_guid(&self) -> Identity {
        if self.time == Time::Far && (self.text == TextAgreement::Differs || self.is_contradicted()) {
            return Identity::Different;
        }
        // An id on every item of a feed that shows its newest one.
        let is_moved = self.url == Value::Differs
            && match self.title {
                Title::Same | Title::Unknown => self.text == TextAgreement::Differs,
                Title::Similar => {
                    self.text != TextAgreement::Agrees && matches!(self.time, Time::Near | Time::SameDay | Time::Far)
                }
                Title::Differs => self.text != TextAgreement::Agrees,
            };
        match (is_moved, self.is_contradicted()) {
            (true, _) => Identity::Different,
            (false, true) => Identity::Rewritten,
            (false, false) => Identity::Same(self.strength()),
        }
    }

    /// One address: the page of one article, or a section that many articles link to.
    fn decide_by_address(&self) -> Identity {
        let same = Identity::Same(self.strength());
        let agrees =
            self.text == TextAgreement::Agrees || (self.text == TextAgreement::Unknown && !self.is_contradicted());
        if !self.is_article_page {
            let is_near = self.time.is_near() || self.time == Time::Unknown;
            return if agrees && is_near { same } else { Identity::Different };
        }
        if agrees {
            return same;
        }
        match (self.guid, self.time) {
            // The publisher calls it another item.
            (Value::Differs, Time::Same) if self.text == TextAgreement::Unknown => same,
            (Value::Differs, Time::Same) => Identity::Rewritten,
            (Value::Differs, _) | (_, Time::Far) => Identity::Different,
            _ if self.is_contradicted() => Identity::Rewritten,
            _ => same,
        }
    }

    /// Two addresses of one page: with one article number, or with title, text and time in common.
    fn is_moved_page(&self) -> bool {
        let is_version = matches!(self.title, Title::Same | Title::Similar) || self.text == TextAgreement::Agrees;
        if self.number && !self.has_own_ids && is_version && self.text != TextAgreement::Differs {
            return self.time != Time::Far;
        }
        // An edited headline, whose text the feed cuts elsewhere.
        if self.number && !self.has_own_ids && is_version {
            return self.time == Time::Same;
        }
        self.title == Title::Same
            && match self.text {
                TextAgreement::Agrees if self.guid == Value::Unknown => {
                    self.time.is_near() || (self.time == Time::Unknown && self.has_long_text)
                }
                TextAgreement::Agrees => self.time == Time::Same || (self.time == Time::Unknown && self.has_long_text),
                TextAgreement::Unknown => self.time == Time::Same,
                TextAgreement::Differs => false,
            }
    }

    /// No id and no address in common: the same words at the same time. Later they are news: an air raid, a statement.
    fn is_told_again(&self) -> bool {
        let agrees = self.text == TextAgreement::Agrees;
        match self.title {
            Title::Same => self.text != TextAgreement::Differs && (self.time.is_near() || self.time == Time::Unknown),
            Title::Unknown => agrees && (self.time.is_near() || self.time == Time::Unknown),
            // An edited headline.
            Title::Similar => agrees && (self.time == Time::Same || (self.time == Time::Unknown && self.has_long_text)),
            Title::Differs => false,
        }
    }
}

impl TextWords {
    fn new(text: &str) -> Self {
        let folded = fold_title(&text.chars().take(MAX_WORDS * 12).collect::<String>());
        let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).take(MAX_WORDS).collect();
        let hash = |pair: &[&str]| {
            let mut hasher = DefaultHasher::new();
            pair.hash(&mut hasher);
            hasher.finish()
        };
        let mut pairs: Vec<u64> = words.windows(2).map(hash).collect();
        pairs.sort_unstable();
        pairs.dedup();
        Self { count: words.len(), pairs }
    }

    fn compare(&self, other: &Self) -> TextAgreement {
        if self.count.min(other.count) < ENOUGH_WORDS {
            return TextAgreement::Unknown;
        }
        let (short, long) = if self.pairs.len() < other.pairs.len() { (self, other) } else { (other, self) };
        let shared = short.pairs.iter().filter(|pair| long.pairs.binary_search(pair).is_ok()).count();
        let share = shared as f64 / short.pairs.len().max(1) as f64;
        match share {
            share if share >= TEXTS_AGREE => TextAgreement::Agrees,
            share if share < TEXTS_DIFFER => TextAgreement::Differs,
            _ => TextAgreement::Unknown,
        }
    }
}

/// Writes an id so that `http`, `https` and `www.` do not count, but everything after the host does.
fn comparable_guid(guid: &str) -> String {
    match Url::parse(guid).ok().filter(|url| matches!(url.scheme(), "http" | "https")) {
        Some(url) => {
            let address = url.as_str().trim_start_matches("https://").trim_start_matches("http://");
            address.strip_prefix("www.").unwrap_or(address).trim_end_matches('/').to_owned()
        }
        None => guid.to_owned(),
    }
}

fn compare(one: Option<&str>, other: Option<&str>) -> Value {
    match (one, other) {
        (Some(one), Some(other)) if one == other => Value::Equal,
        (Some(_), Some(_)) => Value::Differs,
        _ => Value::Unknown,
    }
}

fn compare_titles(one: &str, other: &str) -> Title {
    if one.is_empty() || other.is_empty() {
        return Title::Unknown;
    }
    if one == other {
        return Title::Same;
    }
    let words = |title: &str| title.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let (one, mut other) = (words(one), words(other));
    let longer = one.len().max(other.len());
    let mut shared = 0;
    for word in &one {
        if let Some(place) = other.iter().position(|known| known == word) {
            other.swap_remove(place);
            shared += 1;
        }
    }
    if f64::from(shared) >= SIMILAR_TITLES * longer as f64 { Title::Similar } else { Title::Differs }
}

fn compare_times(one: Option<Timestamp>, other: Option<Timestamp>) -> Time {
    let (Some(one), Some(other)) = (one, other) else { return Time::Unknown };
    match one.0.abs_diff(other.0) / 1000 {
        secs if secs <= SAME_TIME_SECS => Time::Same,
        secs if secs <= NEAR_SECS => Time::Near,
        secs if secs < ANEW_SECS => Time::SameDay,
        _ => Time::Far,
    }
}
