//! The slots of an attempt's copies, and the race between them.

use core::future::Future;
use core::mem;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

use super::pace::Pace;
use super::recorder::LatencyRecorder;
use super::settings::Hedge;
use crate::time::clock::Instant;
use crate::time::coop::{is_spent, on_time};

/// The callbacks of a race. They are borrowed, so that the caller keeps ownership.
pub(crate) struct RaceCallbacks<'a, W, F, P, S, B, J, C> {
    pub(crate) recorder: &'a mut W,
    /// Starts a copy.
    pub(crate) make: F,
    /// Polls a copy.
    pub(crate) poll: P,
    /// Makes the timer of a delay.
    pub(crate) sleep: S,
    /// Pays for a further copy, or refuses it.
    pub(crate) may_copy: B,
    /// Decides whether the outcome of a copy ends the race.
    pub(crate) judge: J,
    /// Reads the time, only if a measurement needs it.
    pub(crate) clock: C,
}

/// Emits the slots of copies.
///
/// Input:
///
/// ```text
/// Slots2 2: first second
/// ```
///
/// Output: `Slots2` with a pinned slot for each copy, which any [`RaceCallbacks`] can be run with.
macro_rules! slots {
    ($($Slots:ident $room:literal: $($slot:ident)+;)+) => {$(
        pin_project! {
            /// The running copies of an attempt.
            #[doc(hidden)]
            pub struct $Slots<Fut, Z> {
                // The greatest number of copies, and the number begun.
                copies: u8,
                begun: u8,
                // The slot that is polled first.
                turn: u8,
                after: Duration,
                #[pin]
                timer: Option<Z>,
                $(#[pin] $slot: Option<Fut>,)+
            }
        }

        impl<Fut, Z> $Slots<Fut, Z> {
            /// Creates the slots of an attempt that starts now, and its recorder.
            #[inline]
            pub(crate) fn new<P: Pace>(hedge: Hedge<P>) -> (Self, P::Recorder) {
                let (after, recorder) = hedge.pace.start();
                let slots = $Slots {
                    copies: if after.is_some() { hedge.copies.min($room) } else { 1 },
                    begun: 0,
                    turn: 0,
                    after: after.unwrap_or_default(),
                    timer: None,
                    $($slot: None,)+
                };
                (slots, recorder)
            }
        }

        impl<Fut, Z: Future<Output = ()>> $Slots<Fut, Z> {
            #[inline]
            pub(crate) fn poll_race<W, O, T, F, P, S, B, J, C>(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                mut callbacks: RaceCallbacks<'_, W, F, P, S, B, J, C>,
            ) -> Poll<O>
            where
                W: LatencyRecorder,
                F: FnMut() -> Fut,
                P: FnMut(Pin<&mut Fut>, &mut Context<'_>) -> Poll<T>,
                S: FnMut(Duration) -> Z,
                B: FnMut() -> bool,
                J: FnMut(T) -> ControlFlow<O, O>,
                C: FnMut() -> Instant,
            {
                let mut this = self.project();
                loop {
                    let (mut running, mut failed, mut last) = (0, 0, None);
                    let won = 'won: {
                        let mut slots = [$(this.$slot.as_mut()),+];
                        slots.rotate_left(usize::from(*this.turn));
                        let turn = mem::take(this.turn);
                        for (next, slot) in (turn + 1..).zip(&mut slots) {
                            let Some(copy) = slot.as_mut().as_pin_mut() else { continue };
                            let fresh = !is_spent();
                            let polled = (callbacks.poll)(copy, cx);
                            if fresh && is_spent() {
                                // It has used up the budget of the task, so the others are polled first next
                                // time.
                                *this.turn = next % $room;
                            }
                            match polled {
                                Poll::Pending => running += 1,
                                Poll::Ready(output) => {
                                    slot.set(None);
                                    match (callbacks.judge)(output) {
                                        ControlFlow::Break(outcome) => break 'won Some(outcome),
                                        ControlFlow::Continue(outcome) => last = Some(outcome),
                                    }
                                    failed += 1;
                                }
                            }
                        }
                        None
                    };
                    if let Some(outcome) = won {
                        $(this.$slot.set(None);)+
                        this.timer.set(None);
                        // A race that is over begins nothing.
                        *this.copies = *this.begun;
                        callbacks.recorder.answered(&mut callbacks.clock);
                        return Poll::Ready(outcome);
                    }

                    // One copy at the beginning, one for each that failed, and one for slowness.
                    let mut due = if *this.begun == 0 { 1 } else { failed };
                    if due == 0 && this.begun < this.copies {
                        if this.timer.is_none() {
                            this.timer.set(Some((callbacks.sleep)(*this.after)));
                        }
                        if let Some(timer) = this.timer.as_mut().as_pin_mut() {
                            due = u8::from(on_time(timer, cx).is_ready());
                        }
                    }
                    let before = *this.begun;
                    while due > 0 && this.begun < this.copies {
                        if *this.begun > 0 && !(callbacks.may_copy)() {
                            // After one refusal the running copies go on alone.
                            *this.copies = *this.begun;
                            break;
                        }
                        if running == 0 {
                            callbacks.recorder.begin(&mut callbacks.clock);
                        }
                        let mut free = 'free: {
                            $(if this.$slot.is_none() {
                                break 'free this.$slot.as_mut();
                            })+
                            unreachable!("there is a slot for every copy")
                        };
                        free.set(Some((callbacks.make)()));
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
                    let last = last.expect("a race was polled after it was over");
                    callbacks.recorder.failed();
                    return Poll::Ready(last);
                }
            }
        }
    )+};
}

slots! {
    Slots2 2: first second;
    Slots3 3: first second third;
    Slots4 4: first second third fourth;
}
