//! A hash table with open addressing and linear probing.
//!
//! Unlike the standard library's, it is given its hashes, so that the choice of a shard and the search in it share
//! one, and it shows its slots by number, so that a victim that was found is removed without another search.

use std::borrow::Borrow;
use std::iter::repeat_with;
use std::mem;
use std::vec::Vec;

/// A table of keys and values.
#[derive(Debug)]
pub(super) struct Table<K, V> {
    /// A power of two of slots, or none. Each key is in the first free slot from that of its hash on.
    slots: Vec<Option<Slot<K, V>>>,
    len: usize,
}

/// A key with its value.
#[derive(Debug)]
pub(super) struct Slot<K, V> {
    pub(super) hash: u64,
    pub(super) key: K,
    pub(super) value: V,
}

impl<K, V> Table<K, V> {
    pub(super) const fn new() -> Self {
        Table {
            slots: Vec::new(),
            len: 0,
        }
    }

    /// Returns the number of a key's slot.
    #[inline]
    pub(super) fn find<Q>(&self, hash: u64, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        let mut at = self.home(hash)?;
        while let Some(slot) = &self.slots[at] {
            if slot.hash == hash && slot.key.borrow() == key {
                return Some(at);
            }
            at = self.next(at);
        }
        None
    }

    /// Returns the value of a key.
    #[inline]
    pub(super) fn get<Q>(&self, hash: u64, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        let at = self.find(hash, key)?;
        self.slots[at].as_ref().map(|slot| &slot.value)
    }

    /// Iterates over the taken slots, with their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &Slot<K, V>)> {
        self.iter_from(0)
    }

    /// Iterates over all taken slots from a number on, up to that of the table's end and on from its beginning.
    pub(super) fn iter_from(&self, first: usize) -> impl Iterator<Item = (usize, &Slot<K, V>)> {
        let count = self.slots.len();
        let first = first & count.saturating_sub(1);
        let numbers = (first..count).chain(0..first);
        numbers.filter_map(|at| Some((at, self.slots[at].as_ref()?)))
    }

    /// Returns the slot of a number, if it is taken.
    pub(super) fn at_mut(&mut self, at: usize) -> Option<&mut Slot<K, V>> {
        self.slots.get_mut(at)?.as_mut()
    }

    /// Inserts a key that the table does not hold.
    pub(super) fn insert(&mut self, slot: Slot<K, V>) {
        // A quarter of the slots stays free, so that searches are short.
        if (self.len + 1) * 4 > self.slots.len() * 3 {
            self.grow();
        }
        self.place(slot);
        self.len += 1;
    }

    fn grow(&mut self) {
        let slots = (self.slots.len() * 2).max(4);
        let slots = repeat_with(|| None).take(slots).collect();
        let old = mem::replace(&mut self.slots, slots);
        old.into_iter().flatten().for_each(|slot| self.place(slot));
    }

    fn place(&mut self, slot: Slot<K, V>) {
        let mut at = self.home(slot.hash).unwrap_or_default();
        while self.slots[at].is_some() {
            at = self.next(at);
        }
        self.slots[at] = Some(slot);
    }

    /// Removes the slot of a number.
    pub(super) fn remove(&mut self, at: usize) -> Option<Slot<K, V>> {
        let removed = self.slots.get_mut(at)?.take()?;
        self.len -= 1;
        let (mut hole, mut at) = (at, self.next(at));
        // The keys behind it move up, so that no search ends at the hole before it comes to them.
        while let Some(slot) = &self.slots[at] {
            let home = self.home(slot.hash).unwrap_or_default();
            if self.steps(home, at) >= self.steps(hole, at) {
                self.slots.swap(hole, at);
                hole = at;
            }
            at = self.next(at);
        }
        Some(removed)
    }

    /// Returns the first slot in which a key of this hash may be; `None` without slots.
    #[inline]
    fn home(&self, hash: u64) -> Option<usize> {
        Some(hash as usize & self.slots.len().checked_sub(1)?)
    }

    #[inline]
    fn next(&self, at: usize) -> usize {
        (at + 1) & (self.slots.len() - 1)
    }

    /// Returns the number of steps from one slot to another.
    fn steps(&self, from: usize, to: usize) -> usize {
        to.wrapping_sub(from) & (self.slots.len() - 1)
    }
}

#[cfg(all(test, not(persevere_loom)))]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Few hashes, so that keys meet, and large ones, so that they meet at the end of the table.
        #[test]
        fn it_holds_what_a_map_holds(steps in proptest::collection::vec((0u8..40, any::<bool>()), 0..200)) {
            let hash = |key: u8| u64::MAX - u64::from(key % 5);
            let (mut table, mut map) = (Table::new(), BTreeMap::new());
            for (number, (key, inserts)) in steps.into_iter().enumerate() {
                match table.find(hash(key), &key) {
                    None if inserts => {
                        table.insert(Slot { hash: hash(key), key, value: number });
                        map.insert(key, number);
                    }
                    Some(at) if !inserts => {
                        let removed = table.remove(at).map(|slot| slot.value);
                        prop_assert_eq!(removed, map.remove(&key));
                    }
                    found => prop_assert_eq!(found.is_some(), map.contains_key(&key)),
                }
                prop_assert_eq!(table.len, map.len());
                for key in 0..40 {
                    prop_assert_eq!(table.get(hash(key), &key), map.get(&key));
                }
                let values = table.iter_from(number).map(|(_, slot)| slot.value);
                let values: BTreeSet<_> = values.collect();
                prop_assert_eq!(values, map.values().copied().collect());
            }
        }
    }
}
