//! Items of Google News: a headline with the name of its outlet, and a list of other outlets' headlines on the event.
//!
//! The list is no text of the item: a rule that one of its headlines matches would alert under the wrong headline.

use ceasewire_model::Entry;
use url::Url;

const HOST: &str = "news.google.com";

/// Reduces an item of Google News to its headline, with its outlet as the author; any other entry stays as it is.
/// `source` is the item's `<source>`.
pub(super) fn first_headline(mut entry: Entry, source: Option<&str>) -> Entry {
    let url = entry.url.as_deref().and_then(|url| Url::parse(url).ok());
    if url.as_ref().and_then(Url::host_str) != Some(HOST) {
        return entry;
    }
    entry.html.clear();
    let Some(source) = source else { return entry };
    let headline =
        entry.title.strip_suffix(source).map(|headline| headline.trim_end().trim_end_matches(['-', '–', '—']));
    if let Some(headline) = headline.map(str::trim_end).filter(|headline| !headline.is_empty()) {
        entry.title = headline.to_owned();
    }
    entry.authors = vec![source.to_owned()];
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_its_headline_and_its_outlet() {
        let entry = |url: &str, title: &str| Entry {
            url: Some(url.into()),
            title: title.into(),
            html: "<ol><li>Rockets kill 12 in Ganja</li></ol>".into(),
            ..Entry::default()
        };
        let article = "https://news.google.com/rss/articles/CBMi?oc=5";
        for (title, source, headline) in [
            ("Truce agreed - The Valley Wire", Some("The Valley Wire"), "Truce agreed"),
            ("Ateşkes - görüşmeler - Vadi Haber", Some("Vadi Haber"), "Ateşkes - görüşmeler"),
            ("Truce agreed - The Valley Wire", None, "Truce agreed - The Valley Wire"),
            ("Truce agreed", Some("The Valley Wire"), "Truce agreed"),
            ("Wire", Some("Wire"), "Wire"),
        ] {
            let read = first_headline(entry(article, title), source);
            assert_eq!((read.title.as_str(), read.html.as_str()), (headline, ""));
            assert_eq!(read.authors.first().map(String::as_str), source);
        }
        let other = entry("https://wire.example/1", "Truce - Wire");
        assert_eq!(first_headline(other.clone(), Some("Wire")), other);
    }
}
