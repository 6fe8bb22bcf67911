//! Breakers.

use std::cell::RefCell;
use std::collections::BTreeSet;

use persevere::fleet::engine::{Question, Script, Store};
use proptest::prelude::*;

use super::{Server, cases};

/// A question about a breaker, at its time.
#[derive(Clone, Debug)]
struct Said {
    member: u64,
    late: u64,
    own: u64,
    /// The changes by which the member is behind; 2 for one that is ahead.
    behind: u64,
    left: u64,
    calls: u64,
    failures: u64,
    wants: bool,
    result: u64,
    pause: i64,
}

fn said() -> impl Strategy<Value = Said> {
    let left = prop_oneof![Just(0_u64), 0..3_000_u64, Just(1 << 40)];
    let pause = prop_oneof![8 => 0..400_i64, 1 => 0..6_000_i64, 1 => -9_000..0_i64];
    let late = prop_oneof![5 => Just(0), 1 => 1..10_u64];
    let who = (1..6_u64, late, 0..6_u64, 0..3_u64, left);
    let what = (0..30_u64, 0..30_u64, any::<bool>(), 0..3_u64, pause);
    (who, what).prop_map(
        |((member, late, own, behind, left), (calls, failures, wants, result, pause))| Said {
            member,
            late,
            own,
            behind,
            left,
            calls,
            failures: failures.min(calls),
            wants,
            result,
            pause,
        },
    )
}

#[test]
fn breakers_are_the_same_in_lua_and_in_rust() {
    let Some(server) = Server::start() else {
        return;
    };
    let states = RefCell::new(BTreeSet::new());
    cases(prop::collection::vec(said(), 1..80), |steps| {
        server.empty();
        let (mut store, mut now, mut last) = (Store::default(), 1_800_000_000_000, 0);
        for (turn, said) in (10..).zip(steps) {
            now = u64::saturating_add_signed(now, said.pause);
            let change = match said.behind {
                2 => last + 1,
                behind => last - behind.min(last),
            };
            let own = [said.own, change, said.left, said.calls, said.failures];
            let rest = [said.wants.into(), said.result, 400_000, 500_000, 20];
            let numbers = [2_000, turn - said.late].into_iter().chain(own).chain(rest);
            let question = Question {
                script: Script::Breaker,
                key: "shop:{breaker:payments}".to_owned(),
                member: said.member,
                numbers: numbers.collect(),
                text: None,
            };
            let answer = store.answer(&question, now).expect("an answer");
            prop_assert_eq!(&server.ask(&question, now), &answer);
            if let [_, change, state, ..] = *answer.numbers {
                last = change;
                states.borrow_mut().insert(state);
            }
        }
        Ok(())
    });
    assert_eq!(states.take().len(), 3, "every state was answered");
}
