//! Classes of outcomes with strategies and counters of their own.
#![cfg(feature = "std")]

use std::time::Duration;

use crate::common::{HOUR, Recorder, SECOND, millis, script};
use persevere_core::{
    Opaque, RetryPolicy, RetryState, StopReason, Transient, Verdict, stop, wait, when,
};

type Reply = Result<u32, u16>;

/// Too many requests, and an expired login.
const LIMITED: Reply = Err(429);
const EXPIRED: Reply = Err(401);
const BROKEN: Reply = Err(500);

fn status(wanted: u16) -> when::OnErr<impl Fn(&u16) -> bool + Copy> {
    when::err(move |status: &u16| *status == wanted)
}

#[test]
fn a_case_counts_its_own_outcomes_by_its_own_stop() {
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .case(status(429), stop::after_attempt(8), wait::none())
        .case(status(401), stop::after_attempt(2), wait::none());
    let table: [(&[Reply], u32, StopReason); 5] = [
        (&[LIMITED; 8], 8, StopReason::Attempts),
        (&[EXPIRED; 2], 2, StopReason::Attempts),
        (&[BROKEN; 3], 3, StopReason::Attempts),
        // The first expired login is the only one of its class.
        (
            &[LIMITED, EXPIRED, LIMITED, EXPIRED],
            4,
            StopReason::Attempts,
        ),
        // The default stop of three does not count the seven limited ones.
        (
            &[LIMITED, LIMITED, LIMITED, BROKEN, LIMITED, BROKEN, BROKEN],
            7,
            StopReason::Attempts,
        ),
    ];
    for (replies, attempts, reason) in table {
        let report = policy.report(script::<Reply>(replies));
        assert_eq!(report.attempts(), attempts, "{replies:?}");
        assert_eq!(report.reason(), Some(reason), "{replies:?}");
    }
}

#[test]
fn the_waits_of_a_case_count_the_case() {
    let slept = Recorder::new();
    let policy = RetryPolicy::new()
        .stop(stop::never())
        .wait(wait::exponential(SECOND))
        .case(
            status(429),
            stop::never(),
            wait::incrementing(millis(10), millis(10)),
        )
        .sleep(|pause| slept.push(pause));
    let _ = policy.run(script([LIMITED, BROKEN, LIMITED, LIMITED, BROKEN, Ok(1)]));
    // The call's own wait goes by the number of the attempt in the call.
    assert_eq!(
        slept.items(),
        [10, 2000, 20, 30, 16_000].map(Duration::from_millis)
    );
}

#[test]
fn a_stop_written_on_the_call_holds_over_everything() {
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(4))
        .wait(wait::none())
        .case(status(429), stop::after_attempt(8), wait::none());
    for replies in [[LIMITED; 4], [LIMITED, BROKEN, LIMITED, LIMITED]] {
        let report = policy.report(script(replies));
        assert_eq!(report.reason(), Some(StopReason::Attempts));
    }
}

#[test]
fn limits_of_time_measure_the_call() {
    let policy = RetryPolicy::new().sleep(|_| ()).case(
        status(429),
        stop::before_delay(HOUR),
        wait::fixed(HOUR),
    );
    let report = policy.report(script([LIMITED]));
    assert_eq!(report.reason(), Some(StopReason::Elapsed));
}

#[test]
fn the_first_case_that_matches_takes_the_outcome() {
    let classes = Recorder::new();
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .case(status(401), stop::after_attempt(9), wait::none())
        .case(status(429), stop::after_attempt(9), wait::none())
        .case(when::any_failure(), stop::after_attempt(9), wait::none())
        .after(|state: &RetryState<'_, Reply>| classes.push(state.class()));
    let _ = policy.run(script([LIMITED, EXPIRED, BROKEN, LIMITED, Ok(1)]));
    assert_eq!(classes.items(), [Some(1), Some(0), Some(2), Some(1), None]);
}

#[test]
fn cases_are_asked_before_when() {
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .when(when::never())
        .case(status(429), stop::after_attempt(2), wait::none());
    assert_eq!(policy.report(script([LIMITED; 2])).attempts(), 2);
    assert_eq!(
        policy.report(script([BROKEN])).reason(),
        Some(StopReason::Final)
    );
}

#[test]
fn a_case_takes_successes_too() {
    let policy = RetryPolicy::new().wait(wait::none()).case(
        when::outcome(|level: &Opaque<u32>| level.0 == 0),
        stop::after_attempt(5),
        wait::none(),
    );
    let report = policy.report(script([Opaque(0), Opaque(0), Opaque(0), Opaque(1)]));
    assert_eq!((report.attempts(), report.reason()), (4, None));
    let report = policy.report(script([Opaque(0); 5]));
    assert_eq!(report.reason(), Some(StopReason::Attempts));
}

#[test]
fn the_hint_of_a_case_is_bounded_by_its_wait() {
    struct Busy(Duration);
    impl Transient for Busy {
        fn verdict(&self) -> Verdict {
            Verdict::RetryAfter(self.0)
        }
    }
    let slept = Recorder::new();
    let policy = RetryPolicy::new()
        .case(
            when::transient(),
            stop::after_attempt(2),
            wait::none().hint_max(HOUR),
        )
        .sleep(|pause| slept.push(pause));
    let report = policy.report(|| Err::<(), _>(Busy(HOUR)));
    assert_eq!(report.reason(), Some(StopReason::Attempts));
    assert!(slept.items()[0] >= HOUR);
    let report = policy.report(|| Err::<(), _>(Busy(HOUR + SECOND)));
    assert_eq!(report.reason(), Some(StopReason::Hint));
}

#[test]
fn counters_are_not_shared_between_calls() {
    let policy = RetryPolicy::new().wait(wait::none()).case(
        status(429),
        stop::after_attempt(2),
        wait::none(),
    );
    for _ in 0..3 {
        assert_eq!(policy.report(script([LIMITED; 2])).attempts(), 2);
    }
}

#[test]
fn no_retries_at_all_while_disabled() {
    let policy =
        RetryPolicy::new()
            .enabled(false)
            .case(status(429), stop::after_attempt(8), wait::none());
    assert_eq!(policy.report(script([LIMITED])).attempts(), 1);
}

#[test]
fn the_clock_is_read_where_a_strategy_of_a_case_asks_for_it() {
    let policy = RetryPolicy::new();
    let timeless = policy.case(status(429), stop::after_attempt(2), wait::none());
    assert!(!timeless.reads_clock::<Reply>());
    let timed = timeless.case(status(401), stop::after_delay(SECOND), wait::none());
    assert!(timed.reads_clock::<Reply>());
    let timed = timeless.case(status(401), stop::never(), |_: &RetryState<'_, Reply>| {
        SECOND
    });
    assert!(timed.reads_clock::<Reply>());
    let timed = timed.case(status(500), stop::never(), wait::none());
    assert!(timed.reads_clock::<Reply>());
}

#[test]
fn no_pause_is_computed_for_a_call_that_a_case_ends() {
    let asked = Recorder::new();
    let policy = RetryPolicy::new().stop(stop::never()).case(
        status(429),
        stop::after_attempt(2),
        |s: &RetryState<'_, Reply>| {
            asked.push(s.attempt());
            Duration::ZERO
        },
    );
    assert_eq!(policy.report(script([LIMITED; 2])).attempts(), 2);
    assert_eq!(asked.items(), [1]);
}

#[test]
fn the_default_limit_leaves_the_outcomes_of_cases_alone() {
    let policy =
        RetryPolicy::new()
            .wait(wait::none())
            .case(status(429), stop::never(), wait::none());
    // Two outcomes that no case takes are one below the limit, regardless of the others between them.
    let outcomes = [BROKEN, BROKEN, LIMITED, LIMITED, LIMITED, BROKEN];
    assert_eq!(policy.report(script(outcomes)).attempts(), 6);
}
