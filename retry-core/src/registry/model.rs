//! Models of a registry that two threads use at once.

use std::sync::Arc;

use loom::thread;

use super::shards::Shards;

/// The hashes of two keys in different shards.
const APART: [u64; 2] = [0, 1 << 32];

type Numbers = Shards<u32, u32>;

/// Returns shards with room for this many entries.
fn shards(capacity: usize) -> Arc<Numbers> {
    Arc::new(Shards::new(capacity))
}

fn insert(shards: &Numbers, hash: u64, key: u32, value: u32) -> Arc<u32> {
    shards.insert(hash, key, value).0
}

fn keys(shards: &Numbers) -> Vec<u32> {
    shards.collect(|key, _| *key)
}

#[test]
fn both_get_the_value_of_the_first() {
    loom::model(|| {
        let shards = shards(1);
        let other = Arc::clone(&shards);
        let other = thread::spawn(move || insert(&other, APART[0], 7, 1));
        let one = insert(&shards, APART[0], 7, 2);
        let other = other.join().unwrap();
        assert!(Arc::ptr_eq(&one, &other));
        assert_eq!((keys(&shards), shards.len()), (vec![7], 1));
    });
}

#[test]
fn two_new_keys_keep_the_bound() {
    loom::model(|| {
        let shards = shards(2);
        drop(insert(&shards, APART[0], 1, 1));
        drop(insert(&shards, APART[1], 2, 2));
        let other = Arc::clone(&shards);
        let other = thread::spawn(move || assert_eq!(*insert(&other, APART[0], 3, 3), 3));
        assert_eq!(*insert(&shards, APART[1], 4, 4), 4);
        other.join().unwrap();
        assert_eq!(keys(&shards).len(), shards.len());
        assert!(shards.len() <= 2);
    });
}

#[test]
fn what_is_held_is_not_evicted() {
    loom::model(|| {
        let shards = shards(1);
        drop(insert(&shards, APART[0], 1, 1));
        let other = Arc::clone(&shards);
        let other = thread::spawn(move || other.get(APART[0], &1));
        drop(insert(&shards, APART[1], 2, 2));
        let held = other.join().unwrap();
        let kept = shards.get(APART[0], &1);
        assert_eq!(held.is_some(), kept.is_some());
        assert_eq!(keys(&shards).len(), shards.len());
    });
}

#[test]
fn a_key_is_evicted_or_removed_and_counted_once() {
    loom::model(|| {
        let shards = shards(1);
        drop(insert(&shards, APART[0], 1, 1));
        let other = Arc::clone(&shards);
        let other = thread::spawn(move || other.remove(APART[0], &1).is_some());
        let (_, evicted) = shards.insert(APART[1], 2, 2);
        let evicted = evicted.iter().flatten().count();
        assert_eq!(evicted + usize::from(other.join().unwrap()), 1);
        assert_eq!((keys(&shards), shards.len()), (vec![2], 1));
    });
}
