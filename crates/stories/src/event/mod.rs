//! Events with their facts: what an article's sentences say has happened, is planned or was called for.
//!
//! Each sentence is read by itself, so that every fact stands beside the words that it came from. A sentence is cut into
//! words; a language's `lexicon` says which of them tell of an attack, a meeting, a doubt; the conflict profile says which
//! are names. A word that often means something else counts only with what must stand beside it: "the meeting" says
//! nothing, "the meeting with" does. What is denied, supposed or only asked for is no event of its topic: a call for a
//! ceasefire is mediation.
//!
//! docs/events.md has what was measured and what is missed.

mod attack;
mod casualties;
mod ceasefire;
mod dates;
mod humanitarian;
mod lexicon;
mod mediation;
mod meeting;
mod names;
mod numbers;
mod roles;
mod sentence;

use std::sync::Arc;

use ceasewire_model::Timestamp;
use ceasewire_model::event::{Event, EventFacts};
use ceasewire_profile::Vocabulary;
use ceasewire_text::sentences;
use lexicon::Cue;
use sentence::Sentence;

/// Words after which a sentence is no sentence but a list or a page's furniture.
const LONGEST: usize = 150;

/// Finds events in articles.
#[derive(Clone, Debug)]
pub struct Events {
    vocabulary: Arc<Vocabulary>,
}

impl Events {
    /// A finder that knows the names of a profile.
    pub fn new(vocabulary: Arc<Vocabulary>) -> Self {
        Self { vocabulary }
    }

    /// What an article's title and sentences tell of, in their order. The language is a BCP 47 tag; days such as "Friday"
    /// are resolved against the publishing date, and left as words where there is none.
    pub fn find(&self, title: &str, text: &str, language: Option<&str>, published: Option<Timestamp>) -> Vec<Event> {
        let mut events: Vec<Event> = Vec::new();
        for sentence in sentences::sentences(title).into_iter().chain(sentences::sentences(text)) {
            // A headline that the text repeats is told once.
            if events.iter().any(|event| event.sentence == sentence) {
                continue;
            }
            let facts = self.facts(sentence, language, published);
            events.extend(facts.into_iter().map(|facts| Event { sentence: sentence.to_owned(), facts }));
        }
        events
    }

    fn facts(&self, text: &str, language: Option<&str>, published: Option<Timestamp>) -> Vec<EventFacts> {
        let mut sentence = Sentence::new(text, language);
        if sentence.tokens.len() > LONGEST || !sentence.hits.iter().any(|hit| tells(hit.cue)) {
            return Vec::new();
        }
        sentence.read_names(&self.vocabulary);
        let published = published.map(|moment| moment.to_datetime().date_naive());
        let mut facts = Vec::new();
        let ceasefire = ceasefire::find(&sentence, published);
        facts.extend(ceasefire.map(EventFacts::Ceasefire));
        facts.extend(meeting::find(&sentence, published).map(EventFacts::Meeting));
        facts.extend(mediation::find(&sentence).map(EventFacts::Mediation));
        facts.extend(casualties::find(&sentence).into_iter().map(EventFacts::Casualties));
        facts.extend(attack::find(&sentence).map(EventFacts::Attack));
        facts.extend(humanitarian::find(&sentence).map(EventFacts::Humanitarian));
        facts
    }
}

/// Whether a sentence without any such word tells of no event at all.
fn tells(cue: Cue) -> bool {
    matches!(
        cue,
        Cue::Truce
            | Cue::StopFire
            | Cue::Met
            | Cue::Meet
            | Cue::Receive
            | Cue::Meeting
            | Cue::Talks
            | Cue::Gathering
            | Cue::Killed
            | Cue::Killing
            | Cue::Death
            | Cue::Wounded
            | Cue::Toll
            | Cue::Taken
            | Cue::Strike
            | Cue::Attacked
            | Cue::Attack
            | Cue::Fighting
            | Cue::Mediate
            | Cue::Peace
            | Cue::Aid
            | Cue::Corridor
            | Cue::Exchange
            | Cue::Bodies
            | Cue::Evacuate
            | Cue::Refugees
    )
}
