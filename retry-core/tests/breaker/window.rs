//! Circuit breakers that open at a rate of failures or of slow calls, over calls or over time.

use std::time::Duration;

use crate::clock::{advance, now, set};
use persevere_core::breaker::{Permit, Settings, State, Window, count, time};
use persevere_core::{CircuitBreaker, CircuitOpen, InvalidValue};

const SECOND: Duration = Duration::from_secs(1);

fn enter(breaker: &CircuitBreaker) -> Result<Permit<'_>, CircuitOpen> {
    breaker.enter(now)
}

/// Makes calls one after the other: `S`uccess, `F`ailure, `I`gnored. A dot lets a second pass.
fn calls(breaker: &CircuitBreaker, outcomes: &str) -> State {
    for outcome in outcomes.chars() {
        match outcome {
            'S' => enter(breaker).expect("let through").success(),
            'F' => enter(breaker).expect("let through").failure(),
            'I' => enter(breaker).expect("let through").ignore(),
            _ => advance(SECOND),
        }
    }
    breaker.state_at(now)
}

fn failed(breaker: &CircuitBreaker) -> (u64, u64) {
    let share = breaker.recent_at(now).failed.expect("a window");
    (share.calls, share.bad)
}

fn slow(breaker: &CircuitBreaker) -> (u64, u64) {
    let share = breaker.recent_at(now).slow.expect("a window");
    (share.calls, share.bad)
}

fn rate(rate: f64, window: Window) -> CircuitBreaker {
    CircuitBreaker::new("b").failure_rate(rate, window)
}

#[test]
fn vector_11_the_rate_counts_from_the_minimum_on() {
    let windows = [count(100), time(10 * SECOND)];
    for window in windows {
        let breaker = || rate(0.1, window).minimum(10);
        assert_eq!(calls(&breaker(), "SSSSSSSSSS"), State::Closed);
        assert_eq!(calls(&breaker(), "SSSSSSSSSF"), State::Open);
        assert_eq!(calls(&breaker(), "SSSSSSSSF"), State::Closed);
        // After one more success, the next failure makes it 2 of 11.
        assert_eq!(calls(&breaker(), "SSSSSSSSFSF"), State::Open);
    }
}

#[test]
fn vector_12_a_time_window_forgets_by_slices() {
    let breaker = rate(0.5, time(10 * SECOND));
    calls(&breaker, "S.S.S.S.S.S.S.S.S.S.");
    assert_eq!(failed(&breaker), (9, 0));
    advance(SECOND);
    assert_eq!(failed(&breaker), (8, 0));
    advance(10 * SECOND);
    assert_eq!(failed(&breaker), (0, 0));
}

#[test]
fn vector_15_two_of_three() {
    let breaker = rate(2.0 / 3.0, count(3));
    assert_eq!(calls(&breaker, "FS"), State::Closed);
    assert_eq!(calls(&breaker, "F"), State::Open);
}

#[test]
fn vector_16_a_success_can_be_too_slow() {
    let breaker = CircuitBreaker::new("b").slow_calls(SECOND, 0.5, count(2));
    let permit = enter(&breaker).unwrap();
    advance(SECOND);
    permit.success();
    assert_eq!(slow(&breaker), (1, 0));
    let permit = enter(&breaker).unwrap();
    advance(SECOND + Duration::from_nanos(1));
    permit.success();
    assert_eq!(breaker.state_at(now), State::Open);
}

#[test]
fn a_count_window_holds_the_last_calls_exactly() {
    let breaker = rate(0.5, count(4));
    assert_eq!(calls(&breaker, "FSSSS"), State::Closed);
    assert_eq!(failed(&breaker), (4, 0));
    assert_eq!(calls(&breaker, "F"), State::Closed);
    assert_eq!(failed(&breaker), (4, 1));
    // The window of the last four is S S F F.
    assert_eq!(calls(&breaker, "F"), State::Open);
    // A failure that has just left the window: F S S S | F.
    let breaker = rate(0.5, count(4));
    assert_eq!(calls(&breaker, "FSSSF"), State::Closed);
    assert_eq!(failed(&breaker), (4, 1));
    assert_eq!(calls(&breaker, "SF"), State::Open);
}

#[test]
fn ignored_calls_are_in_no_window() {
    let breaker = rate(0.5, count(2));
    assert_eq!(calls(&breaker, "SIIIF"), State::Open);
    let breaker = CircuitBreaker::new("b").slow_calls(SECOND, 0.1, count(1));
    let permit = enter(&breaker).unwrap();
    advance(5 * SECOND);
    permit.ignore();
    assert_eq!(slow(&breaker), (0, 0));
    assert_eq!(breaker.state_at(now), State::Closed);
}

#[test]
fn a_rate_is_met_exactly() {
    // 0.07 · 100 is above 7 in floating point.
    let breaker = rate(0.07, count(100));
    for _ in 0..93 {
        calls(&breaker, "S");
    }
    assert_eq!(calls(&breaker, "FFFFFF"), State::Closed);
    assert_eq!(calls(&breaker, "F"), State::Open);
    let all = rate(1.0, count(3));
    assert_eq!(calls(&all, "SFF"), State::Closed);
    assert_eq!(calls(&all, "F"), State::Open);
    let any = rate(0.0, count(3));
    assert_eq!(calls(&any, "SSSSSS"), State::Closed);
    assert_eq!(calls(&any, "F"), State::Open);
}

#[test]
fn a_rate_replaces_the_row_and_both_stand_together() {
    let breaker = rate(0.5, count(100));
    assert_eq!(calls(&breaker, "FFFFFFFF"), State::Closed);
    assert_eq!(breaker.recent_at(now).in_a_row, 0);
    let breaker = rate(0.5, count(100)).consecutive(3);
    assert_eq!(calls(&breaker, "FFSFF"), State::Closed);
    assert_eq!(breaker.recent_at(now).in_a_row, 2);
    assert_eq!(calls(&breaker, "F"), State::Open);
    let breaker = CircuitBreaker::new("b")
        .consecutive(3)
        .failure_rate(0.5, count(4));
    assert_eq!(calls(&breaker, "FSF"), State::Closed);
    assert_eq!(calls(&breaker, "F"), State::Open);
}

#[test]
fn failures_within_a_period_open_it_whatever_succeeds_between_them() {
    let breaker = || CircuitBreaker::new("b").failures_within(3, 10 * SECOND);
    let in_period = |breaker: &CircuitBreaker| breaker.recent_at(now).in_period;
    let of_three = breaker();
    assert_eq!(calls(&of_three, "FSSSSSSFSSSSSSS"), State::Closed);
    assert_eq!(in_period(&of_three), Some(2));
    assert_eq!(calls(&of_three, "F"), State::Open);
    assert_eq!(in_period(&of_three), Some(0));
    // The first has left the period, to a tenth of it.
    let of_three = breaker();
    assert_eq!(calls(&of_three, "F..F........SF"), State::Closed);
    assert_eq!(in_period(&of_three), Some(2));
    assert_eq!(calls(&of_three, "F"), State::Open);
    // Neither a row nor what is ignored counts, and a closing forgets.
    let of_three = breaker();
    assert_eq!(calls(&of_three, "FIIIF"), State::Closed);
    of_three.reset();
    assert_eq!(calls(&of_three, "FF"), State::Closed);
    let both = breaker().consecutive(2);
    assert_eq!(calls(&both, "FF"), State::Open);
    let rated = breaker().failure_rate(0.5, count(2));
    assert_eq!(calls(&rated, "SF"), State::Open);
}

#[test]
fn the_window_is_empty_after_each_closing() {
    for window in [count(4), time(100 * SECOND)] {
        let breaker = rate(0.5, window).minimum(4).open_for(SECOND);
        assert_eq!(calls(&breaker, "SSFF"), State::Open);
        assert_eq!(calls(&breaker, ".S"), State::Closed);
        assert_eq!(failed(&breaker), (0, 0));
        assert_eq!(calls(&breaker, "SFS"), State::Closed);
        assert_eq!(failed(&breaker), (3, 1));
        breaker.reset();
        assert_eq!(failed(&breaker), (0, 0));
        assert_eq!(calls(&breaker, "FFF"), State::Closed);
        assert_eq!(calls(&breaker, "F"), State::Open);
    }
}

#[test]
fn a_time_window_forgets_failures() {
    let breaker = rate(0.5, time(10 * SECOND)).minimum(2);
    assert_eq!(calls(&breaker, "F..........F"), State::Closed);
    assert_eq!(failed(&breaker), (1, 1));
    assert_eq!(calls(&breaker, ".........F"), State::Open);
}

#[test]
fn calls_that_hang_count_as_slow() {
    for window in [count(10), time(60 * SECOND)] {
        let breaker = CircuitBreaker::new("b")
            .slow_calls(8 * SECOND, 0.5, window)
            .minimum(4);
        let mut hanging: Vec<_> = (0..4).map(|_| enter(&breaker).unwrap()).collect();
        advance(8 * SECOND);
        assert_eq!(slow(&breaker), (0, 0));
        enter(&breaker).unwrap().success();
        advance(SECOND);
        assert_eq!(slow(&breaker), (5, 4));
        // The calls end after all, and have been slow.
        hanging.pop().unwrap().failure();
        assert_eq!(breaker.state_at(now), State::Open);
        assert!(enter(&breaker).is_err());
    }
}

#[test]
fn calls_that_hang_are_found_by_those_that_begin() {
    let breaker = CircuitBreaker::new("b")
        .slow_calls(8 * SECOND, 0.5, count(4))
        .minimum(4);
    let hanging: Vec<_> = (0..4).map(|_| enter(&breaker).unwrap()).collect();
    advance(9 * SECOND);
    assert_eq!(breaker.state_at(now), State::Closed);
    assert!(enter(&breaker).is_err());
    assert_eq!(breaker.state_at(now), State::Open);
    // A breaker that has closed again does not count them.
    advance(30 * SECOND);
    assert_eq!(calls(&breaker, "S"), State::Closed);
    assert_eq!(slow(&breaker), (0, 0));
    drop(hanging);
    assert_eq!(slow(&breaker), (0, 0));
    assert_eq!(calls(&breaker, "SSSS"), State::Closed);
}

#[test]
fn calls_that_hang_for_very_long_are_still_known() {
    let breaker = CircuitBreaker::new("b").slow_calls(SECOND, 1.0, count(100));
    calls(&breaker, "S");
    let mut hanging = vec![enter(&breaker).unwrap()];
    // Later calls reuse the slices of the first ones several times.
    for _ in 0..200 {
        advance(SECOND / 8);
        hanging.push(enter(&breaker).unwrap());
    }
    advance(2 * SECOND);
    assert_eq!(slow(&breaker), (202, 201));
    for permit in hanging.drain(..101) {
        permit.ignore();
    }
    assert_eq!(slow(&breaker), (101, 100));
    drop(hanging);
    assert_eq!(slow(&breaker), (1, 0));
}

#[test]
fn a_slow_probe_has_failed() {
    let breaker = CircuitBreaker::new("b")
        .slow_calls(SECOND, 0.5, count(10))
        .consecutive(1);
    calls(&breaker, "F");
    advance(30 * SECOND);
    let probe = enter(&breaker).unwrap();
    advance(2 * SECOND);
    probe.success();
    assert_eq!(breaker.state_at(now), State::Open);
    advance(30 * SECOND);
    assert_eq!(calls(&breaker, "S"), State::Closed);
}

#[test]
fn a_clock_that_jumps_opens_nothing() {
    set(3600 * SECOND);
    let breaker = CircuitBreaker::new("b")
        .failure_rate(0.5, time(10 * SECOND))
        .slow_calls(SECOND, 0.5, time(10 * SECOND))
        .minimum(2);
    let one = enter(&breaker).unwrap();
    set(1800 * SECOND);
    let two = enter(&breaker).unwrap();
    assert_eq!(slow(&breaker), (0, 0));
    one.success();
    two.success();
    assert_eq!(slow(&breaker), (2, 0));
    set(Duration::ZERO);
    assert_eq!(calls(&breaker, "SSSS"), State::Closed);
    set(1_000_000_000 * SECOND);
    assert_eq!(calls(&breaker, "SSSS"), State::Closed);
    assert_eq!((failed(&breaker), slow(&breaker)), ((4, 0), (4, 0)));
}

#[test]
fn many_threads_make_one_window() {
    let breaker = rate(1.0, count(1000));
    std::thread::scope(|scope| {
        for _ in 0..40 {
            scope.spawn(|| calls(&breaker, "SSFS"));
        }
    });
    assert_eq!(failed(&breaker), (160, 40));
}

#[test]
fn each_mistake_of_a_rate_is_reported() {
    let check = |settings: Settings| settings.build().err();
    let b = |rate, window| Settings::new("b").failure_rate(rate, window);
    let slow = |longer_than, rate, window| Settings::new("b").slow_calls(longer_than, rate, window);
    for (settings, expected) in [
        (b(0.0, count(1)), None),
        (b(1.0, count(1_000_000)), None),
        (b(-0.1, count(1)), Some(InvalidValue::Rate(-0.1))),
        (b(1.1, count(1)), Some(InvalidValue::Rate(1.1))),
        (b(0.5, count(0)), Some(InvalidValue::Window)),
        (b(0.5, count(1_000_001)), Some(InvalidValue::Window)),
        (b(0.5, time(Duration::ZERO)), Some(InvalidValue::Window)),
        (
            b(0.5, time(Duration::from_nanos(9))),
            Some(InvalidValue::Window),
        ),
        (b(0.5, time(Duration::from_nanos(10))), None),
        (b(0.5, time(Duration::MAX)), Some(InvalidValue::Window)),
        (b(0.5, count(9)).minimum(10), Some(InvalidValue::Minimum)),
        (b(0.5, count(10)).minimum(10), None),
        (b(0.5, time(SECOND)).minimum(u32::MAX), None),
        (b(0.5, count(10)).minimum(0), Some(InvalidValue::Minimum)),
        (slow(SECOND, 0.5, count(10)), None),
        (
            slow(Duration::ZERO, 0.5, count(10)),
            Some(InvalidValue::BreakerDuration),
        ),
        (
            slow(Duration::MAX, 0.5, count(10)),
            Some(InvalidValue::BreakerDuration),
        ),
        (slow(SECOND, 2.0, count(10)), Some(InvalidValue::Rate(2.0))),
        (slow(SECOND, 0.5, count(0)), Some(InvalidValue::Window)),
        (
            slow(SECOND, 0.5, count(9)).minimum(10),
            Some(InvalidValue::Minimum),
        ),
    ] {
        assert_eq!(check(settings), expected, "{settings:?}");
    }
    let nan = check(b(f64::NAN, count(1)));
    assert!(matches!(nan, Some(InvalidValue::Rate(rate)) if rate.is_nan()));
    assert_eq!(
        InvalidValue::Rate(50.0).to_string(),
        "a breaker's rate must be between 0 and 1, such as 0.5; it is 50"
    );
}

#[test]
fn calls_that_ended_on_a_thread_that_went_quiet_never_count_as_slow() {
    const MS: Duration = Duration::from_millis(1);
    let breaker = CircuitBreaker::new("b")
        .slow_calls(100 * MS, 0.5, count(100))
        .minimum(20);
    let permits: Vec<_> = (0..150).map(|_| enter(&breaker).unwrap()).collect();
    // The calls end a little later on another thread, which then lives on without a call.
    let (done, waits) = std::sync::mpsc::channel::<()>();
    let (ended, all_ended) = std::sync::mpsc::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            permits.into_iter().for_each(Permit::success);
            ended.send(()).unwrap();
            let _ = waits.recv();
        });
        all_ended.recv().unwrap();
        for (pause, calls) in [(100 * MS, 600), (10 * SECOND, 2664)] {
            for _ in 0..calls {
                advance(pause);
                assert_eq!(calls_quick(&breaker), (State::Closed, 0));
            }
        }
        drop(done);
    });
}

fn calls_quick(breaker: &CircuitBreaker) -> (State, u64) {
    enter(breaker).expect("let through").success();
    (breaker.state_at(now), slow(breaker).1)
}

#[test]
fn nothing_comes_back_after_any_number_of_slices() {
    for power in 0..31 {
        set(Duration::ZERO);
        let failing = rate(1.0, time(10 * SECOND));
        assert_eq!(calls(&failing, "FFF"), State::Closed);
        let hanging = CircuitBreaker::new("b").slow_calls(8 * SECOND, 1.0, count(100));
        let hangs = enter(&hanging).unwrap();
        advance(10 * SECOND + (1_u32 << power) * SECOND);
        assert_eq!(failed(&failing), (0, 0), "after 2^{power} slices");
        // The duration stays known, however long it is.
        assert_eq!(slow(&hanging), (1, 1), "after 2^{power} slices");
        hangs.success();
        assert_eq!(slow(&hanging), (1, 1));
    }
}

#[test]
fn nothing_comes_back_after_any_number_of_resets() {
    let windows = [count(10), time(3600 * SECOND)];
    for resets in (0..12).map(|power| 1 << power).chain([1 << 21]) {
        for window in windows {
            let breaker = rate(1.0, window).minimum(10);
            calls(&breaker, "SFFFF");
            let held = enter(&breaker).unwrap();
            // Transitions to another state, and one back.
            for _ in 1..resets {
                breaker.force_open();
            }
            breaker.reset();
            assert_eq!(failed(&breaker), (0, 0), "after {resets}");
            held.failure();
            assert_eq!(failed(&breaker), (0, 0), "after {resets}");
            calls(&breaker, "FS");
            assert_eq!(failed(&breaker), (2, 1), "after {resets}");
        }
        let breaker = CircuitBreaker::new("b").slow_calls(SECOND, 1.0, count(100));
        let hangs = enter(&breaker).unwrap();
        advance(60 * SECOND);
        assert_eq!(slow(&breaker), (1, 1));
        for _ in 1..resets {
            breaker.force_open();
        }
        breaker.reset();
        assert_eq!(slow(&breaker), (0, 0), "after {resets}");
        hangs.success();
        assert_eq!(slow(&breaker), (0, 0), "after {resets}");
    }
}

/// Returns a breaker made by `make` that goes on where another one stands.
fn moved(old: &CircuitBreaker, make: impl FnOnce() -> CircuitBreaker) -> CircuitBreaker {
    let new = make();
    new.restore_at(&old.snapshot_at(now), now);
    new
}

#[test]
fn a_snapshot_keeps_the_windows() {
    for window in [count(10), time(100 * SECOND)] {
        let make = || rate(0.5, window).minimum(10);
        let old = make();
        calls(&old, "SFSFSSF");
        let new = moved(&old, make);
        assert_eq!(failed(&new), (7, 3));
        assert_eq!(calls(&new, "SF"), State::Closed);
        assert_eq!(calls(&new, "F"), State::Open);
        // One that is open has none.
        let new = moved(&new, make);
        new.reset();
        assert_eq!(failed(&new), (0, 0));
    }
    let make = || CircuitBreaker::new("b").failures_within(3, 10 * SECOND);
    let old = make();
    calls(&old, "FSF");
    let new = moved(&old, make);
    assert_eq!(new.recent_at(now).in_period, Some(2));
    assert_eq!(calls(&new, "F"), State::Open);
    let make = || CircuitBreaker::new("b").slow_calls(SECOND, 0.6, count(2));
    let old = make();
    let permit = enter(&old).unwrap();
    advance(2 * SECOND);
    permit.success();
    let new = moved(&old, make);
    assert_eq!(slow(&new), (1, 1));
    assert_eq!(calls(&new, "SS"), State::Closed);
}

#[test]
fn restored_calls_are_those_of_now_and_leave_the_window() {
    let make = || rate(0.5, time(10 * SECOND)).minimum(4);
    let old = make();
    calls(&old, "SSF.........");
    let new = moved(&old, make);
    advance(9 * SECOND);
    assert_eq!(failed(&new), (3, 1));
    advance(SECOND);
    assert_eq!(failed(&new), (0, 0));
    let new = moved(&rate(0.5, count(3)), || rate(0.5, count(3)));
    assert_eq!(failed(&new), (0, 0));
    let old = rate(0.9, count(4));
    calls(&old, "FFSS");
    let new = moved(&old, || rate(0.9, count(4)));
    calls(&new, "SSSS");
    assert_eq!(failed(&new), (4, 0));
}

#[test]
fn a_snapshot_cannot_open_a_breaker() {
    let mut snapshot = rate(0.5, count(4)).snapshot_at(now);
    let mut worst = rate(0.5, count(4)).recent_at(now).failed.unwrap();
    (worst.calls, worst.bad) = (u64::MAX, u64::MAX);
    (snapshot.failed, snapshot.slow) = (Some(worst), Some(worst));
    snapshot.in_period = Some(u64::MAX);
    for window in [count(100), time(10 * SECOND)] {
        let breaker = CircuitBreaker::new("b")
            .failure_rate(0.07, window)
            .slow_calls(SECOND, 0.5, window)
            .failures_within(3, SECOND);
        breaker.restore_at(&snapshot, now);
        let recent = breaker.recent_at(now);
        let [failed, slow] = [recent.failed, recent.slow].map(Option::unwrap);
        assert!(failed.bad > 0 && failed.rate() < 0.07, "{failed:?}");
        assert!(slow.bad > 0 && slow.rate() < 0.5, "{slow:?}");
        assert_eq!(recent.in_period, Some(2));
        assert_eq!(calls(&breaker, "SSI"), State::Closed);
        assert_eq!(calls(&breaker, "F"), State::Open);
    }
    let never = rate(0.0, count(4));
    never.restore_at(&snapshot, now);
    assert_eq!(failed(&never), (4, 0));
}
