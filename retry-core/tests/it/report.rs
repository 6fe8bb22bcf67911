//! Reports of calls, and the errors made from them.

#![cfg(feature = "std")]

use std::error::Error;
use std::io;
use std::time::Duration;

use crate::common::{Outcome, SECOND, script};
use persevere_core::{
    GiveUp, Policy, RetryError, RetryPolicy, RetryState, StopReason, stop, wait, when,
};

fn fail(policy: &impl Policy<io::Result<()>>) -> RetryError<io::Error> {
    let refuse = || Err(io::Error::other("refused"));
    policy.report(refuse).into_result().unwrap_err()
}

#[test]
fn a_report_tells_how_the_call_went() {
    let policy = RetryPolicy::new().wait(wait::fixed(SECOND)).sleep(|_| ());
    // (outcomes, reason, idle)
    let table: [(&[Outcome], Option<StopReason>, u32); 4] = [
        (&[Ok(1)], None, 0),
        (&[Err("busy"), Ok(1)], None, 1),
        (&[Err("busy"); 3], Some(StopReason::Attempts), 2),
        (&[Err("busy"), Err("denied")], Some(StopReason::Final), 1),
    ];
    let policy = policy.when(when::err(|e: &&str| *e == "busy"));
    for (outcomes, reason, idle) in table {
        let report = policy.report(script::<Outcome>(outcomes));
        assert_eq!(report.attempts() as usize, outcomes.len());
        assert_eq!(report.reason(), reason);
        assert_eq!(report.idle(), SECOND * idle);
        assert_eq!(report.outcome(), &outcomes[outcomes.len() - 1]);
        assert_eq!(report.into_outcome(), outcomes[outcomes.len() - 1]);
    }
}

#[test]
fn every_reason_is_reported() {
    let policy = RetryPolicy::new().sleep(|_| ());
    let reason = |policy: &dyn Fn() -> Option<StopReason>| policy();
    let refused = || Outcome::Err("refused");
    let table: [(&dyn Fn() -> Option<StopReason>, _); 5] = [
        (&|| policy.report(refused).reason(), StopReason::Attempts),
        (
            &|| policy.when(when::never()).report(refused).reason(),
            StopReason::Final,
        ),
        (
            &|| {
                policy
                    .stop(stop::after_delay(Duration::ZERO))
                    .report(refused)
                    .reason()
            },
            StopReason::Elapsed,
        ),
        (
            &|| {
                policy
                    .stop(stop::stop_when(|_| true))
                    .report(refused)
                    .reason()
            },
            StopReason::GivenUp,
        ),
        (
            &|| {
                let flag = std::sync::atomic::AtomicBool::new(true);
                policy.stop(stop::cancelled(&flag)).report(refused).reason()
            },
            StopReason::Cancelled,
        ),
    ];
    for (report, expected) in table {
        assert_eq!(reason(report), Some(expected));
    }
}

#[test]
fn the_error_is_one_line_with_the_last_error_as_its_source() {
    let policy = RetryPolicy::new().wait(wait::none());
    let error = fail(&policy);
    let text = error.to_string();
    assert!(text.starts_with("gave up after 3 attempts in "), "{text}");
    assert!(text.ends_with(" (attempt limit): refused"), "{text}");
    assert_eq!(
        (error.attempts(), error.reason()),
        (3, StopReason::Attempts)
    );
    assert_eq!(error.source().unwrap().to_string(), "refused");
    assert!(error.source().unwrap().is::<io::Error>());
    assert_eq!(error.last().unwrap().to_string(), "refused");
    assert_eq!(error.into_last().unwrap().to_string(), "refused");

    let text = fail(&policy.when(when::never())).to_string();
    assert!(text.starts_with("failed after 1 attempt in "), "{text}");
    assert!(text.ends_with(" (not retryable): refused"), "{text}");
}

#[test]
fn every_reason_has_a_text_of_its_own() {
    let texts = StopReason::ALL.map(|reason| reason.to_string());
    assert_eq!(
        texts,
        [
            "not retryable",
            "attempt limit",
            "time limit",
            "deadline",
            "retry budget exhausted",
            "circuit open",
            "cancelled",
            "asked to wait too long",
            "rate limited",
            "bulkhead full",
            "given up",
        ]
    );
}

#[test]
fn into_result_keeps_a_value_that_was_wanted_again() {
    let policy = RetryPolicy::new().wait(wait::none()).when(when::always());
    let report = policy.report(|| Outcome::Ok(7));
    assert_eq!(report.reason(), Some(StopReason::Attempts));
    assert_eq!(report.into_result(), Ok(7));
}

#[test]
fn a_fallback_replaces_the_outcome_of_a_call_that_gave_up() {
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .when(when::err(|e: &&str| *e == "busy"))
        .fallback(|give_up: GiveUp<Outcome>| {
            assert_eq!(give_up.attempts(), 3);
            assert_eq!(give_up.reason(), StopReason::Attempts);
            assert_eq!(give_up.err(), Some(&"busy"));
            assert_eq!(give_up.outcome(), &Err("busy"));
            Ok(0)
        });
    let report = policy.report(script::<Outcome>([Err("busy"); 3]));
    assert_eq!(report.reason(), Some(StopReason::Attempts));
    assert_eq!(report.into_outcome(), Ok(0));
    // Not called where nothing was given up.
    assert_eq!(policy.run(script::<Outcome>([Ok(1)])), Ok(1));
    assert_eq!(
        policy.run(script::<Outcome>([Err("denied")])),
        Err("denied")
    );
}

#[test]
fn a_further_fallback_is_asked_while_the_outcome_would_be_retried() {
    type Fallback = fn(GiveUp<Outcome>) -> Outcome;
    let ends_with = |chain: [Fallback; 3]| {
        let [first, second, third] = chain;
        let policy = RetryPolicy::new()
            .wait(wait::none())
            .when(when::err(|e: &&str| *e != "denied"))
            .fallback(first)
            .after(|_: &RetryState<'_, Outcome>| ())
            .fallback(second)
            .fallback(third);
        policy.run(|| Err("busy"))
    };
    let none: Fallback = |_| panic!("the one before was the last");
    let late: Fallback = |give_up| {
        assert_eq!((give_up.attempts(), give_up.err()), (3, Some(&"busy")));
        Err("late")
    };
    let passes_on: Fallback = GiveUp::into_outcome;
    assert_eq!(ends_with([|_| Ok(1), none, none]), Ok(1));
    let second: Fallback = |give_up| give_up.into_outcome().or(Ok(2));
    assert_eq!(ends_with([late, second, none]), Ok(2));
    // What is final for an attempt is so for a fallback.
    assert_eq!(ends_with([late, |_| Err("denied"), none]), Err("denied"));
    // The last one's outcome is the call's, whatever it is.
    assert_eq!(ends_with([late, passes_on, passes_on]), Err("late"));
}

#[cfg(feature = "tokio")]
#[tokio::test(start_paused = true)]
async fn the_error_shows_the_time_to_a_tenth() {
    let policy = RetryPolicy::new().wait(wait::fixed(crate::common::secs(0.62)));
    let report = policy.report_async(|| async { Outcome::Err("busy") }).await;
    let error = report.into_result().unwrap_err();
    assert_eq!(error.elapsed(), crate::common::secs(1.24));
    assert_eq!(
        error.to_string(),
        "gave up after 3 attempts in 1.2s (attempt limit): busy"
    );
    let policy = RetryPolicy::new()
        .wait(wait::fixed(crate::common::HOUR))
        .fallback(|give_up: GiveUp<Outcome>| {
            assert_eq!(give_up.elapsed(), 2 * crate::common::HOUR);
            Ok(0)
        });
    assert_eq!(policy.run_async(|| async { Err("busy") }).await, Ok(0));
}
