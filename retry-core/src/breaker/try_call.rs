//! One call through a breaker, with a refusal beside the errors of another crate.

use core::error::Error;
use core::fmt;

use super::call::through;
use super::circuit_breaker::CircuitBreaker;
use super::circuit_open::CircuitOpen;
use super::classified::ClassifiedBreaker;
use super::classify::Breaker;
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;

/// The error of a call through a breaker: the call's own, or the refusal.
///
/// It displays as the inner error, and has its source; `transient()`, `unsent()` and `by_error()` ask the
/// inner error. Inside another error it is found as itself: list `CallError<E>` for `transient_cause`.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::CircuitBreaker;
/// use persevere::breaker::CallError;
///
/// static GAUGE: CircuitBreaker = CircuitBreaker::new("gauge").consecutive(1);
///
/// let read = |shown: &str| GAUGE.try_call(|| shown.parse::<u32>());
/// assert_eq!(read("20"), Ok(20));
/// assert!(matches!(read("?"), Err(CallError::Inner(error)) if !error.to_string().is_empty()));
/// assert!(matches!(read("20"), Err(CallError::Rejected(open)) if open.name == "gauge"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallError<E> {
    /// The breaker refused the call.
    Rejected(CircuitOpen),
    /// The call was made, and failed with this error.
    Inner(E),
}

impl<E> CallError<E> {
    /// Returns the call's own error, if it was made.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::breaker::CallError;
    ///
    /// assert_eq!(CallError::Inner("refused").into_inner(), Some("refused"));
    /// ```
    pub fn into_inner(self) -> Option<E> {
        match self {
            CallError::Rejected(_) => None,
            CallError::Inner(error) => Some(error),
        }
    }
}

impl<E: fmt::Display> fmt::Display for CallError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Rejected(open) => open.fmt(f),
            CallError::Inner(error) => error.fmt(f),
        }
    }
}

impl<E: Error> Error for CallError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            CallError::Rejected(open) => open.source(),
            CallError::Inner(error) => error.source(),
        }
    }
}

/// # `CallError`
///
/// A rejected call is judged as [`CircuitOpen`] is, any other by its own error.
#[diagnostic::do_not_recommend]
impl<E: Transient> Transient for CallError<E> {
    fn verdict(&self) -> Verdict {
        match self {
            CallError::Rejected(open) => open.verdict(),
            CallError::Inner(error) => error.verdict(),
        }
    }

    fn unsent(&self) -> bool {
        match self {
            CallError::Rejected(open) => open.unsent(),
            CallError::Inner(error) => error.unsent(),
        }
    }

    fn unsent_without_redirects(&self) -> bool {
        match self {
            CallError::Rejected(open) => open.unsent(),
            CallError::Inner(error) => error.unsent_without_redirects(),
        }
    }

    fn health(&self) -> Health {
        match self {
            CallError::Rejected(open) => open.health(),
            CallError::Inner(error) => error.health(),
        }
    }
}

impl CircuitBreaker {
    /// Calls `body` as [`call`](CircuitBreaker::call) does, for errors that cannot be made of an
    /// [`Interrupt`](crate::Interrupt), such as those of other crates.
    ///
    /// # Errors
    ///
    /// [`CallError::Inner`] for the error of `body`, [`CallError::Rejected`] for the refusal of the breaker.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CircuitBreaker;
    ///
    /// static GAUGE: CircuitBreaker = CircuitBreaker::new("gauge");
    ///
    /// assert_eq!(GAUGE.try_call(|| "20".parse::<u32>()), Ok(20));
    /// ```
    #[inline]
    pub fn try_call<T, E>(&self, body: impl FnOnce() -> Result<T, E>) -> Result<T, CallError<E>> {
        flat(through(&self, body))
    }

    /// Awaits `future` as [`call_async`](CircuitBreaker::call_async) does, for errors that cannot be made of
    /// an [`Interrupt`](crate::Interrupt), such as those of other crates.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use persevere::CircuitBreaker;
    ///
    /// static GAUGE: CircuitBreaker = CircuitBreaker::new("gauge");
    ///
    /// assert_eq!(GAUGE.try_call_async(async { "20".parse::<u32>() }).await, Ok(20));
    /// # });
    /// ```
    #[cfg(feature = "async")]
    #[inline]
    pub fn try_call_async<F, T, E>(&self, future: F) -> TryCalling<'_, &CircuitBreaker, F>
    where
        F: Future<Output = Result<T, E>>,
    {
        TryCalling::new(self, self, future)
    }
}

impl<B, P> ClassifiedBreaker<B, P> {
    /// Calls `body` as [`CircuitBreaker::try_call`] does, by the rule of this view.
    ///
    /// # Errors
    ///
    /// Those of [`CircuitBreaker::try_call`].
    #[inline]
    pub fn try_call<T, E>(&self, body: impl FnOnce() -> Result<T, E>) -> Result<T, CallError<E>>
    where
        Self: Breaker<Result<T, E>>,
    {
        flat(through(self, body))
    }

    /// Awaits `future` as [`CircuitBreaker::try_call_async`] does, by the rule of this view.
    #[cfg(feature = "async")]
    #[inline]
    pub fn try_call_async<F, T, E>(&self, future: F) -> TryCalling<'_, &Self, F>
    where
        F: Future<Output = Result<T, E>>,
        Self: Breaker<F::Output>,
    {
        TryCalling::new(self.circuit(), self, future)
    }
}

#[inline]
fn flat<T, E>(called: Result<Result<T, E>, CircuitOpen>) -> Result<T, CallError<E>> {
    match called {
        Ok(outcome) => outcome.map_err(CallError::Inner),
        Err(refused) => Err(CallError::Rejected(refused)),
    }
}

#[cfg(feature = "async")]
pub use self::asynchronous::TryCalling;

#[cfg(feature = "async")]
mod asynchronous {
    use core::future::Future;
    use core::pin::Pin;
    use core::task::{Context, Poll};

    use pin_project_lite::pin_project;

    use super::{Breaker, CallError, CircuitBreaker, flat};
    use crate::breaker::call::Calling;

    pin_project! {
        /// The future of [`CircuitBreaker::try_call_async`].
        #[must_use = "futures do nothing unless awaited"]
        #[derive(Debug)]
        pub struct TryCalling<'b, B, F> {
            #[pin]
            calling: Calling<'b, B, F>,
        }
    }

    impl<'b, B, F> TryCalling<'b, B, F> {
        #[inline]
        pub(super) fn new(circuit: &'b CircuitBreaker, breaker: B, future: F) -> Self {
            TryCalling {
                calling: Calling::new(circuit, breaker, future),
            }
        }
    }

    impl<T, E, B, F> Future for TryCalling<'_, B, F>
    where
        F: Future<Output = Result<T, E>>,
        B: Breaker<F::Output>,
    {
        type Output = Result<T, CallError<E>>;

        #[inline]
        fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
            self.project().calling.poll_through(cx).map(flat)
        }
    }
}
