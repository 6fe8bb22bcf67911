//! Streams that fail by a plan.

use std::fmt;
use std::future::Future;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::stream::Stream;
use pin_project_lite::pin_project;

use super::faults::Plan;
use crate::time::sleep::{AsyncSleep, DefaultSleeper};
use crate::util::sync::AtomicU64;

/// The fault of one opened stream, after a number of items that go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StreamFault {
    /// No fault: all items go through.
    None,
    /// The stream fails after this number of items, and ends.
    Error(u64),
    /// The stream gives nothing more after this number of items, and says nothing of it.
    Stall(u64),
    /// The stream ends after this number of items, as if they were all.
    End(u64),
    /// The stream panics after this number of items.
    Panic(u64),
}

impl StreamFault {
    /// Returns the number of items that go through before it.
    const fn after(self) -> u64 {
        match self {
            StreamFault::None => u64::MAX,
            StreamFault::Error(items)
            | StreamFault::Stall(items)
            | StreamFault::End(items)
            | StreamFault::Panic(items) => items,
        }
    }
}

/// A source of streams that fail by a plan, with any error: one fault for each opening.
///
/// The items are those of the stream that is opened, so that it goes on from a cursor if that does. Clones are the
/// same source, and count together.
///
/// ```
/// # use persevere_core as persevere;
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
/// # use futures_util::{StreamExt, stream};
/// use std::io::{self, ErrorKind};
/// use std::time::Duration;
/// use persevere::RetryPolicy;
/// use persevere::testing::{FlakyStreams, StreamFault};
///
/// let faults = [StreamFault::Error(2), StreamFault::Stall(1)];
/// let server = FlakyStreams::schedule(faults, || ErrorKind::ConnectionReset.into());
/// let events = |next: u32| server.open(stream::iter((next..6).map(io::Result::Ok)));
///
/// // What is tested: it goes on where the stream broke, and opens a silent one again.
/// let policy = RetryPolicy::new();
/// # let policy = policy.sleep_async(tokio::time::sleep);
/// let events = policy.run_stream(0, events, |event| event + 1).idle_timeout(Duration::from_secs(30));
/// let events: Vec<u32> = events.map(Result::unwrap).collect().await;
/// assert_eq!(events, [0, 1, 2, 3, 4, 5]);
/// assert_eq!((server.openings(), server.items()), (3, 6));
/// # });
/// ```
pub struct FlakyStreams<E> {
    plan: Plan<StreamFault>,
    delay: Duration,
    counts: Arc<Counts>,
    error: Arc<dyn Fn() -> E + Send + Sync>,
}

/// The timer of a delay.
type Delay = Pin<Box<<DefaultSleeper as AsyncSleep>::Sleeping>>;

#[derive(Debug, Default)]
struct Counts {
    openings: AtomicU64,
    items: AtomicU64,
}

impl<E> FlakyStreams<E> {
    /// Creates a source whose first openings have this fault; all later ones have none.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// # use futures_util::{StreamExt, stream};
    /// use persevere::testing::{FlakyStreams, StreamFault};
    ///
    /// let server = FlakyStreams::times(1, StreamFault::End(1), || "refused");
    /// assert_eq!(server.open(stream::iter([Ok(1), Ok(2)])).count().await, 1);
    /// assert_eq!(server.open(stream::iter([Ok(1), Ok(2)])).count().await, 2);
    /// # });
    /// ```
    pub fn times(
        failures: u64,
        fault: StreamFault,
        error: impl Fn() -> E + Send + Sync + 'static,
    ) -> Self {
        FlakyStreams::of(Plan::Times(failures, fault), error)
    }

    /// Creates a source whose openings have this fault with this probability.
    ///
    /// The rate and the seed are those of [`Faults::rate`](super::Faults::rate).
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// # use futures_util::{StreamExt, stream};
    /// use persevere::RetryPolicy;
    /// use persevere::testing::{FlakyStreams, StreamFault};
    /// use persevere::{stop, wait};
    ///
    /// let server = FlakyStreams::rate(0.3, 7, StreamFault::Error(1), || "reset");
    /// let numbers = |next: u32| server.open(stream::iter((next..100).map(Ok)));
    /// let policy = RetryPolicy::new().wait(wait::none()).stop(stop::never());
    /// let numbers = policy.run_stream(0, numbers, |number| number + 1);
    /// assert_eq!(numbers.map(Result::unwrap).count().await, 100);
    /// assert!(server.openings() > 1);
    /// # });
    /// ```
    pub fn rate(
        rate: f64,
        seed: u64,
        fault: StreamFault,
        error: impl Fn() -> E + Send + Sync + 'static,
    ) -> Self {
        FlakyStreams::of(Plan::Rate { seed, rate, fault }, error)
    }

    /// Creates a source with one fault for each opening; all later ones have none.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// # use futures_util::{StreamExt, stream};
    /// use persevere::testing::{FlakyStreams, StreamFault};
    ///
    /// let server = FlakyStreams::schedule([StreamFault::None, StreamFault::Error(0)], || "refused");
    /// let open = || server.open(stream::iter([Ok(7)]));
    /// assert_eq!(open().next().await, Some(Ok(7)));
    /// assert_eq!(open().next().await, Some(Err("refused")));
    /// assert_eq!(open().next().await, Some(Ok(7)));
    /// # });
    /// ```
    pub fn schedule(
        faults: impl IntoIterator<Item = StreamFault>,
        error: impl Fn() -> E + Send + Sync + 'static,
    ) -> Self {
        FlakyStreams::of(Plan::Schedule(faults.into_iter().collect()), error)
    }

    /// Sets the time from one item to the next, or to the fault: virtual time, if tokio's clock is paused.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Returns the number of openings so far.
    pub fn openings(&self) -> u64 {
        self.counts.openings.load(Ordering::Relaxed)
    }

    /// Returns the number of items so far, of all openings; errors are none.
    pub fn items(&self) -> u64 {
        self.counts.items.load(Ordering::Relaxed)
    }

    /// Opens a stream whose items are those of `stream`, until the fault of this opening.
    pub fn open<T, S: Stream<Item = Result<T, E>>>(&self, stream: S) -> FlakyStream<S, E> {
        let opening = self.counts.openings.fetch_add(1, Ordering::Relaxed);
        let fault = self.plan.fault(opening).unwrap_or(StreamFault::None);
        FlakyStream {
            stream,
            fault: Some(fault),
            left: fault.after(),
            delay: self.delay_async(),
            source: self.clone(),
        }
    }

    fn delay_async(&self) -> Option<Delay> {
        let delay = self.delay;
        (!delay.is_zero()).then(|| Box::pin(AsyncSleep::sleep(&DefaultSleeper, delay)))
    }

    fn of(plan: Plan<StreamFault>, error: impl Fn() -> E + Send + Sync + 'static) -> Self {
        FlakyStreams {
            plan,
            delay: Duration::ZERO,
            counts: Arc::default(),
            error: Arc::new(error),
        }
    }
}

/// Its panics are on purpose, and it goes on as scheduled.
impl<E> UnwindSafe for FlakyStreams<E> {}
impl<E> RefUnwindSafe for FlakyStreams<E> {}

impl<E> Clone for FlakyStreams<E> {
    fn clone(&self) -> Self {
        FlakyStreams {
            plan: self.plan.clone(),
            delay: self.delay,
            counts: Arc::clone(&self.counts),
            error: Arc::clone(&self.error),
        }
    }
}

impl<E> fmt::Debug for FlakyStreams<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlakyStreams")
            .field("plan", &self.plan)
            .field("delay", &self.delay)
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}

pin_project! {
    /// A stream of [`FlakyStreams`].
    #[must_use = "streams do nothing unless polled"]
    pub struct FlakyStream<S, E> {
        #[pin]
        stream: S,
        // Without one it is over.
        fault: Option<StreamFault>,
        left: u64,
        // In a box, so that the stream need not be pinned if the one inside need not.
        delay: Option<Delay>,
        source: FlakyStreams<E>,
    }
}

impl<T, E, S: Stream<Item = Result<T, E>>> Stream for FlakyStream<S, E> {
    type Item = Result<T, E>;

    /// # Panics
    ///
    /// If the plan has a panic for this item, or if the delay has no runtime to wake it.
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<T, E>>> {
        let this = self.project();
        let Some(fault) = *this.fault else {
            return Poll::Ready(None);
        };
        if let Some(delay) = this.delay {
            ready!(delay.as_mut().poll(cx));
            *this.delay = None;
        }
        if *this.left == 0 {
            if let StreamFault::Stall(_) = fault {
                return Poll::Pending;
            }
            *this.fault = None;
            return match fault {
                StreamFault::Error(_) => Poll::Ready(Some(Err((this.source.error)()))),
                StreamFault::Panic(_) => panic!("a panic that the test asked for"),
                _ => Poll::Ready(None),
            };
        }
        let item = ready!(this.stream.poll_next(cx));
        *this.delay = this.source.delay_async();
        match &item {
            Some(Ok(_)) => {
                *this.left -= 1;
                this.source.counts.items.fetch_add(1, Ordering::Relaxed);
            }
            Some(Err(_)) => {}
            None => *this.fault = None,
        }
        Poll::Ready(item)
    }
}

impl<S, E> fmt::Debug for FlakyStream<S, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("FlakyStream");
        fields.field("fault", &self.fault).finish_non_exhaustive()
    }
}
