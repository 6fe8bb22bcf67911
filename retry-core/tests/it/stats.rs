//! Counts of retried calls.
#![cfg(feature = "std")]

use crate::common::{Outcome, SECOND, script};
use persevere_core::{
    Attempt, CancelToken, RetryBudget, RetryPolicy, RetryStats, StopReason, stop, wait, when,
};

#[test]
fn everything_is_counted() {
    static STATS: RetryStats = RetryStats::new();
    let policy = RetryPolicy::new()
        .wait(wait::fixed(SECOND))
        .when(when::err(|e: &&str| *e == "busy"))
        .sleep(|_| ())
        .stats(&STATS);
    let _ = policy.run(script::<Outcome>([Ok(1)]));
    let _ = policy.run(script::<Outcome>([Err("busy"), Ok(1)]));
    let _ = policy.run(script::<Outcome>([Err("busy"); 3]));
    let _ = policy.run(script::<Outcome>([Err("denied")]));
    let _ = policy.run(|at: &Attempt| {
        at.give_up();
        Outcome::Err("busy")
    });
    assert_eq!(STATS.calls(), 5);
    assert_eq!(STATS.attempts(), 8);
    assert_eq!(STATS.retries(), 3);
    assert_eq!(STATS.first_successes(), 1);
    assert_eq!(STATS.later_successes(), 1);
    let failures = StopReason::ALL.map(|reason| STATS.failures(reason));
    assert_eq!(failures.iter().sum::<u64>(), 3);
    for reason in [StopReason::Final, StopReason::Attempts, StopReason::GivenUp] {
        assert_eq!(STATS.failures(reason), 1, "{reason}");
    }
    assert_eq!(STATS.idle_time(), 3 * SECOND);
    assert_eq!(STATS.asleep(), 0);
    assert_eq!(
        STATS.to_string(),
        "5 calls, 8 attempts, 3 retries; 1 ok at first, 1 ok after retries, 3 failed \
         (1 not retryable, 1 attempt limit, 1 given up); 3s idle, 0 asleep"
    );
}

#[test]
fn singular_and_plural_are_told_apart() {
    let stats = RetryStats::new();
    assert_eq!(
        stats.to_string(),
        "0 calls, 0 attempts, 0 retries; 0 ok at first, 0 ok after retries, 0 failed; \
         0 idle, 0 asleep"
    );
    let policy = RetryPolicy::new().wait(wait::none()).stats(&stats);
    let _ = policy.run(script::<Outcome>([Err("busy"), Ok(1)]));
    assert!(
        stats
            .to_string()
            .starts_with("1 call, 2 attempts, 1 retry; ")
    );
}

#[test]
fn a_call_counts_as_asleep_while_it_sleeps() {
    let stats = RetryStats::new();
    let policy = RetryPolicy::new()
        .wait(wait::fixed(SECOND))
        .sleep(|_| assert_eq!(stats.asleep(), 1))
        .stats(&stats);
    let _ = policy.run(|| {
        assert_eq!(stats.asleep(), 0);
        Outcome::Err("busy")
    });
    assert_eq!((stats.retries(), stats.asleep()), (2, 0));
}

#[test]
fn a_guard_counts_a_pause_of_the_users_own() {
    let stats = RetryStats::new();
    stats.record_attempt(1);
    let pause = stats.record_pause(SECOND);
    assert_eq!((stats.asleep(), stats.idle_time()), (1, SECOND));
    drop(pause);
    stats.record_attempt(2);
    stats.record_end(2, None);
    assert_eq!((stats.asleep(), stats.later_successes()), (0, 1));
}

#[test]
fn threads_count_together() {
    let stats = RetryStats::new();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let policy = RetryPolicy::new().wait(wait::none()).stats(&stats);
                for _ in 0..1000 {
                    let _ = policy.run(script::<Outcome>([Err("busy"); 3]));
                }
            });
        }
    });
    assert_eq!(stats.calls(), 4000);
    assert_eq!(stats.attempts(), 12_000);
    assert_eq!(stats.failures(StopReason::Attempts), 4000);
}

#[test]
fn two_statistics_of_one_policy_count_the_same() {
    let (one, all) = (RetryStats::new(), RetryStats::new());
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .stats(&one)
        .stats(&all);
    let _ = policy.run(script::<Outcome>([Err("busy"), Ok(1)]));
    assert_eq!(one.to_string(), all.to_string());
}

#[test]
fn a_call_abandoned_between_steps_sleeps_no_more() {
    let stats = RetryStats::new();
    let policy = RetryPolicy::new().stats(&stats);
    let mut call = policy.start();
    let _ = call.next(&Outcome::Err("busy"));
    assert_eq!(stats.asleep(), 1);
    drop(call);
    assert_eq!(stats.asleep(), 0);
}

#[test]
fn a_sleeper_that_panics_sleeps_no_more() {
    let stats = RetryStats::new();
    let policy = RetryPolicy::new().sleep(|_| panic!("no bed")).stats(&stats);
    let call = std::panic::AssertUnwindSafe(|| policy.run(|| Outcome::Err("busy")));
    assert!(std::panic::catch_unwind(call).is_err());
    assert_eq!(stats.asleep(), 0);
}

#[cfg(feature = "tokio")]
#[tokio::test(start_paused = true)]
async fn a_cancelled_call_sleeps_no_more() {
    let stats = RetryStats::new();
    let policy = RetryPolicy::new()
        .wait(wait::fixed(crate::common::HOUR))
        .stats(&stats);
    let call = policy.run_async(|| async { Outcome::Err("busy") });
    let cut = tokio::time::timeout(SECOND, call).await;
    assert!(cut.is_err());
    assert_eq!((stats.calls(), stats.attempts(), stats.asleep()), (1, 1, 0));

    let call = policy.run_async(|| async { Outcome::Err("busy") });
    assert_eq!(
        tokio::time::timeout(3 * crate::common::HOUR, call).await,
        Ok(Err("busy"))
    );
    assert_eq!(stats.asleep(), 0);
}

#[test]
fn idle_time_does_not_wrap() {
    let stats = RetryStats::new();
    for _ in 0..3 {
        drop(stats.record_pause(std::time::Duration::MAX));
    }
    assert_eq!(stats.idle_time().as_nanos(), u128::from(u64::MAX));
}

/// The caller of the step API begins the attempts without a pause between them.
#[test]
fn nobody_wakes_who_did_not_sleep() {
    let stats = RetryStats::new();
    let policy = RetryPolicy::new().stats(&stats);
    let mut call = policy.start();
    let _ = (call.attempt(), call.attempt());
    assert_eq!((stats.attempts(), stats.asleep()), (2, 0));
    let _ = call.next(&Outcome::Err("busy"));
    assert_eq!(stats.asleep(), 1);
    let _ = call.attempt();
    assert_eq!(stats.asleep(), 0);
}

/// A callback that runs after the statistics prevents the pause of the call.
#[test]
fn a_callback_that_panics_before_the_pause_does_not_sleep() {
    let stats = RetryStats::new();
    let policy = RetryPolicy::new()
        .stats(&stats)
        .before_sleep(|_| panic!("no bed"));
    let call = std::panic::AssertUnwindSafe(|| policy.run(|| Outcome::Err("busy")));
    assert!(std::panic::catch_unwind(call).is_err());
    assert_eq!(stats.asleep(), 0);
}

#[test]
fn shared_parts_show_their_figures_and_not_how_they_count() {
    let (stats, token) = (RetryStats::new(), CancelToken::new());
    let budget = RetryBudget::total(1).named("disk");
    let policy = RetryPolicy::new().stats(&stats).budget(&budget);
    let policy = policy.stop(stop::cancelled(&token)).wait(wait::none());
    assert_eq!(policy.run(|| Err::<(), _>("refused")), Err("refused"));
    assert_eq!(format!("{stats:?}"), format!("RetryStats({stats})"));
    let shown = r#"RetryBudget { name: Some("disk"), available: 0, granted: 1, refused: 1, .. }"#;
    assert_eq!(format!("{budget:?}"), shown);
    assert_eq!(
        format!("{token:?}"),
        "CancelToken { is_cancelled: false, .. }"
    );
    token.cancel();
    assert_eq!(
        format!("{token:?}"),
        "CancelToken { is_cancelled: true, .. }"
    );
}
