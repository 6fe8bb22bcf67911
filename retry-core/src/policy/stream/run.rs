//! The stream of a policy that opens another stream again where it broke.

use core::future::Future;
use core::time::Duration;

use pin_project_lite::pin_project;

use super::idle::{IdleTimeout, NeverIdle};
use super::stage::Stage;
use crate::call::interrupt::{FromInterrupt, Interrupt};
use crate::call::name::CallName;
use crate::guard::CallGuardBase;
use crate::policy::Policy;
use crate::policy::asynchronous::memory::{AsyncMemory, LeanMemory};
use crate::policy::asynchronous::types::{CountersOf, LimitOf, RecorderOf, SleepOf, WatchOf};
use crate::policy::steps::PolicyCall;
use crate::time::sleep::AsyncSleep;

pin_project! {
    #[project = Running]
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
        pub(super) cursor: K,
        pub(super) open: F,
        pub(super) after: A,
        // Makes an error of the end of a stream that is endless.
        pub(super) ended: Option<fn(Interrupt) -> O>,
        // Returns the shortest pause before the opening at a cursor.
        pub(super) hint: Option<fn(&K) -> Option<Duration>>,
        // Returns a number that changes with each sign of life that is no item.
        pub(super) heartbeats: Option<fn(&K) -> u64>,
        // The name of the function, in place of that of the policy; behind a reference, since it is smaller.
        pub(super) name: Option<&'static CallName<'static>>,
        pub(super) restarts: bool,
        pub(super) progress: Progress,
        #[pin]
        pub(super) idle: I,
        #[pin]
        pub(super) stage: Stage<S, LimitOf<G, Z>, Z, RecorderOf<G>>,
        // Dropped last: the place of a call is given back after what it opened is dropped.
        pub(super) call: PolicyCall<'p, P, O, C, G, LeanMemory<'p, O, Z>>,
    }
}

/// The progress of a stream since it was opened.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Progress {
    /// Whether an item has come.
    pub(super) given: bool,
    /// Whether an item has come after which the cursor is another.
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
            hint: None,
            heartbeats: None,
            name: None,
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
    /// It is judged as [`Interrupt::StreamEnded`], and retried unless the policy prescribes otherwise. An end
    /// right after an error that is final is no failure, and ends it: nothing would come of another opening.
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
    pub fn endless(self) -> Self
    where
        O: FromInterrupt,
    {
        self.endless_by(FromInterrupt::from_interrupt)
    }

    /// Replaces the idle timeout.
    pub(crate) fn map_idle<I2>(
        self,
        map: impl FnOnce(I) -> I2,
    ) -> RunStream<'p, P, O, K, F, A, S, I2, Z, C, G> {
        RunStream {
            call: self.call,
            cursor: self.cursor,
            open: self.open,
            after: self.after,
            ended: self.ended,
            hint: self.hint,
            heartbeats: self.heartbeats,
            name: self.name,
            restarts: self.restarts,
            progress: self.progress,
            idle: map(self.idle),
            stage: self.stage,
        }
    }

    /// Names the stream in callbacks and logs, in place of the policy.
    #[doc(hidden)]
    pub fn named(mut self, name: &'static CallName<'static>) -> Self {
        self.name = Some(name);
        self
    }

    /// Takes the end of the stream for a failure, with this outcome where the policy converts no interrupts.
    #[doc(hidden)]
    pub fn endless_by(mut self, ended: fn(Interrupt) -> O) -> Self {
        self.ended = Some(ended);
        self
    }

    /// Reads from the cursor the shortest pause that the service wants before the stream is opened again.
    ///
    /// It is a hint as that of an error is: a floor under the pause of the wait, bounded by its
    /// [`hint_max`](crate::wait::Backoff::hint_max). Of the two the longer holds. It applies to every pause, whatever
    /// broke the stream, and is no sign of the service's health: a breaker does not see it.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    /// # runtime.unwrap().block_on(async {
    /// # use futures_util::{StreamExt, stream};
    /// use std::io;
    /// use std::time::Duration;
    /// use persevere::{RetryPolicy, wait};
    ///
    /// /// A position in a feed, and the time after which the feed wants to be asked again.
    /// #[derive(Clone, PartialEq)]
    /// struct Position { next: u32, poll_after: Option<Duration> }
    ///
    /// let policy = RetryPolicy::new().wait(wait::none());
    /// # let policy = policy.sleep_async(tokio::time::sleep);
    /// let start = Position { next: 0, poll_after: None };
    /// let open = |at: Position| stream::iter([io::Result::Ok(at.next)]);
    /// let after = |item: &u32| Position { next: item + 1, poll_after: Some(Duration::from_secs(5)) };
    /// let feed = policy.run_stream(start, open, after).endless().hint(|at| at.poll_after);
    /// # let began = tokio::time::Instant::now();
    /// let items: Vec<u32> = feed.take(3).map(Result::unwrap).collect().await;
    /// assert_eq!(items, [0, 1, 2]); // after ten seconds
    /// # assert!(began.elapsed() >= Duration::from_secs(10));
    /// # });
    /// ```
    pub fn hint(mut self, hint: fn(&K) -> Option<Duration>) -> Self {
        self.hint = Some(hint);
        self
    }

    /// Reads from the cursor how many signs of life the service has given that are no items, such as the comments of
    /// server-sent events.
    ///
    /// An [idle timeout](RunStream::idle_timeout) then runs from the last of them too. They are no progress. The
    /// number is read whenever the opened stream is polled and has no item.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    /// # runtime.unwrap().block_on(async {
    /// # use futures_util::{StreamExt, stream};
    /// use std::cell::Cell;
    /// use std::io;
    /// use std::rc::Rc;
    /// use std::time::Duration;
    /// use persevere::RetryPolicy;
    /// use tokio::time::sleep;
    ///
    /// /// A message after a minute, and a ping every ten seconds until then.
    /// fn open(pings: Rc<Cell<u64>>) -> impl stream::Stream<Item = io::Result<u64>> {
    ///     let ticks = stream::iter(1..).then(|tick| async move { sleep(Duration::from_secs(10)).await; tick });
    ///     ticks.filter_map(move |tick| {
    ///         pings.set(tick);
    ///         async move { (tick % 6 == 0).then_some(Ok(tick)) }
    ///     })
    /// }
    ///
    /// let policy = RetryPolicy::new();
    /// # let policy = policy.sleep_async(tokio::time::sleep);
    /// let pings = Rc::new(Cell::new(0));
    /// let messages = policy
    ///     .run_stream(pings.clone(), open, |_| pings.clone())
    ///     .heartbeats(|pings| pings.get())
    ///     .idle_timeout(Duration::from_secs(15));
    /// let first = messages.take(1).collect::<Vec<_>>().await.remove(0);
    /// assert_eq!(first.unwrap(), 6);
    /// # });
    /// ```
    pub fn heartbeats(mut self, heartbeats: fn(&K) -> u64) -> Self {
        self.heartbeats = Some(heartbeats);
        self
    }

    /// Counts attempts, and lengthens pauses, over the whole stream, whatever came in between.
    ///
    /// Without it both start again after an item that moves the cursor, or after any item if the cursor is `()`.
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
        self.idle_timeout_by(limit, FromInterrupt::from_interrupt)
    }

    /// Cuts a stream that gives nothing, with this outcome where the policy converts no interrupts.
    #[doc(hidden)]
    pub fn idle_timeout_by(
        self,
        limit: Duration,
        idle: fn(Interrupt) -> O,
    ) -> RunStream<'p, P, O, K, F, A, S, IdleTimeout<O, Z>, Z, C, G> {
        self.map_idle(|_| IdleTimeout::new(limit, idle))
    }
}
