//! Words by their role in a sentence, from `grammar.txt` of each language: articles, prepositions, verbs that need a
//! closer look. A text may quote another language, so the lookups search all languages together. They take folded
//! words.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::file_keys::file_keys;
use ceasewire_text::analysis;
use ceasewire_text::languages::{Language, entries};

file_keys! {
    /// The role of a word.
    WordRole:
    /// "the", "a".
    Article = "article",
    /// "the", "these": readers know the noun, so that the sentence reports nothing new about it.
    Determiner = "determiner",
    /// "of".
    Of = "of",
    /// The "s" of "Armenia's".
    Possessive = "possessive",
    /// "if", at the beginning of a clause.
    Condition = "condition",
    /// A word between two actors: "Russia, France and the US".
    NameLink = "name-link",
    /// A word inside the phrase of a participant: "ministers of Armenia and Azerbaijan".
    PhraseLink = "phrase-link",
    /// A preposition before the subject of an event: "talks over Karabakh" take place elsewhere.
    SubjectPreposition = "subject-preposition",
    /// "by", before the actor of a passive verb.
    Agent = "agent",
    /// "for", before a reason.
    Purpose = "purpose",
    /// "to", before a verb.
    Infinitive = "infinitive",
    /// "be".
    Be = "be",
    /// "will".
    Future = "future",
    /// A word before a verb that is no event yet: "to kill", "can kill".
    BeforeInfinitive = "before-infinitive",
    /// A cue of a plan that plans nothing by itself: "after a visit to", "before".
    BarePlan = "bare-plan",
    /// A verbal noun or participle.
    Gerund = "gerund",
    /// Its plural, a noun.
    GerundPlural = "gerund-plural",
    /// A word after a number that makes it an age.
    Age = "age",
    /// A preposition before a number, but no part of it: "rose to 12".
    NumberPreposition = "number-preposition",
    /// A word after such a preposition that makes both part of the number: "at least 12".
    AfterNumberPreposition = "after-number-preposition",
    /// A word after a number, and part of it: "12 more".
    AfterNumber = "after-number",
    /// A first word of a number that adds to an earlier one: "another 12".
    IncreaseBefore = "increase-before",
    /// A last word of such a number: "12 more".
    IncreaseAfter = "increase-after",
    /// "joint", before a gathering.
    Joint = "joint",
    /// The verb in "after meeting officials", which is also a noun.
    MeetingVerb = "meeting-verb",
    /// A word for people who may be soldiers or civilians.
    GeneralPerson = "general-person",
    /// "dead".
    Dead = "dead",
    /// A word for losses, of people or of anything else.
    Loss = "loss",
    /// "shooting", in "shooting death".
    Shooting = "shooting",
    /// To flee.
    Flight = "flight",
    /// "humanitarian", within the cue of a ceasefire.
    Humanitarian = "humanitarian",
    /// The noun "mediation": the mediator follows it.
    MediationNoun = "mediation-noun",
    /// A cue of blame with the blamed before it: "was held responsible".
    BlamedBefore = "blamed-before",
    /// A verb, an attack only in the passive voice: "was shot".
    PassiveAttack = "passive-attack",
    /// A word for fighting in general.
    FightingAtLarge = "fighting-at-large",
    /// A noun, an attack with a detail beside it.
    AttackNoun = "attack-noun",
    /// A verb, an attack only beside a weapon, an attack or soldiers.
    GeneralAttackVerb = "general-attack-verb",
}

/// The roles of a word, a bit each.
type RoleSet = u64;

#[derive(Default)]
struct GrammarWords {
    whole: HashMap<String, RoleSet>,
    /// Words with any ending, `word*`.
    beginnings: Vec<(String, RoleSet)>,
    /// Words with any beginning, `*ing`.
    endings: Vec<(String, RoleSet)>,
}

static WORDS: LazyLock<GrammarWords> = LazyLock::new(|| {
    let mut words = GrammarWords::default();
    for language in Language::all() {
        for (key, value) in entries(language.data().file("grammar.txt").unwrap_or_default()) {
            let Some(role) = WordRole::from_key(key) else { continue };
            value.split_whitespace().for_each(|pattern| words.insert(pattern, role.bit()));
        }
    }
    words
});

impl WordRole {
    const fn bit(self) -> RoleSet {
        1 << self as u32
    }
}

impl GrammarWords {
    fn insert(&mut self, pattern: &str, role: RoleSet) {
        let folded = analysis::words(pattern).into_iter();
        if pattern.ends_with('*') {
            self.beginnings.extend(folded.map(|word| (word, role)));
        } else if pattern.starts_with('*') {
            self.endings.extend(folded.map(|word| (word, role)));
        } else {
            folded.for_each(|word| *self.whole.entry(word).or_default() |= role);
        }
    }
}

/// Whether a word has a role.
pub(crate) fn has_role(word: &str, role: WordRole) -> bool {
    let bit = role.bit();
    WORDS.whole.get(word).is_some_and(|roles| roles & bit != 0)
        || WORDS.beginnings.iter().any(|(beginning, roles)| roles & bit != 0 && word.starts_with(beginning.as_str()))
        || WORDS.endings.iter().any(|(ending, roles)| roles & bit != 0 && word.ends_with(ending.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_in_a_file_is_known() {
        for language in Language::all() {
            for (key, value) in entries(language.data().file("grammar.txt").expect("a grammar.txt")) {
                assert!(WordRole::from_key(key).is_some() && !value.is_empty(), "{language}: {key}");
            }
        }
    }

    #[test]
    fn a_word_has_the_roles_of_every_language() {
        for (word, role, expected) in [
            ("the", WordRole::Article, true),
            ("the", WordRole::Determiner, true),
            ("of", WordRole::Article, false),
            ("человек", WordRole::GeneralPerson, true),
            ("sur", WordRole::SubjectPreposition, true),
            ("killing", WordRole::Gerund, true),
            ("killings", WordRole::Gerund, false),
            ("killings", WordRole::GerundPlural, true),
            ("гуманитарное", WordRole::Humanitarian, true),
        ] {
            assert_eq!(has_role(word, role), expected, "{word}: {role:?}");
        }
    }
}
