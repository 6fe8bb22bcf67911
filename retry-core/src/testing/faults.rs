//! A plan of faults.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::call::generator::Generator;
use crate::util::sync::AtomicU64;

/// The fault of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// No fault: the call goes through.
    None,
    /// The call fails.
    Error,
    /// The call panics; a connection is cut instead.
    Panic,
}

/// A plan of faults: the calls that fail, counted from the first, and the duration of each. Clones count
/// together, on any thread.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::testing::{Fault, Faults};
///
/// let faults = Faults::times(2);
/// let first = [faults.next(), faults.next(), faults.next()];
/// assert_eq!(first, [Fault::Error, Fault::Error, Fault::None]);
/// ```
#[derive(Clone, Debug)]
pub struct Faults {
    plan: Plan<Fault>,
    delay: Duration,
    calls: Arc<AtomicU64>,
}

/// A plan of faults of any kind.
#[derive(Clone, Debug)]
pub(super) enum Plan<F> {
    Times(u64, F),
    Rate { seed: u64, rate: f64, fault: F },
    Schedule(Arc<[F]>),
}

impl<F: Copy> Plan<F> {
    /// Returns the fault of a call, if it has one.
    pub(super) fn fault(&self, call: u64) -> Option<F> {
        match self {
            Plan::Times(failures, fault) => (call < *failures).then_some(*fault),
            Plan::Rate { seed, rate, fault } => (chance(*seed, call) < *rate).then_some(*fault),
            Plan::Schedule(faults) => faults.get(usize::try_from(call).ok()?).copied(),
        }
    }
}

impl Faults {
    /// Creates a plan in which the first calls fail, and all others go through.
    pub fn times(failures: u64) -> Self {
        Faults::of(Plan::Times(failures, Fault::Error))
    }

    /// Creates a plan in which each call fails with this probability.
    ///
    /// A rate outside of 0 to 1 counts as the nearer of them, and NaN as 0. The same call fails for the same
    /// seed, whatever the threads do.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::testing::{Fault, Faults};
    ///
    /// let failures = |rate| {
    ///     let faults = Faults::rate(rate, 7);
    ///     (0..1000).filter(|_| faults.next() == Fault::Error).count()
    /// };
    /// assert!((250..350).contains(&failures(0.3)));
    /// assert_eq!((failures(0.0), failures(1.0)), (0, 1000));
    /// assert_eq!(failures(0.3), failures(0.3));
    /// ```
    pub fn rate(rate: f64, seed: u64) -> Self {
        let fault = Fault::Error;
        Faults::of(Plan::Rate { seed, rate, fault })
    }

    /// Creates a plan with one fault for each call; all later calls go through.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::testing::{Fault, Faults};
    ///
    /// let faults = Faults::schedule([Fault::None, Fault::Panic]);
    /// assert_eq!((faults.next(), faults.next()), (Fault::None, Fault::Panic));
    /// assert_eq!(faults.next(), Fault::None);
    /// ```
    pub fn schedule(faults: impl IntoIterator<Item = Fault>) -> Self {
        Faults::of(Plan::Schedule(faults.into_iter().collect()))
    }

    /// Sets the time that each call takes before it goes through or fails.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Returns the fault of the next call.
    #[allow(clippy::should_implement_trait)] // It takes `&self`, and never ends.
    pub fn next(&self) -> Fault {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        self.plan.fault(call).unwrap_or(Fault::None)
    }

    /// Returns the number of calls so far.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    pub(super) fn each(&self) -> Duration {
        self.delay
    }

    fn of(plan: Plan<Fault>) -> Self {
        Faults {
            plan,
            delay: Duration::ZERO,
            calls: Arc::default(),
        }
    }
}

/// Draws from `U(0, 1)`, without 1, for one call of a seed.
fn chance(seed: u64, call: u64) -> f64 {
    let mut random = Generator::new(seed ^ call.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}
