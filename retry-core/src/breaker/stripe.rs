//! Cache lines of a thread's own, so that threads that only count do not wait for each other.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

/// So many threads count without meeting.
pub(super) const STRIPES: usize = if cfg!(persevere_loom) { 2 } else { 16 };

/// Two lines of most processors, which fetch them in pairs.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct Line<T>(pub(super) T);

/// One line for each stripe.
pub(super) fn lines<T>(make: impl Fn() -> T) -> Box<[Line<T>]> {
    (0..STRIPES).map(|_| Line(make())).collect()
}

/// The stripe of this thread.
#[inline]
pub(super) fn stripe() -> usize {
    thread_local! {
        static STRIPE: Cell<usize> = const { Cell::new(usize::MAX) };
    }
    let stripe = STRIPE.get();
    if stripe < STRIPES {
        return stripe;
    }
    let stripe = next();
    STRIPE.set(stripe);
    stripe
}

/// In turn, so that a few threads never share one.
#[cold]
fn next() -> usize {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    THREADS.fetch_add(1, Ordering::Relaxed) % STRIPES
}
