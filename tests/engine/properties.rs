//! The engine compared with a naive model of it: the same policies and scripts, with every driver.
//!
//! `PROPTEST_CASES=100000 cargo test --release -p persevere-test-engine` tries more cases.

use std::sync::Arc;

use engine::drive::{Driver, Ended};
use engine::plan::{Fault, Outcome, Plan, Step};
use engine::trace::{Counted, Event, Front, Report, Trace};
use engine::world::World;
use persevere_core::{AsyncSleep, Attempt, Next, Policy};
use proptest::prelude::*;

/// A driver by the policy's report, whose body may leave marks.
struct Reported(Front);

impl Driver for Reported {
    fn drive<P>(&self, policy: &P, world: &World<'_>) -> Ended
    where
        P: Policy<Outcome, Sleep: AsyncSleep>,
    {
        match self.0 {
            Front::Blocking => {
                reported(world.live(|| policy.report(|at: &Attempt| world.call(Some(at)))))
            }
            Front::Async => reported(world.live_async(policy.report_async(
                |at: Arc<Attempt>| async move { world.call_async(Some(&at)).await },
            ))),
            Front::Steps => (world.live(|| step_by_step(policy, world)), None),
        }
    }
}

/// A driver that returns only the outcome of a call.
struct Plain(Front);

impl Driver for Plain {
    fn drive<P>(&self, policy: &P, world: &World<'_>) -> Ended
    where
        P: Policy<Outcome, Sleep: AsyncSleep>,
    {
        let outcome = match self.0 {
            Front::Blocking => world.live(|| policy.run(|| world.call(None))),
            Front::Async => world.live_async(policy.run_async(|| world.call_async(None))),
            Front::Steps => world.live(|| step_by_step(policy, world)),
        };
        (outcome, None)
    }
}

fn reported(report: persevere_core::Report<Outcome>) -> Ended {
    let figures = Report {
        attempts: report.attempts(),
        elapsed: report.elapsed(),
        idle: report.idle(),
        reason: report.reason(),
    };
    (report.into_outcome(), Some(figures))
}

fn step_by_step<P: Policy<Outcome>>(policy: &P, world: &World<'_>) -> Outcome {
    let mut call = policy.start();
    let mut kept = None;
    loop {
        if let Err(interrupt) = call.admit() {
            return kept.unwrap_or(Err(Fault::Cut(interrupt)));
        }
        let at = call.attempt();
        let outcome = world.call(Some(&at));
        match call.next_marked(&outcome, &at) {
            Next::Return => return outcome,
            Next::Sleep(pause) => world.pass(pause),
        }
        kept = Some(outcome);
    }
}

fn does_as_the_model(plan: &Plan, script: &[Step], front: Front) -> Result<(), TestCaseError> {
    let seen = engine::drive::whole(plan, script, front, &Reported(front));
    if let Some(expected) = engine::model::trace(plan, script, front, &seen) {
        prop_assert_eq!(seen, expected, "{:?}", front);
    }
    Ok(())
}

/// Compares under a bare policy, which shows less of a call. Its body has no handle.
fn does_as_the_model_when_bare(
    plan: &Plan,
    script: &[Step],
    front: Front,
) -> Result<(), TestCaseError> {
    let plan = plan.bare();
    let script: Vec<_> = script.iter().map(|step| step.unmarked()).collect();
    let seen = engine::drive::bare(&plan, &script, front, &Plain(front));
    if let Some(expected) = engine::model::trace(&plan, &script, front, &seen) {
        prop_assert_eq!(seen, uncalled(expected), "{:?}", front);
    }
    Ok(())
}

/// Returns the trace without callbacks, report, statistics and budget.
fn uncalled(mut trace: Trace) -> Trace {
    trace
        .events
        .retain(|event| matches!(event, Event::Attempt { .. }));
    trace.report = None;
    trace.counted = Counted::default();
    trace.budget_left = 0;
    trace
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_call_does_what_the_naive_model_does(plan in engine::plans::plan(), script in engine::plans::script()) {
        for front in [Front::Blocking, Front::Async, Front::Steps] {
            does_as_the_model(&plan, &script, front)?;
            does_as_the_model_when_bare(&plan, &script, front)?;
        }
    }
}
