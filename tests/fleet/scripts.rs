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

fn share(member: u64, total: u64, held: u64, demand: u64) -> Question {
    Question {
        script: Script::Share,
        key: "shop:{rate_limiter:github}".to_owned(),
        member,
        // A lease so long that no time passes in the store.
        numbers: vec![3_600_000, total, total.div_ceil(50), held, demand, 0],
        text: None,
    }
}

#[test]
fn shares_are_the_same_in_lua_and_in_rust() {
    let Some(redis) = Redis::start() else { return };
    let client = redis::Client::open(redis.url()).unwrap();
    let connection = RefCell::new(client.get_connection().unwrap());
    let totals = prop_oneof![Just(1_000_u64), 0..20_u64];
    let steps = prop::collection::vec((1..5_u64, 0..1_200_u64, 0..1_000_u64), 1..60);
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 40,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    runner
        .run(&(totals, steps), |(total, steps)| {
            let mut connection = connection.borrow_mut();
            let _: () = redis::cmd("FLUSHALL").query(&mut *connection).unwrap();
            let mut store = Store::default();
            for (member, held, demand) in steps {
                let question = share(member, total, held * total / 1_000, demand * total / 1_000);
                let answer = store.answer(&question, 1_800_000_000_000).unwrap();
                prop_assert_eq!(ask(&mut connection, &question), answer.numbers);
            }
            Ok(())
        })
        .unwrap();
}
