//! The scripts beside their rules in Rust, on a real server, at times of the test's own.

mod breaker;
mod configs;
mod share;

use std::cell::RefCell;

use persevere::fleet::engine::{Answer, Question};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use support::Redis;

/// A server whose scripts read the time of the test.
pub(crate) struct Server {
    _redis: Redis,
    connection: RefCell<redis::Connection>,
}

impl Server {
    pub(crate) fn start() -> Option<Self> {
        let redis = Redis::start()?;
        let client = redis::Client::open(redis.url()).expect("an address");
        let connection = client.get_connection().expect("a connection").into();
        Some(Server {
            _redis: redis,
            connection,
        })
    }

    pub(crate) fn empty(&self) {
        let mut connection = self.connection.borrow_mut();
        let () = redis::cmd("FLUSHALL").query(&mut *connection).expect("OK");
    }

    /// Asks at a time in milliseconds.
    pub(crate) fn ask(&self, question: &Question, now: u64) -> Answer {
        let time = format!("{{ {}, {} }}", now / 1_000, now % 1_000 * 1_000);
        let source = question.script.source();
        assert!(source.contains("redis.call('TIME')"));
        let script = redis::Script::new(&source.replace("redis.call('TIME')", &time));
        let mut script = script.prepare_invoke();
        let member = format!("{:016x}", question.member);
        script.key(&question.key).arg(member).arg(&question.numbers);
        if let Some(text) = &question.text {
            script.arg(text);
        }
        let values: Result<Vec<redis::Value>, _> =
            script.invoke(&mut *self.connection.borrow_mut());
        let mut answer = Answer::default();
        for value in values.expect("an answer") {
            match value {
                redis::Value::Int(number) => answer.numbers.push(number.try_into().unwrap()),
                redis::Value::BulkString(text) => {
                    answer.text = Some(String::from_utf8(text).unwrap())
                }
                other => panic!("{other:?}"),
            }
        }
        answer
    }
}

/// Runs a property over the steps of some members.
pub(crate) fn cases<S: Strategy>(
    steps: S,
    property: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let config = ProptestConfig {
        cases: 60,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    TestRunner::new(config)
        .run(&steps, property)
        .expect("the same answers");
}
