//! governor, by the clock that it reads by default, the processor's, and by that of the standard library.

use std::num::NonZeroU32;
use std::sync::LazyLock;
use std::time::Duration;

use governor::clock::MonotonicClock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use super::{Contender, calls};

type ByStd =
    RateLimiter<NotKeyed, InMemoryState, MonotonicClock, NoOpMiddleware<std::time::Instant>>;

static FREE: LazyLock<DefaultDirectRateLimiter> = LazyLock::new(|| RateLimiter::direct(free()));
static FREE_BY_STD: LazyLock<ByStd> =
    LazyLock::new(|| RateLimiter::direct_with_clock(free(), MonotonicClock));
static SPENT: LazyLock<DefaultDirectRateLimiter> = LazyLock::new(|| {
    let hour = Duration::from_secs(3600);
    RateLimiter::direct(Quota::with_period(hour).expect("not zero"))
});

fn free() -> Quota {
    let number = |number| NonZeroU32::new(number).expect("not zero");
    Quota::per_second(number(1_000_000_000)).allow_burst(number(1_000_000))
}

pub(super) const PEERS: [Contender; 3] = [
    Contender {
        name: "governor, a permit",
        calls: |rounds| {
            let limiter = &*FREE;
            calls!(limiter.check())(rounds);
        },
    },
    Contender {
        name: "governor, a permit by std's clock",
        calls: |rounds| {
            let limiter = &*FREE_BY_STD;
            calls!(limiter.check())(rounds);
        },
    },
    Contender {
        name: "governor, none",
        calls: |rounds| {
            let limiter = &*SPENT;
            calls!(limiter.check())(rounds);
        },
    },
];
