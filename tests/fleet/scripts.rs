//! The scripts beside their rules in Rust, on a real server.

use std::cell::RefCell;

use persevere::fleet::engine::{Question, Script, Store};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use support::Redis;

/// Asks a server, as a member does.
fn ask(connection: &mut redis::Connection, question: &Question) -> Vec<u64> {
    let script = redis::Script::new(question.script.source());
    let mut script = script.prepare_invoke();
    script
        .key(&question.key)
        .arg(format!("{:016x}", question.member))
        .arg(&question.numbers);
    script.invoke(connection).expect("an answer")
}

fn share(member: u64, lease: u64, held: u64, demand: u64) -> Question {
    Question {
        script: Script::Share,
        key: "shop:{rate_limiter:github}".to_owned(),
        member,
        numbers: vec![lease, 1_000, 20, held, demand, 0],
        text: None,
    }
}

#[test]
fn shares_are_the_same_in_lua_and_in_rust() {
    let Some(redis) = Redis::start() else { return };
    let client = redis::Client::open(redis.url()).unwrap();
    let connection = RefCell::new(client.get_connection().unwrap());
    // A lease so long that no time passes in the store.
    let steps = prop::collection::vec((1..5_u64, 0..1_200_u64, 0..1_000_u64), 1..60);
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
            for (member, held, demand) in steps {
                let question = share(member, 3_600_000, held, demand);
                let answer = store.answer(&question, 1_800_000_000_000).unwrap();
                prop_assert_eq!(ask(&mut connection, &question), answer.numbers);
            }
            Ok(())
        })
        .unwrap();
}

/// What a member says of its breaker: its own state, the change that it knows, the time left, calls and failures,
/// whether it refused calls, and the result of its probes.
type Said = (u64, u64, u64, (u64, u64), bool, u64);

fn breaker(member: u64, said: Said) -> Question {
    let (own, change, left, (calls, failures), wants, result) = said;
    let failures = failures.min(calls);
    let own_words = [own, change, left, calls, failures, wants.into(), result];
    Question {
        script: Script::Breaker,
        key: "shop:{breaker:payments}".to_owned(),
        member,
        numbers: [3_600_000]
            .into_iter()
            .chain(own_words)
            .chain([400_000, 500_000, 20])
            .collect(),
        text: None,
    }
}

#[test]
fn breakers_are_the_same_in_lua_and_in_rust() {
    let Some(redis) = Redis::start() else { return };
    let client = redis::Client::open(redis.url()).unwrap();
    let connection = RefCell::new(client.get_connection().unwrap());
    let left = prop_oneof![Just(0_u64), Just(3_600_000)];
    let said = (
        0..6_u64,
        0..3_u64,
        left,
        (0..30_u64, 0..30_u64),
        any::<bool>(),
        0..3_u64,
    );
    let steps = prop::collection::vec((1..6_u64, said), 1..60);
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 60,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let mut states = std::collections::BTreeSet::new();
    let states = RefCell::new(&mut states);
    runner
        .run(&steps, |steps| {
            let mut connection = connection.borrow_mut();
            let _: () = redis::cmd("FLUSHALL").query(&mut *connection).unwrap();
            // A new store learns for half a lease, which passes here alone.
            let mut store = Store::default();
            let nobody = breaker(9, (5, 0, 0, (0, 0), false, 0));
            for before in [1_800_000, 900_000, 0] {
                store.answer(&nobody, 1_800_000_000_000 - before).unwrap();
            }
            ask(&mut connection, &nobody);
            let mut learnt = redis::cmd("HSET");
            learnt.arg(&nobody.key).arg("learning").arg(0);
            let _: () = learnt.query(&mut *connection).unwrap();
            let mut last = 0;
            for (member, (own, behind, left, window, wants, result)) in steps {
                // Most know the last change; some are behind, and one is ahead.
                let change = if behind == 2 {
                    last + 1
                } else {
                    last - behind.min(last)
                };
                let question = breaker(member, (own, change, left, window, wants, result));
                let mut expected = store.answer(&question, 1_800_000_000_000).unwrap().numbers;
                let mut answer = ask(&mut connection, &question);
                // The time left passes on a real server.
                prop_assert!(expected[3].abs_diff(answer[3]) < 60_000);
                (expected[3], answer[3]) = (0, 0);
                prop_assert_eq!(&answer, &expected);
                last = answer[1];
                states.borrow_mut().insert(answer[2]);
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(states.into_inner().len(), 3, "every state was answered");
}
