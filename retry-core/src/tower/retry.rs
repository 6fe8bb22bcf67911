//! The service that retries calls.

use core::fmt;
use core::future::{Future, ready};
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};

use tower_service::Service;

use super::attempt::MakeAttempt;
use super::replay::{Cloned, Replay};
use crate::guard::Guard;
use crate::policy::Policy;
use crate::policy::steps::Repeats;
use crate::time::sleep::AsyncSleep;

/// A service whose calls are retried by a policy, made by [`RetryLayer`](super::RetryLayer).
///
/// Its [readiness](Service::poll_ready) is that of the inner service, of which it calls the clone that is
/// ready. Each later attempt waits until a clone is ready again, within the limits of its attempt. An error
/// of the readiness is passed on, and ends a call that meets it before a retry, since a service that fails in
/// this way is lost.
///
/// The call begins when its future is first polled. Dropping the future drops the attempt, and ends the
/// call.
#[derive(Debug)]
pub struct Retry<S, P, C = Cloned> {
    service: S,
    /// Whether `service` was ready, and has not been called since.
    ready: bool,
    policy: P,
    replay: C,
}

impl<S, P, C> Retry<S, P, C> {
    pub(super) const fn new(service: S, policy: P, replay: C) -> Self {
        Retry {
            service,
            ready: false,
            policy,
            replay,
        }
    }
}

/// A clone is not ready, even if this service is.
impl<S: Clone, P: Clone, C: Clone> Clone for Retry<S, P, C> {
    fn clone(&self) -> Self {
        Retry::new(
            self.service.clone(),
            self.policy.clone(),
            self.replay.clone(),
        )
    }
}

impl<S, P, C, R> Service<R> for Retry<S, P, C>
where
    S: Service<R> + Clone + Send + 'static,
    S::Response: Send + 'static,
    S::Error: Send + 'static,
    S::Future: Send + 'static,
    P: Policy<Result<S::Response, S::Error>, Sleep: AsyncSleep> + Clone + Send + Sync + 'static,
    C: Replay<R, S::Error> + Clone + Send + 'static,
    R: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = RetryFuture<Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        let said = self.service.poll_ready(cx);
        self.ready = matches!(said, Poll::Ready(Ok(())));
        said
    }

    fn call(&mut self, request: R) -> Self::Future {
        const { refuse_unbound::<Result<S::Response, S::Error>, P::Guards>(C::DEADLINE) };
        let Replayed {
            copy,
            idempotent,
            repeats,
        } = match Replayed::of(&request, &self.replay) {
            Ok(replayed) => replayed,
            Err(refused) => return RetryFuture(Box::pin(ready(Err(refused)))),
        };
        let deadline = self.replay.deadline(&request);
        let clone = self.service.clone();
        let service = mem::replace(&mut self.service, clone);
        let ready = mem::take(&mut self.ready);
        let (policy, replay) = (self.policy.clone(), self.replay.clone());
        RetryFuture(Box::pin(async move {
            let attempts = MakeAttempt::new(service, ready, (request, copy), idempotent, replay);
            let call = policy.run_async(attempts);
            call.within(deadline).repeated(repeats).await
        }))
    }
}

/// The repetition of a request.
pub(super) struct Replayed<R> {
    /// The request that later attempts are copied from.
    pub(super) copy: Option<R>,
    pub(super) idempotent: bool,
    pub(super) repeats: Repeats,
}

impl<R> Replayed<R> {
    /// Asks `replay`, which may refuse the request.
    pub(super) fn of<E>(request: &R, replay: &impl Replay<R, E>) -> Result<Self, E> {
        let copy = replay.keep(request)?;
        let idempotent = replay.is_idempotent(request);
        let repeats = match copy {
            None => Repeats::Never,
            Some(_) if idempotent => Repeats::Freely,
            Some(_) => Repeats::OneByOne,
        };
        Ok(Replayed {
            copy,
            idempotent,
            repeats,
        })
    }
}

/// Rejects deadlines of requests for policies that no deadline can end.
const fn refuse_unbound<O, G: Guard<O>>(deadline: bool) {
    assert!(
        G::BINDS || !deadline,
        "nothing in the policy can end a call by the deadline of its request; give it a longest time of its own: `.deadline(30s)`"
    );
}

/// The future of [`Retry`].
///
/// It is boxed, as it owns both the policy and the call that borrows from it.
#[must_use = "futures do nothing unless awaited"]
pub struct RetryFuture<O>(Pin<Box<dyn Future<Output = O> + Send>>);

impl<O> Future for RetryFuture<O> {
    type Output = O;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<O> {
        self.0.as_mut().poll(cx)
    }
}

impl<O> fmt::Debug for RetryFuture<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RetryFuture")
    }
}
