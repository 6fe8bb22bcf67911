//! The entries of a registry, in shards with a lock each.
//!
//! A look-up locks one shard, shared, and writes nothing but the lock and the count of the value's `Arc`. A new key
//! locks shards one after the other, never two at once, so that no order of locks has to be kept.
//!
//! Every access to an atomic is relaxed: entries are published by the locks, and the numbers here only count places
//! and order evictions.

use std::borrow::Borrow;
use std::boxed::Box;
use std::hash::{BuildHasher, Hash, RandomState};
use std::mem;
use std::sync::{Arc, PoisonError};
use std::vec::Vec;

use super::parts::is_engaged;
use super::table::{Slot, Table};
use crate::util::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use crate::util::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Entries by key.
pub(super) struct Shards<K, T> {
    hasher: RandomState,
    shards: Box<[Shard<K, T>; SHARDS]>,
    capacity: usize,
    /// The number of entries, and of places for those that are about to be inserted.
    len: AtomicUsize,
    /// Twice the number of keys that were inserted. Between two of them, all uses are equally recent.
    clock: AtomicU64,
    /// The number of searches for a victim: each begins elsewhere.
    searches: AtomicUsize,
}

/// A part of the entries, on a cache line of its own.
#[repr(align(64))]
struct Shard<K, T>(RwLock<Table<K, Entry<T>>>);

pub(super) struct Entry<T> {
    value: Arc<T>,
    /// The time of its last use.
    used: AtomicU64,
}

/// An entry that was evicted. What it does when it is dropped is none of the locks' business.
pub(super) type Evicted<K, T> = Slot<K, Entry<T>>;

/// The number of shards, a power of two: more than threads that look up at once, and so few that all locks are in a
/// cache.
const SHARDS: usize = if cfg!(persevere_loom) { 2 } else { 128 };
/// The slots between the beginnings of two searches in a shard: odd, so that they come to begin at each.
const STRIDE: usize = 101;
/// The number of entries after which a search takes the best victim so far.
const ENOUGH: usize = 64;
/// The number of entries after which it takes a breaker that is open, or gives up.
const MOST: usize = 1024;

impl<K, T> Shards<K, T> {
    pub(super) fn new(capacity: usize) -> Self {
        Shards {
            hasher: RandomState::new(),
            shards: Box::new([(); SHARDS].map(|()| Shard(RwLock::new(Table::new())))),
            capacity,
            len: AtomicUsize::new(0),
            clock: AtomicU64::new(0),
            searches: AtomicUsize::new(0),
        }
    }

    #[inline]
    pub(super) fn hash<Q: Hash + ?Sized>(&self, key: &Q) -> u64 {
        self.hasher.hash_one(key)
    }

    pub(super) fn len(&self) -> usize {
        self.len.load(Ordering::Relaxed)
    }

    /// Returns the value of a key, which counts as a use.
    #[inline]
    pub(super) fn get<Q>(&self, hash: u64, key: &Q) -> Option<Arc<T>>
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        let shard = self.read(self.shard(hash));
        Some(self.touch(shard.get(hash, key)?))
    }

    /// Inserts the value of a key that has none yet. Returns the value of the key, and the evicted entries.
    pub(super) fn insert(&self, hash: u64, key: K, value: T) -> (Arc<T>, [Option<Evicted<K, T>>; 2])
    where
        K: Eq,
        T: 'static,
    {
        if let Some(known) = self.get(hash, &key) {
            return (known, [None, None]);
        }
        let (place, evicted) = self.make_room();
        let mut shard = self.write(self.shard(hash));
        // Another thread may have inserted it meanwhile.
        if let Some(entry) = shard.get(hash, &key) {
            return (self.touch(entry), evicted);
        }
        let value = Arc::new(value);
        // Odd: after all uses before it, and before all that follow.
        let used = self.clock.fetch_add(2, Ordering::Relaxed) + 1;
        shard.insert(Slot {
            hash,
            key,
            value: Entry {
                value: Arc::clone(&value),
                used: AtomicU64::new(used),
            },
        });
        mem::forget(place);
        (value, evicted)
    }

    /// Removes a key.
    pub(super) fn remove<Q>(&self, hash: u64, key: &Q) -> Option<Arc<T>>
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        let mut shard = self.write(self.shard(hash));
        let at = shard.find(hash, key)?;
        let removed = shard.remove(at)?;
        self.len.fetch_sub(1, Ordering::Relaxed);
        Some(removed.value.value)
    }

    /// Collects what `of` makes of the entries, one shard after the other; it counts as no use.
    pub(super) fn collect<U>(&self, of: impl Fn(&K, &Arc<T>) -> U) -> Vec<U> {
        let mut all = Vec::with_capacity(self.len());
        for index in 0..SHARDS {
            let shard = self.read(index);
            all.extend(
                shard
                    .iter()
                    .map(|(_, slot)| of(&slot.key, &slot.value.value)),
            );
        }
        all
    }

    #[inline]
    fn touch(&self, entry: &Entry<T>) -> Arc<T> {
        let now = self.clock.load(Ordering::Relaxed);
        // Threads share the line of an entry that none of them changes.
        if entry.used.load(Ordering::Relaxed) != now {
            entry.used.store(now, Ordering::Relaxed);
        }
        Arc::clone(&entry.value)
    }

    /// Takes a place for one entry, that of another one if all are taken; evicts one more if there are too many,
    /// so that no caller has to clear up after all.
    fn make_room(&self) -> (Place<'_>, [Option<Evicted<K, T>>; 2])
    where
        T: 'static,
    {
        let free = |len: usize| (len < self.capacity).then_some(len + 1);
        let order = Ordering::Relaxed;
        if self.len.fetch_update(order, order, free).is_ok() {
            return (Place(&self.len), [None, None]);
        }
        let evicted = self.evict();
        if evicted.is_none() {
            self.len.fetch_add(1, order);
        }
        let place = Place(&self.len);
        let surplus = if self.len() > self.capacity {
            self.evict()
        } else {
            None
        };
        if surplus.is_some() {
            self.len.fetch_sub(1, order);
        }
        (place, [evicted, surplus])
    }

    /// Removes an entry, whose place is the caller's.
    fn evict(&self) -> Option<Evicted<K, T>>
    where
        T: 'static,
    {
        loop {
            let victim = self.search()?;
            let mut shard = self.write(victim.shard);
            // Nobody has it, and nobody can get it without the lock: not even by a `Weak`.
            let still = shard.at_mut(victim.at).is_some_and(|slot| {
                let used = slot.value.used.load(Ordering::Relaxed);
                (slot.hash, used) == (victim.hash, victim.used)
                    && Arc::get_mut(&mut slot.value.value).is_some()
            });
            // Otherwise another thread has made progress with it.
            if still {
                return shard.remove(victim.at);
            }
        }
    }

    /// Finds the entry that is idle longest among those of some shards.
    fn search(&self) -> Option<Victim>
    where
        T: 'static,
    {
        let search = self.searches.fetch_add(1, Ordering::Relaxed);
        let first = search / SHARDS * STRIDE;
        let (mut best, mut seen) = (None::<Victim>, 0);
        for offset in 0..SHARDS {
            let index = search.wrapping_add(offset) % SHARDS;
            let shard = self.read(index);
            for (at, slot) in shard.iter_from(first) {
                let good = best.as_ref().is_some_and(|best| !best.engaged);
                if good && seen >= ENOUGH || seen >= MOST {
                    return best;
                }
                seen += 1;
                let used = slot.value.used.load(Ordering::Relaxed);
                let better = |engaged| {
                    best.as_ref()
                        .is_none_or(|best| (engaged, used) < (best.engaged, best.used))
                };
                let value = &slot.value.value;
                let held = || Arc::strong_count(value) > 1 || Arc::weak_count(value) > 0;
                // The value itself is far away in memory, and looked at last.
                if !better(false) || held() {
                    continue;
                }
                let engaged = is_engaged(&**value);
                if better(engaged) {
                    best = Some(Victim {
                        shard: index,
                        at,
                        hash: slot.hash,
                        used,
                        engaged,
                    });
                }
            }
        }
        best
    }

    /// Returns the number of the shard of a hash: its upper half, since the table takes the lower one.
    #[inline]
    fn shard(&self, hash: u64) -> usize {
        (hash >> 32) as usize % SHARDS
    }

    // A key whose comparison panics leaves the table whole, so a poisoned lock is as good as any.

    #[inline]
    fn read(&self, index: usize) -> RwLockReadGuard<'_, Table<K, Entry<T>>> {
        let shard = self.shards[index].0.read();
        shard.unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, index: usize) -> RwLockWriteGuard<'_, Table<K, Entry<T>>> {
        let shard = self.shards[index].0.write();
        shard.unwrap_or_else(PoisonError::into_inner)
    }
}

/// An entry that may be evicted.
struct Victim {
    shard: usize,
    at: usize,
    hash: u64,
    used: u64,
    engaged: bool,
}

/// A place for an entry, which is free again when this is dropped.
struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
