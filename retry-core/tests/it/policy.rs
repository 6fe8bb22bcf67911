//! Policies as values: shared, borrowed, named, switched off; and bodies that panic.
#![cfg(feature = "std")]

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::common::{HOUR, Outcome, Recorder, SECOND, script};
use persevere_core::{
    Next, Policy, Predicate, Progress, RetryPolicy, RetryState, Stop, StopReason, Wait, stop, wait,
    when,
};

/// Returns a shared policy, which is a function.
fn patient<T>(attempts: u32) -> impl Policy<Result<T, &'static str>> {
    RetryPolicy::new()
        .stop(stop::after_attempt(attempts))
        .wait(wait::none())
}

#[test]
fn a_shared_policy_fits_functions_of_any_value() {
    assert_eq!(
        patient(5).run(script::<Outcome>([Err("busy"); 5])),
        Err("busy")
    );
    let text = patient(2).run(script([Err("busy"), Ok("done")]));
    assert_eq!(text, Ok("done"));
}

#[test]
fn policies_behind_pointers_are_policies() {
    fn attempts(policy: impl Policy<Outcome>) -> u32 {
        policy.report(|| Err("busy")).attempts()
    }
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(2))
        .wait(wait::none());
    let borrowed: &RetryPolicy<_, _> = &policy;
    assert_eq!(attempts(borrowed), 2);
    assert_eq!(attempts(Box::new(policy)), 2);
    assert_eq!(attempts(Arc::new(policy)), 2);
    assert_eq!(attempts(policy), 2);
}

#[test]
fn strategies_may_be_chosen_at_run_time() {
    let stop: Box<dyn Stop> = Box::new(stop::after_attempt(2));
    let wait: Box<dyn Wait<Outcome>> = Box::new(wait::none());
    let when: Box<dyn Predicate<Outcome>> = Box::new(when::any_failure());
    let policy = RetryPolicy::new().stop(stop).wait(wait).when(when);
    assert_eq!(policy.report(|| Err("busy")).attempts(), 2);
}

#[test]
fn each_call_has_a_state_of_its_own() {
    let policy = RetryPolicy::new().wait(wait::none());
    let (mut one, mut two) = (policy.start(), policy.start());
    for call in [&mut one, &mut two] {
        assert_ne!(call.next(&Outcome::Err("busy")), Next::Return);
        assert_ne!(call.next(&Outcome::Err("busy")), Next::Return);
    }
    assert_eq!(one.next(&Outcome::Err("busy")), Next::Return);
    assert_eq!(two.next(&Outcome::Err("busy")), Next::Return);
}

#[test]
fn disabled_makes_one_attempt() {
    let policy = RetryPolicy::new()
        .enabled(false)
        .stop(stop::never())
        .sleep(|_| panic!("no pause"));
    let report = policy.report(script::<Outcome>([Err("busy")]));
    assert_eq!(report.reason(), Some(StopReason::Attempts));
    assert_eq!(
        policy
            .enabled(true)
            .stop(stop::after_attempt(1))
            .run(|| Some(1)),
        Some(1)
    );
}

#[test]
fn callbacks_and_strategies_see_the_name() {
    let names = Recorder::new();
    let note = |state: &RetryState<'_, Outcome>| names.push(state.name().to_owned());
    let _ = RetryPolicy::new().after(note).run(|| Ok(1));
    let _ = RetryPolicy::new().name("upload").after(note).run(|| Ok(1));
    assert_eq!(names.items(), ["call", "upload"]);
}

#[test]
fn functions_and_methods_are_operations() {
    fn fetch() -> Outcome {
        Ok(7)
    }
    assert_eq!(RetryPolicy::new().run(fetch), Ok(7));
    let mut lines = "one\ntwo".lines();
    assert_eq!(RetryPolicy::new().run(|| lines.next()), Some("one"));
}

#[test]
fn a_policy_of_ours_is_small_and_copied() {
    let policy = RetryPolicy::new();
    let copy = policy;
    assert_eq!(format!("{policy:?}"), format!("{copy:?}"));
    assert!(format!("{policy:?}").starts_with("RetryPolicy { name: \"call\", stop: DefaultStop"));
}

#[test]
fn a_panic_of_the_users_own_code_propagates() {
    fn panics<T>(call: impl FnOnce() -> T) -> bool {
        catch_unwind(AssertUnwindSafe(call)).is_err()
    }
    let policy = RetryPolicy::new().wait(wait::fixed(SECOND)).sleep(|_| ());
    let busy = || Outcome::Err("busy");
    let mut attempts = 0;
    let body = || -> Outcome {
        attempts += 1;
        panic!("bug")
    };
    assert!(panics(|| policy.run(body)));
    assert_eq!(attempts, 1, "it is not retried");
    let stop = |_: &Progress<'_>| -> bool { panic!("bug") };
    assert!(panics(|| policy.stop(stop).run(busy)));
    let wait = |_: &RetryState<'_, Outcome>| -> std::time::Duration { panic!("bug") };
    assert!(panics(|| policy.wait(wait).run(busy)));
    let when = |_: &Outcome| -> bool { panic!("bug") };
    assert!(panics(|| policy.when(when).run(busy)));
    let hook = |_: &RetryState<'_, Outcome>| panic!("bug");
    assert!(panics(|| policy.before(hook).run(busy)));
    assert!(panics(|| policy.after(hook).run(busy)));
    assert!(panics(|| policy.before_sleep(hook).run(busy)));
    assert!(panics(|| policy.on_failure(hook).run(busy)));
    assert!(panics(|| policy.on_success(hook).run(|| Outcome::Ok(1))));
    assert!(panics(|| policy.sleep(|_| panic!("bug")).run(busy)));
    // The policy works as before.
    assert_eq!(policy.report(busy).attempts(), 3);
}

#[test]
fn pauses_that_never_come_are_not_slept() {
    let policy = RetryPolicy::new()
        .stop(stop::before_delay(SECOND))
        .wait(wait::fixed(HOUR))
        .sleep(|pause| panic!("slept {pause:?}"));
    assert_eq!(policy.run(|| Outcome::Err("busy")), Err("busy"));
}

#[test]
fn an_outcome_that_nothing_keeps_is_dropped_before_the_pause() {
    struct Counted<'a>(&'a Cell<u32>);
    impl Drop for Counted<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }
    let (dropped, pauses) = (Cell::new(0), Cell::new(0));
    let policy = RetryPolicy::new().sleep(|_| {
        pauses.set(pauses.get() + 1);
        assert_eq!(dropped.get(), pauses.get());
    });
    let _ = policy.run(|| Err::<(), _>(Counted(&dropped)));
    assert_eq!(pauses.get(), 2);
}
