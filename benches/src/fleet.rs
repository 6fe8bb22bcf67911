//! Cost of calls through parts of a fleet, beside the same parts alone.

use std::sync::{Arc, LazyLock, OnceLock};
use std::thread;

use persevere::rate_limiter::SECOND;
use persevere::{Bulkhead, CircuitBreaker, Fleet, RateLimiter, RetryBudget, RetryPolicy};
use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, RedisFuture, Value};

use crate::contender::Calls;
use crate::table::Table;
use crate::timing::Times;
use crate::{allocation, instructions};

/// The parts of a call.
struct Parts {
    breaker: Arc<CircuitBreaker>,
    limiter: Arc<RateLimiter>,
    bulkhead: Arc<Bulkhead>,
    budget: Arc<RetryBudget>,
}

impl Parts {
    fn new() -> Self {
        Parts {
            breaker: Arc::new(CircuitBreaker::new("payments")),
            // More permits than any machine takes.
            limiter: Arc::new(
                RateLimiter::new("free")
                    .rate(1_000_000_000, SECOND)
                    .burst(1_000_000),
            ),
            bulkhead: Arc::new(Bulkhead::new("reports", 20)),
            budget: Arc::new(RetryBudget::tokens(500)),
        }
    }
}

static ALONE: LazyLock<Parts> = LazyLock::new(Parts::new);
static SHARED: LazyLock<Parts> = LazyLock::new(|| {
    let parts = Parts::new();
    join(&parts);
    parts
});

/// A store that gives every member half of everything.
struct HalfOfAll;

impl ConnectionLike for HalfOfAll {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        let argument = |at: usize| command.args_iter().nth(at);
        let text = |at: usize| match argument(at) {
            Some(redis::Arg::Simple(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
            _ => String::new(),
        };
        let answer: &[i64] = match text(3).contains("{breaker:") {
            // The protocol; the last change, the state, the time left, the members.
            true => &[1, 0, 0, 0, 2],
            // The protocol; the share, the members, whether it learns, whether the member was known, the hold.
            false => &[1, text(7).parse().unwrap_or(2) / 2, 2, 0, 1, 0],
        };
        let answer = answer.iter().copied().map(Value::Int).collect();
        Box::pin(async move { Ok(Value::Array(answer)) })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        _: &'a Pipeline,
        _: usize,
        _: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn get_db(&self) -> i64 {
        0
    }
}

/// Joins a fleet, which exchanges in a thread of its own for as long as the process lives.
fn join(parts: &Parts) {
    let fleet = Fleet::over(|| async { Ok(HalfOfAll) }).namespace("benches");
    let fleet = fleet
        .join(Arc::clone(&parts.breaker))
        .join(Arc::clone(&parts.limiter));
    let fleet = fleet
        .join(Arc::clone(&parts.bulkhead))
        .join_as("budget", Arc::clone(&parts.budget));
    let joined = Arc::new(OnceLock::new());
    let tell = Arc::clone(&joined);
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        runtime.expect("a runtime").block_on(async {
            let fleet = fleet.start().await.expect("a fleet");
            tell.set(fleet.status()).expect("told once");
            std::future::pending::<()>().await;
        });
    });
    let status = joined.wait();
    assert!(status.joined, "{status:?}");
}

struct Contender {
    name: &'static str,
    alone: Calls,
    shared: Calls,
}

macro_rules! contender {
    ($name:literal, $parts:ident => $call:expr) => {
        Contender {
            name: $name,
            alone: |rounds| {
                let $parts = &*ALONE;
                for _ in 0..rounds {
                    let _ = std::hint::black_box($call);
                }
            },
            shared: |rounds| {
                let $parts = &*SHARED;
                for _ in 0..rounds {
                    let _ = std::hint::black_box($call);
                }
            },
        }
    };
}

fn contenders() -> [Contender; 5] {
    [
        contender!("a breaker, closed", parts => parts.breaker.call(|| Some(1))),
        contender!("a permit of a limiter", parts => parts.limiter.try_acquire()),
        contender!("a place of a bulkhead", parts => parts.bulkhead.try_enter()),
        contender!("a budget, success", parts => {
            RetryPolicy::new().budget(&parts.budget).run(|| Ok::<_, std::io::Error>(1))
        }),
        contender!("all of them, success", parts => {
            let policy = RetryPolicy::new().budget(&parts.budget).breaker(&parts.breaker);
            let policy = policy.rate_limiter(&parts.limiter).bulkhead(&parts.bulkhead);
            policy.run(|| Ok::<_, std::io::Error>(1))
        }),
    ]
}

pub fn print() {
    let columns = ["ns alone", "ns in a fleet", "ratio", "allocations"];
    let mut table = Table::new("Parts of a fleet, one call", columns);
    for Contender {
        name,
        alone,
        shared,
    } in contenders()
    {
        let times = Times::alone(alone, shared);
        let cells = [
            format!("{:.2}", times.floor),
            format!("{:.2}", times.one),
            format!("{:.3}", times.one / times.floor),
            allocation::count(shared).to_string(),
        ];
        table.row(name, cells);
    }
    table.print();
}

/// Under callgrind: calls through one part, `alone` or in a fleet.
pub fn run(name: &str, place: &str) {
    let contender = contenders().into_iter().find(|one| one.name == name);
    let contender = contender.expect("a part");
    let calls = if place == "alone" {
        contender.alone
    } else {
        contender.shared
    };
    instructions::run_calls(calls, 10_000);
}

/// Figures that are the same in every run.
pub fn figures() -> Vec<(String, f64)> {
    let mut figures = Vec::new();
    for Contender { name, shared, .. } in contenders() {
        if instructions::has_valgrind() {
            let count = instructions::count_in(["part", name, "shared"]);
            figures.push((format!("instructions, in a fleet, {name}"), count));
        }
        // A thread that is busy has its own counts first.
        shared(10_000);
        figures.push((
            format!("allocations, in a fleet, {name}"),
            allocation::count(shared),
        ));
    }
    figures
}
