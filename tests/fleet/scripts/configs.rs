//! Configurations.

use persevere::fleet::engine::{Question, Script, Store};
use proptest::prelude::*;

use super::{Server, cases};

const NOW: u64 = 1_800_000_000_000;

#[derive(Clone, Debug)]
struct Step {
    member: u64,
    /// The turns by which the question is late.
    late: u64,
    /// The versions by which the member is behind; `None` for one that has nothing.
    behind: Option<u64>,
    /// Whether the member is ahead, and gives its text back.
    restores: bool,
    text: Option<String>,
    pause: i64,
}

fn step() -> impl Strategy<Value = Step> {
    let text = prop_oneof![
        "[a-z]{0,3}",
        (65_530..65_540_usize).prop_map(|bytes| "x".repeat(bytes)),
    ];
    let late = prop_oneof![3 => Just(0), 1 => 1..10_u64];
    let behind = prop::option::of(0..4_u64);
    let pause = prop_oneof![8 => 0..2_i64, 1 => -9_000..9_000_i64];
    let restores = prop_oneof![4 => Just(false), 1 => Just(true)];
    let what = (behind, restores, prop::option::of(text));
    (1..3_u64, late, what, pause).prop_map(|(member, late, what, pause)| {
        let (behind, restores, text) = what;
        Step {
            member,
            late,
            behind,
            restores,
            text,
            pause,
        }
    })
}

fn question(member: u64, turn: u64, [seen, restores]: [u64; 2], text: Option<String>) -> Question {
    Question {
        script: Script::Configs,
        key: "shop:{configs:default}".to_owned(),
        member,
        numbers: vec![5_000, turn, seen, restores],
        text,
    }
}

#[test]
fn configurations_are_the_same_in_lua_and_in_rust() {
    let Some(server) = Server::start() else {
        return;
    };
    cases(prop::collection::vec(step(), 1..30), |steps| {
        server.empty();
        let (mut store, mut now, mut version) = (Store::default(), NOW, 0);
        for (turn, step) in (10..).zip(steps) {
            now = u64::saturating_add_signed(now, step.pause);
            let seen = step
                .behind
                .map_or(0, |behind| u64::saturating_sub(version, behind));
            let seen = seen + 2 * u64::from(step.restores);
            let seen = [seen, step.restores.into()];
            let question = question(step.member, turn - step.late, seen, step.text);
            let answer = store.answer(&question, now).expect("an answer");
            version = answer.numbers[1];
            prop_assert_eq!(server.ask(&question, now), answer);
        }
        Ok(())
    });
}

#[test]
fn a_text_that_comes_after_a_later_one_is_not_published() {
    let Some(server) = Server::start() else {
        return;
    };
    let publish = |turn, text: &str| question(1, turn, [0, 0], Some(text.to_owned()));
    server.ask(&publish(2, "later"), NOW);
    let answer = server.ask(&publish(1, "earlier"), NOW + 1);
    assert_eq!(answer.text.as_deref(), Some("later"));
}
