//! The stream of a policy that opens another stream again where it broke.

use core::future::Future;
use core::time::Duration;

use pin_project_lite::pin_project;

use super::idle::{IdleTimeout, NeverIdle};
use super::stage::Stage;
use crate::call::interrupt::{FromInterrupt, Interrupt};
use crate::guard::CallGuardBase;
use crate::policy::Policy;
use crate::policy::asynchronous::memory::{AsyncMemory, LeanMemory};
use crate::policy::asynchronous::types::{CountersOf, LimitOf, RecorderOf, SleepOf, WatchOf};
use crate::policy::steps::PolicyCall;
use crate::time::sleep::AsyncSleep;

pin_project! {
    /// The stream of [`RetryPolicy::run_stream`](crate::RetryPolicy::run_stream).
    ///
    /// It is `Send` where its parts are, and needs no task, and no box unless its policy hedges. Dropping it ends
    /// everything. Once it has ended it gives `None` for ever.
    #[must_use = "streams do nothing unless polled"]
    pub struct RunStream<
        'p,
        P,
        O,
        K,
        F,
        A,
        S,
        I = NeverIdle,
        Z = SleepOf<P, O>,
        C = CountersOf<P, O>,
        G = WatchOf<'p, P, O>,
    >
    where
        P: Policy<O>,
        P: ?Sized,
        Z: Future<Output = ()>,
        Z: Send,
        G: CallGuardBase,
    {
        pub(super) call: PolicyCall<'p, P, O, C, G, LeanMemory<'p, O, Z>>,
        pub(super) cursor: K,
        pub(super) open: F,
        pub(super) after: A,
        // Makes an error of the end of a stream that is endless.
        pub(super) ended: Option<fn(Interrupt) -> O>,
        pub(super) restarts: bool,
        pub(super) progress: Progress,
        #[pin]
        pub(super) idle: I,
        #[pin]
        pub(super) stage: Stage<S, LimitOf<G, Z>, Z, RecorderOf<G>>,
    }
}

/// The progress of a stream since it was opened.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Progress {
    /// Whether an item has come.
    pub(super) moved: bool,
    /// Whether the service has answered, by an item or an error that is final.
    pub(super) answered: bool,
    /// Whether an error that is final was the last that came.
    pub(super) failed: bool,
}

impl<'p, P, O, K, F, A, S>
    RunStream<'p, P, O, K, F, A, S, NeverIdle, SleepOf<P, O>, CountersOf<P, O>, WatchOf<'p, P, O>>
where
    P: Policy<O, Sleep: AsyncSleep> + ?Sized,
    F: FnMut(K) -> S,
{
    /// Creates a stream that has not begun.
    pub(crate) fn new(policy: &'p P, start: K, open: F, after: A) -> Self {
        RunStream {
            call: PolicyCall::new(policy, LeanMemory::new(None)),
            cursor: start,
            open,
            after,
            ended: None,
            restarts: true,
            progress: Progress::default(),
            idle: NeverIdle,
            stage: Stage::Ready,
        }
    }
}

impl<'p, P, O, K, F, A, S, I, Z, C, G> RunStream<'p, P, O, K, F, A, S, I, Z, C, G>
where
    P: Policy<O> + ?Sized,
    Z: Future<Output = ()> + Send,
    G: CallGuardBase,
{
    /// Takes the end of the stream for a failure, as of a watch or of server-sent events, which end when their
    /// connection does.
    ///
    /// It is judged as [`Interrupt::StreamEnded`], and retried unless the policy prescribes otherwise.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// # use futures_util::{StreamExt, stream};
    /// use std::io;
    /// use persevere::{RetryPolicy, wait};
    ///
    /// let policy = RetryPolicy::new().wait(wait::none());
    /// // Each opening gives one item, and ends.
    /// let open = |next: u32| stream::iter([io::Result::Ok(next)]);
    /// let watch = policy.run_stream(0, open, |item| item + 1).endless();
    /// let items: Vec<u32> = watch.take(5).map(Result::unwrap).collect().await;
    /// assert_eq!(items, [0, 1, 2, 3, 4]);
    /// # });
    /// ```
    pub fn endless(mut self) -> Self
    where
        O: FromInterrupt,
    {
        self.ended = Some(FromInterrupt::from_interrupt);
        self
    }

    /// Counts attempts, and lengthens pauses, over the whole stream, whatever came in between.
    ///
    /// Without it both start again after an item, whatever its cursor is. So a service that gives the same item
    /// whenever it is asked, and breaks, is asked for ever, with the first pause each time: only a deadline, a budget
    /// or this method bounds that.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// # use futures_util::{StreamExt, stream};
    /// use std::io;
    /// use persevere::{RetryPolicy, wait};
    ///
    /// let policy = RetryPolicy::new().wait(wait::none());
    /// // Whenever it is opened it gives its first item, and breaks.
    /// let open = |()| stream::iter([Ok("hello"), Err(io::Error::from(io::ErrorKind::ConnectionReset))]);
    /// let greetings = policy.run_stream((), open, |_| ()).without_progress();
    /// assert_eq!(greetings.count().await, 4); // three times, and the last error
    /// # });
    /// ```
    pub fn without_progress(mut self) -> Self {
        self.restarts = false;
        self
    }
}

impl<'p, P, O, K, F, A, S, Z, C, G> RunStream<'p, P, O, K, F, A, S, NeverIdle, Z, C, G>
where
    P: Policy<O> + ?Sized,
    Z: Future<Output = ()> + Send,
    G: CallGuardBase,
{
    /// Cuts an opened stream that gives nothing for as long as this, as an attempt is cut by its timeout, and opens
    /// it again.
    ///
    /// The time runs from the opening, and from each item. An `attempt_timeout` of the policy is the longest time from
    /// the opening to the first item.
    ///
    /// With zero only a stream that always has an item goes on; any other is cut at once, and opened again as the
    /// policy prescribes. [`Duration::MAX`] cuts nothing.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    /// # runtime.unwrap().block_on(async {
    /// # use futures_util::{StreamExt, stream};
    /// use std::io;
    /// use std::time::Duration;
    /// use persevere::{Interrupt, RetryPolicy};
    ///
    /// let policy = RetryPolicy::new();
    /// # let policy = policy.sleep_async(tokio::time::sleep);
    /// let open = |()| stream::pending::<io::Result<u8>>();
    /// let stalled = policy.run_stream((), open, |_| ()).idle_timeout(Duration::from_secs(30));
    /// let items: Vec<_> = stalled.collect().await;
    /// let error = items.into_iter().next().unwrap().unwrap_err();
    /// assert_eq!(error.to_string(), "the attempt timed out"); // after three attempts
    /// # });
    /// ```
    pub fn idle_timeout(
        self,
        limit: Duration,
    ) -> RunStream<'p, P, O, K, F, A, S, IdleTimeout<O, Z>, Z, C, G>
    where
        O: FromInterrupt,
    {
        RunStream {
            call: self.call,
            cursor: self.cursor,
            open: self.open,
            after: self.after,
            ended: self.ended,
            restarts: self.restarts,
            progress: self.progress,
            idle: IdleTimeout::new(limit, FromInterrupt::from_interrupt),
            stage: self.stage,
        }
    }
}
