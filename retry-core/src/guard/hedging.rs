//! The hedge of a policy's attempts, or its absence.

#[cfg(feature = "async")]
use core::time::Duration;

#[cfg(feature = "async")]
use crate::hedge::{Hedge, LatencyRecorder, Pace, Slots4, Unhedged};

/// The hedge of a policy's attempts: a [`Hedge`](crate::hedge::Hedge), or `()` for none.
pub trait Hedging: Copy + Sync {
    /// Whether the attempts are hedged.
    #[doc(hidden)]
    const HEDGES: bool;

    /// The recorder of their latency; uninhabited without a hedge.
    #[cfg(feature = "async")]
    #[doc(hidden)]
    type Recorder: LatencyRecorder + Send;

    /// Records that a copy was cut `after` this time.
    #[cfg(feature = "async")]
    #[doc(hidden)]
    fn cut(self, after: Duration);

    /// Returns the race of an attempt that starts now, and its recorder.
    #[cfg(feature = "async")]
    #[doc(hidden)]
    fn race<Fut, Z>(self) -> Option<(Slots4<Fut, Z>, Self::Recorder)>;
}

impl Hedging for () {
    const HEDGES: bool = false;

    #[cfg(feature = "async")]
    type Recorder = Unhedged;

    #[cfg(feature = "async")]
    #[inline(always)]
    fn cut(self, _: Duration) {}

    #[cfg(feature = "async")]
    #[inline(always)]
    fn race<Fut, Z>(self) -> Option<(Slots4<Fut, Z>, Unhedged)> {
        None
    }
}

#[cfg(feature = "async")]
impl<P: Pace> Hedging for Hedge<P> {
    const HEDGES: bool = true;

    type Recorder = P::Recorder;

    #[inline]
    fn cut(self, after: Duration) {
        Hedge::cut(self, after);
    }

    #[inline]
    fn race<Fut, Z>(self) -> Option<(Slots4<Fut, Z>, P::Recorder)> {
        Some(Slots4::new(self))
    }
}
