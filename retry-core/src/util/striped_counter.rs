//! A counter that threads add to without waiting for each other.

use super::striped::{Copies, Writer};
use super::sync::atomic::{AtomicU64, Ordering};
use super::sync::in_static;

/// A counter with a copy for each busy thread.
///
/// Relaxed, every access: each count is complete in itself, and nothing is decided by the sum.
#[derive(Debug)]
pub(crate) struct StripedCounter {
    shared: in_static::AtomicU64,
    copies: Copies<Box<Line>>,
}

/// A count on two cache lines, which most processors fetch in pairs.
#[derive(Debug)]
#[repr(align(128))]
struct Line(AtomicU64);

impl StripedCounter {
    pub(crate) const fn new() -> Self {
        StripedCounter {
            shared: in_static::AtomicU64::new(0),
            copies: Copies::new(),
        }
    }

    /// Adds one.
    #[inline]
    pub(crate) fn increment(&self) {
        let Some((line, writer)) = self.copies.own() else {
            self.shared.fetch_add(1, Ordering::Relaxed);
            return self.copies.visit(|| Box::new(Line(AtomicU64::new(0))));
        };
        match writer {
            Writer::Only => {
                let seen = line.0.load(Ordering::Relaxed);
                line.0.store(seen + 1, Ordering::Relaxed);
            }
            Writer::OneOfMany => {
                line.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Returns the sum of the copies, which are read one after the other.
    pub(crate) fn sum(&self) -> u64 {
        let copies = self.copies.all();
        let own: u64 = copies.map(|line| line.0.load(Ordering::Relaxed)).sum();
        self.shared.load(Ordering::Relaxed) + own
    }
}
