//! The other crates' breakers, each told to open as ours: five failures in a row, or half of a hundred
//! calls; never reached here.

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::Duration;

use failsafe::CircuitBreaker as _;
use failsafe::backoff::{Constant, constant};
use failsafe::failure_policy::{ConsecutiveFailures, consecutive_failures};
use recloser::Recloser;

use super::{Contender, body, calls};

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

pub(super) const PEERS: [Contender; 2] = [
    Contender {
        name: "failsafe, consecutive",
        calls: |rounds| {
            let breaker = &*FAILSAFE;
            calls!(|id| breaker.call(|| body(id)))(rounds);
        },
    },
    Contender {
        name: "recloser, count window",
        calls: |rounds| {
            let breaker = &*RECLOSER;
            calls!(|id| breaker.call(|| body(id)))(rounds);
        },
    },
];
