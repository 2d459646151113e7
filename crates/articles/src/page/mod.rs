//! Pages: extracts the text and the metadata of an article from its web page.
//!
//! `limits` bounds the markup, `boilerplate_selectors` removes navigation and the like, the extractor chooses blocks,
//! and `article_lines` completes its choice without `notices`. `page_notice` finds pages in place of an article, and
//! `subject` those about something else. [`extract`] returns within bounded time and never panics. It must not know the
//! site of the page.

mod article_lines;
mod boilerplate_selectors;
mod json_ld;
mod limits;
mod metadata;
mod notices;
pub mod page_notice;
mod page_title;
mod statements;
mod subject;

use std::panic::{AssertUnwindSafe, catch_unwind};

use scraper::Html;
use url::Url;

use ceasewire_model::Timestamp;

use super::html_lines::split_lines;
use super::line::{CleanLine, join_lines};
use super::teaser::remove_teasers;
use article_lines::PageLines;
use page_notice::PageNotice;
pub use subject::LinkedEntry;

/// Article extracted from a page. A field is `None` if the page does not state it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtractedPage {
    /// The headline, without the site's name.
    pub title: Option<String>,
    /// One paragraph a line; empty if the page has no text.
    pub text: String,
    pub published: Option<Timestamp>,
    pub author: Option<String>,
    /// Name of the site.
    pub site: Option<String>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// The page's own address.
    pub canonical: Option<String>,
    /// The kind of a page in place of an article, which has no text.
    pub notice: Option<PageNotice>,
}

/// A shorter text, in characters, gives way to the text in the page's JSON-LD.
const MIN_TEXT_LENGTH: usize = 250;

/// Extracts the article of a page; `base_url` is the address of the page, if known.
pub fn extract(html: &str, base_url: Option<&str>) -> ExtractedPage {
    let html = limits::truncate_source(html);
    let metadata = metadata::parse_metadata(html);
    let mut page = Html::parse_document(&limits::bound_markup(html));
    let lead_html = boilerplate_selectors::remove_boilerplate(&mut page);
    let html = page.html();
    drop(page);
    let mut all = split_lines(&html);
    remove_teasers(&mut all);
    let lines = PageLines {
        all: &all,
        chosen: &choose_lines(&html, base_url),
        leads: &split_lines(&lead_html),
        title: metadata.title.as_deref().unwrap_or_default(),
    };
    let mut text = lines.article().join("\n");
    let headings = [&metadata.page_title, &metadata.heading, &metadata.title].map(|heading| heading.as_deref());
    let headings: Vec<&str> = headings.into_iter().flatten().collect();
    let mut notice = page_notice::find_notice(&headings, &all);
    if text.chars().count() < MIN_TEXT_LENGTH {
        // A page that scripts fill often states its text for search engines.
        let stated = metadata.body.filter(|body| body.chars().count() > 2 * text.chars().count());
        if let Some(stated) = stated {
            // A wall before an article that the page states all the same.
            notice = notice.filter(|_| stated.chars().count() < MIN_TEXT_LENGTH);
            text = stated;
        }
    }
    if notice.is_some() {
        text.clear();
    } else if text.is_empty() {
        text = join_lines(&all, "\n");
    }
    ExtractedPage {
        title: metadata.title,
        text,
        published: metadata.published,
        author: metadata.author,
        site: metadata.site,
        language: metadata.language,
        canonical: metadata.canonical.and_then(|address| match base_url.and_then(|base| Url::parse(base).ok()) {
            Some(base) => base.join(&address).ok().map(String::from),
            None => Some(address),
        }),
        notice,
    }
}

/// Runs the extractor and splits its choice into lines.
fn choose_lines(html: &str, base_url: Option<&str>) -> Vec<CleanLine> {
    let mut options = trafilatura::Options::default().with_fallback(true).with_links(true).with_exclude_comments(true);
    options.original_url = base_url.and_then(|url| Url::parse(url).ok());
    // A panic in the extractor costs one page. It shares no state with us, so unwinding is safe.
    let extraction = catch_unwind(AssertUnwindSafe(|| trafilatura::extract(html, &options).ok()));
    extraction.ok().flatten().map(|extracted| split_lines(&extracted.content_html)).unwrap_or_default()
}
