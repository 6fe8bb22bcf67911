//! Further copies of a slow attempt: the first answer wins.
//!
//! A few attempts are slow for no reason of their own: a busy machine, a lost packet. One that has
//! taken longer than most is copied, and whichever copy answers first is the attempt's outcome; the
//! others are dropped. Two per cent more load can take most of the tail away ([Dean and Barroso, *The
//! Tail at Scale*](https://doi.org/10.1145/2408776.2408794)). The rules are those of [gRPC's
//! proposal A6](https://github.com/grpc/proposal/blob/master/A6-client-retries.md#hedging-policy).
//!
//! Copies run beside each other, so only hedge what may be done twice, and what borrows nothing
//! mutably. All of them are polled by the one task that awaits the attempt: nothing is spawned.
//!
//! ```
//! # use persevere_core as persevere;
//! # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
//! use std::time::Duration;
//! use persevere::hedge::{self, Hedge};
//!
//! const HEDGE: Hedge = hedge::delay(Duration::from_millis(50));
//!
//! let mut copies = 0;
//! let attempt = || {
//!     copies += 1;
//!     let slow = Duration::from_secs(if copies == 1 { 60 } else { 1 });
//!     async move {
//!         tokio::time::sleep(slow).await;
//!         Ok::<_, ()>(slow)
//!     }
//! };
//! let now = || tokio::time::Instant::now().into_std();
//! let race = hedge::race2(HEDGE, attempt, tokio::time::sleep, || true, Result::is_ok, now);
//! assert_eq!(race.await, Ok(Duration::from_secs(1)));
//! # });
//! ```

use core::time::Duration;

use crate::invalid::InvalidValue;

mod decaying_histogram;
mod latency;
#[cfg(all(test, persevere_loom))]
mod model;
mod race;
mod recorder;
mod slots;

pub use self::latency::Latency;
#[doc(hidden)]
pub use self::race::{Race2, Race3, Race4, race2, race3, race4};
pub use self::recorder::{LatencyRecorder, Measured, Unhedged};
pub(crate) use self::slots::{RaceCallbacks, Slots4};

/// When to start a further copy of a slow attempt, and how many there may be: see [`delay`] and
/// [`quantile`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hedge<P = Delay> {
    pace: P,
    copies: u8,
}

/// A copy is started whenever the attempt has taken that long, since its last copy was started,
/// without an answer, and at once when a copy fails so that it may be retried.
///
/// # Panics
///
/// If `after` is zero, which would copy every attempt; in a constant that is a compile error. For a
/// value known at run time there is [`try_delay`].
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
    match try_delay(after) {
        Ok(hedge) => hedge,
        Err(_) => panic!("a delay of zero would copy every attempt; give a longer one"),
    }
}

/// As [`delay`], for a value known at run time.
///
/// # Errors
///
/// [`InvalidValue::ZeroDelay`] if `after` is zero.
///
/// ```
/// # use persevere_core as persevere;
/// use std::time::Duration;
/// use persevere::{InvalidValue, hedge};
///
/// assert!(hedge::try_delay(Duration::from_millis(50)).is_ok());
/// assert_eq!(hedge::try_delay(Duration::ZERO), Err(InvalidValue::ZeroDelay));
/// ```
#[inline]
pub const fn try_delay(after: Duration) -> Result<Hedge, InvalidValue> {
    if after.is_zero() {
        return Err(InvalidValue::ZeroDelay);
    }
    Ok(Hedge::twice(Delay(after)))
}

/// A copy is started when the attempt has taken longer than the share `quantile` of those before it:
/// with 0.95, about one attempt in twenty is copied.
///
/// The estimate is read when an attempt starts. While `latency` has not measured enough there is
/// none, and no attempt is copied. Hedged attempts measure themselves: one that is cut, by a timeout, a
/// deadline or whoever drops it, counts as long as it ran, unless that is shorter than the estimate. So an
/// outage in which nothing answers makes the estimate longer, and copies fewer.
///
/// # Panics
///
/// If `quantile` is not between 0 and 1, both excluded; in a constant that is a compile error. For a
/// value known at run time there is [`try_quantile`].
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
    match try_quantile(latency, quantile) {
        Ok(hedge) => hedge,
        Err(_) => panic!("a quantile is between 0 and 1, such as 0.95"),
    }
}

/// As [`quantile()`], for a value known at run time.
///
/// # Errors
///
/// [`InvalidValue::Quantile`] if `quantile` is not between 0 and 1, both excluded.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{InvalidValue, hedge};
///
/// let latency = hedge::Latency::new();
/// assert!(hedge::try_quantile(&latency, 0.95).is_ok());
/// assert_eq!(hedge::try_quantile(&latency, 95.0).unwrap_err(), InvalidValue::Quantile(95.0));
/// ```
#[inline]
pub const fn try_quantile(
    latency: &Latency,
    quantile: f64,
) -> Result<Hedge<Quantile<'_>>, InvalidValue> {
    if quantile > 0.0 && quantile < 1.0 {
        return Ok(Hedge::twice(Quantile { latency, quantile }));
    }
    // NaN too.
    Err(InvalidValue::Quantile(quantile))
}

impl<P: Copy> Hedge<P> {
    const fn twice(pace: P) -> Self {
        Hedge { pace, copies: 2 }
    }

    /// How many copies there may be in all, the first included: 2, 3 or 4; 2 by default.
    ///
    /// # Panics
    ///
    /// If `copies` is another number; in a constant that is a compile error. For a value known at run
    /// time there is [`try_copies`](Hedge::try_copies).
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
        match self.try_copies(copies) {
            Ok(hedge) => hedge,
            Err(_) => panic!("an attempt has 2, 3 or 4 copies in all, the first included"),
        }
    }

    /// As [`copies`](Hedge::copies), for a value known at run time.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Copies`] if `copies` is not 2, 3 or 4.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::{InvalidValue, hedge};
    ///
    /// let hedge = hedge::delay(Duration::from_millis(50));
    /// assert!(hedge.try_copies(4).is_ok());
    /// assert_eq!(hedge.try_copies(5), Err(InvalidValue::Copies(5)));
    /// ```
    #[inline]
    pub const fn try_copies(self, copies: u32) -> Result<Self, InvalidValue> {
        match copies {
            2..=4 => Ok(Hedge {
                pace: self.pace,
                copies: copies as u8,
            }),
            _ => Err(InvalidValue::Copies(copies)),
        }
    }
}

impl<P: Pace> Hedge<P> {
    /// A copy was cut after so long.
    #[doc(hidden)]
    #[inline]
    pub fn cut(self, after: Duration) {
        self.pace.cut(after);
    }
}

/// See [`delay`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delay(Duration);

/// See [`quantile()`].
#[derive(Clone, Copy, Debug)]
pub struct Quantile<'a> {
    latency: &'a Latency,
    quantile: f64,
}

/// When an attempt counts as slow: what [`delay`] and [`quantile()`] make.
pub trait Pace: Copy + Sync + sealed::Sealed {
    /// What measures the attempt.
    #[doc(hidden)]
    type Recorder: LatencyRecorder + Send;

    /// After how long an attempt that starts now is copied, if it is, and what measures it.
    #[doc(hidden)]
    fn start(self) -> (Option<Duration>, Self::Recorder);

    /// A copy was cut after so long.
    #[doc(hidden)]
    fn cut(self, after: Duration);
}

impl Pace for Delay {
    type Recorder = ();

    #[inline]
    fn start(self) -> (Option<Duration>, ()) {
        (Some(self.0), ())
    }

    #[inline]
    fn cut(self, _: Duration) {}
}

impl<'a> Pace for Quantile<'a> {
    type Recorder = Measured<'a>;

    fn start(self) -> (Option<Duration>, Measured<'a>) {
        let after = self.latency.quantile(self.quantile);
        (after, Measured::new(self.latency, after))
    }

    #[cold]
    fn cut(self, after: Duration) {
        self.latency
            .record_unanswered(after, self.latency.quantile(self.quantile));
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Delay {}
    impl Sealed for super::Quantile<'_> {}
}
