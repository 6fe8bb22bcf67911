//! A breaker around a service.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::breaker::{Breaker, OwnedPermit};
use crate::call::interrupt::Interrupt;
use crate::time::clock::read_async;

/// A layer that asks a breaker before every call of a service, without retries. Its services are
/// [`CircuitBreakerService`]s.
///
/// `B` is a [`Breaker`]: `&CircuitBreaker`, an `Arc` of one, or a view that
/// [decides what counts](crate::CircuitBreaker::failures). Otherwise errors are failures.
/// [`by_error()`](crate::CircuitBreaker::by_error) asks each error whether the service is to blame for it.
/// The layer never waits: give a breaker to [wait for](crate::breaker::wait_for) to the policy of a
/// [`RetryLayer`](super::RetryLayer).
///
/// ```
/// # use persevere_core as persevere;
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use persevere::CircuitBreaker;
/// use persevere::tower::CircuitBreakerLayer;
/// use tower::{BoxError, ServiceBuilder, ServiceExt, service_fn};
///
/// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").consecutive(1);
///
/// let service = ServiceBuilder::new()
///     .layer(CircuitBreakerLayer::new(&PAYMENTS))
///     .service(service_fn(|_: u32| async { Err::<(), BoxError>("down".into()) }));
/// assert_eq!(service.clone().oneshot(7).await.unwrap_err().to_string(), "down");
/// assert_eq!(service.oneshot(7).await.unwrap_err().to_string(), "the circuit is open");
/// # });
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CircuitBreakerLayer<B>(B);

impl<B> CircuitBreakerLayer<B> {
    /// Creates a layer that asks `breaker`.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::tower::CircuitBreakerLayer;
    /// use persevere::{CircuitBreaker, when};
    ///
    /// static STOCK: CircuitBreaker = CircuitBreaker::new("stock");
    ///
    /// let servers = when::err(|status: &u16| *status >= 500);
    /// let layer = CircuitBreakerLayer::new(STOCK.failures(servers));
    /// # let _ = layer;
    /// ```
    pub const fn new(breaker: B) -> Self {
        CircuitBreakerLayer(breaker)
    }
}

impl<S, B: Clone> Layer<S> for CircuitBreakerLayer<B> {
    type Service = CircuitBreakerService<S, B>;

    fn layer(&self, inner: S) -> CircuitBreakerService<S, B> {
        CircuitBreakerService {
            inner,
            breaker: self.0.clone(),
        }
    }
}

/// A service guarded by a breaker, made by [`CircuitBreakerLayer`].
///
/// Its readiness is that of the inner service. A refused call does not reach that service, and ends with an
/// error made from [`Interrupt::CircuitOpen`]. A dropped call counts as cancelled. A call that panics counts
/// as failed, even if the panic is caught.
#[derive(Clone, Debug)]
pub struct CircuitBreakerService<S, B> {
    inner: S,
    breaker: B,
}

impl<S, B, R> Service<R> for CircuitBreakerService<S, B>
where
    S: Service<R, Error: From<Interrupt>>,
    B: Breaker<Result<S::Response, S::Error>> + Clone,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = CircuitBreakerFuture<S::Future, B, S::Response, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        match OwnedPermit::new(self.breaker.clone(), read_async) {
            Ok(mut pass) => CircuitBreakerFuture::Calling {
                called: pass.during(|| self.inner.call(request)),
                pass,
            },
            Err(refused) => CircuitBreakerFuture::Refused {
                error: Some(Interrupt::from(refused).into()),
            },
        }
    }
}

pin_project! {
    /// The future of [`CircuitBreakerService`].
    #[project = Projected]
    #[must_use = "futures do nothing unless awaited"]
    #[allow(missing_docs)]
    pub enum CircuitBreakerFuture<F, B, T, E>
    where
        B: Breaker<Result<T, E>>,
    {
        Calling { #[pin] called: F, pass: OwnedPermit<B, Result<T, E>> },
        Refused { error: Option<E> },
    }
}

impl<F, B, T, E> Future for CircuitBreakerFuture<F, B, T, E>
where
    F: Future<Output = Result<T, E>>,
    B: Breaker<Result<T, E>>,
{
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T, E>> {
        match self.project() {
            Projected::Calling { called, pass } => {
                let outcome = ready!(pass.during(|| called.poll(cx)));
                pass.record(&outcome);
                Poll::Ready(outcome)
            }
            Projected::Refused { error } => {
                Poll::Ready(Err(error.take().expect("polled after it was over")))
            }
        }
    }
}

impl<F, B: Breaker<Result<T, E>>, T, E> fmt::Debug for CircuitBreakerFuture<F, B, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CircuitBreakerFuture::Calling { .. } => "Calling",
            CircuitBreakerFuture::Refused { .. } => "Refused",
        })
    }
}
