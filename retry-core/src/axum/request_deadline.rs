//! The deadline of a request, in its handler and in the tasks that it spawns.

use core::convert::Infallible;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use ::http::request::Parts;
use axum_core::extract::FromRequestParts;
use pin_project_lite::pin_project;

use crate::guard::deadline::{Deadline, IntoDeadline};
use crate::guard::nested::{ParentCall, Published, with_parent};
use crate::time::clock::{Instant, read_async};

/// The deadline that [`DeadlineLayer`](crate::axum::DeadlineLayer) gave a request, as an argument of its handler.
///
/// It is a value of the key `deadline`, and of [`RetryPolicy::deadline`](crate::RetryPolicy::deadline): for calls on
/// another task or thread, which do not see the deadline of the handler. A request without a deadline, or a route
/// without the layer, has none, and bounds nothing.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::axum::RequestDeadline;
/// use persevere::{Policy, RetryPolicy};
///
/// async fn report(deadline: RequestDeadline) -> &'static str {
///     // A blocking thread sees no call around it.
///     tokio::task::spawn_blocking(move || {
///         let policy = RetryPolicy::new().deadline(deadline);
///         policy.run(|| std::io::Result::Ok("done")).unwrap_or("late")
///     });
///     "begun"
/// }
/// # let _ = report;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestDeadline(Option<Instant>);

impl RequestDeadline {
    pub(super) const fn at(end: Instant) -> Self {
        RequestDeadline(Some(end))
    }

    /// Returns the time that is left: zero past the deadline, `None` without one.
    ///
    /// It is what to send to another service that takes a timeout.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::axum::RequestDeadline;
    ///
    /// assert_eq!(RequestDeadline::default().remaining(), None);
    /// ```
    pub fn remaining(self) -> Option<Duration> {
        Some(self.0?.saturating_duration_since(read_async()))
    }

    /// Shows the deadline to the retried calls of a future that another task runs.
    ///
    /// A spawned task does not see the calls of its spawner. The future itself is not cut.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::axum::RequestDeadline;
    ///
    /// async fn order(deadline: RequestDeadline) -> &'static str {
    ///     tokio::spawn(deadline.run(async { /* calls with `nested = share()` */ }));
    ///     "accepted"
    /// }
    /// # let _ = order;
    /// ```
    pub fn run<F: Future>(self, future: F) -> WithinDeadline<F> {
        let outer = ParentCall::current().unwrap_or_default();
        let published = match self.0 {
            Some(end) => Published::of(outer.and(Some(end), None)),
            None => Published::Nothing,
        };
        WithinDeadline { future, published }
    }
}

#[diagnostic::do_not_recommend]
impl IntoDeadline for RequestDeadline {
    fn into_deadline(self) -> Deadline {
        self.0.into_deadline()
    }
}

/// Takes the deadline of the layer around the handler, or none.
impl<S: Sync> FromRequestParts<S> for RequestDeadline {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or_default())
    }
}

pin_project! {
    /// A future whose retried calls see the deadline of a request: [`RequestDeadline::run`].
    #[must_use = "futures do nothing unless awaited"]
    #[derive(Debug)]
    pub struct WithinDeadline<F> {
        #[pin]
        future: F,
        published: Published<'static>,
    }
}

impl<F: Future> Future for WithinDeadline<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        with_parent(this.published, || this.future.poll(cx))
    }
}
