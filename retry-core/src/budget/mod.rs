//! What retries may cost a service: a budget that many calls draw from.

use alloc::boxed::Box;
use alloc::rc::Rc;
use core::fmt;
use core::time::Duration;
use std::sync::{Arc, OnceLock};

use crate::invalid::InvalidValue;
use crate::time::clock::Instant;
use crate::wait::Signal;

mod algorithm;
mod handle;
#[cfg(all(test, persevere_loom))]
mod model;
mod settings;
mod state;

pub use self::handle::BudgetHandle;
use self::settings::{Settings, validated};
pub use self::state::BudgetState;

/// Bounds the retries of all calls that name it, so that a service in trouble is not buried under
/// them: `budget = &BUDGET`.
///
/// A call that may not draw from it makes no further attempt; its reason is
/// [`StopReason::Budget`](crate::StopReason::Budget). First attempts are never refused. A call that
/// is cancelled before its retry begins gives back what it drew. Further copies of a hedged attempt
/// draw as retries do, and their cost is never refunded.
///
/// It is lock-free and `const`-constructible, so that it can be a `static`. Every count is exact,
/// however many threads draw. A value that can only be a mistake does not compile in a `static`;
/// for values known at run time there are the constructors that begin with `try_`.
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
#[derive(Debug)]
pub struct RetryBudget {
    settings: Settings,
    /// Made on first use: the constructors are `const`. Calls inside others may outlive the
    /// reference that the outer one has.
    state: OnceLock<Arc<BudgetState>>,
}

impl RetryBudget {
    const fn of(settings: Settings) -> Self {
        RetryBudget {
            settings,
            state: OnceLock::new(),
        }
    }

    /// Another budget by the same rules, nothing of which is spent.
    #[cfg(feature = "config")]
    pub(crate) const fn renewed(&self) -> Self {
        Self::of(self.settings)
    }

    /// A bucket of tokens, full at first: a retry costs 5, one after a timeout 10. A call that
    /// succeeds at first adds 1; one that succeeds at a retry gets back what that retry cost. The
    /// capacity, at least 10, is never exceeded.
    ///
    /// The quota of the [AWS SDKs](https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html),
    /// where the capacity is 500.
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
        Self::of(validated(Settings::tokens(capacity)))
    }

    /// As [`tokens`](RetryBudget::tokens), for a capacity known at run time.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::BudgetCapacity`].
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{InvalidValue, RetryBudget};
    ///
    /// assert!(RetryBudget::try_tokens(500).is_ok());
    /// assert_eq!(RetryBudget::try_tokens(9).unwrap_err(), InvalidValue::BudgetCapacity(9));
    /// ```
    pub fn try_tokens(capacity: u32) -> Result<Self, InvalidValue> {
        Settings::tokens(capacity).map(Self::of)
    }

    /// What a retry costs from a bucket of [`tokens`](RetryBudget::tokens), and what one after a
    /// timeout does: from 1 up to the capacity.
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
    pub const fn costs(mut self, retry: u32, timed_out: u32) -> Self {
        self.settings = validated(self.settings.costing(retry, timed_out));
        self
    }

    /// As [`costs`](RetryBudget::costs), for values known at run time.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::BudgetCost`], with the first cost that is none; [`InvalidValue::BudgetKind`] for a budget
    /// without tokens.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{InvalidValue, RetryBudget};
    ///
    /// let free = RetryBudget::try_tokens(500).unwrap().try_costs(0, 10);
    /// assert_eq!(free.unwrap_err(), InvalidValue::BudgetCost(0));
    /// ```
    pub fn try_costs(self, retry: u32, timed_out: u32) -> Result<Self, InvalidValue> {
        self.settings.costing(retry, timed_out).map(Self::of)
    }

    /// Over every window of time, retries are at most `ratio` of the calls, and 10 a second on top
    /// (see [`reserve`](RetryBudget::reserve)): `retries ≤ ratio · calls + reserve · window`.
    ///
    /// Whenever a retry is paid for, this holds for the window that ends there. The ratio is in `0..=1`,
    /// exact to a millionth. The window, 1 s to 60 s, moves by tenths of its length: calls count from
    /// where they begin, and no longer than it, retries from where they are paid for, and no shorter. This
    /// is the only budget that reads a clock: once for each call and each retry.
    ///
    /// Finagle's [`RetryBudget`](https://twitter.github.io/finagle/guide/Clients.html#retries), where
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
        Self::of(validated(Settings::ratio(ratio, window)))
    }

    /// As [`ratio`](RetryBudget::ratio), for values known at run time.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::BudgetRatio`], [`InvalidValue::BudgetWindow`].
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::{InvalidValue, RetryBudget};
    ///
    /// let percent = RetryBudget::try_ratio(20.0, Duration::from_secs(10));
    /// assert_eq!(percent.unwrap_err(), InvalidValue::BudgetRatio(20.0));
    /// ```
    pub fn try_ratio(ratio: f64, window: Duration) -> Result<Self, InvalidValue> {
        Settings::ratio(ratio, window).map(Self::of)
    }

    /// How many retries a second a [`ratio`](RetryBudget::ratio) allows whatever the calls; 10 by
    /// default. With a ratio of 0 it is all that there is.
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
    pub const fn reserve(mut self, per_second: u32) -> Self {
        self.settings = validated(self.settings.reserving(per_second));
        self
    }

    /// As [`reserve`](RetryBudget::reserve), for values known at run time.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::BudgetKind`] for a budget without a ratio.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{InvalidValue, RetryBudget};
    ///
    /// let tokens = RetryBudget::tokens(500).try_reserve(3);
    /// assert_eq!(tokens.unwrap_err(), InvalidValue::BudgetKind);
    /// ```
    pub fn try_reserve(self, per_second: u32) -> Result<Self, InvalidValue> {
        self.settings.reserving(per_second).map(Self::of)
    }

    /// A count that begins at `max_tokens`: every retryable failure takes 1, every call that succeeds
    /// adds `ratio`. No retry while it is at or below half of the maximum.
    ///
    /// The ratio is in `0.001..=1`; decimals after the third are ignored. Retries themselves cost
    /// nothing.
    ///
    /// gRPC's [retry throttling](https://github.com/grpc/proposal/blob/master/A6-client-retries.md#throttling-retry-attempts-and-hedged-rpcs),
    /// `maxTokens` and `tokenRatio`.
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
        Self::of(validated(Settings::throttle(max_tokens, ratio)))
    }

    /// As [`throttle`](RetryBudget::throttle), for values known at run time.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::BudgetCapacity`], [`InvalidValue::BudgetRatio`].
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{InvalidValue, RetryBudget};
    ///
    /// assert!(RetryBudget::try_throttle(10, 0.1).is_ok());
    /// assert_eq!(RetryBudget::try_throttle(0, 0.1).unwrap_err(), InvalidValue::BudgetCapacity(0));
    /// ```
    pub fn try_throttle(max_tokens: u32, ratio: f64) -> Result<Self, InvalidValue> {
        Settings::throttle(max_tokens, ratio).map(Self::of)
    }

    /// Refuses a retry when at least `minimum` are in flight and they are more than `ratio`, in
    /// `0..=1`, of all executions in flight, calls and retries: `retries / (calls + retries) > ratio`.
    ///
    /// A call is in flight to its end, pauses included; a retry while its attempt runs. It is paid for
    /// when its pause is over, so that calls that fail together do not all come back together. One that is
    /// refused then ends its call with the outcome that it has, or else with one made of
    /// [`Interrupt::Budget`](crate::Interrupt::Budget). A retry lands when its attempt ends.
    ///
    /// The rule is failsafe-go's, with 3 and 0.2 there.
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
        Self::of(validated(Settings::in_flight(minimum, ratio)))
    }

    /// As [`in_flight`](RetryBudget::in_flight), for values known at run time.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::BudgetRatio`].
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{InvalidValue, RetryBudget};
    ///
    /// assert_eq!(RetryBudget::try_in_flight(3, -0.2).unwrap_err(), InvalidValue::BudgetRatio(-0.2));
    /// ```
    pub fn try_in_flight(minimum: u32, ratio: f64) -> Result<Self, InvalidValue> {
        Settings::in_flight(minimum, ratio).map(Self::of)
    }

    /// So many retries and never more: for a batch, or a run of tests. With 0 there is no retry.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryBudget;
    ///
    /// let budget = RetryBudget::total(3);
    /// assert_eq!(budget.available(), 3);
    /// ```
    pub const fn total(retries: u32) -> Self {
        Self::of(Settings::total(retries))
    }

    /// How many retries would be granted now, one after the other, if every attempt failed and no
    /// other call began or ended.
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

    /// Retries and further copies that were paid for; one that was given back does not count.
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

    /// Retries and further copies that were refused.
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

    /// A call begins.
    #[doc(hidden)]
    #[inline]
    pub fn open(&self, clock: fn() -> Instant) -> BudgetHandle<'_> {
        BudgetHandle::borrowed(self.state(), clock)
    }

    /// What calls inside others draw from: it outlives the budget.
    #[doc(hidden)]
    pub fn shared(&self) -> Arc<BudgetState> {
        Arc::clone(self.state())
    }

    #[inline]
    fn state(&self) -> &Arc<BudgetState> {
        self.state
            .get_or_init(|| Arc::new(BudgetState::new(self.settings)))
    }
}

/// The share of the budget that is spent: 0 of a full one, 1 of one that refuses. A
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

/// One line: `96 retries available, 4 granted, 0 refused`.
impl fmt::Display for RetryBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let available = self.available();
        let noun = if available == 1 { "retry" } else { "retries" };
        write!(
            f,
            "{available} {noun} available, {} granted, {} refused",
            self.granted(),
            self.refused()
        )
    }
}

/// A [`RetryBudget`], or a reference to one: what `budget = ..` takes.
///
/// ```
/// # use persevere_core as persevere;
/// use std::sync::Arc;
/// use persevere::{RetryBudget, policy::Budget};
///
/// fn left(budget: impl Budget) -> u64 {
///     budget.budget().available()
/// }
/// assert_eq!(left(Arc::new(RetryBudget::total(3))), 3);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a retry budget",
    label = "expected `&RetryBudget`",
    note = "keep it in a `static BUDGET: RetryBudget = RetryBudget::tokens(500);` and write `budget = &BUDGET`"
)]
pub trait Budget {
    /// The budget itself.
    fn budget(&self) -> &RetryBudget;
}

#[diagnostic::do_not_recommend]
impl Budget for RetryBudget {
    #[inline]
    fn budget(&self) -> &RetryBudget {
        self
    }
}

macro_rules! budget_by_reference {
    ($($pointer:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Budget + ?Sized> Budget for $pointer {
            #[inline]
            fn budget(&self) -> &RetryBudget {
                (**self).budget()
            }
        }
    )+};
}

budget_by_reference!(&T, Box<T>, Rc<T>, Arc<T>);
