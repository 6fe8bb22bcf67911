//! Shared parts by key: a circuit breaker, a budget, a rate limiter or statistics for each host.

#[cfg(all(test, persevere_loom))]
mod model;
mod parts;
mod shards;
mod table;

use std::borrow::{Borrow, ToOwned};
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, OnceLock};
use std::vec::Vec;

use self::parts::tell_apart;
use self::shards::Shards;

/// One value for each key, made when it is first asked for.
///
/// It is bounded: to make room, an entry is evicted that nobody holds. Of at least 64 entries, or of all, it is the
/// one that was asked for longest ago; uses between two new keys are equally long ago. A breaker that is open or
/// forced to something is evicted after all others, and so are a rate limiter whose permits are taken and an
/// adaptive bulkhead whose limit has sunk, since a new one would know nothing of that: for another one, up to 1024
/// entries are looked at.
///
/// A value that somebody holds stays, since a second one for its key would split its state; so while all of these
/// are held, the registry grows past its capacity rather than fail, and with each new key it shrinks by one again.
/// An evicted value is made again when it is asked for.
///
/// A [`CircuitBreaker`](crate::CircuitBreaker), a [`Bulkhead`](crate::Bulkhead) or a
/// [`RateLimiter`](crate::RateLimiter) is told from its neighbours by the [key](crate::CircuitBreaker::keyed) it is
/// kept under, where that is a text.
///
/// It is `const`-constructible, so that it can be a `static`. Neither a look-up nor a new key takes longer in a
/// large registry than in a small one. The entries are in shards with a lock each: a look-up takes one of these,
/// shared, and a new key takes a few, one after the other. The hash of the keys is seeded, so that nobody can
/// choose keys that meet. `make` runs outside the locks, so it may be slow, panic, or ask the registry; two
/// threads that miss the same key at the same time may both run it, and both get the value of the one that was
/// first.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Policy, Registry, RetryPolicy, RetryStats};
///
/// static HOSTS: Registry<String, RetryStats> = Registry::new(1024, |_host| RetryStats::new());
///
/// fn get(host: &str) -> Option<u8> {
///     RetryPolicy::new().stats(&HOSTS.get(host)).run(|| Some(1))
/// }
///
/// get("one.example");
/// get("two.example");
/// assert_eq!(HOSTS.len(), 2);
/// assert_eq!(HOSTS.get("one.example").calls(), 1);
/// ```
///
/// A registry without room is a compile error:
///
/// ```compile_fail,E0080
/// # use persevere_core as persevere;
/// # use persevere::{Registry, RetryStats};
/// static HOSTS: Registry<String, RetryStats> = Registry::new(0, |_host| RetryStats::new());
/// ```
pub struct Registry<K, T> {
    capacity: usize,
    make: fn(&K) -> T,
    /// Made on first use, since the constructor is `const`.
    shards: OnceLock<Shards<K, T>>,
}

impl<K, T> Registry<K, T> {
    /// An empty registry with room for `capacity` entries, which `make` makes.
    ///
    /// # Panics
    ///
    /// If `capacity` is zero; in a `static` that is a compile error. Give a capacity known only at run time as
    /// `capacity.max(1)`, or refuse a zero where it is read.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Registry, RetryStats};
    ///
    /// static HOSTS: Registry<String, RetryStats> = Registry::new(1024, |_host| RetryStats::new());
    /// assert!(HOSTS.is_empty());
    /// ```
    pub const fn new(capacity: usize, make: fn(&K) -> T) -> Self {
        assert!(capacity > 0, "a registry needs room for at least one entry");
        Registry {
            capacity,
            make,
            shards: OnceLock::new(),
        }
    }

    #[inline]
    fn shards(&self) -> &Shards<K, T> {
        self.shards.get_or_init(|| Shards::new(self.capacity))
    }

    /// The number of entries; more than [`capacity`](Registry::capacity) only while that many are
    /// held.
    pub fn len(&self) -> usize {
        self.shards.get().map_or(0, Shards::len)
    }

    /// Returns whether the registry is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of entries it has room for.
    pub const fn capacity(&self) -> usize {
        self.capacity
    }

    /// The value of a key, made if it is missing.
    ///
    /// The key is anything that `K` can be borrowed as: a `&str` where it is a `String`.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::sync::Arc;
    /// use persevere::Registry;
    ///
    /// let lengths: Registry<String, usize> = Registry::new(100, |key| key.len());
    /// assert_eq!(*lengths.get("abc"), 3);
    /// assert!(Arc::ptr_eq(&lengths.get("abc"), &lengths.get("abc")));
    /// ```
    pub fn get<Q>(&self, key: &Q) -> Arc<T>
    where
        K: Borrow<Q> + Hash + Eq + 'static,
        T: 'static,
        Q: ToOwned<Owned = K> + Hash + Eq + ?Sized,
    {
        let shards = self.shards();
        let hash = shards.hash(key);
        match shards.get(hash, key) {
            Some(value) => value,
            None => self.make(shards, hash, key.to_owned()),
        }
    }

    #[cold]
    fn make(&self, shards: &Shards<K, T>, hash: u64, key: K) -> Arc<T>
    where
        K: Eq + 'static,
        T: 'static,
    {
        let mut value = (self.make)(&key);
        tell_apart(&key, &mut value);
        // What is evicted is dropped here, where no lock is held.
        let (value, _evicted) = shards.insert(hash, key, value);
        value
    }

    /// Forgets a key: who asks for it next gets a new value. Returns the old one, which others may
    /// still hold.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::Registry;
    ///
    /// let lengths: Registry<String, usize> = Registry::new(100, |key| key.len());
    /// lengths.get("abc");
    /// assert_eq!(lengths.remove("abc").as_deref(), Some(&3));
    /// assert_eq!(lengths.remove("abc"), None);
    /// ```
    pub fn remove<Q>(&self, key: &Q) -> Option<Arc<T>>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let shards = self.shards.get()?;
        shards.remove(shards.hash(key), key)
    }

    /// All entries in the order of their keys, for metrics; it counts as no use.
    ///
    /// What other threads insert or remove meanwhile may be there or not.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::Registry;
    ///
    /// let lengths: Registry<String, usize> = Registry::new(100, |key| key.len());
    /// lengths.get("abc");
    /// for (key, length) in lengths.snapshot() {
    ///     println!("{key}: {length}");
    /// }
    /// ```
    pub fn snapshot(&self) -> Vec<(K, Arc<T>)>
    where
        K: Clone + Ord,
    {
        let copy = |key: &K, value: &Arc<T>| (key.clone(), Arc::clone(value));
        let mut all = match self.shards.get() {
            Some(shards) => shards.collect(copy),
            None => Vec::new(),
        };
        all.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        all
    }
}

/// The number of entries, and the capacity.
impl<K, T> fmt::Debug for Registry<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry")
            .field("len", &self.len())
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}
