//! The layer that retries calls.

use tower_layer::Layer;

use super::replay::{Cloned, CopiedBy, OrOnce};
use super::retry::Retry;

/// A layer that retries the calls of a service by a policy. Its services are [`Retry`].
///
/// `P` is the policy, for outcomes of type `Result<S::Response, S::Error>`. `C` determines how requests are
/// repeated.
///
/// ```
/// # use persevere_core as persevere;
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
/// use std::io::{self, ErrorKind};
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use std::time::Duration;
/// use persevere::tower::RetryLayer;
/// use persevere::{RetryPolicy, stop, wait, when};
/// use tower::{Layer, ServiceExt, service_fn};
///
/// /// Times out twice.
/// async fn hello(name: &str) -> io::Result<String> {
///     static CALLS: AtomicU32 = AtomicU32::new(0);
///     match CALLS.fetch_add(1, Ordering::Relaxed) {
///         0 | 1 => Err(ErrorKind::TimedOut.into()),
///         _ => Ok(format!("hello, {name}")),
///     }
/// }
///
/// let policy = RetryPolicy::new()
///     .stop(stop::after_attempt(5))
///     .wait(wait::exponential(Duration::from_millis(100)).full_jitter())
///     .when(when::transient())
///     .deadline(Duration::from_secs(10));
/// # let policy = policy.sleep_async(tokio::time::sleep);
/// let service = RetryLayer::new(policy).layer(service_fn(hello));
/// assert_eq!(service.oneshot("ada").await.unwrap(), "hello, ada");
/// # });
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RetryLayer<P, C = Cloned> {
    pub(super) policy: P,
    pub(super) replay: C,
}

impl<P> RetryLayer<P> {
    /// Creates a layer that retries by `policy`; requests are [`Clone`].
    ///
    /// Every call has a clone of the policy. Put a policy that is not `Clone`, or not cheap to clone, into an
    /// [`Arc`](std::sync::Arc).
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::sync::Arc;
    /// use persevere::RetryPolicy;
    /// use persevere::tower::RetryLayer;
    ///
    /// let layer = RetryLayer::new(RetryPolicy::new());
    /// let shared = RetryLayer::new(Arc::new(RetryPolicy::new()));
    /// # let _ = (layer, shared);
    /// ```
    pub const fn new(policy: P) -> Self {
        RetryLayer {
            policy,
            replay: Cloned,
        }
    }

    /// Repeats requests by `copy`, which can refuse with `None`, as `reqwest::Request::try_clone` does for a
    /// body that is a stream.
    ///
    /// `copy` is called before the first attempt. A request that it refuses is not sent: the call ends with
    /// an error made from [`NotReplayable`](super::NotReplayable), at once and not after the first failure.
    /// With [`or_once`](RetryLayer::or_once) the request is sent once instead.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use persevere::RetryPolicy;
    /// use persevere::tower::{NotReplayable, RetryLayer};
    /// use tower::{BoxError, Layer, ServiceExt, service_fn};
    ///
    /// enum Body { Text(String), Stream }
    ///
    /// let copy = |body: &Body| match body {
    ///     Body::Text(text) => Some(Body::Text(text.clone())),
    ///     Body::Stream => None,
    /// };
    /// let policy = RetryPolicy::new();
    /// # let policy = policy.sleep_async(tokio::time::sleep);
    /// let upload = RetryLayer::new(policy)
    ///     .replay(copy)
    ///     .layer(service_fn(|_: Body| async { Ok::<_, BoxError>(()) }));
    /// assert!(upload.clone().oneshot(Body::Text("hello".into())).await.is_ok());
    /// assert!(upload.oneshot(Body::Stream).await.unwrap_err().is::<NotReplayable>());
    /// # });
    /// ```
    pub fn replay<F>(self, copy: F) -> RetryLayer<P, CopiedBy<F>> {
        RetryLayer {
            policy: self.policy,
            replay: CopiedBy(copy),
        }
    }
}

impl<P, C> RetryLayer<P, C> {
    /// Sends a request that cannot be repeated once, without retries and further copies, instead of refusing
    /// it.
    ///
    /// The guards of the policy apply to that attempt too.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use persevere::RetryPolicy;
    /// use persevere::tower::RetryLayer;
    /// use tower::{BoxError, Layer, ServiceExt, service_fn};
    ///
    /// enum Body { Text(String), Stream }
    ///
    /// let copy = |body: &Body| match body {
    ///     Body::Text(text) => Some(Body::Text(text.clone())),
    ///     Body::Stream => None,
    /// };
    /// let policy = RetryPolicy::new();
    /// # let policy = policy.sleep_async(tokio::time::sleep);
    /// let upload = RetryLayer::new(policy)
    ///     .replay(copy)
    ///     .or_once()
    ///     .layer(service_fn(|_: Body| async { Ok::<_, BoxError>(()) }));
    /// assert!(upload.clone().oneshot(Body::Text("hello".into())).await.is_ok());
    /// assert!(upload.oneshot(Body::Stream).await.is_ok());
    /// # });
    /// ```
    pub fn or_once(self) -> RetryLayer<P, OrOnce<C>> {
        self.with(OrOnce)
    }

    pub(super) fn with<D>(self, add: impl FnOnce(C) -> D) -> RetryLayer<P, D> {
        RetryLayer {
            policy: self.policy,
            replay: add(self.replay),
        }
    }
}

impl<S, P: Clone, C: Clone> Layer<S> for RetryLayer<P, C> {
    type Service = Retry<S, P, C>;

    fn layer(&self, inner: S) -> Retry<S, P, C> {
        Retry::new(inner, self.policy.clone(), self.replay.clone())
    }
}
