//! A second count of the calls of a function, which the figures of `/metrics` are held to.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::task::{Context, Poll};

use persevere::{Attempt, RetryError, StopReason};

/// The calls of a function, and the runs of its body.
#[derive(Debug, Default)]
pub struct Seen {
    pub calls: AtomicU64,
    pub successes: AtomicU64,
    ends: [AtomicU64; StopReason::ALL.len()],
    /// Calls whose future was dropped: in an attempt, and elsewhere.
    pub dropped_in_attempt: AtomicU64,
    pub dropped: AtomicU64,
    /// Attempts that began, and further copies of them.
    pub attempts: AtomicU64,
    pub copies: AtomicU64,
}

impl Seen {
    /// Creates counters at zero.
    pub const fn new() -> Self {
        Seen {
            calls: AtomicU64::new(0),
            successes: AtomicU64::new(0),
            ends: [const { AtomicU64::new(0) }; StopReason::ALL.len()],
            dropped_in_attempt: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            attempts: AtomicU64::new(0),
            copies: AtomicU64::new(0),
        }
    }

    /// Counts a call.
    pub async fn watch<T, E, F>(&'static self, call: impl FnOnce(Call) -> F) -> F::Output
    where
        F: Future<Output = Result<T, RetryError<E>>>,
    {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let handle = Call {
            seen: self,
            running: Arc::default(),
            attempt: Arc::default(),
        };
        let running = handle.running.clone();
        Watched {
            future: Box::pin(call(handle)),
            seen: self,
            running,
            ended: false,
        }
        .await
    }

    /// Returns the number of calls that ended for this reason.
    pub fn ended(&self, reason: StopReason) -> u64 {
        self.ends[reason as usize].load(Ordering::Relaxed)
    }
}

/// A call of a function, to which its body reports.
#[derive(Clone, Debug)]
pub struct Call {
    seen: &'static Seen,
    running: Arc<AtomicU32>,
    attempt: Arc<AtomicU32>,
}

impl Call {
    /// Counts a run of the body until the value is dropped.
    pub fn run(&self, attempt: &Attempt) -> Run {
        let before = self.attempt.swap(attempt.number(), Ordering::Relaxed);
        let is_copy = before == attempt.number();
        let begun = if is_copy {
            &self.seen.copies
        } else {
            &self.seen.attempts
        };
        begun.fetch_add(1, Ordering::Relaxed);
        self.running.fetch_add(1, Ordering::Relaxed);
        Run(self.running.clone())
    }
}

/// A run of the body of a function.
#[derive(Debug)]
pub struct Run(Arc<AtomicU32>);

impl Drop for Run {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A call that is counted when it ends, or is dropped.
struct Watched<F> {
    future: Pin<Box<F>>,
    seen: &'static Seen,
    running: Arc<AtomicU32>,
    ended: bool,
}

impl<T, E, F: Future<Output = Result<T, RetryError<E>>>> Future for Watched<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let polled = self.future.as_mut().poll(cx);
        if let Poll::Ready(outcome) = &polled {
            self.ended = true;
            let end = match outcome {
                Ok(_) => &self.seen.successes,
                Err(error) => &self.seen.ends[error.reason() as usize],
            };
            end.fetch_add(1, Ordering::Relaxed);
        }
        polled
    }
}

// Before its future is dropped, and with it the attempt in flight.
impl<F> Drop for Watched<F> {
    fn drop(&mut self) {
        let dropped = match self.running.load(Ordering::Relaxed) {
            _ if self.ended => return,
            0 => &self.seen.dropped,
            _ => &self.seen.dropped_in_attempt,
        };
        dropped.fetch_add(1, Ordering::Relaxed);
    }
}
