//! The handle by which a body communicates with the call that runs it.
#![cfg(feature = "std")]

use std::time::Duration;

use crate::common::{Outcome, Recorder, SECOND, secs};
use persevere_core::{Attempt, Next, RetryPolicy, RetryState, StopReason, stop, wait, when};

#[test]
fn the_number_counts_from_one() {
    let numbers = Recorder::new();
    let policy = RetryPolicy::new().wait(wait::none());
    let _ = policy.run(|at: &Attempt| {
        numbers.push(at.number());
        Err::<(), _>("busy")
    });
    assert_eq!(numbers.items(), [1, 2, 3]);
}

#[test]
fn retry_now_wants_another_attempt_whatever_the_outcome() {
    let slept = Recorder::new();
    let policy = RetryPolicy::new()
        .wait(wait::fixed(SECOND / 2))
        .when(when::never())
        .sleep(|pause| slept.push(pause));
    let outcome = policy.run(|at: &Attempt| {
        match at.number() {
            1 => at.retry_now(),
            2 => at.retry_after(SECOND),
            _ => {}
        }
        Ok::<_, ()>(at.number())
    });
    assert_eq!(outcome, Ok(3));
    let [now, after] = slept.items()[..] else {
        panic!("two pauses")
    };
    assert_eq!(now, Duration::ZERO);
    assert!(SECOND <= after && after <= secs(1.1));
}

/// The behaviour of tenacity's `TryAgain`.
#[test]
fn retry_wants_another_attempt_after_the_pause_of_the_policy() {
    let slept = Recorder::new();
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(4))
        .wait(wait::exponential(SECOND))
        .when(when::never())
        .sleep(|pause| slept.push(pause));
    let report = policy.report(|at: &Attempt| {
        at.retry();
        Ok::<_, ()>(at.number())
    });
    assert_eq!(report.attempts(), 4);
    assert_eq!(report.reason(), Some(StopReason::Attempts));
    assert_eq!(slept.items(), [1, 2, 4].map(Duration::from_secs));
}

#[test]
fn retry_after_is_a_floor_under_the_wait() {
    let slept = Recorder::new();
    let policy = RetryPolicy::new()
        .wait(wait::fixed(10 * SECOND))
        .sleep(|pause| slept.push(pause));
    let _ = policy.run(|at: &Attempt| {
        match at.number() {
            1 => at.retry_after(SECOND),
            _ => at.retry_after(Duration::ZERO),
        }
        Err::<(), _>("busy")
    });
    assert_eq!(slept.items(), [10 * SECOND; 2]);
}

#[test]
fn retry_after_is_a_hint_under_the_limits() {
    let policy = RetryPolicy::new().sleep(|_| ());
    let report = policy.report(|at: &Attempt| {
        at.retry_now();
        Ok::<_, ()>(())
    });
    assert_eq!(report.attempts(), 3);
    assert_eq!(report.reason(), Some(StopReason::Attempts));
    for longer in [secs(61.0), Duration::MAX] {
        let report = policy.report(|at: &Attempt| {
            at.retry_after(longer);
            Err::<(), _>("busy")
        });
        assert_eq!(report.attempts(), 1);
        assert_eq!(report.reason(), Some(StopReason::Hint));
    }
}

#[test]
fn give_up_ends_the_call() {
    let policy = RetryPolicy::new().sleep(|_| ());
    let report = policy.report(|at: &Attempt| {
        at.give_up();
        Err::<(), _>("hopeless")
    });
    assert_eq!(report.attempts(), 1);
    assert_eq!(report.reason(), Some(StopReason::GivenUp));
    let report = policy.when(when::always()).report(|at: &Attempt| {
        at.give_up();
        Ok::<_, ()>("good enough")
    });
    assert_eq!((report.attempts(), report.reason()), (1, None));
}

#[test]
fn what_a_body_gives_up_on_is_final_and_no_fallback_replaces_it() {
    let policy = RetryPolicy::new().fallback(|_| Ok("yesterday's"));
    let outcome = policy.run(|at: &Attempt| {
        at.give_up();
        Err("hopeless")
    });
    assert_eq!(outcome, Err("hopeless"));
}

#[test]
fn the_last_mark_holds() {
    let policy = RetryPolicy::new().sleep(|_| ());
    let report = policy.report(|at: &Attempt| {
        at.give_up();
        at.retry_now();
        Err::<(), _>("busy")
    });
    assert_eq!(report.attempts(), 3);
    let report = policy.report(|at: &Attempt| {
        at.retry_now();
        at.give_up();
        Err::<(), _>("busy")
    });
    assert_eq!(report.attempts(), 1);
}

#[test]
fn reset_starts_counts_and_schedule_anew() {
    let slept = Recorder::new();
    let numbers = Recorder::new();
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(3))
        .wait(wait::exponential(SECOND))
        .sleep(|pause| slept.push(pause))
        .after(|state: &RetryState<'_, Outcome>| numbers.push(state.attempt()));
    let report = policy.report(|at: &Attempt| {
        if at.number() == 2 {
            at.reset();
        }
        Outcome::Err("busy")
    });
    // The second attempt counts as the first again. The numbers continue.
    assert_eq!(report.attempts(), 4);
    assert_eq!(numbers.items(), [1, 2, 3, 4]);
    assert_eq!(slept.items(), [secs(1.0), secs(1.0), secs(2.0)]);
}

#[test]
fn reset_goes_with_the_counters_of_cases_and_the_default_stop() {
    let policy = RetryPolicy::new().wait(wait::none()).case(
        when::err(|e: &&str| *e == "limited"),
        stop::after_attempt(2),
        wait::none(),
    );
    let count = |error: &'static str, reset_at| {
        let report = policy.report(|at: &Attempt| {
            if at.number() == reset_at {
                at.reset();
            }
            Outcome::Err(error)
        });
        report.attempts()
    };
    assert_eq!(count("limited", 0), 2);
    assert_eq!(count("limited", 2), 3);
    assert_eq!(count("broken", 0), 3);
    assert_eq!(count("broken", 3), 5);
}

#[test]
fn reset_alone_wants_nothing() {
    let policy = RetryPolicy::new().wait(wait::none());
    let report = policy.report(|at: &Attempt| {
        at.reset();
        Outcome::Ok(at.number())
    });
    assert_eq!(report.into_outcome(), Ok(1));
}

#[test]
fn steps_take_the_marks_of_their_attempt() {
    let policy = RetryPolicy::new().when(when::never());
    let mut call = policy.start();
    let at = call.attempt();
    at.retry_now();
    assert_eq!(
        call.next_marked(&Outcome::Ok(1), &at),
        Next::Sleep(Duration::ZERO)
    );
    let at = call.attempt();
    assert_eq!(at.number(), 2);
    assert_eq!(call.next_marked(&Outcome::Ok(1), &at), Next::Return);
}

#[test]
fn elapsed_is_known_even_if_no_strategy_asks_for_a_clock() {
    let policy = RetryPolicy::new().wait(wait::none());
    let _ = policy.run(|at: &Attempt| {
        // A sleep is never shorter than asked.
        std::thread::sleep(crate::common::millis(1));
        assert!(at.elapsed() >= crate::common::millis(1));
        Outcome::Ok(1)
    });
}

#[test]
fn an_attempt_shows_its_number_and_the_time_that_is_left() {
    let policy = RetryPolicy::new();
    let shown = policy.run(|at: &Attempt| Ok::<_, ()>(format!("{at:?}")));
    assert_eq!(shown.unwrap(), "Attempt { number: 1, remaining: None }");
}
