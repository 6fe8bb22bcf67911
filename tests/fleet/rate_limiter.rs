//! Rate limiters of a fleet.

use std::sync::Arc;
use std::time::Duration;

use persevere::RateLimiter;
use persevere::fleet::{Fleet, MemoryStore};
use persevere::rate_limiter::SECOND;
use support::Redis;

fn limiter() -> Arc<RateLimiter> {
    Arc::new(RateLimiter::new("github").rate(100, SECOND).burst(10))
}

/// Asks as often as a limiter lets it, for a time.
async fn busy(limiter: &RateLimiter, time: Duration) -> u32 {
    let end = tokio::time::Instant::now() + time;
    let mut taken = 0;
    while tokio::time::Instant::now() < end {
        taken += u32::from(limiter.try_acquire().is_ok());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    taken
}

#[tokio::test(start_paused = true)]
async fn two_members_take_no_more_than_one_limit() {
    let store = MemoryStore::new();
    let (one, other) = (limiter(), limiter());
    let start = |limiter: &Arc<RateLimiter>| {
        let fleet = Fleet::in_memory(&store).namespace("shop").members(2);
        fleet.join(Arc::clone(limiter)).start()
    };
    let fleet = start(&one).await.unwrap();
    let _other = start(&other).await.unwrap();
    let seconds = Duration::from_secs(20);
    let (a, b) = tokio::join!(busy(&one, seconds), busy(&other, seconds));
    assert!((1_900..=2_010).contains(&(a + b)), "{a} + {b}");
    let status = fleet.status();
    assert_eq!((status.joined, status.members), (true, 2), "{status:?}");
}

#[tokio::test]
async fn members_meet_over_a_real_server() {
    let Some(redis) = Redis::start() else { return };
    let (one, other) = (limiter(), limiter());
    let start = |limiter: &Arc<RateLimiter>| {
        let fleet = Fleet::connect(redis.url());
        fleet
            .namespace("shop")
            .members(2)
            .join(Arc::clone(limiter))
            .start()
    };
    let fleet = start(&one).await.unwrap();
    let _other = start(&other).await.unwrap();
    tokio::time::sleep(Duration::from_millis(600)).await;
    println!("{:#?}", fleet.status());
    assert_eq!(fleet.status().members, 2);
}
