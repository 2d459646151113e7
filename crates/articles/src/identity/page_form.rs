//! The form of an address: the page of one article, a section, or a site's front page.

/// Digits of a number that names an article; a year and a month have fewer than the numbers of most sites.
const NUMBER_DIGITS: usize = 4;
/// Words of a slug: "truce-agreed-in-moscow". A section has one or two.
const SLUG_WORDS: usize = 3;
/// Characters of a segment that only one page has: a slug in a script without hyphens, a hash.
const LONG_SEGMENT: usize = 20;

/// Whether a canonical URL is a site's front page.
pub(super) fn is_front_page(canonical: &str) -> bool {
    !canonical.contains(['/', '?', '#'])
}

/// Whether a canonical URL has the form of one article's page.
pub(super) fn is_article_page(canonical: &str) -> bool {
    let Some(start) = canonical.find(['/', '?', '#']) else { return false };
    let address = &canonical[start..];
    let (path, rest) = address.find(['?', '#']).map_or((address, ""), |at| address.split_at(at));
    // Sites that run on scripts have pages at `?id=5` and `#!/news/5`.
    if rest.chars().any(|c| c.is_ascii_digit()) {
        return true;
    }
    let mut segments = path.rsplit('/').filter(|segment| !segment.is_empty());
    let last = segments.next().unwrap_or_default();
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    is_named(stem)
        || stem.bytes().all(|byte| byte.is_ascii_digit()) && !stem.is_empty()
        || segments.next().is_some_and(has_number)
}

/// Whether a segment names one page.
fn is_named(segment: &str) -> bool {
    segment.split(['-', '_', '+']).filter(|word| !word.is_empty()).count() >= SLUG_WORDS
        || segment.chars().count() >= LONG_SEGMENT
        || has_number(segment)
}

/// Whether a segment has a number that is no year.
fn has_number(segment: &str) -> bool {
    let mut numbers = segment.split(|c: char| !c.is_ascii_digit());
    numbers.any(|number| {
        let is_year = number.len() == 4 && (number.starts_with("19") || number.starts_with("20"));
        number.len() >= NUMBER_DIGITS && !is_year
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_articles_page_differs_from_a_section() {
        for (address, expected) in [
            ("a.example/news/1031847", true),
            ("a.example/news/5", true),
            ("a.example/2020/10/truce-agreed-in-moscow", true),
            ("a.example/news/truce-agreed-in-moscow.html", true),
            ("a.example?id=5", true),
            ("a.example#!/news/5", true),
            ("a.example/12345/truce", true),
            ("a.example/%D0%BF%D0%B5%D1%80%D0%B5%D0%BC", true),
            ("a.example/news", false),
            ("a.example/news/armenia", false),
            ("a.example/news.html", false),
            ("a.example/live-updates", false),
            ("a.example", false),
        ] {
            assert_eq!(is_article_page(address), expected, "{address}");
        }
        assert!(is_front_page("a.example") && is_front_page("a.example:8080"));
        assert!(!is_front_page("a.example/x") && !is_front_page("a.example?p=1"));
    }
}
