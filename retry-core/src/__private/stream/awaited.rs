//! The idle timeout of a stream whose openings are awaited.

use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

use super::shared::Shared;
use crate::call::interrupt::Interrupt;
use crate::policy::stream::Idle;

pin_project! {
    /// An idle timeout, or none, beside the news that an opening is complete.
    pub struct Awaited<'a, I, O> {
        #[pin]
        idle: I,
        from: &'a Shared<O>,
    }
}

impl<'a, I, O> Awaited<'a, I, O> {
    pub(super) fn new(idle: I, from: &'a Shared<O>) -> Self {
        Awaited { idle, from }
    }
}

impl<I: Idle<O, Z>, O, Z> Idle<O, Z> for Awaited<'_, I, O> {
    #[inline]
    fn moved(self: Pin<&mut Self>) {
        self.project().idle.moved();
    }

    fn poll_over(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        sleep: impl Fn(Duration) -> Z,
        heartbeats: impl FnOnce() -> u64,
    ) -> Poll<()> {
        self.project().idle.poll_over(cx, sleep, heartbeats)
    }

    fn limit(&self) -> Option<Duration> {
        self.idle.limit()
    }

    fn take_opened(&self) -> bool {
        self.from.lock().take_opened()
    }

    fn outcome(&self, interrupt: Interrupt) -> Option<O> {
        self.idle.outcome(interrupt)
    }
}
