//! The engine beside a naive model of it: the same policies, the same scripts, on every front.
//!
//! `PROPTEST_CASES=100000 cargo test --release -p persevere-core --all-features --test engine_properties`
//! tries more of them.
#![cfg(all(feature = "testing", feature = "tokio"))]

#[path = "engine/drive.rs"]
mod drive;
#[path = "engine/model.rs"]
mod model;
#[path = "engine/plan.rs"]
mod plan;
#[path = "engine/plans.rs"]
mod plans;
#[path = "engine/rules.rs"]
mod rules;
#[path = "engine/trace.rs"]
mod trace;
#[path = "engine/world.rs"]
mod world;

use plan::{Plan, Step};
use proptest::prelude::*;
use trace::{Counted, Event, Front, Trace};

const FRONTS: [Front; 3] = [Front::Blocking, Front::Async, Front::Steps];

fn does_as_the_model(plan: &Plan, script: &[Step], front: Front) -> Result<(), TestCaseError> {
    let seen = drive::whole(plan, script, front);
    if let Some(expected) = model::trace(plan, script, front, &seen.recorded) {
        prop_assert_eq!(seen, expected, "{:?}", front);
    }
    Ok(())
}

/// Of a bare policy less can be seen, and nothing of what the body cannot say without a handle.
fn does_as_the_model_when_bare(
    plan: &Plan,
    script: &[Step],
    front: Front,
) -> Result<(), TestCaseError> {
    let plan = plan.bare();
    let script: Vec<_> = script.iter().map(|step| step.unmarked()).collect();
    let seen = drive::bare(&plan, &script, front);
    if let Some(expected) = model::trace(&plan, &script, front, &seen.recorded) {
        prop_assert_eq!(seen, uncalled(expected), "{:?}", front);
    }
    Ok(())
}

/// The same without callbacks, report, statistics and budget.
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
    fn a_call_does_what_the_naive_model_does(plan in plans::plan(), script in plans::script()) {
        for front in FRONTS {
            does_as_the_model(&plan, &script, front)?;
            does_as_the_model_when_bare(&plan, &script, front)?;
        }
    }
}
