//! A second count of the calls of a function, which the figures of `/metrics` are held to.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::task::{Context, Poll};

use persevere::{Attempt, RetryError, StopReason};

/// The calls of a function, and the runs of its body.
#[derive(Debug, Default)]
pub struct Seen {
    /// Calls that began.
    pub calls: Count,
    /// Calls that returned a value.
    pub successes: Count,
    ends: [Count; StopReason::ALL.len()],
    /// Calls whose future was dropped between two attempts, or before the first.
    pub dropped: Count,
    /// Calls whose future was dropped in an attempt.
    pub dropped_in_attempt: Count,
    /// Calls that ended because their deadline cut an attempt.
    pub cut: Count,
    /// Calls that made an attempt.
    pub first_attempts: Count,
    /// Attempts that began.
    pub attempts: Count,
    /// Further copies of attempts.
    pub copies: Count,
}

/// A number that threads count.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// Returns the number.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    const fn new() -> Self {
        Count(AtomicU64::new(0))
    }

    fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Seen {
    /// Creates counters at zero.
    pub const fn new() -> Self {
        Seen {
            calls: Count::new(),
            successes: Count::new(),
            ends: [const { Count::new() }; StopReason::ALL.len()],
            dropped: Count::new(),
            dropped_in_attempt: Count::new(),
            cut: Count::new(),
            first_attempts: Count::new(),
            attempts: Count::new(),
            copies: Count::new(),
        }
    }

    /// Counts a call.
    pub async fn watch<T, E, F>(&'static self, call: impl FnOnce(Call) -> F) -> F::Output
    where
        F: Future<Output = Result<T, RetryError<E>>>,
    {
        self.calls.add();
        let handle = Call {
            seen: self,
            state: Arc::default(),
        };
        Watched {
            call: handle.clone(),
            future: Box::pin(call(handle)),
            ended: false,
        }
        .await
    }

    /// Returns the number of calls that ended for this reason.
    pub fn ended(&self, reason: StopReason) -> u64 {
        self.ends[reason as usize].get()
    }

    /// Returns the number of calls that ended, or were dropped.
    pub fn over(&self) -> u64 {
        let ended: u64 = self.ends.iter().map(Count::get).sum();
        self.successes.get() + ended + self.dropped.get() + self.dropped_in_attempt.get()
    }
}

/// A call of a function, to which its body reports.
#[derive(Clone, Debug)]
pub struct Call {
    seen: &'static Seen,
    state: Arc<CallState>,
}

#[derive(Debug, Default)]
struct CallState {
    /// The number of the last attempt.
    attempt: AtomicU32,
    /// The bodies that run.
    running: AtomicU32,
    /// Whether the last body was dropped before its end.
    was_cut: AtomicBool,
}

impl Call {
    /// Counts a run of the body, which ends with [`Run::end`], or is cut.
    pub fn run(&self, attempt: &Attempt) -> Run {
        let before = self.state.attempt.swap(attempt.number(), Ordering::Relaxed);
        if before == attempt.number() {
            self.seen.copies.add();
        } else {
            self.seen.attempts.add();
        }
        if before == 0 {
            self.seen.first_attempts.add();
        }
        self.state.running.fetch_add(1, Ordering::Relaxed);
        Run {
            state: self.state.clone(),
            ended: false,
        }
    }
}

/// A run of the body of a function.
#[derive(Debug)]
pub struct Run {
    state: Arc<CallState>,
    ended: bool,
}

impl Run {
    /// Notes that the body comes to its end.
    pub fn end<T>(mut self, outcome: T) -> T {
        self.ended = true;
        outcome
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.state.running.fetch_sub(1, Ordering::Relaxed);
        self.state.was_cut.store(!self.ended, Ordering::Relaxed);
    }
}

/// A call that is counted when it ends, or is dropped.
struct Watched<F> {
    call: Call,
    future: Pin<Box<F>>,
    ended: bool,
}

impl<T, E, F: Future<Output = Result<T, RetryError<E>>>> Future for Watched<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let polled = self.future.as_mut().poll(cx);
        if let Poll::Ready(outcome) = &polled {
            self.ended = true;
            let (seen, state) = (self.call.seen, &self.call.state);
            match outcome.as_ref().map_err(RetryError::reason) {
                Ok(_) => seen.successes.add(),
                Err(reason) => seen.ends[reason as usize].add(),
            }
            let by_deadline = outcome
                .as_ref()
                .is_err_and(|e| e.reason() == StopReason::Deadline);
            if by_deadline && state.was_cut.load(Ordering::Relaxed) {
                seen.cut.add();
            }
        }
        polled
    }
}

// Before its future is dropped, and with it the attempt in flight.
impl<F> Drop for Watched<F> {
    fn drop(&mut self) {
        let seen = self.call.seen;
        match self.call.state.running.load(Ordering::Relaxed) {
            _ if self.ended => {}
            0 => seen.dropped.add(),
            _ => seen.dropped_in_attempt.add(),
        }
    }
}
