//! The contract of a stop condition, and a condition whose type is erased.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::ops::Deref;

use persevere_words::STOP;
use persevere_words::describe::{self, Phrase};

use crate::call::error::StopReason;
use crate::call::state::Progress;
use crate::cancel::Cancellation;
use crate::invalid::InvalidValue;

/// A condition that ends a call, so that no further attempt is made.
///
/// Closures over [`Progress`] are stop conditions, and so are boxed conditions.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Progress, Stop, StopReason, stop};
///
/// /// Gives up at night.
/// struct Daytime;
///
/// impl Stop for Daytime {
///     fn stop(&self, progress: &Progress<'_>) -> Option<StopReason> {
///         # fn night() -> bool { true }
///         night().then_some(StopReason::GivenUp)
///     }
/// }
///
/// let either: Box<dyn Stop> = Box::new(stop::after_attempt(3) | Daytime);
/// # let _ = either;
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a stop condition",
    label = "expected a stop condition",
    note = "write `after_attempt(n)`, `after_delay(duration)`, `before_delay(duration)` or `never()`, or implement `persevere::Stop` for it"
)]
pub trait Stop {
    /// Returns the reason to end the call here, or `None` to go on.
    fn stop(&self, progress: &Progress<'_>) -> Option<StopReason>;

    /// Returns whether the condition reads [`Progress::elapsed`]. A call without need of the clock never
    /// reads it.
    #[inline]
    fn reads_clock(&self) -> bool {
        true
    }

    /// Returns whether the condition reads [`Progress::pause`]. Otherwise the pause of a call that ends is
    /// not computed.
    #[inline]
    fn reads_pause(&self) -> bool {
        true
    }

    /// Returns whether the condition reads [`Progress::idle_for`] or [`Progress::previous_pause`]. Otherwise a
    /// call need not remember them.
    #[inline]
    fn reads_history(&self) -> bool {
        true
    }

    /// Reports a value that can only be a mistake.
    fn check(&self) -> Result<(), InvalidValue> {
        Ok(())
    }

    /// Writes the phrase that follows "gives up" in a description: see
    /// [`RetryPolicy::describe`](crate::RetryPolicy::describe).
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use core::fmt;
    /// use persevere::{Progress, RetryPolicy, Stop, StopReason, stop};
    ///
    /// struct Daytime;
    ///
    /// impl Stop for Daytime {
    ///     # fn stop(&self, _: &Progress<'_>) -> Option<StopReason> { None }
    ///     fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    ///         f.write_str("at night")
    ///     }
    /// }
    ///
    /// let policy = RetryPolicy::new().stop(stop::after_attempt(3) | Daytime);
    /// let text = policy.describe::<Option<u8>>().to_string();
    /// assert!(text.starts_with("- Gives up after 3 attempts or at night."));
    /// ```
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        STOP.describe_own(f, &describe::RULE)
    }

    /// Returns whether it is the stop of a policy that sets none.
    #[doc(hidden)]
    fn is_standard(&self) -> bool {
        false
    }

    /// Erases the type, so that two conditions can stand in an `if`, and one in a field: see [`BoxStop`].
    ///
    /// The conditions of this crate have the method without an import of this trait.
    fn boxed(self) -> BoxStop
    where
        Self: Sized + Send + Sync + 'static,
    {
        BoxStop::new(self)
    }

    /// Returns the cancellation that ends a pause early.
    #[doc(hidden)]
    #[inline]
    fn cancellation(&self) -> Cancellation<'_> {
        Cancellation::never()
    }

    /// Returns whether a token may end a pause.
    #[doc(hidden)]
    #[inline]
    fn cancels(&self) -> bool {
        false
    }

    /// Returns whether a token ends pauses by now.
    #[doc(hidden)]
    #[inline]
    fn is_cancelled(&self) -> bool {
        false
    }

    /// Returns whether a token ends attempts in flight by now.
    #[doc(hidden)]
    #[inline]
    fn is_aborted(&self) -> bool {
        false
    }

    /// Returns the part of the cancellation that also ends the attempt in flight.
    #[doc(hidden)]
    #[inline]
    fn abort_signal(&self) -> Cancellation<'_> {
        Cancellation::never()
    }

    /// Returns whether any part of the condition ends the attempt in flight.
    #[doc(hidden)]
    #[inline]
    fn aborts_attempt(&self) -> bool {
        false
    }
}

#[diagnostic::do_not_recommend]
impl<F: Fn(&Progress<'_>) -> bool> Stop for F {
    #[inline]
    fn stop(&self, progress: &Progress<'_>) -> Option<StopReason> {
        self(progress).then_some(StopReason::GivenUp)
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        STOP.describe(f, "stop_when", &[&describe::RULE])
    }
}

/// Returns the phrase of a condition.
pub(crate) fn phrase<S: Stop + ?Sized>(stop: &S) -> impl fmt::Display + '_ {
    Phrase(move |f| stop.describe(f))
}

macro_rules! stop_by_reference {
    ($($pointer:ty),+ $(,)?) => {$(
        #[diagnostic::do_not_recommend]
        impl Stop for $pointer {
            fn stop(&self, progress: &Progress<'_>) -> Option<StopReason> {
                (**self).stop(progress)
            }

            fn reads_clock(&self) -> bool {
                (**self).reads_clock()
            }

            fn reads_pause(&self) -> bool {
                (**self).reads_pause()
            }

            fn reads_history(&self) -> bool {
                (**self).reads_history()
            }

            fn check(&self) -> Result<(), InvalidValue> {
                (**self).check()
            }

            fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).describe(f)
            }

            fn is_standard(&self) -> bool {
                (**self).is_standard()
            }

            fn cancellation(&self) -> Cancellation<'_> {
                (**self).cancellation()
            }

            fn cancels(&self) -> bool {
                (**self).cancels()
            }

            fn is_cancelled(&self) -> bool {
                (**self).is_cancelled()
            }

            fn is_aborted(&self) -> bool {
                (**self).is_aborted()
            }

            fn abort_signal(&self) -> Cancellation<'_> {
                (**self).abort_signal()
            }

            fn aborts_attempt(&self) -> bool {
                (**self).aborts_attempt()
            }
        }
    )+};
}

stop_by_reference!(
    &dyn Stop,
    &(dyn Stop + Sync),
    &(dyn Stop + Send + Sync),
    Box<dyn Stop + '_>,
    Box<dyn Stop + Send + '_>,
    Box<dyn Stop + Send + Sync + '_>,
    Arc<dyn Stop + '_>,
    Arc<dyn Stop + Send + Sync + '_>,
    BoxStop,
    &Box<dyn Stop + '_>,
    &Box<dyn Stop + Send + Sync + '_>,
    &Arc<dyn Stop + Send + Sync + '_>,
    &BoxStop,
);

/// A stop condition whose type is erased: made by [`Stop::boxed`].
///
/// Two conditions that are boxed have one type, for an `if`, a `match` or a field. It is `Clone`, `Send` and
/// `Sync`. The box hides from the compiler whether the condition [aborts
/// attempts](super::Cancelled::abort_attempt).
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::stop::{self, BoxStop};
/// use persevere::{RetryPolicy, wait};
///
/// fn limit(patient: bool) -> BoxStop {
///     if patient { stop::never().boxed() } else { stop::after_attempt(2).boxed() }
/// }
///
/// let policy = RetryPolicy::new().stop(limit(false)).wait(wait::none());
/// assert_eq!(policy.report(|| None::<u8>).attempts(), 2);
/// ```
#[derive(Clone)]
pub struct BoxStop(Arc<dyn Stop + Send + Sync>);

impl BoxStop {
    /// Erases the type of a stop condition.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::Progress;
    /// use persevere::stop::BoxStop;
    ///
    /// let third = BoxStop::new(|progress: &Progress<'_>| progress.attempt() == 3);
    /// # let _ = third;
    /// ```
    pub fn new<S: Stop + Send + Sync + 'static>(stop: S) -> Self {
        BoxStop(Arc::new(stop))
    }
}

impl Deref for BoxStop {
    type Target = dyn Stop + Send + Sync;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl fmt::Debug for BoxStop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxStop")
    }
}
