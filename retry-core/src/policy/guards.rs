//! The guards of a policy, which keep its retries from making an outage worse: one method for each.

#[cfg(feature = "async")]
use core::time::Duration;

use super::RetryPolicy;
use crate::budget::Budget;
use crate::bulkhead::AsBulkhead;
use crate::guard::deadline::IntoDeadline;
use crate::guard::nested::Nesting;
use crate::guard::{Guards, InterruptConversion, IntoGuards, With, WithBulkhead, WithRateLimiter};
#[cfg(all(feature = "std", feature = "async"))]
use crate::hedge::{Hedge, Pace};
use crate::rate_limiter::AsRateLimiter;

type GuardsOf<G> = Guards<
    <G as IntoGuards>::Breaker,
    <G as IntoGuards>::Budget,
    <G as IntoGuards>::Interrupt,
    <G as IntoGuards>::Hedge,
    <G as IntoGuards>::Limits,
>;

/// The conversion of interrupts that guards have once they can interrupt.
type EnabledConversion<G> = <<G as IntoGuards>::Interrupt as InterruptConversion>::Enabled;

/// Guards that can interrupt an attempt.
type Interruptible<G> = Guards<
    <G as IntoGuards>::Breaker,
    <G as IntoGuards>::Budget,
    EnabledConversion<G>,
    <G as IntoGuards>::Hedge,
    <G as IntoGuards>::Limits,
>;

/// Guards with other limits that calls share.
type LimitedBy<G, L> = Guards<
    <G as IntoGuards>::Breaker,
    <G as IntoGuards>::Budget,
    EnabledConversion<G>,
    <G as IntoGuards>::Hedge,
    L,
>;

impl<S, W, P, C, H, Z, G> RetryPolicy<S, W, P, C, H, Z, G> {
    /// Limits the time of the whole call, pauses included: to a [`Duration`], until an
    /// [`Instant`](std::time::Instant), or by an [`Option`] of either.
    ///
    /// No attempt and no pause begins that cannot end before the deadline; an async attempt in flight is cut.
    /// A call that has no outcome by then ends with one made of
    /// [`Interrupt::Deadline`](crate::Interrupt::Deadline). A deadline in the past means no attempt.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::io;
    /// use std::time::{Duration, Instant};
    /// use persevere::{Policy, RetryPolicy, StopReason, wait};
    ///
    /// let policy = RetryPolicy::new()
    ///     .wait(wait::fixed(Duration::from_secs(3600)))
    ///     .deadline(Duration::from_secs(10));
    /// let refused = || io::Result::<()>::Err(io::ErrorKind::ConnectionRefused.into());
    /// let report = policy.report(refused);
    /// assert_eq!(report.reason(), Some(StopReason::Deadline)); // at once: the pause cannot fit
    /// ```
    pub fn deadline(
        self,
        deadline: impl IntoDeadline,
    ) -> RetryPolicy<S, W, P, C, H, Z, Interruptible<G>>
    where
        G: IntoGuards,
    {
        self.guard(|guards| guards.deadline(deadline))
    }

    /// Limits the time of one attempt of an async call.
    ///
    /// An attempt that takes longer is dropped, and judged by the outcome that
    /// [`Interrupt::AttemptTimeout`](crate::Interrupt::AttemptTimeout) becomes. A blocking call cannot be
    /// interrupted: `run`, `report` and `start` ignore the limit. With a [`hedge`](RetryPolicy::hedge) it
    /// holds for each copy, the last of which begins `(copies − 1) · delay` later at the latest, or sooner
    /// when one fails.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # let mut runtime = tokio::runtime::Builder::new_current_thread();
    /// # runtime.enable_time().start_paused(true).build().unwrap().block_on(async {
    /// use std::{future, io, time::Duration};
    /// use persevere::{Policy, RetryPolicy};
    ///
    /// let policy = RetryPolicy::new().attempt_timeout(Duration::from_secs(2));
    /// # let policy = policy.sleep_async(tokio::time::sleep);
    /// let outcome = policy.run_async(|| future::pending::<io::Result<()>>()).await;
    /// assert_eq!(outcome.unwrap_err().kind(), io::ErrorKind::TimedOut);
    /// # });
    /// ```
    #[cfg(feature = "async")]
    pub fn attempt_timeout(self, limit: Duration) -> RetryPolicy<S, W, P, C, H, Z, Interruptible<G>>
    where
        G: IntoGuards,
    {
        self.guard(|guards| guards.attempt_timeout(limit))
    }

    /// Asks a breaker before every attempt.
    ///
    /// While the breaker is open, the call ends at once with an outcome made of
    /// [`Interrupt::CircuitOpen`](crate::Interrupt::CircuitOpen), or with that of the attempt before.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::io;
    /// use persevere::{CircuitBreaker, Policy, RetryPolicy, StopReason, wait};
    ///
    /// static DISK: CircuitBreaker = CircuitBreaker::new("disk").consecutive(2);
    ///
    /// let policy = RetryPolicy::new().wait(wait::none()).breaker(&DISK);
    /// let report = policy.report(|| io::Result::<()>::Err(io::ErrorKind::TimedOut.into()));
    /// assert_eq!(report.attempts(), 2);
    /// assert_eq!(report.reason(), Some(StopReason::CircuitOpen));
    /// ```
    pub fn breaker<T>(
        self,
        breaker: T,
    ) -> RetryPolicy<
        S,
        W,
        P,
        C,
        H,
        Z,
        Guards<T, G::Budget, EnabledConversion<G>, G::Hedge, G::Limits>,
    >
    where
        G: IntoGuards,
    {
        self.guard(|guards| guards.breaker(breaker))
    }

    /// Takes a permit of a rate limiter for every attempt, the first included.
    ///
    /// A call waits for its permit in the order in which calls came, within its deadline and the limiter's
    /// [`max_wait`](crate::rate_limiter::Settings::max_wait); else it ends with an outcome made of
    /// [`Interrupt::RateLimited`](crate::Interrupt::RateLimited), or with that of the attempt before. A hint of any
    /// attempt, such as a `Retry-After`, holds the limiter for all calls.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::io;
    /// use std::time::Duration;
    /// use persevere::{Policy, RateLimiter, RetryPolicy};
    ///
    /// static GITHUB: RateLimiter = RateLimiter::new("github")
    ///     .rate(5000, Duration::from_secs(3600))
    ///     .burst(50);
    ///
    /// let policy = RetryPolicy::new().rate_limiter(&GITHUB);
    /// assert_eq!(policy.run(|| io::Result::Ok(7)).unwrap(), 7);
    /// ```
    pub fn rate_limiter<T: AsRateLimiter + Sync>(
        self,
        limiter: T,
    ) -> RetryPolicy<S, W, P, C, H, Z, LimitedBy<G, WithRateLimiter<T, G::Limits>>>
    where
        G: IntoGuards,
    {
        self.guard(|guards| guards.rate_limiter(limiter))
    }

    /// Keeps a place of a bulkhead during every attempt, and during no pause.
    ///
    /// A call waits for a place in the order in which calls came, within its deadline; where the line is full too, it
    /// ends with an outcome made of [`Interrupt::BulkheadFull`](crate::Interrupt::BulkheadFull), or with that of the
    /// attempt before.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::io;
    /// use persevere::{Bulkhead, Policy, RetryPolicy};
    ///
    /// static REPORTS: Bulkhead = Bulkhead::new("reports", 20).queue(100);
    ///
    /// let policy = RetryPolicy::new().bulkhead(&REPORTS);
    /// assert_eq!(policy.run(|| io::Result::Ok(7)).unwrap(), 7);
    /// ```
    pub fn bulkhead<T: AsBulkhead + Sync>(
        self,
        bulkhead: T,
    ) -> RetryPolicy<S, W, P, C, H, Z, LimitedBy<G, WithBulkhead<T, G::Limits>>>
    where
        G: IntoGuards,
    {
        self.guard(|guards| guards.bulkhead(bulkhead))
    }

    /// Lets every retry draw from a budget; a refused retry ends the call.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryBudget, RetryPolicy, StopReason, wait};
    ///
    /// static BUDGET: RetryBudget = RetryBudget::total(1);
    ///
    /// let policy = RetryPolicy::new().wait(wait::none()).budget(&BUDGET);
    /// let report = policy.report(|| Err::<(), _>("refused"));
    /// assert_eq!(report.attempts(), 2);
    /// assert_eq!(report.reason(), Some(StopReason::Budget));
    /// ```
    pub fn budget<T: Budget>(
        self,
        budget: T,
    ) -> RetryPolicy<S, W, P, C, H, Z, Guards<G::Breaker, T, G::Interrupt, G::Hedge, G::Limits>>
    where
        G: IntoGuards,
    {
        self.guard(|guards| guards.budget(budget))
    }

    /// Sets the behaviour of the call inside another retried call that has a deadline, a budget or a `nested`
    /// of its own: [`independent()`](crate::guard::nested::independent),
    /// [`share()`](crate::guard::nested::share) or [`single()`](crate::guard::nested::single).
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryPolicy, nested, wait};
    ///
    /// let inner = RetryPolicy::new().wait(wait::none()).nested(nested::single());
    /// let outer = RetryPolicy::new().wait(wait::none()).nested(nested::independent());
    /// let mut attempts = 0;
    /// outer.run(|| inner.run(|| { attempts += 1; None::<u8> }));
    /// assert_eq!(attempts, 3); // not nine; without the outer call three as well
    /// ```
    pub fn nested<N: Nesting>(
        self,
        nested: N,
    ) -> RetryPolicy<
        S,
        W,
        P,
        C,
        H,
        Z,
        Guards<G::Breaker, G::Budget, N::Enabled<G::Interrupt>, G::Hedge, G::Limits>,
    >
    where
        G: IntoGuards,
    {
        self.guard(|guards| guards.nested(nested))
    }

    /// Sets the conversion of an interrupt into an outcome, for errors that do not implement `From` of
    /// [`Interrupt`](crate::Interrupt).
    ///
    /// The outcome also stands for a retried value, which is dropped before the pause, in a call that ends
    /// there. A policy without this method keeps such a value where only a token can end its calls.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::{Interrupt, Policy, RetryPolicy};
    ///
    /// let policy = RetryPolicy::new()
    ///     .deadline(Duration::ZERO)
    ///     .interrupt(|interrupt: Interrupt| Err(interrupt.to_string()));
    /// assert_eq!(policy.run(|| Ok(7)), Err("the deadline has passed".to_owned()));
    /// ```
    pub fn interrupt<F>(
        self,
        interrupt: F,
    ) -> RetryPolicy<S, W, P, C, H, Z, Guards<G::Breaker, G::Budget, With<F>, G::Hedge, G::Limits>>
    where
        G: IntoGuards,
    {
        self.guard(|guards| guards.interrupt(interrupt))
    }

    /// Makes every attempt of an async call a race of its copies.
    ///
    /// A further copy starts whenever the attempt has been slow for the delay of `hedge`, and as soon as a
    /// copy fails that may be retried. The first outcome that is not to be retried is the attempt's, and the
    /// other copies are dropped.
    ///
    /// A further copy draws from the [`budget`](Self::budget), and is no attempt for `stop`, callbacks and
    /// breaker. Each copy has the [`attempt_timeout`](Self::attempt_timeout) to itself; the
    /// [`deadline`](Self::deadline), and a token that cuts, end them all. Each copy has a handle of its own,
    /// if the operation takes one: only the marks of the copy whose outcome it is count. An attempt that is a
    /// probe of a half-open breaker has no further copies.
    ///
    /// The copies run at the same time, so hedge only an operation that may be done twice. All are polled by
    /// the task that awaits the call. An attempt and its copies are kept in a box, so that policies without a
    /// hedge reserve no room for them.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # let mut runtime = tokio::runtime::Builder::new_current_thread();
    /// # runtime.enable_time().start_paused(true).build().unwrap().block_on(async {
    /// use std::time::Duration;
    /// use persevere::{Policy, RetryPolicy, hedge};
    ///
    /// let mut copies = 0;
    /// let policy = RetryPolicy::new().hedge(hedge::delay(Duration::from_millis(50)).copies(2));
    /// # let policy = policy.sleep_async(tokio::time::sleep);
    /// let fastest = policy.run_async(|| {
    ///     copies += 1;
    ///     let slow = Duration::from_secs(if copies == 1 { 60 } else { 1 });
    ///     async move {
    ///         tokio::time::sleep(slow).await;
    ///         Ok::<_, ()>(slow)
    ///     }
    /// });
    /// assert_eq!(fastest.await, Ok(Duration::from_secs(1)));
    /// # });
    /// ```
    ///
    /// A blocking call cannot run beside a copy of itself, and does not compile:
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use std::time::Duration;
    /// # use persevere::{Policy, RetryPolicy, hedge};
    /// let policy = RetryPolicy::new().hedge(hedge::delay(Duration::from_millis(50)));
    /// policy.run(|| Some(7));
    /// ```
    #[cfg(feature = "async")]
    pub fn hedge<T: Pace>(
        self,
        hedge: Hedge<T>,
    ) -> RetryPolicy<
        S,
        W,
        P,
        C,
        H,
        Z,
        Guards<G::Breaker, G::Budget, G::Interrupt, Hedge<T>, G::Limits>,
    >
    where
        G: IntoGuards,
    {
        self.guard(|guards| guards.hedge(hedge))
    }

    fn guard<G2>(self, add: impl FnOnce(GuardsOf<G>) -> G2) -> RetryPolicy<S, W, P, C, H, Z, G2>
    where
        G: IntoGuards,
    {
        self.map(|(s, w, p, c, h, z, g)| (s, w, p, c, h, z, add(g.into_guards())))
    }
}
