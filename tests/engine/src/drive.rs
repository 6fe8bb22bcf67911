//! Real calls by a policy, with their traces.

use std::time::{Duration, Instant};

use persevere_core::breaker::{Settings, State};
use persevere_core::{AsyncSleep, Policy, RetryBudget, RetryPolicy};

use crate::plan::{Outcome, Plan, Step};
use crate::trace::{Counted, Front, Report, Trace};
use crate::world::World;

/// The outcome of a call, and its report if it has one.
pub type Ended = (Outcome, Option<Report>);

/// A driver of the attempts and the pauses of a call.
pub trait Driver {
    fn drive<P>(&self, policy: &P, world: &World<'_>) -> Ended
    where
        P: Policy<Outcome, Sleep: AsyncSleep>;
}

/// Runs a call by the whole policy, with a callback for every event.
pub fn whole(plan: &Plan, script: &[Step], front: Front, driver: &impl Driver) -> Trace {
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
        None => (driver.drive(&policy, &world), State::Closed),
        Some((threshold, open)) => {
            let settings = Settings::new("model").consecutive(threshold).open_for(open);
            let breaker = settings.build().expect("sensible");
            let ended = driver.drive(&policy.breaker(&breaker), &world);
            // As the last call left it: the world's time is over.
            (ended, breaker.state_at(long_ago))
        }
    };
    world.seen(ended, budget.available(), breaker)
}

/// Returns a time at which no open time of a test is over.
fn long_ago() -> Instant {
    let now = Instant::now();
    now.checked_sub(Duration::from_secs(3600)).unwrap_or(now)
}

/// Runs a call by the bare strategies, without callbacks or guards, and with a body that takes no handle.
pub fn bare(plan: &Plan, script: &[Step], front: Front, driver: &impl Driver) -> Trace {
    let world = World::new(plan, script, front);
    let policy = RetryPolicy::new()
        .stop(plan.stop.real(&world.token))
        .wait(plan.wait.real())
        .when(plan.when.real())
        .sleep(|pause| world.pass(pause));
    let ended = driver.drive(&policy, &world);
    world.seen(ended, 0, State::Closed)
}

impl World<'_> {
    fn seen(&self, (outcome, report): Ended, budget_left: u64, breaker: State) -> Trace {
        Trace {
            events: self.events.take(),
            outcome,
            took: self.took(),
            report,
            recorded: self.recorded(),
            counted: Counted::from(&self.stats),
            budget_left,
            breaker,
        }
    }
}
