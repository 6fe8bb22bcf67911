//! Configurations.

use super::*;

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
