//! Taking an article out of the window again, when the transaction that was to store it fails.

use super::{Grouper, Sketch, Story};
use ceasewire_model::StoryId;

/// The state that an insertion changed beyond the ends of lists.
#[derive(Debug)]
pub struct InsertUndo {
    story: StoryId,
    before: Option<Story>,
}

impl Grouper {
    /// Inserts as [`Grouper::insert`] does, and returns the means to take the article out again. It forgets no article to
    /// make room: the next insertion or expiry after the commit does.
    pub fn insert_with_undo(&mut self, sketch: Sketch, story: StoryId) -> InsertUndo {
        let before = self.stories.get(&story).cloned();
        self.push(sketch, story);
        InsertUndo { story, before }
    }

    /// Takes the last inserted article out. Insertions are undone in reverse order, with none between them.
    pub fn undo_insert(&mut self, undo: InsertUndo) {
        let Some(last) = self.articles.pop_back() else { return };
        for term in &last.sketch.terms {
            if let Some(numbers) = self.postings.get_mut(&term.key) {
                numbers.pop_back();
                if numbers.is_empty() {
                    self.postings.remove(&term.key);
                }
            }
        }
        match undo.before {
            Some(story) => self.stories.insert(undo.story, story),
            None => self.stories.remove(&undo.story),
        };
    }
}
