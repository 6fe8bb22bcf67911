//! Shares of limits.

use persevere::fleet::engine::{Question, Script, Store};
use proptest::prelude::*;

use super::{Server, cases};

#[derive(Clone, Debug)]
struct Step {
    member: u64,
    /// The turns by which the question is late.
    late: u64,
    held: u64,
    demand: u64,
    hold: u64,
    leaves: bool,
    /// The lease: members of an older release may have another one.
    lease: u64,
    /// The time since the step before, in milliseconds: the clock of another server may be behind.
    pause: i64,
}

fn step() -> impl Strategy<Value = Step> {
    let pause = prop_oneof![8 => 0..400_i64, 1 => 0..6_000_i64, 1 => -4_000_000..4_000_000_i64];
    let lease = prop_oneof![8 => Just(2_000), 1 => Just(10_000_u64)];
    let late = prop_oneof![5 => Just(0), 1 => 1..10_u64];
    let hold = prop_oneof![5 => Just(0), 1 => 1..5_000_u64, 1 => Just(1 << 40)];
    let held = prop_oneof![1 => Just(0), 4 => 0..1_200_u64];
    let leaves = prop_oneof![9 => Just(false), 1 => Just(true)];
    let who = (1..5_u64, late, leaves, lease, pause);
    (who, held, 0..1_000_u64, hold).prop_map(
        |((member, late, leaves, lease, pause), held, demand, hold)| Step {
            member,
            late,
            held,
            demand,
            hold,
            leaves,
            lease,
            pause,
        },
    )
}

#[test]
fn shares_are_the_same_in_lua_and_in_rust() {
    let Some(server) = Server::start() else {
        return;
    };
    let totals = prop_oneof![Just(1_000_u64), 0..20_u64];
    let steps = (totals, prop::collection::vec(step(), 1..80));
    cases(steps, |(total, steps)| {
        server.empty();
        let (mut store, mut now) = (Store::default(), 1_800_000_000_000);
        for (turn, step) in (10..).zip(steps) {
            now = u64::saturating_add_signed(now, step.pause);
            let question = Question {
                script: Script::Share,
                key: "shop:{rate_limiter:github}".to_owned(),
                member: step.member,
                numbers: vec![
                    step.lease,
                    turn - step.late,
                    total,
                    total.div_ceil(8),
                    step.held * total / 1_000,
                    step.demand * total / 1_000,
                    step.hold,
                    step.leaves.into(),
                ],
                text: None,
            };
            let answer = store.answer(&question, now).expect("an answer");
            prop_assert_eq!(server.ask(&question, now), answer);
        }
        Ok(())
    });
}
