//! Servers and networks.

use super::*;

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
    // Ten seconds of exchanges; with pauses as after failures they would take fifty.
    let rounds = async {
        while there_fleet.status().failures < 40 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let within = timeout(30 * S, rounds).await;
    assert!(within.is_ok(), "{:?}", there_fleet.status());
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
        drop(timeout(30 * S, all[at].0.enter()).await.unwrap().unwrap());
        timeout(30 * S, all[at].1.acquire()).await.unwrap().unwrap();
    }
    let limits: Vec<_> = all.iter().map(|(bulkhead, _)| bulkhead.limit()).collect();
    assert_eq!(limits.iter().sum::<u32>(), 12, "{limits:?}");
}

/// Many parts over a slow network take one round trip, so that the store is not silent for any of them.
#[tokio::test]
async fn a_share_comes_back_within_a_lease_with_many_parts() {
    let Some(redis) = Redis::start() else { return };
    let proxy = Proxy::to(redis.port());
    proxy.delay(Duration::from_millis(20));
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
    sleep(2 * S).await;
    drop(there_fleet);
    let mut places = Vec::new();
    let has_all = async {
        while here.limit() < 10 {
            places.extend(std::iter::from_fn(|| here.try_enter().ok()));
            sleep(Duration::from_millis(50)).await;
        }
    };
    let within = timeout(30 * S, has_all).await;
    assert!(within.is_ok(), "{:?}", here_fleet.status());
}
