//! The loop that the attribute writes beside the naive model of the engine, which the core's own tests
//! hold policies to: every strategy, guard and callback that a policy can bring along.

use engine::drive::{Driver, Ended};
use engine::plan::{Outcome, Plan, Step};
use engine::trace::Front;
use engine::world::World;
use persevere::{AsyncSleep, Policy, retry};
use proptest::prelude::*;

#[retry(policy = policy, attempt = at)]
fn blocking<P: Policy<Outcome>>(policy: &P, world: &World<'_>) -> Outcome {
    world.call(Some(&at))
}

#[retry(policy = policy, attempt = at)]
async fn asynchronous<P>(policy: &P, world: &World<'_>) -> Outcome
where
    P: Policy<Outcome, Sleep: AsyncSleep>,
{
    world.call_async(Some(&at)).await
}

struct Annotated(Front);

impl Driver for Annotated {
    fn drive<P>(&self, policy: &P, world: &World<'_>) -> Ended
    where
        P: Policy<Outcome, Sleep: AsyncSleep>,
    {
        let outcome = match self.0 {
            Front::Async => world.live_async(asynchronous(policy, world)),
            _ => world.live(|| blocking(policy, world)),
        };
        (outcome, None)
    }
}

fn does_as_the_model(plan: &Plan, script: &[Step], front: Front) -> Result<(), TestCaseError> {
    let mut seen = engine::drive::whole(plan, script, front, &Annotated(front));
    if let Some(expected) = engine::model::trace(plan, script, front, &seen) {
        seen.report = expected.report;
        // Of a call that a token ends in its pause it stays one: the loop has no place for it.
        seen.counted.asleep = 0;
        prop_assert_eq!(seen, expected, "{:?}", front);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn an_annotated_function_does_what_the_naive_model_does(
        plan in engine::plans::plan(),
        script in engine::plans::script(),
    ) {
        for front in [Front::Blocking, Front::Async] {
            does_as_the_model(&plan, &script, front)?;
        }
    }
}
