//! The limit of an adaptive bulkhead.

use super::latency_average::LatencyAverage;
use super::round::{Attempt, Round};
use crate::util::sync::atomic::Ordering;
use crate::util::sync::in_static::AtomicU64;

/// A limit that follows the gradient of latency, and shrinks on overloads.
///
/// It is the Gradient2 of Netflix's [concurrency-limits](https://github.com/Netflix/concurrency-limits), with the
/// decrease of AIMD. Attempts that run at a time say the same of the service, and so the limit makes one step in each
/// round of them. As in TCP, an overload counts once in a round too. Without that the limit leaves a service in seconds
/// that is a little overloaded all the time, upward since the average follows, and downward by the timeouts of one
/// moment. A timeout is no sample of latency: a service that only times out would seem steady.
///
/// All accesses are relaxed: each number is exact by itself, and whoever changes the limit publishes it afterwards.
#[derive(Debug)]
pub(super) struct Gradient {
    least: f64,
    most: f64,
    /// The limit with its fraction: the bits of an `f64`.
    limit: AtomicU64,
    /// The average latency over a long time, in nanoseconds.
    average: LatencyAverage,
    round: Round,
    /// The ticks of the last overload that counted.
    overloaded: AtomicU64,
}

/// The latency, by the average of a long time, above which a service is taken to queue.
const TOLERANCE: f64 = 1.5;
/// The share of the new limit in one step.
const SMOOTHING: f64 = 0.2;
/// The share of the limit that is left after an overload.
const BACKOFF: f64 = 0.9;

impl Gradient {
    pub(super) const fn new(least: u32, most: u32, first: u32) -> Self {
        Gradient {
            least: least as f64,
            most: most as f64,
            limit: AtomicU64::new((first as f64).to_bits()),
            average: LatencyAverage::new(),
            round: Round::new(),
            overloaded: AtomicU64::new(0),
        }
    }

    /// Returns the whole places of the limit.
    pub(super) fn limit(&self) -> u32 {
        f64::from_bits(self.limit.load(Ordering::Relaxed)) as u32
    }

    /// Learns from an attempt at whose end this many places were in use, its own included.
    pub(super) fn succeeded(&self, attempt: Attempt, in_use: u32) {
        let Some(latency) = self.round.add(attempt) else {
            return;
        };
        let gradient = (TOLERANCE * self.average.add(latency) / latency).clamp(0.5, 1.0);
        self.change(|limit| {
            // A limit that is not reached has not shown what the service can bear.
            let counts = f64::from(in_use) >= limit / 2.0;
            let aim = limit * gradient + limit.sqrt();
            counts.then_some((1.0 - SMOOTHING) * limit + SMOOTHING * aim)
        });
    }

    /// Learns from an attempt that timed out, or that the service refused for its load. Of those that ran at a time
    /// one counts.
    pub(super) fn overloaded(&self, attempt: Attempt) {
        let (seen, order) = (self.overloaded.load(Ordering::Relaxed), Ordering::Relaxed);
        let counts = || {
            let exchange = self
                .overloaded
                .compare_exchange(seen, attempt.ended, order, order);
            exchange.is_ok()
        };
        if attempt.began >= seen && counts() {
            self.change(|limit| Some(BACKOFF * limit));
        }
    }

    /// Makes the atomics of an overload on this thread, as loom wants them.
    #[cfg(all(test, persevere_loom))]
    pub(super) fn make(&self) {
        let order = Ordering::Relaxed;
        let _ = (self.limit.load(order), self.overloaded.load(order));
    }

    fn change(&self, next: impl Fn(f64) -> Option<f64>) {
        let next = |bits| {
            let limit = next(f64::from_bits(bits))?;
            Some(limit.clamp(self.least, self.most).to_bits())
        };
        let order = Ordering::Relaxed;
        // An error only says that the limit stays.
        let _ = self.limit.fetch_update(order, order, next);
    }
}

/// The vectors of the formulas, computed apart.
#[cfg(all(test, not(persevere_loom)))]
mod tests {
    use super::*;

    /// An attempt after all others.
    fn took(gradient: &Gradient, nanos: u64) -> Attempt {
        let began = gradient
            .round
            .since()
            .max(gradient.overloaded.load(Ordering::Relaxed));
        Attempt {
            began,
            ended: began + nanos,
        }
    }

    fn succeeds(gradient: &Gradient, nanos: u64, in_use: u32) {
        gradient.succeeded(took(gradient, nanos), in_use);
    }

    fn overload(gradient: &Gradient) {
        gradient.overloaded(took(gradient, 1));
    }

    fn exact(gradient: &Gradient) -> f64 {
        f64::from_bits(gradient.limit.load(Ordering::Relaxed))
    }

    fn assert_limit(gradient: &Gradient, expected: f64) {
        let limit = exact(gradient);
        assert!(
            (limit / expected - 1.0).abs() < 1e-9,
            "{limit} in place of {expected}"
        );
        assert_eq!(gradient.limit(), limit as u32);
    }

    /// Returns a limit of 100, with an average latency of 100.
    fn settled() -> Gradient {
        let gradient = Gradient::new(1, 200, 100);
        for _ in 0..10 {
            succeeds(&gradient, 100, 1);
        }
        assert_limit(&gradient, 100.0);
        gradient
    }

    #[test]
    fn a_steady_latency_adds_a_fifth_of_the_root() {
        let gradient = settled();
        succeeds(&gradient, 100, 100);
        assert_limit(&gradient, 102.0);
        let gradient = Gradient::new(1, 200, 20);
        for _ in 0..10 {
            succeeds(&gradient, 100, 20);
        }
        assert_limit(&gradient, 29.83494702627473);
    }

    #[test]
    fn latency_up_to_half_as_much_again_is_tolerated_and_more_shrinks_it() {
        let gradient = settled();
        let limits = [
            (100, 102.0),
            (150, 104.01990098767243),
            (200, 100.93650760181532),
            (300, 92.96954004201544),
            (400, 85.60100030909499),
        ];
        for (latency, expected) in limits {
            succeeds(&gradient, latency, 100);
            assert_limit(&gradient, expected);
        }
    }

    #[test]
    fn no_step_takes_more_than_a_tenth_and_gives_the_root() {
        let gradient = settled();
        succeeds(&gradient, 1_000_000, 100);
        // 0.8 · 100 + 0.2 · (100 · 0.5 + 10)
        assert_limit(&gradient, 92.0);
    }

    #[test]
    fn a_limit_that_is_not_half_in_use_does_not_move() {
        let gradient = settled();
        succeeds(&gradient, 100, 49);
        succeeds(&gradient, 1000, 49);
        assert_limit(&gradient, 100.0);
        succeeds(&gradient, 100, 50);
        assert_limit(&gradient, 102.0);
    }

    #[test]
    fn an_overload_takes_a_tenth_whatever_is_in_use() {
        let gradient = Gradient::new(1, 200, 20);
        for expected in [18.0, 16.2, 14.58] {
            overload(&gradient);
            assert_limit(&gradient, expected);
        }
    }

    #[test]
    fn it_stays_between_its_bounds() {
        let gradient = Gradient::new(3, 40, 20);
        (0..100).for_each(|_| overload(&gradient));
        assert_limit(&gradient, 3.0);
        (0..100).for_each(|_| succeeds(&gradient, 100, 40));
        assert_limit(&gradient, 40.0);
    }

    #[test]
    fn a_latency_that_no_clock_measured_is_steady() {
        let gradient = Gradient::new(1, 200, 100);
        succeeds(&gradient, 0, 100);
        assert_limit(&gradient, 102.0);
    }

    /// Fifty attempts that run at a time, and end one after the other.
    fn together(gradient: &Gradient, nanos: u64) -> impl Iterator<Item = Attempt> {
        let first = took(gradient, nanos);
        (0..50).map(move |late| Attempt {
            ended: first.ended + late,
            ..first
        })
    }

    #[test]
    fn attempts_that_run_at_a_time_make_one_step_with_their_mean() {
        let gradient = settled();
        // The first ends the round before, which only it is in.
        for attempt in together(&gradient, 100) {
            gradient.succeeded(attempt, 100);
        }
        assert_limit(&gradient, 102.0);
        // 100 to 149 from the first round, and 1000: the mean is 141.83 without the first, which was counted.
        let mean = ((101..150).sum::<u64>() as f64 + 1000.0) / 50.0;
        let long = 100.0 + 2.0 / 601.0 * (mean - 100.0);
        let aim = 102.0 * (1.5 * long / mean).min(1.0) + 102.0_f64.sqrt();
        succeeds(&gradient, 1000, 100);
        assert_limit(&gradient, 0.8 * 102.0 + 0.2 * aim);
    }

    #[test]
    fn overloads_of_attempts_that_run_at_a_time_are_one() {
        let gradient = settled();
        for attempt in together(&gradient, 100) {
            gradient.overloaded(attempt);
        }
        assert_limit(&gradient, 90.0);
        overload(&gradient);
        assert_limit(&gradient, 81.0);
    }

    /// Concurrency-limits keeps to the latency of timeouts for its average, which makes them normal.
    #[test]
    fn timeouts_alone_never_raise_it() {
        let gradient = settled();
        (0..10_000).for_each(|_| overload(&gradient));
        assert_limit(&gradient, 1.0);
        succeeds(&gradient, 100, 1);
        assert_limit(&gradient, 1.2);
    }
}
