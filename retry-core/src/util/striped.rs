//! Counters on cache lines of a thread's own, so that threads count without waiting for each other.
//!
//! Each of the first threads owns a line until it ends. Only its owner writes it, so that a plain store
//! suffices. Threads that come when all lines are taken share the lines after these.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use super::sync::atomic::AtomicU64;

// All threads of a model are one thread to the operating system, and own no lines. The model reads all lines,
// in every order.
const OWNED: usize = if cfg!(persevere_loom) { 0 } else { 32 };
const SHARED: usize = if cfg!(persevere_loom) { 2 } else { 16 };

/// A value for each stripe.
#[derive(Debug)]
pub(crate) struct Striped<T>(Box<[Line<T>]>);

/// A value on two cache lines, which most processors fetch in pairs.
#[derive(Debug)]
#[repr(align(128))]
struct Line<T>(T);

/// The number of threads that write a stripe: one or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writer {
    Only,
    OneOfMany,
}

impl Writer {
    /// Adds one to a count of the stripe.
    ///
    /// Relaxed: the count is exact by itself, and no other memory depends on it.
    #[inline]
    pub(crate) fn add_one(self, count: &AtomicU64) {
        match self {
            Writer::Only => {
                let seen = count.load(Ordering::Relaxed);
                count.store(seen + 1, Ordering::Relaxed);
            }
            Writer::OneOfMany => {
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

impl<T> Striped<T> {
    pub(crate) fn new(make: impl Fn() -> T) -> Self {
        Striped((0..OWNED + SHARED).map(|_| Line(make())).collect())
    }

    /// Returns the value of this thread.
    #[inline]
    pub(crate) fn mine(&self) -> (&T, Writer) {
        let stripe = stripe();
        let writer = if stripe < OWNED {
            Writer::Only
        } else {
            Writer::OneOfMany
        };
        (&self.0[stripe].0, writer)
    }

    /// Iterates over all values that any thread has written.
    pub(crate) fn all(&self) -> impl Iterator<Item = &T> {
        // Pairs with the release in `settle_down`: a thread's line is seen before what it counts there.
        let used = if cfg!(persevere_loom) {
            self.0.len()
        } else {
            USED.load(Ordering::Acquire)
        };
        self.0[..used].iter().map(|line| &line.0)
    }
}

/// The mark of a thread without a stripe.
const NONE: usize = usize::MAX;

thread_local! {
    static STRIPE: Cell<usize> = const { Cell::new(NONE) };
    static OWNER: Owner = const { Owner };
}

/// A bit for each stripe, set while the stripe has an owner.
static TAKEN: AtomicU32 = AtomicU32::new(0);
/// One more than the highest stripe ever assigned.
static USED: AtomicUsize = AtomicUsize::new(0);

#[inline]
fn stripe() -> usize {
    match STRIPE.get() {
        NONE => settle_down(),
        stripe => stripe,
    }
}

#[cold]
fn settle_down() -> usize {
    // A thread that is ending can no longer own a stripe.
    let may_own = !cfg!(persevere_loom) && OWNER.try_with(|_| ()).is_ok();
    let owned = if may_own { take() } else { None };
    let stripe = owned.unwrap_or_else(share);
    STRIPE.set(stripe);
    // Pairs with the acquire in `all`.
    USED.fetch_max(stripe + 1, Ordering::Release);
    stripe
}

fn take() -> Option<usize> {
    let free = |taken: u32| (taken != u32::MAX).then(|| taken | (taken + 1));
    // Acquire: pairs with the release of the last owner, whose counts this one goes on from.
    let before = TAKEN.fetch_update(Ordering::AcqRel, Ordering::Relaxed, free);
    before.ok().map(|taken| taken.trailing_ones() as usize)
}

/// Assigns a shared stripe, in turn, so that threads meet as late as possible.
fn share() -> usize {
    // Relaxed: each thread takes a number of its own, and nothing else depends on it.
    static TURN: AtomicUsize = AtomicUsize::new(0);
    OWNED + TURN.fetch_add(1, Ordering::Relaxed) % SHARED
}

/// A guard that returns the stripe when its thread ends.
struct Owner;

impl Drop for Owner {
    fn drop(&mut self) {
        let stripe = STRIPE.replace(NONE);
        if stripe < OWNED {
            // Pairs with the acquire in `take`.
            TAKEN.fetch_and(!(1 << stripe), Ordering::Release);
        }
    }
}

#[cfg(all(test, not(persevere_loom)))]
mod tests {
    use std::sync::Barrier;
    use std::thread;

    use super::*;

    #[test]
    fn owners_never_meet_and_give_back() {
        for _ in 0..3 {
            let threads = OWNED + 8;
            let barrier = Barrier::new(threads);
            let mut stripes: Vec<_> = thread::scope(|scope| {
                let run = || {
                    let stripe = stripe();
                    barrier.wait();
                    stripe
                };
                let threads: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
                threads
                    .into_iter()
                    .map(|thread| thread.join().unwrap())
                    .collect()
            });
            stripes.retain(|stripe| *stripe < OWNED);
            let count = stripes.len();
            stripes.sort_unstable();
            stripes.dedup();
            assert_eq!(stripes.len(), count);
            // Other tests' threads may own some.
            assert!(count > 0);
        }
    }
}
