//! The other crates' breakers, each told to open as ours: five failures in a row, or half of a hundred
//! calls; never reached here.

use std::future::{Ready, ready};
use std::hint::black_box;
use std::io;
use std::pin::pin;
use std::sync::LazyLock;
use std::time::Duration;

use failsafe::CircuitBreaker as _;
use failsafe::backoff::{Constant, constant};
use failsafe::failure_policy::{ConsecutiveFailures, consecutive_failures};
use recloser::Recloser;
use tower::util::ServiceFn;
use tower::{Service, ServiceExt, service_fn};
use tower_resilience_circuitbreaker::{CircuitBreaker, CircuitBreakerLayer, DefaultClassifier};

use super::closed::BARE;
use super::{Contender, body, calls};
use crate::contender::poll;

const OPEN: Duration = Duration::from_secs(30);

static FAILSAFE: LazyLock<failsafe::StateMachine<ConsecutiveFailures<Constant>, ()>> =
    LazyLock::new(|| {
        let policy = consecutive_failures(5, constant(OPEN));
        failsafe::Config::new().failure_policy(policy).build()
    });

static RECLOSER: LazyLock<Recloser> = LazyLock::new(|| {
    let recloser = Recloser::custom().error_rate(0.5).closed_len(100);
    recloser.open_wait(OPEN).build()
});

type Call = fn(u64) -> Ready<io::Result<u64>>;

static TOWER: LazyLock<CircuitBreaker<ServiceFn<Call>, DefaultClassifier>> = LazyLock::new(|| {
    let layer = CircuitBreakerLayer::builder()
        .failure_rate_threshold(0.5)
        .sliding_window_size(100)
        .wait_duration_in_open(OPEN);
    let call: Call = |id| ready(body(id));
    layer.build().expect("sensible").layer_fn(service_fn(call))
});

pub(super) const PEERS: [Contender; 3] = [
    Contender {
        name: "failsafe, consecutive",
        floor: BARE,
        calls: |rounds| {
            let breaker = &*FAILSAFE;
            calls!(|id| breaker.call(|| body(id)))(rounds);
        },
    },
    Contender {
        name: "recloser, count window",
        floor: BARE,
        calls: |rounds| {
            let breaker = &*RECLOSER;
            calls!(|id| breaker.call(|| body(id)))(rounds);
        },
    },
    Contender {
        name: "tower-resilience, count window",
        floor: BARE,
        calls: |rounds| {
            let mut service = TOWER.clone();
            for id in 0..rounds {
                let call = async { service.ready().await?.call(id).await };
                let _ = black_box(poll(pin!(call)));
            }
        },
    },
];
