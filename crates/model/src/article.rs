//! Articles, their changes, and the topics and names of the conflict profile.

use serde::{Deserialize, Serialize};

use crate::attention::Attention;
use crate::event::Event;
use crate::{ArticleId, FeedId, ModelVector, StoryId, Timestamp};

/// A publisher, as readers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outlet {
    /// Short name of the outlet in feeds and in `source:`, such as `armenpress`.
    pub id: String,
    /// Name shown to readers.
    pub name: String,
    /// ISO 3166-1 alpha-2 code, or `INT` for a body of several countries.
    #[serde(default)]
    pub country: String,
    /// BCP 47 tag of the language it mostly writes in.
    #[serde(default)]
    pub language: String,
    /// Its owner or funder: `state`, `public`, `private`, `nonprofit`, `intergovernmental`.
    #[serde(default)]
    pub affiliation: String,
    /// Hosts of its pages, such as `example.am`, beside those of its feeds.
    #[serde(default)]
    pub hosts: Vec<String>,
}

/// A cleaned entry: the input of rules and summaries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    pub id: ArticleId,
    pub story_id: StoryId,
    /// Id of the outlet that published it.
    pub outlet: String,
    /// Headline, plain text.
    pub title: String,
    /// Body, plain text; paragraphs are separated by a newline.
    pub text: String,
    /// Address of the article, if the feed gave one.
    pub url: Option<String>,
    /// Id of the outlet whose page the address is, where it is another one.
    pub links_to: Option<String>,
    /// BCP 47 tag, if the feed or the outlet states one.
    pub language: Option<String>,
    /// Ids of the profile's topics found in it.
    pub topics: Vec<String>,
    /// Publication time as the publisher states it; never later than `seen_at`.
    pub published_at: Option<Timestamp>,
    pub date_note: Option<DateNote>,
    /// When a feed first contained it.
    pub seen_at: Timestamp,
    /// Id of the agency whose copy it is, if it credits one.
    pub credit: Option<String>,
    /// The events that it reports.
    pub events: Vec<Event>,
}

impl Article {
    /// The address, unless it is a page of another outlet.
    pub fn own_page(&self) -> Option<&str> {
        self.url.as_deref().filter(|_| self.links_to.is_none())
    }
}

/// A doubt about an article's date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateNote {
    /// It lay in the future; the time of the first sight replaces it.
    Future,
    /// It names no time zone and counts as UTC.
    Zoneless,
}

/// Why an article was stored without being matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SilentReason {
    /// It was there when its feed was first fetched.
    FirstFetch,
    /// It was older than the age gate when it was first seen.
    TooOld,
}

/// A material change of an article, as readers who were alerted to it see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArticleChange {
    /// The earlier headline, if it said something else.
    pub old_title: Option<String>,
    /// Changed figures.
    pub figures: Vec<FigureChange>,
    /// When the change was seen.
    pub seen_at: Timestamp,
}

/// A figure of an article before and after a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureChange {
    /// As it was written before.
    pub old: String,
    /// As it is written now.
    pub new: String,
    /// The counted thing: the word after the figure; may be empty.
    pub of: String,
}

/// A stored article as the grouper compares new articles with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryArticle {
    pub story_id: StoryId,
    pub outlet: String,
    pub title: String,
    pub text: String,
    /// BCP 47 tag of its language, if known.
    pub language: Option<String>,
    /// Its address, if it has one.
    pub url: Option<String>,
    /// Publication time if known, else when it was seen.
    pub at: Timestamp,
    /// Its vector, if it has one.
    pub vector: Option<ModelVector>,
    /// Its reported events.
    pub events: Vec<Event>,
    /// The chats' own feed that brought it; such an article never joins public stories to each other.
    pub private_to: Option<FeedId>,
}

/// A named rule of the conflict profile, for chats to subscribe to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// The name that people type, such as `ceasefire`.
    pub id: String,
    /// The name shown on buttons and in alerts.
    pub name: String,
    /// The rule in the rule language.
    pub rule: String,
    /// The topic's attention where the subscriber has chosen none.
    #[serde(default)]
    pub attention: Option<Attention>,
}

/// A name of the conflict profile in all its spellings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedEntity {
    /// The spellings; the first is the one shown to readers.
    pub names: Vec<String>,
    #[serde(default)]
    pub kind: NameKind,
    /// The country that it is, lies in or speaks for, as an ISO 3166-1 alpha-2 code; none where disputed.
    #[serde(default)]
    pub country: Option<String>,
    /// The time zone of a place where people meet, such as `Europe/Moscow`.
    #[serde(default)]
    pub time_zone: Option<String>,
}

/// Kind of a named entity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameKind {
    /// A term of the conflict, such as "cluster munition".
    #[default]
    Term,
    /// A person.
    Person,
    /// A town, a region, a river, a road.
    Place,
    /// A country.
    Country,
    /// The people of a country, and the adjective that goes with it.
    People,
    /// An organisation, a ministry, a parliament.
    Body,
    /// An office that a person holds.
    Office,
}
