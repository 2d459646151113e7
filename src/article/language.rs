//! The language of an article, from its title and the beginning of its text, among the profile's eight.
//!
//! The script of most letters decides first: Armenian and Georgian have one of their own. Latin, Cyrillic and Arabic
//! letters are judged by a small model of the languages that share them, the profile's and their neighbours', which is made
//! from the lists in `words`. It must not know feeds: what a feed says of its language comes in as a word.
//!
//! docs/languages.md has what was measured, beside other ways to do it.

mod cut;
mod model;
mod spelling;
mod words;

use cut::Script;

/// How many characters are read of the title, and of the text: enough to be sure, and a bound of what it costs.
const LONGEST: usize = 300;

/// Finds the language of an article, as a BCP 47 primary subtag, if it is one of `en fr ru hy tr az ka fa`.
///
/// `prior` is what the feed or the outlet says (`en-US` counts as `en`). It decides only where the text leaves the
/// language open, as a headline of names does.
///
/// There is no answer for a text of another language, and none where neither text nor prior say enough: what the caller
/// knows then stands. So no article in German, Spanish, Italian, Portuguese, Dutch, Polish or another neighbour in Latin
/// letters is taken for English or French; none in Ukrainian, Belarusian, Bulgarian, Serbian, Kazakh or Azerbaijani in
/// Cyrillic for Russian; none in Arabic, Urdu, Kurdish, Pashto or Azerbaijani in Arabic letters for Persian. Any other
/// script (Greek, Hebrew, Chinese …) has no answer either.
pub fn identify(title: &str, text: &str, prior: Option<&str>) -> Option<&'static str> {
    let mut read = Vec::new();
    cut::read(title, LONGEST, &mut read);
    cut::read(text, LONGEST, &mut read);
    let script = cut::script(&read)?;
    let languages = match script {
        Script::Armenian => return Some("hy"),
        Script::Georgian => return Some("ka"),
        Script::Other => return None,
        Script::Latin => model::latin(),
        Script::Cyrillic => model::cyrillic(),
        Script::Arabic => model::arabic(),
    };
    let prior = prior.and_then(|tag| tag.trim().split(['-', '_']).next()).map(str::to_ascii_lowercase);
    languages.identify(&cut::words(&read, script), prior.as_deref())
}
