//! Jitter: a random spread of a computed pause.

use crate::call::random::RandomSource;

/// A random spread of a computed pause, so that many callers do not return at the same instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Jitter {
    None,
    Full,
    Equal,
    Ratio(f64),
    Add(u64),
}

impl Jitter {
    /// Spreads `value`, with `floor` as the low end of full jitter; all are in nanoseconds.
    #[inline(always)]
    pub(crate) fn spread(self, value: u64, floor: u64, random: RandomSource) -> u64 {
        match self {
            Jitter::None => value,
            Jitter::Full => random.uniform(floor.min(value), value),
            Jitter::Equal => random.uniform(value / 2, value),
            Jitter::Ratio(ratio) => {
                // A NaN passes `clamp`, and `as` makes it 0.
                let spread = (value as f64 * ratio.clamp(0.0, 1.0)) as u64;
                random.uniform(value.saturating_sub(spread), value.saturating_add(spread))
            }
            Jitter::Add(extra) => random.uniform(value, value.saturating_add(extra)),
        }
    }
}
