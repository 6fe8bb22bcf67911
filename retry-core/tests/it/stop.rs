//! Ends of a call: limits on attempts and time, and their combinations.
#![cfg(feature = "std")]

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::common::{HOUR, Outcome, Recorder, SECOND, millis, script, secs, stops};
use persevere_core::stop::{
    DefaultStop, after_attempt, after_delay, all, any, before_delay, cancelled, never, stop_when,
};
use persevere_core::{Progress, RetryPolicy, RetryState, Stop, StopReason, wait};

const SOME_TIME: f64 = 0.5;

#[test]
fn after_attempt_counts_attempts() {
    for (n, ends) in [(1, false), (2, false), (3, true), (4, true)] {
        let reason = stops(after_attempt(3), n, SOME_TIME, 0.0);
        assert_eq!(reason, ends.then_some(StopReason::Attempts), "n = {n}");
    }
}

#[test]
fn after_delay_looks_at_the_time_gone() {
    for (elapsed, ends) in [(0.0, false), (0.999, false), (1.0, true), (1.001, true)] {
        let reason = stops(after_delay(SECOND), 1, elapsed, 100.0);
        assert_eq!(reason, ends.then_some(StopReason::Elapsed), "{elapsed} s");
    }
}

#[test]
fn before_delay_looks_past_the_coming_pause() {
    let table = [
        (0.999, 0.0001, false),
        (0.999, 0.001, true),
        (1.0, 0.0, true),
        (0.0, 1.0, true),
        (0.0, 0.999_999_999, false),
    ];
    for (elapsed, coming, ends) in table {
        let reason = stops(before_delay(SECOND), 1, elapsed, coming);
        assert_eq!(
            reason,
            ends.then_some(StopReason::Elapsed),
            "{elapsed} s + {coming} s"
        );
    }
}

#[test]
fn any_ends_with_the_first_and_all_with_the_last() {
    // (n, elapsed, any, all)
    let table = [
        (1, 0.1, false, false),
        (2, 0.8, false, false),
        (4, 0.8, true, false),
        (3, 1.8, true, false),
        (4, 1.8, true, true),
    ];
    for (n, elapsed, either, both) in table {
        let (time, count) = (after_delay(SECOND), after_attempt(4));
        let ends = |stop: &dyn Stop| stops(stop, n, elapsed, 0.0).is_some();
        let at = format!("attempt {n}, {elapsed} s");
        for stop in [
            &any((time, count)) as &dyn Stop,
            &(time | count),
            &time.or(count),
            &any([Box::new(time) as Box<dyn Stop>, Box::new(count)]),
            &any(vec![Arc::new(time) as Arc<dyn Stop>, Arc::new(count)]),
        ] {
            assert_eq!(ends(stop), either, "any at {at}");
        }
        for stop in [
            &all((time, count)) as &dyn Stop,
            &(time & count),
            &time.and(count),
            &all([Box::new(time) as Box<dyn Stop>, Box::new(count)]),
            &all(vec![Arc::new(time) as Arc<dyn Stop>, Arc::new(count)]),
        ] {
            assert_eq!(ends(stop), both, "all at {at}");
        }
    }
}

#[test]
fn any_gives_the_reason_of_the_first_that_ends_and_all_of_the_last() {
    let (time, count) = (after_delay(SECOND), after_attempt(3));
    assert_eq!(stops(time | count, 3, 2.0, 0.0), Some(StopReason::Elapsed));
    assert_eq!(stops(count | time, 3, 2.0, 0.0), Some(StopReason::Attempts));
    assert_eq!(stops(time & count, 3, 2.0, 0.0), Some(StopReason::Attempts));
    assert_eq!(stops(count & time, 3, 2.0, 0.0), Some(StopReason::Elapsed));
}

#[test]
fn combinations_nest() {
    let stop = (after_attempt(3) & after_delay(SECOND)) | before_delay(HOUR) | never();
    assert_eq!(stops(stop, 3, 0.5, 0.0), None);
    assert_eq!(stops(stop, 3, 1.0, 0.0), Some(StopReason::Elapsed));
    assert_eq!(stops(stop, 1, 3599.0, 1.0), Some(StopReason::Elapsed));
}

#[test]
fn a_combination_of_nothing_never_ends_a_call() {
    assert_eq!(stops(any(Vec::<Box<dyn Stop>>::new()), 9, 9.0, 9.0), None);
    assert_eq!(stops(all(Vec::<Box<dyn Stop>>::new()), 9, 9.0, 9.0), None);
}

#[test]
fn five_attempts_take_four_pauses() {
    let slept = Recorder::new();
    let policy = RetryPolicy::new()
        .stop(after_attempt(5))
        .wait(wait::fixed(SECOND))
        .sleep(|pause| slept.push(pause));
    assert_eq!(
        policy.run(script::<Outcome>([Err("refused"); 5])),
        Err("refused")
    );
    assert_eq!(slept.items(), [SECOND; 4]);
}

#[test]
fn no_limit_goes_on_until_an_outcome_is_final() {
    let mut outcomes = vec![Err("busy"); 1000];
    outcomes.push(Ok(7));
    let policy = RetryPolicy::new().stop(never()).wait(wait::none());
    assert_eq!(policy.run(script::<Outcome>(outcomes)), Ok(7));
}

#[test]
fn zero_attempts_make_one() {
    let policy = RetryPolicy::new().stop(after_attempt(0));
    let report = policy.report(script::<Outcome>([Err("refused")]));
    assert_eq!(report.attempts(), 1);
    assert_eq!(report.reason(), Some(StopReason::Attempts));
}

#[test]
fn a_delay_of_zero_makes_one_attempt() {
    for stop in [
        &after_delay(Duration::ZERO) as &dyn Stop,
        &before_delay(Duration::ZERO),
        &before_delay(SECOND),
    ] {
        let policy = RetryPolicy::new().stop(stop).wait(wait::fixed(SECOND));
        let report = policy.report(script::<Outcome>([Err("refused")]));
        assert_eq!(report.reason(), Some(StopReason::Elapsed));
    }
}

#[test]
fn a_flag_cancels_between_attempts() {
    let flag = AtomicBool::new(false);
    let policy = RetryPolicy::new()
        .stop(never() | cancelled(&flag))
        .wait(wait::none());
    let mut attempts = 0;
    let report = policy.report(|| {
        attempts += 1;
        flag.store(attempts == 3, Ordering::Release);
        Err::<(), _>("busy")
    });
    assert_eq!(report.attempts(), 3);
    assert_eq!(report.reason(), Some(StopReason::Cancelled));
}

#[test]
fn a_shared_flag_cancels_too() {
    let flag = Arc::new(AtomicBool::new(true));
    assert_eq!(
        stops(cancelled(Arc::clone(&flag)), 1, 0.0, 0.0),
        Some(StopReason::Cancelled)
    );
}

#[test]
fn a_success_is_returned_even_if_cancelled() {
    let flag = AtomicBool::new(true);
    let report = RetryPolicy::new()
        .stop(cancelled(&flag))
        .report(script::<Outcome>([Ok(1)]));
    assert_eq!((report.reason(), report.into_outcome()), (None, Ok(1)));
}

#[test]
fn a_closure_is_a_stop_and_sees_the_progress() {
    let seen = Recorder::new();
    let policy = RetryPolicy::new()
        .name("upload")
        .stop(|p: &Progress<'_>| {
            seen.push((
                p.name().to_owned(),
                p.attempt(),
                p.pause(),
                p.idle_for(),
                p.verdict().is_some_and(persevere_core::Verdict::is_retry),
            ));
            p.attempt() == 2
        })
        .wait(wait::fixed(SECOND))
        .sleep(|_| ());
    let report = policy.report(script::<Outcome>([Err("busy"); 2]));
    assert_eq!(report.reason(), Some(StopReason::GivenUp));
    let name = || "upload".to_owned();
    assert_eq!(
        seen.items(),
        [
            (name(), 1, Some(SECOND), Duration::ZERO, true),
            (name(), 2, Some(SECOND), SECOND, true),
        ]
    );
}

#[test]
fn stop_when_combines() {
    let stop = after_attempt(9) | stop_when(|p| p.attempt() >= 2);
    assert_eq!(stops(stop, 2, 0.0, 0.0), Some(StopReason::GivenUp));
}

#[test]
fn stops_behind_pointers_are_stops() {
    let stop = after_attempt(2);
    let borrowed: &(dyn Stop + Send + Sync) = &stop;
    assert!(stops(borrowed, 2, 0.0, 0.0).is_some());
    assert!(stops(&stop as &(dyn Stop + Sync), 2, 0.0, 0.0).is_some());
    assert!(stops(Box::new(stop) as Box<dyn Stop>, 2, 0.0, 0.0).is_some());
    assert!(stops(Box::new(stop) as Box<dyn Stop + Send>, 2, 0.0, 0.0).is_some());
    assert!(stops(Arc::new(stop) as Arc<dyn Stop>, 2, 0.0, 0.0).is_some());
    assert!(stops(Arc::new(stop) as Arc<dyn Stop + Send + Sync>, 2, 0.0, 0.0).is_some());
    let boxed: Box<dyn Stop> = Box::new(stop);
    assert!(!boxed.reads_clock(), "pointers pass on what they point to");
}

#[test]
fn a_stop_of_the_users_own_combines_with_ours() {
    struct Daytime(bool);
    impl Stop for Daytime {
        fn stop(&self, _: &Progress<'_>) -> Option<StopReason> {
            self.0.then_some(StopReason::GivenUp)
        }
    }
    assert_eq!(stops(after_attempt(3) | Daytime(false), 1, 0.0, 0.0), None);
    assert_eq!(
        stops(after_attempt(3) | Daytime(true), 1, 0.0, 0.0),
        Some(StopReason::GivenUp)
    );
    assert_eq!(
        stops(any((Daytime(false), after_attempt(3))), 3, 0.0, 0.0),
        Some(StopReason::Attempts)
    );
}

#[test]
fn only_limits_of_time_ask_for_a_clock() {
    assert!(!after_attempt(3).reads_clock());
    assert!(!(after_attempt(3) | never() | cancelled(AtomicBool::new(false))).reads_clock());
    assert!((after_attempt(3) & after_delay(SECOND)).reads_clock());
    assert!(any([before_delay(SECOND)]).reads_clock());
}

#[test]
fn the_pause_of_a_call_that_ends_is_computed_only_for_a_stop_that_looks_at_it() {
    let computed = |stop: &dyn Stop| {
        let pauses = Cell::new(0);
        let policy = RetryPolicy::new().stop(stop).wait(|_: &RetryState<'_, _>| {
            pauses.set(pauses.get() + 1);
            Duration::ZERO
        });
        let report = policy.report(|| None::<u8>);
        (report.attempts(), pauses.get())
    };
    let (limit, far) = (after_attempt(3), before_delay(HOUR));
    assert_eq!(computed(&limit), (3, 2));
    assert_eq!(computed(&DefaultStop), (3, 2));
    assert_eq!(computed(&(after_delay(HOUR) | never() | limit)), (3, 2));
    assert_eq!(computed(&all([limit, limit])), (3, 2));
    assert_eq!(computed(&(far | limit)), (3, 3));
    assert_eq!(computed(&any((limit, far))), (3, 3));
    assert_eq!(computed(&stop_when(|p| p.attempt() == 3)), (3, 3));
}

#[test]
fn limits_at_the_ends_of_the_number_range_hold() {
    let forever = Duration::MAX;
    let resume = |stop: &dyn Stop, n, elapsed| {
        RetryPolicy::new()
            .stop(stop)
            .wait(forever)
            .resume(n, elapsed)
    };
    assert_eq!(resume(&after_delay(forever), 1, millis(1)), Ok(forever));
    assert_eq!(
        resume(&before_delay(forever), 1, forever),
        Err(StopReason::Elapsed),
        "the sum saturates"
    );
    assert_eq!(
        resume(&after_attempt(u32::MAX), u32::MAX, secs(1.0)),
        Err(StopReason::Attempts)
    );
    assert_eq!(
        resume(&after_attempt(u32::MAX), u32::MAX - 1, secs(1.0)),
        Ok(forever)
    );
}
