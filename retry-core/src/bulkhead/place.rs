//! A place in a bulkhead.

use std::fmt;

use super::bulkhead::Bulkhead;
use crate::time::clock::Instant;
use crate::time::ticks::ticks;

/// A place in a bulkhead, held while one attempt runs.
///
/// A dropped place is given back, and no more is learned from it: neither from an attempt that was cancelled, nor from
/// one that panicked.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::Bulkhead;
/// use persevere::bulkhead::Ended;
///
/// static SEARCH: Bulkhead = Bulkhead::adaptive("search", 1..=200);
///
/// # fn search() -> Result<(), u16> { Ok(()) }
/// let place = SEARCH.try_enter()?;
/// place.end(match search() {
///     Err(503) => Ended::Overload,
///     _ => Ended::Success,
/// });
/// # Ok::<_, persevere::BulkheadFull>(())
/// ```
#[must_use = "a place that is dropped is free again"]
pub struct Place<'b> {
    bulkhead: &'b Bulkhead,
    clock: fn() -> Instant,
    /// The ticks of its beginning, where the limit is adaptive.
    since: u64,
}

/// The end of an attempt, from which an adaptive bulkhead learns.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::Bulkhead;
/// use persevere::bulkhead::Ended;
///
/// let search = Bulkhead::adaptive("search", 1..=200);
/// search.try_enter()?.end(Ended::Ignored);
/// assert_eq!(search.limit(), 20);
/// # Ok::<_, persevere::BulkheadFull>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// The service did its work; the time that it took counts.
    Success,
    /// It timed out, or said that it is overloaded.
    Overload,
    /// Nothing was learned of its load.
    Ignored,
}

impl<'b> Place<'b> {
    /// Creates the place of an attempt for which one was taken.
    #[inline]
    pub(super) fn taken(bulkhead: &'b Bulkhead, clock: fn() -> Instant) -> Self {
        bulkhead.count_entry();
        let since = if bulkhead.state().gradient.is_some() {
            ticks(clock())
        } else {
            0
        };
        Place {
            bulkhead,
            clock,
            since,
        }
    }

    /// Gives the place back, and tells how the attempt ended.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::Bulkhead;
    /// use persevere::bulkhead::Ended;
    ///
    /// let search = Bulkhead::adaptive("search", 1..=200);
    /// search.try_enter()?.end(Ended::Success);
    /// assert_eq!(search.in_use(), 0);
    /// # Ok::<_, persevere::BulkheadFull>(())
    /// ```
    #[inline]
    pub fn end(self, ended: Ended) {
        self.learn(ended);
    }

    /// Lets the bulkhead learn from the time since the place was taken, which is kept.
    #[inline]
    pub(crate) fn learn(&self, ended: Ended) {
        self.bulkhead.learn(ended, self.since, self.clock);
    }
}

/// Gives the place back.
impl Drop for Place<'_> {
    #[inline]
    fn drop(&mut self) {
        self.bulkhead.give_back();
    }
}

impl fmt::Debug for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Place").field(&self.bulkhead.name()).finish()
    }
}
