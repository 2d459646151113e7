//! The tags of a feed before anything is read of it: which one it begins with, and which closes which.
//!
//! It must not know what an element says.

use hashbrown::HashMap;

use ceasewire_articles::markup::{Kind, Token};

/// Why a text could not be taken apart as a feed.
#[derive(Debug, PartialEq, Eq)]
pub enum NoFeed {
    /// It is a web page.
    Html,
    /// It has no element that a feed begins with; the name of its first element, if any.
    Root(Option<String>),
    /// It begins as a feed and breaks off on this line before its first entry.
    CutOff(usize),
}

/// An element's name without its prefix, in whatever case: some feeds shout.
pub fn local(name: &str) -> &str {
    name.bytes().rposition(|byte| byte == b':').map_or(name, |colon| &name[colon + 1..])
}

/// Whether `name` is one of `names`, in whatever case.
pub fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Elements that only hold a feed together.
pub fn is_container(local: &str) -> bool {
    is_one_of(local, &["rss", "rdf", "feed", "channel"])
}

/// Elements that are an entry.
pub fn is_entry(local: &str) -> bool {
    is_one_of(local, &["item", "entry"])
}

/// Finds the element that the feed begins with, past any junk before it.
pub fn root(text: &str, tokens: &[Token]) -> Result<usize, NoFeed> {
    let mut first = None;
    let mut page = false;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Open | Kind::Empty => {
                let name = local(token.name(text));
                if is_container(name) || is_entry(name) {
                    return Ok(at);
                }
                // A page may hold a feed's elements somewhere, in the description of a picture for instance.
                if page || first.is_none() && is_one_of(name, &["html", "head", "body"]) {
                    return Err(NoFeed::Html);
                }
                first = first.or(Some(name));
            }
            // Some programs declare their feeds to be HTML: what comes first decides.
            Kind::Other => page |= starts_with_ignoring_case(token.source(text), "<!doctype html"),
            _ => {}
        }
    }
    if page {
        return Err(NoFeed::Html);
    }
    const PAGE: &[&str] = &["title", "meta", "script", "div", "p", "h1", "center", "br", "b", "a", "table"];
    match first {
        Some(name) if is_one_of(name, PAGE) => Err(NoFeed::Html),
        _ => Err(NoFeed::Root(first.map(str::to_ascii_lowercase))),
    }
}

pub fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// For each start tag, the place of its end tag, if it has one. An end tag closes the nearest open tag of its name; the
/// tags opened in between have none.
pub fn matches(names: &[&str], tokens: &[Token]) -> Vec<Option<usize>> {
    let mut matches = vec![None; tokens.len()];
    let mut open: Vec<(usize, &str)> = Vec::new();
    // How many open tags have which name: from the first end tag on that does not close the last open one.
    let mut counts: Option<HashMap<&str, usize>> = None;
    for (at, token) in tokens.iter().enumerate() {
        let name = names[at];
        match token.kind {
            Kind::Open => {
                open.push((at, name));
                if let Some(counts) = &mut counts {
                    *counts.entry(name).or_default() += 1;
                }
            }
            Kind::Close => {
                if open.last().is_none_or(|(_, top)| *top != name) {
                    let counts = counts.get_or_insert_with(|| {
                        let mut counts = HashMap::new();
                        open.iter().for_each(|(_, name)| *counts.entry(*name).or_default() += 1);
                        counts
                    });
                    if counts.get(name).is_none_or(|count| *count == 0) {
                        continue;
                    }
                }
                while let Some((place, closed)) = open.pop() {
                    if let Some(counts) = &mut counts {
                        counts.entry(closed).and_modify(|count| *count -= 1);
                    }
                    if closed == name {
                        matches[place] = Some(at);
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    matches
}
