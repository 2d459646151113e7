//! The compiled expressions of the process, in bounded memory.

use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use hashbrown::HashMap;

use super::program::PatternProgram;
use crate::grammar::RuleFault;

/// Bytes of each of the two generations.
const GENERATION_BYTES: usize = 16 << 20;

/// Programs by the source of their expression. Programs used since the last change of generations are recent;
/// a full generation replaces the one before, whose unused programs are dropped.
#[derive(Debug, Default)]
struct ProgramCache {
    recent: HashMap<Arc<str>, Arc<PatternProgram>>,
    older: HashMap<Arc<str>, Arc<PatternProgram>>,
    recent_bytes: usize,
}

impl ProgramCache {
    fn find(&mut self, source: &str) -> Option<Arc<PatternProgram>> {
        if let Some(program) = self.recent.get(source) {
            return Some(Arc::clone(program));
        }
        let (source, program) = self.older.remove_entry(source)?;
        self.insert(source, Arc::clone(&program));
        Some(program)
    }

    fn insert(&mut self, source: Arc<str>, program: Arc<PatternProgram>) {
        let bytes = program.memory_bytes() + source.len();
        if self.recent_bytes + bytes > GENERATION_BYTES {
            self.older = std::mem::take(&mut self.recent);
            self.recent_bytes = 0;
        }
        if self.recent.insert(source, program).is_none() {
            self.recent_bytes += bytes;
        }
    }
}

static PROGRAMS: LazyLock<Mutex<ProgramCache>> = LazyLock::new(Mutex::default);

fn cache() -> MutexGuard<'static, ProgramCache> {
    PROGRAMS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the program of an expression, if the cache has it.
pub(super) fn find(source: &str) -> Option<Arc<PatternProgram>> {
    cache().find(source)
}

/// Compiles an expression and keeps its program.
pub(super) fn compile(source: &str) -> Result<Arc<PatternProgram>, RuleFault> {
    // Without the lock: other threads search meanwhile.
    let program = Arc::new(PatternProgram::new(source)?);
    cache().insert(source.into(), Arc::clone(&program));
    Ok(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_drops_programs_that_are_not_used() {
        let mut cache = ProgramCache::default();
        let insert = |cache: &mut ProgramCache, source: &str| {
            cache.insert(source.into(), Arc::new(PatternProgram::new(source).unwrap()));
        };
        insert(&mut cache, "used");
        insert(&mut cache, "unused");
        let one = PatternProgram::new("[^a]{90}0000").unwrap().memory_bytes();
        for number in 0..3 * GENERATION_BYTES / one {
            insert(&mut cache, &format!("[^a]{{90}}{number:04}"));
            assert!(cache.find("used").is_some());
            assert!(cache.recent_bytes <= GENERATION_BYTES);
        }
        assert!(cache.find("unused").is_none());
    }
}
