//! The counters of calls, in rings of time slices, on cache lines of a thread's own where threads are busy.

use std::array;

use crate::util::striped::{ThreadCopies, Writer};
use crate::util::tagged_counter::{SLOTS, TaggedCounter};

/// A ring of counters, on two cache lines, which most processors fetch in pairs.
#[derive(Debug)]
#[repr(align(128))]
pub(in crate::breaker) struct Ring(pub(super) [TaggedCounter; SLOTS]);

impl Ring {
    pub(super) fn new() -> Self {
        Ring(array::from_fn(|_| TaggedCounter::new()))
    }

    /// Returns the counter of a slice.
    #[inline]
    pub(super) fn at(&self, slice: u64) -> &TaggedCounter {
        &self.0[slice as usize % SLOTS]
    }
}

/// The rings that all windows of a breaker count in: one copy for all threads, and one for each busy thread.
#[derive(Debug)]
pub(in crate::breaker) struct Rings {
    shared: Box<[Ring]>,
    own: ThreadCopies<Box<[Ring]>>,
}

/// The place of a window's ring in every copy.
pub(super) type Place = usize;

/// The rings that a thread counts in.
#[derive(Clone, Copy)]
pub(in crate::breaker) struct ThreadRings<'a> {
    rings: &'a [Ring],
    pub(super) writer: Writer,
}

impl Rings {
    pub(super) fn new(number: usize) -> Self {
        Rings {
            shared: copy(number),
            own: ThreadCopies::new(),
        }
    }

    /// Returns the rings that this thread counts in.
    #[inline]
    pub(super) fn mine(&self) -> ThreadRings<'_> {
        match self.own.own() {
            Some((rings, writer)) => ThreadRings { rings, writer },
            None => self.shared(),
        }
    }

    /// Counts in the rings that this thread counts in; nothing else has to be kept for the seldom case that they are
    /// the shared ones.
    #[inline(always)]
    pub(super) fn with_mine(&self, count: impl FnOnce(ThreadRings<'_>)) {
        match self.own.own() {
            Some((rings, writer)) => count(ThreadRings { rings, writer }),
            None => self.with_shared(count),
        }
    }

    #[cold]
    #[inline(never)]
    fn with_shared(&self, count: impl FnOnce(ThreadRings<'_>)) {
        count(self.shared());
    }

    #[cold]
    fn shared(&self) -> ThreadRings<'_> {
        self.own.visit(|| copy(self.shared.len()));
        ThreadRings {
            rings: &self.shared,
            writer: Writer::OneOfMany,
        }
    }

    /// Iterates over the rings of one window.
    pub(super) fn all(&self, place: Place) -> impl Iterator<Item = &Ring> {
        let own = self.own.all().map(|rings| &rings[..]);
        let copies = [&self.shared[..]].into_iter().chain(own);
        copies.filter_map(move |rings| rings.get(place))
    }
}

fn copy(number: usize) -> Box<[Ring]> {
    (0..number).map(|_| Ring::new()).collect()
}

impl<'a> ThreadRings<'a> {
    /// Returns the ring of one window.
    #[inline]
    pub(super) fn ring(self, place: Place) -> &'a Ring {
        &self.rings[place]
    }
}
