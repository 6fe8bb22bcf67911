//! Pauses that the failure itself asks for.
#![cfg(feature = "std")]

use std::time::Duration;

use crate::common::{HOUR, Recorder, SECOND, millis, secs};
use persevere_core::{
    Attempt, Predicate, RetryPolicy, RetryState, StopReason, Transient, Verdict, Wait, stop, wait,
    when,
};
use proptest::prelude::*;

/// An answer of a server with a pause.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Busy(Duration);

impl Transient for Busy {
    fn verdict(&self) -> Verdict {
        Verdict::RetryAfter(self.0)
    }
}

type Reply = Result<(), Busy>;

/// Returns the first pause of a call that is asked to wait, or the reason for giving up.
fn asked(hint: Duration, wait: impl Wait<Reply>) -> Result<Duration, StopReason> {
    let slept = Recorder::new();
    let report = RetryPolicy::new()
        .stop(stop::after_attempt(2))
        .wait(wait)
        .when(when::transient())
        .sleep(|pause| slept.push(pause))
        .report(|| Err(Busy(hint)));
    match slept.items()[..] {
        [pause] => Ok(pause),
        _ => Err(report.reason().expect("it never succeeds")),
    }
}

#[test]
fn a_hint_is_kept_and_spread() {
    for (hint, most) in [
        (1.0, 1.1),
        (0.1, 0.11),
        (10.0, 11.0),
        (40.0, 41.0),
        (60.0, 61.0),
    ] {
        for wait in [
            wait::none(),
            wait::fixed(millis(1)),
            wait::fixed(HOUR).max(millis(1)),
        ] {
            let pause = asked(secs(hint), wait).unwrap();
            assert!(pause >= secs(hint), "{pause:?} is earlier than asked");
            assert!(pause <= secs(most), "{pause:?} is much later than asked");
        }
    }
}

/// Returns the pauses of a call each of whose attempts asks for the same one.
fn all_asked(hint: Duration, attempts: u32, wait: impl Wait<Reply>) -> Vec<Duration> {
    let slept = Recorder::new();
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(attempts))
        .wait(wait)
        .when(when::transient())
        .sleep(|pause| slept.push(pause));
    let _ = policy.run(|| Reply::Err(Busy(hint)));
    slept.items()
}

#[test]
fn a_hint_is_a_floor_under_the_pause_of_the_wait() {
    let wait = || wait::exponential(SECOND).max(64 * SECOND);
    let sixth = all_asked(millis(10), 7, wait())[5];
    assert_eq!(sixth, 32 * SECOND);
    let first = all_asked(5 * SECOND, 2, wait())[0];
    assert!((5 * SECOND..=secs(5.5)).contains(&first), "{first:?}");
}

#[test]
fn a_hint_of_zero_is_none() {
    let doubled = [1, 2, 4, 8].map(Duration::from_secs);
    let pauses = all_asked(Duration::ZERO, 5, wait::exponential(SECOND));
    assert_eq!(pauses, doubled);
}

/// Hints do not slow the growth of `decorrelated`, which uses the previous computed pause.
#[test]
fn small_hints_do_not_hold_up_the_schedule() {
    let previous = Recorder::new();
    let wait = |s: &RetryState<'_, Reply>| {
        previous.push(s.previous_pause());
        s.attempt() * SECOND
    };
    assert_eq!(
        all_asked(millis(10), 4, wait),
        [1, 2, 3].map(Duration::from_secs)
    );
    assert_eq!(previous.items(), [0, 1, 2].map(Duration::from_secs));
}

/// A server that asks for an exact time.
#[test]
fn a_literal_pause_replaces_that_of_the_wait() {
    let exactly = |pause: Duration, wait: wait::Backoff<wait::Fixed>| {
        let slept = Recorder::new();
        let report = RetryPolicy::new()
            .stop(stop::after_attempt(2))
            .wait(wait)
            .when(Literally(pause))
            .sleep(|pause| slept.push(pause))
            .report(|| Err::<(), _>("busy"));
        (slept.items(), report.reason().unwrap())
    };
    let wait = || wait::fixed(SECOND).equal_jitter();
    for pause in [Duration::ZERO, millis(1), 10 * SECOND, 60 * SECOND] {
        assert_eq!(exactly(pause, wait()), (vec![pause], StopReason::Attempts));
    }
    let over = exactly(61 * SECOND, wait());
    assert_eq!(over, (vec![], StopReason::Hint));
}

struct Literally(Duration);

impl<O> Predicate<O> for Literally {
    fn verdict(&self, _: &O) -> Verdict {
        Verdict::RetryIn(self.0)
    }
}

/// The failure asks for the pauses that `from_err` and `from_outcome` read, too.
#[test]
fn the_longest_hint_bounds_what_the_outcome_tells() {
    let told = || wait::from_err(|busy: &Busy| Some(busy.0)).or(wait::none());
    let outcome =
        || wait::from_outcome(|reply: &Reply| reply.err().map(|busy| busy.0)).or(wait::none());
    let pause = |wait: &dyn Wait<Reply>, asked| {
        let slept = Recorder::new();
        let report = RetryPolicy::new()
            .stop(stop::after_attempt(2))
            .wait(wait)
            .sleep(|pause| slept.push(pause))
            .report(|| Err(Busy(asked)));
        match slept.items()[..] {
            [pause] => Ok(pause),
            _ => Err(report.reason().expect("it never succeeds")),
        }
    };
    let minute = 60 * SECOND;
    for wait in [
        &told() as &dyn Wait<Reply>,
        &outcome(),
        &(told() + wait::none()),
        &(wait::none() + outcome()),
        &wait::chain((told(), wait::none())),
        &wait::chain([told()]),
        &wait::chain(vec![told()]),
        &wait::chain((told(),)),
        &wait::adaptive(0.0).over(told()),
        &wait::from_err(|_: &Busy| None).or(told()),
    ] {
        assert_eq!(pause(wait, minute), Ok(minute));
        assert_eq!(pause(wait, minute + millis(1)), Err(StopReason::Hint));
        assert_eq!(pause(wait, Duration::MAX), Err(StopReason::Hint));
    }
    assert_eq!(pause(&told().hint_max(HOUR), HOUR), Ok(HOUR));
    let capped = told().max(SECOND);
    assert_eq!(pause(&capped, minute), Ok(SECOND));
    assert_eq!(pause(&capped, HOUR), Err(StopReason::Hint));
    let hasty = told().hint_max(SECOND);
    assert_eq!(pause(&hasty, secs(1.001)), Err(StopReason::Hint));
    let case = RetryPolicy::new()
        .case(when::any_failure(), stop::never(), told())
        .report(|| Reply::Err(Busy(HOUR)));
    assert_eq!(case.reason(), Some(StopReason::Hint));
}

#[test]
fn callers_do_not_return_on_one_tick() {
    let draws: std::collections::HashSet<_> =
        (0..8).map(|_| asked(secs(10.0), wait::none())).collect();
    assert!(draws.len() > 1);
}

#[test]
fn a_hint_longer_than_accepted_ends_the_call() {
    let over = secs(60.001);
    assert_eq!(asked(over, wait::standard()), Err(StopReason::Hint));
    assert_eq!(asked(Duration::MAX, wait::none()), Err(StopReason::Hint));
    let patient = wait::standard().hint_max(HOUR);
    assert!(asked(over, patient).is_ok());
    assert!(asked(HOUR, patient).is_ok());
    assert_eq!(asked(HOUR + SECOND, patient), Err(StopReason::Hint));
    let hasty = wait::standard().hint_max(SECOND);
    assert_eq!(asked(secs(1.001), hasty), Err(StopReason::Hint));
    assert_eq!(asked(HOUR + SECOND, SECOND), Err(StopReason::Hint));
}

#[test]
fn combined_waits_accept_the_longest_hint_that_a_part_accepts() {
    let patient = || wait::fixed(SECOND).hint_max(HOUR);
    assert!(asked(HOUR, wait::none() + patient()).is_ok());
    assert!(asked(HOUR, wait::chain((wait::none(), patient()))).is_ok());
    assert!(asked(HOUR, wait::chain([patient(), wait::none()])).is_ok());
    assert!(asked(HOUR, wait::chain(vec![patient()])).is_ok());
    assert!(asked(HOUR, wait::chain((patient(),))).is_ok());
    assert!(asked(HOUR, wait::from_err(|_: &Busy| None).or(patient())).is_ok());
    let over = wait::chain((patient(), patient())).hint_max(SECOND);
    assert_eq!(asked(HOUR, over), Err(StopReason::Hint));
}

#[test]
fn a_hint_never_outranks_a_limit() {
    let end = |stop: &dyn persevere_core::Stop, hint| {
        let report = RetryPolicy::new()
            .stop(stop)
            .when(when::transient())
            .sleep(|_| ())
            .report(|| Reply::Err(Busy(hint)));
        (report.attempts(), report.reason().unwrap())
    };
    let (count, time) = (stop::after_attempt(3), stop::before_delay(secs(30.0)));
    assert_eq!(end(&count, millis(1)), (3, StopReason::Attempts));
    assert_eq!(end(&time, secs(30.0)), (1, StopReason::Elapsed));
    assert_eq!(end(&(count | time), millis(1)), (3, StopReason::Attempts));
}

#[test]
fn callbacks_see_the_hint_and_the_pause_it_became() {
    let seen = Recorder::new();
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(2))
        .when(when::transient())
        .sleep(|_| ())
        .before_sleep(|s: &RetryState<'_, Reply>| seen.push((s.hint(), s.pause())));
    let _ = policy.run(|| Reply::Err(Busy(SECOND)));
    let [(hint, pause)] = seen.items()[..] else {
        panic!("one pause")
    };
    assert_eq!(hint, Some(SECOND));
    assert!(pause >= hint);
}

#[test]
fn a_hint_says_nothing_about_the_schedule() {
    // `decorrelated` grows from computed pauses alone.
    let previous = Recorder::new();
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(5))
        .wait(|s: &RetryState<'_, Reply>| {
            previous.push(s.previous_pause());
            SECOND
        })
        .sleep(|_| ());
    let _ = policy.run(|at: &Attempt| {
        if at.number() == 2 {
            at.retry_after(secs(30.0));
        }
        Reply::Err(Busy(Duration::ZERO))
    });
    assert_eq!(previous.items(), [Duration::ZERO, SECOND, SECOND, SECOND]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_hint_is_kept_or_ends_the_call(
        hint in (any::<u64>(), 0u32..1_000_000_000).prop_map(|(s, n)| Duration::new(s, n)),
        short in any::<u64>().prop_map(Duration::from_nanos),
        longest in any::<u64>().prop_map(Duration::from_nanos),
    ) {
        for hint in [hint, short] {
            let answer = asked(hint, wait::none().hint_max(longest));
            if hint > longest {
                prop_assert_eq!(answer, Err(StopReason::Hint));
            } else {
                let pause = answer.unwrap();
                prop_assert!(pause >= hint);
                prop_assert!(pause - hint <= (hint / 10).min(SECOND));
            }
        }
    }
}
