//! The headers of a request that the layer reads and writes.

use core::time::Duration;

use ::http::Request;
use ::http::header::{HeaderName, HeaderValue};

use super::layer::RetryLayer;
use super::replay::{PreviousAttempts, Replay};
use crate::http::{self, grpc_timeout};

pub(crate) const TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");
const PREVIOUS_ATTEMPTS: HeaderName = HeaderName::from_static("grpc-previous-rpc-attempts");

impl<P, C> RetryLayer<P, C> {
    /// Ends a call by the `grpc-timeout` of its request, an [`http::Request`](::http::Request), or by the
    /// policy's own deadline, whichever is earlier. Attempts after the first are sent with the rest of the
    /// header's time.
    ///
    /// It acts as the [`deadline`](crate::RetryPolicy::deadline) of that call in every way. A missing or
    /// [malformed](crate::http::grpc_timeout) header has no effect. A policy that no deadline could end,
    /// without a deadline or another guard, does not compile here.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # let mut runtime = tokio::runtime::Builder::new_current_thread();
    /// # runtime.enable_time().start_paused(true).build().unwrap().block_on(async {
    /// use std::time::Duration;
    /// use http::Request;
    /// use persevere::tower::RetryLayer;
    /// use persevere::{Interrupt, RetryPolicy, stop, wait};
    /// use tower::{BoxError, Layer, ServiceExt, service_fn};
    ///
    /// let policy = RetryPolicy::new()
    ///     .stop(stop::never())
    ///     .wait(wait::fixed(Duration::from_secs(1)))
    ///     .deadline(Duration::from_secs(30)); // of those who ask for nothing
    /// # let policy = policy.sleep_async(tokio::time::sleep);
    /// let service = RetryLayer::new(policy)
    ///     .grpc_timeout()
    ///     .layer(service_fn(|_: Request<()>| std::future::pending::<Result<(), BoxError>>()));
    ///
    /// let start = tokio::time::Instant::now();
    /// let request = Request::builder().header("grpc-timeout", "250m").body(()).unwrap();
    /// let error = service.oneshot(request).await.unwrap_err();
    /// assert_eq!(error.downcast_ref(), Some(&Interrupt::Deadline));
    /// # if cfg!(feature = "tokio") {
    /// assert_eq!(start.elapsed(), Duration::from_millis(250));
    /// # }
    /// # });
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use http::Request;
    /// # use persevere::RetryPolicy;
    /// # use persevere::tower::RetryLayer;
    /// # use tower::{BoxError, Layer, Service, service_fn};
    /// let unbound = RetryPolicy::new().sleep_async(tokio::time::sleep);
    /// let mut service = RetryLayer::new(unbound)
    ///     .grpc_timeout()
    ///     .layer(service_fn(|_: Request<()>| async { Ok::<_, BoxError>(()) }));
    /// service.call(Request::new(()));
    /// ```
    pub fn grpc_timeout(self) -> RetryLayer<P, GrpcTimeout<C>> {
        self.with(GrpcTimeout)
    }

    /// Sends the number of previous attempts with each attempt after the first.
    ///
    /// The number, that of the attempt less one, is in the header `grpc-previous-rpc-attempts` of the
    /// [`http::Request`](::http::Request). Further copies of a [hedged](crate::hedge) attempt count too.
    ///
    /// Source:
    /// [gRFC A6](https://github.com/grpc/proposal/blob/master/A6-client-retries.md#exposed-retry-metadata).
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use http::Request;
    /// use persevere::tower::RetryLayer;
    /// use persevere::{RetryPolicy, wait};
    /// use tower::{Layer, ServiceExt, service_fn};
    ///
    /// let policy = RetryPolicy::new().wait(wait::none());
    /// # let policy = policy.sleep_async(tokio::time::sleep);
    /// let service = RetryLayer::new(policy).tell_attempts().layer(service_fn(
    ///     |request: Request<()>| async move {
    ///         let told = request.headers().get("grpc-previous-rpc-attempts");
    ///         Err::<(), _>(told.cloned())
    ///     },
    /// ));
    /// let last = service.oneshot(Request::new(())).await.unwrap_err();
    /// assert_eq!(last.unwrap(), "2");
    /// # });
    /// ```
    pub fn tell_attempts(self) -> RetryLayer<P, TellAttempts<C>> {
        self.with(TellAttempts)
    }
}

/// A replay whose requests have the deadline of their `grpc-timeout`: [`RetryLayer::grpc_timeout`].
#[derive(Clone, Copy, Debug)]
pub struct GrpcTimeout<C>(C);

#[diagnostic::do_not_recommend]
impl<B, E, C: Replay<Request<B>, E>> Replay<Request<B>, E> for GrpcTimeout<C> {
    const DEADLINE: bool = true;

    fn copy(&self, request: &Request<B>) -> Result<Request<B>, E> {
        self.0.copy(request)
    }

    fn keep(&self, request: &Request<B>) -> Result<Option<Request<B>>, E> {
        self.0.keep(request)
    }

    fn deadline(&self, request: &Request<B>) -> Option<Duration> {
        grpc_timeout(request.headers().get(TIMEOUT)?)
    }

    fn tell(&self, request: &mut Request<B>, before: PreviousAttempts) {
        if let Some(timeout) = self.deadline(request) {
            let left = timeout.saturating_sub(before.elapsed);
            let told =
                HeaderValue::try_from(http::grpc_timeout_of(left)).expect("digits and a letter");
            request.headers_mut().insert(TIMEOUT, told);
        }
        self.0.tell(request, before);
    }

    fn is_idempotent(&self, request: &Request<B>) -> bool {
        self.0.is_idempotent(request)
    }

    fn had_no_effect(&self, error: &E) -> bool {
        self.0.had_no_effect(error)
    }
}

/// A replay whose requests carry the number of previous attempts: [`RetryLayer::tell_attempts`].
#[derive(Clone, Copy, Debug)]
pub struct TellAttempts<C>(C);

#[diagnostic::do_not_recommend]
impl<B, E, C: Replay<Request<B>, E>> Replay<Request<B>, E> for TellAttempts<C> {
    const DEADLINE: bool = C::DEADLINE;

    fn copy(&self, request: &Request<B>) -> Result<Request<B>, E> {
        self.0.copy(request)
    }

    fn keep(&self, request: &Request<B>) -> Result<Option<Request<B>>, E> {
        self.0.keep(request)
    }

    fn deadline(&self, request: &Request<B>) -> Option<Duration> {
        self.0.deadline(request)
    }

    fn tell(&self, request: &mut Request<B>, before: PreviousAttempts) {
        let told = HeaderValue::from(before.attempts);
        request.headers_mut().insert(PREVIOUS_ATTEMPTS, told);
        self.0.tell(request, before);
    }

    fn is_idempotent(&self, request: &Request<B>) -> bool {
        self.0.is_idempotent(request)
    }

    fn had_no_effect(&self, error: &E) -> bool {
        self.0.had_no_effect(error)
    }
}
