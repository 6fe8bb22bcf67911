//! Counters, errors and runtimes of the shapes.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};

/// Counts attempts.
#[derive(Debug, Default)]
pub struct Tries(AtomicU32);

impl Tries {
    pub const fn new() -> Self {
        Tries(AtomicU32::new(0))
    }

    /// The number of the attempt that starts now.
    pub fn next(&self) -> u32 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The number of attempts made.
    pub fn made(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// Fails twice, then tells the number of the attempt.
    pub fn third(&self) -> Result<u32, Refused> {
        match self.next() {
            n @ 1..=2 => Err(Refused(n)),
            n => Ok(n),
        }
    }

    /// As [`third`](Tries::third), after a pause.
    pub async fn third_later(&self) -> Result<u32, Refused> {
        let outcome = self.third();
        persevere::__private::yield_now().await;
        outcome
    }
}

/// The error of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused(pub u32);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused {} times", self.0)
    }
}

impl std::error::Error for Refused {}

impl From<Refused> for std::io::Error {
    fn from(refused: Refused) -> Self {
        std::io::Error::new(std::io::ErrorKind::ConnectionRefused, refused)
    }
}

/// Polls until it is ready.
pub fn block_on<F: std::future::Future>(future: F) -> F::Output {
    let mut future = Box::pin(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

/// A sleeper that does not wait.
pub async fn no_timer(_: std::time::Duration) {}
