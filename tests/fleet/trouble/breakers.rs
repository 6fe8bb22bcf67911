//! Breakers.

use super::*;

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
        fleets.push(start(&store, 3, &breaker).await);
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
            fleets.push(start(&store, members, &breaker).await);
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
