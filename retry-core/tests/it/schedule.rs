//! Schedules: the pauses of a policy as a table, and for queues that re-schedule instead of sleeping.

use std::time::Duration;

use crate::common::{HOUR, SECOND, endless, millis, secs};
use persevere_core::{Progress, RetryPolicy, StopReason, stop, wait};

#[test]
fn the_table_ends_with_the_stop() {
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(4))
        .wait(wait::exponential(millis(100)).jitter_ratio(0.5));
    let schedule = policy.schedule();
    let rows: Vec<_> = schedule
        .rows()
        .iter()
        .map(|row| {
            (
                row.attempt,
                row.earliest,
                row.median,
                row.latest,
                row.cumulative,
            )
        })
        .collect();
    let ms = millis;
    assert_eq!(
        rows,
        [
            (1, ms(50), ms(100), ms(150), ms(150)),
            (2, ms(100), ms(200), ms(300), ms(450)),
            (3, ms(200), ms(400), ms(600), ms(1050)),
        ]
    );
    assert_eq!(
        schedule.to_string(),
        "attempt    earliest      median      latest  cumulative\n      \
               1        50ms       100ms       150ms       150ms\n      \
               2       100ms       200ms       300ms       450ms\n      \
               3       200ms       400ms       600ms       1.05s\n\
         then the call gives up: attempt limit\n"
    );
}

#[test]
fn the_default_policy_makes_two_pauses() {
    let schedule = RetryPolicy::new().schedule();
    let latest: Vec<_> = schedule.rows().iter().map(|row| row.latest).collect();
    assert_eq!(latest, [millis(100), millis(200)]);
}

#[test]
fn an_endless_table_is_cut() {
    let schedule = endless(wait::fixed(SECOND)).schedule();
    assert_eq!(schedule.rows().len(), 20);
    assert_eq!(schedule.rows()[19].cumulative, secs(20.0));
    assert!(schedule.to_string().ends_with("\nand so on\n"));
}

#[test]
fn a_limit_of_time_counts_the_longest_pauses() {
    let policy = RetryPolicy::new().wait(wait::random(secs(4.0)..secs(6.0)));
    let after = policy.stop(stop::after_delay(secs(10.0))).schedule();
    assert_eq!(
        after.rows().len(),
        2,
        "0 s and 6 s are under 10 s, 12 s is over"
    );
    let before = policy.stop(stop::before_delay(secs(10.0))).schedule();
    assert_eq!(before.rows().len(), 1, "6 s + 6 s would be over");
    assert!(
        before
            .to_string()
            .ends_with("then the call gives up: time limit\n")
    );
}

#[test]
fn a_policy_without_retries_has_no_rows() {
    let none = RetryPolicy::new().stop(stop::after_attempt(1)).schedule();
    assert!(none.rows().is_empty());
    let off = RetryPolicy::new().enabled(false).schedule();
    assert!(off.rows().is_empty(), "disabled");
    assert!(
        off.to_string()
            .ends_with("\nthen the call gives up: attempt limit\n")
    );
}

#[test]
fn long_pauses_are_shown_as_people_say_them() {
    let pauses = [
        Duration::ZERO,
        Duration::from_nanos(999),
        Duration::from_nanos(1_234_567),
        secs(1.234_567),
        secs(59.0),
        secs(60.0),
        secs(3599.0),
        HOUR * 30,
        Duration::MAX,
    ];
    let shown = endless(wait::schedule(pauses)).schedule().to_string();
    let latest: Vec<_> = shown
        .lines()
        .skip(1)
        .take(pauses.len())
        .map(|line| line[9..21].trim())
        .collect();
    assert_eq!(
        latest[..8],
        [
            "0",
            "999ns",
            "1.235ms",
            "1.235s",
            "59s",
            "1min 00s",
            "59min 59s",
            "30h 00min"
        ]
    );
}

#[test]
fn resume_answers_for_any_attempt() {
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(4) | stop::before_delay(secs(30.0)))
        .wait(wait::exponential(SECOND));
    let table = [
        (0, 0.0, Ok(secs(1.0))),
        (1, 0.0, Ok(secs(1.0))),
        (3, 2.0, Ok(secs(4.0))),
        (3, 26.0, Err(StopReason::Elapsed)),
        (4, 0.0, Err(StopReason::Attempts)),
        (u32::MAX, 0.0, Err(StopReason::Attempts)),
    ];
    for (attempt, elapsed, expected) in table {
        assert_eq!(
            policy.resume(attempt, secs(elapsed)),
            expected,
            "{attempt}, {elapsed} s"
        );
    }
    let off = policy.enabled(false);
    assert_eq!(off.resume(1, Duration::ZERO), Err(StopReason::Attempts));
}

#[test]
fn resume_tells_strategies_the_name() {
    let policy = RetryPolicy::new()
        .name("jobs")
        .stop(|p: &Progress<'_>| p.name() == "jobs");
    assert_eq!(policy.resume(1, SECOND), Err(StopReason::GivenUp));
}
