//! Faults around a `tower` service.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::{Fault, Flaky};
use crate::time::sleep::{AsyncSleep, DefaultSleeper};

/// A layer that puts a [`Flaky`] around services: [`Flaky::layer`].
#[derive(Clone, Debug)]
pub struct FlakyLayer<E>(Flaky<E>);

impl<E> Flaky<E> {
    /// Returns the same faults as a `tower` layer.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use persevere::testing::Flaky;
    /// use tower::{Layer, ServiceExt, service_fn};
    ///
    /// let echo = service_fn(|text: &'static str| async move { Ok::<_, &str>(text) });
    /// let mut service = Flaky::times(1, || "refused").layer().layer(echo);
    /// assert_eq!((&mut service).oneshot("hello").await, Err("refused"));
    /// assert_eq!((&mut service).oneshot("hello").await, Ok("hello"));
    /// # });
    /// ```
    pub fn layer(&self) -> FlakyLayer<E> {
        FlakyLayer(self.clone())
    }
}

impl<S, E> Layer<S> for FlakyLayer<E> {
    type Service = FlakyService<S, E>;

    fn layer(&self, inner: S) -> FlakyService<S, E> {
        FlakyService {
            inner,
            flaky: self.0.clone(),
        }
    }
}

/// A service that fails by a [`Flaky`], before the inner one is called.
#[derive(Clone, Debug)]
pub struct FlakyService<S, E> {
    inner: S,
    flaky: Flaky<E>,
}

impl<S, R> Service<R> for FlakyService<S, S::Error>
where
    S: Service<R>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = FlakyFuture<S::Future, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let fault = self.flaky.next();
        FlakyFuture {
            delay: self.flaky.delay_async(),
            fault,
            inner: (fault == Fault::None).then(|| self.inner.call(request)),
            flaky: self.flaky.clone(),
        }
    }
}

pin_project! {
    /// The future of [`FlakyService`].
    pub struct FlakyFuture<F, E> {
        #[pin]
        delay: Option<<DefaultSleeper as AsyncSleep>::Sleeping>,
        fault: Fault,
        #[pin]
        inner: Option<F>,
        flaky: Flaky<E>,
    }
}

impl<T, E, F: Future<Output = Result<T, E>>> Future for FlakyFuture<F, E> {
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T, E>> {
        let mut this = self.project();
        if let Some(delay) = this.delay.as_mut().as_pin_mut() {
            ready!(delay.poll(cx));
            this.delay.set(None);
        }
        this.flaky.suffer(*this.fault)?;
        let inner = this.inner.as_pin_mut();
        inner.expect("called, since it goes through").poll(cx)
    }
}

impl<F, E> std::fmt::Debug for FlakyFuture<F, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut fields = f.debug_struct("FlakyFuture");
        fields.field("fault", &self.fault).finish_non_exhaustive()
    }
}
