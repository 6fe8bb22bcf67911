//! The longest time that a stream may take to its next item.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use pin_project_lite::pin_project;

use crate::call::interrupt::Interrupt;
use crate::time::alarm::Alarm;
use crate::time::clock::read_async;
use crate::time::coop::{is_spent, on_time};
use crate::time::instant::Instant;

/// The idle timeout of a stream whose items are of type `O`, and whose timer is `Z`.
pub trait Idle<O, Z> {
    /// Notes that the stream was opened, or that an item came.
    #[doc(hidden)]
    fn moved(self: Pin<&mut Self>);

    /// Returns `Ready` if nothing has come for as long as it may take; the stream is pending.
    ///
    /// `heartbeats` returns a number that changes with each sign of life that is no item.
    #[doc(hidden)]
    fn poll_over(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        sleep: impl Fn(Duration) -> Z,
        heartbeats: impl FnOnce() -> u64,
    ) -> Poll<()>;

    /// Returns the longest time that an opening may take to its first item.
    #[doc(hidden)]
    fn limit(&self) -> Option<Duration>;

    /// Returns once whether the stream was opened by a future, before it has given an item.
    #[doc(hidden)]
    #[inline(always)]
    fn take_opened(&self) -> bool {
        false
    }

    /// Returns the outcome of an opening that it has cut.
    #[doc(hidden)]
    fn outcome(&self, interrupt: Interrupt) -> Option<O>;
}

/// The idle timeout of a stream without one.
#[derive(Clone, Copy, Debug)]
pub struct NeverIdle;

impl<O, Z> Idle<O, Z> for NeverIdle {
    #[inline(always)]
    fn moved(self: Pin<&mut Self>) {}

    #[inline(always)]
    fn poll_over(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: impl Fn(Duration) -> Z,
        _: impl FnOnce() -> u64,
    ) -> Poll<()> {
        Poll::Pending
    }

    #[inline(always)]
    fn limit(&self) -> Option<Duration> {
        None
    }

    #[inline(always)]
    fn outcome(&self, _: Interrupt) -> Option<O> {
        None
    }
}

pin_project! {
    /// An idle timeout; see [`RunStream::idle_timeout`](super::RunStream::idle_timeout).
    ///
    /// Its timer is not set again for each item: it reads the time, and the timer sleeps on for the rest.
    pub struct IdleTimeout<O, Z> {
        limit: Duration,
        outcome: fn(Interrupt) -> O,
        // The time since when somebody waits: an item that nobody has asked for is no silence.
        since: Option<Instant>,
        heartbeats: u64,
        #[pin]
        timer: Option<Z>,
        // In place of a sleeper that returns early.
        alarm: Alarm,
    }
}

impl<O, Z> IdleTimeout<O, Z> {
    pub(super) fn new(limit: Duration, outcome: fn(Interrupt) -> O) -> Self {
        IdleTimeout {
            limit,
            outcome,
            since: None,
            heartbeats: 0,
            timer: None,
            alarm: Alarm::default(),
        }
    }
}

impl<O, Z: Future<Output = ()>> Idle<O, Z> for IdleTimeout<O, Z> {
    #[inline]
    fn moved(self: Pin<&mut Self>) {
        *self.project().since = None;
    }

    fn poll_over(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        sleep: impl Fn(Duration) -> Z,
        heartbeats: impl FnOnce() -> u64,
    ) -> Poll<()> {
        let mut this = self.project();
        let heartbeats = heartbeats();
        if core::mem::replace(this.heartbeats, heartbeats) != heartbeats {
            *this.since = None;
        }
        let since = *this.since.get_or_insert_with(read_async);
        let mut fired = 0;
        loop {
            if let Some(timer) = this.timer.as_mut().as_pin_mut() {
                ready!(on_time(timer, cx));
                this.timer.set(None);
                fired += 1;
            } else if this.alarm.is_set() {
                ready!(this.alarm.poll(cx));
                this.alarm.clear();
            }
            let passed = read_async().saturating_duration_since(since);
            let left = this.limit.saturating_sub(passed);
            if left.is_zero() {
                // A stream may be pending for want of budget alone.
                return if is_spent() {
                    Poll::Pending
                } else {
                    Poll::Ready(())
                };
            }
            if fired < 2 {
                this.timer.set(Some(sleep(left)));
                continue;
            }
            this.alarm.set(left);
            let polled = this.alarm.poll(cx);
            if !this.alarm.is_set() {
                // Other tasks run between two pauses of a sleeper that returns at once.
                cx.waker().wake_by_ref();
            }
            ready!(polled);
        }
    }

    fn limit(&self) -> Option<Duration> {
        Some(self.limit)
    }

    fn outcome(&self, interrupt: Interrupt) -> Option<O> {
        Some((self.outcome)(interrupt))
    }
}
