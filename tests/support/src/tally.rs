//! A count of the items of a stream that breaks.

/// The items of a stream, which are numbered from 1, and how often each came.
pub struct Tally(Vec<u32>);

impl Tally {
    /// Creates the count of this number of items, none of which has come.
    pub fn new(items: usize) -> Self {
        Tally(vec![0; items])
    }

    /// Counts an item.
    ///
    /// # Panics
    ///
    /// If no item has this number.
    pub fn add(&mut self, number: usize) {
        self.0[number - 1] += 1;
    }

    /// Returns the number of items that have come.
    pub fn total(&self) -> usize {
        self.0.iter().map(|&times| times as usize).sum()
    }

    /// Checks that each item has come once, and prints the count.
    ///
    /// # Panics
    ///
    /// If one is missing, or has come twice.
    #[track_caller]
    pub fn once_each(&self, things: &str, kills: &str) {
        let numbers = |wanted: fn(u32) -> bool| {
            let numbers = (1..).zip(&self.0).filter(|(_, times)| wanted(**times));
            numbers.map(|(number, _)| number).collect::<Vec<usize>>()
        };
        let (missing, doubled) = (numbers(|times| times == 0), numbers(|times| times > 1));
        assert!(
            missing.is_empty() && doubled.is_empty(),
            "{things}: missing {missing:?}, came twice or more {doubled:?}"
        );
        let items = self.0.len();
        println!("{items} of {items} {things}, once each, over {kills}");
    }
}
