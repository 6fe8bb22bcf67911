//! The script of shares beside its rule in Rust, on a real server whose clock a test sets.

use std::cell::RefCell;

use persevere::fleet::engine::{Question, Script, Store};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use support::Redis;

const KEY: &str = "shop:{rate_limiter:github}";

/// A question, and the time that has passed since the last one, in milliseconds.
#[derive(Clone, Debug)]
struct Step {
    passed: i64,
    question: Question,
}

fn step() -> impl Strategy<Value = Step> {
    // Mostly some ticks; at times leases, and a clock that is set.
    let passed = prop_oneof![
        8 => 0..300_i64,
        2 => 0..3_000_i64,
        1 => -4_000_000..4_000_000_i64,
    ];
    let lease = prop_oneof![8 => Just(1_000_u64), 1 => Just(5_000)];
    let hold = prop_oneof![8 => Just(0_u64), 1 => 0..5_000_u64, 1 => Just(1 << 40)];
    let held = prop_oneof![1 => Just(0_u64), 3 => 0..1_200_u64];
    let asked = (1..6_u64, lease, held, 0..1_000_u64, hold);
    (passed, asked).prop_map(|(passed, (member, lease, held, demand, hold))| Step {
        passed,
        question: Question {
            script: Script::Share,
            key: KEY.to_owned(),
            member,
            numbers: vec![lease, 1_000, 20, held, demand, hold],
            text: None,
        },
    })
}

/// Asks a server at this time of its clock.
fn ask(connection: &mut redis::Connection, question: &Question, now: u64) -> Vec<u64> {
    let clock = format!("{{ {}, {} }}", now / 1000, now % 1000 * 1000);
    let source = question.script.source();
    assert!(source.contains("redis.call('TIME')"));
    let source = source.replace("redis.call('TIME')", &clock);
    let mut eval = redis::cmd("EVAL");
    eval.arg(source).arg(1).arg(&question.key);
    eval.arg(format!("{:016x}", question.member));
    eval.arg(&question.numbers)
        .query(connection)
        .expect("an answer")
}

#[test]
fn shares_are_the_same_in_lua_and_in_rust_at_all_times() {
    let Some(redis) = Redis::start() else { return };
    let client = redis::Client::open(redis.url()).unwrap();
    let connection = RefCell::new(client.get_connection().unwrap());
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 100,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    runner
        .run(&prop::collection::vec(step(), 1..60), |steps| {
            let mut connection = connection.borrow_mut();
            let _: () = redis::cmd("FLUSHALL").query(&mut *connection).unwrap();
            let (mut store, mut now) = (Store::default(), 1_800_000_000_000_u64);
            for Step { passed, question } in steps {
                now = now.saturating_add_signed(passed);
                // The server's own clock ends keys, and is not that of the test.
                let answer = store.answer(&question, now).unwrap();
                prop_assert_eq!(ask(&mut connection, &question, now), answer.numbers);
            }
            Ok(())
        })
        .unwrap();
}
