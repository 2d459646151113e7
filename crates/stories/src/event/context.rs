//! The context of an article's sentences: whether the article is about an armed conflict, or only talks about one.

use super::cues::EventCue;
use super::sentence::{AnnotatedSentence, TokenGap};

/// Sentences of the headline and the text that decide.
const READ: usize = 8;

/// The context of a sentence.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ArticleContext {
    /// Whether signs of an armed conflict outweigh signs of crime, accidents, sport and trade.
    pub(super) at_war: bool,
    /// Whether the article has signs of crime, accidents, sport or trade.
    pub(super) civil: bool,
    /// Whether the article is within the scope of the profile.
    pub(super) in_scope: bool,
    /// Whether the article reports victims, a weapon, a claim or an accusation.
    pub(super) deadly: bool,
    /// Whether the headline announces a remark: an analysis, an explainer.
    pub(super) remark: bool,
}

impl ArticleContext {
    /// Reads the context from the sentences of an article.
    pub(super) fn read<'s>(sentences: impl Iterator<Item = &'s AnnotatedSentence<'s>>) -> Self {
        let (mut signs, mut civil) = (0, 0);
        let mut context = Self::default();
        for (number, sentence) in sentences.take(READ).enumerate() {
            context.remark |= number == 0 && is_remark(sentence);
            for hit in &sentence.hits {
                match hit.cue {
                    EventCue::Truce
                    | EventCue::StopFire
                    | EventCue::Halted
                    | EventCue::War
                    | EventCue::Taken
                    | EventCue::Surrender
                    | EventCue::Fighting
                    | EventCue::Strike => signs += 2,
                    EventCue::Military
                    | EventCue::Weapon
                    | EventCue::Attack
                    | EventCue::Attacked
                    | EventCue::Violence
                    | EventCue::Theatre
                    | EventCue::Peace => signs += 1,
                    EventCue::Civil => civil += 2,
                    _ => {}
                }
                context.deadly |= matches!(
                    hit.cue,
                    EventCue::Killed
                        | EventCue::Killing
                        | EventCue::Death
                        | EventCue::Wounded
                        | EventCue::Toll
                        | EventCue::Weapon
                        | EventCue::Claim
                        | EventCue::Blame
                );
            }
        }
        context.civil = civil > 0;
        context.at_war = signs > civil;
        context
    }

    /// Whether the article is about an armed conflict.
    pub(super) fn is_conflict(&self) -> bool {
        self.at_war || self.in_scope && !self.civil
    }
}

/// Whether a headline announces a remark: "Analysis: ...".
fn is_remark(headline: &AnnotatedSentence<'_>) -> bool {
    headline.hits.iter().any(|hit| {
        hit.cue == EventCue::Remark
            && hit.from == 0
            && headline.tokens.get(hit.to).is_some_and(|token| token.gap >= TokenGap::Mark)
    })
}
