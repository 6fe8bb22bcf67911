//! The changing part of a bulkhead.

use super::gradient::Gradient;
use super::line::Line;
use super::occupancy::Occupancy;
use super::settings::{Places, Settings};
use crate::util::listed::{Kind, List};
use crate::util::sync::atomic::{AtomicU64, Ordering};
use crate::util::tally::Tally;

pub(super) const ENTERED: usize = 0;
pub(super) const REFUSED: usize = 1;

/// The state of a bulkhead in use, which the inventory sees too.
#[derive(Debug)]
pub(crate) struct BulkheadState {
    /// A copy of the bulkhead's own.
    pub(super) settings: Settings,
    /// The places in use, their limit, and the calls in line.
    pub(super) occupancy: AtomicU64,
    pub(super) line: Line,
    /// The limit that is learned, where it is adaptive.
    pub(super) gradient: Option<Gradient>,
    pub(super) counts: Tally<2>,
}

static BULKHEADS: List<BulkheadState> = List::new();

impl Kind for BulkheadState {
    fn list() -> &'static List<Self> {
        &BULKHEADS
    }
}

impl BulkheadState {
    pub(super) fn new(settings: Settings) -> Self {
        let first = settings.first_limit();
        let gradient = match settings.places() {
            Places::Fixed(_) => None,
            Places::Adaptive(least, most) => Some(Gradient::new(least, most, first)),
        };
        BulkheadState {
            settings,
            occupancy: AtomicU64::new(Occupancy::empty(first).bits()),
            line: Line::new(),
            gradient,
            counts: Tally::new(),
        }
    }

    pub(crate) const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns the number of places that were taken, and of attempts that were refused.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.counts.get(ENTERED), self.counts.get(REFUSED))
    }

    #[inline]
    pub(crate) fn load(&self) -> Occupancy {
        // Relaxed: a number for people, or one that is checked again when the word is exchanged.
        Occupancy::from_bits(self.occupancy.load(Ordering::Relaxed))
    }
}
