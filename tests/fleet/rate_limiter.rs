//! Rate limiters of a fleet.

use std::sync::Arc;
use std::time::Duration;

use persevere::RateLimiter;
use persevere::fleet::{Failure, Fleet, MemoryStore};
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

#[tokio::test(start_paused = true)]
async fn one_member_is_told_to_wait_and_all_do() {
    let store = MemoryStore::new();
    let limiters = [limiter(), limiter(), limiter()];
    let mut fleets = Vec::new();
    for limiter in &limiters {
        let fleet = Fleet::in_memory(&store).namespace("shop").members(3);
        fleets.push(fleet.join(Arc::clone(limiter)).start().await.unwrap());
    }
    limiters[0].hold(Duration::from_secs(30));
    tokio::time::sleep(Duration::from_secs(1)).await;
    let left = |limiter: &Arc<RateLimiter>| limiter.held_for().map(|left| left.as_secs());
    assert_eq!(limiters.each_ref().map(left), [Some(29); 3]);
    // A hold that came from the fleet is not sent back, so that it ends in time.
    tokio::time::sleep(Duration::from_millis(29_200)).await;
    assert_eq!(limiters.each_ref().map(left), [None; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_member_without_its_store_keeps_its_share_and_says_so() {
    let store = MemoryStore::new();
    let (one, other) = (limiter(), limiter());
    let start = |limiter: &Arc<RateLimiter>| {
        let fleet = Fleet::in_memory(&store).namespace("shop");
        fleet.join(Arc::clone(limiter)).start()
    };
    let (fleet, _other) = (start(&one).await.unwrap(), start(&other).await.unwrap());
    tokio::time::sleep(Duration::from_secs(10)).await;
    let share = fleet.status().parts[0].share.unwrap();
    assert!((0.49..=0.51).contains(&share), "{share}");
    store.stop();
    tokio::time::sleep(Duration::from_secs(10)).await;
    let status = fleet.status();
    assert_eq!(status.parts[0].share, Some(share));
    assert_eq!(
        (status.joined, status.failure),
        (false, Some(Failure::Unreachable))
    );
    assert_eq!(status.lost_leases, 1);
    store.resume();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(fleet.status().joined);
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
