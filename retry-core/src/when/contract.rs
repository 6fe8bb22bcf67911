//! The contract of a predicate, and a predicate whose type is erased.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::ops::Deref;

use persevere_words::WHEN;
use persevere_words::describe::{self, Phrase};

use crate::call::outcome::{Health, Verdict};

/// A judge of outcomes, which decides whether another attempt is made.
///
/// Closures over the outcome are predicates, and so are boxed predicates.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Predicate, Verdict};
///
/// /// Retries every other time.
/// struct Odd;
///
/// impl<E> Predicate<Result<u64, E>> for Odd {
///     fn verdict(&self, outcome: &Result<u64, E>) -> Verdict {
///         Verdict::retry_if(outcome.as_ref().is_ok_and(|n| n % 2 == 1))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot judge an outcome of type `{O}`",
    label = "expected a predicate over `{O}`",
    note = "write `transient()`, `err(|e| ..)`, `ok(|v| ..)` or `outcome(|o| ..)`, or implement `persevere::Predicate<{O}>` for it",
    note = "`transient()`, `unsent()` and `idempotent()` judge outcomes whose error implements `persevere::Transient`"
)]
pub trait Predicate<O: ?Sized> {
    /// Returns the verdict on an outcome.
    fn verdict(&self, outcome: &O) -> Verdict;

    /// Returns the verdict on an outcome of the call's attempt number `attempt`, from 1.
    ///
    /// It is that of [`verdict`](Predicate::verdict), unless the predicate uses the number. A call asks this
    /// method.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Predicate, Verdict, when};
    ///
    /// let twice = when::attempt(|outcome: &Option<u8>, n| outcome.is_none() && n < 3);
    /// assert_eq!(twice.verdict_at(&None, 2), Verdict::Retry);
    /// assert_eq!(twice.verdict_at(&None, 3), Verdict::Final);
    /// ```
    // Always: most predicates have no use for the number, which must cost nothing for them.
    #[inline(always)]
    fn verdict_at(&self, outcome: &O, attempt: u32) -> Verdict {
        let _ = attempt;
        self.verdict(outcome)
    }

    /// Returns the state of the service that the outcome shows, for a breaker.
    ///
    /// `verdict` is the verdict on the outcome. It determines the state by default: an outcome that is
    /// retried is a failure of the service, and a final one shows that the service is well.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::io;
    /// use persevere::{Health, Predicate, Verdict, when};
    ///
    /// // It may not be repeated, and the service has failed.
    /// let reset = Err::<(), _>(io::Error::from(io::ErrorKind::ConnectionReset));
    /// assert_eq!(when::unsent().verdict(&reset), Verdict::Final);
    /// assert_eq!(when::unsent().health(&reset, Verdict::Final), Health::Failed);
    /// ```
    #[inline]
    fn health(&self, outcome: &O, verdict: Verdict) -> Health {
        let _ = outcome;
        Health::from(verdict)
    }

    /// Writes the phrase that follows "retries" in a description: see
    /// [`RetryPolicy::describe`](crate::RetryPolicy::describe).
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use core::fmt;
    /// use persevere::{Predicate, RetryPolicy, Verdict};
    ///
    /// struct Odd;
    ///
    /// impl<O> Predicate<O> for Odd {
    ///     # fn verdict(&self, _: &O) -> Verdict { Verdict::Final }
    ///     fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    ///         f.write_str("odd numbers")
    ///     }
    /// }
    ///
    /// let text = RetryPolicy::new().when(Odd).describe::<Option<u8>>().to_string();
    /// assert!(text.contains("- Retries odd numbers;"));
    /// ```
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        WHEN.describe_own(f, &describe::RULE)
    }

    /// Returns whether its verdicts have hints.
    #[doc(hidden)]
    fn has_hints(&self) -> bool {
        false
    }

    /// Erases the type, so that two predicates can stand in an `if`, and one in a field: see
    /// [`BoxPredicate`].
    ///
    /// The predicates of this crate have the method without an import of this trait.
    fn boxed(self) -> BoxPredicate<O>
    where
        Self: Sized + Send + Sync + 'static,
    {
        BoxPredicate::new(self)
    }
}

#[diagnostic::do_not_recommend]
impl<O: ?Sized, F: Fn(&O) -> bool> Predicate<O> for F {
    #[inline]
    fn verdict(&self, outcome: &O) -> Verdict {
        Verdict::retry_if(self(outcome))
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        WHEN.describe(f, "outcome", &[&describe::RULE])
    }
}

/// Returns the phrase of a predicate.
pub(crate) fn phrase<O: ?Sized, P: Predicate<O> + ?Sized>(predicate: &P) -> impl fmt::Display + '_ {
    Phrase(move |f| predicate.describe(f))
}

macro_rules! predicate_by_reference {
    ($($pointer:ty),+ $(,)?) => {$(
        #[diagnostic::do_not_recommend]
        impl<O: ?Sized> Predicate<O> for $pointer {
            fn verdict(&self, outcome: &O) -> Verdict {
                (**self).verdict(outcome)
            }

            fn verdict_at(&self, outcome: &O, attempt: u32) -> Verdict {
                (**self).verdict_at(outcome, attempt)
            }

            fn health(&self, outcome: &O, verdict: Verdict) -> Health {
                (**self).health(outcome, verdict)
            }

            fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).describe(f)
            }

            fn has_hints(&self) -> bool {
                (**self).has_hints()
            }
        }
    )+};
}

predicate_by_reference!(
    &dyn Predicate<O>,
    &(dyn Predicate<O> + Sync),
    &(dyn Predicate<O> + Send + Sync),
    Box<dyn Predicate<O> + '_>,
    Box<dyn Predicate<O> + Send + '_>,
    Box<dyn Predicate<O> + Send + Sync + '_>,
    Arc<dyn Predicate<O> + '_>,
    Arc<dyn Predicate<O> + Send + Sync + '_>,
    BoxPredicate<O>,
    &Box<dyn Predicate<O> + '_>,
    &Box<dyn Predicate<O> + Send + Sync + '_>,
    &Arc<dyn Predicate<O> + Send + Sync + '_>,
    &BoxPredicate<O>,
);

/// A predicate over outcomes of type `O` whose own type is erased: made by [`Predicate::boxed`].
///
/// Two predicates that are boxed have one type, for an `if`, a `match` or a field. It is `Clone`, `Send` and
/// `Sync`.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::when::{self, BoxPredicate};
/// use persevere::{Predicate, Verdict};
///
/// fn retried(safe: bool) -> BoxPredicate<Result<(), u16>> {
///     if safe { when::any_failure().boxed() } else { when::err(|status: &u16| *status == 429).boxed() }
/// }
///
/// assert_eq!(retried(true).verdict(&Err(503)), Verdict::Retry);
/// assert_eq!(retried(false).verdict(&Err(503)), Verdict::Final);
/// ```
pub struct BoxPredicate<O: ?Sized>(Arc<dyn Predicate<O> + Send + Sync>);

impl<O: ?Sized> BoxPredicate<O> {
    /// Erases the type of a predicate.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::when::BoxPredicate;
    ///
    /// let missing = BoxPredicate::new(|found: &Option<u8>| found.is_none());
    /// # let _ = missing;
    /// ```
    pub fn new<P: Predicate<O> + Send + Sync + 'static>(predicate: P) -> Self {
        BoxPredicate(Arc::new(predicate))
    }
}

impl<O: ?Sized> Deref for BoxPredicate<O> {
    type Target = dyn Predicate<O> + Send + Sync;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl<O: ?Sized> Clone for BoxPredicate<O> {
    fn clone(&self) -> Self {
        BoxPredicate(self.0.clone())
    }
}

impl<O: ?Sized> fmt::Debug for BoxPredicate<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxPredicate")
    }
}
