//! A histogram of call times: counts in buckets that are narrow beside their values.

/// The buckets of each doubling: values are exact to a 64th.
const BUCKETS: u32 = 64;

/// Quantiles of any number of values, in little room.
#[derive(Clone, Debug, Default)]
pub(crate) struct Histogram {
    /// As far as the longest value.
    counts: Vec<u64>,
    total: u64,
}

impl Histogram {
    pub(crate) fn record(&mut self, value: u64) {
        let bucket = bucket(value);
        if bucket >= self.counts.len() {
            self.counts.resize(bucket + 1, 0);
        }
        self.counts[bucket] += 1;
        self.total += 1;
    }

    /// The value that this share of all does not exceed; `None` of nothing.
    pub(crate) fn quantile(&self, share: f64) -> Option<u64> {
        let rank = ((self.total as f64 * share).ceil() as u64).max(1);
        let mut seen = 0;
        let reached = self.counts.iter().position(|count| {
            seen += count;
            seen >= rank
        });
        reached.map(upper)
    }
}

/// Values below two rounds of buckets have one each.
fn bucket(value: u64) -> usize {
    let shift = (64 - value.leading_zeros()).saturating_sub(BUCKETS.ilog2() + 1);
    (u64::from(shift * BUCKETS) + (value >> shift)) as usize
}

/// The largest value of a bucket.
fn upper(bucket: usize) -> u64 {
    let (bucket, round) = (bucket as u64, u64::from(BUCKETS));
    let shift = (bucket / round).saturating_sub(1);
    ((bucket - shift * round + 1) << shift) - 1
}

#[cfg(test)]
mod tests {
    use super::{Histogram, bucket, upper};

    #[test]
    fn a_value_is_exact_to_a_sixty_fourth() {
        for value in (0..200).chain([1_000, 65_535, 1 << 30, (1 << 40) + 12_345]) {
            let bound = upper(bucket(value));
            assert!(
                bound >= value && bound - value <= value / 64,
                "{value}: {bound}"
            );
        }
    }

    #[test]
    fn quantiles_of_a_hundred() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.quantile(0.5), None);
        (1..=100).for_each(|value| histogram.record(value));
        assert_eq!(histogram.quantile(0.5), Some(50));
        assert_eq!(histogram.quantile(0.99), Some(99));
        assert_eq!(histogram.quantile(1.0), Some(100));
    }
}
