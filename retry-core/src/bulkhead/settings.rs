//! The settings of a bulkhead.

use core::ops::RangeInclusive;

use super::occupancy::MOST;
use crate::invalid::InvalidValue;
use crate::util::key::Key;

/// The settings of a [`Bulkhead`](crate::Bulkhead), for values known only at run time.
///
/// They have the same methods, and [`build`](Settings::build) returns the first value that can only be a
/// mistake as an error.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::InvalidValue;
/// use persevere::bulkhead::Settings;
///
/// # fn configured() -> u32 { 20 }
/// let reports = Settings::new("reports", configured()).queue(100).build()?;
/// assert_eq!(reports.limit(), 20);
/// let none = Settings::new("reports", 0).build();
/// assert_eq!(none.unwrap_err(), InvalidValue::BulkheadPlaces(0));
/// # Ok::<_, InvalidValue>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    name: &'static str,
    key: Option<Key>,
    places: Places,
    queue: Option<u32>,
}

/// The number of places.
#[derive(Clone, Copy, Debug)]
pub(super) enum Places {
    Fixed(u32),
    /// Between these two.
    Adaptive(u32, u32),
}

/// The number of places that an adaptive bulkhead begins with, if its range has it: Netflix's.
const FIRST: u32 = 20;

impl Settings {
    /// Creates the settings of [`Bulkhead::new`](crate::Bulkhead::new).
    #[must_use]
    pub const fn new(name: &'static str, places: u32) -> Self {
        Settings::of(name, Places::Fixed(places))
    }

    /// Creates the settings of [`Bulkhead::adaptive`](crate::Bulkhead::adaptive).
    #[must_use]
    pub const fn adaptive(name: &'static str, places: RangeInclusive<u32>) -> Self {
        Settings::of(name, Places::Adaptive(*places.start(), *places.end()))
    }

    const fn of(name: &'static str, places: Places) -> Self {
        Settings {
            name,
            key: None,
            places,
            queue: None,
        }
    }

    /// Sets the longest line, as [`Bulkhead::queue`](crate::Bulkhead::queue) does.
    #[must_use]
    pub const fn queue(mut self, calls: u32) -> Self {
        self.queue = Some(calls);
        self
    }

    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    #[cfg(feature = "config")]
    pub(super) const fn renamed(self, name: &'static str) -> Self {
        Settings { name, ..self }
    }

    pub(crate) const fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    pub(super) fn set_key(&mut self, key: &str) {
        self.key = Some(Key::new(key));
    }

    pub(super) const fn places(&self) -> Places {
        self.places
    }

    /// Returns the number of places to begin with.
    pub(super) const fn first_limit(&self) -> u32 {
        match self.places {
            Places::Fixed(places) => places,
            Places::Adaptive(least, _) if FIRST < least => least,
            Places::Adaptive(_, most) if FIRST > most => most,
            Places::Adaptive(..) => FIRST,
        }
    }

    /// Returns the longest line: as many calls as the bulkhead ever has places, unless set.
    #[inline]
    pub(super) const fn longest_line(&self) -> u32 {
        match (self.queue, self.places) {
            (Some(queue), _) => queue,
            (None, Places::Fixed(most) | Places::Adaptive(_, most)) => most,
        }
    }

    /// Panics on a value that can only be a mistake; a `static` with one does not compile.
    pub(super) const fn validated(self) -> Self {
        match self.checked() {
            Ok(settings) => settings,
            Err(invalid) => panic!("{}", invalid.advice()),
        }
    }

    /// Returns the first value that can only be a mistake, if any.
    pub(super) const fn checked(self) -> Result<Self, InvalidValue> {
        match self.places {
            Places::Fixed(places) if places == 0 || places > MOST => {
                return Err(InvalidValue::BulkheadPlaces(places));
            }
            Places::Adaptive(least, most) if least > most => {
                return Err(InvalidValue::ReversedPlaces(least, most));
            }
            Places::Adaptive(0, _) => return Err(InvalidValue::BulkheadPlaces(0)),
            Places::Adaptive(_, most) if most > MOST => {
                return Err(InvalidValue::BulkheadPlaces(most));
            }
            Places::Fixed(_) | Places::Adaptive(..) => {}
        }
        if self.longest_line() > MOST {
            return Err(InvalidValue::BulkheadQueue(self.longest_line()));
        }
        Ok(self)
    }
}
