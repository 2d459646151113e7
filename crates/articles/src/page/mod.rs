//! An article's page to its text and what it states about itself.
//!
//! The markup is brought within `bounded` limits and rid of its `furniture`; an extractor chooses the blocks; `lines`
//! completes and cleans its choice. Whatever is fed to it, it returns, without a panic and within a bounded time. It must
//! not know where the page came from.

mod boilerplate_selectors;
mod limits;
mod lines;
mod metadata;
mod notices;

use std::panic::{AssertUnwindSafe, catch_unwind};

use scraper::Html;
use url::Url;

use super::clean::{self, Line};
use super::teaser;
use ceasewire_model::Timestamp;

/// An article's page. What the page does not state is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The headline, without the site's name.
    pub title: Option<String>,
    /// The article's text, a paragraph a line; empty if none was found.
    pub text: String,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// Who wrote it.
    pub author: Option<String>,
    /// The site's name.
    pub site: Option<String>,
    /// The language, as a BCP 47 tag.
    pub language: Option<String>,
}

/// A text shorter than this, in characters, is looked for in another way.
const LEAST_TEXT: usize = 250;

/// Extracts the article of a page; `base_url` is the page's own address, if known.
pub fn extract(html: &str, base_url: Option<&str>) -> Page {
    let html = limits::beginning(html);
    let metadata = metadata::read(html);
    let mut page = Html::parse_document(&limits::bounded(html));
    let leads = boilerplate_selectors::remove(&mut page);
    let html = page.html();
    drop(page);
    let mut all = clean::lines(&html);
    teaser::remove(&mut all);
    let leads = clean::lines(&leads);
    let title = metadata.title.as_deref();
    let mut text = lines::article(&all, &extracted(&html, base_url), &leads, title).join("\n");
    if text.chars().count() < LEAST_TEXT {
        // A page that scripts fill may hold its text for search engines.
        let stated = metadata.body.filter(|body| body.chars().count() > 2 * text.chars().count());
        text = stated.unwrap_or(text);
    }
    if text.is_empty() {
        text = all.iter().map(|line| line.text.trim()).collect::<Vec<_>>().join("\n");
    }
    Page {
        title: metadata.title,
        text,
        published: metadata.published,
        author: metadata.author,
        site: metadata.site,
        language: metadata.language,
    }
}

/// The lines that the extractor chooses.
fn extracted(html: &str, base_url: Option<&str>) -> Vec<Line> {
    let mut options = trafilatura::Options::default().with_fallback(true).with_links(true).with_exclude_comments(true);
    options.original_url = base_url.and_then(|url| Url::parse(url).ok());
    // It walks trees by the thousand of lines of code; a panic in it costs one page. It shares nothing with us that
    // could be left half done.
    let done = catch_unwind(AssertUnwindSafe(|| trafilatura::extract(html, &options).ok()));
    done.ok().flatten().map(|found| clean::lines(&found.content_html)).unwrap_or_default()
}
