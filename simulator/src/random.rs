//! Chance outside the policies: delays of a network, arrivals of calls, errors of a server.

use std::f64::consts::TAU;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// A generator whose numbers depend on its seed alone.
#[derive(Debug)]
pub(crate) struct Random(SmallRng);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Random(SmallRng::seed_from_u64(seed))
    }

    /// U(0, 1), never 1.
    pub(crate) fn unit(&mut self) -> f64 {
        const ONE: f64 = (1_u64 << 53) as f64;
        (self.0.next_u64() >> 11) as f64 / ONE
    }

    /// N(mean, deviation), by Box and Muller.
    pub(crate) fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        mean + deviation * radius * (TAU * self.unit()).cos()
    }

    /// The gap between two arrivals that come with the mean gap `mean`, each by itself.
    pub(crate) fn gap(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::Random;
    use crate::moments::Moments;

    #[test]
    fn the_moments_are_those_of_the_distributions() {
        let mut random = Random::new(7);
        let normal: Moments = (0..100_000).map(|_| random.normal(10.0, 2.0)).collect();
        assert!((normal.mean() - 10.0).abs() < 0.05 && (normal.deviation() - 2.0).abs() < 0.05);
        let gaps: Moments = (0..100_000).map(|_| random.gap(3.0)).collect();
        assert!((gaps.mean() - 3.0).abs() < 0.1 && (gaps.deviation() - 3.0).abs() < 0.1);
    }
}
