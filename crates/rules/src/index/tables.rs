//! Tables that grow in small steps, so that no insertion copies a large table at once.

use hashbrown::HashTable;

/// The number that stands for none.
pub(super) const NONE: u32 = u32::MAX;

/// Shards of a hash table, a power of two: with a million entries a growing shard moves some 4,000.
const SHARDS: usize = 256;

/// A hash table of numbers in shards that grow one at a time.
#[derive(Clone, Debug)]
pub(super) struct ShardedTable {
    shards: Vec<HashTable<u32>>,
}

impl Default for ShardedTable {
    fn default() -> Self {
        Self { shards: vec![HashTable::new(); SHARDS] }
    }
}

impl ShardedTable {
    pub(super) fn find(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<u32> {
        self.shards[shard(hash)].find(hash, |&number| is(number)).copied()
    }

    pub(super) fn insert(&mut self, hash: u64, number: u32, rehash: impl Fn(u32) -> u64) {
        self.shards[shard(hash)].insert_unique(hash, number, |&number| rehash(number));
    }

    pub(super) fn remove(&mut self, hash: u64, number: u32) {
        if let Ok(entry) = self.shards[shard(hash)].find_entry(hash, |&other| other == number) {
            entry.remove();
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.shards.iter().map(HashTable::allocation_size).sum::<usize>()
            + self.shards.capacity() * size_of::<HashTable<u32>>()
    }
}

/// Chooses the shard of a hash by its middle bits: the table itself uses the lowest and the highest.
fn shard(hash: u64) -> usize {
    (hash >> 32) as usize % SHARDS
}

/// Appends, growing by an eighth instead of doubling: the allocator grows large vectors in place, and after doubling
/// half of a large table would be empty.
pub(super) fn push_tight<T>(list: &mut Vec<T>, item: T) {
    if list.len() == list.capacity() {
        list.reserve_exact((list.len() / 8).max(4));
    }
    list.push(item);
}
