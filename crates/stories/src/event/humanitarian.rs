//! HumanitarianFacts events: aid, corridors, exchanges, evacuations, refugees.

use super::lexicon::{Cue, Hit};
use super::numbers;
use super::sentence::Sentence;
use ceasewire_model::event::HumanitarianFacts;

/// The kinds, the surer ones first.
const KINDS: [(Cue, &str); 6] = [
    (Cue::Exchange, "prisoner_exchange"),
    (Cue::Bodies, "bodies"),
    (Cue::Corridor, "corridor"),
    (Cue::Aid, "aid"),
    (Cue::Evacuate, "evacuation"),
    (Cue::Refugees, "refugees"),
];

/// What a sentence says was done for people in need, or what drove them away.
pub(super) fn find(sentence: &Sentence<'_>) -> Option<HumanitarianFacts> {
    let (hit, what) = KINDS
        .iter()
        .find_map(|(cue, what)| sentence.all(*cue).find(|hit| tells(sentence, hit)).map(|hit| (*hit, *what)))?;
    Some(HumanitarianFacts {
        what: what.to_owned(),
        place: sentence.place(hit.from),
        who: sentence.actor_before(hit.from).map(|name| sentence.with_titles(name)),
    })
}

fn tells(sentence: &Sentence<'_>, hit: &Hit) -> bool {
    let word = hit.from;
    let happened =
        !sentence.is_denied(word) && !sentence.is_supposed(word) && sentence.before(Cue::Call, word, 6).is_none();
    let given = || sentence.before(Cue::Give, word, 10).is_some() || sentence.after(Cue::Give, hit.to, 8).is_some();
    happened
        && match hit.cue {
            Cue::Refugees => {
                let counted = numbers::numbers(sentence)
                    .iter()
                    .any(|number| number.to <= word + 1 && word.saturating_sub(number.to) <= 5);
                let verb = sentence.words[word].starts_with("fle") || sentence.words[word].starts_with("fled");
                counted || verb || hit.to - word > 1 || given()
            }
            Cue::Evacuate => true,
            _ => given() || hit.to - word > 1,
        }
}
