//! Subject: whether a page is about the entry that links to it.
//!
//! A link may lead to a wall without known words, to the front page, or to another article. The words of headline and
//! teaser, and the addresses, show it.

use std::collections::HashSet;

use url::Url;

use super::ExtractedPage;

/// The entry that a page was fetched for.
#[derive(Clone, Copy, Debug)]
pub struct LinkedEntry<'a> {
    pub title: &'a str,
    /// The clean text of the feed.
    pub text: &'a str,
    pub url: &'a str,
}

impl ExtractedPage {
    /// Whether the page may complete the entry; `address` is the address at the end of its redirects.
    pub fn completes(&self, entry: LinkedEntry<'_>, address: &str) -> bool {
        let link = parse(entry.url);
        let addresses = [Some(address), self.canonical.as_deref()];
        let addresses: Vec<Url> = addresses.into_iter().flatten().filter_map(parse).collect();
        let is_at_root = link.as_ref().is_some_and(is_root);
        if self.notice.is_some() || self.text.is_empty() || !is_at_root && addresses.iter().any(is_root) {
            return false;
        }
        let (headline, title) = (words(entry.title), words(self.title.as_deref().unwrap_or_default()));
        // An address of another form may be another article's: the headlines must agree.
        let is_elsewhere =
            link.as_ref().is_some_and(|link| addresses.iter().any(|other| is_other_article(link, other)));
        if is_elsewhere && !headline.is_empty() {
            return count_shared(&headline, &title) * 2 >= headline.len();
        }
        let stated = &headline | &words(entry.text);
        let shared = count_shared(&stated, &(&title | &words(&self.text)));
        // Single words of a war are on every page: a third of them must recur.
        stated.is_empty() || shared * 3 >= stated.len() && shared >= stated.len().min(2)
    }
}

fn parse(url: &str) -> Option<Url> {
    Url::parse(url.trim()).ok()
}

/// Whether an address is a site's front page.
fn is_root(url: &Url) -> bool {
    let path = url.path().trim_matches('/').to_ascii_lowercase();
    let is_language = path.len() == 2 && path.bytes().all(|byte| byte.is_ascii_lowercase());
    url.query().is_none() && (path.is_empty() || is_language || matches!(path.as_str(), "index.html" | "index.php"))
}

/// Whether two addresses of one host end in other words.
fn is_other_article(link: &Url, other: &Url) -> bool {
    let host = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        host.strip_prefix("www.").or_else(|| host.strip_prefix("m.")).unwrap_or(host).to_owned()
    };
    let slug = |url: &Url| {
        let path = url.path().trim_end_matches('/').trim_end_matches("/amp").trim_end_matches(".html");
        path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase()
    };
    host(link) == host(other) && slug(link) != slug(other)
}

/// The words that tell a subject, cut to their first letters since endings change.
fn words(text: &str) -> HashSet<String> {
    /// Shorter words have little meaning.
    const MIN_LETTERS: usize = 4;
    const STEM_LETTERS: usize = 5;
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= MIN_LETTERS);
    words.map(|word| word.chars().take(STEM_LETTERS).collect()).collect()
}

fn count_shared(stated: &HashSet<String>, found: &HashSet<String>) -> usize {
    stated.iter().filter(|word| found.contains(*word)).count()
}

#[cfg(test)]
mod tests {
    use super::super::page_notice::PageNotice;
    use super::*;

    const ENTRY: LinkedEntry<'_> = LinkedEntry {
        title: "Karabakh ceasefire begins at noon",
        text: "The ministers agreed on it in Moscow.",
        url: "https://wire.example/news/5-karabakh-ceasefire",
    };

    fn page(title: &str, text: &str) -> ExtractedPage {
        ExtractedPage { title: Some(title.into()), text: text.into(), ..ExtractedPage::default() }
    }

    fn article() -> ExtractedPage {
        page("Karabakh ceasefire begins", "A ceasefire for Karabakh will begin at noon, the ministers said in Moscow.")
    }

    #[test]
    fn a_page_completes_an_entry_of_its_subject() {
        let wall = "Dear reader, here we ask for your agreement to some of our terms before you may go on to our site.";
        let front = "Officials in town number 0 said on Monday that five civilians had died when rockets fell.";
        let at = |address: &str| ExtractedPage { canonical: Some(address.into()), ..article() };
        for (page, right) in [
            (article(), true),
            (page("News", wall), false),
            (page("News - front page", front), false),
            (ExtractedPage { notice: Some(PageNotice::Consent), ..article() }, false),
            (at("https://wire.example/"), false),
            (at("https://wire.example/hy/"), false),
            (at("https://wire.example/news/2026/truce"), true),
            (ExtractedPage { title: Some("Shelling".into()), ..at("https://wire.example/news/4-shelling") }, false),
            (ExtractedPage::default(), false),
        ] {
            assert_eq!(page.completes(ENTRY, ENTRY.url), right, "{page:?}");
        }
        assert!(!article().completes(ENTRY, "https://wire.example/"));
        assert!(!article().completes(ENTRY, "https://wire.example/index.php"));
        assert!(article().completes(ENTRY, "https://www.wire.example/news/5-karabakh-ceasefire/amp"));
        let feed = LinkedEntry { url: "https://links.example/~r/1/~3/x", ..ENTRY };
        assert!(article().completes(feed, ENTRY.url));
        let root = LinkedEntry { url: "https://wire.example/", ..ENTRY };
        assert!(article().completes(root, "https://wire.example/"));
    }

    #[test]
    fn endings_do_not_hide_a_subject() {
        let entry = LinkedEntry {
            title: "В Карабахе объявлено перемирие", text: "", url: "https://dolina.example/5"
        };
        let page = page("Перемирие", "Стороны объявили о перемирии, бои в Нагорном Карабахе прекращены.");
        assert!(page.completes(entry, entry.url));
    }
}
