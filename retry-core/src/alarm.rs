//! A timer of ours, beside sleepers of the user's own.
//!
//! A sleeper of the user's own can take longer than asked, or no time at all: what ends by the deadline
//! beside it is told by a timer that knows nothing of it.

use alloc::boxed::Box;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

#[cfg(feature = "async")]
use crate::cut::{Limit, limit};
#[cfg(feature = "async")]
use crate::interrupt::Interrupt;

/// A timer of ours.
#[cfg(any(feature = "tokio", feature = "futures-timer"))]
pub(crate) type Timer = <crate::sleep::Auto as crate::sleep::AsyncSleep>::Sleeping;
/// No timer is enabled.
#[cfg(not(any(feature = "tokio", feature = "futures-timer")))]
pub(crate) type Timer = core::future::Pending<()>;

/// Makes a timer, where one is to be had.
#[cfg(any(feature = "tokio", feature = "futures-timer"))]
fn timer(pause: Duration) -> Option<Timer> {
    use crate::sleep::{AsyncSleep, Auto};

    #[cfg(all(feature = "tokio", not(feature = "futures-timer")))]
    tokio::runtime::Handle::try_current().ok()?;
    // A runtime whose timers are disabled does not say so, but panics.
    std::panic::catch_unwind(|| AsyncSleep::sleep(&Auto, pause)).ok()
}

/// Makes no timer.
#[cfg(not(any(feature = "tokio", feature = "futures-timer")))]
fn timer(_: Duration) -> Option<Timer> {
    None
}

/// A limit told by a timer of ours; without one nothing is limited.
#[cfg(feature = "async")]
#[inline]
pub fn alarm(of: Option<(Duration, Interrupt)>) -> Limit<Timer> {
    limit(of.and_then(|(left, interrupt)| Some((timer(left)?, interrupt))))
}

/// The end of a pause by the deadline, where a sleeper of the user's own sleeps: in a box, since few do.
#[derive(Default)]
pub(crate) struct Alarm(Option<Pin<Box<Timer>>>);

impl Alarm {
    /// Goes off after this time, where a timer is to be had.
    pub(crate) fn set(&mut self, left: Duration) {
        self.0 = timer(left).map(Box::pin);
    }

    /// Never goes off.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.0 = None;
    }

    /// Ready once it has gone off.
    #[inline]
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.0 {
            Some(timer) => heard(timer.as_mut(), cx),
            None => Poll::Pending,
        }
    }
}

#[cfg(feature = "async")]
fn heard(mut timer: Pin<&mut Timer>, cx: &mut Context<'_>) -> Poll<()> {
    use core::future::Future;
    crate::coop::on_time(cx, |cx| timer.as_mut().poll(cx))
}

#[cfg(not(feature = "async"))]
fn heard(_: Pin<&mut Timer>, _: &mut Context<'_>) -> Poll<()> {
    Poll::Pending
}

impl fmt::Debug for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Alarm").field(&self.0.is_some()).finish()
    }
}
