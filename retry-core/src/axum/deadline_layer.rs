//! The deadline of a request, around its handler.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use std::sync::Arc;

use ::http::Request;
use ::http::header::HeaderName;
use axum_core::response::{IntoResponse, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::caller_timeout::{CallerTimeout, Unit};
use super::request_deadline::{RequestDeadline, WithinDeadline};
use crate::call::interrupt::Interrupt;
use crate::time::clock::read_async;
use crate::time::sleep::{AsyncSleep, DefaultSleeper};
use crate::time::timeout::{Limit, Timeout, limit};

/// A layer that makes the time which a caller gives the deadline of all calls of a handler.
///
/// It reads the first three headers by itself, and others on request. The shortest time holds, and none is longer
/// than [`max`](DeadlineLayer::max):
///
/// | header | unit | its source |
/// |---|---|---|
/// | `grpc-timeout` | [in the value](crate::http::grpc_timeout) | [gRPC over HTTP/2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests) |
/// | `connect-timeout-ms` | milliseconds | [Connect](https://connectrpc.com/docs/protocol#unary-request) |
/// | `x-envoy-expected-rq-timeout-ms` | milliseconds | [Envoy](https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-expected-rq-timeout-ms), which sends it to the services behind it |
/// | [`seconds`](DeadlineLayer::seconds), [`millis`](DeadlineLayer::millis) | as the method says | no standard: `Request-Timeout` and the like are in seconds here, in milliseconds there |
///
/// - A request without time left, by a zero, is answered 504 and does not reach its handler.
/// - While the handler runs, its retried calls with [`nested = share()`](crate::nested::share) end by the deadline by
///   themselves: no attempt and no pause begins that cannot end before it. Their error is
///   [`Interrupt::Deadline`](crate::Interrupt), and the handler may still answer, for example from a cache.
/// - At the deadline the handler is dropped, and with it all its calls, whatever their keys are. The answer is a 504.
///   A breaker counts a call that is dropped as cancelled.
/// - Other tasks, and threads, do not see the deadline: see [`RequestDeadline`].
/// - The deadline is that of the response's head. A body that is streamed is not cut.
/// - A value that is no time is ignored, with a line at level debug: the request itself is well, and
///   [`max`](DeadlineLayer::max) bounds it. gRPC's servers do the same.
///
/// ```
/// # use persevere_core as persevere;
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
/// use http::Request;
/// use persevere::axum::DeadlineLayer;
/// use persevere::{Interrupt, Policy, RetryPolicy, nested, stop};
/// use std::convert::Infallible;
/// use std::time::Duration;
/// use tower::{Layer, ServiceExt, service_fn};
///
/// // Of axum: `Router::new().route(..).layer(DeadlineLayer::new().max(Duration::from_secs(30)))`.
/// let handler = service_fn(|_: Request<()>| async {
///     let policy = RetryPolicy::new().stop(stop::never()).nested(nested::share());
///     let called = policy.run_async(|| async { Err::<&str, _>(Interrupt::AttemptTimeout) });
///     Ok::<_, Infallible>(called.await)
/// });
/// let service = DeadlineLayer::new().layer(handler);
///
/// let start = tokio::time::Instant::now();
/// let request = Request::builder().header("grpc-timeout", "2S").body(()).unwrap();
/// assert_eq!(service.oneshot(request).await.unwrap().status(), 504);
/// assert!(start.elapsed() <= Duration::from_secs(2));
/// # });
/// ```
#[derive(Clone, Debug)]
pub struct DeadlineLayer {
    headers: CallerTimeout,
    max: Duration,
    reserve: Duration,
}

impl DeadlineLayer {
    /// Creates a layer that reads the headers of gRPC, Connect and Envoy. A request without them has no deadline.
    pub fn new() -> Self {
        DeadlineLayer {
            headers: CallerTimeout::new(),
            max: Duration::MAX,
            reserve: Duration::ZERO,
        }
    }

    /// Sets the longest time of a request: of one whose caller asks for more, and of one whose caller asks for
    /// nothing. Without it both are unbounded.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::axum::DeadlineLayer;
    /// use std::time::Duration;
    ///
    /// let layer = DeadlineLayer::new().max(Duration::from_secs(30));
    /// # let _ = layer;
    /// ```
    #[must_use]
    pub fn max(mut self, time: Duration) -> Self {
        self.max = time;
        self
    }

    /// Keeps time for the handler: its calls end this much before the deadline.
    ///
    /// The handler needs it to answer by a fallback, and the answer needs it for its way. The default is zero.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::axum::DeadlineLayer;
    /// use std::time::Duration;
    ///
    /// let layer = DeadlineLayer::new().reserve(Duration::from_millis(50));
    /// # let _ = layer;
    /// ```
    #[must_use]
    pub fn reserve(mut self, time: Duration) -> Self {
        self.reserve = time;
        self
    }

    /// Reads a further header, whose number is in seconds, perhaps with a fraction.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use http::HeaderName;
    /// use persevere::axum::DeadlineLayer;
    ///
    /// let layer = DeadlineLayer::new().seconds(HeaderName::from_static("request-timeout"));
    /// # let _ = layer;
    /// ```
    #[must_use]
    pub fn seconds(mut self, header: HeaderName) -> Self {
        self.headers.add(header, Unit::Seconds);
        self
    }

    /// Reads a further header, whose number is in milliseconds.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use http::HeaderName;
    /// use persevere::axum::DeadlineLayer;
    ///
    /// let layer = DeadlineLayer::new().millis(HeaderName::from_static("x-request-timeout-ms"));
    /// # let _ = layer;
    /// ```
    #[must_use]
    pub fn millis(mut self, header: HeaderName) -> Self {
        self.headers.add(header, Unit::Millis);
        self
    }
}

impl Default for DeadlineLayer {
    fn default() -> Self {
        DeadlineLayer::new()
    }
}

impl<S> Layer<S> for DeadlineLayer {
    type Service = DeadlineService<S>;

    fn layer(&self, inner: S) -> DeadlineService<S> {
        DeadlineService {
            inner,
            layer: Arc::new(self.clone()),
        }
    }
}

/// A service whose requests have a deadline, made by [`DeadlineLayer`].
#[derive(Clone, Debug)]
pub struct DeadlineService<S> {
    inner: S,
    layer: Arc<DeadlineLayer>,
}

impl<S, B> Service<Request<B>> for DeadlineService<S>
where
    S: Service<Request<B>, Response: IntoResponse>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = DeadlineFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let DeadlineLayer {
            headers,
            max,
            reserve,
        } = &*self.layer;
        let left = headers
            .read(request.headers())
            .map_or(*max, |time| time.min(*max));
        if left.is_zero() {
            return DeadlineFuture::Late;
        }
        // Of a time that is all reserved nothing is left for calls, and all of it for the handler.
        let (now, of_calls) = (read_async(), left.saturating_sub(*reserve));
        let (Some(_), Some(end)) = (now.checked_add(left), now.checked_add(of_calls)) else {
            let called = self.inner.call(request);
            return DeadlineFuture::Unbounded { called };
        };
        let deadline = RequestDeadline::at(end);
        request.extensions_mut().insert(deadline);
        let called = deadline.run(self.inner.call(request));
        let timer = limit(Some((DefaultSleeper.sleep(left), Interrupt::Deadline)));
        DeadlineFuture::Bounded {
            called: Timeout::new(called, timer),
        }
    }
}

type Timer = <DefaultSleeper as AsyncSleep>::Sleeping;

pin_project! {
    /// The future of [`DeadlineService`].
    #[project = Projected]
    #[must_use = "futures do nothing unless awaited"]
    #[allow(missing_docs)]
    pub enum DeadlineFuture<F> {
        Late,
        Unbounded { #[pin] called: F },
        Bounded { #[pin] called: Timeout<WithinDeadline<F>, Limit<Timer>> },
    }
}

impl<F, T, E> Future for DeadlineFuture<F>
where
    F: Future<Output = Result<T, E>>,
    T: IntoResponse,
{
    type Output = Result<Response, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let outcome = match self.project() {
            Projected::Late => Err(Interrupt::Deadline),
            Projected::Unbounded { called } => Ok(ready!(called.poll(cx))),
            Projected::Bounded { called } => ready!(called.poll(cx)),
        };
        Poll::Ready(match outcome {
            Ok(answered) => answered.map(T::into_response),
            Err(interrupt) => Ok(interrupt.into_response()),
        })
    }
}
