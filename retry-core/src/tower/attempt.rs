//! The attempts of one call, each of which waits until a service is ready, and calls it.

use alloc::sync::Arc;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll, ready};
use core::time::Duration;
use std::sync::OnceLock;

use pin_project_lite::pin_project;
use tower_service::Service;

use super::replay::{PreviousAttempts, Replay};
use crate::call::attempt::{Attempt as At, AttemptDirective, Handle};
use crate::policy::asynchronous::operation::{AsyncOperation, Begins};
use crate::time::clock::read_async;
use crate::time::stopwatch::Stopwatch;

/// The source of the attempts of one call.
pub(super) struct MakeAttempt<S, R, C> {
    /// The service, called in place if it is ready; otherwise a clone is called.
    service: S,
    ready: bool,
    /// The caller's request, until the first attempt takes it.
    first: Option<R>,
    /// The request that later ones are copied from; `None` if there are none.
    copy: Option<R>,
    idempotent: bool,
    replay: C,
    made: u32,
    stopwatch: Stopwatch,
}

impl<S, R, C> MakeAttempt<S, R, C>
where
    S: Service<R> + Clone,
    C: Replay<R, S::Error> + Clone,
{
    /// Creates the source of a call that begins, from a request and its copy for later attempts.
    pub(super) fn new(
        service: S,
        ready: bool,
        (first, copy): (R, Option<R>),
        idempotent: bool,
        replay: C,
    ) -> Self {
        MakeAttempt {
            service,
            ready,
            first: Some(first),
            copy,
            idempotent,
            replay,
            made: 0,
            stopwatch: Stopwatch::start(read_async, C::DEADLINE),
        }
    }

    fn request(&mut self) -> Result<R, S::Error> {
        let before = self.made;
        self.made = before.saturating_add(1);
        if let Some(first) = self.first.take() {
            return Ok(first);
        }
        let copy = self.copy.as_ref();
        let copy = copy.expect("a request that is sent once has one attempt");
        let mut request = self.replay.copy(copy)?;
        let before = PreviousAttempts {
            attempts: before,
            elapsed: self.stopwatch.elapsed(),
        };
        self.replay.tell(&mut request, before);
        Ok(request)
    }
}

impl<S, R, C> Begins<FinalFlag> for MakeAttempt<S, R, C>
where
    S: Service<R> + Clone,
    C: Replay<R, S::Error> + Clone,
{
    type Future = Attempt<S, S::Future, R, S::Error, C>;
    type Handle = FinalFlag;

    fn attempt(&mut self, last: &FinalFlag) -> Self::Future {
        let request = match self.request() {
            Ok(request) => request,
            Err(refused) => return Attempt::refused(refused),
        };
        let attempt = if mem::take(&mut self.ready) {
            Attempt::called(self.service.call(request))
        } else {
            Attempt::waiting(self.service.clone(), request, last.flag())
        };
        if self.idempotent {
            attempt
        } else {
            attempt.with_effect(self.replay.clone(), last.flag())
        }
    }
}

impl<S, R, C> AsyncOperation<Result<S::Response, S::Error>, FinalFlag> for MakeAttempt<S, R, C>
where
    S: Service<R> + Clone,
    C: Replay<R, S::Error> + Clone,
{
}

/// A flag that makes an attempt the last one, whatever the policy decides.
///
/// It is set if the service that the attempt waited for has failed in its readiness, so that no service is
/// left; or if the request is not idempotent, and may have had an effect.
pub(super) struct FinalFlag(OnceLock<Arc<AtomicBool>>);

impl FinalFlag {
    /// Returns the flag, which is allocated only for attempts that can be the last.
    fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(self.0.get_or_init(Arc::default))
    }
}

impl Handle for FinalFlag {
    const TIMED: bool = false;

    fn of(_: impl FnOnce() -> At) -> Self {
        FinalFlag(OnceLock::new())
    }

    fn for_copy(&self, _: Option<Duration>) -> Self {
        FinalFlag(OnceLock::new())
    }

    fn directive(&self) -> AttemptDirective {
        // Both sides are in one task, so that `Relaxed` suffices.
        match self
            .0
            .get()
            .is_some_and(|last| last.load(Ordering::Relaxed))
        {
            true => AttemptDirective::FINAL,
            false => AttemptDirective::default(),
        }
    }
}

pin_project! {
    /// One attempt.
    pub(super) struct Attempt<S, F, R, E, C> {
        // The awaited service, its request, and the flag to set if the service is lost; or else a refusal.
        waiting: Option<Result<(S, R, Arc<AtomicBool>), E>>,
        #[pin]
        called: Option<F>,
        // The judge of errors that prove that no effect took place, and the flag to clear for them.
        effect: Option<(C, Arc<AtomicBool>)>,
    }
}

impl<S, F, R, E, C> Attempt<S, F, R, E, C> {
    fn called(future: F) -> Self {
        Attempt {
            waiting: None,
            called: Some(future),
            effect: None,
        }
    }

    fn waiting(service: S, request: R, lost: Arc<AtomicBool>) -> Self {
        Attempt {
            waiting: Some(Ok((service, request, lost))),
            called: None,
            effect: None,
        }
    }

    fn refused(error: E) -> Self {
        Attempt {
            waiting: Some(Err(error)),
            called: None,
            effect: None,
        }
    }

    /// Marks the attempt as the last one from the start, since nobody knows its effect if it is cut.
    fn with_effect(mut self, replay: C, last: Arc<AtomicBool>) -> Self {
        last.store(true, Ordering::Relaxed);
        self.effect = Some((replay, last));
        self
    }
}

impl<S, R, C> Future for Attempt<S, S::Future, R, S::Error, C>
where
    S: Service<R>,
    C: Replay<R, S::Error>,
{
    type Output = Result<S::Response, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let Some(Ok((service, _, lost))) = this.waiting {
            if let Err(error) = ready!(service.poll_ready(cx)) {
                lost.store(true, Ordering::Relaxed);
                return Poll::Ready(Err(error));
            }
        }
        if let Some(waited) = this.waiting.take() {
            let (mut service, request, _) = waited?;
            this.called.set(Some(service.call(request)));
        }
        let called = this.called.as_pin_mut();
        let outcome = ready!(called.expect("polled after it was over").poll(cx));
        if let (Some((replay, last)), Err(error)) = (this.effect, &outcome) {
            last.store(!replay.had_no_effect(error), Ordering::Relaxed);
        }
        Poll::Ready(outcome)
    }
}
