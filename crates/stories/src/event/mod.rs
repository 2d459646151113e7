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
mod context;
mod cues;
mod dates;
mod humanitarian;
mod mediation;
mod meeting;
mod names;
mod numbers;
mod sentence;

use std::collections::HashSet;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::headline_form;
use ceasewire_model::Timestamp;
use ceasewire_model::event::{Event, EventFacts, Prominence};
use ceasewire_profile::Vocabulary;
use ceasewire_text::{Doc, sentences};
use context::ArticleContext;
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
    sides: Vec<String>,
}

impl EventExtractor {
    /// Creates an extractor with the names of a profile and the sides of its war, as ISO 3166-1 alpha-2 codes.
    pub fn new(vocabulary: Arc<Vocabulary>, sides: &[String]) -> Self {
        Self { vocabulary, sides: sides.to_vec() }
    }

    /// Extracts the events of an article's title and sentences, in their order. The language is a BCP 47 tag. Days such
    /// as "Friday" are resolved against the publishing date; without that date they stay words.
    pub fn extract(&self, title: &str, text: &str, language: Option<&str>, published: Option<Timestamp>) -> Vec<Event> {
        let headline = sentences::sentences(title).into_iter().map(|sentence| (sentence, Prominence::Lead));
        let body = sentences::sentences(text)
            .into_iter()
            .enumerate()
            .map(|(number, sentence)| (sentence, if number < LEAD { Prominence::Lead } else { Prominence::Body }));
        let mut sentences: Vec<(AnnotatedSentence<'_>, Prominence)> = headline
            .chain(body)
            .map(|(sentence, prominence)| (AnnotatedSentence::new(sentence, language), prominence))
            .collect();
        if !sentences.iter().any(|(sentence, _)| has_trigger(sentence)) {
            return Vec::new();
        }
        let mut context = ArticleContext::read(sentences.iter().map(|(sentence, _)| sentence));
        context.remark |= headline_form::is_analysis(title);
        context.in_scope = !context.at_war && self.vocabulary.is_in_scope(&Doc::new(title, text).in_language(language));
        let published = published.map(|moment| moment.to_datetime().date_naive());
        let mut events: Vec<Event> = Vec::new();
        let mut reported = HashSet::new();
        for (sentence, prominence) in &mut sentences {
            // Texts often repeat their headline.
            if !has_trigger(sentence) || reported.contains(sentence.text) {
                continue;
            }
            sentence.context = context;
            sentence.read_names(&self.vocabulary, &self.sides);
            // An analysis mentions earlier news.
            let prominence = if context.remark { Prominence::Body } else { *prominence };
            let facts = EXTRACTORS.iter().flat_map(|extractor| (extractor.extract)(sentence, published));
            let before = events.len();
            events.extend(facts.map(|facts| {
                let is_mention = matches!(facts, EventFacts::Ceasefire(_)) && ceasefire::is_mention(sentence);
                let prominence = if is_mention { Prominence::Body } else { prominence };
                Event { sentence: sentence.text.to_owned(), prominence, facts }
            }));
            if events.len() > before {
                reported.insert(sentence.text);
            }
        }
        events
    }

    /// Finds the authority that a sentence quotes: "Yerevan" in "The truce is broken, Yerevan says".
    pub fn find_authority(&self, sentence: &str, language: Option<&str>) -> Option<String> {
        let mut sentence = AnnotatedSentence::new(sentence, language);
        if sentence.tokens.len() > MAX_WORDS {
            return None;
        }
        sentence.read_names(&self.vocabulary, &self.sides);
        sentence.attribution()
    }
}

/// Whether a sentence is short enough to be one, and has a trigger.
fn has_trigger(sentence: &AnnotatedSentence<'_>) -> bool {
    let is_trigger = |cue| EXTRACTORS.iter().any(|extractor| extractor.triggers.contains(&cue));
    sentence.tokens.len() <= MAX_WORDS && sentence.hits.iter().any(|hit| is_trigger(hit.cue))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceasewire_model::event::{CasualtyKind, CeasefireStatus, EventTopic, HumanitarianKind, MeetingStatus};

    fn events(title: &str, text: &str, language: &str) -> Vec<Event> {
        let (vocabulary, _) = Vocabulary::new(&[], None, Vec::new());
        EventExtractor::new(Arc::new(vocabulary), &[]).extract(title, text, Some(language), None)
    }

    fn topics(title: &str, language: &str) -> Vec<EventTopic> {
        let mut found: Vec<EventTopic> = events(title, "", language).iter().map(Event::topic).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    #[test]
    fn a_ceasefire_needs_no_noun_and_has_a_status() {
        use CeasefireStatus::{Agreed, Announced, Extended, Offered, Over, Rejected, Violated};
        for (language, headline, expected) in [
            ("en", "Guns fall silent along the Litani front", Some(Announced)),
            ("en", "Rebels agree to lay down their weapons by Friday", Some(Agreed)),
            ("en", "Both armies extend lull in fighting near Taiz", Some(Extended)),
            ("en", "Houthis offer truce during the feast", Some(Offered)),
            ("en", "Truce expires without renewal as shelling resumes in Marib", Some(Over)),
            ("en", "Army rejects truce in Darfur", Some(Rejected)),
            ("en", "Truce violated hours after it began in Tripoli", Some(Violated)),
            ("en", "Garrison surrenders after siege of rebel town", Some(Announced)),
            ("en", "Rebels refuse to lay down their arms", Some(Rejected)),
            ("ru", "Стороны прекращают огонь на линии фронта с полуночи", Some(Announced)),
            ("ru", "Перемирие в Йемене истекло и не продлено", Some(Over)),
            ("en", "Talks to end the war in Sudan start slowly", None),
            ("en", "Cardinal prays for ceasefire in Yemen", None),
            ("en", "If rebels lay down arms, roads may open", None),
            ("en", "UN urges warring sides to agree truce in Sudan", None),
        ] {
            let found = events(headline, "", language).into_iter().find_map(|event| match event.facts {
                EventFacts::Ceasefire(facts) => Some(facts.status),
                _ => None,
            });
            assert_eq!(found, expected, "{headline}");
        }
    }

    #[test]
    fn a_meeting_is_moved_put_off_or_called_off() {
        use MeetingStatus::{Cancelled, Held, Moved, Planned, Postponed};
        for (language, headline, expected) in [
            ("en", "Ukraine peace talks moved to Thursday", Some(Moved)),
            ("en", "Sit-down of Sudan's warring generals put off again", Some(Postponed)),
            ("en", "Yemen peace talks called off", Some(Cancelled)),
            ("en", "UN Security Council to meet on Gaza shelling", Some(Planned)),
            ("en", "Lavrov and Blinken discuss Kashmir clashes in phone call", Some(Held)),
            ("ru", "Переговоры о мире в Йемене перенесены на вторник", Some(Moved)),
            ("ru", "Встреча президентов по Карабаху не планируется", None),
            ("en", "Trade ministers meet in Doha over tariffs", None),
            ("en", "Coach held talks with league officials before the final", None),
        ] {
            let found = events(headline, "", language).into_iter().find_map(|event| match event.facts {
                EventFacts::Meeting(facts) => Some(facts.status),
                _ => None,
            });
            assert_eq!(found, expected, "{headline}");
        }
    }

    #[test]
    fn only_an_armed_conflict_counts() {
        use EventTopic::{Attack, Casualties};
        for (language, headline, expected) in [
            ("en", "Seven dead in shelling of market in Idlib", &[Casualties, Attack][..]),
            ("en", "Army enters rebel town after street fighting", &[Attack]),
            ("en", "Seven dead as bus crashes into river", &[]),
            ("en", "Court jails man who killed two in nightclub", &[]),
            ("en", "Striker attacks goalkeeper's record in league final", &[]),
            ("ru", "При пожаре в гостинице погибли трое", &[]),
            ("ru", "Трое военных погибли при обстреле на линии фронта", &[Casualties, Attack]),
        ] {
            assert_eq!(topics(headline, language), expected, "{headline}");
        }
    }

    #[test]
    fn people_are_kidnapped_freed_and_cut_off() {
        let kinds = |headline: &str| {
            events(headline, "", "en").into_iter().find_map(|event| match event.facts {
                EventFacts::Humanitarian(facts) => Some(facts.kind),
                _ => None,
            })
        };
        assert_eq!(kinds("Hamas frees two hostages"), Some(HumanitarianKind::PrisonerExchange));
        assert_eq!(kinds("Power knocked out in besieged Ukrainian city"), Some(HumanitarianKind::Services));
        assert_eq!(kinds("Demining of fields begins near Kherson"), Some(HumanitarianKind::Demining));
        let missing = events("Twelve soldiers reported missing after clashes in Kashmir", "", "en");
        assert!(missing.iter().any(|event| matches!(&event.facts,
            EventFacts::Casualties(facts) if facts.kind == CasualtyKind::Missing && facts.count == Some(12))));
    }

    #[test]
    fn the_headline_and_the_lead_are_prominent() {
        let text = "Rain fell. Shops opened. Buses ran. Rebels shelled the town of Marib.";
        let found = events("Shelling kills four in Marib", text, "en");
        assert_eq!(found.first().map(|event| event.prominence), Some(Prominence::Lead));
        assert_eq!(found.last().map(|event| event.prominence), Some(Prominence::Body));
        let analysis = events("Analysis: why truces in Yemen were violated", "", "en");
        assert!(analysis.iter().all(|event| event.prominence == Prominence::Body));
    }

    #[test]
    fn a_truce_that_is_only_named_is_less_than_one_that_begins() {
        for (headline, expected) in [
            ("Rebels and army in Marib agree on a ceasefire", Some(Prominence::Lead)),
            ("Ceasefire in Marib has entered into force", Some(Prominence::Lead)),
            ("Shells land in Marib despite ceasefire", Some(Prominence::Lead)),
            ("Choir in Marib sings for a ceasefire after the shelling", Some(Prominence::Body)),
            ("Mayor of shelled Marib welcomes the ceasefire", Some(Prominence::Body)),
        ] {
            let found = events(headline, "", "en");
            let truce = found.iter().find(|event| matches!(event.facts, EventFacts::Ceasefire(_)));
            assert_eq!(truce.map(|event| event.prominence), expected, "{headline}");
        }
    }

    #[test]
    fn the_side_that_denies_gives_no_figure() {
        let found = events(
            "",
            "Nine villagers were killed by shelling, Lebanon's health ministry said; Israel denies it.",
            "en",
        );
        let source = found.iter().find_map(|event| match &event.facts {
            EventFacts::Casualties(facts) => facts.according_to.clone(),
            _ => None,
        });
        assert_eq!(source.as_deref(), Some("Lebanon's health ministry"));
    }
}
