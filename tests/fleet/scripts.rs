//! The scripts beside their rules in Rust, on a real server, at times of the test's own.

use std::cell::RefCell;
use std::collections::BTreeSet;

use persevere::fleet::engine::{Question, Script, Store};
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
    pub(crate) fn ask(&self, question: &Question, now: u64) -> Vec<u64> {
        let time = format!("{{ {}, {} }}", now / 1_000, now % 1_000 * 1_000);
        let source = question.script.source();
        assert!(source.contains("redis.call('TIME')"));
        let script = redis::Script::new(&source.replace("redis.call('TIME')", &time));
        let mut script = script.prepare_invoke();
        let member = format!("{:016x}", question.member);
        script.key(&question.key).arg(member).arg(&question.numbers);
        script
            .invoke(&mut *self.connection.borrow_mut())
            .expect("an answer")
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

#[derive(Clone, Debug)]
struct Step {
    member: u64,
    /// The turns by which the question is late.
    late: u64,
    held: u64,
    demand: u64,
    hold: u64,
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
    (1..5_u64, late, held, 0..1_000_u64, hold, lease, pause).prop_map(
        |(member, late, held, demand, hold, lease, pause)| Step {
            member,
            late,
            held,
            demand,
            hold,
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
                ],
                text: None,
            };
            let answer = store.answer(&question, now).expect("an answer");
            prop_assert_eq!(server.ask(&question, now), answer.numbers);
        }
        Ok(())
    });
}

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
            let answer = store.answer(&question, now).expect("an answer").numbers;
            prop_assert_eq!(&server.ask(&question, now), &answer);
            if let [_, change, state, ..] = *answer {
                last = change;
                states.borrow_mut().insert(state);
            }
        }
        Ok(())
    });
    assert_eq!(states.take().len(), 3, "every state was answered");
}
