//! Doors for statistics.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::sync::Arc;

use super::{Accepted, Rejected, accepted, for_pointers, kind, kinds};
use crate::telemetry::stats::RetryStats;

kinds! {
    /// Accepts a value of `stats` that is made for the call.
    shared_stats: AsStats is SharedStats, asks fn(&T) -> &RetryStats,
        else Box<RetryStats> = Box::new(RetryStats::new());
}

/// Returns the value of `stats`, if it is a reference to a place.
#[inline(always)]
pub fn stats<S: Stats>(stats: &S) -> &RetryStats {
    stats.stats()
}

/// Statistics, or a reference to some.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not `RetryStats`",
    label = "expected `&RetryStats`",
    note = "keep them in a `static STATS: RetryStats = RetryStats::new();` and write `stats = &STATS`"
)]
pub trait Stats {
    fn stats(&self) -> &RetryStats;
}

#[diagnostic::do_not_recommend]
impl Stats for RetryStats {
    #[inline(always)]
    fn stats(&self) -> &RetryStats {
        self
    }
}

for_pointers!(Stats to Stats {
    #[inline(always)]
    fn stats(&self) -> &RetryStats {
        (**self).stats()
    }
});

/// A reference to statistics, shared or owned.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a reference to `RetryStats`",
    label = "expected `&RetryStats`",
    note = "keep them in a `static STATS: RetryStats = RetryStats::new();` and write `stats = &STATS`"
)]
pub trait SharedStats {
    fn shared(&self) -> &RetryStats;
}

for_pointers!(SharedStats to Stats {
    #[inline(always)]
    fn shared(&self) -> &RetryStats {
        (**self).stats()
    }
});
