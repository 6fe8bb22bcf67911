//! The service that every contender calls, and the policy of the call.

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

pub const ATTEMPTS: u32 = 5;
pub const INITIAL: Duration = Duration::from_millis(100);
pub const LONGEST: Duration = Duration::from_secs(10);

pub type Outcome = Result<u64, Error>;

#[derive(Clone, Copy, Debug)]
pub enum Error {
    Busy(#[allow(dead_code)] u32),
    Gone(#[allow(dead_code)] u32),
}

impl Error {
    pub fn is_transient(&self) -> bool {
        matches!(self, Error::Busy(_))
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Error {}

/// An outcome of two words, the first of which is written one byte at a time.
pub type Reply = Result<u64, Refusal>;

#[derive(Clone, Copy, Debug)]
pub enum Refusal {
    Busy,
    Gone,
}

/// Fails a number of times, then succeeds.
pub struct Service {
    failures: AtomicU32,
}

impl Service {
    pub const fn failing(times: u32) -> Self {
        Service {
            failures: AtomicU32::new(times),
        }
    }

    #[inline(never)]
    pub fn call(&self) -> Outcome {
        match self.failures.load(Relaxed) {
            0 => Ok(7),
            u32::MAX => Err(Error::Gone(1)),
            left => {
                self.failures.store(left - 1, Relaxed);
                Err(Error::Busy(left))
            }
        }
    }

    /// The same with another outcome.
    #[inline(never)]
    pub fn ask(&self) -> Reply {
        match self.failures.load(Relaxed) {
            0 => Ok(7),
            u32::MAX => Err(Refusal::Gone),
            left => {
                self.failures.store(left - 1, Relaxed);
                Err(Refusal::Busy)
            }
        }
    }

    /// The same with arguments, and a buffer that lives across an await.
    pub async fn send<const N: usize>(&self, key: &str, ids: [u64; 4]) -> Outcome {
        let buffer = [key.len() as u8; N];
        std::future::ready(()).await;
        black_box((&buffer, ids));
        self.call()
    }
}

/// A sleeper that does not sleep.
pub fn skip(pause: Duration) -> std::future::Ready<()> {
    black_box(pause);
    std::future::ready(())
}

/// The same for blocking code.
pub fn skip_blocking(pause: Duration) {
    black_box(pause);
}
