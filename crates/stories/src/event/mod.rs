//! Events with their facts: the sentences of an article that report an event, a plan or a call.
//!
//! The extractor reads each sentence by itself, so that every fact stands beside its words. It splits a sentence into
//! words; the cues of the language (`cues`) mark attacks, meetings, doubts; the conflict profile marks names. An
//! ambiguous word counts only with its context: "the meeting" says nothing, "the meeting with" does. A denied, supposed
//! or requested event is no event of its topic: a call for a ceasefire is mediation.
//!
//! To add a topic:
//! 1. `ceasewire_model::event`: the struct of its facts, and one line in `event_topics!`.
//! 2. Here: a file with the function that extracts the facts and its trigger cues, and one line in `EXTRACTORS`.
//! 3. `cues`: new cues, if the present ones do not suffice, and their words in `languages/<code>/cues.txt`.
//! 4. The conflict profile: a topic with the same id, for subscribers to find.
//!
//! docs/events.md has the measurements and the known gaps.

mod actors;
mod attack;
mod casualties;
mod ceasefire;
mod cues;
mod dates;
mod humanitarian;
mod mediation;
mod meeting;
mod names;
mod numbers;
mod sentence;

use std::sync::Arc;

use chrono::NaiveDate;

use ceasewire_model::Timestamp;
use ceasewire_model::event::{Event, EventFacts, Prominence};
use ceasewire_profile::Vocabulary;
use ceasewire_text::sentences;
use cues::EventCue;
use sentence::AnnotatedSentence;

/// Sentences of the lead.
const LEAD: usize = 3;
/// Most words of a sentence; longer ones are lists or page furniture.
const MAX_WORDS: usize = 150;

/// The extractor of one topic.
struct TopicExtractor {
    /// The cues of the topic. A sentence without a trigger of any topic is not read further.
    triggers: &'static [EventCue],
    /// Extracts the facts from a sentence. The date is the day of publication.
    extract: fn(&AnnotatedSentence<'_>, Option<NaiveDate>) -> Vec<EventFacts>,
}

/// The extractors, in the order of their events.
const EXTRACTORS: [TopicExtractor; 6] = [
    TopicExtractor {
        triggers: ceasefire::TRIGGERS,
        extract: |sentence, published| {
            ceasefire::extract(sentence, published).map(EventFacts::Ceasefire).into_iter().collect()
        },
    },
    TopicExtractor {
        triggers: meeting::TRIGGERS,
        extract: |sentence, published| {
            meeting::extract(sentence, published).map(EventFacts::Meeting).into_iter().collect()
        },
    },
    TopicExtractor {
        triggers: mediation::TRIGGERS,
        extract: |sentence, _| mediation::extract(sentence).map(EventFacts::Mediation).into_iter().collect(),
    },
    TopicExtractor {
        triggers: casualties::TRIGGERS,
        extract: |sentence, _| casualties::extract(sentence).into_iter().map(EventFacts::Casualties).collect(),
    },
    TopicExtractor {
        triggers: attack::TRIGGERS,
        extract: |sentence, _| attack::extract(sentence).map(EventFacts::Attack).into_iter().collect(),
    },
    TopicExtractor {
        triggers: humanitarian::TRIGGERS,
        extract: |sentence, _| humanitarian::extract(sentence).map(EventFacts::Humanitarian).into_iter().collect(),
    },
];

/// Extracts events from articles.
#[derive(Clone, Debug)]
pub struct EventExtractor {
    vocabulary: Arc<Vocabulary>,
}

impl EventExtractor {
    /// Creates an extractor with the names of a profile.
    pub fn new(vocabulary: Arc<Vocabulary>) -> Self {
        Self { vocabulary }
    }

    /// Extracts the events of an article's title and sentences, in their order. The language is a BCP 47 tag. Days such
    /// as "Friday" are resolved against the publishing date; without that date they stay words.
    pub fn extract(&self, title: &str, text: &str, language: Option<&str>, published: Option<Timestamp>) -> Vec<Event> {
        let mut events: Vec<Event> = Vec::new();
        let headline = sentences::sentences(title).into_iter().map(|sentence| (sentence, Prominence::Lead));
        let text = sentences::sentences(text)
            .into_iter()
            .enumerate()
            .map(|(number, sentence)| (sentence, if number < LEAD { Prominence::Lead } else { Prominence::Body }));
        for (sentence, prominence) in headline.chain(text) {
            // Texts often repeat their headline.
            if events.iter().any(|event| event.sentence == sentence) {
                continue;
            }
            let facts = self.extract_facts(sentence, language, published);
            events.extend(facts.into_iter().map(|facts| Event { sentence: sentence.to_owned(), prominence, facts }));
        }
        events
    }

    fn extract_facts(&self, text: &str, language: Option<&str>, published: Option<Timestamp>) -> Vec<EventFacts> {
        let mut sentence = AnnotatedSentence::new(text, language);
        let is_trigger = |cue| EXTRACTORS.iter().any(|extractor| extractor.triggers.contains(&cue));
        if sentence.tokens.len() > MAX_WORDS || !sentence.hits.iter().any(|hit| is_trigger(hit.cue)) {
            return Vec::new();
        }
        sentence.read_names(&self.vocabulary);
        let published = published.map(|moment| moment.to_datetime().date_naive());
        EXTRACTORS.iter().flat_map(|extractor| (extractor.extract)(&sentence, published)).collect()
    }
}
