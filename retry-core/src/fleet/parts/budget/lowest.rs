//! The lowest value of a moving window of time.

use std::collections::VecDeque;

/// A number that changes, and its lowest value within a window.
#[derive(Debug)]
pub(super) struct Lowest {
    window: u64,
    /// Former values with their ends: each is lower than those after it, and than the present one.
    former: VecDeque<(u64, u64)>,
    present: Option<u64>,
}

impl Lowest {
    /// Creates one without a value.
    pub(super) const fn new(window: u64) -> Self {
        Lowest {
            window,
            former: VecDeque::new(),
            present: None,
        }
    }

    /// Changes the value, and returns the lowest one of the window that ends now. The first counts as if it had always
    /// been there.
    pub(super) fn set(&mut self, value: u64, now: u64) -> u64 {
        if let Some(present) = self.present.replace(value) {
            if present < value {
                self.former.push_back((now, present));
            }
        }
        while self
            .former
            .back()
            .is_some_and(|(_, former)| *former >= value)
        {
            self.former.pop_back();
        }
        let over = |end: u64| now.saturating_sub(end) >= self.window;
        while self.former.front().is_some_and(|(end, _)| over(*end)) {
            self.former.pop_front();
        }
        self.former.front().map_or(value, |(_, lowest)| *lowest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rise_counts_after_a_window_and_a_fall_at_once() {
        let mut lowest = Lowest::new(10);
        assert_eq!(lowest.set(5, 0), 5);
        assert_eq!(lowest.set(7, 1), 5);
        assert_eq!(lowest.set(9, 4), 5);
        assert_eq!(lowest.set(9, 10), 5);
        assert_eq!(lowest.set(9, 11), 7);
        assert_eq!(lowest.set(9, 13), 7);
        assert_eq!(lowest.set(9, 14), 9);
        assert_eq!(lowest.set(6, 15), 6);
        assert_eq!(lowest.set(8, 16), 6);
        assert_eq!(lowest.set(0, 17), 0);
        assert_eq!(lowest.set(8, 20), 0);
        assert_eq!(lowest.set(8, 30), 8);
    }

    #[test]
    fn it_is_the_lowest_of_all_values() {
        let values = (0..400_u64).map(|at| at * 7919 % 101 / (1 + at % 3));
        let mut lowest = Lowest::new(50);
        let mut all: Vec<(u64, u64)> = Vec::new();
        for (at, value) in values.enumerate() {
            let now = at as u64 * 7;
            all.push((now, value));
            let ends = all
                .iter()
                .skip(1)
                .map(|(begin, _)| *begin)
                .chain([u64::MAX]);
            let held = all
                .iter()
                .zip(ends)
                .filter(|(_, end)| end.saturating_add(50) > now);
            let expected = held.map(|((_, value), _)| *value).min();
            assert_eq!(Some(lowest.set(value, now)), expected, "at {now}");
        }
        assert!(lowest.former.len() <= 8);
    }
}
