//! Runtimes that stop, stand still or end, and who hears of it.

use super::*;

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
