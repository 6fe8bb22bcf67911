//! A rate that opens a breaker, and what is remembered for it.

use super::calls::Calls;
use super::reading::Reading;
use super::share::Share;
use super::slices::Slices;
use super::window::{Kind, Window};
use crate::util::sync::atomic::{Ordering, fence};

/// As the settings have it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    pub(super) rate: f64,
    pub(super) window: Window,
}

/// The same at work.
#[derive(Debug)]
pub(super) struct Rule {
    rate: f64,
    minimum: u64,
    held: Held,
}

#[derive(Debug)]
enum Held {
    Calls(Calls),
    Slices(Slices),
}

impl Rule {
    pub(super) fn new(Rate { rate, window }: Rate, minimum: Option<u32>) -> Self {
        Rule {
            rate,
            minimum: minimum.unwrap_or(window.enough()).into(),
            held: match window.0 {
                Kind::Count(calls) => Held::Calls(Calls::new(calls)),
                Kind::Time(nanos) => Held::Slices(Slices::new(nanos)),
            },
        }
    }

    #[inline(always)]
    pub(super) fn good(&self, generation: u32, clock: &Reading) {
        match &self.held {
            Held::Calls(calls) => calls.good(),
            Held::Slices(slices) => slices.good(generation, clock.now()),
        }
    }

    pub(super) fn bad(&self, generation: u32, clock: &Reading) {
        match &self.held {
            Held::Calls(calls) => calls.bad(generation),
            Held::Slices(slices) => slices.bad(generation, clock.now()),
        }
        // Of two that are bad at once, each writes its own and then looks for the other's. Without an order
        // between the fences both could miss it; with one, the later of them sees both.
        fence(Ordering::SeqCst);
    }

    pub(super) fn share(&self, generation: u32, clock: &Reading) -> Share {
        match &self.held {
            Held::Calls(calls) => calls.share(generation),
            Held::Slices(slices) => slices.share(generation, clock.now()),
        }
    }

    /// The breaker is about to be closed, in a stay of this generation, if it is `still` as it was.
    pub(super) fn begin(&self, generation: u32, still: &dyn Fn() -> bool) {
        match &self.held {
            Held::Calls(calls) => calls.begin(generation, still),
            Held::Slices(slices) => slices.clear(still),
        }
    }

    /// Whether so much is too much.
    pub(super) fn trips(&self, share: Share) -> bool {
        // The quotient, since `rate · calls` of 0.07 and 100 is above 7.
        share.bad > 0 && share.calls >= self.minimum && share.rate() >= self.rate
    }
}
