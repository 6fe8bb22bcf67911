//! The time of a program: tokio's paused clock, or the testing kit's.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use persevere_core::testing::VirtualClock;
use tokio::task::{consume_budget, unconstrained};
use tokio::time::{Instant, Sleep, advance};

#[derive(Clone, Debug)]
pub(crate) enum Clock {
    Tokio(Instant),
    Virtual(VirtualClock),
}

impl Clock {
    pub(crate) fn now(&self) -> Duration {
        match self {
            Clock::Tokio(began) => began.elapsed(),
            Clock::Virtual(clock) => clock.elapsed(),
        }
    }

    pub(crate) async fn sleep(&self, time: Duration) {
        match self {
            Clock::Tokio(_) if time.is_zero() => yield_now().await,
            // Independent of tokio's cooperative budget, which a busy neighbour in the same task may use up.
            Clock::Tokio(_) => unconstrained(tokio::time::sleep(time)).await,
            Clock::Virtual(clock) => clock.advance(time),
        }
    }

    /// Passes time without a wait. A paused clock stands still meanwhile, so that one of the busy futures,
    /// the `mover`, moves it.
    pub(crate) async fn busy(&self, time: Duration, mover: &Cell<bool>) {
        let Clock::Tokio(_) = self else {
            return self.sleep(time).await;
        };
        let mut moves: Option<Mover<'_>> = None;
        let mut over = pin!(unconstrained(tokio::time::sleep(time)));
        poll_fn(|cx| {
            if over.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            if moves.is_none() && !mover.replace(true) {
                moves = Some(Mover::new(mover));
            }
            if let Some(moves) = &mut moves {
                moves.poll(cx);
            }
            while pin!(consume_budget()).poll(cx).is_ready() {}
            Poll::Pending
        })
        .await;
    }

    pub(crate) fn is_virtual(&self) -> bool {
        matches!(self, Clock::Virtual(_))
    }
}

/// Lets other tasks go first.
async fn yield_now() {
    let mut yielded = false;
    poll_fn(|cx| match std::mem::replace(&mut yielded, true) {
        true => Poll::Ready(()),
        false => {
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
}

const MILLI: Duration = Duration::from_millis(1);

/// The future that moves the clock, until it is dropped.
struct Mover<'a> {
    moves: &'a Cell<bool>,
    tick: Pin<Box<Sleep>>,
    /// The number of polls in this millisecond.
    polls: u32,
}

impl<'a> Mover<'a> {
    fn new(moves: &'a Cell<bool>) -> Self {
        Mover {
            moves,
            tick: Box::pin(tokio::time::sleep(MILLI)),
            polls: 0,
        }
    }

    /// Moves the clock by a millisecond once all others have acted in this one.
    fn poll(&mut self, cx: &mut Context<'_>) {
        const TURNS: u32 = 8;
        self.polls += 1;
        if self.polls == TURNS {
            let _ = pin!(advance(MILLI)).poll(cx);
        } else if self.polls > TURNS && pin!(unconstrained(self.tick.as_mut())).poll(cx).is_ready()
        {
            let next = self.tick.deadline() + MILLI;
            self.tick.as_mut().reset(next);
            self.polls = 0;
        }
    }
}

impl Drop for Mover<'_> {
    fn drop(&mut self) {
        self.moves.set(false);
    }
}
