//! The pace of a hedge: the time after which an attempt is copied.

use core::fmt;
use core::time::Duration;

use persevere_words::duration::Written;
use persevere_words::{Arg, HEDGE};

use super::latency::Latency;
use super::recorder::{LatencyRecorder, Measured};

/// The pace of [`delay`](super::delay).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delay(pub(super) Duration);

/// The pace of [`quantile`](super::quantile()).
#[derive(Clone, Copy, Debug)]
pub struct Quantile<'a> {
    pub(super) latency: &'a Latency,
    pub(super) quantile: f64,
}

/// A rule of slow attempts, made by [`delay`](super::delay) and [`quantile`](super::quantile()).
pub trait Pace: Copy + Sync + sealed::Sealed {
    /// The recorder of the attempt.
    #[doc(hidden)]
    type Recorder: LatencyRecorder + Send;

    /// Returns the time after which an attempt that starts now is copied, or `None` for never, and its
    /// recorder.
    #[doc(hidden)]
    fn start(self) -> (Option<Duration>, Self::Recorder);

    /// Records a copy that was cut after this time.
    #[doc(hidden)]
    fn cut(self, after: Duration);

    /// Returns the same pace at another quantile, if it has one.
    #[doc(hidden)]
    fn at_quantile(self, _: f64) -> Option<Self> {
        None
    }

    /// Writes the time in words.
    #[doc(hidden)]
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

impl Pace for Delay {
    type Recorder = ();

    #[inline]
    fn start(self) -> (Option<Duration>, ()) {
        (Some(self.0), ())
    }

    #[inline]
    fn cut(self, _: Duration) {}

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        HEDGE.describe(f, "delay", &[&Written(self.0.as_nanos())])
    }
}

impl<'a> Pace for Quantile<'a> {
    type Recorder = Measured<'a>;

    fn start(self) -> (Option<Duration>, Measured<'a>) {
        let after = self.latency.quantile(self.quantile);
        (after, Measured::new(self.latency, after))
    }

    fn at_quantile(self, quantile: f64) -> Option<Self> {
        Some(Quantile { quantile, ..self })
    }

    #[cold]
    fn cut(self, after: Duration) {
        self.latency
            .record_unanswered(after, self.latency.quantile(self.quantile));
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        HEDGE.describe(f, "quantile", &[&Arg::Latency.noun(), &self.quantile])
    }
}

pub(super) mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Delay {}
    impl Sealed for super::Quantile<'_> {}
}
