//! Properties of every wait, for any numbers.

#![cfg(feature = "std")]

use std::time::Duration;

use crate::common::{endless, pause};
use persevere_core::wait::{
    Backoff, Formula, adaptive, chain, decorrelated, exponential, fibonacci, fixed, from_err,
    from_outcome, incrementing, random, schedule,
};
use persevere_core::{RandomSource, Wait};
use proptest::prelude::*;

/// Generates any duration, with whole and fractional seconds of every size.
fn any_duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        4 => any::<u64>().prop_map(Duration::from_nanos),
        2 => (0u64..1000, 0u32..1_000_000_000).prop_map(|(s, n)| Duration::new(s, n)),
        1 => (any::<u64>(), 0u32..1_000_000_000).prop_map(|(s, n)| Duration::new(s, n)),
        1 => prop_oneof![Just(Duration::ZERO), Just(Duration::MAX)],
    ]
}

/// Generates any attempt, small ones as often as those of every other size.
fn any_attempt() -> impl Strategy<Value = u32> {
    prop_oneof![1u32..20, 1u32..200, any::<u32>()]
}

/// Generates any number: negative, infinite, or not a number.
fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        0.0..10.0f64,
        prop_oneof![
            Just(f64::NAN),
            Just(f64::INFINITY),
            Just(f64::NEG_INFINITY),
            Just(1.0)
        ],
    ]
}

#[derive(Clone, Copy, Debug)]
enum Jitter {
    None,
    Full,
    Equal,
    Ratio(f64),
    Add(Duration),
}

fn any_jitter() -> impl Strategy<Value = Jitter> {
    prop_oneof![
        Just(Jitter::None),
        Just(Jitter::Full),
        Just(Jitter::Equal),
        any_number().prop_map(Jitter::Ratio),
        any_duration().prop_map(Jitter::Add),
    ]
}

fn spread<C>(wait: Backoff<C>, jitter: Jitter) -> Backoff<C> {
    match jitter {
        Jitter::None => wait,
        Jitter::Full => wait.full_jitter(),
        Jitter::Equal => wait.equal_jitter(),
        Jitter::Ratio(ratio) => wait.jitter_ratio(ratio),
        Jitter::Add(extra) => wait.jitter_add(extra),
    }
}

/// The longest possible pause: 64 bits of nanoseconds.
const LONGEST: Duration = Duration::from_nanos(u64::MAX);

/// Checks the properties of every wait with a floor, a cap and a jitter.
fn bounded<C: Formula<()> + Copy>(
    wait: Backoff<C>,
    (floor, cap, jitter, n): (Duration, Duration, Jitter, u32),
) -> Result<(), TestCaseError> {
    let paused = pause(spread(wait.min(floor).max(cap), jitter), n);
    prop_assert!(paused <= cap, "{paused:?} is over the cap");
    prop_assert!(
        paused >= floor.min(cap).min(LONGEST),
        "{paused:?} is under the floor"
    );
    let unbounded = pause(spread(wait, jitter), n);
    prop_assert!(unbounded <= LONGEST);
    Ok(())
}

/// Checks the properties of every wait with a deterministic curve: it never falls, and each jitter stays in
/// its window around it.
fn windowed<C: Formula<()> + Copy>(
    wait: Backoff<C>,
    (floor, cap, jitter, n): (Duration, Duration, Jitter, u32),
) -> Result<(), TestCaseError> {
    let curve = pause(wait, n);
    prop_assert!(pause(wait, n.saturating_add(1)) >= curve, "the curve falls");
    bounded(wait, (floor, cap, jitter, n))?;

    let paused = pause(spread(wait, jitter), n);
    let nanosecond = Duration::from_nanos(1);
    match jitter {
        Jitter::None => prop_assert_eq!(paused, curve),
        Jitter::Full => prop_assert!(paused <= curve),
        Jitter::Equal => prop_assert!(curve / 2 <= paused && paused <= curve),
        Jitter::Ratio(ratio) => {
            let ratio = if ratio.is_nan() {
                0.0
            } else {
                ratio.clamp(0.0, 1.0)
            };
            // A float of 53 bits holds 64 bits of nanoseconds to one part in 2^52.
            let slack = nanosecond + curve / (1 << 30);
            let width = Duration::from_nanos((curve.as_nanos() as f64 * ratio) as u64) + slack;
            prop_assert!(paused >= curve.saturating_sub(width));
            prop_assert!(paused <= curve.saturating_add(width));
        }
        Jitter::Add(extra) => {
            prop_assert!(curve <= paused && paused <= curve.saturating_add(extra));
        }
    }
    Ok(())
}

fn any_frame() -> impl Strategy<Value = (Duration, Duration, Jitter, u32)> {
    (any_duration(), any_duration(), any_jitter(), any_attempt())
}

/// Clamps a duration to that of a pause: 64 bits of nanoseconds.
fn clamped(duration: Duration) -> Duration {
    duration.min(LONGEST)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn fixed_stays(d in any_duration(), frame in any_frame()) {
        windowed(fixed(d), frame)?;
        prop_assert_eq!(pause(fixed(d), frame.3), clamped(d));
    }

    #[test]
    fn random_stays_in_its_range(a in any_duration(), b in any_duration(), frame in any_frame()) {
        bounded(random(a..b), frame)?;
        let paused = pause(random(a..b), frame.3);
        prop_assert!(clamped(a.min(b)) <= paused && paused <= clamped(a.max(b)));
    }

    #[test]
    fn incrementing_never_falls(
        start in any_duration(),
        step in any_duration(),
        frame in any_frame(),
    ) {
        windowed(incrementing(start, step), frame)?;
        let steps = step.checked_mul(frame.3.saturating_sub(1)).unwrap_or(Duration::MAX);
        let exact = clamped(start.saturating_add(steps));
        prop_assert_eq!(pause(incrementing(start, step), frame.3), exact);
    }

    #[test]
    fn exponential_never_falls(initial in any_duration(), frame in any_frame()) {
        windowed(exponential(initial), frame)?;
        let n = frame.3.clamp(1, 200);
        let doubled = (1..n).fold(initial, |d, _| d.saturating_add(d));
        prop_assert_eq!(pause(exponential(initial), n), clamped(doubled));
    }

    #[test]
    fn exponential_with_any_factor_never_falls(
        initial in any_duration(),
        factor in any_number(),
        frame in any_frame(),
    ) {
        windowed(exponential(initial).factor(factor), frame)?;
    }

    #[test]
    fn fibonacci_never_falls(unit in any_duration(), frame in any_frame()) {
        windowed(fibonacci(unit), frame)?;
        let n = frame.3.clamp(1, u32::MAX - 2);
        let sum = pause(fibonacci(unit), n).saturating_add(pause(fibonacci(unit), n + 1));
        prop_assert_eq!(pause(fibonacci(unit), n + 2), clamped(sum));
    }

    #[test]
    fn decorrelated_stays_between_its_base_and_thrice_the_pause_before(
        base in any_duration(),
        cap in any_duration(),
        frame in any_frame(),
    ) {
        bounded(decorrelated(base), frame)?;
        // The table remembers the previous pause, and its three columns draw low, middle and high.
        let table = endless(decorrelated(base).max(cap)).schedule();
        let mut previous = base;
        for row in table.rows() {
            let most = clamped(previous.max(base).saturating_mul(3));
            prop_assert!(row.earliest == clamped(base).min(cap));
            prop_assert!(row.latest <= most.min(cap));
            prop_assert!(row.earliest <= row.median && row.median <= row.latest);
            previous = row.latest;
        }
    }

    #[test]
    fn schedule_pauses_for_its_items(
        items in prop::collection::vec(any_duration(), 0..5),
        frame in any_frame(),
    ) {
        bounded(schedule([frame.0, frame.1]), frame)?;
        let at = (frame.3.saturating_sub(1) as usize).min(items.len().saturating_sub(1));
        let expected = items.get(at).copied().unwrap_or_default();
        prop_assert_eq!(pause(schedule(items), frame.3), clamped(expected));
    }

    #[test]
    fn chain_pauses_as_its_links(a in any_duration(), b in any_duration(), frame in any_frame()) {
        let links = (fixed(a), exponential(b));
        bounded(chain(links), frame)?;
        let expected = if frame.3 <= 1 { pause(links.0, 1) } else { pause(links.1, frame.3) };
        prop_assert_eq!(pause(chain(links), frame.3), expected);
    }

    #[test]
    fn a_sum_is_the_sum(a in any_duration(), b in any_duration(), frame in any_frame()) {
        let n = frame.3;
        let sum = fibonacci(a) + incrementing(a, b);
        windowed(sum, frame)?;
        let parts = pause(fibonacci(a), n).saturating_add(pause(incrementing(a, b), n));
        prop_assert_eq!(pause(sum, n), clamped(parts));
    }

    #[test]
    fn an_adaptive_pause_grows_with_the_pressure(
        pressures in (any_number(), any_number()),
        factor in any_number(),
        unit in any_duration(),
        frame in any_frame(),
    ) {
        let under = |pressure| adaptive(pressure).over(fibonacci(unit)).factor(factor);
        windowed(under(pressures.0), frame)?;
        let paused = |pressure| pause(under(pressure), frame.3);
        let base = pause(fibonacci(unit), frame.3);
        prop_assert_eq!(paused(0.0), base);
        prop_assert_eq!(paused(f64::NAN), base);
        prop_assert!(base <= paused(pressures.0) && paused(pressures.0) <= paused(1.0));
        let (low, high) = (pressures.0.min(pressures.1), pressures.0.max(pressures.1));
        prop_assert!(paused(low) <= paused(high));
    }

    #[test]
    fn a_told_pause_is_bounded_as_a_computed_one(
        told in prop::option::of(any_duration()),
        other in any_duration(),
        frame in any_frame(),
    ) {
        let (floor, cap, jitter, n) = frame;
        let wait = from_outcome(move |&(): &()| told).or(fixed(other));
        bounded(wait, frame)?;
        prop_assert_eq!(pause(wait, n), clamped(other), "no outcome tells anything here");

        // With an outcome that contains it.
        let paused = std::cell::Cell::new(None);
        let outcome = || Err::<(), _>(told);
        let from_outcome = from_outcome(|o: &Result<(), Option<Duration>>| o.err().flatten());
        let from_err = from_err(|told: &Option<Duration>| *told);
        let expected = clamped(told.unwrap_or(other));
        first_pause(from_outcome.or(fixed(other)).hint_max(Duration::MAX), outcome, &paused);
        prop_assert_eq!(paused.get(), Some(expected));
        first_pause(from_err.or(fixed(other)).hint_max(Duration::MAX), outcome, &paused);
        prop_assert_eq!(paused.get(), Some(expected));
        let framed = spread(from_err.or(fixed(other)).hint_max(Duration::MAX).min(floor).max(cap), jitter);
        first_pause(framed, outcome, &paused);
        let paused = paused.get().unwrap();
        prop_assert!(paused <= cap && paused >= floor.min(cap).min(LONGEST));
    }

    #[test]
    fn a_draw_stays_between_its_ends(
        a in any_duration(),
        b in any_duration(),
        number in any::<u64>(),
    ) {
        let (low, high) = (clamped(a.min(b)), clamped(a.max(b)));
        for source in [RandomSource::Thread, RandomSource::Fixed(number)] {
            let drawn = source.between(a, b);
            prop_assert!(low <= drawn && drawn <= high);
        }
        prop_assert_eq!(RandomSource::Fixed(0).between(a, b), low);
        // A range over all 64 bits misses its last nanosecond.
        let highest = RandomSource::Fixed(u64::MAX).between(a, b);
        prop_assert!(high - highest <= Duration::from_nanos(1));
    }
}

/// Runs a call of two attempts and stores its pause.
fn first_pause<O: persevere_core::Outcome>(
    wait: impl Wait<O>,
    operation: impl FnMut() -> O,
    paused: &std::cell::Cell<Option<Duration>>,
) {
    use persevere_core::{RetryPolicy, stop};
    paused.set(None);
    RetryPolicy::new()
        .stop(stop::after_attempt(2))
        .wait(wait)
        .sleep(|pause| paused.set(Some(pause)))
        .run(operation);
}
