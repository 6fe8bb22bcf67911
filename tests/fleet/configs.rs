//! The configuration of a fleet.

use std::sync::Arc;
use std::time::Duration;

use persevere::fleet::{Failure, Fleet, MemoryStore, PublishError};
use persevere::{RateLimiter, RetryConfigs};
use support::Redis;
use tokio::time::sleep;

const TICK: Duration = Duration::from_millis(300);

/// Returns the set of another process.
fn set(names: &'static [&'static str]) -> &'static RetryConfigs {
    Box::leak(Box::new(RetryConfigs::new(names)))
}

fn payments() -> &'static RetryConfigs {
    set(&["payments"])
}

async fn join(store: &MemoryStore, set: &'static RetryConfigs) -> Fleet {
    let fleet = Fleet::in_memory(store).namespace("shop").configs(set);
    fleet.start().await.unwrap()
}

fn policy(set: &RetryConfigs) -> String {
    set.get("payments").to_string()
}

const FIVE: &str = r#"payments.stop = "after_attempt(5)""#;
const SIX: &str = r#"payments.stop = "after_attempt(6)""#;

#[tokio::test(start_paused = true)]
async fn all_members_take_over_what_one_publishes() {
    let store = MemoryStore::new();
    let sets = [payments(), payments(), payments()];
    let (one, two) = (join(&store, sets[0]).await, join(&store, sets[1]).await);
    one.publish(FIVE).await.unwrap();
    sleep(TICK).await;
    assert_eq!(
        [policy(sets[0]), policy(sets[1])],
        ["stop = after_attempt(5)"; 2]
    );
    two.publish(SIX).await.unwrap();
    // Also those that start later, with their first exchange.
    let late = join(&store, sets[2]).await;
    sleep(TICK).await;
    assert_eq!(sets.map(policy), ["stop = after_attempt(6)"; 3]);
    assert_eq!((late.status().refused, late.status().failures), (None, 0));
    // And after all were down.
    drop((one, two, late));
    sleep(Duration::from_secs(3_600)).await;
    let next = payments();
    let _fleet = join(&store, next).await;
    assert_eq!(policy(next), "stop = after_attempt(6)");
}

#[tokio::test(start_paused = true)]
async fn it_is_above_the_file_and_below_the_variables() {
    let store = MemoryStore::new();
    let set = payments();
    let fleet = join(&store, set).await;
    let file =
        "[payments]\nstop = \"after_attempt(2)\"\nwait = \"none()\"\nbreaker = \"consecutive(1)\"";
    set.load_toml(file).unwrap();
    set.get("payments").circuit_breaker().unwrap().force_open();
    fleet.publish(FIVE).await.unwrap();
    sleep(TICK).await;
    let both = "stop = after_attempt(5), wait = none(), breaker = consecutive(1)";
    assert_eq!(policy(set), both);
    set.load_toml(file).unwrap();
    assert_eq!(policy(set), both);
    // A breaker whose text is the same keeps its state.
    let config = set.get("payments");
    assert!(config.circuit_breaker().unwrap().try_enter().is_err());
    let variable = (
        "APP_PAYMENTS_STOP".to_owned(),
        "after_attempt(3)".to_owned(),
    );
    set.load_vars("APP", [variable]).unwrap();
    fleet.publish(SIX).await.unwrap();
    sleep(TICK).await;
    assert!(policy(set).starts_with("stop = after_attempt(3), "));
    set.load_vars("APP", []).unwrap();
    assert!(policy(set).starts_with("stop = after_attempt(6), "));
    fleet.publish("").await.unwrap();
    sleep(TICK).await;
    assert!(policy(set).starts_with("stop = after_attempt(2), "));
}

#[tokio::test(start_paused = true)]
async fn a_mistake_is_not_published() {
    let store = MemoryStore::new();
    let (here, there) = (payments(), payments());
    let (fleet, _there) = (join(&store, here).await, join(&store, there).await);
    fleet.publish(FIVE).await.unwrap();
    for text in [
        r#"payments.stop = "after_attempt(0)""#,
        "[paymnets]",
        "payments =",
    ] {
        let error = fleet.publish(text).await.unwrap_err();
        assert!(matches!(error, PublishError::Mistake(_)), "{error}");
    }
    let long = format!("# {}", "x".repeat(64 * 1024));
    let error = fleet.publish(&long).await.unwrap_err();
    assert_eq!(error, PublishError::TooLong(64 * 1024 + 2));
    sleep(TICK).await;
    assert_eq!([here, there].map(policy), ["stop = after_attempt(5)"; 2]);
    let two = Fleet::in_memory(&store)
        .namespace("shop")
        .configs(here)
        .configs(there);
    let error = two.start().await.unwrap_err().to_string();
    assert_eq!(
        error,
        "a fleet has one configuration; write `.configs(&CONFIG)` once"
    );
    let limiter = Arc::new(RateLimiter::new("github"));
    let bare = Fleet::in_memory(&store).namespace("shop").join(limiter);
    let bare = bare.start().await.unwrap();
    assert_eq!(bare.publish(FIVE).await, Err(PublishError::NoConfigs));
}

#[tokio::test(start_paused = true)]
async fn a_member_of_other_policies_refuses_once_and_says_why() {
    let store = MemoryStore::new();
    let (new, old) = (set(&["payments", "search"]), payments());
    let (fleet, other) = (join(&store, new).await, join(&store, old).await);
    fleet.publish(FIVE).await.unwrap();
    sleep(TICK).await;
    fleet
        .publish(r#"search.stop = "after_attempt(9)""#)
        .await
        .unwrap();
    sleep(4 * TICK).await;
    let status = other.status();
    let mistake = "search: no policy `search` is declared; the program declares `payments`";
    assert_eq!(status.refused.as_deref(), Some(mistake));
    assert_eq!(
        (status.joined, status.failures, policy(old)),
        (true, 0, "stop = after_attempt(5)".to_owned())
    );
    fleet.publish(SIX).await.unwrap();
    sleep(TICK).await;
    assert_eq!(
        (other.status().refused, policy(old)),
        (None, "stop = after_attempt(6)".to_owned())
    );
}

#[tokio::test(start_paused = true)]
async fn a_store_that_stops_or_forgets_changes_no_policy() {
    let store = MemoryStore::new();
    let (here, there) = (payments(), payments());
    let (fleet, other) = (join(&store, here).await, join(&store, there).await);
    fleet.publish(FIVE).await.unwrap();
    sleep(TICK).await;
    store.empty();
    sleep(10 * TICK).await;
    assert_eq!([here, there].map(policy), ["stop = after_attempt(5)"; 2]);
    store.stop();
    let error = fleet.publish(SIX).await.unwrap_err();
    assert_eq!(error, PublishError::Unconfirmed(Failure::Unreachable));
    sleep(Duration::from_secs(10)).await;
    assert_eq!(
        (other.status().joined, policy(there)),
        (false, "stop = after_attempt(5)".to_owned())
    );
    store.resume();
    sleep(Duration::from_secs(3)).await;
    assert_eq!(
        [here, there].map(policy),
        ["stop = after_attempt(5)"; 2],
        "it was given up"
    );
    fleet.publish(SIX).await.unwrap();
    sleep(TICK).await;
    assert_eq!([here, there].map(policy), ["stop = after_attempt(6)"; 2]);
}

#[tokio::test(start_paused = true)]
async fn of_two_that_publish_at_once_one_holds_for_all() {
    let store = MemoryStore::new();
    let sets = [payments(), payments()];
    let (one, two) = (join(&store, sets[0]).await, join(&store, sets[1]).await);
    let published = tokio::join!(
        one.publish(FIVE),
        two.publish(SIX),
        one.publish(SIX),
        two.publish(FIVE)
    );
    // Each handle publishes its last text.
    let superseded = || Err(PublishError::Superseded);
    assert_eq!(published, (superseded(), superseded(), Ok(()), Ok(())));
    sleep(TICK).await;
    let policies = sets.map(policy);
    assert_eq!(policies[0], policies[1]);
    assert!(policies[0].starts_with("stop = after_attempt("));
}

#[tokio::test]
async fn members_take_over_a_text_from_a_real_server_and_refuse_one_that_is_too_long() {
    let Some(redis) = Redis::start() else { return };
    let sets = [payments(), payments()];
    let fleet = |set| {
        Fleet::connect(redis.url())
            .namespace("shop")
            .configs(set)
            .every(TICK / 15)
            .start()
    };
    let (one, two) = (fleet(sets[0]).await.unwrap(), fleet(sets[1]).await.unwrap());
    one.publish(FIVE).await.unwrap();
    eventually(|| sets.map(policy) == ["stop = after_attempt(5)"; 2]).await;

    let client = redis::Client::open(redis.url()).unwrap();
    let mut connection = client.get_connection().unwrap();
    let mut write = |version: u64, text: &str| {
        let mut write = redis::cmd("HSET");
        let write = write
            .arg("shop:{configs:default}")
            .arg("version")
            .arg(version);
        write
            .arg("text")
            .arg(text)
            .query::<()>(&mut connection)
            .unwrap();
    };
    // Versions later than any that is published now.
    let later = 9_000_000_000_000;
    write(later, &format!("#{}", "x".repeat(64 * 1024)));
    let long = Some("the text is longer than 64 KiB".to_owned());
    eventually(|| two.status().refused == long).await;
    eventually(|| two.status().failure.is_none()).await;
    assert_eq!(policy(sets[1]), "stop = after_attempt(5)");
    write(later + 1, SIX);
    eventually(|| sets.map(policy) == ["stop = after_attempt(6)"; 2]).await;
    assert_eq!(one.status().refused, None);
}

/// Waits until this is so.
async fn eventually(is_so: impl Fn() -> bool) {
    let waits = async {
        while !is_so() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waits)
        .await
        .expect("within half a minute");
}

#[tokio::test(start_paused = true)]
async fn members_give_a_store_that_was_emptied_what_they_hold() {
    let store = MemoryStore::new();
    let (one, other) = (payments(), payments());
    let fleet = join(&store, one).await;
    fleet.publish(FIVE).await.unwrap();
    store.empty();
    sleep(2 * TICK).await;
    let _later = join(&store, other).await;
    sleep(TICK).await;
    assert_eq!(policy(other), policy(one));
}

#[tokio::test(start_paused = true)]
async fn members_with_different_texts_agree_on_the_later_one() {
    let store = MemoryStore::new();
    let (one, other) = (payments(), payments());
    let (fleet, _other) = (join(&store, one).await, join(&store, other).await);
    fleet.publish(FIVE).await.unwrap();
    sleep(TICK).await;
    fleet
        .publish(r#"payments.stop = "after_attempt(2)""#)
        .await
        .unwrap();
    // The other one has not heard of it.
    store.empty();
    sleep(3 * TICK).await;
    assert_eq!(policy(one), "stop = after_attempt(2)");
    assert_eq!(policy(other), policy(one));
}
