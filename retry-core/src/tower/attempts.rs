//! The attempts of one call: each waits until a service is ready, and calls it.

use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower_service::Service;

use super::replay::{Before, Replay};
use crate::clock::{Stopwatch, read_async};

/// What makes the attempts of one call.
pub(super) struct Attempts<S, R, C> {
    /// Called in place if it is ready; else a clone is.
    service: S,
    ready: bool,
    /// What the caller sent.
    first: Option<R>,
    copy: R,
    replay: C,
    made: u32,
    stopwatch: Stopwatch,
}

impl<S, R, C> Attempts<S, R, C>
where
    S: Service<R> + Clone,
    C: Replay<R, S::Error>,
{
    /// Of a request, and its copy for later, in a call that begins.
    pub(super) fn new(service: S, ready: bool, (first, copy): (R, R), replay: C) -> Self {
        Attempts {
            service,
            ready,
            first: Some(first),
            copy,
            replay,
            made: 0,
            stopwatch: Stopwatch::start(read_async, C::DEADLINE),
        }
    }

    /// Begins the next one.
    pub(super) fn next(&mut self) -> Attempt<S, S::Future, R, S::Error> {
        let request = match self.request() {
            Ok(request) => request,
            Err(refused) => return Attempt::refused(refused),
        };
        match mem::take(&mut self.ready) {
            true => Attempt::called(self.service.call(request)),
            false => Attempt::waiting(self.service.clone(), request),
        }
    }

    fn request(&mut self) -> Result<R, S::Error> {
        let before = self.made;
        self.made = before.saturating_add(1);
        if let Some(first) = self.first.take() {
            return Ok(first);
        }
        let mut request = self.replay.copy(&self.copy)?;
        let before = Before {
            attempts: before,
            elapsed: self.stopwatch.elapsed(),
        };
        self.replay.tell(&mut request, before);
        Ok(request)
    }
}

pin_project! {
    /// One attempt.
    pub(super) struct Attempt<S, F, R, E> {
        // The service that is waited for, and what it will be called with; or else a refusal.
        waiting: Option<Result<(S, R), E>>,
        #[pin]
        called: Option<F>,
    }
}

impl<S, F, R, E> Attempt<S, F, R, E> {
    fn called(future: F) -> Self {
        Attempt {
            waiting: None,
            called: Some(future),
        }
    }

    fn waiting(service: S, request: R) -> Self {
        Attempt {
            waiting: Some(Ok((service, request))),
            called: None,
        }
    }

    fn refused(error: E) -> Self {
        Attempt {
            waiting: Some(Err(error)),
            called: None,
        }
    }
}

impl<S, R> Future for Attempt<S, S::Future, R, S::Error>
where
    S: Service<R>,
{
    type Output = Result<S::Response, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let Some(Ok((service, _))) = this.waiting {
            ready!(service.poll_ready(cx))?;
        }
        if let Some(waited) = this.waiting.take() {
            let (mut service, request) = waited?;
            this.called.set(Some(service.call(request)));
        }
        let called = this.called.as_pin_mut();
        called.expect("polled after it was over").poll(cx)
    }
}
