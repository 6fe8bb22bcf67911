//! Faults that a hostile review found.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use persevere::breaker::State;
use persevere::fleet::engine::{JoinAs, Member, Store, Terms};
use persevere::fleet::{Change, Fleet, FleetBuilder, MemoryStore};
use persevere::rate_limiter::{HOUR, MINUTE, SECOND};
use persevere::{
    Bulkhead, CircuitBreaker, Policy, RateLimiter, RetryBudget, RetryConfigs, RetryPolicy, stop,
    wait,
};
use redis::{Client, cmd};
use support::Redis;
use tokio::time::{Instant, sleep, timeout};

use crate::members::Proxy;

const S: Duration = Duration::from_secs(1);

fn fleet(store: &MemoryStore, members: u32) -> FleetBuilder {
    Fleet::in_memory(store).namespace("shop").members(members)
}

// ---------------------------------------------------------------- shares of 0

/// An idle process has no place, and Redis goes away: its calls are refused, or wait, until it is back.
#[tokio::test(start_paused = true)]
async fn an_idle_process_has_a_place_when_redis_goes_away() {
    let store = MemoryStore::new();
    let all: Vec<_> = (0..3)
        .map(|_| Arc::new(Bulkhead::new("reports", 4).queue(1_000)))
        .collect();
    let mut fleets = Vec::new();
    for bulkhead in &all {
        fleets.push(
            fleet(&store, 3)
                .join(Arc::clone(bulkhead))
                .start()
                .await
                .unwrap(),
        );
    }
    for busy in &all[..2] {
        for _ in 0..10 {
            let bulkhead = Arc::clone(busy);
            tokio::spawn(async move {
                loop {
                    let place = bulkhead.enter().await.unwrap();
                    sleep(Duration::from_millis(100)).await;
                    drop(place);
                }
            });
        }
    }
    sleep(20 * S).await;
    println!(
        "limits {:?}",
        all.iter().map(|b| b.limit()).collect::<Vec<_>>()
    );
    store.stop();
    sleep(20 * S).await;
    let entered = timeout(HOUR, all[2].enter()).await;
    println!(
        "limits {:?} {:?}",
        all.iter().map(|b| b.limit()).collect::<Vec<_>>(),
        fleets[2].status()
    );
    assert!(
        entered.is_ok(),
        "it waits for an hour, while the whole has 4 places"
    );
}

/// The chapter: with more processes than half of the permits of the burst, each has one.
#[tokio::test(start_paused = true)]
async fn each_process_has_a_permit_of_the_burst() {
    let store = MemoryStore::new();
    let all: Vec<_> = (0..3)
        .map(|_| Arc::new(RateLimiter::new("github").rate(1, SECOND).burst(4)))
        .collect();
    let mut fleets = Vec::new();
    for limiter in &all {
        fleets.push(
            fleet(&store, 3)
                .join(Arc::clone(limiter))
                .start()
                .await
                .unwrap(),
        );
    }
    for busy in &all[..2] {
        let limiter = Arc::clone(busy);
        tokio::spawn(async move {
            loop {
                let _ = limiter.try_acquire();
                sleep(Duration::from_millis(10)).await;
            }
        });
    }
    sleep(20 * S).await;
    println!(
        "shares {:?}",
        fleets
            .iter()
            .map(|f| f.status().parts[0].share)
            .collect::<Vec<_>>()
    );
    let first = all[2].try_acquire();
    assert!(first.is_ok(), "{first:?}");
}

/// A rolling deploy: one process of the new release has 100 places, the old ones have 10.
#[tokio::test(start_paused = true)]
async fn a_canary_with_more_places_takes_none_of_the_old_ones() {
    let store = MemoryStore::new();
    let old: Vec<_> = (0..4)
        .map(|_| Arc::new(Bulkhead::new("reports", 10).queue(1_000)))
        .collect();
    let new = Arc::new(Bulkhead::new("reports", 100).queue(1_000));
    let mut fleets = Vec::new();
    for bulkhead in old.iter().chain([&new]) {
        fleets.push(
            fleet(&store, 5)
                .join(Arc::clone(bulkhead))
                .start()
                .await
                .unwrap(),
        );
        let loops = if Arc::ptr_eq(bulkhead, &new) { 200 } else { 10 };
        for _ in 0..loops {
            let bulkhead = Arc::clone(bulkhead);
            tokio::spawn(async move {
                loop {
                    let place = bulkhead.enter().await.unwrap();
                    sleep(Duration::from_millis(100)).await;
                    drop(place);
                }
            });
        }
    }
    sleep(60 * S).await;
    let before: Vec<_> = old.iter().map(|b| b.entered()).collect();
    sleep(60 * S).await;
    let calls: Vec<_> = old
        .iter()
        .zip(before)
        .map(|(b, before)| b.entered() - before)
        .collect();
    let limits: Vec<_> = old.iter().chain([&new]).map(|b| b.limit()).collect();
    println!(
        "limits {limits:?}, calls in a minute {calls:?}, joined {}",
        fleets[0].status().joined
    );
    assert!(
        calls.iter().all(|calls| *calls > 0),
        "{calls:?}, {limits:?}"
    );
}

/// The same, with tokens.
#[tokio::test(start_paused = true)]
async fn a_canary_with_more_tokens_takes_none_of_the_old_ones() {
    let store = MemoryStore::new();
    let mut all = Vec::new();
    let mut fleets = Vec::new();
    for capacity in [100, 100, 1_000] {
        let budget = Arc::new(
            persevere::budget::Settings::tokens(capacity)
                .costs(1, 1)
                .build()
                .unwrap(),
        );
        fleets.push(
            fleet(&store, 3)
                .join_as("b", Arc::clone(&budget))
                .start()
                .await
                .unwrap(),
        );
        all.push(budget);
    }
    sleep(60 * S).await;
    let available: Vec<_> = all.iter().map(|b| b.available()).collect();
    println!("{available:?}");
    assert!(available[0] > 0 && available[1] > 0, "{available:?}");
}

// ---------------------------------------------------------------- limiters of low rates

async fn waits(limiter: Arc<RateLimiter>, taken: Arc<AtomicU64>) {
    loop {
        limiter.acquire().await.unwrap();
        taken.fetch_add(1, SeqCst);
    }
}

/// Two processes with one loop each that waits for permits, for a time; returns what each took.
async fn loops(rate: u32, period: Duration, burst: u32, members: u32, time: Duration) -> Vec<u64> {
    let store = MemoryStore::new();
    let mut taken = Vec::new();
    let mut fleets = Vec::new();
    for _ in 0..members {
        let limiter = Arc::new(
            RateLimiter::new("github")
                .rate(rate, period)
                .burst(burst)
                .max_wait(1_000 * HOUR),
        );
        fleets.push(
            fleet(&store, members)
                .join(Arc::clone(&limiter))
                .start()
                .await
                .unwrap(),
        );
        let count = Arc::<AtomicU64>::default();
        tokio::spawn(waits(limiter, Arc::clone(&count)));
        taken.push(count);
    }
    sleep(time).await;
    taken.iter().map(|count| count.load(SeqCst)).collect()
}

#[tokio::test(start_paused = true)]
async fn waiting_loops_share_ten_permits_a_minute() {
    let taken = loops(10, MINUTE, 1, 2, 20 * MINUTE).await;
    println!("{taken:?} of 200");
    let (all, least) = (taken.iter().sum::<u64>(), *taken.iter().min().unwrap());
    assert!(all > 150 && least > 50, "{taken:?} of 200");
}

#[tokio::test(start_paused = true)]
async fn waiting_loops_share_a_permit_a_minute() {
    let taken = loops(1, MINUTE, 1, 3, 2 * HOUR).await;
    println!("{taken:?} of 120");
    let (all, least) = (taken.iter().sum::<u64>(), *taken.iter().min().unwrap());
    assert!(all > 90 && least > 15, "{taken:?} of 120");
}

#[tokio::test(start_paused = true)]
async fn waiting_loops_share_five_thousand_an_hour() {
    let taken = loops(5_000, HOUR, 50, 3, 20 * MINUTE).await;
    println!("{taken:?} of 1666");
    let (all, least) = (taken.iter().sum::<u64>(), *taken.iter().min().unwrap());
    assert!(all > 1_400 && least > 300, "{taken:?} of 1666");
}

/// A process that waits has a demand, also beside one that asks often.
#[tokio::test(start_paused = true)]
async fn a_call_that_waits_is_a_demand() {
    let store = MemoryStore::new();
    let all: Vec<_> = (0..2)
        .map(|_| {
            Arc::new(
                RateLimiter::new("github")
                    .rate(10, MINUTE)
                    .burst(1)
                    .max_wait(HOUR),
            )
        })
        .collect();
    let mut fleets = Vec::new();
    for limiter in &all {
        fleets.push(
            fleet(&store, 2)
                .join(Arc::clone(limiter))
                .start()
                .await
                .unwrap(),
        );
    }
    let busy = Arc::clone(&all[0]);
    tokio::spawn(async move {
        loop {
            let _ = busy.try_acquire();
            sleep(Duration::from_millis(50)).await;
        }
    });
    sleep(20 * S).await;
    let start = Instant::now();
    let mut longest = Duration::ZERO;
    for _ in 0..5 {
        let before = Instant::now();
        all[1].acquire().await.unwrap();
        longest = longest.max(before.elapsed());
    }
    println!(
        "5 permits in {:?}, at most {longest:?}, {:?}",
        start.elapsed(),
        all[0].counts()
    );
    assert!(longest < MINUTE, "{longest:?}");
}

/// The whole rate is not exceeded by shares that are rounded down to nanoseconds.
#[tokio::test(start_paused = true)]
async fn shares_of_a_high_rate_keep_to_it() {
    let store = MemoryStore::new();
    let all: Vec<_> = (0..2)
        .map(|_| {
            Arc::new(
                RateLimiter::new("github")
                    .rate(100_000_000, SECOND)
                    .burst(10_000_000),
            )
        })
        .collect();
    let mut fleets = Vec::new();
    for limiter in &all {
        fleets.push(
            fleet(&store, 2)
                .join(Arc::clone(limiter))
                .start()
                .await
                .unwrap(),
        );
    }
    let take = |limiter: &RateLimiter| {
        let mut taken = 0_u64;
        while limiter.try_acquire().is_ok() {
            taken += 1;
        }
        taken
    };
    // One is busy, so that the shares are 0.95 and 0.05 or so.
    for _ in 0..12 {
        take(&all[0]);
        sleep(Duration::from_millis(250)).await;
    }
    take(&all[1]);
    println!(
        "shares {:?}",
        fleets
            .iter()
            .map(|f| f.status().parts[0].share)
            .collect::<Vec<_>>()
    );
    let (start, mut taken) = (Instant::now(), 0);
    for _ in 0..4 {
        sleep(Duration::from_millis(20)).await;
        taken += take(&all[0]) + take(&all[1]);
    }
    let whole = (start.elapsed().as_secs_f64() * 1e8) as u64;
    println!("{taken} of {whole}");
    assert!(taken <= whole + 10, "{taken} of {whole}");
}

// ---------------------------------------------------------------- budgets

/// One process spends all in an outage, and has no calls after it; the others recover.
#[tokio::test(start_paused = true)]
async fn tokens_that_a_process_has_spent_come_back_to_the_fleet() {
    async fn call(budget: &RetryBudget, fails: bool) {
        let policy = RetryPolicy::new()
            .wait(wait::none())
            .stop(stop::after_attempt(2));
        let _ = policy
            .budget(budget)
            .run_async(|| async move { (!fails).then_some(()) })
            .await;
    }
    let store = MemoryStore::new();
    let (mut all, mut fleets) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        let budget = Arc::new(
            persevere::budget::Settings::tokens(200)
                .costs(1, 1)
                .build()
                .unwrap(),
        );
        fleets.push(
            fleet(&store, 2)
                .join_as("b", Arc::clone(&budget))
                .start()
                .await
                .unwrap(),
        );
        all.push(budget);
    }
    for _ in 0..3_000 {
        call(&all[0], true).await;
        sleep(Duration::from_millis(10)).await;
    }
    println!("spent {} {}", all[0].granted(), all[1].granted());
    // The outage is over; the first has no calls any more, the second has a million of them.
    for _ in 0..36_000 {
        call(&all[1], false).await;
        sleep(Duration::from_millis(100)).await;
    }
    for _ in 0..300 {
        call(&all[1], true).await;
        sleep(Duration::from_millis(100)).await;
    }
    let shares: Vec<_> = fleets.iter().map(|f| f.status().parts[0].share).collect();
    println!(
        "the second was granted {} of 200, shares {shares:?}",
        all[1].granted()
    );
    assert!(
        all[1].granted() > 100,
        "{} of 200, {shares:?}",
        all[1].granted()
    );
}

// ---------------------------------------------------------------- publish, start, leave

fn payments() -> &'static RetryConfigs {
    Box::leak(Box::new(RetryConfigs::new(&["payments"])))
}

const FIVE: &str = r#"payments.stop = "after_attempt(5)""#;
const SIX: &str = r#"payments.stop = "after_attempt(6)""#;

/// A publication that was cancelled is not carried out when the store is back, over one that is newer.
#[tokio::test(start_paused = true)]
async fn a_cancelled_publication_is_not_made_later() {
    let store = MemoryStore::new();
    let here = payments();
    let one = fleet(&store, 1).configs(here).start().await.unwrap();
    store.stop();
    assert!(
        timeout(Duration::from_millis(100), one.publish(FIVE))
            .await
            .is_err()
    );
    sleep(60 * S).await;
    store.resume();
    sleep(10 * S).await;
    assert_ne!(here.get("payments").to_string(), "stop = after_attempt(5)");
}

/// A fleet whose runtime has ended says so, and does not wait for ever.
#[test]
fn a_fleet_whose_runtime_is_over_says_so() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let store = MemoryStore::new();
    let first = runtime();
    let builder = fleet(&store, 1)
        .configs(payments())
        .every(Duration::from_millis(10))
        .lease(Duration::from_millis(160));
    let fleet = first.block_on(builder.start()).unwrap();
    drop(first);
    std::thread::sleep(Duration::from_millis(800));
    println!("{:?}", fleet.status());
    let published = runtime().block_on(async { timeout(3 * S, fleet.publish(SIX)).await });
    println!("{published:?} {:?}", fleet.status());
    assert!(published.is_ok(), "`publish` waits for ever");
    assert!(!fleet.status().joined, "{:?}", fleet.status());
}

/// The same status, seen from another thread while the runtime is blocked.
#[test]
fn the_status_of_a_blocked_runtime_is_not_joined() {
    let store = MemoryStore::new();
    let limiter = Arc::new(RateLimiter::new("github").rate(100, SECOND));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let builder = fleet(&store, 1)
        .join(limiter)
        .every(Duration::from_millis(10))
        .lease(Duration::from_millis(160));
    let fleet = runtime.block_on(builder.start()).unwrap();
    std::thread::sleep(Duration::from_millis(800));
    let status = fleet.status();
    assert!(!status.joined && !status.parts[0].joined, "{status:?}");
}

/// A runtime without a timer, or without I/O, is a mistake that `start` returns.
#[test]
fn a_runtime_without_io_is_a_mistake() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let Some(redis) = Redis::start() else { return };
    runtime.block_on(async {
        let limiter = Arc::new(RateLimiter::new("github").rate(100, SECOND));
        let started = Fleet::connect(redis.url())
            .namespace("shop")
            .configs(payments())
            .join(limiter)
            .start()
            .await;
        let Ok(fleet) = started else { return };
        sleep(S).await;
        println!("{:?}", fleet.status());
        let published = timeout(5 * S, fleet.publish(SIX)).await;
        println!("{published:?}");
        assert!(
            fleet.status().failure.is_some() && published.is_ok(),
            "{:?}",
            fleet.status()
        );
    });
}

#[test]
fn a_runtime_without_a_timer_is_a_mistake() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .unwrap();
    let store = MemoryStore::new();
    let limiter = Arc::new(RateLimiter::new("github").rate(100, SECOND));
    let started = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        runtime.block_on(fleet(&store, 1).join(limiter).start())
    }));
    assert!(started.is_ok(), "it panics");
}

/// `leave` returns at the latest after a quarter of the lease.
#[tokio::test]
async fn leave_takes_a_quarter_of_the_lease() {
    let Some(redis) = Redis::start() else { return };
    let proxy = Proxy::to(redis.port());
    let limiter = Arc::new(RateLimiter::new("github").rate(100, SECOND));
    let mut longest = Duration::ZERO;
    for at in 0..4 {
        let builder = Fleet::connect(proxy.url())
            .namespace("shop")
            .join(Arc::clone(&limiter));
        let fleet = builder
            .every(Duration::from_millis(100))
            .lease(Duration::from_millis(1_600))
            .start()
            .await
            .unwrap();
        proxy.stop();
        sleep(Duration::from_millis(2_000 + 150 * at)).await;
        let start = Instant::now();
        fleet.leave().await;
        longest = longest.max(start.elapsed());
        proxy.resume();
    }
    println!("{longest:?}");
    assert!(longest < Duration::from_millis(450), "{longest:?}");
}

// ---------------------------------------------------------------- listeners

static SEEN: OnceLock<Fleet> = OnceLock::new();

/// A listener of a breaker that shows the fleet.
#[test]
fn a_listener_of_a_breaker_may_show_the_fleet() {
    let (done, ended) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let store = MemoryStore::new();
            let breaker = |shows| {
                let breaker = CircuitBreaker::new("payments")
                    .consecutive(1)
                    .open_for(10 * S);
                Arc::new(if shows {
                    breaker.listener(|_| drop(format!("{:?}", SEEN.get().unwrap())))
                } else {
                    breaker
                })
            };
            let quick = |breaker: &Arc<CircuitBreaker>| {
                let fleet = fleet(&store, 2).join(Arc::clone(breaker));
                fleet
                    .every(Duration::from_millis(10))
                    .lease(Duration::from_millis(160))
                    .start()
            };
            let (one, other) = (breaker(true), breaker(false));
            let _ = SEEN.set(quick(&one).await.unwrap());
            let _other = quick(&other).await.unwrap();
            sleep(S).await;
            other.call(|| None::<u8>);
            sleep(S).await;
            done.send(one.state()).unwrap();
        });
    });
    assert_eq!(ended.recv_timeout(10 * S), Ok(State::Open), "a deadlock");
}

/// A process that stood still for a lease is alone, and does not say that it has joined.
#[test]
fn a_process_that_stood_still_does_not_say_that_it_has_joined() {
    let limiter = Arc::new(RateLimiter::new("github").rate(100, SECOND));
    let terms = Terms {
        lease: 5_000,
        tick: 250,
        expected: 1,
    };
    let mut member = Member::new(
        1,
        "shop".to_owned(),
        terms,
        vec![limiter.into_part("github".to_owned()).unwrap()],
    );
    let (mut store, ms) = (Store::default(), 1_000_000);
    let mut exchange = |member: &mut Member, asked: u64, now: u64| {
        let question = member.question(0, asked * ms);
        let answer = store.answer(&question, asked).unwrap();
        member.answer(0, &answer, asked * ms, now * ms).unwrap();
        member.ended(Ok(()), now * ms)
    };
    member.begin(1_000 * ms);
    assert!(matches!(
        exchange(&mut member, 1_000, 1_001),
        Some(Change::Joined { .. })
    ));
    // It is frozen while the answer is under way.
    let change = exchange(&mut member, 1_250, 9_000);
    let joined = member.status(9_000 * ms).joined;
    println!("{change:?}, joined {joined}");
    assert!(
        joined || !matches!(change, Some(Change::Joined { .. })),
        "{change:?}, joined {joined}"
    );
}

// ---------------------------------------------------------------- breakers

/// Calls that wait for a breaker are a wish to probe it.
#[tokio::test(start_paused = true)]
async fn calls_that_only_wait_for_a_breaker_probe_it_after_the_open_time() {
    let store = MemoryStore::new();
    let (mut all, mut fleets) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let breaker = Arc::new(
            CircuitBreaker::new("payments")
                .consecutive(1)
                .open_for(30 * S),
        );
        fleets.push(
            fleet(&store, 3)
                .join(Arc::clone(&breaker))
                .start()
                .await
                .unwrap(),
        );
        all.push(breaker);
    }
    sleep(10 * S).await;
    all[0].call(|| None::<u8>);
    let start = Instant::now();
    sleep(S).await;
    assert!(all.iter().all(|b| b.state() == State::Open));
    let first = Arc::<Mutex<Option<Duration>>>::default();
    let mut waiting = Vec::new();
    // The one that had the evidence has no more calls.
    for breaker in &all[1..] {
        let (breaker, first) = (Arc::clone(breaker), Arc::clone(&first));
        waiting.push(tokio::spawn(async move {
            let policy = RetryPolicy::new()
                .stop(stop::never())
                .breaker(persevere::breaker::wait_for(Arc::clone(&breaker)));
            let _ = policy
                .run_async(|| {
                    first.lock().unwrap().get_or_insert(start.elapsed());
                    async { Some(()) }
                })
                .await;
            start.elapsed()
        }));
    }
    let mut ends = Vec::new();
    for call in waiting {
        ends.push(call.await.unwrap());
    }
    println!(
        "first probe after {:?}, calls ended after {ends:?}",
        first.lock().unwrap()
    );
    assert!(ends.iter().all(|end| *end < 34 * S), "{ends:?}");
}

/// An open time of three days.
#[tokio::test(start_paused = true)]
async fn nobody_probes_before_an_open_time_of_days() {
    const DAY: Duration = Duration::from_secs(86_400);
    let store = MemoryStore::new();
    let (mut all, mut fleets) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        let breaker = Arc::new(
            CircuitBreaker::new("payments")
                .consecutive(1)
                .open_for(3 * DAY),
        );
        let builder = fleet(&store, 2).join(Arc::clone(&breaker));
        fleets.push(builder.every(60 * S).lease(HOUR).start().await.unwrap());
        all.push(breaker);
    }
    sleep(HOUR).await;
    all[0].call(|| None::<u8>);
    let start = Instant::now();
    sleep(10 * MINUTE).await;
    assert_eq!(all[1].state(), State::Open);
    let probe = loop {
        if all[1].try_enter().is_ok() {
            break start.elapsed();
        }
        sleep(MINUTE).await;
    };
    println!("{probe:?}");
    assert!(probe > 2 * DAY, "a probe after {probe:?}");
}

/// Growing open times: the open time of the member whose evidence was last is that of all.
#[tokio::test(start_paused = true)]
async fn growing_open_times_are_those_of_all() {
    /// Lets a service be down for a time, and returns the calls that reached it in the second half.
    async fn calls(members: u32) -> u32 {
        let store = MemoryStore::new();
        let (mut all, mut fleets) = (Vec::new(), Vec::new());
        for _ in 0..members {
            let breaker = CircuitBreaker::new("payments")
                .consecutive(3)
                .open_for(2 * S)
                .growing(2.0, 120 * S);
            let breaker = Arc::new(breaker);
            fleets.push(
                fleet(&store, members)
                    .join(Arc::clone(&breaker))
                    .start()
                    .await
                    .unwrap(),
            );
            all.push(breaker);
        }
        sleep(10 * S).await;
        let mut made = [0, 0];
        for step in 0..2 * 60 * 40_u32 {
            for breaker in &all {
                if let Ok(permit) = breaker.try_enter() {
                    made[step as usize / (60 * 40)] += 1;
                    permit.failure();
                }
            }
            sleep(Duration::from_millis(500)).await;
        }
        made[1]
    }
    let (one, twenty) = (calls(1).await, calls(20).await);
    println!("calls in 20 minutes: {one} of one process, {twenty} of 20");
    assert!(twenty <= 20 * one / 3 + 10, "{one}, {twenty}");
}

struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// After any trouble all breakers close, with settings that differ.
#[tokio::test(start_paused = true)]
async fn all_breakers_close_after_any_trouble() {
    for seed in 1..60_u64 {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let store = MemoryStore::new();
        let (mut all, mut fleets) = (Vec::new(), Vec::new());
        let mut open = 0;
        for _ in 0..3 {
            let seconds = [2, 5, 30][random.below(3) as usize];
            open = open.max(seconds);
            let mut breaker =
                CircuitBreaker::new("payments").open_for(Duration::from_secs(seconds));
            breaker = match random.below(3) {
                0 => breaker.consecutive(3),
                1 => breaker.failure_rate(0.5, persevere::breaker::count(20)),
                _ => breaker
                    .failure_rate(0.5, persevere::breaker::count(20))
                    .ramp(5 * S),
            };
            let breaker = Arc::new(breaker);
            let lease = [2, 5, 20][random.below(3) as usize];
            let builder = fleet(&store, 3)
                .lease(Duration::from_secs(lease))
                .every(Duration::from_millis([50, 100][random.below(2) as usize]));
            fleets.push(Some(
                builder.join(Arc::clone(&breaker)).start().await.unwrap(),
            ));
            all.push(breaker);
        }
        let mut down = false;
        for _ in 0..300 {
            match random.below(40) {
                0 => store.stop(),
                1 => store.empty(),
                2..=5 => store.resume(),
                6 => all[random.below(3) as usize].force_open(),
                7 => all[random.below(3) as usize].disable(),
                8..=11 => all[random.below(3) as usize].reset(),
                12..=14 => down = true,
                15..=17 => down = false,
                18 => drop(fleets[random.below(3) as usize].take()),
                _ => {}
            }
            for breaker in &all {
                for _ in 0..random.below(6) {
                    if let Ok(permit) = breaker.try_enter() {
                        match random.below(12) {
                            0 => drop(permit),
                            1..=3 => permit.success(),
                            _ if down => permit.failure(),
                            _ => permit.success(),
                        }
                    }
                }
            }
            sleep(Duration::from_millis(random.below(900))).await;
        }
        store.resume();
        for breaker in &all {
            if !matches!(
                breaker.state(),
                State::Closed | State::Open | State::HalfOpen
            ) {
                breaker.reset();
            }
        }
        let start = Instant::now();
        let most = Duration::from_secs(3 * open + 20);
        loop {
            for breaker in &all {
                if let Ok(permit) = breaker.try_enter() {
                    permit.success();
                }
            }
            if all.iter().all(|breaker| breaker.state() == State::Closed) {
                break;
            }
            assert!(
                start.elapsed() < most,
                "seed {seed}: {:?} after {:?}, open {open}",
                all.iter().map(|b| b.state()).collect::<Vec<_>>(),
                start.elapsed()
            );
            sleep(Duration::from_millis(100)).await;
        }
    }
}

/// After any trouble every call that waits gets its place and its permit.
#[tokio::test(start_paused = true)]
async fn no_call_waits_for_ever_after_any_trouble() {
    for seed in 1..40_u64 {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let store = MemoryStore::new();
        let (mut all, mut fleets) = (Vec::new(), Vec::new());
        let (places, burst) = (1 + random.below(6) as u32, 1 + random.below(6) as u32);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let bulkhead = Arc::new(Bulkhead::new("reports", places).queue(1_000));
            let limiter = Arc::new(
                RateLimiter::new("github")
                    .rate(20, SECOND)
                    .burst(burst)
                    .max_wait(HOUR),
            );
            let builder = fleet(&store, 4)
                .join(Arc::clone(&bulkhead))
                .join(Arc::clone(&limiter));
            fleets.push(Some(builder.start().await.unwrap()));
            all.push((bulkhead, limiter));
        }
        let done = Arc::<AtomicU64>::default();
        let mut begun = 0;
        for _ in 0..200 {
            match random.below(30) {
                0 => store.stop(),
                1 => store.empty(),
                2..=5 => store.resume(),
                _ => {}
            }
            let (bulkhead, limiter) = all[random.below(4) as usize].clone();
            let (done, time) = (Arc::clone(&done), Duration::from_millis(random.below(700)));
            begun += 1;
            tasks.spawn(async move {
                limiter.acquire().await.unwrap();
                let place = bulkhead.enter().await.unwrap();
                sleep(time).await;
                drop(place);
                done.fetch_add(1, SeqCst);
            });
            sleep(Duration::from_millis(random.below(200))).await;
        }
        store.resume();
        let start = Instant::now();
        while done.load(SeqCst) < begun {
            let limits: Vec<_> = all
                .iter()
                .map(|(b, l)| (b.limit(), b.in_line(), l.waiting()))
                .collect();
            assert!(
                start.elapsed() < 10 * MINUTE,
                "seed {seed}: {} of {begun}, {places} places: {limits:?}",
                done.load(SeqCst)
            );
            sleep(S).await;
        }
        println!("seed {seed}: {:?} after the trouble", start.elapsed());
    }
}

// ---------------------------------------------------------------- trust

/// Trust: a wrong value refuses calls for at most two open times at a stretch.
#[tokio::test]
async fn a_wrong_value_does_not_take_all_places_for_an_hour() {
    let Some(redis) = Redis::start() else { return };
    let bulkhead = Arc::new(Bulkhead::new("reports", 10));
    let limiter = Arc::new(RateLimiter::new("github").rate(100, SECOND).burst(10));
    let builder = Fleet::connect(redis.url())
        .namespace("shop")
        .join(Arc::clone(&bulkhead))
        .join(Arc::clone(&limiter));
    let fleet = builder
        .every(Duration::from_millis(20))
        .lease(Duration::from_millis(400))
        .start()
        .await
        .unwrap();
    let mut connection = Client::open(redis.url()).unwrap().get_connection().unwrap();
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_millis() as u64;
    for part in ["bulkhead:reports", "rate_limiter:github"] {
        let () = cmd("HSET")
            .arg(format!("shop:{{{part}}}"))
            .arg("m:x")
            .arg(format!("999999999999999:0:{}:0", now + 3_500_000))
            .query(&mut connection)
            .unwrap();
    }
    sleep(5 * S).await;
    println!("{:?} limit {}", fleet.status(), bulkhead.limit());
    // A whole minute of leases later, and Redis is gone too.
    let refused = (0..50).filter(|_| bulkhead.try_enter().is_err()).count();
    let limited = limiter.try_acquire();
    println!("{refused} of 50 refused, {limited:?}");
    assert!(
        bulkhead.limit() > 0,
        "no place for the next hour: {:?}",
        fleet.status()
    );
}

/// A hold that somebody wrote.
#[tokio::test]
async fn a_wrong_hold_does_not_refuse_for_an_hour() {
    let Some(redis) = Redis::start() else { return };
    let limiter = Arc::new(RateLimiter::new("github").rate(100, SECOND).burst(10));
    let builder = Fleet::connect(redis.url())
        .namespace("shop")
        .join(Arc::clone(&limiter));
    let fleet = builder
        .every(Duration::from_millis(20))
        .lease(Duration::from_millis(400))
        .start()
        .await
        .unwrap();
    let mut connection = Client::open(redis.url()).unwrap().get_connection().unwrap();
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_millis() as u64;
    let () = cmd("HSET")
        .arg("shop:{rate_limiter:github}")
        .arg("hold")
        .arg(now + 3_500_000)
        .query(&mut connection)
        .unwrap();
    sleep(S).await;
    println!("held {:?} {:?}", limiter.held_for(), fleet.status());
    assert!(
        limiter.held_for() < Some(MINUTE),
        "{:?}",
        limiter.held_for()
    );
}

// ---------------------------------------------------------------- one part twice

/// One part in two fleets of one process: it would have half of the whole for ever.
#[tokio::test(start_paused = true)]
async fn one_part_in_two_fleets_is_refused_or_has_the_whole() {
    let store = MemoryStore::new();
    let bulkhead = Arc::new(Bulkhead::new("reports", 10));
    let _one = fleet(&store, 1)
        .join(Arc::clone(&bulkhead))
        .start()
        .await
        .unwrap();
    let Ok(_two) = fleet(&store, 1).join(Arc::clone(&bulkhead)).start().await else {
        return;
    };
    sleep(60 * S).await;
    assert_eq!(bulkhead.limit(), 10);
}

/// A part that joins under two names: two fleets, each with its half.
#[tokio::test(start_paused = true)]
async fn one_part_under_two_names_is_refused() {
    let store = MemoryStore::new();
    let bulkhead = Arc::new(Bulkhead::new("reports", 10));
    let started = fleet(&store, 1)
        .join_as("a", Arc::clone(&bulkhead))
        .join_as("b", Arc::clone(&bulkhead))
        .start()
        .await;
    assert!(started.is_err());
}

// ---------------------------------------------------------------- many parts

/// More parts than round trips in a quarter of the lease.
#[tokio::test]
async fn forty_parts_over_a_slow_network_all_join() {
    let Some(redis) = Redis::start() else { return };
    let proxy = Proxy::to(redis.port());
    proxy.delay(Duration::from_millis(20));
    let mut builder = Fleet::connect(proxy.url()).namespace("shop");
    for at in 0..40 {
        let limiter = Arc::new(
            RateLimiter::new("tenant")
                .rate(100, SECOND)
                .keyed(&at.to_string()),
        );
        builder = builder.join(limiter);
    }
    let fleet = builder.start().await.unwrap();
    sleep(20 * S).await;
    let status = fleet.status();
    let joined = status.parts.iter().filter(|part| part.joined).count();
    println!(
        "{joined} of 40 joined, {:?}, {} exchanges, {} failures",
        status.failure, status.exchanges, status.failures
    );
    assert_eq!(joined, 40);
}

/// A server for the scripts of all keys but one, as a cluster of which one shard is down.
struct OneShardIsDown;

impl redis::aio::ConnectionLike for OneShardIsDown {
    fn req_packed_command<'a>(
        &'a mut self,
        cmd: &'a redis::Cmd,
    ) -> redis::RedisFuture<'a, redis::Value> {
        let text = String::from_utf8_lossy(&cmd.get_packed_command()).into_owned();
        Box::pin(async move {
            if text.contains("first") {
                return Err(std::io::Error::from(std::io::ErrorKind::ConnectionRefused).into());
            }
            let numbers = [1, 1_000_000, 1, 0, 1, 0];
            Ok(redis::Value::Array(numbers.map(redis::Value::Int).to_vec()))
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        _: &'a redis::Pipeline,
        _: usize,
        _: usize,
    ) -> redis::RedisFuture<'a, Vec<redis::Value>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn get_db(&self) -> i64 {
        0
    }
}

#[tokio::test(start_paused = true)]
async fn a_shard_that_is_down_is_that_of_its_parts() {
    let limiter = |name| Arc::new(RateLimiter::new(name).rate(100, SECOND));
    let builder = Fleet::over(|| async { Ok(OneShardIsDown) }).namespace("shop");
    let fleet = builder
        .join(limiter("first"))
        .join(limiter("second"))
        .start()
        .await
        .unwrap();
    sleep(60 * S).await;
    let status = fleet.status();
    assert!(status.parts[1].joined, "{status:?}");
}

/// A user who may not use the key of one part.
#[tokio::test]
async fn a_key_that_is_denied_is_that_of_its_part() {
    let Some(redis) = Redis::start() else { return };
    let mut connection = Client::open(redis.url()).unwrap().get_connection().unwrap();
    let () = cmd("ACL")
        .arg(&[
            "SETUSER",
            "u",
            "on",
            ">p",
            "resetkeys",
            "~shop:*second*",
            "+@all",
        ])
        .query(&mut connection)
        .unwrap();
    let limiter = |name| Arc::new(RateLimiter::new(name).rate(100, SECOND));
    let builder =
        Fleet::connect(format!("redis://u:p@127.0.0.1:{}/", redis.port())).namespace("shop");
    let fleet = builder
        .join(limiter("first"))
        .join(limiter("second"))
        .start()
        .await
        .unwrap();
    sleep(3 * S).await;
    let status = fleet.status();
    assert!(status.parts[1].joined, "{status:?}");
}

/// A part whose key is of another type slows nobody else's exchanges.
#[tokio::test]
async fn a_wrong_key_of_one_part_leaves_the_exchanges_of_others_alone() {
    let Some(redis) = Redis::start() else { return };
    let mut connection = Client::open(redis.url()).unwrap().get_connection().unwrap();
    let () = cmd("SET")
        .arg("shop:{rate_limiter:github}")
        .arg("x")
        .query(&mut connection)
        .unwrap();
    let builder = || {
        Fleet::connect(redis.url())
            .namespace("shop")
            .members(2)
            .join(Arc::new(RateLimiter::new("github").rate(100, SECOND)))
    };
    let (here, there) = (
        Arc::new(Bulkhead::new("reports", 10)),
        Arc::new(Bulkhead::new("reports", 10)),
    );
    let _here = builder().join(Arc::clone(&here)).start().await.unwrap();
    let there_fleet = builder().join(Arc::clone(&there)).start().await.unwrap();
    sleep(5 * S).await;
    let mut places = Vec::new();
    while let Ok(place) = there.try_enter() {
        places.push(place);
    }
    let (mut longest, mut last, mut seen) = (
        Duration::ZERO,
        Instant::now(),
        there_fleet.status().failures,
    );
    let start = Instant::now();
    while start.elapsed() < 20 * S {
        sleep(Duration::from_millis(5)).await;
        let now = there_fleet.status();
        if now.failures != seen {
            longest = longest.max(last.elapsed());
            (last, seen) = (Instant::now(), now.failures);
        }
    }
    println!(
        "the longest pause between two exchanges of the bulkhead: {longest:?}, {:?}",
        there_fleet.status()
    );
    assert!(longest < Duration::from_millis(600), "{longest:?}");
}

/// Chaos at a real server, and then all is well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_is_well_after_chaos_at_a_real_server() {
    let Some(redis) = Redis::start() else { return };
    let (mut all, mut fleets) = (Vec::new(), Vec::new());
    for at in 0..3 {
        let bulkhead = Arc::new(Bulkhead::new("reports {a}\u{fc} b", 12).queue(1_000));
        let limiter = Arc::new(
            RateLimiter::new("git}hub")
                .rate(100, SECOND)
                .burst(10)
                .max_wait(HOUR),
        );
        let url = if at == 0 {
            format!("{}?protocol=resp3", redis.url())
        } else {
            redis.url()
        };
        let builder = Fleet::connect(url)
            .namespace("shop")
            .members(3)
            .join(Arc::clone(&bulkhead))
            .join(Arc::clone(&limiter));
        fleets.push(
            builder
                .every(Duration::from_millis(20))
                .lease(Duration::from_millis(800))
                .start()
                .await
                .unwrap(),
        );
        all.push((bulkhead, limiter));
    }
    let mut connection = Client::open(redis.url()).unwrap().get_connection().unwrap();
    let mut random = Random(77);
    for _ in 0..120 {
        let words: &[&str] = match random.below(9) {
            0 => &["SCRIPT", "FLUSH"],
            1 => &["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"],
            2 => &["CLIENT", "PAUSE", "300", "ALL"],
            3 => &["FLUSHALL"],
            4 => &["CONFIG", "SET", "maxmemory", "1"],
            5 => &["CONFIG", "SET", "maxmemory", "0"],
            6 => &["SET", "shop:{bulkhead:reports {a}\u{fc} b}", "x"],
            7 => &["DEL", "shop:{bulkhead:reports {a}\u{fc} b}"],
            _ => &[
                "HSET",
                "shop:{rate_limiter:git}hub}",
                "held",
                "999999999999999",
                "last",
                "-1",
                "members",
                "1e308",
                "summed",
                "99999999999999999999999",
            ],
        };
        let mut command = cmd(words[0]);
        let _ = command
            .arg(&words[1..])
            .query::<redis::Value>(&mut connection);
        for (_, limiter) in &all {
            let _ = limiter.try_acquire();
        }
        sleep(Duration::from_millis(random.below(60))).await;
    }
    let () = cmd("CONFIG")
        .arg(&["SET", "maxmemory", "0"])
        .query(&mut connection)
        .unwrap();
    let () = cmd("FLUSHALL").query(&mut connection).unwrap();
    sleep(6 * S).await;
    for (at, fleet) in fleets.iter().enumerate() {
        let status = fleet.status();
        println!("{at}: {status:?}");
        assert!(
            status.joined && status.members == 3 && status.failure.is_none(),
            "{status:?}"
        );
        drop(timeout(S, all[at].0.enter()).await.unwrap().unwrap());
        timeout(S, all[at].1.acquire()).await.unwrap().unwrap();
    }
    let limits: Vec<_> = all.iter().map(|(bulkhead, _)| bulkhead.limit()).collect();
    assert_eq!(limits.iter().sum::<u32>(), 12, "{limits:?}");
}

#[tokio::test(start_paused = true)]
#[ignore]
async fn sweep() {
    for (rate, period, burst, members, time) in [
        (30, MINUTE, 1, 2, 10 * MINUTE),
        (60, MINUTE, 1, 2, 10 * MINUTE),
        (60, MINUTE, 1, 3, 10 * MINUTE),
        (60, MINUTE, 10, 3, 10 * MINUTE),
        (10, MINUTE, 10, 3, 20 * MINUTE),
        (10, MINUTE, 10, 2, 20 * MINUTE),
        (5, SECOND, 1, 3, 5 * MINUTE),
        (100, HOUR, 1, 3, 10 * HOUR),
        (100, HOUR, 100, 3, 10 * HOUR),
        (5_000, HOUR, 1, 10, HOUR),
    ] {
        let taken = loops(rate, period, burst, members, time).await;
        let most = f64::from(rate) * time.as_secs_f64() / period.as_secs_f64();
        println!(
            "{rate} each {period:?} burst {burst}: {taken:?} = {} of {most}",
            taken.iter().sum::<u64>()
        );
    }
}

// ---------------------------------------------------------------- the end of a fleet

/// A process whose fleet was dropped while it was idle: its calls wait for ever for a place.
#[tokio::test(start_paused = true)]
async fn a_bulkhead_has_a_place_after_its_fleet_was_dropped() {
    let store = MemoryStore::new();
    let all: Vec<_> = (0..3)
        .map(|_| Arc::new(Bulkhead::new("reports", 4).queue(1_000)))
        .collect();
    let mut fleets = Vec::new();
    for bulkhead in &all {
        fleets.push(Some(
            fleet(&store, 3)
                .join(Arc::clone(bulkhead))
                .start()
                .await
                .unwrap(),
        ));
    }
    for busy in &all[..2] {
        for _ in 0..10 {
            let bulkhead = Arc::clone(busy);
            tokio::spawn(async move {
                loop {
                    let place = bulkhead.enter().await.unwrap();
                    sleep(Duration::from_millis(100)).await;
                    drop(place);
                }
            });
        }
    }
    sleep(20 * S).await;
    fleets[2] = None;
    sleep(20 * S).await;
    assert!(
        timeout(HOUR, all[2].enter()).await.is_ok(),
        "it waits for ever: {} places",
        all[2].limit()
    );
}

static HEARD: Mutex<Vec<Change>> = Mutex::new(Vec::new());

/// A member whose Redis was never there says why: to its listener, and in the log.
#[tokio::test]
async fn a_member_that_never_joined_says_why() {
    let limiter = Arc::new(RateLimiter::new("github").rate(100, SECOND));
    let builder = Fleet::connect("redis://127.0.0.1:1/")
        .namespace("shop")
        .join(limiter);
    let builder = builder
        .every(Duration::from_millis(10))
        .lease(Duration::from_millis(160));
    let fleet = builder
        .listener(|change| HEARD.lock().unwrap().push(*change))
        .start()
        .await
        .unwrap();
    sleep(2 * S).await;
    assert!(!fleet.status().joined);
    let heard = HEARD.lock().unwrap().clone();
    assert!(
        matches!(heard.first(), Some(Change::Alone(_))),
        "{heard:?}, {:?}",
        fleet.status()
    );
}

/// The chapter: always, a bulkhead has at most its places in use.
#[tokio::test(start_paused = true)]
async fn a_late_process_that_cannot_reach_redis_takes_no_places_beyond_the_whole() {
    let store = MemoryStore::new();
    let away = MemoryStore::new();
    away.stop();
    let all: Vec<_> = (0..3)
        .map(|_| Arc::new(Bulkhead::new("reports", 10)))
        .collect();
    let (mut fleets, mut places) = (Vec::new(), Vec::new());
    let take = |bulkhead: &'static Bulkhead| {
        std::iter::from_fn(move || bulkhead.try_enter().ok()).collect::<Vec<_>>()
    };
    let all: Vec<&'static Bulkhead> = all
        .into_iter()
        .map(|b| &*Box::leak(Box::new(Arc::try_unwrap(b).unwrap())))
        .collect();
    for (at, bulkhead) in all.iter().enumerate() {
        let store = if at < 2 { &store } else { &away };
        fleets.push(fleet(store, 3).join(*bulkhead).start().await.unwrap());
        for _ in 0..40 {
            places.extend(take(bulkhead));
            if at == 1 {
                places.extend(take(all[0]));
            }
            sleep(S).await;
        }
    }
    let in_use: u32 = all.iter().map(|b| b.in_use()).sum();
    assert!(
        in_use <= 10,
        "{in_use} of 10 in use: {:?}",
        all.iter().map(|b| b.in_use()).collect::<Vec<_>>()
    );
}

/// Calls that found a place while `start` waited for the first exchange.
#[tokio::test(start_paused = true)]
async fn calls_during_start_take_no_places_beyond_the_whole() {
    let store = MemoryStore::new();
    let all: Vec<&'static Bulkhead> = (0..3)
        .map(|_| &*Box::leak(Box::new(Bulkhead::new("reports", 10))))
        .collect();
    let (mut fleets, mut places) = (Vec::new(), Vec::new());
    for bulkhead in &all[..2] {
        fleets.push(fleet(&store, 3).join(*bulkhead).start().await.unwrap());
    }
    for _ in 0..40 {
        for bulkhead in &all[..2] {
            places.extend(std::iter::from_fn(|| bulkhead.try_enter().ok()));
        }
        sleep(S).await;
    }
    store.stop(); // for half a second
    let last = all[2];
    let calls = tokio::spawn(async move {
        sleep(Duration::from_millis(300)).await;
        std::iter::from_fn(|| last.try_enter().ok()).collect::<Vec<_>>()
    });
    let back = store.clone();
    tokio::spawn(async move {
        sleep(Duration::from_millis(500)).await;
        back.resume();
    });
    fleets.push(fleet(&store, 3).join(last).start().await.unwrap());
    places.extend(calls.await.unwrap());
    sleep(MINUTE).await;
    let in_use: u32 = all.iter().map(|b| b.in_use()).sum();
    assert!(
        in_use <= 10,
        "{in_use} of 10 in use a minute later, {:?}",
        fleets[2].status()
    );
}

/// A text that a member refused for its own file is taken over once the file is mended.
#[tokio::test(start_paused = true)]
async fn two_publications_at_once_from_one_member_are_both_made() {
    let store = MemoryStore::new();
    let set = payments();
    let one = fleet(&store, 1).configs(set).start().await.unwrap();
    let (a, b) = tokio::join!(one.publish(FIVE), one.publish(SIX));
    println!("{a:?} {b:?} {}", set.get("payments"));
}

/// An emptied store: a member that starts later has the configuration of the others.
#[tokio::test(start_paused = true)]
async fn a_late_member_has_the_configuration_after_the_store_was_emptied() {
    let store = MemoryStore::new();
    let (here, there) = (payments(), payments());
    let one = fleet(&store, 1).configs(here).start().await.unwrap();
    one.publish(FIVE).await.unwrap();
    sleep(S).await;
    store.empty();
    sleep(MINUTE).await;
    let _two = fleet(&store, 1).configs(there).start().await.unwrap();
    sleep(MINUTE).await;
    assert_eq!(
        here.get("payments").to_string(),
        there.get("payments").to_string(),
        "for ever, and nobody is told: {:?}",
        one.status()
    );
}

/// `reset` on an open breaker closes it in every process: also for the second time in an open time.
#[tokio::test(start_paused = true)]
async fn a_second_reset_closes_the_breaker_in_every_process() {
    let store = MemoryStore::new();
    let (mut all, mut fleets) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let breaker = Arc::new(
            CircuitBreaker::new("payments")
                .consecutive(1)
                .open_for(30 * S),
        );
        fleets.push(
            fleet(&store, 3)
                .join(Arc::clone(&breaker))
                .start()
                .await
                .unwrap(),
        );
        all.push(breaker);
    }
    sleep(10 * S).await;
    let states = || all.iter().map(|b| b.state()).collect::<Vec<_>>();
    for time in 1..=2 {
        all[0].call(|| None::<u8>);
        sleep(S).await;
        assert_eq!(states(), [State::Open; 3], "{time}");
        all[0].reset();
        sleep(2 * S).await;
        assert_eq!(states(), [State::Closed; 3], "{time}");
        sleep(5 * S).await;
    }
}

/// A runtime of one thread that is blocked again and again still exchanges.
#[test]
fn a_runtime_that_is_blocked_again_and_again_exchanges() {
    let Some(redis) = Redis::start() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        tokio::spawn(async {
            loop {
                std::thread::sleep(Duration::from_millis(1_400));
                sleep(Duration::from_millis(1)).await;
            }
        });
        let limiter = Arc::new(RateLimiter::new("github").rate(100, SECOND));
        let fleet = Fleet::connect(redis.url())
            .namespace("shop")
            .join(limiter)
            .start()
            .await
            .unwrap();
        sleep(25 * S).await;
        println!("{:?}", fleet.status());
        assert!(fleet.status().joined, "{:?}", fleet.status());
    });
}

/// A rolling deploy that changes the lease: the members know each other.
#[tokio::test(start_paused = true)]
async fn members_of_two_leases_know_each_other() {
    let store = MemoryStore::new();
    let mut fleets = Vec::new();
    for at in 0..4 {
        let breaker = Arc::new(
            CircuitBreaker::new("payments")
                .consecutive(1)
                .open_for(30 * S),
        );
        let lease = if at < 2 { 5 * S } else { 15 * S };
        fleets.push(
            fleet(&store, 4)
                .lease(lease)
                .join(breaker)
                .start()
                .await
                .unwrap(),
        );
    }
    sleep(20 * S).await;
    let mut fewest = u64::MAX;
    for _ in 0..2_000 {
        sleep(Duration::from_millis(10)).await;
        fewest = fewest.min(
            fleets
                .iter()
                .map(|fleet| fleet.status().members)
                .min()
                .unwrap(),
        );
    }
    assert_eq!(fewest, 4);
}

/// The probe of a member with a longer lease is its own.
#[tokio::test(start_paused = true)]
async fn one_member_probes_also_where_leases_differ() {
    let store = MemoryStore::new();
    let (mut all, mut fleets) = (Vec::new(), Vec::new());
    for at in 0..2 {
        let breaker = Arc::new(
            CircuitBreaker::new("payments")
                .consecutive(1)
                .open_for(30 * S),
        );
        let lease = if at == 0 { 20 * S } else { 4 * S };
        fleets.push(
            fleet(&store, 2)
                .lease(lease)
                .join(Arc::clone(&breaker))
                .start()
                .await
                .unwrap(),
        );
        all.push(breaker);
    }
    sleep(30 * S).await;
    all[1].call(|| None::<u8>);
    sleep(S).await;
    assert_eq!(all[0].state(), State::Open);
    sleep(29 * S + Duration::from_millis(500)).await;
    // The first asks, and is given the probe, which takes a while.
    let mut probe = None;
    for _ in 0..40 {
        probe = all[0].try_enter().ok();
        if probe.is_some() {
            break;
        }
        sleep(Duration::from_millis(100)).await;
    }
    assert!(probe.is_some());
    let mut second = 0;
    for _ in 0..15 {
        sleep(Duration::from_millis(100)).await;
        second += u32::from(all[1].try_enter().is_ok());
    }
    assert_eq!(second, 0, "two processes probe at once");
}

/// The chapter: a user needs no more than these rights.
#[tokio::test]
async fn the_rights_of_the_chapter_are_enough_for_another_database() {
    let Some(redis) = Redis::start() else { return };
    let mut connection = Client::open(redis.url()).unwrap().get_connection().unwrap();
    let line = "SETUSER fleet on >password resetkeys ~shop:* resetchannels -@all +eval +evalsha +hdel +hget +hgetall +hmget +hset +pexpire +time";
    let () = cmd("ACL")
        .arg(&line.split(' ').collect::<Vec<_>>())
        .query(&mut connection)
        .unwrap();
    for path in ["", "?protocol=resp3", "1"] {
        let limiter = Arc::new(RateLimiter::new("github").rate(100, SECOND));
        let url = format!("redis://fleet:password@127.0.0.1:{}/{path}", redis.port());
        let fleet = Fleet::connect(url)
            .namespace("shop")
            .join(limiter)
            .start()
            .await
            .unwrap();
        let status = fleet.status();
        assert!(status.joined, "{path:?}: {status:?}");
    }
}

/// A text that is no text, written by hand, and its end.
#[tokio::test]
async fn a_configuration_with_a_version_by_hand_reaches_late_members() {
    let Some(redis) = Redis::start() else { return };
    let mut connection = Client::open(redis.url()).unwrap().get_connection().unwrap();
    let () = cmd("HSET")
        .arg("shop:{configs:default}")
        .arg("version")
        .arg("999999999999999")
        .query(&mut connection)
        .unwrap();
    let (here, there) = (payments(), payments());
    let one = Fleet::connect(redis.url())
        .namespace("shop")
        .configs(here)
        .start()
        .await
        .unwrap();
    one.publish(FIVE).await.unwrap();
    let _two = Fleet::connect(redis.url())
        .namespace("shop")
        .configs(there)
        .start()
        .await
        .unwrap();
    sleep(2 * S).await;
    assert_eq!(there.get("payments").to_string(), "stop = after_attempt(5)");
}

/// A process that is killed while another part of the fleet has a wrong key: its share is used within a lease.
#[tokio::test]
async fn a_share_comes_back_within_a_lease_with_many_parts() {
    let Some(redis) = Redis::start() else { return };
    let proxy = Proxy::to(redis.port());
    proxy.delay(Duration::from_millis(20));
    // 27 round trips of 40 ms: each exchange succeeds.
    let builder = || {
        let mut builder = Fleet::connect(proxy.url()).namespace("shop").members(2);
        for at in 0..26 {
            builder = builder.join(Arc::new(
                RateLimiter::new("tenant")
                    .rate(100, SECOND)
                    .keyed(&at.to_string()),
            ));
        }
        builder
    };
    let (here, there) = (
        Arc::new(Bulkhead::new("reports", 10)),
        Arc::new(Bulkhead::new("reports", 10)),
    );
    let here_fleet = builder().join(Arc::clone(&here)).start().await.unwrap();
    let there_fleet = builder().join(Arc::clone(&there)).start().await.unwrap();
    sleep(10 * S).await;
    println!(
        "{:?} {:?}",
        (here.limit(), there.limit()),
        here_fleet.status().failures
    );
    drop(there_fleet);
    let mut places = Vec::new();
    for _ in 0..200 {
        places.extend(std::iter::from_fn(|| here.try_enter().ok()));
        sleep(Duration::from_millis(100)).await;
    }
    let status = here_fleet.status();
    println!(
        "{} places after 20 s, {} exchanges, {} failures, joined {}",
        here.limit(),
        status.exchanges,
        status.failures,
        status.joined
    );
    assert_eq!(here.limit(), 10);
}

/// A process that has just started has a permit.
#[tokio::test(start_paused = true)]
async fn a_process_that_starts_has_a_permit() {
    let limiter = Arc::new(
        RateLimiter::new("github")
            .rate(1, HOUR)
            .burst(1)
            .max_wait(1_000 * HOUR),
    );
    let _fleet = fleet(&MemoryStore::new(), 3)
        .join(Arc::clone(&limiter))
        .start()
        .await
        .unwrap();
    let start = Instant::now();
    limiter.acquire().await.unwrap();
    println!("{:?}", start.elapsed());
    assert!(
        start.elapsed() < MINUTE,
        "the first permit of the only process after {:?}",
        start.elapsed()
    );
}

/// The same at 20 an hour; it polls, as a job that looks whether it may go.
#[tokio::test(start_paused = true)]
async fn a_process_that_restarts_each_half_hour_has_permits() {
    let store = MemoryStore::new();
    let mut taken = 0;
    for _ in 0..20 {
        let limiter = Arc::new(
            RateLimiter::new("github")
                .rate(1, HOUR)
                .burst(1)
                .max_wait(1_000 * HOUR),
        );
        let fleet = fleet(&store, 3)
            .join(Arc::clone(&limiter))
            .start()
            .await
            .unwrap();
        taken += u32::from(timeout(30 * MINUTE, limiter.acquire()).await.is_ok());
        fleet.leave().await;
    }
    println!("{taken} permits in 10 hours");
    assert!(taken >= 8, "{taken}");
}

/// The bound of a limiter, with demands that change.
#[tokio::test(start_paused = true)]
async fn a_limiter_keeps_its_bound_while_demands_change() {
    for seed in 1..15_u64 {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let store = MemoryStore::new();
        let (mut all, mut fleets) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            let limiter = Arc::new(RateLimiter::new("github").rate(20, SECOND).burst(12));
            fleets.push(
                fleet(&store, 3)
                    .join(Arc::clone(&limiter))
                    .start()
                    .await
                    .unwrap(),
            );
            all.push(limiter);
        }
        sleep(10 * S).await;
        let (start, mut permits, mut busy) = (Instant::now(), Vec::new(), [false; 3]);
        for step in 0..12_000_u32 {
            if step % 50 == 0 && random.below(5) == 0 {
                busy[random.below(3) as usize] ^= true;
            }
            if step % 100 == 0 {
                match random.below(60) {
                    0 => store.stop(),
                    1 => store.empty(),
                    2..=20 => store.resume(),
                    _ => {}
                }
            }
            for (limiter, busy) in all.iter().zip(busy) {
                while busy && limiter.try_acquire().is_ok() {
                    let at = start.elapsed().as_nanos() as i64;
                    permits.push((at, at));
                }
            }
            sleep(Duration::from_millis(5)).await;
        }
        crate::members::Bound {
            rate: 20.0,
            burst: 12.0,
        }
        .check(permits);
    }
}

/// The status of a member does not hide that it gives nothing out: a part that learns for ever says so.
#[tokio::test(start_paused = true)]
async fn a_refused_configuration_is_heard() {
    static ALL: Mutex<Vec<Change>> = Mutex::new(Vec::new());
    let store = MemoryStore::new();
    let other: &'static RetryConfigs = Box::leak(Box::new(RetryConfigs::new(&["search"])));
    let one = fleet(&store, 1).configs(payments()).start().await.unwrap();
    let two = fleet(&store, 1)
        .configs(other)
        .listener(|change| ALL.lock().unwrap().push(*change))
        .start()
        .await
        .unwrap();
    one.publish(FIVE).await.unwrap();
    sleep(S).await;
    println!("{:?} {:?}", two.status().refused, ALL.lock().unwrap());
    assert!(two.status().refused.is_some());
}

/// The reserve of a ratio in an outage that comes and goes: that of one process, or near it.
#[tokio::test(start_paused = true)]
async fn the_reserve_is_used_while_demands_change() {
    async fn call(budget: &RetryBudget) {
        let policy = RetryPolicy::new()
            .wait(wait::none())
            .stop(stop::after_attempt(2));
        let _ = policy
            .budget(budget)
            .run_async(|| async { None::<()> })
            .await;
    }
    async fn granted(members: u32, fleets_of: bool) -> u64 {
        let store = MemoryStore::new();
        let (mut all, mut fleets) = (Vec::new(), Vec::new());
        for _ in 0..members {
            let budget = Arc::new(
                persevere::budget::Settings::ratio(0.01, 10 * S)
                    .reserve(10)
                    .build()
                    .unwrap(),
            );
            if fleets_of {
                fleets.push(
                    fleet(&store, members)
                        .join_as("b", Arc::clone(&budget))
                        .start()
                        .await
                        .unwrap(),
                );
            }
            all.push(budget);
        }
        sleep(20 * S).await;
        let mut random = Random(99);
        let mut busy = 0;
        for step in 0..12_000_u32 {
            // One of them fails at a time, for 3 s.
            if step % 60 == 0 {
                busy = random.below(u64::from(members)) as usize;
            }
            call(&all[busy]).await;
            sleep(Duration::from_millis(50)).await;
        }
        all.iter().map(|budget| budget.granted()).sum()
    }
    let (one, shared) = (granted(1, false).await, granted(5, true).await);
    println!("{one} retries of one process, {shared} of five");
    assert!(shared * 2 > one, "{one}, {shared}");
}

#[tokio::test(start_paused = true)]
#[ignore]
async fn probes_in_a_long_outage() {
    for members in [1, 20, 100_u32] {
        let store = MemoryStore::new();
        let (mut all, mut fleets) = (Vec::new(), Vec::new());
        for _ in 0..members {
            let breaker = Arc::new(
                CircuitBreaker::new("payments")
                    .consecutive(3)
                    .open_for(30 * S),
            );
            fleets.push(
                fleet(&store, members)
                    .join(Arc::clone(&breaker))
                    .start()
                    .await
                    .unwrap(),
            );
            all.push(breaker);
        }
        sleep(10 * S).await;
        let mut made = 0;
        for step in 0..2 * 60 * 20_u32 {
            for breaker in &all {
                if let Ok(permit) = breaker.try_enter() {
                    made += u32::from(step > 600);
                    permit.failure();
                }
            }
            sleep(Duration::from_millis(500)).await;
        }
        println!("{members} processes: {made} calls in 15 minutes, 30 open times");
    }
}

/// The chapter: the status says how long ago the last exchange was; `None` is before the first.
#[tokio::test(start_paused = true)]
async fn the_lag_grows_while_redis_is_away() {
    let store = MemoryStore::new();
    let limiter = Arc::new(RateLimiter::new("github").rate(100, SECOND));
    let fleet = fleet(&store, 1).join(limiter).start().await.unwrap();
    sleep(10 * S).await;
    store.stop();
    sleep(60 * S).await;
    let status = fleet.status();
    assert!(status.lag > Some(50 * S), "{status:?}");
}

#[tokio::test(start_paused = true)]
#[ignore]
async fn reserve_under_an_outage_of_all() {
    async fn call(budget: &RetryBudget) {
        let policy = RetryPolicy::new()
            .wait(wait::none())
            .stop(stop::after_attempt(2));
        let _ = policy
            .budget(budget)
            .run_async(|| async { None::<()> })
            .await;
    }
    for (members, chance) in [(1, 1), (5, 2), (5, 10), (5, 40), (20, 10), (20, 40)] {
        let store = MemoryStore::new();
        let (mut all, mut fleets) = (Vec::new(), Vec::new());
        for _ in 0..members {
            let budget = Arc::new(
                persevere::budget::Settings::ratio(0.0, 10 * S)
                    .reserve(10)
                    .build()
                    .unwrap(),
            );
            fleets.push(
                fleet(&store, members)
                    .join_as("b", Arc::clone(&budget))
                    .start()
                    .await
                    .unwrap(),
            );
            all.push(budget);
        }
        sleep(20 * S).await;
        let (mut random, mut wanted) = (Random(99), 0);
        for _ in 0..6_000_u32 {
            for budget in &all {
                if random.below(chance) == 0 {
                    wanted += 1;
                    call(budget).await;
                }
            }
            sleep(Duration::from_millis(50)).await;
        }
        let granted: u64 = all.iter().map(|budget| budget.granted()).sum();
        println!("{members} processes, {wanted} wanted in 5 minutes: {granted} of 3000 granted");
    }
}
