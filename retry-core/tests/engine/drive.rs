//! Real calls: the same policy and script on every front, and what is seen of them.

use std::cell::Cell;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use persevere_core::breaker::{Settings, State};
use persevere_core::testing::Scope;
use persevere_core::{AsyncSleep, Attempt, Next, Policy, RetryBudget, RetryPolicy};
use tokio::time::{Instant, sleep_until};

use crate::plan::{Fault, Outcome, Plan, Step};
use crate::trace::{Counted, Front, Report, Trace};
use crate::world::{Clock, World};

impl World<'_> {
    fn run<P: Policy<Outcome>>(&self, policy: &P, front: Front, marks: bool) -> Ended
    where
        P::Sleep: AsyncSleep,
    {
        if self.cancel == Some(Duration::ZERO) {
            self.token.cancel();
        }
        let scope = Scope::new().record(&self.recorder);
        match &self.clock {
            Clock::Tokio(began) => self.run_async(policy, scope, began, marks),
            Clock::Virtual(clock) => scope.clock(clock).run(|| match front {
                Front::Steps => self.run_by_steps(policy),
                _ if marks => Ended::reported(policy.report(|at: &Attempt| self.call(Some(at)))),
                _ => Ended::plain(policy.run(|| self.call(None))),
            }),
        }
    }

    fn run_by_steps<P: Policy<Outcome>>(&self, policy: &P) -> Ended {
        let mut call = policy.start();
        let mut kept = None;
        loop {
            if let Err(interrupt) = call.admit() {
                return Ended::plain(kept.unwrap_or(Err(Fault::Cut(interrupt))));
            }
            let at = call.attempt();
            let outcome = self.call(Some(&at));
            match call.next_marked(&outcome, &at) {
                Next::Return => return Ended::plain(outcome),
                Next::Sleep(pause) => self.pass(pause),
            }
            kept = Some(outcome);
        }
    }

    fn run_async<P: Policy<Outcome>>(
        &self,
        policy: &P,
        scope: Scope,
        began: &Cell<Option<Instant>>,
        marks: bool,
    ) -> Ended
    where
        P::Sleep: AsyncSleep,
    {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build();
        runtime.expect("a runtime").block_on(scope.run_async(async {
            let start = Instant::now();
            began.set(Some(start));
            let cancel = async {
                match self.cancel {
                    Some(at) if !at.is_zero() => sleep_until(start + at).await,
                    _ => pending().await,
                }
                self.token.cancel();
                pending::<Ended>().await
            };
            let call = async {
                if marks {
                    let call = policy.report_async(|at: Arc<Attempt>| async move {
                        self.call_async(Some(&at)).await
                    });
                    Ended::reported(call.await)
                } else {
                    Ended::plain(policy.run_async(|| self.call_async(None)).await)
                }
            };
            let mut ended = tokio::select! {
                biased;
                ended = cancel => ended,
                ended = call => ended,
            };
            ended.took = start.elapsed();
            ended
        }))
    }
}

/// How a call ended.
struct Ended {
    outcome: Outcome,
    took: Duration,
    report: Option<Report>,
}

impl Ended {
    fn plain(outcome: Outcome) -> Self {
        Ended {
            outcome,
            took: Duration::ZERO,
            report: None,
        }
    }

    fn reported(report: persevere_core::Report<Outcome>) -> Self {
        let figures = Report {
            attempts: report.attempts(),
            elapsed: report.elapsed(),
            idle: report.idle(),
            reason: report.reason(),
        };
        Ended {
            report: Some(figures),
            ..Ended::plain(report.into_outcome())
        }
    }
}

/// A call by the whole policy, with a callback for every event.
pub(crate) fn whole(plan: &Plan, script: &[Step], front: Front) -> Trace {
    let world = World::new(plan, script, front);
    let budget = RetryBudget::total(plan.budget);
    let [first, second] = &plan.cases[..] else {
        panic!("two cases")
    };
    let policy = RetryPolicy::new()
        .stop(plan.stop.real(&world.token))
        .wait(plan.wait.real())
        .when(plan.when.real())
        .case(
            first.when.real(),
            first.stop.real(&world.token),
            first.wait.real(),
        )
        .case(
            second.when.real(),
            second.stop.real(&world.token),
            second.wait.real(),
        )
        .enabled(plan.enabled)
        .before(world.callback("before"))
        .after(world.callback("after"))
        .before_sleep(world.callback("before_sleep"))
        .on_success(world.callback("on_success"))
        .on_failure(world.callback("on_failure"))
        .fallback(world.fallback())
        .stats(&world.stats)
        .sleep(|pause| world.pass(pause))
        .budget(&budget)
        .deadline(plan.deadline);
    let policy = match plan.reset_after {
        Some(long) => policy.reset_after(long),
        None => policy,
    };
    let policy = match plan.attempt_timeout {
        Some(limit) => policy.attempt_timeout(limit),
        None => policy,
    };
    let (ended, breaker) = match plan.breaker {
        None => (world.run(&policy, front, true), State::Closed),
        Some((threshold, open)) => {
            let settings = Settings::new("model").consecutive(threshold).open_for(open);
            let breaker = settings.checked().expect("sensible");
            let ended = world.run(&policy.breaker(&breaker), front, true);
            (ended, breaker.state())
        }
    };
    world.seen(ended, front, budget.available(), breaker)
}

/// A call by the bare strategies: no callback, no guard, and a body that takes no handle.
pub(crate) fn bare(plan: &Plan, script: &[Step], front: Front) -> Trace {
    let world = World::new(plan, script, front);
    let policy = RetryPolicy::new()
        .stop(plan.stop.real(&world.token))
        .wait(plan.wait.real())
        .when(plan.when.real())
        .sleep(|pause| world.pass(pause));
    let ended = world.run(&policy, front, false);
    world.seen(ended, front, 0, State::Closed)
}

impl World<'_> {
    fn seen(&self, ended: Ended, front: Front, budget_left: u64, breaker: State) -> Trace {
        let took = match front {
            Front::Async => ended.took,
            _ => self.now(),
        };
        Trace {
            events: self.events.take(),
            outcome: ended.outcome,
            took,
            report: ended.report,
            recorded: self.recorded(),
            counted: Counted::from(&self.stats),
            budget_left,
            breaker,
        }
    }
}
