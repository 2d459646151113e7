//! The conflict profile, compiled: topics, names in all spellings, outlets and sides.

mod names;
pub mod vocabulary;

pub use vocabulary::Vocabulary;

use std::collections::BTreeMap;
use std::sync::Arc;

use ceasewire_model::{Article, Outlet};
use ceasewire_text::Doc;

/// A conflict profile: the knowledge of the stages about the conflict and its press.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// The short name, such as `nagorno-karabakh`.
    pub id: String,
    /// The name for readers.
    pub name: String,
    /// The countries at war, as ISO 3166-1 alpha-2 codes: the press of one side corroborates the other's.
    pub sides: Vec<String>,
    /// The outlets by id.
    pub outlets: BTreeMap<String, Outlet>,
    /// Topics and names, compiled.
    pub vocabulary: Arc<Vocabulary>,
}

impl Profile {
    /// Finds an outlet by its id.
    pub fn outlet(&self, id: &str) -> Option<&Outlet> {
        self.outlets.get(id)
    }

    /// Tokenises a stored article, with its outlet's names, language and topics.
    pub fn document(&self, article: &Article) -> Doc {
        document(article, self.outlet(&article.outlet))
    }
}

/// Tokenises a stored article, with the name of its outlet if the profile describes the outlet.
pub fn document(article: &Article, outlet: Option<&Outlet>) -> Doc {
    let name = outlet.map(|outlet| outlet.name.as_str());
    Doc::new(&article.title, &article.text)
        .from_source(std::iter::once(article.outlet.as_str()).chain(name), article.url.as_deref())
        .in_language(article.language.as_deref())
        .about(article.topics.clone())
}
