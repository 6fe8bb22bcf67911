//! A count of the items of a stream that breaks.

use std::mem;

/// The items of a stream, which are numbered from 1, and whether each has come.
pub struct Tally(Vec<bool>);

impl Tally {
    /// Creates the count of this number of items, none of which has come.
    pub fn new(items: usize) -> Self {
        Tally(vec![false; items])
    }

    /// Counts an item.
    ///
    /// # Panics
    ///
    /// If no item has this number, or it has come before.
    #[track_caller]
    pub fn add(&mut self, number: usize) {
        let has_come = mem::replace(&mut self.0[number - 1], true);
        assert!(!has_come, "number {number} came twice");
    }

    /// Returns the number of items that have come.
    pub fn total(&self) -> usize {
        self.0.iter().filter(|has_come| **has_come).count()
    }

    /// Checks that all have come, and prints the count.
    ///
    /// # Panics
    ///
    /// If one is missing.
    #[track_caller]
    pub fn once_each(&self, things: &str, kills: &str) {
        let numbers = (1..).zip(&self.0);
        let missing = numbers.filter(|(_, has_come)| !**has_come);
        let missing: Vec<usize> = missing.map(|(number, _)| number).collect();
        assert!(missing.is_empty(), "{things}: {missing:?} are missing");
        let items = self.0.len();
        println!("{items} of {items} {things}, once each, over {kills}");
    }
}
