//! Callbacks of a policy, and the argument of a fallback.

use core::marker::PhantomData;
use core::time::Duration;

use crate::call::error::StopReason;
use crate::call::outcome::Outcome;
use crate::call::state::{EventMask, RetryState};

/// A callback of the attribute: a function over [`RetryState`], or
/// [`log_warn()`](crate::telemetry::log_warn) and its like.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::policy::Callback;
/// use persevere::{Outcome, RetryState};
///
/// /// Any function over the state is a callback of the attribute: `before_sleep = shout`.
/// fn shout<O: Outcome>(state: &RetryState<'_, O>) {
///     eprintln!("ATTEMPT {} OF {} FAILED", state.attempt(), state.name());
/// }
/// # fn is_callback<O: Outcome>(_: impl Callback<O>) {}
/// # is_callback::<Option<u8>>(shout);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a callback",
    label = "expected `|state| ..`, or a function over `&RetryState<'_, {O}>`",
    note = "callbacks that write a line are `log_error()` to `log_trace()`"
)]
pub trait Callback<O> {
    /// Notifies the callback of an event; a `Some` outcome ends the call.
    fn call(&mut self, state: &RetryState<'_, O>) -> Option<O>;
}

impl<O, T, F> Callback<O> for F
where
    T: Ending<O>,
    F: FnMut(&RetryState<'_, O>) -> T,
{
    #[inline]
    fn call(&mut self, state: &RetryState<'_, O>) -> Option<O> {
        self(state).ending()
    }
}

/// The value of a callback: `()`, or a `Result` whose error ends the call.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a callback cannot return `{Self}` here",
    label = "expected `()`, or `Result<(), E>` with the function's own `E`",
    note = "to ignore the value, end with `;` in braces: `|state| {{ ..; }}`",
    note = "to await a future, write `async |state| ..`, in an async function"
)]
pub trait Ending<O> {
    /// Returns the outcome that ends the call.
    fn ending(self) -> Option<O>;
}

#[diagnostic::do_not_recommend]
impl<O> Ending<O> for () {
    #[inline(always)]
    fn ending(self) -> Option<O> {
        None
    }
}

#[diagnostic::do_not_recommend]
impl<T, E> Ending<Result<T, E>> for Result<(), E> {
    #[inline]
    fn ending(self) -> Option<Result<T, E>> {
        self.err().map(Err)
    }
}

/// The value of a callback that always panics.
#[diagnostic::do_not_recommend]
impl<O> Ending<O> for <fn() -> ! as Returns>::Value {
    fn ending(self) -> Option<O> {
        self
    }
}

/// The return type of a function, which names `!`.
#[doc(hidden)]
pub trait Returns {
    type Value;
}

impl<T> Returns for fn() -> T {
    type Value = T;
}

/// The callbacks of a policy: `()`, or some callbacks and one more.
pub trait Hooks<O> {
    /// Whether any callback observes the call; otherwise nothing is computed for callbacks.
    #[doc(hidden)]
    const ACTIVE: bool = true;
    /// Whether any callback is told the time of the call; otherwise no clock is read for them.
    #[doc(hidden)]
    const READS_CLOCK: bool = true;
    /// Whether the callbacks read the sum of the pauses, or the pause before.
    #[doc(hidden)]
    const READS_HISTORY: bool = Self::ACTIVE;
    /// The events that one of them reports.
    #[doc(hidden)]
    const HANDLES: EventMask = EventMask::NOTHING;
    /// Whether one of them counts the calls as metrics.
    #[doc(hidden)]
    const COUNTS: bool = false;
    /// Whether one of them is a fallback.
    #[doc(hidden)]
    const FALLS_BACK: bool = false;
    #[doc(hidden)]
    fn before(&self, _: &RetryState<'_, O>) {}
    #[doc(hidden)]
    fn after(&self, _: &RetryState<'_, O>) {}
    #[doc(hidden)]
    fn before_sleep(&self, _: &RetryState<'_, O>) {}
    #[doc(hidden)]
    fn on_success(&self, _: &RetryState<'_, O>) {}
    #[doc(hidden)]
    fn on_failure(&self, _: &RetryState<'_, O>) {}
    /// Replaces the outcome of a call that gave up; a further fallback only one that still `fails`.
    #[doc(hidden)]
    fn fall_back(&self, give_up: GiveUp<O>, _fails: &impl Fn(&O) -> bool) -> GiveUp<O> {
        give_up
    }
    /// Returns the time before the deadline that is reserved for the fallback.
    #[doc(hidden)]
    #[inline]
    fn reserves(&self) -> Duration {
        Duration::ZERO
    }
    /// Notes that a pause begins.
    #[doc(hidden)]
    fn fell_asleep(&self, _: Duration) {}
    /// Notes that the pause is over: its attempt begins, or the call ends, or is dropped.
    #[doc(hidden)]
    fn woke(&self) {}
}

impl<O> Hooks<O> for () {
    const ACTIVE: bool = false;
    const READS_CLOCK: bool = false;
}

impl<O, A: Hooks<O>, B: Hooks<O>> Hooks<O> for (A, B) {
    const READS_CLOCK: bool = A::READS_CLOCK || B::READS_CLOCK;
    const READS_HISTORY: bool = A::READS_HISTORY || B::READS_HISTORY;
    const HANDLES: EventMask = A::HANDLES.or(B::HANDLES);
    const COUNTS: bool = A::COUNTS || B::COUNTS;
    const FALLS_BACK: bool = A::FALLS_BACK || B::FALLS_BACK;

    fn before(&self, state: &RetryState<'_, O>) {
        self.0.before(state);
        self.1.before(state);
    }

    fn after(&self, state: &RetryState<'_, O>) {
        self.0.after(state);
        self.1.after(state);
    }

    fn before_sleep(&self, state: &RetryState<'_, O>) {
        self.0.before_sleep(state);
        self.1.before_sleep(state);
    }

    fn on_success(&self, state: &RetryState<'_, O>) {
        self.0.on_success(state);
        self.1.on_success(state);
    }

    fn on_failure(&self, state: &RetryState<'_, O>) {
        self.0.on_failure(state);
        self.1.on_failure(state);
    }

    fn fall_back(&self, give_up: GiveUp<O>, fails: &impl Fn(&O) -> bool) -> GiveUp<O> {
        let give_up = self.0.fall_back(give_up, fails);
        if A::FALLS_BACK && B::FALLS_BACK && !fails(&give_up.outcome) {
            return give_up;
        }
        self.1.fall_back(give_up, fails)
    }

    #[inline]
    fn reserves(&self) -> Duration {
        self.0.reserves().saturating_add(self.1.reserves())
    }

    fn fell_asleep(&self, pause: Duration) {
        self.0.fell_asleep(pause);
        self.1.fell_asleep(pause);
    }

    fn woke(&self) {
        self.0.woke();
        self.1.woke();
    }
}

/// Implements `Clone` and `Copy` by the function alone, whatever the outcome's type.
macro_rules! cloned_without_its_outcome {
    ($hook:ident) => {
        impl<O, F: Clone> Clone for $hook<O, F> {
            fn clone(&self) -> Self {
                $hook(self.0.clone(), PhantomData)
            }
        }

        impl<O, F: Copy> Copy for $hook<O, F> {}
    };
}

macro_rules! hooks {
    ($($hook:ident $event:ident $handles:ident)+) => {$(
        #[doc = concat!("The callback `", stringify!($event), "`.")]
        #[derive(Debug)]
        pub struct $hook<O, F>(pub(crate) F, pub(crate) PhantomData<fn(&O)>);

        cloned_without_its_outcome!($hook);

        impl<O, F: Fn(&RetryState<'_, O>)> Hooks<O> for $hook<O, F> {
            const HANDLES: EventMask = EventMask::$handles;

            fn $event(&self, state: &RetryState<'_, O>) {
                (self.0)(state);
            }
        }
    )+};
}

hooks! {
    Before before NOTHING
    After after NOTHING
    BeforeSleep before_sleep RETRIES
    OnSuccess on_success NOTHING
    OnFailure on_failure GIVE_UPS
}

/// The fallback of a policy.
#[derive(Debug)]
pub struct Fallback<O, F>(pub(crate) F, pub(crate) PhantomData<fn(O)>);

cloned_without_its_outcome!(Fallback);

impl<O, F: Fn(GiveUp<O>) -> O> Hooks<O> for Fallback<O, F> {
    const FALLS_BACK: bool = true;
    const READS_HISTORY: bool = false;

    fn fall_back(&self, give_up: GiveUp<O>, _: &impl Fn(&O) -> bool) -> GiveUp<O> {
        let GiveUp {
            attempts,
            elapsed,
            reason,
            ..
        } = give_up;
        GiveUp {
            outcome: (self.0)(give_up),
            attempts,
            elapsed,
            reason,
        }
    }
}

/// The time before the deadline that is reserved for a fallback.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug)]
pub struct Reserve(pub(crate) Duration);

#[cfg(feature = "std")]
impl<O> Hooks<O> for Reserve {
    const ACTIVE: bool = false;

    #[inline]
    fn reserves(&self) -> Duration {
        self.0
    }
}

/// A call that gave up: its last outcome was retryable, but a limit ended it.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{GiveUp, Policy, RetryPolicy, StopReason, wait};
///
/// fn yesterdays(give_up: GiveUp<Result<&'static str, u16>>) -> Result<&'static str, u16> {
///     assert_eq!(give_up.reason(), StopReason::Attempts);
///     give_up.into_outcome().or(Ok("yesterday's"))
/// }
///
/// let policy = RetryPolicy::new().wait(wait::none()).fallback(yesterdays);
/// assert_eq!(policy.run(|| Err(503)), Ok("yesterday's"));
/// ```
#[derive(Clone, Debug)]
pub struct GiveUp<O> {
    pub(crate) outcome: O,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    pub(crate) reason: StopReason,
}

impl<O> GiveUp<O> {
    #[doc(hidden)]
    pub fn new(outcome: O, attempts: u32, elapsed: Duration, reason: StopReason) -> Self {
        GiveUp {
            outcome,
            attempts,
            elapsed,
            reason,
        }
    }

    /// Returns the last outcome.
    pub fn outcome(&self) -> &O {
        &self.outcome
    }

    /// Returns the last outcome, by value.
    pub fn into_outcome(self) -> O {
        self.outcome
    }

    /// Returns the error of the last attempt.
    pub fn err(&self) -> Option<&O::Error>
    where
        O: Outcome,
    {
        self.outcome.error()
    }

    /// Returns the number of attempts that were made.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns the time from the start of the call to its end, pauses included.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// Returns the reason why no further attempt was made.
    pub fn reason(&self) -> StopReason {
        self.reason
    }
}
