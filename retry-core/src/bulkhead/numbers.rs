//! The numbers of a bulkhead.

use std::fmt;

use super::bulkhead::Bulkhead;
use crate::wait::Signal;

impl Bulkhead {
    /// Returns the number of places in use.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::Bulkhead;
    ///
    /// let reports = Bulkhead::new("reports", 20);
    /// let place = reports.try_enter()?;
    /// assert_eq!(reports.in_use(), 1);
    /// drop(place);
    /// assert_eq!(reports.in_use(), 0);
    /// # Ok::<_, persevere::BulkheadFull>(())
    /// ```
    pub fn in_use(&self) -> u32 {
        self.load().in_use()
    }

    /// Returns the number of places.
    ///
    /// That of an adaptive bulkhead may be below the number in use, for which it waits then; so may that of one whose
    /// places are shared by a fleet.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::Bulkhead;
    ///
    /// assert_eq!(Bulkhead::new("reports", 20).limit(), 20);
    /// ```
    pub fn limit(&self) -> u32 {
        self.load().limit()
    }

    /// Returns the number of calls that wait in line.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::Bulkhead;
    ///
    /// assert_eq!(Bulkhead::new("reports", 20).in_line(), 0);
    /// ```
    pub fn in_line(&self) -> u32 {
        self.load().in_line()
    }

    /// Returns the number of places that were taken since it was made.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::Bulkhead;
    ///
    /// let reports = Bulkhead::new("reports", 20);
    /// drop(reports.try_enter());
    /// assert_eq!(reports.entered(), 1);
    /// ```
    pub fn entered(&self) -> u64 {
        self.state().counts().0
    }

    /// Returns the number of attempts that were refused since it was made.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::Bulkhead;
    ///
    /// let reports = Bulkhead::new("reports", 1);
    /// let place = reports.try_enter();
    /// assert!(reports.try_enter().is_err());
    /// assert_eq!(reports.refused(), 1);
    /// # drop(place);
    /// ```
    pub fn refused(&self) -> u64 {
        self.state().counts().1
    }
}

/// The pressure is the share of the places that are in use.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Bulkhead, wait::Signal};
///
/// let reports = Bulkhead::new("reports", 4);
/// let place = reports.try_enter()?;
/// assert_eq!(reports.pressure(), 0.25);
/// # drop(place);
/// # Ok::<_, persevere::BulkheadFull>(())
/// ```
#[diagnostic::do_not_recommend]
impl Signal for Bulkhead {
    fn pressure(&self) -> f64 {
        let occupancy = self.load();
        let (in_use, limit) = (occupancy.in_use(), occupancy.limit());
        if in_use >= limit {
            return 1.0;
        }
        f64::from(in_use) / f64::from(limit)
    }
}

/// Writes one line: `3 of 20 places in use, 0 calls in line, 7 entered, 0 refused`.
impl fmt::Display for Bulkhead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let occupancy = self.load();
        let places = (occupancy.in_use(), occupancy.limit(), occupancy.in_line());
        write_numbers(f, places, self.state().counts())
    }
}

/// Writes the places in use, their limit and the calls in line; and the totals of those that entered or were refused.
pub(crate) fn write_numbers(
    f: &mut fmt::Formatter<'_>,
    (in_use, limit, in_line): (u32, u32, u32),
    (entered, refused): (u64, u64),
) -> fmt::Result {
    let places = if limit == 1 { "place" } else { "places" };
    let calls = if in_line == 1 { "call" } else { "calls" };
    write!(
        f,
        "{in_use} of {limit} {places} in use, {in_line} {calls} in line, {entered} entered, {refused} refused"
    )
}
