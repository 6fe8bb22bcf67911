//! Circuit breakers that count consecutive failures: states, probes and permits, in virtual time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::clock::{advance, now, set};
use persevere_core::breaker::{
    Breaker, CallResult, Permit, Settings, Snapshot, State, Transition, wait_for,
};
use persevere_core::{
    CircuitBreaker, CircuitOpen, Interrupt, InvalidValue, Transient, Verdict, when,
};

const SECOND: Duration = Duration::from_secs(1);

fn enter(breaker: &CircuitBreaker) -> Result<Permit<'_>, CircuitOpen> {
    breaker.enter(now)
}

/// Makes calls one after the other: `S`uccess, `F`ailure, `I`gnored. All must be admitted.
fn calls(breaker: &CircuitBreaker, outcomes: &str) -> State {
    for outcome in outcomes.chars() {
        let permit = enter(breaker).expect("let through");
        match outcome {
            'S' => permit.success(),
            'F' => permit.failure(),
            _ => permit.ignore(),
        }
    }
    breaker.state_at(now)
}

/// Returns a breaker that has just opened, for 10 s.
fn opened(breaker: CircuitBreaker) -> CircuitBreaker {
    let breaker = breaker.consecutive(1).open_for(10 * SECOND);
    assert_eq!(calls(&breaker, "F"), State::Open);
    breaker
}

/// Returns a breaker that admits probes.
fn due(breaker: CircuitBreaker) -> CircuitBreaker {
    let breaker = opened(breaker);
    advance(10 * SECOND);
    breaker
}

#[test]
fn vector_13_four_permits_then_refused_and_a_release_grants_one() {
    let breaker = due(CircuitBreaker::new("b").probes(4));
    let permits: Vec<_> = (0..4).map(|_| enter(&breaker).unwrap()).collect();
    assert!(enter(&breaker).is_err());
    let mut permits = permits.into_iter();
    drop(permits.next());
    let fifth = enter(&breaker).unwrap();
    assert!(enter(&breaker).is_err());
    permits.next().unwrap().ignore();
    assert!(enter(&breaker).is_ok());
    fifth.success();
    assert_eq!(breaker.state_at(now), State::HalfOpen);
}

#[test]
fn vector_14_the_open_time_grows() {
    let breaker = CircuitBreaker::new("b")
        .consecutive(1)
        .open_for(5 * SECOND)
        .growing(1.5, 60 * SECOND);
    calls(&breaker, "F");
    advance(5 * SECOND);
    assert_eq!(calls(&breaker, "F"), State::Open);
    advance(6 * SECOND);
    let refused = enter(&breaker).unwrap_err();
    assert_eq!(refused.retry_after, Some(Duration::from_millis(1500)));
    advance(5 * SECOND);
    // The third opening takes 11.25 s. After a close the growth starts over.
    assert_eq!(calls(&breaker, "F"), State::Open);
    let refused = enter(&breaker).unwrap_err();
    assert_eq!(refused.retry_after, Some(Duration::from_millis(11250)));
    advance(12 * SECOND);
    assert_eq!(calls(&breaker, "SF"), State::Open);
    let refused = enter(&breaker).unwrap_err();
    assert_eq!(refused.retry_after, Some(5 * SECOND));
}

#[test]
fn the_open_time_grows_to_its_cap_and_never_overflows() {
    let breaker = CircuitBreaker::new("b")
        .consecutive(1)
        .growing(f64::MAX, 3600 * SECOND);
    calls(&breaker, "F");
    for _ in 0..600 {
        advance(3600 * SECOND);
        assert_eq!(calls(&breaker, "F"), State::Open);
    }
    let refused = enter(&breaker).unwrap_err();
    assert_eq!(refused.retry_after, Some(3600 * SECOND));
}

#[test]
fn each_opening_in_a_row_has_its_own_time_and_the_last_one_repeats() {
    static LISTED: CircuitBreaker = CircuitBreaker::new("b").consecutive(1).open_times(&[
        SECOND,
        Duration::from_secs(5),
        Duration::from_secs(3),
    ]);
    let left = || enter(&LISTED).unwrap_err().retry_after;
    for (opening, seconds) in [1, 5, 3, 3, 3].into_iter().enumerate() {
        assert_eq!(calls(&LISTED, "F"), State::Open);
        assert_eq!(left(), Some(seconds * SECOND), "opening {opening}");
        advance(seconds * SECOND);
    }
    assert_eq!(calls(&LISTED, "SF"), State::Open);
    assert_eq!(left(), Some(SECOND));
}

#[test]
fn vector_15_three_in_a_row() {
    let breaker = CircuitBreaker::new("b").consecutive(3);
    assert_eq!(calls(&breaker, "FSFF"), State::Closed);
    assert_eq!(calls(&breaker, "F"), State::Open);
    assert!(enter(&breaker).is_err());
}

#[test]
fn vector_15_three_of_four_probes() {
    let three_of_four = || due(CircuitBreaker::new("b").probes(4).successes(3));
    let breaker = three_of_four();
    assert_eq!(calls(&breaker, "FSS"), State::HalfOpen);
    assert_eq!(calls(&breaker, "F"), State::Open);
    let breaker = three_of_four();
    assert_eq!(calls(&breaker, "FSS"), State::HalfOpen);
    assert_eq!(calls(&breaker, "S"), State::Closed);
    let breaker = three_of_four();
    assert_eq!(calls(&breaker, "SSS"), State::Closed);
    let breaker = three_of_four();
    assert_eq!(calls(&breaker, "FF"), State::Open);
}

#[test]
fn all_probes_must_succeed_unless_said_otherwise() {
    let breaker = due(CircuitBreaker::new("b").probes(3));
    assert_eq!(calls(&breaker, "SS"), State::HalfOpen);
    assert_eq!(calls(&breaker, "S"), State::Closed);
    let breaker = due(CircuitBreaker::new("b").probes(3));
    assert_eq!(calls(&breaker, "SSF"), State::Open);
    // Successes without a number of probes admit as many probes.
    let breaker = due(CircuitBreaker::new("b").successes(2));
    assert_eq!(calls(&breaker, "S"), State::HalfOpen);
    assert_eq!(calls(&breaker, "S"), State::Closed);
}

#[test]
fn vector_16_what_is_ignored_returns_its_permit_and_changes_no_count() {
    let breaker = CircuitBreaker::new("b").consecutive(2);
    assert_eq!(calls(&breaker, "FIF"), State::Open);
    let breaker = due(CircuitBreaker::new("b").probes(2));
    assert_eq!(calls(&breaker, "IIIIIS"), State::HalfOpen);
    assert_eq!(calls(&breaker, "S"), State::Closed);
    assert_eq!(breaker.counts().ignored, 5);
}

#[test]
fn without_words_five_failures_open_it_for_thirty_seconds() {
    let breaker = CircuitBreaker::new("b");
    assert_eq!(calls(&breaker, "FFFF"), State::Closed);
    assert_eq!(calls(&breaker, "F"), State::Open);
    let refused = enter(&breaker).unwrap_err();
    assert_eq!(refused.retry_after, Some(30 * SECOND));
    advance(30 * SECOND - Duration::from_nanos(1));
    let refused = enter(&breaker).unwrap_err();
    assert_eq!(refused.retry_after, Some(Duration::from_nanos(1)));
    advance(Duration::from_nanos(1));
    assert_eq!(calls(&breaker, "S"), State::Closed);
}

#[test]
fn a_permit_that_a_panic_drops_says_nothing() {
    let breaker = due(CircuitBreaker::new("b").probes(2).successes(1));
    let panics = AssertUnwindSafe(|| {
        let _permit = enter(&breaker).unwrap();
        panic!("anyone's");
    });
    assert!(catch_unwind(panics).is_err());
    assert_eq!(breaker.state_at(now), State::HalfOpen);
    let counts = breaker.counts();
    assert_eq!((counts.failures, counts.ignored), (1, 1));
    // Its place is free again.
    assert_eq!(calls(&breaker, "FF"), State::Open);
}

#[test]
fn probes_that_are_taken_for_lost_are_sent_once_more() {
    let breaker = due(CircuitBreaker::new("b").probes(2).successes(2));
    let mut lost: Vec<_> = (0..2).map(|_| enter(&breaker).unwrap()).collect();
    assert!(enter(&breaker).is_err());
    advance(10 * SECOND - Duration::from_nanos(1));
    assert!(enter(&breaker).is_err());
    advance(Duration::from_nanos(1));
    let third = enter(&breaker).unwrap();
    let _fourth = enter(&breaker).unwrap();
    assert!(enter(&breaker).is_err());
    // A lost permit that is dropped frees no place, but one that ends counts.
    drop(lost.pop());
    assert!(enter(&breaker).is_err());
    lost.pop().unwrap().success();
    assert_eq!(breaker.state_at(now), State::HalfOpen);
    third.success();
    assert_eq!(breaker.state_at(now), State::Closed);
}

#[test]
fn of_the_probes_only_the_lost_ones_are_sent_once_more() {
    let breaker = due(CircuitBreaker::new("b").probes(4).successes(3));
    let mut probes: Vec<_> = (0..4).map(|_| enter(&breaker).unwrap()).collect();
    probes.pop().unwrap().success();
    probes.pop().unwrap().failure();
    for _ in 0..3 {
        advance(10 * SECOND);
        probes.extend([enter(&breaker).unwrap(), enter(&breaker).unwrap()]);
        assert!(enter(&breaker).is_err());
    }
    // The first permits still decide: another success, and then one failure too many.
    probes.swap_remove(0).success();
    assert_eq!(breaker.state_at(now), State::HalfOpen);
    probes.swap_remove(0).failure();
    assert_eq!(breaker.state_at(now), State::Open);
    // Results from the previous half-open time do not count in the next one.
    advance(10 * SECOND);
    let _probe = enter(&breaker).unwrap();
    probes.into_iter().for_each(Permit::success);
    assert_eq!(breaker.state_at(now), State::HalfOpen);
}

#[test]
fn probes_that_take_longer_than_the_open_time_close_it() {
    let breaker = due(CircuitBreaker::new("b"));
    let mut flying = std::collections::VecDeque::new();
    for second in 0.. {
        assert!(second < 30, "it never closed");
        if flying.front().is_some_and(|(end, _)| *end == second) {
            let (_, permit): (u32, Permit<'_>) = flying.pop_front().unwrap();
            permit.success();
            break;
        }
        // One call per second, each of which takes 12 s.
        flying.extend(enter(&breaker).map(|permit| (second + 12, permit)));
        advance(SECOND);
    }
    assert_eq!(breaker.state_at(now), State::Closed);
}

#[test]
fn a_permit_is_a_stranger_after_any_number_of_resets() {
    let breaker = CircuitBreaker::new("b").consecutive(1);
    let held = enter(&breaker).unwrap();
    for _ in 0..1 << 21 {
        breaker.reset();
    }
    held.failure();
    assert_eq!(breaker.state_at(now), State::Closed);
}

#[test]
fn a_saturated_half_open_time_says_when_to_ask_again() {
    let breaker = due(CircuitBreaker::new("b"));
    let _probe = enter(&breaker).unwrap();
    let asked = |breaker: &CircuitBreaker| enter(breaker).unwrap_err().retry_after.unwrap();
    assert_eq!(asked(&breaker), SECOND / 10);
    advance(2 * SECOND);
    assert_eq!(asked(&breaker), 2 * SECOND);
    advance(7 * SECOND);
    assert_eq!(asked(&breaker), SECOND);
}

#[test]
fn late_outcomes_of_an_earlier_state_do_not_count() {
    let breaker = CircuitBreaker::new("b").consecutive(1).probes(1);
    let (one, two, three) = (enter(&breaker), enter(&breaker), enter(&breaker));
    one.unwrap().failure();
    assert_eq!(breaker.state_at(now), State::Open);
    advance(30 * SECOND);
    let probe = enter(&breaker).unwrap();
    two.unwrap().success();
    assert_eq!(breaker.state_at(now), State::HalfOpen);
    probe.success();
    three.unwrap().failure();
    assert_eq!(breaker.state_at(now), State::Closed);
    // The failures are still counted.
    assert_eq!(breaker.counts().failures, 2);
}

#[test]
fn forced_states_hold_until_reset() {
    let breaker = CircuitBreaker::new("b").consecutive(1);
    breaker.force_open();
    advance(3600 * SECOND);
    let refused = enter(&breaker).unwrap_err();
    assert_eq!(
        (breaker.state_at(now), refused.retry_after),
        (State::ForcedOpen, None)
    );
    breaker.force_close();
    assert_eq!(calls(&breaker, "FFF"), State::ForcedClosed);
    breaker.disable();
    assert_eq!(calls(&breaker, "FFI"), State::Disabled);
    let counts = breaker.counts();
    assert_eq!((counts.failures, counts.ignored, counts.refused), (3, 0, 1));
    breaker.reset();
    assert_eq!(calls(&breaker, "F"), State::Open);
    breaker.reset();
    assert_eq!(breaker.state_at(now), State::Closed);
}

#[test]
fn a_reset_forgets_calls_in_flight_and_the_row() {
    let breaker = CircuitBreaker::new("b").consecutive(2);
    calls(&breaker, "F");
    let late = enter(&breaker).unwrap();
    breaker.reset();
    late.failure();
    assert_eq!(calls(&breaker, "F"), State::Closed);
    assert_eq!(calls(&breaker, "F"), State::Open);
}

#[test]
fn transitions_are_told_and_counted() {
    static TOLD: AtomicU32 = AtomicU32::new(0);
    fn listener(change: &Transition) {
        let step = TOLD.fetch_add(1, Ordering::Relaxed);
        let expected = [
            "breaker `b`: closed -> open: 1 failure",
            "breaker `b`: open -> half-open: the open time is over",
            "breaker `b`: half-open -> closed: the probes succeeded",
            "breaker `b`: closed -> forced open: by hand",
            "breaker `b`: forced open -> closed: reset by hand",
        ];
        let line = change.to_string();
        let totals = "; 1 failed, 0 refused, 1 opened since the start";
        assert_eq!(line.strip_suffix(totals), Some(expected[step as usize]));
    }
    let breaker = due(CircuitBreaker::new("b").listener(listener));
    calls(&breaker, "S");
    breaker.force_open();
    breaker.reset();
    breaker.reset();
    assert_eq!(TOLD.load(Ordering::Relaxed), 5);
    let counts = breaker.counts();
    assert_eq!(
        (counts.opened, counts.half_opened, counts.closed),
        (1, 1, 2)
    );
}

#[test]
fn a_listener_that_panics_changes_nothing() {
    fn panics(_: &Transition) {
        panic!("in the listener");
    }
    let breaker = due(CircuitBreaker::new("b").listener(panics));
    // A failure counts even while the call itself unwinds.
    struct Fails<'b>(Option<Permit<'b>>);
    impl Drop for Fails<'_> {
        fn drop(&mut self) {
            self.0.take().unwrap().failure();
        }
    }
    let body = AssertUnwindSafe(|| {
        let _permit = Fails(enter(&breaker).ok());
        panic!("in the body");
    });
    assert!(catch_unwind(body).is_err());
    assert_eq!(breaker.state_at(now), State::Open);
    advance(10 * SECOND);
    assert_eq!(calls(&breaker, "S"), State::Closed);
}

#[test]
fn a_listener_may_change_the_breaker_itself() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("b").consecutive(1).listener(resets);
    static TOLD: AtomicU32 = AtomicU32::new(0);
    fn resets(change: &Transition) {
        let step = TOLD.fetch_add(1, Ordering::Relaxed);
        let expected = [State::Open, State::Closed];
        assert_eq!(change.to, expected[step as usize]);
        if change.to == State::Open {
            BREAKER.reset();
            // The observer is notified of the change once it is complete.
            assert_eq!(TOLD.load(Ordering::Relaxed), 1);
        }
    }
    assert_eq!(calls(&BREAKER, "F"), State::Closed);
    assert_eq!(TOLD.load(Ordering::Relaxed), 2);
}

#[test]
fn a_clock_that_jumps_lengthens_nothing() {
    set(3600 * SECOND);
    let breaker = opened(CircuitBreaker::new("b"));
    set(Duration::ZERO);
    let refused = enter(&breaker).unwrap_err();
    assert_eq!(refused.retry_after, Some(10 * SECOND));
    set(1_000_000_000 * SECOND);
    let probe = enter(&breaker).unwrap();
    set(Duration::ZERO);
    assert!(enter(&breaker).is_err());
    probe.success();
    assert_eq!(breaker.state_at(now), State::Closed);
}

#[test]
fn a_ramp_lets_a_growing_share_through() {
    let breaker = due(CircuitBreaker::new("b").ramp(100 * SECOND));
    assert_eq!(calls(&breaker, "S"), State::Closed);
    let mut through = [0_usize; 10];
    for tenth in &mut through {
        for _ in 0..100 {
            advance(SECOND / 10);
            if let Ok(permit) = enter(&breaker) {
                *tenth += 1;
                permit.success();
            }
        }
    }
    // The share is exact: 5 % on average over the first tenth, and 95 % over the last.
    for (tenth, through) in through.into_iter().enumerate() {
        let share = 5 + 10 * tenth;
        assert!(through.abs_diff(share) <= 1, "{through} of {share}");
    }
    advance(Duration::from_nanos(1));
    for _ in 0..10 {
        enter(&breaker).unwrap().success();
    }
}

#[test]
fn a_ramp_is_worth_asking_again_soon_and_its_failures_count() {
    let breaker = due(CircuitBreaker::new("b").ramp(100 * SECOND));
    calls(&breaker, "S");
    let refused = enter(&breaker).unwrap_err();
    assert_eq!(refused.retry_after, Some(SECOND));
    advance(99 * SECOND + SECOND / 2);
    // The hint does not exceed the end of the ramp.
    let refused = [enter(&breaker).err(), enter(&breaker).err()];
    let refused = refused.into_iter().flatten().next().unwrap();
    assert_eq!(refused.retry_after, Some(SECOND / 2));
    let _ = enter(&breaker).map(Permit::ignore);
    assert_eq!(calls(&breaker, "F"), State::Open);
    // A reset has no ramp.
    breaker.reset();
    assert_eq!(calls(&breaker, "S"), State::Closed);
}

#[test]
fn a_snapshot_goes_on_elsewhere() {
    let old = CircuitBreaker::new("b")
        .consecutive(2)
        .open_for(10 * SECOND)
        .growing(2.0, 40 * SECOND);
    let new = || {
        CircuitBreaker::new("b")
            .consecutive(2)
            .open_for(10 * SECOND)
            .growing(2.0, 40 * SECOND)
    };
    let moved = || {
        let new = new();
        new.restore_at(&old.snapshot_at(now), now);
        new
    };
    calls(&old, "F");
    assert_eq!(calls(&moved(), "F"), State::Open);
    calls(&old, "F");
    advance(10 * SECOND);
    calls(&old, "F");
    // The second opening, of 20 s.
    advance(5 * SECOND);
    let new = moved();
    assert_eq!(new.state_at(now), State::Open);
    assert_eq!(enter(&new).unwrap_err().retry_after, Some(15 * SECOND));
    advance(15 * SECOND);
    assert_eq!(calls(&new, "F"), State::Open);
    assert_eq!(enter(&new).unwrap_err().retry_after, Some(40 * SECOND));
    // A half-open breaker loses its probes in the move.
    let _probe = enter(&old).unwrap();
    assert!(enter(&old).is_err());
    assert_eq!(calls(&moved(), "S"), State::Closed);
    old.force_open();
    assert_eq!(moved().state_at(now), State::ForcedOpen);
}

#[test]
fn a_snapshot_cannot_hold_a_breaker_open_for_longer_than_its_settings() {
    let old = opened(CircuitBreaker::new("b"));
    let mut snapshot = old.snapshot_at(now);
    snapshot.left = Duration::MAX;
    snapshot.openings = u32::MAX;
    let new = CircuitBreaker::new("b").open_for(3 * SECOND);
    new.restore_at(&snapshot, now);
    assert_eq!(enter(&new).unwrap_err().retry_after, Some(3 * SECOND));
    snapshot.state = State::Closed;
    snapshot.in_a_row = u32::MAX;
    new.restore_at(&snapshot, now);
    assert_eq!(calls(&new, "SFFFF"), State::Closed);
    assert_eq!(calls(&new, "F"), State::Open);
}

#[cfg(feature = "serde")]
#[test]
fn a_snapshot_can_be_written_down() {
    let old = opened(CircuitBreaker::new("b"));
    let text = serde_json::to_string(&old.snapshot_at(now)).unwrap();
    assert_eq!(
        text,
        concat!(
            r#"{"state":"open","left":{"secs":10,"nanos":0},"openings":1,"in_a_row":0,"#,
            r#""failed":null,"slow":null,"in_period":null}"#
        )
    );
    let read: Snapshot = serde_json::from_str(&text).unwrap();
    assert_eq!(old.snapshot_at(now), read);
    // One of a version that kept less, and one of a version that keeps more.
    for text in [
        r#"{"state":"open","left":{"secs":10,"nanos":0},"openings":1,"in_a_row":0}"#,
        r#"{"state":"open","left":{"secs":10,"nanos":0},"openings":1,"in_a_row":0,"later":1}"#,
    ] {
        assert_eq!(serde_json::from_str::<Snapshot>(text).unwrap(), read);
    }
}

#[test]
fn views_say_what_counts() {
    let breaker = CircuitBreaker::new("b").consecutive(1);
    let servers = breaker.failures(when::err(|status: &u16| *status >= 500));
    let view = servers.ignoring(when::err(|status: &u16| *status == 501));
    let classify = |outcome: Result<(), u16>| view.classify(&outcome, Verdict::Retry);
    assert_eq!(classify(Err(404)), CallResult::Success);
    assert_eq!(classify(Err(500)), CallResult::Failure);
    assert_eq!(classify(Err(501)), CallResult::Ignored);
    assert_eq!(classify(Ok(())), CallResult::Success);
    // The same in the other order.
    let view = breaker
        .ignoring(when::err(|status: &u16| *status == 501))
        .failures(when::err(|status: &u16| *status >= 500));
    assert_eq!(
        view.classify(&Err::<(), _>(501), Verdict::Retry),
        CallResult::Ignored
    );
    assert_eq!(
        view.classify(&Err::<(), _>(500), Verdict::Final),
        CallResult::Failure
    );
    // An outcome that is retried without a failure is still classified by the caller's verdict.
    let view = breaker.ignoring(when::err(|status: &u16| *status == 501));
    assert_eq!(
        view.classify(&Ok::<(), _>(()), Verdict::Retry),
        CallResult::Failure
    );
}

#[test]
fn whatever_leads_to_a_breaker_is_one() {
    fn is_breaker(breaker: impl Breaker<Option<u8>>, circuit: &CircuitBreaker, waits: bool) {
        assert!(std::ptr::eq(breaker.circuit(), circuit));
        assert_eq!(breaker.waits(), waits);
        assert_eq!(breaker.classify(&None, Verdict::Retry), CallResult::Failure);
        assert_eq!(breaker.classify(&None, Verdict::Final), CallResult::Success);
    }
    let shared = Arc::new(CircuitBreaker::new("b"));
    is_breaker(&*shared, &shared, false);
    is_breaker(&*shared, &shared, false);
    is_breaker(Arc::clone(&shared), &shared, false);
    is_breaker(&shared, &shared, false);
    is_breaker(wait_for(&*shared), &shared, true);
    is_breaker(wait_for(Arc::clone(&shared)), &shared, true);
    let patient = &wait_for(&shared);
    is_breaker(patient, &shared, true);
    let view = &shared.ignoring(when::never());
    is_breaker(view, &shared, false);
    is_breaker(*view, &shared, false);
    is_breaker(wait_for(view), &shared, true);
}

#[test]
fn a_refusal_says_so() {
    let breaker = opened(CircuitBreaker::new("payments"));
    let refused = enter(&breaker).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the circuit `payments` is open for another 10s"
    );
    let retry_after = Some(10 * SECOND);
    let interrupt = Interrupt::from(refused);
    assert_eq!(interrupt, Interrupt::CircuitOpen { retry_after });
    assert_eq!(refused.verdict(), Verdict::RetryAfter(10 * SECOND));
    assert!(refused.unsent());
}

#[test]
fn calls_are_made_or_refused() {
    let breaker = CircuitBreaker::new("b").consecutive(1);
    assert_eq!(breaker.call(|| Some(1)), Some(1));
    assert_eq!(breaker.call(|| None::<u8>), None);
    let refused: Option<u8> = breaker.call(|| unreachable!("refused"));
    assert_eq!(refused, None);
    let refused: Result<u8, Interrupt> = breaker.call(|| unreachable!("refused"));
    assert!(matches!(refused, Err(Interrupt::CircuitOpen { .. })));
}

#[test]
fn each_mistake_of_settings_is_reported() {
    let check = |settings: Settings| settings.build().err();
    let b = || Settings::new("b");
    let overflow = Duration::from_secs(u64::MAX);
    for (settings, expected) in [
        (b().consecutive(0), Some(InvalidValue::Consecutive)),
        (b().consecutive(1 << 30), Some(InvalidValue::Consecutive)),
        (b().consecutive((1 << 30) - 1), None),
        (b().probes(0), Some(InvalidValue::Probes)),
        (b().probes(1024), Some(InvalidValue::Probes)),
        (b().probes(1023), None),
        (b().successes(0), Some(InvalidValue::Successes)),
        (b().successes(3).probes(2), Some(InvalidValue::Successes)),
        (b().successes(3).probes(3), None),
        (b().successes(1024), Some(InvalidValue::Probes)),
        (
            b().open_for(Duration::ZERO),
            Some(InvalidValue::BreakerDuration),
        ),
        (b().open_for(overflow), Some(InvalidValue::BreakerDuration)),
        (
            b().ramp(Duration::ZERO),
            Some(InvalidValue::BreakerDuration),
        ),
        (b().ramp(overflow), Some(InvalidValue::BreakerDuration)),
        (
            b().growing(1.0, Duration::ZERO),
            Some(InvalidValue::BreakerDuration),
        ),
        (
            b().growing(1.0, overflow),
            Some(InvalidValue::BreakerDuration),
        ),
        (b().growing(1.0, 30 * SECOND), None),
        (
            b().growing(1.0, SECOND),
            Some(InvalidValue::CapBelowOpenTime),
        ),
        (b().growing(0.9, SECOND), Some(InvalidValue::Factor(0.9))),
        (
            b().growing(f64::INFINITY, SECOND),
            Some(InvalidValue::Factor(f64::INFINITY)),
        ),
        (
            b().open_for(2 * SECOND).growing(2.0, SECOND),
            Some(InvalidValue::CapBelowOpenTime),
        ),
        (
            b().growing(2.0, SECOND).open_for(2 * SECOND),
            Some(InvalidValue::CapBelowOpenTime),
        ),
        (b().growing(2.0, SECOND).open_for(SECOND), None),
        (b().open_times(&[]), Some(InvalidValue::OpenTimes)),
        (
            b().open_times(&[SECOND, Duration::ZERO]),
            Some(InvalidValue::OpenTimes),
        ),
        (b().open_times(&[overflow]), Some(InvalidValue::OpenTimes)),
        (b().open_times(&[SECOND; 9]), Some(InvalidValue::OpenTimes)),
        (b().open_times(&[SECOND; 8]), None),
        (
            b().open_times(&[SECOND]).open_for(SECOND),
            Some(InvalidValue::OpenTimesAndOpenFor),
        ),
        (
            b().growing(2.0, 60 * SECOND).open_times(&[SECOND]),
            Some(InvalidValue::OpenTimesAndOpenFor),
        ),
        (
            b().failures_within(0, SECOND),
            Some(InvalidValue::FailuresWithin),
        ),
        (
            b().failures_within(1, Duration::ZERO),
            Some(InvalidValue::FailuresWithin),
        ),
        (
            b().failures_within(1, overflow),
            Some(InvalidValue::FailuresWithin),
        ),
        (b().failures_within(u32::MAX, SECOND), None),
    ] {
        assert_eq!(check(settings), expected, "{settings:?}");
    }
    let nan = check(b().growing(f64::NAN, SECOND));
    assert!(matches!(nan, Some(InvalidValue::Factor(factor)) if factor.is_nan()));
}

#[test]
fn permits_and_breakers_change_threads() {
    fn is_send_and_sync<T: Send + Sync>() {}
    is_send_and_sync::<CircuitBreaker>();
    is_send_and_sync::<Permit<'_>>();
    is_send_and_sync::<CircuitOpen>();
}
