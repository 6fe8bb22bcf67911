//! The scripts beside their rules in Rust, on a real server.

use std::cell::RefCell;

use persevere::fleet::engine::{Question, Script, Store};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use support::Redis;

/// Asks a server, as a member does, but for the time, which is that of the twin.
fn ask(connection: &mut redis::Connection, question: &Question, now: u64) -> Vec<u64> {
    let time = format!("{{{}, {}}}", now / 1000, now % 1000 * 1000);
    let source = question.script.source();
    assert!(source.contains("redis.call('TIME')"));
    let script = redis::Script::new(&source.replace("redis.call('TIME')", &time));
    let mut script = script.prepare_invoke();
    script
        .key(&question.key)
        .arg(format!("{:016x}", question.member))
        .arg(&question.numbers);
    script.invoke(connection).expect("an answer")
}

/// Long enough that no key is over while the test runs.
const LEASE: u64 = 60_000;

fn share(member: u64, held: u64, demand: u64, hold: u64) -> Question {
    Question {
        script: Script::Share,
        key: "shop:{rate_limiter:github}".to_owned(),
        member,
        numbers: vec![LEASE, 1_000, 20, held, demand, hold],
        text: None,
    }
}

#[test]
fn shares_are_the_same_in_lua_and_in_rust() {
    let Some(redis) = Redis::start() else { return };
    let client = redis::Client::open(redis.url()).unwrap();
    let connection = RefCell::new(client.get_connection().unwrap());
    let pause = prop_oneof![6 => 0..LEASE / 8, 1 => 0..2 * LEASE];
    let hold = prop_oneof![6 => Just(0), 1 => 0..7_200_000_u64];
    let step = (1..5_u64, 0..1_200_u64, 0..1_000_u64, hold, pause);
    let steps = prop::collection::vec(step, 1..60);
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 40,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    runner
        .run(&steps, |steps| {
            let mut connection = connection.borrow_mut();
            let _: () = redis::cmd("FLUSHALL").query(&mut *connection).unwrap();
            let mut store = Store::default();
            let mut now = 1_800_000_000_000;
            for (member, held, demand, hold, pause) in steps {
                now += pause;
                let question = share(member, held, demand, hold);
                let answer = store.answer(&question, now).unwrap();
                prop_assert_eq!(ask(&mut connection, &question, now), answer.numbers);
            }
            Ok(())
        })
        .unwrap();
}
