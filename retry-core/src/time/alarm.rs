//! A built-in timer, beside sleepers of the user's own.
//!
//! A sleeper of the user's own can take longer than asked, or no time at all: a pause or an attempt beside it
//! ends by the deadline on an independent timer.

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

/// A built-in timer.
#[cfg(any(feature = "tokio", feature = "futures-timer"))]
pub(crate) type Timer =
    <crate::time::sleep::DefaultSleeper as crate::time::sleep::AsyncSleep>::Sleeping;
/// The built-in timer of a build without one.
#[cfg(not(any(feature = "tokio", feature = "futures-timer")))]
pub(crate) type Timer = core::future::Pending<()>;

/// Makes a timer, if one is available.
#[cfg(any(feature = "tokio", feature = "futures-timer"))]
fn timer(pause: Duration) -> Option<Timer> {
    use crate::time::sleep::{AsyncSleep, DefaultSleeper};

    #[cfg(all(feature = "tokio", not(feature = "futures-timer")))]
    tokio::runtime::Handle::try_current().ok()?;
    // A runtime with disabled timers cannot be recognised, but panics.
    crate::util::caught::caught(|| AsyncSleep::sleep(&DefaultSleeper, pause))
}

/// Makes no timer.
#[cfg(not(any(feature = "tokio", feature = "futures-timer")))]
fn timer(_: Duration) -> Option<Timer> {
    None
}

/// Returns a limit by a built-in timer; without a timer nothing is limited.
#[cfg(feature = "async")]
#[inline]
pub fn alarm(of: Option<(Duration, Interrupt)>) -> Limit<Timer> {
    limit(of.and_then(|(left, interrupt)| Some((timer(left)?, interrupt))))
}

/// The end of a pause or an attempt by the deadline, if a sleeper of the user's own measures it.
///
/// Its timer is in a box, since few calls have one. It is made when it is first polled, since a future that
/// is ready at once needs none.
#[derive(Default)]
pub(crate) enum Alarm {
    #[default]
    Off,
    Set(Duration),
    On(Pin<Box<Timer>>),
}

impl Alarm {
    /// Lets it go off after this time, if a timer is available.
    #[inline]
    pub(crate) fn set(&mut self, left: Duration) {
        *self = Alarm::Set(left);
    }

    /// Returns whether it is to go off.
    #[cfg(feature = "stream")]
    pub(crate) fn is_set(&self) -> bool {
        !matches!(self, Alarm::Off)
    }

    /// Keeps it from going off.
    #[inline]
    pub(crate) fn clear(&mut self) {
        *self = Alarm::Off;
    }

    /// Returns `Ready` once it has gone off.
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
    /// The future of [`no_later`].
    #[must_use = "futures do nothing unless awaited"]
    #[derive(Debug)]
    pub struct NoLater<T> {
        #[pin]
        timer: T,
        alarm: Alarm,
    }
}

/// Returns a timer of the user's own, or the deadline by a built-in timer, whichever comes first.
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
