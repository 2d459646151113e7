//! Boilerplate selectors: finds and removes the parts of a page outside its article, by element, class, id and role.
//!
//! The words of classes are data (`data/page_parts`). This file must not know any site.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use scraper::node::Element;
use scraper::{ElementRef, Html, Node};

use ceasewire_text::languages::lines;

use super::page_notice::is_request;

/// Elements without article text.
const ELEMENTS: &[&str] =
    &["aside", "button", "dialog", "figcaption", "footer", "form", "input", "label", "menu", "nav", "time"];

/// Elements whose classes do not count: the classes name a style or the whole page.
const JUDGED_BY_CONTENT: &[&str] = &["a", "article", "body", "h1", "html", "main", "p", "table", "tbody", "td", "tr"];

/// Words of the files in `data/page_parts`.
struct PartNames {
    boilerplate: HashSet<&'static str>,
    boilerplate_infixes: Vec<&'static str>,
    weak_boilerplate: HashSet<&'static str>,
    leads: HashSet<&'static str>,
}

static PART_NAMES: LazyLock<PartNames> = LazyLock::new(|| PartNames {
    boilerplate: lines(include_str!("../../data/page_parts/boilerplate.txt")).collect(),
    boilerplate_infixes: lines(include_str!("../../data/page_parts/boilerplate_infixes.txt")).collect(),
    weak_boilerplate: lines(include_str!("../../data/page_parts/weak_boilerplate.txt")).collect(),
    leads: lines(include_str!("../../data/page_parts/leads.txt")).collect(),
});

/// Characters of prose that must remain after the removal of a large part.
const MIN_REMAINING_PROSE: usize = 600;

/// Characters of a sentence; an article beside a box has one at least.
const MIN_SENTENCE: usize = 25;

/// Elements whose text is no sentence of an article.
const LABELS: &[&str] = &["title", "h1", "h2", "h3", "h4", "h5", "h6", "button", "script", "style", "option"];

/// Characters of a lead; a longer one is the article itself.
const MAX_LEAD_LENGTH: usize = 1200;

/// Characters of a detail: a date, a section, a number of comments.
const MAX_DETAIL_LENGTH: usize = 120;

/// Characters of a label; a longer run of text is prose.
const MAX_LABEL_LENGTH: usize = 40;

/// Removes boilerplate from a page and returns the HTML of its leads.
pub(super) fn remove_boilerplate(page: &mut Html) -> String {
    let sizes = measure_texts(page);
    let root = page.tree.root();
    let whole = sizes.get(&root.id()).copied().unwrap_or_default();
    let total = whole.prose;
    let (mut remaining, mut remaining_sentences) = (total, whole.sentences);
    let mut leads: Vec<NodeId> = Vec::new();
    let mut next = root.first_child().map(|node| node.id());
    while let Some(id) = next {
        let Some(node) = page.tree.get(id) else { break };
        let size = sizes.get(&id).copied().unwrap_or_default();
        let is_box = whole.has_core && is_notice_box(node, size) && remaining_sentences > size.sentences;
        let is_removed = is_box
            || match classify_part(node, size) {
                PagePart::Hidden => true,
                // An element around the headline or the whole text is a frame in spite of its name.
                PagePart::Boilerplate if size.has_core => false,
                PagePart::Boilerplate => {
                    let left = remaining - size.prose.min(remaining);
                    size.prose * 3 < total || left >= MIN_REMAINING_PROSE && size.prose * 2 < total
                }
                PagePart::Lead => {
                    leads.push(id);
                    false
                }
                PagePart::Content => false,
            };
        next = if is_removed { None } else { node.first_child().map(|child| child.id()) }
            .or_else(|| find_next_outside(node));
        if is_removed {
            remaining -= size.prose.min(remaining);
            remaining_sentences -= size.sentences.min(remaining_sentences);
            if let Some(mut node) = page.tree.get_mut(id) {
                node.detach();
            }
        }
    }
    leads.into_iter().filter_map(|id| ElementRef::wrap(page.tree.get(id)?)).map(|lead| lead.html()).collect()
}

/// Whether an element is a box with a request for consent or for a subscription beside the article.
fn is_notice_box(node: NodeRef<'_, Node>, size: TextSize) -> bool {
    let is_box = node.value().as_element().is_some_and(|element| !matches!(element.name(), "html" | "body" | "p"));
    is_box && !size.has_core && size.notice > 0 && size.notice * 2 >= size.prose
}

/// Finds the next node in document order outside of `node`.
fn find_next_outside(mut node: NodeRef<'_, Node>) -> Option<NodeId> {
    loop {
        if let Some(next) = node.next_sibling() {
            return Some(next.id());
        }
        node = node.parent()?;
    }
}

/// Role of an element in its page.
enum PagePart {
    Hidden,
    Boilerplate,
    Lead,
    Content,
}

fn classify_part(node: NodeRef<'_, Node>, size: TextSize) -> PagePart {
    let Some(element) = node.value().as_element() else { return PagePart::Content };
    let name = element.name();
    if !matches!(name, "html" | "body") && is_hidden(element) {
        return PagePart::Hidden;
    }
    if ELEMENTS.contains(&name) {
        return PagePart::Boilerplate;
    }
    if JUDGED_BY_CONTENT.contains(&name) {
        let is_lead =
            size.text < MAX_LEAD_LENGTH && !is_link_list(size) && has_any(&split_names(element), &PART_NAMES.leads);
        return if is_lead { PagePart::Lead } else { PagePart::Content };
    }
    let words = split_names(element);
    let has = |name: &str| words.iter().any(|word| word == name);
    // `has-sidebar` is an article beside a sidebar.
    if has("has") || has("no") || has("with") {
        return PagePart::Content;
    }
    let has_infix = |word: &String| PART_NAMES.boilerplate_infixes.iter().any(|infix| word.contains(infix));
    if has_any(&words, &PART_NAMES.boilerplate) || words.iter().any(has_infix) {
        return PagePart::Boilerplate;
    }
    // Some site builders call each paragraph, or the list of articles, a widget.
    if has("widget") && !has("elementor") && !has("blog") {
        return PagePart::Boilerplate;
    }
    let is_detail =
        size.text < MAX_DETAIL_LENGTH && size.prose == 0 && !matches!(name, "li" | "ol" | "span" | "strong" | "ul");
    if has_any(&words, &PART_NAMES.weak_boilerplate) && (is_detail || size.linked * 2 > size.text) {
        return PagePart::Boilerplate;
    }
    if has_any(&words, &PART_NAMES.leads) {
        if is_link_list(size) && has("teaser") {
            return PagePart::Boilerplate;
        }
        if !is_link_list(size) && size.text < MAX_LEAD_LENGTH {
            return PagePart::Lead;
        }
    }
    PagePart::Content
}

fn has_any(words: &[String], names: &HashSet<&'static str>) -> bool {
    words.iter().any(|word| names.contains(word.as_str()))
}

/// Whether more than a third of the text is in links.
fn is_link_list(size: TextSize) -> bool {
    size.linked * 3 > size.text
}

fn is_hidden(element: &Element) -> bool {
    let style = element.attr("style").unwrap_or_default().to_ascii_lowercase().replace(' ', "");
    element.attr("hidden").is_some() || style.contains("display:none") || style.contains("visibility:hidden")
}

/// Splits class, id, role and itemprop of an element into words, at characters other than letters and before capitals.
fn split_names(element: &Element) -> Vec<String> {
    let mut words = Vec::new();
    for name in ["class", "id", "role", "itemprop"] {
        for part in element.attr(name).unwrap_or_default().split(|c: char| !c.is_alphabetic()) {
            let mut word = String::new();
            let mut after_small = false;
            for c in part.chars() {
                if c.is_uppercase() && after_small {
                    words.push(std::mem::take(&mut word));
                }
                after_small = c.is_lowercase();
                word.extend(c.to_lowercase());
            }
            if !word.is_empty() {
                words.push(word);
            }
        }
    }
    words
}

/// Text of an element, in characters.
#[derive(Clone, Copy, Default)]
struct TextSize {
    text: usize,
    /// Text in links.
    linked: usize,
    /// Text outside of links in runs longer than a label.
    prose: usize,
    /// Prose that asks for consent or for a subscription.
    notice: usize,
    /// Texts outside of links and labels that may be a sentence.
    sentences: usize,
    /// Whether the element contains the headline or the part that the page marks as its main one.
    has_core: bool,
}

/// Measures the text of each node in one walk.
fn measure_texts(page: &Html) -> HashMap<NodeId, TextSize> {
    let mut sizes: HashMap<NodeId, TextSize> = HashMap::new();
    let mut links = 0_usize;
    for edge in page.tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Text(content) => {
                    let text = content.trim().chars().count();
                    let linked = if links > 0 { text } else { 0 };
                    let prose = if links == 0 && text > MAX_LABEL_LENGTH { text } else { 0 };
                    let is_label = || {
                        let parent = node.parent().and_then(|parent| parent.value().as_element());
                        parent.is_some_and(|parent| LABELS.contains(&parent.name()))
                    };
                    let sentences = usize::from(links == 0 && text >= MIN_SENTENCE && !is_label());
                    let notice = if prose > 0 && is_request(content) { prose } else { 0 };
                    sizes.insert(node.id(), TextSize { text, linked, prose, notice, sentences, has_core: false });
                }
                Node::Element(element) if element.name() == "a" => links += 1,
                _ => {}
            },
            Edge::Close(node) => {
                let own = sizes.get(&node.id()).copied().unwrap_or_default();
                let mut has_core = own.has_core;
                if let Some(element) = node.value().as_element() {
                    links -= usize::from(element.name() == "a");
                    has_core |= element.name() == "main"
                        || element.name() == "h1" && own.text > 0
                        || element.attr("itemprop") == Some("articleBody");
                }
                if let Some(parent) = node.parent() {
                    let sum = sizes.entry(parent.id()).or_default();
                    sum.text += own.text;
                    sum.linked += own.linked;
                    sum.prose += own.prose;
                    sum.notice += own.notice;
                    sum.sentences += own.sentences;
                    sum.has_core |= has_core;
                }
            }
        }
    }
    sizes
}
