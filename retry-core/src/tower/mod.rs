//! Policies and breakers for `tower` services.
//!
//! | part | what it is for |
//! |---|---|
//! | [`RetryLayer`] | retries the calls of a service by any policy, with its guards; of a policy that is tried [`once`](crate::RetryPolicy::once), the guards alone |
//! | [`CircuitBreakerLayer`] | a breaker around a service, without retries |
//! | `RetryMiddleware` | a policy as a middleware of `reqwest-middleware` (feature of that name) |
//! | `GrpcStatusLayer` | errors of the responses of gRPC that fail, pages of proxies among them (feature `tonic`) |
//!
//! ```
//! # use persevere_core as persevere;
//! # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
//! use std::time::Duration;
//! use persevere::tower::RetryLayer;
//! use persevere::{CircuitBreaker, RetryBudget, RetryPolicy};
//! use tower::{BoxError, ServiceBuilder, ServiceExt, service_fn};
//!
//! static STOCK: CircuitBreaker = CircuitBreaker::new("stock");
//! static BUDGET: RetryBudget = RetryBudget::ratio(0.2, Duration::from_secs(10));
//!
//! let policy = RetryPolicy::new()
//!     .attempt_timeout(Duration::from_secs(2))
//!     .deadline(Duration::from_secs(10))
//!     .breaker(&STOCK)
//!     .budget(&BUDGET);
//! # let policy = policy.sleep_async(tokio::time::sleep);
//! let service = ServiceBuilder::new()
//!     .layer(RetryLayer::new(policy))
//!     .concurrency_limit(8) // of attempts: a call in its pause takes no place
//!     .service(service_fn(|item: u32| async move { Ok::<_, BoxError>(item * 2) }));
//! assert_eq!(service.oneshot(21).await.unwrap(), 42);
//! # });
//! ```
//!
//! # Limits without retries
//!
//! A policy that is tried [`once`](crate::RetryPolicy::once) makes a layer of its guards alone, such as a rate limiter
//! and a bulkhead that all clones of the service share:
//!
//! ```
//! # use persevere_core as persevere;
//! # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
//! use persevere::rate_limiter::SECOND;
//! use persevere::tower::RetryLayer;
//! use persevere::{Bulkhead, RateLimiter, RetryPolicy};
//! use tower::{BoxError, ServiceBuilder, ServiceExt, service_fn};
//!
//! static API: RateLimiter = RateLimiter::new("api").rate(1, SECOND);
//! static PLACES: Bulkhead = Bulkhead::new("api", 20);
//!
//! let policy = RetryPolicy::new().once().rate_limiter(&API).bulkhead(&PLACES);
//! # let policy = policy.sleep_async(tokio::time::sleep);
//! let service = ServiceBuilder::new()
//!     .layer(RetryLayer::new(policy))
//!     .service(service_fn(|item: u32| async move { Ok::<_, BoxError>(item * 2) }));
//! let start = tokio::time::Instant::now();
//! assert_eq!(service.clone().oneshot(21).await.unwrap(), 42);
//! assert_eq!(service.oneshot(4).await.unwrap(), 8);
//! assert_eq!(start.elapsed(), SECOND); // the second waited for its permit
//! # });
//! ```
//!
//! # In a stack
//!
//! - **Services** are `Clone`, since each attempt has one of its own. Put `tower::buffer` around a service
//!   that is not.
//! - **Requests** are `Clone` too, bodies included, or [copied by a function](RetryLayer::replay) that may
//!   refuse. A refused request is not sent at all, so that the lack of a second attempt does not show only
//!   after a failure. The layer can be set to send it [once](RetryLayer::or_once) instead.
//! - **`reqwest::Client`** is a service itself, for requests that `reqwest::Request::try_clone` copies. The
//!   step that makes an error from a status and reads the body belongs inside the layer:
//!   `.and_then(async |r: Response| Ok::<_, HttpError>(r.or_http_error()?.bytes().await?))`. The repository
//!   has the whole stack, as `tests/http/stack.rs`.
//! - **E0599 on `oneshot`**, or on `boxed`, does not name the bound that a stack misses. A function that
//!   returns `impl Service<Request, Response = .., Error = ..>` with the same stack does.
//! - **Methods** that are not idempotent: a policy sees outcomes, and not requests.
//!   [`idempotent`](RetryLayer::idempotent) decides for each request whether it may be repeated although it
//!   had an effect.
//! - **Errors** of a guard are made by [`From<Interrupt>`](crate::Interrupt), which tower's `BoxError`
//!   implements. Put `.map_err(BoxError::from)` above a service whose errors, of another crate, do not.
//! - **Layers inside** the one that retries apply to each attempt, those around it to the call, pauses
//!   included. A concurrency limit belongs inside, so that pauses take no place. It belongs around the layer
//!   if the service is made ready before a request exists, as by workers of `apalis`: the holder of the last
//!   place, waiting for a request, would leave none for a retry.
//! - **Readiness** is awaited before every attempt. The wait is part of the attempt: an attempt timeout and a
//!   deadline end it. A service that fails in it is lost, and not asked again. Its error is passed on to the
//!   caller of the layer's own `poll_ready`, and ends a call that waits for readiness before a retry, as with
//!   `tower::retry`.
//! - **gRPC** with `tonic`: retry around a method of the client, by the attribute, by
//!   [`run_async`](crate::Policy::run_async), or by a layer around a service of messages, where the whole
//!   [status](crate::Transient#impl-Transient-for-Status) is visible. Around a channel only HTTP is visible.
//!   Its bodies are not `Clone`, which does not compile without a function that copies them. A call that
//!   failed without an answer is a response with the status in its headers, which `GrpcStatusLayer`, below
//!   the layer that retries, turns into an error. A failure after the first message, in trailers, is not
//!   visible at all.

mod attempt;
mod breaker;
#[cfg(feature = "tonic")]
mod grpc_status;
#[cfg(feature = "http")]
mod http;
mod idempotency;
mod layer;
#[cfg(feature = "reqwest-middleware")]
mod middleware;
mod replay;
mod retry;

pub use self::breaker::{CircuitBreakerFuture, CircuitBreakerLayer, CircuitBreakerService};
#[cfg(feature = "tonic")]
pub use self::grpc_status::{GrpcStatus, GrpcStatusFuture, GrpcStatusLayer};
#[cfg(feature = "axum")]
pub(crate) use self::http::TIMEOUT as GRPC_TIMEOUT;
#[cfg(feature = "http")]
pub use self::http::{GrpcTimeout, TellAttempts};
pub use self::idempotency::IdempotentIf;
pub use self::layer::RetryLayer;
#[cfg(feature = "reqwest-middleware")]
pub use self::middleware::RetryMiddleware;
pub use self::replay::{Cloned, CopiedBy, OrOnce, Replay};
pub use self::retry::{Retry, RetryFuture};
pub use crate::transient::not_replayable::NotReplayable;
