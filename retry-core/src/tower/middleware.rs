//! A middleware of `reqwest-middleware` that retries requests.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::sync::{Mutex, PoisonError};

use ::http::Extensions;
use reqwest::{Request, Response};
use reqwest_middleware::{Error, Middleware, Next, Result};
use tower_service::Service;

use super::attempt::MakeAttempt;
use super::idempotency::IdempotentIf;
use super::layer::RetryLayer;
use super::replay::{CopiedBy, OrOnce};
use super::retry::Replayed;
use crate::policy::Policy;
use crate::time::sleep::AsyncSleep;

/// A middleware that retries requests by a policy: the argument of `ClientBuilder::with`.
///
/// - **A `POST`**, or any other request that is not idempotent, is repeated only if it has an
///   [`Idempotency-Key`](crate::http::idempotency_key), or if the error proves that no server has seen it. A client
///   that follows redirects proves nothing: turn them off, and declare it by
///   [`no_redirects`](RetryMiddleware::no_redirects).
/// - **A body that is a stream** cannot be sent twice: its request is sent once, whatever the policy says, since
///   `Request::try_clone` refuses to copy it. Read it into memory first, and the request is retried.
/// - **Statuses** are values here. `when::transient().responses()` retries them, not before their `Retry-After`,
///   and the last response is the value of the call.
/// - **Middlewares below**, added after this one, see each attempt; those above see the call.
///   Each attempt has the extensions of the call, and leaves its own there if it is the last to end. Leave out
///   `reqwest-retry`, whose attempts would multiply.
///
/// ```
/// # use persevere_core as persevere;
/// use std::time::Duration;
/// use persevere::tower::RetryMiddleware;
/// use persevere::{RetryPolicy, stop, wait, when};
/// use reqwest::redirect;
/// use reqwest_middleware::ClientBuilder;
///
/// let policy = RetryPolicy::new()
///     .stop(stop::after_attempt(4))
///     .wait(wait::exponential(Duration::from_millis(100)).full_jitter())
///     .when(when::transient().responses())
///     .deadline(Duration::from_secs(20));
/// # let policy = policy.sleep_async(|_| std::future::ready(()));
/// let client = reqwest::Client::builder()
///     .redirect(redirect::Policy::none())
///     .retry(reqwest::retry::never()) // attempts are counted here
///     .build()?;
/// let client = ClientBuilder::new(client)
///     .with(RetryMiddleware::new(policy).no_redirects())
///     .build();
/// # let _ = client;
/// # Ok::<(), reqwest::Error>(())
/// ```
pub struct RetryMiddleware<P>(RetryLayer<P, Replays>);

type Replays =
    IdempotentIf<OrOnce<CopiedBy<fn(&Request) -> Option<Request>>>, fn(&Request) -> bool>;

impl<P> RetryMiddleware<P> {
    /// Creates a middleware that retries by `policy`.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryPolicy;
    /// use persevere::tower::RetryMiddleware;
    ///
    /// let middleware = RetryMiddleware::new(RetryPolicy::new());
    /// # let _ = middleware;
    /// ```
    pub fn new(policy: P) -> Self {
        let copy: fn(&Request) -> Option<Request> = Request::try_clone;
        let is: fn(&Request) -> bool = is_idempotent;
        RetryMiddleware(
            RetryLayer::new(policy)
                .replay(copy)
                .or_once()
                .idempotent(is),
        )
    }

    /// Declares that the client follows no redirects, so that a request without a connection has certainly not
    /// been seen.
    ///
    /// A redirect is a response then, with a 3xx, and ends the call as a success: see
    /// [`OnUnsent::no_redirects`](crate::when::OnUnsent::no_redirects).
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryPolicy;
    /// use persevere::tower::RetryMiddleware;
    ///
    /// let middleware = RetryMiddleware::new(RetryPolicy::new()).no_redirects();
    /// # let _ = middleware;
    /// ```
    pub fn no_redirects(self) -> Self {
        RetryMiddleware(self.0.no_redirects())
    }
}

impl<P: fmt::Debug> fmt::Debug for RetryMiddleware<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RetryMiddleware")
            .field(&self.0.policy)
            .finish()
    }
}

/// Returns whether the request may be repeated although a server has processed it.
fn is_idempotent(request: &Request) -> bool {
    request.method().is_idempotent() || request.headers().contains_key("idempotency-key")
}

#[async_trait::async_trait]
impl<P> Middleware for RetryMiddleware<P>
where
    P: Policy<Result<Response>, Sleep: AsyncSleep> + Send + Sync + 'static,
{
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let RetryLayer { policy, replay } = &self.0;
        let replayed = Replayed::of::<Error>(&request, replay)?;
        let left = Arc::default();
        let chain = Chain {
            next,
            extensions: extensions.clone(),
            left: Arc::clone(&left),
        };
        let attempts = MakeAttempt::new(
            chain,
            true,
            (request, replayed.copy),
            replayed.idempotent,
            *replay,
        );
        let outcome = policy.run_async(attempts).repeated(replayed.repeats).await;
        let left = left.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(left) = left {
            *extensions = left;
        }
        outcome
    }
}

/// The middlewares below and the client, as a service.
#[derive(Clone)]
struct Chain<'a> {
    next: Next<'a>,
    extensions: Extensions,
    /// The extensions that the last attempt has left.
    left: Arc<Mutex<Option<Extensions>>>,
}

impl<'a> Service<Request> for Chain<'a> {
    type Response = Response;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response>> + Send + 'a>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let Chain {
            next,
            extensions,
            left,
        } = self.clone();
        Box::pin(async move {
            let mut own = extensions;
            let outcome = next.run(request, &mut own).await;
            *left.lock().unwrap_or_else(PoisonError::into_inner) = Some(own);
            outcome
        })
    }
}
