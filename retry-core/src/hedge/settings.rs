//! The settings of hedges.

use core::time::Duration;

use super::latency::Latency;
use super::pace::{Delay, Pace, Quantile};
use crate::invalid::InvalidValue;

/// A rule for further copies of a slow attempt, and their number: see [`delay`] and [`quantile()`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hedge<P = Delay> {
    pub(super) pace: P,
    pub(super) copies: u8,
}

/// Creates a hedge by a fixed delay.
///
/// A copy is started whenever the attempt has taken this long without an answer, since its last copy was
/// started, and at once when a copy fails and may be retried.
///
/// # Panics
///
/// If `after` is zero, which would copy every attempt; in a constant that is a compile error. For a value
/// known only at run time use [`Settings`].
///
/// ```
/// # use persevere_core as persevere;
/// use std::time::Duration;
/// use persevere::hedge::{self, Hedge};
///
/// const HEDGE: Hedge = hedge::delay(Duration::from_millis(50)).copies(3);
/// # let _ = HEDGE;
/// ```
///
/// ```compile_fail,E0080
/// # use persevere_core as persevere;
/// # use std::time::Duration;
/// # use persevere::hedge::{self, Hedge};
/// const HEDGE: Hedge = hedge::delay(Duration::ZERO);
/// # let _ = HEDGE;
/// ```
#[inline]
pub const fn delay(after: Duration) -> Hedge {
    Settings::delay(after).validated()
}

/// Creates a hedge by a quantile.
///
/// A copy is started when the attempt has taken longer than the share `quantile` of those before it: with
/// 0.95, about one attempt in twenty is copied.
///
/// The estimate is read when an attempt starts. While `latency` has not measured enough it has no estimate,
/// and no attempt is copied. Hedged attempts measure themselves. An attempt that is cut by a timeout or a
/// deadline, or dropped, counts as long as it ran, unless that is shorter than the estimate. So an outage
/// without answers makes the estimate longer, and the copies fewer.
///
/// # Panics
///
/// If `quantile` is not between 0 and 1, both excluded; in a constant that is a compile error. For a value
/// known only at run time use [`Settings`].
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::hedge::{self, Hedge, Latency, Quantile};
///
/// static LATENCY: Latency = Latency::new();
/// static HEDGE: Hedge<Quantile> = hedge::quantile(&LATENCY, 0.95);
/// # let _ = HEDGE;
/// ```
///
/// ```compile_fail,E0080
/// # use persevere_core as persevere;
/// # use persevere::hedge::{self, Hedge, Latency, Quantile};
/// # static LATENCY: Latency = Latency::new();
/// static HEDGE: Hedge<Quantile> = hedge::quantile(&LATENCY, 95.0);
/// ```
///
/// ```compile_fail,E0080
/// # use persevere_core as persevere;
/// # use persevere::hedge::{self, Hedge, Latency, Quantile};
/// # static LATENCY: Latency = Latency::new();
/// static HEDGE: Hedge<Quantile> = hedge::quantile(&LATENCY, f64::NAN);
/// ```
#[inline]
pub const fn quantile(latency: &Latency, quantile: f64) -> Hedge<Quantile<'_>> {
    Settings::quantile(latency, quantile).validated()
}

impl<P: Copy> Hedge<P> {
    /// Sets the number of copies in all, the first included: 2, 3 or 4; 2 by default.
    ///
    /// # Panics
    ///
    /// If `copies` is another number; in a constant that is a compile error. For a value known only at run
    /// time use [`Settings`].
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::hedge::{self, Hedge};
    ///
    /// const HEDGE: Hedge = hedge::delay(Duration::from_millis(50)).copies(4);
    /// # let _ = HEDGE;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use std::time::Duration;
    /// # use persevere::hedge::{self, Hedge};
    /// const HEDGE: Hedge = hedge::delay(Duration::from_millis(50)).copies(5);
    /// # let _ = HEDGE;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use std::time::Duration;
    /// # use persevere::hedge::{self, Hedge};
    /// const HEDGE: Hedge = hedge::delay(Duration::from_millis(50)).copies(1);
    /// # let _ = HEDGE;
    /// ```
    #[inline]
    pub const fn copies(self, copies: u32) -> Self {
        Settings::of(self).copies(copies).validated()
    }
}

impl<P: Pace> Hedge<P> {
    pub(crate) fn pace(&self) -> &P {
        &self.pace
    }

    /// Returns the number of copies of an attempt, the first one included.
    pub(crate) fn in_all(&self) -> u8 {
        self.copies
    }

    /// Records a copy that was cut after this time.
    #[doc(hidden)]
    #[inline]
    pub fn cut(self, after: Duration) {
        self.pace.cut(after);
    }
}

/// The settings of a [`Hedge`], for values known only at run time.
///
/// They have the same methods, and [`build`](Settings::build) returns the first value that can only be a
/// mistake as an error.
///
/// ```
/// # use persevere_core as persevere;
/// use std::time::Duration;
/// use persevere::InvalidValue;
/// use persevere::hedge::{self, Settings};
///
/// # fn configured() -> Duration { Duration::from_millis(50) }
/// let hedge = Settings::delay(configured()).copies(3).build()?;
/// assert_eq!(hedge, hedge::delay(Duration::from_millis(50)).copies(3));
/// assert_eq!(Settings::delay(Duration::ZERO).build(), Err(InvalidValue::ZeroDelay));
/// # Ok::<_, InvalidValue>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Settings<P = Delay> {
    hedge: Hedge<P>,
    invalid: Option<InvalidValue>,
}

impl Settings {
    /// Creates the settings of [`delay`].
    #[must_use]
    pub const fn delay(after: Duration) -> Self {
        let settings = Settings::of(Hedge {
            pace: Delay(after),
            copies: 2,
        });
        if after.is_zero() {
            return settings.refused(InvalidValue::ZeroDelay);
        }
        settings
    }
}

impl<'a> Settings<Quantile<'a>> {
    /// Creates the settings of [`quantile()`].
    #[must_use]
    pub const fn quantile(latency: &'a Latency, quantile: f64) -> Self {
        let settings = Settings::of(Hedge {
            pace: Quantile { latency, quantile },
            copies: 2,
        });
        // A NaN fails every comparison.
        if quantile > 0.0 && quantile < 1.0 {
            return settings;
        }
        settings.refused(InvalidValue::Quantile(quantile))
    }
}

impl<P: Copy> Settings<P> {
    /// Sets the number of copies, as [`Hedge::copies`] does.
    #[must_use]
    pub const fn copies(mut self, copies: u32) -> Self {
        match copies {
            2..=4 => self.hedge.copies = copies as u8,
            _ => return self.refused(InvalidValue::Copies(copies)),
        }
        self
    }

    /// Builds the hedge.
    ///
    /// # Errors
    ///
    /// The first value that can only be a mistake.
    pub const fn build(self) -> Result<Hedge<P>, InvalidValue> {
        match self.invalid {
            None => Ok(self.hedge),
            Some(invalid) => Err(invalid),
        }
    }

    const fn of(hedge: Hedge<P>) -> Self {
        Settings {
            hedge,
            invalid: None,
        }
    }

    /// Keeps the first mistake.
    const fn refused(mut self, invalid: InvalidValue) -> Self {
        if self.invalid.is_none() {
            self.invalid = Some(invalid);
        }
        self
    }

    /// Panics on a value that can only be a mistake; a constant with one does not compile.
    const fn validated(self) -> Hedge<P> {
        match self.build() {
            Ok(hedge) => hedge,
            Err(invalid) => panic!("{}", invalid.advice()),
        }
    }
}
