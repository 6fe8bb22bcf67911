//! The contract of a wait, and a wait whose type is erased.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt::{self, Display};
use core::ops::Deref;
use core::time::Duration;

use persevere_words::WAIT;
use persevere_words::describe::{self, Phrase};
use persevere_words::duration::Written;

use crate::call::state::RetryState;
use crate::invalid::InvalidValue;

/// The longest hint that is honoured by a wait that sets none.
pub(crate) const HINT_MAX: Duration = Duration::from_secs(60);

/// A wait, which computes the pause before the next attempt.
///
/// Closures over [`RetryState`] are waits, and so are boxed waits.
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::{RetryState, Wait};
///
/// /// One second for every letter of the function's name.
/// struct Polite;
///
/// impl<O> Wait<O> for Polite {
///     fn pause(&self, state: &RetryState<'_, O>) -> Duration {
///         Duration::from_secs(state.name().len() as u64)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a wait",
    label = "expected a wait",
    note = "write `fixed(duration)`, `exponential(duration).max(duration).full_jitter()`, `random(low..high)` or `none()`, or implement `persevere::Wait` for it"
)]
pub trait Wait<O: ?Sized> {
    /// Returns the pause before the next attempt.
    fn pause(&self, state: &RetryState<'_, O>) -> Duration;

    /// Returns the pause before the next attempt, or `None` if the failure requests one longer than
    /// `longest`, which ends the call.
    ///
    /// A wait that reads its pause from the outcome implements this, and so does one around others.
    #[inline]
    fn pause_within(&self, state: &RetryState<'_, O>, longest: Duration) -> Option<Duration> {
        let _ = longest;
        Some(self.pause(state))
    }

    /// Returns the longest hint to honour, 60 s by default. A failure that requests a longer pause ends the
    /// call.
    #[inline]
    fn hint_max(&self) -> Duration {
        HINT_MAX
    }

    /// Returns whether the wait reads [`Progress::elapsed`](crate::Progress::elapsed).
    #[inline]
    fn reads_clock(&self) -> bool {
        true
    }

    /// Returns whether the wait reads [`idle_for`](crate::Progress::idle_for) or
    /// [`previous_pause`](crate::Progress::previous_pause). Otherwise a call need not remember them.
    #[inline]
    fn reads_history(&self) -> bool {
        true
    }

    /// Returns whether no pause is zero except by chance.
    ///
    /// An async call then sleeps every pause. Otherwise it yields to its runtime if a pause is zero.
    #[inline]
    fn lasts(&self) -> bool {
        false
    }

    /// Reports a value that can only be a mistake.
    fn check(&self) -> Result<(), InvalidValue> {
        Ok(())
    }

    /// Writes the phrase that follows "pauses between attempts" in a description: see
    /// [`RetryPolicy::describe`](crate::RetryPolicy::describe).
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use core::{fmt, time::Duration};
    /// use persevere::{RetryPolicy, RetryState, Wait};
    ///
    /// struct Polite;
    ///
    /// impl<O> Wait<O> for Polite {
    ///     # fn pause(&self, _: &RetryState<'_, O>) -> Duration { Duration::ZERO }
    ///     fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    ///         f.write_str("a second for each letter of its name")
    ///     }
    /// }
    ///
    /// let text = RetryPolicy::new().wait(Polite).describe::<Option<u8>>().to_string();
    /// assert!(text.contains("- Pauses between attempts: a second for each letter of its name."));
    /// ```
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        WAIT.describe_own(f, &describe::RULE)
    }

    /// Erases the type, so that two waits can stand in an `if`, and one in a field: see [`BoxWait`].
    ///
    /// The waits of this crate have the method without an import of this trait.
    fn boxed(self) -> BoxWait<O>
    where
        Self: Sized + Send + Sync + 'static,
    {
        BoxWait::new(self)
    }
}

/// A bare duration is a fixed pause.
impl<O: ?Sized> Wait<O> for Duration {
    #[inline]
    fn pause(&self, _: &RetryState<'_, O>) -> Duration {
        *self
    }

    #[inline]
    fn reads_clock(&self) -> bool {
        false
    }

    #[inline]
    fn reads_history(&self) -> bool {
        false
    }

    #[inline]
    fn lasts(&self) -> bool {
        !self.is_zero()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Written(self.as_nanos()).fmt(f)
    }
}

/// Returns the phrase of a wait.
pub(crate) fn phrase<O: ?Sized, W: Wait<O> + ?Sized>(wait: &W) -> impl fmt::Display + '_ {
    Phrase(move |f| wait.describe(f))
}

#[diagnostic::do_not_recommend]
impl<O: ?Sized, F: Fn(&RetryState<'_, O>) -> Duration> Wait<O> for F {
    #[inline]
    fn pause(&self, state: &RetryState<'_, O>) -> Duration {
        self(state)
    }
}

macro_rules! wait_by_reference {
    ($($(where [$($generics:tt)+])? $pointer:ty),+ $(,)?) => {$(
        #[diagnostic::do_not_recommend]
        impl<O: ?Sized $(, $($generics)+)?> Wait<O> for $pointer {
            fn pause(&self, state: &RetryState<'_, O>) -> Duration {
                (**self).pause(state)
            }

            fn pause_within(
                &self,
                state: &RetryState<'_, O>,
                longest: Duration,
            ) -> Option<Duration> {
                (**self).pause_within(state, longest)
            }

            fn hint_max(&self) -> Duration {
                (**self).hint_max()
            }

            fn reads_clock(&self) -> bool {
                (**self).reads_clock()
            }

            fn reads_history(&self) -> bool {
                (**self).reads_history()
            }

            fn lasts(&self) -> bool {
                (**self).lasts()
            }

            fn check(&self) -> Result<(), InvalidValue> {
                (**self).check()
            }

            fn describe(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                (**self).describe(f)
            }
        }
    )+};
}

#[cfg(feature = "stream")]
pub(crate) use wait_by_reference;

wait_by_reference!(
    &dyn Wait<O>,
    &(dyn Wait<O> + Sync),
    &(dyn Wait<O> + Send + Sync),
    Box<dyn Wait<O> + '_>,
    Box<dyn Wait<O> + Send + '_>,
    Box<dyn Wait<O> + Send + Sync + '_>,
    Arc<dyn Wait<O> + '_>,
    Arc<dyn Wait<O> + Send + Sync + '_>,
    BoxWait<O>,
    &Box<dyn Wait<O> + '_>,
    &Box<dyn Wait<O> + Send + Sync + '_>,
    &Arc<dyn Wait<O> + Send + Sync + '_>,
    &BoxWait<O>,
);

/// A wait for outcomes of type `O` whose own type is erased: made by [`Wait::boxed`].
///
/// Two waits that are boxed have one type, for an `if`, a `match` or a field. It is `Clone`, `Send` and
/// `Sync`.
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::wait::{self, BoxWait};
/// use persevere::RetryPolicy;
///
/// fn pause<O>(slow: bool) -> BoxWait<O> {
///     let second = Duration::from_secs(1);
///     if slow { wait::fixed(second).boxed() } else { wait::exponential(second).full_jitter().boxed() }
/// }
///
/// let policy = RetryPolicy::new().wait(pause(true));
/// assert_eq!(policy.resume(2, Duration::ZERO), Ok(Duration::from_secs(1)));
/// ```
pub struct BoxWait<O: ?Sized>(Arc<dyn Wait<O> + Send + Sync>);

impl<O: ?Sized> BoxWait<O> {
    /// Erases the type of a wait.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use core::time::Duration;
    /// use persevere::RetryState;
    /// use persevere::wait::BoxWait;
    ///
    /// let wait = BoxWait::new(|state: &RetryState<'_, Option<u8>>| Duration::from_secs(state.attempt().into()));
    /// # let _ = wait;
    /// ```
    pub fn new<W: Wait<O> + Send + Sync + 'static>(wait: W) -> Self {
        BoxWait(Arc::new(wait))
    }
}

impl<O: ?Sized> Deref for BoxWait<O> {
    type Target = dyn Wait<O> + Send + Sync;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl<O: ?Sized> Clone for BoxWait<O> {
    fn clone(&self) -> Self {
        BoxWait(self.0.clone())
    }
}

impl<O: ?Sized> fmt::Debug for BoxWait<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxWait")
    }
}
