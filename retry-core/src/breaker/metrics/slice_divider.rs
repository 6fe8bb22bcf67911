//! Division of time into slices.

use crate::time::ticks::MILLISECOND;

/// The width of a slice, with its inverse, which makes the division cheap.
#[derive(Clone, Copy, Debug)]
pub(in crate::breaker) struct SliceDivider {
    width: u64,
    /// ⌊2⁶⁴ / width⌋, or all ones for a width of 1.
    inverse: u64,
    is_of_milliseconds: bool,
}

impl SliceDivider {
    /// Creates slices of `width` nanoseconds, at least 1.
    pub(in crate::breaker) fn new(width: u64) -> Self {
        let inverse = (1_u128 << 64) / u128::from(width);
        SliceDivider {
            width,
            inverse: inverse.min(u64::MAX.into()) as u64,
            is_of_milliseconds: width % MILLISECOND == 0,
        }
    }

    /// Returns whether every slice begins with a millisecond.
    #[inline]
    pub(in crate::breaker) const fn is_of_milliseconds(self) -> bool {
        self.is_of_milliseconds
    }

    /// Returns `⌊now / width⌋`: the product is that, or one less.
    #[inline]
    pub(in crate::breaker) fn slice(self, now: u64) -> u64 {
        let product = u128::from(now) * u128::from(self.inverse);
        let slice = (product >> 64) as u64;
        let rest = now - slice * self.width;
        slice + u64::from(rest >= self.width)
    }
}

#[cfg(all(test, not(persevere_loom)))]
mod tests {
    use super::*;

    #[test]
    fn it_divides() {
        let numbers = [
            1,
            2,
            3,
            7,
            10,
            125,
            1 << 32,
            1_000_000_000,
            u64::MAX / 3,
            u64::MAX - 1,
        ];
        for width in numbers.into_iter().chain(1..200) {
            let divider = SliceDivider::new(width);
            for near in numbers {
                for now in near.saturating_sub(2)..=near.saturating_add(2) {
                    assert_eq!(divider.slice(now), now / width, "{now} / {width}");
                }
            }
        }
    }
}
