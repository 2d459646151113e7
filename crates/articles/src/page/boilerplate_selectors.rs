//! Furniture: the parts of a page that are not its article, known by what the markup calls them, and their removal.
//!
//! It must not know any site, only the words by which makers of pages everywhere name the parts.

use std::collections::HashMap;

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use scraper::node::Element;
use scraper::{ElementRef, Html, Node};

/// Elements that hold no part of an article's text.
const ELEMENTS: &[&str] =
    &["aside", "button", "dialog", "figcaption", "footer", "form", "input", "label", "menu", "nav", "time"];

/// Elements that are judged by their content alone: their names are given for style, or for the whole page.
const JUDGED_BY_CONTENT: &[&str] = &["a", "article", "body", "h1", "html", "main", "p", "table", "tbody", "td", "tr"];

/// Words in a class, an id or a role, any of which marks furniture.
const NAMES: &[&str] = &[
    // Who wrote it, and pictures' captions
    "author",
    "authors",
    "authorbox",
    "autor",
    "autoren",
    "byline",
    "caption",
    "credit",
    "credits",
    // The ways through the site
    "colophon",
    "complementary",
    "contentinfo",
    "dropdown",
    "flyout",
    "impressum",
    "imprint",
    "linklist",
    "masthead",
    "nav",
    "navbar",
    "navi",
    "pager",
    "paging",
    "sitemap",
    "submenu",
    "subnav",
    "toolbar",
    // Readers' words
    "discussion",
    "poll",
    "quiz",
    "rating",
    "ratings",
    "replies",
    "reply",
    "respond",
    "survey",
    "vote",
    // Other articles
    "carousel",
    "recirc",
    "teasers",
    "trending",
    "weather",
    "widgets",
    "yarpp",
    // What a page asks of its reader
    "addthis",
    "addtoany",
    "anzeige",
    "ad",
    "captcha",
    "consent",
    "donate",
    "donation",
    "flair",
    "follow",
    "gdpr",
    "likes",
    "login",
    "modal",
    "noprint",
    "overlay",
    "popup",
    "promo",
    "promotion",
    "registration",
    "sharebar",
    "sharedaddy",
    "shariff",
    "sharing",
    "signup",
    "social",
    "socials",
    "tagcloud",
    "taglist",
    "tooltip",
];

/// Parts of words that mark furniture wherever they stand in a name.
const PARTS: &[&str] = &[
    "advert",
    "breadcrumb",
    "comment",
    "cookie",
    "copyright",
    "disqus",
    "footer",
    "kommentar",
    "navigation",
    "newsletter",
    "outbrain",
    "pagination",
    "recommend",
    "related",
    "sidebar",
    "sponsor",
    "subscri",
    "taboola",
    "widgettitle",
];

/// Words that mark furniture only where it is short or made of links: articles' own parts are called so, too.
const WEAK: &[&str] = &[
    "actions",
    "ads",
    "affiliate",
    "banner",
    "bio",
    "buttons",
    "categories",
    "category",
    "contact",
    "cta",
    "date",
    "dateline",
    "embed",
    "info",
    "keywords",
    "like",
    "links",
    "list",
    "logo",
    "menu",
    "meta",
    "more",
    "most",
    "next",
    "popular",
    "postmeta",
    "prev",
    "previous",
    "print",
    "products",
    "profile",
    "readmore",
    "recent",
    "search",
    "share",
    "tag",
    "tags",
    "taxonomy",
    "timestamp",
    "toc",
];

/// Words for the paragraph that stands before an article's text and is part of it.
const LEADS: &[&str] = &[
    "abstract",
    "anriss",
    "bajada",
    "chapo",
    "deck",
    "dek",
    "description",
    "entradilla",
    "excerpt",
    "ingress",
    "intro",
    "introduction",
    "lead",
    "leadin",
    "lede",
    "preamble",
    "sapo",
    "standfirst",
    "subhead",
    "subheading",
    "subheadline",
    "subline",
    "subtitle",
    "summary",
    "teaser",
    "vorspann",
];

/// A page's text holds at least so many characters; what would leave less is not furniture.
const LEAST_TEXT: usize = 600;

/// A longer lead is no lead but the article.
const LONGEST_LEAD: usize = 1200;

/// A line of details (date, rubric, number of comments) is shorter.
const LONGEST_DETAIL: usize = 120;

/// Text runs longer than this are prose rather than labels.
const PROSE: usize = 40;

/// Removes the furniture from a page and returns the HTML of what is called a lead.
pub(super) fn remove(page: &mut Html) -> String {
    let sizes = sizes(page);
    let root = page.tree.root();
    let total = sizes.get(&root.id()).map_or(0, |size| size.prose);
    let mut left = total;
    let mut leads: Vec<NodeId> = Vec::new();
    let mut next = root.first_child().map(|node| node.id());
    while let Some(id) = next {
        let Some(node) = page.tree.get(id) else { break };
        let size = sizes.get(&id).copied().unwrap_or_default();
        let gone = match kind(node, size) {
            Kind::Hidden => true,
            // What holds the headline or the whole text is a frame, whatever it is called.
            Kind::Furniture if size.core => false,
            Kind::Furniture => {
                size.prose * 3 < total || left - size.prose.min(left) >= LEAST_TEXT && size.prose * 2 < total
            }
            Kind::Lead => {
                leads.push(id);
                false
            }
            Kind::Content => false,
        };
        next = if gone { None } else { node.first_child().map(|child| child.id()) }.or_else(|| after(node));
        if gone {
            left -= size.prose.min(left);
            if let Some(mut node) = page.tree.get_mut(id) {
                node.detach();
            }
        }
    }
    leads.into_iter().filter_map(|id| ElementRef::wrap(page.tree.get(id)?)).map(|lead| lead.html()).collect()
}

/// The node that follows on a node and all it holds.
fn after(mut node: NodeRef<'_, Node>) -> Option<NodeId> {
    loop {
        if let Some(next) = node.next_sibling() {
            return Some(next.id());
        }
        node = node.parent()?;
    }
}

/// What a part of a page is.
enum Kind {
    Hidden,
    Furniture,
    Lead,
    Content,
}

fn kind(node: NodeRef<'_, Node>, size: Size) -> Kind {
    let Some(element) = node.value().as_element() else { return Kind::Content };
    let name = element.name();
    if !matches!(name, "html" | "body") && is_hidden(element) {
        return Kind::Hidden;
    }
    if ELEMENTS.contains(&name) {
        return Kind::Furniture;
    }
    if JUDGED_BY_CONTENT.contains(&name) {
        return if size.text < LONGEST_LEAD && !links_away(size) && words(element).iter().any(|word| is_in(LEADS, word))
        {
            Kind::Lead
        } else {
            Kind::Content
        };
    }
    let words = words(element);
    let is = |name: &str| words.iter().any(|word| word == name);
    // `has-sidebar` is the article beside one.
    if is("has") || is("no") || is("with") {
        return Kind::Content;
    }
    if words.iter().any(|word| is_in(NAMES, word) || PARTS.iter().any(|part| word.contains(part))) {
        return Kind::Furniture;
    }
    // Site builders call each paragraph a widget, and some the list of articles.
    if is("widget") && !is("elementor") && !is("blog") {
        return Kind::Furniture;
    }
    let detail =
        size.text < LONGEST_DETAIL && size.prose == 0 && !matches!(name, "li" | "ol" | "span" | "strong" | "ul");
    if words.iter().any(|word| is_in(WEAK, word)) && (detail || size.linked * 2 > size.text) {
        return Kind::Furniture;
    }
    match words.iter().any(|word| is_in(LEADS, word)) {
        true if links_away(size) && is("teaser") => Kind::Furniture,
        true if !links_away(size) && size.text < LONGEST_LEAD => Kind::Lead,
        _ => Kind::Content,
    }
}

fn is_in(names: &[&str], word: &str) -> bool {
    names.contains(&word)
}

fn links_away(size: Size) -> bool {
    size.linked * 3 > size.text
}

fn is_hidden(element: &Element) -> bool {
    let style = element.attr("style").unwrap_or_default().to_ascii_lowercase().replace(' ', "");
    element.attr("hidden").is_some() || style.contains("display:none") || style.contains("visibility:hidden")
}

/// What an element's class, id and role say in words: split where they are not letters, and before capitals.
fn words(element: &Element) -> Vec<String> {
    let mut found = Vec::new();
    for name in ["class", "id", "role", "itemprop"] {
        for part in element.attr(name).unwrap_or_default().split(|c: char| !c.is_alphabetic()) {
            let mut word = String::new();
            let mut small = false;
            for c in part.chars() {
                if c.is_uppercase() && small {
                    found.push(std::mem::take(&mut word));
                }
                small = c.is_lowercase();
                word.extend(c.to_lowercase());
            }
            if !word.is_empty() {
                found.push(word);
            }
        }
    }
    found
}

/// How much text an element holds, in characters.
#[derive(Clone, Copy, Default)]
struct Size {
    text: usize,
    /// In links.
    linked: usize,
    /// In longer runs outside of links.
    prose: usize,
    /// Whether the headline, or what is marked as the page's main part, is in it.
    core: bool,
}

/// The size of each element and text, in one walk.
fn sizes(page: &Html) -> HashMap<NodeId, Size> {
    let mut sizes: HashMap<NodeId, Size> = HashMap::new();
    let mut links = 0_usize;
    for edge in page.tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Text(text) => {
                    let text = text.trim().chars().count();
                    let linked = if links > 0 { text } else { 0 };
                    let prose = if links == 0 && text > PROSE { text } else { 0 };
                    sizes.insert(node.id(), Size { text, linked, prose, core: false });
                }
                Node::Element(element) if element.name() == "a" => links += 1,
                _ => {}
            },
            Edge::Close(node) => {
                let own = sizes.get(&node.id()).copied().unwrap_or_default();
                let mut core = own.core;
                if let Some(element) = node.value().as_element() {
                    links -= usize::from(element.name() == "a");
                    core |= element.name() == "main"
                        || element.name() == "h1" && own.text > 0
                        || element.attr("itemprop") == Some("articleBody");
                }
                if let Some(parent) = node.parent() {
                    let sum = sizes.entry(parent.id()).or_default();
                    sum.text += own.text;
                    sum.linked += own.linked;
                    sum.prose += own.prose;
                    sum.core |= core;
                }
            }
        }
    }
    sizes
}
