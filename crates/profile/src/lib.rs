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
    /// The configured feeds: the id of the outlet, and the address.
    pub feeds: Vec<(String, String)>,
    /// Topics and names, compiled.
    pub vocabulary: Arc<Vocabulary>,
}

impl Profile {
    /// Finds an outlet by its id.
    pub fn outlet(&self, id: &str) -> Option<&Outlet> {
        self.outlets.get(id)
    }

    /// Adds an article's outlet, page and language to its document, for the fields of rules.
    pub fn describe(&self, document: Doc, outlet: &str, page: Option<&str>, language: Option<&str>) -> Doc {
        let name = self.outlet(outlet).map(|outlet| outlet.name.as_str());
        let names = Some(outlet).filter(|outlet| !outlet.is_empty()).into_iter().chain(name);
        document.from_source(names, page).in_language(language)
    }

    /// Tokenises a stored article, with its outlet's names, language and topics.
    pub fn document(&self, article: &Article) -> Doc {
        let document = Doc::new(&article.title, &article.text);
        let document = self.describe(document, &article.outlet, article.own_page(), article.language.as_deref());
        document.about(article.topics.clone())
    }
}
