//! The occupancy of a bulkhead: places in use, their limit and the calls in line, in one word.

/// The largest number of places, and of calls in line.
pub(super) const MOST: u32 = (1 << BITS) - 1;

/// The bits of each number: the places in use in the lowest ones, the limit above them, the calls in line on top.
const BITS: u32 = 21;
const FIELD: u64 = MOST as u64;
const LIMIT_AT: u32 = BITS;
const LINE_AT: u32 = 2 * BITS;
const ONE_IN_USE: u64 = 1;
const ONE_IN_LINE: u64 = 1 << LINE_AT;

/// Places in use, their limit, and the calls in line.
///
/// They change together, so that a call that finds no place cannot miss the one that is given back, or the limit
/// that rises, before it stands in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Occupancy(u64);

impl Occupancy {
    /// Creates that of an empty bulkhead with `limit` places.
    pub(super) const fn empty(limit: u32) -> Self {
        Occupancy((limit as u64) << LIMIT_AT)
    }

    pub(super) const fn from_bits(bits: u64) -> Self {
        Occupancy(bits)
    }

    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    #[inline]
    pub(crate) const fn in_use(self) -> u32 {
        (self.0 & FIELD) as u32
    }

    #[inline]
    pub(crate) const fn limit(self) -> u32 {
        (self.0 >> LIMIT_AT & FIELD) as u32
    }

    #[inline]
    pub(crate) const fn in_line(self) -> u32 {
        (self.0 >> LINE_AT) as u32
    }

    const fn has_place(self) -> bool {
        self.in_use() < self.limit()
    }

    /// Takes a place, if one is free and nobody waits for it.
    #[inline]
    pub(super) const fn entered(self) -> Option<Self> {
        if self.has_place() && self.in_line() == 0 {
            Some(Occupancy(self.0 + ONE_IN_USE))
        } else {
            None
        }
    }

    /// Gives a place back.
    #[inline]
    pub(super) const fn given_back(self) -> Self {
        Occupancy(self.0 - ONE_IN_USE)
    }

    /// Adds a call to the line, if it has room for at most `queue` calls.
    pub(super) const fn joined(self, queue: u32) -> Option<Self> {
        if self.in_line() < queue {
            Some(Occupancy(self.0 + ONE_IN_LINE))
        } else {
            None
        }
    }

    /// Takes a call out of the line.
    pub(super) const fn left(self) -> Self {
        Occupancy(self.0 - ONE_IN_LINE)
    }

    /// Gives a free place to a call in line, if there are both.
    pub(super) const fn served(self) -> Option<Self> {
        if self.has_place() && self.in_line() > 0 {
            Some(Occupancy(self.0 + ONE_IN_USE - ONE_IN_LINE))
        } else {
            None
        }
    }

    /// Sets the limit.
    pub(super) const fn limited(self, limit: u32) -> Self {
        Occupancy(self.0 & !(FIELD << LIMIT_AT) | (limit as u64) << LIMIT_AT)
    }
}

#[cfg(all(test, not(persevere_loom)))]
mod tests {
    use super::*;

    #[test]
    fn full_numbers_do_not_meet() {
        let most = Occupancy(u64::from(MOST) | u64::from(MOST) << LINE_AT).limited(MOST);
        assert_eq!(
            (most.in_use(), most.limit(), most.in_line()),
            (MOST, MOST, MOST)
        );
        assert_eq!(most.entered(), None);
        assert_eq!(most.joined(MOST), None);
        let one = most.limited(1);
        assert_eq!((one.in_use(), one.limit(), one.in_line()), (MOST, 1, MOST));
        let left = one.given_back().left();
        assert_eq!(
            (left.in_use(), left.limit(), left.in_line()),
            (MOST - 1, 1, MOST - 1)
        );
    }

    #[test]
    fn nobody_overtakes_the_line() {
        let waits = Occupancy::empty(2).joined(1).unwrap();
        assert_eq!(waits.entered(), None);
        let served = waits.served().unwrap();
        assert_eq!((served.in_use(), served.in_line()), (1, 0));
        assert_eq!(served.served(), None, "nobody waits");
        assert!(served.entered().is_some());
    }

    #[test]
    fn a_limit_below_the_places_in_use_gives_none() {
        let two = Occupancy::empty(2).entered().and_then(Occupancy::entered);
        let sunk = two.unwrap().limited(1).joined(1).unwrap();
        assert_eq!(sunk.served(), None);
        assert_eq!(sunk.given_back().served(), None);
        assert!(sunk.given_back().given_back().served().is_some());
    }
}
