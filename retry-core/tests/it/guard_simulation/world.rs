//! A real run of a program: calls by policies of the crate, on a clock that the test moves.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use persevere_core::nested::Nested;
use persevere_core::{
    Attempt, CancelToken, CircuitBreaker, GiveUp, Policy, Report, RetryBudget, RetryPolicy,
    RetryState, RetryStats, Stop, StopReason, hedge, stop, wait,
};

use crate::guard_simulation::clock::Clock;
use crate::guard_simulation::program::{
    Act, BreakerPlan, BudgetPlan, Call, End, Fault, Nesting, Plan, Program, Through,
};
use crate::guard_simulation::real::Door;
use crate::guard_simulation::tasks::{self, Boom, Boxed};
use crate::guard_simulation::trace::{Event, Log, Outcome, Running, Seen, Shared, Value, kind};

pub(crate) struct World {
    program: Rc<Program>,
    pub(crate) log: Rc<Log>,
    breakers: Vec<CircuitBreaker>,
    budgets: Vec<RetryBudget>,
    tokens: Vec<CancelToken>,
    stats: RetryStats,
    mover: Cell<bool>,
}

/// Adds a guard to a policy if it is present, and continues in both cases.
macro_rules! with {
    ($policy:ident, $guard:expr, $it:ident => $added:expr, $then:block) => {
        match $guard {
            None => $then,
            Some($it) => {
                let $policy = $added;
                $then
            }
        }
    };
}

/// The policy of a call without its breaker, budget and hedge.
macro_rules! policy {
    ($world:ident, $run:ident, $plan:ident) => {{
        let extra = $plan.oversleeps.unwrap_or_default();
        let hint_max = $plan.hint_max.unwrap_or(Duration::from_secs(60));
        let policy = RetryPolicy::new()
            .stop($world.stop($plan))
            .wait(
                wait::exponential($plan.wait)
                    .max(8 * $plan.wait)
                    .hint_max(hint_max),
            )
            .when($plan.when.real())
            .before($world.callback("before", $run))
            .after($world.callback("after", $run))
            .before_sleep($world.callback("before_sleep", $run))
            .on_success($world.callback("on_success", $run))
            .on_failure($world.callback("on_failure", $run))
            .stats(&$world.stats)
            .fallback($world.fallback($run, $plan.fallback))
            .sleep_async(move |pause| tokio::time::sleep(pause + extra))
            .deadline($plan.deadline);
        let policy = match $plan.reset_after {
            None => policy,
            Some(long) => policy.reset_after(long),
        };
        let policy = match $plan.attempt_timeout {
            None => policy,
            Some(limit) => policy.attempt_timeout(limit),
        };
        match $plan.nested {
            Nesting::Silent => policy,
            Nesting::Independent => policy.nested(Nested::Independent),
            Nesting::Share => policy.nested(Nested::Share),
            Nesting::Single => policy.nested(Nested::Single),
        }
    }};
}

impl World {
    pub(crate) fn new(program: &Rc<Program>, clock: Clock) -> Self {
        World {
            program: Rc::clone(program),
            log: Log::new(clock),
            breakers: program.breakers.iter().map(BreakerPlan::real).collect(),
            budgets: program.budgets.iter().map(BudgetPlan::real).collect(),
            tokens: program.tokens.iter().map(|_| CancelToken::new()).collect(),
            stats: RetryStats::new(),
            mover: Cell::new(false),
        }
    }

    pub(crate) fn shared(&self) -> Shared {
        let breaker = |it: &CircuitBreaker| {
            let counts = it.counts();
            (it.state(), counts.failures, counts.ignored)
        };
        let budget = |it: &RetryBudget| (it.available(), it.granted(), it.refused());
        Shared {
            breakers: self.breakers.iter().map(breaker).collect(),
            budgets: self.budgets.iter().map(budget).collect(),
        }
    }

    /// Writes the statistics at the end.
    pub(crate) fn end(&self) {
        let stats = &self.stats;
        let ended = StopReason::ALL.map(|reason| stats.failures(reason));
        self.write(
            usize::MAX,
            Event::End {
                calls: stats.calls(),
                attempts: stats.attempts(),
                retries: stats.retries(),
                succeeded: stats.first_successes() + stats.later_successes(),
                failed: ended.iter().sum(),
                idle: stats.idle_time(),
                asleep: stats.asleep(),
            },
        );
    }

    fn write(&self, run: usize, event: Event) {
        self.log.write(run, event, Some(self.shared()));
    }

    pub(crate) fn cancel(&self, token: usize) {
        self.tokens[token].cancel();
    }

    /// Runs the calls of a task concurrently.
    pub(crate) async fn task(&self, number: usize) {
        let calls = self.program.tasks[number]
            .calls
            .iter()
            .map(|call| self.call(number, call));
        tasks::join(calls.collect()).await;
    }

    fn call<'w>(&'w self, task: usize, call: &'w Call) -> Boxed<'w, Outcome> {
        Box::pin(async move {
            let run = self.log.run(task);
            let Ok(report) = self.report(task, run, call).await else {
                self.write(run, Event::Caught);
                return Err(Fault::Broken);
            };
            self.write(
                run,
                Event::Returned {
                    outcome: kind(report.outcome()),
                    attempts: report.attempts(),
                    elapsed: report.elapsed(),
                    idle: report.idle(),
                    reason: report.reason(),
                },
            );
            report.into_outcome()
        })
    }

    fn report<'w>(
        &'w self,
        task: usize,
        run: usize,
        call: &'w Call,
    ) -> Boxed<'w, Result<Report<Outcome>, Boom>> {
        Box::pin(async move {
            let plan = &call.plan;
            let made = Cell::new(0);
            let next = || made.replace(made.get() + 1);
            let body = |at| self.body(task, run, call, next(), Handle::Shared(at));
            let policy = policy!(self, run, plan);
            with!(policy, plan.breaker, it => policy.breaker(self.door(it)), {
                with!(policy, plan.budget, it => policy.budget(&self.budgets[it]), {
                    match plan.hedge {
                        Some(it) => {
                            let hedge = hedge::delay(it.delay).copies(it.copies);
                            let policy = policy.hedge(hedge);
                            call.around(policy.report_async(body)).await
                        }
                        None if self.log.clock.is_virtual() => {
                            let body = |at: &Attempt| {
                                let body = self.body(task, run, call, next(), Handle::Lent(at));
                                tasks::at_once(body)
                            };
                            call.around(async { policy.report(body) }).await
                        }
                        None => call.around(policy.report_async(body)).await,
                    }
                })
            })
        })
    }

    fn door(&self, through: Through) -> Door<'_> {
        Door(&self.breakers[through.breaker], through.waits)
    }

    /// Runs a body: its acts, one after the other.
    fn body<'a>(
        &'a self,
        task: usize,
        run: usize,
        call: &'a Call,
        nth: usize,
        at: Handle<'a>,
    ) -> Boxed<'a, Outcome> {
        Box::pin(async move {
            let (attempt, remaining) = (at.get().number(), at.get().remaining());
            self.write(
                run,
                Event::Body {
                    nth,
                    attempt,
                    remaining,
                },
            );
            let running = Running {
                log: Rc::clone(&self.log),
                run,
                nth,
            };
            let step = call.step(nth);
            for act in &step.acts {
                match act {
                    Act::Sleep(time) => self.log.clock.sleep(*time).await,
                    Act::Busy(time) => self.log.clock.busy(*time, &self.mover).await,
                    Act::Call(inner) => {
                        self.call(task, inner).await?;
                    }
                    Act::Both(both) => {
                        let both = both.iter().map(|call| self.call(task, call));
                        tasks::join(both.collect()).await;
                    }
                    Act::Mark(mark) => mark.leave(at.get()),
                }
            }
            match step.end {
                End::Outcome(outcome) => running.outcome(outcome),
                End::Panic => tasks::boom(),
            }
        })
    }

    fn callback(&self, name: &'static str, run: usize) -> impl Fn(&RetryState<'_, Outcome>) {
        move |state| {
            let seen = Seen {
                attempt: state.attempt(),
                elapsed: state.elapsed(),
                idle: state.idle_for(),
                verdict: state.verdict(),
                pause: state.pause(),
                reason: state.reason(),
                outcome: state.outcome().map(kind),
            };
            self.write(run, Event::Callback(name, seen));
        }
    }

    fn fallback(&self, run: usize, falls_back: bool) -> impl Fn(GiveUp<Outcome>) -> Outcome {
        move |give_up| {
            if !falls_back {
                return give_up.into_outcome();
            }
            self.write(
                run,
                Event::Fallback {
                    attempts: give_up.attempts(),
                    elapsed: give_up.elapsed(),
                    reason: give_up.reason(),
                    outcome: kind(give_up.outcome()),
                },
            );
            drop(give_up);
            Ok(Value::fallen_back())
        }
    }

    fn stop<'w>(&'w self, plan: &Plan) -> Box<dyn Stop + 'w> {
        let ends = stop::after_attempt(plan.attempts);
        let ends = ends | stop::after_delay(plan.after_delay.unwrap_or(Duration::MAX));
        match plan.token {
            None => Box::new(ends),
            Some(it) => {
                let cancelled = stop::cancelled(&self.tokens[it.token]);
                match it.cuts {
                    false => Box::new(ends | cancelled),
                    true => Box::new(ends | cancelled.abort_attempt()),
                }
            }
        }
    }
}

/// The handle of a body, which a blocking call lends.
enum Handle<'a> {
    Shared(Arc<Attempt>),
    Lent(&'a Attempt),
}

impl Handle<'_> {
    fn get(&self) -> &Attempt {
        match self {
            Handle::Shared(attempt) => attempt,
            Handle::Lent(attempt) => attempt,
        }
    }
}

impl Call {
    /// Catches a panic around the call itself, which is dropped later, or continues.
    async fn around<T>(&self, call: impl Future<Output = T>) -> Result<T, Boom> {
        match self.caught {
            true => tasks::caught(call).await,
            false => Ok(call.await),
        }
    }
}
