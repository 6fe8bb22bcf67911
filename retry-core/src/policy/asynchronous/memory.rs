//! The memory of an async call, which lies in its future.

use alloc::boxed::Box;
use core::future::Future;
use core::task::{Context, Poll};
use core::time::Duration;

use crate::call::interrupt::Interrupt;
use crate::cancel::{Cancellation, Cancelled, Listener};
use crate::engine::machine::FullHistory;
use crate::guard::CallGuard;
use crate::policy::steps::{InPlace, Memory};
use crate::time::clock::read_async;
use crate::time::instant::Instant;
use crate::time::stopwatch::Stopwatch;

/// A kind of memory. It has no lifetime, so that a future that stores one can be in a task.
pub trait MemoryKind {
    /// The memory of a call with outcomes of type `O` that sleeps by `Z`.
    #[doc(hidden)]
    type Of<'p, O, Z: Future<Output = ()>>: AsyncMemory<'p, O, Z>;
}

/// The memory of an async call.
pub trait AsyncMemory<'p, O, Z: Future<Output = ()>>: Memory {
    /// Creates the memory of a call that has not begun; `made_of` makes an outcome of an interrupt.
    fn new(made_of: Option<fn(Interrupt) -> O>) -> Self;

    /// Returns the conversion of an interrupt that only the stop can cause.
    #[inline(always)]
    fn made_of(&self) -> Option<fn(Interrupt) -> O> {
        None
    }

    /// Keeps an outcome, since the call may end with it, or forgets the one that was kept.
    fn keep(&mut self, outcome: Option<O>);

    /// Returns whether an outcome is kept.
    fn keeps(&self) -> bool;

    /// Returns the outcome that was kept.
    fn take_kept(&mut self) -> Option<O>;

    /// Returns whether an outcome stands for an attempt that a token aborts: one that is kept, or one that is made of
    /// the interrupt.
    #[inline]
    fn has_outcome<G: CallGuard<O>>(&self, watch: &G) -> bool {
        self.made_of().is_some() || self.keeps() || watch.interrupts()
    }

    /// Listens to nothing any more.
    fn hush(&mut self);

    /// Returns whether it listens to the cancellation.
    fn listens(&self) -> bool;

    /// Returns the listener to the cancellation.
    fn listener(&mut self) -> &mut Listener<'p, Z>;

    /// Polls an attempt that a token aborts; one whose token was cancelled does not begin.
    #[inline]
    fn attempt_until<T>(
        &mut self,
        cx: &mut Context<'_>,
        poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
        sleep: impl FnOnce(Duration) -> Z,
        has_come: impl FnOnce() -> bool,
        signal: impl FnOnce() -> Cancellation<'p>,
    ) -> Poll<Result<T, Cancelled>> {
        if !self.listens() && has_come() {
            return Poll::Ready(Err(Cancelled));
        }
        self.poll_until(cx, poll, sleep, signal)
    }

    /// Polls a pause, which counts as cancelled even if it is over.
    #[inline]
    fn pause_until<T>(
        &mut self,
        cx: &mut Context<'_>,
        poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
        sleep: impl FnOnce(Duration) -> Z,
        has_come: impl FnOnce() -> bool,
        signal: impl FnOnce() -> Cancellation<'p>,
    ) -> Poll<Result<T, Cancelled>> {
        let is_cancelled = match self.listens() {
            true => self.listener().is_cancelled(cx),
            false => has_come(),
        };
        if is_cancelled {
            return Poll::Ready(Err(Cancelled));
        }
        self.poll_until(cx, poll, sleep, signal)
    }

    /// Polls a future, and beside it the cancellation. Only a future that is pending needs the `signal`.
    #[inline]
    fn poll_until<T>(
        &mut self,
        cx: &mut Context<'_>,
        poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
        sleep: impl FnOnce(Duration) -> Z,
        signal: impl FnOnce() -> Cancellation<'p>,
    ) -> Poll<Result<T, Cancelled>> {
        match poll(cx) {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending => self.listener().listen(cx, sleep, signal).map(Err),
        }
    }
}

/// The memory of a call that returns its outcome alone.
#[derive(Debug)]
pub enum Lean {}

impl MemoryKind for Lean {
    type Of<'p, O, Z: Future<Output = ()>> = LeanMemory<'p, O, Z>;
}

/// The memory of a call whose stop aborts attempts, and that allocates nothing for it.
#[derive(Debug)]
pub enum Abortable {}

impl MemoryKind for Abortable {
    type Of<'p, O, Z: Future<Output = ()>> = WholeMemory<'p, O, Z, false>;
}

/// The memory of a call that returns a report.
#[derive(Debug)]
pub(crate) enum Reported {}

impl MemoryKind for Reported {
    type Of<'p, O, Z: Future<Output = ()>> = WholeMemory<'p, O, Z, true>;
}

/// A memory in two words and the start of the call: most calls need no more. The rest is in a box, made on first
/// need.
pub struct LeanMemory<'p, O, Z> {
    started: Option<Instant>,
    rest: Option<Box<Rest<'p, O, Z>>>,
}

struct Rest<'p, O, Z> {
    history: FullHistory,
    kept: Option<O>,
    listener: Listener<'p, Z>,
}

impl<'p, O, Z: Future<Output = ()>> LeanMemory<'p, O, Z> {
    #[inline(always)]
    fn rest(&mut self) -> &mut Rest<'p, O, Z> {
        self.rest.get_or_insert_with(Rest::boxed)
    }
}

/// Drops the rest out of line, since few calls have one: otherwise every call would save registers for it.
impl<O, Z> Drop for LeanMemory<'_, O, Z> {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(rest) = self.rest.take() {
            rest.end();
        }
    }
}

impl<O, Z> Rest<'_, O, Z> {
    #[expect(
        clippy::boxed_local,
        reason = "the pointer alone leaves the call, which need not be in memory for it"
    )]
    #[cold]
    #[inline(never)]
    fn end(self: Box<Self>) {}
}

impl<O, Z: Future<Output = ()>> Rest<'_, O, Z> {
    #[cold]
    fn boxed() -> Box<Self> {
        Box::new(Rest {
            history: FullHistory::default(),
            kept: None,
            listener: Listener::idle(),
        })
    }
}

impl<O, Z: Future<Output = ()>> Memory for LeanMemory<'_, O, Z> {
    const REPORTS: bool = false;

    #[inline(always)]
    fn start(&mut self, stopwatch: Stopwatch) {
        self.started = stopwatch.started();
    }

    #[inline(always)]
    fn stopwatch(&self) -> Stopwatch {
        Stopwatch::since(self.started, read_async)
    }

    #[inline(always)]
    fn history(&self) -> Option<&FullHistory> {
        self.rest.as_ref().map(|rest| &rest.history)
    }

    #[inline(always)]
    fn history_mut(&mut self) -> &mut FullHistory {
        &mut self.rest().history
    }
}

impl<'p, O, Z: Future<Output = ()>> AsyncMemory<'p, O, Z> for LeanMemory<'p, O, Z> {
    #[inline(always)]
    fn new(_: Option<fn(Interrupt) -> O>) -> Self {
        LeanMemory {
            started: None,
            rest: None,
        }
    }

    #[inline(always)]
    fn keep(&mut self, outcome: Option<O>) {
        if outcome.is_some() || self.rest.is_some() {
            self.rest().kept = outcome;
        }
    }

    #[inline(always)]
    fn keeps(&self) -> bool {
        self.rest.as_ref().is_some_and(|rest| rest.kept.is_some())
    }

    #[inline(always)]
    fn take_kept(&mut self) -> Option<O> {
        self.rest.as_mut()?.kept.take()
    }

    #[inline(always)]
    fn hush(&mut self) {
        if let Some(rest) = &mut self.rest {
            rest.listener = Listener::idle();
        }
    }

    #[inline]
    fn listens(&self) -> bool {
        let rest = self.rest.as_ref();
        rest.is_some_and(|rest| !rest.listener.is_idle())
    }

    #[inline]
    fn listener(&mut self) -> &mut Listener<'p, Z> {
        &mut self.rest().listener
    }
}

/// A memory in place.
pub struct WholeMemory<'p, O, Z, const REPORTS: bool> {
    memory: InPlace<REPORTS>,
    kept: Option<O>,
    made_of: Option<fn(Interrupt) -> O>,
    listener: Listener<'p, Z>,
}

impl<O, Z, const REPORTS: bool> Memory for WholeMemory<'_, O, Z, REPORTS> {
    const REPORTS: bool = REPORTS;

    #[inline(always)]
    fn start(&mut self, stopwatch: Stopwatch) {
        self.memory.start(stopwatch);
    }

    #[inline(always)]
    fn stopwatch(&self) -> Stopwatch {
        self.memory.stopwatch()
    }

    #[inline(always)]
    fn history(&self) -> Option<&FullHistory> {
        self.memory.history()
    }

    #[inline(always)]
    fn history_mut(&mut self) -> &mut FullHistory {
        self.memory.history_mut()
    }
}

impl<'p, O, Z, const REPORTS: bool> AsyncMemory<'p, O, Z> for WholeMemory<'p, O, Z, REPORTS>
where
    Z: Future<Output = ()>,
{
    #[inline(always)]
    fn new(made_of: Option<fn(Interrupt) -> O>) -> Self {
        WholeMemory {
            memory: InPlace::new(),
            kept: None,
            made_of,
            listener: Listener::idle(),
        }
    }

    #[inline(always)]
    fn made_of(&self) -> Option<fn(Interrupt) -> O> {
        self.made_of
    }

    #[inline(always)]
    fn keep(&mut self, outcome: Option<O>) {
        self.kept = outcome;
    }

    #[inline(always)]
    fn keeps(&self) -> bool {
        self.kept.is_some()
    }

    #[inline(always)]
    fn take_kept(&mut self) -> Option<O> {
        self.kept.take()
    }

    #[inline]
    fn hush(&mut self) {
        self.listener = Listener::idle();
    }

    #[inline]
    fn listens(&self) -> bool {
        !self.listener.is_idle()
    }

    #[inline]
    fn listener(&mut self) -> &mut Listener<'p, Z> {
        &mut self.listener
    }
}
