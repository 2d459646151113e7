//! Fingerprints: the fields of an entry that identify it, in comparable form.

use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;

use ceasewire_model::{Entry, Timestamp};

use super::IdentityKey;
use super::address::{canonical_url, find_article_number, is_opaque};
use super::evidence::LONG_WORDS;
use super::page_form::is_front_page;

/// Identifying fields of an entry.
pub(super) struct Fingerprint {
    /// Trimmed; canonical if it is an address.
    pub guid: Option<String>,
    /// Canonical URL; `None` for front pages and opaque hosts.
    pub url: Option<String>,
    pub article_number: Option<String>,
    pub title: String,
    /// Day of publication, or of the fetch for an undated entry.
    pub day: NaiveDate,
    /// Hash of the body.
    pub text_hash: String,
    /// The body has enough words to identify an article.
    pub has_long_text: bool,
}

impl Fingerprint {
    pub fn new(entry: &Entry, seen_at: Timestamp) -> Self {
        let guid = entry.guid.as_deref().map(str::trim).filter(|guid| !guid.is_empty());
        let url = entry.url.as_deref().and_then(canonical_url).filter(|url| !is_opaque(url) && !is_front_page(url));
        let text = fold_title(&entry.html);
        let text_hash = IdentityKey::new("text", &[&text]).0;
        Self {
            guid: guid.map(|guid| canonical_url(guid).unwrap_or_else(|| guid.to_owned())),
            article_number: url.as_deref().and_then(find_article_number),
            url,
            title: fold_title(&entry.title),
            day: entry.published.or(entry.updated).unwrap_or(seen_at).to_datetime().date_naive(),
            text_hash: text_hash.iter().map(|byte| format!("{byte:02x}")).collect(),
            has_long_text: text.split(' ').take(LONG_WORDS).count() == LONG_WORDS,
        }
    }

    /// Returns the title with its day, unless the title is too short to identify an article ("Breaking news").
    pub fn dated_title(&self) -> Option<(&str, NaiveDate)> {
        /// Shorter titles recur ("Morning briefing").
        const MIN_WORDS: usize = 3;
        (self.title.split(' ').count() >= MIN_WORDS).then_some((self.title.as_str(), self.day))
    }
}

/// Reduces a text to letters and digits without case and accents, so that edits of quote marks and dashes do not count.
pub(super) fn fold_title(text: &str) -> String {
    let mut out = String::new();
    for c in text.nfkd().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !matches!(c, '\u{300}'..='\u{36F}') && !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}
