//! A registry with one value per key, bounded, which never makes two at a time.
#![cfg(feature = "std")]

use std::cell::Cell;
use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Barrier};
use std::thread;

use persevere_core::breaker::{State, Transition};
use persevere_core::{CircuitBreaker, Registry};
use proptest::prelude::*;

/// Returns a value that differs from every other.
fn serial<K>(_: &K) -> u64 {
    static MADE: AtomicU64 = AtomicU64::new(0);
    MADE.fetch_add(1, Relaxed)
}

fn keys<K: Clone + Ord, T>(registry: &Registry<K, T>) -> Vec<K> {
    registry
        .snapshot()
        .into_iter()
        .map(|(key, _)| key)
        .collect()
}

#[test]
fn a_value_is_made_of_its_key_once() {
    static LENGTHS: Registry<String, (usize, u64)> =
        Registry::new(10, |key| (key.len(), serial(key)));
    assert!(LENGTHS.is_empty());
    let first = LENGTHS.get("abc");
    assert_eq!(first.0, 3);
    assert!(Arc::ptr_eq(&first, &LENGTHS.get("abc")));
    assert!(Arc::ptr_eq(&first, &LENGTHS.get(&"abc".to_owned())));
    assert_ne!(LENGTHS.get("abcd").1, first.1);
    assert_eq!((LENGTHS.len(), LENGTHS.capacity()), (2, 10));
    assert_eq!(
        format!("{LENGTHS:?}"),
        "Registry { len: 2, capacity: 10, .. }"
    );
}

#[test]
fn the_one_idle_longest_makes_room() {
    let registry = Registry::new(3, serial::<u32>);
    let made = [1, 2, 3].map(|key| *registry.get(&key));
    assert_eq!(*registry.get(&1), made[0]);
    registry.get(&4);
    assert_eq!(keys(&registry), [1, 3, 4]);
    registry.get(&5);
    assert_eq!(keys(&registry), [1, 4, 5]);
    // A key that comes back gets a new value.
    assert!(!made.contains(&registry.get(&2)));
}

#[test]
fn what_is_held_stays() {
    let registry = Registry::new(2, serial::<u32>);
    let held = registry.get(&1);
    let weak = Arc::downgrade(&registry.get(&2));
    for key in 3..10 {
        registry.get(&key);
        assert_eq!(keys(&registry), [1, 2, key]);
    }
    assert!(Arc::ptr_eq(&held, &registry.get(&1)));
    assert!(Arc::ptr_eq(&weak.upgrade().unwrap(), &registry.get(&2)));
}

#[test]
fn it_grows_while_all_are_held_and_shrinks_again() {
    let registry = Registry::new(2, serial::<u32>);
    let held: Vec<_> = (0..5).map(|key| registry.get(&key)).collect();
    assert_eq!(registry.len(), 5);
    drop(held);
    let lengths = [5, 6, 7, 8, 9].map(|key| {
        registry.get(&key);
        registry.len()
    });
    assert_eq!(lengths, [4, 3, 2, 2, 2]);
    assert_eq!(keys(&registry), [8, 9]);
}

#[test]
fn a_key_can_be_removed() {
    let registry = Registry::new(2, serial::<u32>);
    let held = registry.get(&1);
    assert!(Arc::ptr_eq(&held, &registry.remove(&1).unwrap()));
    assert_eq!(registry.remove(&1), None);
    assert_ne!(registry.get(&1), held);
}

#[test]
fn a_snapshot_counts_as_no_use() {
    let registry = Registry::new(2, serial::<u32>);
    let values = [*registry.get(&2), *registry.get(&1)];
    let snapshot = registry.snapshot();
    assert_eq!((snapshot[0].0, *snapshot[0].1), (1, values[1]));
    assert_eq!((snapshot[1].0, *snapshot[1].1), (2, values[0]));
    drop(snapshot);
    registry.get(&3);
    assert_eq!(keys(&registry), [1, 3]);
}

#[test]
fn no_room_is_refused() {
    let none = std::panic::catch_unwind(|| Registry::new(0, serial::<u32>));
    assert!(none.is_err());
    assert_eq!(Registry::new(1, serial::<u32>).capacity(), 1);
}

#[test]
fn making_and_dropping_a_value_may_use_the_registry() {
    struct Visitor;
    static REGISTRY: Registry<u32, Visitor> = Registry::new(1, |&key| {
        if key > 0 {
            REGISTRY.get(&(key - 1));
        }
        Visitor
    });
    impl Drop for Visitor {
        fn drop(&mut self) {
            assert!(REGISTRY.len() <= 1);
        }
    }
    REGISTRY.get(&9);
    assert_eq!(keys(&REGISTRY), [9]);
    REGISTRY.remove(&9);
}

#[test]
fn a_panic_while_a_value_is_made_leaves_no_trace() {
    let registry: Registry<u32, u32> = Registry::new(2, |&key| 10 / key);
    assert!(catch_unwind(AssertUnwindSafe(|| registry.get(&0))).is_err());
    assert_eq!(registry.len(), 0);
    assert_eq!(*registry.get(&5), 2);
}

thread_local! {
    /// The number of comparisons after which one panics.
    static PATIENCE: Cell<u32> = const { Cell::new(u32::MAX) };
}

/// A key whose comparison can panic; all of them meet.
#[derive(Clone, Copy, Debug, Eq, PartialOrd, Ord)]
struct Touchy(u32);

impl PartialEq for Touchy {
    fn eq(&self, other: &Self) -> bool {
        PATIENCE.set(PATIENCE.get().checked_sub(1).expect("out of patience"));
        self.0 == other.0
    }
}

impl Hash for Touchy {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

#[test]
fn a_poisoned_lock_is_no_panic() {
    let registry = Registry::new(3, serial::<Touchy>);
    let first = registry.get(&Touchy(0));
    let mut panicked = 0;
    for patience in 0..20 {
        registry.get(&Touchy(100 + patience));
        PATIENCE.set(patience);
        let got = catch_unwind(AssertUnwindSafe(|| registry.get(&Touchy(patience + 1))));
        PATIENCE.set(u32::MAX);
        panicked += u32::from(got.is_err());
        assert!(Arc::ptr_eq(&first, &registry.get(&Touchy(0))));
        assert!(registry.len() <= 3);
    }
    assert!((3..20).contains(&panicked), "{panicked} panics");
    registry.remove(&Touchy(0));
    assert_eq!(registry.snapshot().len(), registry.len());
}

#[derive(Clone, Debug)]
enum Step {
    Use(u8),
    Hold(u8),
    Release(u8),
    Remove(u8),
}

fn any_step() -> impl Strategy<Value = Step> {
    let key = 0u8..8;
    prop_oneof![
        4 => key.clone().prop_map(Step::Use),
        2 => key.clone().prop_map(Step::Hold),
        2 => key.clone().prop_map(Step::Release),
        1 => key.prop_map(Step::Remove),
    ]
}

trait Extract<T> {
    /// Removes and returns the items for which `which` is true.
    fn extract(&mut self, which: impl FnMut(&T) -> bool) -> Vec<T>;
}

impl<T> Extract<T> for Vec<T> {
    fn extract(&mut self, which: impl FnMut(&T) -> bool) -> Vec<T> {
        let (out, rest) = std::mem::take(self).into_iter().partition(which);
        *self = rest;
        out
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_forgets_as_the_times_of_last_uses_say(
        capacity in 1usize..6,
        steps in proptest::collection::vec(any_step(), 0..100),
    ) {
        let registry = Registry::new(capacity, serial::<u8>);
        // Keys, values, and the time of their last use, which is that of the new key before it or after it; and the
        // held values with their keys.
        let (mut entries, mut new_keys): (Vec<(u8, u64, u32)>, u32) = (vec![], 0);
        let mut held: Vec<(u8, Arc<u64>)> = vec![];
        for step in steps {
            match step {
                Step::Use(key) | Step::Hold(key) => {
                    let value = registry.get(&key);
                    if let Some(entry) = entries.iter_mut().find(|entry| entry.0 == key) {
                        prop_assert_eq!(entry.1, *value);
                        entry.2 = 2 * new_keys;
                    } else {
                        let there = keys(&registry);
                        let gone = entries.extract(|entry| !there.contains(&entry.0));
                        let idle = |entry: &&(u8, u64, u32)| held.iter().all(|h| *h.1 != entry.1);
                        let idle: Vec<_> = gone.iter().chain(&entries).filter(idle).copied().collect();
                        let surplus = (gone.len() + entries.len() + 1).saturating_sub(capacity);
                        prop_assert_eq!(gone.len(), surplus.min(2).min(idle.len()));
                        for gone in &gone {
                            prop_assert!(idle.contains(gone), "held");
                            prop_assert!(entries.iter().all(|kept| !idle.contains(kept) || kept.2 >= gone.2));
                        }
                        prop_assert!(entries.iter().all(|entry| entry.1 != *value), "made anew");
                        entries.push((key, *value, 2 * new_keys + 1));
                        new_keys += 1;
                    }
                    if matches!(step, Step::Hold(_)) {
                        held.push((key, value));
                    }
                }
                Step::Release(key) => held.retain(|(of, _)| *of != key),
                Step::Remove(key) => {
                    let expected = entries.extract(|entry| entry.0 == key).pop().map(|entry| entry.1);
                    prop_assert_eq!(registry.remove(&key).map(|value| *value), expected);
                }
            }
            let mut expected: Vec<_> = entries.iter().map(|&(key, value, _)| (key, value)).collect();
            expected.sort_unstable();
            let there = registry.snapshot().into_iter().map(|(key, value)| (key, *value));
            prop_assert_eq!(there.collect::<Vec<_>>(), expected);
        }
    }
}

#[test]
fn two_threads_get_one_value_a_key() {
    for _ in 0..20 {
        let registry = Registry::new(10, serial::<u32>);
        let start = Barrier::new(2);
        let [one, other] = thread::scope(|scope| {
            let all = || {
                start.wait();
                (0..100).map(|key| registry.get(&key)).collect::<Vec<_>>()
            };
            let threads = [scope.spawn(all), scope.spawn(all)];
            threads.map(|thread| thread.join().unwrap())
        });
        assert_eq!(registry.len(), 100);
        for (key, (one, other)) in one.iter().zip(&other).enumerate() {
            assert!(Arc::ptr_eq(one, other), "two values of {key}");
        }
    }
}

#[test]
fn two_threads_that_miss_a_key_at_once_get_the_value_of_the_first() {
    static BOTH: Barrier = Barrier::new(2);
    static REGISTRY: Registry<u32, u64> = Registry::new(1, |key| {
        BOTH.wait();
        serial(key)
    });
    let threads = [0, 1].map(|_| thread::spawn(|| REGISTRY.get(&7)));
    let [one, other] = threads.map(|thread| thread.join().unwrap());
    assert!(Arc::ptr_eq(&one, &other));
    assert_eq!(keys(&REGISTRY), [7]);
}

#[test]
fn two_threads_keep_the_bound() {
    let registry = Registry::new(8, |&key: &u64| key);
    thread::scope(|scope| {
        for seed in 1..=2u64 {
            let registry = &registry;
            scope.spawn(move || {
                let mut number = seed;
                for _ in 0..5000 {
                    number = number
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(seed);
                    let key = (number >> 33) % 20;
                    assert_eq!(*registry.get(&key), key);
                    // At most two are held.
                    assert!(registry.len() <= 8);
                    if key == 0 {
                        registry.remove(&key);
                    }
                }
            });
        }
    });
}

/// The keys that nobody asked for in a long time go first, though not in their exact order.
#[test]
fn a_large_one_keeps_what_is_in_use() {
    let registry = Registry::new(10_000, |&key: &u32| key);
    (0..10_000).for_each(|key| drop(registry.get(&key)));
    let in_use = 0..200;
    for key in 10_000..40_000 {
        registry.get(&key);
        if key % 100 == 0 {
            in_use.clone().for_each(|key| drop(registry.get(&key)));
        }
    }
    assert_eq!(registry.len(), 10_000);
    let there = keys(&registry);
    assert_eq!(there.len(), 10_000);
    assert!(in_use.clone().all(|key| there.contains(&key)));
    let old = there
        .iter()
        .filter(|key| (200..20_000).contains(*key))
        .count();
    assert!(old < 1_000, "{old} of the first keys are left");
}

/// Even if nearly all of the others are open.
#[test]
fn a_closed_breaker_is_evicted_among_a_thousand_open_ones() {
    let hosts: Registry<u32, CircuitBreaker> =
        Registry::new(1000, |_| CircuitBreaker::new("host").consecutive(1));
    (0..1000).for_each(|host| hosts.get(&host).force_open());
    hosts.get(&500).force_close();
    hosts.get(&500).reset();
    hosts.get(&1000).force_open();
    let there = keys(&hosts);
    assert!(!there.contains(&500));
    assert_eq!(there.len(), 1000);
}

/// Look-ups beside a stream of unknown keys, which evict each other.
#[test]
fn unknown_keys_do_not_evict_what_is_in_use() {
    let registry = Registry::new(1000, |&key: &u32| key);
    let in_use: Vec<_> = (0..100).map(|key| registry.get(&key)).collect();
    thread::scope(|scope| {
        scope.spawn(|| (100..20_000).for_each(|key| assert_eq!(*registry.get(&key), key)));
        for _ in 0..100 {
            for (key, value) in (0..).zip(&in_use) {
                assert!(Arc::ptr_eq(value, &registry.get(&key)));
            }
        }
    });
    assert_eq!(registry.len(), 1000);
}

fn open(breaker: &CircuitBreaker) {
    breaker.try_enter().unwrap().failure();
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn each_breaker_is_told_by_its_key() {
    static HEARD: std::sync::Mutex<Vec<String>> = std::sync::Mutex::new(Vec::new());
    fn hear(transition: &Transition) {
        HEARD.lock().unwrap().push(transition.to_string());
    }
    let hosts: Registry<String, CircuitBreaker> = Registry::new(10, |_host| {
        CircuitBreaker::new("host").consecutive(1).listener(hear)
    });
    open(&hosts.get("one.example"));
    open(&hosts.get("two.example"));
    let heard = HEARD.lock().unwrap();
    let expected = ["one.example", "two.example"];
    assert_eq!(
        *heard,
        expected.map(|host| format!(
            "breaker `host[{host}]`: closed -> open: 1 failure; 1 failed, 0 refused, 1 opened since the start"
        ))
    );
    let refused = hosts.get("two.example").try_enter().unwrap_err();
    assert!(
        refused
            .to_string()
            .starts_with("the circuit `host[two.example]` is open for another ")
    );
    let shared: Registry<Arc<str>, CircuitBreaker> =
        Registry::new(10, |_| CircuitBreaker::new("b"));
    assert_eq!(shared.get(&Arc::from("three")).key(), Some("three"));
    let own: Registry<&str, CircuitBreaker> = Registry::new(10, |key| {
        CircuitBreaker::new("b").keyed(&key.to_uppercase())
    });
    assert_eq!(own.get(&"four").key(), Some("FOUR"));
    let numbers: Registry<u16, CircuitBreaker> = Registry::new(10, |_| CircuitBreaker::new("b"));
    assert_eq!(numbers.get(&5).key(), None);
}

#[test]
fn an_open_breaker_is_evicted_after_all_others() {
    let hosts: Registry<u32, CircuitBreaker> =
        Registry::new(3, |_| CircuitBreaker::new("host").consecutive(1));
    open(&hosts.get(&1));
    hosts.get(&2).force_close();
    hosts.get(&3);
    hosts.get(&4);
    assert_eq!(keys(&hosts), [1, 2, 4]);
    // All of them have state, so that the one idle longest is removed.
    hosts.get(&4).disable();
    hosts.get(&5);
    assert_eq!(keys(&hosts), [2, 4, 5]);
    hosts.get(&2).reset();
    let _held = hosts.get(&5);
    hosts.get(&6);
    assert_eq!(keys(&hosts), [4, 5, 6]);
}
