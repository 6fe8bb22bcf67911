//! Estimates of the duration of attempts, and the hedges that use them.
#![cfg(feature = "tokio")]

use std::cell::Cell;
use std::thread;
use std::time::Duration;

use crate::common::{HOUR, Outcome, SECOND, millis};
use persevere_core::hedge::{self, Latency};
use proptest::prelude::*;
use tokio::time::{Instant, sleep};

fn now() -> std::time::Instant {
    Instant::now().into_std()
}

/// Asserts that an estimate of `exact` is at most 12.5 % higher.
fn assert_about(estimate: Option<Duration>, exact: Duration) {
    let estimate = estimate.expect("enough was measured");
    assert!(
        exact <= estimate && estimate <= exact + exact / 8,
        "{estimate:?} for {exact:?}"
    );
}

fn feed(latency: &Latency, took: Duration, times: usize) {
    (0..times).for_each(|_| latency.record(took));
}

#[test]
fn there_is_no_estimate_before_there_is_enough() {
    let latency = Latency::new();
    feed(&latency, SECOND, 99);
    assert_eq!(latency.quantile(0.5), None);
    assert_eq!(latency.to_string(), "99 of 100 measured");
    latency.record(SECOND);
    assert_about(latency.quantile(0.5), SECOND);
}

#[test]
fn what_is_no_quantile_has_no_estimate() {
    let latency = Latency::new();
    feed(&latency, SECOND, 100);
    for quantile in [-0.1, 1.1, f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
        assert_eq!(latency.quantile(quantile), None, "{quantile}");
    }
    assert_about(latency.quantile(0.0), SECOND);
    assert_about(latency.quantile(1.0), SECOND);
}

#[test]
fn the_shortest_and_the_longest_have_a_place() {
    let latency = Latency::new();
    feed(&latency, Duration::ZERO, 50);
    feed(&latency, Duration::MAX, 50);
    assert_eq!(latency.quantile(0.5), Some(Duration::ZERO));
    assert!(latency.quantile(0.51) > Some(HOUR));
}

#[test]
fn the_estimate_follows_a_change() {
    let latency = Latency::new();
    feed(&latency, millis(10), 10_000);
    assert_about(latency.quantile(0.95), millis(10));
    // Slower: visible once a twentieth of the weight is slow.
    feed(&latency, millis(100), 100);
    assert_about(latency.quantile(0.95), millis(100));
    assert_about(latency.quantile(0.5), millis(10));
    feed(&latency, millis(100), 1024);
    assert_about(latency.quantile(0.5), millis(100));
    // Faster again: visible once the slow ones have faded.
    feed(&latency, millis(10), 3000);
    assert_about(latency.quantile(0.95), millis(10));
}

#[test]
fn one_line_tells_it_all() {
    let latency = Latency::new();
    feed(&latency, Duration::from_nanos(10), 1000);
    assert_eq!(
        latency.to_string(),
        "p50 10ns, p95 10ns, p99 10ns of 1000 measured"
    );
    assert_eq!(format!("{latency:?}"), format!("Latency({latency})"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_quantile_is_at_most_an_eighth_too_long(
        mut samples in proptest::collection::vec((0u32..42, any::<u64>()), 100..500),
        quantile in 0.0..=1.0f64,
    ) {
        // Durations of every magnitude up to the longest, with equal chances.
        let latency = Latency::new();
        let mut samples: Vec<_> = samples
            .drain(..)
            .map(|(octave, bits)| Duration::from_nanos(bits % (2 << octave)))
            .collect();
        samples.iter().for_each(|&took| latency.record(took));
        samples.sort();
        let rank = ((samples.len() as f64 * quantile).ceil() as usize).max(1);
        assert_about(latency.quantile(quantile), samples[rank - 1]);
    }
}

#[test]
fn threads_lose_no_sample() {
    let latency = Latency::new();
    let record = |times| {
        thread::scope(|scope| {
            for took in [10, 11] {
                let latency = &latency;
                scope.spawn(move || feed(latency, Duration::from_nanos(took), times));
            }
        });
    };
    record(255);
    assert_eq!(latency.weight(), 510.0);
    assert_eq!(latency.quantile(0.5), Some(Duration::from_nanos(10)));
    assert_eq!(latency.quantile(0.501), Some(Duration::from_nanos(11)));
    // The halved weight stays between one and two periods of 512.
    record(50_001);
    assert!(latency.to_string().ends_with(" of 100512 measured"));
    assert!(latency.weight() < 1025.0, "{}", latency.weight());
    assert!(latency.weight() > 200.0, "{}", latency.weight());
}

/// A generator of uniform numbers from a seed, each a step of splitmix64.
struct Random(Cell<u64>);

impl Random {
    /// Returns an exponentially distributed time.
    fn time(&self, mean: Duration) -> Duration {
        self.0.set(self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        let z = self.0.get();
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let uniform = ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64;
        mean.mul_f64(-(1.0 - uniform).ln())
    }
}

/// Makes calls of exponentially distributed duration. Returns the number of started copies.
async fn calls(times: u32, latency: &Latency, mean: Duration, random: &Random) -> u32 {
    let copies = Cell::new(0);
    let may_copy = || {
        copies.set(copies.get() + 1);
        true
    };
    for _ in 0..times {
        let attempt = || {
            let time = random.time(mean);
            async move {
                sleep(time).await;
                Outcome::Ok(1)
            }
        };
        let hedge = hedge::quantile(latency, 0.95);
        let race = hedge::race2(hedge, attempt, sleep, may_copy, Result::is_ok, now);
        assert_eq!(race.await, Ok(1));
    }
    copies.get()
}

#[tokio::test(start_paused = true)]
async fn one_attempt_in_twenty_is_copied() {
    let (latency, random) = (Latency::new(), Random(Cell::new(7)));
    assert_eq!(calls(100, &latency, SECOND, &random).await, 0);
    calls(2000, &latency, SECOND, &random).await;
    // Hedging itself must not shorten the estimate: only slow attempts are copied.
    let copies = calls(4000, &latency, SECOND, &random).await;
    assert!((100..=260).contains(&copies), "{copies} of 4000");
    // Ten times as slow: at first every second attempt is copied, then one in twenty again.
    calls(2000, &latency, 10 * SECOND, &random).await;
    let copies = calls(4000, &latency, 10 * SECOND, &random).await;
    assert!((100..=260).contains(&copies), "{copies} of 4000");
    let tail = 10 * SECOND.mul_f64(3.0);
    let p95 = latency.quantile(0.95).unwrap();
    assert!(p95 > tail / 2 && p95 < 2 * tail, "{p95:?}");
}

#[tokio::test(start_paused = true)]
async fn only_an_answer_is_measured() {
    let latency = Latency::new();
    let hedge = hedge::quantile(&latency, 0.95);
    let attempt = || async { Outcome::Err("busy") };
    let race = hedge::race2(hedge, attempt, sleep, || true, |_| false, now);
    assert_eq!(race.await, Err("busy"));
    assert_eq!(latency.to_string(), "0 of 100 measured");
    let race = hedge::race2(hedge, attempt, sleep, || true, |_| true, now);
    assert_eq!(race.await, Err("busy"));
    assert_eq!(latency.to_string(), "1 of 100 measured");
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_follows_a_failure_is_measured_from_its_own_start() {
    let latency = Latency::new();
    feed(&latency, HOUR, 100);
    let hedge = hedge::quantile(&latency, 0.5);
    for _ in 0..100 {
        let first = Cell::new(true);
        let attempt = || {
            let (time, outcome) = if first.replace(false) {
                (500 * SECOND, Err("busy"))
            } else {
                (10 * SECOND, Ok(1))
            };
            async move {
                sleep(time).await;
                Outcome::from(outcome)
            }
        };
        let race = hedge::race2(hedge, attempt, sleep, || true, Result::is_ok, now);
        assert_eq!(race.await, Ok(1));
    }
    assert_about(latency.quantile(0.5), 10 * SECOND);
}
