//! A timer of ours, beside sleepers of the user's own.
//!
//! A sleeper of the user's own can take longer than asked, or no time at all: what ends by the deadline
//! beside it is told by a timer that knows nothing of it.

use alloc::boxed::Box;
use core::fmt;
#[cfg(feature = "async")]
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

#[cfg(feature = "async")]
use crate::call::interrupt::Interrupt;
#[cfg(feature = "async")]
use crate::time::timeout::{Limit, limit};

/// A timer of ours.
#[cfg(any(feature = "tokio", feature = "futures-timer"))]
pub(crate) type Timer =
    <crate::time::sleep::DefaultSleeper as crate::time::sleep::AsyncSleep>::Sleeping;
/// No timer is enabled.
#[cfg(not(any(feature = "tokio", feature = "futures-timer")))]
pub(crate) type Timer = core::future::Pending<()>;

/// Makes a timer, where one is to be had.
#[cfg(any(feature = "tokio", feature = "futures-timer"))]
fn timer(pause: Duration) -> Option<Timer> {
    use crate::time::sleep::{AsyncSleep, DefaultSleeper};

    #[cfg(all(feature = "tokio", not(feature = "futures-timer")))]
    tokio::runtime::Handle::try_current().ok()?;
    // A runtime whose timers are disabled does not say so, but panics.
    std::panic::catch_unwind(|| AsyncSleep::sleep(&DefaultSleeper, pause)).ok()
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

/// The end of a pause or an attempt by the deadline, where a sleeper of the user's own measures it.
///
/// Its timer is in a box, since few have one, and is made when it is first polled: what is over at once needs none.
#[derive(Default)]
pub(crate) enum Alarm {
    #[default]
    Off,
    Set(Duration),
    On(Pin<Box<Timer>>),
}

impl Alarm {
    /// Goes off after this time, where a timer is to be had.
    #[inline]
    pub(crate) fn set(&mut self, left: Duration) {
        *self = Alarm::Set(left);
    }

    /// Never goes off.
    #[inline]
    pub(crate) fn clear(&mut self) {
        *self = Alarm::Off;
    }

    /// Ready once it has gone off.
    #[inline]
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Alarm::Set(left) = *self {
            *self = timer(left).map_or(Alarm::Off, |timer| Alarm::On(Box::pin(timer)));
        }
        match self {
            Alarm::On(timer) => heard(timer.as_mut(), cx),
            _ => Poll::Pending,
        }
    }
}

#[cfg(feature = "async")]
pin_project_lite::pin_project! {
    /// See [`no_later`].
    #[must_use = "futures do nothing unless awaited"]
    #[derive(Debug)]
    pub struct NoLater<T> {
        #[pin]
        timer: T,
        alarm: Alarm,
    }
}

/// A timer that a sleeper of the user's own makes, or the deadline by a timer of ours, whichever comes first.
#[cfg(feature = "async")]
#[inline]
pub fn no_later<T>(timer: T, deadline: Option<(Duration, Interrupt)>) -> NoLater<T> {
    let mut alarm = Alarm::default();
    if let Some((left, _)) = deadline {
        alarm.set(left);
    }
    NoLater { timer, alarm }
}

#[cfg(feature = "async")]
impl<T: Future<Output = Interrupt>> Future for NoLater<T> {
    type Output = Interrupt;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Interrupt> {
        let this = self.project();
        match this.timer.poll(cx) {
            Poll::Ready(interrupt) => Poll::Ready(interrupt),
            Poll::Pending => this.alarm.poll(cx).map(|()| Interrupt::Deadline),
        }
    }
}

#[cfg(feature = "async")]
fn heard(timer: Pin<&mut Timer>, cx: &mut Context<'_>) -> Poll<()> {
    crate::time::coop::on_time(timer, cx)
}

#[cfg(not(feature = "async"))]
fn heard(_: Pin<&mut Timer>, _: &mut Context<'_>) -> Poll<()> {
    Poll::Pending
}

impl fmt::Debug for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Alarm::Off => "Off",
            Alarm::Set(_) | Alarm::On(_) => "Set",
        })
    }
}
