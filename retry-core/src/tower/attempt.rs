//! The attempts of one call: each waits until a service is ready, and calls it.

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
use crate::policy::asynchronous::{AsyncOperation, Begins};
use crate::time::clock::read_async;
use crate::time::stopwatch::Stopwatch;

/// What makes the attempts of one call.
pub(super) struct MakeAttempt<S, R, C> {
    /// Called in place if it is ready; else a clone is.
    service: S,
    ready: bool,
    /// What the caller sent.
    first: Option<R>,
    /// The request that later ones are copied from; `None` where there are none.
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
    /// Of a request, and its copy for later, in a call that begins.
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

/// Whether an attempt is the last one, whatever the policy says: a service that it waited for has failed in its
/// readiness, so that there is none to try; or its request is not idempotent, and may have had an effect.
pub(super) struct FinalFlag(OnceLock<Arc<AtomicBool>>);

impl FinalFlag {
    /// The place for it, which only attempts have that can be the last.
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
        // Both sides are in one task.
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
        // The service that is waited for, what it will be called with, and where it is told that it is lost;
        // or else a refusal.
        waiting: Option<Result<(S, R, Arc<AtomicBool>), E>>,
        #[pin]
        called: Option<F>,
        // What knows the errors that prove that there was no effect, and where such an attempt is no longer the last.
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

    /// It is the last one from the start, since nobody knows what had become of it when it is cut.
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
