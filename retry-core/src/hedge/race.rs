//! The race of an attempt's copies, as a future that holds them in place.

use core::future::Future;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

use super::pace::Pace;
use super::recorder::LatencyRecorder;
use super::settings::Hedge;
use super::slots::{RaceCallbacks, Slots2, Slots3, Slots4};
use crate::time::clock::Instant;

/// Emits races of attempts.
///
/// Input:
///
/// ```text
/// Race2 race2 Slots2
/// ```
///
/// Output: the future `Race2`, which owns the callbacks of the race of its slots, and `fn race2` that makes
/// it.
macro_rules! races {
    ($($(#[$doc:meta])* $Race:ident $race:ident $Slots:ident;)+) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $race<P, O, F, Fut, S, Z, B, J, C>(
            hedge: Hedge<P>,
            make: F,
            sleep: S,
            may_copy: B,
            is_final: J,
            clock: C,
        ) -> $Race<P::Recorder, F, Fut, S, Z, B, J, C>
        where
            P: Pace,
            F: FnMut() -> Fut,
            Fut: Future<Output = O>,
            S: FnMut(Duration) -> Z,
            Z: Future<Output = ()>,
            B: FnMut() -> bool,
            J: FnMut(&O) -> bool,
            C: FnMut() -> Instant,
        {
            let (slots, recorder) = $Slots::new(hedge);
            $Race {
                slots,
                recorder,
                make,
                sleep,
                may_copy,
                is_final,
                clock,
            }
        }

        pin_project! {
            #[doc = concat!("The future of [`", stringify!($race), "`].")]
            #[must_use = "futures do nothing unless awaited"]
            pub struct $Race<W, F, Fut, S, Z, B, J, C> {
                #[pin]
                slots: $Slots<Fut, Z>,
                recorder: W,
                make: F,
                sleep: S,
                may_copy: B,
                is_final: J,
                clock: C,
            }
        }

        impl<W: LatencyRecorder, F, Fut, S, Z, B, J, C> $Race<W, F, Fut, S, Z, B, J, C> {
            /// Measures an attempt that is dropped too, by this clock.
            #[doc(hidden)]
            #[inline]
            pub fn hears_of_drops(mut self, clock: fn() -> Instant) -> Self {
                self.recorder.hears_of_drops(clock);
                self
            }
        }

        impl<W, O, F, Fut, S, Z, B, J, C> Future for $Race<W, F, Fut, S, Z, B, J, C>
        where
            W: LatencyRecorder,
            F: FnMut() -> Fut,
            Fut: Future<Output = O>,
            S: FnMut(Duration) -> Z,
            Z: Future<Output = ()>,
            B: FnMut() -> bool,
            J: FnMut(&O) -> bool,
            C: FnMut() -> Instant,
        {
            type Output = O;

            fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<O> {
                let this = self.project();
                let callbacks = RaceCallbacks {
                    recorder: this.recorder,
                    make: this.make,
                    poll: Fut::poll,
                    sleep: this.sleep,
                    may_copy: this.may_copy,
                    judge: |outcome| if (this.is_final)(&outcome) {
                        ControlFlow::Break(outcome)
                    } else {
                        ControlFlow::Continue(outcome)
                    },
                    clock: this.clock,
                };
                this.slots.poll_race(cx, callbacks)
            }
        }
    )+};
}

races! {
    /// Races up to two copies of an attempt.
    ///
    /// `make` starts a copy, the first one at once. Whenever the delay of `hedge` passes without an answer,
    /// and as soon as a copy fails that may be retried, the next one is started, up to the hedge's number of
    /// copies and the two for which this race has room. `may_copy` is asked before each copy but the first,
    /// and pays for it; after a refusal no more copies start. `sleep` makes the timer of a delay. `clock` is
    /// read only if a measurement needs it.
    ///
    /// The first outcome for which `is_final` is true is the output, and the other copies are dropped before
    /// it is returned. When no copy runs any more and none can be started, the output is the last outcome.
    Race2 race2 Slots2;
    /// Races up to three copies of an attempt, as [`race2`] does.
    Race3 race3 Slots3;
    /// Races up to four copies of an attempt, as [`race2`] does, for a hedge that is only known at run time.
    Race4 race4 Slots4;
}
