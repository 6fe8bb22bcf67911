//! The hedge of a policy's attempts, or its absence.

use core::fmt;
#[cfg(feature = "async")]
use core::time::Duration;

use persevere_words::describe::Lines;
#[cfg(feature = "async")]
use persevere_words::{
    Key,
    describe::{Line, Phrase},
};

#[cfg(feature = "async")]
use crate::hedge::{Hedge, LatencyRecorder, Pace, Slots4, Unhedged};

/// The hedge of a policy's attempts: a [`Hedge`](crate::hedge::Hedge), or `()` for none.
pub trait Hedging: Copy + Sync {
    /// Whether the attempts are hedged.
    #[doc(hidden)]
    const HEDGES: bool;

    /// Writes the sentence about it, if there is one.
    #[doc(hidden)]
    fn describe(&self, _lines: &mut Lines<'_>) -> fmt::Result {
        Ok(())
    }

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

    fn describe(&self, lines: &mut Lines<'_>) -> fmt::Result {
        let pace = Phrase(|f| self.pace().describe(f));
        lines.say(Line::Key(Key::Hedge), &[&pace, &self.in_all()])
    }

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
