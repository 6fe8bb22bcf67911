//! The race of an attempt's copies, as a future that holds them in place.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::time::Instant;

use pin_project_lite::pin_project;

use crate::hedge::{Hedge, Latency, Pace};

/// What measures an attempt for the hedges to come; `()` measures nothing and reads no clock.
#[doc(hidden)]
pub trait Feed {
    /// A copy starts while no other runs.
    fn begin(&mut self, now: impl FnOnce() -> Instant);
    /// A copy has answered.
    fn won(&mut self, now: impl FnOnce() -> Instant);
}

impl Feed for () {
    #[inline(always)]
    fn begin(&mut self, _: impl FnOnce() -> Instant) {}

    #[inline(always)]
    fn won(&mut self, _: impl FnOnce() -> Instant) {}
}

/// An attempt that a [`Latency`] measures.
#[doc(hidden)]
#[derive(Debug)]
pub struct Measured<'a> {
    latency: &'a Latency,
    began: Option<Instant>,
}

impl<'a> Measured<'a> {
    pub(crate) fn new(latency: &'a Latency) -> Self {
        Measured {
            latency,
            began: None,
        }
    }
}

impl Feed for Measured<'_> {
    fn begin(&mut self, now: impl FnOnce() -> Instant) {
        self.began = Some(now());
    }

    // Measured from the copy that was found slow, not from the one that answered for it: else hardly
    // an attempt would seem to take longer than the delay, and the delay would shrink until it copied
    // far more than its share.
    fn won(&mut self, now: impl FnOnce() -> Instant) {
        if let Some(began) = self.began {
            self.latency.record(now().saturating_duration_since(began));
        }
    }
}

/// Input:
///
/// ```text
/// Race2 race2: first second
/// ```
///
/// Output: the future `Race2` with a pinned slot for each copy, and `fn race2` that makes it.
macro_rules! races {
    ($($(#[$doc:meta])* $Race:ident $race:ident $slots:literal: $($slot:ident)+;)+) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $race<P, O, F, Fut, S, Z, B, J, C>(
            hedge: Hedge<P>,
            make: F,
            sleep: S,
            may_copy: B,
            is_final: J,
            clock: C,
        ) -> $Race<P::Feed, F, Fut, S, Z, B, J, C>
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
            let (after, feed) = hedge.pace.start();
            $Race {
                copies: if after.is_some() { hedge.copies.min($slots) } else { 1 },
                begun: 0,
                after: after.unwrap_or_default(),
                feed,
                make,
                sleep,
                may_copy,
                is_final,
                clock,
                timer: None,
                $($slot: None,)+
            }
        }

        pin_project! {
            #[doc = concat!("The future of [`", stringify!($race), "`].")]
            #[must_use = "futures do nothing unless awaited"]
            pub struct $Race<W, F, Fut, S, Z, B, J, C> {
                // How many copies there may be, and how many there were.
                copies: u8,
                begun: u8,
                after: Duration,
                feed: W,
                make: F,
                sleep: S,
                may_copy: B,
                is_final: J,
                clock: C,
                #[pin]
                timer: Option<Z>,
                $(#[pin] $slot: Option<Fut>,)+
            }
        }

        impl<W, O, F, Fut, S, Z, B, J, C> Future for $Race<W, F, Fut, S, Z, B, J, C>
        where
            W: Feed,
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
                let mut this = self.project();
                loop {
                    let (mut running, mut failed, mut last) = (0, 0, None);
                    let won = 'won: {
                        $(if let Some(copy) = this.$slot.as_mut().as_pin_mut() {
                            match copy.poll(cx) {
                                Poll::Pending => running += 1,
                                Poll::Ready(outcome) => {
                                    this.$slot.set(None);
                                    if (this.is_final)(&outcome) {
                                        break 'won Some(outcome);
                                    }
                                    failed += 1;
                                    last = Some(outcome);
                                }
                            }
                        })+
                        None
                    };
                    if let Some(outcome) = won {
                        $(this.$slot.set(None);)+
                        this.timer.set(None);
                        // A race that is over begins nothing.
                        *this.copies = *this.begun;
                        this.feed.won(&mut *this.clock);
                        return Poll::Ready(outcome);
                    }

                    // A copy for the beginning, for each that failed, and for slowness.
                    let mut due = if *this.begun == 0 { 1 } else { failed };
                    if due == 0 && this.begun < this.copies {
                        if this.timer.is_none() {
                            this.timer.set(Some((this.sleep)(*this.after)));
                        }
                        if let Some(timer) = this.timer.as_mut().as_pin_mut() {
                            due = u8::from(timer.poll(cx).is_ready());
                        }
                    }
                    let before = *this.begun;
                    while due > 0 && this.begun < this.copies {
                        if *this.begun > 0 && !(this.may_copy)() {
                            // One refusal is enough: what runs goes on alone.
                            *this.copies = *this.begun;
                            break;
                        }
                        if running == 0 {
                            this.feed.begin(&mut *this.clock);
                        }
                        let mut free = 'free: {
                            $(if this.$slot.is_none() {
                                break 'free this.$slot.as_mut();
                            })+
                            unreachable!("there is a slot for every copy")
                        };
                        free.set(Some((this.make)()));
                        *this.begun += 1;
                        running += 1;
                        due -= 1;
                    }
                    if *this.begun > before {
                        // The next delay counts from here, once the copy has been polled.
                        this.timer.set(None);
                        continue;
                    }
                    if this.begun == this.copies {
                        this.timer.set(None);
                    }
                    if running > 0 {
                        return Poll::Pending;
                    }
                    return Poll::Ready(last.expect("a race was polled after it was over"));
                }
            }
        }
    )+};
}

races! {
    /// An attempt with up to two copies that race.
    ///
    /// `make` starts a copy, the first one at once. Whenever the delay of `hedge` passes without an
    /// answer, and as soon as a copy fails that may be retried, the next one is started, up to the
    /// hedge's number of copies and the two that this has room for. `may_copy` is asked before each
    /// but the first, and pays for it; when it refuses there are no more. `sleep` makes the timer of
    /// a delay, `clock` is read only where something is to be measured.
    ///
    /// The first outcome for which `is_final` is true is the output, and the other copies are dropped
    /// before it is returned. When no copy runs any more and none can be started, the last outcome
    /// is.
    ///
    /// The module's page has an example.
    Race2 race2 2: first second;
    /// As [`race2`], with up to three copies.
    Race3 race3 3: first second third;
    /// As [`race2`], with up to four copies: the race of a hedge that is only known at run time.
    Race4 race4 4: first second third fourth;
}
