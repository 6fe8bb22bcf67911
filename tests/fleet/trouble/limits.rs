//! Limits.

use super::*;

/// An idle process has no place, and Redis goes away: its calls are refused, or wait, until it is back.
#[tokio::test(start_paused = true)]
async fn an_idle_process_has_a_place_when_redis_goes_away() {
    let store = MemoryStore::new();
    let all: Vec<_> = (0..3)
        .map(|_| Arc::new(Bulkhead::new("reports", 4).queue(1_000)))
        .collect();
    let mut fleets = Vec::new();
    for bulkhead in &all {
        fleets.push(start(&store, 3, bulkhead).await);
    }
    for busy in &all[..2] {
        works(busy, 10);
    }
    sleep(20 * S).await;
    store.stop();
    sleep(20 * S).await;
    let entered = timeout(HOUR, all[2].enter()).await;
    assert!(
        entered.is_ok(),
        "it waits for an hour, while the whole has 4 places"
    );
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
        fleets.push(start(&store, 5, bulkhead).await);
        let loops = if Arc::ptr_eq(bulkhead, &new) { 200 } else { 10 };
        works(bulkhead, loops);
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
    assert!(available[0] > 0 && available[1] > 0, "{available:?}");
}

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
        fleets.push(start(&store, members, &limiter).await);
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
    let (all, least) = (taken.iter().sum::<u64>(), *taken.iter().min().unwrap());
    assert!(all > 150 && least > 50, "{taken:?} of 200");
}

#[tokio::test(start_paused = true)]
async fn waiting_loops_share_a_permit_a_minute() {
    let taken = loops(1, MINUTE, 1, 3, 2 * HOUR).await;
    let (all, least) = (taken.iter().sum::<u64>(), *taken.iter().min().unwrap());
    assert!(all > 90 && least > 15, "{taken:?} of 120");
}

#[tokio::test(start_paused = true)]
async fn waiting_loops_share_five_thousand_an_hour() {
    let taken = loops(5_000, HOUR, 50, 3, 20 * MINUTE).await;
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
        fleets.push(start(&store, 2, limiter).await);
    }
    let busy = Arc::clone(&all[0]);
    tokio::spawn(async move {
        loop {
            let _ = busy.try_acquire();
            sleep(Duration::from_millis(50)).await;
        }
    });
    sleep(20 * S).await;
    let mut longest = Duration::ZERO;
    for _ in 0..5 {
        let before = Instant::now();
        all[1].acquire().await.unwrap();
        longest = longest.max(before.elapsed());
    }
    assert!(longest < MINUTE, "{longest:?}");
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
    }
}

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
    assert!(
        bulkhead.limit() > 0,
        "no place for the next hour: {:?}",
        fleet.status()
    );
}

/// A process whose fleet was dropped while it was idle: its calls wait for ever for a place.
#[tokio::test(start_paused = true)]
async fn a_bulkhead_has_a_place_after_its_fleet_was_dropped() {
    let store = MemoryStore::new();
    let all: Vec<_> = (0..3)
        .map(|_| Arc::new(Bulkhead::new("reports", 4).queue(1_000)))
        .collect();
    let mut fleets = Vec::new();
    for bulkhead in &all {
        fleets.push(Some(start(&store, 3, bulkhead).await));
    }
    for busy in &all[..2] {
        works(busy, 10);
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

/// A process that has just started has a permit.
#[tokio::test(start_paused = true)]
async fn a_process_that_got_nothing_has_a_place_once_its_fleet_is_dropped() {
    let store = MemoryStore::new();
    let [busy, late] = [(); 2].map(|()| Arc::new(Bulkhead::new("reports", 2)));
    let _fleet = start(&store, 1, &busy).await;
    sleep(10 * S).await;
    let places = [busy.try_enter().unwrap(), busy.try_enter().unwrap()];
    let joined = start(&store, 2, &late).await;
    assert_eq!(late.limit(), 0, "both places are in use");
    drop(joined);
    let entered = timeout(HOUR, late.enter()).await;
    assert!(entered.is_ok());
    drop(places);
}

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
        let fleet = start(&store, 3, &limiter).await;
        taken += u32::from(timeout(30 * MINUTE, limiter.acquire()).await.is_ok());
        fleet.leave().await;
    }
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
            fleets.push(start(&store, 3, &limiter).await);
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
