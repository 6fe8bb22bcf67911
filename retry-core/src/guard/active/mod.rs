//! The guards of one call.

mod admission;

#[cfg(feature = "async")]
use core::future::Future;
use core::task::{Context, Poll};
use std::time::Duration;

use crate::breaker::{
    Breaker, CallResult, ErrorOf, Interrupted, PastDeadline, Permit, TimedOut, ValueOf, Waiter,
    during,
};
use crate::budget::{Budget, RetryBudget};
use crate::call::error::StopReason;
use crate::call::interrupt::Interrupt;
use crate::call::name::CallName;
use crate::call::outcome::{Health, Verdict};
use crate::call::state::RetryState;
use crate::engine::decide::Decide;
use crate::guard::budgets::Budgets;
use crate::guard::copies::{Copies, View};
use crate::guard::deadline::Deadline;
use crate::guard::interruption::OutcomeFromInterrupt;
use crate::guard::limits::{CallLimits, Shown, hearing};
use crate::guard::nested::{self, Nested, ParentCall, Published};
use crate::guard::{
    Admission, BodyScope, CallGuard, CallGuardBase, Guards, Hedging, PanicTracker, Wakeable,
};
use crate::time::alarm::Alarm;
use crate::time::clock::Instant;
use crate::time::stopwatch::Stopwatch;
#[cfg(feature = "async")]
use crate::time::timeout::{Limit, limit};

/// The guards of one call.
///
/// `A` is the state of its limits, a parameter so that the compiler sees whether a future that holds it is `Send`.
#[derive(Debug)]
pub struct ActiveGuards<'g, B, U, I, H, L, A> {
    guards: &'g Guards<B, U, I, H, L>,
    stopwatch: Stopwatch,
    /// The deadline, from the start of the call; before the start, one that does not come from the policy.
    limit: Option<Duration>,
    single: bool,
    permit: Option<Permit<'g>>,
    /// Listens to the breaker while the call waits for it.
    waiting: Option<Waiter<'g>>,
    /// Ends a pause or an attempt by the deadline, if the sleeper is the user's own.
    alarm: Alarm,
    bodies: PanicTracker,
    budgets: Budgets<'g>,
    limits: A,
    published: Published<'g>,
    timed_out: bool,
}

impl<'g, B, U, I, H, L, A: CallLimits> ActiveGuards<'g, B, U, I, H, L, A> {
    /// Creates the guards of a call that has not begun.
    pub(super) fn idle(guards: &'g Guards<B, U, I, H, L>, limits: A) -> Self {
        ActiveGuards {
            guards,
            stopwatch: Stopwatch::idle(),
            limit: None,
            single: false,
            permit: None,
            waiting: None,
            alarm: Alarm::default(),
            bodies: PanicTracker::default(),
            budgets: Budgets::none(),
            limits,
            published: Published::Nothing,
            timed_out: false,
        }
    }

    /// Returns the time until the deadline.
    fn left(&self) -> Option<Duration> {
        let limit = self.limit?;
        Some(limit.saturating_sub(self.stopwatch.elapsed()))
    }

    /// Returns the view that a hedged attempt runs in, the payment of its further copies, and the runner of
    /// their bodies.
    pub fn split(&mut self) -> (View<'_, 'g, A>, Copies<'_, 'g, A>, &PanicTracker) {
        let probes = self.permit.as_ref().is_some_and(Permit::is_probe);
        let view = View {
            published: &mut self.published,
            permit: &mut self.permit,
            bodies: &self.bodies,
            limits: &self.limits,
            clock: self.stopwatch.clock(),
        };
        let copies = Copies {
            budgets: &mut self.budgets,
            limits: &self.limits,
            clock: self.stopwatch.clock(),
            probes,
        };
        (view, copies, &self.bodies)
    }

    /// Opens the budget of a case; returns the argument of [`charge`](Self::charge).
    pub fn case(&mut self, budget: &RetryBudget) -> Option<usize> {
        self.budgets.open_case(budget, self.stopwatch.clock())
    }

    /// Charges the retry of an outcome that a case took to the budget of the case.
    pub fn charge(&mut self, case: Option<usize>) {
        if let Some(case) = case {
            self.budgets.charge(case);
        }
    }

    /// Begins a call with a limit of time, or with a call around it.
    fn begin_nested(&mut self, own: Option<&'g RetryBudget>, outer: Option<ParentCall>) {
        let guards = self.guards;
        let shared = outer
            .as_ref()
            .filter(|_| guards.nested == Some(Nested::Share));
        let started = self.stopwatch.started();
        let until = |end: Instant| Some(end.saturating_duration_since(started?));
        let deadline = started.and_then(|now| guards.deadline.within(now));
        let theirs = shared.and_then(|outer| until(outer.deadline()?));
        self.single = outer.is_some() && guards.nested == Some(Nested::Single);
        self.limit = deadline.into_iter().chain(theirs).chain(self.limit).min();
        self.budgets = Budgets::open(own, shared, self.stopwatch.clock());
        let end = self.limit.and_then(|limit| started?.checked_add(limit));
        let outer = outer.unwrap_or_default();
        self.published = Published::of(outer.and(end, own.map(RetryBudget::shared)));
    }

    /// Tells the breaker what an outcome shows of the service.
    #[inline(always)]
    fn tell_breaker<O>(
        &mut self,
        outcome: &O,
        verdict: Verdict,
        health: impl FnOnce() -> Health,
        failed: bool,
    ) where
        B: Breaker<O>,
    {
        // The breaker first, of which a call without one knows by its type.
        let Some((breaker, permit)) = self.guards.breaker.as_ref().zip(self.permit.take()) else {
            return;
        };
        let weight = breaker.classify_health(outcome, health());
        let rest = match weight {
            CallResult::Failure => breaker.hint(outcome, verdict),
            CallResult::Success | CallResult::Ignored => None,
        };
        match weight {
            CallResult::Failure if self.timed_out => {
                permit.record_asking::<TimedOut>(weight, rest);
            }
            CallResult::Failure if !failed => permit.record_asking::<ValueOf<O>>(weight, rest),
            _ => permit.record_asking::<ErrorOf<O>>(weight, rest),
        }
    }

    /// Returns the time for which an outcome asks to be left alone.
    fn hint<O>(&self, outcome: &O, verdict: Verdict) -> Option<Duration>
    where
        B: Breaker<O>,
    {
        match &self.guards.breaker {
            Some(breaker) => breaker.hint(outcome, verdict),
            None => verdict.hint(),
        }
    }

    /// Pays for a retry.
    fn draw(&mut self) -> bool {
        let timed_out = core::mem::take(&mut self.timed_out);
        self.budgets.draw(timed_out)
    }
}

impl<B, U, I, H, L, A: CallLimits> BodyScope for ActiveGuards<'_, B, U, I, H, L, A> {
    #[inline]
    fn inside<T>(&mut self, attempt: impl FnOnce() -> T) -> T {
        let body = || nested::with_parent(&mut self.published, attempt);
        let (limiter, clock) = (self.limits.rate_limiter(), self.stopwatch.clock());
        during(&mut self.permit, || hearing(limiter, clock, body))
    }
}

impl<B, U, I, H, L, A: CallLimits> Wakeable for ActiveGuards<'_, B, U, I, H, L, A> {
    fn waits(&self) -> bool {
        self.waiting.is_some() || self.limits.waits()
    }

    fn poll_woken(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let waiting = self.waiting.as_mut();
        if waiting.is_some_and(|waiting| waiting.poll(cx).is_ready()) {
            return Poll::Ready(());
        }
        if self.limits.poll_woken(cx).is_ready() {
            return Poll::Ready(());
        }
        self.alarm.poll(cx)
    }

    fn set_alarm(&mut self) {
        if let Some(left) = self.left() {
            self.alarm.set(left);
        }
    }

    fn paused(&mut self) {
        if let Some(waiting) = &mut self.waiting {
            waiting.leave();
        }
    }
}

impl<B, U, I, H: Hedging, L, A: CallLimits> CallGuardBase for ActiveGuards<'_, B, U, I, H, L, A> {
    type Hedge = H;

    #[inline]
    fn hedge(&self) -> H {
        self.guards.hedge
    }

    fn inside_paying<T>(
        &mut self,
        race: impl FnOnce(&mut dyn FnMut(CallName<'_>) -> bool, &PanicTracker) -> T,
    ) -> T {
        let (mut view, mut copies, bodies) = self.split();
        view.inside(|| {
            race(
                &mut |function: CallName<'_>| copies.draw_copy(function),
                bodies,
            )
        })
    }

    #[cfg(feature = "async")]
    type Limit<Z: Future<Output = ()> + Send> = Limit<Z>;

    #[cfg(feature = "async")]
    #[inline]
    fn timer<Z: Future<Output = ()> + Send>(
        of: Option<(Duration, Interrupt)>,
        sleep: impl FnOnce(Duration) -> Z,
    ) -> Limit<Z> {
        limit(of.map(|(left, interrupt)| (sleep(left), interrupt)))
    }
}

impl<O, B, U, I, H, L, A> CallGuard<O> for ActiveGuards<'_, B, U, I, H, L, A>
where
    B: Breaker<O>,
    U: Budget,
    I: OutcomeFromInterrupt<O>,
    H: Hedging,
    A: CallLimits,
{
    // Always: the caller has just written what it reads, and would wait for the stores.
    #[inline(always)]
    fn begin(&mut self, stopwatch: Stopwatch) {
        self.stopwatch = stopwatch;
        let guards = self.guards;
        let own = guards.budget.as_ref().map(Budget::budget);
        let limits = guards.deadline != Deadline::NEVER || self.limit.is_some();
        if limits || guards.nested.is_some() {
            return self.begin_nested(own, ParentCall::current());
        }
        // Most calls show nothing, or a budget, and have no call around them.
        let Some(budget) = own else { return };
        match ParentCall::current() {
            None => {
                self.budgets.open_own(budget, stopwatch.clock());
                self.published = Published::Budget(budget);
            }
            outer => self.begin_nested(own, outer),
        }
    }

    fn within(&mut self, limit: Duration) {
        self.limit = Some(limit);
    }

    fn is_limited(&self) -> bool {
        self.limit.is_some()
    }

    fn each(&self) -> Option<Duration> {
        self.guards.attempt_timeout.filter(|_| H::HEDGES)
    }

    fn keeps(&self) -> bool {
        self.limit.is_some()
            || self.guards.breaker.is_some()
            || self.limits.any()
            || self.budgets.may_refuse_late()
    }

    fn pay_ahead(&mut self) {
        self.budgets.pay_ahead();
    }

    #[inline]
    fn admit(&mut self) -> Admission {
        let asks = self.limit.is_some() || self.guards.breaker.is_some() || self.limits.any();
        if !asks && !self.budgets.are_due() {
            self.alarm.clear();
            self.budgets.spend();
            return Admission::Go;
        }
        self.ask_all()
    }

    fn limit(&self) -> Option<(Duration, Interrupt)> {
        // Each copy of a hedged attempt has its own timeout.
        let timeout = self.guards.attempt_timeout.filter(|_| !H::HEDGES);
        match (self.left(), timeout) {
            (Some(left), Some(timeout)) if timeout < left => {
                Some((timeout, Interrupt::AttemptTimeout))
            }
            (Some(left), _) => Some((left, Interrupt::Deadline)),
            (None, timeout) => Some((timeout?, Interrupt::AttemptTimeout)),
        }
    }

    fn ends(&self) -> Option<Duration> {
        let (limit, _) = self.limit()?;
        Some(self.stopwatch.elapsed().saturating_add(limit))
    }

    fn outcome(&self, interrupt: Interrupt) -> O {
        self.guards.interrupt.outcome(interrupt)
    }

    fn interrupts(&self) -> bool {
        I::MAKES
    }

    fn was_cut(&self) -> bool {
        self.timed_out
    }

    fn reserve(&mut self, time: Duration) {
        let Some(limit) = &mut self.limit else { return };
        *limit = limit.saturating_sub(time);
        let started = self.stopwatch.started();
        let end = started.and_then(|started| started.checked_add(*limit));
        self.published.bound(end);
    }

    fn time_left(&self, reserved: Duration) -> Option<(Duration, Interrupt)> {
        let limit = self.limit?.saturating_add(reserved);
        let left = limit.saturating_sub(self.stopwatch.elapsed());
        Some((left, Interrupt::Deadline))
    }

    #[cfg(feature = "stream")]
    #[inline]
    fn is_past(&self) -> bool {
        // Two points in time are compared in a fraction of what their difference takes.
        let end = self.limit.zip(self.stopwatch.started());
        let end = end.and_then(|(limit, started)| started.checked_add(limit));
        end.is_some_and(|end| (self.stopwatch.clock())() >= end)
    }

    fn fit(&self, pause: Option<Duration>) -> Option<Duration> {
        match (pause, self.left()) {
            (Some(pause), Some(left)) => Some(pause.min(left)),
            (pause, _) => pause,
        }
    }

    fn spend(&mut self) {
        self.budgets.spend();
    }

    fn awaited(&self, pause: Duration) -> Interrupt {
        let retry_after = Some(pause);
        let limits = self.limits.awaited(pause);
        limits.unwrap_or(Interrupt::CircuitOpen { retry_after })
    }

    fn halted(&mut self) {
        self.leave_lines();
    }

    fn interrupted(&mut self, interrupt: Interrupt) {
        self.budgets.each(|handle| handle.finish());
        if interrupt != Interrupt::AttemptTimeout {
            let cut = interrupt == Interrupt::Deadline;
            let shown = Shown {
                cut,
                ..Shown::NOTHING
            };
            self.limits.ended(self.stopwatch.clock(), shown);
        }
        match interrupt {
            // The outcome is judged later.
            Interrupt::AttemptTimeout => self.timed_out = true,
            // Neither the caller's will nor a budget is evidence about the service: the permit is returned.
            Interrupt::Cancelled
            | Interrupt::Budget
            | Interrupt::RateLimited { .. }
            | Interrupt::BulkheadFull => self.permit = None,
            _ => {
                if let Some(permit) = self.permit.take() {
                    match interrupt {
                        Interrupt::Deadline => {
                            permit.record_as::<PastDeadline>(CallResult::Failure)
                        }
                        _ => permit.record_as::<Interrupted>(CallResult::Failure),
                    }
                }
            }
        }
    }

    #[inline]
    fn judged(
        &mut self,
        outcome: &O,
        verdict: Verdict,
        health: impl FnOnce() -> Health,
        failed: bool,
    ) {
        self.budgets.each(|handle| handle.finish());
        // A cut attempt has failed, final or not, unless a view decides otherwise.
        let cut = self.timed_out;
        let health = || if cut { Health::Failed } else { health() };
        if self.limits.any() {
            let health = health();
            let hint = self.hint(outcome, verdict);
            let shown = Shown { hint, health, cut };
            self.limits.ended(self.stopwatch.clock(), shown);
            self.tell_breaker(outcome, verdict, || health, failed);
        } else {
            self.tell_breaker(outcome, verdict, health, failed);
        }
        if verdict.is_retry() {
            self.budgets.failed();
        } else if !failed {
            self.budgets.each(|handle| handle.succeeded());
        }
    }

    #[cfg(feature = "stream")]
    fn answered(
        &mut self,
        outcome: &O,
        verdict: Verdict,
        health: impl FnOnce() -> Health,
        failed: bool,
    ) {
        let health = health();
        if self.limits.any() {
            let hint = self.hint(outcome, verdict);
            let shown = Shown {
                hint,
                health,
                ..Shown::NOTHING
            };
            self.limits.answered(self.stopwatch.clock(), shown);
        }
        self.tell_breaker(outcome, verdict, || health, failed);
        self.budgets.each(|handle| handle.finish());
        if !failed {
            self.budgets.each(|handle| handle.succeeded());
        }
    }

    #[cfg(feature = "stream")]
    fn finished(&mut self, well: bool, answered: bool) {
        self.leave_lines();
        self.budgets.each(|handle| handle.finish());
        if well && !answered {
            self.budgets.each(|handle| handle.succeeded());
        }
        let shown = Shown {
            health: if well { Health::Well } else { Health::Unknown },
            ..Shown::NOTHING
        };
        self.limits.ended(self.stopwatch.clock(), shown);
        if let Some(permit) = self.permit.take().filter(|_| well) {
            permit.success();
        }
    }

    fn allow(
        &mut self,
        state: &mut RetryState<'_, O>,
        decision: Result<Duration, StopReason>,
    ) -> Result<Duration, StopReason> {
        let pause = decision?;
        let refused = match self.left() {
            _ if self.single => StopReason::Attempts,
            Some(left) if pause >= left => StopReason::Deadline,
            // Do not sleep if the breaker still refuses afterwards.
            _ if self.is_shut_for::<O>(pause) => StopReason::CircuitOpen,
            _ if !self.draw() => StopReason::Budget,
            _ => return Ok(pause),
        };
        Err(state.halt(refused))
    }
}
