//! ThreadCopies of a value for each thread, or for busy ones, so that they count without waiting for each other.
//!
//! Where values are many, each begins with one copy, which its holder has and all threads share. A thread that
//! finds threads coming to it often gets a copy of its own, so that most values keep to one. The first threads
//! own their copies until they end: only the owner writes one, so that a plain store suffices. Later threads
//! share the copies after these. Both kinds are at most as many as the processors, rounded up to a power of two,
//! or 64.

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicUsize};
use std::thread::available_parallelism;

use crate::time::clock::Instant;
use crate::time::ticks::ticks;
use crate::util::sync::AtomicU64;
use crate::util::sync::atomic::{self, Ordering};

/// The copies of a value beside the shared one.
#[derive(Debug)]
pub(crate) struct ThreadCopies<T> {
    /// The calls that came to the shared copy, and the time of the last that was timed.
    visits: AtomicU32,
    timed: AtomicU64,
    /// A place for the copy of each stripe, made when the first thread is busy.
    own: OnceLock<Box<[OnceLock<T>]>>,
}

/// The number of threads that write a copy: one or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writer {
    Only,
    OneOfMany,
}

impl Writer {
    /// Adds one to a count of the copy.
    ///
    /// Relaxed: the count is exact by itself, and no other memory depends on it.
    #[inline]
    pub(crate) fn add_one(self, count: &atomic::AtomicU64) {
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

/// The calls after which the time is taken.
const VISITS: u32 = 256;
/// The nanoseconds in which a busy value is visited as often as that.
const BUSY: u64 = 10_000_000;

// The clock of a WebAssembly program without threads may be absent. All threads of a model are one to the
// operating system.
const MAY_GROW: bool = !cfg!(any(
    persevere_loom,
    all(target_family = "wasm", target_os = "unknown")
));

impl<T> ThreadCopies<T> {
    pub(crate) const fn new() -> Self {
        ThreadCopies {
            visits: AtomicU32::new(0),
            timed: AtomicU64::new(0),
            own: OnceLock::new(),
        }
    }

    /// Returns the copy of this thread, if it has one.
    #[inline]
    pub(crate) fn own(&self) -> Option<(&T, Writer)> {
        let copies = self.own.get()?;
        let stripe = STRIPE.get();
        let copy = copies.get(stripe)?.get()?;
        let writer = if stripe < copies.len() / 2 {
            Writer::Only
        } else {
            Writer::OneOfMany
        };
        Some((copy, writer))
    }

    /// Notes that this thread comes to the shared copy, and makes one for it if threads come often.
    #[cold]
    pub(crate) fn visit(&self, make: impl FnOnce() -> T) {
        if MAY_GROW && self.is_busy() {
            let place = || std::iter::repeat_with(OnceLock::new);
            let copies = self
                .own
                .get_or_init(|| place().take(2 * processors()).collect());
            copies[stripe()].get_or_init(make);
        }
    }

    // Relaxed, all: a count or a time that another thread is about to change makes a copy a moment earlier or
    // later.
    fn is_busy(&self) -> bool {
        let visits = self.visits.fetch_add(1, Ordering::Relaxed);
        if visits % VISITS != VISITS - 1 {
            return false;
        }
        let now = ticks(Instant::now());
        now - self.timed.swap(now, Ordering::Relaxed).min(now) < BUSY
    }

    /// Iterates over the copies that there are.
    ///
    /// The acquire of a place pairs with the release of the thread that filled it.
    pub(crate) fn all(&self) -> impl Iterator<Item = &T> {
        let copies = self.own.get().into_iter().flatten();
        copies.filter_map(OnceLock::get)
    }
}

/// Returns the number of processors, rounded up to a power of two, at most 64: that of owners, and of stripes
/// that threads share.
fn processors() -> usize {
    static PROCESSORS: OnceLock<usize> = OnceLock::new();
    *PROCESSORS.get_or_init(|| {
        let processors = available_parallelism().map_or(1, usize::from);
        processors.next_power_of_two().min(64)
    })
}

/// The mark of a thread without a stripe.
const NONE: usize = usize::MAX;

thread_local! {
    static STRIPE: Cell<usize> = const { Cell::new(NONE) };
    static OWNER: Owner = const { Owner };
}

/// A bit for each stripe, set while the stripe has an owner.
static TAKEN: AtomicU64 = AtomicU64::new(0);

#[inline]
fn stripe() -> usize {
    match STRIPE.get() {
        NONE => settle_down(),
        stripe => stripe,
    }
}

#[cold]
fn settle_down() -> usize {
    // A thread that is ending can no longer own a stripe, nor can one of the threads of a model.
    let may_own = !cfg!(persevere_loom) && OWNER.try_with(|_| ()).is_ok();
    let owned = if may_own { take() } else { None };
    let stripe = owned.unwrap_or_else(share);
    STRIPE.set(stripe);
    stripe
}

fn take() -> Option<usize> {
    let free = |taken: u64| {
        let next = taken.trailing_ones() as usize;
        (next < processors()).then(|| taken | 1 << next)
    };
    // Acquire: pairs with the release of the last owner, whose counts this one goes on from.
    let before = TAKEN.fetch_update(Ordering::AcqRel, Ordering::Relaxed, free);
    before.ok().map(|taken| taken.trailing_ones() as usize)
}

/// Assigns a shared stripe, in turn, so that threads meet as late as possible.
fn share() -> usize {
    // Relaxed: each thread takes a number of its own, and nothing else depends on it.
    static TURN: AtomicUsize = AtomicUsize::new(0);
    processors() + TURN.fetch_add(1, Ordering::Relaxed) % processors()
}

/// A guard that returns the stripe when its thread ends.
struct Owner;

impl Drop for Owner {
    fn drop(&mut self) {
        let stripe = STRIPE.replace(NONE);
        if stripe < processors() {
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
            let threads = processors() + 8;
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
            assert!(stripes.iter().all(|stripe| *stripe < 2 * processors()));
            stripes.retain(|stripe| *stripe < processors());
            let count = stripes.len();
            stripes.sort_unstable();
            stripes.dedup();
            assert_eq!(stripes.len(), count);
        }
    }

    #[test]
    fn a_busy_thread_gets_a_copy_and_a_calm_one_does_not() {
        let (busy, calm) = (ThreadCopies::new(), ThreadCopies::new());
        while busy.own().is_none() {
            busy.visit(|| 7);
        }
        for _ in 0..VISITS - 1 {
            calm.visit(|| 7);
        }
        assert_eq!(busy.all().collect::<Vec<_>>(), [&7]);
        assert_eq!(calm.own(), None);
    }
}
