//! The bounds of the fuzz targets: a text of some kilobytes that takes much memory or time is a find.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use ceasewire_testkit::clock::thread_cpu;

/// The most bytes that a check may hold beside the bytes held before it.
const MAX_BYTES: usize = 64 << 20;
/// The most CPU time of a check.
const MAX_TIME: Duration = Duration::from_secs(2);

/// Counts the bytes in use, and the most of them.
struct CountingAllocator;

static USED: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

// SAFETY: every call goes to the system's allocator with the caller's own arguments.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        PEAK.fetch_max(USED.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        USED.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(place, layout) }
    }
}

/// Runs a check within the bounds.
///
/// # Panics
/// When the check breaks a promise, holds too many bytes or takes too long.
pub fn bounded(bytes: &[u8], check: fn(&[u8])) {
    // The first check compiles patterns and lists of words, which stay.
    static WARM: Once = Once::new();
    WARM.call_once(|| check(bytes));
    let (used, started) = (USED.load(Relaxed), thread_cpu());
    PEAK.store(used, Relaxed);
    check(bytes);
    let (held, spent) = (PEAK.load(Relaxed).saturating_sub(used), thread_cpu() - started);
    assert!(held <= MAX_BYTES, "{} bytes of input hold {held} bytes", bytes.len());
    assert!(spent <= MAX_TIME, "{} bytes of input take {spent:?}", bytes.len());
}
