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

/// Lets time pass for a key: its times are that much earlier then.
const PASS: &str = r"
local times = { last = 1, learning = 1, summed = 1, ['until'] = 1, probing = 1 }
local all = redis.call('HGETALL', KEYS[1])
for at = 1, #all, 2 do
    local field, value = all[at], all[at + 1]
    if times[field] then
        value = math.max(0, tonumber(value) - ARGV[1])
    elseif string.sub(field, 1, 2) == 'm:' then
        value = string.gsub(value, '%d+$', function(expiry) return string.format('%.0f', expiry - ARGV[1]) end)
    end
    redis.call('HSET', KEYS[1], field, value)
end
";

#[test]
fn breakers_are_the_same_in_lua_and_in_rust() {
    let Some(redis) = Redis::start() else { return };
    let client = redis::Client::open(redis.url()).unwrap();
    let connection = RefCell::new(client.get_connection().unwrap());
    let left = prop_oneof![Just(0_u64), Just(3_700_000)];
    let window = (0..30_u64, 0..30_u64);
    let said = (0..6_u64, 0..3_u64, left, window, any::<bool>(), 0..3_u64);
    // No sum of these is within a second of a limit of the script.
    let passes = prop_oneof![3 => Just(0_u64), 1 => Just(430_000), 1 => Just(1_010_000), 1 => Just(2_020_000)];
    let steps = prop::collection::vec((passes, 1..6_u64, said), 1..60);
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 100,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let states = RefCell::new(std::collections::BTreeSet::new());
    runner
        .run(&steps, |steps| {
            let mut connection = connection.borrow_mut();
            let _: () = redis::cmd("FLUSHALL").query(&mut *connection).unwrap();
            let (mut store, mut now, mut last) = (Store::default(), 1_800_000_000_000, 0);
            // A new store learns for half a lease.
            let nobody = (5, 0, 0, (0, 0), false, 0);
            let first = [(860_000, 9, nobody); 4];
            for (pass, member, said) in first.into_iter().chain(steps) {
                let (own, behind, left, window, wants, result) = said;
                // Most know the last change; some are behind, and some are ahead.
                let change = match behind {
                    2 if member == 1 => last + 1,
                    2 => last,
                    behind => u64::saturating_sub(last, behind),
                };
                let question = breaker(member, (own, change, left, window, wants, result));
                now += pass;
                let script = redis::Script::new(PASS);
                let mut script = script.prepare_invoke();
                script.key(&question.key).arg(pass);
                let _: () = script.invoke(&mut *connection).unwrap();
                let mut expected = store.answer(&question, now).unwrap().numbers;
                let mut answer = ask(&mut connection, &question);
                // A little time passes on the server too.
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
