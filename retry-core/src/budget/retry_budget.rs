//! The retry budget.

use core::fmt;
use core::mem;
use core::time::Duration;
use std::sync::OnceLock;

use super::handle::BudgetHandle;
use super::settings::{AlgorithmSettings, Settings};
use super::state::BudgetState;
use crate::invalid::InvalidValue;
use crate::time::clock::Instant;
#[cfg(not(all(test, persevere_loom)))]
use crate::util::listed::Kind;
use crate::util::local_arc::{LocalArc, Shared};
use crate::wait::Signal;

/// A limit on the retries of all calls that share it, so that retries cannot bury a service in trouble:
/// `budget = &BUDGET`.
///
/// A call that the budget refuses makes no further attempt; its reason is
/// [`StopReason::Budget`](crate::StopReason::Budget). First attempts are never refused. A call that is
/// cancelled before its retry begins refunds its withdrawal. Further copies of a hedged attempt cost as much
/// as retries, and their cost is never refunded.
///
/// It is lock-free and `const`-constructible, so that it can be a `static`. Every count is exact,
/// however many threads withdraw. A value that can only be a mistake does not compile in a `static`; for values
/// known only at run time, call the same methods on [`Settings`] and end with [`build`](Settings::build).
///
/// | constructor | a retry is refused when | known from |
/// |---|---|---|
/// | [`tokens`](RetryBudget::tokens) | the bucket cannot pay for it | AWS SDKs |
/// | [`ratio`](RetryBudget::ratio) | there were too many for the calls of a time window | Finagle |
/// | [`throttle`](RetryBudget::throttle) | failures outweigh successes | gRPC |
/// | [`in_flight`](RetryBudget::in_flight) | too many are in flight for the calls in flight | failsafe-go |
/// | [`total`](RetryBudget::total) | all of a fixed number are spent | – |
///
/// ```
/// # use persevere_core as persevere;
/// use std::time::Duration;
/// use persevere::RetryBudget;
///
/// // 20 % of the calls of the last 10 seconds, and 10 a second on top.
/// static PAYMENTS: RetryBudget = RetryBudget::ratio(0.2, Duration::from_secs(10));
///
/// assert_eq!(PAYMENTS.to_string(), "100 retries available, 0 granted, 0 refused");
/// ```
///
/// ```compile_fail,E0080
/// # use persevere_core as persevere;
/// use persevere::RetryBudget;
///
/// static BUDGET: RetryBudget = RetryBudget::throttle(10, f64::NAN);
/// ```
pub struct RetryBudget {
    name: Option<&'static str>,
    pub(super) settings: AlgorithmSettings,
    /// Made and listed on first use, since the constructors are `const`. Nested calls may outlive the outer call's
    /// reference.
    state: OnceLock<Shared<BudgetState>>,
}

impl RetryBudget {
    const fn of(settings: AlgorithmSettings) -> Self {
        RetryBudget {
            name: None,
            settings,
            state: OnceLock::new(),
        }
    }

    /// Returns a new budget. One that was used before it was complete begins with these settings.
    const fn with(self, name: Option<&'static str>, settings: AlgorithmSettings) -> Self {
        // No constant can drop a value.
        mem::forget(self);
        RetryBudget {
            name,
            settings,
            state: OnceLock::new(),
        }
    }

    /// Returns an unspent budget of the same settings.
    #[cfg(feature = "config")]
    pub(crate) const fn renewed(&self) -> Self {
        Self::of(self.settings)
    }

    /// Sets the name that people know it by, in the [inventory](crate::inventory()) and in metrics.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryBudget;
    ///
    /// static CHECKOUT: RetryBudget = RetryBudget::tokens(500).named("checkout");
    /// assert_eq!(CHECKOUT.name(), Some("checkout"));
    /// ```
    #[must_use]
    pub const fn named(self, name: &'static str) -> Self {
        let settings = self.settings;
        self.with(Some(name), settings)
    }

    /// Returns its name, if it has one.
    pub const fn name(&self) -> Option<&'static str> {
        self.name
    }

    /// Creates a bucket of tokens, full at first: a retry costs 5 tokens, or 10 after a timeout.
    ///
    /// A call that succeeds at its first attempt adds 1. One that succeeds at a retry returns the cost of
    /// that retry. The capacity, at least 10, is never exceeded.
    ///
    /// It is the quota of the [AWS
    /// SDKs](https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html), where the capacity
    /// is 500.
    ///
    /// # Panics
    ///
    /// On a capacity below 10, which a `static` reports when it is compiled.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryBudget;
    ///
    /// static BUDGET: RetryBudget = RetryBudget::tokens(500);
    /// assert_eq!(BUDGET.available(), 100);
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use persevere::RetryBudget;
    /// static BUDGET: RetryBudget = RetryBudget::tokens(9);
    /// ```
    pub const fn tokens(capacity: u32) -> Self {
        Self::of(Settings::tokens(capacity).validated())
    }

    /// Sets the cost of a retry from a bucket of [`tokens`](RetryBudget::tokens), and of one after a
    /// timeout: from 1 up to the capacity.
    ///
    /// # Panics
    ///
    /// On other costs, and on a budget without tokens; a `static` reports both when it is compiled.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryBudget;
    ///
    /// static BUDGET: RetryBudget = RetryBudget::tokens(500).costs(2, 2);
    /// assert_eq!(BUDGET.available(), 250);
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use persevere::RetryBudget;
    /// static BUDGET: RetryBudget = RetryBudget::tokens(500).costs(5, 501);
    /// ```
    #[must_use]
    pub const fn costs(self, retry: u32, timed_out: u32) -> Self {
        let settings = Settings::of(self.settings).costs(retry, timed_out);
        let name = self.name;
        self.with(name, settings.validated())
    }

    /// Creates a budget by the calls of a window of time.
    ///
    /// Over every window, retries are at most `ratio` of the calls, and 10 a second on top (see
    /// [`reserve`](RetryBudget::reserve)): `retries ≤ ratio · calls + reserve · window`.
    ///
    /// Whenever a retry is paid for, this holds for the window that ends there. The ratio is in `0..=1`,
    /// exact to a millionth. The window, 1 s to 60 s, moves by tenths of its length. Calls count from their
    /// beginning, for at most the window; retries count from their payment, for at least the window. This is
    /// the only budget that reads a clock: once for each call and each retry.
    ///
    /// It is Finagle's [`RetryBudget`](https://twitter.github.io/finagle/guide/Clients.html#retries), where
    /// the ratio is 0.2 and the window 10 s.
    ///
    /// # Panics
    ///
    /// On another ratio or window, which a `static` reports when it is compiled.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::RetryBudget;
    ///
    /// static BUDGET: RetryBudget = RetryBudget::ratio(0.2, Duration::from_secs(10));
    /// assert_eq!(BUDGET.available(), 100);
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use persevere::RetryBudget;
    /// static BUDGET: RetryBudget = RetryBudget::ratio(0.2, std::time::Duration::ZERO);
    /// ```
    pub const fn ratio(ratio: f64, window: Duration) -> Self {
        Self::of(Settings::ratio(ratio, window).validated())
    }

    /// Sets the retries a second that a [`ratio`](RetryBudget::ratio) allows regardless of the calls; 10 by
    /// default. With a ratio of 0 nothing else is allowed.
    ///
    /// # Panics
    ///
    /// On a budget of another kind, which a `static` reports when it is compiled.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::RetryBudget;
    ///
    /// const WINDOW: Duration = Duration::from_secs(10);
    /// static BUDGET: RetryBudget = RetryBudget::ratio(0.0, WINDOW).reserve(3);
    /// assert_eq!(BUDGET.available(), 30);
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use persevere::RetryBudget;
    /// static BUDGET: RetryBudget = RetryBudget::tokens(500).reserve(3);
    /// ```
    #[must_use]
    pub const fn reserve(self, per_second: u32) -> Self {
        let settings = Settings::of(self.settings).reserve(per_second);
        let name = self.name;
        self.with(name, settings.validated())
    }

    /// Creates a count that begins at `max_tokens`: every retryable failure takes 1, every call that succeeds
    /// adds `ratio`. Retries are refused while it is at or below half of the maximum.
    ///
    /// The ratio is in `0.001..=1`; decimals after the third are ignored. Retries themselves cost nothing.
    ///
    /// It is gRPC's [retry
    /// throttling](https://github.com/grpc/proposal/blob/master/A6-client-retries.md#throttling-retry-attempts-and-hedged-rpcs),
    /// with `maxTokens` and `tokenRatio`.
    ///
    /// # Panics
    ///
    /// On another ratio, or a maximum of 0, which a `static` reports when it is compiled.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryBudget;
    ///
    /// // The fifth failure leaves half.
    /// static BUDGET: RetryBudget = RetryBudget::throttle(10, 0.1);
    /// assert_eq!(BUDGET.available(), 4);
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use persevere::RetryBudget;
    /// static BUDGET: RetryBudget = RetryBudget::throttle(10, 0.0005);
    /// ```
    pub const fn throttle(max_tokens: u32, ratio: f64) -> Self {
        Self::of(Settings::throttle(max_tokens, ratio).validated())
    }

    /// Creates a budget of retries in flight.
    ///
    /// A retry is refused when at least `minimum` are in flight and they are more than `ratio`, in `0..=1`,
    /// of all executions, calls and retries: `retries / (calls + retries) > ratio`.
    ///
    /// A call is in flight to its end, pauses included; a retry only while its attempt runs. It is paid for
    /// when its pause is over, so that calls that fail together do not all come back together. A refusal then
    /// ends the call with the outcome of its last attempt, or else with one made of
    /// [`Interrupt::Budget`](crate::Interrupt::Budget).
    ///
    /// The rule is failsafe-go's, whose values are 3 and 0.2.
    ///
    /// # Panics
    ///
    /// On another ratio, which a `static` reports when it is compiled.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryBudget;
    ///
    /// static BUDGET: RetryBudget = RetryBudget::in_flight(3, 0.2);
    /// assert_eq!(BUDGET.available(), 3);
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use persevere::RetryBudget;
    /// static BUDGET: RetryBudget = RetryBudget::in_flight(3, 1.1);
    /// ```
    pub const fn in_flight(minimum: u32, ratio: f64) -> Self {
        Self::of(Settings::in_flight(minimum, ratio).validated())
    }

    /// Creates a fixed number of retries that never refills, for a batch or a run of tests; 0 refuses every
    /// retry.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryBudget;
    ///
    /// let budget = RetryBudget::total(3);
    /// assert_eq!(budget.available(), 3);
    /// ```
    pub const fn total(retries: u32) -> Self {
        Self::of(Settings::total(retries).validated())
    }

    /// Returns the number of retries that would be granted now, one after the other, if every attempt failed
    /// and no other call began or ended.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryBudget;
    ///
    /// assert_eq!(RetryBudget::total(3).available(), 3);
    /// ```
    pub fn available(&self) -> u64 {
        self.state().available()
    }

    /// Returns the number of retries and further copies that were paid for, without those that were refunded.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryBudget;
    ///
    /// assert_eq!(RetryBudget::total(3).granted(), 0);
    /// ```
    pub fn granted(&self) -> u64 {
        self.state().granted()
    }

    /// Returns the number of retries and further copies that were refused.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryBudget;
    ///
    /// assert_eq!(RetryBudget::total(0).refused(), 0);
    /// ```
    pub fn refused(&self) -> u64 {
        self.state().refused()
    }

    /// Opens the handle of a call that begins.
    #[inline]
    pub(crate) fn open(&self, clock: fn() -> Instant) -> BudgetHandle<'_> {
        BudgetHandle::borrowed(self.state(), clock)
    }

    /// Returns the state that nested calls withdraw from, which outlives the budget.
    #[inline]
    pub(crate) fn shared(&self) -> LocalArc<BudgetState> {
        self.state().local().clone()
    }

    #[inline]
    pub(crate) fn state(&self) -> &Shared<BudgetState> {
        self.state.get_or_init(|| {
            let state = Shared::new(BudgetState::new(self.name, self.settings));
            #[cfg(not(all(test, persevere_loom)))]
            BudgetState::list().add(state.arc());
            state
        })
    }
}

/// The pressure is the share of the budget that is spent: 0 when full, 1 when it refuses. A
/// [`throttle`](RetryBudget::throttle) is spent at half of its maximum.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{RetryBudget, wait::Signal};
///
/// assert_eq!(RetryBudget::tokens(500).pressure(), 0.0);
/// assert_eq!(RetryBudget::total(0).pressure(), 1.0);
/// ```
#[diagnostic::do_not_recommend]
impl Signal for RetryBudget {
    fn pressure(&self) -> f64 {
        self.state().pressure()
    }
}

/// Writes one line: `96 retries available, 4 granted, 0 refused`.
impl fmt::Display for RetryBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_retries(f, self.available(), self.granted(), self.refused())
    }
}

impl fmt::Debug for RetryBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryBudget")
            .field("name", &self.name)
            .field("available", &self.available())
            .field("granted", &self.granted())
            .field("refused", &self.refused())
            .finish_non_exhaustive()
    }
}

/// Writes the retries of a budget: those that are left, and the totals.
pub(crate) fn write_retries(
    f: &mut fmt::Formatter<'_>,
    available: u64,
    granted: u64,
    refused: u64,
) -> fmt::Result {
    let noun = if available == 1 { "retry" } else { "retries" };
    write!(
        f,
        "{available} {noun} available, {granted} granted, {refused} refused"
    )
}

impl Settings {
    /// Builds the budget.
    ///
    /// # Errors
    ///
    /// The first value that can only be a mistake.
    pub const fn build(self) -> Result<RetryBudget, InvalidValue> {
        match self.checked() {
            Ok(settings) => Ok(RetryBudget::of(settings)),
            Err(invalid) => Err(invalid),
        }
    }
}
