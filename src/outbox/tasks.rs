//! The tasks of the chats in flight: one task per chat.

use std::collections::HashMap;

use tokio::task::{Id, JoinError, JoinSet};

/// Running tasks with their chats.
#[derive(Debug, Default)]
pub(super) struct ChatTasks {
    tasks: JoinSet<()>,
    chats: HashMap<Id, String>,
}

impl ChatTasks {
    pub(super) fn spawn(&mut self, chat: String, task: impl Future<Output = ()> + Send + 'static) {
        let handle = self.tasks.spawn(task);
        self.chats.insert(handle.id(), chat);
    }

    /// Removes all finished tasks.
    pub(super) fn reap(&mut self) {
        while let Some(finished) = self.tasks.try_join_next_with_id() {
            self.remove(finished);
        }
    }

    /// Waits for the next task to finish and removes it; `None` without tasks.
    pub(super) async fn next(&mut self) -> Option<()> {
        let finished = self.tasks.join_next_with_id().await?;
        self.remove(finished);
        Some(())
    }

    /// Returns the chats with a running task.
    pub(super) fn chats(&self) -> Vec<String> {
        self.chats.values().cloned().collect()
    }

    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    fn remove(&mut self, finished: Result<(Id, ()), JoinError>) {
        let id = match finished {
            Ok((id, ())) => id,
            Err(error) => {
                let id = error.id();
                let chat = self.chats.get(&id).map(String::as_str).unwrap_or_default();
                tracing::error!(chat.id = chat, "dispatching to a chat panicked; retrying after the lease");
                id
            }
        };
        self.chats.remove(&id);
    }
}
