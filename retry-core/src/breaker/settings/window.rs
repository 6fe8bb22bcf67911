//! The window of a rate: the last calls, or those of a span of time.

use std::time::Duration;

use crate::time::ticks::nanos;

/// The window of a rate: [`count`] or [`time`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window(pub(in crate::breaker) Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::breaker) enum Kind {
    Count(u32),
    Time(u64),
}

/// The number of slices of a time window.
pub(in crate::breaker) const SLICES: u64 = 10;

/// The largest count window, which takes 8 bytes for each call.
const MOST_CALLS: u32 = 1_000_000;

/// The default `minimum` of a time window, as in Hystrix.
const FEW_CALLS: u32 = 20;

/// Returns a window of the last `calls` calls, 1 to 1 000 000.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::CircuitBreaker;
/// use persevere::breaker::count;
///
/// static PAYMENTS: CircuitBreaker =
///     CircuitBreaker::new("payments").failure_rate(0.5, count(100));
/// # let _ = &PAYMENTS;
/// ```
///
/// ```compile_fail,E0080
/// # use persevere_core as persevere;
/// # use persevere::CircuitBreaker;
/// # use persevere::breaker::count;
/// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").failure_rate(0.5, count(0));
/// ```
#[inline]
pub const fn count(calls: u32) -> Window {
    Window(Kind::Count(calls))
}

/// Returns a window of the calls that ended within `span`, to a tenth of it: the running slice and the nine
/// before it.
///
/// ```
/// # use persevere_core as persevere;
/// use std::time::Duration;
/// use persevere::CircuitBreaker;
/// use persevere::breaker::time;
///
/// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments")
///     .failure_rate(0.5, time(Duration::from_secs(10)));
/// # let _ = &PAYMENTS;
/// ```
///
/// ```compile_fail,E0080
/// # use persevere_core as persevere;
/// # use std::time::Duration;
/// # use persevere::CircuitBreaker;
/// # use persevere::breaker::time;
/// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments")
///     .failure_rate(0.5, time(Duration::ZERO));
/// ```
#[inline]
pub const fn time(span: Duration) -> Window {
    Window(Kind::Time(nanos(span)))
}

impl Window {
    /// Returns whether its size is valid: neither empty nor larger than fits.
    pub(in crate::breaker) const fn holds(self) -> bool {
        match self.0 {
            Kind::Count(calls) => calls >= 1 && calls <= MOST_CALLS,
            Kind::Time(nanos) => nanos >= SLICES && nanos < u64::MAX,
        }
    }

    /// Returns whether it can ever hold this many calls.
    pub(in crate::breaker) const fn reaches(self, calls: u32) -> bool {
        match self.0 {
            Kind::Count(most) => calls <= most,
            Kind::Time(_) => true,
        }
    }

    /// Returns the default number of calls that it must hold before its rate counts.
    pub(in crate::breaker) const fn enough(self) -> u32 {
        match self.0 {
            Kind::Count(calls) => calls,
            Kind::Time(_) => FEW_CALLS,
        }
    }
}
