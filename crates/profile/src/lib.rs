//! The conflict profile: its topics and names, compiled for use.

pub mod vocabulary;

pub use vocabulary::Vocabulary;

use std::collections::BTreeMap;
use std::sync::Arc;

use ceasewire_model::{Article, Outlet};
use ceasewire_text::Doc;

/// A conflict profile, read and compiled: all that the stages know of the conflict and its press.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Short name, such as `nagorno-karabakh`.
    pub id: String,
    /// Name shown to readers.
    pub name: String,
    /// The countries at war, as ISO 3166-1 alpha-2 codes: the press of one side corroborates the other's.
    pub sides: Vec<String>,
    /// Every outlet by its id.
    pub outlets: BTreeMap<String, Outlet>,
    /// Topics and names, compiled.
    pub vocabulary: Arc<Vocabulary>,
}

impl Profile {
    /// Finds an outlet by its id.
    pub fn outlet(&self, id: &str) -> Option<&Outlet> {
        self.outlets.get(id)
    }

    /// Tokenises a stored article as rules see it.
    pub fn document(&self, article: &Article) -> Doc {
        document(article, self.outlet(&article.outlet))
    }
}

/// Tokenises a stored article, with the names of its outlet where the outlet is described.
pub fn document(article: &Article, outlet: Option<&Outlet>) -> Doc {
    let name = outlet.map(|outlet| outlet.name.as_str());
    Doc::new(&article.title, &article.text)
        .from_source(std::iter::once(article.outlet.as_str()).chain(name), article.url.as_deref())
        .in_language(article.language.as_deref())
        .about(article.topics.clone())
}
