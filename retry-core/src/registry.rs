//! Shared parts by key: a circuit breaker, a budget or statistics for each host.

use std::any::Any;
use std::borrow::{Borrow, ToOwned};
use std::boxed::Box;
use std::collections::BTreeMap;
use std::fmt;
use std::string::String;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::vec::Vec;

use crate::breaker::CircuitBreaker;
use crate::util::sync::AtomicU64;

/// One value for each key, made when it is first asked for.
///
/// It is bounded: to make room, the entry is evicted that was asked for longest ago and that nobody
/// holds; a breaker that is open or forced to something, after all others, since a new one would know
/// nothing of that. A value that somebody holds stays, since a second one for its key would split its state;
/// so while all are held, the registry grows past its capacity rather than fail, and with each new
/// key it shrinks by one again. An evicted value is made again when it is asked for.
///
/// A [`CircuitBreaker`] is told from its neighbours by the [key](CircuitBreaker::keyed) it is kept under,
/// where that is a text.
///
/// It is `const`-constructible, so that it can be a `static`. A look-up takes a shared lock for a
/// search in a tree; only a new key takes it alone, and looks at every entry to make room. `make`
/// runs outside the lock, so it may be slow, panic, or ask the registry; two threads that miss the
/// same key at the same time may both run it, and both get the value of the one that was first.
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
    entries: RwLock<BTreeMap<K, Entry<T>>>,
    uses: AtomicU64,
}

struct Entry<T> {
    value: Arc<T>,
    /// The number of its last use.
    used: AtomicU64,
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
            entries: RwLock::new(BTreeMap::new()),
            uses: AtomicU64::new(0),
        }
    }

    // A key whose comparison panics leaves the map whole, so a poisoned lock is as good as any.

    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<K, Entry<T>>> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<K, Entry<T>>> {
        self.entries.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of entries; more than [`capacity`](Registry::capacity) only while that many are
    /// held.
    pub fn len(&self) -> usize {
        self.read().len()
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
        K: Borrow<Q> + Ord + 'static,
        T: 'static,
        Q: ToOwned<Owned = K> + Ord + ?Sized,
    {
        if let Some(entry) = self.read().get(key) {
            return self.touch(entry);
        }
        let owned = key.to_owned();
        let mut value = (self.make)(&owned);
        tell_apart(&owned, &mut value);
        let value = Arc::new(value);
        let mut entries = self.write();
        // Another thread may have made it meanwhile.
        if let Some(entry) = entries.get(key) {
            return self.touch(entry);
        }
        let evicted = make_room::<K, Q, T>(&mut entries, self.capacity);
        let used = AtomicU64::new(0);
        let entry = Entry { value, used };
        let value = self.touch(&entry);
        entries.insert(owned, entry);
        // What a value does when it is dropped is none of the lock's business.
        drop(entries);
        drop(evicted);
        value
    }

    fn touch(&self, entry: &Entry<T>) -> Arc<T> {
        // Relaxed: numbers that only order evictions, which hold the lock alone.
        let now = self.uses.fetch_add(1, Ordering::Relaxed);
        entry.used.store(now, Ordering::Relaxed);
        Arc::clone(&entry.value)
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
        K: Borrow<Q> + Ord,
        Q: Ord + ?Sized,
    {
        let removed = self.write().remove(key);
        removed.map(|entry| entry.value)
    }

    /// All entries in the order of their keys, for metrics; it counts as no use.
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
        K: Clone,
    {
        let copy = |(key, entry): (&K, &Entry<T>)| (key.clone(), Arc::clone(&entry.value));
        self.read().iter().map(copy).collect()
    }
}

/// A breaker knows under which key it is kept.
fn tell_apart(key: &dyn Any, value: &mut dyn Any) {
    if let (Some(breaker), Some(key)) = (value.downcast_mut::<CircuitBreaker>(), text(key)) {
        breaker.kept_by(key);
    }
}

/// The text that a key is, if it is one.
fn text(key: &dyn Any) -> Option<&str> {
    let owned = key.downcast_ref::<String>().map(String::as_str);
    let borrowed = || key.downcast_ref::<&'static str>().copied();
    let boxed = || key.downcast_ref::<Box<str>>().map(|key| &**key);
    let shared = || key.downcast_ref::<Arc<str>>().map(|key| &**key);
    owned.or_else(borrowed).or_else(boxed).or_else(shared)
}

/// Whether a value knows what a new one would not: a breaker that is open.
fn is_engaged(value: &dyn Any) -> bool {
    let breaker = value.downcast_ref::<CircuitBreaker>();
    breaker.is_some_and(CircuitBreaker::is_engaged)
}

/// Removes what is idle longest, so that there is room for one more; two where there were too many,
/// so that no caller has to clear up after all.
fn make_room<K, Q, T>(entries: &mut BTreeMap<K, Entry<T>>, capacity: usize) -> Vec<Entry<T>>
where
    K: Borrow<Q> + Ord,
    T: 'static,
    Q: ToOwned<Owned = K> + Ord + ?Sized,
{
    let mut evicted = Vec::new();
    for _ in 0..2 {
        if entries.len() < capacity {
            break;
        }
        // Nobody has it, and nobody can get it without the lock: not even by a `Weak`.
        let idle = entries.iter_mut().filter_map(|(key, entry)| {
            let value = Arc::get_mut(&mut entry.value)?;
            Some((is_engaged(value), *entry.used.get_mut(), key))
        });
        let longest = idle.min_by_key(|(engaged, used, _)| (*engaged, *used));
        let Some((_, _, key)) = longest else { break };
        let key = key.borrow().to_owned();
        evicted.extend(entries.remove(key.borrow()));
    }
    evicted
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
