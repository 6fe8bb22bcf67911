//! Cost of parts that calls share, on one thread and on two: registries, budgets, statistics, policies as data, tokens.

#[cfg(feature = "peers")]
mod peers;
mod registry;

use std::collections::HashMap;
use std::hint::black_box;
use std::iter::{once, repeat_with};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use persevere::{
    CancelToken, Interrupt, Registry, RetryBudget, RetryConfigs, RetryPolicy, RetryStats, stop,
    wait,
};

use crate::allocation;
use crate::contender::{Calls, poll};
use crate::service::{Error, Service, skip};
use crate::table::Table;
use crate::timing::Times;

macro_rules! calls {
    (|$id:ident| $call:expr) => {
        |rounds| {
            for $id in 0..rounds {
                let _ = black_box($call);
            }
        }
    };
}

macro_rules! look_ups {
    (|$key:ident| $found:expr) => {
        |rounds| {
            for $key in $crate::shared::shuffled().take(rounds as usize) {
                let _ = std::hint::black_box($found);
            }
        }
    };
}
#[cfg(feature = "peers")]
use look_ups;

pub struct Contender {
    pub name: &'static str,
    pub calls: Calls,
}

static SERVICE: Service = Service::failing(0);
static TOKENS: RetryBudget = RetryBudget::tokens(500);
static RATIO: RetryBudget = RetryBudget::ratio(0.2, Duration::from_secs(10));
static IN_FLIGHT: RetryBudget = RetryBudget::in_flight(3, 0.2);
static STATS: RetryStats = RetryStats::new();
static CONFIGS: RetryConfigs = RetryConfigs::new(&["search", "payments"]);
static TOKEN: CancelToken = CancelToken::new();

const BARE: Contender = Contender {
    name: "the bare call",
    calls: calls!(|_id| SERVICE.call()),
};

const OURS: [Contender; 8] = [
    Contender {
        name: "run",
        calls: calls!(|_id| RetryPolicy::new().run(|| SERVICE.call())),
    },
    Contender {
        name: "run, a budget of tokens",
        calls: calls!(|_id| RetryPolicy::new().budget(&TOKENS).run(|| SERVICE.call())),
    },
    Contender {
        name: "run, a budget by ratio",
        calls: calls!(|_id| RetryPolicy::new().budget(&RATIO).run(|| SERVICE.call())),
    },
    Contender {
        name: "run, a budget of retries in flight",
        calls: calls!(|_id| RetryPolicy::new().budget(&IN_FLIGHT).run(|| SERVICE.call())),
    },
    Contender {
        name: "run, statistics",
        calls: calls!(|_id| RetryPolicy::new().stats(&STATS).run(|| SERVICE.call())),
    },
    Contender {
        name: "RetryConfigs::get",
        calls: calls!(|_id| CONFIGS.get("payments")),
    },
    TOKEN_SUCCESS,
    TOKEN_RETRIES,
];

const TOKEN_RETRIES: Contender = Contender {
    name: "run_async, a token, two retries",
    calls: calls!(|_id| call(&Service::failing(2))),
};

const TOKEN_SUCCESS: Contender = Contender {
    name: "run_async, a token",
    calls: calls!(|_id| call(&SERVICE)),
};

fn call(service: &Service) {
    let stop = stop::after_attempt(3) | stop::cancelled(&TOKEN).abort_attempt();
    let policy = RetryPolicy::new()
        .stop(stop)
        .wait(wait::fixed(Duration::from_millis(1)))
        .interrupt(|_: Interrupt| Err(Error::Gone(0)))
        .sleep_async(skip);
    let _ = black_box(poll(pin!(policy.run_async(|| async { service.call() }))));
}

const LOOK_UPS: [Contender; 2] = [
    Contender {
        name: "Registry",
        calls: look_ups!(|key| KNOWN.get(key)),
    },
    Contender {
        name: "RwLock<HashMap>",
        calls: look_ups!(|key| locked()
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(key)
            .map(Arc::clone)),
    },
];

/// The number of keys that are looked up.
const KEYS: usize = 100_000;

static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| (0..KEYS).map(name).collect());
static KNOWN: LazyLock<Registry<String, u64>> = LazyLock::new(|| {
    let known = Registry::new(KEYS, |key: &String| key.len() as u64);
    NAMES.iter().for_each(|name| drop(known.get(name)));
    known
});

fn name(number: usize) -> String {
    format!("host-{number}.example.com")
}

fn locked() -> &'static RwLock<HashMap<String, Arc<u64>>> {
    static LOCKED: OnceLock<RwLock<HashMap<String, Arc<u64>>>> = OnceLock::new();
    LOCKED.get_or_init(|| RwLock::new(entries().collect()))
}

/// The entries of a peer's map.
fn entries() -> impl Iterator<Item = (String, Arc<u64>)> {
    let entry = |name: &String| (name.clone(), Arc::new(name.len() as u64));
    NAMES.iter().map(entry)
}

/// The names in an order that no cache foresees, each round from another place.
fn shuffled() -> impl Iterator<Item = &'static str> {
    static ROUND: AtomicU64 = AtomicU64::new(0);
    let names = &**NAMES;
    let mut at = ROUND.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
    repeat_with(move || {
        at = at
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        &*names[(at >> 33) as usize % KEYS]
    })
}

pub fn print() {
    let columns = [
        "ns a call",
        "over the bare call",
        "ns, two threads",
        "calls of two : one",
        "allocations",
    ];
    let mut table = Table::new("Parts that calls share, first-try success", columns);
    rows(&mut table, BARE, OURS);
    table.print();
    let mut table = Table::new("Look-up of one of 100 000 texts", columns);
    #[cfg(feature = "peers")]
    let others = LOOK_UPS.into_iter().chain(peers::LOOK_UPS);
    #[cfg(not(feature = "peers"))]
    let others = LOOK_UPS;
    let bare = Contender {
        name: "the next key",
        calls: look_ups!(|key| key),
    };
    rows(&mut table, bare, others);
    table.print();
    registry::print();
}

fn rows(table: &mut Table, bare: Contender, others: impl IntoIterator<Item = Contender>) {
    let floor = bare.calls;
    for contender in once(bare).chain(others) {
        let times = Times::measure(floor, contender.calls);
        let cells = [
            format!("{:.2}", times.one),
            format!("{:.2}", times.one - times.floor),
            format!("{:.2}", times.two),
            format!("{:.2}", times.two_to_one()),
            allocation::count(contender.calls).to_string(),
        ];
        table.row(contender.name, cells);
    }
}

/// Figures that are the same in every run.
pub fn figures() -> impl Iterator<Item = (String, f64)> {
    OURS.into_iter().map(|Contender { name, calls }| {
        let count = allocation::count(calls);
        (format!("allocations, {name}"), count)
    })
}
