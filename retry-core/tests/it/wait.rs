//! Lengths of pauses: the formulas, with the test vectors of other libraries.

use std::sync::Arc;
use std::time::Duration;

use crate::common::{SECOND, endless, millis, pause, pauses, secs, windows};
use persevere_core::wait::{
    chain, decorrelated, exponential, fibonacci, fixed, incrementing, none, random, schedule,
    standard,
};
use persevere_core::{RetryState, Wait};

fn all_secs<const N: usize>(seconds: [f64; N]) -> [Duration; N] {
    seconds.map(secs)
}

#[test]
fn fixed_is_always_the_same() {
    assert_eq!(pauses(fixed(SECOND), 3), [SECOND; 3]);
    assert_eq!(pauses(SECOND, 3), [SECOND; 3], "a bare duration");
    assert_eq!(pauses(none(), 3), [Duration::ZERO; 3]);
}

#[test]
fn exponential_doubles() {
    let wait = exponential(SECOND);
    let doubled = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];
    assert_eq!(pauses(wait, 8), all_secs(doubled));
    assert_eq!(pause(wait, 20), secs(524_288.0));
    let capped = wait.max(secs(40.0));
    for (n, expected) in [(6, 32.0), (7, 40.0), (50, 40.0), (5000, 40.0)] {
        assert_eq!(pause(capped, n), secs(expected), "n = {n}");
    }
}

#[test]
fn exponential_takes_a_factor_a_floor_and_a_cap() {
    let tripled = exponential(secs(2.0)).factor(3.0);
    assert_eq!(pauses(tripled, 4), all_secs([2.0, 6.0, 18.0, 54.0]));
    let bounded = exponential(SECOND).min(secs(10.0)).max(secs(100.0));
    for (n, expected) in [(1, 10.0), (4, 10.0), (5, 16.0), (8, 100.0), (9, 100.0)] {
        assert_eq!(pause(bounded, n), secs(expected), "n = {n}");
    }
}

#[test]
fn exponential_without_a_cap_saturates() {
    let longest = Duration::from_nanos(u64::MAX);
    assert_eq!(pause(exponential(SECOND), 5000), longest);
    assert_eq!(pause(exponential(SECOND).factor(1.5), 5000), longest);
    assert_eq!(pause(exponential(SECOND), u32::MAX), longest);
    assert_eq!(pause(exponential(Duration::MAX), 1), longest);
    assert_eq!(pause(exponential(Duration::ZERO), 5000), Duration::ZERO);
}

#[test]
fn a_fractional_factor_keeps_the_exact_value() {
    let wait = exponential(millis(100)).factor(1.5);
    let exact = [0.1, 0.15, 0.225, 0.3375, 0.50625, 0.759_375, 1.139_062_5];
    assert_eq!(pauses(wait, 7), all_secs(exact));
}

#[test]
fn a_factor_that_is_none_is_normalised() {
    for factor in [f64::NAN, f64::NEG_INFINITY, -2.0, -0.0, 0.0, 0.5, 1.0] {
        let wait = exponential(SECOND).factor(factor);
        assert_eq!(pauses(wait, 3), [SECOND; 3], "factor {factor}");
    }
    let wait = exponential(SECOND).factor(f64::INFINITY).max(secs(9.0));
    assert_eq!(pauses(wait, 3), all_secs([1.0, 9.0, 9.0]));
}

#[test]
fn incrementing_adds_a_step() {
    let wait = incrementing(millis(500), millis(100));
    assert_eq!(pauses(wait, 3), [500, 600, 700].map(millis));
    assert_eq!(pause(wait.max(millis(650)), 3), millis(650));
    let longest = Duration::from_nanos(u64::MAX);
    assert_eq!(pause(incrementing(SECOND, Duration::MAX), 2), longest);
    assert_eq!(pause(incrementing(SECOND, SECOND), 1), SECOND);
}

#[test]
fn fibonacci_adds_the_last_two() {
    let numbers = [1.0, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0];
    assert_eq!(pauses(fibonacci(SECOND), 8), all_secs(numbers));
    let nanosecond = fibonacci(Duration::from_nanos(1));
    assert_eq!(pause(nanosecond, 93).as_nanos(), 12_200_160_415_121_876_738);
    assert_eq!(pause(nanosecond, 94).as_nanos(), u128::from(u64::MAX));
    assert_eq!(pause(nanosecond, u32::MAX).as_nanos(), u128::from(u64::MAX));
}

#[test]
fn schedule_repeats_its_last_pause() {
    let listed = schedule([1, 1, 4, 4, 8].map(Duration::from_secs));
    let expected = [1.0, 1.0, 4.0, 4.0, 8.0, 8.0, 8.0];
    assert_eq!(pauses(listed, 7), all_secs(expected));
    static LIST: [Duration; 2] = [SECOND, Duration::from_secs(5)];
    assert_eq!(pause(schedule(&LIST), 9), secs(5.0));
    assert_eq!(pause(schedule(vec![SECOND]), 1), SECOND);
    assert_eq!(pause(schedule([]), 1), Duration::ZERO, "of nothing");
}

#[test]
fn chain_goes_from_wait_to_wait() {
    let wait = chain((none(), fixed(SECOND), exponential(SECOND)));
    assert_eq!(pauses(wait, 5), all_secs([0.0, 1.0, 4.0, 8.0, 16.0]));
    assert_eq!(
        pauses(chain([fixed(SECOND), fixed(secs(3.0))]), 3)[2],
        secs(3.0)
    );
    assert_eq!(pause(chain(vec![fixed(SECOND)]), 7), SECOND);
    assert_eq!(pause(chain((fixed(SECOND),)), 7), SECOND);
    assert_eq!(
        pause(chain(Vec::<Duration>::new()), 1),
        Duration::ZERO,
        "of nothing"
    );
    let eight = chain((
        none(),
        none(),
        none(),
        none(),
        none(),
        none(),
        none(),
        SECOND,
    ));
    assert_eq!(pause(eight, 8), SECOND);
}

#[test]
fn a_sum_pauses_for_both() {
    let wait = fixed(SECOND) + exponential(SECOND);
    assert_eq!(pauses(wait, 3), all_secs([2.0, 3.0, 5.0]));
    assert_eq!(pause(wait + SECOND, 1), secs(3.0), "with a bare duration");
    let capped = (fixed(SECOND) + exponential(SECOND)).max(secs(4.0));
    assert_eq!(pause(capped, 3), secs(4.0), "a sum has a cap of its own");
    let saturated = fixed(Duration::MAX) + fixed(Duration::MAX);
    assert_eq!(pause(saturated, 1), Duration::from_nanos(u64::MAX));
}

#[test]
fn full_jitter_draws_up_to_the_curve() {
    let wait = exponential(secs(0.5)).max(secs(60.0)).full_jitter();
    let curve = [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0];
    let expected = curve.map(|v| (Duration::ZERO, secs(v / 2.0), secs(v)));
    assert_eq!(windows(wait, 9), expected);
    let floored = fixed(secs(10.0)).min(secs(4.0)).full_jitter();
    assert_eq!(windows(floored, 1), [(4.0, 7.0, 10.0)].map(three));
}

#[test]
fn equal_jitter_keeps_half() {
    let wait = exponential(SECOND).equal_jitter();
    let expected = [(0.5, 0.75, 1.0), (1.0, 1.5, 2.0), (2.0, 3.0, 4.0)];
    assert_eq!(windows(wait, 3), expected.map(three));
}

#[test]
fn jitter_ratio_spreads_both_ways_under_the_cap() {
    let wait = exponential(SECOND).jitter_ratio(0.25).max(secs(4.5));
    let expected = [
        (0.75, 1.0, 1.25),
        (1.5, 2.0, 2.5),
        (3.0, 4.0, 4.5),
        (3.375, 4.5, 4.5),
    ];
    assert_eq!(windows(wait, 4), expected.map(three));
    assert_eq!(
        windows(fixed(SECOND).jitter_ratio(0.5), 1),
        [(0.5, 1.0, 1.5)].map(three)
    );
}

#[test]
fn a_jitter_ratio_that_is_none_is_normalised() {
    for (ratio, expected) in [
        (f64::NAN, (1.0, 1.0, 1.0)),
        (-1.0, (1.0, 1.0, 1.0)),
        (f64::NEG_INFINITY, (1.0, 1.0, 1.0)),
        (7.0, (0.0, 1.0, 2.0)),
        (f64::INFINITY, (0.0, 1.0, 2.0)),
    ] {
        let wait = fixed(SECOND).jitter_ratio(ratio);
        assert_eq!(windows(wait, 1), [three(expected)], "ratio {ratio}");
    }
}

#[test]
fn jitter_add_goes_on_top() {
    let wait = exponential(SECOND).jitter_add(SECOND).max(secs(60.0));
    let rows = windows(wait, 7);
    assert_eq!(rows[0], three((1.0, 1.5, 2.0)));
    assert_eq!(rows[5], three((32.0, 32.5, 33.0)));
    assert_eq!(rows[6], three((60.0, 60.0, 60.0)), "under the cap");
    let plain = exponential(secs(10.0))
        .jitter_add(Duration::ZERO)
        .max(secs(60.0));
    assert_eq!(pauses(plain, 4), all_secs([10.0, 20.0, 40.0, 60.0]));
}

#[test]
fn the_last_jitter_holds() {
    let wait = fixed(SECOND).full_jitter().jitter_ratio(0.0);
    assert_eq!(pauses(wait, 2), [SECOND; 2]);
}

#[test]
fn random_draws_from_its_range() {
    let range = secs(1.0)..secs(3.0);
    assert_eq!(windows(random(range.clone()), 1), [three((1.0, 2.0, 3.0))]);
    let reversed = random(range.end..range.start);
    assert_eq!(windows(reversed, 1), [three((1.0, 2.0, 3.0))]);
}

#[test]
fn decorrelated_grows_from_the_pause_before() {
    let wait = decorrelated(SECOND).max(secs(20.0));
    let latest: Vec<_> = windows(wait, 5).into_iter().map(|row| row.2).collect();
    assert_eq!(latest, all_secs([3.0, 9.0, 20.0, 20.0, 20.0]));
    let earliest: Vec<_> = windows(wait, 5).into_iter().map(|row| row.0).collect();
    assert_eq!(earliest, [SECOND; 5]);
    assert_eq!(windows(wait, 2)[1].1, secs(3.5), "the middle of [1, 3 · 2]");
}

#[test]
fn a_cap_wins_over_a_floor_and_over_the_first_pause() {
    let wait = fixed(secs(5.0)).min(secs(9.0)).max(secs(2.0));
    assert_eq!(pause(wait, 1), secs(2.0));
    assert_eq!(pause(exponential(secs(5.0)).max(SECOND), 1), SECOND);
}

#[test]
fn the_standard_wait_is_what_the_documentation_says() {
    let curve = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0];
    let expected = curve.map(|v| (Duration::ZERO, secs(v / 2.0), secs(v)));
    assert_eq!(windows(standard(), 9), expected);
}

#[test]
fn a_closure_is_a_wait_and_sees_the_state() {
    let squared = |s: &RetryState<'_, ()>| SECOND * s.attempt() * s.attempt();
    assert_eq!(pauses(squared, 3), all_secs([1.0, 4.0, 9.0]));
    assert_eq!(pause(fixed(SECOND) + squared, 2), secs(5.0));
}

#[test]
fn a_wait_of_the_users_own_combines_with_ours() {
    #[derive(Clone, Copy)]
    struct Polite;
    impl<O> Wait<O> for Polite {
        fn pause(&self, state: &RetryState<'_, O>) -> Duration {
            state.random().between(SECOND, SECOND * state.attempt())
        }
    }
    let wait = (fixed(SECOND) + Polite).max(secs(3.5));
    assert_eq!(windows(wait, 3)[1], three((2.0, 2.5, 3.0)));
    assert_eq!(windows(wait, 3)[2], three((2.0, 3.0, 3.5)));
    assert_eq!(pause(chain((none(), Polite)), 1), Duration::ZERO);
}

#[test]
fn waits_behind_pointers_are_waits() {
    let wait = fixed(SECOND).hint_max(secs(7.0));
    assert_eq!(pause(&wait as &dyn Wait<()>, 1), SECOND);
    assert_eq!(pause(&wait as &(dyn Wait<()> + Send + Sync), 1), SECOND);
    assert_eq!(pause(Box::new(wait) as Box<dyn Wait<()>>, 1), SECOND);
    assert_eq!(pause(Box::new(wait) as Box<dyn Wait<()> + Send>, 1), SECOND);
    assert_eq!(pause(Arc::new(wait) as Arc<dyn Wait<()>>, 1), SECOND);
    let boxed: Box<dyn Wait<()>> = Box::new(wait);
    assert_eq!(boxed.hint_max(), secs(7.0));
    assert!(!boxed.reads_clock());
    assert_eq!(pause(chain(vec![boxed]), 3), SECOND);
}

#[test]
fn draws_differ_from_pause_to_pause() {
    let policy = endless(fixed(Duration::from_secs(1 << 30)).full_jitter());
    let draws: Vec<_> = (0..16).map(|_| policy.resume(1, Duration::ZERO)).collect();
    let mut distinct = draws.clone();
    distinct.sort_by_key(|draw| draw.ok());
    distinct.dedup();
    // Two of sixteen 60-bit numbers are equal once in 10^16 runs.
    assert_eq!(distinct.len(), draws.len());
}

#[test]
fn only_waits_of_the_users_own_ask_for_a_clock() {
    fn reads(wait: impl Wait<()>) -> bool {
        wait.reads_clock()
    }
    assert!(!reads(standard()));
    assert!(!reads(chain((
        SECOND,
        fixed(SECOND) + random(SECOND..SECOND)
    ))));
    assert!(reads(|_: &RetryState<'_, ()>| SECOND));
    assert!(reads(fixed(SECOND) + |_: &RetryState<'_, ()>| SECOND));
}

fn three((earliest, median, latest): (f64, f64, f64)) -> (Duration, Duration, Duration) {
    (secs(earliest), secs(median), secs(latest))
}

/// The chance that two threads draw the same nanoseconds of a day is 2^-180.
#[cfg(feature = "std")]
#[test]
fn threads_draw_by_seeds_of_their_own() {
    let drawn = || pauses(random(Duration::ZERO..secs(86400.0)), 4);
    let (mut here, there) = (drawn(), std::thread::spawn(drawn).join().unwrap());
    assert_ne!(here, there);
    here.dedup();
    assert_eq!(here.len(), 4, "{here:?}");
}

#[test]
fn a_wait_around_another_asks_for_its_pause() {
    #[derive(Clone, Copy)]
    struct Twice<W>(W);

    impl<O, W: Wait<O>> Wait<O> for Twice<W> {
        fn pause(&self, state: &RetryState<'_, O>) -> Duration {
            self.0.pause(state) * 2
        }
    }

    assert_eq!(pauses(Twice(fixed(SECOND)), 2), [2 * SECOND; 2]);
}
