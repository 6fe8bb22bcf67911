//! Requests that are not idempotent, and the condition for repeating them.

use core::fmt;
use core::time::Duration;

use super::layer::RetryLayer;
use super::replay::{PreviousAttempts, Replay};
use crate::transient::Transient;

impl<P, C> RetryLayer<P, C> {
    /// Repeats a request that `is` rejects only if the error proves that the request had no effect.
    ///
    /// It is judged as by [`when::unsent()`](crate::when::unsent): errors that prove it are retried if the
    /// policy retries them, and everything else is final. Such a request has no further copies by a
    /// [hedge](crate::hedge) either. If several such rules are set, each has to accept a request.
    ///
    /// One service for all methods needs it, since a policy sees the outcome and not the request. The errors
    /// of the service are [`Transient`](trait@crate::Transient). A refused connection proves nothing if the
    /// client follows redirects: turn them off, and declare it by
    /// [`no_redirects()`](RetryLayer::no_redirects).
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use std::io::{self, ErrorKind};
    /// use std::sync::atomic::{AtomicU32, Ordering};
    /// use persevere::tower::RetryLayer;
    /// use persevere::{RetryPolicy, wait, when};
    /// use tower::{Layer, ServiceExt, service_fn};
    ///
    /// static SEEN: AtomicU32 = AtomicU32::new(0);
    ///
    /// let policy = RetryPolicy::new().wait(wait::none()).when(when::transient());
    /// # let policy = policy.sleep_async(tokio::time::sleep);
    /// let service = RetryLayer::new(policy)
    ///     .idempotent(|method: &&str| *method == "GET")
    ///     .layer(service_fn(async |_: &str| {
    ///         SEEN.fetch_add(1, Ordering::Relaxed);
    ///         Err::<(), _>(io::Error::from(ErrorKind::ConnectionReset))
    ///     }));
    /// assert!(service.clone().oneshot("POST").await.is_err());
    /// assert_eq!(SEEN.swap(0, Ordering::Relaxed), 1); // the server may have read it
    /// assert!(service.oneshot("GET").await.is_err());
    /// assert_eq!(SEEN.load(Ordering::Relaxed), 3);
    /// # });
    /// ```
    pub fn idempotent<F>(self, is: F) -> RetryLayer<P, IdempotentIf<C, F>> {
        self.with(|replay| IdempotentIf {
            replay,
            is,
            no_redirects: false,
        })
    }
}

impl<P, C, F> RetryLayer<P, IdempotentIf<C, F>> {
    /// Declares that the client follows no redirects.
    ///
    /// [`Transient::unsent_without_redirects`](crate::Transient::unsent_without_redirects) is asked then, as
    /// by [`unsent().no_redirects()`](crate::when::OnUnsent::no_redirects). A redirect is a response then, with a
    /// 3xx, and ends the call as a success.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryPolicy;
    /// use persevere::tower::RetryLayer;
    ///
    /// let layer = RetryLayer::new(RetryPolicy::new())
    ///     .idempotent(|method: &&str| *method == "GET")
    ///     .no_redirects();
    /// # let _ = layer;
    /// ```
    pub fn no_redirects(mut self) -> Self {
        self.replay.no_redirects = true;
        self
    }
}

/// A replay whose requests may not be idempotent: [`RetryLayer::idempotent`].
#[derive(Clone, Copy)]
pub struct IdempotentIf<C, F> {
    replay: C,
    is: F,
    no_redirects: bool,
}

#[diagnostic::do_not_recommend]
impl<R, E, C, F> Replay<R, E> for IdempotentIf<C, F>
where
    E: Transient,
    C: Replay<R, E>,
    F: Fn(&R) -> bool,
{
    const DEADLINE: bool = C::DEADLINE;

    fn copy(&self, request: &R) -> Result<R, E> {
        self.replay.copy(request)
    }

    fn keep(&self, request: &R) -> Result<Option<R>, E> {
        self.replay.keep(request)
    }

    fn deadline(&self, request: &R) -> Option<Duration> {
        self.replay.deadline(request)
    }

    fn tell(&self, request: &mut R, before: PreviousAttempts) {
        self.replay.tell(request, before);
    }

    fn is_idempotent(&self, request: &R) -> bool {
        (self.is)(request) && self.replay.is_idempotent(request)
    }

    fn had_no_effect(&self, error: &E) -> bool {
        let proved = if self.no_redirects {
            error.unsent_without_redirects()
        } else {
            error.unsent()
        };
        proved || self.replay.had_no_effect(error)
    }
}

impl<C: fmt::Debug, F> fmt::Debug for IdempotentIf<C, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdempotentIf")
            .field("replay", &self.replay)
            .field("no_redirects", &self.no_redirects)
            .finish_non_exhaustive()
    }
}
