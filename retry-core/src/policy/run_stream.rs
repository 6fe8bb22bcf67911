//! The method of a policy that runs a stream, found without an import.

use futures_core::stream::Stream;

use super::stream::{NeverIdle, RunStream};
use crate::call::callbacks::Hooks;
use crate::call::outcome::Outcome;
use crate::engine::cases::Cases;
use crate::guard::Guard;
use crate::policy::parts::Parts;
use crate::stop::Stop;
use crate::time::sleep::{AsyncSleep, Sleeper};
use crate::wait::Wait;
use crate::when::Predicate;

// The parameters of the stream are written out, as those of the futures of `run_async` are.
impl<S, W, P, C, H, Z, G> Parts<S, W, P, C, H, Z, G> {
    /// Gives the items of a stream, and opens it again where it broke.
    ///
    /// `open` opens a stream that continues at a cursor, the first time at `start`, and `after` makes of an item the
    /// cursor of what comes after it. So no item is lost and none comes twice, if the cursor tells them apart. The
    /// cursors are compared, since a service that repeats itself makes no progress.
    ///
    /// | the opened stream gives | the stream |
    /// |---|---|
    /// | an item | gives it; attempts and pauses start again, if the cursor has moved or is `()` |
    /// | an error that the policy retries | pauses, and opens it at the cursor; the last one, when the policy gives up, is given, and the stream ends |
    /// | an error that is final | gives it, and goes on with what is opened |
    /// | its end | ends; an [endless](RunStream::endless) one takes it for an error, but not after an error that is final |
    /// | nothing for too long | takes that for an error, with an [idle timeout](RunStream::idle_timeout) or a deadline |
    ///
    /// The stream is opened when it is first polled. Only errors are judged: values are given as they are. A
    /// stop of the elapsed time measures it from the last break after an item, or after an opening that held for as
    /// long as [`reset_after`](crate::RetryPolicy::reset_after) asks for, which a quiet stream needs. A deadline bounds
    /// the whole stream, an `attempt_timeout` the time from an opening to its first item. A breaker learns of a
    /// success by the first item. A permit of a rate limiter is for one opening, and a place of a bulkhead is kept
    /// while the stream is open.
    ///
    /// A policy that hedges opens a further copy where the first has given nothing for as long as its
    /// [hedge](crate::hedge) says. The first copy to give an item or its end is the stream, and one that fails is
    /// treated as that of a call. Each opening is such a race, and allocates.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// # use futures_util::{StreamExt, stream};
    /// use std::io;
    /// use persevere::{RetryPolicy, wait};
    ///
    /// /// The numbers from `next` on; the connection breaks after each second one.
    /// fn numbers(next: u32) -> impl stream::Stream<Item = io::Result<u32>> {
    ///     let broken = io::Error::from(io::ErrorKind::ConnectionReset);
    ///     stream::iter([Ok(next), Ok(next + 1), Err(broken)])
    /// }
    ///
    /// let policy = RetryPolicy::new().wait(wait::none());
    /// let numbers = policy.run_stream(0, numbers, |number| number + 1);
    /// let items: Vec<u32> = numbers.take(5).map(Result::unwrap).collect().await;
    /// assert_eq!(items, [0, 1, 2, 3, 4]);
    /// # });
    /// ```
    pub fn run_stream<'p, O, K, F, A, I>(
        &'p self,
        start: K,
        open: F,
        after: A,
    ) -> RunStream<'p, Self, O, K, F, A, I, NeverIdle, Z::Sleeping, C::Counters, G::Active<'p>>
    where
        O: Outcome + 'p,
        S: Stop,
        W: Wait<O>,
        P: Predicate<O>,
        C: Cases<O>,
        H: Hooks<O>,
        Z: Sleeper + AsyncSleep,
        G: Guard<O>,
        K: Clone + PartialEq,
        F: FnMut(K) -> I,
        A: FnMut(&O::Value) -> K,
        I: Stream<Item = O>,
    {
        RunStream::new(self, start, open, after)
    }
}
