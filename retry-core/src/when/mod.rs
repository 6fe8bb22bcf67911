//! Predicates over errors, values and whole outcomes, which decide what to retry.
//!
//! `a | b` retries if either does, `a & b` if both do, and `!a` if `a` does not.
//!
//! A circuit breaker also receives the [`Health`] that an outcome shows. For closures the
//! verdict determines it: an outcome that is retried is a failure of the service, and a final one shows that
//! the service is well. [`transient()`], [`unsent()`] and [`idempotent()`] ask the error, and
//! [`transient_cause`] and its variants the error's causes, whatever is retried. So does any predicate that
//! contains one of them: `unsent() | err(..)`, `!transient()`, `transient()` together with patterns or cases.
//!
//! ```
//! # use persevere_core as persevere;
//! use std::io;
//! use persevere::{RetryPolicy, when};
//!
//! let policy = RetryPolicy::new()
//!     .when(when::transient() | when::err(|e: &io::Error| e.kind() == io::ErrorKind::NotFound));
//! # let _ = policy;
//! ```

use core::fmt::{self, Write};

use persevere_words::WHEN;
use persevere_words::describe::{self, Code};

use crate::call::outcome::{Health, Outcome, Verdict};
#[cfg(doc)]
use crate::transient::Transient;

mod cause;
mod combine;
pub(crate) mod contract;
mod responses;
mod transient;
mod transient_cause;

pub use self::cause::{AsCause, CauseIs, DynError, ErrIs, Plain, cause_is, err_is};
pub use self::combine::{And, Not, Or};
pub use self::contract::BoxPredicate;
pub(crate) use self::contract::Predicate;
pub use self::responses::{Asks, Responses};
pub use self::transient::{OnIdempotent, OnTransient, OnUnsent, idempotent, transient, unsent};
pub use self::transient_cause::{
    TransientCause, TransientTypes, idempotent_cause, transient_cause, unsent_cause,
};

/// Retries every failure: `Err` and `None`. This is the default.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Predicate, Verdict, when};
///
/// assert_eq!(when::any_failure().verdict(&Some(1)), Verdict::Final);
/// assert_eq!(when::any_failure().verdict(&None::<u8>), Verdict::Retry);
/// ```
#[inline]
pub const fn any_failure() -> AnyFailure {
    AnyFailure
}

/// Retries every outcome, successes too: an endless poll, until something stops it.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Predicate, Verdict, when};
///
/// assert_eq!(when::always().verdict(&Ok::<_, ()>(1)), Verdict::Retry);
/// ```
#[inline]
pub const fn always() -> Always {
    Always
}

/// Retries nothing.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Predicate, Verdict, when};
///
/// assert_eq!(when::never().verdict(&Err::<(), _>("busy")), Verdict::Final);
/// ```
#[inline]
pub const fn never() -> NeverRetry {
    NeverRetry
}

/// Retries the errors that the closure picks.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Predicate, Verdict, when};
///
/// let busy = when::err(|code: &u16| *code == 503);
/// assert_eq!(busy.verdict(&Err::<(), _>(503)), Verdict::Retry);
/// assert_eq!(busy.verdict(&Err::<(), _>(404)), Verdict::Final);
/// ```
#[inline]
pub const fn err<F>(picks: F) -> OnErr<F> {
    OnErr(picks)
}

/// Retries the values that the closure picks, as when polling for a state.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Predicate, Verdict, when};
///
/// let pending = when::ok(|state: &&str| *state == "pending");
/// assert_eq!(pending.verdict(&Ok::<_, ()>("pending")), Verdict::Retry);
/// ```
#[inline]
pub const fn ok<F>(picks: F) -> OnOk<F> {
    OnOk(picks)
}

/// Retries the values that are not ready by the closure: polling.
///
/// A value that is not ready is no failure of the service, and a breaker does not count it as one.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Health, Predicate, Verdict, when};
///
/// let done = when::until(|percent: &u8| *percent == 100);
/// assert_eq!(done.verdict(&Ok::<_, ()>(60)), Verdict::Retry);
/// assert_eq!(done.health(&Ok::<_, ()>(60), Verdict::Retry), Health::Well);
/// assert_eq!(done.verdict(&Err::<u8, _>("no such job")), Verdict::Final);
/// ```
#[inline]
pub const fn until<F>(ready: F) -> Until<F> {
    Until(ready)
}

/// Retries the outcomes that the closure picks, as a whole.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Predicate, Verdict, when};
///
/// let unknown = when::outcome(|o: &Result<Option<u8>, u16>| matches!(o, Ok(None) | Err(503)));
/// assert_eq!(unknown.verdict(&Ok(None)), Verdict::Retry);
/// assert_eq!(unknown.verdict(&Err(404)), Verdict::Final);
/// ```
#[inline]
pub const fn outcome<F>(picks: F) -> OnOutcome<F> {
    OnOutcome(picks)
}

/// Retries the outcomes that the closure picks, as a whole, with the number of their attempt: n, from 1, in
/// the whole call.
///
/// A reset of counts does not change the number. If nothing counts attempts, as in a breaker's view, n is 1.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Policy, RetryPolicy, stop, wait, when};
///
/// // A missing page may be about to appear, once; a busy server is worth more attempts.
/// let policy = RetryPolicy::new()
///     .stop(stop::after_attempt(5))
///     .wait(wait::none())
///     .when(when::attempt(|outcome: &Result<(), u16>, n| match outcome {
///         Err(503) => true,
///         Err(404) => n < 2,
///         _ => false,
///     }));
/// assert_eq!(policy.report(|| Err(503)).attempts(), 5);
/// assert_eq!(policy.report(|| Err(404)).attempts(), 2);
/// ```
#[inline]
pub const fn attempt<F>(picks: F) -> OnAttempt<F> {
    OnAttempt(picks)
}

/// Retries the errors whose message contains the text.
///
/// It is a last resort: match on types if possible.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Predicate, Verdict, when};
///
/// let locked = when::message("database is locked");
/// assert_eq!(locked.verdict(&Err::<(), _>("error 5: database is locked")), Verdict::Retry);
/// ```
#[inline]
pub const fn message<M: AsRef<str>>(contains: M) -> Message<M> {
    Message(contains)
}

/// The predicate of [`any_failure`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AnyFailure;

/// The predicate of [`always`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Always;

/// The predicate of [`never()`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NeverRetry;

/// The predicate of [`err`].
#[derive(Clone, Copy, Debug)]
pub struct OnErr<F>(F);

/// The predicate of [`ok`].
#[derive(Clone, Copy, Debug)]
pub struct OnOk<F>(F);

/// The predicate of [`until`].
#[derive(Clone, Copy, Debug)]
pub struct Until<F>(F);

/// The predicate of [`outcome`].
#[derive(Clone, Copy, Debug)]
pub struct OnOutcome<F>(F);

/// The predicate of [`attempt`].
#[derive(Clone, Copy, Debug)]
pub struct OnAttempt<F>(F);

/// The predicate of [`message`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<M>(M);

impl<O: Outcome> Predicate<O> for AnyFailure {
    #[inline]
    fn verdict(&self, outcome: &O) -> Verdict {
        Verdict::retry_if(outcome.error().is_some())
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        WHEN.describe(f, "any_failure", &[])
    }
}

impl<O: ?Sized> Predicate<O> for Always {
    #[inline]
    fn verdict(&self, _: &O) -> Verdict {
        Verdict::Retry
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        WHEN.describe(f, "always", &[])
    }
}

impl<O: ?Sized> Predicate<O> for NeverRetry {
    #[inline]
    fn verdict(&self, _: &O) -> Verdict {
        Verdict::Final
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        WHEN.describe(f, "never", &[])
    }
}

impl<O: Outcome, F: Fn(&O::Error) -> bool> Predicate<O> for OnErr<F> {
    #[inline]
    fn verdict(&self, outcome: &O) -> Verdict {
        outcome.judge_error(|error| Verdict::retry_if((self.0)(error)))
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        WHEN.describe(f, "err", &[&describe::RULE])
    }
}

impl<O: Outcome, F: Fn(&O::Value) -> bool> Predicate<O> for OnOk<F> {
    #[inline]
    fn verdict(&self, outcome: &O) -> Verdict {
        Verdict::retry_if(outcome.value().is_some_and(&self.0))
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        WHEN.describe(f, "ok", &[&describe::RULE])
    }
}

impl<O: Outcome, F: Fn(&O::Value) -> bool> Predicate<O> for Until<F> {
    #[inline]
    fn verdict(&self, outcome: &O) -> Verdict {
        Verdict::retry_if(outcome.value().is_some_and(|value| !(self.0)(value)))
    }

    #[inline]
    fn health(&self, outcome: &O, verdict: Verdict) -> Health {
        match outcome.value() {
            Some(_) => Health::Well,
            None => Health::from(verdict),
        }
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        WHEN.describe(f, "until", &[&describe::RULE])
    }
}

impl<O: ?Sized, F: Fn(&O) -> bool> Predicate<O> for OnOutcome<F> {
    #[inline]
    fn verdict(&self, outcome: &O) -> Verdict {
        Verdict::retry_if((self.0)(outcome))
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        WHEN.describe(f, "outcome", &[&describe::RULE])
    }
}

impl<O: ?Sized, F: Fn(&O, u32) -> bool> Predicate<O> for OnAttempt<F> {
    #[inline]
    fn verdict(&self, outcome: &O) -> Verdict {
        self.verdict_at(outcome, 1)
    }

    #[inline]
    fn verdict_at(&self, outcome: &O, attempt: u32) -> Verdict {
        Verdict::retry_if((self.0)(outcome, attempt))
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        WHEN.describe(f, "attempt", &[&describe::RULE])
    }
}

impl<O: Outcome<Error: fmt::Display>, M: AsRef<str>> Predicate<O> for Message<M> {
    fn verdict(&self, outcome: &O) -> Verdict {
        let contains = |error| {
            let mut text = alloc::string::String::new();
            // If `Display` fails, the text up to the failure counts.
            let _ = write!(text, "{error}");
            text.contains(self.0.as_ref())
        };
        Verdict::retry_if(outcome.error().is_some_and(contains))
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = alloc::format!("{:?}", self.0.as_ref());
        WHEN.describe(f, "message", &[&Code(&text)])
    }
}
