//! A dependency that fails by a plan.

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::time::Duration;

use super::{Fault, Faults};
use crate::time::sleep::{DefaultSleeper, Sleep};

/// A dependency that fails by its [`Faults`], with any error.
///
/// Clones are the same dependency, and count their calls together.
///
/// ```
/// # use persevere_core as persevere;
/// use std::time::Duration;
/// use persevere::testing::{Flaky, Scope, VirtualClock};
///
/// let clock = VirtualClock::new();
/// let server = Flaky::times(1, || "refused").delay(Duration::from_secs(3));
/// Scope::new().clock(&clock).run(|| {
///     assert_eq!(server.call(|| Ok(7)), Err("refused"));
///     assert_eq!(server.call(|| Ok(7)), Ok(7));
/// });
/// assert_eq!((server.calls(), clock.elapsed()), (2, Duration::from_secs(6)));
/// ```
pub struct Flaky<E> {
    faults: Faults,
    error: Arc<dyn Fn() -> E + Send + Sync>,
}

impl<E> Flaky<E> {
    /// Creates a dependency that fails by these faults, with this error.
    pub fn new(faults: Faults, error: impl Fn() -> E + Send + Sync + 'static) -> Self {
        Flaky {
            faults,
            error: Arc::new(error),
        }
    }

    /// Creates a dependency whose first calls fail: [`Faults::times`].
    pub fn times(failures: u64, error: impl Fn() -> E + Send + Sync + 'static) -> Self {
        Flaky::new(Faults::times(failures), error)
    }

    /// Creates a dependency whose calls fail at random: [`Faults::rate`].
    pub fn rate(rate: f64, seed: u64, error: impl Fn() -> E + Send + Sync + 'static) -> Self {
        Flaky::new(Faults::rate(rate, seed), error)
    }

    /// Creates a dependency with one fault for each call: [`Faults::schedule`].
    pub fn schedule(
        faults: impl IntoIterator<Item = Fault>,
        error: impl Fn() -> E + Send + Sync + 'static,
    ) -> Self {
        Flaky::new(Faults::schedule(faults), error)
    }

    /// Sets the time that each call takes: virtual time, if a virtual clock exists or tokio's is paused.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.faults = self.faults.delay(delay);
        self
    }

    /// Returns the number of calls so far.
    pub fn calls(&self) -> u64 {
        self.faults.calls()
    }

    /// Calls `operation`, unless this call fails.
    ///
    /// # Errors
    ///
    /// The error of this dependency, or the operation's own.
    ///
    /// # Panics
    ///
    /// If the schedule has a panic for this call.
    pub fn call<T>(&self, operation: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let fault = self.faults.next();
        if !self.faults.each().is_zero() {
            Sleep::sleep(&DefaultSleeper, self.faults.each());
        }
        self.suffer(fault)?;
        operation()
    }

    /// Awaits the future of `operation`, unless this call fails.
    ///
    /// # Errors
    ///
    /// The error of this dependency, or the operation's own.
    ///
    /// # Panics
    ///
    /// If the schedule has a panic for this call, or if the delay has no runtime to wake it.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use persevere::testing::{Fault, Flaky};
    ///
    /// let server = Flaky::schedule([Fault::None, Fault::Error], || "refused");
    /// assert_eq!(server.call_async(|| async { Ok(7) }).await, Ok(7));
    /// assert_eq!(server.call_async(|| async { Ok(7) }).await, Err("refused"));
    /// # });
    /// ```
    #[cfg(any(feature = "tokio", feature = "futures-timer"))]
    pub async fn call_async<T, F>(&self, operation: impl FnOnce() -> F) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        let fault = self.faults.next();
        if let Some(delay) = self.delay_async() {
            delay.await;
        }
        self.suffer(fault)?;
        operation().await
    }

    #[cfg(any(feature = "tokio", feature = "futures-timer"))]
    pub(super) fn delay_async(
        &self,
    ) -> Option<<DefaultSleeper as crate::time::sleep::AsyncSleep>::Sleeping> {
        let delay = self.faults.each();
        (!delay.is_zero()).then(|| crate::time::sleep::AsyncSleep::sleep(&DefaultSleeper, delay))
    }

    #[cfg(all(feature = "tower", any(feature = "tokio", feature = "futures-timer")))]
    pub(super) fn next(&self) -> Fault {
        self.faults.next()
    }

    pub(super) fn suffer(&self, fault: Fault) -> Result<(), E> {
        match fault {
            Fault::None => Ok(()),
            Fault::Error => Err((self.error)()),
            Fault::Panic => panic!("a panic that the test asked for"),
        }
    }
}

/// Its panics are on purpose, and it goes on as scheduled.
impl<E> UnwindSafe for Flaky<E> {}
impl<E> RefUnwindSafe for Flaky<E> {}

impl<E> Clone for Flaky<E> {
    fn clone(&self) -> Self {
        Flaky {
            faults: self.faults.clone(),
            error: Arc::clone(&self.error),
        }
    }
}

impl<E> fmt::Debug for Flaky<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flaky")
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}
