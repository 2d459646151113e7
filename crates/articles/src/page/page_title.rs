//! Page titles: removes the name of the site from the title of a page.

/// Separators between the title of an article and the name of its site.
const SEPARATORS: &[&str] = &[" | ", " - ", " – ", " — ", " / ", " > ", " » ", " :: ", " · ", " • ", " \\ "];

/// Removes the name of an unknown site from the content of `<title>`, by `heading` and separators.
pub(super) fn without_signature(title: &str, heading: Option<&str>) -> String {
    // A heading of some length that `<title>` repeats word for word is the title.
    if let Some(heading) = heading.filter(|heading| title.contains(*heading) && heading.split_whitespace().count() > 3)
    {
        return heading.to_owned();
    }
    let last = SEPARATORS.iter().filter_map(|separator| title.rfind(separator)).max();
    let Some(last) = last else { return title.to_owned() };
    let count_words = |text: &str| text.split_whitespace().count();
    let (before, after) = title.split_at(last);
    if count_words(before) >= 3 {
        return before.to_owned();
    }
    // The name of the site stands first.
    let after = SEPARATORS.iter().find_map(|separator| after.strip_prefix(separator)).unwrap_or(after);
    if count_words(after) >= 3 { after.to_owned() } else { title.to_owned() }
}

/// Removes the name of a known site after a separator.
pub(super) fn without_site<'a>(title: &'a str, site: Option<&str>) -> &'a str {
    let Some(site) = site else { return title };
    let fold =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    for separator in SEPARATORS {
        if let Some((before, after)) = title.rsplit_once(separator)
            && !before.trim().is_empty()
            && fold(after) == fold(site)
        {
            return before.trim();
        }
    }
    title
}
