//! Allocations a call.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::contender::Calls;

static COUNT: AtomicU64 = AtomicU64::new(0);
/// The bytes that are allocated now.
static BYTES: AtomicU64 = AtomicU64::new(0);

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: the system's allocator does all the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Relaxed);
        BYTES.fetch_add(layout.size() as u64, Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        BYTES.fetch_sub(layout.size() as u64, Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.fetch_add(1, Relaxed);
        BYTES.fetch_add(size as u64, Relaxed);
        BYTES.fetch_sub(layout.size() as u64, Relaxed);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// To one decimal.
pub fn count(calls: Calls) -> f64 {
    const CALLS: u64 = 1000;
    calls(8);
    let before = COUNT.load(Relaxed);
    calls(CALLS);
    let after = COUNT.load(Relaxed);
    ((after - before) as f64 / CALLS as f64 * 10.0).round() / 10.0
}

/// Returns the bytes on the heap that a value holds.
pub fn bytes<T>(make: impl FnOnce() -> T) -> u64 {
    let before = BYTES.load(Relaxed);
    let _value = make();
    BYTES.load(Relaxed) - before
}
